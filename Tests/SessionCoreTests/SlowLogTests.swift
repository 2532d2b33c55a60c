import Testing

@testable import SessionCore

/// SLOWLOG, and what of a request it shows.
@Suite struct SlowLogTests {
    /// A dialogue whose commands all take this long.
    private func dialogue(microseconds: UInt64, _ change: (inout Configuration) -> Void = { _ in }) -> NodeDialogue {
        var configuration = Configuration()
        change(&configuration)
        let dialogue = NodeDialogue(configuration)
        dialogue.stopwatch.step = microseconds
        return dialogue
    }

    private func entry(_ id: Int, _ microseconds: Int, _ words: [String], name: String = "") -> String {
        "*6\r\n:\(id)\r\n:1000000000\r\n:\(microseconds)\r\n*\(words.count)\r\n" + words.map(bulk).joined()
            + bulk("127.0.0.1:50000") + bulk(name)
    }

    @Test func commandsFromTheThresholdOnAreKept() {
        let dialogue = dialogue(microseconds: 9999)
        _ = dialogue.send("GET", "k")
        dialogue.expect("SLOWLOG", "LEN", gives: ":0\r\n")
        dialogue.stopwatch.step = 10_000
        _ = dialogue.send("CLIENT", "SETNAME", "me")
        _ = dialogue.send("GET", "k")
        dialogue.stopwatch.step = 0
        dialogue.expect("SLOWLOG", "LEN", gives: ":2\r\n")
        dialogue.expect(
            "SLOWLOG", "GET",
            gives: "*2\r\n" + entry(1, 10_000, ["GET", "(redacted)"], name: "me")
                + entry(0, 10_000, ["CLIENT", "SETNAME", "(redacted)"], name: "me"))
        dialogue.expect("SLOWLOG", "GET", "1", gives: "*1\r\n" + entry(1, 10_000, ["GET", "(redacted)"], name: "me"))
        dialogue.expect("SLOWLOG", "GET", "0", gives: "*0\r\n")
        dialogue.expect("SLOWLOG", "RESET", gives: "+OK\r\n")
        dialogue.expect("SLOWLOG", "GET", "-1", gives: "*0\r\n")
    }

    @Test func errors() {
        let dialogue = dialogue(microseconds: 0)
        for count in ["-2", "x", "", "1.5"] {
            dialogue.expect(
                "SLOWLOG", "GET", count, gives: "-ERR count should be greater than or equal to -1\r\n")
        }
        dialogue.expect("SLOWLOG", "LEN", "x", gives: "-ERR wrong number of arguments for 'slowlog|len' command\r\n")
        dialogue.expect(
            "SLOWLOG", "GET", "1", "2",
            gives: "-ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.\r\n")
        dialogue.expect("SLOWLOG", "NOSUCH", gives: "-ERR unknown subcommand 'NOSUCH'. Try SLOWLOG HELP.\r\n")
    }

    @Test func theThresholdAndTheLengthCanBeChanged() {
        let dialogue = dialogue(microseconds: 5)
        _ = dialogue.send("CONFIG", "SET", "slowlog-log-slower-than", "0", "slowlog-max-len", "3")
        for _ in 0..<10 { _ = dialogue.send("PING") }
        dialogue.expect("SLOWLOG", "LEN", gives: ":3\r\n")
        #expect(dialogue.send("SLOWLOG", "GET").contains(":11\r\n"), "ids go on")
        _ = dialogue.send("CONFIG", "SET", "slowlog-max-len", "1")
        dialogue.expect("SLOWLOG", "LEN", gives: ":1\r\n")
        _ = dialogue.send("SLOWLOG", "RESET")
        _ = dialogue.send("CONFIG", "SET", "slowlog-log-slower-than", "-1")
        _ = dialogue.send("SLOWLOG", "RESET")
        _ = dialogue.send("PING")
        dialogue.expect("SLOWLOG", "LEN", gives: ":0\r\n")
        let highest = String(Int.max)
        dialogue.expect("CONFIG", "SET", "slowlog-log-slower-than", highest, gives: "+OK\r\n")
        _ = dialogue.send("PING")
        dialogue.expect("SLOWLOG", "LEN", gives: ":0\r\n")
    }

    @Test func manyArgumentsAndLongOnesAreTrimmed() {
        let dialogue = dialogue(microseconds: 10_000)
        _ = dialogue.send(["MGET"] + (1...31).map { "k\($0)" })
        _ = dialogue.send(["MGET"] + (1...40).map { "k\($0)" })
        _ = dialogue.send("SET", String(repeating: "k", count: 128), String(repeating: "v", count: 1000))
        dialogue.stopwatch.step = 0
        let keys = Array(repeating: "(redacted)", count: 30)
        dialogue.expect(
            "SLOWLOG", "GET",
            gives: "*3\r\n" + entry(2, 10_000, ["SET", "(redacted)", "(redacted)... (872 more bytes)"])
                + entry(1, 10_000, ["MGET"] + keys + ["... (10 more arguments)"])
                + entry(0, 10_000, ["MGET"] + keys + ["(redacted)"]))
    }

