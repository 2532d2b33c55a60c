import Testing
@testable import SessionCore

/// A heap and a wheel over bare records, for dialogues: arm at a time, ask at a time.
struct WheelBench: ~Copyable {
    var heap = Heap(reserving: 1 << 30)
    var wheel: TimingWheel

    init(now: Int64) { wheel = TimingWheel(now: now) }

    mutating func record(_ deadline: Int64, _ kind: RecordKind = .session) -> Slot {
        let record = heap.allocate(RecordLayout.longHead + 16)
        heap.store(kind.rawValue, record, RecordLayout.kind)
        heap.store(RecordFlags.expires.rawValue, record, RecordLayout.flags)
        heap.setDeadline(record, deadline)
        return record
    }

    mutating func arm(_ deadline: Int64, _ kind: RecordKind = .session) -> Slot {
        let record = record(deadline, kind)
        wheel.arm(record, &heap)
        return record
    }

    mutating func cancel(_ record: Slot) {
        wheel.cancel(record, &heap)
        heap.free(record)
    }

    mutating func change(_ record: Slot, to deadline: Int64) {
        let old = heap[record].deadline
        heap.setDeadline(record, deadline)
        wheel.deadlineChanged(record, from: old, &heap)
    }

    mutating func next(_ now: Int64, budget: inout Int) -> Slot { wheel.nextDue(now: now, budget: &budget, &heap) }

    /// The deadlines of all records due at `now`, in the order in which they come.
    mutating func due(_ now: Int64, budget: Int = .max) -> [Int64] {
        var left = budget
        var found: [Int64] = []
        while true {
            let record = next(now, budget: &left)
            if record == .none { return found }
            found.append(heap[record].deadline)
            heap.free(record)
        }
    }
}

private let start: Int64 = 1_790_000_000_123

@Suite("Timing wheel: dialogues")
struct TimingWheelTests {
    @Test("A record is due at its deadline, not before", arguments: [
        1, 2, 255, 256, 257, 1_000, 65_535, 65_536, 1_800_000, 86_400_000, 4_000_000_000, 400_000_000_000,
    ] as [Int64])
    func dueAtDeadline(distance: Int64) {
        var bench = WheelBench(now: start)
        _ = bench.arm(start + distance)
        #expect(bench.due(start + distance - 1) == [])
        #expect(bench.due(start + distance) == [start + distance])
        #expect(bench.due(start + distance + 1) == [])
        #expect(bench.wheel.count == 0)
    }

    @Test("A deadline in the past is due at once, even at a time already asked for")
    func pastDeadline() {
        var bench = WheelBench(now: start)
        #expect(bench.due(start + 10) == [])
        for deadline in [start, Int64(0), Int64.min, start + 10] { _ = bench.arm(deadline) }
        #expect(bench.wheel.nextWake() == start + 10)
        #expect(bench.due(start + 10).count == 4)
    }

