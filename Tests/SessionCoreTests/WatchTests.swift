import Testing

@testable import SessionCore

/// WATCH and UNWATCH: what counts as a change of a watched key.
@Suite struct WatchTests {
    /// Connection 0 watches `k` (and has set up what `before` says), connection 1 does something, connection 0 tries.
    private func outcome(
        before: [String] = [], watched: String = "k", then changes: [String], wait milliseconds: Int64 = 0
    ) -> String {
        let dialogue = NodeDialogue()
        for line in before { _ = dialogue.send(words(line)) }
        #expect(dialogue.send(["WATCH"] + words(watched)) == "+OK\r\n")
        for line in changes {
            let reply = dialogue.send(words(line), on: 1)
            #expect(!reply.hasPrefix("-"), "\(line): \(reply)")
        }
        if milliseconds > 0 { dialogue.advance(milliseconds: milliseconds) }
        #expect(dialogue.send("MULTI") == "+OK\r\n")
        #expect(dialogue.send("PING") == "+QUEUED\r\n")
        return dialogue.send("EXEC")
    }

    private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    private let executed = "*1\r\n+PONG\r\n"
    private let nothing = "*-1\r\n"

    @Test(arguments: [
        "SET k 2", "DEL k", "APPEND k x", "EXPIRE k 100", "RENAME k l", "COPY other k REPLACE", "MOVE k 1", "FLUSHDB",
        "FLUSHALL", "SWAPDB 0 1", "GETEX k EX 10", "SETRANGE k 0 x", "MSET a 1 k 2", "GETDEL k", "PEXPIREAT k 1",
    ])
    func changesAbort(_ change: String) {
        #expect(outcome(before: ["SET k 1", "SET other 1"], then: [change]) == nothing, "\(change)")
    }

    @Test(arguments: [
        "GET k", "SET l 1", "DEL l", "SETNX k 2", "PERSIST k", "TOUCH k", "EXPIRE k 100 XX", "SELECT 1", "SWAPDB 1 2",
        "RENAMENX other k", "COPY other k", "OBJECT ENCODING k", "PING",
    ])
    func whatChangesNothingDoesNot(_ command: String) {
        #expect(outcome(before: ["SET k 1", "SET other 1"], then: [command]) == executed, "\(command)")
    }

    @Test func missingKeysCanBeWatched() {
        #expect(outcome(then: ["FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "DEL k"]) == executed)
        #expect(outcome(then: ["SET k 1"]) == nothing)
        #expect(outcome(then: ["SELECT 1", "SET k 1"]) == executed)
        #expect(outcome(then: ["SELECT 1", "SET k 1", "SWAPDB 0 1"]) == nothing)
        #expect(outcome(watched: "a b k b", then: ["SET b 1"]) == nothing)
    }

