import Testing

@testable import SessionCore

/// A replica, as a primary on the wire sees it: the test plays the primary on connection 7.
@Suite("Replication: the replica's side")
struct ReplicaDialogueTests {
    private static let id = String(repeating: "0123456789", count: 4)
    private static let mark = String(repeating: "9876543210", count: 4)

    private func replica(_ change: (inout Configuration) -> Void = { _ in }) -> NodeDialogue {
        var configuration = Configuration()
        configuration.port = 7001
        configuration.replicaOf = PrimaryAddress(host: "example.org", port: 7000)
        change(&configuration)
        return NodeDialogue(configuration)
    }

    /// The node dials; the connection stands.
    private func connect(_ node: NodeDialogue, _ connection: UInt32 = 7) {
        node.advance(milliseconds: 0)
        #expect(node.effects().contains(.dial(host: "example.org", port: 7000)))
        node.dialed(connection)
        #expect(node.read(on: connection) == "*1\r\n$4\r\nPING\r\n")
    }

    /// The primary says something; what the node answers.
    private func hear(_ node: NodeDialogue, _ text: String, on connection: UInt32 = 7) -> String {
        node.deliver(Array(text.utf8), on: connection)
        return node.read(on: connection)
    }

    private static let introduction = "*3\r\n$8\r\nREPLCONF\r\n$14\r\nlistening-port\r\n$4\r\n7001\r\n"
        + "*5\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n"
    private static let question = "*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n"

    /// A snapshot with `a` = `1` and nothing else.
    private static let snapshot: [UInt8] = {
        var writer = RDBWriter()
        writer.begin()
        writer.database(0)
        writer.key(.string, ("a" as StaticString).bytes, deadline: nil)
        writer.string(("1" as StaticString).bytes)
        writer.end()
        return writer.buffer.bytes.array
    }()

    /// Up to the snapshot.
    private func introduce(_ node: NodeDialogue) {
        connect(node)
        #expect(hear(node, "+PONG\r\n") == Self.introduction)
        #expect(hear(node, "+OK\r\n") == "")
        #expect(hear(node, "+OK\r\n") == Self.question)
        #expect(hear(node, "\n") == "")
        #expect(hear(node, "+FULLRESYNC \(Self.id) 100\r\n") == "")
    }

    private func synchronise(_ node: NodeDialogue) {
        introduce(node)
        node.deliver(Array("$EOF:\(Self.mark)\r\n".utf8) + Self.snapshot, on: 7)
        #expect(hear(node, Self.mark) == "*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$3\r\n100\r\n")
    }

