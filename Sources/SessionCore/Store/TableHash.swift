/// A hash too large to be packed: the record's payload is the header of a table (`BucketTable`, 24 bytes) whose
/// elements are blocks of their own.
///
///     element  [ nameLength : UInt32 | valueLength : UInt32 | name | value ]
enum TableHash {
    static let nameLength = 0
    static let valueLength = 4
    static let name = 8
    static let payloadBytes = MemoryLayout<BucketTable>.size
}

extension Heap {
    /// The header of a table hash's table.
    func table(_ record: Slot) -> BucketTable { load(record, payloadOffset(record), as: BucketTable.self) }

    mutating func setTable(_ record: Slot, _ table: BucketTable) { store(table, record, payloadOffset(record)) }

    @_lifetime(immortal)
    func elementName(_ element: Slot) -> RawSpan {
        bytes(element, TableHash.name, Int(load(element, TableHash.nameLength, as: UInt32.self)))
    }

    @_lifetime(immortal)
    func elementValue(_ element: Slot) -> RawSpan {
        bytes(
            element, TableHash.name + Int(load(element, TableHash.nameLength, as: UInt32.self)),
            Int(load(element, TableHash.valueLength, as: UInt32.self)))
    }
}

extension Store {
    /// Frees the elements and buckets of a table hash. O(fields).
    mutating func destroyTable(_ record: Slot) {
        var table = heap.table(record)
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
