import Testing

@testable import SessionCore

/// What the runtime does for a command (`DEBUG SLEEP`, `CONFIG REWRITE`, `ACL SAVE`) counts as time that it took.
@Suite struct EffectDurationTests {
    private func dialogue() -> NodeDialogue {
        var configuration = Configuration()
        configuration.debugCommand = .everybody
        configuration.latencyThreshold = 50
        configuration.file = "/etc/cloakroom.conf"
        configuration.aclFile = "/etc/users.acl"
        return NodeDialogue(configuration)
    }

    private func finish(_ dialogue: NodeDialogue, milliseconds: Int64) {
        dialogue.skip(milliseconds: milliseconds)
        let now = dialogue.now
        dialogue.modify { $0.completed(nil, took: milliseconds * 1000, now: now) }
        dialogue.advance(milliseconds: 0)
    }

    @Test func aSleepIsOneSlowCall() {
        let dialogue = dialogue()
        dialogue.stopwatch.step = 3
        dialogue.expect("DEBUG", "SLEEP", "0.1", gives: "")
        finish(dialogue, milliseconds: 100)
        #expect(dialogue.read() == "+OK\r\n")
        dialogue.stopwatch.step = 0
        let counters = dialogue.inspect { $0.observation.commandStatistics[.debug] }
        #expect(counters.calls == 1 && counters.nanoseconds == 100_003_000)
        #expect(dialogue.inspect { $0.observation.commandStatistics.tracked(.debug) } == 1)
        #expect(dialogue.inspect { $0.observation.commandStatistics.percentile(.debug, 0) } > 90_000_000)
        #expect(dialogue.inspect { $0.observation.slowLog.count } == 1)
        let entry = dialogue.inspect { $0.observation.slowLog[age: 0] }
        #expect(entry.microseconds == 100_003 && entry.words.first == "DEBUG" && entry.words.count == 3)
        #expect(entry.address == "127.0.0.1:50000")
        #expect(dialogue.send("LATENCY", "LATEST") == "*1\r\n*4\r\n\(bulk("command")):1000000000\r\n:100\r\n:100\r\n")
    }

    @Test("where everything is logged, it is logged once") func everythingIsLogged() {
        let dialogue = dialogue()
        _ = dialogue.send("CONFIG", "SET", "slowlog-log-slower-than", "0")
        _ = dialogue.send("SLOWLOG", "RESET")
        dialogue.modify { $0.observation.slowLog.removeAll() }
        dialogue.expect("DEBUG", "SLEEP", "0.1", gives: "")
        finish(dialogue, milliseconds: 100)
        #expect(dialogue.inspect { $0.observation.slowLog.count } == 1)
        #expect(dialogue.inspect { $0.observation.slowLog[age: 0].microseconds } == 100_000)
    }

    @Test func shortOnesAreNotSlow() {
        let dialogue = dialogue()
        dialogue.expect("DEBUG", "SLEEP", "0.001", gives: "")
        finish(dialogue, milliseconds: 1)
        #expect(dialogue.read() == "+OK\r\n")
        #expect(dialogue.inspect { $0.observation.slowLog.count } == 0)
        #expect(dialogue.inspect { $0.observation.commandStatistics[.debug].nanoseconds } == 1_000_000)
        dialogue.expect("LATENCY", "LATEST", gives: "*0\r\n")
    }

    @Test func withinATransactionAndInAPipeline() {
        let dialogue = dialogue()
        #expect(dialogue.sendRaw("MULTI\r\nDEBUG SLEEP 0.1\r\nPING\r\nDEBUG SLEEP 0.2\r\nEXEC\r\nPING\r\n").isEmpty)
        finish(dialogue, milliseconds: 100)
        finish(dialogue, milliseconds: 200)
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.read() == "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n+PONG\r\n+OK\r\n+PONG\r\n")
        let counters = dialogue.inspect { $0.observation.commandStatistics[.debug] }
        #expect(counters.calls == 2 && counters.nanoseconds == 300_000_000)
        #expect(dialogue.inspect { $0.observation.slowLog.count } == 2)
        #expect(dialogue.inspect { $0.observation.commandStatistics[.ping].nanoseconds } == 0)
    }

    @Test func filesCountToo() {
        let dialogue = dialogue()
        dialogue.expect("CONFIG", "REWRITE", gives: "")
        finish(dialogue, milliseconds: 70)
        #expect(dialogue.inspect { $0.observation.commandStatistics[.configRewrite].nanoseconds } == 70_000_000)
        let (id, now) = (ConnectionID(rawValue: 0), dialogue.now)
        _ = dialogue.send("ACL", "SAVE")
        dialogue.modify { $0.accessFileWritten(nil, for: id, took: 60_000, now: now) }
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.inspect { $0.observation.commandStatistics[.aclSave].nanoseconds } == 60_000_000)
        _ = dialogue.send("ACL", "LOAD")
        dialogue.modify { $0.accessFileRead(.success([]), for: id, took: 80_000, now: now) }
        #expect(dialogue.inspect { $0.observation.commandStatistics[.aclLoad].nanoseconds } == 80_000_000)
        #expect(dialogue.inspect { $0.observation.slowLog.count } == 3)
    }

    @Test func theAnswerToAClientThatIsGoneIsCountedAndNothingElse() {
        let dialogue = dialogue()
        dialogue.expect("DEBUG", "SLEEP", "0.1", on: 5, gives: "")
        dialogue.disconnect(5)
        dialogue.expect("PING", on: 5, gives: "+PONG\r\n")
        finish(dialogue, milliseconds: 100)
        #expect(dialogue.read(on: 5) == "")
        #expect(dialogue.inspect { $0.observation.slowLog.count } == 1)
    }
}
