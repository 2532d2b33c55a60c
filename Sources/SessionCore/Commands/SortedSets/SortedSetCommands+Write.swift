/// Commands that change sorted sets.
extension Execution {
    /// ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]
    mutating func zadd(_ request: borrowing Request) throws(ReplyError) {
        var condition: ScoreCondition = []
        var countsChanges = false
        var first = 2
        options: while first < request.count {
            let word = request[first]
            if word.matches("nx") {
                condition.insert(.onlyNew)
            } else if word.matches("xx") {
                condition.insert(.onlyExisting)
            } else if word.matches("gt") {
                condition.insert(.greater)
            } else if word.matches("lt") {
                condition.insert(.less)
            } else if word.matches("ch") {
                countsChanges = true
            } else if word.matches("incr") {
                condition.insert(.increment)
            } else {
                break options
            }
            first += 1
        }
        try setScores(request, from: first, condition, countsChanges: countsChanges)
    }

    /// ZINCRBY key increment member
    mutating func zincrby(_ request: borrowing Request) throws(ReplyError) {
        try setScores(request, from: 2, .increment, countsChanges: false)
    }

    /// Adds members, or changes their scores.
    /// - Parameter first: where the pairs of score and member begin.
    private mutating func setScores(
        _ request: borrowing Request, from first: Int, _ condition: ScoreCondition, countsChanges: Bool
    ) throws(ReplyError) {
        try checkOptions(condition, words: request.count - first)
        let limits = settings.sortedSet
        // All scores are read before any is used.
        let firstScore = try score(request, first)
        var bytes = PackedScores.size(firstScore, request[first + 1].byteCount)
        for index in stride(from: first + 2, to: request.count, by: 2) {
            bytes += PackedScores.size(try score(request, index), request[index + 1].byteCount)
        }
        var place: Place
        if let old = try sortedSetToChange(request) {
            place = old
        } else {
            if condition.contains(.onlyExisting) {
                if condition.contains(.increment) { reply.null() } else { reply.integer(0) }
                return
            }
            place = store.createSortedSet(
                database, request[1], request.hash, members: (request.count - first) / 2, bytes: bytes, limits)
        }
        var (added, changed) = (0, 0)
        var (last, change) = (firstScore, ScoreChange.refused)
        for index in stride(from: first, to: request.count, by: 2) {
            if index > first { last = try score(request, index) }
            change = store.setScore(&place, database, request[index + 1], &last, condition, limits)
            if change == .added { added += 1 }
            if change == .changed { changed += 1 }
        }
        if change == .notANumber { throw .scoreNotANumber }
        let isIncrement = condition.contains(.increment)
        if added + changed > 0 { store.changed(isIncrement ? .zincr : .zadd, database, request[1]) }
        if !isIncrement {
            reply.integer(countsChanges ? added + changed : added)
        } else if change == .refused {
            reply.null()
        } else {
            replyScore(last)
        }
    }

    private func score(_ request: borrowing Request, _ index: Int) throws(ReplyError) -> Double {
        guard let score = DoubleText.parse(request[index]) else { throw .notAFloat }
        return score
    }

    /// - Parameter words: how many follow the options.
    private func checkOptions(_ condition: ScoreCondition, words: Int) throws(ReplyError) {
        if words == 0 || words % 2 != 0 { throw .syntax }
        if condition.isDisjoint(with: [.onlyNew, .greater, .less, .increment]) { return }
        if condition.isSuperset(of: [.onlyNew, .onlyExisting]) { throw .onlyNewOrOld }
        if condition.intersection([.onlyNew, .greater, .less]).rawValue.nonzeroBitCount > 1 { throw .greaterLessOrNew }
        if condition.contains(.increment) && words > 2 { throw .singleIncrement }
    }

    /// ZREM key member [member ...]
    mutating func zrem(_ request: borrowing Request) throws(ReplyError) {
        guard var place = try sortedSetToChange(request) else { return reply.integer(0) }
        var removed = 0
        for index in 2..<request.count where store.removeScore(&place, database, request[index]) {
            removed += 1
            if store.scoreCount(place.record) == 0 { break }
        }
        if removed > 0 { settleRemoval(place, .zrem, request[1]) }
        reply.integer(removed)
    }

    /// Members have been removed: removes an empty set, and notes what happened.
    private mutating func settleRemoval(_ place: Place, _ event: KeyEvent, _ key: RawSpan) {
        let isEmpty = store.scoreCount(place.record) == 0
        if isEmpty { store.remove(place, database) }
        store.changed(event, database, key)
        if isEmpty { store.changed(.del, database, key) }
    }

