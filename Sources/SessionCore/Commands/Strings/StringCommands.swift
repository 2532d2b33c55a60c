/// GET, SET and their relatives. Semantics: https://redis.io/docs/latest/commands/?group=string
extension Execution {
    /// GET key
    @inline(__always)
    mutating func get(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.read(database, request[1], request.hash) else { return reply.null() }
        try replyString(place.record)
    }

    /// SET key value [NX | XX] [GET]
    /// [EX seconds | PX milliseconds | EXAT unix-seconds | PXAT unix-milliseconds | KEEPTTL]
    @inline(__always)
    mutating func set(_ request: borrowing Request) throws(ReplyError) {
        let options = request.count == 3 ? SetOptions() : try SetOptions(request, from: 3, .set)
        let given = try options.deadline(request, now: store.now, command: "set")
        let place = store.lookup(database, request[1], request.hash)
        if options.returnsOld { try replyOld(place, request) }
        if place != nil ? options.condition == .ifMissing : options.condition == .ifExists {
            if let place { store.use(place.record) }
            if !options.returnsOld { reply.null() }
            return
        }
        let kept = options.keepsDeadline ? place.flatMap { store.deadline($0.record) } : nil
        setString(place, request[1], request.hash, request[2], deadline: given ?? kept)
        store.changed(.set, database, request[1])
        if given != nil { store.changed(.expire, database, request[1]) }
        if !options.returnsOld { reply.ok() }
    }

    /// As `Store.setString`, in the selected database.
    @inline(__always)
    mutating func setString(_ place: Place?, _ key: RawSpan, _ hash: UInt64, _ value: RawSpan, deadline: Int64?) {
        store.setString(place, database, key, hash, value, deadline: deadline)
    }

    /// SETEX key seconds value
    mutating func setex(_ request: borrowing Request) throws(ReplyError) { try setExpiring(request, .seconds, "setex") }

    /// PSETEX key milliseconds value
    mutating func psetex(_ request: borrowing Request) throws(ReplyError) {
        try setExpiring(request, .milliseconds, "psetex")
    }

    private mutating func setExpiring(
        _ request: borrowing Request, _ unit: ExpiryUnit, _ command: StaticString
    ) throws(ReplyError) {
        let deadline = try unit.deadline(request[2], now: store.now, command: command)
        let place = store.lookup(database, request[1], request.hash)
        setString(place, request[1], request.hash, request[3], deadline: deadline)
        store.changed(.set, database, request[1])
        store.changed(.expire, database, request[1])
        reply.ok()
    }

    /// SETNX key value
    mutating func setnx(_ request: borrowing Request) throws(ReplyError) {
        if store.lookupToChange(database, request[1], request.hash) != nil { return reply.integer(0) }
        setString(nil, request[1], request.hash, request[2], deadline: nil)
        store.changed(.set, database, request[1])
        reply.integer(1)
    }

    /// GETSET key value
    mutating func getset(_ request: borrowing Request) throws(ReplyError) {
        let place = store.lookup(database, request[1], request.hash)
        try replyOld(place, request)
        setString(place, request[1], request.hash, request[2], deadline: nil)
        store.changed(.set, database, request[1])
    }

    /// GETDEL key
    mutating func getdel(_ request: borrowing Request) throws(ReplyError) {
        let place = store.lookup(database, request[1], request.hash)
        try replyOld(place, request)
        deleted(request[1], request.hash, existed: place != nil)
        guard let place else { return }
        store.remove(place, database)
        store.changed(.del, database, request[1])
    }

