/// Commands that change hashes.
extension Execution {
    /// The live hash under the request's key; nil if there is nothing.
    @inline(__always)
    private mutating func hashToChange(_ request: borrowing Request) throws(ReplyError) -> Place? {
        guard let place = store.lookup(database, request[1], request.hash) else { return nil }
        switch store[place.record].kind {
        case .packedHash, .tableHash: return place
        case .string, .packedSet, .tableSet, .packedSortedSet, .treeSortedSet, .session, .predecessor, .tombstone:
            throw .wrongType
        }
    }

    /// HSET key field value [field value ...]
    mutating func hset(_ request: borrowing Request) throws(ReplyError) {
        reply.integer(try setFields(request))
    }

    /// HMSET key field value [field value ...]
    mutating func hmset(_ request: borrowing Request) throws(ReplyError) {
        _ = try setFields(request)
        reply.ok()
    }

    /// - Returns: how many fields are new.
    private mutating func setFields(_ request: borrowing Request) throws(ReplyError) -> Int {
        guard request.count % 2 == 0 else { throw wrongArity(request) }
        let limits = settings.hash
        var place: Place
        if let old = try hashToChange(request) {
            place = old
        } else {
            var bytes = 0
            for index in stride(from: 2, to: request.count, by: 2) {
                bytes += PackedFields.size(request[index].byteCount, request[index + 1].byteCount)
            }
            place = store.createHash(
                database, request[1], request.hash, fields: request.count / 2 - 1, bytes: bytes, limits)
        }
        var new = 0
        for index in stride(from: 2, to: request.count, by: 2)
        where store.setField(&place, database, request[index], request[index + 1], limits) {
            new += 1
        }
        store.use(place.record)
        store.changed(.hset, database, request[1])
        return new
    }

    @inline(never)
    private func wrongArity(_ request: borrowing Request) -> ReplyError {
        .wrongArity(command: request[0].text.lowercased())
    }

    /// Sets one field of a hash that may not exist yet, and notes that as `event`.
    private mutating func setField(
        _ found: Place?, _ request: borrowing Request, _ value: RawSpan, _ event: KeyEvent
    ) {
        let limits = settings.hash
        let name = request[2]
        var place = found ?? store.createHash(
            database, request[1], request.hash, fields: 1,
            bytes: PackedFields.size(name.byteCount, value.byteCount), limits)
        _ = store.setField(&place, database, name, value, limits)
        store.use(place.record)
        store.changed(event, database, request[1])
    }

    /// HSETNX key field value
    mutating func hsetnx(_ request: borrowing Request) throws(ReplyError) {
        let place = try hashToChange(request)
        if let place {
            let none = ByteBuffer()
            let old = store.value(of: request[2], in: place.record, none)
            if old != nil { return reply.integer(0) }
        }
        setField(place, request, request[3], .hset)
        reply.integer(1)
    }

    /// HDEL key field [field ...]
    mutating func hdel(_ request: borrowing Request) throws(ReplyError) {
        guard var place = try hashToChange(request) else { return reply.integer(0) }
        var removed = 0
        for index in 2..<request.count where store.removeField(&place, database, request[index]) {
            removed += 1
            if store.isEmptyHash(place.record) {
                store.remove(place, database)
                store.changed(.hdel, database, request[1])
                store.changed(.del, database, request[1])
                return reply.integer(removed)
            }
        }
        store.use(place.record)
        if removed > 0 { store.changed(.hdel, database, request[1]) }
        reply.integer(removed)
    }

    /// HINCRBY key field increment
    mutating func hincrby(_ request: borrowing Request) throws(ReplyError) {
        let increment = try request.integer(3)
        let place = try hashToChange(request)
        var old: Int64 = 0
        if let place {
            let none = ByteBuffer()
            if let value = store.value(of: request[2], in: place.record, none) {
                guard let number = parseInteger(value) else { throw .hashValueNotAnInteger }
                old = number
            }
        }
        let (sum, overflow) = old.addingReportingOverflow(increment)
        if overflow { throw .overflow }
        var digits = ByteBuffer()
        digits.appendDecimal(sum)
        setField(place, request, digits.bytes, .hincrby)
        reply.integer(sum)
    }

    /// HINCRBYFLOAT key field increment
    mutating func hincrbyfloat(_ request: borrowing Request) throws(ReplyError) {
        guard let increment = LongDouble(request[3]) else { throw .notAFloat }
        if increment.isInfinite { throw .infiniteIncrement }
        let place = try hashToChange(request)
        var old = LongDouble()
        if let place {
            let none = ByteBuffer()
            if let value = store.value(of: request[2], in: place.record, none) {
                guard let number = LongDouble(value) else { throw .hashValueNotAFloat }
                old = number
            }
        }
        guard let sum = old.adding(increment), !sum.isInfinite else { throw .nanOrInfinity }
        var digits = ByteBuffer()
        sum.write(to: &digits)
        setField(place, request, digits.bytes, .hincrbyfloat)
        reply.bulk(digits)
    }
}
