/// Glob-style patterns as `KEYS`, `SCAN`, `PSUBSCRIBE`, `CONFIG GET` and `COMMAND LIST` take them.
///
/// `*` is any run of bytes, `?` any byte, `[a-cx]` a byte of a class, `[^…]` one outside it; a backslash takes the
/// special meaning from the next byte. Malformed patterns mean what they mean in Redis 7: an unclosed class ends with
/// the pattern, and no pattern but the empty one matches an empty text.
enum GlobPattern {
    /// Whether `pattern` matches the whole of `text`; ASCII letters match either case if `ignoringCase`.
    ///
    /// Only the last `*` is ever reconsidered, so that the time is O(pattern × text) at worst, not exponential.
    static func matches(_ pattern: RawSpan, _ text: RawSpan, ignoringCase: Bool = false) -> Bool {
        let (patternCount, textCount) = (pattern.byteCount, text.byteCount)
        if textCount == 0 { return patternCount == 0 }
        var (position, index) = (0, 0)
        // Where the pattern goes on behind the last `*`, and the first byte that this star has not been tried on.
        var (afterStar, retry) = (-1, 0)
        while index < textCount {
            if position < patternCount, pattern[position] == UInt8(ascii: "*") {
                position += 1
                (afterStar, retry) = (position, index)
            } else if let next = step(pattern, position, text[index], ignoringCase) {
                position = next
                index += 1
            } else if afterStar >= 0 {
                retry += 1
                (position, index) = (afterStar, retry)
            } else {
                return false
            }
        }
        while position < patternCount, pattern[position] == UInt8(ascii: "*") { position += 1 }
        return position == patternCount
    }

    /// Matches one byte against what is at `position`, no star; returns the position behind it, nil without a match.
    private static func step(_ pattern: RawSpan, _ position: Int, _ byte: UInt8, _ ignoringCase: Bool) -> Int? {
        guard position < pattern.byteCount else { return nil }
        switch pattern[position] {
        case UInt8(ascii: "?"): return position + 1
        case UInt8(ascii: "["): return stepClass(pattern, position + 1, byte, ignoringCase)
        case let literal:
            let isEscape = literal == UInt8(ascii: "\\") && position + 1 < pattern.byteCount
            let at = isEscape ? position + 1 : position
            return fold(pattern[at], ignoringCase) == fold(byte, ignoringCase) ? at + 1 : nil
        }
    }

    /// Matches one byte against the class whose inside begins at `start`.
    private static func stepClass(_ pattern: RawSpan, _ start: Int, _ byte: UInt8, _ ignoringCase: Bool) -> Int? {
        let count = pattern.byteCount
        var position = start
        let isNegated = position < count && pattern[position] == UInt8(ascii: "^")
        if isNegated { position += 1 }
        let wanted = fold(byte, ignoringCase)
        var isMember = false
        while position < count, pattern[position] != UInt8(ascii: "]") {
            if pattern[position] == UInt8(ascii: "\\"), position + 1 < count {
                // Redis compares an escaped byte exactly.
                if pattern[position + 1] == byte { isMember = true }
                position += 2
            } else if position + 2 < count, pattern[position + 1] == UInt8(ascii: "-") {
                if isBetween(wanted, pattern[position], pattern[position + 2], ignoringCase) { isMember = true }
                position += 3
            } else {
                if fold(pattern[position], ignoringCase) == wanted { isMember = true }
                position += 1
            }
        }
        guard isMember != isNegated else { return nil }
        return min(position + 1, count)
    }

    /// Whether `byte`, folded already, is in the range between two bytes in either order. As in Redis, bytes compare as
    /// signed numbers, and the ends are ordered before their case is folded.
    private static func isBetween(_ byte: UInt8, _ left: UInt8, _ right: UInt8, _ ignoringCase: Bool) -> Bool {
        let isOrdered = Int8(bitPattern: left) <= Int8(bitPattern: right)
        let low = Int8(bitPattern: fold(isOrdered ? left : right, ignoringCase))
        let high = Int8(bitPattern: fold(isOrdered ? right : left, ignoringCase))
        let value = Int8(bitPattern: byte)
        return low <= value && value <= high
    }

    @inline(__always)
    private static func fold(_ byte: UInt8, _ ignoringCase: Bool) -> UInt8 {
        ignoringCase && byte &- 65 < 26 ? byte | 0x20 : byte
    }
}
