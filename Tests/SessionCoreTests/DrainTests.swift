import Testing

@testable import SessionCore

/// `shutdown-drain`: between being told to stop and stopping.
@Suite struct DrainTests {
    private func makeDialogue(drain: Int64 = 5000) -> NodeDialogue {
        var configuration = Configuration()
        configuration.shutdownDrain = drain
        return NodeDialogue(configuration)
    }

    private func status(_ path: String, of dialogue: NodeDialogue) -> Int {
        let now = dialogue.now
        return dialogue.modify { $0.adminResponse(to: "GET", target: path, now: now).status }
    }

    private func signal(_ dialogue: NodeDialogue) {
        let now = dialogue.now
        dialogue.modify { $0.beginShutdown(now: now) }
    }

    @Test func readinessGoesFirst() {
        let dialogue = makeDialogue()
        #expect(["/livez", "/readyz", "/primary"].map { status($0, of: dialogue) } == [200, 200, 200])
        #expect(dialogue.send("SHUTDOWN") == "")
        #expect(["/livez", "/readyz", "/primary", "/replica"].map { status($0, of: dialogue) } == [200, 503, 503, 503])
        let now = dialogue.now
        let response = dialogue.modify { $0.adminResponse(to: "GET", target: "/readyz", now: now) }
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(text.contains(#""draining":{"ok":false,"reason":"draining: the server stops in 5000 ms"}"#))
        #expect(dialogue.send("INFO", "server", on: 1).contains("\r\nshutdown_in_milliseconds:5000\r\n"))
        // Everybody else is served, newcomers too.
        dialogue.advance(milliseconds: 4999)
        dialogue.expect("SET", "k", "v", on: 1, gives: "+OK\r\n")
        dialogue.expect("GET", "k", on: 2, gives: bulk("v"))
        #expect(!dialogue.effects().contains(.shutdown))
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.effects().contains(.shutdown))
        #expect(status("/readyz", of: dialogue) == 503)
        dialogue.advance(milliseconds: 10_000)
        #expect(!dialogue.effects().contains(.shutdown), "once is enough")
    }

    /// The node names the moment at which it wants to be called.
    @Test func theEndIsInTime() {
        let dialogue = makeDialogue()
        #expect(dialogue.send("SHUTDOWN") == "")
        let now = dialogue.now
        let next = dialogue.modify { $0.advance(to: now) }
        #expect(next.map { $0 <= now.monotonicMicroseconds + 5_000_000 } == true)
        #expect(dialogue.modify { $0.wantsTurn } == false)
    }

    @Test func signalsDrainToo() {
        let dialogue = makeDialogue()
        signal(dialogue)
        #expect(status("/readyz", of: dialogue) == 503)
        dialogue.advance(milliseconds: 4000)
        // A second one changes nothing.
        signal(dialogue)
        dialogue.advance(milliseconds: 999)
        #expect(!dialogue.effects().contains(.shutdown))
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.effects().contains(.shutdown))
    }

    @Test(arguments: ["SHUTDOWN NOW", "SHUTDOWN NOSAVE NOW FORCE"]) func nowDoesNotWait(_ command: String) {
        let dialogue = makeDialogue()
        #expect(dialogue.sendRaw(command + "\r\n") == "")
        #expect(dialogue.effects().contains(.shutdown))
    }

    @Test func nowEndsAWait() {
        let dialogue = makeDialogue()
        #expect(dialogue.send("SHUTDOWN", on: 1) == "")
        #expect(dialogue.send("SHUTDOWN", on: 2) == "", "waits as well")
        dialogue.advance(milliseconds: 100)
        #expect(!dialogue.effects().contains(.shutdown))
        #expect(dialogue.send("SHUTDOWN", "NOW", on: 3) == "")
        #expect(dialogue.effects().contains(.shutdown))
    }

    @Test func abortedByAnother() {
        let dialogue = makeDialogue()
        #expect(dialogue.sendRaw("SHUTDOWN\r\nSET k v\r\n", on: 1) == "", "what follows is not executed")
        #expect(dialogue.send("SHUTDOWN", "NOSAVE", on: 2) == "")
        dialogue.advance(milliseconds: 100)
        dialogue.expect("GET", "k", gives: "$-1\r\n")
        dialogue.expect("SHUTDOWN", "ABORT", gives: "+OK\r\n")
        #expect(dialogue.effects().contains(.shutdownAborted))
        dialogue.advance(milliseconds: 0)
        // Redis's words; the connections go on.
        let error = "-ERR Errors trying to SHUTDOWN. Check logs.\r\n"
        #expect(dialogue.read(on: 1) == error + "+OK\r\n")
        #expect(dialogue.read(on: 2) == error)
        dialogue.expect("GET", "k", on: 2, gives: bulk("v"))
        #expect(status("/readyz", of: dialogue) == 200 && status("/primary", of: dialogue) == 200)
        dialogue.advance(milliseconds: 10_000)
        #expect(!dialogue.effects().contains(.shutdown))
        dialogue.expect("SHUTDOWN", "ABORT", gives: "-ERR No shutdown in progress.\r\n")
        #expect(!dialogue.send("INFO", "server").contains("shutdown_in_milliseconds"))
        // And it can be told again.
        signal(dialogue)
        dialogue.advance(milliseconds: 5000)
        #expect(dialogue.effects().contains(.shutdown))
    }

    /// Who asked may go before it is done; who comes in his place is not answered.
    @Test func theOneWhoAskedIsGone() {
        let dialogue = makeDialogue()
        #expect(dialogue.send("SHUTDOWN", on: 1) == "")
        dialogue.disconnect(1)
        dialogue.expect("PING", on: 1, gives: "+PONG\r\n")
        dialogue.expect("SHUTDOWN", "ABORT", gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.read(on: 1) == "")
        #expect(dialogue.send("SHUTDOWN", on: 1) == "")
        dialogue.disconnect(1)
        dialogue.advance(milliseconds: 5000)
        #expect(dialogue.effects().contains(.shutdown))
    }

    @Test func withoutReplies() {
        let dialogue = makeDialogue()
        #expect(dialogue.sendRaw("CLIENT REPLY OFF\r\nSHUTDOWN\r\n", on: 1) == "")
        dialogue.expect("SHUTDOWN", "ABORT", gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.read(on: 1) == "")
        #expect(dialogue.sendRaw("CLIENT REPLY ON\r\n", on: 1) == "+OK\r\n")
    }

    @Test func theWaitMayBeChangedMeanwhile() {
        let dialogue = makeDialogue()
        #expect(dialogue.send("SHUTDOWN", on: 1) == "")
        // It counts for the next time, or at once where it says not to wait.
        dialogue.expect("CONFIG", "SET", "shutdown-drain", "10s", gives: "+OK\r\n")
        dialogue.advance(milliseconds: 5000)
        #expect(dialogue.effects().contains(.shutdown))
    }
}
