import Glibc
import TestSupport
import Testing

/// In steady state the node allocates nothing to serve a request: no memory, and so no time for it.
///
/// Counted by a program of its own in the release configuration, because unoptimised code allocates where optimised
/// code does not.
@Suite struct AllocationTests {
    @Test func noneInSteadyState() throws {
        let counts = try AllocationCount.run()
        #expect(counts["control"] == 1)
        let kinds = [
            "GET", "GET-missing", "SET", "SET-EX", "SETEX", "EXPIRE", "PING", "SESSTOUCH", "SESSGET", "SESSGET-TOUCH",
            "SESSSET", "pipelined-GET", "pipelined-SET", "pipelined-SESSTOUCH", "split-SESSTOUCH",
            "restricted-GET", "restricted-SET", "restricted-SESSTOUCH",
            "replicated-SET", "replicated-SET-EX", "replicated-SESSTOUCH", "replicated-SESSSET",
            "replicated-pipelined-SET",
        ]
        for kind in kinds { #expect(counts[kind] == 0, "allocations in 10,000 turns: \(kind)") }
    }
}

/// The program that counts.
enum AllocationCount {
    /// Runs it. Kinds of requests, and the allocations for each.
    /// - Throws: `HarnessError` if it has not been built, or ends with an error.
    static func run() throws -> [String: Int] {
        // …/Tests/AllocationTests/AllocationTests.swift
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = root + "/.build/release/allocation-count"
        guard access(path, X_OK) == 0 else {
            throw HarnessError(
                "no program at \(path): run `swift build -c release --product allocation-count` first (Tests/run does)")
        }
        let output = try TestSupport.run(path, [])
        guard output.status == .exited(0) else {
            throw HarnessError("\(path) ended with \(output.status): \(output.standardError)")
        }
        var counts: [String: Int] = [:]
        for line in output.standardOutput.split(separator: "\n") {
            let words = line.split(separator: " ")
            counts[String(words[0])] = words.count == 2 ? Int(words[1]) : nil
        }
        return counts
    }
}
