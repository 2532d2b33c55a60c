import Glibc
import TestSupport
import Testing

/// What `body` says; false if a connection was closed meanwhile, as Sentinel has it done when roles change.
private func unlessClosed(_ body: () throws -> Bool) throws -> Bool {
    do {
        return try body()
    } catch let failure as HiredisConnection.Failure where failure.isClosed {
        return false
    }
}

/// redis-sentinel, unmodified, in charge of Cloakroom: a primary, two replicas, three sentinels.
@Suite struct SentinelTests {
    /// The nodes and who watches them.
    final class Watched {
        var nodes: [ServerProcess] = []
        private(set) var sentinels: [ServerProcess] = []

        init() throws {
            let directory = try TemporaryDirectory()
            for index in 0..<3 {
                let file = try directory.file("node\(index).conf", "repl-touch-interval 0\n")
                var flags = [String]()
                if index > 0 { flags = ["--replicaof", "127.0.0.1 \(nodes[0].port)"] }
                nodes.append(try ServerProcess(.cloakroom, flags, file: file))
            }
            for index in 0..<3 {
                let file = try directory.file(
                    "sentinel\(index).conf",
                    """
                    sentinel monitor sessions 127.0.0.1 \(nodes[0].port) 2
                    sentinel down-after-milliseconds sessions 1000
                    sentinel failover-timeout sessions 4000

                    """)
                sentinels.append(try ServerProcess(.sentinel, file: file))
            }
        }

        deinit {
            for server in sentinels + nodes { server.stop(SIGKILL) }
        }

        /// Where the sentinels say that the primary is.
        func primaryPort(_ sentinel: Int = 0) throws -> Int? {
            let reply = try sentinels[sentinel].connect().line("SENTINEL get-master-addr-by-name sessions")
            return reply.elements?.last?.text.flatMap { Int($0) }
        }

        /// All sentinels know each other and both replicas.
        func awaitKnowledge() throws -> Bool {
            try eventually(within: 40) {
                try sentinels.allSatisfy { sentinel in
                    let info = try sentinel.connect().command("INFO", "sentinel").text ?? ""
                    return info.contains("status=ok,address=") && info.contains("slaves=2,sentinels=3")
                }
            }
        }

        /// A connection to the primary of now, once there is another than `old` that takes writes.
        func awaitPrimary(otherThan old: Int) throws -> ServerProcess? {
            var found: ServerProcess?
            _ = try eventually(within: 40) {
                guard let port = try primaryPort(), port != old, let node = nodes.first(where: { $0.port == port })
                else { return false }
                found = node
                return try unlessClosed { try node.connect().line("SET writable 1") == .status("OK") }
            }
            return found
        }
    }

    /// …/Tests/EndToEnd/Replication/redis_py_sentinel.py
    private static let program =
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/redis_py_sentinel.py"

    /// Sessions acknowledged by `WAIT 1`: some live, some revoked.
    private func createSessions(_ connection: HiredisConnection) throws -> (live: [Bytes], revoked: [Bytes]) {
        var (live, revoked): ([Bytes], [Bytes]) = ([], [])
        for number in 0..<200 {
            let token = Bytes("sentinel-token-\(1000 + number)")
            let created = try connection.command("SESSCREATE", "ID", token, "USER", "u\(number % 7)", "IDLE", "1h")
            #expect(created == .bulk(token))
            if number % 3 == 0 {
                #expect(try connection.command("SESSREVOKE", token) == 1)
                revoked.append(token)
            } else {
                live.append(token)
            }
        }
        // All replicas: whichever is promoted has them.
        #expect(try connection.command("WAIT", "2", "10000") == 2)
        return (live, revoked)
    }

    private func expectKept(_ connection: HiredisConnection, _ sessions: (live: [Bytes], revoked: [Bytes])) throws {
        for token in sessions.live { #expect(try connection.command("SESSGET", token) != .null, "\(token) is lost") }
        for token in sessions.revoked {
            #expect(try connection.command("SESSGET", token) == .null, "\(token) lives again")
            #expect(try connection.command("SESSCREATE", "ID", token).errorCode == "REVOKED")
        }
    }

    @Test("the primary is killed, or frozen", arguments: [SIGKILL, SIGSTOP])
    func failover(signal: Int32) throws {
        let watched = try Watched()
        #expect(try watched.awaitKnowledge())
        let old = watched.nodes[0]
        let sessions = try createSessions(old.connect())
        let client = try ChildProcess(
            FrameworkProgram.python,
            ["-B", Self.program, String(watched.sentinels[0].port), "sessions"])
        #expect(try client.readLine(within: 20) == "ok first")
        kill(old.pid, signal)
        let primary = try #require(try watched.awaitPrimary(otherThan: old.port))
        let isKept = try eventually(within: 30) {
            try unlessClosed {
                try expectKept(primary.connect(), sessions)
                return true
            }
        }
        #expect(isKept)
        // A client that asks Sentinel carries on by itself.
        #expect(try client.readLine(within: 30) == "ok second")

        // The old primary comes back as a replica.
        if signal == SIGSTOP {
            kill(old.pid, SIGCONT)
        } else {
            let address = old.address
            old.stop(SIGKILL)
            watched.nodes[0] = try ServerProcess(.cloakroom, at: address)
        }
        // On a busy machine Sentinel may exchange roles once more: whoever is the primary now, all others follow it.
        let isEqual = try eventually(within: 90) {
            try unlessClosed {
                guard let port = try watched.primaryPort(),
                    let leader = watched.nodes.first(where: { $0.port == port })
                else { return false }
                let connection = try leader.connect()
                guard try connection.replication("connected_slaves") == "2" else { return false }
                return try watched.nodes.allSatisfy { node in
                    if node.port == port { return true }
                    let other = try node.connect()
                    guard try other.replication("role") == "slave",
                        try other.awaitReplica(of: connection, within: 5)
                    else { return false }
                    return try Keyspace.differences(connection, other) == []
                }
            }
        }
        #expect(isEqual)
    }
}
