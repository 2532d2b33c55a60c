/// Counts of the marks that keep a token or key dead: tombstones of revoked sessions, predecessors (replaced tokens),
/// and tombstones of plain keys. `maxmemory` does not evict them, so they have a budget of their own.
struct Marks: BitwiseCopyable {
    /// How many there are, of each kind.
    private(set) var tombstones = 0
    private(set) var predecessors = 0
    private(set) var keyTombstones = 0
    /// What their records take, in bytes.
    private(set) var bytes = 0
    /// Those that were given up before their time.
    var forgotten: Int64 = 0

    /// Counts a mark that comes (1) or goes (-1).
    mutating func count(_ record: Slot, _ change: Int, _ heap: borrowing Heap) {
        bytes += heap.capacity(of: record) * change
        if heap[record].flags.contains(.ofPlainKey) {
            keyTombstones += change
        } else if heap[record].kind == .predecessor {
            predecessors += change
        } else {
            tombstones += change
        }
    }

    /// All are gone.
    mutating func removeAll() { (tombstones, predecessors, keyTombstones, bytes) = (0, 0, 0, 0) }
}

/// Dropping marks that exceed their budget.
extension Store {
    /// The mark made longest ago among as many as `sample` chosen at random, and its database; nil if none was met.
    /// What a mark protects from, a request that was under way when the token died, comes soon or never.
    private mutating func oldestMark(
        sample: Int, ofKeysOnly: Bool, _ random: inout SplitMix64
    ) -> (database: Int, record: Slot)? {
        var oldest: (database: Int, record: Slot)?
        var left = sample
        for _ in 0..<(sample * 8) where left > 0 {
            let candidate = randomMark(ofKeysOnly, &random)
            guard candidate.record != .none, WheelSlots.isMark(heap[candidate.record].kind) else { continue }
            left -= 1
            if let known = oldest, heap[known.record].stamp <= heap[candidate.record].stamp { continue }
            oldest = candidate
        }
        return oldest
    }

    /// A random record that may be a mark, from the table of one or the other kind in proportion to their numbers.
    private mutating func randomMark(
        _ ofKeysOnly: Bool, _ random: inout SplitMix64
    ) -> (database: Int, record: Slot) {
        let all = UInt64(max(1, marks.tombstones + marks.predecessors + marks.keyTombstones))
        let ofKeys = random.next() % all < UInt64(marks.keyTombstones) || ofKeysOnly
        var total: UInt64 = 0
        for database in 0..<databases.count { total += markTableCount(database, ofKeys) }
        if total == 0 { return (0, .none) }
        var draw = random.next() % total
        for database in 0..<databases.count {
            let count = markTableCount(database, ofKeys)
            if draw < count {
                let table = ofKeys ? databases[database].keyTombstones : databases[database].records
                return (database, table.randomRecord(heap, into: &found) { random.next() })
            }
            draw -= count
        }
        return (0, .none)
    }

    private func markTableCount(_ database: Int, _ ofKeys: Bool) -> UInt64 {
        UInt64(ofKeys ? databases[database].keyTombstones.count : databases[database].records.count)
    }

    /// Drops a mark before its deadline: nearly the oldest. O(sample).
    /// - Parameter ofKeysOnly: only a mark of a plain key.
    /// - Returns: false if none was found.
    mutating func forgetMark(_ random: inout SplitMix64, ofKeysOnly: Bool = false) -> Bool {
        guard let (database, record) = oldestMark(sample: 16, ofKeysOnly: ofKeysOnly, &random) else { return false }
        marks.forgotten += 1
        if heap[record].flags.contains(.ofPlainKey) {
            wheel.cancel(record, &heap)
            forgetKeyTombstone(record)
        } else {
            forget(database, heap[record].handle)
        }
        return true
    }

    /// Removes the mark under a handle; replicas are told.
    private mutating func forget(_ database: Int, _ handle: Handle) {
        guard let place = find(database, handle, hash(handle)), WheelSlots.isMark(heap[place.record].kind) else {
            return
        }
        sessionChanged(database, handle, heap[place.record].kind == .predecessor ? .predecessor : .tombstone)
        remove(place, database)
    }

    /// Forgets what a session was called before its last `Limits.predecessors` names, of which `newest` is the latest:
    /// one at most, where each rotation calls this. O(`Limits.predecessors`).
    mutating func limitPredecessors(_ database: Int, newest: Handle) {
        var handle = newest
        for _ in 0..<Limits.predecessors {
            guard let place = find(database, handle, hash(handle)), heap[place.record].kind == .predecessor else {
                return
            }
            handle = heap.block(place.record).handle(PredecessorLayout.earlier)
            if handle == PredecessorLayout.noHandle { return }
        }
        guard let place = find(database, handle, hash(handle)), heap[place.record].kind == .predecessor else { return }
        forget(database, handle)
    }
}