    @Test("A deadline beyond the last tick is never due and never spins")
    func beyondTheEnd() {
        var bench = WheelBench(now: start)
        _ = bench.arm(.max)
        _ = bench.arm(TimingWheel.lastTick)
        for now in [TimingWheel.lastTick - 1, TimingWheel.lastTick, Int64.max] { #expect(bench.due(now) == []) }
        #expect(bench.wheel.count == 2)
        var budget = 100
        #expect(bench.next(.max, budget: &budget) == .none)
        #expect(budget > 90)
    }

    @Test("Records come in the order of their deadlines")
    func order() {
        var bench = WheelBench(now: start)
        var random = SplitMix64(seed: 1)
        var deadlines: [Int64] = []
        for _ in 0..<2_000 {
            deadlines.append(start + Int64.random(in: 0...(1 << random.below(34)), using: &random))
            _ = bench.arm(deadlines[deadlines.count - 1])
        }
        #expect(bench.due(start + 1 << 40) == deadlines.sorted())
    }

    @Test("A later deadline costs nothing until the old slot comes due")
    func touch() {
        var bench = WheelBench(now: start)
        let record = bench.arm(start + 1_000)
        for step in 1...20 { bench.change(record, to: start + 1_000 + Int64(step) * 100) }
        #expect(bench.wheel.rearmed == 0)
        #expect(bench.due(start + 2_999) == [])
        #expect(bench.wheel.rearmed > 0)
        #expect(bench.due(start + 3_000) == [start + 3_000])
    }

    @Test("An earlier deadline is honoured, also after a later one")
    func shorten() {
        var bench = WheelBench(now: start)
        let record = bench.arm(start + 100_000)
        bench.change(record, to: start + 200_000)
        bench.change(record, to: start + 50)
        #expect(bench.wheel.nextWake() == start + 50)
        #expect(bench.due(start + 49) == [])
        #expect(bench.due(start + 50) == [start + 50])
    }

    @Test("A cancelled record is not returned, wherever in its list it was", arguments: [0, 1, 2])
    func cancel(position: Int) {
        var bench = WheelBench(now: start)
        let records = [bench.arm(start + 9), bench.arm(start + 9), bench.arm(start + 9)]
        bench.cancel(records[position])
        #expect(bench.due(start + 9).count == 2)
        #expect(bench.wheel.nextWake() == nil)
    }

    @Test("A record that was moved to another block is found there", arguments: [0, 1, 2])
    func move(position: Int) {
        var bench = WheelBench(now: start)
        let records = [bench.arm(start + 9), bench.arm(start + 9), bench.arm(start + 9)]
        let old = records[position]
        let new = bench.heap.allocate(200)
        bench.heap.copy(from: old, 0, to: new, 0, RecordLayout.longHead)
        bench.wheel.moved(from: old, to: new, &bench.heap)
        bench.heap.clear(old, RecordLayout.longHead)
        bench.heap.free(old)
        var budget = 100
        var found: Set<UInt32> = []
        for _ in 0..<3 { found.insert(bench.next(start + 9, budget: &budget).rawValue) }
        #expect(found == Set(records.map { $0 == old ? new.rawValue : $0.rawValue }))
    }

    @Test("removeAll forgets everything and the wheel goes on")
    func removeAll() {
        var bench = WheelBench(now: start)
        for distance in [0, 5, 500, 70_000] as [Int64] { _ = bench.arm(start + distance) }
        bench.wheel.removeAll()
        #expect(bench.wheel.nextWake() == nil)
        #expect(bench.due(start + 100_000) == [])
        _ = bench.arm(start + 100_001)
        #expect(bench.due(start + 100_001) == [start + 100_001])
    }
}

@Suite("Timing wheel: bounded work")
struct TimingWheelBudgetTests {
    @Test("A slot with many entries cascades in pieces, and the wheel's time waits for it")
    func interruptedCascade() {
        let origin: Int64 = 1 << 40
        var bench = WheelBench(now: origin)
        let slot = origin + 3 * 65_536
        for offset in 0..<1_000 { _ = bench.arm(slot + Int64(offset % 3)) }
        var calls = 0
        var found: [Int64] = []
        while bench.wheel.count > 0 {
            var budget = 10
            let before = bench.wheel.cascaded + UInt64(found.count)
            while true {
                let record = bench.next(slot + 5, budget: &budget)
                if record == .none { break }
                found.append(bench.heap[record].deadline)
            }
            #expect(bench.wheel.cascaded + UInt64(found.count) - before <= 10)
            calls += 1
        }
        #expect(calls >= 200)
        #expect(found == found.sorted() && found.count == 1_000)
    }

    @Test("A budget of one makes progress with every call")
    func budgetOfOne() {
        var bench = WheelBench(now: start)
        for distance in [0, 1, 300, 300, 70_000, 20_000_000] as [Int64] { _ = bench.arm(start + distance) }
        var found = 0
        var calls = 0
        while found < 6 && calls < 100 {
            var budget = 1
            if bench.next(start + 20_000_000, budget: &budget) != .none { found += 1 }
            #expect(budget == 0)
            calls += 1
        }
        #expect(found == 6 && calls < 40)
    }

    @Test("Nothing is done without a budget")
    func noBudget() {
        var bench = WheelBench(now: start)
        _ = bench.arm(start)
        var budget = 0
        #expect(bench.next(start + 1, budget: &budget) == .none)
        #expect(bench.wheel.current == start)
    }

    @Test("Empty stretches cost nothing, however long")
    func forwardStep() {
        var bench = WheelBench(now: start)
        let century: Int64 = 100 * 365 * 86_400_000
        _ = bench.arm(start + century)
        var budget = 100
        #expect(bench.next(start + century + 1, budget: &budget) != .none)
        #expect(bench.next(start + 2 * century, budget: &budget) == .none)
        #expect(budget >= 100 - 2 * WheelSlots.levels)
    }

    @Test("An idle session of half an hour wakes the node three times")
    func wakes() {
        var bench = WheelBench(now: start)
        let deadline = start + 1_800_000
        _ = bench.arm(deadline)
        var wakes: [Int64] = []
        var found: [Int64] = []
        while let wake = bench.wheel.nextWake() {
            wakes.append(wake)
            found += bench.due(wake)
        }
        #expect(found == [deadline] && wakes.last == deadline)
        #expect(wakes.count == 3 && wakes == wakes.sorted())
    }
}

@Suite("Timing wheel: clock steps back")
struct TimingWheelClockTests {
    @Test("A small step is waited out without spinning")
    func smallStep() {
        var bench = WheelBench(now: start)
        #expect(bench.due(start + 5_000) == [])
        _ = bench.arm(start + 4_500)
        #expect(bench.due(start + 4_400) == [])
        #expect(bench.wheel.nextWake() == start + 5_000)
        var budget = 10
        #expect(bench.next(start + 4_400, budget: &budget) == .none && budget == 10)
        #expect(bench.due(start + 5_000) == [start + 4_500])
    }

