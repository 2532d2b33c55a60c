import Testing

@testable import SessionCore

/// MULTI, EXEC and DISCARD as a dialogue. Texts and replies are those of redis-server 7.0.15; `EndToEnd` compares more
/// of them with a running one.
@Suite struct TransactionTests {
    private let aborted = "-EXECABORT Transaction discarded because of previous errors.\r\n"

    @Test func whatIsQueuedIsExecutedTogether() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("MULTI", "+OK"), ("SET a 1", "+QUEUED"), ("INCR a", "+QUEUED"), ("HGET a f", "+QUEUED"),
            ("SELECT 1", "+QUEUED"), ("SET b 2", "+QUEUED"), ("SELECT 99", "+QUEUED"),
        ])
        dialogue.expect("GET", "a", on: 1, gives: "$-1\r\n")
        dialogue.expect(
            "EXEC",
            gives: """
                *6\r\n+OK\r\n:2\r\n-WRONGTYPE Operation against a key holding the wrong kind of value\r\n+OK\r\n+OK\r
                -ERR DB index is out of range\r\n
                """)
        dialogue.expect([("GET b", "$1\r\n2"), ("SELECT 0", "+OK"), ("GET a", "$1\r\n2")])
        dialogue.expect([("MULTI", "+OK"), ("EXEC", "*0")])
    }

    /// Redis queues it, and the reply to its `EXEC` lacks an element then.
    @Test(arguments: ["REPLCONF ACK 5", "replconf getack *", "REPLCONF listening-port 7000", "REPLCONF"])
    func whatMayHaveNoReplyIsRefused(_ request: String) {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("MULTI", "+OK"), (request, "-ERR Command not allowed inside a transaction"), ("PING", "+QUEUED"),
            ("EXEC", "-EXECABORT Transaction discarded because of previous errors."), ("ECHO a", "$1\r\na"),
        ])
    }

    @Test func discardForgets() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("DISCARD", "-ERR DISCARD without MULTI"), ("EXEC", "-ERR EXEC without MULTI"), ("MULTI", "+OK"),
            ("SET a 1", "+QUEUED"), ("DISCARD", "+OK"), ("EXISTS a", ":0"), ("EXEC", "-ERR EXEC without MULTI"),
        ])
    }

    @Test func nestedAndMisplacedCommandsDoNotAbort() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("MULTI", "+OK"), ("MULTI", "-ERR MULTI calls can not be nested"),
            ("WATCH k", "-ERR WATCH inside MULTI is not allowed"), ("SET a 1", "+QUEUED"), ("EXEC", "*1\r\n+OK"),
        ])
    }

    @Test(arguments: [
        ("NOSUCH x", "-ERR unknown command 'NOSUCH', with args beginning with: "),
        ("GET", "-ERR wrong number of arguments for 'get' command"),
        ("CLIENT NOSUCH", "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP."),
        ("DISCARD x", "-ERR wrong number of arguments for 'discard' command"),
        ("SHUTDOWN NOSAVE", "-ERR Command not allowed inside a transaction"),
        ("SET __sess__:x 1", "-ERR keys under '__sess__:' are sessions: change them with the SESS* commands"),
    ])
    func refusedCommandsAbort(_ command: String, _ reply: String) {
        let dialogue = NodeDialogue()
        dialogue.expect([("MULTI", "+OK"), (command, reply), ("SET a 1", "+QUEUED")])
        dialogue.expect("EXEC", gives: aborted)
        dialogue.expect([("EXISTS a", ":0"), ("EXEC", "-ERR EXEC without MULTI")])
    }

    @Test func aRefusedExecEndsTheTransaction() {
        let dialogue = NodeDialogue()
        let refusal = "-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command"
        dialogue.expect([
            ("EXEC x", refusal), ("MULTI", "+OK"), ("EXEC x", refusal), ("EXEC", "-ERR EXEC without MULTI"),
        ])
    }

    @Test func withoutThePasswordThereIsNoTransaction() {
        var configuration = Configuration()
        configuration.requirePass = "secret"
        let dialogue = NodeDialogue(configuration)
        dialogue.expect([
            ("MULTI", "-NOAUTH Authentication required."),
            ("EXEC", "-EXECABORT Transaction discarded because of: NOAUTH Authentication required."),
            ("AUTH secret", "+OK"), ("MULTI", "+OK"), ("PING", "+QUEUED"), ("EXEC", "*1\r\n+PONG"),
        ])
    }

    @Test func memoryIsCheckedWhenQueuedAndOnceWhenExecuted() {
        var configuration = Configuration()
        configuration.maxMemory = 1 << 20
        let dialogue = NodeDialogue(configuration)
        let oom = "OOM command not allowed when used memory > 'maxmemory'."
        let large = String(repeating: "v", count: 1 << 20)
        dialogue.expect([("MULTI", "+OK"), ("SET a \(large)", "+QUEUED"), ("SET b 1", "+QUEUED")])
        // Begun below the limit, it goes on beyond it.
        dialogue.expect([("EXEC", "*2\r\n+OK\r\n+OK"), ("GET b", "$1\r\n1"), ("SET c 1", "-" + oom)])
        dialogue.expect([("MULTI", "+OK"), ("PING", "-" + oom)])
        dialogue.expect("EXEC", gives: aborted)
        dialogue.expect([("MULTI", "+OK"), ("DISCARD", "+OK")])
        dialogue.expect([("CONFIG SET maxmemory 8mb", "+OK"), ("MULTI", "+OK"), ("SET c 1", "+QUEUED")])
        dialogue.expect("CONFIG", "SET", "maxmemory", "1mb", on: 1, gives: "+OK\r\n")
        dialogue.expect([("EXEC", "-EXECABORT Transaction discarded because of: " + oom), ("EXISTS c", ":0")])
    }

    @Test func protocolAndReplyModeChangeInside() {
        let dialogue = NodeDialogue()
        dialogue.expect([("MULTI", "+OK"), ("HELLO 3", "+QUEUED"), ("HGETALL no", "+QUEUED"), ("HELLO 2", "+QUEUED")])
        dialogue.expect([("HGETALL no", "+QUEUED")])
        let reply = dialogue.send("EXEC")
        #expect(reply.hasPrefix("*4\r\n%7\r\n") && reply.hasSuffix("*0\r\n*0\r\n") && reply.contains("%0\r\n*14\r\n"))
        dialogue.expect([("MULTI", "+OK"), ("CLIENT REPLY SKIP", "+QUEUED"), ("SET a 1", "+QUEUED")])
        dialogue.expect([("EXEC", "*2\r\n+OK")])
        #expect(dialogue.send("GET", "a") == "")
        dialogue.expect([("GET a", "$1\r\n1"), ("MULTI", "+OK"), ("CLIENT REPLY OFF", "+QUEUED"), ("GET a", "+QUEUED")])
        dialogue.expect([("EXEC", "*2")])
        #expect(dialogue.send("GET", "a") == "")
        dialogue.expect([("CLIENT REPLY ON", "+OK")])
    }

    @Test func resetAndQuitAreNotQueued() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("MULTI", "+OK"), ("SET a 1", "+QUEUED"), ("RESET", "+RESET"), ("EXEC", "-ERR EXEC without MULTI"),
            ("EXISTS a", ":0"), ("MULTI", "+OK"), ("QUIT", "+OK"),
        ])
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
    }

    @Test func disconnectionForgets() {
        let dialogue = NodeDialogue()
        dialogue.expect("WATCH", "k", on: 1, gives: "+OK\r\n")
        dialogue.expect("MULTI", on: 1, gives: "+OK\r\n")
        dialogue.expect("SET", "a", "1", on: 1, gives: "+QUEUED\r\n")
        dialogue.disconnect(1)
        dialogue.expect("EXEC", on: 1, gives: "-ERR EXEC without MULTI\r\n")
        dialogue.expect([("EXISTS a", ":0")])
        #expect(dialogue.inspect { $0.listeners.watchingClients } == 0)
    }

    @Test func subscribingInside() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("MULTI", "+OK"), ("SUBSCRIBE a b", "+QUEUED"), ("PING", "+QUEUED"), ("PUBLISH a m", "+QUEUED"),
        ])
        let confirmations = ["a", "b"].enumerated().map { "*3\r\n" + bulk("subscribe") + bulk($1) + ":\($0 + 1)\r\n" }
        dialogue.expect(
            "EXEC",
            gives: "*3\r\n" + confirmations.joined() + bulks("pong", "") + ":1\r\n" + bulks("message", "a", "m"))
    }

    /// What Redis Sentinel sends to make a server a primary, as far as there is replication.
    @Test func aFailoverClosesTheOthers() {
        let dialogue = NodeDialogue()
        dialogue.expect("PING", on: 1, gives: "+PONG\r\n")
        dialogue.expect("SUBSCRIBE", "c", on: 2, gives: "*3\r\n" + bulk("subscribe") + bulk("c") + ":1\r\n")
        dialogue.expect([
            ("MULTI", "+OK"), ("CLIENT KILL TYPE normal", "+QUEUED"), ("CLIENT KILL TYPE pubsub", "+QUEUED"),
            ("SET a 1", "+QUEUED"), ("EXEC", "*3\r\n:1\r\n:1\r\n+OK"),
        ])
        let closed = dialogue.effects().compactMap { if case .close(let id) = $0 { id.rawValue } else { nil } }
        #expect(closed.sorted() == [1, 2])
        dialogue.expect([("GET a", "$1\r\n1")])
    }

    @Test func closingOneselfLetsTheRestHappenUnanswered() {
        let dialogue = NodeDialogue()
        dialogue.expect("MULTI", on: 1, gives: "+OK\r\n")
        dialogue.expect("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no", on: 1, gives: "+QUEUED\r\n")
        dialogue.expect("SET", "a", "1", on: 1, gives: "+QUEUED\r\n")
        dialogue.expect("EXEC", on: 1, gives: "*2\r\n:2\r\n")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 1))))
        dialogue.expect("GET", "a", on: 2, gives: "$1\r\n1\r\n")
    }

    @Test func clientListShowsTransactions() {
        let dialogue = NodeDialogue()
        #expect(dialogue.send("CLIENT", "INFO").contains(" flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 "))
        dialogue.expect([("WATCH k l", "+OK"), ("MULTI", "+OK"), ("GET k", "+QUEUED"), ("CLIENT INFO", "+QUEUED")])
        let seen = dialogue.send("CLIENT", "LIST", on: 1)
        #expect(seen.contains(" flags=x db=0 sub=0 psub=0 ssub=0 multi=2 watch=2 "))
        // While it is executed, too; the keys are no longer watched.
        #expect(dialogue.send("EXEC").contains(" flags=x db=0 sub=0 psub=0 ssub=0 multi=2 watch=0 "))
        #expect(dialogue.send("CLIENT", "INFO").contains(" flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 "))
    }

    // MARK: Waiting

    @Test func aPauseHoldsTransactionsThatWrite() {
        let dialogue = NodeDialogue()
        dialogue.expect("MULTI", on: 1, gives: "+OK\r\n")
        dialogue.expect("SET", "a", "1", on: 1, gives: "+QUEUED\r\n")
        dialogue.expect("MULTI", on: 2, gives: "+OK\r\n")
        dialogue.expect("GET", "a", on: 2, gives: "+QUEUED\r\n")
        dialogue.expect([("CLIENT PAUSE 100 WRITE", "+OK")])
        dialogue.expect("EXEC", on: 1, gives: "")
        dialogue.expect("EXEC", on: 2, gives: "*1\r\n$-1\r\n")
        dialogue.advance(milliseconds: 101)
        #expect(dialogue.read(on: 1) == "*1\r\n+OK\r\n")
    }

    @Test func withTooLittleEntropyItWaitsAsAWhole() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("MULTI", "+OK"), ("SET a 1", "+QUEUED"), ("SESSCREATE", "+QUEUED"), ("SESSCREATE", "+QUEUED"),
        ])
        dialogue.suppliesEntropy = false
        dialogue.modify { node in
            let used = node.execution.entropy.count - 2 * Limits.tokenEntropy + 1
            node.execution.entropy.removeFirst(used)
        }
        // Queueing takes none, and so may be done without.
        dialogue.expect("MULTI", on: 1, gives: "+OK\r\n")
        dialogue.expect("SESSCREATE", on: 1, gives: "+QUEUED\r\n")
        dialogue.expect("EXEC", gives: "")
        dialogue.advance(milliseconds: 5)
        dialogue.expect("EXISTS", "a", on: 2, gives: ":0\r\n")
        dialogue.modify { node in
            let bytes = [UInt8](repeating: 7, count: node.entropyWanted)
            node.supply(entropy: bytes.span.bytes)
        }
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read().hasPrefix("*3\r\n+OK\r\n"))
    }

    // MARK: Limits

    @Test func aTransactionIsBounded() {
        var configuration = Configuration()
        configuration.clientQueryBufferLimit = 1 << 20
        let dialogue = NodeDialogue(configuration)
        let value = String(repeating: "v", count: 600_000)
        dialogue.expect([
            ("MULTI", "+OK"), ("SET a \(value)", "+QUEUED"),
            ("SET b \(value)", "-ERR transaction is too large (its commands may take client-query-buffer-limit bytes)"),
            ("DISCARD", "+OK"), ("MULTI", "+OK"), ("SET b \(value)", "+QUEUED"), ("EXEC", "*1\r\n+OK"),
        ])
        dialogue.expect([("MULTI", "+OK")])
        for _ in 0..<Limits.transactionTokens { dialogue.expect("SESSCREATE", gives: "+QUEUED\r\n") }
        dialogue.expect([
            ("SESSROTATE abcdefghijklmnop", "-ERR too many new tokens in a transaction (maximum is 512)"),
        ])
        dialogue.expect("EXEC", gives: aborted)
    }

    @Test func aReplyBeyondTheLimitClosesTheConnectionAfterTheLastCommand() {
        let dialogue = NodeDialogue()
        let value = String(repeating: "v", count: 64 << 20)
        dialogue.expect([("SET a \(value)", "+OK"), ("MULTI", "+OK")])
        for _ in 0..<5 { dialogue.expect("GET", "a", gives: "+QUEUED\r\n") }
        dialogue.expect([("SET b 1", "+QUEUED")])
        dialogue.expect("EXEC", gives: "")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
        dialogue.expect("GET", "b", on: 1, gives: "$1\r\n1\r\n")
    }
}
