/// The last bytes of a stream, each under its offset: appended at the end, forgotten at the front, read from anywhere
/// between.
///
/// Invariants: `capacity` is 0 or a power of two; `start <= end <= start + capacity`; the byte at offset `o`, counted
/// from the beginning of the stream, lies at `o & (capacity - 1)`; the bytes from `start` to `end` are initialised.
struct RingBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    /// Bytes allocated.
    private(set) var capacity = 0
    /// Offset of the first byte that is held.
    private(set) var start: Int64
    /// Offset behind the last one.
    private(set) var end: Int64

    /// An empty ring whose next byte has this offset.
    init(at offset: Int64) {
        precondition(offset >= 0)
        base = nil
        start = offset
        end = offset
    }

    deinit { base?.deallocate() }

    /// Bytes held.
    var count: Int { Int(end - start) }

    /// Appends bytes; makes room for them first if need be. Amortised O(1) a byte.
    mutating func append(_ bytes: RawSpan) {
        let extra = bytes.byteCount
        if extra == 0 { return }
        if count + extra > capacity { resize(to: count + extra) }
        let position = Int(end) & (capacity - 1)
        let head = min(extra, capacity - position)
        bytes.withUnsafeBytes { source in
            guard let base, let from = source.baseAddress else { return }
            (base + position).copyMemory(from: from, byteCount: head)
            if extra > head { base.copyMemory(from: from + head, byteCount: extra - head) }
        }
        end += Int64(extra)
    }

    /// Forgets what lies before an offset.
    mutating func removeFirst(before offset: Int64) {
        precondition(offset >= start && offset <= end)
        start = offset
    }

    /// Gives memory back: makes the capacity the least that holds `bytes` bytes, or what is held if that is more.
    mutating func shrink(to bytes: Int) {
        let wanted = RingBuffer.rounded(max(bytes, count))
        if wanted < capacity { resize(to: wanted) }
    }

    /// The bytes from an offset on, as far as they lie in one piece; empty at the end.
    @_lifetime(borrow self)
    func bytes(from offset: Int64) -> RawSpan {
        precondition(offset >= start && offset <= end)
        guard offset < end else { return RawSpan() }
        let position = Int(offset) & (capacity - 1)
        let length = min(Int(end - offset), capacity - position)
        let held = UnsafeRawBufferPointer(start: base.map { $0 + position }, count: length)
        return _overrideLifetime(RawSpan(_unsafeBytes: held), borrowing: self)
    }

    /// The next power of two.
    private static func rounded(_ bytes: Int) -> Int {
        var size = 4096
        while size < bytes { size *= 2 }
        return size
    }

    private mutating func resize(to bytes: Int) {
        let size = RingBuffer.rounded(bytes)
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        var offset = start
        while offset < end, let base {
            // In pieces that lie in one run on both sides.
            let from = Int(offset) & (capacity - 1)
            let to = Int(offset) & (size - 1)
            let length = min(Int(end - offset), capacity - from, size - to)
            (fresh + to).copyMemory(from: base + from, byteCount: length)
            offset += Int64(length)
        }
        base?.deallocate()
        base = fresh
        capacity = size
    }
}