    @Test("After a large step short deadlines are on time by the new clock, and old ones are kept")
    func largeStep() {
        var bench = WheelBench(now: start)
        for index in 0..<100 { _ = bench.arm(start + 10_000 + Int64(index) * 977) }
        #expect(bench.due(start + 5_000) == [])
        #expect(bench.due(start - 3_600_000, budget: 10) == [])
        _ = bench.arm(start - 3_600_000 + 20)
        #expect(bench.wheel.nextWake() == 0)
        #expect(bench.due(start - 3_600_000 + 20, budget: 10) == [start - 3_600_000 + 20])
        var calls = 0
        while bench.wheel.nextWake() == 0 && calls < 100 {
            #expect(bench.due(start - 3_599_000, budget: 10) == [])
            calls += 1
        }
        #expect(calls >= 8 && calls <= 11)
        #expect(bench.due(start + 200_000) == (0..<100).map { start + 10_000 + $0 * 977 })
    }

    @Test("A second step back while records are still set aside keeps both sets")
    func secondStep() {
        var bench = WheelBench(now: start)
        for index in 0..<50 { _ = bench.arm(start + Int64(index)) }
        #expect(bench.due(start - 10_000, budget: 5) == [])
        for index in 0..<50 { _ = bench.arm(start - 5_000 + Int64(index)) }
        let gone = bench.arm(start - 6_000)
        #expect(bench.due(start - 20_000, budget: 5) == [])
        bench.cancel(gone)
        _ = bench.arm(start - 19_000)
        #expect(bench.due(start - 19_000) == [start - 19_000])
        let expected = (0..<50).map { start - 5_000 + $0 } + (0..<50).map { start + $0 }
        #expect(bench.due(start + 100) == expected)
        #expect(bench.wheel.count == 0)
    }

    @Test("A record set aside can be shortened, moved on and cancelled")
    func changesWhileSetAside() {
        var bench = WheelBench(now: start)
        let records = [bench.arm(start + 100), bench.arm(start + 100), bench.arm(start + 100_000)]
        var budget = 0
        #expect(bench.next(start - 10_000, budget: &budget) == .none)
        #expect(bench.wheel.nextWake() == 0)
        bench.change(records[0], to: start - 9_990)
        bench.change(records[1], to: start + 300)
        bench.cancel(records[2])
        #expect(bench.due(start - 9_990) == [start - 9_990])
        #expect(bench.due(start + 299) == [])
        #expect(bench.due(start + 300) == [start + 300])
    }
}

@Suite("Timing wheel: the soonest")
struct TimingWheelSoonestTests {
    @Test("The earliest of several, by present deadlines")
    func earliest() {
        var bench = WheelBench(now: start)
        let records = [bench.arm(start + 90_000), bench.arm(start + 700), bench.arm(start + 5_000_000)]
        #expect(bench.wheel.soonest(sample: 16, &bench.heap) == records[1])
        bench.change(records[1], to: start + 9_000_000)
        #expect(bench.wheel.soonest(sample: 16, &bench.heap) == records[0])
        bench.cancel(records[0])
        #expect(bench.wheel.soonest(sample: 16, &bench.heap) == records[2])
    }

    @Test("Marks are never chosen, and do not hide others")
    func marks() {
        var bench = WheelBench(now: start)
        let first = bench.arm(start + 10_000)
        for index in 0..<500 { _ = bench.arm(start + Int64(index), index % 2 == 0 ? .tombstone : .predecessor) }
        let second = bench.arm(start + 10_000)
        for _ in 0..<500 { _ = bench.arm(start + 10_000, .tombstone) }
        for expected in [second, first, .none] {
            let found = bench.wheel.soonest(sample: 1, &bench.heap)
            #expect(found == expected)
            if found != .none { bench.cancel(found) }
        }
        #expect(bench.wheel.count == 1_000)
        #expect(bench.due(start + 10_000).count == 1_000)
    }

    @Test("Repeated eviction works through entries that have moved on")
    func movedOn() {
        var bench = WheelBench(now: start)
        var touched: Set<UInt32> = []
        for index in 0..<200 {
            let record = bench.arm(start + 1_000)
            bench.change(record, to: start + 50_000_000 + Int64(index))
            touched.insert(record.rawValue)
        }
        let short = bench.arm(start + 60_000)
        var evictions = 0
        while true {
            let found = bench.wheel.soonest(sample: 16, &bench.heap)
            evictions += 1
            if found == short { break }
            #expect(touched.contains(found.rawValue))
            bench.cancel(found)
            if evictions > 20 { break }
        }
        #expect(evictions <= 200 / 16 + 2)
    }

    @Test("Every record can be evicted, also after a step back")
    func toTheLast() {
        var bench = WheelBench(now: start)
        for index in 0..<300 { _ = bench.arm(start + Int64(index * index), index % 3 == 0 ? .tombstone : .string) }
        var budget = 0
        #expect(bench.next(start - 50_000, budget: &budget) == .none)
        var evicted = 0
        var misses = 0
        while evicted < 200 && misses < 40 {
            let found = bench.wheel.soonest(sample: 8, &bench.heap)
            if found == .none { misses += 1; continue }
            bench.cancel(found)
            evicted += 1
        }
        #expect(evicted == 200)
        #expect(bench.wheel.soonest(sample: 8, &bench.heap) == .none)
        #expect(bench.wheel.count == 100)
    }
}
