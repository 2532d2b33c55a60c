/// Operations on several sets. A key that does not exist stands for an empty set.
///
/// Sets are ordered by size first, as Redis does: an intersection looks the members of the smallest one up in the
/// others, the next larger one first; a difference, in the largest first. No result is collected beside the reply,
/// except where members must not be repeated (`MemberTable`) and for a set to be stored.
extension Execution {
    /// One of the sets that an operation reads; no record for a missing key.
    private struct Source: BitwiseCopyable {
        let record: Slot
        let count: Int
    }

    /// SINTER key [key ...]
    mutating func sinter(_ request: borrowing Request) throws(ReplyError) {
        let sources = try sources(request, 1..<request.count)
        if sources.contains(where: { $0.record == .none }) { return reply.set(0) }
        let ordered = Execution.bySize(sources, ascending: true)
        if ordered.count == 1 { return replyMembers(ordered[0].record) }
        var filter = Execution.intersection(ordered, store)
        replyAll(&filter, atMost: ordered[0].count)
    }

    /// SINTERCARD numkeys key [key ...] [LIMIT limit]
    mutating func sintercard(_ request: borrowing Request) throws(ReplyError) {
        guard let count = parseInteger(request[1]), count > 0 else { throw .numkeysNotPositive }
        if count > request.count - 2 { throw .numkeysTooLarge }
        let end = 2 + Int(count)
        var limit = Int64.max
        for index in stride(from: end, to: request.count, by: 2) {
            guard request[index].matches("limit"), index + 1 < request.count else { throw .syntax }
            guard let number = parseInteger(request[index + 1]), number >= 0 else { throw .negativeLimit }
            limit = number == 0 ? .max : number
        }
        let sources = try sources(request, 2..<end)
        if sources.contains(where: { $0.record == .none }) { return reply.integer(0) }
        let ordered = Execution.bySize(sources, ascending: true)
        if ordered.count == 1 { return reply.integer(min(Int64(ordered[0].count), limit)) }
        var filter = Execution.intersection(ordered, store)
        var found: Int64 = 0
        while found < limit, filter.next(store) != nil { found += 1 }
        reply.integer(found)
    }

    /// SINTERSTORE destination key [key ...]
    mutating func sinterstore(_ request: borrowing Request) throws(ReplyError) {
        let sources = try sources(request, 2..<request.count)
        let ordered = Execution.bySize(sources, ascending: true)
        let isEmpty = sources.contains { $0.record == .none }
        var result = try memberTable(for: isEmpty ? [] : [ordered[0]], stores: true)
        if !isEmpty {
            var filter = Execution.intersection(ordered, store)
            while let member = filter.next(store) { _ = store.insert(member, into: &result) }
        }
        storeResult(&result, .sinterstore, request)
    }

    /// SUNION key [key ...]
    mutating func sunion(_ request: borrowing Request) throws(ReplyError) {
        let sources = try sources(request, 1..<request.count)
        let ordered = Execution.bySize(sources.filter { $0.record != .none }, ascending: false)
        if ordered.isEmpty { return reply.set(0) }
        if ordered.count == 1 { return replyMembers(ordered[0].record) }
        var result = try memberTable(for: ordered, stores: false)
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        let open = reply.openSet(atMost: ordered.reduce(0) { $0 + $1.count })
        for source in ordered {
            var members = SetMembers(source.record, store)
            while let member = members.next(store) {
                if store.insert(member, into: &result) { replyMember(member) }
            }
        }
        reply.closeSet(open, count: result.count)
        store.destroy(&result)
    }

    /// SUNIONSTORE destination key [key ...]
    mutating func sunionstore(_ request: borrowing Request) throws(ReplyError) {
        let sources = try sources(request, 2..<request.count)
        let ordered = Execution.bySize(sources.filter { $0.record != .none }, ascending: false)
        var result = try memberTable(for: ordered, stores: true)
        for source in ordered {
            insertAll(source, into: &result)
        }
        storeResult(&result, .sunionstore, request)
    }

    /// SDIFF key [key ...]
    mutating func sdiff(_ request: borrowing Request) throws(ReplyError) {
        let sources = try sources(request, 1..<request.count)
        if sources[0].record == .none { return reply.set(0) }
        if var filter = Execution.difference(sources, store) { return replyAll(&filter, atMost: sources[0].count) }
        var result = try memberTable(for: [sources[0]], stores: false)
        subtract(sources, into: &result)
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        var elements = Vector<Slot>()
        store.elements(of: result, into: &elements)
        reply.set(elements.count)
        for index in 0..<elements.count { reply.bulk(store.element(elements[index]).name) }
        store.destroy(&result)
    }

    /// SDIFFSTORE destination key [key ...]
    mutating func sdiffstore(_ request: borrowing Request) throws(ReplyError) {
        let sources = try sources(request, 2..<request.count)
        let isEmpty = sources[0].record == .none
        var result = try memberTable(for: isEmpty ? [] : [sources[0]], stores: true)
        if !isEmpty {
            if var filter = Execution.difference(sources, store) {
                while let member = filter.next(store) { _ = store.insert(member, into: &result) }
            } else {
                subtract(sources, into: &result)
            }
        }
        storeResult(&result, .sdiffstore, request)
    }

    // MARK: Sources

