/// Changing strings.
extension Store {
    /// Makes a key hold a string, whatever it held. The caller notes the change.
    /// - Parameters:
    ///   - place: where the key is now; nil if it is free.
    ///   - deadline: Unix milliseconds; nil for none. One that has passed removes the key, as in Redis.
    @inline(__always)
    mutating func setString(
        _ place: Place?, _ database: Int, _ key: RawSpan, _ hash: UInt64, _ value: RawSpan, deadline: Int64?
    ) {
        guard let place else {
            let record = create(.string, database, key, hash, payload: value.byteCount, deadline: deadline)
            return heap.write(value, record, heap[record].payloadOffset)
        }
        if heap[place.record].kind != .string {
            let record = replace(
                place, with: .string, database, key, hash, payload: value.byteCount, deadline: deadline)
            return heap.write(value, record, heap[record].payloadOffset)
        }
        let record = reshape(place, database, payload: value.byteCount, deadline: deadline)
        heap.write(value, record, heap[record].payloadOffset)
        heap.setFlags(record, deadline == nil ? [] : .expires)
        use(record)
    }

    /// Makes a key hold what the scratch buffer holds; a string that is there keeps its deadline.
    /// - Parameters:
    ///   - place: the string that is there; nil if the key is free.
    ///   - flags: of the record, `expires` aside.
    @inline(__always)
    mutating func setStringToScratch(
        _ place: Place?, _ database: Int, _ key: RawSpan, _ hash: UInt64, _ flags: RecordFlags
    ) {
        let length = scratch.count
        let record: Slot
        if let place {
            record = reshape(place, database, payload: length, deadline: deadline(place.record))
        } else {
            record = create(.string, database, key, hash, payload: length, deadline: nil)
        }
        heap.write(scratch, record, heap[record].payloadOffset)
        heap.setFlags(record, heap[record].expires ? flags.union(.expires) : flags)
    }

    /// Overwrites a string from `offset` on, lengthening it with zero bytes where it is shorter. Redis calls such a
    /// string `raw` from then on.
    /// - Returns: its length.
    mutating func overwriteString(_ place: Place, _ database: Int, at offset: Int, _ bytes: RawSpan) -> Int {
        let old = heap[place.record].length
        let length = max(old, offset + bytes.byteCount)
        let record = reshape(place, database, payload: length, deadline: deadline(place.record))
        let payload = heap[record].payloadOffset
        if offset > old { heap.clear(record, from: payload + old, offset - old) }
        heap.write(bytes, record, payload + offset)
        heap.setFlags(record, heap[record].expires ? [.expires, .edited] : .edited)
        return length
    }
}
