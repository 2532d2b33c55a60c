/// One argument of a command, as `COMMAND DOCS` describes it.
/// Source: https://redis.io/docs/latest/develop/reference/command-arguments/
struct CommandArgument: Equatable {
    enum Kind: String {
        case string, integer, double, key, pattern
        case unixTime = "unix-time"
        /// A word that is there or not; `token` is the word.
        case pureToken = "pure-token"
        /// One of `arguments`.
        case oneOf = "oneof"
        /// All of `arguments`, in their order.
        case block
    }

    var name: String
    var kind: Kind
    /// Which of the command's key specifications it is found by.
    var keyIndex: Int?
    /// The word before the argument, or instead of it.
    var token: String?
    /// First version of Redis that had it, where that is not the command's.
    var since: String?
    /// The version since which it should not be used.
    var deprecatedSince: String?
    var isOptional = false
    /// May come several times; its token, if any, only once, unless `repeatsToken`.
    var isMultiple = false
    var repeatsToken = false
    var arguments: [CommandArgument] = []

    init(_ name: String, _ kind: Kind, token: String? = nil, since: String? = nil, arguments: [CommandArgument] = []) {
        self.name = name
        self.kind = kind
        self.token = token
        self.since = since
        self.arguments = arguments
    }
}

/// Parses the notation in which the command table writes arguments: that of the Redis documentation, with the few
/// additions that `COMMAND DOCS` needs.
///
///     sequence    = element { " " element }
///     element     = TOKEN [ "@" version ] [ " " argument ]     a token alone, or the token of the argument
///                 | argument
///                 | "[" group "]"                              optional
///     argument    = name [ "=" type ] [ "@" version ]          the type follows from the name if not given,
///                   [ "~" version ]                            the second version is that of its deprecation
///                 | "<" group ">"
///     group       = [ label [ "@" version ] ": " ] sequence { " | " sequence }
///     repetition  = "<" group ">..." | a b "[" a b " ...]"     any number, at least one; the token of a group of one
///                                                              argument each time anew
///
/// Words in capitals are tokens. Alternatives are one `oneof`, several elements are one `block`, one element without a
/// label is itself. A group without a label is named after its members. In a sequence `a b [a b ...]`, the elements
/// before the bracket that it repeats become one block.
///
/// Only the table's own rows are parsed: a mistake in one is a programmer's error and stops the process. Cold.
struct CommandSyntax {
    private var rest: Substring

    /// The arguments that `text` describes.
    static func parse(_ text: StaticString) -> [CommandArgument] {
        guard text.utf8CodeUnitCount > 0 else { return [] }
        var parser = CommandSyntax(rest: "\(text)"[...])
        var arguments = parser.sequence()
        precondition(parser.rest.isEmpty, "unbalanced brackets")
        var keys = 0
        parser.number(&arguments, &keys)
        return arguments
    }

    /// Gives key arguments the number of their key specification: `newkey` and `destination` have the second one.
    private func number(_ arguments: inout [CommandArgument], _ next: inout Int) {
        for index in arguments.indices {
            if arguments[index].kind == .key {
                arguments[index].keyIndex = next
                next += 1
            }
            number(&arguments[index].arguments, &next)
        }
    }

    /// Whether `text` comes next; takes it if so.
    private mutating func take(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest.removeFirst(text.count)
        return true
    }

    private var atEnd: Bool { rest.isEmpty || rest.first == "]" || rest.first == ">" || rest.hasPrefix(" |") }

    /// Elements up to the end of the text, the group or the alternative.
    private mutating func sequence() -> [CommandArgument] {
        var found: [CommandArgument] = []
        while !atEnd {
            _ = take(" ")
            if let repeated = repetition() {
                precondition(repeated > 0 && repeated <= found.count, "nothing to repeat")
                let members = Array(found.suffix(repeated))
                found.removeLast(repeated)
                found.append(group(members, label: nil))
                found[found.count - 1].isMultiple = true
            } else {
                found.append(element())
            }
        }
        return found
    }

    /// Takes `[a b ...]` if it comes next, and returns how many elements it repeats.
    private mutating func repetition() -> Int? {
        guard rest.first == "[", let end = rest.firstIndex(of: "]") else { return nil }
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        guard inside.hasSuffix(" ..."), !inside.contains("[") else { return nil }
        rest = rest[rest.index(after: end)...]
        return inside.split(separator: " ").count - 1
    }

