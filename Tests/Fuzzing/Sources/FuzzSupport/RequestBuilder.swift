import ScriptTexts
@testable import SessionCore

/// Requests made from the command table: the syntax of a command says what may follow its name, the bytes of the input
/// choose among that. So most requests are well-formed, and a command is tried as soon as it has a row.
public struct RequestBuilder {
    /// A row of the table, and what it takes.
    struct Command {
        let id: CommandID
        let words: [[UInt8]]
        let arguments: [CommandArgument]
        let flags: CommandFlags

        var hasKey: Bool { Command.hasKey(arguments) }

        private static func hasKey(_ arguments: [CommandArgument]) -> Bool {
            arguments.contains { $0.kind == .key || hasKey($0.arguments) }
        }
    }

    /// All rows that are executed.
    static let commands: [Command] = {
        let table = CommandTable()
        return table.rows.map { row in
            let words = table.fullName(of: row.id).split(separator: "|").map { Array(String($0)) }
            return Command(
                id: row.id, words: words, arguments: CommandSyntax.parse(row.syntax), flags: row.flags)
        }
    }()

    /// What stands for every key; nil for one that the input chooses.
    public var fixedKey: [UInt8]?
    /// Tokens of sessions that replies have named.
    public var tokens: [[UInt8]] = []
    /// How many of the next repeated argument follow, where a number before it has said so.
    private var promised: Int?
    /// The directive named last.
    private var directive = Directive.all[0]
    /// Bytes that the words of one request may take together.
    private static let longestRequest = 1 << 20

    public init() {}

    /// A request that the input chooses.
    public mutating func request(_ source: inout ByteSource) -> [[UInt8]] {
        let command = Self.commands[source.number(below: Self.commands.count)]
        return request(command, &source)
    }

    mutating func request(_ command: Command, _ source: inout ByteSource) -> [[UInt8]] {
        promised = nil
        var words = command.words
        append(command.arguments, &source, to: &words)
        deform(&words, &source)
        return words
    }

    // MARK: Syntax

    private mutating func append(
        _ arguments: [CommandArgument], _ source: inout ByteSource, to words: inout [[UInt8]]
    ) {
        for argument in arguments {
            if argument.isOptional && source.byte() & 1 == 0 { continue }
            append(argument, &source, to: &words)
        }
    }

    private mutating func append(
        _ argument: CommandArgument, _ source: inout ByteSource, to words: inout [[UInt8]]
    ) {
        if let token = argument.token, argument.kind != .pureToken, !argument.repeatsToken {
            words.append(Array(token))
        }
        let count = argument.isMultiple ? repetitions(&source) : 1
        for _ in 0..<count {
            if argument.repeatsToken, let token = argument.token { words.append(Array(token)) }
            switch argument.kind {
            case .pureToken: words.append(Array(argument.token ?? argument.name))
            case .oneOf: append(source.choice(of: argument.arguments), &source, to: &words)
            case .block: append(argument.arguments, &source, to: &words)
            default: words.append(value(argument, &source))
            }
        }
    }

    private mutating func repetitions(_ source: inout ByteSource) -> Int {
        if let promised {
            self.promised = nil
            return promised
        }
        let byte = Int(source.byte())
        switch byte {
        case 0..<160: return 1
        case 160..<230: return byte % 4 + 1
        case 230..<252: return byte % 32 + 1
        default: return 1 << (byte % 4 + 6)
        }
    }

    // MARK: Values

    private mutating func value(_ argument: CommandArgument, _ source: inout ByteSource) -> [UInt8] {
        if argument.kind == .key { return fixedKey ?? source.choice(of: Values.keys) }
        let byte = source.byte()
        if byte >= 240 { return wild(&source) }
        switch argument.kind {
        case .integer:
            if argument.name.hasPrefix("num") {
                promised = Int(byte) % 5
                return Array(String(Int(byte) % 5))
            }
            return byte < 160 ? Array(String(Int(byte) % 20 - 2)) : source.choice(of: Values.integers)
        case .double: return source.choice(of: Values.doubles)
        case .pattern: return source.choice(of: Values.patterns)
        case .unixTime: return Array(String(NodeHost.start / 1000 * (byte & 1 == 0 ? 1 : 1000) + Int64(byte)))
        default: return text(argument.name, byte, &source)
        }
    }

    private mutating func text(_ name: String, _ byte: UInt8, _ source: inout ByteSource) -> [UInt8] {
        switch name {
        case "token": return tokens.isEmpty ? Array("abcdefghijklmnopqrstuvwx\(byte % 4)") : source.choice(of: tokens)
        case "script": return Values.scripts[Int(byte) % Values.scripts.count]
        case "sha1": return Values.scriptDigests[Int(byte) % Values.scriptDigests.count]
        case "parameter":
            directive = Directive.all[Int(byte) % Directive.all.count]
            return Array(directive.name)
        case "value" where directive.name != Directive.all[0].name:
            return byte < 120 ? Array(directive.value(in: Configuration())) : source.choice(of: Values.settings)
        case "command", "command-name":
            return Self.commands[source.number(below: Self.commands.count)].words.joined(separator: [124]) + []
        case "rule": return source.choice(of: Values.rules)
        case "username", "user": return source.choice(of: Values.users)
        case "duration", "milliseconds", "timeout": return source.choice(of: Values.durations)
        case "min", "max", "start", "stop": return source.choice(of: Values.bounds)
        case "channel", "shardchannel": return source.choice(of: Values.channels)
        case "host": return Array("127.0.0.1")
        default: return byte < 200 ? Array(String(byte % 12)) : wild(&source)
        }
    }

    private func wild(_ source: inout ByteSource) -> [UInt8] {
        let kind = source.byte()
        switch kind {
        case 0..<64: return source.choice(of: Values.all)
        case 64..<160: return source.take(Int(kind) % 16)
        case 160..<220: return Array(repeating: UInt8(ascii: "a") + kind % 3, count: 1 << (Int(kind) % 13))
        case 220..<224: return Array(repeating: 0, count: 1 << (Int(kind) % 17))
        default: return source.take(Int(source.byte()))
        }
    }

    // MARK: Malformed requests

    private func deform(_ words: inout [[UInt8]], _ source: inout ByteSource) {
        let kind = source.byte()
        switch kind {
        case 0..<200: return
        case 200..<210: words.removeLast()
        case 210..<220: words.append(wild(&source))
        case 220..<240:
            guard let last = words.last else { return }
            let count = min(1 << source.number(below: 11), Self.longestRequest / (last.count + 8))
            words += Array(repeating: last, count: count)
        default:
            if !words.isEmpty { words[source.number(below: words.count)] = wild(&source) }
        }
        if words.isEmpty { words = [[]] }
    }
}
