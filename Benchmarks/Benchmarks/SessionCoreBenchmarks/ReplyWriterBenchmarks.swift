import Benchmark
@testable import SessionCore

/// The replies that make up most of a session cache's traffic, and the one with the most parts.
func replyWriterBenchmarks() {
    let value = [UInt8](repeating: 120, count: 200)

    Benchmark("ReplyWriter OK") { benchmark in
        var writer = ReplyWriter()
        for _ in benchmark.scaledIterations { writer.ok() }
        blackHole(writer.buffer.count)
    }

    Benchmark("ReplyWriter bulk of 200 bytes") { benchmark in
        var writer = ReplyWriter()
        for _ in benchmark.scaledIterations {
            writer.bulk(value.span.bytes)
            writer.buffer.removeFirst(writer.buffer.count)
        }
        blackHole(writer.buffer.capacity)
    }

    Benchmark("ReplyWriter integer of 6 digits") { benchmark in
        var writer = ReplyWriter()
        for number in benchmark.scaledIterations { writer.integer(900_000 &+ number) }
        blackHole(writer.buffer.count)
    }

    for isRESP3 in [false, true] {
        Benchmark("ReplyWriter session map, RESP\(isRESP3 ? 3 : 2)") { benchmark in
            var writer = ReplyWriter()
            writer.isRESP3 = isRESP3
            for _ in benchmark.scaledIterations {
                writeSessionMap(&writer, payload: value.span.bytes)
                writer.buffer.removeFirst(writer.buffer.count)
            }
            blackHole(writer.buffer.capacity)
        }
    }
}

/// A reply with the shape and the size of `SESSGET`'s.
private func writeSessionMap(_ writer: inout ReplyWriter, payload: RawSpan) {
    writer.map(11)
    writer.bulk("handle")
    writer.bulk("00112233445566778899aabbccddeeff" as StaticString)
    writer.bulk("user")
    writer.bulk("user-000000000001" as StaticString)
    writer.bulk("device")
    writer.bulk("Firefox 141 on Linux" as StaticString)
    for name: StaticString in ["created", "seen", "ttl", "max", "level", "version", "rotated"] {
        writer.bulk(name)
        writer.integer(1_800_000_000_000)
    }
    writer.bulk("data")
    writer.map(1)
    writer.bulk("data")
    writer.bulk(payload)
}
