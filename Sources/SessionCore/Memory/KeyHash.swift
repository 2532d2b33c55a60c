/// SipHash-1-3 of keys, keyed per process so that clients cannot prepare keys that collide.
///
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), with one round a word and three at the
/// end, as in Rust's and Swift's standard libraries. Swift's own `Hasher` cannot be seeded.
struct KeyHash: Sendable {
    private let key0: UInt64
    private let key1: UInt64

    init(seed: (UInt64, UInt64)) {
        key0 = seed.0
        key1 = seed.1
    }

    /// O(length).
    @inline(__always)
    func callAsFunction(_ bytes: RawSpan) -> UInt64 {
        var state = State(key0, key1)
        let count = bytes.byteCount
        var offset = 0
        while offset &+ 8 <= count {
            state.compress(bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        var last = UInt64(truncatingIfNeeded: count) &<< 56
        if count >= 8 {
            // The last eight bytes in one load; those already taken are shifted out.
            let rest = count &- offset
            if rest > 0 {
                let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 8, as: UInt64.self)
                last |= word &>> UInt64(truncatingIfNeeded: (8 &- rest) &* 8)
            }
        } else {
            var shift: UInt64 = 0
            while offset < count {
                last |= UInt64(bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)) &<< shift
                offset &+= 1
                shift &+= 8
            }
        }
        state.compress(last)
        return state.finish()
    }

    /// Of a handle: the first 16 bytes of a SHA-256, as two words.
    @inline(__always)
    func callAsFunction(_ handle: Handle) -> UInt64 {
        var state = State(key0, key1)
        state.compress(handle.low)
        state.compress(handle.high)
        return state.finish()
    }

    private struct State {
        var v0, v1, v2, v3: UInt64

        @inline(__always)
        init(_ key0: UInt64, _ key1: UInt64) {
            v0 = key0 ^ 0x736F_6D65_7073_6575
            v1 = key1 ^ 0x646F_7261_6E64_6F6D
            v2 = key0 ^ 0x6C79_6765_6E65_7261
            v3 = key1 ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func round() {
            v0 &+= v1
            v1 = v1 &<< 13 | v1 &>> 51
            v1 ^= v0
            v0 = v0 &<< 32 | v0 &>> 32
            v2 &+= v3
            v3 = v3 &<< 16 | v3 &>> 48
            v3 ^= v2
            v0 &+= v3
            v3 = v3 &<< 21 | v3 &>> 43
            v3 ^= v0
            v2 &+= v1
            v1 = v1 &<< 17 | v1 &>> 47
            v1 ^= v2
            v2 = v2 &<< 32 | v2 &>> 32
        }

        @inline(__always)
        mutating func compress(_ word: UInt64) {
            v3 ^= word
            round()
            v0 ^= word
        }

        @inline(__always)
        mutating func finish() -> UInt64 {
            v2 ^= 0xFF
            round()
            round()
            round()
            return v0 ^ v1 ^ v2 ^ v3
        }
    }
}
