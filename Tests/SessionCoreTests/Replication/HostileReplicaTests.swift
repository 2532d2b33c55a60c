import Testing

@testable import SessionCore

/// Replicas that mean harm, or are too slow: neither the primary nor its other replicas suffer.
@Suite("Replication: hostile replicas")
struct HostileReplicaTests {
    private func introduce(_ node: NodeDialogue, on connection: UInt32) {
        node.expect("REPLCONF", "capa", "eof", "capa", "psync2", on: connection, gives: "+OK\r\n")
    }

    /// Asks for everything, and reads none of it.
    private func askAndStall(_ node: NodeDialogue, on connection: UInt32) {
        introduce(node, on: connection)
        node.stall(connection)
        _ = node.send("PSYNC", "?", "-1", on: connection)
        node.advance(milliseconds: 0)
    }

    private func acknowledge(_ node: NodeDialogue, _ offset: Int64, on connection: UInt32) {
        let words = ["REPLCONF", "ACK", "\(offset)"]
        node.deliver(RequestEncoding.bytes(words.map { Array($0.utf8) }), on: connection)
    }

    private func closed(_ node: NodeDialogue, _ connection: UInt32) -> Bool {
        node.effects().contains(.close(ConnectionID(rawValue: connection)))
    }

    /// A node with so many megabytes.
    private func fill(_ node: NodeDialogue, megabytes: Int) {
        for number in 0..<megabytes {
            _ = node.send("SET", "k\(number)", String(repeating: "v", count: 1 << 20))
        }
    }

    private func phase(_ node: NodeDialogue, _ connection: UInt32) -> String {
        node.inspect { node in
            node.replication.replica(of: Int(connection)).map { "\(node.replication.replicas[$0].phase)" } ?? "none"
        }
    }

    // MARK: Names

    private static let names = [
        "10.0.0.7\r\nrole:slave", "10.0.0.7\nslave9:ip=1.2.3.4,port=1", "a,port=1,state=online", "a b", "a\u{0}b",
        "a=b", "\u{1B}[2J", "[::1]", "ä.example.org", "a\"b", "a#b", "a/b", "a\\b", "a'b", "*", "$(x)",
    ]

    @Test("Addresses that would stand in INFO as something else", arguments: names)
    func hostileAddress(name: String) {
        let node = NodeDialogue()
        node.expect(
            "REPLCONF", "ip-address", name, on: 7,
            gives: "-ERR REPLCONF ip-address is neither the name of a host nor an address\r\n")
        introduce(node, on: 7)
        _ = node.send("PSYNC", "?", "-1", on: 7)
        let lines = node.send("INFO", "replication").split(separator: "\r\n")
        #expect(lines.contains { $0.hasPrefix("slave0:ip=127.0.0.1,port=0,state=") })
        #expect(lines.filter { $0.hasPrefix("slave") || $0.hasPrefix("role") }.count == 2)
        // The same where a primary is named, at run time and in the configuration.
        node.expect("REPLICAOF", name, "1", on: 2, gives: "-ERR Invalid master host\r\n")
        #expect(node.send("CONFIG", "SET", "replica-announce-ip", name, on: 2).hasPrefix("-ERR CONFIG SET failed"))
        var configuration = Configuration()
        #expect(throws: ConfigurationError.self) { try configuration.set([("replicaof", "\"\(name)\" 1")]) }
    }

    @Test("Addresses that are some", arguments: [
        "10.0.0.7", "fe80::1%eth0", "redis-0.redis.svc.cluster.local", "Host_1", String(repeating: "a", count: 255),
    ])
    func address(name: String) {
        let node = NodeDialogue()
        node.expect("REPLCONF", "ip-address", name, on: 7, gives: "+OK\r\n")
        introduce(node, on: 7)
        _ = node.send("PSYNC", "?", "-1", on: 7)
        #expect(node.send("INFO", "replication").contains("\r\nslave0:ip=\(name),port=0,"))
        node.expect("CONFIG", "SET", "replica-announce-ip", name, gives: "+OK\r\n")
        node.expect("REPLICAOF", name, "1", gives: "+OK\r\n")
    }

    // MARK: Numbers

    @Test("What a replica says of itself, with numbers beyond their range")
    func numbers() {
        let node = NodeDialogue()
        let tooLong = String(repeating: "a", count: 256)
        node.expect([
            ("REPLCONF listening-port -1", "-ERR value is not an integer or out of range"),
            ("REPLCONF listening-port 65536", "-ERR value is not an integer or out of range"),
            ("REPLCONF listening-port 9223372036854775808", "-ERR value is not an integer or out of range"),
            ("REPLCONF listening-port 65535", "+OK"),
            ("REPLCONF rdb-only 9223372036854775807", "+OK"),
            ("REPLCONF version \(tooLong)", "+OK"),
            ("REPLCONF capa \(tooLong)", "+OK"),
            (
                "REPLCONF ip-address \(tooLong)",
                "-ERR REPLCONF ip-address provided by replica instance is too long: 256 bytes"
            ),
            ("PSYNC ? 9223372036854775808", "-ERR value is not an integer or out of range"),
        ])
    }

