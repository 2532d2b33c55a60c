/// A member with its score, wherever it is stored. Valid until the next change of the store.
struct SortedSetEntry: BitwiseCopyable {
    var score: Double
    /// The block that holds the member, and where: the record of a packed set, else an element.
    var block: Slot
    var offset: UInt32
    var length: UInt32
}

extension Heap {
    /// The entry of a tree's element.
    @inline(__always)
    func entry(_ element: Slot) -> SortedSetEntry {
        let length = load(element, TableHash.nameLength, as: UInt32.self)
        return SortedSetEntry(
            score: load(element, TableHash.name &+ Int(length), as: Double.self), block: element,
            offset: UInt32(TableHash.name), length: length)
    }

    /// The entry at the place of `packed` in the payload of a packed set.
    @inline(__always)
    func entry(_ record: Slot, _ packed: PackedScores.Entry) -> SortedSetEntry {
        SortedSetEntry(
            score: PackedScores(self[record].payload).score(packed), block: record,
            offset: UInt32(self[record].payloadOffset &+ packed.memberOffset), length: UInt32(packed.memberLength))
    }
}

/// Members of neighbouring ranks, read in portions, so that a reply need not be held as a whole; the elements of a
/// portion are prefetched while it is put together. Valid until the next change of the store.
struct SortedSetRange: BitwiseCopyable {
    private let record: Slot
    private let isPacked: Bool
    private let isReverse: Bool
    /// Rank of the first member that is left, in the direction of reading, and how many are left.
    private var rank: Int
    private(set) var count: Int
    /// Packed sets: where the next entry starts. Else a leaf and a row in it.
    private var position = PackedScores.start
    private var leaf = Slot.none

    /// Entries of one portion.
    static let portion = 64

    /// - Parameters:
    ///   - first: rank of the first one; those that follow have higher ranks, or lower ones if `isReverse`.
    ///   - count: how many; there must be as many.
    init(_ record: Slot, from first: Int, count: Int, isReverse: Bool, _ heap: borrowing Heap) {
        self.record = record
        self.isReverse = isReverse
        self.rank = first
        self.count = count
        isPacked = heap[record].kind == .packedSortedSet
        guard count > 0 else { return }
        if isPacked {
            if !isReverse { position = SortedSetRange.start(of: first, record, heap) }
        } else {
            let found = heap[record].scoreTree.position(ofRank: first, heap)
            (leaf, position) = (found.leaf, found.index)
        }
    }

    /// Where the entry of a rank starts.
    private static func start(of rank: Int, _ record: Slot, _ heap: borrowing Heap) -> Int {
        var reader = PackedScores(heap[record].payload)
        for _ in 0..<rank { _ = reader.next() }
        return reader.position
    }

    /// Puts the next entries into `entries`, in place of what it holds.
    /// - Returns: false at the end, with none.
    mutating func next(_ heap: borrowing Heap, into entries: inout Vector<SortedSetEntry>) -> Bool {
        entries.removeAll()
        let taken = min(count, SortedSetRange.portion)
        guard taken > 0 else { return false }
        if isPacked {
            readPacked(taken, heap, &entries)
        } else {
            readLeaves(taken, heap, &entries)
        }
        rank += isReverse ? -taken : taken
        count -= taken
        return true
    }

    private mutating func readPacked(_ taken: Int, _ heap: borrowing Heap, _ entries: inout Vector<SortedSetEntry>) {
        // Entries can only be read forward.
        let start = isReverse ? SortedSetRange.start(of: rank + 1 - taken, record, heap) : position
        var reader = PackedScores(heap[record].payload, at: start)
        for _ in 0..<taken {
            guard let packed = reader.next() else { preconditionFailure("a rank that no member has") }
            entries.append(heap.entry(record, packed))
        }
        position = reader.position
        guard isReverse else { return }
        for index in 0..<(taken / 2) {
            let other = taken - 1 - index
            (entries[index], entries[other]) = (entries[other], entries[index])
        }
    }

    private mutating func readLeaves(_ taken: Int, _ heap: borrowing Heap, _ entries: inout Vector<SortedSetEntry>) {
        for _ in 0..<taken {
            if isReverse && position < 0 {
                leaf = heap.slot(leaf, ScoreNode.previous)
                position = heap.rows(leaf) - 1
            } else if !isReverse && position == heap.rows(leaf) {
                leaf = heap.slot(leaf, ScoreNode.next)
                position = 0
            }
            let element = heap.leafElement(leaf, position)
            heap.prefetch(element)
            entries.append(SortedSetEntry(score: heap.rowScore(leaf, position), block: element, offset: 0, length: 0))
            position += isReverse ? -1 : 1
        }
        for index in 0..<taken {
            let length = heap.load(entries[index].block, TableHash.nameLength, as: UInt32.self)
            entries[index].offset = UInt32(TableHash.name)
            entries[index].length = length
        }
    }
}
