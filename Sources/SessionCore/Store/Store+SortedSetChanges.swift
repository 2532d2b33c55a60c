/// What `ZADD` may do to a score.
struct ScoreCondition: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// Only add new members.
    static let onlyNew = ScoreCondition(rawValue: 1)
    /// Only change members that exist.
    static let onlyExisting = ScoreCondition(rawValue: 2)
    /// Change a score only to a greater one.
    static let greater = ScoreCondition(rawValue: 4)
    /// Change a score only to a lower one.
    static let less = ScoreCondition(rawValue: 8)
    /// Add to the score, not replace it.
    static let increment = ScoreCondition(rawValue: 16)
}

/// What happened to a member's score.
enum ScoreChange: Equatable {
    case added, changed, unchanged
    /// The condition did not hold.
    case refused
    /// The sum of plus and minus infinity; nothing has changed.
    case notANumber
}

/// Changing sorted sets.
extension Store {
    /// A new sorted set under a key that has none, with room for members that are to follow at once.
    /// - Parameters:
    ///   - members: how many are to follow, at most, and one at least.
    ///   - bytes: what their entries take when packed, at most.
    mutating func createSortedSet(
        _ database: Int, _ key: RawSpan, _ keyHash: UInt64, members: Int, bytes: Int, _ limits: SortedSetLimits
    ) -> Place {
        precondition(members > 0, "a sorted set is never empty")
        let length = PackedScores.start + bytes
        let isPacked = members <= limits.entries && length <= Limits.packedSortedSet
        let record = create(
            isPacked ? .packedSortedSet : .treeSortedSet, database, key, keyHash,
            payload: isPacked ? length : TreeSortedSet.payloadBytes, deadline: nil)
        if isPacked {
            heap.setLength(record, PackedScores.start)
            heap.store(UInt16(0), record, heap[record].payloadOffset)
        } else {
            SortedSetIndex().store(in: record, &heap)
        }
        guard let place = find(database, key, keyHash) else { preconditionFailure("a new record is not found") }
        return place
    }

    /// Adds a member or changes its score. The record may move; `place` follows it. A new set never refuses its first
    /// member, unless the condition is `onlyExisting`.
    /// - Parameters:
    ///   - score: the new score, or what is to be added to the old one; becomes the member's score.
    mutating func setScore(
        _ place: inout Place, _ database: Int, _ member: RawSpan, _ score: inout Double, _ condition: ScoreCondition,
        _ limits: SortedSetLimits
    ) -> ScoreChange {
        if heap[place.record].kind == .packedSortedSet {
            let scores = PackedScores(heap[place.record].payload)
            if let entry = scores.find(member) {
                let old = scores.score(entry)
                let change = ScoreChange(from: old, to: &score, condition)
                if change != .changed { return change }
                if moveEntry(&place, database, entry, member, kept(score, in: place.record)) { return change }
                unpack(&place, database)
                return changeElement(place.record, member, &score, condition.subtracting(.increment), limits)
            }
            if condition.contains(.onlyExisting) { return .refused }
            if member.byteCount > limits.value { markLarge(place.record) }
            let size = PackedScores.size(kept(score, in: place.record), member.byteCount)
            let count = scores.count
            if count < limits.entries && heap[place.record].length + size <= Limits.packedSortedSet {
                let position = scores.position(of: score, member)
                splice(&place, database, at: position, 0, to: size)
                writeEntry(place.record, position, kept(score, in: place.record), member, count: count + 1)
                return .added
            }
            unpack(&place, database)
        }
        return changeElement(place.record, member, &score, condition, limits)
    }

    /// Removes a member. The record may move; `place` follows it.
    /// - Returns: whether there was such a member.
    mutating func removeScore(_ place: inout Place, _ database: Int, _ member: RawSpan) -> Bool {
        if heap[place.record].kind == .packedSortedSet {
            let scores = PackedScores(heap[place.record].payload)
            guard let entry = scores.find(member) else { return false }
            removeEntries(&place, database, from: entry.start, to: entry.end, scores.count - 1)
            return true
        }
        guard let rank = rank(of: member, in: place.record) else { return false }
        var index = SortedSetIndex(place.record, heap)
        removeElement(at: rank, from: &index)
        index.store(in: place.record, &heap)
        return true
    }

    /// Removes members by rank. The record may move; `place` follows it. O(log n) for each.
    mutating func removeScores(_ place: inout Place, _ database: Int, _ ranks: RankRange) {
        if ranks.count == 0 { return }
        if heap[place.record].kind == .packedSortedSet {
            var scores = PackedScores(heap[place.record].payload)
            let count = scores.count
            for _ in 0..<ranks.first { _ = scores.next() }
            let start = scores.position
            for _ in 0..<ranks.count { _ = scores.next() }
            return removeEntries(&place, database, from: start, to: scores.position, count - ranks.count)
        }
        var index = SortedSetIndex(place.record, heap)
        for _ in 0..<ranks.count { removeElement(at: ranks.first, from: &index) }
        index.store(in: place.record, &heap)
    }