    /// No token, password, key or value is shown, whatever it looks like.
    @Test(arguments: [
        ("SET key value EX 900 NX GET", "SET - - EX 900 NX GET"),
        ("set nx get px 900", "set - - px 900"),
        ("SETEX key 900 value", "SETEX - 900 -"),
        ("GET 1234", "GET -"),
        ("MSET a 1 b 2", "MSET - - - -"),
        ("INCRBY k 5", "INCRBY - 5"),
        ("INCRBYFLOAT k 5", "INCRBYFLOAT - -"),
        ("EXPIRE k 100 GT", "EXPIRE - 100 GT"),
        ("EXPIRE k secret GT", "EXPIRE - - GT"),
        ("HSET h idle 4711 nx 12", "HSET - - - - -"),
        ("HRANDFIELD h 3 WITHVALUES", "HRANDFIELD - 3 WITHVALUES"),
        ("SCAN 0 MATCH user:* COUNT 10 TYPE string", "SCAN 0 MATCH - COUNT 10 TYPE -"),
        ("COPY a b DB 3 REPLACE", "COPY - - DB 3 REPLACE"),
        ("AUTH secret", "AUTH -"), ("AUTH user 1234", "AUTH - -"),
        ("HELLO 3 AUTH user 1234 SETNAME me", "HELLO 3 AUTH - - SETNAME -"),
        ("CONFIG SET requirepass 1234 maxclients 10", "CONFIG SET requirepass - maxclients -"),
        ("CONFIG GET requirepass secret*", "CONFIG GET requirepass -"),
        ("CLIENT SETNAME 1234", "CLIENT SETNAME -"),
        ("CLIENT KILL TYPE normal SKIPME no", "CLIENT KILL TYPE normal SKIPME -"),
        ("SUBSCRIBE 1234", "SUBSCRIBE -"), ("PUBLISH c 1234", "PUBLISH - -"),
        ("SESSCREATE ID 1234567890123456 USER 1234 IDLE 15m MAX 0 FIELDS 2 idle 4711 user bob",
            "SESSCREATE ID - USER - IDLE 15m MAX 0 FIELDS 2 - - - -"),
        ("SESSCREATE LEVEL 2 FOR 5m LIMIT 3 EVICT DEVICE 1", "SESSCREATE LEVEL 2 FOR 5m LIMIT 3 EVICT DEVICE -"),
        ("SESSGET 1234567890123456 TOUCH BIND 1234 FIELDS 1 touch", "SESSGET - TOUCH BIND - FIELDS 1 -"),
        ("SESSREVOKE 1234567890123456 2345678901234567 REASON stolen", "SESSREVOKE - - - -"),
        ("SESSREVOKEUSER 1234 EXCEPT 1234567890123456 REASON x", "SESSREVOKEUSER - EXCEPT - REASON -"),
        ("ECHO 1234", "ECHO -"), ("SELECT 3", "SELECT 3"), ("INFO commandstats", "INFO -"),
        ("COMMAND GETKEYS SET key EX", "COMMAND GETKEYS - - -"),
        ("MEMORY USAGE key SAMPLES 5", "MEMORY USAGE - SAMPLES 5"),
    ])
    func shown(request: String, shown: String) throws {
        let dialogue = dialogue(microseconds: 10_000)
        _ = dialogue.send(request.split(separator: " ").map(String.init))
        let entry = dialogue.inspect { $0.observation.slowLog.count > 0 ? $0.observation.slowLog[age: 0].words : [] }
        let words = shown.split(separator: " ").map { $0 == "-" ? "(redacted)" : String($0) }
        #expect(entry == words)
    }

    /// Every command of the table: with words that no syntax knows, nothing but its name is shown.
    @Test func nothingUnknownIsShown() {
        let table = CommandTable()
        for row in table.rows where row.subcommands.isEmpty {
            let name = table.fullName(of: row.id).split(separator: "|").map(String.init)
            let redaction = Redaction(row, isSubcommand: name.count == 2)
            let request = name + (1...9).map { "secret\($0)" }
            let shown = redaction.shown(words: request)
            #expect(shown.prefix(name.count).allSatisfy { $0 } && !shown.dropFirst(name.count).contains(true))
        }
    }
}

extension Redaction {
    /// What is shown of a request of these words.
    func shown(words: [String]) -> [Bool] {
        var bytes = ByteBuffer()
        var ranges = Vector<ArgumentRange>()
        for word in words {
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), count: UInt32(word.utf8.count)))
            bytes.append(word)
        }
        let plan = RequestPlan(
            first: 0, count: words.count, start: 0, end: 0, facts: nil, hash: 0, handle: Handle(low: 0, high: 0))
        return shown(Request(bytes: bytes.bytes, arguments: ranges.span, plan: plan))
    }
}
