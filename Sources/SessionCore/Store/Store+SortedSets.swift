/// Up to which size Redis keeps a sorted set in a listpack (`zset-max-listpack-entries`, `zset-max-listpack-value`).
struct SortedSetLimits: BitwiseCopyable {
    /// Members.
    var entries: Int
    /// Bytes of the longest member.
    var value: Int
}

/// Reading sorted sets, packed (`PackedScores`) or in a tree (`TreeSortedSet`).
///
/// A sorted set is packed while it has few members (`SortedSetLimits.entries`) and few bytes
/// (`Limits.packedSortedSet`), then gets a tree and keeps it. It is never empty: removing its last member removes the
/// record.
extension Store {
    /// Members of a sorted set. O(1).
    @inline(__always)
    func scoreCount(_ record: Slot) -> Int {
        heap[record].kind == .packedSortedSet
            ? PackedScores(heap[record].payload).count : Int(heap[record].table.count)
    }

    /// The score of a member; nil if it is none. O(members) for a packed set, else expected O(1).
    @inline(__always)
    func score(of member: RawSpan, in record: Slot) -> Double? {
        if heap[record].kind == .packedSortedSet {
            let scores = PackedScores(heap[record].payload)
            guard let entry = scores.find(member) else { return nil }
            return scores.score(entry)
        }
        guard let element = findElement(record, member, hash(member)) else { return nil }
        return heap.element(element.record).score
    }

    /// The rank of a member, counted from the lowest score; nil if it is none. O(members) for a packed set, else
    /// O(log n).
    func rank(of member: RawSpan, in record: Slot) -> Int? {
        if heap[record].kind == .packedSortedSet {
            var scores = PackedScores(heap[record].payload)
            var rank = 0
            while let entry = scores.next() {
                if entry.memberLength == member.byteCount, scores.member(entry).isEqual(to: member) { return rank }
                rank += 1
            }
            return nil
        }
        guard let element = findElement(record, member, hash(member)) else { return nil }
        return heap[record].scoreTree.position(of: heap.element(element.record).score, member, heap).rank
    }

    /// The members whose scores lie in a range.
    func ranks(_ range: ScoreRange, in record: Slot) -> RankRange {
        if heap[record].kind == .packedSortedSet {
            var scores = PackedScores(heap[record].payload)
            var (below, within) = (0, 0)
            while let entry = scores.next() {
                let score = scores.score(entry)
                if range.isBelow(score) {
                    below += 1
                } else if range.isAbove(score) {
                    break
                } else {
                    within += 1
                }
            }
            return RankRange(first: below, count: within)
        }
        let tree = heap[record].scoreTree
        let first = tree.partition(heap) { _, score, _, _ in range.isBelow(score) }.rank
        let end = tree.partition(heap) { _, score, _, _ in !range.isAbove(score) }.rank
        return RankRange(first: first, count: max(0, end - first))
    }

    /// The members that lie in a range, where all scores are equal, but for the first `offset` of them. Where scores
    /// are not equal, a packed set is read as Redis reads a listpack.
    /// - Parameter isReverse: whether it is read from its end on.
    func ranks(
        _ minimum: MemberBound, _ maximum: MemberBound, in record: Slot, offset: Int64 = 0, isReverse: Bool = false
    ) -> RankRange {
        if heap[record].kind == .packedSortedSet {
            return packedRanks(minimum, maximum, record, offset: offset, isReverse: isReverse)
        }
        let tree = heap[record].scoreTree
        let first = tree.partition(heap) { heap, _, node, offset in
            minimum.isAfter(heap.element(heap.slot(node, offset)).name)
        }.rank
        let end = tree.partition(heap) { heap, _, node, offset in
            !maximum.isBefore(heap.element(heap.slot(node, offset)).name)
        }.rank
        let all = RankRange(first: first, count: max(0, end - first))
        return all.limited(offset: offset, count: -1, isReverse: isReverse)
    }

    /// Begins with the first member that is not below the range, if it is not above it; skips `offset` of those that
    /// follow, whatever they are, and goes on up to the next one above the range. In reverse likewise. Nothing where
    /// the whole set is on one side.
    private func packedRanks(
        _ minimum: MemberBound, _ maximum: MemberBound, _ record: Slot, offset: Int64, isReverse: Bool
    ) -> RankRange {
        var scores = PackedScores(heap[record].payload)
        let size = scores.count
        var (rank, start) = (0, -1)
        while let entry = scores.next() {
            let (isBelow, isAbove) = (minimum.isAfter(scores.member(entry)), maximum.isBefore(scores.member(entry)))
            if rank == 0 && isAbove || rank == size - 1 && isBelow { return .none }
            if isReverse {
                if !isAbove { start = isBelow ? -1 : rank }
            } else if start < 0 && !isBelow {
                if isAbove { return .none }
                start = rank
            }
            rank += 1
        }
        if start < 0 || offset < 0 || offset >= size { return .none }
        start += isReverse ? -Int(offset) : Int(offset)
        return start < 0 || start >= size
            ? .none : packedStretch(minimum, maximum, record, from: start, isReverse: isReverse)
    }

    /// From a rank up to the next member above the range; or, in reverse, down to the next one below it.
    private func packedStretch(
        _ minimum: MemberBound, _ maximum: MemberBound, _ record: Slot, from start: Int, isReverse: Bool
    ) -> RankRange {
        var scores = PackedScores(heap[record].payload)
        // In reverse: where the members began of which none is below the range, up to the present one.
        var (rank, runStart) = (0, 0)
        while let entry = scores.next() {
            if isReverse {
                if minimum.isAfter(scores.member(entry)) { runStart = rank + 1 }
                if rank == start { return RankRange(first: runStart, count: start + 1 - runStart) }
            } else if rank >= start && maximum.isBefore(scores.member(entry)) {
                break
            }
            rank += 1
        }
        return RankRange(first: start, count: rank - start)
    }
}
