/// The numbers of sorted sets as text, as Redis on glibc reads and writes them: C's `strtod` and `printf("%.17g")`.
enum DoubleText {
    /// A number as `ZADD` takes it, without anything before or behind it. Nil for what is no number, for `nan`, and for
    /// numbers that overflow or vanish. O(length).
    @inline(__always)
    static func parse(_ text: RawSpan) -> Double? {
        if let small = smallInteger(text) { return small }
        return parseAny(text)
    }

    /// A number as the ends of ranges are read: spaces before it are skipped, nothing at all is 0, and what overflows
    /// is infinite. Redis reads a C string here, so text behind a NUL does not count. Nil for anything else. O(length).
    @inline(__always)
    static func parseBound(_ text: RawSpan) -> Double? {
        if let small = smallInteger(text) { return small }
        return parseAnyBound(text)
    }

    /// Most decimal digits of which every number is a `Double`.
    private static let exactDigits = 15

    /// What most scores are: up to 15 digits, perhaps a minus sign; nil for anything else.
    @inline(__always)
    private static func smallInteger(_ text: RawSpan) -> Double? {
        let count = text.byteCount
        guard count > 0, count <= exactDigits else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        var position = isNegative ? 1 : 0
        // "-" alone is none, and "-0" is not the integer 0.
        if isNegative && (count == 1 || text[1] == UInt8(ascii: "0")) { return nil }
        var value: Int64 = 0
        while position < count {
            let digit = text[position] &- 48
            if digit > 9 { return nil }
            value = value &* 10 &+ Int64(digit)
            position &+= 1
        }
        return Double(isNegative ? 0 &- value : value)
    }

    @inline(never)
    private static func parseAny(_ text: RawSpan) -> Double? {
        guard let numeral = Numeral(text) else { return nil }
        let value = numeral.value
        return numeral.isInfinity || (value.isFinite && (value != 0 || numeral.isZero)) ? value : nil
    }

    @inline(never)
    private static func parseAnyBound(_ text: RawSpan) -> Double? {
        let nul = text.firstIndex(of: 0)
        let end = nul < 0 ? text.byteCount : nul
        var start = 0
        while start < end, text[start] == 32 || (9...13).contains(text[start]) { start += 1 }
        // Where `strtod` finds no number it stops where it began: at the end, only if there is nothing.
        if end == 0 { return 0 }
        return Numeral(text.slice(start, end - start))?.value
    }
}

extension DoubleText {
    /// The parts of a numeral that `strtod` reads as a whole.
    private struct Numeral {
        private var isNegative = false
        private(set) var isInfinity = false
        private var isHexadecimal = false
        /// The first significant digits as a number, and whether it has them all.
        private var leading: UInt64 = 0
        private var isExact = true
        /// Significant digits as they were written, without leading zeros, at most `longest`; only where `leading` does
        /// not hold them all. A digit 1 at the end stands for any that were left out.
        private var digits: [UInt8] = []
        /// Power of ten (of two for hexadecimal digits) by which the digits are to be multiplied.
        private var scale = 0

        /// Decimal digits beyond which only matters whether there are any: a tie between two doubles has 767.
        private static let longest = 800

        var isZero: Bool { leading == 0 && !isInfinity }

        init?(_ text: RawSpan) {
            guard text.byteCount > 0 else { return nil }
            isNegative = text[0] == UInt8(ascii: "-")
            let start = isNegative || text[0] == UInt8(ascii: "+") ? 1 : 0
            let rest = text.slice(start, text.byteCount - start)
            if rest.matches("inf") || rest.matches("infinity") {
                isInfinity = true
                return
            }
            isHexadecimal = rest.byteCount > 2 && rest.slice(0, 2).matches("0x")
            if !read(isHexadecimal ? rest.slice(2, rest.byteCount - 2) : rest) { return nil }
        }

        /// Digits with at most one point, then perhaps an exponent.
        /// - Returns: false if anything else is there.
        private mutating func read(_ text: RawSpan) -> Bool {
            let step = isHexadecimal ? 4 : 1
            var position = 0
            var significant = 0
            var (hasDigits, hasPoint, hasRest) = (false, false, false)
            while position < text.byteCount {
                let byte = text[position]
                if byte == UInt8(ascii: "."), !hasPoint {
                    hasPoint = true
                } else if let digit = hexDigit(byte), isHexadecimal || digit < 10 {
                    hasDigits = true
                    if hasPoint { scale -= step }
                    if digit != 0 || significant > 0 {
                        significant += 1
                        if significant <= 15 {
                            leading = leading &* (isHexadecimal ? 16 : 10) &+ UInt64(digit)
                        } else if digits.count < Numeral.longest {
                            if isExact { spell() }
                            digits.append(byte)
                        } else {
                            hasRest = hasRest || digit != 0
                            scale += step
                        }
                    }
                } else {
                    break
                }
                position += 1
            }
            if hasRest {
                digits.append(UInt8(ascii: "1"))
                scale -= step
            }
            return hasDigits && (position == text.byteCount || readExponent(text, position))
        }

        /// Begins to keep the digits one by one.
        private mutating func spell() {
            isExact = false
            digits = Array(String(leading, radix: isHexadecimal ? 16 : 10).utf8)
        }

        private mutating func readExponent(_ text: RawSpan, _ start: Int) -> Bool {
            guard text[start] | 0x20 == UInt8(ascii: isHexadecimal ? "p" : "e") else { return false }
            guard let power = parseExponent(text.slice(start + 1, text.byteCount - start - 1)) else { return false }
            scale += power
            return true
        }

        /// The nearest double: infinite on overflow, zero on underflow.
        var value: Double {
            let magnitude = isInfinity ? .infinity : isZero ? 0 : quick ?? rounded
            return isNegative ? -magnitude : magnitude
        }

        /// One rounding of two exact numbers, where that is all it takes (Clinger, 1990).
        private var quick: Double? {
            guard isExact, !isHexadecimal, scale.magnitude <= 22 else { return nil }
            var power = 1.0
            for _ in 0..<scale.magnitude { power *= 10 }
            return scale < 0 ? Double(leading) / power : Double(leading) * power
        }

        /// The standard library's conversion, on a text of bounded length.
        private var rounded: Double {
            var text = isHexadecimal ? "0x" : ""
            text += isExact ? String(leading, radix: isHexadecimal ? 16 : 10) : String(decoding: digits, as: UTF8.self)
            text += isHexadecimal ? "p" : "e"
            text += String(max(-1 << 20, min(scale, 1 << 20)))
            guard let value = Double(text) else { preconditionFailure("a numeral of our own making") }
            return value
        }
    }
}
