/// What a snapshot says of itself.
struct SnapshotFacts {
    /// Names the history that the offset belongs to: 40 hexadecimal characters.
    var replicationID: String
    /// Where in the replication stream the snapshot begins: what follows is to be executed on it.
    var offset: Int64
    /// The database that the stream has selected there; -1 where it selects its own.
    var streamDatabase: Int
    /// Version of this server.
    var version: String
    /// To which multiple of milliseconds deadlines of sessions are rounded up: `repl-touch-interval`.
    var interval: Int64
    /// It is the base of an append log.
    var isLogBase = false
}

/// Writes the data as an RDB stream, in slices: between two of them the data may change in any way but that whole
/// databases are exchanged.
///
/// The keys of a database are taken in the order of their hashes with the bits reversed, in which a bucket of a table
/// of any size is a stretch without gaps. `position` says how far it has got; what comes before it is never looked at
/// again. A key has one hash as long as the process lives, so whatever happens to the table, or to the key, meanwhile:
/// - no key is written twice (a redis-server that is told of one key twice ends itself);
/// - a key that exists from the first slice to the last is written, with a value that it had in between.
/// What changed in between is right once the replication stream from `SnapshotFacts.offset` on has been executed.
///
/// A snapshot for a file is to be right by itself. `preserve` therefore writes what a key holds before that changes, if
/// the key's turn has not come: a key that a client changes is in the snapshot as it was when the snapshot began. What
/// expires or is evicted meanwhile, and what a change does to keys that the request does not name (a user's sessions
/// that are revoked), may be in it or not.
///
/// A value is written in one piece, however large: its number of elements stands before them. So a slice takes as long
/// as the largest value in it, and `output` grows by as much.
struct SnapshotWriter: ~Copyable {
    /// What has been written: to be sent, and then taken, at any time.
    var output = RDBWriter()
    /// Keys written so far.
    private(set) var keys: Int64 = 0

    private let facts: SnapshotFacts
    private let form: RDBForm
    /// Keys that `preserve` has written; and the database that the output is in.
    private var ahead = WrittenAhead()
    private var selected = -1
    private var phase = Phase.head
    /// The database being written, and how far it is: the bits of the next hash, reversed.
    private var database = 0
    private var position: UInt64 = 0
    private var bucket = Vector<Entry>()
    private var found = Vector<Slot>()
    private var elements = Vector<Slot>()
    /// The names and values of sessions and what belongs to them.
    private var name = ByteBuffer()
    private var value = ByteBuffer()

    private enum Phase { case head, nextDatabase, keys, end }

    /// A record of the bucket being written. (Not private: Swift 6.3 crashes over such an element of a vector.)
    struct Entry: BitwiseCopyable {
        let position: UInt64
        let record: Slot
    }

    /// Buckets looked at in one slice at most, for there may be nothing in them, and bytes written.
    private static let buckets = 2048
    private static let bytes = 256 << 10

    init(_ facts: SnapshotFacts, form: RDBForm = RDBForm()) {
        self.facts = facts
        self.form = form
    }

    /// The snapshot is complete; `output` may still hold its end.
    var isComplete: Bool { phase == .end }

    /// Writes on until `budget` bytes wait in `output`, or so much was looked at that others should have their turn.
    /// - Returns: whether the snapshot is complete.
    mutating func write(_ store: inout Store, budget: Int) -> Bool {
        var buckets = SnapshotWriter.buckets
        let budget = min(budget, output.buffer.count + SnapshotWriter.bytes)
        while output.buffer.count < budget && buckets > 0 && phase != .end {
            buckets -= 1
            switch phase {
            case .head:
                writeHead(store)
            case .nextDatabase: beginDatabase(store)
            case .keys: writeBucket(&store, budget: budget)
            case .end: break
            }
        }
        return phase == .end
    }

