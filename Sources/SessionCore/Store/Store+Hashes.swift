/// Up to which size Redis keeps a hash in a listpack (`hash-max-listpack-entries`, `hash-max-listpack-value`).
struct HashLimits: BitwiseCopyable {
    /// Fields.
    var entries: Int
    /// Bytes of the longest name or value.
    var value: Int
}

/// Fields of hashes, packed or in a table.
///
/// A hash is packed while it has few fields (`HashLimits.entries`) and few bytes (`Limits.packedHash`), then gets a
/// table and keeps it. Packed fields stand in the order in which they were added. A hash is never empty: removing its
/// last field removes the record.
extension Store {
    // MARK: Reading

    /// Fields of a hash or, with its metadata, of a session.
    func fieldCount(_ record: Slot) -> Int {
        switch heap[record].kind {
        case .tableHash: Int(heap[record].table.count)
        case .session: SessionFields.metadataCount(heap[record].session, now: now) + heap[record].session.fieldCount
        default: PackedFields(heap[record].payload).count
        }
    }

    /// The packed fields of a record that is no table: a hash's own, or those that `render` has written for a session.
    @inline(__always)
    @_lifetime(borrow rendered)
    func packedFields(_ record: borrowing Slot, _ rendered: borrowing ByteBuffer) -> PackedFields {
        heap[record].kind == .session ? PackedFields(rendered.bytes) : heap[record].packedFields
    }

    /// Writes the fields under which a session appears as a hash; does nothing for other records.
    @inline(__always)
    func render(_ record: Slot, into buffer: inout ByteBuffer) {
        if heap[record].kind == .session { SessionFields.render(heap[record].session, now: now, into: &buffer) }
    }

    /// The value of a field; nil if there is no such field.
    /// - Parameter rendered: what `render` wrote for this record.
    @inline(__always)
    @_lifetime(borrow rendered)
    func value(of name: RawSpan, in record: borrowing Slot, _ rendered: borrowing ByteBuffer) -> RawSpan? {
        if heap[record].kind == .tableHash {
            guard let element = findElement(record, name, hash(name)) else { return nil }
            return heap[record].element(element.record).value
        }
        let fields = packedFields(record, rendered)
        guard let field = fields.find(name) else { return nil }
        return fields.value(field)
    }

    // MARK: Changing

    /// A new hash under a key that has none, with room for fields that are to follow at once.
    /// - Parameters:
    ///   - fields: how many are to follow, at most, and one at least.
    ///   - bytes: what they take when packed, at most.
    mutating func createHash(
        _ database: Int, _ key: RawSpan, _ keyHash: UInt64, fields: Int, bytes: Int, _ limits: HashLimits
    ) -> Place {
        precondition(fields > 0, "a hash is never empty")
        let isPacked = fields <= limits.entries && bytes <= Limits.packedHash
        let record = create(
            isPacked ? .packedHash : .tableHash, database, key, keyHash,
            payload: isPacked ? bytes : TableHash.payloadBytes, deadline: nil)
        if isPacked { heap.setLength(record, 0) } else { heap.setTable(record, BucketTable()) }
        guard let place = find(database, key, keyHash) else { preconditionFailure("a new record is not found") }
        return place
    }

    /// Sets a field. The record may move; `place` follows it.
    /// - Returns: whether the field is new.
    mutating func setField(
        _ place: inout Place, _ database: Int, _ name: RawSpan, _ value: RawSpan, _ limits: HashLimits
    ) -> Bool {
        if heap[place.record].kind == .packedHash {
            if max(name.byteCount, value.byteCount) > limits.value {
                heap.setFlags(place.record, heap[place.record].flags.union(.edited))
            }
            if let isNew = setPacked(&place, database, name, value, limits) { return isNew }
            unpack(&place, database)
        }
        return setElement(place.record, name, value)
    }

    /// Removes a field. The record may move; `place` follows it.
    /// - Returns: whether there was such a field.
    mutating func removeField(_ place: inout Place, _ database: Int, _ name: RawSpan) -> Bool {
        if heap[place.record].kind == .tableHash { return removeElement(place.record, name) }
        guard let field = PackedFields(heap[place.record].payload).find(name) else { return false }
        splice(&place, database, at: field.start, field.end - field.start, to: 0)
        return true
    }

    /// Whether the last field is gone.
    func isEmptyHash(_ record: Slot) -> Bool {
        heap[record].kind == .tableHash ? heap[record].table.count == 0 : heap[record].length == 0
    }
}

/// Packed fields.
extension Store {
    /// Sets a field of a packed hash.
    /// - Returns: whether it is new; nil, with nothing changed, if the hash would be too large.
    private mutating func setPacked(
        _ place: inout Place, _ database: Int, _ name: RawSpan, _ value: RawSpan, _ limits: HashLimits
    ) -> Bool? {
        let length = heap[place.record].length
        let size = PackedFields.size(name.byteCount, value.byteCount)
        guard let field = PackedFields(heap[place.record].payload).find(name) else {
            guard length + size <= Limits.packedHash, hasRoom(place.record, limits) else { return nil }
            splice(&place, database, at: length, 0, to: size)
            writeField(place.record, heap[place.record].payloadOffset + length, name, value)
            return true
        }
        if field.valueLength != value.byteCount {
            let oldSize = field.end - field.start
            guard length - oldSize + size <= Limits.packedHash else { return nil }
            splice(&place, database, at: field.start, oldSize, to: size)
            writeField(place.record, heap[place.record].payloadOffset + field.start, name, value)
        } else {
            heap.write(value, place.record, heap[place.record].payloadOffset + field.valueOffset)
        }
        return false
    }

    /// Whether a packed hash may have one more field. A field takes at least two bytes, so that small hashes need not
    /// be counted.
    private func hasRoom(_ record: Slot, _ limits: HashLimits) -> Bool {
        heap[record].length / 2 < limits.entries || PackedFields(heap[record].payload).count < limits.entries
    }

    private mutating func writeField(_ record: Slot, _ offset: Int, _ name: RawSpan, _ value: RawSpan) {
        let nameOffset = heap.storeLength(name.byteCount, record, offset)
        heap.write(name, record, nameOffset)
        let valueOffset = heap.storeLength(value.byteCount, record, nameOffset + name.byteCount)
        heap.write(value, record, valueOffset)
    }

    /// Turns a packed hash into a table hash. O(fields).
    @inline(never)
    private mutating func unpack(_ place: inout Place, _ database: Int) {
        let old = place.record
        var table = BucketTable()
        var position = 0
        // Each field is read anew: allocating must not happen while a span into the heap is held.
        while let field = packedField(old, at: position) {
            let start = heap[old].payloadOffset
            let element = allocateElement(name: field.nameLength, value: field.valueLength)
            heap.copy(from: old, start + field.nameOffset, to: element, TableHash.name, field.nameLength)
            heap.copy(
                from: old, start + field.valueOffset, to: element, TableHash.name + field.nameLength, field.valueLength)
            insert(element, into: &table)
            position = field.end
        }
        adopt(table, as: .tableHash, &place, database)
    }

    /// The packed field that starts at `position`; nil at the end.
    private func packedField(_ record: Slot, at position: Int) -> PackedFields.Field? {
        var fields = PackedFields(heap[record].payload, at: position)
        return fields.next()
    }
}