    /// GETEX key [EX seconds | PX milliseconds | EXAT unix-seconds | PXAT unix-milliseconds | PERSIST]
    mutating func getex(_ request: borrowing Request) throws(ReplyError) {
        let options = try SetOptions(request, from: 2, .getex)
        guard let place = store.read(database, request[1], request.hash) else { return reply.null() }
        guard store[place.record].kind == .string else { throw .wrongType }
        let deadline = try options.deadline(request, now: store.now, command: "getex")
        reply.bulk(store[place.record].payload)
        if let deadline {
            if store.hasPassed(deadline) {
                store.remove(place, database)
                deleted(request[1], request.hash, existed: true)
                store.changed(.del, database, request[1])
            } else {
                store.setDeadline(place, database, deadline)
                store.changed(.expire, database, request[1])
            }
        } else if options.persists, store[place.record].expires {
            store.setDeadline(place, database, nil)
            store.changed(.persist, database, request[1])
        }
    }

    /// MGET key [key …]
    mutating func mget(_ request: borrowing Request) throws(ReplyError) {
        reply.array(request.count - 1)
        for index in 1..<request.count {
            if let place = store.read(database, request[index], keyHash(request, index)) {
                do throws(ReplyError) { try replyString(place.record) } catch { reply.null() }
            } else {
                reply.null()
            }
            // A key may be named a million times.
            if reply.hasOverflowed { return }
        }
    }

    /// MSET key value [key value …]
    mutating func mset(_ request: borrowing Request) throws(ReplyError) {
        if request.count % 2 == 0 { throw .wrongArity(command: "mset") }
        setPairs(request)
        reply.ok()
    }

    /// MSETNX key value [key value …]
    mutating func msetnx(_ request: borrowing Request) throws(ReplyError) {
        if request.count % 2 == 0 { throw .wrongArity(command: "msetnx") }
        for index in stride(from: 1, to: request.count, by: 2)
        where store.lookup(database, request[index], keyHash(request, index)) != nil {
            return reply.integer(0)
        }
        setPairs(request)
        reply.integer(1)
    }

    private mutating func setPairs(_ request: borrowing Request) {
        for index in stride(from: 1, to: request.count, by: 2) {
            let hash = keyHash(request, index)
            let place = store.lookup(database, request[index], hash)
            setString(place, request[index], hash, request[index + 1], deadline: nil)
            store.changed(.set, database, request[index])
        }
    }
}

/// What the string commands share.
extension Execution {
    /// Replies with the value of a record that reads as a string.
    @inline(__always)
    mutating func replyString(_ record: Slot) throws(ReplyError) {
        guard let value = store[record].string else { return try replyStringLike(record) }
        reply.bulk(value)
    }

    @inline(never)
    private mutating func replyStringLike(_ record: Slot) throws(ReplyError) {
        var rendered = ByteBuffer()
        store[record].renderString(into: &rendered)
        guard let value = store[record].stringLike(rendered) else { throw .wrongType }
        reply.bulk(value)
    }

    /// Replies with the string under word 1 that a command is about to replace or delete; null if there is none.
    private mutating func replyOld(_ place: Place?, _ request: borrowing Request) throws(ReplyError) {
        guard let place else {
            store.missed(database, request[1])
            return reply.null()
        }
        store.statistics.hits &+= 1
        guard let value = store[place.record].string else { throw .wrongType }
        reply.bulk(value)
    }
}

/// Records that read as strings. A predecessor's value is not stored as it reads: `renderString` writes it to a buffer
/// first.
extension RecordView {
    /// Writes the value of a predecessor, the handle it leads to in hexadecimal; does nothing for other records.
    @inline(__always)
    func renderString(into buffer: inout ByteBuffer) {
        guard kind == .predecessor else { return }
        buffer.removeAll()
        predecessor.successor.write(to: &buffer)
    }

    /// What commands for strings read: a string's bytes, a tombstone's reason, or what was rendered for a predecessor.
    /// Nil for anything else.
    @inline(__always)
    @_lifetime(copy self, borrow rendered)
    func stringLike(_ rendered: borrowing ByteBuffer) -> RawSpan? {
        switch kind {
        case .string, .tombstone: return payload
        case .packedHash, .tableHash, .packedSet, .tableSet, .packedSortedSet, .treeSortedSet, .session:
            return nil
        case .predecessor: return rendered.bytes
        }
    }
}
