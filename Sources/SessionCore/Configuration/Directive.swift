/// One directive of redis.conf: the row of the table (`Directive.all`) from which the configuration file, the command
/// line, `--help`, `CONFIG GET` and `CONFIG SET` are all served.
public struct Directive: Sendable {
    /// What is shown in place of a secret.
    static let placeholder = "(redacted)"

    typealias Path<Value> = WritableKeyPath<Configuration, Value> & Sendable

    /// What values a directive takes, and where they are kept. Bounds are inclusive.
    enum Kind: Sendable {
        case boolean(Path<Bool>)
        case integer(Path<Int>, ClosedRange<Int>)
        case octal(Path<Int>, ClosedRange<Int>)
        /// Bytes.
        case memory(Path<Int>, ClosedRange<Int>)
        /// Milliseconds.
        case duration(Path<Int64>, ClosedRange<Int64>)
        /// Any text of at most so many bytes, without NUL.
        case text(Path<String>, limit: Int)
        /// Likewise, and with any byte; shown to nobody, see `value(in:)`.
        case secret(Path<String>, limit: Int)
        /// One of these words, kept as its index.
        case choice(
            [String],
            get: @Sendable (Configuration) -> Int,
            set: @Sendable (inout Configuration, Int) -> Void
        )
        /// One word of a form of its own. `written` is the word that `CONFIG REWRITE` writes, where that is not what
        /// `get` answers.
        case word(
            get: @Sendable (Configuration) -> String,
            set: @Sendable (inout Configuration, String) throws(InvalidValue) -> Void,
            written: (@Sendable (Configuration) -> String)? = nil
        )
        /// Any number of words. `lines` says how `CONFIG REWRITE` writes it, where that is not the name and what `get`
        /// answers.
        case words(
            get: @Sendable (Configuration) -> String,
            set: @Sendable (inout Configuration, [String]) throws(InvalidValue) -> Void,
            lines: (@Sendable (Configuration) -> [RewrittenLine])? = nil
        )
    }

    /// Why a value was refused, without the directive's name.
    struct InvalidValue: Error { let reason: String }

    public let name: String
    /// Older names that work as well.
    public let aliases: [String]
    /// `CONFIG SET` may change it.
    public let isMutable: Bool
    /// Not even where it could: files could be written to places of a client's choice.
    let isProtected: Bool
    /// For `--help`; one line.
    public let summary: String
    let kind: Kind

    init(
        _ name: String, _ kind: Kind, mutable: Bool, isProtected: Bool = false, aliases: [String] = [],
        _ summary: String
    ) {
        self.name = name
        self.isProtected = isProtected
        self.aliases = aliases
        self.isMutable = mutable
        self.summary = summary
        self.kind = kind
    }

    /// What it holds is shown to nobody.
    var isSecret: Bool { if case .secret = kind { true } else { false } }

    /// The value as it is shown, by `CONFIG GET` and everywhere else but in the file that `CONFIG REWRITE` writes: of a
    /// secret only whether there is one.
    public func value(in configuration: Configuration) -> String {
        switch kind {
        case .boolean(let path): configuration[keyPath: path] ? "yes" : "no"
        case .integer(let path, _), .memory(let path, _): String(configuration[keyPath: path])
        case .octal(let path, _): String(configuration[keyPath: path], radix: 8)
        case .duration(let path, _): String(configuration[keyPath: path])
        case .text(let path, _): configuration[keyPath: path]
        case .secret(let path, _): configuration[keyPath: path].isEmpty ? "" : Directive.placeholder
        case .choice(let words, let get, _): words[get(configuration)]
        case .word(let get, _, _), .words(let get, _, _): get(configuration)
        }
    }

    /// Sets the value from the words that followed the directive's name.
    func set(_ words: [String], in configuration: inout Configuration) throws(InvalidValue) {
        if case .words(_, let set, _) = kind {
            // Several words may come quoted as one.
            let one = words.count == 1 ? words[0].split(separator: " ").map(String.init) : []
            return try set(&configuration, one.isEmpty ? words : one)
        }
        guard words.count == 1 else { throw InvalidValue(reason: "wrong number of arguments") }
        try set(words[0], in: &configuration)
    }

    private func set(_ word: String, in configuration: inout Configuration) throws(InvalidValue) {
        switch kind {
        case .boolean(let path):
            switch word.lowercased() {
            case "yes": configuration[keyPath: path] = true
            case "no": configuration[keyPath: path] = false
            default: throw InvalidValue(reason: "argument must be 'yes' or 'no'")
            }
        case .integer(let path, let bounds):
            configuration[keyPath: path] = try Self.within(
                bounds, ValueFormat.integer(word), else: "argument couldn't be parsed into an integer")
        case .octal(let path, let bounds):
            configuration[keyPath: path] = try Self.within(
                bounds, ValueFormat.octal(word), radix: 8, else: "argument couldn't be parsed as an octal number")
        case .memory(let path, let bounds):
            configuration[keyPath: path] = try Self.within(
                bounds, ValueFormat.memory(word), else: "argument must be a memory value")
        case .duration(let path, let bounds):
            configuration[keyPath: path] = try Self.within(
                bounds, ValueFormat.milliseconds(word.utf8Span.span.bytes),
                else: "argument must be a duration: milliseconds, or a number with s, m, h or d")
        case .text(let path, let limit):
            // Most are paths, which a NUL would end early.
            guard !word.utf8.contains(0) else { throw InvalidValue(reason: "argument must not contain NUL") }
            configuration[keyPath: path] = try Self.text(word, limit)
        case .secret(let path, let limit):
            // Somebody who sets what he was shown would make it everybody's password.
            guard word != Directive.placeholder else {
                throw InvalidValue(reason: "argument is what is shown in place of a secret")
            }
            configuration[keyPath: path] = try Self.text(word, limit)
        case .choice(let words, _, let set):
            guard let index = words.firstIndex(of: word.lowercased()) else {
                let list = words.joined(separator: ", ")
                throw InvalidValue(reason: "argument(s) must be one of the following: \(list)")
            }
            set(&configuration, index)
        case .word(_, let set, _): try set(&configuration, word)
        case .words:
            preconditionFailure("directives of several words are set above")
        }
    }

    /// `word`, if it is not too long.
    private static func text(_ word: String, _ limit: Int) throws(InvalidValue) -> String {
        guard word.utf8.count <= limit else { throw InvalidValue(reason: "argument is longer than \(limit) bytes") }
        return word
    }

    /// `value`, if it was understood and is within `bounds`.
    private static func within<Number: BinaryInteger>(
        _ bounds: ClosedRange<Number>, _ value: Number?, radix: Int = 10, else problem: String
    ) throws(InvalidValue) -> Number {
        guard let value else { throw InvalidValue(reason: problem) }
        guard bounds.contains(value) else {
            let low = String(bounds.lowerBound, radix: radix)
            let high = String(bounds.upperBound, radix: radix)
            throw InvalidValue(reason: "argument must be between \(low) and \(high) inclusive")
        }
        return value
    }
}