    @Test func withAMark() {
        let node = replica()
        synchronise(node)
        node.expect("GET", "a", gives: bulk("1"))
        #expect(node.send("ROLE") == "*5\r\n$5\r\nslave\r\n$11\r\nexample.org\r\n:7000\r\n$9\r\nconnected\r\n:100\r\n")
        _ = hear(node, "*2\r\n$6\r\nSELECT\r\n$1\r\n1\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n")
        node.expect("GET", "b", gives: "$-1\r\n")
        node.expect("SELECT", "1", gives: "+OK\r\n")
        node.expect("GET", "b", gives: bulk("2"))
        let info = node.send("INFO", "replication")
        for line in [
            "role:slave", "master_host:example.org", "master_port:7000", "master_link_status:up",
            "slave_repl_offset:150", "slave_priority:100", "slave_read_only:1", "replica_announced:1",
            "master_replid:\(Self.id)", "master_repl_offset:150",
        ] { #expect(info.contains(line + "\r\n"), "\(line)") }
        #expect(hear(node, "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n").hasSuffix("$3\r\n187\r\n"))
    }

    @Test("with a length, in pieces of any size", arguments: [1, 2, 7, 64, 100_000])
    func withALength(piece: Int) {
        let node = replica()
        introduce(node)
        let stream = Array("\n\n$\(Self.snapshot.count)\r\n".utf8) + Self.snapshot
            + Array("*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n".utf8)
        for start in stride(from: 0, to: stream.count, by: piece) {
            node.deliver(Array(stream[start..<min(stream.count, start + piece)]), on: 7)
        }
        node.expect("MGET", "a", "b", gives: "*2\r\n" + bulk("1") + bulk("2"))
        #expect(node.send("INFO", "replication").contains("slave_repl_offset:127\r\n"))
    }

    @Test func transactionsAreExecutedWhole() {
        let node = replica()
        synchronise(node)
        let transaction = "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n*2\r\n$3\r\nDEL\r\n$1\r\na\r\n"
        for byte in transaction.utf8 { node.deliver([byte], on: 7) }
        node.expect("MGET", "a", "b", gives: "*2\r\n" + bulk("1") + "$-1\r\n")
        #expect(node.send("INFO", "replication").contains("slave_repl_offset:100\r\n"))
        // The link is cut within it: the stream is asked for from its beginning.
        node.disconnect(7)
        node.advance(milliseconds: 200)
        connect(node, 9)
        _ = hear(node, "+PONG\r\n", on: 9)
        _ = hear(node, "+OK\r\n", on: 9)
        #expect(hear(node, "+OK\r\n", on: 9) == "*3\r\n$5\r\nPSYNC\r\n" + bulk(Self.id) + "$3\r\n101\r\n")
        #expect(hear(node, "+CONTINUE\r\n", on: 9).contains("ACK"))
        node.deliver(Array((transaction + "*1\r\n$4\r\nEXEC\r\n").utf8), on: 9)
        node.expect("MGET", "a", "b", gives: "*2\r\n$-1\r\n" + bulk("2"))
    }

    /// Wherever the stream is cut, what counts as executed ends with a whole request: there the link goes on.
    @Test func offsetsAreThoseOfWholeRequests() {
        let requests = [
            "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n", "*2\r\n$3\r\nDEL\r\n$8\r\nstring:1\r\n", "\r\n",
            "*4\r\n$4\r\nHSET\r\n$7\r\nhash:10\r\n$2\r\nf4\r\n$4\r\nv146\r\n",
        ]
        let stream = Array(requests.joined().utf8)
        var ends: [Int] = [0]
        for request in requests { ends.append(ends[ends.count - 1] + request.utf8.count) }
        for first in stride(from: 0, to: stream.count, by: 2) {
            for second in stride(from: first, to: stream.count, by: 9) {
                let node = replica()
                synchronise(node)
                for piece in [0..<first, first..<second] { node.deliver(Array(stream[piece]), on: 7) }
                let executed = node.inspect { Int($0.replication.offset) } - 100
                #expect(executed == ends.last { $0 <= second }, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func clientsMayReadAndNotWrite() {
        let node = replica()
        node.expect("GET", "a", gives: "$-1\r\n")
        synchronise(node)
        let refusal = "-READONLY You can't write against a read only replica.\r\n"
        node.expect("SET", "a", "2", gives: refusal)
        node.expect("SESSCREATE", gives: refusal)
        node.expect("SESSTOUCH", "a-token-of-32-characters-or-more!", gives: refusal)
        node.expect("MULTI", gives: "+OK\r\n")
        node.expect("SET", "a", "2", gives: refusal)
        node.expect("EXEC", gives: "-EXECABORT Transaction discarded because of previous errors.\r\n")
        #expect(node.send("WAIT", "0", "0").hasPrefix("-ERR WAIT cannot be used with replica instances."))
        node.expect("PUBLISH", "c", "m", gives: ":0\r\n")
        node.expect("CONFIG", "SET", "replica-read-only", "no", gives: "+OK\r\n")
        node.expect("SET", "local", "2", gives: "+OK\r\n")
    }

    @Test func withoutItsPrimary() {
        let node = replica { $0.replicaServesStaleData = false }
        let refusal = "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n"
        node.expect("GET", "a", gives: refusal)
        node.expect("PING", gives: refusal)
        #expect(node.send("INFO", "replication").contains("master_link_status:down\r\n"))
        synchronise(node)
        node.expect("GET", "a", gives: bulk("1"))
        node.disconnect(7)
        node.expect("GET", "a", gives: refusal)
        node.advance(milliseconds: 5000)
        #expect(node.send("INFO", "replication").contains("master_link_down_since_seconds:5\r\n"))
    }

    @Test("what a primary must not send", arguments: [
        "-ERR no such thing\r\n", "+CONTINUE\r\n", "+FULLRESYNC x 1\r\n", "+FULLRESYNC \(id) -1\r\n",
        "+FULLRESYNC \(id)\r\n", "$5\r\n", String(repeating: "x", count: 2000),
        "+FULLRESYNC \(id) 1\r\n$EOF:short\r\n", "+FULLRESYNC \(id) 1\r\n$0\r\n", "+FULLRESYNC \(id) 1\r\n$x\r\n",
        "+FULLRESYNC \(id) 1\r\n-ERR sorry\r\n", "+FULLRESYNC \(id) 1\r\n$9\r\nREDISxxxx",
        "+FULLRESYNC \(id) 1\r\n$12\r\nREDIS0009\u{07}ab",
    ])
    func nonsense(answer: String) {
        let node = replica()
        connect(node)
        _ = hear(node, "+PONG\r\n")
        _ = hear(node, "+OK\r\n")
        _ = hear(node, "+OK\r\n")
        node.deliver(Array(answer.utf8), on: 7)
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 7))))
        node.expect("DBSIZE", gives: ":0\r\n")
        node.advance(milliseconds: 15_000)
        #expect(node.effects().contains(.dial(host: "example.org", port: 7000)))
    }

    @Test("nor in its stream", arguments: [
        "*1\r\n$-5\r\n", "SET a 2\r\n", "*3\r\n$5\r\nLPUSH\r\n$1\r\nl\r\n$1\r\nx\r\n",
        "*2\r\n$6\r\nSELECT\r\n$2\r\n99\r\n", "*1\r\n$3\r\nGET\r\n", "*2\r\n$3\r\nGET\r\n$1\r\na\r\n",
    ])
    func nonsenseInTheStream(request: String) {
        let node = replica()
        synchronise(node)
        node.deliver(Array(request.utf8), on: 7)
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 7))))
        node.expect("GET", "a", gives: bulk("1"))
        #expect(node.send("INFO", "replication").contains("slave_repl_offset:100\r\n"))
    }

    @Test func commandsThatFailDoNotEndTheLink() {
        let node = replica()
        synchronise(node)
        node.deliver(Array("*4\r\n$4\r\nHSET\r\n$1\r\na\r\n$1\r\nf\r\n$1\r\nv\r\n".utf8), on: 7)
        #expect(node.effects().allSatisfy { $0 != .close(ConnectionID(rawValue: 7)) })
        _ = hear(node, "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n")
        node.expect("GET", "b", gives: bulk("2"))
    }

    /// A replica of ours that does not read, when our own data is replaced: its place in the stream is no place in the
    /// new one.
    @Test func replicasOfOursWhenTheDataIsReplaced() {
        let node = replica()
        synchronise(node)
        node.expect("REPLCONF", "capa", "eof", "capa", "psync2", on: 3, gives: "+OK\r\n")
        #expect(node.send("PSYNC", Self.id, "101", on: 3).hasPrefix("+CONTINUE"))
        node.stall(3)
        _ = hear(node, "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n")
        node.disconnect(7)
        node.advance(milliseconds: 200)
        connect(node, 9)
        for answer in ["+PONG", "+OK", "+OK", "+FULLRESYNC \(Self.mark) 5"] { _ = hear(node, answer + "\r\n", on: 9) }
        node.deliver(Array("$\(Self.snapshot.count)\r\n".utf8) + Self.snapshot, on: 9)
        #expect(node.inspect { $0.output(of: ConnectionID(rawValue: 3)).isEmpty })
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 3))))
        #expect(node.send("INFO", "replication").contains("slave_repl_offset:5\r\n"))
    }

    /// The stream waits while a replica of ours takes its snapshot; when that one leaves, it waits no longer.
    @Test func theStreamWaitsForAReplicaOfOurs() {
        let node = replica()
        synchronise(node)
        for key in ["c", "d", "e"] {
            let value = String(repeating: "v", count: 600_000)
            _ = hear(node, "*3\r\n$3\r\nSET\r\n$1\r\n\(key)\r\n\(bulk(value))")
        }
        node.expect("REPLCONF", "capa", "eof", "capa", "psync2", on: 3, gives: "+OK\r\n")
        node.stall(3)
        _ = node.send("PSYNC", "?", "-1", on: 3)
        node.advance(milliseconds: 10)
        _ = hear(node, "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n")
        node.expect("GET", "b", gives: "$-1\r\n")
        node.disconnect(3)
        node.advance(milliseconds: 0)
        node.expect("GET", "b", gives: bulk("2"))
    }

    @Test func unsupportedCommandsMayBePassedOver() {
        let node = replica { $0.skipsUnsupportedTypes = true }
        synchronise(node)
        _ = hear(node, "*3\r\n$5\r\nLPUSH\r\n$1\r\nl\r\n$1\r\nx\r\n*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n")
        node.expect("GET", "b", gives: bulk("2"))
    }

    @Test func aBrokenSnapshotLeavesTheData() {
        let node = replica()
        synchronise(node)
        node.disconnect(7)
        node.advance(milliseconds: 200)
        connect(node, 9)
        _ = hear(node, "+PONG\r\n", on: 9)
        _ = hear(node, "+OK\r\n", on: 9)
        _ = hear(node, "+OK\r\n", on: 9)
        var broken = Self.snapshot
        broken[broken.count - 3] ^= 1
        node.deliver(Array("+FULLRESYNC \(Self.mark) 5\r\n$\(broken.count)\r\n".utf8) + broken, on: 9)
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 9))))
        node.expect("GET", "a", gives: bulk("1"))
    }

    @Test func masterAuthentication() {
        let node = replica {
            $0.primaryPassword = "secret"
            $0.primaryUser = "repl"
            $0.replicaAnnounceAddress = "10.0.0.7"
            $0.replicaAnnouncePort = 1234
        }
        connect(node)
        #expect(
            hear(node, "-NOAUTH Authentication required.\r\n")
                == "*3\r\n$4\r\nAUTH\r\n$4\r\nrepl\r\n$6\r\nsecret\r\n"
                + "*3\r\n$8\r\nREPLCONF\r\n$14\r\nlistening-port\r\n$4\r\n1234\r\n"
                + "*3\r\n$8\r\nREPLCONF\r\n$10\r\nip-address\r\n$8\r\n10.0.0.7\r\n"
                + "*5\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n")
        node.deliver(Array("-WRONGPASS invalid username-password pair or user is disabled.\r\n".utf8), on: 7)
        let effects = node.effects()
        #expect(effects.contains(.close(ConnectionID(rawValue: 7))))
        #expect(effects.contains { if case .log(_, let text) = $0 { text.contains("masterauth") } else { false } })
        #expect(!effects.contains { if case .log(_, let text) = $0 { text.contains("secret") } else { false } })
    }

    @Test func attemptsGrowRarer() {
        let node = replica()
        var dials = 0
        for _ in 0..<600 {
            node.advance(milliseconds: 100)
            if node.effects().contains(.dial(host: "example.org", port: 7000)) {
                dials += 1
                node.modify { $0.dialFailed("Connection refused", now: node.now) }
            }
        }
        #expect((8...25).contains(dials), "\(dials) attempts within a minute")
    }

    @Test func silence() {
        let node = replica { $0.replicationTimeout = 5 }
        synchronise(node)
        node.advance(milliseconds: 1100)
        #expect(node.read(on: 7).contains("ACK"))
        node.advance(milliseconds: 4200)
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 7))))
    }

    @Test func expiryIsThePrimarysAffair() {
        let node = replica()
        synchronise(node)
        let due = NodeDialogue.start + 1000
        _ = hear(node, "*5\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n$4\r\nPXAT\r\n" + bulk(String(due)))
        node.expect("GET", "b", gives: bulk("2"))
        node.advance(milliseconds: 1500)
        node.expect("GET", "b", gives: "$-1\r\n")
        node.expect("DBSIZE", gives: ":2\r\n")
        _ = hear(node, "*2\r\n$3\r\nDEL\r\n$1\r\nb\r\n")
        node.expect("DBSIZE", gives: ":1\r\n")
    }
}
