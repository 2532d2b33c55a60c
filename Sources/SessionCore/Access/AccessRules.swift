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
    static func quoted(_ rule: [UInt8]) -> [UInt8] {
        let words = rule.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { word in
            let isSelector = word.first == UInt8(ascii: "(")
            let inner = isSelector ? word.dropFirst() : word
            switch inner.first {
            case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "#"), UInt8(ascii: "!"):
                let closing = inner.last == UInt8(ascii: ")") && rule.first == UInt8(ascii: "(") ? ")" : ""
                return (isSelector ? Array("(".utf8) : []) + inner.prefix(1) + Array("(redacted)\(closing)".utf8)
            default: return Array(word)
            }
        }
        return Array(words.joined(separator: [UInt8(ascii: " ")]))
    }
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
