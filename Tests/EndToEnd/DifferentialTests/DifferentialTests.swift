import Glibc
import TestSupport
import Testing

/// The same random commands to Cloakroom and to redis-server 7.0: the same replies.
///
/// `CLOAKROOM_DIFFERENTIAL` in the environment sets how many commands are sent (400,000 by default), and
/// `CLOAKROOM_SEED` where the sequences begin; a failure names its seed and the shortest sequence found that shows it.
@Suite struct DifferentialTests {
    private static let workers = 4
    /// Commands between two flushes.
    private static let roundLength = 2000

    static func setting(_ name: String, _ standard: Int) -> Int {
        getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
    }

    @Test(arguments: 0..<workers) func randomSequences(worker: Int) throws {
        let total = Self.setting("CLOAKROOM_DIFFERENTIAL", 400_000)
        let rounds = (total / Self.workers + Self.roundLength - 1) / Self.roundLength
        let firstSeed = Self.setting("CLOAKROOM_SEED", 1) + worker * rounds
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                let pair = try ServerPair(redis.address, cloakroom.address)
                var seen: Set<String> = []
                for seed in firstSeed..<(firstSeed + rounds) where seen.count < 10 {
                    guard let failure = try pair.firstFailure(sequence(seed: seed)) else { continue }
                    // One report for each kind of difference.
                    let kind = "\(failure.commands.last![0].text.uppercased()) \(failure.difference.prefix(40))"
                    guard seen.insert(kind).inserted else { continue }
                    Issue.record("\(try pair.shrunk(failure).report(seed: seed))")
                }
            }
        }
    }

    /// The commands of one round; the same for the same seed.
    private func sequence(seed: Int) -> [[Bytes]] {
        var generator = CommandGenerator(seed: UInt64(seed))
        return (0..<Self.roundLength).map { _ in generator.next() }
    }

    @Test func theOtherServerIsRedis7() throws {
        let info = try HiredisConnection(SharedServer.address(.redis)).command("INFO", "server").text ?? ""
        let version = info.firstMatch(of: /redis_version:([0-9]+)\.([0-9]+)/).flatMap { Int($0.output.1) } ?? 0
        #expect(version >= 7, "the tests compare with redis-server 7; install it (Debian 12 or Ubuntu 24.04 have it)")
    }

    /// Iterations in small steps: each key and field exactly when it exists throughout, whatever the order.
    @Test func wholeIterations() throws {
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                let pair = try ServerPair(redis.address, cloakroom.address)
                let names = (0..<3000).map { Bytes("key:\($0)") }
                try pair.onBoth { connection in
                    _ = try connection.pipeline(names.map { ["SET", $0, "v"] })
                    _ = try connection.pipeline(names.map { ["HSET", "h", $0, $0] })
                    _ = try connection.pipeline(names.map { ["SADD", "s", $0] })
                }
                try pair.onBoth { connection in
                    let size = try connection.command("DBSIZE")
                    #expect(size == 3002)
                }
                for count in [1, 7, 10, 100, 5000] {
                    let results = try [pair.redis, pair.cloakroom].map { connection in
                        (
                            Set(try iterate(connection, ["SCAN"], ["COUNT", Bytes(count)])),
                            Set(try iterate(connection, ["SCAN"], ["COUNT", Bytes(count), "MATCH", "key:1?9"])),
                            Set(try iterate(connection, ["SCAN"], ["COUNT", Bytes(count), "TYPE", "hash"])),
                            Set(try iterate(connection, ["HSCAN", "h"], ["COUNT", Bytes(count)])),
                            Set(try iterate(connection, ["SSCAN", "s"], ["COUNT", Bytes(count)]))
                        )
                    }
                    #expect(results[0].0 == results[1].0 && results[1].0.count == 3002)
                    #expect(results[0].1 == results[1].1 && results[1].1.count == 10)
                    #expect(results[0].2 == results[1].2 && results[1].2.count == 1)
                    #expect(results[0].3 == results[1].3 && results[1].3.count == 3000)
                    #expect(results[0].4 == results[1].4 && results[1].4.count == 3000)
                }
            }
        }
    }

    private func iterate(_ connection: HiredisConnection, _ command: [Bytes], _ options: [Bytes]) throws -> [Reply] {
        var (cursor, elements, steps): (Bytes, [Reply], Int) = ("0", [], 0)
        repeat {
            let reply = try connection.command(command + [cursor] + options)
            guard let next = reply[0]?.bytes, let page = reply[1]?.elements else {
                throw HarnessError("\(command): \(reply)")
            }
            cursor = next
            elements += page
            steps += 1
        } while cursor != "0" && steps < 100_000
        return elements
    }
}
