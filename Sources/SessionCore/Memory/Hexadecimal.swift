/// Bytes as pairs of hexadecimal digits: handles, digests, tags, keys, escapes. Read in either case, written in lower
/// case.
extension RawSpan {
    /// The byte that the two digits from `offset` on stand for; nil if they are none. Both must be there.
    @inline(__always)
    func hexadecimalByte(at offset: Int) -> UInt8? {
        guard let high = hexDigit(self[offset]), let low = hexDigit(self[offset + 1]) else { return nil }
        return high << 4 | low
    }

    /// The number whose bytes begin at `offset`, the highest one first.
    func loadBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        Value(bigEndian: slice(offset, MemoryLayout<Value>.size).load(0, as: type))
    }
}

extension ByteBuffer {
    /// The two digits of a byte.
    mutating func appendHexadecimal(_ byte: UInt8) {
        append(hexCharacter(byte >> 4))
        append(hexCharacter(byte & 15))
    }

    /// The digits of all bytes.
    mutating func appendHexadecimal(_ bytes: RawSpan) {
        for index in 0..<bytes.byteCount { appendHexadecimal(bytes[index]) }
    }

    /// The bytes of a number, the highest one first.
    mutating func appendBigEndian(_ value: some FixedWidthInteger & BitwiseCopyable) { appendRaw(value.bigEndian) }
}

extension [UInt8] {
    /// The bytes that pairs of digits stand for; nil for anything else.
    init?(hexadecimal text: RawSpan) {
        guard text.byteCount % 2 == 0 else { return nil }
        self = []
        reserveCapacity(text.byteCount / 2)
        for offset in stride(from: 0, to: text.byteCount, by: 2) {
            guard let byte = text.hexadecimalByte(at: offset) else { return nil }
            append(byte)
        }
    }

    /// The digits of all bytes.
    init(hexadecimalOf bytes: RawSpan) {
        self = []
        reserveCapacity(bytes.byteCount * 2)
        for index in 0..<bytes.byteCount {
            append(hexCharacter(bytes[index] >> 4))
            append(hexCharacter(bytes[index] & 15))
        }
    }
}

/// The value of a hexadecimal digit of either case.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 97...102: byte - 87
    case 65...70: byte - 55
    default: nil
    }
}

/// The hexadecimal digit of a value below 16, in lower case.
func hexCharacter(_ nibble: UInt8) -> UInt8 { nibble < 10 ? nibble + 48 : nibble + 87 }
