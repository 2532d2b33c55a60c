import Benchmark
@testable import SessionCore

/// The timing wheel with a million records whose deadlines are spread over half an hour.
func wheelBenchmarks() {
    let load: @Sendable () -> ArmedRecords = { ArmedRecords(count: 1_000_000) }

    Benchmark("TimingWheel cancel and arm among 1000000") { benchmark, records in
        for _ in benchmark.scaledIterations { records.rearm() }
    } setup: { load() }

    Benchmark("TimingWheel later deadline among 1000000") { benchmark, records in
        for _ in benchmark.scaledIterations { records.changeDeadline(by: 1) }
    } setup: { load() }

    Benchmark("TimingWheel earlier deadline among 1000000") { benchmark, records in
        for _ in benchmark.scaledIterations { records.changeDeadline(by: -1) }
    } setup: { load() }

    Benchmark("TimingWheel expire and arm among 1000000") { benchmark, records in
        for _ in benchmark.scaledIterations { records.expireNext() }
    } setup: { load() }
}

/// Records in a heap, armed in a wheel whose time is this class's to move.
private final class ArmedRecords {
    private static let start: Int64 = 1_800_000_000_000
    private static let spread: UInt64 = 1_800_000

    private var heap = Heap()
    private var wheel = TimingWheel(now: start)
    private var records = Vector<Slot>()
    private var now = start
    private var random = SplitMix64(state: 1)

    init(count: Int) {
        for _ in 0..<count {
            let record = heap.allocate(RecordLayout.longHead)
            heap.store(RecordKind.string.rawValue, record, RecordLayout.kind)
            heap.setDeadline(record, draw())
            wheel.arm(record, &heap)
            records.append(record)
        }
    }

    private func draw() -> Int64 { now + 1 + Int64(random.next() % Self.spread) }

    private func drawRecord() -> Slot { records[Int(random.next() % UInt64(records.count))] }

    /// What replacing a key does to the wheel.
    func rearm() {
        let record = drawRecord()
        wheel.cancel(record, &heap)
        heap.setDeadline(record, draw())
        wheel.arm(record, &heap)
    }

    /// What a touch does to the wheel, or a shorter time to live.
    func changeDeadline(by difference: Int64) {
        let record = drawRecord()
        let old = heap[record].deadline
        heap.setDeadline(record, old + difference)
        wheel.deadlineChanged(record, from: old, &heap)
    }

    /// Moves the time on to the next deadline, takes the record, and gives it a new deadline half an hour on.
    func expireNext() {
        while true {
            var budget = 1000
            let record = wheel.nextDue(now: now, budget: &budget, &heap)
            if record != .none {
                heap.setDeadline(record, draw())
                return wheel.arm(record, &heap)
            }
            if budget > 0 { now = max(now, wheel.nextWake() ?? now) }
        }
    }
}
