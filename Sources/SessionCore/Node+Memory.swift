/// `maxmemory`: when it is reached, and what makes room.
extension Node {
    /// Bytes of data: blocks of records, tables and indexes, rounding included. What `maxmemory` limits.
    var usedMemory: Int { store.heap.usedBytes }

    /// The heap's address space bounds what can be held even without `maxmemory`: one value and one table's growth
    /// must always fit.
    private var memoryLimit: Int {
        // A replica holds what its primary holds; it is the primary that makes room.
        configuration.maxMemory == 0 || replication.isReplica
            ? reservedLimit : min(configuration.maxMemory, reservedLimit)
    }

    private var reservedLimit: Int { store.heap.reservedBytes - store.heap.reservedBytes / 8 }

    /// Nothing more can be held, whatever `maxmemory` says.
    var isHeapFull: Bool { usedMemory > reservedLimit }

    @inline(__always)
    var isOverMemory: Bool { usedMemory > memoryLimit }

    /// Evicts by the policy in force until the data fits.
    /// - Returns: false if it still does not, and the command has to be refused.
    @inline(never)
    mutating func makeRoom() -> Bool {
        if replication.isReplica { return false }
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
