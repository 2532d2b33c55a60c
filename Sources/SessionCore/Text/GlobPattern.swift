/// Glob-style patterns as `KEYS`, `SCAN`, `PSUBSCRIBE`, `CONFIG GET` and `COMMAND LIST` take them.
///
/// `*` is any run of bytes, `?` any byte, `[a-cx]` a byte of a class, `[^…]` one outside it; a backslash takes the
/// special meaning from the next byte. Malformed patterns mean what they mean in Redis 7: an unclosed class ends with
/// the pattern, and no pattern but the empty one matches an empty text.
enum GlobPattern {
    /// Whether `pattern` matches the whole of `text`; ASCII letters match either case if `ignoringCase`.
    ///
    /// Only the last `*` is ever reconsidered, so that the time is O(pattern × text) at worst, not exponential; for a
    /// pattern that is not long (`isLong`), or condensed, O(text²).
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
        let wanted = fold(byte, ignoringCase)
        var isMember = false
        let (isNegated, end) = readClass(pattern, start) { element in
            switch element {
            // Redis compares an escaped byte exactly.
            case .escaped(let member): if member == byte { isMember = true }
            case .byte(let member): if fold(member, ignoringCase) == wanted { isMember = true }
            case .range(let left, let right): if isBetween(wanted, left, right, ignoringCase) { isMember = true }
            }
        }
        return isMember != isNegated ? end : nil
    }

    /// What stands in a class.
    private enum ClassElement {
        case escaped(UInt8)
        case byte(UInt8)
        case range(UInt8, UInt8)
    }

    /// Calls `body` with everything in the class whose inside begins at `start`.
    /// - Returns: whether it has what is in the class or what is not, and the position behind it.
    @inline(__always)
    private static func readClass(
        _ pattern: RawSpan, _ start: Int, _ body: (ClassElement) -> Void
    ) -> (isNegated: Bool, end: Int) {
        let count = pattern.byteCount
        var position = start
        let isNegated = position < count && pattern[position] == UInt8(ascii: "^")
        if isNegated { position += 1 }
        while position < count, pattern[position] != UInt8(ascii: "]") {
            if pattern[position] == UInt8(ascii: "\\"), position + 1 < count {
                body(.escaped(pattern[position + 1]))
                position += 2
            } else if position + 2 < count, pattern[position + 1] == UInt8(ascii: "-") {
                body(.range(pattern[position], pattern[position + 2]))
                position += 3
            } else {
                body(.byte(pattern[position]))
                position += 1
            }
        }
        return (isNegated, min(position + 1, count))
    }

    // MARK: Long patterns

    /// Whether a pattern should be `condensed` before it is compared with many texts: a class is read again for every
    /// byte that is compared with it, and may be as long as a request.
    static func isLong(_ pattern: RawSpan) -> Bool { pattern.byteCount > 512 }

    /// A pattern with the same meaning where case matters, in which no class takes more than 514 bytes. O(pattern).
    static func condensed(_ pattern: RawSpan) -> ByteBuffer {
        var condensed = ByteBuffer()
        var position = 0
        while position < pattern.byteCount {
            let byte = pattern[position]
            position += 1
            condensed.append(byte)
            if byte == UInt8(ascii: "[") {
                position = condenseClass(pattern, position, &condensed)
            } else if byte == UInt8(ascii: "\\"), position < pattern.byteCount {
                condensed.append(pattern[position])
                position += 1
            }
        }
        return condensed
    }

    /// Writes the members of the class whose inside begins at `start`, each of them once.
    /// - Returns: the position behind the class.
    private static func condenseClass(_ pattern: RawSpan, _ start: Int, _ condensed: inout ByteBuffer) -> Int {
        var isMember = [Bool](repeating: false, count: 256)
        let (isNegated, end) = readClass(pattern, start) { element in
            switch element {
            case .escaped(let member), .byte(let member): isMember[Int(member)] = true
            case .range(let left, let right):
                for byte in UInt8.min...UInt8.max where isBetween(byte, left, right, false) {
                    isMember[Int(byte)] = true
                }
            }
        }
        for byte in UInt8.min...UInt8.max where isMember[Int(byte)] != isNegated {
            condensed.append(UInt8(ascii: "\\"))
            condensed.append(byte)
        }
        condensed.append(UInt8(ascii: "]"))
        return end
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
