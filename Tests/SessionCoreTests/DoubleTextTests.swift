import Foundation
import Testing

@testable import SessionCore

/// Scores as text, against C's `strtod` and `printf`.
@Suite struct DoubleTextTests {
    private func write(_ value: Double) -> String {
        var buffer = ByteBuffer()
        DoubleText.write(value, to: &buffer)
        return buffer.bytes.text
    }

    private func parse(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        return DoubleText.parse(bytes.span.bytes)
    }

    private func parseBound(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        return DoubleText.parseBound(bytes.span.bytes)
    }

    @Test(arguments: [
        (0, "0"), (-0.0, "-0"), (1, "1"), (-17, "-17"), (0.1, "0.10000000000000001"), (3.5, "3.5"),
        (1e15, "1000000000000000"), (1e16, "10000000000000000"), (1e17, "1e+17"), (1.5e300, "1.5000000000000001e+300"),
        (123456789012345680, "1.2345678901234568e+17"), (0.0001, "0.0001"), (0.00001, "1.0000000000000001e-05"),
        (.leastNonzeroMagnitude, "4.9406564584124654e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
        (9.999999999999999e22, "9.9999999999999992e+22"), (1e23, "9.9999999999999992e+22"),
        (.infinity, "inf"), (-.infinity, "-inf"), (9007199254740992, "9007199254740992"),
        (1.7e-7, "1.6999999999999999e-07"), (1e-7, "9.9999999999999995e-08"),
    ] as [(Double, String)])
    func written(_ value: Double, _ text: String) {
        #expect(write(value) == text)
    }

    /// Values of all magnitudes: bit patterns at random, decimal fractions, powers of two and their neighbours, and
    /// ties, where only the exact value tells which way to round.
    @Test func writtenAsByPrintf() {
        var random = SplitMix64(seed: 17)
        var values: [Double] = []
        for _ in 0..<1500 {
            values.append(Double(bitPattern: random.next()))
            values.append(Double(Int64(truncatingIfNeeded: random.next()) >> Int64(random.next() % 64)))
            values.append(Double(random.next() % 1_000_000_000) / 1000)
            values.append(Double(random.next() % 10_000_000_000_000_000) / 1e7)
        }
        for power in stride(from: -1074, through: 1023, by: 3) {
            let value = Double(sign: .plus, exponent: power, significand: 1)
            values += [value, value.nextUp, value.nextDown, -value]
        }
        for tens in -300...300 {
            let value = pow(10, Double(tens))
            values += [value, value.nextUp, value.nextDown]
        }
        for tens in 1...20 {
            // 18 digits or more that end in a five and zeros.
            for _ in 0..<10 {
                values.append((Double(random.next() % 100_000_000_000) * 10 + 5) * pow(10, Double(tens)))
            }
        }
        for value in values where !value.isNaN {
            #expect(write(value) == String(format: "%.17g", value))
        }
    }

    @Test func readAsByStrtod() {
        var random = SplitMix64(seed: 18)
        for _ in 0..<1500 {
            let value = Double(bitPattern: random.next())
            if !value.isFinite { continue }
            for text in ["\(value)", write(value), String(format: "%.30e", value), String(format: "%a", value)] {
                #expect(parse(text) == strtod(text, nil), "\(text)")
            }
            let digits = (0..<(1 + random.next() % 40)).map { _ in String(random.next() % 10) }.joined()
            let text = "\(digits).\(random.next())e\(Int(random.next() % 60) - 30)"
            #expect(parse(text) == strtod(text, nil), "\(text)")
        }
    }

    @Test(arguments: [
        ("1", 1), ("-1", -1), ("+1", 1), ("007", 7), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E+3", 1000),
        ("0x10", 16),
        ("0x1.8p1", 3), ("-0x.8", -0.5), ("inf", .infinity), ("-inf", -.infinity), ("+Inf", .infinity),
        ("INFINITY", .infinity), ("123456789012345", 123_456_789_012_345),
        ("1234567890123456789", 1234567890123456768),
        ("0e99999999999999999999", 0), ("0x0p-99999999", 0), ("1e-320", 0x1p-1074 * 2024),
        ("000000000000000000000000000012", 12),
    ] as [(String, Double)])
    func numbers(_ text: String, _ value: Double) {
        #expect(parse(text) == value)
        #expect(parseBound(text) == value)
    }

    @Test func minusZeroKeepsItsSign() {
        #expect(parse("-0")?.sign == .minus && parse("-0.0")?.sign == .minus && parse("0")?.sign == .plus)
    }

    @Test(arguments: [
        "", " ", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1 ", "nan", "-nan", "NAN", "0x", "0xg", "0x1p", "infx",
        "in", "--1", "1,5", "1_000", "abc", "0x.", "(1", "1\u{0}2",
    ])
    func noNumbers(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test(arguments: ["1e309", "-1e309", "1e-400", "0x1p1024", "0x1p-1080", "1e99999999999999999999"])
    func numbersOutOfRange(_ text: String) {
        #expect(parse(text) == nil)
        #expect(parseBound(text) == strtod(text, nil))
    }

    /// The ends of ranges are read more leniently: as C strings with `strtod` alone.
    @Test(arguments: [
        ("", 0), (" 1", 1), ("\t\n\u{B}\u{C}\r-2", -2), ("1\u{0}2", 1), ("\u{0}x", 0),
    ] as [(String, Double)])
    func bounds(_ text: String, _ value: Double) {
        #expect(parseBound(text) == value)
        #expect(parse(text) == nil)
    }

    @Test(arguments: [" ", "1 ", "x", "nan", "- 1", "1x\u{0}"])
    func noBounds(_ text: String) {
        #expect(parseBound(text) == nil)
    }

    /// A number may be as long as an argument.
    @Test func longNumbers() {
        let zeros = String(repeating: "0", count: 100_000)
        #expect(parse(zeros + "1") == 1)
        #expect(parse("1" + zeros + "e-100000") == 1)
        #expect(parse("0." + zeros + "1e100001") == 1)
        // Exactly between 1 and the next double, and a little above.
        let tie = "1.00000000000000011102230246251565404236316680908203125"
        #expect(parse(tie) == 1 && parse(tie + zeros) == 1)
        #expect(parse(tie + zeros + "1") == 1.0.nextUp)
    }
}
