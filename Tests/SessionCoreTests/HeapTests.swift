import Testing
@testable import SessionCore

/// Blocks given out by a heap, each filled to its capacity with a pattern of its own.
private struct HeapModel: ~Copyable {
    struct Block {
        var slot: Slot
        var size: Int
        var pattern: UInt64
    }

    var heap = Heap(reserving: 2 << 30)
    var random: SplitMix64
    var blocks: [Block] = []
    var usedBytes = 0
    var highest: UInt32 = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func someSize() -> Int {
        switch random.below(20) {
        case 0: 1 + random.below(600_000)
        case 1..<5: 1 + random.below(Heap.largestClass)
        case 5: [0, 1, 16, 17, 1_024, 1_025, 32_767, 32_768, 32_769, 65_536, 65_537][random.below(11)]
        default: 1 + random.below(1_200)
        }
    }

    mutating func allocate() {
        let size = someSize()
        let zeroed = random.below(3) == 0
        let slot = zeroed ? heap.allocateZeroed(size) : heap.allocate(size)
        if zeroed { #expect(isZero(slot, size)) }
        #expect(slot != .none && heap.capacity(of: slot) >= size)
        #expect(heap.capacity(of: slot) == Heap.roundedSize(size))
        usedBytes += heap.capacity(of: slot)
        highest = max(highest, slot.rawValue + UInt32(heap.capacity(of: slot) >> Heap.unitShift))
        let block = Block(slot: slot, size: size, pattern: random.next())
        fill(block)
        blocks.append(block)
    }

    mutating func free() {
        if blocks.isEmpty { return }
        let index = random.below(blocks.count)
        blocks.swapAt(index, blocks.count - 1)
        let block = blocks.removeLast()
        #expect(isIntact(block))
        usedBytes -= heap.capacity(of: block.slot)
        heap.free(block.slot)
    }

    mutating func freeAll() { while !blocks.isEmpty { free() } }

    /// Words at every place that another block could run into: the head, the end, and one in each 512 bytes between.
    func marks(_ block: Block) -> [Int] {
        let capacity = heap.capacity(of: block.slot)
        return [8, capacity - 8] + Array(stride(from: 0, to: capacity - 7, by: 512))
    }

    mutating func fill(_ block: Block) {
        for offset in marks(block) { heap.store(block.pattern &+ UInt64(offset), block.slot, offset) }
    }

    func isIntact(_ block: Block) -> Bool {
        marks(block).allSatisfy { heap.load(block.slot, $0, as: UInt64.self) == block.pattern &+ UInt64($0) }
    }

    func isZero(_ slot: Slot, _ size: Int) -> Bool {
        heap.bytes(slot, 0, size).withUnsafeBytes { bytes in bytes.allSatisfy { $0 == 0 } }
    }
}

@Suite("Heap")
struct HeapTests {
    @Test("Blocks keep their content whatever else is allocated and freed", arguments: 0..<8 as Range<UInt64>)
    func random(seed: UInt64) {
        var model = HeapModel(seed: seed)
        for round in 0..<6 {
            let growing = round % 2 == 0
            for _ in 0..<600 {
                if model.random.below(3) == (growing ? 0 : 1) || (!growing && model.random.below(2) == 0) {
                    model.free()
                } else {
                    model.allocate()
                }
                #expect(model.heap.usedBytes == model.usedBytes)
            }
            #expect(model.blocks.allSatisfy { model.isIntact($0) })
            #expect(model.heap.pageBytesInUse >= model.heap.usedBytes)
        }
        model.freeAll()
        #expect(model.heap.usedBytes == 0)
        #expect(model.heap.pageBytesInUse == 0)
    }

    @Test("Memory is reused: filling and emptying again needs no more address space", arguments: [1, 2] as [UInt64])
    func reuse(seed: UInt64) {
        var model = HeapModel(seed: seed)
        var reached: [UInt32] = []
        for _ in 0..<6 {
            model.highest = 0
            model.random = SplitMix64(seed: seed)
            for _ in 0..<400 { model.allocate() }
            model.freeAll()
            reached.append(model.highest)
        }
        #expect(reached.allSatisfy { $0 <= reached[0] })
    }

