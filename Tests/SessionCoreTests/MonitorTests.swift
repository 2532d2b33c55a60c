import Testing

@testable import SessionCore

/// MONITOR.
@Suite struct MonitorTests {
    private func monitored() -> NodeDialogue {
        let dialogue = NodeDialogue()
        dialogue.expect("MONITOR", on: 9, gives: "+OK\r\n")
        return dialogue
    }

    @Test func showsWhatOthersDo() {
        let dialogue = monitored()
        dialogue.skip(milliseconds: 7)
        _ = dialogue.send("set", "key", "value", "EX", "900")
        #expect(
            dialogue.read(on: 9)
                == "+1000000000.007000 [0 127.0.0.1:50000] \"set\" \"(redacted)\" \"(redacted)\" \"EX\" \"900\"\r\n")
        _ = dialogue.send("SELECT", "3")
        _ = dialogue.send("GET", "key")
        #expect(
            dialogue.read(on: 9) == "+1000000000.007000 [3 127.0.0.1:50000] \"SELECT\" \"3\"\r\n"
                + "+1000000000.007000 [3 127.0.0.1:50000] \"GET\" \"(redacted)\"\r\n")
    }

    /// `timeout` closes clients that say nothing, but for those that only listen: as redis-server 7.0.15 does.
    @Test(arguments: [
        (["PING"], false), (["MULTI"], false), (["CLIENT TRACKING ON"], false), (["SUBSCRIBE c"], true),
        (["PSUBSCRIBE c"], true), (["MONITOR"], true), (["MONITOR", "RESET"], false),
        (["SUBSCRIBE c", "UNSUBSCRIBE c"], false), (["WAIT 1 0"], true),
    ])
    func whoMayBeIdle(_ requests: [String], _ stays: Bool) {
        var configuration = Configuration()
        configuration.timeout = 2
        let dialogue = NodeDialogue(configuration)
        for request in requests { _ = dialogue.send(request.split(separator: " ").map(String.init), on: 3) }
        for _ in 0..<5 {
            dialogue.advance(milliseconds: 1000)
            _ = dialogue.send("PING")
        }
        _ = dialogue.effects()
        #expect(dialogue.isConnected(3) == stays)
        #expect(dialogue.isConnected(0))
    }

    @Test func doesNotShowWhatWasRefusedOrIsAdministration() {
        let dialogue = monitored()
        for words in [["GET"], ["NOSUCH"], ["CONFIG", "GET", "port"], ["SLOWLOG", "LEN"], ["CLIENT", "LIST"]] {
            _ = dialogue.send(words)
        }
        #expect(dialogue.read(on: 9).isEmpty)
        // Failed is not refused.
        _ = dialogue.send("INCRBY", "k", "x")
        _ = dialogue.send("AUTH", "secret")
        #expect(
            dialogue.read(on: 9)
                == "+1000000000.000000 [0 127.0.0.1:50000] \"INCRBY\" \"(redacted)\" \"(redacted)\"\r\n"
                + "+1000000000.000000 [0 127.0.0.1:50000] \"AUTH\" \"(redacted)\"\r\n")
    }

    @Test func oddBytesInOptionWordsAreEscaped() {
        var buffer = ByteBuffer()
        buffer.appendEscaped(Array("a\"\\\n\r\t\u{7}\u{8}\u{0}é".utf8).span.bytes)
        #expect(buffer.bytes.text == #"a\"\\\n\r\t\a\b\x00\xc3\xa9"#)
    }

    @Test func unixSocketsAreNamed() {
        let dialogue = monitored()
        dialogue.connect(5, from: "/run/c.sock:0")
        _ = dialogue.send("PING", on: 5)
        #expect(dialogue.read(on: 9) == "+1000000000.000000 [0 unix:/run/c.sock] \"PING\"\r\n")
    }

    @Test func showsNothingToWhoWantsNoReplies() {
        let dialogue = monitored()
        dialogue.expect("CLIENT", "REPLY", "SKIP", on: 9, gives: "")
        _ = dialogue.send("PING")
        #expect(dialogue.read(on: 9).isEmpty)
        dialogue.expect("PING", on: 9, gives: "")
        _ = dialogue.send("PING")
        #expect(dialogue.read(on: 9) == "+1000000000.000000 [0 127.0.0.1:50000] \"PING\"\r\n")
        dialogue.expect("CLIENT", "REPLY", "OFF", on: 9, gives: "")
        _ = dialogue.send("PING")
        #expect(dialogue.read(on: 9).isEmpty)
        dialogue.expect(
            "CLIENT", "REPLY", "ON", on: 9,
            gives: "+OK\r\n+1000000000.000000 [0 127.0.0.1:50000] \"CLIENT\" \"REPLY\" \"ON\"\r\n")
        _ = dialogue.send("PING")
        #expect(dialogue.read(on: 9) == "+1000000000.000000 [0 127.0.0.1:50000] \"PING\"\r\n")
    }

    @Test func itsOwnRequestsAreShownAfterTheirReply() {
        let dialogue = monitored()
        dialogue.expect("PING", on: 9, gives: "+PONG\r\n+1000000000.000000 [0 127.0.0.1:50000] \"PING\"\r\n")
        dialogue.expect("MONITOR", on: 9, gives: "")
        dialogue.expect("GET", "k", on: 9, gives: "-ERR Replica can't interact with the keyspace\r\n")
        dialogue.expect("SET", "k", "v", on: 9, gives: "-ERR Replica can't interact with the keyspace\r\n")
    }

    @Test func showsInRESP3AndInTheList() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("HELLO", "3", on: 9)
        dialogue.expect("MONITOR", on: 9, gives: "+OK\r\n")
        _ = dialogue.send("PING")
        #expect(dialogue.read(on: 9) == "+1000000000.000000 [0 127.0.0.1:50000] \"PING\"\r\n")
        #expect(dialogue.send("CLIENT", "LIST", "TYPE", "normal").contains(" flags=O "))
    }

    @Test func endsWithResetOrTheConnection() {
        let dialogue = monitored()
        dialogue.expect("RESET", on: 9, gives: "+RESET\r\n")
        _ = dialogue.send("PING")
        #expect(dialogue.read(on: 9).isEmpty)
        dialogue.expect("MONITOR", on: 9, gives: "+OK\r\n")
        dialogue.expect("MONITOR", on: 8, gives: "+OK\r\n")
        dialogue.disconnect(9)
        dialogue.connect(9)
        _ = dialogue.send("PING")
        #expect(dialogue.read(on: 9).isEmpty)
        #expect(dialogue.read(on: 8).contains("\"PING\""))
    }

    @Test func aMonitorThatDoesNotReadIsClosed() {
        var configuration = Configuration()
        configuration.pubsubOutputLimit = OutputLimit(hard: 10_000, soft: 0, softSeconds: 0)
        let dialogue = NodeDialogue(configuration)
        _ = dialogue.send("MONITOR", on: 9)
        dialogue.stall(9)
        for _ in 0..<300 { _ = dialogue.send("PING") }
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 9))))
        _ = dialogue.send("PING")
    }

    /// Requests of a transaction are shown when they are executed.
    @Test func transactions() {
        let dialogue = monitored()
        for words in [["MULTI"], ["ECHO", "a"], ["MONITOR"]] { _ = dialogue.send(words) }
        let line = { (words: String) in "+1000000000.000000 [0 127.0.0.1:50000] \(words)\r\n" }
        #expect(dialogue.read(on: 9) == line(#""MULTI""#))
        dialogue.expect(
            "EXEC", gives: "*2\r\n$1\r\na\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n")
        #expect(dialogue.read(on: 9) == line(#""ECHO" "(redacted)""#) + line(#""EXEC""#))
    }
}
