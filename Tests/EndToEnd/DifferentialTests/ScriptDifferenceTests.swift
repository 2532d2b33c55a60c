import ScriptTexts
import TestSupport
import Testing

/// Known scripts, run natively here and by Lua in redis-server 7.0: the same replies, errors and effects.
@Suite struct ScriptDifferenceTests {
    @Test func randomRuns() throws {
        let total = DifferentialTests.setting("CLOAKROOM_DIFFERENTIAL", 400_000) / 4
        let length = 500
        let firstSeed = DifferentialTests.setting("CLOAKROOM_SEED", 1)
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                let pair = try ServerPair(redis.address, cloakroom.address)
                let digests = try digests(pair)
                var seen: Set<String> = []
                for seed in firstSeed..<(firstSeed + max(1, total / length)) where seen.count < 10 {
                    var generator = ScriptGenerator(seed: UInt64(seed), digests: digests)
                    let commands = (0..<length).map { _ in generator.next() }
                    guard let failure = try pair.firstFailure(commands) else { continue }
                    guard seen.insert(String(failure.difference.prefix(60))).inserted else { continue }
                    Issue.record("\(try pair.shrunk(failure).report(seed: seed))")
                }
            }
        }
    }

    /// Keys and arguments that no script is meant for: too few, too many, and at the limits of Lua's stack.
    private static let wrongCalls: [[Bytes]] = {
        var calls: [[Bytes]] = [
            ["0"], ["1", "k"], ["1", "k", "a"], ["1", "k", "a", "b"], ["1", "k", "1", "2", "3"], ["2", "k", "j"],
            ["2", "k", "j", "a"], ["1", "k", "-1", "x", "y", "z"], ["3", "a", "b", "c"],
            ["3", "a", "b", "c", "1", "2", "3", "4"],
        ]
        for number in ["7989", "7990", "7991", "7992", "7993", "7994", "7998", "7999", "8000", "8001"] as [Bytes] {
            for position in 0..<5 {
                var arguments = [Bytes](repeating: "1", count: 5)
                arguments[position] = number
                calls.append(["2", "k", "j"] + arguments)
            }
        }
        return calls
    }()

    @Test func scriptsCalledWrongly() throws {
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                let pair = try ServerPair(redis.address, cloakroom.address)
                for digest in try digests(pair) {
                    let commands: [[Bytes]] = Self.wrongCalls.flatMap { call -> [[Bytes]] in
                        [["FLUSHALL"], ["EVALSHA", digest] + call]
                    }
                    let answers = try [pair.redis, pair.cloakroom].map { try $0.pipeline(commands) }
                    for index in commands.indices {
                        #expect(answers[0][index] == answers[1][index], "\(commands[index])")
                    }
                }
            }
        }
    }

    /// Loads all texts into both servers, which give them the same digests.
    private func digests(_ pair: ServerPair) throws -> [Bytes] {
        let commands = KnownScriptText.all.map { ["SCRIPT", "LOAD", Bytes($0.text)] as [Bytes] }
        let answers = try [pair.redis, pair.cloakroom].map { try $0.pipeline(commands) }
        #expect(answers[0] == answers[1])
        return answers[0].map { $0.bytes ?? "" }
    }
}
