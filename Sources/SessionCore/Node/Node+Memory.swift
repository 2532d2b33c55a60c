/// How memory is freed when `maxmemory` is reached: a slice for each command that needs some, the rest in later turns.
extension Node {
    /// Makes room for a command that needs memory: evicts a slice, by the policy in force. As in Redis, the command may
    /// be executed while more is to be evicted.
    /// - Returns: false if nothing can be evicted though the data does not fit, and the command has to be refused.
    @inline(never)
    mutating func makeRoom() -> Bool {
        switch execution.permissions.memoryRule {
        case .heapOnly: return false
        // As in Redis while clients are paused.
        case .suspended: return !execution.isHeapFull
        case .evict: break
        }
        // What gave way is told before the command that needed the room is answered.
        defer { if !scripting.isRunning { settleRemovals() } }
        return evict()
    }

    /// Evicts another slice, in a turn, of what commands have left over the limit.
    /// - Returns: whether more is to be evicted.
    @inline(never)
    mutating func continueEviction() -> Bool {
        if execution.permissions.memoryRule != .evict { return false }
        let goesOn = evict()
        publishSessionEvents()
        settleRemovals()
        return goesOn && execution.isOverMemory
    }

    /// Evicts until the data fits, or for a slice.
    /// - Returns: false if the data does not fit and nothing can be evicted.
    private mutating func evict() -> Bool {
        if configuration.maxMemoryPolicy == .noEviction { return false }
        let start = observation.beginLatency()
        defer { observation.endLatency(.evictionCycle, from: start, now: now) }
        var budget = Store.evictionBudget
        while execution.isOverMemory {
            // The end of the address space cannot be passed for a while, as `maxmemory` can.
            if budget <= 0 && !execution.isHeapFull { break }
            let victim = nextVictim()
            if victim == .none { return false }
            let start = observation.beginLatency()
            budget -= execution.store.evict(victim)
            observation.endLatency(.evictionDel, from: start, now: now)
        }
        return true
    }

    /// The record that the policy gives up next; `none` if there is none.
    private mutating func nextVictim() -> Slot {
        if configuration.maxMemoryPolicy == .allKeysLRU {
            let samples = configuration.maxMemorySamples
            let victim = execution.store.leastRecentlyUsed(sample: samples, &execution.random)
            // Among very many tombstones a sample may miss the few records that can go.
            if victim != .none { return victim }
        }
        return execution.store.soonest(sample: 16)
    }
}
