/// Writing: `printf("%.17g")`, which is how Redis 7.0 prints scores.
extension DoubleText {
    /// Appends a number with 17 significant digits, rounded from the exact value, zeros at the end left out; `inf` and
    /// `-inf`. Not for NaN. At most 24 bytes.
    @inline(__always)
    static func write(_ value: Double, to buffer: inout ByteBuffer) {
        // Integers that are written in full; minus zero has a sign.
        if value.magnitude < 1e15, let integer = Int64(exactly: value), integer != 0 || value.sign == .plus {
            buffer.appendDecimal(integer)
        } else {
            writeAny(value, to: &buffer)
        }
    }

    @inline(never)
    private static func writeAny(_ value: Double, to buffer: inout ByteBuffer) {
        precondition(!value.isNaN, "a score is a number")
        if value.sign == .minus { buffer.append(UInt8(ascii: "-")) }
        if value.isInfinite { return buffer.append("inf") }
        if value == 0 { return buffer.append(UInt8(ascii: "0")) }
        let decimal = Decimal17(value.magnitude)
        if decimal.exponent < -4 || decimal.exponent > 16 {
            writeScientific(decimal, to: &buffer)
        } else {
            writePlain(decimal, to: &buffer)
        }
    }

    /// `1.25`, `0.001`, `12000`.
    private static func writePlain(_ decimal: Decimal17, to buffer: inout ByteBuffer) {
        let (digits, count) = decimal.significant
        let whole = decimal.exponent + 1
        if whole <= 0 {
            buffer.append("0.")
            for _ in whole..<0 { buffer.append(UInt8(ascii: "0")) }
            buffer.appendDecimal(Int64(digits))
        } else if count <= whole {
            buffer.appendDecimal(Int64(digits))
            for _ in count..<whole { buffer.append(UInt8(ascii: "0")) }
        } else {
            var power: UInt64 = 1
            for _ in whole..<count { power *= 10 }
            buffer.appendDecimal(Int64(digits / power))
            buffer.append(UInt8(ascii: "."))
            appendFraction(digits % power, digits: count - whole, to: &buffer)
        }
    }

    /// `1.25e+20`, `1e-07`: at least two digits of exponent.
    private static func writeScientific(_ decimal: Decimal17, to buffer: inout ByteBuffer) {
        let (digits, count) = decimal.significant
        var power: UInt64 = 1
        for _ in 1..<count { power *= 10 }
        buffer.appendDecimal(Int64(digits / power))
        if count > 1 {
            buffer.append(UInt8(ascii: "."))
            appendFraction(digits % power, digits: count - 1, to: &buffer)
        }
        buffer.append(decimal.exponent < 0 ? "e-" : "e+")
        if decimal.exponent.magnitude < 10 { buffer.append(UInt8(ascii: "0")) }
        buffer.appendDecimal(Int64(decimal.exponent.magnitude))
    }

    /// `value` with zeros before it, `digits` in all.
    private static func appendFraction(_ value: UInt64, digits: Int, to buffer: inout ByteBuffer) {
        for _ in decimalWidth(Int64(value))..<digits { buffer.append(UInt8(ascii: "0")) }
        buffer.appendDecimal(Int64(value))
    }
}

/// A positive number rounded to 17 decimal digits: `digits / 10^16 * 10^exponent`, ties to even.
private struct Decimal17 {
    private static let unit: UInt64 = 10_000_000_000_000_000
    /// 10^16 and more, less than 10^17.
    private(set) var digits: UInt64 = 0
    private(set) var exponent: Int

    /// The digits without zeros at the end, and how many they are.
    var significant: (digits: UInt64, count: Int) {
        var (digits, count) = (digits, 17)
        while digits.isMultiple(of: 10) { (digits, count) = (digits / 10, count - 1) }
        return (digits, count)
    }

    init(_ value: Double) {
        let significand = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        let power = max(Int(value.exponentBitPattern), 1) - 1075
        // As a first guess; log10(2) is a little more than 1233 / 4096.
        exponent = (power + 63 - significand.leadingZeroBitCount) * 1233 >> 12
        while true {
            guard let scaled = Decimal17.scale(significand, power, by: 16 - exponent) else {
                self = Decimal17(exactly: significand, power)
                return
            }
            if scaled == Decimal17.unit {
                // Perhaps rounded up from nines, of which there is then one more to see.
                guard let finer = Decimal17.scale(significand, power, by: 17 - exponent) else {
                    self = Decimal17(exactly: significand, power)
                    return
                }
                let isRoundedUp = finer < Decimal17.unit * 10
                (digits, exponent) = isRoundedUp ? (finer, exponent - 1) : (scaled, exponent)
                return
            } else if scaled < Decimal17.unit {
                exponent -= 1
            } else if scaled >= Decimal17.unit * 10 {
                // Also where rounding up gave one digit more: then the next turn gives the same number.
                exponent += 1
            } else {
                digits = scaled
                return
            }
        }
    }