    private mutating func element() -> CommandArgument {
        if take("[") {
            var argument = bracketed("]")
            argument.isOptional = true
            return argument
        }
        guard let first = rest.first, first.isUppercase else { return argument() }
        let (token, since) = version(word())
        let next = rest.dropFirst().first
        if atEnd || next == "[" || next?.isUppercase == true {
            return CommandArgument(token.lowercased(), .pureToken, token: token, since: since)
        }
        _ = take(" ")
        var argument = argument()
        argument.token = token
        argument.since = since ?? argument.since
        return argument
    }

    private mutating func argument() -> CommandArgument {
        guard take("<") else { return named() }
        var argument = bracketed(">")
        if take("...") {
            argument.isMultiple = true
            argument.repeatsToken = argument.token != nil
        }
        return argument
    }

    /// `name=type@version~version`
    private mutating func named() -> CommandArgument {
        let halves = word().split(separator: "~")
        let (described, since) = version(String(halves[0]))
        let parts = described.split(separator: "=")
        let name = String(parts[0])
        let kind = parts.count > 1 ? CommandArgument.Kind(rawValue: String(parts[1])) : CommandSyntax.kind(of: name)
        guard let kind else { preconditionFailure("unknown type of argument") }
        var argument = CommandArgument(name, kind, since: since)
        if halves.count > 1 { argument.deprecatedSince = String(halves[1]) }
        return argument
    }

    /// The inside of a group, its label and its closing bracket.
    private mutating func bracketed(_ close: String) -> CommandArgument {
        var label: (name: String, since: String?)?
        if let end = rest.firstIndex(where: { " []<>".contains($0) }), rest[..<end].last == ":" {
            label = version(String(rest[..<end].dropLast()))
            rest = rest[rest.index(after: end)...]
        }
        var alternatives = [sequence()]
        while take(" | ") { alternatives.append(sequence()) }
        var argument: CommandArgument
        if alternatives.count == 1 {
            argument = group(alternatives[0], label: label?.name)
        } else {
            let members = alternatives.map { group($0, label: nil) }
            let name = label?.name ?? members.map(\.name).joined(separator: "_")
            argument = CommandArgument(name, .oneOf, arguments: members)
        }
        argument.since = label?.since ?? argument.since
        precondition(take(close), "unbalanced brackets")
        return argument
    }

    /// Elements as one argument: themselves if there is one without a label, else a block.
    private func group(_ members: [CommandArgument], label: String?) -> CommandArgument {
        precondition(!members.isEmpty, "empty group")
        if members.count == 1, label == nil { return members[0] }
        let name = label ?? members.map(\.name).joined(separator: "_")
        return CommandArgument(name, .block, arguments: members)
    }

    private mutating func word() -> String {
        let end = rest.firstIndex { " []<>".contains($0) } ?? rest.endIndex
        let word = String(rest[..<end])
        precondition(!word.isEmpty, "a word is missing")
        rest = rest[end...]
        return word
    }

    /// Splits `name@version`.
    private func version(_ word: String) -> (name: String, since: String?) {
        guard let at = word.firstIndex(of: "@") else { return (word, nil) }
        return (String(word[..<at]), String(word[word.index(after: at)...]))
    }

    /// The type of an argument whose notation gives none.
    private static func kind(of name: String) -> CommandArgument.Kind {
        switch name {
        case "key", "newkey", "source", "destination", "src", "dst": .key
        case "pattern": .pattern
        case "unix-time-seconds", "unix-time-milliseconds": .unixTime
        case "seconds", "milliseconds", "start", "end", "offset", "increment", "decrement", "cursor", "count", "db",
            "destination-db", "index", "index1", "index2", "protover", "client-id", "timeout", "numfields", "level",
            "version", "numkeys", "limit", "stop", "weight":
            .integer
        case "score", "min", "max": .double
        default: .string
        }
    }
}

extension CommandArgument {
    /// The arguments as people read them, e.g. `key [NX | XX] [EX seconds]`.
    static func describe(_ arguments: [CommandArgument]) -> String {
        arguments.map(\.text).joined(separator: " ")
    }

    private var text: String {
        var parts: [String] = []
        if let token { parts.append(token) }
        switch kind {
        case .pureToken: break
        case .block: parts.append(CommandArgument.describe(arguments))
        case .oneOf:
            let choice = arguments.map(\.text).joined(separator: " | ")
            parts.append(isOptional && token == nil ? choice : "<\(choice)>")
        default: parts.append(name)
        }
        if repeatsToken {
            parts.append("[\(parts.joined(separator: " ")) ...]")
        } else if isMultiple {
            parts.append("[\(parts[parts.count - 1]) ...]")
        }
        let whole = parts.joined(separator: " ")
        return isOptional ? "[\(whole)]" : whole
    }
}
