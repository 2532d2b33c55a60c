/// Commands that walk through the keys of a database. None of them changes anything: records that are due are passed
/// over, and left to the wheel.
extension Execution {
    /// SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]
    mutating func scan(_ request: borrowing Request) throws(ReplyError) {
        var cursor = try ScanOptions.cursor(request, 1)
        let options = try ScanOptions(request, from: 2, allowsType: true)
        var found = Vector<Slot>()
        swap(&found, &store.found)
        found.removeAll()
        // As in Redis, a sparse table does not hold the node up: after so many buckets what is found will do.
        var buckets = options.count.multipliedReportingOverflow(by: 10).overflow ? .max : options.count * 10
        repeat {
            cursor = store.scan(database, cursor, into: &found)
            buckets -= 1
        } while cursor != 0 && buckets >= 0 && found.count < options.count
        keep(&found) { record, name in
            options.matches(name, request) && options.matchesType(record, request)
        }
        reply.array(2)
        reply.bulkInteger(Int64(bitPattern: cursor))
        replyNames(found)
        swap(&found, &store.found)
    }

    /// KEYS pattern
    mutating func keys(_ request: borrowing Request) throws(ReplyError) {
        var found = Vector<Slot>()
        swap(&found, &store.found)
        found.removeAll()
        var cursor: UInt64 = 0
        repeat {
            cursor = store.scan(database, cursor, into: &found)
        } while cursor != 0
        let options = ScanOptions(request, pattern: 1)
        keep(&found) { _, name in options.matches(name, request) }
        replyNames(found)
        // A list of all keys is too much to keep for the next scan.
        if found.capacity > 4096 { found = Vector() }
        swap(&found, &store.found)
    }

    /// Keeps of the records found those that are not due and pass a test of their kind and name.
    @inline(__always)
    private func keep(_ found: inout Vector<Slot>, where isWanted: (RecordView, RawSpan) -> Bool) {
        var rendered = ByteBuffer()
        var kept = 0
        for index in 0..<found.count {
            let record = found[index]
            if store.isDue(record) { continue }
            store[record].renderName(into: &rendered)
            if !isWanted(store[record], store[record].name(rendered)) { continue }
            found[kept] = record
            kept += 1
        }
        found.truncate(to: kept)
    }

    private mutating func replyNames(_ found: borrowing Vector<Slot>) {
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        var rendered = ByteBuffer()
        reply.array(found.count)
        for index in 0..<found.count {
            store[found[index]].renderName(into: &rendered)
            reply.bulk(store[found[index]].name(rendered))
        }
    }

    /// Opens the reply of SCAN and its relatives: where the scan goes on, and how many elements follow.
    mutating func openScan(next cursor: UInt64, elements: Int) {
        reply.array(2)
        reply.bulkInteger(Int64(bitPattern: cursor))
        reply.array(elements)
    }

    /// RANDOMKEY
    mutating func randomkey(_ request: borrowing Request) throws(ReplyError) {
        // A replica keeps what is due. As in Redis it does not search for ever where everything may be.
        var tries = 100
        while true {
            let record = store.randomRecord(database, &random)
            if record == .none { return reply.null() }
            tries -= 1
            let isLast = tries <= 0 && store.dueRecords != .expire
                && store.databases[database].expiring == Int(store.databases[database].records.count)
            if isLast || !store.isDue(record) {
                var rendered = ByteBuffer()
                store[record].renderName(into: &rendered)
                return reply.bulk(store[record].name(rendered))
            }
            // Expired here, so that a database full of dead keys is emptied rather than searched for ever.
            store.expire(store.locate(record).place, database)
        }
    }
}

/// The options of SCAN and HSCAN, checked.
struct ScanOptions: ~Copyable {
    /// How many elements to look at, at least.
    private(set) var count = 10
    /// Indices of the words with pattern and type; nil to let all through.
    private var pattern: Int?
    private var type: Int?
    /// The pattern, if it is long.
    private var condensed = ByteBuffer()

    /// All that match the word at `pattern`.
    init(_ request: borrowing Request, pattern: Int) { setPattern(request, pattern) }

    private mutating func setPattern(_ request: borrowing Request, _ index: Int) {
        pattern = request[index].isEqual(to: "*") ? nil : index
        condensed = GlobPattern.isLong(request[index]) ? GlobPattern.condensed(request[index]) : ByteBuffer()
    }

    /// Reads the words from `index` on.
    init(_ request: borrowing Request, from index: Int, allowsType: Bool) throws(ReplyError) {
        var index = index
        while index < request.count {
            guard index + 1 < request.count else { throw .syntax }
            if request[index].matches("count") {
                let count = try request.integer(index + 1)
                guard count >= 1 else { throw .syntax }
                self.count = Int(count)
            } else if request[index].matches("match") {
                setPattern(request, index + 1)
            } else if request[index].matches("type"), allowsType {
                type = index + 1
            } else {
                throw .syntax
            }
            index += 2
        }
    }

    @inline(__always)
    func matches(_ name: RawSpan, _ request: borrowing Request) -> Bool {
        guard let pattern else { return true }
        if !condensed.isEmpty { return GlobPattern.matches(condensed.bytes, name) }
        return GlobPattern.matches(request[pattern], name)
    }

    /// A type that there is not lets nothing through.
    @inline(__always)
    func matchesType(_ record: RecordView, _ request: borrowing Request) -> Bool {
        guard let type else { return true }
        return request[type].matches(record.typeName)
    }

    /// The cursor at a word.
    static func cursor(_ request: borrowing Request, _ index: Int) throws(ReplyError) -> UInt64 {
        guard let cursor = cursor(request[index]) else { throw .invalidCursor }
        return cursor
    }

    /// A cursor as C's `strtoul` reads it, which is how Redis does: digits after an optional sign, nothing for 0. Nil
    /// for anything else, and on overflow.
    static func cursor(_ text: RawSpan) -> UInt64? {
        if text.byteCount == 0 { return 0 }
        let isNegative = text[0] == UInt8(ascii: "-")
        let start = isNegative || text[0] == UInt8(ascii: "+") ? 1 : 0
        guard start < text.byteCount else { return nil }
        var value: UInt64 = 0
        for index in start..<text.byteCount {
            let digit = text[index] &- 48
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            if digit > 9 || overflow || carry { return nil }
            value = sum
        }
        return isNegative ? 0 &- value : value
    }
}
