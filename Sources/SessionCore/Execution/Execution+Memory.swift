/// How much the data may take, and what marks of dead tokens and keys take of it.
extension Execution {
    /// Bytes of data: blocks of records, tables and indexes, rounding included. What `maxmemory` limits.
    var usedMemory: Int { store.usedBytes }

    /// The heap's address space bounds what can be held even without `maxmemory`: one value and one table's growth
    /// must always fit.
    var memoryLimit: Int {
        settings.maxMemory == 0 || permissions.memoryRule == .heapOnly
            ? reservedLimit : min(settings.maxMemory, reservedLimit)
    }

    private var reservedLimit: Int { store.reservedBytes - store.reservedBytes / 8 }

    /// Nothing more can be held, whatever `maxmemory` says.
    var isHeapFull: Bool { usedMemory > reservedLimit }

    @inline(__always)
    var isOverMemory: Bool { usedMemory > memoryLimit }

    /// Bytes that marks of dead tokens and keys may take.
    var markLimit: Int { max(memoryLimit / Limits.markShare, Limits.markMinimum) }

    /// Whether marks take more than their share, so that no sessions may be made that leave more of them. Where
    /// something may be evicted, the oldest marks are given up instead. A replica keeps what its primary keeps.
    ///
    /// Ending a session is never refused: each mark takes the place of what was there before.
    @inline(__always)
    mutating func lacksRoomForMarks() -> Bool {
        store.marks.bytes > markLimit && permissions.decidesEnds && !forgetMarks()
    }

    /// Gives up marks, a few at a time: more than one request adds.
    /// - Returns: false if the policy gives nothing up.
    @inline(never)
    private mutating func forgetMarks() -> Bool {
        if settings.maxMemoryPolicy == .noEviction { return false }
        for _ in 0..<Execution.marksForgotten where store.marks.bytes > markLimit {
            if !store.forgetMark(&random) { break }
        }
        return true
    }

    private static let marksForgotten = 8
}
