import Benchmark
@testable import SessionCore

/// The buffer below the reply writer: appending to one that is large enough already, and growing one from nothing.
func byteBufferBenchmarks() {
    let chunk = [UInt8](repeating: 120, count: 200)

    Benchmark("ByteBuffer append 200 bytes, consume 200") { benchmark in
        var buffer = ByteBuffer()
        for _ in benchmark.scaledIterations {
            buffer.append(chunk.span.bytes)
            buffer.removeFirst(chunk.count)
        }
        blackHole(buffer.capacity)
    }

    Benchmark("ByteBuffer grow to 200 KB, 200 bytes at a time") { benchmark in
        var buffer = ByteBuffer()
        for _ in benchmark.scaledIterations { buffer.append(chunk.span.bytes) }
        blackHole(buffer.count)
    }

    Benchmark("ByteBuffer decimal of 13 digits") { benchmark in
        var buffer = ByteBuffer()
        for number in benchmark.scaledIterations {
            buffer.appendDecimal(1_800_000_000_000 &+ Int64(number))
            buffer.removeFirst(buffer.count)
        }
        blackHole(buffer.capacity)
    }
}