    /// A score as the set keeps it: Redis's listpacks have no minus zero.
    @inline(__always)
    private func kept(_ score: Double, in record: Slot) -> Double {
        score == 0 && !heap[record].flags.contains(.edited) ? 0 : score
    }

    /// `OBJECT ENCODING` says `skiplist` from now on.
    private mutating func markLarge(_ record: Slot) {
        heap.setFlags(record, heap[record].flags.union(.edited))
    }
}

extension ScoreChange {
    /// Whether a condition lets a member that exists have another score; `score` becomes what it is to be.
    @inline(__always)
    fileprivate init(from old: Double, to score: inout Double, _ condition: ScoreCondition) {
        self = .refused
        if condition.contains(.onlyNew) { return }
        let new = condition.contains(.increment) ? old + score : score
        if new.isNaN {
            self = .notANumber
            return
        }
        if condition.contains(.greater) && new <= old || condition.contains(.less) && new >= old { return }
        score = new
        self = new == old ? .unchanged : .changed
    }
}

/// Packed entries.
extension Store {
    private mutating func writeEntry(_ record: Slot, _ position: Int, _ score: Double, _ member: RawSpan, count: Int) {
        let payload = heap[record].payloadOffset
        heap.store(UInt16(count), record, payload)
        PackedScores.write(score, member, &heap, record, payload + position)
    }

    private mutating func removeEntries(
        _ place: inout Place, _ database: Int, from start: Int, to end: Int, _ count: Int
    ) {
        heap.store(UInt16(count), place.record, heap[place.record].payloadOffset)
        splice(&place, database, at: start, end - start, to: 0)
    }

    /// Gives a member another score, and its entry the place that goes with it.
    /// - Returns: false, with nothing changed, if the set would be too large.
    private mutating func moveEntry(
        _ place: inout Place, _ database: Int, _ old: PackedScores.Entry, _ member: RawSpan, _ score: Double
    ) -> Bool {
        let length = heap[place.record].length
        let oldSize = old.end - old.start
        let size = PackedScores.size(score, member.byteCount)
        if length - oldSize + size > Limits.packedSortedSet { return false }
        let scores = PackedScores(heap[place.record].payload)
        let count = scores.count
        let target = scores.position(of: score, member)
        // The bytes between the old place and the new one change sides; then what is behind both moves up or down.
        let position = target <= old.start ? target : target - oldSize
        let tail = max(old.end, target)
        let growth = size - oldSize
        if growth > 0 {
            resize(&place, database, length + growth)
            shift(place.record, tail, by: growth, length - tail)
        }
        if target <= old.start {
            shift(place.record, target, by: size, old.start - target)
        } else {
            shift(place.record, old.end, by: -oldSize, target - old.end)
        }
        if growth < 0 {
            shift(place.record, tail, by: growth, length - tail)
            resize(&place, database, length + growth)
        }
        writeEntry(place.record, position, score, member, count: count)
        return true
    }

    /// Moves bytes of the payload.
    private mutating func shift(_ record: Slot, _ start: Int, by distance: Int, _ count: Int) {
        let offset = heap[record].payloadOffset + start
        heap.copy(from: record, offset, to: record, offset + distance, max(0, count))
    }

    /// Turns a packed set into one with a tree. O(members · log members).
    @inline(never)
    private mutating func unpack(_ place: inout Place, _ database: Int) {
        let old = place.record
        var index = SortedSetIndex()
        var position = PackedScores.start
        // Each entry is read anew: allocating must not happen while a span into the heap is in a variable.
        while let packed = packedEntry(old, at: position) {
            insertElement(copying: heap.entry(old, packed), into: &index)
            position = packed.end
        }
        let record = reshape(place, database, payload: TreeSortedSet.payloadBytes, deadline: deadline(old))
        heap.store(RecordKind.treeSortedSet.rawValue, record, RecordLayout.kind)
        index.store(in: record, &heap)
        place.record = record
    }

    /// The packed entry that starts at `position`; nil at the end.
    private func packedEntry(_ record: Slot, at position: Int) -> PackedScores.Entry? {
        var scores = PackedScores(heap[record].payload, at: position)
        return scores.next()
    }
}

/// Elements of a tree.
extension Store {
    private mutating func changeElement(
        _ record: Slot, _ member: RawSpan, _ score: inout Double, _ condition: ScoreCondition,
        _ limits: SortedSetLimits
    ) -> ScoreChange {
        let memberHash = hash(member)
        guard let found = findElement(record, member, memberHash) else {
            if condition.contains(.onlyExisting) { return .refused }
            var index = SortedSetIndex(record, heap)
            if Int(index.table.count) >= limits.entries || member.byteCount > limits.value { markLarge(record) }
            insertElement(member, memberHash, kept(score, in: record), into: &index)
            index.store(in: record, &heap)
            return .added
        }
        let element = found.record
        let old = heap.element(element).score
        let change = ScoreChange(from: old, to: &score, condition)
        if change != .changed { return change }
        var tree = heap[record].scoreTree
        tree.remove(at: tree.position(of: old, member, heap).rank, &heap)
        heap.setElementScore(element, kept(score, in: record))
        tree.insert(kept(score, in: record), element, &heap)
        heap.setScoreTree(record, tree)
        return change
    }
}
