/// A sorted set too large to be packed: the record's payload is the header of a table that finds elements by member,
/// and of a tree that keeps them in order. The elements are those of a table hash (`TableHash`), each with its score as
/// its value.
///
///     payload  [ table : BucketTable | tree : ScoreTree ]
enum TreeSortedSet {
    static let tree = TableHash.payloadBytes
    static let payloadBytes = TableHash.payloadBytes + MemoryLayout<ScoreTree>.size
    static let scoreBytes = MemoryLayout<Double>.size
}

extension Heap {
    /// The tree of a record of kind `treeSortedSet`.
    @inline(__always)
    func scoreTree(_ record: Slot) -> ScoreTree {
        load(record, payloadOffset(record) &+ TreeSortedSet.tree, as: ScoreTree.self)
    }

    @inline(__always)
    mutating func setScoreTree(_ record: Slot, _ tree: ScoreTree) {
        store(tree, record, payloadOffset(record) &+ TreeSortedSet.tree)
    }

    /// Where an element's score stands.
    @inline(__always)
    private func scoreOffset(_ element: Slot) -> Int {
        TableHash.name &+ Int(load(element, TableHash.nameLength, as: UInt32.self))
    }

    @inline(__always)
    func elementScore(_ element: Slot) -> Double { load(element, scoreOffset(element), as: Double.self) }

    @inline(__always)
    mutating func setElementScore(_ element: Slot, _ score: Double) { store(score, element, scoreOffset(element)) }
}

/// Table and tree of a large sorted set, on their way into a record or out of it.
struct SortedSetIndex: BitwiseCopyable {
    var table = BucketTable()
    var tree = ScoreTree()

    init() {}

    init(_ record: Slot, _ heap: borrowing Heap) {
        table = heap.table(record)
        tree = heap.scoreTree(record)
    }

    func store(in record: Slot, _ heap: inout Heap) {
        heap.setTable(record, table)
        heap.setScoreTree(record, tree)
    }
}

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
        insertElement(element, hash(heap.elementName(element)), entry.score, into: &index)
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
        var probe = index.table.probe(hash(heap.elementName(element)), heap)
        while true {
            let candidate = probe.next(heap)
            precondition(candidate != .none, "an element of the tree is in the table")
            if candidate == element { break }
        }
        let keyHash = hash
        index.table.remove(probe.position, &heap) { keyHash($0.elementName($1)) }
        heap.free(element)
    }

    /// Makes a copy of a large sorted set's content the content of a record of the same kind. O(members).
    mutating func copySortedSet(_ source: Slot, to copy: Slot) {
        var index = SortedSetIndex()
        let tree = heap.scoreTree(source)
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
