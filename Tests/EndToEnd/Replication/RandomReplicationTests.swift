import TestSupport
import Testing

/// Random commands to a Cloakroom that a redis-server and another Cloakroom follow: the same keys everywhere, whether
/// they came by a snapshot that was written meanwhile or by the stream.
@Suite struct RandomReplicationTests {
    private static let rounds = 12
    private static let commands = 1000

    @Test(arguments: 1...4) func sameKeysEverywhere(seed: Int) throws {
        let exact = ["--repl-touch-interval", "0"]
        try withServer(.cloakroom, exact) { primary in
            try withServer(.redis) { redis in
                try withServer(.cloakroom, exact) { cloakroom in
                    let writer = try primary.connect()
                    let replicas = [redis, cloakroom]
                    var generator = CommandGenerator(seed: UInt64(1_000_000 + seed))
                    for round in 0..<Self.rounds {
                        // Before anything, and again in the middle: what there is then comes as a snapshot.
                        if round == 0 || round == Self.rounds / 2 {
                            for replica in replicas {
                                try follow(replica, nil)
                                try follow(replica, primary)
                            }
                        }
                        for _ in 0..<(Self.commands / 50) {
                            _ = try writer.pipeline((0..<50).map { _ in generator.next() })
                        }
                        let left = try primary.connect()
                        for replica in replicas {
                            let right = try replica.connect()
                            #expect(try right.awaitReplica(of: left))
                            let differences = try Keyspace.differences(left, right)
                            try #require(
                                differences == [], "seed \(seed), round \(round), \(replica === redis ? "redis" : "")")
                        }
                    }
                    #expect(!redis.log.contains("CRITICAL"), "\(redis.log.suffix(2000))")
                    #expect(!cloakroom.log.contains("failed here"), "\(cloakroom.log.suffix(2000))")
                }
            }
        }
    }

    /// Has a server follow another, or nobody.
    private func follow(_ replica: ServerProcess, _ primary: ServerProcess?) throws {
        let connection = try replica.connect()
        let address: [Bytes] = primary.map { ["127.0.0.1", Bytes($0.port)] } ?? ["NO", "ONE"]
        #expect(try connection.command(["REPLICAOF"] + address) == .status("OK"))
        // On its own, it forgets where it was: it has to be sent everything.
        if primary == nil { #expect(try connection.line("SET alone 1") == .status("OK")) }
    }
}
