import ScriptTexts
import Testing

@testable import SessionCore

/// No request is answered with more than `Limits.reply` bytes, an item that begins below it apart; here with a limit of
/// a few bytes. It is set anew after `Limits.replyCheckpoint` bytes only, so that replies may be longer by as much.
@Suite struct ReplyBoundTests {
    private let dialogue = NodeDialogue()
    private let limit = 4096
    private let value = String(repeating: "v", count: 1000)

    init() { dialogue.modify { [limit] in $0.execution.replyLimit = limit } }

    /// Sends a request whose reply would be too long, and expects the connection to be closed without one, after little
    /// was made of it.
    private func expectClosed(_ words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        let connection: UInt32 = 5
        let closed = dialogue.inspect { $0.observation.statistics.outputLimitDisconnections }
        let reply = dialogue.send(words, on: connection)
        #expect(reply.isEmpty, "\(words[0])", sourceLocation: sourceLocation)
        let effects = dialogue.effects()
        let isClosed = effects.contains(.close(ConnectionID(rawValue: connection)))
        #expect(isClosed, "\(words[0])", sourceLocation: sourceLocation)
        #expect(
            dialogue.inspect { $0.observation.statistics.outputLimitDisconnections } == closed + 1,
            sourceLocation: sourceLocation)
        #expect(dialogue.send("PING") == "+PONG\r\n", sourceLocation: sourceLocation)
    }

    private func repeated(_ word: String, _ count: Int = 10_000) -> [String] { Array(repeating: word, count: count) }

    @Test func whatIsStoredIsNamedOverAndOver() {
        dialogue.expect([("SET k \(value)", "+OK"), ("HSET h f \(value)", ":1"), ("SADD s \(value)", ":1"),
                         ("ZADD z 1 \(value)", ":1")])
        expectClosed(["MGET"] + repeated("k"))
        expectClosed(["HMGET", "h"] + repeated("f"))
        expectClosed(["HRANDFIELD", "h", "-9223372036854775807"])
        expectClosed(["HRANDFIELD", "h", "-4000000000000000000", "WITHVALUES"])
        expectClosed(["SRANDMEMBER", "s", "-9223372036854775807"])
        expectClosed(["ZRANDMEMBER", "z", "-9223372036854775807"])
        expectClosed(["ZRANDMEMBER", "z", "-4000000000000000000", "WITHSCORES"])
        expectClosed(["ZMSCORE", "z"] + repeated(value))
        expectClosed(["SMISMEMBER", "s"] + repeated("x"))
    }

    @Test func sessionFieldsAreNamedOverAndOver() {
        let token = dialogue.create("USER alice FIELDS 1 f \(value)")
        expectClosed(["SESSGET", token, "FIELDS", "200"] + repeated("f", 200))
    }

    @Test func serverFactsAreAskedForOverAndOver() {
        expectClosed(["COMMAND", "DOCS"] + repeated("get"))
        expectClosed(["COMMAND", "INFO"] + repeated("get"))
        expectClosed(["COMMAND", "GETKEYS", "MGET"] + repeated(value))
        expectClosed(["CLIENT", "LIST", "ID"] + repeated("1"))
        _ = dialogue.send("GET", "k")
        expectClosed(["LATENCY", "HISTOGRAM"] + repeated("get"))
        expectClosed(["PUBSUB", "NUMSUB"] + repeated(value))
        expectClosed(["SCRIPT", "EXISTS"] + repeated("x"))
    }

    /// What was made for a name once is copied for its repetitions: they must be the same, byte by byte.
    @Test func repeatedPartsAreTheSame() {
        _ = dialogue.send("GET", "k")
        dialogue.modify { $0.execution.replyLimit = Limits.reply }
        // The first line says how many there are.
        let body = { (reply: String) in reply.split(separator: "\r\n", maxSplits: 1).last.map(String.init) ?? "" }
        for command in [["COMMAND", "DOCS"], ["COMMAND", "INFO"], ["LATENCY", "HISTOGRAM"]] {
            // What is measured must not change meanwhile.
            let names = command[0] == "LATENCY" ? ["get", "get", "get"] : ["get", "client", "get", "get", "client"]
            let parts = names.map { body(dialogue.send(command + [$0])) }
            #expect(body(dialogue.send(command + names)) == parts.joined(), "\(command)")
        }
        let lines = dialogue.send("CLIENT", "LIST", "ID", "1", "1").split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.contains("id=1 addr=") }.count == 2)
    }

    @Test func aTransactionIsExecutedToItsEnd() {
        let connection: UInt32 = 5
        dialogue.expect([("SET k \(value)", "+OK")])
        _ = dialogue.send("MULTI", on: connection)
        for _ in 0..<100 { _ = dialogue.send("GET", "k", on: connection) }
        _ = dialogue.send("INCR", "n", on: connection)
        expectClosed(["EXEC"])
        dialogue.expect([("GET n", "$1\r\n1")])
    }

    @Test func messagesToOneselfCountToo() {
        let connection: UInt32 = 5
        _ = dialogue.send("HELLO", "3", on: connection)
        _ = dialogue.send(["PSUBSCRIBE", "*", "c*", "?", "[c]", "c"], on: connection)
        expectClosed(["PUBLISH", "c", String(repeating: "m", count: 10_000)])
        _ = dialogue.send("HELLO", "3", on: connection)
        _ = dialogue.send("SUBSCRIBE", "c", on: connection)
        _ = dialogue.send("MULTI", on: connection)
        for _ in 0..<30 { _ = dialogue.send("PUBLISH", "c", value, on: connection) }
        expectClosed(["EXEC"])
    }

    @Test func muffledRepliesAreNotCounted() {
        dialogue.expect([("SET k \(value)", "+OK")])
        _ = dialogue.send("CLIENT", "REPLY", "OFF", on: 5)
        #expect(dialogue.send(["MGET"] + repeated("k"), on: 5).isEmpty)
        #expect(dialogue.send("CLIENT", "REPLY", "ON", on: 5) == "+OK\r\n")
    }

    @Test func oneValueMayBeLonger() {
        let long = String(repeating: "v", count: 100_000)
        dialogue.expect([("SET k \(long)", "+OK"), ("GET k", "$100000\r\n\(long)")])
    }

    @Test func theLimitIsForEachRequestOfAPipeline() {
        dialogue.expect([("SET k \(value)", "+OK")])
        let replies = dialogue.sendRaw(String(repeating: "MGET k k k\r\n", count: 500))
        #expect(replies.utf8.count == 500 * (4 + 3 * 1009))
    }

    @Test func whatShowsDataOnceIsAsLongAsTheData() {
        var (hash, set, sortedSet, strings) = (["HSET", "h"], ["SADD", "s"], ["ZADD", "z"], ["MSET"])
        for number in 10_000..<13_000 {
            hash += ["field\(number)", "value\(number)"]
            set.append("member\(number)")
            sortedSet += ["\(number)", "member\(number)"]
            strings += ["key\(number)", "1"]
        }
        for command in [hash, set, sortedSet, strings] { _ = dialogue.send(command) }
        for command in [
            "HGETALL h", "HKEYS h", "HVALS h", "SMEMBERS s", "SUNION s t", "SINTER s s", "SDIFF s t", "KEYS *",
            "ZRANGE z 0 -1", "ZRANGEBYSCORE z -inf +inf", "ZUNION 2 z t", "ZINTER 1 z", "ZDIFF 2 z t",
            "HSCAN h 0 COUNT 5000", "SSCAN s 0 COUNT 5000", "ZSCAN z 0 COUNT 5000", "SCAN 0 COUNT 5000",
            "HRANDFIELD h 5000", "SRANDMEMBER s 5000", "ZRANDMEMBER z 5000", "SPOP s 2900", "ZPOPMIN z 2900",
        ] {
            let reply = dialogue.send(command.split(separator: " ").map(String.init))
            #expect(reply.utf8.count > limit + Limits.replyCheckpoint, "\(command): \(reply.prefix(80))")
        }
    }

    // MARK: Scripts

    private func script(_ name: String) throws -> String {
        try #require(KnownScriptText.all.first { $0.name == name }).text
    }

    @Test func scriptsThatAskForTooMuchFail() throws {
        let takeSlot = try script("Laravel: concurrency limiter, acquire")
        dialogue.expect([("SET k \(value)", "+OK"), ("SET l \(value)", "+OK")])
        let keys = repeated("k", 300)
        let slot = dialogue.send(["EVAL", takeSlot, "300"] + keys + ["slot", "10", "me"])
        #expect(slot.hasPrefix("-ERR the script's commands have answered with more than"), "\(slot.prefix(200))")
        #expect(slot.contains("on @user_script:"))
        #expect(dialogue.send("PING") == "+PONG\r\n")
        // Again, in a transaction: the other replies are there.
        _ = dialogue.send("MULTI")
        _ = dialogue.send(["EVAL", takeSlot, "300"] + keys + ["slot", "10", "me"])
        _ = dialogue.send("PING")
        let replies = dialogue.send("EXEC")
        #expect(replies.hasPrefix("*2\r\n-ERR the script's") && replies.hasSuffix("\r\n+PONG\r\n"))
        #expect(dialogue.inspect { $0.scripting.results.buffer.capacity } <= Limits.idleBuffer)
    }

    @Test func comparingManyValuesTakesTheMemoryOfOne() throws {
        let release = try script("node-redlock 4 and 5: release")
        var keys: [String] = []
        for number in 0..<100 {
            keys.append("k\(number)")
            dialogue.expect([("SET k\(number) \(value)", "+OK")])
        }
        let reply = dialogue.send(["EVAL", release, "100"] + keys + [value])
        #expect(reply == ":100\r\n")
    }

    @Test func aValueForManyKeysIsHeldOnce() throws {
        let obtain = try script("bsm/redislock: obtain")
        let long = String(repeating: "v", count: 100_000)
        var keys: [String] = []
        for number in 0..<200 { keys.append("k\(number)") }
        for _ in 0..<2 {
            // A limit that two values do not fit.
            dialogue.modify { $0.execution.replyLimit = 150_000 }
            let reply = dialogue.send(["EVAL", obtain, "200"] + keys + [long, "100000", "10000"])
            #expect(reply == "+OK\r\n")
            #expect(dialogue.inspect { $0.scripting.copied } < 100_000 * 210)
        }
        dialogue.expect([("STRLEN k0", ":100000"), ("STRLEN k199", ":100000")])
    }

    /// One large value, named by as many keys as a small request has room for.
    @Test(arguments: ["node-redlock 4 and 5: release", "node-redlock 4 and 5: extend"])
    func aScriptDoesNotCopyWithoutEnd(_ name: String) throws {
        let text = try script(name)
        let value = String(repeating: "x", count: 100 << 20)
        dialogue.expect([("SET k \(value)", "+OK")])
        let start = dialogue.inspect { $0.observation.statistics.commands }
        let keys = Array(repeating: "k", count: 2000)
        let compared = name.hasSuffix("extend") ? value : "y"
        let reply = dialogue.send(["EVAL", text, "2000"] + keys + [compared, "1000"])
        #expect(reply.hasPrefix("-ERR the script's commands have copied more than 8589934592 bytes"))
        #expect(dialogue.inspect { $0.observation.statistics.commands } - start < 100)
        #expect(dialogue.send("PING") == "+PONG\r\n")
    }

    #if DEBUG
    /// A number of elements that cannot fit is not begun with.
    @Test(arguments: ["SRANDMEMBER s", "HRANDFIELD h", "ZRANDMEMBER z"])
    func countsThatCannotFitTakeNoSteps(command: String) {
        let dialogue = NodeDialogue()
        dialogue.expect([("SADD s a", ":1"), ("HSET h a 1", ":1"), ("ZADD z 1 a", ":1")])
        let start = StepCounter.steps
        #expect(dialogue.sendRaw("\(command) -4611686018427387904\r\n").isEmpty)
        #expect(StepCounter.steps - start < 10_000)
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
    }
    #endif
}
