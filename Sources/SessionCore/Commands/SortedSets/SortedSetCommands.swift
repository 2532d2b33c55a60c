/// Commands that read sorted sets. Semantics: https://redis.io/docs/latest/commands/?group=sorted-set
extension Execution {
    /// The live sorted set under the key at word `index`; nil if there is nothing.
    @inline(__always)
    mutating func sortedSetToRead(_ request: borrowing Request, _ index: Int = 1) throws(ReplyError) -> Slot? {
        guard let place = store.read(database, request[index], keyHash(request, index)) else { return nil }
        if !store[place.record].kind.isSortedSet { throw .wrongType }
        return place.record
    }

    /// The live sorted set under the request's key, to be changed; nil if there is nothing.
    @inline(__always)
    mutating func sortedSetToChange(_ request: borrowing Request, _ index: Int = 1) throws(ReplyError) -> Place? {
        guard let place = store.lookupToChange(database, request[index], keyHash(request, index)) else { return nil }
        if !store[place.record].kind.isSortedSet { throw .wrongType }
        return place
    }

    /// Replies with a score: a double, a bulk string in RESP2.
    @inline(__always)
    mutating func replyScore(_ score: Double) { reply.score(score, &store.scratch) }

    /// Replies with a member and, if wanted, its score: an array of both in RESP3, one after the other in RESP2.
    @inline(__always)
    mutating func replyMember(_ entry: SortedSetEntry, withScore: Bool) {
        if withScore && reply.isRESP3 { reply.array(2) }
        reply.bulk(store.member(of: entry))
        if withScore { replyScore(entry.score) }
    }

    /// Opens a reply of `count` members with or without their scores.
    @inline(__always)
    mutating func openMembers(_ count: Int, withScores: Bool) {
        reply.array(withScores && !reply.isRESP3 ? count * 2 : count)
    }

    /// ZCARD key
    mutating func zcard(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try sortedSetToRead(request) else { return reply.integer(0) }
        reply.integer(store.scoreCount(record))
    }

    /// ZSCORE key member
    mutating func zscore(_ request: borrowing Request) throws(ReplyError) {
        guard let record = try sortedSetToRead(request) else { return reply.null() }
        guard let score = store.score(of: request[2], in: record) else { return reply.null() }
        replyScore(score)
    }

    /// ZMSCORE key member [member ...]
    mutating func zmscore(_ request: borrowing Request) throws(ReplyError) {
        let record = try sortedSetToRead(request)
        reply.array(request.count - 2)
        for index in 2..<request.count where !reply.hasOverflowed {
            if let record, let score = store.score(of: request[index], in: record) {
                replyScore(score)
            } else {
                reply.null()
            }
        }
    }

    /// ZRANK key member, and ZREVRANK: counted from the highest score
    mutating func zrank(_ request: borrowing Request, isReverse: Bool) throws(ReplyError) {
        guard let record = try sortedSetToRead(request) else { return reply.null() }
        guard let rank = store.rank(of: request[2], in: record) else { return reply.null() }
        reply.integer(isReverse ? store.scoreCount(record) - 1 - rank : rank)
    }

    /// ZCOUNT key min max
    mutating func zcount(_ request: borrowing Request) throws(ReplyError) {
        let range = try scoreRange(request, 2, 3)
        guard let record = try sortedSetToRead(request) else { return reply.integer(0) }
        reply.integer(store.ranks(range, in: record).count)
    }

    /// ZLEXCOUNT key min max
    mutating func zlexcount(_ request: borrowing Request) throws(ReplyError) {
        guard let minimum = MemberBound(request[2]), let maximum = MemberBound(request[3]) else {
            throw .notAMemberRange
        }
        guard let record = try sortedSetToRead(request) else { return reply.integer(0) }
        reply.integer(store.ranks(minimum, maximum, in: record).count)
    }

    /// The scores between the words at two indices.
    func scoreRange(_ request: borrowing Request, _ low: Int, _ high: Int) throws(ReplyError) -> ScoreRange {
        guard let minimum = ScoreBound(request[low]), let maximum = ScoreBound(request[high]) else {
            throw .notAScoreRange
        }
        return ScoreRange(minimum: minimum, maximum: maximum)
    }

    /// ZSCAN key cursor [MATCH pattern] [COUNT count]
    ///
    /// A packed set is returned whole.
    mutating func zscan(_ request: borrowing Request) throws(ReplyError) {
        var cursor = try ScanOptions.cursor(request, 2)
        guard let record = try sortedSetToRead(request) else { return openScan(next: 0, elements: 0) }
        let options = try ScanOptions(request, from: 3, allowsType: false)
        var entries = Vector<SortedSetEntry>()
        if store[record].kind == .packedSortedSet {
            cursor = 0
            store.entries(of: record, into: &entries)
        } else {
            var found = Vector<Slot>()
            cursor = store.scanElements(of: record, from: cursor, atLeast: options.count, into: &found)
            for index in 0..<found.count { entries.append(store.entry(found[index])) }
        }
        var matching = 0
        for index in 0..<entries.count where options.matches(store.member(of: entries[index]), request) {
            entries[matching] = entries[index]
            matching += 1
        }
        openScan(next: cursor, elements: matching * 2)
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        let isListpack = !store[record].flags.contains(.edited)
        for index in 0..<matching {
            reply.bulk(store.member(of: entries[index]))
            replyStoredScore(entries[index].score, isListpack: isListpack)
        }
    }
}

extension Execution {
    /// Replies with a score as a bulk string, in RESP3 too, and as Redis keeps it: a listpack holds integers of up to
    /// 2^62 with all their digits.
    private mutating func replyStoredScore(_ score: Double, isListpack: Bool) {
        if isListpack, score.magnitude <= 0x1p62, let integer = Int64(exactly: score) {
            return reply.bulkInteger(integer)
        }
        store.scratch.removeAll()
        DoubleText.write(score, to: &store.scratch)
        reply.bulk(store.scratch)
    }
}

extension Store {
    /// Appends all members of a sorted set, in order. O(members).
    func entries(of record: Slot, into entries: inout Vector<SortedSetEntry>) {
        var range = SortedSetRange(record, from: 0, count: scoreCount(record), isReverse: false, heap)
        var portion = Vector<SortedSetEntry>()
        while range.next(heap, into: &portion) {
            for index in 0..<portion.count { entries.append(portion[index]) }
        }
    }
}
