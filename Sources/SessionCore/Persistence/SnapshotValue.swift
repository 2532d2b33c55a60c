/// Builds the value of one key after the other out of the units of an RDB stream.
///
/// Elements are collected until it is clear which form the collection takes; a large one gets its table, and each
/// further element goes straight into it.
struct SnapshotValue: ~Copyable {
    private(set) var keys: Int64 = 0
    private(set) var skippedSessions: Int64 = 0

    private let settings: DataSettings
    private let memoryLimit: Int

    private var database = 0
    private var target = Target.nothing
    private var type = RDBType.string
    private var deadline: Int64?
    private var key = ByteBuffer()
    private var keyHash: UInt64 = 0
    /// Elements that are not in the store yet: packed fields; packed members; or packed members each behind its score.
    /// Of strings under reserved keys, the value.
    private var pending = ByteBuffer()
    private var pendingCount = 0
    /// The key's record, once it has one.
    private var place: Place?
    private var session = SessionContent()

    /// What a key is to become.
    private enum Target {
        case plain
        /// What a reserved key with the right type of value names.
        case keyed(Handle, RecordKind)
        /// It has a reserved name, and is nothing that stands there.
        case nothing
    }

    init(_ configuration: Configuration, memoryLimit: Int) {
        settings = DataSettings(configuration)
        self.memoryLimit = memoryLimit
    }

    /// Takes the next unit, of which the reader holds the texts.
    mutating func take(
        _ unit: RDBUnit, _ reader: borrowing RDBReader, into store: inout Store
    ) throws(RDBError.Reason) {
        switch unit {
        case .database(let index):
            guard let known = PeerNumber.database(Int64(index), of: store.databases.count) else {
                throw .database(index)
            }
            database = known
        case .key(let type, let deadline): try begin(type, reader.first.bytes, deadline, store)
        case .string: try takeString(reader.second.bytes, into: &store)
        case .field: try takeField(reader.first.bytes, reader.second.bytes, into: &store)
        case .member: try takeMember(reader.first.bytes, into: &store)
        case .scored(let score): try takeScored(reader.first.bytes, score, into: &store)
        case .endOfKey: try end(&store)
        default: break
        }
    }

    private mutating func begin(
        _ type: RDBType, _ name: RawSpan, _ deadline: Int64?, _ store: borrowing Store
    ) throws(RDBError.Reason) {
        self.type = type
        // -1 is how Redis says that there is none.
        self.deadline = deadline == -1 ? nil : deadline.map { max($0, 0) }
        pending.removeAll(keeping: Limits.idleBuffer)
        pendingCount = 0
        place = nil
        if SessionKey.isReserved(name) {
            target = SnapshotValue.target(name, type)
            return
        }
        target = .plain
        keyHash = store.hash(name)
        if store.find(database, name, keyHash) != nil { throw .duplicateKey }
        key.removeAll(keeping: Limits.idleBuffer)
        key.append(name)
    }

    private static func target(_ name: RawSpan, _ type: RDBType) -> Target {
        guard let (handle, kind) = SessionKey.parse(name), type == (kind == .session ? .hash : .string) else {
            return .nothing
        }
        return .keyed(handle, kind)
    }

    private func checkRoom(for bytes: Int, _ store: borrowing Store) throws(RDBError.Reason) {
        let limit = min(memoryLimit, store.reservedBytes - store.reservedBytes / 8)
        if bytes > limit - store.usedBytes { throw .outOfMemory }
    }

    // MARK: Elements

    private mutating func takeString(_ value: RawSpan, into store: inout Store) throws(RDBError.Reason) {
        try checkRoom(for: value.byteCount, store)
        guard case .plain = target else {
            // Neither a reason nor a predecessor is longer.
            if value.byteCount <= Limits.reason { pending.append(value) } else { target = .nothing }
            return
        }
        store.setString(nil, database, key.bytes, keyHash, value, deadline: deadline)
    }

    private mutating func takeField(
        _ name: RawSpan, _ value: RawSpan, into store: inout Store
    ) throws(RDBError.Reason) {
        if var place {
            try checkRoom(for: name.byteCount + value.byteCount, store)
            guard store.setField(&place, database, name, value, settings.hash) else { throw .duplicateElement }
            self.place = place
            return
        }
        if case .plain = target {
            PackedFields.append(name, value, to: &pending)
            pendingCount += 1
            if pendingCount > settings.hash.entries || pending.count > Limits.packedHash { try build(&store) }
        } else if pending.count + name.byteCount + value.byteCount <= Limits.session + Limits.bufferGrowthStep {
            PackedFields.append(name, value, to: &pending)
        } else {
            // Too large for a session.
            target = .nothing
        }
    }

    private mutating func takeMember(_ name: RawSpan, into store: inout Store) throws(RDBError.Reason) {
        if var place {
            try checkRoom(for: name.byteCount, store)
            guard store.addMember(&place, database, name, settings.integerSet) else { throw .duplicateElement }
            self.place = place
            return
        }
        guard case .plain = target else { return }
        PackedMembers.append(name, to: &pending)
        pendingCount += 1
        if pendingCount > Limits.packedMembers || pending.count > Limits.packedSet { try build(&store) }
    }

