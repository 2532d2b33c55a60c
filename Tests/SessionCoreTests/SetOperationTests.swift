import Testing

@testable import SessionCore

/// SINTER, SUNION, SDIFF and what they store. Replies were taken from redis-server 7.0.15.
@Suite struct SetOperationTests {
    @Test func missingKeysAreEmptySets() {
        NodeDialogue().expect([
            ("SADD a 1 2 3", ":3"), ("SINTER a none", "*0"), ("SINTER none none", "*0"), ("SUNION none none", "*0"),
            ("SUNION none a", "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3"), ("SDIFF none a", "*0"),
            ("SDIFF a none", "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3"), ("SINTERCARD 2 a none", ":0"),
            ("SINTERSTORE a a none", ":0"), ("EXISTS a", ":0"), ("SADD a 1", ":1"), ("SDIFFSTORE d none a", ":0"),
            ("EXISTS d", ":0"), ("SUNIONSTORE d none none", ":0"), ("SUNIONSTORE d none a", ":1"),
            ("OBJECT ENCODING d", "$6\r\nintset"),
        ])
    }

    @Test func intersectionCardinality() {
        NodeDialogue().expect([
            ("SADD a 1 2 3 4 5", ":5"), ("SADD b 2 3 4 5 x", ":5"), ("SADD c 3 4 5 y", ":4"),
            ("SINTERCARD 1 a", ":5"), ("SINTERCARD 1 a LIMIT 2", ":2"), ("SINTERCARD 1 a LIMIT 9", ":5"),
            ("SINTERCARD 3 a b c", ":3"), ("SINTERCARD 3 a b c LIMIT 2", ":2"), ("SINTERCARD 3 a b c limit 0", ":3"),
            ("SINTERCARD 2 a a LIMIT 4", ":4"), ("SINTERCARD 2 a b LIMIT 2 LIMIT 1", ":1"),
        ])
    }

    @Test func destinationAmongSources() {
        NodeDialogue().expect([
            ("SADD a 1 2 3", ":3"), ("SADD b 2 3 4", ":3"), ("SUNIONSTORE a a b", ":4"),
            ("SMEMBERS a", "*4\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n4"), ("SINTERSTORE b a b", ":3"),
            ("SDIFFSTORE a a b", ":1"), ("SMEMBERS a", "*1\r\n$1\r\n1"), ("SDIFFSTORE a a a", ":0"), ("EXISTS a", ":0"),
            // A key of any type is overwritten, and its deadline goes with it.
            ("SET d x EX 100", "+OK"), ("SUNIONSTORE d b", ":3"), ("TTL d", ":-1"), ("TYPE d", "+set"),
            ("SINTERSTORE d none", ":0"), ("EXISTS d", ":0"),
        ])
    }

    /// The form of a result depends, as in Redis, on what it passed through, not on what it came to.
    @Test func formOfTheResult() {
        NodeDialogue().expect([
            ("SADD mixed 1 2 x", ":3"), ("SADD numbers 1 2 3", ":3"), ("SADD letters x y z", ":3"),
            ("SINTERSTORE d mixed numbers", ":2"), ("OBJECT ENCODING d", "$6\r\nintset"),
            // Looked up one by one: x never was in the result.
            ("SDIFFSTORE d mixed letters", ":2"), ("OBJECT ENCODING d", "$6\r\nintset"),
            // Taken out of a copy of the first one, which is less work here: it was there.
            ("SADD large 1 2 3 4 5 6 7 8 x", ":9"), ("SADD single x", ":1"),
            ("SDIFFSTORE d large single single single", ":8"),
            ("OBJECT ENCODING d", "$9\r\nhashtable"), ("SUNIONSTORE d numbers numbers", ":3"),
            ("OBJECT ENCODING d", "$6\r\nintset"), ("SUNIONSTORE d numbers letters", ":6"),
            ("OBJECT ENCODING d", "$9\r\nhashtable"), ("CONFIG SET set-max-intset-entries 2", "+OK"),
            ("SUNIONSTORE d numbers", ":3"), ("OBJECT ENCODING d", "$9\r\nhashtable"),
            ("SINTERSTORE d numbers mixed", ":2"), ("OBJECT ENCODING d", "$6\r\nintset"),
        ])
    }

