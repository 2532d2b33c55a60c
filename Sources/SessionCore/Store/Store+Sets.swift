/// Members of sets: packed, or in a table.
///
/// A set whose members are all integers is kept as `PackedIntegers` while it has few of them
/// (`set-max-intset-entries`), another one as `PackedMembers` while it is small (`Limits.packedMembers`,
/// `Limits.packedSet`); a larger one gets a table and keeps it. A set that is no longer one of integers does not become
/// one again, as in Redis (but see `restoreIntegers`). A set is never empty: removing its last member removes the
/// record.
extension Store {
    // MARK: Reading

    /// Members of a set. O(1), but O(members) for packed ones that are no integers.
    func memberCount(_ record: Slot) -> Int {
        if heap[record].kind == .tableSet { return Int(heap[record].table.count) }
        if heap[record].isIntegerSet { return PackedIntegers(heap[record].payload).count }
        return PackedMembers(heap[record].payload).count
    }

    /// Whether a set has this member.
    @inline(__always)
    func isMember(_ name: RawSpan, of record: Slot) -> Bool {
        isMember(name, heap[record].kind == .tableSet ? hash(name) : 0, of: record)
    }

    /// As above, with the hash of the member, which only tables need.
    @inline(__always)
    func isMember(_ name: RawSpan, _ nameHash: UInt64, of record: Slot) -> Bool {
        if heap[record].kind == .tableSet { return findElement(record, name, nameHash) != nil }
        if !heap[record].isIntegerSet { return PackedMembers(heap[record].payload).find(name) != nil }
        guard let value = parseInteger(name) else { return false }
        return PackedIntegers(heap[record].payload).firstIndex(of: value) != nil
    }

    /// A member chosen at random, all with the same probability (in a table as `BucketTable.randomRecord` has it).
    mutating func randomMember(_ record: Slot, _ random: inout SplitMix64) -> SetMember {
        if heap[record].kind == .tableSet {
            let element = heap[record].table.randomRecord(heap, into: &found) { random.next() }
            return heap.member(element)
        }
        var left = UInt64(memberCount(record)).multipliedFullWidth(by: random.next()).high
        if heap[record].isIntegerSet { return SetMember(PackedIntegers(heap[record].payload)[Int(left)]) }
        var members = SetMembers(record, heap)
        while let member = members.next(heap) {
            if left == 0 { return member }
            left -= 1
        }
        preconditionFailure("a set without members")
    }

    // MARK: Changing

    /// A new set under a key that has none, with room for members that are to follow at once.
    /// - Parameters:
    ///   - first: the first of them.
    ///   - members, bytes: how many are to follow, and their lengths added up, both at most.
    mutating func createSet(
        _ database: Int, _ key: RawSpan, _ keyHash: UInt64, first: RawSpan, members: Int, bytes: Int
    ) -> Place {
        precondition(members > 0, "a set is never empty")
        let record: Slot
        if let integer = parseInteger(first) {
            let shift = PackedIntegers.shift(for: integer)
            let room = PackedIntegers.offset(min(members, Limits.packedMembers), shift)
            record = create(.packedSet, database, key, keyHash, payload: room, deadline: nil)
            heap.setLength(record, PackedIntegers.start)
            heap.store(UInt8(shift), record, heap[record].payloadOffset)
        } else {
            // Their lengths take one byte each, but for those of members that are longer than that can say.
            let room = bytes + members + bytes / 64
            let isPacked = members <= Limits.packedMembers && room <= Limits.packedSet
            record = create(
                isPacked ? .packedSet : .tableSet, database, key, keyHash,
                payload: isPacked ? room : TableHash.payloadBytes, deadline: nil)
            if isPacked { heap.setLength(record, 0) } else { heap.setTable(record, BucketTable()) }
            heap.setFlags(record, heap[record].flags.union(.edited))
        }
        guard let place = find(database, key, keyHash) else { preconditionFailure("a new record is not found") }
        return place
    }

    /// Adds a member. The record may move; `place` follows it.
    /// - Parameter limit: members up to which a set is kept as integers.
    /// - Returns: whether the member is new.
    mutating func addMember(_ place: inout Place, _ database: Int, _ name: RawSpan, _ limit: Int) -> Bool {
        if heap[place.record].isIntegerSet {
            if let value = parseInteger(name), let isNew = addInteger(&place, database, value, limit) { return isNew }
            leaveIntegers(&place, database)
        }
        if heap[place.record].kind == .packedSet {
            if let isNew = addPacked(&place, database, name) { return isNew }
            unpackSet(&place, database)
        }
        return setElement(place.record, name, RawSpan())
    }

    /// Removes a member. The record may move; `place` follows it.
    /// - Returns: whether there was such a member.
    mutating func removeMember(_ place: inout Place, _ database: Int, _ name: RawSpan) -> Bool {
        let record = place.record
        if heap[record].kind == .tableSet { return removeElement(record, name) }
        if heap[record].isIntegerSet {
            guard let value = parseInteger(name) else { return false }
            let integers = PackedIntegers(heap[record].payload)
            guard let index = integers.firstIndex(of: value) else { return false }
            let shift = integers.shift
            splice(&place, database, at: PackedIntegers.offset(index, shift), 1 << shift, to: 0)
        } else {
            guard let member = PackedMembers(heap[record].payload).find(name) else { return false }
            splice(&place, database, at: member.start, member.end - member.start, to: 0)
        }
        return true
    }

    /// Whether the last member is gone.
    func isEmptySet(_ record: Slot) -> Bool {
        if heap[record].kind == .tableSet { return heap[record].table.count == 0 }
        return heap[record].length == (heap[record].isIntegerSet ? PackedIntegers.start : 0)
    }

