/// Whole values as effects: what becomes of a key that got another one's value, or the result of an operation.
extension Execution {
    /// Propagates all there is to say of a plain key: what it holds and its deadline, or that there is no such key.
    /// O(length of the value).
    mutating func propagateValue(_ database: Int, _ key: RawSpan, _ hash: UInt64) {
        guard let place = store.find(database, key, hash) else { return propagation.append(database, "DEL", key) }
        let record = place.record
        let kind = store[record].kind
        switch kind {
        case .string:
            return propagation.appendString(
                database, key, store[record].payload, deadline: store.deadline(record))
        case .packedHash, .tableHash:
            propagation.append(database, "DEL", key)
            propagateFields(of: record, database, key)
        case .packedSet, .tableSet:
            propagation.append(database, "DEL", key)
            propagateMembers(of: record, database, key)
        case .packedSortedSet, .treeSortedSet:
            propagation.append(database, "DEL", key)
            propagateScores(of: record, database, key)
        case .session, .predecessor, .tombstone: preconditionFailure("a plain key finds a plain record")
        }
        if let deadline = store.deadline(record) { propagation.appendDeadline(database, key, deadline) }
    }

    private mutating func propagateFields(of record: Slot, _ database: Int, _ key: RawSpan) {
        if store[record].kind == .tableHash {
            var elements = Vector<Slot>()
            store.elements(of: record, into: &elements)
            for index in 0..<elements.count {
                propagation.words.append(
                    store.element(elements[index]).name, store.element(elements[index]).value)
                if propagation.words.isFull { propagation.appendWords(database, "HSET", key) }
            }
        } else {
            var fields = PackedFields(store[record].payload)
            while let field = fields.next() {
                propagation.words.append(fields.name(field), fields.value(field))
                if propagation.words.isFull { propagation.appendWords(database, "HSET", key) }
            }
        }
        propagation.appendWords(database, "HSET", key)
    }

    private mutating func propagateMembers(of record: Slot, _ database: Int, _ key: RawSpan) {
        var digits = ByteBuffer()
        var members = SetMembers(record, store)
        while let member = members.next(store) {
            member.render(into: &digits)
            propagation.words.append(store.name(of: member, digits))
            if propagation.words.isFull { propagation.appendWords(database, "SADD", key) }
        }
        propagation.appendWords(database, "SADD", key)
    }

    private mutating func propagateScores(of record: Slot, _ database: Int, _ key: RawSpan) {
        var digits = ByteBuffer()
        var entries = Vector<SortedSetEntry>()
        var range = SortedSetRange(
            record, from: 0, count: store.scoreCount(record), isReverse: false, store)
        while range.next(store, into: &entries) {
            for index in 0..<entries.count {
                digits.removeAll()
                DoubleText.write(entries[index].score, to: &digits)
                propagation.words.append(digits.bytes, store.member(of: entries[index]))
                if propagation.words.isFull { propagation.appendWords(database, "ZADD", key) }
            }
        }
        propagation.appendWords(database, "ZADD", key)
    }
}
