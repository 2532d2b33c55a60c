/// Combining sorted sets: the results name members where they are stored, in no particular order.
extension Store {
    /// How many members sources have: all of them, and counting each set once however often it is named. The memory for
    /// a result is bounded by the latter. O(sources · log sources).
    func members(of sources: borrowing Vector<SortedSetSource>) -> (all: Int, distinct: Int) {
        var ordered = Vector<SortedSetSource>()
        for index in 0..<sources.count { ordered.append(sources[index]) }
        ordered.sort { $0.record.rawValue < $1.record.rawValue }
        var (all, distinct) = (0, 0)
        for index in 0..<ordered.count {
            all += ordered[index].count
            if index == 0 || ordered[index - 1].record != ordered[index].record { distinct += ordered[index].count }
        }
        return (all, distinct)
    }

    /// All members of all sources. O(members).
    func unite(
        _ sources: inout Vector<SortedSetSource>, _ aggregate: ScoreAggregate,
        into entries: inout Vector<SortedSetEntry>
    ) {
        // In the order in which Redis adds the scores up.
        sources.sort { $0.count < $1.count }
        var places = MemberPlaces(capacity: members(of: sources).distinct)
        for index in 0..<sources.count {
            let source = sources[index]
            forEachMember(of: source) { entry in
                var entry = entry
                entry.score = source.weighted(entry.score)
                let found = places.find(entry, hash(heap.member(entry)), in: entries, heap)
                if found < entries.count {
                    entries[found].score = aggregate(entries[found].score, entry.score)
                } else {
                    entries.append(entry)
                }
                return true
            }
        }
    }

    /// The members that all sources have, `limit` of them at most. O(members of the smallest · sources).
    func intersect(
        _ sources: inout Vector<SortedSetSource>, _ aggregate: ScoreAggregate, limit: Int,
        into entries: inout Vector<SortedSetEntry>
    ) {
        sources.sort { $0.count < $1.count }
        let smallest = sources[0]
        forEachMember(of: smallest) { entry in
            var result = entry
            result.score = smallest.weighted(entry.score)
            for index in 1..<max(sources.count, 1) {
                let source = sources[index]
                guard let score = score(of: entry, in: source) else { return true }
                result.score = aggregate(result.score, score * source.weight)
            }
            entries.append(result)
            return entries.count < limit
        }
    }

    /// The members of the first source that no other one has. O(members of the first · other sets) or O(members),
    /// whichever is less.
    func subtract(_ sources: inout Vector<SortedSetSource>, into entries: inout Vector<SortedSetEntry>) {
        let first = sources[0]
        let others = distinctSources(sources, from: 1)
        var total = 0
        for index in 0..<others.count { total += others[index].count }
        if first.count.multipliedReportingOverflow(by: others.count).partialValue > first.count + total {
            return subtractAll(others, from: first, into: &entries)
        }
        forEachMember(of: first) { entry in
            for index in 0..<others.count where score(of: entry, in: others[index]) != nil { return true }
            entries.append(entry)
            return true
        }
    }

    /// The sources behind the first ones that exist, each set once.
    private func distinctSources(
        _ sources: borrowing Vector<SortedSetSource>, from first: Int
    ) -> Vector<SortedSetSource> {
        var ordered = Vector<SortedSetSource>()
        for index in first..<max(sources.count, first) where sources[index].record != .none {
            ordered.append(sources[index])
        }
        ordered.sort { $0.record.rawValue < $1.record.rawValue }
        var kept = 0
        for index in 0..<ordered.count where kept == 0 || ordered[kept - 1].record != ordered[index].record {
            ordered[kept] = ordered[index]
            kept += 1
        }
        ordered.truncate(to: kept)
        return ordered
    }

    /// Takes the members of all others out of those of one source. O(members).
    private func subtractAll(
        _ others: borrowing Vector<SortedSetSource>, from first: SortedSetSource,
        into entries: inout Vector<SortedSetEntry>
    ) {
        var places = MemberPlaces(capacity: first.count)
        var members = Vector<SortedSetEntry>()
        forEachMember(of: first) { entry in
            _ = places.find(entry, hash(heap.member(entry)), in: members, heap)
            members.append(entry)
            return true
        }
        var isTaken = Vector(repeating: false, count: members.count)
        for index in 0..<others.count {
            forEachMember(of: others[index]) { entry in
                let found = places.find(entry, hash(heap.member(entry)), in: members, heap, adds: false)
                if found < members.count { isTaken[found] = true }
                return true
            }
        }
        for index in 0..<members.count where !isTaken[index] { entries.append(members[index]) }
    }

    /// The score of a member in a source; nil if it has no such member.
    private func score(of entry: SortedSetEntry, in source: SortedSetSource) -> Double? {
        if source.record == .none { return nil }
        if heap[source.record].kind.isSortedSet { return score(of: heap.member(entry), in: source.record) }
        return isMember(heap.member(entry), of: source.record) ? 1 : nil
    }