    /// `significand * 2^power * 10^tens`, rounded to an integer; nil where 128 bits cannot tell which way. A result
    /// that would be far from 17 digits long may be any number of the wrong length.
    private static func scale(_ significand: UInt64, _ power: Int, by tens: Int) -> UInt64? {
        let factor = PowerOfTen(tens)
        // The significand to the left of 64 bits, times 128 bits of the power: the upper 128 of 192.
        let zeros = significand.leadingZeroBitCount
        let left = significand << UInt64(zeros)
        let high = left.multipliedFullWidth(by: UInt64(truncatingIfNeeded: factor.significand >> 64))
        let low = left.multipliedFullWidth(by: UInt64(truncatingIfNeeded: factor.significand))
        let product = (UInt128(high.high) << 64 | UInt128(high.low)) &+ UInt128(low.high)
        // The value is product * 2^shift.
        let shift = power - zeros + 64 + factor.exponent
        if shift >= -64 { return .max }
        if shift <= -128 { return 0 }
        let fractionBits = UInt128(-shift)
        let whole = UInt64(truncatingIfNeeded: product >> fractionBits)
        let fraction = product & (1 << fractionBits - 1)
        let half: UInt128 = 1 << (fractionBits - 1)
        if factor.isExact && low.low == 0 {
            return fraction > half || (fraction == half && whole & 1 == 1) ? whole + 1 : whole
        }
        // Far more than what was cut off the power and the product can add up to.
        let doubt: UInt128 = 1 << 24
        if fraction + doubt >= half && fraction <= half + doubt { return nil }
        return fraction > half ? whole + 1 : whole
    }

    /// By way of all digits of the exact value.
    private init(exactly significand: UInt64, _ power: Int) {
        var text = ByteBuffer()
        var all = Natural(significand)
        if power >= 0 {
            all = all.shifted(left: power)
        } else {
            // Times ten to as many digits as there are behind the point.
            for _ in 0..<(-power) { all.multiply(by: 5) }
        }
        all.writeDecimal(to: &text)
        let count = text.count
        exponent = count - 1 + min(power, 0)
        for index in 0..<17 { digits = digits * 10 + UInt64(index < count ? text.bytes[index] - 48 : 0) }
        guard count > 17 else { return }
        let next = text.bytes[17] - 48
        var hasRest = false
        for index in 18..<max(count, 18) where text.bytes[index] != UInt8(ascii: "0") { hasRest = true }
        if next > 5 || (next == 5 && (hasRest || digits & 1 == 1)) { digits += 1 }
        if digits == Decimal17.unit * 10 { (digits, exponent) = (Decimal17.unit, exponent + 1) }
    }
}

/// A power of ten, `significand * 2^exponent` with the top bit set; the significand is cut off, and too small by a few
/// hundred units at most.
private struct PowerOfTen {
    private(set) var significand: UInt128 = 1 << 127
    private(set) var exponent = -127
    private(set) var isExact = true

    init(_ power: Int) {
        // 10, or a tenth.
        var base = power < 0
            ? PowerOfTen(0xCCCC_CCCC_CCCC_CCCC_CCCC_CCCC_CCCC_CCCC, -131, isExact: false)
            : PowerOfTen(0xA << 124, -124, isExact: true)
        var rest = power.magnitude
        while rest > 0 {
            if rest & 1 == 1 { multiply(by: base) }
            rest >>= 1
            if rest > 0 { base.multiply(by: base) }
        }
    }

    private init(_ significand: UInt128, _ exponent: Int, isExact: Bool) {
        self.significand = significand
        self.exponent = exponent
        self.isExact = isExact
    }

    private mutating func multiply(by other: PowerOfTen) {
        let product = significand.multipliedFullWidth(by: other.significand)
        isExact = isExact && other.isExact && product.low == 0
        exponent += other.exponent + 128
        significand = product.high
        if significand >> 127 == 0 {
            significand = significand << 1 | product.low >> 127
            exponent -= 1
        }
    }
}
