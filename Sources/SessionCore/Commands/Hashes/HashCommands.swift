/// Commands that read hashes. Semantics: https://redis.io/docs/latest/commands/?group=hash
///
/// A session can be read as a hash under the key `__sess__:<handle>`: see `SessionFields`.
extension Execution {
    /// The live hash, or session read as one, under the request's key; nil if there is nothing.
    @inline(__always)
    mutating func hashToRead(_ request: borrowing Request) throws(ReplyError) -> Slot? {
        guard let place = store.read(database, request[1], request.hash) else { return nil }
        switch store[place.record].kind {
        case .packedHash, .tableHash, .session: return place.record
        case .string, .packedSet, .tableSet, .packedSortedSet, .treeSortedSet, .predecessor, .tombstone:
            throw .wrongType
        }
    }

    /// HGET key field
    mutating func hget(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try hashToRead(request) else { return reply.null() }
        var rendered = ByteBuffer()
        store.render(record, into: &rendered)
        replyValue(of: request[2], in: record, rendered)
    }

    /// HMGET key field [field ...]
    mutating func hmget(_ request: borrowing Request) throws(ReplyError) {
        let record = try hashToRead(request)
        reply.array(request.count - 2)
        guard let record else {
            for _ in 2..<request.count { reply.null() }
            return
        }
        var rendered = ByteBuffer()
        store.render(record, into: &rendered)
        for index in 2..<request.count {
            replyValue(of: request[index], in: record, rendered)
            // A field may be named a million times.
            if reply.hasOverflowed { return }
        }
    }

    @inline(__always)
    private mutating func replyValue(of name: RawSpan, in record: Slot, _ rendered: borrowing ByteBuffer) {
        if let value = store.value(of: name, in: record, rendered) { reply.bulk(value) } else { reply.null() }
    }

    /// HSTRLEN key field
    mutating func hstrlen(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try hashToRead(request) else { return reply.integer(0) }
        var rendered = ByteBuffer()
        store.render(record, into: &rendered)
        let value = store.value(of: request[2], in: record, rendered)
        reply.integer(value?.byteCount ?? 0)
    }

    /// HEXISTS key field
    mutating func hexists(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try hashToRead(request) else { return reply.integer(0) }
        var rendered = ByteBuffer()
        store.render(record, into: &rendered)
        let value = store.value(of: request[2], in: record, rendered)
        reply.integer(value == nil ? 0 : 1)
    }

    /// HLEN key
    mutating func hlen(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try hashToRead(request) else { return reply.integer(0) }
        reply.integer(store.fieldCount(record))
    }

    /// HGETALL key
    mutating func hgetall(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try hashToRead(request) else { return reply.map(0) }
        reply.map(store.fieldCount(record))
        replyFields(record, names: true, values: true)
    }

    /// HKEYS key
    mutating func hkeys(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try hashToRead(request) else { return reply.array(0) }
        reply.array(store.fieldCount(record))
        replyFields(record, names: true, values: false)
    }

    /// HVALS key
    mutating func hvals(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try hashToRead(request) else { return reply.array(0) }
        reply.array(store.fieldCount(record))
        replyFields(record, names: false, values: true)
    }

    /// All names, values or both.
    private mutating func replyFields(_ record: Slot, names: Bool, values: Bool) {
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        if store[record].kind == .tableHash {
            var elements = Vector<Slot>()
            store.elements(of: record, into: &elements)
            for index in 0..<elements.count { replyElement(elements[index], names: names, values: values) }
            return
        }
        var rendered = ByteBuffer()
        store.render(record, into: &rendered)
        var fields = store.packedFields(record, rendered)
        while let field = fields.next() {
            if names { reply.bulk(fields.name(field)) }
            if values { reply.bulk(fields.value(field)) }
        }
    }

    private mutating func replyElement(_ element: Slot, names: Bool, values: Bool) {
        if names { reply.bulk(store.element(element).name) }
        if values { reply.bulk(store.element(element).value) }
    }

    /// HSCAN key cursor [MATCH pattern] [COUNT count]
    ///
    /// A packed hash, and a session, is returned whole.
    mutating func hscan(_ request: borrowing Request) throws(ReplyError) {
        let cursor = try ScanOptions.cursor(request, 2)
        guard let record = try hashToRead(request) else { return openScan(next: 0, elements: 0) }
        let options = try ScanOptions(request, from: 3, allowsType: false)
        var found = Vector<Slot>()
        if store[record].kind == .tableHash {
            let next = store.scanElements(of: record, from: cursor, atLeast: options.count, into: &found)
            replyScan(found, cursor: next, request, options)
        } else {
            replyScan(record, request, options)
        }
    }

    /// Elements of a table that match.
    private mutating func replyScan(
        _ found: borrowing Vector<Slot>, cursor: UInt64, _ request: borrowing Request, _ options: borrowing ScanOptions
    ) {
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        var matching = 0
        for index in 0..<found.count where options.matches(store.element(found[index]).name, request) {
            matching += 1
        }
        openScan(next: cursor, elements: matching * 2)
        for index in 0..<found.count where options.matches(store.element(found[index]).name, request) {
            replyElement(found[index], names: true, values: true)
        }
    }

    /// Packed fields that match.
    private mutating func replyScan(_ record: Slot, _ request: borrowing Request, _ options: borrowing ScanOptions) {
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        var rendered = ByteBuffer()
        store.render(record, into: &rendered)
        var fields = store.packedFields(record, rendered)
        var matching = 0
        while let field = fields.next() {
            if options.matches(fields.name(field), request) { matching += 1 }
        }
        openScan(next: 0, elements: matching * 2)
        fields = store.packedFields(record, rendered)
        while let field = fields.next() {
            guard options.matches(fields.name(field), request) else { continue }
            reply.bulk(fields.name(field))
            reply.bulk(fields.value(field))
        }
    }
}
