import Testing
@testable import SessionCore

/// Counts the live instances of `Counted`.
private final class Tally {
    var alive = 0
}

/// An element that cannot be copied and tells when it is destroyed.
private struct Counted: ~Copyable {
    var value: Int
    let tally: Tally

    init(_ value: Int, _ tally: Tally) {
        self.value = value
        self.tally = tally
        tally.alive += 1
    }

    deinit { tally.alive -= 1 }
}

@Suite("Vector")
struct VectorTests {
    @Test("Behaves as an array", arguments: 0..<10 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var vector = Vector<Int>(capacity: random.below(3))
        var model: [Int] = []
        for step in 0..<1_000 {
            switch random.below(12) {
            case 0 where !model.isEmpty:
                #expect(vector.removeLast() == model.removeLast())
            case 1 where !model.isEmpty && random.below(8) == 0:
                let index = random.below(model.count)
                vector.truncate(to: index)
                model.removeLast(model.count - index)
            case 2 where !model.isEmpty:
                let index = random.below(model.count)
                vector[index] += step
                model[index] += step
            case 3 where random.below(20) == 0:
                vector.removeAll()
                model.removeAll()
            default:
                vector.append(step)
                model.append(step)
            }
            #expect(vector.count == model.count && vector.isEmpty == model.isEmpty)
            #expect(vector.capacity >= vector.count)
            #expect(model.indices.allSatisfy { vector[$0] == model[$0] })
        }
        let span = vector.span
        #expect(span.count == model.count && model.indices.allSatisfy { span[$0] == model[$0] })
    }

    @Test("Elements are destroyed exactly once: removed, emptied, or with the vector")
    func ownership() {
        let tally = Tally()
        do {
            var vector = Vector<Counted>()
            for value in 0..<100 { vector.append(Counted(value, tally)) }
            #expect(tally.alive == 100)
            vector[7].value = 70
            #expect(vector[7].value == 70 && vector[99].value == 99)
            let last = vector.removeLast()
            #expect(last.value == 99 && tally.alive == 100)
            _ = consume last
            #expect(tally.alive == 99)
            vector.removeAll()
            #expect(tally.alive == 0 && vector.isEmpty)
            vector.append(Counted(1, tally))
        }
        #expect(tally.alive == 0)
    }
}
