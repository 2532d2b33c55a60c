/// Editing payloads in which one thing is packed behind the other: fields of hashes, members of sets.
extension Store {
    /// Makes `old` bytes of the payload from `offset` on `new` bytes long; what they hold is undefined then. Bytes
    /// behind them move.
    mutating func splice(_ place: inout Place, _ database: Int, at offset: Int, _ old: Int, to new: Int) {
        let length = heap[place.record].length
        if new > old { resize(&place, database, length + new - old) }
        let start = heap[place.record].payloadOffset + offset
        heap.copy(from: place.record, start + old, to: place.record, start + new, length - offset - old)
        if new < old { resize(&place, database, length + new - old) }
    }

    /// Changes the length of the payload. A block that is large enough is kept when growing: `createHash` and
    /// `createSet` make it so.
    mutating func resize(_ place: inout Place, _ database: Int, _ length: Int) {
        let record = place.record
        if length > heap[record].length && heap[record].payloadOffset + length <= heap.capacity(of: record) {
            heap.setLength(record, length)
        } else {
            place.record = reshape(place, database, payload: length, deadline: deadline(record))
        }
    }
}

extension Heap {
    /// Writes a length as LEB128, in as many bytes as `PackedFields.lengthBytes` says.
    /// - Returns: the offset behind it.
    @inline(__always)
    mutating func storeLength(_ length: Int, _ block: Slot, _ offset: Int) -> Int {
        var rest = length
        var offset = offset
        while rest >= 0x80 {
            store(UInt8(truncatingIfNeeded: rest) | 0x80, block, offset)
            rest >>= 7
            offset += 1
        }
        store(UInt8(rest), block, offset)
        return offset + 1
    }
}
