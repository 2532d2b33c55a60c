import Testing

@testable import SessionCore

/// Random changes of a sorted set through the node against a sorted array; random members; walks with ZSCAN.
@Suite struct SortedSetModelTests {
    private func dialogue(_ entries: Int) -> NodeDialogue {
        var configuration = Configuration()
        configuration.zsetMaxListpackEntries = entries
        return NodeDialogue(configuration)
    }

    /// Scores of all sizes in which packed entries keep them.
    private static let scores: [Double] = [
        0, 1, -1, 127, -128, 128, -129, 32767, -32768, 32768, 2_147_483_647, -2_147_483_648, 2_147_483_648,
        1_717_171_717_171, -140_737_488_355_327, 140_737_488_355_328, 9_007_199_254_740_992, 0.5, -0.25, 1e300, -1e-300,
        .infinity, -.infinity,
    ]

    /// Packed throughout, with a tree throughout, and changing from one to the other.
    @Test(arguments: [10_000, 0, 16])
    func sameAsSortedArray(entries: Int) {
        let dialogue = dialogue(entries)
        var random = SplitMix64(seed: UInt64(entries) + 3)
        var model: [String: Double] = [:]
        let names = [0, 1, 3, 14, 15, 16, 64, 127, 128, 200].flatMap { length in
            (0..<4).map { String(repeating: String($0), count: length) }
        }
        for step in 0..<3000 {
            let name = names[Int(random.next() % UInt64(names.count))]
            switch random.next() % 10 {
            case 0..<6:
                let score = Self.scores[Int(random.next() % UInt64(Self.scores.count))]
                let isNew = model.updateValue(score, forKey: name) == nil
                dialogue.expect("ZADD", "z", "\(score)", name, gives: isNew ? ":1\r\n" : ":0\r\n")
            case 6..<8:
                let existed = model.removeValue(forKey: name) != nil
                dialogue.expect("ZREM", "z", name, gives: existed ? ":1\r\n" : ":0\r\n")
            case 8:
                let first = Int(random.next() % 20)
                let gone = sorted(model).dropFirst(first).prefix(3)
                dialogue.expect("ZREMRANGEBYRANK", "z", "\(first)", "\(first + 2)", gives: ":\(gone.count)\r\n")
                for name in gone { model[name] = nil }
            default:
                let gone = sorted(model).suffix(2)
                _ = dialogue.send("ZPOPMAX", "z", "2")
                for name in gone { model[name] = nil }
            }
            if step % 10 == 0 { check(dialogue, model, &random) }
        }
        dialogue.modify { $0.execution.store.flushAll() }
        #expect(dialogue.inspect { $0.execution.store.heap.usedBytes } == 0)
    }

    private func sorted(_ model: [String: Double]) -> [String] {
        model.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    private func check(_ dialogue: NodeDialogue, _ model: [String: Double], _ random: inout SplitMix64) {
        let names = sorted(model)
        #expect(strings(in: dialogue.send("ZRANGE", "z", "0", "-1")) == names)
        #expect(strings(in: dialogue.send("ZREVRANGE", "z", "0", "-1")) == names.reversed())
        dialogue.expect("ZCARD", "z", gives: ":\(names.count)\r\n")
        guard !names.isEmpty else { return }
        let rank = Int(random.next() % UInt64(names.count))
        dialogue.expect("ZRANK", "z", names[rank], gives: ":\(rank)\r\n")
        let score = Self.scores[Int(random.next() % UInt64(Self.scores.count))]
        let below = names.filter { model[$0]! < score }
        dialogue.expect("ZCOUNT", "z", "-inf", "(\(score)", gives: ":\(below.count)\r\n")
        let above = dialogue.send("ZRANGEBYSCORE", "z", "\(score)", "inf")
        #expect(strings(in: above) == Array(names.dropFirst(below.count)))
        let through = names.filter { model[$0]! <= score }
        #expect(
            strings(in: dialogue.send("ZREVRANGEBYSCORE", "z", "\(score)", "-inf", "LIMIT", "1", "3"))
                == Array(through.reversed().dropFirst().prefix(3)))
    }

    /// Ranges longer than what is read at once.
    @Test(arguments: [0, 10_000]) func longRanges(entries: Int) {
        let dialogue = dialogue(entries)
        let names = (0..<500).map { "member:\($0)" }
        for (score, name) in names.enumerated() { _ = dialogue.send("ZADD", "z", "\(score)", name) }
        for (first, last) in [(0, 499), (1, 64), (0, 63), (3, 131), (63, 64), (499, 499), (400, 499)] {
            let range = dialogue.send("ZRANGE", "z", "\(first)", "\(last)")
            #expect(strings(in: range) == Array(names[first...last]))
            let reverse = dialogue.send("ZREVRANGE", "z", "\(first)", "\(last)")
            #expect(strings(in: reverse) == Array(names.reversed()[first...last]))
            let byScore = dialogue.send("ZRANGE", "z", "\(last)", "\(first)", "BYSCORE", "REV")
            #expect(strings(in: byScore) == names[first...last].reversed())
        }
        #expect(strings(in: dialogue.send("ZPOPMIN", "z", "300")).count == 600)
        #expect(strings(in: dialogue.send("ZRANGE", "z", "0", "-1")) == Array(names[300...]))
    }

    // MARK: ZSCAN

