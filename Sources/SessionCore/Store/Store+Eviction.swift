/// Evicting records, when `maxmemory` is reached and the policy allows it.
extension Store {
    /// The record that expires first, as `TimingWheel.soonest` approximates it; `none` if nothing expires.
    mutating func soonest(sample: Int) -> Slot { wheel.soonest(sample: sample, &heap) }

    /// The record used longest ago among `sample` chosen at random; `none` if there is none to give up.
    /// Tombstones and predecessors are never evicted, nor do they count: without them a dead token would live again.
    /// Where there are eight times as many of them as of others, the sample may be smaller, and `none` though there is
    /// one.
    mutating func leastRecentlyUsed(sample: Int, _ random: inout SplitMix64) -> Slot {
        var oldest = Slot.none
        var oldestUse = Int64.max
        var left = sample
        var looks = sample * 8
        while left > 0 && looks > 0 {
            findRandomRecords(&random)
            if found.isEmpty { break }
            // A bucket may have more than are wanted: each of them is to have its chance.
            let first = Int(random.next() % UInt64(found.count))
            for index in 0..<found.count where left > 0 {
                looks -= 1
                let candidate = found[(first + index) % found.count]
                guard let lastUse = lastUse(candidate) else { continue }
                left -= 1
                if lastUse < oldestUse { (oldest, oldestUse) = (candidate, lastUse) }
            }
        }
        return oldest
    }

    /// When a record was last used, in seconds; nil if it is none that may be evicted.
    private func lastUse(_ record: Slot) -> Int64? {
        switch heap[record].kind {
        case .tombstone, .predecessor: nil
        case .session: heap[record].session.lastUse.milliseconds / 1000
        case .string, .packedHash, .tableHash, .packedSet, .tableSet, .packedSortedSet, .treeSortedSet:
            Int64(heap[record].stamp)
        }
    }

    /// Some records of a random database, weighted by size, into `found`; none if there is none.
    private mutating func findRandomRecords(_ random: inout SplitMix64) {
        found.removeAll()
        var total: UInt64 = 0
        for database in 0..<databases.count { total += UInt64(databases[database].records.count) }
        if total == 0 { return }
        var draw = random.next() % total
        for database in 0..<databases.count {
            let count = UInt64(databases[database].records.count)
            if draw < count {
                return databases[database].records.randomRecords(heap, into: &found) { random.next() }
            }
            draw -= count
        }
    }

    /// A random record of one database, `none` if it is empty.
    mutating func randomRecord(_ database: Int, _ random: inout SplitMix64) -> Slot {
        databases[database].records.randomRecord(heap, into: &found) { random.next() }
    }

    /// Units of work that one slice of eviction may spend: about half a millisecond.
    static let evictionBudget = 128

    /// Gives a record up. For a session it is published as `revoked` with reason `maxmemory`: eviction is never silent.
    /// - Returns: what it cost: a unit, and more for the members of a large collection.
    @discardableResult
    mutating func evict(_ record: Slot) -> Int {
        let (database, place) = locate(record)
        let memory = heap.usedBytes
        let hasTable = heap[record].kind.hasTable
        statistics.evicted += 1
        if heap[record].kind == .session {
            publish(.revoked, record, at: now, reason: ("maxmemory" as StaticString).bytes)
            sessionChanged(database, heap[record].handle)
        } else {
            changed(.evicted, database, heap[record].key)
        }
        remove(place, database)
        return hasTable ? 1 + (memory - heap.usedBytes) / Store.evictedBytes : 1
    }

    /// Bytes of members that take as long to free as a small record takes to be chosen and evicted.
    private static let evictedBytes = 512
}
