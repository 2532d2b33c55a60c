import Testing

@testable import SessionCore

@Suite struct GlobPatternTests {
    /// As redis-server 7.0.15 answers to `KEYS`.
    @Test(arguments: [
        ("*", "a", true), ("**", "ab", true), ("a*", "a", true), ("*b", "ab", true), ("*b", "ba", false),
        ("a?c", "abc", true), ("a?c", "ac", false), ("?", "ab", false), ("*a*b*", "xxaxxbxx", true),
        ("*a*b*", "xxbxxaxx", false), ("*ab", "aab", true), ("a*b*c", "abcbc", true), ("a*b?c", "abcbc", false),
        ("[ab]", "b", true), ("[ab]", "c", false), ("[^ab]", "c", true), ("[^ab]", "a", false), ("[a-c]", "b", true),
        ("[c-a]", "b", true), ("[a-c]", "d", false), ("[a-]", "]", true), ("[a-]", "-", false), ("[a", "a", true),
        ("[a", "b", false), ("[]", "a", false), ("[^]", "a", true), ("[^]x", "ax", true), ("[\\]]", "]", true),
        ("\\*", "*", true), ("\\*", "a", false), ("\\", "\\", true), ("a\\", "a\\", true), ("[a-c]*z", "byyz", true),
        ("", "", true), ("*", "", false), ("", "a", false), ("a", "A", false), ("\\[a]", "[a]", true),
    ])
    func matchesAsInRedis(_ pattern: String, _ text: String, _ isMatch: Bool) {
        let got = GlobPattern.matches(pattern.utf8Span.span.bytes, text.utf8Span.span.bytes)
        #expect(got == isMatch)
    }

    @Test(arguments: [
        ("A*C", "abc", true), ("[A-C]", "b", true), ("[a-c]", "B", true), ("\\A", "a", true), ("[\\A]", "a", false),
        ("[^b]", "B", false), ("@", "`", false),
    ])
    func ignoringCase(_ pattern: String, _ text: String, _ isMatch: Bool) {
        let got = GlobPattern.matches(pattern.utf8Span.span.bytes, text.utf8Span.span.bytes, ignoringCase: true)
        #expect(got == isMatch)
    }

    /// Exponential matching would not end.
    @Test func manyStarsAreHarmless() {
        let pattern = String(repeating: "a*", count: 30) + "b"
        let text = String(repeating: "a", count: 3000)
        let got = GlobPattern.matches(pattern.utf8Span.span.bytes, text.utf8Span.span.bytes)
        #expect(!got)
    }

    // MARK: Long patterns

    /// Parts of patterns, among them those that are malformed.
    private static let parts = [
        "*", "?", "a", "\\*", "\\", "[ab]", "[^ab]", "[a-c]", "[c-a]", "[]", "[^]", "[\\]a]", "[a-]", "[\\", "[^-a]",
        "[a",
        "[]-a]", "b", "]", "-", "^", "[\\a-c]", "[\u{1}-\u{7f}]", "[a-ca-cb]",
    ]

    @Test func condensedPatternsMeanTheSame() {
        var random = SplitMix64(seed: 9)
        let texts = ["", "a", "b", "c", "ab", "]", "-", "^", "a]", "*", "\\", "[ab]", "abcabc", "é", "a-c"]
        for _ in 0..<3000 {
            let pattern = (0...random.below(5)).map { _ in Self.parts[random.below(Self.parts.count)] }.joined()
            let condensed = GlobPattern.condensed(pattern.utf8Span.span.bytes)
            for text in texts {
                let expected = GlobPattern.matches(pattern.utf8Span.span.bytes, text.utf8Span.span.bytes)
                let got = GlobPattern.matches(condensed.bytes, text.utf8Span.span.bytes)
                #expect(got == expected, "\(pattern) \(text)")
            }
        }
    }

    /// A class of any length costs no more than all bytes would.
    @Test(arguments: ["", "^"]) func longClassesAreCondensed(_ negation: String) {
        let pattern = "k[\(negation)\(String(repeating: "xyz\\]0-9", count: 10_000))]*"
        let (isLong, count) = (GlobPattern.isLong(pattern.utf8Span.span.bytes), 3 + 514)
        #expect(isLong && GlobPattern.condensed(pattern.utf8Span.span.bytes).count < count)
        let dialogue = NodeDialogue()
        dialogue.expect([("MSET kx 1 k5 1 ka 1 x 1", "+OK"), ("SADD s kx ka", ":2")])
        let isNegated = negation == "^"
        for words in [["KEYS", pattern], ["SCAN", "0", "MATCH", pattern], ["SSCAN", "s", "0", "MATCH", pattern]] {
            let reply = dialogue.send(words)
            #expect(reply.contains(bulk("ka")) == isNegated && reply.contains(bulk("kx")) != isNegated, "\(words[0])")
            #expect(!reply.contains(bulk("x")), "\(words[0])")
        }
    }
}
