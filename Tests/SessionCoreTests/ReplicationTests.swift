import Testing

@testable import SessionCore

/// Several nodes that replicate, on injected time.
@Suite("Replication: several nodes")
final class ReplicationTests {
    /// All kinds of data, sessions in all states among them. Returns the token of a live session and of a revoked one.
    private func fill(_ node: NodeDialogue) -> (live: String, revoked: String) {
        node.expect("SET", "plain", "1", gives: "+OK\r\n")
        node.expect("SET", "expiring", "1", "PX", "100000", gives: "+OK\r\n")
        node.expect("INCR", "plain", gives: ":2\r\n")
        node.expect("APPEND", "plain", "x", gives: ":2\r\n")
        node.expect("HSET", "hash", "a", "1", "b", "2", gives: ":2\r\n")
        node.expect("SADD", "set", "1", "2", "x", gives: ":3\r\n")
        node.expect("ZADD", "zset", "1.5", "a", "-inf", "b", gives: ":2\r\n")
        node.expect("SELECT", "1", gives: "+OK\r\n")
        node.expect("SET", "elsewhere", "1", gives: "+OK\r\n")
        node.expect("SELECT", "0", gives: "+OK\r\n")
        _ = node.send("SESSCREATE", "ID", "live-token-0123456789", "USER", "alice", "DEVICE", "phone", "BIND", "print",
            "LEVEL", "3", "FOR", "10m", "FIELDS", "1", "cart", "3")
        _ = node.send("SESSCREATE", "ID", "revoked-token-0123456", "USER", "alice")
        _ = node.send("SESSCREATE", "ID", "rotated-token-0123456", "USER", "bob", "FIELDS", "1", "a", "b")
        node.expect("SESSREVOKE", "revoked-token-0123456", "REASON", "logout", gives: ":1\r\n")
        _ = node.send("SESSROTATE", "rotated-token-0123456", "GRACE", "60s")
        return ("live-token-0123456789", "revoked-token-0123456")
    }