    @Test func changesOfOnesOwnCount() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("WATCH k", "+OK"), ("SET k 1", "+OK"), ("MULTI", "+OK"), ("PING", "+QUEUED"), ("EXEC", "*-1"),
            ("MULTI", "+OK"), ("PING", "+QUEUED"), ("EXEC", "*1\r\n+PONG"),
        ])
        dialogue.expect([("WATCH k", "+OK"), ("MULTI", "+OK"), ("SET k 2", "+QUEUED"), ("EXEC", "*1\r\n+OK")])
    }

    @Test func unwatchAndDiscardForgetChanges() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("WATCH k", "+OK"), ("SET k 1", "+OK"), ("UNWATCH", "+OK"), ("MULTI", "+OK"), ("EXEC", "*0"),
            ("WATCH k", "+OK"), ("SET k 1", "+OK"), ("MULTI", "+OK"), ("DISCARD", "+OK"), ("MULTI", "+OK"),
            ("EXEC", "*0"), ("WATCH k", "+OK"), ("RESET", "+RESET"), ("SET k 1", "+OK"), ("MULTI", "+OK"),
            ("EXEC", "*0"),
        ])
        #expect(dialogue.inspect { $0.listeners.watchingClients } == 0)
        #expect(dialogue.inspect { $0.execution.store.observers.isEmpty })
    }

    @Test func aSpoiledTransactionSaysSoRatherThanNothing() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("WATCH k", "+OK"), ("SET k 1", "+OK"), ("MULTI", "+OK"),
            ("GET", "-ERR wrong number of arguments for 'get' command"),
            ("EXEC", "-EXECABORT Transaction discarded because of previous errors."),
        ])
        #expect(dialogue.send("HELLO", "3").hasPrefix("%7"))
        dialogue.expect([("WATCH k", "+OK"), ("SET k 1", "+OK"), ("MULTI", "+OK"), ("PING", "+QUEUED"), ("EXEC", "_")])
    }

    // MARK: Expiry

    @Test func expiryIsAChange() {
        #expect(outcome(before: ["SET k 1 PX 50"], then: [], wait: 49) == executed)
        #expect(outcome(before: ["SET k 1 PX 50"], then: [], wait: 50) == nothing)
    }

    @Test func expiryThatNobodyHasNoticedIsAChange() {
        let dialogue = NodeDialogue()
        dialogue.expect([("SET k 1 PX 50", "+OK"), ("WATCH k", "+OK"), ("MULTI", "+OK"), ("PING", "+QUEUED")])
        dialogue.skip(milliseconds: 50)
        dialogue.expect([("EXEC", "*-1")])
    }

    @Test func whatHadExpiredBeforeIsNoChange() {
        let dialogue = NodeDialogue()
        dialogue.expect([("SET k 1 PX 50", "+OK")])
        dialogue.skip(milliseconds: 50)
        dialogue.expect([("WATCH k", "+OK"), ("EXISTS k", ":0"), ("MULTI", "+OK"), ("PING", "+QUEUED")])
        dialogue.advance(milliseconds: 1000)
        dialogue.expect([("EXEC", "*1\r\n+PONG")])
    }

    @Test func expiredKeysOfExchangedDatabases() {
        let dialogue = NodeDialogue()
        dialogue.expect([("SELECT 1", "+OK"), ("SET k 1 PX 50", "+OK"), ("SELECT 0", "+OK")])
        dialogue.skip(milliseconds: 50)
        dialogue.expect([("WATCH k", "+OK"), ("SWAPDB 0 1", "+OK"), ("MULTI", "+OK"), ("EXEC", "*0")])
    }

    // MARK: Sessions

    private func session(_ change: (NodeDialogue, String) -> Void) -> String {
        let dialogue = NodeDialogue()
        let token = "0123456789abcdefghij"
        _ = dialogue.send("SESSCREATE", "ID", token, "USER", "ann", "MAX", "10s", "FIELDS", "1", "a", "1")
        let handle = Handle(token: token.utf8Span.span.bytes)
        var key = ByteBuffer()
        SessionKey.write(handle, .session, to: &key)
        #expect(dialogue.send("WATCH", key.bytes.text) == "+OK\r\n")
        change(dialogue, token)
        #expect(dialogue.send("MULTI") == "+OK\r\n")
        return dialogue.send("EXEC")
    }

    @Test func sessionsCanBeWatched() {
        #expect(session { _, _ in } == "*0\r\n")
        #expect(session { _ = $0.send("SESSGET", $1, on: 1) } == "*0\r\n")
        #expect(session { _ = $0.send("SESSTOUCH", $1, on: 1) } == "*0\r\n")
        #expect(session { _ = $0.send("SESSSET", $1, "FIELDS", "1", "a", "2", on: 1) } == nothing)
        #expect(session { _ = $0.send("SESSROTATE", $1, on: 1) } == nothing)
        #expect(session { _ = $0.send("SESSREVOKE", $1, on: 1) } == nothing)
        #expect(session { dialogue, _ in _ = dialogue.send("SESSREVOKEUSER", "ann", on: 1) } == nothing)
        #expect(session { dialogue, _ in dialogue.advance(milliseconds: 10_000) } == nothing)
    }

    // MARK: Limits

    @Test func watchesAreBounded() {
        let dialogue = NodeDialogue()
        let keys = (0...Limits.watchedKeys).map(String.init)
        #expect(
            dialogue.send(["WATCH"] + keys) == "-ERR too many watched keys (maximum is \(Limits.watchedKeys))\r\n")
        #expect(dialogue.inspect { $0.listeners.watchingClients } == 0)
        #expect(dialogue.send(["WATCH"] + keys.dropLast()) == "+OK\r\n")
        dialogue.expect([("UNWATCH", "+OK")])
        // Nothing can be stored under such a key.
        dialogue.expect([("WATCH \(String(repeating: "k", count: Limits.key + 1))", "+OK")])
        #expect(dialogue.inspect { $0.listeners.watchingClients } == 0)
    }
}
