import Testing

@testable import SessionCore

/// CLIENT PAUSE: what waits, what does not, and what the node leaves alone meanwhile; as redis-server 7.0.15 has it.
@Suite struct PauseTests {
    private func blocked(_ dialogue: NodeDialogue, on connection: UInt32 = 9) -> String {
        field("blocked_clients", dialogue.send("INFO", "clients", on: connection))
    }

    private func field(_ name: String, _ info: String) -> String {
        for line in info.split(separator: "\r\n") where line.hasPrefix(name + ":") {
            return String(line.dropFirst(name.utf8.count + 1))
        }
        return ""
    }

    // MARK: Who waits

    @Test("under PAUSE WRITE these wait", arguments: [
        "SET a b", "DEL a", "EXPIRE a 1", "FLUSHALL", "GETEX a EX 1", "PUBLISH a b", "SESSCREATE",
        "SESSTOUCH token-of-16-bytes", "EVAL x 0", "EVALSHA x 0", "SESSREVOKEUSER u",
    ])
    func writesWait(_ command: String) {
        let dialogue = NodeDialogue()
        dialogue.expect("CLIENT", "PAUSE", "1500", "WRITE", on: 9, gives: "+OK\r\n")
        #expect(dialogue.sendRaw(command + "\r\n") == "")
        #expect(blocked(dialogue) == "1")
        let list = dialogue.send("CLIENT", "LIST", "ID", "1", on: 9)
        #expect(list.contains(" flags=b "), "\(list)")
        dialogue.advance(milliseconds: 1499)
        #expect(dialogue.read() == "")
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() != "")
        #expect(blocked(dialogue) == "0")
        #expect(dialogue.send("CLIENT", "LIST", "ID", "1", on: 9).contains(" flags=N "))
    }

    @Test("under PAUSE WRITE these are served", arguments: [
        "GET a", "PING", "INFO clients", "EVAL_RO x 0", "SUBSCRIBE c", "EXISTS a", "CONFIG GET port", "CLIENT ID",
        "SCRIPT EXISTS x", "WATCH a", "MULTI", "SESSLIST u", "ACL WHOAMI",
    ])
    func readsAreServed(_ command: String) {
        let dialogue = NodeDialogue()
        dialogue.expect("CLIENT", "PAUSE", "1500", "WRITE", on: 9, gives: "+OK\r\n")
        #expect(dialogue.sendRaw(command + "\r\n") != "")
        #expect(blocked(dialogue) == "0")
    }

    /// Every command of the table with the flags that make a command wait does so, whatever its arguments.
    @Test func theFlagsDecide() {
        let table = CommandTable()
        for row in table.rows where !row.isContainer {
            let facts = CommandFacts(row)
            let isWrite = row.flags.contains(.write) || row.flags.contains(.mayReplicate)
            #expect(facts.waitsForWritePause == (isWrite || ["publish", "eval", "evalsha"].contains("\(row.name)")))
        }
    }

    @Test("what is refused anyway is refused at once", arguments: [
        ("SET foo", "-ERR wrong number of arguments for 'set' command"),
        ("NOSUCH", "-ERR unknown command 'NOSUCH', with args beginning with: "),
        ("CLIENT NOSUCH", "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP."),
        ("CONFIG", "-ERR wrong number of arguments for 'config' command"),
        ("PUBLISH a", "-ERR wrong number of arguments for 'publish' command"),
        ("EVAL", "-ERR wrong number of arguments for 'eval' command"),
        ("DEBUG SLEEP 1", "-ERR DEBUG command not allowed."),
    ], ["WRITE", "ALL"])
    func refusalsDoNotWait(_ exchange: (command: String, error: String), mode: String) {
        let dialogue = NodeDialogue()
        dialogue.expect("CLIENT", "PAUSE", "1500", mode, on: 9, gives: "+OK\r\n")
        #expect(dialogue.sendRaw(exchange.command + "\r\n").hasPrefix(exchange.error))
    }

    @Test func permissionsAreCheckedBeforeThePauseAndAgainAfterIt() {
        let dialogue = NodeDialogue()
        dialogue.expect("ACL", "SETUSER", "reader", "on", "nopass", "~*", "+get", on: 9, gives: "+OK\r\n")
        dialogue.expect("ACL", "SETUSER", "writer", "on", "nopass", "~*", "+set", on: 9, gives: "+OK\r\n")
        dialogue.expect("AUTH", "reader", "x", gives: "+OK\r\n")
        dialogue.expect("AUTH", "writer", "x", on: 1, gives: "+OK\r\n")
        dialogue.expect("CLIENT", "PAUSE", "1500", "WRITE", on: 9, gives: "+OK\r\n")
        #expect(dialogue.send("SET", "a", "b").hasPrefix("-NOPERM"))
        #expect(dialogue.send("ACL", "LOG", "5", on: 9).hasPrefix("*1\r\n"), "noted once")
        dialogue.expect("SET", "a", "b", on: 1, gives: "")
        dialogue.expect("ACL", "SETUSER", "writer", "-set", on: 9, gives: "+OK\r\n")
        dialogue.expect("CLIENT", "UNPAUSE", on: 9, gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.read(on: 1).hasPrefix("-NOPERM"))
    }

    @Test func strangersAreRefusedAtOnce() {
        var configuration = Configuration()
        configuration.requirePass = "secret"
        let dialogue = NodeDialogue(configuration)
        dialogue.expect("AUTH", "secret", on: 9, gives: "+OK\r\n")
        dialogue.expect("CLIENT", "PAUSE", "100", on: 9, gives: "+OK\r\n")
        #expect(dialogue.send("GET", "a").hasPrefix("-NOAUTH"))
        dialogue.expect("AUTH", "secret", gives: "")
        dialogue.advance(milliseconds: 100)
        #expect(dialogue.read() == "+OK\r\n")
    }

    // MARK: Transactions

    @Test func transactionsWaitAtExec() {
        let dialogue = NodeDialogue()
        dialogue.expect([("MULTI", "+OK"), ("SET a b", "+QUEUED")])
        dialogue.expect("MULTI", on: 1, gives: "+OK\r\n")
        dialogue.expect("GET", "a", on: 1, gives: "+QUEUED\r\n")
        dialogue.expect("CLIENT", "PAUSE", "60000", "WRITE", on: 9, gives: "+OK\r\n")
        dialogue.expect("EXEC", gives: "")
        dialogue.expect("EXEC", on: 1, gives: "*1\r\n$-1\r\n")
        #expect(dialogue.send("CLIENT", "LIST", "ID", "1", on: 9).contains(" flags=xb "))
        // Queueing a write waits too, as in Redis.
        dialogue.expect("MULTI", on: 2, gives: "+OK\r\n")
        dialogue.expect("SET", "c", "d", on: 2, gives: "")
        dialogue.expect("CLIENT", "UNPAUSE", on: 9, gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.read() == "*1\r\n+OK\r\n")
        #expect(dialogue.read(on: 2) == "+QUEUED\r\n")
        dialogue.expect("EXEC", on: 2, gives: "*1\r\n+OK\r\n")
    }

    @Test func aPauseBeginsBehindItsTransaction() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("SET due v PX 10", "+OK"), ("MULTI", "+OK"), ("SET a 1", "+QUEUED"),
            ("CLIENT PAUSE 60000 WRITE", "+QUEUED"), ("SET b 2", "+QUEUED"), ("SET due new", "+QUEUED"),
        ])
        dialogue.skip(milliseconds: 20)
        dialogue.expect("EXEC", gives: "*4\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n")
        dialogue.expect("SET", "c", "3", on: 1, gives: "")
        dialogue.expect([("GET a", "$1\r\n1"), ("GET b", "$1\r\n2"), ("GET c", "$-1"), ("DBSIZE", ":3")])
        dialogue.expect("GET", "due", gives: bulk("new"))
        dialogue.expect("CLIENT", "UNPAUSE", gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.read(on: 1) == "+OK\r\n")
    }

    // MARK: Length and mode

    @Test func theStricterModeAndTheLaterEndHold() {
        let dialogue = NodeDialogue()
        dialogue.expect("CLIENT", "PAUSE", "200", "ALL", on: 9, gives: "+OK\r\n")
        // Under ALL the second pause waits as well, and holds from then on.
        dialogue.expect("CLIENT", "PAUSE", "20", "WRITE", on: 9, gives: "")
        dialogue.expect("GET", "a", gives: "")
        dialogue.advance(milliseconds: 199)
        #expect(dialogue.read() == "")
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() == "$-1\r\n" && dialogue.read(on: 9) == "+OK\r\n")
        dialogue.advance(milliseconds: 20)
        // A shorter one does not shorten, and a wider one widens to the end of the first.
        dialogue.expect("CLIENT", "PAUSE", "500", "WRITE", on: 9, gives: "+OK\r\n")
        dialogue.expect("CLIENT", "PAUSE", "10", "ALL", on: 8, gives: "+OK\r\n")
        dialogue.expect("PING", gives: "")
        dialogue.advance(milliseconds: 499)
        #expect(dialogue.read() == "")
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() == "+PONG\r\n")
    }

    @Test func manyClientsWaitInOrderAndSkippedRepliesStaySkipped() {
        let dialogue = NodeDialogue()
        dialogue.expect("CLIENT", "PAUSE", "60000", "WRITE", on: 9, gives: "+OK\r\n")
        for connection in 0..<3 as Range<UInt32> {
            dialogue.expect("APPEND", "a", "\(connection)", on: connection, gives: "")
        }
        #expect(dialogue.sendRaw("CLIENT REPLY SKIP\r\nSET b c\r\nGET b\r\n", on: 4) == "")
        #expect(blocked(dialogue) == "4")
        // Nobody is tried again before the pause changes.
        dialogue.advance(milliseconds: 10)
        #expect(dialogue.inspect { $0.connections.waiting.count } == 0)
        dialogue.expect("CLIENT", "UNPAUSE", on: 9, gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        for connection in 0..<3 as Range<UInt32> { #expect(dialogue.read(on: connection) == ":\(connection + 1)\r\n") }
        #expect(dialogue.read(on: 4) == bulk("c"), "the reply to SET only is skipped")
        dialogue.expect("GET", "a", gives: bulk("012"))
    }

    @Test func theRestOfAPipelineWaitsInItsOrder() {
        let dialogue = NodeDialogue()
        dialogue.expect("CLIENT", "PAUSE", "100", "WRITE", on: 9, gives: "+OK\r\n")
        #expect(dialogue.sendRaw("GET a\r\nSET a 1\r\nGET a\r\n") == "$-1\r\n")
        #expect(dialogue.sendRaw("*2\r\n$3\r\nGET\r\n$1\r\na\r\n") == "")
        #expect(dialogue.sendRaw("APPEND a 2\r\n*1\r\n$4\r\nPI") == "")
        dialogue.advance(milliseconds: 100)
        #expect(dialogue.read() == "+OK\r\n" + bulk("1") + bulk("1") + ":2\r\n")
        #expect(dialogue.sendRaw("NG\r\n") == "+PONG\r\n")
    }

    // MARK: The data stands still

    @Test("neither the wheel nor a lookup expires anything", arguments: ["WRITE", "ALL"])
    func nothingExpires(mode: String) {
        let dialogue = NodeDialogue()
        dialogue.expect([("SET a b PX 10", "+OK"), ("SET c d PX 10", "+OK")])
        dialogue.expect("CLIENT", "PAUSE", "50000", mode, on: 9, gives: "+OK\r\n")
        dialogue.advance(milliseconds: 100)
        if mode == "WRITE" {
            dialogue.expect([("GET a", "$-1"), ("EXISTS c", ":0"), ("TTL a", ":-2")])
        }
        #expect(dialogue.inspect { $0.execution.store.statistics.expired } == 0)
        #expect(dialogue.inspect { $0.execution.store.keyCount } == 2)
        dialogue.advance(milliseconds: 50_000)
        #expect(dialogue.inspect { $0.execution.store.statistics.expired } == 2)
        #expect(dialogue.inspect { $0.execution.store.keyCount } == 0)
    }

    @Test func nothingIsEvictedAndMemoryRefusesNothing() {
        var configuration = Configuration()
        configuration.maxMemoryPolicy = .allKeysLRU
        let dialogue = NodeDialogue(configuration)
        for key in 0..<100 { _ = dialogue.send("SET", "k\(key)", String(repeating: "x", count: 5000)) }
        _ = dialogue.send("CLIENT", "PAUSE", "1000", "WRITE", on: 9)
        _ = dialogue.send("CONFIG", "SET", "maxmemory", "100kb")
        dialogue.expect("SET", "a", "b", gives: "")
        dialogue.expect("GET", "a", on: 1, gives: "$-1\r\n")
        dialogue.advance(milliseconds: 999)
        #expect(dialogue.inspect { $0.execution.store.statistics.evicted } == 0)
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() == "+OK\r\n")
        #expect(dialogue.inspect { $0.execution.store.statistics.evicted } > 0)
    }

    // MARK: Replication

    /// Whoever pauses writes and waits for equal offsets gets them.
    @Test func theStreamStandsStill() {
        let nodes = ReplicationDialogue.following(2)
        nodes[0].expect("SET", "a", "b", "PX", "100", on: 2, gives: "+OK\r\n")
        nodes[0].expect("CLIENT", "PAUSE", "5000", "WRITE", on: 9, gives: "+OK\r\n")
        // Replicas are not asked how far they are: they tell every second.
        nodes[0].expect("WAIT", "1", "0", on: 2, gives: "")
        nodes.settle()
        #expect(nodes[0].read(on: 2) == "")
        let offset = nodes.info(0, "master_repl_offset")
        nodes[0].expect("SET", "c", "d", gives: "")
        nodes.run(milliseconds: 1500)
        nodes[0].expect("GET", "a", on: 1, gives: "$-1\r\n")
        nodes[1].expect("GET", "a", on: 1, gives: "$-1\r\n")
        #expect(nodes[0].read(on: 2) == ":1\r\n")
        #expect(nodes[0].send("INFO", "replication", on: 9).contains("master_repl_offset:\(offset)\r\n"))
        #expect(nodes.info(1, "slave_repl_offset") == offset)
        #expect(nodes[0].inspect { $0.execution.store.statistics.expired } == 0)
        nodes[0].expect("CLIENT", "UNPAUSE", on: 9, gives: "+OK\r\n")
        nodes.settle()
        #expect(nodes[0].read() == "+OK\r\n")
        #expect(nodes.info(1, "slave_repl_offset") == nodes.info(0, "master_repl_offset"))
        #expect(nodes.info(0, "master_repl_offset") != offset)
    }

    /// A replica's acknowledgements are what the pause waits for, so it is never paused.
    @Test func replicasAreNotPaused() {
        let nodes = ReplicationDialogue.following(2)
        nodes[0].expect("SET", "a", "b", gives: "+OK\r\n")
        nodes[0].expect("CLIENT", "PAUSE", "5000", "ALL", on: 9, gives: "+OK\r\n")
        nodes.run(milliseconds: 2200)
        let (acknowledged, offset) = nodes[0].inspect {
            ($0.replication.replicas.first?.acknowledged ?? -1, $0.replication.offset)
        }
        #expect(acknowledged == offset)
        #expect(nodes[0].inspect { $0.connections.pausedCount } == 0)
    }

    @Test("a paused replica reads its primary's stream and does not apply it", arguments: ["WRITE", "ALL"])
    func pausedReplicas(mode: String) {
        let nodes = ReplicationDialogue.following(2)
        nodes[0].expect("SET", "a", "1", gives: "+OK\r\n")
        nodes.settle()
        let before = nodes.info(1, "slave_repl_offset")
        nodes[1].expect("CLIENT", "PAUSE", "60000", mode, on: 9, gives: "+OK\r\n")
        nodes[0].expect([("SET a 2", "+OK"), ("MULTI", "+OK"), ("INCR a", "+QUEUED"), ("INCR a", "+QUEUED")])
        nodes[0].expect("EXEC", gives: "*2\r\n:3\r\n:4\r\n")
        nodes.run(milliseconds: 500)
        if mode == "WRITE" {
            nodes[1].expect("GET", "a", gives: bulk("1"))
            #expect(nodes.info(1, "slave_repl_offset") == before)
            #expect(nodes.info(1, "slave_read_repl_offset") == nodes.info(0, "master_repl_offset"))
        }
        nodes[1].modify { $0.lifecycle.pause.cancel(); $0.pauseChanged() }
        nodes.settle()
        nodes[1].expect("GET", "a", on: 3, gives: bulk("4"))
        #expect(nodes.info(1, "slave_repl_offset") == nodes.info(0, "master_repl_offset"))
    }

    @Test func promotedWhilePaused() {
        let nodes = ReplicationDialogue.following(2)
        nodes[0].expect("SET", "a", "b", "PX", "1000", gives: "+OK\r\n")
        nodes.settle()
        nodes[1].expect("CLIENT", "PAUSE", "5000", "WRITE", on: 9, gives: "+OK\r\n")
        nodes[1].expect("REPLICAOF", "NO", "ONE", on: 8, gives: "+OK\r\n")
        nodes[1].advance(milliseconds: 2000)
        nodes[1].expect("GET", "a", gives: "$-1\r\n")
        #expect(nodes[1].inspect { $0.execution.store.statistics.expired } == 0, "the pause goes on")
        nodes[1].advance(milliseconds: 3000)
        #expect(nodes[1].inspect { $0.execution.store.statistics.expired } == 1)
    }

    @Test func monitorsAreNotPausedAndMayNotTouchKeys() {
        let dialogue = NodeDialogue()
        dialogue.expect("MONITOR", gives: "+OK\r\n")
        dialogue.expect("CLIENT", "PAUSE", "60000", on: 9, gives: "+OK\r\n")
        _ = dialogue.read()
        #expect(dialogue.send("PING").contains("+PONG\r\n"))
        for command in ["GET a", "SET a b", "PUBLISH a b", "EVAL x 0"] {
            #expect(dialogue.sendRaw(command + "\r\n").contains("-ERR Replica can't interact with the keyspace\r\n"))
        }
    }

    /// The runtime sleeps until the moment it is told: that of a `WAIT` that was held back must be among them.
    @Test func aWaitThatWasHeldBackEndsInTime() {
        let node = NodeDialogue()
        node.expect("CLIENT", "PAUSE", "200", on: 9, gives: "+OK\r\n")
        #expect(node.sendRaw("WAIT 1 100\r\n", on: 1).isEmpty)
        node.skip(milliseconds: 200)
        let now = node.now
        let next = node.modify { $0.advance(to: now) }
        #expect(next.map { $0 <= now.monotonicMicroseconds + 100_000 } == true)
        node.advance(milliseconds: 100)
        #expect(node.read(on: 1) == ":0\r\n")
    }
}
