import Testing

@testable import SessionCore

/// INFO commandstats, errorstats and latencystats, LATENCY HISTOGRAM.
@Suite struct CommandStatisticsTests {
    private func lines(_ dialogue: NodeDialogue, _ section: String) -> [String] {
        dialogue.send("INFO", section).split(separator: "\r\n").map(String.init).filter { $0.contains(":") }
    }

    @Test func callsAreCountedAndTimed() {
        let dialogue = NodeDialogue()
        dialogue.stopwatch.step = 7
        _ = dialogue.send("SET", "k", "v")
        _ = dialogue.send("SET", "k", "w")
        dialogue.stopwatch.step = 4
        _ = dialogue.send("SET", "k", "w")
        _ = dialogue.send("CLIENT", "ID")
        #expect(
            lines(dialogue, "commandstats") == [
                "cmdstat_set:calls=3,usec=18,usec_per_call=6.00,rejected_calls=0,failed_calls=0",
                "cmdstat_client|id:calls=1,usec=4,usec_per_call=4.00,rejected_calls=0,failed_calls=0",
            ])
    }

    @Test func rejectedIsNotFailed() {
        let dialogue = NodeDialogue()
        dialogue.stopwatch.step = 1
        for words in [["GET"], ["HSET", "h", "f", "v"], ["GET", "h"], ["CLIENT"], ["CLIENT", "NOSUCH"], ["NOSUCH"]] {
            _ = dialogue.send(words)
        }
        #expect(
            lines(dialogue, "commandstats") == [
                "cmdstat_get:calls=1,usec=1,usec_per_call=1.00,rejected_calls=1,failed_calls=1",
                "cmdstat_hset:calls=1,usec=1,usec_per_call=1.00,rejected_calls=0,failed_calls=0",
                "cmdstat_client:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0",
            ])
        #expect(lines(dialogue, "errorstats") == ["errorstat_ERR:count=4", "errorstat_WRONGTYPE:count=1"])
        #expect(lines(dialogue, "stats").contains("total_commands_processed:4"), "executed ones, INFO included")
        #expect(lines(dialogue, "stats").contains("total_error_replies:5"))
    }

    @Test func errorsOfTheProtocolAndOfCommandAreCounted() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("COMMAND", "LIST", "FILTERBY", "x", "y")
        _ = dialogue.send("CONFIG", "REWRITE")
        _ = dialogue.sendRaw("*1\r\nx\r\n", on: 1)
        #expect(lines(dialogue, "errorstats") == ["errorstat_ERR:count=3"])
        let list = lines(dialogue, "commandstats").first { $0.hasPrefix("cmdstat_command|list") }
        #expect(list?.hasSuffix("failed_calls=1") == true)
    }

    @Test func codesAreBounded() {
        var configuration = Configuration()
        configuration.debugCommand = .everybody
        let dialogue = NodeDialogue(configuration)
        for number in 0..<200 { _ = dialogue.send("DEBUG", "ERROR", "CODE\(number) text") }
        _ = dialogue.send("DEBUG", "ERROR", "CODE7 again")
        _ = dialogue.send("DEBUG", "ERROR", "withoutblanks")
        let found = lines(dialogue, "errorstats")
        #expect(found.count == Limits.errorCodes)
        #expect(found.contains("errorstat_CODE7:count=2"))
        let codes = found.map { String($0.prefix { $0 != ":" }) }
        #expect(codes == codes.sorted())
        #expect(lines(dialogue, "stats").contains("total_error_replies:202"))
    }

    @Test func codesCannotBreakLines() {
        var statistics = ErrorStatistics()
        statistics.add(Array("A:B\r\nC#D text".utf8))
        statistics.add(Array(String(repeating: "x", count: 40).utf8) + Array(" y".utf8))
        #expect(statistics.counts.map(\.code) == ["A_B__C_D", "ERR"])
    }

    @Test func percentilesAsConfigured() {
        let dialogue = NodeDialogue()
        dialogue.stopwatch.step = 3
        _ = dialogue.send("GET", "k")
        let line = "latency_percentiles_usec_get:p50=3.007,p99=3.007,p99.9=3.007"
        #expect(lines(dialogue, "latencystats").first == line)
        dialogue.expect("CONFIG", "SET", "latency-tracking-info-percentiles", "0 12.50 100", gives: "+OK\r\n")
        #expect(lines(dialogue, "latencystats").first == "latency_percentiles_usec_get:p0=2.992,p12.5=3.007,p100=3.007")
        dialogue.expect(
            "CONFIG", "GET", "latency-tracking-info-percentiles",
            gives: bulks("latency-tracking-info-percentiles", "0 12.5 100"))
        let failed = "-ERR CONFIG SET failed (possibly related to argument 'latency-tracking-info-percentiles') - "
        dialogue.expect(
            "CONFIG", "SET", "latency-tracking-info-percentiles", "101",
            gives: failed + "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]\r\n")
        dialogue.expect(
            "CONFIG", "SET", "latency-tracking-info-percentiles", "x",
            gives: failed + "Invalid latency-tracking-info-percentiles parameters\r\n")
        dialogue.expect("CONFIG", "SET", "latency-tracking-info-percentiles", "", gives: "+OK\r\n")
        #expect(lines(dialogue, "latencystats").first == "latency_percentiles_usec_get:")
    }

    @Test func trackingCanBeTurnedOff() {
        var configuration = Configuration()
        configuration.latencyTracking = false
        let dialogue = NodeDialogue(configuration)
        dialogue.stopwatch.step = 3
        _ = dialogue.send("GET", "k")
        #expect(lines(dialogue, "latencystats").isEmpty)
        #expect(lines(dialogue, "commandstats") == [
            "cmdstat_get:calls=1,usec=3,usec_per_call=3.00,rejected_calls=0,failed_calls=0",
            "cmdstat_info:calls=1,usec=3,usec_per_call=3.00,rejected_calls=0,failed_calls=0",
        ])
    }

    @Test func histograms() {
        let dialogue = NodeDialogue()
        dialogue.stopwatch.step = 20
        _ = dialogue.send("GET", "k")
        _ = dialogue.send("CLIENT", "ID")
        let one = "*4\r\n" + bulk("calls") + ":1\r\n" + bulk("histogram_usec") + "*2\r\n:33\r\n:1\r\n"
        let (get, id) = (bulk("get") + one, bulk("client|id") + one)
        dialogue.expect("LATENCY", "HISTOGRAM", "get", "nosuch", "set", gives: "*2\r\n" + get)
        dialogue.expect("LATENCY", "HISTOGRAM", "client", "GET", gives: "*4\r\n" + id + get)
        dialogue.expect("LATENCY", "HISTOGRAM", "client|id", gives: "*2\r\n" + id)
        #expect(dialogue.send("LATENCY", "HISTOGRAM").hasPrefix("*6\r\n" + get + id))
    }

    @Test func resetstatForgets() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("GET")
        _ = dialogue.send("GET", "k")
        dialogue.expect("CONFIG", "RESETSTAT", gives: "+OK\r\n")
        #expect(lines(dialogue, "errorstats").isEmpty)
        // RESETSTAT itself ends after the reset, as in Redis.
        let names = lines(dialogue, "commandstats").map { $0.prefix { $0 != ":" } }
        #expect(names == ["cmdstat_info", "cmdstat_config|resetstat"])
    }

    @Test func sections() {
        let dialogue = NodeDialogue()
        func titles(_ words: String...) -> [String] {
            dialogue.send(["INFO"] + words).split(separator: "\r\n").filter { $0.hasPrefix("# ") }
                .map { String($0.dropFirst(2)) }
        }
        let all = [
            "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules", "Commandstats",
            "Errorstats", "Latencystats", "Cluster", "Sessions", "Expiry", "Keyspace",
        ]
        #expect(titles("all") == all && titles("EVERYTHING") == all)
        #expect(titles() == all.filter { $0 != "Commandstats" && $0 != "Latencystats" })
        #expect(titles("default") == titles())
        #expect(titles("default", "commandstats") == all.filter { $0 != "Latencystats" })
        #expect(titles("keyspace", "nosuch", "Server") == ["Server", "Keyspace"])
        #expect(titles("nosuch") == [])
    }

    @Test func ratesAreThoseOfTheLastSecond() {
        let dialogue = NodeDialogue()
        func rate() -> String? { lines(dialogue, "stats").first { $0.hasPrefix("instantaneous_ops_per_sec:") } }
        for _ in 0..<20 {
            for _ in 0..<30 { _ = dialogue.send("PING") }
            dialogue.advance(milliseconds: 100)
        }
        // 300 a second; this INFO is not counted yet.
        #expect(rate() == "instantaneous_ops_per_sec:300")
        let input = lines(dialogue, "stats").first { $0.hasPrefix("instantaneous_input_kbps:4.") }
        #expect(input != nil, "14 bytes a request")
        dialogue.advance(milliseconds: 60_000)
        dialogue.advance(milliseconds: 1000)
        #expect(rate() == "instantaneous_ops_per_sec:0")
    }

    /// Fast commands of a pipeline: the counter is read at the beginning of the batch, and where a run of them ends.
    @Test func runsAreMeasuredTogether() {
        let dialogue = NodeDialogue()
        dialogue.stopwatch.step = 12
        let get = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
        _ = dialogue.sendRaw("*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$1\r\na\r\n" + get + get + get + get)
        _ = dialogue.sendRaw(String(repeating: "*2\r\n$4\r\nKEYS\r\n$1\r\n*\r\n", count: 3))
        #expect(
            lines(dialogue, "commandstats") == [
                "cmdstat_get:calls=4,usec=12,usec_per_call=3.00,rejected_calls=0,failed_calls=0",
                "cmdstat_keys:calls=3,usec=36,usec_per_call=12.00,rejected_calls=0,failed_calls=0",
                "cmdstat_ping:calls=1,usec=12,usec_per_call=12.00,rejected_calls=0,failed_calls=0",
                "cmdstat_echo:calls=1,usec=12,usec_per_call=12.00,rejected_calls=0,failed_calls=0",
            ])
        #expect(lines(dialogue, "latencystats").first == "latency_percentiles_usec_get:p50=3.007,p99=3.007,p99.9=3.007")
    }

    /// The last request of a run is refused: those before it count all the same.
    @Test func aRunThatEndsInARefusal() {
        let dialogue = NodeDialogue()
        dialogue.stopwatch.step = 10
        _ = dialogue.sendRaw("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$3\r\nGET\r\n")
        let expected = "cmdstat_get:calls=2,usec=10,usec_per_call=5.00,rejected_calls=1,failed_calls=0"
        #expect(lines(dialogue, "commandstats") == [expected])
    }
}
