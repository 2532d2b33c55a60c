/// Combining sorted sets: the results name members where they are stored, in no particular order.
extension Store {
    /// All members of all sources. O(members).
    func unite(
        _ sources: inout Vector<SortedSetSource>, _ aggregate: ScoreAggregate,
        into entries: inout Vector<SortedSetEntry>
    ) {
        // In the order in which Redis adds the scores up.
        sources.sort { $0.count < $1.count }
        var total = 0
        for index in 0..<sources.count { total += sources[index].count }
        var places = MemberPlaces(capacity: total)
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

    /// The members of the first source that no other one has. O(members of the first · sources).
    func subtract(_ sources: inout Vector<SortedSetSource>, into entries: inout Vector<SortedSetEntry>) {
        forEachMember(of: sources[0]) { entry in
            for index in 1..<max(sources.count, 1) where score(of: entry, in: sources[index]) != nil { return true }
            entries.append(entry)
            return true
        }
    }

    /// The score of a member in a source; nil if it has no such member.
    private func score(of entry: SortedSetEntry, in source: SortedSetSource) -> Double? {
        if source.record == .none { return nil }
        if heap.kind(source.record).isSortedSet { return score(of: heap.member(entry), in: source.record) }
        return isMember(heap.member(entry), of: source.record) ? 1 : nil
    }

    /// Calls `body` with each member of a source, until it returns false.
    private func forEachMember(of source: SortedSetSource, _ body: (SortedSetEntry) -> Bool) {
        if source.record == .none { return }
        if !heap.kind(source.record).isSortedSet { return forEachMember(ofSet: source, body) }
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

    /// Writes the members of sets of integers as text, so that they are bytes in the heap like all others.
    mutating func renderIntegers(of sources: inout Vector<SortedSetSource>) {
        for index in 0..<sources.count {
            let source = sources[index]
            guard source.record != .none, heap.isIntegerSet(source.record) else { continue }
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
            sources[index].digits = digits
        }
    }

    /// Frees what `renderIntegers` has written.
    mutating func freeIntegers(of sources: borrowing Vector<SortedSetSource>) {
        for index in 0..<sources.count where sources[index].digits != .none { heap.free(sources[index].digits) }
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
    mutating func find(
        _ entry: SortedSetEntry, _ hash: UInt64, in entries: borrowing Vector<SortedSetEntry>, _ heap: borrowing Heap
    ) -> Int {
        var place = Int(truncatingIfNeeded: hash) & mask
        while true {
            let index = Int(places[place])
            if index == 0 {
                places[place] = UInt32(entries.count + 1)
                return entries.count
            }
            if heap.member(entries[index - 1]).isEqual(to: heap.member(entry)) { return index - 1 }
            place = (place + 1) & mask
        }
    }
}
