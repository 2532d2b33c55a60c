/// Tombstones of plain keys that were deleted and stay dead for a time (`session-prefixes`).
///
/// They are records of kind `tombstone` in a table of their own, so commands on keys do not see them. In place of a
/// handle, they are keyed by a keyed fingerprint of 128 bits, because a key may be long and may end in a token, which
/// must not be kept.
extension Store {
    /// Whether a key is to stay dead. O(1).
    func isBuried(_ database: Int, _ key: RawSpan, _ keyHash: UInt64) -> Bool {
        guard databases[database].keyTombstones.count > 0,
            let place = findKeyTombstone(database, fingerprint(key, keyHash))
        else { return false }
        return !isDue(place.record)
    }

    /// Keeps a key dead until `deadline` (Unix milliseconds). Of keys that did not exist, no more than
    /// `Limits.absentKeyTombstones` at a time: whoever can make an application delete names that never were must not
    /// fill the memory. O(1).
    mutating func bury(_ database: Int, _ key: RawSpan, _ keyHash: UInt64, until deadline: Int64, existed: Bool) {
        let fingerprint = fingerprint(key, keyHash)
        if let place = findKeyTombstone(database, fingerprint) {
            return changeDeadline(place.record, to: deadline)
        }
        if !existed {
            if absentKeyTombstones >= Limits.absentKeyTombstones { return }
            absentKeyTombstones += 1
        }
        let hash = self.hash
        let record = fingerprint.withBytes { makeRecord(.tombstone, $0, payload: 0, deadline: deadline) }
        heap.setFlags(record, existed ? [.expires, .ofPlainKey] : [.expires, .ofPlainKey, .ofAbsentKey])
        marks.count(record, 1, heap)
        databases[database].keyTombstones.insert(record, hash(fingerprint), &heap) { Store.recordHash(hash, $0, $1) }
    }

    /// Lets a key live again. O(1).
    mutating func exhume(_ database: Int, _ key: RawSpan, _ keyHash: UInt64) {
        guard databases[database].keyTombstones.count > 0,
            let place = findKeyTombstone(database, fingerprint(key, keyHash))
        else { return }
        wheel.cancel(place.record, &heap)
        forget(place, database)
    }

    /// Forgets a tombstone of a plain key that the wheel has already let go of. O(databases).
    mutating func forgetKeyTombstone(_ record: Slot) {
        let fingerprint = heap[record].handle
        for database in 0..<databases.count {
            if let place = findKeyTombstone(database, fingerprint), place.record == record {
                return forget(place, database)
            }
        }
        preconditionFailure("a tombstone is in no database")
    }

    /// Forgets tombstones of plain keys that are due, in one slice; each call goes on where the last one ended. For
    /// replicas, where the wheel does not run and the primary says nothing of these. O(buckets looked at), O(databases)
    /// when there are none.
    mutating func sweepKeyTombstones() {
        if keyTombstoneCount == 0 { return }
        var due = Vector<Slot>()
        for _ in 0..<KeyTombstoneSweep.buckets {
            if keyTombstoneSweep.cursor == 0 {
                keyTombstoneSweep.database = (keyTombstoneSweep.database + 1) % databases.count
            }
            let database = keyTombstoneSweep.database
            keyTombstoneSweep.cursor = databases[database].keyTombstones.scan(
                keyTombstoneSweep.cursor, heap, into: &due)
            for index in 0..<due.count where isDue(due[index]) {
                guard let place = findKeyTombstone(database, heap[due[index]].handle) else { continue }
                wheel.cancel(place.record, &heap)
                forget(place, database)
            }
            due.removeAll()
        }
    }

    /// How many plain keys are being kept dead. O(databases).
    var keyTombstoneCount: Int {
        var count = 0
        for database in 0..<databases.count { count += Int(databases[database].keyTombstones.count) }
        return count
    }

    private mutating func forget(_ place: Place, _ database: Int) {
        if heap[place.record].flags.contains(.ofAbsentKey) { absentKeyTombstones -= 1 }
        marks.count(place.record, -1, heap)
        let hash = self.hash
        databases[database].keyTombstones.remove(place.position, &heap) { Store.recordHash(hash, $0, $1) }
        heap.free(place.record)
    }

    private func findKeyTombstone(_ database: Int, _ fingerprint: Handle) -> Place? {
        var probe = databases[database].keyTombstones.probe(hash(fingerprint), heap)
        while true {
            let record = probe.next(heap)
            if record == .none { return nil }
            if heap[record].handle == fingerprint { return Place(record: record, position: probe.position) }
        }
    }

    /// The hash by which the key is filed, and a second one.
    private func fingerprint(_ key: RawSpan, _ keyHash: UInt64) -> Handle {
        Handle(low: keyHash, high: fingerprintHash(key))
    }
}

/// Where `Store.sweepKeyTombstones` goes on.
struct KeyTombstoneSweep: BitwiseCopyable {
    /// Buckets looked at in one slice.
    static let buckets = 64

    var database = 0
    /// As `BucketTable.scan` has it.
    var cursor: UInt64 = 0
}

/// The log of changes, where what was noted is taken back.
extension Store {
    /// Removes what has been noted about a key from the entry `start` on: it was created only to be dropped.
    mutating func retractChanges(from start: Int, _ database: Int, _ key: RawSpan) {
        var kept = min(start, changes.count)
        for index in kept..<changes.count {
            let change = changes[index]
            let isOfKey = change.database == database
                && changedKeys.bytes.slice(change.offset, change.length).isEqual(to: key)
            // The key itself may have been due, or read.
            if isOfKey && change.event != .expired && change.event != .keymiss { continue }
            changes[kept] = change
            kept += 1
        }
        changes.truncate(to: kept)
    }
}
