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
}
