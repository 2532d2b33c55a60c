/// A decimal 64-bit integer in exactly the form in which it would be written: no spaces, no plus sign, no leading
/// zeros. Nil for anything else, overflow included. As Redis's `string2ll`.
func parseInteger(_ text: RawSpan) -> Int64? {
    let count = text.byteCount
    guard count > 0, count <= 20 else { return nil }
    let isNegative = text[0] == UInt8(ascii: "-")
    var position = isNegative ? 1 : 0
    guard position < count else { return nil }
    if text[position] == UInt8(ascii: "0") { return count == 1 ? 0 : nil }
    var magnitude: UInt64 = 0
    while position < count {
        let digit = text[position] &- 48
        guard digit <= 9 else { return nil }
        let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        if overflow || carry { return nil }
        magnitude = sum
        position &+= 1
    }
    if isNegative { return magnitude <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
    return Int64(exactly: magnitude)
}

/// The decimal exponent of a numeral: digits after an optional sign; nil for anything else. One far beyond any number's
/// is cut off where it still is, with as many digits before it as a string can have.
func parseExponent(_ text: RawSpan) -> Int? {
    guard text.byteCount > 0 else { return nil }
    let isNegative = text[0] == UInt8(ascii: "-")
    var position = isNegative || text[0] == UInt8(ascii: "+") ? 1 : 0
    guard position < text.byteCount else { return nil }
    var value = 0
    while position < text.byteCount {
        let digit = text[position] &- 48
        guard digit < 10 else { return nil }
        value = min(value * 10 + Int(digit), 1 << 40)
        position += 1
    }
    return isNegative ? -value : value
}
