/// Digests, tags and keys as hexadecimal digits.
extension ByteBuffer {
    /// Two hexadecimal digits, in lower case, for each byte.
    mutating func appendHexadecimal(_ bytes: RawSpan) {
        for index in 0..<bytes.byteCount {
            append(hexCharacter(bytes[index] >> 4))
            append(hexCharacter(bytes[index] & 15))
        }
    }

    /// The bytes of a number, the highest one first.
    mutating func appendBigEndian(_ value: some FixedWidthInteger & BitwiseCopyable) { appendRaw(value.bigEndian) }
}

extension [UInt8] {
    /// The bytes that pairs of hexadecimal digits of either case stand for; nil for anything else.
    init?(hexadecimal text: RawSpan) {
        guard text.byteCount % 2 == 0 else { return nil }
        self = []
        reserveCapacity(text.byteCount / 2)
        for index in 0..<text.byteCount / 2 {
            guard let high = hexDigit(text[index * 2]), let low = hexDigit(text[index * 2 + 1]) else { return nil }
            append(high << 4 | low)
        }
    }
}

extension RawSpan {
    /// The number whose bytes begin at `offset`, the highest one first.
    func loadBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        Value(bigEndian: slice(offset, MemoryLayout<Value>.size).load(0, as: type))
    }
}
