/// The end of the replication stream: what replicas have yet to be sent, and as much of what they were sent as lets one
/// that was away go on where it stopped (`repl-backlog-size`).
///
/// All replicas read from it; none has a copy of its own. Offsets count the bytes of the stream from its beginning; the
/// protocol counts from one.
struct Backlog: ~Copyable {
    private var ring = RingBuffer(at: 0)
    /// Whether the stream is kept; without that, offsets stand still.
    private(set) var isActive = false

    /// Offset of the oldest byte held.
    var start: Int64 { ring.start }
    /// Length of the stream so far: `master_repl_offset`.
    var end: Int64 { ring.end }
    /// Bytes held, and allocated.
    var count: Int { ring.count }
    var capacity: Int { ring.capacity }

    /// Keeps the stream from now on.
    mutating func start(at offset: Int64) {
        ring = RingBuffer(at: offset)
        isActive = true
    }

    /// Forgets the stream, not how long it was.
    mutating func stop() {
        ring = RingBuffer(at: ring.end)
        isActive = false
    }

    /// Appends to the stream.
    /// - Parameters:
    ///   - size: how many bytes to hold in any case.
    ///   - needed: the offset from which on some replica still has to be sent everything; the end where there is none.
    mutating func append(_ bytes: RawSpan, size: Int, needed: Int64) {
        let end = ring.end + Int64(bytes.byteCount)
        let keptFrom = min(needed, max(ring.start, end - Int64(size)), ring.end)
        if keptFrom > ring.start { ring.removeFirst(before: keptFrom) }
        ring.append(bytes)
    }

    /// Gives back the memory that a slow replica has cost. To be called now and then.
    mutating func trim(size: Int, needed: Int64) {
        let keptFrom = min(needed, max(ring.start, ring.end - Int64(size)))
        if keptFrom > ring.start { ring.removeFirst(before: keptFrom) }
        // Twice as much as needed before it is worth copying.
        if ring.capacity > 4 * max(size, ring.count) { ring.shrink(to: max(size, ring.count)) }
    }

    /// Whether the stream can be continued from an offset.
    func reaches(_ offset: Int64) -> Bool { isActive && offset >= ring.start && offset <= ring.end }

    /// The stream from an offset on, as far as it lies in one piece.
    @_lifetime(borrow self)
    func bytes(from offset: Int64) -> RawSpan { ring.bytes(from: offset) }
}
