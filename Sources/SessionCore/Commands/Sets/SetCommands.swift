/// Commands that read sets, or change single members. Semantics: https://redis.io/docs/latest/commands/?group=set
extension Execution {
    /// Refuses what is no set.
    @inline(__always)
    func requireSet(_ place: Place?) throws(ReplyError) -> Place? {
        guard let place else { return nil }
        switch store[place.record].kind {
        case .packedSet, .tableSet: return place
        case .string, .packedHash, .tableHash, .packedSortedSet, .treeSortedSet, .session, .predecessor, .tombstone:
            throw .wrongType
        }
    }

    /// The live set under the request's key; nil if there is nothing.
    @inline(__always)
    mutating func setToRead(_ request: borrowing Request) throws(ReplyError) -> Slot? {
        try requireSet(store.read(database, request[1], request.hash))?.record
    }

    /// As `setToRead`, without counting or marking it as used.
    @inline(__always)
    mutating func setToChange(_ request: borrowing Request) throws(ReplyError) -> Place? {
        try requireSet(store.lookup(database, request[1], request.hash))
    }

    /// Replies one member as a bulk string.
    @inline(__always)
    mutating func replyMember(_ member: SetMember) {
        if member.isInteger {
            reply.bulkInteger(member.integer)
        } else {
            reply.bulk(store.bytes(of: member))
        }
    }

    // MARK: Reading

    /// SISMEMBER key member
    mutating func sismember(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try setToRead(request) else { return reply.integer(0) }
        reply.integer(store.isMember(request[2], of: record) ? 1 : 0)
    }

    /// SMISMEMBER key member [member ...]
    mutating func smismember(_ request: borrowing Request) throws(ReplyError) {
        let record = try setToRead(request)
        reply.array(request.count - 2)
        for index in 2..<request.count where !reply.hasOverflowed {
            guard let record else {
                reply.integer(0)
                continue
            }
            reply.integer(store.isMember(request[index], of: record) ? 1 : 0)
        }
    }

    /// SCARD key
    mutating func scard(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try setToRead(request) else { return reply.integer(0) }
        reply.integer(store.memberCount(record))
    }

    /// SMEMBERS key
    mutating func smembers(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try setToRead(request) else { return reply.set(0) }
        replyMembers(record)
    }

    /// Replies all members as a set.
    mutating func replyMembers(_ record: Slot) {
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        reply.set(store.memberCount(record))
        var members = SetMembers(record, store)
        while let member = members.next(store) { replyMember(member) }
    }

    /// SSCAN key cursor [MATCH pattern] [COUNT count]
    ///
    /// A packed set is returned whole.
    mutating func sscan(_ request: borrowing Request) throws(ReplyError) {
        var cursor = try ScanOptions.cursor(request, 2)
        guard let record = try setToRead(request) else { return openScan(next: 0, elements: 0) }
        let options = try ScanOptions(request, from: 3, allowsType: false)
        var found = Vector<SetMember>()
        var digits = ByteBuffer()
        if store[record].kind == .tableSet {
            var elements = Vector<Slot>()
            cursor = store.scanElements(of: record, from: cursor, atLeast: options.count, into: &elements)
            for index in 0..<elements.count where options.matches(store.element(elements[index]).name, request) {
                found.append(store.member(elements[index]))
            }
        } else {
            cursor = 0
            var members = SetMembers(record, store)
            while let member = members.next(store) {
                member.render(into: &digits)
                if options.matches(store.name(of: member, digits), request) { found.append(member) }
            }
        }
        openScan(next: cursor, elements: found.count)
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        for index in 0..<found.count { replyMember(found[index]) }
    }

    // MARK: Changing

    /// SADD key member [member ...]
    mutating func sadd(_ request: borrowing Request) throws(ReplyError) {
        let limit = settings.integerSet
        var place: Place
        if let old = try setToChange(request) {
            place = old
        } else {
            var bytes = 0
            for index in 2..<request.count { bytes += request[index].byteCount }
            place = store.createSet(
                database, request[1], request.hash, first: request[2], members: request.count - 2, bytes: bytes)
        }
        var added = 0
        for index in 2..<request.count where store.addMember(&place, database, request[index], limit) { added += 1 }
        store.use(place.record)
        if added > 0 { store.changed(.sadd, database, request[1]) }
        reply.integer(added)
    }

    /// SREM key member [member ...]
    mutating func srem(_ request: borrowing Request) throws(ReplyError) {
        guard var place = try setToChange(request) else { return reply.integer(0) }
        var removed = 0
        var isEmpty = false
        for index in 2..<request.count where !isEmpty && store.removeMember(&place, database, request[index]) {
            removed += 1
            isEmpty = store.isEmptySet(place.record)
        }
        store.use(place.record)
        if removed > 0 { store.changed(.srem, database, request[1]) }
        if isEmpty { removeKey(place, request[1]) }
        reply.integer(removed)
    }

    /// Removes a set that has lost its last member.
    private mutating func removeKey(_ place: Place, _ key: RawSpan) {
        store.remove(place, database)
        store.changed(.del, database, key)
    }

    /// SMOVE source destination member
    mutating func smove(_ request: borrowing Request) throws(ReplyError) {
        let (source, destination, member) = (request[1], request[2], request[3])
        let newHash = store.hash(destination)
        let exists = store.lookup(database, source, request.hash) != nil
        let target = store.lookup(database, destination, newHash)
        // Looked up again: if the other key has just expired, this one may have moved to another bucket.
        guard exists, var place = try requireSet(store.find(database, source, request.hash)) else {
            return reply.integer(0)
        }
        _ = try requireSet(target)
        if source.isEqual(to: destination) { return reply.integer(store.isMember(member, of: place.record) ? 1 : 0) }
        guard store.removeMember(&place, database, member) else { return reply.integer(0) }
        store.use(place.record)
        store.changed(.srem, database, source)
        if store.isEmptySet(place.record) { removeKey(place, source) }
        // Looked up again: a removal may have moved it to another bucket.
        var goal = store.find(database, destination, newHash)
            ?? store.createSet(database, destination, newHash, first: member, members: 1, bytes: member.byteCount)
        let isNew = store.addMember(&goal, database, member, settings.integerSet)
        store.use(goal.record)
        if isNew { store.changed(.sadd, database, destination) }
        reply.integer(1)
    }
}
