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

/// Splits a line of a configuration file into words as Redis does (`QuotedWords`). A line whose first word starts with
/// `#` is a comment.
public enum ConfigurationText {
    /// - Complexity: O(length of the line).
    public static func words(_ line: some Collection<UInt8>) throws(ConfigurationError) -> [String] {
        try validated(rawWords(line))
    }

    /// As `words`, for words of any bytes.
    static func rawWords(_ line: some Collection<UInt8>) throws(ConfigurationError) -> [[UInt8]] {
        let line = Array(line)
        if line.first(where: { !QuotedWords.isBlank($0) }) == UInt8(ascii: "#") { return [] }
        guard let words = QuotedWords.split(line) else { throw .unbalancedQuotes }
        return words
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
}
