import Testing

@testable import SessionCore

/// A primary, as a replica on the wire sees it.
@Suite("Replication: the primary's side")
struct PrimaryDialogueTests {
    /// Says hello on connection 7 as Redis's replicas do.
    private func introduce(_ node: NodeDialogue, on connection: UInt32 = 7, port: String = "7001") {
        node.expect("PING", on: connection, gives: "+PONG\r\n")
        node.expect("REPLCONF", "listening-port", port, on: connection, gives: "+OK\r\n")
        node.expect("REPLCONF", "capa", "eof", "capa", "psync2", on: connection, gives: "+OK\r\n")
        node.expect("REPLCONF", "version", "7.2.4", on: connection, gives: "+OK\r\n")
    }

    /// Asks for everything and takes it; what comes first is returned, without the data.
    @discardableResult
    private func fullSync(_ node: NodeDialogue, on connection: UInt32 = 7) -> (line: [Substring], snapshot: [UInt8]) {
        var text = node.sendBytes([Array("PSYNC".utf8), Array("?".utf8), Array("-1".utf8)], on: connection)
        node.advance(milliseconds: 0)
        text += node.readBytes(on: connection)
        let head = text.prefix(while: { $0 != 13 })
        let announcement = Array(text.dropFirst(head.count + 2).prefix(while: { $0 != 13 }))
        let snapshot = Array(text.dropFirst(head.count + announcement.count + 4))
        #expect(announcement.count == 45 && announcement.starts(with: Array("$EOF:".utf8)))
        #expect(Array(snapshot.suffix(40)) == Array(announcement.suffix(40)))
        #expect(snapshot.starts(with: Array("REDIS0009".utf8)))
        return (String(decoding: head, as: UTF8.self).split(separator: " "), Array(snapshot.dropLast(40)))
    }

    private func acknowledge(_ node: NodeDialogue, _ offset: Int64, on connection: UInt32 = 7) {
        node.deliver(Array("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n\(bulk(String(offset)))".utf8), on: connection)
    }

    /// A primary that a replica follows on connection 7.
    private func followed(_ configuration: Configuration = Configuration()) -> NodeDialogue {
        let node = NodeDialogue(configuration)
        introduce(node)
        fullSync(node)
        acknowledge(node, 0)
        return node
    }

    private func stream(_ node: NodeDialogue, on connection: UInt32 = 7) -> String {
        node.advance(milliseconds: 0)
        return node.read(on: connection)
    }

    @Test func fullSynchronisationThenTheStream() {
        let node = NodeDialogue()
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        introduce(node)
        let (line, _) = fullSync(node)
        #expect(line.count == 3 && line[0] == "+FULLRESYNC" && line[1].utf8.count == 40 && line[2] == "0")
        // The stream begins with the first acknowledgement, not before.
        node.expect("SET", "b", "2", gives: "+OK\r\n")
        #expect(stream(node) == "")
        acknowledge(node, 0)
        let first = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n"
        #expect(stream(node) == first)
        node.expect("SET", "c", "3", gives: "+OK\r\n")
        #expect(stream(node) == "*3\r\n$3\r\nSET\r\n$1\r\nc\r\n$1\r\n3\r\n")
        let role = "*3\r\n$6\r\nmaster\r\n:77\r\n*1\r\n" + bulks("127.0.0.1", "7001", "0")
        #expect(node.send("ROLE") == role)
        acknowledge(node, 77)
        let info = node.send("INFO", "replication")
        #expect(info.contains("slave0:ip=127.0.0.1,port=7001,state=online,offset=77,lag=0\r\n"))
        #expect(info.contains("connected_slaves:1\r\n") && info.contains("master_repl_offset:77\r\n"))
    }

