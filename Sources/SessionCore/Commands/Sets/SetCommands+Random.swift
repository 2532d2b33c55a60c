/// SRANDMEMBER and SPOP.
extension Execution {
    /// SRANDMEMBER key [count]
    mutating func srandmember(_ request: borrowing Request) throws(ReplyError) {
        if request.count == 2 {
            guard let record = try setToRead(request) else { return reply.null() }
            return replyMember(store.randomMember(record, &random))
        }
        let count = try RandomCount(request).count
        guard let record = try setToRead(request), count != 0 else { return reply.array(0) }
        if count < 0 { return replyRandom(record, -count) }
        let wanted = Int(min(count, Int64(store.memberCount(record))))
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        reply.array(wanted)
        if store[record].kind == .tableSet {
            replyElements(record, wanted)
        } else {
            var sample = Sample(of: store.memberCount(record), wanted)
            var members = SetMembers(record, store)
            while let member = members.next(store) {
                if sample.takesNext(&random) { replyMember(member) }
            }
        }
    }

    /// Replies `count` members, each drawn from all.
    private mutating func replyRandom(_ record: Slot, _ count: Int64) {
        reply.array(Int(count))
        // Nobody would see them, and there may be as many as a 64-bit number can say.
        if reply.isMuted { return }
        var packed = Vector<SetMember>()
        if store[record].kind == .packedSet {
            var members = SetMembers(record, store)
            while let member = members.next(store) { packed.append(member) }
        }
        var scratch = Vector<Slot>()
        for _ in 0..<count {
            if packed.isEmpty {
                replyMember(store.member(randomElement(record, &scratch)))
            } else {
                replyMember(packed[Int(random.next() % UInt64(packed.count))])
            }
            if reply.hasOverflowed { return }
        }
    }

    /// Replies different elements of a table set, and all of them if `wanted` says so.
    private mutating func replyElements(_ record: Slot, _ wanted: Int) {
        var chosen = Vector<Slot>()
        choose(wanted, of: store.memberCount(record), record, into: &chosen)
        for index in 0..<wanted { reply.bulk(store.element(chosen[index]).name) }
    }

    // MARK: SPOP

    /// SPOP key [count]
    mutating func spop(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 2 { return try popSeveral(request) }
        guard var place = try setToChange(request) else { return reply.null() }
        let member = store.randomMember(place.record, &random)
        replyMember(member)
        noteRemoved(member)
        var digits = ByteBuffer()
        member.render(into: &digits)
        _ = store.removeMember(&place, database, store.name(of: member, digits))
        finishPop(place, request)
    }

    private mutating func popSeveral(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 3 { throw .syntax }
        guard let count = parseInteger(request[2]), count >= 0 else { throw .notPositive }
        guard var place = try setToChange(request), count != 0 else { return reply.set(0) }
        let size = store.memberCount(place.record)
        if count >= size {
            replyMembers(place.record)
            store.changed(.spop, database, request[1])
            store.remove(place, database)
            store.changed(.del, database, request[1])
            return
        }
        let wanted = Int(count)
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        reply.set(wanted)
        if store[place.record].kind == .tableSet {
            popElements(place.record, wanted)
        } else {
            popPacked(&place, wanted, of: size)
        }
        // As Redis does: it builds the set anew from what is left, if that is little.
        if (size - wanted).multipliedReportingOverflow(by: 5).partialValue <= wanted {
            store.restoreIntegers(&place, database, settings.integerSet)
        }
        finishPop(place, request)
    }

    private mutating func popElements(_ record: Slot, _ wanted: Int) {
        var chosen = Vector<Slot>()
        choose(wanted, of: store.memberCount(record), record, into: &chosen)
        for index in 0..<wanted {
            reply.bulk(store.element(chosen[index]).name)
            noteRemoved(store.element(chosen[index]).name)
            _ = store.removeElement(record, store.element(chosen[index]).name)
        }
    }

    /// Packs the members that are left anew.
    private mutating func popPacked(_ place: inout Place, _ wanted: Int, of size: Int) {
        let record = place.record
        let isInteger = store[record].isIntegerSet
        var sample = Sample(of: size, wanted)
        var members = SetMembers(record, store)
        var integers: [Int64] = []
        var packed = ByteBuffer()
        while let member = members.next(store) {
            if sample.takesNext(&random) {
                replyMember(member)
                noteRemoved(member)
            } else if isInteger {
                integers.append(member.integer)
            } else {
                PackedMembers.append(store.bytes(of: member), to: &packed)
            }
        }
        if isInteger { packed = PackedIntegers.pack(integers) }
        store.setPayload(&place, database, packed)
    }

    private mutating func finishPop(_ place: Place, _ request: borrowing Request) {
        store.changed(.spop, database, request[1])
        if store.isEmptySet(place.record) {
            store.remove(place, database)
            store.changed(.del, database, request[1])
        } else {
            store.use(place.record)
        }
    }
}