    private func expectEqual(
        _ nodes: ReplicationDialogue, _ left: Int, _ right: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(nodes.content(left) == nodes.content(right), sourceLocation: sourceLocation)
        #expect(
            nodes.info(left, "master_repl_offset") == nodes.info(right, "master_repl_offset"),
            sourceLocation: sourceLocation)
    }

    /// Deadlines exactly as on the primary.
    private var exact: Configuration {
        var configuration = Configuration()
        configuration.touchInterval = 0
        return configuration
    }

    @Test("by the snapshot, by the stream, in pieces of any size", arguments: [true, false], [1, 13, Int.max])
    func sameOnBothSides(isFilledBefore: Bool, pieces: Int) {
        let nodes = ReplicationDialogue(exact, exact)
        nodes.pieces = pieces
        let follow = { nodes[1].expect("REPLICAOF", "127.0.0.1", "7000", gives: "+OK\r\n") }
        if !isFilledBefore {
            follow()
            nodes.run(milliseconds: 300)
        }
        let (live, revoked) = fill(nodes[0])
        if isFilledBefore { follow() }
        nodes.run(milliseconds: 300)
        #expect(nodes.info(1, "master_link_status") == "up")
        expectEqual(nodes, 0, 1)
        for node in 0...1 {
            #expect(nodes[node].send("SESSGET", live, "BIND", "print", "MINLEVEL", "3").contains(bulk("cart")))
            nodes[node].expect("SESSGET", live, "BIND", "other", gives: "-BINDMISMATCH the fingerprint is not the one "
                + "the session is bound to\r\n")
            nodes[node].expect("SESSGET", revoked, gives: "$-1\r\n")
            nodes[node].expect("SESSCARD", "alice", gives: ":1\r\n")
            #expect(nodes[node].send("SESSGET", "rotated-token-0123456").contains("$7\r\nrotated\r\n:1\r\n"))
        }
    }

    @Test func expiryArrivesAsDeletion() {
        let nodes = ReplicationDialogue.following(2)
        nodes[0].expect("SET", "a", "1", "PX", "1000", gives: "+OK\r\n")
        _ = nodes[0].send("SESSCREATE", "ID", "a-token-0123456789ab", "IDLE", "2s", "USER", "u")
        nodes.run(milliseconds: 900)
        nodes[1].expect("GET", "a", gives: bulk("1"))
        nodes.run(milliseconds: 200)
        nodes[1].expect("GET", "a", gives: "$-1\r\n")
        nodes[1].expect("SESSCARD", "u", gives: ":1\r\n")
        nodes.run(milliseconds: 1000)
        nodes[1].expect("DBSIZE", gives: ":0\r\n")
        nodes[1].expect("SESSCARD", "u", gives: ":0\r\n")
        expectEqual(nodes, 0, 1)
    }

    @Test func touchesAreRareAndNeverEarly() {
        let nodes = ReplicationDialogue.following(2)
        _ = nodes[0].send("SESSCREATE", "ID", "a-token-0123456789ab", "IDLE", "10s")
        nodes.settle()
        let before = nodes.info(0, "master_repl_offset")
        for _ in 0..<20 {
            nodes[0].expect("SESSTOUCH", "a-token-0123456789ab", gives: ":10000\r\n")
            nodes.run(milliseconds: 50)
            let left = { (node: Int) in
                let reply = nodes[node].send("SESSGET", "a-token-0123456789ab")
                return Int(reply.split(separator: "$3\r\nttl\r\n:")[1].prefix { $0.isNumber }) ?? -1
            }
            let (ours, theirs) = (left(0), left(1))
            #expect(theirs >= ours && theirs < ours + 1000)
        }
        // One a second at most: a PEXPIREAT of a session's key takes 90 bytes or so.
        let sent = (Int(nodes.info(0, "master_repl_offset")) ?? 0) - (Int(before) ?? 0)
        #expect(sent > 0 && sent < 300, "\(sent) bytes")
        // Untouched from now on, it ends on the primary when it is due, and so it does here.
        nodes.run(milliseconds: 10_000)
        nodes[1].expect("DBSIZE", gives: ":0\r\n")
    }

    /// A promoted replica knows a session's deadline rounded up, and not its latest touch: what is no touch must not
    /// end the session earlier than the old primary would have.
    @Test func deadlinesAfterPromotion() {
        let nodes = ReplicationDialogue.following(2)
        let (set, rotated) = ("set-token-0123456789", "rotated-token-012345")
        for token in [set, rotated] { _ = nodes[0].send("SESSCREATE", "ID", token, "IDLE", "10s") }
        nodes.run(milliseconds: 400)
        for token in [set, rotated] { nodes[0].expect("SESSTOUCH", token, gives: ":10000\r\n") }
        nodes.settle()
        nodes[1].expect("REPLICAOF", "NO", "ONE", gives: "+OK\r\n")
        _ = nodes[1].send("SESSSET", set, "FIELDS", "1", "a", "b")
        let fresh = nodes.words(nodes[1].send("SESSROTATE", rotated))[0]
        for token in [set, fresh] {
            let reply = nodes[1].send("SESSGET", token)
            let left = Int(reply.split(separator: "$3\r\nttl\r\n:")[1].prefix { $0.isNumber }) ?? -1
            #expect((10_000..<11_000).contains(left), "\(left) ms")
        }
    }

    @Test func goesOnAfterACutLink() {
        let nodes = ReplicationDialogue.following(2, exact)
        _ = fill(nodes[0])
        nodes.settle()
        nodes.cut(1)
        nodes[0].expect("SET", "meanwhile", "1", gives: "+OK\r\n")
        nodes[0].expect("SESSREVOKE", "live-token-0123456789", gives: ":1\r\n")
        nodes.run(milliseconds: 500)
        expectEqual(nodes, 0, 1)
        #expect(nodes[0].send("INFO", "stats").contains("sync_partial_ok:1\r\n"))
        #expect(nodes[0].send("INFO", "stats").contains("sync_full:1\r\n"))
    }

    @Test func tooFarBehindMeansEverything() {
        var configuration = exact
        configuration.replicationBacklogSize = 16 * 1024
        let nodes = ReplicationDialogue.following(2, configuration)
        nodes.unreachable = [1]
        nodes.cut(1)
        for number in 0..<40 {
            nodes[0].expect("SET", "k\(number)", String(repeating: "v", count: 1000), gives: "+OK\r\n")
            nodes.run(milliseconds: 50)
        }
        nodes.unreachable = []
        nodes.run(milliseconds: 12_000)
        expectEqual(nodes, 0, 1)
        #expect(nodes[0].send("INFO", "stats").contains("sync_full:2\r\n"))
    }

    @Test func chained() {
        let nodes = ReplicationDialogue(exact, exact, exact)
        nodes[1].expect("REPLICAOF", "127.0.0.1", "7000", gives: "+OK\r\n")
        nodes[2].expect("REPLICAOF", "127.0.0.1", "7001", gives: "+OK\r\n")
        nodes.run(milliseconds: 3000)
        _ = fill(nodes[0])
        nodes.run(milliseconds: 300)
        expectEqual(nodes, 0, 1)
        expectEqual(nodes, 0, 2)
        #expect(nodes.info(2, "master_replid") == nodes.info(0, "master_replid"))
        #expect(nodes[1].send("ROLE").hasPrefix("*5\r\n$5\r\nslave\r\n"))
        // The one in the middle is gone for a while.
        nodes.cut(1)
        nodes[0].expect("SET", "later", "1", gives: "+OK\r\n")
        nodes.run(milliseconds: 3000)
        expectEqual(nodes, 0, 2)
        // The middle is promoted: the last one goes on with it, without everything anew.
        nodes[1].expect("REPLICAOF", "NO", "ONE", gives: "+OK\r\n")
        nodes[1].expect("SET", "new", "1", gives: "+OK\r\n")
        nodes.run(milliseconds: 1500)
        expectEqual(nodes, 1, 2)
        #expect(nodes[1].send("INFO", "stats").contains("sync_full:1\r\n"))
    }

    @Test func promotionAndReturn() {
        let nodes = ReplicationDialogue.following(2, exact)
        _ = fill(nodes[0])
        nodes.settle()
        nodes[1].expect("REPLICAOF", "NO", "ONE", gives: "+OK\r\n")
        nodes[1].expect("SESSREVOKEUSER", "alice", gives: ":1\r\n")
        nodes.settle()
        // Nothing was written on the old primary meanwhile: it goes on, by the second id.
        nodes[0].expect("REPLICAOF", "127.0.0.1", "7001", gives: "+OK\r\n")
        nodes.run(milliseconds: 500)
        expectEqual(nodes, 0, 1)
        nodes[0].expect("SESSGET", "live-token-0123456789", gives: "$-1\r\n")
        #expect(nodes[1].send("INFO", "stats").contains("sync_partial_ok:1\r\n"))
        #expect(nodes.info(0, "role") == "slave" && nodes.info(1, "role") == "master")
    }

    @Test func whatOnlyTheOldPrimaryHadIsDiscardedAndSaid() {
        let nodes = ReplicationDialogue.following(2, exact)
        _ = fill(nodes[0])
        nodes.run(milliseconds: 1100)
        nodes.unreachable = [0]
        nodes.cut(1)
        nodes[0].expect("SET", "lost", "1", gives: "+OK\r\n")
        nodes[0].expect("SET", "lost too", "1", gives: "+OK\r\n")
        nodes[1].expect("REPLICAOF", "NO", "ONE", gives: "+OK\r\n")
        nodes[1].expect("SET", "kept", "1", gives: "+OK\r\n")
        nodes.run(milliseconds: 100)
        nodes.unreachable = []
        nodes[0].expect("REPLICAOF", "127.0.0.1", "7001", gives: "+OK\r\n")
        nodes.run(milliseconds: 1500)
        expectEqual(nodes, 0, 1)
        nodes[0].expect("EXISTS", "lost", gives: ":0\r\n")
        #expect(nodes.log.contains { $0.hasPrefix("0: Data is replaced") && $0.contains("Discarded: 2 writes") })
    }

    @Test("roles change in order, also where replicas do not serve old data", arguments: [true, false])
    func failover(servesStaleData: Bool) {
        var configuration = exact
        configuration.replicaServesStaleData = servesStaleData
        let nodes = ReplicationDialogue.following(3, configuration)
        _ = fill(nodes[0])
        nodes.run(milliseconds: 1200)
        nodes[0].expect("FAILOVER", "TO", "127.0.0.1", "7009", gives: "-ERR FAILOVER target HOST and PORT is not a "
            + "replica.\r\n")
        nodes[0].expect("FAILOVER", "TO", "127.0.0.1", "7002", "FORCE", gives: "-ERR FAILOVER with force option "
            + "requires both a timeout and target HOST and IP.\r\n")
        nodes[1].expect("FAILOVER", gives: "-ERR FAILOVER is not valid when server is a replica.\r\n")
        nodes[0].expect("SET", "before", "1", gives: "+OK\r\n")
        nodes[0].expect("FAILOVER", "TO", "127.0.0.1", "7002", "TIMEOUT", "5000", gives: "+OK\r\n")
        nodes.run(milliseconds: 500)
        #expect(nodes.info(2, "role") == "master" && nodes.info(0, "role") == "slave")
        #expect(nodes.info(0, "master_failover_state") == "no-failover")
        #expect(nodes.info(0, "master_link_status") == "up")
        expectEqual(nodes, 0, 2)
        nodes[2].expect("GET", "before", gives: bulk("1"))
        nodes[2].expect("SET", "after", "1", gives: "+OK\r\n")
        nodes.run(milliseconds: 200)
        nodes[0].expect("GET", "after", gives: bulk("1"))
        nodes[0].expect("SET", "a", "1", gives: "-READONLY You can't write against a read only replica.\r\n")
    }

    /// The old primary knows a session's deadline exactly, the new one rounded up: what is no news to those who know it
    /// as the new one does is news to the old one.
    @Test func deadlinesOnTheOldPrimary() {
        let nodes = ReplicationDialogue.following(2)
        nodes.run(milliseconds: 717)
        let (free, capped) = ("free-token-0123456789", "capped-token-0123456")
        _ = nodes[0].send("SESSCREATE", "ID", free, "IDLE", "10s", "MAX", "0")
        _ = nodes[0].send("SESSCREATE", "ID", capped, "IDLE", "10s", "MAX", "10400")
        nodes.run(milliseconds: 100)
        nodes[0].expect("FAILOVER", gives: "+OK\r\n")
        nodes.run(milliseconds: 350)
        #expect(nodes.info(1, "role") == "master" && nodes.info(0, "master_link_status") == "up")
        for token in [free, capped] {
            let touched = nodes[1].send("SESSTOUCH", token)
            #expect(touched == (token == free ? ":10000\r\n" : ":9950\r\n"))
            nodes.settle()
            let ttl = nodes[0].send("SESSGET", token).split(separator: "$3\r\nttl\r\n:")[1].prefix { $0.isNumber }
            #expect((Int(ttl) ?? -1) >= (token == free ? 10_000 : 9950))
        }
        // Once.
        let offset = nodes.info(1, "master_repl_offset")
        for token in [free, capped] { _ = nodes[1].send("SESSTOUCH", token) }
        nodes.settle()
        #expect(nodes.info(1, "master_repl_offset") == offset)
    }

    /// What falls due while writes are held back stays with everybody, as its end is not in the stream: also with a
    /// replica that comes only then, and is sent a snapshot.
    @Test func dueWhileWritesAreHeldBack() {
        let nodes = ReplicationDialogue(exact, exact, exact)
        nodes[1].expect("REPLICAOF", "127.0.0.1", "7000", gives: "+OK\r\n")
        nodes.run(milliseconds: 300)
        nodes[0].expect("HSET", "h", "old", "1", gives: ":1\r\n")
        nodes[0].expect("PEXPIRE", "h", "200", gives: ":1\r\n")
        nodes.unreachable = [1]
        nodes[0].expect("FAILOVER", "TIMEOUT", "60000", gives: "+OK\r\n")
        nodes.cut(1)
        nodes.run(milliseconds: 300)
        nodes[0].expect("EXISTS", "h", gives: ":0\r\n")
        nodes[2].expect("REPLICAOF", "127.0.0.1", "7000", gives: "+OK\r\n")
        nodes.run(milliseconds: 2000)
        #expect(nodes.info(2, "role") == "master" && nodes.info(0, "master_link_status") == "up")
        nodes[2].expect("HINCRBY", "h", "new", "1", gives: ":1\r\n")
        nodes.settle()
        nodes[0].expect("HGETALL", "h", gives: bulks("new", "1"))
        expectEqual(nodes, 0, 2)
    }

    @Test func failoverThatNobodyTakes() {
        let nodes = ReplicationDialogue.following(2, exact)
        nodes.run(milliseconds: 1200)
        nodes.unreachable = [1]
        nodes[0].expect("SET", "a", "1", gives: "+OK\r\n")
        nodes[0].expect("FAILOVER", "TIMEOUT", "300", gives: "+OK\r\n")
        nodes[0].expect("SET", "b", "1", gives: "")
        // That is nothing which a client has begun, or can end.
        nodes[0].expect("CLIENT", "UNPAUSE", on: 1, gives: "+OK\r\n")
        nodes[0].advance(milliseconds: 10)
        #expect(nodes[0].read() == "")
        nodes[0].expect("GET", "a", on: 1, gives: bulk("1"))
        nodes[0].expect("FAILOVER", on: 1, gives: "-ERR FAILOVER already in progress.\r\n")
        nodes[0].expect("FAILOVER", "ABORT", on: 1, gives: "+OK\r\n")
        nodes[0].advance(milliseconds: 10)
        #expect(nodes[0].read() == "+OK\r\n")
        #expect(nodes.info(0, "role") == "master")
    }

    @Test func changesWhileASnapshotIsSent() {
        let nodes = ReplicationDialogue(exact, exact)
        var random = SplitMix64(seed: 3)
        for number in 0..<3000 {
            nodes[0].expect("SET", "k\(number)", String(repeating: "v", count: 200), gives: "+OK\r\n")
        }
        nodes[1].expect("REPLICAOF", "127.0.0.1", "7000", gives: "+OK\r\n")
        var number = 0
        while nodes.info(1, "master_link_status") != "up" && number < 3000 {
            for _ in 0..<20 {
                let key = "k\(random.next() % 4000)"
                switch random.next() % 5 {
                case 0: _ = nodes[0].send("DEL", key)
                case 1: _ = nodes[0].send("SET", key, "new", "PX", "5000")
                case 2: _ = nodes[0].send("RENAME", key, "k\(random.next() % 4000)")
                case 3: _ = nodes[0].send("APPEND", key, "x")
                default: _ = nodes[0].send("INCR", "counter\(random.next() % 9)")
                }
                number += 1
            }
            nodes[0].advance(milliseconds: 1)
            nodes[1].advance(milliseconds: 1)
            if number % 100 == 0 { nodes.settle() }
        }
        nodes.run(milliseconds: 300)
        expectEqual(nodes, 0, 1)
    }

    /// Which keys the snapshot has already does not survive the exchange of its databases: it is begun again.
    @Test func databasesExchangedWhileASnapshotIsSent() {
        let nodes = ReplicationDialogue(exact, exact)
        for number in 0..<15_000 {
            nodes[0].expect("SET", "k\(number)", String(repeating: "v", count: 200), gives: "+OK\r\n")
        }
        nodes[1].expect("REPLICAOF", "127.0.0.1", "7000", gives: "+OK\r\n")
        for _ in 0..<1000 where (Int(nodes.info(1, "master_sync_read_bytes")) ?? 0) < 100_000 { nodes.step() }
        #expect(nodes.info(1, "master_sync_in_progress") == "1")
        nodes[0].expect("SWAPDB", "0", "1", gives: "+OK\r\n")
        nodes.run(milliseconds: 2000)
        #expect(nodes[0].send("INFO", "stats").contains("sync_full:2\r\n"))
        nodes[1].expect("SELECT", "1", gives: "+OK\r\n")
        nodes[1].expect("DBSIZE", gives: ":15000\r\n")
        expectEqual(nodes, 0, 1)
    }

    @Test func readYourWrites() {
        let nodes = ReplicationDialogue.following(2, exact)
        nodes.unreachable = [1]
        nodes.cut(1)
        _ = nodes[0].send("SESSCREATE", "ID", "a-token-0123456789ab")
        nodes[1].expect("SESSGET", "a-token-0123456789ab", "MINVER", "1", gives: "-STALE 0\r\n")
        nodes[1].expect("SESSGET", "a-token-0123456789ab", gives: "$-1\r\n")
        nodes.unreachable = []
        nodes.run(milliseconds: 12_000)
        #expect(nodes[1].send("SESSGET", "a-token-0123456789ab", "MINVER", "1").hasPrefix("*22\r\n"))
        nodes[1].expect("SESSGET", "a-token-0123456789ab", "MINVER", "2", gives: "-STALE 1\r\n")
        nodes[1].expect("SESSGET", "a-token-0123456789ab", "TOUCH", gives: "-READONLY You can't write against a read "
            + "only replica.\r\n")
    }

    @Test func messagesReachTheReplica() {
        let nodes = ReplicationDialogue.following(2)
        _ = nodes[1].send("SUBSCRIBE", "c", on: 5)
        nodes[0].expect("PUBLISH", "c", "m", gives: ":0\r\n")
        nodes.settle()
        #expect(nodes[1].read(on: 5).contains(bulk("m")))
    }
}
