/// Large sorted sets: members with elements of their own.
extension Store {
    /// Adds an element of a member that has none.
    mutating func insertElement(
        _ member: RawSpan, _ memberHash: UInt64, _ score: Double, into index: inout SortedSetIndex
    ) {
        let element = allocateElement(name: member.byteCount, value: TreeSortedSet.scoreBytes)
        heap.write(member, element, TableHash.name)
        insertElement(element, memberHash, score, into: &index)
    }

    /// Adds an element of a member that has none, copied from where the heap holds it.
    mutating func insertElement(copying entry: SortedSetEntry, into index: inout SortedSetIndex) {
        let length = Int(entry.length)
        let element = allocateElement(name: length, value: TreeSortedSet.scoreBytes)
        heap.copy(from: entry.block, Int(entry.offset), to: element, TableHash.name, length)
        insertElement(element, hash(heap.element(element).name), entry.score, into: &index)
    }

    private mutating func insertElement(
        _ element: Slot, _ memberHash: UInt64, _ score: Double, into index: inout SortedSetIndex
    ) {
        heap.setElementScore(element, score)
        insert(element, memberHash, into: &index.table)
        index.tree.insert(score, element, &heap)
    }

    /// Removes the element of a rank, and frees it.
    mutating func removeElement(at rank: Int, from index: inout SortedSetIndex) {
        let position = index.tree.position(ofRank: rank, heap)
        let element = heap.leafElement(position.leaf, position.index)
        index.tree.remove(at: rank, &heap)
        var probe = index.table.probe(hash(heap.element(element).name), heap)
        while true {
            let candidate = probe.next(heap)
            precondition(candidate != .none, "an element of the tree is in the table")
            if candidate == element { break }
        }
        let keyHash = hash
        index.table.remove(probe.position, &heap) { keyHash($0.element($1).name) }
        heap.free(element)
    }

    /// Makes a copy of a large sorted set's content the content of a record of the same kind. O(members).
    mutating func copySortedSet(_ source: Slot, to copy: Slot) {
        var index = SortedSetIndex()
        let tree = heap[source].scoreTree
        var leaf = tree.position(ofRank: 0, heap).leaf
        while leaf != .none {
            for row in 0..<heap.rows(leaf) {
                insertElement(copying: heap.entry(heap.leafElement(leaf, row)), into: &index)
            }
            leaf = heap.slot(leaf, ScoreNode.next)
        }
        index.store(in: copy, &heap)
    }
}
