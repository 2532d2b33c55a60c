/// The `long double` in which Redis on x86-64 adds up `INCRBYFLOAT` and `HINCRBYFLOAT`: a 64-bit significand and a
/// 15-bit exponent. Computed with integers, so that every machine gives the same digits, whatever its own type is.
///
/// The value is `significand * 2^exponent`, with the top bit of the significand set unless the value is zero.
/// Every operation rounds to the nearest value, ties to even, as IEEE 754 demands.
struct LongDouble: Equatable, BitwiseCopyable {
    private(set) var isNegative = false
    private(set) var significand: UInt64 = 0
    private(set) var exponent = 0
    private(set) var isInfinite = false

    /// Largest exponent of a 64-bit significand that is finite.
    static let maximumExponent = 16_320
    /// Exponent of the smallest value above zero, as a power of two.
    static let minimumExponent = -16_445

    /// Zero: what a missing key counts as.
    init() {}

    /// A number in the words of C's `strtold`, as Redis reads it: decimal or hexadecimal, `inf` or `infinity`, a sign.
    /// Nil for anything else: spaces, `nan`, rests, and numbers that overflow or vanish. O(length), quadratic in the
    /// digits beyond the nineteenth.
    init?(_ text: RawSpan) {
        guard text.byteCount > 0, text.byteCount < LongDouble.longestText else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        let start = isNegative || text[0] == UInt8(ascii: "+") ? 1 : 0
        let rest = text.slice(start, text.byteCount - start)
        if rest.matches("inf") || rest.matches("infinity") {
            isInfinite = true
        } else {
            let isHexadecimal = rest.byteCount > 1 && rest.slice(0, 2).matches("0x")
            guard
                let numeral = Numeral(
                    isHexadecimal ? rest.slice(2, rest.byteCount - 2) : rest, isHexadecimal: isHexadecimal),
                let value = isHexadecimal ? LongDouble(hexadecimal: numeral) : LongDouble(decimal: numeral)
            else { return nil }
            self = value
            guard !isInfinite, significand == 0 || !vanishes else { return nil }
        }
        self.isNegative = isNegative
    }

    /// Redis copies the text into a buffer of this size, end mark included.
    private static let longestText = 5 * 1024

    /// Nearer to zero than to the smallest value above it.
    private var vanishes: Bool {
        let top = exponent + 63
        return top < LongDouble.minimumExponent - 1
            || (top == LongDouble.minimumExponent - 1 && significand == 1 << 63)
    }

    /// `wide * 2^exponent`, and a little more if `hasRest`; rounded.
    private init(_ wide: UInt128, exponent: Int, hasRest: Bool) {
        guard wide != 0 else { return }
        let excess = 64 - wide.leadingZeroBitCount
        guard excess > 0 else {
            significand = UInt64(wide) << UInt64(-excess)
            self.exponent = exponent + excess
            isInfinite = self.exponent > LongDouble.maximumExponent
            return
        }
        significand = UInt64(truncatingIfNeeded: wide >> UInt128(excess))
        self.exponent = exponent + excess
        let half: UInt128 = 1 << UInt128(excess - 1)
        let dropped = wide & (half << 1 &- 1)
        if dropped > half || (dropped == half && (hasRest || significand & 1 == 1)) {
            significand &+= 1
            if significand == 0 { (significand, self.exponent) = (1 << 63, self.exponent + 1) }
        }
        isInfinite = self.exponent > LongDouble.maximumExponent
    }

    /// Their sum; infinite if it overflows. Nil where one is plus and the other minus infinity.
    func adding(_ other: LongDouble) -> LongDouble? {
        if isInfinite || other.isInfinite {
            if isInfinite && other.isInfinite && isNegative != other.isNegative { return nil }
            return isInfinite ? self : other
        }
        if significand == 0 { return other }
        if other.significand == 0 { return self }
        let selfIsLarger = (exponent, significand) >= (other.exponent, other.significand)
        let (large, small) = selfIsLarger ? (self, other) : (other, self)
        let distance = large.exponent - small.exponent
        // 63 bits below the larger significand: what does not fit there only decides which way a tie goes.
        let left = UInt128(large.significand) << 63
        let shifted = UInt128(small.significand) << 63
        var right = distance > 127 ? 0 : shifted >> UInt128(distance)
        let hasRest = distance > 127 || right << UInt128(distance) != shifted
        if hasRest && large.isNegative != small.isNegative { right += 1 }
        let sum = large.isNegative == small.isNegative ? left + right : left - right
        var result = LongDouble(sum, exponent: large.exponent - 63, hasRest: hasRest)
        result.isNegative = large.isNegative && sum != 0
        return result
    }
}

// MARK: Reading

extension LongDouble {
    /// The digits of a numeral and its scale: `digits * base^scale`.
    fileprivate struct Numeral {
        /// Without leading zeros; the least digit last.
        var digits: [UInt8] = []
        /// Power of ten; of two for a hexadecimal numeral.
        var scale = 0

        /// Digits with at most one point, then perhaps `e` (`p`) and a decimal exponent; nil if anything else is there.
        init?(_ text: RawSpan, isHexadecimal: Bool) {
            var position = 0
            var hasDigits = false
            var hasPoint = false
            while position < text.byteCount {
                let byte = text[position]
                if byte == UInt8(ascii: "."), !hasPoint {
                    hasPoint = true
                } else if let digit = hexDigit(byte), isHexadecimal || digit < 10 {
                    hasDigits = true
                    if digit != 0 || !digits.isEmpty { digits.append(digit) }
                    if hasPoint { scale -= isHexadecimal ? 4 : 1 }
                } else {
                    break
                }
                position += 1
            }
            guard hasDigits else { return nil }
            guard position < text.byteCount else { return }
            guard text[position] | 0x20 == UInt8(ascii: isHexadecimal ? "p" : "e"),
                let power = parseExponent(text.slice(position + 1, text.byteCount - position - 1))
            else { return nil }
            scale += power
        }
    }