    @Test("Offsets to go on from, and acknowledged ones", arguments: [
        Int64.min, Int64.min + 1, -2, -1, 0, 1, 2, 1 << 62, .max - 1, .max,
    ])
    func offsets(offset: Int64) {
        let node = NodeDialogue()
        introduce(node, on: 7)
        _ = node.send("PSYNC", "?", "-1", on: 7)
        node.advance(milliseconds: 0)
        _ = node.readBytes(on: 7)
        _ = node.send("SET", "a", "1")
        // Before it has its data, and after.
        for _ in 0..<2 {
            acknowledge(node, offset, on: 7)
            _ = node.send("SET", "b", "2")
            _ = node.read(on: 7)
            node.expect("WAIT", "0", "0", gives: ":\(node.inspect { $0.replicasAcknowledging($0.writtenOffset) })\r\n")
            #expect(node.inspect { $0.replication.acknowledgedOffset <= $0.replication.offset })
            acknowledge(node, 0, on: 7)
        }
        let id = node.inspect { $0.replication.id }
        for name in [id, "?", "", String(repeating: "0", count: 40)] {
            let connection = UInt32(20 + name.utf8.count)
            node.disconnect(connection)
            introduce(node, on: connection)
            let first = node.sendBytes(
                [Array("PSYNC".utf8), Array(name.utf8), Array("\(offset)".utf8)], on: connection)
            node.advance(milliseconds: 0)
            let answer = first + node.readBytes(on: connection)
            let isHeld = name == id && (1...2).contains(offset)
            #expect(answer.starts(with: Array((isHeld ? "+CONTINUE" : "+FULLRESYNC").utf8)), "\(name) \(offset)")
        }
    }

    @Test("An acknowledgement by a replica without data counts for nothing")
    func earlyAcknowledgement() {
        let node = NodeDialogue()
        _ = node.send("SET", "a", "1")
        askAndStall(node, on: 7)
        node.disconnect(7)
        for number in 0..<100 { _ = node.send("SET", "a", "\(number)") }
        introduce(node, on: 8)
        node.stall(8)
        _ = node.send("PSYNC", "?", "-1", on: 8)
        acknowledge(node, 1_000_000, on: 8)
        #expect(node.inspect { $0.replication.acknowledgedOffset } == 0)
    }

    @Test("No more than so many replicas")
    func many() {
        let node = NodeDialogue()
        for connection in 0..<UInt32(Limits.replicas) {
            introduce(node, on: 10 + connection)
            _ = node.send("PSYNC", "?", "-1", on: 10 + connection)
        }
        introduce(node, on: 5)
        node.expect("PSYNC", "?", "-1", on: 5, gives: "-ERR too many replicas (maximum is 128)\r\n")
        node.disconnect(10)
        #expect(!node.send("PSYNC", "?", "-1", on: 5).hasPrefix("-"))
    }

    // MARK: Messages of other kinds

    @Test("Monitors are no replicas, nor the other way round; nothing else stands in the stream")
    func otherKinds() {
        let node = NodeDialogue()
        node.expect("MONITOR", on: 7, gives: "+OK\r\n")
        _ = node.send("PSYNC", "?", "-1", on: 7)
        #expect(node.send("INFO", "replication").contains("connected_slaves:0\r\n"))

        introduce(node, on: 8)
        _ = node.send("HELLO", "3", on: 8)
        _ = node.send("CLIENT", "TRACKING", "ON", "BCAST", on: 8)
        _ = node.send("SUBSCRIBE", "c", on: 8)
        _ = node.send("PSYNC", "?", "-1", on: 8)
        node.advance(milliseconds: 0)
        _ = node.readBytes(on: 8)
        _ = node.send("MONITOR", on: 8)
        _ = node.send("SET", "a", "1")
        _ = node.send("PUBLISH", "c", "m")
        node.advance(milliseconds: 0)
        #expect(node.read(on: 8) == "")
        acknowledge(node, 0, on: 8)
        node.advance(milliseconds: 0)
        let stream = bulks("SELECT", "0") + bulks("SET", "a", "1") + bulks("PUBLISH", "c", "m")
        #expect(node.read(on: 8) == stream)
    }

    // MARK: Drips