    /// All forms against one another and a model; nothing is left in memory but the sets.
    @Test(arguments: [0, 5, 512]) func sameAsModel(_ limit: Int) throws {
        var configuration = Configuration()
        configuration.setMaxIntsetEntries = limit
        let dialogue = NodeDialogue(configuration)
        var random = SplitMix64(seed: UInt64(limit) + 3)
        let keys = ["numbers", "few", "many", "huge", "words", "none"]
        var model: [String: Set<String>] = [
            "numbers": Set((0..<60).map(String.init)), "few": ["1", "2", "w3", "59", ""],
            "many": Set((0..<200).map { $0 % 3 == 0 ? "\($0)" : "w\($0)" }),
            "huge": Set((100..<1500).map(String.init)), "words": Set((0..<100).map { "w\($0)" }),
        ]
        for (key, members) in model { _ = dialogue.send(["SADD", key] + members.sorted()) }
        for round in 0..<300 {
            let count = Int(random.next() % 4) + 1
            let chosen = (0..<count).map { _ in keys[Int(random.next() % UInt64(keys.count))] }
            let sets = chosen.map { model[$0] ?? [] }
            let union = sets.reduce(into: Set()) { $0.formUnion($1) }
            let inter = sets.dropFirst().reduce(sets[0]) { $0.intersection($1) }
            let diff = sets.dropFirst().reduce(sets[0]) { $0.subtracting($1) }
            let used = dialogue.usedBytes
            for (name, expected) in [("UNION", union), ("INTER", inter), ("DIFF", diff)] {
                let reply = dialogue.list(["S" + name] + chosen)
                #expect(reply.count == expected.count && Set(reply) == expected, "S\(name) \(chosen)")
                dialogue.expect(exchange("S\(name)STORE d \(chosen.joined(separator: " "))", ":\(expected.count)"))
                #expect(Set(dialogue.list("SMEMBERS", "d")) == expected, "S\(name)STORE \(chosen)")
                _ = dialogue.send("DEL", "d")
            }
            dialogue.expect(
                exchange("SINTERCARD \(count) \(chosen.joined(separator: " ")) LIMIT 7", ":\(min(7, inter.count))"))
            // What operations take meanwhile they give back; the table of keys may have changed its size.
            #expect(abs(dialogue.usedBytes - used) < 2048, "round \(round)")
            if round % 10 == 0 {
                let rest = model["huge", default: []].subtracting(model["numbers", default: []])
                dialogue.expect(exchange("SDIFFSTORE many huge numbers", ":\(rest.count)"))
                model["many"] = rest
            }
        }
    }

    private func exchange(_ command: String, _ reply: String) -> [(command: String, reply: String)] {
        [(command: command, reply: reply)]
    }

    /// A key repeated thousands of times costs no more than once.
    @Test func repeatedKeys() {
        let dialogue = NodeDialogue()
        _ = dialogue.send(["SADD", "s"] + (0..<1000).map { "member \($0)" })
        _ = dialogue.send(["SADD", "t", "member 5"])
        let keys = Array(repeating: "s", count: 20_000) + ["t"]
        #expect(dialogue.list(["SUNION"] + keys).count == 1000)
        #expect(dialogue.list(["SINTER"] + keys) == ["member 5"])
        #expect(dialogue.list(["SDIFF", "t"] + keys).isEmpty)
    }

    @Test func mutedRepliesAreNotWritten() {
        let dialogue = NodeDialogue()
        dialogue.expect([("SADD a 1 2", ":2"), ("SADD b 2 x", ":2")])
        dialogue.modify { $0.connections[0].replyMode = .off }
        for command in ["SINTER", "SUNION", "SDIFF"] { #expect(dialogue.send(command, "a", "b") == "") }
    }

    /// Also where the result is stored.
    @Test func readsCountAsReads() {
        let dialogue = NodeDialogue()
        dialogue.expect([("SADD a 1", ":1"), ("SINTER a none", "*0"), ("SUNIONSTORE d a none", ":1")])
        #expect(dialogue.inspect { $0.execution.store.statistics.hits } == 2)
        #expect(dialogue.inspect { $0.execution.store.statistics.misses } == 2)
    }
}
