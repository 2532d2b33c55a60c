import Glibc
import TestSupport
import Testing

/// A network that splits between a primary and its replica, which is promoted: two primaries until the old one returns.
@Suite struct SplitBrainTests {
    /// The network between two servers: frozen, both sides of it believe that the other is merely silent.
    private final class Network {
        let port: Int
        private let directory: TemporaryDirectory
        private let relay: ChildProcess

        init(to server: ServerProcess) throws {
            port = try freePort()
            directory = try TemporaryDirectory()
            let file = try directory.file(
                "relay.cfg",
                """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 1h
                  timeout server 1h
                listen network
                  bind 127.0.0.1:\(port)
                  server primary 127.0.0.1:\(server.port)

                """)
            relay = try ChildProcess(HAProxy.executable, ["-db", "-q", "-f", file])
        }

        func freeze() { relay.send(SIGSTOP) }
    }

    @Test func theOldPrimaryStopsByItselfAndSaysWhatIsDiscarded() throws {
        let flags = ["--min-replicas-to-write", "1", "--min-replicas-max-lag", "2", "--repl-ping-replica-period", "1"]
        try withServer(.cloakroom, flags) { old in
            let network = try Network(to: old)
            try withServer(.cloakroom, ["--replicaof", "127.0.0.1 \(network.port)"]) { new in
                let (left, right) = (try old.connect(), try new.connect())
                #expect(try right.awaitReplica(of: left))
                // Refused until the replica has spoken.
                #expect(try eventually { try left.line("SET before 1") == .status("OK") })
                let (revokedHere, revokedThere): (Bytes, Bytes) = ("token-revoked-by-old", "token-revoked-by-new")
                for token in [revokedHere, revokedThere] {
                    #expect(try left.command("SESSCREATE", "ID", token, "USER", "u", "IDLE", "1h") == .bulk(token))
                }
                #expect(try left.command("WAIT", "1", "5000") == 1)

                network.freeze()
                #expect(try left.line("SET lost 1") == .status("OK"))
                #expect(try left.command("SESSREVOKE", revokedHere) == 1)
                #expect(try left.command("WAIT", "1", "200") == 0)
                #expect(try right.line("REPLICAOF NO ONE") == .status("OK"))
                #expect(try right.line("SET kept 1") == .status("OK"))
                #expect(try right.command("SESSREVOKE", revokedThere) == 1)
                // As long as it knows no better the old primary goes on, and then it does not.
                #expect(try eventually(within: 10) { try left.line("SET lost 2").errorCode == "NOREPLICAS" })
                #expect(try left.command("SESSTOUCH", revokedThere).errorCode == "NOREPLICAS")
                #expect(try left.line("GET lost").text?.isEmpty == false)

                #expect(try left.command("REPLICAOF", "127.0.0.1", Bytes(new.port)) == .status("OK"))
                #expect(try left.awaitReplica(of: right))
                #expect(try Keyspace.differences(left, right) == [])
                #expect(try left.line("GET lost") == .null)
                #expect(try left.line("GET kept") == .bulk("1"))
                // A revocation that nobody else had is lost like any other write: WAIT said so.
                #expect(try left.command("SESSGET", revokedHere) != .null)
                #expect(try left.command("SESSGET", revokedThere) == .null)
                let line = old.log.split(separator: "\n").first { $0.contains("Data is replaced by the primary's") }
                #expect(line?.contains("that no replica had acknowledged") == true, "\(old.log.suffix(2000))")
            }
        }
    }
}
