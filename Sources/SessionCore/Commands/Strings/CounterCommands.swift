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
            guard let value = parseInteger(store[place.record].payload) else { throw .notAnInteger }
            old = value
        }
        let (value, overflow) = old.addingReportingOverflow(increment)
        if overflow { throw .overflow }
        store.scratch.removeAll()
        store.scratch.appendDecimal(value)
        store.setStringToScratch(place, database, request[1], request.hash, [])
        store.changed(.incrby, database, request[1])
        reply.integer(value)
    }

    /// INCRBYFLOAT key increment
    mutating func incrbyfloat(_ request: borrowing Request) throws(ReplyError) {
        let place = try stringToChange(request)
        var old = LongDouble()
        if let place {
            guard let value = LongDouble(store[place.record].payload) else { throw .notAFloat }
            old = value
        }
        guard let increment = LongDouble(request[2]) else { throw .notAFloat }
        guard let sum = old.adding(increment), !sum.isInfinite else { throw .nanOrInfinity }
        store.scratch.removeAll()
        sum.write(to: &store.scratch)
        store.setStringToScratch(place, database, request[1], request.hash, .text)
        store.changed(.incrbyfloat, database, request[1])
        reply.bulk(store.scratch)
    }
}
