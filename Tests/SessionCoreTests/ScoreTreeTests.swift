import Testing

@testable import SessionCore

/// The tree of large sorted sets: every step of a random sequence against a sorted array, and its structure checked.
@Suite struct ScoreTreeTests {
    /// A tree, the elements in it and what they should be.
    private struct Model: ~Copyable {
        var heap = Heap(reserving: 64 << 20)
        var tree = ScoreTree()
        var entries: [(score: Double, name: String, element: Slot)] = []

        mutating func insert(_ score: Double, _ name: String) {
            let place = entries.firstIndex { ($0.score, $0.name) >= (score, name) } ?? entries.count
            if place < entries.count, entries[place].score == score, entries[place].name == name { return }
            let bytes = Array(name.utf8)
            let element = heap.allocate(TableHash.name + bytes.count + TreeSortedSet.scoreBytes)
            heap.store(UInt32(bytes.count), element, TableHash.nameLength)
            heap.store(UInt32(TreeSortedSet.scoreBytes), element, TableHash.valueLength)
            heap.write(bytes.span.bytes, element, TableHash.name)
            heap.setElementScore(element, score)
            tree.insert(score, element, &heap)
            entries.insert((score, name, element), at: place)
        }

        mutating func remove(_ rank: Int) {
            tree.remove(at: rank, &heap)
            heap.free(entries.remove(at: rank).element)
        }

        /// Walks the nodes; adds the elements in order, the leaves, and what is wrong.
        private func walk(
            _ node: Slot, _ level: Int, _ elements: inout [Slot], _ leaves: inout [Slot], _ faults: inout [String]
        ) {
            let rows = heap.rows(node)
            if rows < 1 || rows > ScoreNode.rows(level) { faults.append("\(rows) rows on level \(level)") }
            if level == 0 {
                leaves.append(node)
                for row in 0..<rows {
                    let element = heap.leafElement(node, row)
                    if heap.rowScore(node, row) != heap.element(element).score { faults.append("score in a leaf") }
                    elements.append(element)
                }
                return
            }
            for row in 0..<rows {
                let before = elements.count
                walk(heap.child(node, row), level - 1, &elements, &leaves, &faults)
                if heap.size(node, row) != elements.count - before { faults.append("size of a child") }
                let first = heap.slot(node, ScoreNode.innerElements + row * 4)
                if first != elements[before] { faults.append("first element of a child") }
                if heap.rowScore(node, row) != heap.element(first).score { faults.append("score in an inner node") }
            }
        }

        func check() {
            var (elements, leaves, faults): ([Slot], [Slot], [String]) = ([], [], [])
            if tree.root != .none { walk(tree.root, Int(tree.height), &elements, &leaves, &faults) }
            if tree.height > 0 && heap.rows(tree.root) < 2 { faults.append("a root without a choice") }
            if elements != entries.map(\.element) { faults.append("elements or their order") }
            if tree.count(heap) != entries.count { faults.append("count") }
            // The list of leaves, both ways.
            for (index, leaf) in leaves.enumerated() {
                let (next, previous) = (heap.slot(leaf, ScoreNode.next), heap.slot(leaf, ScoreNode.previous))
                if next != (index + 1 < leaves.count ? leaves[index + 1] : .none) { faults.append("next leaf") }
                if previous != (index > 0 ? leaves[index - 1] : .none) { faults.append("previous leaf") }
            }
            // Nothing but nodes and elements is left in the heap.
            let blocks = entries.reduce(0) { $0 + heap.capacity(of: $1.element) }
            if heap.usedBytes != blocks + tree.bytes(heap) { faults.append("blocks left over") }
            #expect(faults.isEmpty)
        }

        /// Ranks, found from both sides.
        func checkRanks(_ random: inout SplitMix64) {
            guard !entries.isEmpty else { return }
            let rank = Int(random.next() % UInt64(entries.count))
            let (score, name, element) = entries[rank]
            let bytes = Array(name.utf8)
            #expect(tree.position(of: score, bytes.span.bytes, heap).rank == rank)
            let position = tree.position(ofRank: rank, heap)
            #expect(heap.leafElement(position.leaf, position.index) == element)
            let below = tree.partition(heap) { _, other, _, _ in other < score }.rank
            let through = tree.partition(heap) { _, other, _, _ in other <= score }.rank
            #expect(below == entries.firstIndex { $0.score >= score })
            #expect(through == entries.lastIndex { $0.score <= score }! + 1)
        }
    }

    /// - Parameter scores: how many different ones; with few, most comparisons are of members.
    @Test(arguments: [1, 3, 50, 1_000_000] as [UInt64], 0..<2 as Range<UInt64>)
    func sameAsSortedArray(scores: UInt64, seed: UInt64) {
        var model = Model()
        var random = SplitMix64(seed: seed &* 31 &+ scores)
        // Growing, then shrinking, several times, so that nodes of all levels split and join.
        for phase in 0..<4 {
            let removals: UInt64 = phase.isMultiple(of: 2) ? 15 : 80
            for _ in 0..<700 {
                if random.next() % 100 < removals {
                    if !model.entries.isEmpty { model.remove(Int(random.next() % UInt64(model.entries.count))) }
                } else {
                    model.insert(Double(random.next() % scores) / 4, "member:\(random.next() % 100_000)")
                }
                model.check()
                model.checkRanks(&random)
            }
        }
        model.check()
        while !model.entries.isEmpty { model.remove(model.entries.count / 2) }
        model.check()
        #expect(model.heap.usedBytes == 0)
    }

    /// Enough for three levels, filled and emptied at either end.
    @Test(arguments: [true, false], [true, false])
    func filledInOrder(ascending: Bool, fromTheFront: Bool) {
        var model = Model()
        for index in 0..<5000 { model.insert(Double(ascending ? index : -index), "m") }
        model.check()
        #expect(model.tree.height == 2)
        if ascending { #expect(model.tree.bytes(model.heap) < 5000 * 14, "full leaves") }
        while model.entries.count > 1 {
            model.remove(fromTheFront ? 0 : model.entries.count - 1)
            if model.entries.count.isMultiple(of: 500) { model.check() }
        }
        #expect(model.tree.height == 0)
        model.remove(0)
        model.check()
        #expect(model.heap.usedBytes == 0)
    }

    /// A set that shrinks evenly gives its nodes back.
    @Test func sparseNodesAreJoined() {
        var model = Model()
        for index in 0..<6000 { model.insert(Double(index), "m") }
        var rank = 0
        while model.entries.count > 600 {
            for _ in 0..<9 where rank < model.entries.count { model.remove(rank) }
            rank = rank + 1 < model.entries.count ? rank + 1 : 0
        }
        model.check()
        #expect(model.tree.bytes(model.heap) < 600 * 60)
        model.tree.destroy(&model.heap)
        #expect(model.heap.usedBytes == model.entries.reduce(0) { $0 + model.heap.capacity(of: $1.element) })
    }
}
