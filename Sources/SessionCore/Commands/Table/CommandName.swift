/// The name of a command as two machine words, so that names are compared without loops.
///
/// The bytes with ASCII letters in lower case, zero-padded to 16; the length is kept beside them because a name sent by
/// a peer may contain zero bytes.
struct CommandName: BitwiseCopyable, Equatable {
    let low: UInt64
    let high: UInt64
    let count: UInt8

    /// Nil for a name that is empty or longer than any command's.
    @inline(__always)
    init?(_ name: RawSpan) {
        let length = name.byteCount
        guard length > 0, length <= 16 else { return nil }
        var low: UInt64
        var high: UInt64 = 0
        if length >= 8 {
            low = name.load(0, as: UInt64.self)
            // Overlaps the first eight bytes; the shift drops what they hold already (all of it at length 8).
            high = name.load(length &- 8, as: UInt64.self) >> UInt64((16 &- length) &* 8)
        } else if length >= 4 {
            low = UInt64(name.load(0, as: UInt32.self))
            let tail = UInt64(name.load(length &- 4, as: UInt32.self)) >> UInt64((8 &- length) &* 8)
            low |= tail << 32
        } else {
            low = UInt64(name[0])
            if length > 1 { low |= UInt64(name[1]) << 8 }
            if length > 2 { low |= UInt64(name[2]) << 16 }
        }
        self.low = CommandName.lowercased(low)
        self.high = CommandName.lowercased(high)
        count = UInt8(truncatingIfNeeded: length)
    }

    /// Eight bytes at once: bit 5 is set in those that are capital letters, and in no other.
    @inline(__always)
    private static func lowercased(_ bytes: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low7 = bytes & (ones &* 0x7F)
        // Bit 7 of each byte: at least `A`; above `Z`. No sum carries into the next byte.
        let atLeastA = low7 &+ ones &* (0x80 - 0x41)
        let aboveZ = low7 &+ ones &* (0x7F - 0x5A)
        let isCapital = (atLeastA ^ aboveZ) & ~bytes & (ones &* 0x80)
        return bytes | isCapital >> 2
    }

    /// Spreads name and `scope` over 64 bits; the upper ones are the best.
    @inline(__always)
    func hash(_ scope: UInt16) -> UInt64 {
        let mixed = (low ^ (high &* 0x9E37_79B9_7F4A_7C15)) &+ UInt64(scope)
        return (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
    }
}
