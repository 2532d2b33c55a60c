import Testing

@testable import SessionCore

/// What sessions take of the heap, and what they give back.
@Suite struct SessionMemoryTests {
    @Test func sessionsComeAndGoInTheSameMemory() {
        let dialogue = NodeDialogue()
        var random = SplitMix64(seed: 3)
        let pipelines = (0..<500).map { _ in
            (0..<100).map { _ in
                "SESSCREATE USER user\(random.below(20_000)) IDLE \(1000 + random.below(5000)) FIELDS 1 data "
                    + String(repeating: "x", count: 20 + random.below(300)) + "\r\n"
            }.joined()
        }
        var peaks: [Int] = []
        for round in 0..<10 {
            for pipeline in pipelines { _ = dialogue.sendRaw(pipeline) }
            #expect(dialogue.run("SESSCARD") == 50_000)
            peaks.append(dialogue.inspect { $0.execution.store.heap.pageBytesInUse })
            dialogue.advance(milliseconds: 6000)
            #expect(dialogue.run("SESSCARD") == 0, "round \(round)")
        }
        #expect(peaks.allSatisfy { $0 <= peaks[0] + peaks[0] / 10 }, "\(peaks)")
        settle(dialogue)
        #expect(dialogue.inspect { $0.execution.store.heap.usedBytes } < 16 * 1024)
        #expect(dialogue.inspect { $0.execution.store.heap.pageBytesInUse } <= 4 * 65_536)
    }

    /// Revoked, rotated and rewritten sessions leave nothing behind either.
    @Test func whateverHappensToThem() {
        let dialogue = NodeDialogue()
        var random = SplitMix64(seed: 4)
        var tokens: [String] = []
        for step in 0..<4000 {
            tokens.append(dialogue.create("USER user\(step % 100) MAX 60s FIELDS 1 a \(step)"))
            let index = random.below(tokens.count)
            switch random.below(4) {
            case 0: _ = dialogue.run("SESSREVOKE \(tokens[index]) REASON x")
            case 1: if let new = dialogue.run("SESSROTATE \(tokens[index]) GRACE 1h").text { tokens[index] = new }
            case 2:
                let value = String(repeating: "y", count: random.below(3000))
                _ = dialogue.run("SESSSET \(tokens[index]) FIELDS 1 b \(value)")
            default: _ = dialogue.run("SESSREVOKEUSER user\(random.below(1000))")
            }
        }
        dialogue.advance(milliseconds: 60_000)
        settle(dialogue)
        #expect(dialogue.inspect { $0.execution.store.heap.usedBytes } < 16 * 1024)
        #expect(dialogue.inspect { $0.execution.store.wheel.count } == 0)
    }

    /// Gives the node turns enough to shrink its tables.
    private func settle(_ dialogue: NodeDialogue) {
        for _ in 0..<2000 { dialogue.advance(milliseconds: 1) }
    }

    @Test("tombstones and replaced tokens are never evicted", arguments: [EvictionPolicy.volatileTTL, .allKeysLRU])
    func marksSurvive(policy: EvictionPolicy) {
        var configuration = Configuration()
        configuration.maxMemory = 200_000
        configuration.maxMemoryPolicy = policy
        let dialogue = NodeDialogue(configuration)
        let revoked = (0..<200).map { _ in dialogue.create("IDLE 10s MAX 1h") }
        for token in revoked { _ = dialogue.run("SESSREVOKE \(token)") }
        dialogue.advance(milliseconds: 1000)
        for _ in 0..<3000 { _ = dialogue.create("USER alice FIELDS 1 a \(String(repeating: "x", count: 100))") }
        #expect(dialogue.inspect { $0.execution.store.statistics.evicted } > 1000)
        #expect(dialogue.inspect { $0.execution.usedMemory } <= 200_000 + 65_536)
        #expect(revoked.allSatisfy { dialogue.run("SESSSET \($0) FIELDS 1 a b").code == "REVOKED" })
        #expect(dialogue.run("SESSCREATE ID \(revoked[7])").code == "REVOKED")
    }

    /// Without the session it leads to, a replaced token is as good as none.
    @Test func theReplacedTokenOfAnEvictedSession() {
        let dialogue = NodeDialogue()
        let token = dialogue.create()
        let new = dialogue.rotate(token, "GRACE 1h")
        dialogue.advance(milliseconds: 1000)
        dialogue.modify { $0.execution.store.evict($0.execution.store.soonest(sample: 1)) }
        #expect(dialogue.run("SESSGET \(new)") == .null && dialogue.run("SESSGET \(token)") == .null)
        _ = dialogue.create("ID \(new)")
        #expect(dialogue.run("SESSGET \(token)") == .null && dialogue.run("SESSTOUCH \(token)") == -2)
    }

    @Test(
        "what can be evicted is found among many tombstones",
        arguments: [EvictionPolicy.volatileTTL, .allKeysLRU], [0, 5000])
    func fewAmongManyMarks(policy: EvictionPolicy, warning: Int64) {
        var configuration = Configuration()
        configuration.maxMemoryPolicy = policy
        configuration.sessionWarn = warning
        let dialogue = NodeDialogue(configuration)
        for _ in 0..<3000 { _ = dialogue.run("SESSREVOKE \(dialogue.create())") }
        // Large sessions, so that the marks are within their share of the memory, and would be given up no sooner.
        let large = "FIELDS 1 a \(String(repeating: "x", count: 60_000))"
        for _ in 0..<30 { _ = dialogue.create(large) }
        dialogue.modify { $0.configuration.maxMemory = $0.execution.usedMemory + 1 }
        for step in 0..<50 { #expect(dialogue.run("SESSCREATE \(large)").text != nil, "\(step)") }
        #expect(dialogue.inspect { $0.execution.store.marks.forgotten } == 0)
        #expect(dialogue.inspect { $0.execution.store.statistics.evicted } >= 44)
    }

    @Test("eviction goes on for as long as there is a session", arguments: [0, 200, 5000] as [Int64])
    func volatileTTLWithWarnings(warning: Int64) {
        var configuration = Configuration()
        configuration.maxMemoryPolicy = .volatileTTL
        configuration.sessionWarn = warning
        let dialogue = NodeDialogue(configuration)
        for index in 0..<300 { _ = dialogue.create("IDLE \(6000 + index * 37)") }
        for left in stride(from: 300, to: 0, by: -1) {
            #expect(dialogue.run("SESSCARD") == .integer(Int64(left)))
            dialogue.modify { node in
                let victim = node.execution.store.soonest(sample: 16)
                if victim == .none {
                    Issue.record("none found among \(left)")
                } else {
                    node.execution.store.evict(victim)
                }
            }
        }
        #expect(dialogue.modify { $0.execution.store.soonest(sample: 16) } == .none)
    }

    /// A session of 200 bytes of data with a user and a device must stay within its budget: 340 bytes, tables included.
    @Test func bytesForEachSession() {
        let dialogue = NodeDialogue()
        let count = 20_000
        let data = String(repeating: "d", count: 200)
        let before = dialogue.inspect { $0.execution.store.heap.pageBytesInUse }
        for first in stride(from: 0, to: count, by: 100) {
            let pipeline = (first..<(first + 100)).map {
                "SESSCREATE USER user\($0) DEVICE \"Firefox on Linux\" FIELDS 1 data \(data)\r\n"
            }
            _ = dialogue.sendRaw(pipeline.joined())
        }
        settle(dialogue)
        let each = (dialogue.inspect { $0.execution.store.heap.pageBytesInUse } - before) / count
        #expect(each > 250 && each <= 364, "\(each) bytes")
    }
}
