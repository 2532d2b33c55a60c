/// Names a session without giving access to it: the first 16 bytes of SHA-256(token), 32 hexadecimal characters as
/// text.
struct Handle: Equatable, BitwiseCopyable {
    /// Bytes 0–7 and 8–15 of the digest, as they stand in memory.
    var low: UInt64
    var high: UInt64

    @inline(__always)
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The handle of a token. One SHA-256 over the caller's bytes.
    @inline(__always)
    init(token: RawSpan) {
        let digest = Digest(of: token)
        self.init(low: digest.words.0, high: digest.words.1)
    }

    static let textBytes = 32

    /// From 32 hexadecimal characters (either case); nil for anything else.
    init?(hexadecimal text: RawSpan) {
        guard text.byteCount == Handle.textBytes else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for index in 0..<16 {
            guard let byte = text.hexadecimalByte(at: index * 2) else { return nil }
            let bits = UInt64(byte) << UInt64(index % 8 * 8)
            if index < 8 { words.0 |= bits } else { words.1 |= bits }
        }
        self.init(low: UInt64(littleEndian: words.0), high: UInt64(littleEndian: words.1))
    }

    /// Calls `body` with the 16 bytes.
    @inline(__always)
    func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        withUnsafeBytes(of: self) { body(RawSpan(_unsafeBytes: $0)) }
    }

    /// Appends the 32 hexadecimal characters.
    func write(to buffer: inout ByteBuffer) {
        for half in 0..<2 {
            let word = half == 0 ? low.littleEndian : high.littleEndian
            buffer.appendHexadecimal(UInt32(truncatingIfNeeded: word))
            buffer.appendHexadecimal(UInt32(truncatingIfNeeded: word >> 32))
        }
    }
}

extension ByteBuffer {
    /// Appends four bytes, the lowest first, as eight hexadecimal characters: all at once in one word.
    @inline(__always)
    fileprivate mutating func appendHexadecimal(_ bytes: UInt32) {
        var spread = UInt64(bytes)
        spread = (spread | spread &<< 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread &<< 8) & 0x00FF_00FF_00FF_00FF
        // One digit in each byte, the higher one first.
        let digits = (spread &>> 4) & 0x000F_000F_000F_000F | (spread & 0x000F_000F_000F_000F) &<< 8
        let isLetter = ((digits &+ 0x0606_0606_0606_0606) &>> 4) & 0x0101_0101_0101_0101
        appendRaw((digits &+ 0x3030_3030_3030_3030 &+ isLetter &* 39).littleEndian)
    }
}
