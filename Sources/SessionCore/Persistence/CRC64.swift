/// The checksum at the end of an RDB file: CRC-64 with the Jones polynomial, reflected, initial value 0.
///
/// Eight bytes at a time with eight tables ("slicing by 8": Kounavis and Berry, 2005). Source of the variant:
/// https://redis.io/docs/latest/develop/reference/ (RDB); check value of `123456789`: `e9c6d914c4b8d9ca`.
struct CRC64: ~Copyable {
    /// Table `t` at `256 * t`: the effect of a byte that `t` more bytes follow.
    private let tables = CRC64.tables

    /// The polynomial with its bits reversed.
    private static var polynomial: UInt64 { 0x95AC_9329_AC4B_C9B5 }

    /// Made for the first of them.
    private static let tables: [UInt64] = {
        var tables: [UInt64] = []
        for byte in 0..<256 as Range<UInt64> {
            var remainder = byte
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ CRC64.polynomial : remainder >> 1 }
            tables.append(remainder)
        }
        for index in 256..<(8 * 256) {
            let shorter = tables[index - 256]
            tables.append(tables[Int(shorter & 0xFF)] ^ shorter >> 8)
        }
        return tables
    }()

    /// The checksum of some bytes followed by these, where `checksum` is that of the former (0 of none). O(bytes).
    func adding(_ bytes: RawSpan, to checksum: UInt64) -> UInt64 {
        var crc = checksum
        var position = 0
        let table = tables.span
        while position &+ 8 <= bytes.byteCount {
            crc ^= bytes.load(position, as: UInt64.self).littleEndian
            var next: UInt64 = 0
            for slice in 0..<8 {
                next ^= table[(7 &- slice) &* 256 &+ Int(crc >> UInt64(slice &* 8) & 0xFF)]
            }
            crc = next
            position &+= 8
        }
        while position < bytes.byteCount {
            crc = table[Int((crc ^ UInt64(bytes[position])) & 0xFF)] ^ crc >> 8
            position &+= 1
        }
        return crc
    }
}
