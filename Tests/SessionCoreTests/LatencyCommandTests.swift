import Testing

@testable import SessionCore

/// LATENCY LATEST, HISTORY, RESET, GRAPH and DOCTOR.
@Suite struct LatencyCommandTests {
    private func dialogue(threshold: Int = 10) -> NodeDialogue {
        var configuration = Configuration()
        configuration.latencyThreshold = threshold
        return NodeDialogue(configuration)
    }

    /// Sends a command that takes so many milliseconds, as the readings around it tell.
    private func send(_ dialogue: NodeDialogue, _ milliseconds: UInt64, _ words: String...) {
        dialogue.stopwatch.step = milliseconds * 1000
        _ = dialogue.send(words)
        dialogue.stopwatch.step = 0
    }

    @Test func commandsByTheirSpeed() {
        let dialogue = dialogue()
        send(dialogue, 9, "GET", "k")
        dialogue.expect("LATENCY", "LATEST", gives: "*0\r\n")
        send(dialogue, 12, "GET", "k")
        send(dialogue, 20, "KEYS", "*")
        dialogue.advance(milliseconds: 3000)
        send(dialogue, 10, "KEYS", "*")
        dialogue.expect(
            "LATENCY", "LATEST",
            gives: "*2\r\n*4\r\n" + bulk("fast-command") + ":1000000000\r\n:12\r\n:12\r\n*4\r\n" + bulk("command")
                + ":1000000003\r\n:10\r\n:20\r\n")
        dialogue.expect(
            "LATENCY", "HISTORY", "command", gives: "*2\r\n*2\r\n:1000000000\r\n:20\r\n*2\r\n:1000000003\r\n:10\r\n")
        dialogue.expect("LATENCY", "HISTORY", "COMMAND", gives: "*0\r\n")
        dialogue.expect("LATENCY", "RESET", "COMMAND", "nosuch", gives: ":1\r\n")
        dialogue.expect("LATENCY", "RESET", "command", gives: ":0\r\n")
        dialogue.expect("LATENCY", "RESET", gives: ":1\r\n")
        dialogue.expect("LATENCY", "LATEST", gives: "*0\r\n")
    }

    @Test func theWorstOfASecondIsKept() {
        let dialogue = dialogue()
        for milliseconds: UInt64 in [11, 30, 20] { send(dialogue, milliseconds, "KEYS", "*") }
        dialogue.expect("LATENCY", "HISTORY", "command", gives: "*1\r\n*2\r\n:1000000000\r\n:30\r\n")
    }

    @Test func samplesAreBounded() {
        let dialogue = dialogue()
        for second in 0..<200 {
            send(dialogue, UInt64(10 + second), "KEYS", "*")
            dialogue.skip(milliseconds: 1000)
        }
        let history = dialogue.send("LATENCY", "HISTORY", "command")
        #expect(history.hasPrefix("*160\r\n*2\r\n:1000000040\r\n:50\r\n"))
        #expect(history.hasSuffix("*2\r\n:1000000199\r\n:209\r\n"))
    }

    @Test func nothingIsKeptWithoutAThreshold() {
        let dialogue = dialogue(threshold: 0)
        send(dialogue, 5000, "KEYS", "*")
        dialogue.expect("LATENCY", "LATEST", gives: "*0\r\n")
        #expect(dialogue.send("LATENCY", "DOCTOR").contains("CONFIG SET latency-monitor-threshold <milliseconds>"))
        _ = dialogue.send("CONFIG", "SET", "latency-monitor-threshold", "100")
        send(dialogue, 100, "KEYS", "*")
        #expect(dialogue.send("LATENCY", "LATEST").hasPrefix("*1\r\n"))
    }

    @Test func expiryAndEviction() {
        let dialogue = dialogue()
        _ = dialogue.send("SET", "k", "v", "PX", "5")
        dialogue.stopwatch.step = 15_000
        dialogue.advance(milliseconds: 5)
        dialogue.stopwatch.step = 0
        dialogue.expect("LATENCY", "HISTORY", "expire-cycle", gives: "*1\r\n*2\r\n:1000000000\r\n:15\r\n")
        for number in 0..<100 { _ = dialogue.send("SET", "k\(number)", String(repeating: "v", count: 100)) }
        _ = dialogue.send("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", "10000")
        send(dialogue, 20, "SET", "k", "v")
        #expect(dialogue.send("LATENCY", "HISTORY", "eviction-del").hasPrefix("*1\r\n*2\r\n:1000000000\r\n:20\r\n"))
        #expect(dialogue.send("LATENCY", "HISTORY", "eviction-cycle").hasPrefix("*1\r\n"))
    }

    /// As redis-server 7.0.15 draws the same samples.
    @Test func graph() {
        let dialogue = dialogue()
        for milliseconds: UInt64 in [10, 20, 40, 100, 10] {
            send(dialogue, milliseconds, "KEYS", "*")
            dialogue.skip(milliseconds: 30_000)
        }
        let drawing = [
            "command - high 100 ms, low 10 ms (all time high 100 ms)",
            String(repeating: "-", count: 80),
            "   # ", "   | ", "  o| ", "_o||_", "     ", "22113", "mmmm0", "    s", "",
        ].joined(separator: "\n")
        dialogue.expect("LATENCY", "GRAPH", "command", gives: bulk(drawing))
        dialogue.expect("LATENCY", "GRAPH", "x", gives: "-ERR No samples available for event 'x'\r\n")
    }

    @Test func doctor() {
        let dialogue = dialogue()
        #expect(dialogue.send("LATENCY", "DOCTOR").contains("No latency spike"))
        send(dialogue, 10, "KEYS", "*")
        dialogue.skip(milliseconds: 5000)
        send(dialogue, 30, "KEYS", "*")
        let report = dialogue.send("LATENCY", "DOCTOR")
        #expect(
            report.contains(
                "1. command: 2 latency spikes (average 20ms, mean deviation 10ms, period 2.50 sec). "
                    + "Worst all time event 30ms."))
        #expect(report.contains("SLOWLOG GET"))
        _ = dialogue.send("CONFIG", "SET", "slowlog-log-slower-than", "-1")
        #expect(dialogue.send("LATENCY", "DOCTOR").contains("CONFIG SET slowlog-log-slower-than 10000"))
    }
}