    /// Calls `body` with each member of a source, until it returns false.
    private func forEachMember(of source: SortedSetSource, _ body: (SortedSetEntry) -> Bool) {
        if source.record == .none { return }
        if !heap[source.record].kind.isSortedSet { return forEachMember(ofSet: source, body) }
        var range = SortedSetRange(source.record, from: 0, count: source.count, isReverse: false, heap)
        var entries = Vector<SortedSetEntry>()
        while range.next(heap, into: &entries) {
            for index in 0..<entries.count where !body(entries[index]) { return }
        }
    }

    private func forEachMember(ofSet source: SortedSetSource, _ body: (SortedSetEntry) -> Bool) {
        var members = SetMembers(source.record, heap)
        var index = 0
        while let member = members.next(heap) {
            var entry = SortedSetEntry(
                score: 1, block: member.block, offset: UInt32(truncatingIfNeeded: member.offset),
                length: UInt32(member.length))
            if member.isInteger {
                entry.block = source.digits
                entry.offset = UInt32(index * Store.integerText + 1)
                entry.length = UInt32(heap.load(source.digits, index * Store.integerText, as: UInt8.self))
                index += 1
            }
            if !body(entry) { return }
        }
    }

    // MARK: Sets of integers

    /// Bytes for the digits of an integer, sign and length included.
    private static let integerText = 21

    /// Writes the members of sets of integers as text, so that they are bytes in the heap like all others: once for
    /// each set, however often it is named.
    mutating func renderIntegers(of sources: inout Vector<SortedSetSource>) {
        var order = Vector<UInt32>()
        for index in 0..<sources.count {
            let source = sources[index]
            if source.record != .none && heap[source.record].isIntegerSet { order.append(UInt32(index)) }
        }
        sortByRecord(&order, sources)
        for position in 0..<order.count {
            let index = Int(order[position])
            let previous = position == 0 ? SortedSetSource() : sources[Int(order[position - 1])]
            let isRendered = previous.record == sources[index].record
            sources[index].digits = isRendered ? previous.digits : renderIntegers(of: sources[index])
        }
    }

    private func sortByRecord(_ order: inout Vector<UInt32>, _ sources: borrowing Vector<SortedSetSource>) {
        var keyed = Vector<UInt64>()
        for position in 0..<order.count {
            let index = order[position]
            keyed.append(UInt64(sources[Int(index)].record.rawValue) << 32 | UInt64(index))
        }
        keyed.sort { $0 < $1 }
        for position in 0..<order.count { order[position] = UInt32(truncatingIfNeeded: keyed[position]) }
    }

    private mutating func renderIntegers(of source: SortedSetSource) -> Slot {
        let digits = heap.allocate(source.count * Store.integerText)
        var members = SetMembers(source.record, heap)
        var offset = 0
        while let member = members.next(heap) {
            scratch.removeAll()
            scratch.appendDecimal(member.integer)
            heap.store(UInt8(scratch.count), digits, offset)
            heap.write(scratch, digits, offset + 1)
            offset += Store.integerText
        }
        return digits
    }

    /// Frees what `renderIntegers` has written.
    mutating func freeIntegers(of sources: borrowing Vector<SortedSetSource>) {
        var blocks = Vector<Slot>()
        for index in 0..<sources.count where sources[index].digits != .none { blocks.append(sources[index].digits) }
        blocks.sort { $0.rawValue < $1.rawValue }
        for index in 0..<blocks.count where index == 0 || blocks[index - 1] != blocks[index] {
            heap.free(blocks[index])
        }
    }
}

/// Finds entries of different members by member while they are collected: an open-addressed table of their indices, at
/// most half full.
private struct MemberPlaces: ~Copyable {
    /// 1 + index, or 0 for a free place.
    private var places: Vector<UInt32>
    private let mask: Int

    /// - Parameter capacity: most members there will be.
    init(capacity: Int) {
        let bits = Int.bitWidth - (capacity * 2).leadingZeroBitCount
        places = Vector(repeating: 0, count: 1 << bits)
        mask = 1 << bits - 1
    }

    /// The index of the entry with the same member; if there is none the count of `entries`, to which the caller then
    /// adds it. Expected O(1).
    /// - Parameter adds: false if the caller does not.
    mutating func find(
        _ entry: SortedSetEntry, _ hash: UInt64, in entries: borrowing Vector<SortedSetEntry>, _ heap: borrowing Heap,
        adds: Bool = true
    ) -> Int {
        var place = Int(truncatingIfNeeded: hash) & mask
        while true {
            let index = Int(places[place])
            if index == 0 {
                if adds { places[place] = UInt32(entries.count + 1) }
                return entries.count
            }
            if heap.member(entries[index - 1]).isEqual(to: heap.member(entry)) { return index - 1 }
            place = (place + 1) & mask
        }
    }
}
