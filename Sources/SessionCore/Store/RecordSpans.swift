/// The parts of records and elements as spans.
///
/// As with `Heap.bytes`, whose spans these are, each is good until its block is freed or written to, which the compiler
/// does not watch over: no such span is kept in a variable across a call that may allocate, free or expire. O(1).
extension Heap {
    // MARK: Records

    /// The key, or the 16 bytes of the handle.
    @inline(__always)
    @_lifetime(immortal)
    func key(_ record: Slot) -> RawSpan { bytes(record, keyOffset(record), keyLength(record)) }

    @inline(__always)
    @_lifetime(immortal)
    func payload(_ record: Slot) -> RawSpan { bytes(record, payloadOffset(record), length(record)) }

    // MARK: Sessions

    @_lifetime(immortal)
    func sessionUser(_ record: Slot) -> RawSpan {
        bytes(record, sessionOptions(record).userOffset, Int(load(record, SessionLayout.userLength, as: UInt16.self)))
    }

    @_lifetime(immortal)
    func sessionDevice(_ record: Slot) -> RawSpan {
        let userLength = Int(load(record, SessionLayout.userLength, as: UInt16.self))
        return bytes(
            record, sessionOptions(record).userOffset + userLength,
            Int(load(record, SessionLayout.deviceLength, as: UInt16.self)))
    }

    /// The packed fields.
    @_lifetime(immortal)
    func sessionFieldBytes(_ record: Slot) -> RawSpan {
        let start = sessionFieldsOffset(record)
        return bytes(record, start, RecordLayout.handlePayload + length(record) - start)
    }

    @_lifetime(immortal)
    func sessionFields(_ record: Slot) -> PackedFields { PackedFields(sessionFieldBytes(record)) }

    // MARK: Elements

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

    /// The member of an entry.
    @inline(__always)
    @_lifetime(immortal)
    func member(_ entry: SortedSetEntry) -> RawSpan { bytes(entry.block, Int(entry.offset), Int(entry.length)) }
}
