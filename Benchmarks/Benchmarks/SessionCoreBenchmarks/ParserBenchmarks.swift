import Benchmark
@testable import SessionCore

/// Parsing what arrives: whole requests, and one that arrives in two pieces.
func parserBenchmarks() {
    let key = "key:000000000001"
    let value = String(repeating: "x", count: 200)
    let token = "comparison-of-token-000000000001"
    let requests: [(String, [UInt8])] = [
        ("PING", encode(["PING"])),
        ("inline PING", Array("PING\r\n".utf8)),
        ("GET", encode(["GET", key])),
        ("SET EX of 200 bytes", encode(["SET", key, value, "EX", "86400"])),
        ("SESSGET TOUCH", encode(["SESSGET", token, "TOUCH"])),
    ]
    for (name, bytes) in requests {
        Benchmark("RequestParser \(name)") { benchmark in
            var partial = PartialRequest()
            var arguments = Vector<ArgumentRange>(capacity: 16)
            for _ in benchmark.scaledIterations {
                _ = parser.parse(bytes.span.bytes, from: 0, &partial, into: &arguments)
                blackHole(arguments.count)
                arguments.removeAll()
            }
        }
    }

    let whole = encode(["SET", key, value, "EX", "86400"])
    let firstHalf = Array(whole[..<120])
    Benchmark("RequestParser SET EX of 200 bytes in two pieces") { benchmark in
        var partial = PartialRequest()
        var arguments = Vector<ArgumentRange>(capacity: 16)
        for _ in benchmark.scaledIterations {
            _ = parser.parse(firstHalf.span.bytes, from: 0, &partial, into: &arguments)
            _ = parser.parse(whole.span.bytes, from: 0, &partial, into: &arguments)
            precondition(arguments.count == 5)
            arguments.removeAll()
        }
    }
}

private let parser = RequestParser(bulkLimit: Limits.value, isUnauthenticated: false)

/// An array of bulk strings.
private func encode(_ arguments: [String]) -> [UInt8] {
    let bulks = arguments.map { "$\($0.utf8.count)\r\n\($0)\r\n" }
    return Array(("*\(arguments.count)\r\n" + bulks.joined()).utf8)
}