    @Test func everythingByteByByte() {
        let node = NodeDialogue()
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        node.connect(7)
        let requests = bulks("PING") + bulks("REPLCONF", "capa", "eof", "capa", "psync2")
            + "*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n"
        for byte in requests.utf8 { node.deliver([byte], on: 7) }
        node.advance(milliseconds: 0)
        let answer = node.readBytes(on: 7)
        #expect(String(decoding: answer.prefix(23), as: UTF8.self) == "+PONG\r\n+OK\r\n+FULLRESYNC")
        for byte in "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$1\r\n0\r\n".utf8 { node.deliver([byte], on: 7) }
        node.expect("DEL", "a", gives: ":1\r\n")
        #expect(stream(node).hasSuffix("*2\r\n$3\r\nDEL\r\n$1\r\na\r\n"))
    }

    @Test func goesOnWhereTheReplicaStopped() {
        let node = NodeDialogue()
        introduce(node)
        let id = String(fullSync(node).line[1])
        acknowledge(node, 0)
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        let offset = Int64(stream(node).utf8.count)
        node.disconnect(7)
        node.expect("SET", "b", "2", gives: "+OK\r\n")
        introduce(node, on: 8)
        #expect(
            node.send("PSYNC", id, String(offset + 1), on: 8)
                == "+CONTINUE \(id)\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n")
        #expect(node.send("INFO", "stats").contains("sync_partial_ok:1\r\n"))
        // Without psync2 the id is left out.
        node.expect("REPLCONF", "capa", "eof", on: 9, gives: "+OK\r\n")
        #expect(node.send("PSYNC", id, String(offset + 1), on: 9).hasPrefix("+CONTINUE\r\n"))
    }

    @Test("another history, or an offset that is not held, means everything", arguments: [
        (String(repeating: "a", count: 40), "1"), ("", "100000"), ("", "0"), ("", "-5"),
        (String(repeating: "0", count: 40), "1"),
    ])
    func whatCannotGoOn(id: String, offset: String) {
        let node = NodeDialogue()
        introduce(node)
        let own = String(fullSync(node).line[1])
        introduce(node, on: 8)
        let first = node.sendBytes(
            [Array("PSYNC".utf8), Array((id.isEmpty ? own : id).utf8), Array(offset.utf8)], on: 8)
        node.advance(milliseconds: 0)
        #expect((first + node.readBytes(on: 8)).starts(with: Array("+FULLRESYNC \(own)".utf8)))
        #expect(node.send("INFO", "stats").contains("sync_partial_err:1\r\n"))
    }

    /// A client that wants no replies would take a late one for the reply to its next request.
    @Test("WAIT is not answered where replies are off or skipped", arguments: ["OFF", "SKIP"], ["time", "0", "1"])
    func mutedWait(mode: String, end: String) {
        let node = NodeDialogue()
        node.connect(3)
        let id = node.send("CLIENT", "ID", on: 3).filter(\.isNumber)
        node.expect("CLIENT", "REPLY", mode, on: 3, gives: "")
        node.expect("WAIT", "1", "100", on: 3, gives: "")
        switch end {
        case "time": node.advance(milliseconds: 200)
        case "0": node.expect("CLIENT", "UNBLOCK", id, gives: ":1\r\n")
        default: node.expect("CLIENT", "UNBLOCK", id, "ERROR", gives: ":1\r\n")
        }
        node.advance(milliseconds: 1)
        #expect(node.read(on: 3) == "")
        if mode == "OFF" { node.expect("CLIENT", "REPLY", "ON", on: 3, gives: "+OK\r\n") }
        node.expect("ECHO", "z", on: 3, gives: "$1\r\nz\r\n")
    }

    @Test func whatIsRefused() {
        let node = NodeDialogue()
        node.expect([
            ("REPLCONF capa", "-ERR syntax error"),
            ("REPLCONF", "+OK"),
            ("REPLCONF nosuch x", "-ERR Unrecognized REPLCONF option: nosuch"),
            ("REPLCONF listening-port x", "-ERR value is not an integer or out of range"),
            ("PSYNC ? x", "-ERR value is not an integer or out of range"),
            (
                "PSYNC ? -1",
                "-ERR this replica is too old: it has to announce 'REPLCONF capa eof', as Redis does since 2.8.18"
            ),
            ("PSYNC ? -1 FAILOVER", "-ERR PSYNC FAILOVER can't be sent to a master."),
            ("REPLICAOF NO ONE", "+OK"),
            ("REPLICAOF localhost x", "-ERR Invalid master port"),
            ("REPLICAOF localhost 70000", "-ERR Invalid master port"),
            ("FAILOVER", "-ERR FAILOVER requires connected replicas."),
            ("FAILOVER ABORT", "-ERR No failover in progress."),
            ("FAILOVER TO a", "-ERR syntax error"),
            ("FAILOVER TIMEOUT 0", "-ERR FAILOVER timeout must be greater than 0"),
            ("WAIT x 1", "-ERR value is not an integer or out of range"),
            ("WAIT 1 x", "-ERR timeout is not an integer or out of range"),
            ("WAIT 0 -1", "-ERR timeout is negative"),
            ("WAIT 0 9223372036854775807", ":0"),
            ("WAIT 0 0", ":0"),
            ("ROLE", "*3\r\n$6\r\nmaster\r\n:0\r\n*0"),
        ])
        // An acknowledgement by somebody who is no replica.
        node.expect("REPLCONF", "ACK", "5", gives: "")
    }

    @Test func waitForAcknowledgement() {
        let node = followed()
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        let offset = Int64(stream(node).utf8.count)
        node.expect("WAIT", "1", "1000", on: 1, gives: ":1\r\n")
        node.expect("WAIT", "1", "0", gives: "")
        #expect(stream(node) == "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n")
        // What the client sends meanwhile waits; others do not.
        node.expect("GET", "a", gives: "")
        node.expect("GET", "a", on: 1, gives: bulk("1"))
        #expect(node.send("INFO", "clients").contains("blocked_clients:1\r\n") == false)
        acknowledge(node, offset - 1)
        #expect(node.read() == "")
        acknowledge(node, offset)
        node.advance(milliseconds: 0)
        #expect(node.read().hasPrefix(":1\r\n$1\r\n1\r\n"))
    }

    /// `shutdown-timeout`: what was acknowledged to clients is to be with the replicas when the server stops.
    @Test func theEndWaitsForReplicas() {
        let node = followed()
        node.expect("SET", "a", "1", "PX", "500", gives: "+OK\r\n")
        let offset = Int64(stream(node).utf8.count)
        #expect(node.send("SHUTDOWN", on: 1) == "")
        #expect(stream(node) == "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n")
        #expect(node.send("INFO", "server", on: 2).contains("\r\nshutdown_in_milliseconds:10000\r\n"))
        node.expect("SET", "b", "1", gives: "")
        node.expect("CLIENT", "UNPAUSE", on: 2, gives: "+OK\r\n")
        // Nothing changes meanwhile: nothing expires either, but who asks is not served it.
        node.advance(milliseconds: 600)
        #expect(!stream(node).contains("DEL"))
        node.expect("SHUTDOWN", "ABORT", on: 2, gives: "+OK\r\n")
        node.advance(milliseconds: 0)
        #expect(node.read() == "+OK\r\n", "the write goes on")
        #expect(node.read(on: 1) == "-ERR Errors trying to SHUTDOWN. Check logs.\r\n")
        #expect(stream(node).contains("DEL"))
        node.expect("SHUTDOWN", "ABORT", on: 2, gives: "-ERR No shutdown in progress.\r\n")

        #expect(node.send("SHUTDOWN", on: 1) == "")
        acknowledge(node, offset)
        node.advance(milliseconds: 0)
        #expect(!node.effects().contains(.shutdown))
        acknowledge(node, Int64(1) << 40)
        node.advance(milliseconds: 0)
        let effects = node.effects()
        #expect(effects.contains(.shutdown))
        #expect(effects.contains(.log(.notice, "1 of 1 replicas are in sync when shutting down.")))
    }

    /// What holds writes back may have two reasons.
    @Test func theEndDuringAFailover() {
        let node = followed()
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        node.expect("FAILOVER", "TIMEOUT", "60000", gives: "+OK\r\n")
        #expect(node.send("SHUTDOWN", on: 1) == "")
        node.expect("FAILOVER", "ABORT", on: 2, gives: "+OK\r\n")
        node.expect("SET", "b", "1", gives: "")
        node.advance(milliseconds: 10)
        #expect(node.read() == "", "the end still waits for the replica")
        node.expect("SHUTDOWN", "ABORT", on: 2, gives: "+OK\r\n")
        node.advance(milliseconds: 10)
        #expect(node.read() == "+OK\r\n")
    }

    @Test("the end does not wait for ever, nor where there is nothing to wait for", arguments: [10, 2, 0])
    func theEndComes(timeout: Int) {
        var configuration = Configuration()
        configuration.shutdownTimeout = timeout
        let node = followed(configuration)
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        #expect(node.send("SHUTDOWN") == "")
        if timeout > 0 {
            node.advance(milliseconds: Int64(timeout) * 1000 - 1)
            #expect(!node.effects().contains(.shutdown))
            node.advance(milliseconds: 1)
            let line = "Lagging replica 127.0.0.1:7001 reported offset 50 behind master, lag=\(timeout), state=online."
            #expect(node.effects().contains(.log(.warning, line)))
        }
        #expect(node.modify { $0.lifecycle.stopping == .now })
    }

    /// Answers that take longer than the ticks of replication.
    @Test func failoverToAReplicaFarAway() {
        let node = followed()
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        node.expect("FAILOVER", "TIMEOUT", "5000", gives: "+OK\r\n")
        node.advance(milliseconds: 10)
        let offset = Int64(stream(node).utf8.count)
        for _ in 0..<7 { node.advance(milliseconds: 100) }
        acknowledge(node, offset)
        node.advance(milliseconds: 0)
        #expect(node.send("INFO", "replication").contains("master_failover_state:failover-in-progress\r\n"))
    }

    @Test func waitWithoutReplicas() {
        let node = NodeDialogue()
        node.expect("WAIT", "0", "0", gives: ":0\r\n")
        node.expect("WAIT", "1", "200", gives: "")
        let now = node.now
        let next = node.modify { $0.advance(to: now) }
        #expect(next.map { $0 <= now.monotonicMicroseconds + 200_000 } == true)
        node.advance(milliseconds: 200)
        #expect(node.read() == ":0\r\n")
    }

    @Test func waitInVain() {
        let node = followed()
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        node.expect("WAIT", "1", "200", gives: "")
        node.advance(milliseconds: 199)
        #expect(node.read() == "")
        node.advance(milliseconds: 1)
        #expect(node.read() == ":0\r\n")
        // Within a transaction nobody waits.
        node.expect("MULTI", gives: "+OK\r\n")
        node.expect("WAIT", "1", "0", gives: "+QUEUED\r\n")
        node.expect("EXEC", gives: "*1\r\n:0\r\n")
        // The client goes away meanwhile.
        node.expect("SET", "a", "2", on: 3, gives: "+OK\r\n")
        node.expect("WAIT", "1", "100", on: 3, gives: "")
        node.disconnect(3)
        node.advance(milliseconds: 200)
        node.expect("PING", gives: "+PONG\r\n")
    }

    @Test func writesNeedReplicas() {
        var configuration = Configuration()
        configuration.minReplicasToWrite = 1
        configuration.minReplicasMaxLag = 2
        let node = NodeDialogue(configuration)
        // From the start: nothing is accepted that no replica may ever have.
        node.expect("SET", "a", "1", gives: "-NOREPLICAS Not enough good replicas to write.\r\n")
        node.expect("CONFIG", "SET", "min-replicas-to-write", "0", gives: "+OK\r\n")
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        node.expect("CONFIG", "SET", "min-replicas-to-write", "1", gives: "+OK\r\n")
        node.expect("SET", "a", "1", gives: "-NOREPLICAS Not enough good replicas to write.\r\n")
        node.expect("GET", "a", gives: bulk("1"))
        introduce(node)
        fullSync(node)
        acknowledge(node, 0)
        node.expect("SET", "a", "2", gives: "+OK\r\n")
        #expect(node.send("INFO", "replication").contains("min_slaves_good_slaves:1\r\n"))
        node.advance(milliseconds: 3200)
        node.expect("SET", "a", "3", gives: "-NOREPLICAS Not enough good replicas to write.\r\n")
        acknowledge(node, 1)
        node.expect("SET", "a", "3", gives: "+OK\r\n")
    }

    @Test func pingsAndSilence() {
        var configuration = Configuration()
        configuration.replicationTimeout = 30
        let node = followed(configuration)
        node.advance(milliseconds: 10_000)
        #expect(node.read(on: 7) == "*1\r\n$4\r\nPING\r\n")
        node.advance(milliseconds: 15_000)
        acknowledge(node, 14)
        node.advance(milliseconds: 15_000)
        #expect(node.effects().allSatisfy { $0 != .close(ConnectionID(rawValue: 7)) })
        node.advance(milliseconds: 16_000)
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 7))))
    }

    @Test func aReplicaThatDoesNotRead() {
        var configuration = Configuration()
        configuration.replicaOutputLimit = OutputLimit(hard: 64 * 1024, soft: 0, softSeconds: 0)
        configuration.replicationBacklogSize = 16 * 1024
        let node = followed(configuration)
        node.stall(7)
        let value = String(repeating: "v", count: 1000)
        for number in 0..<60 { node.expect("SET", "k\(number)", value, gives: "+OK\r\n") }
        #expect(node.inspect { $0.replication.backlog.count } > 60_000)
        #expect(node.effects().allSatisfy { $0 != .close(ConnectionID(rawValue: 7)) })
        for number in 0..<10 { node.expect("SET", "k\(number)", value, gives: "+OK\r\n") }
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 7))))
        // Nobody else has noticed, and what was held for it is given back.
        node.advance(milliseconds: 200)
        #expect(node.inspect { $0.replication.backlog.count } <= 16 * 1024)
    }

    @Test func aReplicaIsNoOrdinaryClient() {
        let node = followed()
        #expect(node.send("CLIENT", "LIST", "TYPE", "replica").contains(" flags=S "))
        #expect(!node.send("CLIENT", "LIST", "TYPE", "normal").contains(" flags=S "))
        // As in Redis, data is nothing that it may ask for.
        #expect(!node.send("SET", "a", "1", on: 7).contains("OK"))
        node.expect("EXISTS", "a", gives: ":0\r\n")
        node.expect("CLIENT", "KILL", "TYPE", "normal", gives: ":0\r\n")
        node.expect("CLIENT", "KILL", "TYPE", "replica", gives: ":1\r\n")
    }

    @Test func theBacklogEndsWithoutReplicas() {
        var configuration = Configuration()
        configuration.replicationBacklogTTL = 10
        let node = NodeDialogue(configuration)
        introduce(node)
        let id = String(fullSync(node).line[1])
        acknowledge(node, 0)
        node.disconnect(7)
        #expect(node.send("INFO", "replication").contains("repl_backlog_active:1\r\n"))
        node.advance(milliseconds: 10_500)
        let info = node.send("INFO", "replication")
        #expect(info.contains("repl_backlog_active:0\r\n") && !info.contains(id))
    }

    @Test func copyOnly() {
        let node = NodeDialogue()
        node.expect("SET", "a", "1", gives: "+OK\r\n")
        node.expect("REPLCONF", "rdb-only", "1", on: 7, gives: "+OK\r\n")
        node.expect("REPLCONF", "capa", "eof", on: 7, gives: "+OK\r\n")
        node.connect(7)
        node.deliver(Array("SYNC\r\n".utf8), on: 7)
        node.advance(milliseconds: 0)
        #expect(node.readBytes(on: 7).starts(with: Array("$EOF:".utf8)))
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 7))))
    }
}
