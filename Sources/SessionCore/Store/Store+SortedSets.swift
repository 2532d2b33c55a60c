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
/// (`Limits.packedSortedSet`), then gets a tree and keeps it. It is never empty: whoever removes its last member removes
/// the record.
extension Store {
    /// Members of a sorted set. O(1).
    @inline(__always)
    func scoreCount(_ record: Slot) -> Int {
        heap.kind(record) == .packedSortedSet
            ? PackedScores(heap.payload(record)).count : Int(heap.table(record).count)
    }

    /// The score of a member; nil if it is none. O(members) for a packed set, else expected O(1).
    @inline(__always)
    func score(of member: RawSpan, in record: Slot) -> Double? {
        if heap.kind(record) == .packedSortedSet {
            let scores = PackedScores(heap.payload(record))
            guard let entry = scores.find(member) else { return nil }
            return scores.score(entry)
        }
        guard let element = findElement(record, member, hash(member)) else { return nil }
        return heap.elementScore(element.record)
    }

    /// The rank of a member, counted from the lowest score; nil if it is none. O(members) for a packed set, else
    /// O(log n).
    func rank(of member: RawSpan, in record: Slot) -> Int? {
        if heap.kind(record) == .packedSortedSet {
            var scores = PackedScores(heap.payload(record))
            var rank = 0
            while let entry = scores.next() {
                if entry.memberLength == member.byteCount, scores.member(entry).isEqual(to: member) { return rank }
                rank += 1
            }
            return nil
        }
        guard let element = findElement(record, member, hash(member)) else { return nil }
        return heap.scoreTree(record).position(of: heap.elementScore(element.record), member, heap).rank
    }

    /// The members whose scores lie in a range.
    func ranks(_ range: ScoreRange, in record: Slot) -> RankRange {
        if heap.kind(record) == .packedSortedSet {
            var scores = PackedScores(heap.payload(record))
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
        let tree = heap.scoreTree(record)
        let first = tree.partition(heap) { _, score, _, _ in range.isBelow(score) }.rank
        let end = tree.partition(heap) { _, score, _, _ in !range.isAbove(score) }.rank
        return RankRange(first: first, count: max(0, end - first))
    }

    /// The members that lie in a range, where all scores are equal. Where they are not, a packed set is read as Redis
    /// reads a listpack.
    /// - Parameter isReverse: whether it is read from its end on.
    func ranks(_ minimum: MemberBound, _ maximum: MemberBound, in record: Slot, isReverse: Bool = false) -> RankRange {
        if heap.kind(record) == .packedSortedSet {
            return packedRanks(minimum, maximum, record, isReverse: isReverse)
        }
        let tree = heap.scoreTree(record)
        let first = tree.partition(heap) { heap, _, node, offset in
            minimum.isAfter(heap.elementName(heap.slot(node, offset)))
        }.rank
        let end = tree.partition(heap) { heap, _, node, offset in
            !maximum.isBefore(heap.elementName(heap.slot(node, offset)))
        }.rank
        return RankRange(first: first, count: max(0, end - first))
    }

    /// From the first member that is not below the range up to the next one above it; or, in reverse, from the last one
    /// that is not above it down to the next one below it. Nothing where the whole set is on one side.
    private func packedRanks(
        _ minimum: MemberBound, _ maximum: MemberBound, _ record: Slot, isReverse: Bool
    ) -> RankRange {
        var scores = PackedScores(heap.payload(record))
        var (rank, first, end) = (0, -1, -1)
        // Where the members began of which none is below the range, up to the present one.
        var runStart = 0
        var (startsAbove, endsBelow) = (false, false)
        while let entry = scores.next() {
            let (isBelow, isAbove) = (minimum.isAfter(scores.member(entry)), maximum.isBefore(scores.member(entry)))
            if rank == 0 { startsAbove = isAbove }
            endsBelow = isBelow
            if isBelow { runStart = rank + 1 }
            if isReverse {
                if !isAbove { (first, end) = (runStart, rank + 1) }
            } else if first < 0 {
                if !isBelow { (first, end) = (rank, isAbove ? rank : -1) }
            } else if end < 0 && isAbove {
                end = rank
            }
            rank += 1
        }
        if startsAbove || endsBelow || first < 0 { return .none }
        return RankRange(first: first, count: (end < 0 ? rank : end) - first)
    }
}