    private mutating func takeScored(
        _ name: RawSpan, _ score: Double, into store: inout Store
    ) throws(RDBError.Reason) {
        if var place {
            try checkRoom(for: name.byteCount, store)
            var score = score
            guard store.setScore(&place, database, name, &score, [], settings.sortedSet) == .added else {
                throw .duplicateElement
            }
            self.place = place
            return
        }
        guard case .plain = target else { return }
        pending.appendRaw(score)
        PackedMembers.append(name, to: &pending)
        pendingCount += 1
        if pendingCount > settings.sortedSet.entries || pending.count > Limits.packedSortedSet { try build(&store) }
    }

    // MARK: Values

    private mutating func end(_ store: inout Store) throws(RDBError.Reason) {
        switch target {
        case .nothing:
            skippedSessions += 1
            return
        case .keyed(let handle, let kind):
            try checkRoom(for: pending.count, store)
            guard put(kind, handle, into: &store) else {
                skippedSessions += 1
                return
            }
        case .plain:
            if type != .string {
                if place == nil { try build(&store) }
                if let deadline, let place { store.setDeadline(place, database, deadline) }
            }
        }
        keys += 1
    }

    /// Gives the key a record with the elements collected so far.
    private mutating func build(_ store: inout Store) throws(RDBError.Reason) {
        guard type == .string || pendingCount > 0 else { throw .emptyCollection }
        try checkRoom(for: pending.count * 2, store)
        let isComplete: Bool
        switch type {
        case .string: return
        case .hash: isComplete = buildHash(&store)
        case .set: isComplete = buildSet(&store)
        case .sortedSet: isComplete = buildSortedSet(&store)
        }
        guard isComplete else { throw .duplicateElement }
    }

    /// - Returns: false if a field comes twice.
    private mutating func buildHash(_ store: inout Store) -> Bool {
        var pending = ByteBuffer()
        swap(&pending, &self.pending)
        defer { swap(&pending, &self.pending) }
        var place = store.createHash(
            database, key.bytes, keyHash, fields: pendingCount, bytes: pending.count, settings.hash)
        var fields = PackedFields(pending.bytes)
        while let field = fields.next() {
            if !store.setField(&place, database, fields.name(field), fields.value(field), settings.hash) {
                return false
            }
        }
        self.place = place
        return true
    }

    private mutating func buildSet(_ store: inout Store) -> Bool {
        var pending = ByteBuffer()
        swap(&pending, &self.pending)
        defer { swap(&pending, &self.pending) }
        var members = PackedMembers(pending.bytes)
        guard let first = members.next() else { return false }
        let name = pending.bytes.slice(first.offset, first.length)
        var place = store.createSet(
            database, key.bytes, keyHash, first: name, members: pendingCount, bytes: pending.count - pendingCount)
        members = PackedMembers(pending.bytes)
        while let member = members.next() {
            let name = pending.bytes.slice(member.offset, member.length)
            if !store.addMember(&place, database, name, settings.integerSet) { return false }
        }
        self.place = place
        return true
    }

    private mutating func buildSortedSet(_ store: inout Store) -> Bool {
        var pending = ByteBuffer()
        swap(&pending, &self.pending)
        defer { swap(&pending, &self.pending) }
        var size = 0
        var position = 0
        while let (score, name) = SnapshotValue.nextScored(pending, &position) {
            size += PackedScores.size(score, name.length)
        }
        var place = store.createSortedSet(
            database, key.bytes, keyHash, members: pendingCount, bytes: size, settings.sortedSet)
        position = 0
        while case .some((var score, let name)) = SnapshotValue.nextScored(pending, &position) {
            let member = pending.bytes.slice(name.offset, name.length)
            if store.setScore(&place, database, member, &score, [], settings.sortedSet) != .added { return false }
        }
        self.place = place
        return true
    }

    /// A score, and where its member lies in what was collected; nil at the end.
    private static func nextScored(
        _ pending: borrowing ByteBuffer, _ position: inout Int
    ) -> (Double, PackedMembers.Bounds)? {
        guard position < pending.count else { return nil }
        let score = pending.bytes.load(position, as: Double.self)
        var members = PackedMembers(pending.bytes, at: position + MemoryLayout<Double>.size)
        guard let name = members.next() else { return nil }
        position = name.end
        return (score, name)
    }

    /// A session, or what belongs to one.
    /// - Returns: false if it is none.
    private mutating func put(_ kind: RecordKind, _ handle: Handle, into store: inout Store) -> Bool {
        switch kind {
        case .session:
            guard session.read(pending) else { return false }
            return store.put(session, database, handle, deadline: deadline) != nil
        case .tombstone:
            guard pending.count <= Limits.reason, let deadline else { return false }
            store.putTombstone(database, handle, reason: pending.bytes, until: deadline)
        default:
            guard let content = PredecessorContent(pending.bytes), let deadline else { return false }
            store.put(content, database, handle, until: deadline)
        }
        return true
    }
}
