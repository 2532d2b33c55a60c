/// `maxmemory`: when it is reached, and how memory is freed.
extension Node {
    /// Bytes of data: blocks of records, tables and indexes, rounding included. What `maxmemory` limits.
    var usedMemory: Int { store.heap.usedBytes }

    /// The heap's address space bounds what can be held even without `maxmemory`: one value and one table's growth
    /// must always fit.
    private var memoryLimit: Int {
        configuration.maxMemory == 0 || permissions.memoryRule == .heapOnly
            ? reservedLimit : min(configuration.maxMemory, reservedLimit)
    }

    private var reservedLimit: Int { store.heap.reservedBytes - store.heap.reservedBytes / 8 }

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
        if configuration.maxMemoryPolicy == .noEviction { return false }
        for _ in 0..<Node.marksForgotten where store.marks.bytes > markLimit {
            if !store.forgetMark(&random) { break }
        }
        return true
    }

    private static let marksForgotten = 8

    /// Evicts by the policy in force until the data fits.
    /// - Returns: false if it still does not, and the command has to be refused.
    @inline(never)
    mutating func makeRoom() -> Bool {
        switch permissions.memoryRule {
        case .heapOnly: return false
        // As in Redis while clients are paused.
        case .suspended: return !isHeapFull
        case .evict: break
        }
        let start = beginLatency()
        defer { endLatency(.evictionCycle, from: start) }
        let limit = memoryLimit
        // What gave way is told before the command that needed the room is answered.
        defer { if !script.isRunning { settleRemovals() } }
        while usedMemory > limit {
            var victim: Slot
            switch configuration.maxMemoryPolicy {
            case .noEviction: return false
            case .volatileTTL: victim = store.soonest(sample: 16)
            case .allKeysLRU: victim = store.leastRecentlyUsed(sample: configuration.maxMemorySamples, &random)
                // Among very many tombstones a sample may miss the few records that can go.
                if victim == .none { victim = store.soonest(sample: 16) }
            }
            if victim == .none { return false }
            let start = beginLatency()
            store.evict(victim)
            endLatency(.evictionDel, from: start)
        }
        return true
    }
}
