/// Rules of `ACL SETUSER` as they are given: one after the other, a selector perhaps spread over several words.
enum AccessRules {
    /// A rule that was refused, and why.
    struct Failure: Error {
        let rule: [UInt8]
        let reason: AccessRuleError
    }

    /// A parenthesis that nothing closes, in this word.
    struct Unmatched: Error { let word: [UInt8] }

    /// Puts together the words of each selector: `(+get`, `~a)` becomes `(+get ~a)`.
    static func merged(_ words: [[UInt8]]) throws(Unmatched) -> [[UInt8]] {
        var rules: [[UInt8]] = []
        var open: (start: [UInt8], text: [UInt8])?
        for word in words {
            let closes = word.last == UInt8(ascii: ")")
            if word.first == UInt8(ascii: "("), !closes {
                open = (word, word)
            } else if let begun = open {
                let text = begun.text + [UInt8(ascii: " ")] + word
                open = closes ? nil : (begun.start, text)
                if closes { rules.append(text) }
            } else {
                rules.append(word)
            }
        }
        if let open { throw Unmatched(word: open.start) }
        return rules
    }

    /// A rule as errors quote it: without its passwords and hashes, which belong in no log.
    ///
    /// What follows the sign of a password is one, wherever the sign stands (`on>secret`, `)>secret`): a rule that is
    /// quoted is wrong, and the mistake may be just that. Only patterns and names of commands may contain such signs.
    static func quoted(_ rule: [UInt8]) -> [UInt8] {
        let words = rule.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { word in
            guard let sign = word.firstIndex(where: passwordSigns.contains) else { return Array(word) }
            let before = word[..<sign]
            let start = before.first == UInt8(ascii: "(") ? before.dropFirst() : before
            if let first = start.first, otherSigns.contains(first), !start.contains(UInt8(ascii: ")")) {
                return Array(word)
            }
            let closing = word.last == UInt8(ascii: ")") && rule.first == UInt8(ascii: "(") ? ")" : ""
            return before + [word[sign]] + Array("(redacted)\(closing)".utf8)
        }
        return Array(words.joined(separator: [UInt8(ascii: " ")]))
    }

    private static let passwordSigns = Array("><#!".utf8)
    /// With which rules on keys, channels and commands begin.
    private static let otherSigns = Array("~%&+-@".utf8)
}

extension AccessUser {
    /// Applies rules in order, all or none.
    mutating func apply(
        _ rules: [[UInt8]], _ table: borrowing CommandTable, allChannels: Bool
    ) throws(AccessRules.Failure) {
        var changed = self
        for rule in rules {
            do throws(AccessRuleError) {
                try changed.apply(rule, table, allChannels: allChannels)
            } catch {
                throw AccessRules.Failure(rule: rule, reason: error)
            }
        }
        self = changed
    }
}
