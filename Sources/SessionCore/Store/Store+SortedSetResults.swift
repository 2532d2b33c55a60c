/// Sorted sets made of members that are already stored somewhere.
extension Store {
    /// Makes members, in order, the value of a key, in place of whatever it holds. They may belong to that very value.
    mutating func replaceSortedSet(
        _ database: Int, _ key: RawSpan, _ keyHash: UInt64, _ entries: inout Vector<SortedSetEntry>,
        _ limits: SortedSetLimits
    ) {
        var longest = 0
        for index in 0..<entries.count { longest = max(longest, Int(entries[index].length)) }
        let isLarge = entries.count > limits.entries || longest > limits.value
        var length = PackedScores.start
        for index in 0..<entries.count {
            // Redis's listpacks have no minus zero.
            if entries[index].score == 0 && !isLarge { entries[index].score = 0 }
            length += PackedScores.size(entries[index].score, Int(entries[index].length))
        }
        let isPacked = entries.count <= limits.entries && length <= Limits.packedSortedSet
        let record = isPacked
            ? replacePacked(database, key, keyHash, entries, length) : replaceTree(database, key, keyHash, entries)
        if isLarge {
            heap.setFlags(record, heap[record].flags.union(.edited))
        }
    }

    private mutating func replacePacked(
        _ database: Int, _ key: RawSpan, _ keyHash: UInt64, _ entries: borrowing Vector<SortedSetEntry>, _ length: Int
    ) -> Slot {
        // Complete before the old value goes, which the members may belong to.
        let packed = heap.allocate(length)
        heap.store(UInt16(entries.count), packed, 0)
        var offset = PackedScores.start
        for index in 0..<entries.count {
            PackedScores.write(entries[index].score, heap.member(entries[index]), &heap, packed, offset)
            offset += PackedScores.size(entries[index].score, Int(entries[index].length))
        }
        let record = overwrite(.packedSortedSet, database, key, keyHash, payload: length)
        heap.copy(from: packed, 0, to: record, heap[record].payloadOffset, length)
        heap.free(packed)
        return record
    }

    private mutating func replaceTree(
        _ database: Int, _ key: RawSpan, _ keyHash: UInt64, _ entries: borrowing Vector<SortedSetEntry>
    ) -> Slot {
        var result = SortedSetIndex()
        for index in 0..<entries.count { insertElement(copying: entries[index], into: &result) }
        let record = overwrite(.treeSortedSet, database, key, keyHash, payload: TreeSortedSet.payloadBytes)
        result.store(in: record, &heap)
        return record
    }

    /// A new record under a key, in place of the one it may have.
    private mutating func overwrite(
        _ kind: RecordKind, _ database: Int, _ key: RawSpan, _ keyHash: UInt64, payload: Int
    ) -> Slot {
        if let old = lookup(database, key, keyHash) {
            return replace(old, with: kind, database, key, keyHash, payload: payload, deadline: nil)
        }
        return create(kind, database, key, keyHash, payload: payload, deadline: nil)
    }
}

extension Vector<SortedSetEntry> {
    /// Brings entries into the order of a sorted set. O(n log n).
    mutating func sortByScore(_ heap: borrowing Heap) {
        sort { left, right in
            left.score != right.score
                ? left.score < right.score : heap.member(left).compare(to: heap.member(right)) < 0
        }
    }
}
