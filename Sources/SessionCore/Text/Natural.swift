/// A natural number of any length: 32-bit limbs, least first, no zero limb at the top. Only what exact conversion of
/// floating-point numbers needs (`LongDouble`, `DoubleText`). Allocates.
struct Natural {
    private var limbs: [UInt32]

    init(_ value: UInt64) {
        limbs = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
        trim()
    }

    /// From decimal digits, the least one last. O(digits²).
    init(decimal digits: [UInt8]) {
        limbs = []
        for digit in digits { multiply(by: 10, adding: UInt32(digit)) }
    }

    /// O(power²).
    init(powerOfTen power: UInt) {
        limbs = [1]
        for _ in 0..<(power / 9) { multiply(by: 1_000_000_000, adding: 0) }
        for _ in 0..<(power % 9) { multiply(by: 10, adding: 0) }
    }

    var isZero: Bool { limbs.isEmpty }

    var bitWidth: Int { limbs.count * 32 - (limbs.last?.leadingZeroBitCount ?? 0) }

    private mutating func trim() { while limbs.last == 0 { limbs.removeLast() } }

    /// Multiplies by a small number and adds another one.
    mutating func multiply(by factor: UInt32, adding: UInt32 = 0) {
        var carry = UInt64(adding)
        for index in limbs.indices {
            carry += UInt64(limbs[index]) * UInt64(factor)
            limbs[index] = UInt32(truncatingIfNeeded: carry)
            carry >>= 32
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
    }

    func multiplied(by other: Natural) -> Natural {
        var product = Natural(0)
        product.limbs = Array(repeating: 0, count: limbs.count + other.limbs.count)
        for (left, factor) in limbs.enumerated() {
            var carry: UInt64 = 0
            for (right, limb) in other.limbs.enumerated() {
                carry += UInt64(product.limbs[left + right]) + UInt64(factor) * UInt64(limb)
                product.limbs[left + right] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            product.limbs[left + other.limbs.count] = UInt32(carry)
        }
        product.trim()
        return product
    }

    func shifted(left count: Int) -> Natural {
        if isZero { return self }
        var result = self
        if count % 32 > 0 { result.multiply(by: 1 << UInt32(count % 32), adding: 0) }
        result.limbs.insert(contentsOf: repeatElement(0, count: count / 32), at: 0)
        return result
    }

    mutating func double() { multiply(by: 2, adding: 0) }

    /// Subtracts `other` unless it is larger; returns whether it did.
    mutating func subtractIfNotLess(_ other: Natural) -> Bool {
        if limbs.count != other.limbs.count {
            if limbs.count < other.limbs.count { return false }
        } else if let index = limbs.indices.last(where: { limbs[$0] != other.limbs[$0] }),
            limbs[index] < other.limbs[index] {
            return false
        }
        var borrow: Int64 = 0
        for index in limbs.indices {
            borrow += Int64(limbs[index]) - (index < other.limbs.count ? Int64(other.limbs[index]) : 0)
            limbs[index] = UInt32(truncatingIfNeeded: borrow)
            borrow >>= 32
        }
        trim()
        return true
    }

    func writeDecimal(to buffer: inout ByteBuffer) {
        var rest = self
        var groups: [UInt32] = []
        while !rest.isZero { groups.append(rest.divide(by: 1_000_000_000)) }
        guard let top = groups.popLast() else { return buffer.append(UInt8(ascii: "0")) }
        buffer.appendDecimal(Int64(top))
        for group in groups.reversed() {
            var divisor: UInt32 = 100_000_000
            while divisor > 0 {
                buffer.append(UInt8(truncatingIfNeeded: group / divisor % 10) + 48)
                divisor /= 10
            }
        }
    }

    /// Divides by a small number and returns the remainder.
    private mutating func divide(by divisor: UInt32) -> UInt32 {
        var remainder: UInt64 = 0
        for index in limbs.indices.reversed() {
            remainder = remainder << 32 | UInt64(limbs[index])
            limbs[index] = UInt32(truncatingIfNeeded: remainder / UInt64(divisor))
            remainder %= UInt64(divisor)
        }
        trim()
        return UInt32(remainder)
    }
}
