/// A record and its position in the table. Valid until the next change of the store.
struct Place: BitwiseCopyable {
    var record: Slot
    var position: BucketTable.Position
}

/// The names under which a session and its marks appear as ordinary keys.
enum SessionKey {
    static let prefix: StaticString = "__sess__:"
    static let revoked: StaticString = ":revoked"
    static let rotated: StaticString = ":rotated"

    @inline(__always)
    static func isReserved(_ key: RawSpan) -> Bool {
        key.byteCount >= 9 && key[0] == UInt8(ascii: "_") && key.starts(with: prefix)
    }

    /// The handle and kind of record that a reserved key names; nil if it can name none.
    static func parse(_ key: RawSpan) -> (Handle, RecordKind)? {
        let start = prefix.utf8CodeUnitCount
        guard isReserved(key), key.byteCount >= start + Handle.textBytes,
            let handle = Handle(hexadecimal: key.slice(start, Handle.textBytes))
        else { return nil }
        // Handles are written in lower case: another spelling is another key, which does not exist.
        for index in start..<(start + Handle.textBytes) where key[index] >= 65 && key[index] <= 70 { return nil }
        let rest = key.slice(start + Handle.textBytes, key.byteCount - start - Handle.textBytes)
        if rest.byteCount == 0 { return (handle, .session) }
        if rest.isEqual(to: revoked) { return (handle, .tombstone) }
        if rest.isEqual(to: rotated) { return (handle, .predecessor) }
        return nil
    }

    /// Appends the key under which a record keyed by a handle appears.
    static func write(_ handle: Handle, _ kind: RecordKind, to buffer: inout ByteBuffer) {
        buffer.append(prefix)
        handle.write(to: &buffer)
        if kind == .tombstone { buffer.append(revoked) }
        if kind == .predecessor { buffer.append(rotated) }
    }
}

/// Finding, creating, reshaping and removing records of any kind.
extension Store {
    // MARK: Finding

    /// The plain key's record, due or not. O(1).
    @inline(__always)
    func find(_ database: Int, _ key: RawSpan, _ hash: UInt64) -> Place? {
        var probe = databases[database].records.probe(hash, heap)
        while true {
            let record = probe.next(heap)
            if record == .none { return nil }
            if !heap[record].kind.hasHandle, heap[record].key.isEqual(to: key) {
                return Place(record: record, position: probe.position)
            }
        }
    }

    /// The record keyed by a handle, due or not. O(1).
    @inline(__always)
    func find(_ database: Int, _ handle: Handle, _ hash: UInt64) -> Place? {
        var probe = databases[database].records.probe(hash, heap)
        while true {
            let record = probe.next(heap)
            if record == .none { return nil }
            if heap[record].kind.hasHandle, heap[record].handle == handle {
                return Place(record: record, position: probe.position)
            }
        }
    }

    /// The live record under a key, plain or reserved; one that is due is expired on the spot.
    @inline(__always)
    mutating func lookup(_ database: Int, _ key: RawSpan, _ hash: UInt64) -> Place? {
        let place = SessionKey.isReserved(key) ? findReserved(database, key) : find(database, key, hash)
        guard let place else { return nil }
        if isDue(place.record) && expire(place, database) { return nil }
        return place
    }

    private func findReserved(_ database: Int, _ key: RawSpan) -> Place? {
        guard let (handle, kind) = SessionKey.parse(key), let place = find(database, handle, hash(handle)) else {
            return nil
        }
        return heap[place.record].kind == kind ? place : nil
    }

    /// As `lookup`, and counts a hit or a miss and marks the record as used now: for commands that read.
    @inline(__always)
    mutating func read(_ database: Int, _ key: RawSpan, _ hash: UInt64) -> Place? {
        guard let place = lookup(database, key, hash) else {
            missed(database, key)
            return nil
        }
        statistics.hits &+= 1
        use(place.record)
        return place
    }

    /// Marks a plain key as used now, for `OBJECT IDLETIME` and `allkeys-lru`.
    @inline(__always)
    mutating func use(_ record: Slot) {
        let seconds = UInt32(truncatingIfNeeded: now / 1000)
        if !heap[record].kind.hasHandle && heap[record].stamp != seconds { heap.setStamp(record, seconds) }
    }

    /// The hash under which a record is filed.
    static func recordHash(_ hash: KeyHash, _ heap: borrowing Heap, _ record: Slot) -> UInt64 {
        heap[record].kind.hasHandle ? hash(heap[record].handle) : hash(heap[record].key)
    }