    /// The sets that these words name. All are looked up before any is walked through, so that none expires meanwhile.
    private mutating func sources(
        _ request: borrowing Request, _ words: Range<Int>
    ) throws(ReplyError) -> [Source] {
        var hashes = Vector<UInt64>(capacity: words.count)
        for index in words {
            hashes.append(keyHash(request, index))
            store.prefetchBucket(database, hashes[hashes.count - 1])
        }
        for index in 0..<hashes.count { store.prefetch(database, hashes[index]) }
        var sources: [Source] = []
        sources.reserveCapacity(words.count)
        for index in words {
            let place = store.read(database, request[index], hashes[index - words.lowerBound])
            if let record = try requireSet(place)?.record {
                sources.append(Source(record: record, count: store.memberCount(record)))
            } else {
                sources.append(Source(record: .none, count: 0))
            }
        }
        return sources
    }

    /// Each source once, in the order of their sizes.
    private static func bySize(_ sources: [Source], ascending: Bool) -> [Source] {
        let ordered = sources.sorted {
            if $0.count == $1.count { return $0.record.rawValue < $1.record.rawValue }
            return ($0.count < $1.count) == ascending
        }
        var distinct: [Source] = []
        for source in ordered where distinct.last?.record != source.record { distinct.append(source) }
        return distinct
    }

    /// A table for members of these sources, if it fits the heap.
    /// - Parameter stores: as `MemberTable` takes it.
    private func memberTable(for sources: [Source], stores: Bool) throws(ReplyError) -> MemberTable {
        let count = sources.reduce(0) { $0 + $1.count }
        if !store.hasRoom(forMembersOf: sources.map(\.record), count: count) { throw .outOfMemory }
        return MemberTable(stores: stores)
    }

    /// What the first of the sources has in common with all others.
    private static func intersection(_ ordered: [Source], _ store: borrowing Store) -> MemberFilter {
        MemberFilter(ordered[0].record, ordered.dropFirst().map(\.record), areIn: true, store)
    }

    /// What the first of the sources has and no other: where looking its members up in the others promises to be less
    /// work than taking theirs out of a copy of it. Nil where not. The estimates are Redis's, which shows in the form
    /// that a stored result has.
    private static func difference(_ sources: [Source], _ store: borrowing Store) -> MemberFilter? {
        let existing = sources.filter { $0.record != .none }
        let lookups = sources[0].count * existing.count / 2
        let removals = existing.reduce(0) { $0 + $1.count }
        guard lookups <= removals else { return nil }
        let others = bySize(sources.dropFirst().filter { $0.record != .none }, ascending: false)
        return MemberFilter(sources[0].record, others.map(\.record), areIn: false, store)
    }

    /// Puts the members of the first source into a table, then takes those of the others out of it.
    private mutating func subtract(_ sources: [Source], into result: inout MemberTable) {
        insertAll(sources[0], into: &result)
        for source in Execution.bySize(sources.dropFirst().filter { $0.record != .none }, ascending: false) {
            if result.count == 0 { break }
            var members = SetMembers(source.record, store)
            while let member = members.next(store) { store.remove(member, from: &result) }
        }
    }

    private mutating func insertAll(_ source: Source, into result: inout MemberTable) {
        var members = SetMembers(source.record, store)
        while let member = members.next(store) { _ = store.insert(member, into: &result) }
    }

    // MARK: Results

    private mutating func replyAll(_ filter: inout MemberFilter, atMost limit: Int) {
        let replyLimit = reply.lift()
        defer { reply.restore(limit: replyLimit) }
        let open = reply.openSet(atMost: limit)
        var count = 0
        while let member = filter.next(store) {
            replyMember(member)
            count += 1
        }
        reply.closeSet(open, count: count)
    }

    /// Puts the result in the place of whatever is under the destination, and replies how many members it has.
    private mutating func storeResult(_ result: inout MemberTable, _ event: KeyEvent, _ request: borrowing Request) {
        let count = result.count
        let old = store.lookup(database, request[1], request.hash)
        if count > 0 {
            store.createSet(database, request[1], request.hash, from: &result, replacing: old, settings.integerSet)
            store.changed(event, database, request[1])
        } else {
            store.destroy(&result)
            if let old {
                store.remove(old, database)
                store.changed(.del, database, request[1])
            }
        }
        reply.integer(count)
    }
}

/// Members of one set that are in all of others, or in none of them. The sets must not change meanwhile.
private struct MemberFilter: ~Copyable {
    private var members: SetMembers
    private let others: [Slot]
    private let areIn: Bool
    private let needsHash: Bool
    private var digits = ByteBuffer()

    init(_ first: Slot, _ others: [Slot], areIn: Bool, _ store: borrowing Store) {
        members = SetMembers(first, store)
        self.others = others
        self.areIn = areIn
        var needsHash = false
        for other in others where store[other].kind == .tableSet { needsHash = true }
        self.needsHash = needsHash
    }

    /// The next one; nil at the end.
    mutating func next(_ store: borrowing Store) -> SetMember? {
        while let member = members.next(store) {
            member.render(into: &digits)
            if passes(store.name(of: member, digits), store) { return member }
        }
        return nil
    }

    private func passes(_ name: RawSpan, _ store: borrowing Store) -> Bool {
        let nameHash = needsHash ? store.hash(name) : 0
        for other in others where store.isMember(name, nameHash, of: other) != areIn { return false }
        return true
    }
}
