/// The order of a large sorted set: a B+ tree of its elements by score and member, in which every inner node knows how
/// many elements are below each of its children. So ranks are found, and found by, in O(log n).
///
/// Elements are blocks of their own (`TableHash`: the member is the name, the score the value), which a table beside
/// the tree finds by member. The tree keeps a copy of each score, so that it looks at elements only where scores are
/// equal.
///
///     leaf     [ count | next previous | score × 41 | element × 41 ]                          512 bytes
///     inner    [ count | score × 50 | element × 50 | child × 50 | elements below × 50 ]      1024 bytes
///
/// Score and element of an inner node's row are those of the first element below its child. All leaves are at the same
/// depth, and linked in order. A node that is full is split in the middle; the last one behind its last row, so that
/// sets filled in order have full leaves. A node that a removal leaves less than a quarter full is joined with a
/// neighbour if both take no more than three quarters of a node; so neither splits nor joins come one after the other.
///
/// 12 bytes an element in full leaves, 17 on average in leaves filled at random.
///
/// A plain value, kept in the record: the nodes it names belong to the heap and are released with `destroy`.
struct ScoreTree: BitwiseCopyable {
    private(set) var root = Slot.none
    /// Levels of inner nodes above the leaves.
    private(set) var height: UInt32 = 0

    init() {}

    /// Sets the root: for the extensions that change the tree.
    mutating func setRoot(_ root: Slot, height: UInt32) {
        self.root = root
        self.height = height
    }

    /// Where an element stands: `index` may be the count of a leaf, which means the first of the next one.
    struct Position: BitwiseCopyable {
        var leaf: Slot
        var index: Int
        /// Elements before it.
        var rank: Int
    }

    /// Elements in the tree. O(1).
    func count(_ heap: borrowing Heap) -> Int { root == .none ? 0 : heap.elementsBelow(root, Int(height)) }

    // MARK: Finding

    /// The position in front of the first element that is not before what is looked for. O(log n).
    /// - Parameter isBefore: whether an element is before it; gets its score, and the node and offset that hold its
    ///   slot. True for a first part of the elements, false for the rest.
    @inline(__always)
    func partition(
        _ heap: borrowing Heap, _ isBefore: (borrowing Heap, Double, Slot, Int) -> Bool
    ) -> Position {
        var node = root
        var rank = 0
        if node == .none { return Position(leaf: .none, index: 0, rank: 0) }
        var level = Int(height)
        while level > 0 {
            let before = heap.rowsBefore(node, ScoreNode.innerElements, isBefore)
            let row = max(before - 1, 0)
            rank &+= heap.elementsBefore(node, row: row)
            node = heap.child(node, row)
            level &-= 1
        }
        let index = heap.rowsBefore(node, ScoreNode.leafElements, isBefore)
        return Position(leaf: node, index: index, rank: rank &+ index)
    }

    /// The position in front of the element of this rank, which may be the count. O(log n).
    func position(ofRank rank: Int, _ heap: borrowing Heap) -> Position {
        var node = root
        var rest = rank
        if node == .none { return Position(leaf: .none, index: 0, rank: 0) }
        var level = Int(height)
        while level > 0 {
            let row = heap.row(of: &rest, in: node)
            node = heap.child(node, row)
            level &-= 1
        }
        return Position(leaf: node, index: rest, rank: rank)
    }

    /// The rank of an element of this score and member, or where it would have to be. O(log n).
    @inline(__always)
    func position(of score: Double, _ member: RawSpan, _ heap: borrowing Heap) -> Position {
        partition(heap) { heap, other, node, offset in
            ScoreTree.isBefore(heap, other, node, offset, score, member)
        }
    }

    /// Whether the element of a row is before a score and member.
    @inline(__always)
    static func isBefore(
        _ heap: borrowing Heap, _ other: Double, _ node: Slot, _ offset: Int, _ score: Double, _ member: RawSpan
    ) -> Bool {
        if other != score { return other < score }
        return heap.element(heap.slot(node, offset)).name.compare(to: member) < 0
    }

