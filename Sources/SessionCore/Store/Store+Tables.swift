/// Tables of records, and their elements.
extension Store {
    /// Frees the elements and buckets of a record's table, and the tree of a sorted set. O(elements).
    mutating func destroyTable(_ record: Slot) {
        if heap[record].kind == .treeSortedSet {
            var tree = heap[record].scoreTree
            tree.destroy(&heap)
        }
        var table = heap[record].table
        free(&table)
    }

    /// Frees a table with its elements. O(elements).
    mutating func free(_ table: inout BucketTable) {
        var cursor: UInt64 = 0
        var elements = Vector<Slot>()
        repeat {
            elements.removeAll()
            cursor = table.scan(cursor, heap, into: &elements)
            for index in 0..<elements.count { heap.free(elements[index]) }
        } while cursor != 0
        table.destroy(&heap)
    }
}

/// Elements of a table.
extension Store {
    /// Appends all elements of a record's table. O(elements).
    func elements(of record: Slot, into elements: inout Vector<Slot>) {
        let table = heap[record].table
        var cursor: UInt64 = 0
        repeat { cursor = table.scan(cursor, heap, into: &elements) } while cursor != 0
    }

    /// The element of this name in the table of a record; nil if there is none. O(1).
    @inline(__always)
    func findElement(_ record: Slot, _ name: RawSpan, _ nameHash: UInt64) -> Place? {
        findElement(in: heap[record].table, name, nameHash)
    }

    /// The element of this name; nil if there is none. O(1).
    func findElement(in table: BucketTable, _ name: RawSpan, _ nameHash: UInt64) -> Place? {
        var probe = table.probe(nameHash, heap)
        while true {
            let element = probe.next(heap)
            if element == .none { return nil }
            if heap.element(element).name.isEqual(to: name) { return Place(record: element, position: probe.position) }
        }
    }

    /// An element whose name and value are yet to be written.
    mutating func allocateElement(name: Int, value: Int) -> Slot {
        let element = heap.allocate(TableHash.name + name + value)
        heap.store(UInt32(name), element, TableHash.nameLength)
        heap.store(UInt32(value), element, TableHash.valueLength)
        return element
    }

    /// Sets a field of a table hash, or adds a member (its value is empty) to a table set.
    /// - Returns: whether it is new.
    mutating func setElement(_ record: Slot, _ name: RawSpan, _ value: RawSpan) -> Bool {
        let nameHash = hash(name)
        let old = findElement(record, name, nameHash)
        let valueOffset = TableHash.name + name.byteCount
        if let old, Heap.roundedSize(valueOffset + value.byteCount) == heap.capacity(of: old.record) {
            heap.store(UInt32(value.byteCount), old.record, TableHash.valueLength)
            heap.write(value, old.record, valueOffset)
            return false
        }
        let element = allocateElement(name: name.byteCount, value: value.byteCount)
        heap.write(name, element, TableHash.name)
        heap.write(value, element, valueOffset)
        if let old {
            heap[record].table.replace(old.position, with: element, &heap)
            heap.free(old.record)
            return false
        }
        var table = heap[record].table
        insert(element, nameHash, into: &table)
        heap.setTable(record, table)
        return true
    }

    /// Adds an element whose name is in no other one of the table. Amortised O(1).
    mutating func insert(_ element: Slot, into table: inout BucketTable) {
        insert(element, hash(heap.element(element).name), into: &table)
    }

    /// As above, with the hash of its name.
    mutating func insert(_ element: Slot, _ nameHash: UInt64, into table: inout BucketTable) {
        let keyHash = hash
        table.insert(element, nameHash, &heap) { keyHash($0.element($1).name) }
    }

    /// Makes a packed record one with a table. The record may move; `place` follows it.
    mutating func adopt(_ table: BucketTable, as kind: RecordKind, _ place: inout Place, _ database: Int) {
        let record = reshape(place, database, payload: TableHash.payloadBytes, deadline: deadline(place.record))
        heap.store(kind.rawValue, record, RecordLayout.kind)
        heap.setTable(record, table)
        place.record = record
    }

    /// Removes and frees the element of this name.
    /// - Returns: whether there was one.
    mutating func removeElement(_ record: Slot, _ name: RawSpan) -> Bool {
        guard let found = findElement(record, name, hash(name)) else { return false }
        let keyHash = hash
        var table = heap[record].table
        table.remove(found.position, &heap) { keyHash($0.element($1).name) }
        heap.setTable(record, table)
        heap.free(found.record)
        return true
    }
}
