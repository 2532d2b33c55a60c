/// Adding and removing elements. Nodes are `rows` of parallel arrays; a change moves the rows behind it.
extension ScoreTree {
    // MARK: Adding

    /// Adds an element, of which there is none with this score and member. Its block is complete. O(log n).
    mutating func insert(_ score: Double, _ element: Slot, _ heap: inout Heap) {
        if root == .none { setRoot(heap.allocateNode(level: 0), height: 0) }
        let level = Int(height)
        let sibling = insert(score, element, under: root, level, isLast: true, &heap)
        guard sibling != .none else { return }
        let top = heap.allocateNode(level: level + 1)
        heap.insertChild(root, level, into: top, at: 0)
        heap.insertChild(sibling, level, into: top, at: 1)
        setRoot(top, height: height + 1)
    }

    /// - Parameter isLast: whether the node is the last one of its level.
    /// - Returns: the node that was split off behind this one, or `none`.
    private func insert(
        _ score: Double, _ element: Slot, under node: Slot, _ level: Int, isLast: Bool, _ heap: inout Heap
    ) -> Slot {
        let before = heap.rowsBefore(node, ScoreNode.elements(level)) { heap, other, node, offset in
            ScoreTree.isBefore(heap, other, node, offset, score, heap.element(element).name)
        }
        if level == 0 {
            let (target, row, sibling) = heap.makeRoom(in: node, level, at: before, isLast: isLast)
            heap.insertRow(target, 0, at: row, score, element)
            return sibling
        }
        let row = max(before - 1, 0)
        // It comes before all elements so far.
        if before == 0 { heap.setRow(node, level, 0, score, element) }
        let child = heap.child(node, row)
        let isLastChild = isLast && row == heap.rows(node) - 1
        let split = insert(score, element, under: child, level - 1, isLast: isLastChild, &heap)
        if split == .none {
            heap.setSize(node, row, heap.size(node, row) + 1)
            return .none
        }
        heap.setSize(node, row, heap.elementsBelow(child, level - 1))
        let (target, place, sibling) = heap.makeRoom(in: node, level, at: row + 1, isLast: isLast)
        heap.insertChild(split, level - 1, into: target, at: place)
        return sibling
    }

    // MARK: Removing

    /// Removes the element of a rank; its block is the caller's. O(log n).
    mutating func remove(at rank: Int, _ heap: inout Heap) {
        remove(at: rank, under: root, Int(height), &heap)
        while height > 0 && heap.rows(root) <= 1 {
            let child = heap.rows(root) == 1 ? heap.child(root, 0) : Slot.none
            heap.free(root)
            setRoot(child, height: child == .none ? 0 : height - 1)
        }
        if height == 0 && root != .none && heap.rows(root) == 0 {
            heap.free(root)
            setRoot(.none, height: 0)
        }
    }

    private func remove(at rank: Int, under node: Slot, _ level: Int, _ heap: inout Heap) {
        if level == 0 { return heap.removeRow(node, 0, at: rank) }
        var rest = rank
        let row = heap.row(of: &rest, in: node)
        let child = heap.child(node, row)
        remove(at: rest, under: child, level - 1, &heap)
        let size = heap.size(node, row) - 1
        heap.setSize(node, row, size)
        if size == 0 {
            heap.freeNode(child, level - 1)
            return heap.removeRow(node, level, at: row)
        }
        if rest == 0 { heap.copyFirstRow(of: child, level - 1, to: node, row) }
        join(child, at: row, of: node, level, &heap)
    }

    /// Joins a child that has become small with a neighbour, if they fit in three quarters of a node.
    private func join(_ child: Slot, at row: Int, of node: Slot, _ level: Int, _ heap: inout Heap) {
        let rows = heap.rows(child)
        let capacity = ScoreNode.rows(level - 1)
        if rows >= capacity / 4 { return }
        for step in 0...1 {
            let left = row - step
            guard left >= 0 && left + 1 < heap.rows(node) else { continue }
            let (first, second) = (heap.child(node, left), heap.child(node, left + 1))
            if heap.rows(first) + heap.rows(second) > capacity * 3 / 4 { continue }
            heap.moveRows(from: second, 0, to: first, heap.rows(first), heap.rows(second), level - 1)
            heap.setRows(first, heap.rows(first) + heap.rows(second))
            heap.setSize(node, left, heap.size(node, left) + heap.size(node, left + 1))
            heap.freeNode(second, level - 1)
            return heap.removeRow(node, level, at: left + 1)
        }
    }

    /// Frees the nodes; the elements are the caller's. O(nodes).
    mutating func destroy(_ heap: inout Heap) {
        if root != .none { heap.freeTree(root, Int(height)) }
        self = ScoreTree()
    }
}

