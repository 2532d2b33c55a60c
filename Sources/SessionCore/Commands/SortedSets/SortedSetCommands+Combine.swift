/// Unions, intersections and differences of sorted sets, and of sets: their members count as having the score 1.
enum SortedSetCombination {
    case union, intersection, difference
}

extension Execution {
    /// ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES],
    /// ZINTER, ZDIFF (without weights and aggregate), and ZUNIONSTORE destination numkeys … (without scores)
    mutating func zcombine(
        _ request: borrowing Request, _ combination: SortedSetCombination, isStored: Bool
    ) throws(ReplyError) {
        var sources = Vector<SortedSetSource>()
        let options = try readSources(request, count: isStored ? 2 : 1, combination, isStored: isStored, &sources)
        var entries = Vector<SortedSetEntry>()
        store.renderIntegers(of: &sources)
        defer { store.freeIntegers(of: sources) }
        switch combination {
        case .union: store.unite(&sources, options.aggregate, into: &entries)
        case .intersection: store.intersect(&sources, options.aggregate, limit: .max, into: &entries)
        case .difference: store.subtract(&sources, into: &entries)
        }
        entries.sortByScore(store)
        if isStored { return try storeSortedSet(request, &entries, combination.event) }
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        openMembers(entries.count, withScores: options.withScores)
        for index in 0..<entries.count { replyMember(entries[index], withScore: options.withScores) }
    }

    /// ZINTERCARD numkeys key [key ...] [LIMIT limit]
    mutating func zintercard(_ request: borrowing Request) throws(ReplyError) {
        var sources = Vector<SortedSetSource>()
        let options = try readSources(request, count: 1, nil, isStored: false, &sources)
        var entries = Vector<SortedSetEntry>()
        store.renderIntegers(of: &sources)
        defer { store.freeIntegers(of: sources) }
        store.intersect(&sources, .sum, limit: options.limit, into: &entries)
        reply.integer(entries.count)
    }

    /// Reads the keys of the sources, and the options behind them.
    /// - Parameters:
    ///   - count: the word that says how many keys follow it.
    ///   - combination: nil for ZINTERCARD.
    private mutating func readSources(
        _ request: borrowing Request, count: Int, _ combination: SortedSetCombination?, isStored: Bool,
        _ sources: inout Vector<SortedSetSource>
    ) throws(ReplyError) -> CombinationOptions {
        let keys = try request.integer(count)
        guard keys > 0 else { throw noInputKey(request) }
        guard keys < request.count - count else { throw .syntax }
        let end = count + 1 + Int(keys)
        for index in (count + 1)..<end {
            var source = SortedSetSource()
            if let place = store.read(database, request[index], keyHash(request, index)) {
                source.record = place.record
                switch store[place.record].kind {
                case .packedSortedSet, .treeSortedSet: source.count = store.scoreCount(place.record)
                case .packedSet, .tableSet: source.count = store.memberCount(place.record)
                case .string, .packedHash, .tableHash, .session, .predecessor, .tombstone: throw .wrongType
                }
            }
            sources.append(source)
        }
        let (all, distinct) = store.members(of: sources)
        if combination != .difference, all - distinct > max(Limits.repeatedMembers, distinct) {
            throw .repeatedSources
        }
        var options = CombinationOptions()
        var index = end
        while index < request.count {
            index += try options.read(request, index, combination, isStored: isStored, &sources)
        }
        return options
    }

    @inline(never)
    private func noInputKey(_ request: borrowing Request) -> ReplyError {
        .noInputKey(command: request[0].text.lowercased())
    }
}

extension SortedSetCombination {
    /// What storing the result is called.
    fileprivate var event: KeyEvent {
        switch self {
        case .union: .zunionstore
        case .intersection: .zinterstore
        case .difference: .zdiffstore
        }
    }
}

/// The options behind the keys.
private struct CombinationOptions {
    private(set) var aggregate = ScoreAggregate.sum
    private(set) var withScores = false
    private(set) var limit = Int.max

    /// Reads the option at word `index`.
    /// - Returns: how many words it takes.
    mutating func read(
        _ request: borrowing Request, _ index: Int, _ combination: SortedSetCombination?, isStored: Bool,
        _ sources: inout Vector<SortedSetSource>
    ) throws(ReplyError) -> Int {
        let word = request[index]
        let following = request.count - index - 1
        let isWeighted = combination == .union || combination == .intersection
        if isWeighted, following >= sources.count, word.matches("weights") {
            for source in 0..<sources.count {
                guard let weight = DoubleText.parse(request[index + 1 + source]) else { throw .weightNotAFloat }
                sources[source].weight = weight
            }
            return 1 + sources.count
        }
        if isWeighted, following >= 1, word.matches("aggregate") {
            let name = request[index + 1]
            if name.matches("sum") {
                aggregate = .sum
            } else if name.matches("min") {
                aggregate = .minimum
            } else if name.matches("max") {
                aggregate = .maximum
            } else {
                throw .syntax
            }
            return 2
        }
        if combination != nil, !isStored, word.matches("withscores") {
            withScores = true
            return 1
        }
        if combination == nil, following >= 1, word.matches("limit") {
            guard let limit = parseInteger(request[index + 1]), limit >= 0 else { throw .negativeLimit }
            self.limit = limit == 0 ? .max : Int(limit)
            return 2
        }
        throw .syntax
    }
}
