import Testing
@testable import SessionCore

/// What the wheel should do, the slow way: a table of deadlines, searched in full.
///
/// One clock drives both. Every answer of the wheel is checked when it comes; `advance` with a full budget also checks
/// that nothing due was kept back.
private struct WheelModel: ~Copyable {
    var bench: WheelBench
    var random: SplitMix64
    var now: Int64
    /// Armed records and the positions for picking one at random.
    var deadlines: [UInt32: Int64] = [:]
    var records: [UInt32] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        now = 1_790_000_000_000 + Int64(random.below(1 << 40))
        bench = WheelBench(now: now)
    }

    // MARK: Random choices

    /// Mostly near, of every magnitude up to the far future; sometimes past.
    mutating func someDeadline() -> Int64 {
        switch random.below(20) {
        case 0: return now - Int64(random.below(5_000))
        case 1: return now
        case 2: return now + Int64(random.below(1 << 45))
        case 3: return Int64.max - Int64(random.below(3))
        case 4: return (now | 0xFFFF) + Int64(random.below(3))
        default: return now + Int64(random.below(1 << (1 + random.below(24))))
        }
    }

    mutating func someRecord() -> Slot? {
        records.isEmpty ? nil : Slot(rawValue: records[random.below(records.count)])
    }

    mutating func step() {
        switch random.below(100) {
        case 0..<30: arm()
        case 30..<38: cancel()
        case 38..<60: change()
        case 60..<68: move()
        case 68..<72: evict()
        case 72..<90: advance(budget: .max)
        default: advance(budget: random.below(4))
        }
        #expect(bench.wheel.count == deadlines.count)
        checkWake()
    }

    // MARK: Operations on both

    mutating func arm() {
        let kinds: [RecordKind] = [.string, .session, .session, .tombstone, .predecessor]
        let record = bench.arm(someDeadline(), kinds[random.below(kinds.count)])
        deadlines[record.rawValue] = bench.heap[record].deadline
        records.append(record.rawValue)
    }

    mutating func cancel() {
        guard let record = someRecord() else { return }
        remove(record)
        bench.cancel(record)
    }

    mutating func change() {
        guard let record = someRecord() else { return }
        let deadline = someDeadline()
        bench.change(record, to: deadline)
        deadlines[record.rawValue] = deadline
    }

    mutating func move() {
        guard let old = someRecord() else { return }
        let new = bench.heap.allocate(RecordLayout.longHead + random.below(300))
        bench.heap.copy(from: old, 0, to: new, 0, RecordLayout.longHead)
        bench.wheel.moved(from: old, to: new, &bench.heap)
        let deadline = deadlines[old.rawValue]
        remove(old)
        bench.heap.clear(old, RecordLayout.longHead)
        bench.heap.free(old)
        deadlines[new.rawValue] = deadline
        records.append(new.rawValue)
    }

    mutating func evict() {
        let found = bench.wheel.soonest(sample: 1 + random.below(8), &bench.heap)
        if found == .none { return }
        #expect(deadlines[found.rawValue] != nil)
        #expect(!WheelSlots.isMark(bench.heap[found].kind))
        remove(found)
        bench.cancel(found)
    }

    mutating func advance(budget: Int) {
        switch random.below(40) {
        case 0: now += Int64(random.below(1 << 42))
        case 1: now -= 1_001 + Int64(random.below(1 << 30))
        case 2: now -= 1_001 + Int64(random.below(1_000))
        case 3...5: now -= Int64(random.below(1_000))
        case 6..<10: break
        case 10..<20: now += 1
        default: now += Int64(random.below(1 << (1 + random.below(20))))
        }
        if random.below(10) == 0, let wake = bench.wheel.nextWake(), wake > now, wake < now + 1 << 40 { now = wake }
        take(budget: budget)
    }

    /// Takes what is due at `now`; with a budget that cannot run out, all of it.
    mutating func take(budget: Int) {
        var left = budget
        while true {
            let record = bench.next(now, budget: &left)
            if record == .none { break }
            guard let deadline = deadlines[record.rawValue] else {
                Issue.record("a record was returned that is not armed")
                return
            }
            #expect(deadline == bench.heap[record].deadline)
            #expect(Deadline.hasPassed(deadline, now: now))
            remove(record)
            bench.heap.free(record)
        }
        #expect(left > -1)
        if budget == .max && bench.wheel.current <= now {
            let kept = deadlines.values.filter { Deadline.hasPassed($0, now: now) }
            #expect(kept.isEmpty)
        }
    }

    // MARK: Checks

    func checkWake() {
        guard let wake = bench.wheel.nextWake() else {
            #expect(deadlines.isEmpty)
            return
        }
        // While a small backward step is waited out, the wheel's own time is the earliest there is.
        let earliest = deadlines.values.min().map { max($0, bench.wheel.current) }
        if let earliest { #expect(wake <= earliest) } else { Issue.record("a wake without a record") }
    }

    mutating func remove(_ record: Slot) {
        deadlines[record.rawValue] = nil
        if let index = records.firstIndex(of: record.rawValue) { records.swapAt(index, records.count - 1) }
        records.removeLast()
    }

    /// Follows the wakes alone until only records beyond `end` are left.
    mutating func runDry(until end: Int64) {
        var wakes = 0
        let bound = (deadlines.count + 1) * (WheelSlots.levels + 2)
        while let wake = bench.wheel.nextWake(), wake <= end {
            now = max(now, wake)
            take(budget: .max)
            wakes += 1
            if wakes > bound { break }
        }
        #expect(wakes <= bound)
        #expect(deadlines.values.allSatisfy { $0 > end })
    }
}

@Suite("Timing wheel: against a model")
struct TimingWheelPropertyTests {
    @Test("Every record once, not before its deadline, and by the next call", arguments: 0..<40 as Range<UInt64>)
    func random(seed: UInt64) {
        var model = WheelModel(seed: seed)
        for _ in 0..<1_500 { model.step() }
        model.runDry(until: model.now + 1 << 46)
    }

    @Test("A budget of one returns the same records as a large one", arguments: [3, 4] as [UInt64])
    func budgets(seed: UInt64) {
        var outcomes: [[Int64]] = []
        for budget in [1, 7, Int.max] {
            var bench = WheelBench(now: 1 << 40)
            var random = SplitMix64(seed: seed)
            for _ in 0..<500 { _ = bench.arm(1 << 40 + Int64(random.below(1 << (1 + random.below(30))))) }
            var found: [Int64] = []
            var calls = 0
            let now: Int64 = 1 << 40 + 1 << 29
            while let wake = bench.wheel.nextWake(), wake <= now, calls < 10_000 {
                found += bench.due(now, budget: budget)
                calls += 1
            }
            outcomes.append(found)
        }
        #expect(outcomes[0] == outcomes[2] && outcomes[1] == outcomes[2])
        #expect(!outcomes[0].isEmpty)
    }
}
