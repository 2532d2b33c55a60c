import Testing
@testable import SessionCore

private func content(_ buffer: borrowing ByteBuffer) -> [UInt8] {
    buffer.bytes.withUnsafeBytes { Array($0) }
}

@Suite("ByteBuffer")
struct ByteBufferTests {
    @Test("Behaves as an array of bytes that is consumed at the front", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        for _ in 0..<800 {
            let count = random.below(random.below(8) == 0 ? 5_000 : 60)
            switch random.below(9) {
            case 0:
                buffer.append(UInt8(count & 255))
                model.append(UInt8(count & 255))
            case 1, 2:
                let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                buffer.append(bytes.span.bytes)
                model += bytes
            case 3:
                buffer.appendZeros(count)
                model += [UInt8](repeating: 0, count: count)
            case 4:
                buffer.appendDecimal(Int64(count) - 30)
                model += Array(String(count - 30).utf8)
            case 5 where !model.isEmpty:
                let offset = random.below(model.count)
                let bytes = [UInt8](repeating: UInt8(count & 255), count: min(count, model.count - offset))
                buffer.replace(at: offset, with: bytes.span.bytes)
                model.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
            case 6:
                let left = random.below(model.count + 1)
                if random.below(4) == 0 {
                    buffer.truncate(to: left)
                    model.removeLast(model.count - left)
                }
            default:
                let gone = min(model.count, count * 2)
                buffer.removeFirst(gone)
                model.removeFirst(gone)
            }
            #expect(content(buffer) == model)
            #expect(buffer.count == model.count && buffer.isEmpty == model.isEmpty)
        }
    }

    @Test("Decimals", arguments: [
        0, 1, 9, 10, 99, 100, -1, -9, -10, 12_345, 99_999_999, 100_000_000, 100_000_001, 1_000_000_000_000,
        9_999_999_999_999_999, 10_000_000_000_000_000, 10_000_000_000_000_001, 999_999_999, 1_000_000_000,
        999_999_999_999_999_999,
        1_000_000_000_000_000_000, .max, .max - 1, .min, .min + 1,
    ] as [Int64])
    func decimals(value: Int64) {
        var buffer = ByteBuffer()
        buffer.append("x")
        buffer.appendDecimal(value)
        #expect(content(buffer) == Array("x\(value)".utf8))
    }

    @Test("A buffer that is consumed as fast as it is filled stays small")
    func steadyState() {
        var buffer = ByteBuffer()
        buffer.appendZeros(100)
        for _ in 0..<10_000 {
            buffer.appendZeros(100)
            buffer.removeFirst(100)
        }
        #expect(buffer.count == 100 && buffer.capacity <= 1_024)
    }

    @Test("Large buffers grow by a quarter, not by doubling: little is reserved in vain, and little is copied")
    func growth() {
        var buffer = ByteBuffer()
        buffer.appendZeros(8 * Limits.bufferGrowthStep)
        buffer.append(1)
        #expect(buffer.capacity == 10 * Limits.bufferGrowthStep)
        var growths = 0
        while buffer.count < 64 * Limits.bufferGrowthStep {
            let capacity = buffer.capacity
            buffer.appendZeros(Limits.bufferGrowthStep)
            if buffer.capacity != capacity { growths += 1 }
        }
        #expect(growths <= 10)
    }

    @Test("removeAll gives memory back above the limit only")
    func removeAll() {
        var buffer = ByteBuffer()
        buffer.appendZeros(1_000)
        buffer.removeAll(keeping: 4_096)
        #expect(buffer.isEmpty && buffer.capacity >= 1_000)
        buffer.removeAll(keeping: 512)
        #expect(buffer.isEmpty && buffer.capacity == 0)
        buffer.append("again")
        #expect(content(buffer) == Array("again".utf8))
    }

    @Test func insertion() {
        var buffer = ByteBuffer()
        buffer.append("xxabef")
        buffer.removeFirst(2)
        buffer.insert(Array("cd".utf8).span.bytes, at: 2)
        buffer.insert(Array("!".utf8).span.bytes, at: 6)
        buffer.insert(Array(repeating: UInt8(ascii: "0"), count: 1000).span.bytes, at: 0)
        buffer.insert([UInt8]().span.bytes, at: 3)
        #expect(buffer.bytes.text == String(repeating: "0", count: 1000) + "abcdef!")
    }
}
