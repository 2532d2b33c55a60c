import Testing

@testable import SessionCore

@Suite("Ring buffer and backlog")
struct RingBufferTests {
    /// Appends bytes that tell their offset, forgets and grows at random, and compares with an array.
    @Test func againstAnArray() {
        var random = SplitMix64(seed: 7)
        var ring = RingBuffer(at: 1_000_003)
        var model: [UInt8] = []
        for _ in 0..<3000 {
            switch random.next() % 10 {
            case 0..<6:
                let count = Int(random.next() % 3000)
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: Int(ring.end) + $0 &* 7) }
                ring.append(bytes.span.bytes)
                model += bytes
            case 6..<9:
                let count = Int(random.next() % UInt64(ring.count + 1))
                ring.removeFirst(before: ring.start + Int64(count))
                model.removeFirst(count)
            default: ring.shrink(to: Int(random.next() % 8192))
            }
            #expect(ring.count == model.count)
            var read: [UInt8] = []
            var offset = ring.start
            while offset < ring.end {
                let piece = ring.bytes(from: offset)
                read += piece.array
                offset += Int64(piece.byteCount)
            }
            #expect(read == model)
        }
    }

    @Test func keepsWhatIsAskedForAndNeeded() {
        var backlog = Backlog()
        let kilobyte = [UInt8](repeating: 1, count: 1024)
        backlog.start(at: 50)
        #expect(backlog.end == 50)
        for _ in 0..<64 { backlog.append(kilobyte.span.bytes, size: 16 * 1024, needed: backlog.end) }
        #expect(backlog.count == 16 * 1024)
        let oldest = backlog.end - 16 * 1024
        var reached: [Bool] = []
        for offset in [oldest - 1, oldest, backlog.end, backlog.end + 1] { reached.append(backlog.reaches(offset)) }
        #expect(reached == [false, true, true, false])
        // A replica that is behind holds more.
        let needed = backlog.start + 5
        for _ in 0..<64 { backlog.append(kilobyte.span.bytes, size: 16 * 1024, needed: needed) }
        #expect(backlog.start == needed)
        let grown = backlog.capacity
        backlog.trim(size: 16 * 1024, needed: backlog.end)
        #expect(backlog.count == 16 * 1024 && backlog.capacity < grown)
        let end = backlog.end
        backlog.stop()
        let isReached = backlog.reaches(end)
        #expect(backlog.end == end && !isReached)
    }
}
