internal import CCryptoBoringSSL

/// A growable run of bytes that is filled at the end and consumed at the front: what a connection still has to send,
/// the unfinished request it has sent, a value under construction.
///
/// Invariants: `0 <= start <= end <= capacity`; `base` is non-nil whenever `capacity > 0`; bytes in `start ..< end`
/// are initialised. Allocates nothing until the first byte arrives. Appending is amortised O(1) a byte.
struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var start: Int
    private var end: Int
    /// Bytes allocated.
    private(set) var capacity: Int

    init() {
        base = nil
        start = 0
        end = 0
        capacity = 0
    }

    deinit { base?.deallocate() }

    /// Bytes held and not yet consumed.
    @inline(__always)
    var count: Int { end &- start }

    @inline(__always)
    var isEmpty: Bool { end == start }

    /// The bytes held.
    var bytes: RawSpan {
        @_lifetime(borrow self) @inline(__always)
        get {
            let held = UnsafeRawBufferPointer(start: base.map { $0 + start }, count: count)
            return _overrideLifetime(RawSpan(_unsafeBytes: held), borrowing: self)
        }
    }

    /// Makes room for `extra` more bytes, so that they can be appended without growing.
    @inline(__always)
    mutating func reserve(_ extra: Int) {
        if extra > capacity &- end { grow(extra) }
    }

    @inline(never)
    private mutating func grow(_ extra: Int) {
        precondition(extra >= 0)
        let held = count
        StepCounter.count(bytes: held)
        if let base, held + extra <= capacity, start >= capacity / 2 {
            // Half the buffer is consumed already: moving the rest down is cheaper than allocating.
            base.copyMemory(from: base + start, byteCount: held)
        } else {
            // In proportion even when large: by a fixed step, building a long reply would copy it over and over.
            let step = max(Limits.bufferGrowthStep, capacity / 4)
            let wanted = max(held + extra, capacity + min(capacity, step), 256)
            let fresh = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
            if let base {
                fresh.copyMemory(from: base + start, byteCount: held)
                base.deallocate()
            }
            base = fresh
            capacity = wanted
        }
        start = 0
        end = held
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        StepCounter.count()
        reserve(1)
        base.unsafelyUnwrapped.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
        end &+= 1
    }

    @inline(__always)
    mutating func append(_ bytes: RawSpan) {
        let extra = bytes.byteCount
        StepCounter.count(bytes: extra)
        reserve(extra)
        bytes.withUnsafeBytes { source in
            if let from = source.baseAddress, extra > 0 {
                (base.unsafelyUnwrapped + end).copyMemory(from: from, byteCount: extra)
            }
        }
        end &+= extra
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        let extra = text.utf8CodeUnitCount
        StepCounter.count(bytes: extra)
        reserve(extra)
        if extra > 0 { (base.unsafelyUnwrapped + end).copyMemory(from: text.utf8Start, byteCount: extra) }
        end &+= extra
    }

    /// Literals are for `append(_: StaticString)`, which costs no more than copying.
    @_disfavoredOverload
    mutating func append(_ text: String) {
        append(text.utf8Span.span.bytes)
    }

    /// Appends one fixed-width number in the machine's byte order.
    @inline(__always)
    mutating func appendRaw<Value: BitwiseCopyable>(_ value: Value) {
        let extra = MemoryLayout<Value>.size
        StepCounter.count()
        reserve(extra)
        (base.unsafelyUnwrapped + end).storeBytes(of: value, as: Value.self)
        end &+= extra
    }

    /// Appends what `fill` writes: it gets memory for `limit` bytes and returns how many of them, from the first one
    /// on, it has initialised. For functions of C libraries that write to memory of the caller.
    @inline(__always)
    mutating func append(atMost limit: Int, _ fill: (UnsafeMutableRawPointer) -> Int) {
        StepCounter.count(bytes: limit)
        // One more, so that there is memory to point to when nothing is wanted.
        reserve(limit + 1)
        let filled = fill(base.unsafelyUnwrapped + end)
        precondition(filled >= 0 && filled <= limit)
        end &+= filled
    }

    /// Forgets all bytes after overwriting the memory: for keys. Bytes that the buffer moved while it grew are not
    /// reached, so reserve enough before the first one.
    mutating func wipe() {
        if let base { CCryptoBoringSSL_OPENSSL_cleanse(base, capacity) }
        removeAll()
    }

    /// Appends `count` zero bytes.
    mutating func appendZeros(_ count: Int) {
        StepCounter.count(bytes: count)
        reserve(count)
        if count > 0 { (base.unsafelyUnwrapped + end).initializeMemory(as: UInt8.self, repeating: 0, count: count) }
        end &+= count
    }

    /// Appends the decimal digits of `value`.
    @inline(__always)
    mutating func appendDecimal(_ value: Int64) {
        if value >= 0 && value < 10 {
            append(UInt8(truncatingIfNeeded: value) &+ 48)
        } else {
            appendLongDecimal(value)
        }
    }

    private mutating func appendLongDecimal(_ value: Int64) {
        var rest = value.magnitude
        if value < 0 { append(UInt8(ascii: "-")) }
        // In groups of eight digits, of which there are three at most.
        let group: UInt64 = 100_000_000
        guard rest >= group else { return appendDigits(UInt32(truncatingIfNeeded: rest), padded: false) }
        let lowest = rest % group
        rest /= group
        if rest < group {
            appendDigits(UInt32(truncatingIfNeeded: rest), padded: false)
        } else {
            appendDigits(UInt32(truncatingIfNeeded: rest / group), padded: false)
            appendDigits(UInt32(truncatingIfNeeded: rest % group), padded: true)
        }
        appendDigits(UInt32(truncatingIfNeeded: lowest), padded: true)
    }

    /// Appends the digits of a number below 10^8: eight if `padded`, else as many as it has.
    ///
    /// The number is halved into groups of four, two and one digits, all groups at once in one word; the first digit
    /// ends up in the lowest byte.
    @inline(__always)
    private mutating func appendDigits(_ number: UInt32, padded: Bool) {
        var digits = UInt64(number / 10_000) | UInt64(number % 10_000) &<< 32
        let hundreds = ((digits &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        digits = hundreds | (digits &- 100 &* hundreds) &<< 16
        let tens = ((digits &* 103) &>> 10) & 0x000F_000F_000F_000F
        digits = tens | (digits &- 10 &* tens) &<< 8
        // Leading zeros are the lowest bytes.
        let skipped = padded ? 0 : min(digits.trailingZeroBitCount / 8, 7)
        appendRaw(((digits | 0x3030_3030_3030_3030) &>> UInt64(skipped &* 8)).littleEndian)
        end &-= skipped
    }

    /// Appends `count` bytes that begin `distance` bytes before the end: they may overlap what is being appended, which
    /// then repeats.
    mutating func appendCopy(of count: Int, from distance: Int) {
        precondition(count >= 0 && distance > 0 && distance <= self.count)
        StepCounter.count(bytes: count)
        reserve(count)
        let base = base.unsafelyUnwrapped
        for _ in 0..<count {
            let byte = base.load(fromByteOffset: end &- distance, as: UInt8.self)
            base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
            end &+= 1
        }
    }

    /// Overwrites bytes already held, from `offset` (counted from the first unconsumed byte) on.
    mutating func replace(at offset: Int, with bytes: RawSpan) {
        precondition(offset >= 0 && offset + bytes.byteCount <= count)
        bytes.withUnsafeBytes { source in
            if let from = source.baseAddress, !source.isEmpty {
                (base.unsafelyUnwrapped + start + offset).copyMemory(from: from, byteCount: source.count)
            }
        }
    }

    /// Replaces the `count` bytes from `offset` on by the decimal digits of `value`, which must not be more. Bytes
    /// behind them move. O(bytes behind), or O(1) if the length stays.
    mutating func replaceDecimal(at offset: Int, _ count: Int, with value: Int64) {
        let width = decimalWidth(value)
        precondition(offset >= 0 && width <= count && offset + count <= self.count)
        // The digits are made at the end, and moved: making them writes beyond them.
        let held = end - (count - width)
        let behind = self.count - offset - count
        StepCounter.count(bytes: behind)
        appendDecimal(value)
        let target = base.unsafelyUnwrapped + start + offset
        let digits = base.unsafelyUnwrapped + end - width
        target.copyMemory(from: digits, byteCount: width)
        if width < count { (target + width).copyMemory(from: target + count, byteCount: behind) }
        end = held
    }

    /// Puts bytes in before the one at `offset`, counted from the first unconsumed byte. O(bytes behind it).
    mutating func insert(_ bytes: RawSpan, at offset: Int) {
        precondition(offset >= 0 && offset <= count)
        let (extra, behind) = (bytes.byteCount, count - offset)
        guard extra > 0 else { return }
        StepCounter.count(bytes: behind)
        reserve(extra)
        let place = base.unsafelyUnwrapped + start + offset
        (place + extra).copyMemory(from: place, byteCount: behind)
        end &+= extra
        replace(at: offset, with: bytes)
    }

    /// Forgets the first `count` bytes.
    @inline(__always)
    mutating func removeFirst(_ count: Int) {
        precondition(count >= 0 && count <= self.count)
        start &+= count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Forgets bytes at the end until `count` are left.
    mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        end = start &+ count
    }

    /// Forgets all bytes; keeps the memory unless it is more than `keeping` bytes.
    mutating func removeAll(keeping limit: Int = .max) {
        start = 0
        end = 0
        if capacity > limit {
            base?.deallocate()
            base = nil
            capacity = 0
        }
    }
}
