import Testing

@testable import SessionCore

#if canImport(Glibc)
import Glibc
#endif

/// `LongDouble` against texts that redis-server 7.0.15 answered, and against the C library where it has the same
/// format.
struct LongDoubleTests {
    private func sum(_ left: String, _ right: String) -> String? {
        guard let left = LongDouble(left.utf8Span.span.bytes), let right = LongDouble(right.utf8Span.span.bytes),
            let sum = left.adding(right), !sum.isInfinite
        else { return nil }
        return text(sum)
    }

    private func text(_ value: LongDouble) -> String {
        var buffer = ByteBuffer()
        value.write(to: &buffer)
        return buffer.bytes.text
    }

    @Test(arguments: [
        ("0", "0", "0"), ("1", "1", "2"), ("0.1", "0.2", "0.3"), ("3.0", "1.000", "4"), ("5.0e3", "200", "5200"),
        ("10.5", "0.1", "10.6"), ("1", "-1", "0"), ("-1", "-0.5", "-1.5"), ("1e17", "0.5", "100000000000000000.5"),
        ("-0", "0", "0"), ("1e-18", "0", "0"), ("-1e-18", "0", "0"), ("1e-17", "0", "0.00000000000000001"),
        ("0x10", "0", "16"), ("0x1.8p1", "0", "3"), ("+.5", "5.", "5.5"), ("1E2", "0", "100"),
        ("9223372036854775807", "1", "9223372036854775808"), ("1e20", "1", "100000000000000000000"),
        ("123456789.123456789", "0", "123456789.12345678899873747"),
        ("1234567890123456789012345678901234567890", "0", "1234567890123456788999898750329779388416"),
    ])
    func sums(left: String, right: String, expected: String) {
        #expect(sum(left, right) == expected)
    }

    @Test(arguments: [
        "", " 1", "1 ", "1e", "1e+", "e5", ".", "-", "+", "--1", "1.2.3", "abc", "nan", "-nan", "0x", "0x1p", "0xg",
        "1e4933", "-1e5000", "1e-4960", "1e99999999999", "1e-99999999999", "1\0", "1_0", "infinit",
    ])
    func refuses(_ text: String) {
        #expect(LongDouble(text.utf8Span.span.bytes) == nil)
    }

    @Test func infinityIsANumberButNoSum() {
        #expect(LongDouble("inf".utf8Span.span.bytes)?.isInfinite == true)
        #expect(LongDouble("-Infinity".utf8Span.span.bytes)?.isInfinite == true)
        #expect(sum("inf", "1") == nil)
        #expect(sum("inf", "-inf") == nil)
        #expect(sum("1.18e4932", "1.18e4932") == nil)
    }

    @Test func zeroWithAnyExponentIsZero() {
        #expect(sum("0e99999999999", "0.000e-99999999999") == "0")
    }

    #if arch(x86_64) && canImport(Glibc)
    /// Reads, adds and prints as the C library does with the processor's own format.
    @Test func agreesWithTheCLibrary() {
        var random = SplitMix64(seed: 80)
        for round in 0..<1200 {
            let left = numeral(&random, widely: round % 10 == 0)
            let right = numeral(&random, widely: round % 10 == 0)
            let expected = strtold(left, nil) + strtold(right, nil)
            #expect(sum(left, right) == (expected.isInfinite ? nil : printed(expected)), "\(left) + \(right)")
        }
    }

    private func numeral(_ random: inout SplitMix64, widely: Bool) -> String {
        var text = random.below(2) == 0 ? "-" : ""
        for _ in 0...random.below(random.below(5) == 0 ? 60 : 12) { text += "\(random.below(10))" }
        if random.below(3) > 0 {
            text += "."
            for _ in 0..<random.below(25) { text += "\(random.below(10))" }
        }
        if widely { text += "e\(random.below(9600) - 4900)" }
        else if random.below(4) == 0 { text += "e\(random.below(60) - 30)" }
        // What vanishes is refused: not what this test is about.
        return strtold(text, nil) == 0 || strtold(text, nil).isInfinite ? "1" : text
    }

    private func printed(_ value: Float80) -> String {
        var buffer = [CChar](repeating: 0, count: 6000)
        let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.17Lf", $0) }
        var text = Substring(String(decoding: buffer[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self))
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text == "-0" ? "0" : String(text)
    }
    #endif
}