    /// The hash under which a record is filed.
    func recordHash(of record: Slot) -> UInt64 { Store.recordHash(hash, heap, record) }

    /// The database that holds a record, and its place there. O(non-empty databases).
    func locate(_ record: Slot) -> (database: Int, place: Place) {
        let recordHash = recordHash(of: record)
        for database in 0..<databases.count where databases[database].records.count > 0 {
            var probe = databases[database].records.probe(recordHash, heap)
            while true {
                let candidate = probe.next(heap)
                if candidate == .none { break }
                if candidate == record { return (database, Place(record: record, position: probe.position)) }
            }
        }
        preconditionFailure("a record is in no database")
    }

    // MARK: Changing

    /// A new record under a key that has none; the payload's bytes are undefined. `deadline` in Unix milliseconds.
    /// Noted as `new` for plain keys, if anybody is to be notified.
    mutating func create(
        _ kind: RecordKind, _ database: Int, _ key: RawSpan, _ hash: UInt64, payload: Int, deadline: Int64?
    ) -> Slot {
        if observers.contains(.notifications) && !kind.hasHandle { changed(.new, database, key) }
        return insert(kind, database, key, hash, payload: payload, deadline: deadline)
    }

    /// A new record in place of the one under the same key, which is freed: a value that is overwritten by one of
    /// another type. The key is not `new` then. The payload's bytes are undefined. `deadline` as for `create`.
    mutating func replace(
        _ place: Place, with kind: RecordKind, _ database: Int, _ key: RawSpan, _ hash: UInt64, payload: Int,
        deadline: Int64?
    ) -> Slot {
        remove(place, database)
        return insert(kind, database, key, hash, payload: payload, deadline: deadline)
    }

    private mutating func insert(
        _ kind: RecordKind, _ database: Int, _ key: RawSpan, _ hash: UInt64, payload: Int, deadline: Int64?
    ) -> Slot {
        let record = makeRecord(kind, key, payload: payload, deadline: deadline)
        if deadline != nil { databases[database].expiring += 1 }
        let keyHash = self.hash
        databases[database].records.insert(record, hash, &heap) { Store.recordHash(keyHash, $0, $1) }
        return record
    }

    /// A record that is in no table yet; armed if it has a deadline.
    @inline(__always)
    mutating func makeRecord(_ kind: RecordKind, _ key: RawSpan, payload: Int, deadline: Int64?) -> Slot {
        let head = deadline == nil ? RecordLayout.shortHead : RecordLayout.longHead
        let record = heap.allocate(head + key.byteCount + payload)
        heap.store(kind.rawValue, record, RecordLayout.kind)
        heap.setFlags(record, deadline == nil ? [] : .expires)
        heap.store(UInt16(key.byteCount), record, RecordLayout.keyLength)
        heap.setLength(record, payload)
        heap.setStamp(record, UInt32(truncatingIfNeeded: now / 1000))
        heap.write(key, record, head)
        if let deadline {
            heap.setDeadline(record, deadline)
            wheel.arm(record, &heap)
        }
        return record
    }

    /// Gives a record room for a payload of another length, and another deadline (nil for none). The payload is kept up
    /// to the shorter length. In place if the size class stays the same, else in a new block.
    /// - Returns: the record's slot from now on; `place` is no longer good if it differs.
    @inline(__always)
    mutating func reshape(_ place: Place, _ database: Int, payload: Int, deadline: Int64?) -> Slot {
        let record = place.record
        let expires = heap[record].expires
        let head = deadline == nil ? RecordLayout.shortHead : RecordLayout.longHead
        let size = head &+ heap[record].keyLength &+ payload
        if expires == (deadline != nil) && Heap.roundedSize(size) == heap.capacity(of: record) {
            heap.setLength(record, payload)
            if let deadline { changeDeadline(record, to: deadline) }
            return record
        }
        return rebuild(place, database, payload: payload, deadline: deadline, size: size)
    }

    /// Moves the deadline of a record that has one.
    @inline(__always)
    mutating func changeDeadline(_ record: Slot, to deadline: Int64) {
        let old = heap[record].deadline
        heap.setDeadline(record, deadline)
        wheel.deadlineChanged(record, from: old, &heap)
    }

