/// What HRANDFIELD, SRANDMEMBER and SPOP share.
extension Node {
    /// An element of a record's table, chosen at random.
    mutating func randomElement(_ record: Slot, _ scratch: inout Vector<Slot>) -> Slot {
        let table = store.heap.table(record)
        return table.randomRecord(store.heap, into: &scratch) { random.next() }
    }

    /// Chooses `wanted` different elements of a table of `size`. O(wanted²) where few are wanted, else O(size).
    mutating func choose(_ wanted: Int, of size: Int, _ record: Slot, into chosen: inout Vector<Slot>) {
        if wanted < size && wanted * 2 <= size && wanted.multipliedFullWidth(by: wanted) <= (0, UInt(size)) {
            var scratch = Vector<Slot>()
            while chosen.count < wanted {
                let element = randomElement(record, &scratch)
                if !chosen.contains(element) { chosen.append(element) }
            }
            return
        }
        store.elements(of: record, into: &chosen)
        guard wanted < size else { return }
        // The first steps of a Fisher-Yates shuffle.
        for index in 0..<wanted {
            let other = index + Int(random.next() % UInt64(size - index))
            (chosen[index], chosen[other]) = (chosen[other], chosen[index])
        }
    }
}

extension Vector<Slot> {
    fileprivate func contains(_ slot: Slot) -> Bool {
        for index in 0..<count where self[index] == slot { return true }
        return false
    }
}

/// Selection sampling (Knuth, volume 2, algorithm S): chooses so many of a sequence in one pass, in their order, all
/// selections being equally likely.
struct Sample: BitwiseCopyable {
    private var left, needed: UInt64

    init(of count: Int, _ wanted: Int) {
        left = UInt64(count)
        needed = UInt64(wanted)
    }

    /// Whether the next of the sequence is chosen.
    mutating func takesNext(_ random: inout SplitMix64) -> Bool {
        defer { left -= 1 }
        guard needed > 0, random.next() % left < needed else { return false }
        needed -= 1
        return true
    }
}