    /// Every member that stays is returned, however the table is resized on the way.
    @Test func scanOfChangingTree() {
        let dialogue = NodeDialogue()
        for index in 0..<1000 { _ = dialogue.send("ZADD", "z", "1", "stays\(index)", "2", "goes\(index)") }
        var seen: Set<String> = []
        var cursor = "0"
        var calls = 0
        repeat {
            let reply = strings(in: dialogue.send("ZSCAN", "z", cursor, "COUNT", "25"))
            cursor = reply[0]
            for index in stride(from: 1, to: reply.count, by: 2) {
                seen.insert(reply[index])
                #expect(reply[index + 1] == (reply[index].hasPrefix("stays") ? "1" : "2"))
            }
            let gone = calls < 20 ? (calls * 50)..<(calls * 50 + 50) : 0..<0
            for index in gone { _ = dialogue.send("ZREM", "z", "goes\(index)") }
            calls += 1
        } while cursor != "0"
        #expect(calls > 20)
        #expect(seen.filter { $0.hasPrefix("stays") }.count == 1000)
        dialogue.expect("ZCARD", "z", gives: ":1000\r\n")
        #expect(strings(in: dialogue.send("ZSCAN", "z", "0", "COUNT", "100000", "MATCH", "stays1??")).count == 201)
    }

    @Test(arguments: [
        ("ZSCAN z 0", "*2\r\n$1\r\n0\r\n*4\r\n$1\r\na\r\n$3\r\n1.5\r\n$2\r\nbb\r\n$1\r\n2"),
        ("ZSCAN z 0 MATCH b*", "*2\r\n$1\r\n0\r\n*2\r\n$2\r\nbb\r\n$1\r\n2"),
        ("ZSCAN z 17 MATCH x COUNT 1", "*2\r\n$1\r\n0\r\n*0"), ("ZSCAN none 0", "*2\r\n$1\r\n0\r\n*0"),
        ("ZSCAN none 0 nonsense", "*2\r\n$1\r\n0\r\n*0"), ("ZSCAN z x", "-ERR invalid cursor"),
        ("ZSCAN z 0 COUNT 0", "-ERR syntax error"), ("ZSCAN z 0 TYPE zset", "-ERR syntax error"),
    ])
    func scanOfSmallSet(_ command: String, _ reply: String) {
        NodeDialogue().expect([("ZADD z 1.5 a 2 bb", ":2"), (command, reply)])
    }

    // MARK: ZRANDMEMBER

    @Test(arguments: [0, 10_000]) func randomMembers(entries: Int) {
        let dialogue = dialogue(entries)
        let names = (0..<40).map { "m\($0)" }
        for (score, name) in names.enumerated() { _ = dialogue.send("ZADD", "z", "\(score)", name) }
        #expect(names.contains(strings(in: dialogue.send("ZRANDMEMBER", "z"))[0]))
        for count in [1, 5, 30, 40, 100] {
            let drawn = strings(in: dialogue.send("ZRANDMEMBER", "z", "\(count)"))
            #expect(drawn.count == min(count, 40) && Set(drawn).count == drawn.count)
            #expect(Set(names).isSuperset(of: drawn))
        }
        let pairs = strings(in: dialogue.send("ZRANDMEMBER", "z", "-50", "WITHSCORES"))
        #expect(pairs.count == 100)
        for index in stride(from: 0, to: pairs.count, by: 2) { #expect(pairs[index] == "m" + pairs[index + 1]) }
        // Each is drawn 75 times on average; a third off is four standard deviations.
        let many = strings(in: dialogue.send("ZRANDMEMBER", "z", "-3000"))
        let counts = Dictionary(grouping: many, by: { $0 }).mapValues(\.count)
        #expect(counts.count == 40 && counts.values.allSatisfy { $0 > 35 && $0 < 130 })
        dialogue.expect("ZRANDMEMBER", "z", "0", gives: "*0\r\n")
        dialogue.expect("ZRANDMEMBER", "none", "5", gives: "*0\r\n")
        dialogue.expect("ZRANDMEMBER", "none", gives: "$-1\r\n")
    }

    @Test(arguments: [
        ("ZRANDMEMBER z x", "-ERR value is not an integer or out of range"),
        ("ZRANDMEMBER z 1 nonsense", "-ERR syntax error"), ("ZRANDMEMBER z 1 WITHSCORES x", "-ERR syntax error"),
        ("ZRANDMEMBER z 9223372036854775807 WITHSCORES", "-ERR value is out of range"),
        (
            "ZRANDMEMBER z -9223372036854775808",
            "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"
        ),
    ])
    func errorsOfRandomMembers(_ command: String, _ reply: String) {
        NodeDialogue().expect([("ZADD z 1 a", ":1"), (command, reply)])
    }

    @Test func endlessRandomReplyEndsTheConnection() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("ZADD", "z", "1", String(repeating: "x", count: 4 << 20))
        #expect(dialogue.send("ZRANDMEMBER", "z", "-4611686018427387903", "WITHSCORES") == "")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
    }

    /// The bulk strings of a reply, nested or not, in order. None of them may contain a line end.
    private func strings(in reply: String) -> [String] {
        let lines = reply.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        return lines.indices.dropLast().filter { lines[$0].hasPrefix("$") }.map { lines[$0 + 1] }
    }
}