    /// Bytes of all nodes. O(inner nodes).
    func bytes(_ heap: borrowing Heap) -> Int { root == .none ? 0 : heap.nodeBytes(root, Int(height)) }
}

/// Layout of the tree's nodes.
enum ScoreNode {
    /// Rows in use, as UInt16.
    static let count = 0
    /// Leaves only: neighbours.
    static let next = 4
    static let previous = 8
    static let scores = 16

    static let leafBytes = 512
    static let leafRows = 41
    static let leafElements = scores + leafRows * 8

    static let innerBytes = 1024
    static let innerRows = 50
    static let innerElements = scores + innerRows * 8
    static let children = innerElements + innerRows * 4
    /// Elements below each child.
    static let sizes = children + innerRows * 4

    /// What a node of a level has room for; level 0 are the leaves.
    @inline(__always)
    static func rows(_ level: Int) -> Int { level == 0 ? leafRows : innerRows }

    /// Where the elements of a node of a level stand.
    @inline(__always)
    static func elements(_ level: Int) -> Int { level == 0 ? leafElements : innerElements }
}

/// Reading nodes.
extension Heap {
    @inline(__always)
    func slot(_ block: Slot, _ offset: Int) -> Slot { Slot(rawValue: load(block, offset, as: UInt32.self)) }

    /// Rows in use of a node.
    @inline(__always)
    func rows(_ node: Slot) -> Int { Int(load(node, ScoreNode.count, as: UInt16.self)) }

    @inline(__always)
    func rowScore(_ node: Slot, _ row: Int) -> Double {
        load(node, ScoreNode.scores &+ row &* 8, as: Double.self)
    }

    @inline(__always)
    func leafElement(_ leaf: Slot, _ row: Int) -> Slot { slot(leaf, ScoreNode.leafElements &+ row &* 4) }

    @inline(__always)
    func child(_ node: Slot, _ row: Int) -> Slot { slot(node, ScoreNode.children &+ row &* 4) }

    /// Elements below a child.
    @inline(__always)
    func size(_ node: Slot, _ row: Int) -> Int {
        Int(load(node, ScoreNode.sizes &+ row &* 4, as: UInt32.self))
    }

    /// Elements below the children before `row`.
    @inline(__always)
    func elementsBefore(_ node: Slot, row: Int) -> Int {
        var sum = 0
        for index in 0..<row { sum &+= size(node, index) }
        return sum
    }

    /// Elements below a node.
    func elementsBelow(_ node: Slot, _ level: Int) -> Int {
        level == 0 ? rows(node) : elementsBefore(node, row: rows(node))
    }

    /// The row of an inner node below which the element of a rank is; `rank` becomes that below the child. The rank
    /// that follows the last one counts as below the last child.
    @inline(__always)
    func row(of rank: inout Int, in node: Slot) -> Int {
        let last = rows(node) &- 1
        var row = 0
        while row < last {
            let below = size(node, row)
            if rank < below { break }
            rank &-= below
            row &+= 1
        }
        return row
    }

    /// The rows of a node that are before what is looked for. `elements` is the offset of its elements.
    @inline(__always)
    func rowsBefore(
        _ node: Slot, _ elements: Int, _ isBefore: (borrowing Heap, Double, Slot, Int) -> Bool
    ) -> Int {
        var low = 0
        var high = rows(node)
        while low < high {
            let middle = (low &+ high) &>> 1
            if isBefore(self, rowScore(node, middle), node, elements &+ middle &* 4) {
                low = middle &+ 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// Bytes of a node and all below it.
    fileprivate func nodeBytes(_ node: Slot, _ level: Int) -> Int {
        if level == 0 { return ScoreNode.leafBytes }
        var bytes = ScoreNode.innerBytes
        if level == 1 { return bytes + rows(node) * ScoreNode.leafBytes }
        for row in 0..<rows(node) { bytes += nodeBytes(child(node, row), level - 1) }
        return bytes
    }
}
