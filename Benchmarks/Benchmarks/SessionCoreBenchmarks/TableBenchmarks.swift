import Benchmark
@testable import SessionCore

/// The hash of keys, the handles of tokens, and the table that both lead to.
func tableBenchmarks() {
    let hash = KeyHash(seed: (1, 2))
    let key = [UInt8]("comparison-of-token-000000000001".utf8)

    Benchmark("KeyHash of 32 bytes") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(hash(key.span.bytes)) }
    }

    Benchmark("Handle of a token of 32 bytes") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(Handle(token: key.span.bytes).low) }
    }

    for count in [10_000, 1_000_000] {
        Benchmark("BucketTable lookup among \(count)") { benchmark, numbers in
            for _ in benchmark.scaledIterations { blackHole(numbers.find(numbers.draw())) }
        } setup: {
            NumberTable(count: count)
        }

        Benchmark("BucketTable remove and insert among \(count)") { benchmark, numbers in
            for _ in benchmark.scaledIterations { numbers.replace(numbers.draw()) }
        } setup: {
            NumberTable(count: count)
        }
    }
}

/// A table of records that hold their own key, a number, in place of a deadline: of all that a record holds it takes
/// the least to read. (Generic functions such as `Heap.load` are not specialised for callers in another module.)
private final class NumberTable {
    private var heap = Heap()
    private var table = BucketTable()
    private var state: UInt64 = 88_172_645_463_325_252
    private let size: UInt64

    init(count: Int) {
        size = UInt64(count)
        for number in 0..<size { insert(number) }
    }

    /// A random number that is in the table (xorshift64: Marsaglia 2003).
    func draw() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state % size
    }

    func find(_ number: UInt64) -> UInt32 {
        var probe = table.probe(Self.hash(number), heap)
        while true {
            let slot = probe.next(heap)
            if slot == .none || heap[slot].deadline == Int64(number) { return slot.rawValue }
        }
    }

    /// Takes the record out and puts one with the same number back.
    func replace(_ number: UInt64) {
        var probe = table.probe(Self.hash(number), heap)
        while true {
            let slot = probe.next(heap)
            precondition(slot != .none)
            guard heap[slot].deadline == Int64(number) else { continue }
            table.remove(probe.position, &heap, rehash: Self.rehash)
            heap.free(slot)
            return insert(number)
        }
    }

    private func insert(_ number: UInt64) {
        let record = heap.allocate(RecordLayout.longHead)
        heap.setDeadline(record, Int64(number))
        table.insert(record, Self.hash(number), &heap, rehash: Self.rehash)
    }

    private static func rehash(_ heap: borrowing Heap, _ record: Slot) -> UInt64 {
        hash(UInt64(heap[record].deadline))
    }

    /// The finaliser of MurmurHash3 (Austin Appleby): cheap, so that the table is what is measured.
    private static func hash(_ number: UInt64) -> UInt64 {
        var hash = number
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }
}
