import TestSupport
import Testing

/// Client-side caching on Cloakroom and on redis-server 7.0, in every mode: the same commands bring the same
/// invalidation messages, at the same places among the replies.
@Suite struct TrackingTests {
    private static let steps = 2500

    /// One connection tracks and reads, and writes too; another one only writes.
    private struct Side {
        let tracking: RawConnection
        let writer: RawConnection

        init(_ address: Address, _ mode: [Bytes]) throws {
            tracking = try RawConnection(address)
            writer = try RawConnection(address)
            _ = try writer.command("FLUSHALL")
            _ = try tracking.command("HELLO", "3")
            #expect(try tracking.command(["CLIENT", "TRACKING", "ON"] + mode) == .ok)
        }

        /// What the tracking connection receives because of a step: `-` for a reply, or the message.
        func received(_ step: Step) throws -> [String] {
            if step.isWriters {
                for command in step.commands { _ = try writer.command(command) }
            } else {
                // In one piece, so that one turn takes it all.
                try tracking.send(step.commands.flatMap { Array(encoded($0)) })
            }
            // An event loop's turn may end before the messages of that turn are written.
            _ = try writer.command("PING")
            try tracking.send(encoded(["PING", "end"]))
            var received: [String] = []
            while true {
                let reply = try tracking.reply()
                if reply == "end" { return received }
                if case .push = reply { received.append(reply.description) } else { received.append("-") }
            }
        }
    }

    private struct Step: CustomStringConvertible {
        var isWriters: Bool
        var commands: [[Bytes]]

        var description: String {
            let lines = commands.map { $0.map(\.description).joined(separator: " ") }
            return (isWriters ? "writer: " : "tracking: ") + lines.joined(separator: "; ")
        }
    }

    @Test(arguments: [
        [], ["NOLOOP"], ["OPTIN"], ["OPTOUT"], ["OPTIN", "NOLOOP"], ["BCAST"], ["BCAST", "NOLOOP"],
        ["BCAST", "PREFIX", "a", "PREFIX", "b:", "NOLOOP"],
    ])
    func sameMessages(mode: [Bytes]) throws {
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                let sides = try [redis, cloakroom].map { try Side($0.address, mode) }
                var random = SeededGenerator(seed: UInt64(DifferentialTests.setting("CLOAKROOM_SEED", 1)))
                var (shown, messages): ([String], Int) = ([], 0)
                for _ in 0..<Self.steps {
                    let step = Self.step(mode, &random)
                    shown.append(step.description)
                    let received = try sides.map { try $0.received(step) }
                    messages += received[0].count { $0 != "-" }
                    guard received[0] != received[1] else { continue }
                    Issue.record(
                        """
                        \(shown.suffix(30).joined(separator: "\n"))
                        Redis \(received[0])
                        Cloakroom \(received[1])
                        """)
                    return
                }
                #expect(messages > 100, "Redis sends some")
                let infos = try sides.map { try $0.tracking.command("CLIENT", "TRACKINGINFO") }
                #expect(infos[0] == infos[1])
            }
        }
    }

    // MARK: Steps

    private static let keys: [Bytes] = ["a", "ab", "b", "b:1", "b:2", "c", Bytes([0, 0xFF]), ""]

    private static func step(_ mode: [Bytes], _ random: inout SeededGenerator) -> Step {
        func key() -> Bytes { keys.randomElement(using: &random)! }
        let isWriters = Int.random(in: 0..<10, using: &random) < 5
        if isWriters { return Step(isWriters: true, commands: [write(key(), key(), &random)]) }
        let reads = (0..<Int.random(in: 1...3, using: &random)).map { _ in read(key(), key(), &random) }
        var commands: [[Bytes]]
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: commands = reads
        case 6, 7: commands = [write(key(), key(), &random)] + reads
        default: commands = [["MULTI"]] + reads + [write(key(), key(), &random)] + reads.suffix(1) + [["EXEC"]]
        }
        if mode.contains("OPTIN"), Bool.random(using: &random) { commands.insert(["CLIENT", "CACHING", "YES"], at: 0) }
        if mode.contains("OPTOUT"), Bool.random(using: &random) { commands.insert(["CLIENT", "CACHING", "NO"], at: 0) }
        return Step(isWriters: false, commands: commands)
    }

    private static func read(_ key: Bytes, _ other: Bytes, _ random: inout SeededGenerator) -> [Bytes] {
        switch Int.random(in: 0..<14, using: &random) {
        case 0...3: ["GET", key]
        case 4: ["MGET", key, other]
        case 5: ["EXISTS", key, other]
        case 6: ["TTL", key]
        case 7: ["HGETALL", key]
        case 8: ["TYPE", key]
        case 9: ["STRLEN", key]
        case 10: ["OBJECT", "ENCODING", key]
        case 11: ["SINTER", key, other]
        case 12: ["SINTERCARD", "2", key, other]
        default: ["GET", key, other]
        }
    }

    private static func write(_ key: Bytes, _ other: Bytes, _ random: inout SeededGenerator) -> [Bytes] {
        switch Int.random(in: 0..<30, using: &random) {
        case 0...3: ["SET", key, "v"]
        case 4: ["SET", key, "1", "EX", "1000"]
        case 5: ["SET", key, "v", "NX"]
        case 6: ["SET", key, "v", "XX", "GET"]
        case 7...9: ["DEL", key, other]
        case 10: ["APPEND", key, "x"]
        case 11: ["INCR", key]
        case 12, 13: ["HSET", key, "f", "1", "g", "2"]
        case 14: ["HDEL", key, "f", "g"]
        case 15: ["HINCRBY", key, "f", "1"]
        case 16: ["EXPIRE", key, "1000"]
        case 17: ["EXPIRE", key, "0"]
        case 18: ["PERSIST", key]
        case 19, 20: ["RENAME", key, other]
        case 21: ["COPY", key, other, "REPLACE"]
        case 22, 23: ["MSET", key, "1", other, "2"]
        case 24: ["SADD", key, "m", "n"]
        case 25: ["SINTERSTORE", key, other, "c"]
        case 26: ["GETDEL", key]
        case 27: ["GETEX", key, "EX", "1000"]
        case 28: ["SREM", key, "m", "n"]
        default: Int.random(in: 0..<5, using: &random) == 0 ? ["FLUSHALL"] : ["GETSET", key, "w"]
        }
    }
}