    @Test("A replica that takes nothing of its snapshot is closed, and those that wait for it go on")
    func stalled() {
        let node = NodeDialogue()
        fill(node, megabytes: 4)
        askAndStall(node, on: 7)
        introduce(node, on: 8)
        node.stall(8)
        _ = node.send("PSYNC", "?", "-1", on: 8)
        for _ in 0..<19 {
            node.advance(milliseconds: 1000)
            node.take(1 << 30, on: 8)
        }
        #expect(node.effects().allSatisfy { if case .close = $0 { false } else { true } })
        node.advance(milliseconds: 2000)
        #expect(closed(node, 7))
        for _ in 0..<10 {
            node.advance(milliseconds: 100)
            node.take(1 << 30, on: 8)
        }
        #expect(phase(node, 8) == "loading")
    }

    @Test("How much is enough", arguments: [(16, true), (40, true), (100, false), (1000, false)])
    func rates(kilobytes: Int, isClosed: Bool) {
        let node = NodeDialogue()
        fill(node, megabytes: 8)
        askAndStall(node, on: 7)
        var wasClosed = false
        for _ in 0..<120 where !wasClosed {
            node.advance(milliseconds: 500)
            wasClosed = closed(node, 7)
            if !wasClosed { node.take(kilobytes << 9, on: 7) }
        }
        #expect(wasClosed == isClosed, "\(kilobytes) kB a second")
    }

    @Test("One that loads for longer than repl-timeout stays as long as it says that it is there")
    func loading() {
        let node = NodeDialogue()
        _ = node.send("SET", "a", "1")
        introduce(node, on: 7)
        _ = node.send("PSYNC", "?", "-1", on: 7)
        node.advance(milliseconds: 0)
        _ = node.readBytes(on: 7)
        for _ in 0..<100 {
            node.advance(milliseconds: 1000)
            #expect(!closed(node, 7))
            node.deliver([10], on: 7)
        }
        #expect(phase(node, 7) == "loading")
        node.advance(milliseconds: 61_000)
        #expect(closed(node, 7))
    }

    /// A replica with so many megabytes and one of its own that asks for them.
    private func chain(megabytes: Int, _ change: (inout Configuration) -> Void = { _ in }) -> ScriptedPrimary {
        let primary = ScriptedPrimary(change)
        primary.synchronise()
        for number in 0..<megabytes {
            primary.say(words: ["SET", "k\(number)", String(repeating: "v", count: 1 << 20)])
        }
        askAndStall(primary.node, on: 3)
        #expect(!primary.node.takesInput(on: 7))
        return primary
    }

    /// Bytes arrive while the stream stands still: the runtime has read them before.
    private func revoke(_ primary: ScriptedPrimary, _ value: String) { primary.say(words: ["SET", "revoked", value]) }

    @Test("The primary's stream does not wait for a replica that takes nothing")
    func standstill() {
        let primary = chain(megabytes: 4)
        let node = primary.node
        revoke(primary, "1")
        node.advance(milliseconds: 4900)
        #expect(node.reply("GET", "revoked") == .null && !closed(node, 3))
        node.advance(milliseconds: 300)
        #expect(closed(node, 3))
        node.advance(milliseconds: 0)
        #expect(node.reply("GET", "revoked") == "1" && node.takesInput(on: 7) && primary.isUp)
        // It comes back: the stream first goes on for twice as long as it has stood still.
        node.disconnect(3)
        askAndStall(node, on: 4)
        node.advance(milliseconds: 9000)
        #expect(phase(node, 4) == "waiting" && node.takesInput(on: 7))
        revoke(primary, "2")
        #expect(node.reply("GET", "revoked") == "2")
        node.advance(milliseconds: 1500)
        #expect(phase(node, 4) == "receiving" && !node.takesInput(on: 7))
    }

    @Test("Nor for one that takes enough, for longer than so long", arguments: [60, 20])
    func longStandstill(timeout: Int) {
        let primary = chain(megabytes: 40) { $0.replicationTimeout = timeout }
        let node = primary.node
        revoke(primary, "1")
        var seconds = 0
        while !closed(node, 3), seconds < 100 {
            node.take(500_000, on: 3)
            node.advance(milliseconds: 1000)
            seconds += 1
        }
        #expect((timeout / 2...timeout / 2 + 1).contains(seconds), "\(seconds) seconds")
        node.advance(milliseconds: 0)
        #expect(node.reply("GET", "revoked") == "1" && primary.isUp)
    }

    @Test("The link to the primary outlives a standstill as long as repl-timeout allows for")
    func linkDuringStandstill() {
        let primary = chain(megabytes: 40) { $0.replicationTimeout = 8 }
        let node = primary.node
        for _ in 0..<3 {
            node.take(1 << 20, on: 3)
            node.advance(milliseconds: 1000)
        }
        // The whole snapshot, in time.
        for _ in 0..<60 {
            node.take(1 << 30, on: 3)
            node.advance(milliseconds: 10)
        }
        #expect(phase(node, 3) == "loading" && node.takesInput(on: 7))
        node.advance(milliseconds: 6000)
        #expect(primary.isUp && !closed(node, 7))
    }
}
