import CLinux

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Reading bytes that belong to somebody else. All access is bounds-checked except where a name says otherwise.
extension RawSpan {
    /// The byte at `index`.
    @inline(__always)
    subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < byteCount)
        StepCounter.count()
        return unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
    }

    /// The `count` bytes from `offset` on.
    @inline(__always)
    @_lifetime(copy self)
    func slice(_ offset: Int, _ count: Int) -> RawSpan {
        extracting(offset..<(offset &+ count))
    }

    /// A number in the machine's byte order, at any alignment.
    @inline(__always)
    func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        StepCounter.count()
        return unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    /// Same length and same bytes. Not for secrets: the time it takes depends on the content.
    @inline(__always)
    func isEqual(to other: RawSpan) -> Bool {
        let count = byteCount
        StepCounter.count(bytes: count)
        guard count == other.byteCount else { return false }
        return withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                count == 0
                    || memcmp(left.baseAddress.unsafelyUnwrapped, right.baseAddress.unsafelyUnwrapped, count) == 0
            }
        }
    }

    func isEqual(to text: StaticString) -> Bool {
        let count = byteCount
        StepCounter.count(bytes: count)
        guard count == text.utf8CodeUnitCount else { return false }
        return withUnsafeBytes { left in
            count == 0 || memcmp(left.baseAddress.unsafelyUnwrapped, text.utf8Start, count) == 0
        }
    }

    func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        return byteCount >= count && slice(0, count).isEqual(to: text)
    }

    func starts(with prefix: RawSpan) -> Bool {
        byteCount >= prefix.byteCount && slice(0, prefix.byteCount).isEqual(to: prefix)
    }

    /// Equal to `text` with ASCII letters of either case; `text` itself must be in lower case.
    func matches(_ text: StaticString) -> Bool {
        let count = byteCount
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count {
            var byte = self[index]
            if byte &- 65 < 26 { byte |= 0x20 }
            if byte != text.utf8Start[index] { return false }
        }
        return true
    }

    /// Same length and same bytes but for the case of ASCII letters.
    func isEqualIgnoringCase(to other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for index in 0..<byteCount {
            var (left, right) = (self[index], other[index])
            if left &- 65 < 26 { left |= 0x20 }
            if right &- 65 < 26 { right |= 0x20 }
            if left != right { return false }
        }
        return true
    }

    /// Same bytes, compared in a time that depends on the lengths only: for passwords and fingerprints.
    func isEqualInConstantTime(to other: RawSpan) -> Bool {
        var difference = byteCount ^ other.byteCount
        for index in 0..<min(byteCount, other.byteCount) { difference |= Int(self[index] ^ other[index]) }
        return difference == 0
    }

    /// Negative, zero or positive as these bytes sort before, with or after `other`'s, as `memcmp` then length.
    func compare(to other: RawSpan) -> Int {
        let common = min(byteCount, other.byteCount)
        StepCounter.count(bytes: common)
        let order = withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                common == 0
                    ? 0 : Int(memcmp(left.baseAddress.unsafelyUnwrapped, right.baseAddress.unsafelyUnwrapped, common))
            }
        }
        return order != 0 ? order : byteCount - other.byteCount
    }

    /// Index of the first `byte` at or after `offset`, or -1.
    @inline(__always)
    func firstIndex(of byte: UInt8, from offset: Int = 0) -> Int {
        let count = byteCount &- offset
        guard count > 0 else { return -1 }
        return withUnsafeBytes { bytes in
            let start = bytes.baseAddress.unsafelyUnwrapped
            guard let found = memchr(start + offset, Int32(byte), count) else { return -1 }
            StepCounter.count(bytes: UnsafeRawPointer(found) - start - offset)
            return UnsafeRawPointer(found) - start
        }
    }

    /// A copy of the bytes.
    package var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The bytes as text; invalid UTF-8 is replaced.
    var text: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension StaticString {
    /// The bytes of the literal.
    var bytes: RawSpan {
        @_lifetime(immortal)
        get {
            _overrideLifetime(
                RawSpan(_unsafeStart: UnsafeRawPointer(utf8Start), byteCount: utf8CodeUnitCount), borrowing: ())
        }
    }
}

extension [UInt8] {
    /// Equal to `text`, which is in lower case, but for the case of ASCII letters.
    func matches(_ text: StaticString) -> Bool { span.bytes.matches(text) }
}

extension [UInt8] {
    /// Appends bytes. Amortised O(bytes).
    mutating func append(_ bytes: RawSpan) { bytes.withUnsafeBytes { append(contentsOf: $0) } }
}