/// Changing nodes.
extension Heap {
    fileprivate mutating func allocateNode(level: Int) -> Slot {
        let node = allocate(level == 0 ? ScoreNode.leafBytes : ScoreNode.innerBytes)
        clear(node, ScoreNode.scores)
        return node
    }

    /// Frees a node; a leaf is taken out of the list.
    fileprivate mutating func freeNode(_ node: Slot, _ level: Int) {
        if level == 0 {
            let (next, previous) = (slot(node, ScoreNode.next), slot(node, ScoreNode.previous))
            if next != .none { store(previous.rawValue, next, ScoreNode.previous) }
            if previous != .none { store(next.rawValue, previous, ScoreNode.next) }
        }
        free(node)
    }

    fileprivate mutating func freeTree(_ node: Slot, _ level: Int) {
        if level > 0 {
            for row in 0..<rows(node) { freeTree(child(node, row), level - 1) }
        }
        free(node)
    }

    @inline(__always)
    fileprivate mutating func setRows(_ node: Slot, _ count: Int) {
        store(UInt16(truncatingIfNeeded: count), node, ScoreNode.count)
    }

    @inline(__always)
    fileprivate mutating func setRow(_ node: Slot, _ level: Int, _ row: Int, _ score: Double, _ element: Slot) {
        store(score, node, ScoreNode.scores &+ row &* 8)
        store(element.rawValue, node, ScoreNode.elements(level) &+ row &* 4)
    }

    @inline(__always)
    fileprivate mutating func setSize(_ node: Slot, _ row: Int, _ size: Int) {
        store(UInt32(truncatingIfNeeded: size), node, ScoreNode.sizes &+ row &* 4)
    }

    /// Copies rows between nodes of a level, or within one; the counts are the caller's.
    fileprivate mutating func moveRows(
        from source: Slot, _ first: Int, to target: Slot, _ place: Int, _ count: Int, _ level: Int
    ) {
        func move(_ offset: Int, _ width: Int) {
            copy(from: source, offset &+ first &* width, to: target, offset &+ place &* width, count &* width)
        }
        move(ScoreNode.scores, 8)
        move(ScoreNode.elements(level), 4)
        if level > 0 {
            move(ScoreNode.children, 4)
            move(ScoreNode.sizes, 4)
        }
    }

    /// Inserts a row into a node that has room for it.
    fileprivate mutating func insertRow(
        _ node: Slot, _ level: Int, at row: Int, _ score: Double, _ element: Slot
    ) {
        let count = rows(node)
        moveRows(from: node, row, to: node, row + 1, count - row, level)
        setRow(node, level, row, score, element)
        setRows(node, count + 1)
    }

    fileprivate mutating func removeRow(_ node: Slot, _ level: Int, at row: Int) {
        let count = rows(node)
        moveRows(from: node, row + 1, to: node, row, count - row - 1, level)
        setRows(node, count - 1)
    }

    /// Inserts a node of a level into one of the next level, which has room for it.
    fileprivate mutating func insertChild(_ child: Slot, _ level: Int, into node: Slot, at row: Int) {
        insertRow(node, level + 1, at: row, rowScore(child, 0), slot(child, ScoreNode.elements(level)))
        store(child.rawValue, node, ScoreNode.children + row * 4)
        setSize(node, row, elementsBelow(child, level))
    }

    /// Makes the row of a child say what its first element is.
    fileprivate mutating func copyFirstRow(of child: Slot, _ level: Int, to node: Slot, _ row: Int) {
        setRow(node, level + 1, row, rowScore(child, 0), slot(child, ScoreNode.elements(level)))
    }

    /// Splits a node if it is full.
    /// - Parameters:
    ///   - row: where a row is to be inserted.
    ///   - isLast: whether the node is the last one of its level.
    /// - Returns: the node and row where it is to be inserted now, and the node that was split off, or `none`.
    fileprivate mutating func makeRoom(
        in node: Slot, _ level: Int, at row: Int, isLast: Bool
    ) -> (Slot, Int, sibling: Slot) {
        let count = rows(node)
        if count < ScoreNode.rows(level) { return (node, row, .none) }
        // At the very end the present rows stay together.
        let kept = row == count && isLast ? count : count / 2
        let sibling = allocateNode(level: level)
        moveRows(from: node, kept, to: sibling, 0, count - kept, level)
        setRows(sibling, count - kept)
        setRows(node, kept)
        if level == 0 { linkLeaf(sibling, after: node) }
        return row <= kept && kept < count ? (node, row, sibling) : (sibling, row - kept, sibling)
    }

    private mutating func linkLeaf(_ leaf: Slot, after previous: Slot) {
        let next = slot(previous, ScoreNode.next)
        store(next.rawValue, leaf, ScoreNode.next)
        store(previous.rawValue, leaf, ScoreNode.previous)
        store(leaf.rawValue, previous, ScoreNode.next)
        if next != .none { store(leaf.rawValue, next, ScoreNode.previous) }
    }
}
