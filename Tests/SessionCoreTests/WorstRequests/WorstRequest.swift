import ScriptTexts

@testable import SessionCore

/// A request with which a command could take much more than it is given: names that come ten thousand times, huge
/// counts, all options, over data that is long where it is named.
struct WorstRequest: CustomStringConvertible, Sendable {
    /// How it must end.
    enum Outcome: Sendable {
        /// By a reply that is no error.
        case answered
        /// By an error, before much is made of it.
        case refused
        /// The connection is closed, as the reply would be too long.
        case closed
        /// Not answered now, or not at all.
        case silent
    }

    /// Sent before, on the same connection; `100× ` in front has it sent so many times, `@100× ` by as many others.
    let prelude: [String]
    /// Words separated by single spaces, see `words(_:)`.
    let request: String
    let outcome: Outcome
    /// Bytes of the data that it makes, where they are more than its own: a string of a given length, one value under
    /// many keys, one message to many receivers.
    let making: Int

    init(_ request: String, _ outcome: Outcome = .answered, making: Int = 0, after prelude: String...) {
        (self.request, self.outcome, self.making, self.prelude) = (request, outcome, making, prelude)
    }

    var description: String { prelude.isEmpty ? request : "\(request) after \(prelude.joined(separator: ", "))" }

    /// The name of its row, one of those given: `get`, `client|list`.
    func command(among names: Set<String>) -> String {
        let words = request.split(separator: " ", maxSplits: 2).map { String($0.prefix { $0 != "×" }) }
        let name = words.count > 1 ? "\(words[0])|\(words[1])" : words[0]
        return names.contains(name) ? name : words[0]
    }

    /// The words of a text: `w×5` is `w` five times, `{v w}×5` are `v w` five times, in which `#` stands for the number
    /// of the time, from 10000 on. Some words in capitals stand for long ones.
    static func words(_ text: String) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var rest = text[...]
        while let first = rest.first {
            if first == " " {
                rest.removeFirst()
                continue
            }
            let isGroup = first == "{"
            let end = rest.firstIndex { isGroup ? $0 == "}" : $0 == " " || $0 == "×" } ?? rest.endIndex
            let repeated = (isGroup ? rest[..<end].dropFirst() : rest[..<end]).split(separator: " ").map(String.init)
            rest = isGroup ? rest[end...].dropFirst() : rest[end...]
            var count = 1
            if rest.first == "×" {
                let digits = rest.dropFirst().prefix { $0.isNumber }
                count = Int(digits)!
                rest = rest[digits.endIndex...]
            }
            // What stands between the numbers.
            let pieces = repeated.map { word in
                word.split(separator: "#", omittingEmptySubsequences: false).map { meaning(of: String($0)) }
            }
            for number in 10_000..<10_000 + count {
                let digits = Array(String(number).utf8)
                for word in pieces { found.append(word.count == 1 ? word[0] : Array(word.joined(separator: digits))) }
            }
        }
        return found
    }

    private static let longWords = [
        "VALUE": String(repeating: "v", count: 20_000), "NAME": String(repeating: "n", count: 500),
        "LABEL": String(repeating: "l", count: 100),
        "TAKESLOT": text(of: "Laravel: concurrency limiter, acquire"), "OBTAIN": text(of: "bsm/redislock: obtain"),
        "DIGEST": digest(of: text(of: "Laravel: concurrency limiter, acquire")),
    ]

    private static func text(of script: String) -> String { KnownScriptText.all.first { $0.name == script }!.text }

    private static func digest(of text: String) -> String { ScriptDigest(of: Array(text.utf8).span.bytes).text }

    private static func meaning(of word: String) -> [UInt8] {
        if let long = longWords[word] { return Array(long.utf8) }
        var text = word
        for (name, long) in longWords where text.contains(name) { text = text.replacing(name, with: long) }
        return Array(text.utf8)
    }
}