    /// Gives a packed set another payload.
    mutating func setPayload(_ place: inout Place, _ database: Int, _ payload: borrowing ByteBuffer) {
        place.record = reshape(place, database, payload: payload.count, deadline: deadline(place.record))
        heap.write(payload, place.record, heap[place.record].payloadOffset)
    }

    /// Makes a set of few integers that is kept otherwise a set of integers again: Redis does so where `SPOP` leaves a
    /// fifth of what it takes or less.
    mutating func restoreIntegers(_ place: inout Place, _ database: Int, _ limit: Int) {
        guard !heap[place.record].isIntegerSet, memberCount(place.record) <= limit else { return }
        var values: [Int64] = []
        var members = SetMembers(place.record, heap)
        while let member = members.next(heap) {
            guard let value = parseInteger(heap.bytes(member.block, member.offset, member.length)) else { return }
            values.append(value)
        }
        values.sort()
        if heap[place.record].kind == .tableSet { destroyTable(place.record) }
        setPayload(&place, database, PackedIntegers.pack(values))
        heap.store(RecordKind.packedSet.rawValue, place.record, RecordLayout.kind)
        heap.setFlags(place.record, heap[place.record].flags.subtracting(.edited))
    }
}

/// From one form to the next.
extension Store {
    /// Adds to a set of integers.
    /// - Returns: whether `value` is new; nil, with nothing changed, if there would be too many.
    private mutating func addInteger(
        _ place: inout Place, _ database: Int, _ value: Int64, _ limit: Int
    ) -> Bool? {
        let integers = PackedIntegers(heap[place.record].payload)
        let (shift, count, index) = (integers.shift, integers.count, integers.lowerBound(value))
        if index < count && integers[index] == value { return false }
        if count >= limit { return nil }
        let wanted = PackedIntegers.shift(for: value)
        if wanted > shift {
            widen(&place, database, from: shift, to: wanted, adding: value)
        } else {
            splice(&place, database, at: PackedIntegers.offset(index, shift), 0, to: 1 << shift)
            let offset = heap[place.record].payloadOffset + PackedIntegers.offset(index, shift)
            heap.storeInteger(value, place.record, offset, shift: shift)
        }
        return true
    }

    /// Gives all integers a new width, which only `value` needs: so it is the least or the greatest of them.
    private mutating func widen(
        _ place: inout Place, _ database: Int, from old: Int, to new: Int, adding value: Int64
    ) {
        let count = PackedIntegers(heap[place.record].payload).count
        resize(&place, database, PackedIntegers.offset(count + 1, new))
        let (record, start) = (place.record, heap[place.record].payloadOffset)
        let oldBytes = PackedIntegers.offset(count, old)
        // The last one first: each goes to where only those were that have moved already.
        for index in (0..<count).reversed() {
            let integer = PackedIntegers(heap.bytes(record, start, oldBytes))[index]
            let place = PackedIntegers.offset(value < 0 ? index + 1 : index, new)
            heap.storeInteger(integer, record, start + place, shift: new)
        }
        heap.storeInteger(value, record, start + PackedIntegers.offset(value < 0 ? 0 : count, new), shift: new)
        heap.store(UInt8(new), record, start)
    }

    /// Turns a set of integers into one of any members. O(members).
    @inline(never)
    private mutating func leaveIntegers(_ place: inout Place, _ database: Int) {
        let record = place.record
        let count = PackedIntegers(heap[record].payload).count
        heap.setFlags(record, heap[record].flags.union(.edited))
        if count <= Limits.packedMembers {
            var packed = ByteBuffer()
            for index in 0..<count { PackedMembers.append(PackedIntegers(heap[record].payload)[index], to: &packed) }
            return setPayload(&place, database, packed)
        }
        var table = BucketTable()
        var digits = ByteBuffer()
        for index in 0..<count {
            digits.removeAll()
            digits.appendDecimal(PackedIntegers(heap[record].payload)[index])
            let element = allocateElement(name: digits.count, value: 0)
            heap.write(digits, element, TableHash.name)
            insert(element, into: &table)
        }
        adopt(table, as: .tableSet, &place, database)
    }

    /// Adds to packed members.
    /// - Returns: whether the member is new; nil, with nothing changed, if the set would be too large.
    private mutating func addPacked(_ place: inout Place, _ database: Int, _ name: RawSpan) -> Bool? {
        if PackedMembers(heap[place.record].payload).find(name) != nil { return false }
        let length = heap[place.record].length
        let size = PackedMembers.size(name.byteCount)
        guard length + size <= Limits.packedSet, hasRoom(place.record) else { return nil }
        splice(&place, database, at: length, 0, to: size)
        let offset = heap.storeLength(name.byteCount, place.record, heap[place.record].payloadOffset + length)
        heap.write(name, place.record, offset)
        return true
    }

    /// Whether packed members may have one more. Each takes at least two bytes, but for an empty one, so that small
    /// sets need not be counted.
    private func hasRoom(_ record: Slot) -> Bool {
        heap[record].length / 2 < Limits.packedMembers - 1
            || PackedMembers(heap[record].payload).count < Limits.packedMembers
    }

    /// Turns a packed set into one with a table. O(members).
    @inline(never)
    private mutating func unpackSet(_ place: inout Place, _ database: Int) {
        var table = BucketTable()
        var members = SetMembers(place.record, heap)
        while let member = members.next(heap) {
            let element = allocateElement(name: member.length, value: 0)
            heap.copy(from: member.block, member.offset, to: element, TableHash.name, member.length)
            insert(element, into: &table)
        }
        adopt(table, as: .tableSet, &place, database)
    }
}