    /// ZREMRANGEBYRANK key start stop
    mutating func zremrangebyrank(_ request: borrowing Request) throws(ReplyError) {
        let (start, stop) = (try request.integer(2), try request.integer(3))
        guard let place = try sortedSetToChange(request) else { return reply.integer(0) }
        let ranks = RankRange(start: start, stop: stop, size: store.scoreCount(place.record))
        remove(ranks, of: place, .zremrangebyrank, request[1])
    }

    /// ZREMRANGEBYSCORE key min max
    mutating func zremrangebyscore(_ request: borrowing Request) throws(ReplyError) {
        let range = try scoreRange(request, 2, 3)
        guard let place = try sortedSetToChange(request) else { return reply.integer(0) }
        remove(store.ranks(range, in: place.record), of: place, .zremrangebyscore, request[1])
    }

    /// ZREMRANGEBYLEX key min max
    mutating func zremrangebylex(_ request: borrowing Request) throws(ReplyError) {
        guard let minimum = MemberBound(request[2]), let maximum = MemberBound(request[3]) else {
            throw .notAMemberRange
        }
        guard let place = try sortedSetToChange(request) else { return reply.integer(0) }
        remove(store.ranks(minimum, maximum, in: place.record), of: place, .zremrangebylex, request[1])
    }

    /// Removes members and replies how many.
    private mutating func remove(_ ranks: RankRange, of place: Place, _ event: KeyEvent, _ key: RawSpan) {
        if ranks.count > 0 {
            var place = place
            if event != .zremrangebyscore { noteRemoved(ranks, of: place.record) }
            store.removeScores(&place, database, ranks)
            settleRemoval(place, event, key)
        }
        reply.integer(ranks.count)
    }

    // MARK: Taking from an end

    /// ZPOPMIN key [count], and ZPOPMAX
    mutating func zpop(_ request: borrowing Request, highest: Bool) throws(ReplyError) {
        if request.count > 3 { throw .syntax }
        var count: Int64 = 1
        if request.count == 3 {
            guard let wanted = parseInteger(request[2]), wanted >= 0 else { throw .notPositive }
            count = wanted
        }
        guard let place = try sortedSetToChange(request), count > 0 else { return reply.array(0) }
        // Without a count the one member and its score are not nested.
        let isNested = reply.isRESP3 && request.count == 3
        let taken = Int(min(count, Int64(store.scoreCount(place.record))))
        reply.array(isNested ? taken : taken * 2)
        pop(taken, from: place, highest: highest, isNested: isNested, request[1])
    }

    /// ZMPOP numkeys key [key ...] <MIN | MAX> [COUNT count]
    mutating func zmpop(_ request: borrowing Request) throws(ReplyError) {
        guard let keys = parseInteger(request[1]), keys > 0 else { throw .numkeysNotPositive }
        guard keys < request.count - 2 else { throw .syntax }
        let end = Int(keys) + 2
        let highest = request[end].matches("max")
        if !highest && !request[end].matches("min") { throw .syntax }
        var count: Int64 = 1
        if request.count > end + 1 {
            guard request.count > end + 2, request[end + 1].matches("count") else { throw .syntax }
            guard let wanted = parseInteger(request[end + 2]), wanted > 0 else { throw .countNotPositive }
            if request.count > end + 3 { throw .syntax }
            count = wanted
        }
        for index in 2..<end {
            guard let place = try sortedSetToChange(request, index) else { continue }
            let taken = Int(min(count, Int64(store.scoreCount(place.record))))
            reply.array(2)
            reply.bulk(request[index])
            reply.array(taken)
            return pop(taken, from: place, highest: highest, isNested: true, request[index])
        }
        reply.nullArray()
    }

    /// Replies with the members at one end and removes them.
    private mutating func pop(_ count: Int, from place: Place, highest: Bool, isNested: Bool, _ key: RawSpan) {
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        let size = store.scoreCount(place.record)
        let first = highest ? size - 1 : 0
        var range = SortedSetRange(place.record, from: first, count: count, isReverse: highest, store)
        var entries = Vector<SortedSetEntry>()
        while range.next(store, into: &entries) {
            for index in 0..<entries.count {
                if isNested { reply.array(2) }
                reply.bulk(store.member(of: entries[index]))
                replyScore(entries[index].score)
                if count < size { noteRemoved(store.member(of: entries[index])) }
            }
        }
        var place = place
        store.removeScores(&place, database, RankRange(first: highest ? size - count : 0, count: count))
        settleRemoval(place, highest ? .zpopmax : .zpopmin, key)
    }
}
