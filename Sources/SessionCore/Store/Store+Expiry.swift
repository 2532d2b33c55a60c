/// Removing due records.
extension Store {
    /// Units of work the wheel may spend in one turn: a few hundred microseconds.
    static let expiryBudget = 2000

    /// Removes records that are due, as many as one turn's budget allows. Not for replicas.
    /// - Returns: false if the budget was used up and more may be due.
    mutating func expireDue() -> Bool {
        var budget = Store.expiryBudget
        while true {
            let record = wheel.nextDue(now: now, budget: &budget, &heap)
            if record == .none { return budget > 0 }
            budget -= 4
            if !isDue(record) {
                warn(record)
                continue
            }
            if heap[record].flags.contains(.ofPlainKey) {
                forgetKeyTombstone(record)
                continue
            }
            let (database, place) = locate(record)
            databases[database].expiring -= 1
            finish(place, database)
        }
    }

    /// Announces that a session is about to expire, once in its idle period.
    private mutating func warn(_ record: Slot) {
        publish(.expiring, record, at: heap[record].deadline)
        heap.setFlags(record, heap[record].flags.union(.warned))
        wheel.arm(record, &heap)
    }

    /// Removes one record that is due, found by a lookup before the wheel came to it; where due records are hidden, it
    /// stays.
    /// - Returns: false if it lives on: a predecessor whose session has been touched.
    @discardableResult
    mutating func expire(_ place: Place, _ database: Int) -> Bool {
        if dueRecords != .expire { return isHidden(place.record, database) }
        wheel.cancel(place.record, &heap)
        databases[database].expiring -= 1
        return finish(place, database)
    }

    /// Whether a due record of a replica is dead: all are, but for a predecessor whose session has been touched.
    private mutating func isHidden(_ record: Slot, _ database: Int) -> Bool {
        guard heap[record].kind == .predecessor, let end = chainEnd(database, record) else { return true }
        return isDue(end.record)
    }

    /// What expiry means for each kind; the wheel no longer knows the record.
    /// - Returns: as `expire`.
    @discardableResult
    private mutating func finish(_ place: Place, _ database: Int) -> Bool {
        let record = place.record
        lag.record(now - heap[record].deadline)
        switch heap[record].kind {
        case .session:
            statistics.sessionsExpired += 1
            statistics.expired += 1
            publish(.expired, record, at: heap[record].deadline)
            sessionChanged(database, heap[record].handle)
        case .predecessor:
            if outlive(record, database) { return false }
            sessionChanged(database, heap[record].handle, .predecessor)
        case .tombstone: sessionChanged(database, heap[record].handle, .tombstone)
        case .string, .packedHash, .tableHash, .packedSet, .tableSet, .packedSortedSet, .treeSortedSet:
            statistics.expired += 1
            changed(.expired, database, heap[record].key)
        }
        discard(place, database)
        return true
    }

    /// A predecessor lasts as long as the session it leads to, which may have been touched meanwhile, or its tombstone:
    /// re-arms it then.
    /// - Returns: false if the session is gone.
    private mutating func outlive(_ record: Slot, _ database: Int) -> Bool {
        guard let end = chainEnd(database, record), !isDue(end.record) else { return false }
        heap.setDeadline(record, heap[end.record].deadline)
        wheel.arm(record, &heap)
        databases[database].expiring += 1
        sessionChangedUnseen(database, heap[record].handle)
        return true
    }
}
