/// Commands on parts of a string: lengths, slices, edits in place.
extension Execution {
    /// STRLEN key
    mutating func strlen(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.read(database, request[1], request.hash) else { return reply.integer(0) }
        var rendered = ByteBuffer()
        store[place.record].renderString(into: &rendered)
        guard let value = store[place.record].stringLike(rendered) else { throw .wrongType }
        reply.integer(value.byteCount)
    }

    /// GETRANGE key start end, and SUBSTR: the same by its old name
    mutating func getrange(_ request: borrowing Request) throws(ReplyError) {
        let start = try request.integer(2)
        let end = try request.integer(3)
        guard let place = store.read(database, request[1], request.hash) else { return reply.bulk("") }
        var rendered = ByteBuffer()
        store[place.record].renderString(into: &rendered)
        guard let value = store[place.record].stringLike(rendered) else { throw .wrongType }
        guard let range = Execution.byteRange(start, end, count: value.byteCount) else { return reply.bulk("") }
        reply.bulk(value.slice(range.lowerBound, range.count))
    }

    /// The bytes that two inclusive positions name, of which negative ones count from the end; nil if there are none.
    private static func byteRange(_ start: Int64, _ end: Int64, count: Int) -> Range<Int>? {
        // Redis: both beyond the front in the wrong order is empty, though each alone would be cut to the front.
        if start < 0 && end < 0 && start > end { return nil }
        let first = start < 0 ? max(start + Int64(count), 0) : start
        let last = min(end < 0 ? max(end + Int64(count), 0) : end, Int64(count) - 1)
        return first <= last ? Int(first)..<(Int(last) + 1) : nil
    }

    /// APPEND key value
    mutating func append(_ request: borrowing Request) throws(ReplyError) {
        let extra = request[2]
        guard let place = try stringToChange(request) else {
            setString(nil, request[1], request.hash, extra, deadline: nil)
            store.changed(.append, database, request[1])
            return reply.integer(extra.byteCount)
        }
        let length = store[place.record].length
        try checkLength(length, plus: extra.byteCount)
        reply.integer(store.overwriteString(place, database, at: length, extra))
        store.changed(.append, database, request[1])
    }

    /// SETRANGE key offset value
    mutating func setrange(_ request: borrowing Request) throws(ReplyError) {
        let offset = try request.integer(2)
        if offset < 0 { throw .offsetOutOfRange }
        let bytes = request[3]
        var place = try stringToChange(request)
        if bytes.byteCount == 0 { return reply.integer(place.map { store[$0.record].length } ?? 0) }
        try checkLength(Int(offset), plus: bytes.byteCount)
        if place == nil {
            setString(nil, request[1], request.hash, RawSpan(), deadline: nil)
            place = store.find(database, request[1], request.hash)
        }
        guard let place else { preconditionFailure("a new record is not found") }
        reply.integer(store.overwriteString(place, database, at: Int(offset), bytes))
        store.changed(.setrange, database, request[1])
    }

    /// Refuses strings longer than Redis allows (`proto-max-bulk-len`).
    private func checkLength(_ length: Int, plus extra: Int) throws(ReplyError) {
        let (sum, overflow) = length.addingReportingOverflow(extra)
        if overflow || sum > settings.longestString { throw .stringTooLong }
    }

    /// The string at word 1 of a command that changes it; nil if the key is free.
    @inline(__always)
    mutating func stringToChange(_ request: borrowing Request) throws(ReplyError) -> Place? {
        guard let place = store.lookupToChange(database, request[1], request.hash) else { return nil }
        guard store[place.record].kind == .string else { throw .wrongType }
        return place
    }
}
