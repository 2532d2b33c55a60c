/// Records as the generic commands see them: keys with a name and a type, which can be moved and copied.
extension Store {
    /// As `lookup`, and marks the record as used now: for commands that change what is there.
    @inline(__always)
    mutating func lookupToChange(_ database: Int, _ key: RawSpan, _ hash: UInt64) -> Place? {
        guard let place = lookup(database, key, hash) else { return nil }
        use(place.record)
        return place
    }

    /// As `read`, but leaves the time of last use alone: for commands that ask about a key without using its value.
    /// - Parameter announcing: whether a missing key is noted as `keymiss`.
    @inline(__always)
    mutating func peek(_ database: Int, _ key: RawSpan, _ hash: UInt64, announcing: Bool = true) -> Place? {
        guard let place = lookup(database, key, hash) else {
            if announcing { missed(database, key) } else { statistics.misses &+= 1 }
            return nil
        }
        statistics.hits &+= 1
        return place
    }

    /// Makes a free key hold what a plain record holds: value, flags, deadline and time of last use. O(length of the
    /// value).
    mutating func copy(_ source: Slot, to database: Int, _ key: RawSpan, _ hash: UInt64) {
        let copy = duplicate(source, to: database, key, hash)
        if heap[source].kind == .treeSortedSet {
            copySortedSet(source, to: copy)
        } else if heap[source].kind.hasTable {
            heap.setTable(copy, copyTable(heap[source].table))
        }
    }

    /// Gives a plain record another key, in the same database or another one. The key must be free.
    /// - Parameters:
    ///   - key, hash: where the record is now.
    ///   - newKey, newHash: where it goes. A table goes along as it is.
    mutating func move(
        _ database: Int, _ key: RawSpan, _ hash: UInt64, to target: Int, _ newKey: RawSpan, _ newHash: UInt64
    ) {
        guard let source = find(database, key, hash)?.record else { preconditionFailure("the caller has looked it up") }
        _ = duplicate(source, to: target, newKey, newHash)
        // The table has a new owner: it must not be freed with the old one.
        if heap[source].kind.hasTable { heap.setTable(source, BucketTable()) }
        if heap[source].kind == .treeSortedSet { heap.setScoreTree(source, ScoreTree()) }
        // Looked up again: inserting may have moved it to another bucket.
        guard let place = find(database, key, hash) else { preconditionFailure("a record vanished") }
        remove(place, database)
    }

    /// A record of the same content under a free key; of a table, only the header is copied.
    private mutating func duplicate(_ source: Slot, to database: Int, _ key: RawSpan, _ hash: UInt64) -> Slot {
        precondition(!heap[source].kind.hasHandle)
        let length = heap[source].length
        let copy = create(heap[source].kind, database, key, hash, payload: length, deadline: deadline(source))
        heap.copy(from: source, heap[source].payloadOffset, to: copy, heap[copy].payloadOffset, length)
        heap.setFlags(copy, heap[source].flags)
        heap.setStamp(copy, heap[source].stamp)
        return copy
    }

    /// A table of copies of another table's elements. O(elements).
    private mutating func copyTable(_ source: BucketTable) -> BucketTable {
        var table = BucketTable()
        var cursor: UInt64 = 0
        var elements = Vector<Slot>()
        repeat {
            elements.removeAll()
            cursor = source.scan(cursor, heap, into: &elements)
            for index in 0..<elements.count {
                let element = elements[index]
                let view = heap.element(element)
                let length = TableHash.name + view.name.byteCount + view.value.byteCount
                let copy = heap.allocate(length)
                heap.copy(from: element, 0, to: copy, 0, length)
                insert(copy, into: &table)
            }
        } while cursor != 0
        return table
    }
}

extension RecordView {
    /// Writes the name of a record keyed by a handle; does nothing for other records.
    @inline(__always)
    func renderName(into buffer: inout ByteBuffer) {
        guard kind.hasHandle else { return }
        buffer.removeAll()
        SessionKey.write(handle, kind, to: &buffer)
    }

    /// The name under which a record appears as a key: its own, or what was rendered for one keyed by a handle.
    @inline(__always)
    @_lifetime(copy self, borrow rendered)
    func name(_ rendered: borrowing ByteBuffer) -> RawSpan { kind.hasHandle ? rendered.bytes : key }
}
