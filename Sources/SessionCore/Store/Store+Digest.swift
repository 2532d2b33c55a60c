/// Fingerprints of the stored data, by content and not by representation: equal on two nodes that hold the same data.
///
/// The order of fields, members and records has no meaning and makes no difference. The same holds for what replication
/// omits on purpose: when a session was last seen, and its deadline below `repl-touch-interval`.
extension Store {
    /// The same on every node, unlike `hash`.
    private static var digestHash: KeyHash { KeyHash(seed: (0x636F_6E74_656E_7421, 0x6469_6765_7374_2121)) }

    /// Of all records that are not due, in all databases. O(data).
    /// - Parameter touchInterval: milliseconds; deadlines of sessions count as rounded up to multiples of it.
    func contentDigest(touchInterval: Int64) -> UInt64 {
        var sum: UInt64 = 0
        visitDigests(touchInterval: touchInterval) { _, _, digest in sum &+= digest }
        return sum
    }

    /// Of each record that is not due, in all databases, with the deadline that counts (Unix milliseconds). O(data).
    func visitDigests(touchInterval: Int64, _ visit: (Slot, Int64?, UInt64) -> Void) {
        var records = Vector<Slot>()
        var head = ByteBuffer()
        for database in 0..<databases.count {
            var cursor: UInt64 = 0
            records.removeAll()
            repeat { cursor = databases[database].records.scan(cursor, heap, into: &records) } while cursor != 0
            for index in 0..<records.count {
                let record = records[index]
                // A predecessor lasts as long as what it leads to, whatever its own deadline says.
                let isPredecessor = heap[record].kind == .predecessor
                let deadline = isPredecessor ? nil : sharedDeadline(record, touchInterval: touchInterval)
                if let deadline, Deadline.hasPassed(deadline, now: now) { continue }
                guard let content = contentDigest(of: record, database, touchInterval: touchInterval) else { continue }
                head.removeAll()
                head.appendRaw(Int32(database))
                head.append(heap[record].kind.hasHandle ? heap[record].kind.rawValue : 0)
                head.appendRaw(deadline ?? 0)
                head.appendRaw(content)
                head.append(heap[record].key)
                visit(record, deadline, Store.digestHash(head.bytes))
            }
        }
    }

    /// The deadline of a record as other nodes know it.
    private func sharedDeadline(_ record: Slot, touchInterval: Int64) -> Int64? {
        heap[record].kind == .session
            ? replicatedDeadline(record, interval: touchInterval) : deadline(record)
    }

    /// Of a record's value alone, without key and deadline; nil for a predecessor that leads nowhere. O(value).
    /// - Parameter touchInterval: as in `contentDigest(touchInterval:)`.
    func contentDigest(of record: Slot, _ database: Int, touchInterval: Int64 = 0) -> UInt64? {
        switch heap[record].kind {
        case .string: return Store.contentDigest(ofString: heap[record].payload)
        case .packedHash: return 2 &+ fieldsDigest(heap[record].payload)
        case .tableHash: return 2 &+ elementsDigest(record)
        case .packedSet, .tableSet: return 3 &+ membersDigest(record)
        case .packedSortedSet, .treeSortedSet: return 4 &+ scoresDigest(record)
        case .session: return sessionDigest(record)
        case .tombstone: return 6 &+ Store.digestHash(heap[record].payload)
        case .predecessor: return predecessorDigest(record, database, touchInterval: touchInterval)
        }
    }

    /// Of a string value.
    static func contentDigest(ofString value: RawSpan) -> UInt64 { 1 &+ digestHash(value) }

    private func fieldsDigest(_ packed: RawSpan) -> UInt64 {
        var sum: UInt64 = 0
        var fields = PackedFields(packed)
        while let field = fields.next() { sum &+= Store.pairDigest(fields.name(field), fields.value(field)) }
        return sum
    }

    private static func pairDigest(_ name: RawSpan, _ value: RawSpan) -> UInt64 {
        var pair = ByteBuffer()
        pair.appendRaw(Int64(name.byteCount))
        pair.append(name)
        pair.append(value)
        return digestHash(pair.bytes)
    }

    private func elementsDigest(_ record: Slot) -> UInt64 {
        var sum: UInt64 = 0
        var elements = Vector<Slot>()
        var cursor: UInt64 = 0
        repeat { cursor = heap[record].table.scan(cursor, heap, into: &elements) } while cursor != 0
        for index in 0..<elements.count {
            sum &+= Store.pairDigest(heap.element(elements[index]).name, heap.element(elements[index]).value)
        }
        return sum
    }

    private func membersDigest(_ record: Slot) -> UInt64 {
        var sum: UInt64 = 0
        var digits = ByteBuffer()
        var members = SetMembers(record, heap)
        while let member = members.next(heap) {
            member.render(into: &digits)
            sum &+= Store.digestHash(heap.name(member, digits))
        }
        return sum
    }

    private func scoresDigest(_ record: Slot) -> UInt64 {
        var sum: UInt64 = 0
        var entry = ByteBuffer()
        var entries = Vector<SortedSetEntry>()
        var range = SortedSetRange(record, from: 0, count: scoreCount(record), isReverse: false, heap)
        while range.next(heap, into: &entries) {
            for index in 0..<entries.count {
                entry.removeAll()
                entry.appendRaw(entries[index].score == 0 ? 0 : entries[index].score)
                entry.append(heap.member(entries[index]))
                sum &+= Store.digestHash(entry.bytes)
            }
        }
        return sum
    }

    private func sessionDigest(_ session: Slot) -> UInt64 {
        let image = heap[session].session.image
        var text = ByteBuffer()
        text.appendRaw(image.created)
        text.appendRaw(image.idle)
        text.appendRaw(image.end)
        text.append(image.effectiveLevel(now: now))
        text.appendRaw(image.levelUntil.map { now < $0 ? $0 : 0 } ?? 0)
        text.appendRaw(heap[session].stamp)
        if let bind = image.bind { bind.append(to: &text) }
        text.append("<")
        if let predecessor = image.predecessor { predecessor.append(to: &text) }
        text.appendRaw(Int32(heap[session].session.user.byteCount))
        text.append(heap[session].session.user)
        text.append(heap[session].session.device)
        return 5 &+ Store.digestHash(text.bytes) &+ fieldsDigest(heap[session].session.fieldBytes)
    }

    /// A chain may have been shortened on one node only, and the predecessor of a session that is over is as good as
    /// gone: only where it leads counts.
    private func predecessorDigest(_ predecessor: Slot, _ database: Int, touchInterval: Int64) -> UInt64? {
        let created = heap[predecessor].predecessor.created
        var record = predecessor
        while heap[record].kind == .predecessor {
            guard heap[record].predecessor.created == created else { return nil }
            let successor = heap.block(record).handle(PredecessorLayout.successor)
            guard let place = find(database, successor, hash(successor)) else { return nil }
            record = place.record
        }
        if let deadline = sharedDeadline(record, touchInterval: touchInterval),
            Deadline.hasPassed(deadline, now: now) { return nil }
        let graceUntil = heap.load(predecessor, PredecessorLayout.graceUntil, as: Int64.self)
        var text = ByteBuffer()
        heap[record].handle.append(to: &text)
        text.appendRaw(graceUntil > now ? graceUntil : 0)
        text.appendRaw(created)
        return 7 &+ Store.digestHash(text.bytes)
    }
}