    /// A key is about to be changed: writes what it holds, unless that was done. Between two slices only.
    mutating func preserve(_ database: Int, _ hash: UInt64, _ store: inout Store) {
        guard !isPast(database, hash), ahead.insert(database, hash) else { return }
        var records = Vector<Slot>()
        store.records(of: database, with: hash, into: &records)
        if records.isEmpty { return }
        if phase == .head { writeHead(store) }
        select(database)
        for index in 0..<records.count { write(records[index], database, &store) }
    }

    /// Whether the key's turn has come and gone.
    private func isPast(_ database: Int, _ hash: UInt64) -> Bool {
        if database != self.database || phase == .end { return database < self.database || phase == .end }
        return phase == .keys && hash.bitReversed < position
    }

    private mutating func select(_ database: Int) {
        if selected == database { return }
        selected = database
        output.database(database)
    }

    private mutating func writeHead(_ store: borrowing Store) {
        phase = .nextDatabase
        output.form = form
        output.begin()
        output.auxiliary("redis-ver", "7.0.15")
        output.auxiliary("redis-bits", "64")
        output.auxiliary("ctime", String(store.now / 1000))
        output.auxiliary("used-mem", String(store.usedBytes))
        output.auxiliary("repl-stream-db", String(facts.streamDatabase))
        output.auxiliary("repl-id", facts.replicationID)
        output.auxiliary("repl-offset", String(facts.offset))
        output.auxiliary("aof-base", facts.isLogBase ? "1" : "0")
        output.auxiliary("cloakroom-version", facts.version)
    }

    private mutating func beginDatabase(_ store: borrowing Store) {
        while database < store.databases.count && store.databases[database].records.count == 0 { database += 1 }
        guard database < store.databases.count else {
            output.end()
            phase = .end
            return
        }
        select(database)
        output.sizes(keys: Int(store.databases[database].records.count), expiring: store.databases[database].expiring)
        position = 0
        phase = .keys
    }

    /// Writes the records of the bucket at `position` from there on, all of them or as far as the budget goes.
    private mutating func writeBucket(_ store: inout Store, budget: Int) {
        found.removeAll()
        let next = store.scan(database, position.bitReversed, into: &found).bitReversed
        for index in 0..<found.count {
            for offset in stride(from: 0, to: 384, by: 64) { store.prefetch(found[index], at: offset) }
        }
        bucket.removeAll()
        for index in 0..<found.count {
            let place = store.recordHash(of: found[index]).bitReversed
            guard place >= position, !ahead.contains(database, place.bitReversed) else { continue }
            bucket.append(Entry(position: place, record: found[index]))
        }
        bucket.sort { $0.position < $1.position }
        if !bucket.isEmpty { select(database) }
        for index in 0..<bucket.count {
            let entry = bucket[index]
            // Keys of one hash go together: there is no position between them.
            if output.buffer.count >= budget && entry.position > position {
                position = entry.position
                return
            }
            position = entry.position
            write(entry.record, database, &store)
        }
        position = next
        if next == 0 {
            database += 1
            phase = .nextDatabase
        }
    }
}

/// Records of each kind.
extension SnapshotWriter {
    private mutating func write(_ record: Slot, _ database: Int, _ store: inout Store) {
        if store[record].kind == .predecessor { return writePredecessor(record, database, &store) }
        // A primary would remove it; a replica awaits to be told, and so do its replicas.
        if store.isDue(record) && store.dueRecords == .expire { return }
        keys += 1
        let deadline = store.deadline(record)
        let key = store[record].key
        let payload = store[record].payload
        switch store[record].kind {
        case .string:
            output.key(.string, key, deadline: deadline)
            output.string(payload)
        case .packedHash:
            output.key(.hash, key, deadline: deadline)
            output.length(PackedFields(payload).count)
            output.fields(payload)
        case .tableHash:
            output.key(.hash, key, deadline: deadline)
            writeTable(record, store) { output, element in output.string(element.value) }
        case .packedSet:
            output.key(.set, key, deadline: deadline)
            output.length(store.memberCount(record))
            writeMembers(payload, isIntegers: store[record].isIntegerSet)
        case .tableSet:
            output.key(.set, key, deadline: deadline)
            writeTable(record, store) { _, _ in }
        case .packedSortedSet:
            output.key(.sortedSet, key, deadline: deadline)
            var scores = PackedScores(payload)
            output.length(scores.count)
            while let entry = scores.next() {
                output.string(scores.member(entry))
                output.score(scores.score(entry))
            }
        case .treeSortedSet:
            output.key(.sortedSet, key, deadline: deadline)
            writeTable(record, store) { output, element in output.score(element.score) }
        case .session: writeSession(record, store)
        case .tombstone:
            nameKey(store[record])
            output.key(.string, name, deadline: deadline)
            output.string(payload)
        case .predecessor: break
        }
    }

