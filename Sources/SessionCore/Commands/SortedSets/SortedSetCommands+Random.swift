/// ZRANDMEMBER.
extension Execution {
    /// ZRANDMEMBER key [count [WITHSCORES]]
    mutating func zrandmember(_ request: borrowing Request) throws(ReplyError) {
        if request.count == 2 {
            guard let record = try sortedSetToRead(request) else { return reply.null() }
            return replyRandomMembers(record, 1, withScores: false)
        }
        let options = try RandomCount(request, "withscores")
        let (count, withScores) = (options.count, options.isPaired)
        guard let record = try sortedSetToRead(request), count != 0 else { return reply.array(0) }
        if count < 0 {
            openMembers(Int(-count), withScores: withScores)
            replyRandomMembers(record, -count, withScores: withScores)
        } else {
            replyDistinctMembers(record, count, withScores: withScores)
        }
    }

    /// Replies `count` members, each drawn from all.
    private mutating func replyRandomMembers(_ record: Slot, _ count: Int64, withScores: Bool) {
        // Nobody would see them, and there may be as many as a 64-bit number can say.
        if reply.isMuted { return }
        var entries = Vector<SortedSetEntry>()
        var scratch = Vector<Slot>()
        let isPacked = store[record].kind == .packedSortedSet
        if isPacked { store.entries(of: record, into: &entries) }
        for _ in 0..<count {
            if reply.hasOverflowed { return }
            let entry = isPacked
                ? entries[Int(random.next() % UInt64(entries.count))]
                : store.entry(randomElement(record, &scratch))
            replyMember(entry, withScore: withScores)
        }
    }

    /// Replies `count` different members, or all if there are not more.
    private mutating func replyDistinctMembers(_ record: Slot, _ count: Int64, withScores: Bool) {
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        let size = store.scoreCount(record)
        let wanted = Int(min(count, Int64(size)))
        openMembers(wanted, withScores: withScores)
        if store[record].kind == .treeSortedSet {
            var chosen = Vector<Slot>()
            choose(wanted, of: size, record, into: &chosen)
            for index in 0..<wanted { replyMember(store.entry(chosen[index]), withScore: withScores) }
            return
        }
        var entries = Vector<SortedSetEntry>()
        store.entries(of: record, into: &entries)
        var sample = Sample(of: size, wanted)
        for index in 0..<size where sample.takesNext(&random) {
            replyMember(entries[index], withScore: withScores)
        }
    }
}
