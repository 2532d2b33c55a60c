@testable import SessionCore

/// The requests that a command's row in the table describes: one for each choice that its syntax offers, so that every
/// argument stands somewhere in one of them.
///
/// Placeholders stand for what a node must know: `{key}` for the key under test, `{other}` for another one, `{token}`
/// for the token of a live session, `{id}` for a client's id.
enum RequestForms {
    /// Requests of a command, its name (and container) first.
    static func of(_ table: borrowing CommandTable, _ id: CommandID) -> [[String]] {
        let name = table.fullName(of: id).split(separator: "|").map(String.init)
        let row = table.rows[Int(id.rawValue)]
        let arguments = CommandSyntax.parse(row.syntax)
        let described = variants(of: arguments, isLexical: name[0].contains("lex"))
        return (described + undescribed(id)).map { name + $0 }
    }

    /// What the table does not describe, as Redis's does not: requests of programs rather than people.
    private static func undescribed(_ id: CommandID) -> [[String]] {
        switch id {
        case .replconf:
            [
                ["ack", "1"], ["getack", "*"], ["listening-port", "7000"], ["ip-address", "127.0.0.1"], ["capa", "eof"],
                ["rdb-only", "1"], ["version", "1"],
            ]
        case .debug:
            [
                ["sleep", "0"], ["set-active-expire", "1"], ["object", "{key}"], ["error", "ERR text"], ["log", "text"],
                ["change-repl-id"], ["reload"],
            ]
        case .commandGetkeys, .commandGetkeysandflags:
            [
                ["mset", "a", "1", "b", "2"], ["zunionstore", "a", "2", "b", "c"], ["zmpop", "2", "a", "b", "min"],
                ["eval", "return 1", "2", "a", "b"], ["sintercard", "1", "a"],
            ]
        case .eval, .evalRo: [["return 1", "1", "{key}", "a"], [unlock, "1", "{key}", "a"]]
        case .evalsha, .evalshaRo: [[String(repeating: "0", count: 40), "1", "{key}", "a"]]
        case .client, .config, .acl, .memory, .object, .slowlog, .latency, .pubsub, .script: [["nosuch", "1"]]
        case .set: [["{key}", "1", "NX", "GET", "PX", "1"]]
        case .zrange: [["{key}", "-", "+", "BYLEX"], ["{key}", "+", "-", "BYLEX", "REV", "LIMIT", "0", "1"]]
        case .zrangestore: [["{other}", "{key}", "-", "+", "BYLEX", "LIMIT", "0", "1"]]
        case .psync: [["?", "-1"]]
        case .quit, .commandHelp: [["x"]]
        default: []
        }
    }

    private static let unlock =
        #"if redis.call("get",KEYS[1]) == ARGV[1] then return redis.call("del",KEYS[1]) else return 0 end"#

    /// The shortest sequence first, then those that differ from it in one argument, and the longest.
    private static func variants(of arguments: [CommandArgument], isLexical: Bool) -> [[String]] {
        let choices = arguments.map { variants(of: $0, isLexical: isLexical) }
        let shortest = choices.map { $0[0] }
        var found = [Array(shortest.joined())]
        for (index, choice) in choices.enumerated() {
            for other in choice.dropFirst() {
                var words = shortest
                words[index] = other
                found.append(Array(words.joined()))
            }
        }
        let longest = Array(choices.map { $0[$0.count - 1] }.joined())
        if !found.contains(longest) { found.append(longest) }
        return found
    }

    private static func variants(of argument: CommandArgument, isLexical: Bool) -> [[String]] {
        var found: [[String]]
        switch argument.kind {
        case .pureToken: found = [[]]
        case .oneOf: found = argument.arguments.flatMap { variants(of: $0, isLexical: isLexical) }
        case .block: found = variants(of: argument.arguments, isLexical: isLexical)
        default: found = [[sample(argument, isLexical: isLexical)]]
        }
        let token = argument.token.map { [$0] } ?? []
        if argument.isMultiple {
            found = found.map { argument.repeatsToken ? $0 + token + $0 : $0 + $0 }
        }
        found = found.map { token + $0 }
        return argument.isOptional ? [[]] + found : found
    }

    private static func sample(_ argument: CommandArgument, isLexical: Bool) -> String {
        switch argument.name {
        case "newkey", "destination", "dst": return "{other}"
        case "numkeys", "numfields": return "2"
        case "token": return "{token}"
        case "client-id": return "{id}"
        case "cursor": return "0"
        case "min", "start": return isLexical ? "-" : "0"
        case "max", "stop", "end": return isLexical ? "+" : "1"
        case "user": return "alice"
        case "username": return "someone"
        case "ip:port": return "127.0.0.1:50000"
        case "host": return "127.0.0.1"
        case "parameter": return "maxmemory"
        case "command", "command-name": return "get"
        case "handle": return String(repeating: "0", count: 32)
        case "sha1": return String(repeating: "0", count: 40)
        case "duration": return "1000"
        case "yes/no": return "no"
        case "protover": return "3"
        default: break
        }
        switch argument.kind {
        case .key: return "{key}"
        case .integer, .double: return "1"
        case .unixTime: return "2000000000"
        case .pattern: return "*"
        default: return "a"
        }
    }
}