    @Test("All blocks of a page are given out, none overlapping", arguments: [16, 48, 1_024, 1_040, 5_000, 32_768])
    func fullPages(size: Int) {
        var heap = Heap(reserving: 1 << 30)
        let count = 3 * Heap.pageBytes / Heap.roundedSize(size)
        let slots = (0..<count).map { _ in heap.allocate(size) }
        let units = UInt32(Heap.roundedSize(size) >> Heap.unitShift)
        let sorted = slots.map(\.rawValue).sorted()
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $1 - $0 >= units })
        #expect(heap.pageBytesInUse <= 4 * Heap.pageBytes)
        for slot in slots { heap.free(slot) }
        #expect(heap.pageBytesInUse == 0)
    }

    @Test("Freed runs join with their neighbours in every order", arguments: [
        [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
    ])
    func coalescing(order: [Int]) {
        var heap = Heap(reserving: 1 << 30)
        let runs = (0..<3).map { _ in heap.allocate(3 * Heap.pageBytes) }
        let fence = heap.allocate(2 * Heap.pageBytes)
        for index in order { heap.free(runs[index]) }
        #expect(heap.allocate(9 * Heap.pageBytes) == runs[0])
        heap.free(fence)
    }

    @Test("A run is split, and the rest stays usable")
    func splitting() {
        var heap = Heap(reserving: 1 << 30)
        let run = heap.allocate(10 * Heap.pageBytes)
        let fence = heap.allocate(Heap.pageBytes)
        heap.free(run)
        let first = heap.allocate(4 * Heap.pageBytes)
        let second = heap.allocate(6 * Heap.pageBytes)
        #expect(first == run && second.rawValue == run.rawValue + 4 * Heap.unitsPerPage)
        for slot in [second, fence, first] { heap.free(slot) }
        #expect(heap.pageBytesInUse == 0 && heap.usedBytes == 0)
    }

    @Test("Zeroed blocks are zero, on memory used before and on memory given back", arguments: [3, 40])
    func zeroed(pages: Int) {
        var heap = Heap(reserving: 1 << 30)
        let bytes = pages * Heap.pageBytes
        let dirty = heap.allocate(bytes)
        for offset in stride(from: 0, to: bytes, by: 8) { heap.store(UInt64.max, dirty, offset) }
        heap.free(dirty)
        let clean = heap.allocateZeroed(bytes)
        #expect(clean == dirty)
        let isZero = heap.bytes(clean, 0, bytes).withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
        #expect(isZero)
    }

    @Test("Zeroed blocks are zero wherever pages were kept and others discarded")
    func zeroedAmongRetained() {
        var heap = Heap(reserving: 1 << 30)
        var random = SplitMix64(seed: 5)
        for _ in 0..<40 {
            var runs: [Slot] = []
            for _ in 0..<12 {
                let bytes = (1 + random.below(8)) * Heap.pageBytes
                let run = heap.allocateZeroed(bytes)
                let isZero = heap.bytes(run, 0, bytes).withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
                #expect(isZero)
                for offset in stride(from: 0, to: bytes, by: 4_096) { heap.store(UInt64.max, run, offset) }
                runs.append(run)
            }
            runs.shuffle(using: &random)
            for run in runs { heap.free(run) }
        }
    }

    @Test("Size classes hold what they promise and waste at most an eighth beyond 1 KiB")
    func sizeClasses() {
        for size in 1...Heap.largestClass {
            let rounded = Heap.roundedSize(size)
            guard rounded >= size, rounded % 16 == 0, rounded - size <= max(15, size / 8), rounded > 0 else {
                Issue.record("a block of \(size) bytes takes \(rounded)")
                return
            }
        }
        #expect(Heap.roundedSize(1_024) == 1_024 && Heap.roundedSize(Heap.largestClass) == Heap.largestClass)
        #expect(Heap.roundedSize(Heap.largestClass + 1) == Heap.pageBytes)
    }

    @Test("Slots stay below the values reserved for borders")
    func reservation() {
        let heap = Heap()
        #expect(heap.reservedBytes >> Heap.unitShift <= Int(Heap.slotLimit))
        #expect(heap.reservedBytes > 0 && heap.reservedBytes % Heap.pageBytes == 0)
    }

    @Test("removeAll empties the heap, and zeroed blocks are zero afterwards")
    func removeAll() {
        var heap = Heap(reserving: 1 << 30)
        for size in [20, 5_000, 200_000] {
            let slot = heap.allocate(size)
            for offset in stride(from: 0, to: size - 7, by: 8) { heap.store(UInt64.max, slot, offset) }
        }
        heap.removeAll()
        #expect(heap.usedBytes == 0 && heap.pageBytesInUse == 0)
        let slot = heap.allocateZeroed(300_000)
        let isZero = heap.bytes(slot, 0, 300_000).withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
        #expect(isZero && slot.rawValue == Heap.unitsPerPage)
    }

    @Test("Copies within a block may overlap")
    func overlappingCopy() {
        var heap = Heap(reserving: 1 << 30)
        let slot = heap.allocate(64)
        for offset in 0..<32 { heap.store(UInt8(offset), slot, offset) }
        heap.copy(from: slot, 0, to: slot, 5, 32)
        #expect((0..<32).allSatisfy { heap.load(slot, $0 + 5, as: UInt8.self) == UInt8($0) })
        heap.copy(from: slot, 5, to: slot, 2, 32)
        #expect((0..<32).allSatisfy { heap.load(slot, $0 + 2, as: UInt8.self) == UInt8($0) })
    }
}
