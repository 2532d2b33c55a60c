import TestSupport
import Testing

/// The same random commands to Cloakroom and to redis-server 7.0: the same keyspace notifications, command by command.
///
/// Not compared is when keys expire, which is the point of difference (`expired` at the deadline, not when a key is
/// come across); unit tests do that on their own clock.
@Suite struct NotificationTests {
    private static let rounds = 12
    private static let roundLength = 1500

    @Test func sameEventsInTheSameOrder() throws {
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                let pair = try ServerPair(redis.address, cloakroom.address)
                let listeners = try [redis, cloakroom].map { try listener($0.address) }
                let first = DifferentialTests.setting("CLOAKROOM_SEED", 1)
                for seed in first..<(first + Self.rounds) {
                    var generator = CommandGenerator(seed: UInt64(seed))
                    let all = (0..<Self.roundLength).map { _ in generator.next() }
                    let commands = all.filter { !Self.mayBePast($0) }
                    let theirs = try events(of: commands, on: pair.redis, listeners[0])
                    let ours = try events(of: commands, on: pair.cloakroom, listeners[1])
                    #expect(theirs.joined().count > Self.roundLength / 4, "the listener hears Redis")
                    guard let index = commands.indices.first(where: { theirs[$0] != ours[$0] }) else { continue }
                    let shown = commands[max(0, index - 15)...index].map {
                        $0.map(\.description).joined(separator: " ")
                    }
                    Issue.record(
                        """
                        seed \(seed):
                        \(shown.joined(separator: "\n"))
                        Redis \(theirs[index])
                        Cloakroom \(ours[index])
                        """)
                    return
                }
            }
        }
    }

    /// Whether a command may give a key a deadline that has passed: on Redis the key is there until it is come across,
    /// and some commands then announce it as deleted.
    private static func mayBePast(_ command: [Bytes]) -> Bool {
        command.contains { ["EXAT", "PXAT"].contains($0.text.uppercased()) }
    }

    /// What `CONFIG GET` makes of the letters, and which are refused.
    @Test func lettersAreNormalised() throws {
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                let pair = try ServerPair(redis.address, cloakroom.address)
                let values = [
                    "", "KEA", "AKE", "Egx", "Ex", "g$lshzxetd", "dtexzhsl$g", "KEg$lshzxetdmn", "mnA", "n", "m", "nK",
                    "KEAmn", "EE", "gg", "a", "KEX", "K E", "ke", "é", "KEq",
                ]
                for value in values {
                    let replies = try [pair.redis, pair.cloakroom].map {
                        try $0.pipeline([
                            ["CONFIG", "SET", "notify-keyspace-events", Bytes(value)],
                            ["CONFIG", "GET", "notify-keyspace-events"],
                        ])
                    }
                    #expect(replies[0] == replies[1], "\(value)")
                }
            }
        }
    }

    private func listener(_ address: Address) throws -> HiredisConnection {
        let connection = try HiredisConnection(address)
        #expect(try connection.command("CONFIG", "SET", "notify-keyspace-events", "KEAmn") == .ok)
        #expect(try connection.command("PSUBSCRIBE", "__key*")[0] == "psubscribe")
        return connection
    }

    /// What each command announces: a message of ours follows each, which the listener hears too.
    private func events(
        of commands: [[Bytes]], on connection: HiredisConnection, _ listener: HiredisConnection
    ) throws -> [[String]] {
        var events: [[String]] = []
        let preamble: [[Bytes]] = [["FLUSHALL"], ["SELECT", "0"]]
        for command in preamble + commands {
            try connection.append(command)
            try connection.append(["PUBLISH", "__key end", ""])
        }
        try connection.flush()
        for _ in 0..<(preamble.count + commands.count) {
            var announced: [String] = []
            while true {
                let message = try listener.nextReply()
                guard let channel = message[2]?.text, let content = message[3] else {
                    throw HarnessError("no notification: \(message)")
                }
                if channel == "__key end" { break }
                let isExpiry = channel.hasSuffix("__:expired") || content == "expired"
                if !isExpiry { announced.append("\(message[2]!) \(content)") }
            }
            events.append(announced)
        }
        for _ in 0..<(2 * (preamble.count + commands.count)) { _ = try connection.nextReply() }
        return Array(events.dropFirst(preamble.count))
    }
}