    private mutating func writeMembers(_ payload: RawSpan, isIntegers: Bool) {
        if isIntegers {
            let integers = PackedIntegers(payload)
            for index in 0..<integers.count { output.integer(integers[index]) }
        } else {
            var members = PackedMembers(payload)
            while let member = members.next() { output.string(payload.slice(member.offset, member.length)) }
        }
    }

    /// Writes the names of a table's elements, each with what `writeRest` adds.
    @inline(__always)
    private mutating func writeTable(
        _ record: Slot, _ store: borrowing Store, _ writeRest: (inout RDBWriter, ElementView) -> Void
    ) {
        elements.removeAll()
        store.elements(of: record, into: &elements)
        output.length(elements.count)
        for index in 0..<elements.count {
            // On its way from memory while others are written.
            if index + 16 < elements.count { store.prefetch(elements[index + 16]) }
            output.string(store.element(elements[index]).name)
            writeRest(&output, store.element(elements[index]))
        }
        if elements.capacity > Limits.retainedElements { elements = Vector() }
    }

    private mutating func nameKey(_ record: RecordView) {
        name.removeAll()
        SessionKey.write(record.handle, record.kind, to: &name)
    }

    private mutating func writeSession(_ record: Slot, _ store: borrowing Store) {
        nameKey(store[record])
        let deadline = store.replicatedDeadline(record, interval: facts.interval)
        output.key(.hash, name, deadline: deadline)
        let count = SessionFields.metadataCount(store[record].session, now: store.now, .replicated)
        output.length(count + store[record].session.fieldCount)
        value.removeAll()
        SessionFields.render(store[record].session, now: store.now, .replicated, into: &value)
        output.fields(value)
    }

    /// A predecessor lasts as long as what it leads to, which may have been touched since.
    private mutating func writePredecessor(_ record: Slot, _ database: Int, _ store: inout Store) {
        var deadline = store.replicatedDeadline(record, interval: facts.interval)
        if let end = store.chainEnd(database, record) {
            if store.isDue(end.record) && store.dueRecords == .expire { return }
            deadline = max(deadline, store.replicatedDeadline(end.record, interval: facts.interval))
        } else if store.isDue(record) && store.dueRecords == .expire {
            return
        }
        keys += 1
        nameKey(store[record])
        value.removeAll()
        store[record].predecessor.write(to: &value)
        output.key(.string, name, deadline: deadline)
        output.string(value)
    }
}

extension RDBWriter {
    fileprivate mutating func auxiliary(_ name: StaticString, _ value: String) {
        auxiliary(name, value.utf8Span.span.bytes)
    }

    fileprivate mutating func key(_ type: RDBType, _ name: borrowing ByteBuffer, deadline: Int64?) {
        key(type, name.bytes, deadline: deadline)
    }

    fileprivate mutating func string(_ text: borrowing ByteBuffer) { string(text.bytes) }

    fileprivate mutating func fields(_ packed: borrowing ByteBuffer) { fields(packed.bytes) }

    /// Writes packed fields as names and values.
    fileprivate mutating func fields(_ packed: RawSpan) {
        var reader = PackedFields(packed)
        while let field = reader.next() {
            string(reader.name(field))
            string(reader.value(field))
        }
    }

    /// Writes a member that is an integer.
    fileprivate mutating func integer(_ value: Int64) {
        length(decimalWidth(value))
        buffer.appendDecimal(value)
    }
}
