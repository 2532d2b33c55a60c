/// Choosing what to evict.
extension TimingWheel {
    /// The armed record that expires first, roughly: for evicting by remaining time. Marks are never chosen. `.none` if
    /// there is nothing but marks.
    ///
    /// The approximation: slots are searched from the earliest on, and the search ends with the first slot that has an
    /// entry which belongs there by its present deadline, or after `sample` entries. Of the entries looked at, the one
    /// with the earliest deadline is returned. So among entries of one slot the choice is the best of `sample`, and
    /// an entry that has moved on may be chosen if the first `sample` all had. Those are linked where they now
    /// belong, so that the next call starts from a better order. While records are set aside after a clock step, up to
    /// `sample` of them are armed first, and the rest are not looked at.
    ///
    /// The record stays armed. O(`sample`), amortised.
    mutating func soonest(sample: Int, _ heap: inout Heap) -> Slot {
        precondition(sample > 0)
        armDisplaced(sample, &heap)
        var best = Slot.none
        var left = sample
        for level in 0..<WheelSlots.levels {
            var index = TimingWheel.slotIndex(level, current)
            while left > 0 {
                index = slots.firstEvictable(level: level, from: index)
                if index < 0 { break }
                if search(level &<< WheelSlots.levelBits &+ index, &left, &best, &heap) { return best }
            }
        }
        return best
    }

    /// Looks at the evictable entries of one slot, keeping the earliest of all seen in `best`. Links those that
    /// belong elsewhere anew.
    ///
    /// - Returns: whether one belongs here. If not, and the sample is not used up, the slot has no evictable
    ///   entry any more, and its bit is cleared.
    private mutating func search(_ list: Int, _ left: inout Int, _ best: inout Slot, _ heap: inout Heap) -> Bool {
        var found = false
        var link = slots.first(list).rawValue
        while left > 0 {
            let record = Slot(rawValue: link)
            if link == 0 || WheelSlots.isBorder(link) || WheelSlots.isMark(heap[record].kind) {
                if !found { slots.clearEvictable(list) }
                break
            }
            left -= 1
            WheelSlots.prefetchNeighbours(record, heap)
            link = heap.wheelNext(record)
            let deadline = heap[record].deadline
            if best == .none || deadline < heap[best].deadline { best = record }
            if place(wake(record, heap)) == list { found = true } else { relink(record, &heap) }
        }
        return found
    }

    private mutating func armDisplaced(_ limit: Int, _ heap: inout Heap) {
        for _ in 0..<limit {
            let record = slots.first(WheelSlots.displaced)
            if record == .none { break }
            WheelSlots.prefetchNeighbours(record, heap)
            relink(record, &heap)
        }
    }
}