    @inline(never)
    private mutating func rebuild(_ place: Place, _ database: Int, payload: Int, deadline: Int64?, size: Int) -> Slot {
        let old = place.record
        let hadDeadline = heap[old].expires
        let keyBytes = heap[old].keyLength
        let fresh = heap.allocate(size)
        heap.copy(
            from: old, 0, to: fresh, 0, hadDeadline && deadline != nil ? RecordLayout.longHead : RecordLayout.shortHead)
        let head = deadline == nil ? RecordLayout.shortHead : RecordLayout.longHead
        let kept = min(payload, heap[old].length)
        heap.copy(from: old, heap[old].keyOffset, to: fresh, head, keyBytes + kept)
        heap.setLength(fresh, payload)
        var flags = heap[old].flags
        if deadline == nil { flags.remove(.expires) } else { flags.insert(.expires) }
        heap.setFlags(fresh, flags)
        databases[database].records.replace(place.position, with: fresh, &heap)
        if hadDeadline && deadline == nil {
            wheel.cancel(old, &heap)
            databases[database].expiring -= 1
        } else if hadDeadline {
            wheel.moved(from: old, to: fresh, &heap)
        }
        if let deadline {
            if hadDeadline {
                changeDeadline(fresh, to: deadline)
            } else {
                heap.setDeadline(fresh, deadline)
                wheel.arm(fresh, &heap)
                databases[database].expiring += 1
            }
        }
        if heap[fresh].kind == .session { relinkUser(database, from: old, to: fresh) }
        heap.free(old)
        return fresh
    }

    /// Gives a record a deadline, another one, or none; keeps everything else.
    @discardableResult
    mutating func setDeadline(_ place: Place, _ database: Int, _ deadline: Int64?) -> Slot {
        reshape(place, database, payload: heap[place.record].length, deadline: deadline)
    }

    /// The deadline of a record, nil if it has none.
    @inline(__always)
    func deadline(_ record: Slot) -> Int64? { heap[record].expires ? heap[record].deadline : nil }

    /// Takes a record out of its database and frees it with all it owns.
    mutating func remove(_ place: Place, _ database: Int) {
        let record = place.record
        if heap[record].expires {
            wheel.cancel(record, &heap)
            databases[database].expiring -= 1
        }
        discard(place, database)
    }

    /// As `remove`, for a record that the wheel has already let go of.
    mutating func discard(_ place: Place, _ database: Int) {
        let record = place.record
        switch heap[record].kind {
        case .session:
            unlinkUser(database, record)
            databases[database].sessions -= 1
        case .tableHash, .tableSet, .treeSortedSet: destroyTable(record)
        case .string, .packedHash, .packedSet, .packedSortedSet: break
        case .predecessor, .tombstone: marks.count(record, -1, heap)
        }
        let keyHash = self.hash
        databases[database].records.remove(place.position, &heap) { Store.recordHash(keyHash, $0, $1) }
        heap.free(record)
    }

    // MARK: Whole databases

    /// Forgets every record of one database. O(records); O(1) and with all memory given back if it is the only one in
    /// use.
    mutating func flush(_ database: Int) {
        changed(.database, database, RawSpan())
        let others = (0..<databases.count).contains { $0 != database && !databases[$0].isEmpty }
        if !others { return forgetAll() }
        forgetRecords(of: databases[database].records)
        forgetRecords(of: databases[database].keyTombstones)
        databases[database].records.destroy(&heap)
        databases[database].keyTombstones.destroy(&heap)
        databases[database].users.destroy(&heap)
        databases[database] = Database()
    }

    /// Frees the records of a table, with all they own.
    private mutating func forgetRecords(of table: BucketTable) {
        var cursor: UInt64 = 0
        repeat {
            found.removeAll()
            cursor = table.scan(cursor, heap, into: &found)
            for index in 0..<found.count {
                let record = found[index]
                if heap[record].expires { wheel.cancel(record, &heap) }
                if heap[record].kind.hasTable { destroyTable(record) }
                if WheelSlots.isMark(heap[record].kind) { marks.count(record, -1, heap) }
                if heap[record].flags.contains(.ofAbsentKey) { absentKeyTombstones -= 1 }
                heap.free(record)
            }
        } while cursor != 0
    }

    /// Forgets everything, tombstones too. O(databases).
    mutating func flushAll() {
        for database in 0..<databases.count { changed(.database, database, RawSpan()) }
        forgetAll()
    }

    /// Empties the heap as a whole.
    private mutating func forgetAll() {
        for database in 0..<databases.count { databases[database] = Database() }
        heap.removeAll()
        wheel.removeAll()
        absentKeyTombstones = 0
        marks.removeAll()
    }

    /// Exchanges two databases.
    mutating func swap(_ left: Int, _ right: Int) {
        let kept = databases[left]
        databases[left] = databases[right]
        databases[right] = kept
        changed(.database, left, RawSpan())
        changed(.database, right, RawSpan())
    }
}