    private init?(hexadecimal numeral: Numeral) {
        var wide: UInt128 = 0
        var hasRest = false
        var exponent = numeral.scale
        for digit in numeral.digits {
            if wide >> 120 == 0 {
                wide = wide << 4 | UInt128(digit)
            } else {
                hasRest = hasRest || digit != 0
                exponent += 4
            }
        }
        self.init(wide, exponent: exponent, hasRest: hasRest)
    }

    private init?(decimal numeral: Numeral) {
        self.init()
        let count = numeral.digits.count
        guard count > 0 else { return }
        // Outside of this range the result is infinite or vanishes, and the powers below would be needlessly long.
        if count + numeral.scale > 4_940 { return nil }
        if count + numeral.scale < -4_960 { return nil }
        if count <= 19 && numeral.scale.magnitude <= 19 {
            self.init(shortDecimal: numeral)
        } else {
            var digits = Natural(decimal: numeral.digits)
            var power = Natural(powerOfTen: numeral.scale.magnitude)
            if numeral.scale >= 0 { (digits, power) = (digits.multiplied(by: power), Natural(1)) }
            self.init(digits, dividedBy: power)
        }
    }

    /// At most 19 digits, scaled by at most 19 either way: needs no more than 128 bits.
    private init(shortDecimal numeral: Numeral) {
        var digits: UInt64 = 0
        for digit in numeral.digits { digits = digits * 10 + UInt64(digit) }
        var power: UInt64 = 1
        for _ in 0..<numeral.scale.magnitude { power *= 10 }
        if numeral.scale >= 0 {
            let product = digits.multipliedFullWidth(by: power)
            self.init(UInt128(product.high) << 64 | UInt128(product.low), exponent: 0, hasRest: false)
        } else {
            let shift = 64 + digits.leadingZeroBitCount
            let (quotient, rest) = (UInt128(digits) << UInt128(shift)).quotientAndRemainder(dividingBy: UInt128(power))
            // The quotient has 64 bits at least; one more decides the rounding.
            let (bit, last) = (rest << 1).quotientAndRemainder(dividingBy: UInt128(power))
            self.init(quotient << 1 | bit, exponent: -shift - 1, hasRest: last != 0)
        }
    }

    /// A quotient by long division, bit by bit: 64 bits, one for the rounding, and whether anything is left.
    private init(_ dividend: Natural, dividedBy divisor: Natural) {
        let shift = divisor.bitWidth - dividend.bitWidth
        var rest = shift > 0 ? dividend.shifted(left: shift) : dividend
        let divisor = shift < 0 ? divisor.shifted(left: -shift) : divisor
        var quotient: UInt128 = 0
        // The first bit may be zero.
        for step in 0..<66 {
            if step > 0 { rest.double() }
            let fits = rest.subtractIfNotLess(divisor)
            quotient = quotient << 1 | (fits ? 1 : 0)
        }
        self.init(quotient, exponent: -shift - 65, hasRest: !rest.isZero)
    }
}

// MARK: Writing

extension LongDouble {
    /// Decimal digits after the point before trailing zeros are dropped.
    private static let decimals = 17

    /// Appends the number as Redis prints it: 17 digits after the point, rounded from the exact value, trailing zeros
    /// (and a bare point) dropped, no exponent. At most 4,952 bytes.
    func write(to buffer: inout ByteBuffer) {
        precondition(!isInfinite, "callers refuse infinity")
        let (whole, fraction) = split()
        if isNegative && (!whole.isZero || fraction != 0) { buffer.append(UInt8(ascii: "-")) }
        whole.writeDecimal(to: &buffer)
        guard fraction != 0 else { return }
        buffer.append(UInt8(ascii: "."))
        var rest = fraction
        var digits = LongDouble.decimals
        while rest % 10 == 0 { (rest, digits) = (rest / 10, digits - 1) }
        var divisor: UInt64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            buffer.append(UInt8(truncatingIfNeeded: rest / divisor % 10) + 48)
            divisor /= 10
        }
    }

    /// The whole part and the fraction in units of 10^-17, rounded together.
    private func split() -> (whole: Natural, fraction: UInt64) {
        if exponent >= 0 { return (Natural(significand).shifted(left: exponent), 0) }
        let shift = -exponent
        // A fraction of 2^-128 or less is nothing at 17 digits, and so are those that shifts below cannot hold.
        guard shift < 128 else { return (Natural(0), 0) }
        let unit: UInt64 = 100_000_000_000_000_000
        var whole = shift < 64 ? significand >> UInt64(shift) : 0
        let below = shift < 64 ? significand & (1 << UInt64(shift) &- 1) : significand
        let product = below.multipliedFullWidth(by: unit)
        let scaled = UInt128(product.high) << 64 | UInt128(product.low)
        var fraction = UInt64(truncatingIfNeeded: scaled >> UInt128(shift))
        let dropped = scaled & (1 << UInt128(shift) &- 1)
        let half: UInt128 = 1 << UInt128(shift - 1)
        if dropped > half || (dropped == half && fraction & 1 == 1) { fraction += 1 }
        if fraction == unit { (whole, fraction) = (whole + 1, 0) }
        return (Natural(whole), fraction)
    }
}
