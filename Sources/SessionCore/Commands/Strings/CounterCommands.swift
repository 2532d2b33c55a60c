/// Commands that treat a string as a number.
extension Execution {
    /// INCR key
    mutating func incr(_ request: borrowing Request) throws(ReplyError) { try increment(request, by: 1) }

    /// DECR key
    mutating func decr(_ request: borrowing Request) throws(ReplyError) { try increment(request, by: -1) }

    /// INCRBY key increment
    mutating func incrby(_ request: borrowing Request) throws(ReplyError) {
        try increment(request, by: request.integer(2))
    }

    /// DECRBY key decrement
    mutating func decrby(_ request: borrowing Request) throws(ReplyError) {
        let decrement = try request.integer(2)
        if decrement == .min { throw .decrementOverflow }
        try increment(request, by: -decrement)
    }

    @inline(__always)
    private mutating func increment(_ request: borrowing Request, by increment: Int64) throws(ReplyError) {
        let place = try stringToChange(request)
        var old: Int64 = 0
        if let place {
            guard let value = parseInteger(store.heap.payload(place.record)) else { throw .notAnInteger }
            old = value
        }
        let (value, overflow) = old.addingReportingOverflow(increment)
        if overflow { throw .overflow }
        store.scratch.removeAll()
        store.scratch.appendDecimal(value)
        replaceWithScratch(place, request, [])
        store.changed(.incrby, database, request[1])
        reply.integer(value)
    }

    /// INCRBYFLOAT key increment
    mutating func incrbyfloat(_ request: borrowing Request) throws(ReplyError) {
        let place = try stringToChange(request)
        var old = LongDouble()
        if let place {
            guard let value = LongDouble(store.heap.payload(place.record)) else { throw .notAFloat }
            old = value
        }
        guard let increment = LongDouble(request[2]) else { throw .notAFloat }
        guard let sum = old.adding(increment), !sum.isInfinite else { throw .nanOrInfinity }
        store.scratch.removeAll()
        sum.write(to: &store.scratch)
        replaceWithScratch(place, request, .text)
        store.changed(.incrbyfloat, database, request[1])
        reply.bulk(store.scratch)
    }

    /// Makes the key at word 1 hold what the store's scratch buffer holds; it keeps its deadline.
    @inline(__always)
    private mutating func replaceWithScratch(_ place: Place?, _ request: borrowing Request, _ flags: RecordFlags) {
        let length = store.scratch.count
        let record: Slot
        if let place {
            record = store.reshape(place, database, payload: length, deadline: store.deadline(place.record))
        } else {
            record = store.create(.string, database, request[1], request.hash, payload: length, deadline: nil)
        }
        store.heap.write(store.scratch, record, store.heap.payloadOffset(record))
        store.heap.setFlags(record, store.heap.expires(record) ? flags.union(.expires) : flags)
    }
}
