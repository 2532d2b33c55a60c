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

    /// Loads all texts into both servers, which give them the same digests.
    private func digests(_ pair: ServerPair) throws -> [Bytes] {
        let commands = KnownScriptText.all.map { ["SCRIPT", "LOAD", Bytes($0.text)] as [Bytes] }
        let answers = try [pair.redis, pair.cloakroom].map { try $0.pipeline(commands) }
        #expect(answers[0] == answers[1])
        return answers[0].map { $0.bytes ?? "" }
    }
}
