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
    @inline(__always)
    mutating func setScoreTree(_ record: Slot, _ tree: ScoreTree) {
        store(tree, record, self[record].payloadOffset &+ TreeSortedSet.tree)
    }

    @inline(__always)
    mutating func setElementScore(_ element: Slot, _ score: Double) {
        store(score, element, TableHash.name &+ Int(load(element, TableHash.nameLength, as: UInt32.self)))
    }
}

/// Table and tree of a large sorted set, on their way into a record or out of it.
struct SortedSetIndex: BitwiseCopyable {
    var table = BucketTable()
    var tree = ScoreTree()

    init() {}

    init(_ record: Slot, _ heap: borrowing Heap) {
        table = heap[record].table
        tree = heap[record].scoreTree
    }

    func store(in record: Slot, _ heap: inout Heap) {
        heap.setTable(record, table)
        heap.setScoreTree(record, tree)
    }
}
