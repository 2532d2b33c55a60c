/// A configuration file's name, as errors show it, and its content.
public struct ConfigurationSource: Sendable {
    public let name: String
    public let text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

extension Configuration {
    /// Applies the directives of a configuration file in order: the last one of a name counts.
    ///
    /// - Parameters:
    ///   - depth: how many files include this one.
    ///   - include: reads the files that an `include` directive names (it may be a pattern).
    /// - Throws: the first error, with file and line.
    public mutating func apply(
        _ source: ConfigurationSource,
        depth: Int = 0,
        include: (String) throws(ConfigurationFailure) -> [ConfigurationSource]
    ) throws(ConfigurationFailure) {
        var number = 0
        for line in source.text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            do {
                let raw = try ConfigurationText.rawWords(line)
                // Names of users and patterns may be any bytes.
                if let first = raw.first, first.matches("user") {
                    try addUser(Array(raw.dropFirst()))
                    continue
                }
                let words = try ConfigurationText.validated(raw)
                guard let name = words.first else { continue }
                guard name.lowercased() == "include" else {
                    try apply(name, Array(words.dropFirst()))
                    continue
                }
                guard words.count == 2 else {
                    throw ConfigurationError.invalid(directive: name, reason: "needs one path")
                }
                guard depth < Limits.configurationIncludes else {
                    throw ConfigurationError.invalid(
                        directive: name, reason: "more than \(Limits.configurationIncludes) files include one another")
                }
                for included in try include(words[1]) {
                    try apply(included, depth: depth + 1, include: include)
                }
            } catch let error as ConfigurationError {
                throw ConfigurationFailure(source: source.name, line: number, error)
            } catch let failure as ConfigurationFailure {
                throw failure
            } catch {
                preconditionFailure("only the two errors above are thrown")
            }
        }
    }
}

/// Splits a line into words as Redis does: blanks separate; `"…"` with the escapes `\n \r \t \b \a \xHH \"` and `\\`;
/// `'…'` with the escape `\'`; a closing quote must be followed by a blank. A line whose first word starts with `#`
/// is a comment.
public enum ConfigurationText {
    /// - Complexity: O(length of the line).
    public static func words(_ line: some Collection<UInt8>) throws(ConfigurationError) -> [String] {
        try validated(rawWords(line))
    }

    /// As `words`, for words of any bytes.
    static func rawWords(_ line: some Collection<UInt8>) throws(ConfigurationError) -> [[UInt8]] {
        let line = Array(line)
        if line.first(where: { !WordSplitter.isBlank($0) }) == UInt8(ascii: "#") { return [] }
        return try split(line)
    }

    /// The words as text.
    static func validated(_ raw: [[UInt8]]) throws(ConfigurationError) -> [String] {
        var words: [String] = []
        for bytes in raw {
            guard let word = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
            words.append(word)
        }
        return words
    }

    /// As `words`, for any bytes, and without comments.
    static func split(_ line: [UInt8]) throws(ConfigurationError) -> [[UInt8]] {
        var splitter = WordSplitter(rest: line[...])
        var words: [[UInt8]] = []
        splitter.skipBlanks()
        while !splitter.rest.isEmpty {
            words.append(try splitter.next())
            splitter.skipBlanks()
        }
        return words
    }
}

/// The rest of a line that is being split.
private struct WordSplitter {
    var rest: ArraySlice<UInt8>

    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) || byte == 0 }

    mutating func skipBlanks() { rest = rest.drop(while: Self.isBlank) }

    /// One word; `rest` must not start with a blank.
    mutating func next() throws(ConfigurationError) -> [UInt8] {
        var word: [UInt8] = []
        while let byte = rest.first, !Self.isBlank(byte) {
            rest.removeFirst()
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): try quoted(by: byte, into: &word)
            default: word.append(byte)
            }
        }
        return word
    }

    private mutating func quoted(by quote: UInt8, into word: inout [UInt8]) throws(ConfigurationError) {
        while let byte = rest.popFirst() {
            if byte == quote {
                guard rest.first.map(Self.isBlank) ?? true else { throw .unbalancedQuotes }
                return
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") || rest.first == quote {
                guard let escaped = rest.popFirst() else { throw .unbalancedQuotes }
                word.append(quote == UInt8(ascii: "'") ? escaped : unescaped(escaped))
            } else {
                word.append(byte)
            }
        }
        throw .unbalancedQuotes
    }

    /// What `\` and `byte` stand for; takes the digits of `\xHH` from the rest.
    private mutating func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "x"):
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return byte }
            rest = rest.dropFirst(2)
            return value
        default: return byte
        }
    }
}
