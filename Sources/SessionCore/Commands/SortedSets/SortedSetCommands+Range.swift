/// ZRANGE, ZRANGESTORE and the commands that ZRANGE has replaced.
extension Execution {
    /// ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]
    mutating func zrange(_ request: borrowing Request) throws(ReplyError) {
        try replyRange(request, RangeOptions(request, key: 1))
    }

    /// ZREVRANGE key start stop [WITHSCORES]
    mutating func zrevrange(_ request: borrowing Request) throws(ReplyError) {
        try replyRange(request, RangeOptions(request, key: 1, by: .rank, isReverse: true))
    }

    /// ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count], and ZREVRANGEBYSCORE key max min …
    mutating func zrangebyscore(_ request: borrowing Request, isReverse: Bool) throws(ReplyError) {
        try replyRange(request, RangeOptions(request, key: 1, by: .score, isReverse: isReverse))
    }

    /// ZRANGEBYLEX key min max [LIMIT offset count], and ZREVRANGEBYLEX key max min …
    mutating func zrangebylex(_ request: borrowing Request, isReverse: Bool) throws(ReplyError) {
        try replyRange(request, RangeOptions(request, key: 1, by: .member, isReverse: isReverse))
    }

    private mutating func replyRange(_ request: borrowing Request, _ options: RangeOptions) throws(ReplyError) {
        guard var range = try findRange(request, options) else { return reply.array(0) }
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        let withScores = options.withScores
        openMembers(range.count, withScores: withScores)
        var entries = Vector<SortedSetEntry>()
        swap(&entries, &store.entries)
        while range.next(store, into: &entries) {
            for index in 0..<entries.count { replyMember(entries[index], withScore: withScores) }
        }
        swap(&entries, &store.entries)
    }

    /// ZRANGESTORE destination source min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]
    mutating func zrangestore(_ request: borrowing Request) throws(ReplyError) {
        var found = Vector<SortedSetEntry>()
        let options = try RangeOptions(request, key: 2)
        if var range = try findRange(request, options) {
            var portion = Vector<SortedSetEntry>()
            while range.next(store, into: &portion) {
                for index in 0..<portion.count { found.append(portion[index]) }
            }
        }
        dropMinusZeros(&found, isCounted: options.order == .rank)
        found.sortByScore(store)
        try storeSortedSet(request, &found, .zrangestore)
    }

    /// Redis stores what a range names one by one, in a listpack as long as it fits, and listpacks have no minus zero.
    /// - Parameter isCounted: it knows before the first one how many there are.
    private func dropMinusZeros(_ found: inout Vector<SortedSetEntry>, isCounted: Bool) {
        let limits = settings.sortedSet
        if isCounted && found.count > limits.entries { return }
        for index in 0..<found.count {
            if index >= limits.entries || Int(found[index].length) > limits.value { return }
            if found[index].score == 0 { found[index].score = 0 }
        }
    }

    /// Makes members, in order, the value of the request's key, in place of whatever it holds, and replies how many;
    /// without any the key is deleted.
    mutating func storeSortedSet(
        _ request: borrowing Request, _ entries: inout Vector<SortedSetEntry>, _ event: KeyEvent
    ) throws(ReplyError) {
        if entries.count > 0 {
            if !store.hasRoom(for: entries) { throw .outOfMemory }
            store.replaceSortedSet(database, request[1], request.hash, &entries, settings.sortedSet)
            store.changed(event, database, request[1])
        } else if let old = store.lookup(database, request[1], request.hash) {
            store.remove(old, database)
            store.changed(.del, database, request[1])
        }
        reply.integer(entries.count)
    }

    /// The members that a request asks for; nil if there is no such set.
    private mutating func findRange(
        _ request: borrowing Request, _ options: RangeOptions
    ) throws(ReplyError) -> SortedSetRange? {
        let (low, high) = (options.low, options.high)
        var ranks: RankRange
        let record: Slot
        switch options.order {
        case .rank:
            let (start, stop) = (try request.integer(low), try request.integer(high))
            guard let found = try sortedSetToRead(request, options.key) else { return nil }
            record = found
            let size = store.scoreCount(record)
            ranks = RankRange(start: start, stop: stop, size: size)
            if options.isReverse { ranks = ranks.reversed(of: size) }
        case .score:
            let bounds = try scoreRange(request, low, high)
            guard let found = try sortedSetToRead(request, options.key) else { return nil }
            record = found
            ranks = store.ranks(bounds, in: record)
                .limited(offset: options.offset, count: options.limit, isReverse: options.isReverse)
        case .member:
            guard let minimum = MemberBound(request[low]), let maximum = MemberBound(request[high]) else {
                throw .notAMemberRange
            }
            guard let found = try sortedSetToRead(request, options.key) else { return nil }
            record = found
            ranks = store.ranks(minimum, maximum, in: record, offset: options.offset, isReverse: options.isReverse)
                .limited(offset: 0, count: options.limit, isReverse: options.isReverse)
        }
        return SortedSetRange(
            record, from: options.isReverse ? ranks.first + ranks.count - 1 : ranks.first, count: ranks.count,
            isReverse: options.isReverse, store)
    }
}

/// What the words of a range command ask for, checked for conflicts.
private struct RangeOptions {
    enum Order { case rank, score, member }

    /// The word with the key of the set; the ends of the range follow it.
    let key: Int
    private(set) var order = Order.rank
    private(set) var isReverse: Bool
    private(set) var withScores = false
    private(set) var offset: Int64 = 0
    /// Negative for all.
    private(set) var limit: Int64 = -1

    /// The words with the lower and the upper end: where scores and members are read in reverse, the upper end comes
    /// first.
    var low: Int { isReverse && order != .rank ? key + 2 : key + 1 }
    var high: Int { isReverse && order != .rank ? key + 1 : key + 2 }

    /// - Parameters:
    ///   - key: the word with the key. Behind word 1 it is the source of what is stored, always with scores.
    ///   - order, isReverse: what the command says; nil where options may say it.
    init(
        _ request: borrowing Request, key: Int, by order: Order? = nil, isReverse: Bool? = nil
    ) throws(ReplyError) {
        self.key = key
        self.isReverse = isReverse ?? false
        var (chosen, isReversed) = (order, isReverse)
        var index = key + 3
        while index < request.count {
            let word = request[index]
            if key == 1, word.matches("withscores") {
                withScores = true
            } else if word.matches("limit"), index + 2 < request.count {
                offset = try request.integer(index + 1)
                limit = try request.integer(index + 2)
                index += 2
            } else if isReversed == nil, word.matches("rev") {
                isReversed = true
            } else if chosen == nil, word.matches("bylex") {
                chosen = .member
            } else if chosen == nil, word.matches("byscore") {
                chosen = .score
            } else {
                throw .syntax
            }
            index += 1
        }
        self.order = chosen ?? .rank
        self.isReverse = isReversed ?? false
        if limit != -1 && self.order == .rank { throw .limitNeedsRange }
        if withScores && self.order == .member { throw .scoresOfMemberRange }
    }
}
