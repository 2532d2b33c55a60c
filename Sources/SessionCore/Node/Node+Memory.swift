/// How memory is freed when `maxmemory` is reached.
extension Node {
    /// Evicts by the policy in force until the data fits.
    /// - Returns: false if it still does not, and the command has to be refused.
    @inline(never)
    mutating func makeRoom() -> Bool {
        switch execution.permissions.memoryRule {
        case .heapOnly: return false
        // As in Redis while clients are paused.
        case .suspended: return !execution.isHeapFull
        case .evict: break
        }
        let start = observation.beginLatency()
        defer { observation.endLatency(.evictionCycle, from: start, now: now) }
        let limit = execution.memoryLimit
        // What gave way is told before the command that needed the room is answered.
        defer { if !scripting.isRunning { settleRemovals() } }
        while execution.usedMemory > limit {
            var victim: Slot
            switch configuration.maxMemoryPolicy {
            case .noEviction: return false
            case .volatileTTL: victim = execution.store.soonest(sample: 16)
            case .allKeysLRU:
                victim = execution.store.leastRecentlyUsed(sample: configuration.maxMemorySamples, &execution.random)
                // Among very many tombstones a sample may miss the few records that can go.
                if victim == .none { victim = execution.store.soonest(sample: 16) }
            }
            if victim == .none { return false }
            let start = observation.beginLatency()
            execution.store.evict(victim)
            observation.endLatency(.evictionDel, from: start, now: now)
        }
        return true
    }
}
