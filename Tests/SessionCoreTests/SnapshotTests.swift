import Testing

@testable import SessionCore

/// Fills a node with keys of all types and sizes, and sessions in all states.
func fill(_ dialogue: NodeDialogue, seed: UInt64, keys: Int = 200) {
    var random = SplitMix64(seed: seed)
    for index in 0..<keys {
        if random.below(20) == 0 { _ = dialogue.send("SELECT", "\(random.below(4))") }
        let key = "\(["k", "long key \u{E9}\r\n "][random.below(2)])\(index)"
        let size = [1, 3, 30, 200, 900][random.below(5)]
        switch random.below(8) {
        case 0:
            let value = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            _ = dialogue.sendBytes([Array("SET".utf8), Array(key.utf8), value])
        case 1: _ = dialogue.send("SET", key, "\(Int64.random(in: .min ... .max, using: &random))")
        case 2:
            let fields = (0..<size).flatMap { ["f\($0)", String(repeating: "v", count: random.below(100))] }
            _ = dialogue.send(["HSET", key] + fields)
        case 3: _ = dialogue.send(["SADD", key] + (0..<size).map { "\($0 * random.below(1 << 40) - 70)" })
        case 4: _ = dialogue.send(["SADD", key] + (0..<size).map { "member \($0)" })
        case 5: _ = dialogue.send(["ZADD", key] + (0..<size).flatMap { ["\(Double($0) * 1.37 - 3)", "m\($0)"] })
        case 6: _ = dialogue.send("ZADD", key, "-inf", "a", "inf", "b", "1e300", "", "0", "d")
        default:
            let user = random.below(2) == 0 ? "USER u\(random.below(9))" : ""
            let token = dialogue.create(
                "\(user) DEVICE d\(index) IDLE \(60 + index)s MAX \(random.below(2) * 86_400)s "
                    + "FIELDS 2 name \(key.count) empty \(size)")
            switch random.below(5) {
            case 0: _ = dialogue.rotate(dialogue.rotate(token, "GRACE 100s"), "LEVEL 3 FOR 50s BIND x")
            case 1: _ = dialogue.send("SESSREVOKE", token, "REASON", "logout")
            default: break
            }
        }
        if random.below(3) == 0 {
            _ = dialogue.send("PEXPIREAT", key, "\(dialogue.milliseconds + Int64(1 + random.below(1 << 30)))")
        }
    }
    _ = dialogue.send("SELECT", "0")
}

@Suite("Snapshots")
struct SnapshotTests {
    @Test("What is written and loaded is the same, in slices and pieces of any size", arguments: [
        (1 as UInt64, 1, 1), (2, 100, 7), (3, 5000, 333), (4, .max, 65_536), (5, 1, .max), (6, 1000, 1000),
    ])
    func roundTrip(seed: UInt64, budget: Int, pieces: Int) throws {
        let source = NodeDialogue()
        fill(source, seed: seed)
        let bytes = source.snapshot(budget: budget)
        let target = NodeDialogue()
        _ = target.send("SET", "old", "data")
        let loaded = try #require(try target.load(bytes + [1, 2, 3], pieces: pieces))
        let content = source.content()
        #expect(content.count > 100)
        #expect(target.content() == content)
        #expect(loaded.keys == content.count && loaded.streamDatabase == 3 && loaded.skippedSessions == 0)
        #expect([1, 2, 3].starts(with: loaded.rest))
        #expect(
            target.inspect { $0.execution.store.databases[0].sessions }
                == source.inspect { $0.execution.store.databases[0].sessions })
        // And once more from there.
        #expect(try keys(ofSnapshot: target.snapshot()).sorted() == keys(ofSnapshot: bytes).sorted())
    }

    @Test("Sessions go on as they were: tokens, graces, users, levels, binding, tombstones, deadlines")
    func sessions() throws {
        let source = NodeDialogue()
        let plain = source.create("USER alice DEVICE phone IDLE 600s MAX 3600s LEVEL 4 FOR 60s BIND b FIELDS 1 a 1")
        let first = source.create("USER alice IDLE 600s")
        let second = source.rotate(first, "GRACE 30s")
        let third = source.rotate(second, "GRACE 30s")
        let revoked = source.create("USER bob")
        _ = source.send("SESSREVOKE", revoked, "REASON", "logout")
        source.advance(milliseconds: 10_000)
        _ = source.send("SESSTOUCH", third)
        let target = NodeDialogue(startingAt: source.milliseconds)
        try target.load(source.snapshot())
        for token in [plain, second, third, revoked] {
            #expect(target.send("SESSGET", token) == source.send("SESSGET", token))
        }
        #expect(target.run("SESSGET \(second)")["rotated"] == 1)
        #expect(target.run("SESSGET \(first)").code == "REUSED")
        #expect(target.run("SESSCARD alice").number == 1)
        #expect(target.run("SESSGET \(plain) BIND c").code == "BINDMISMATCH")
        #expect(target.run("SESSSET \(revoked) FIELDS 1 a b").code == "REVOKED")
        #expect(target.run("SESSSET \(plain) FIELDS 1 a b").number == 2)
        target.advance(milliseconds: 590_001)
        #expect(target.run("SESSGET \(plain)") == .null)
    }

    @Test("Deadlines of sessions leave rounded up, but not beyond the absolute timeout; those of keys as they are")
    func rounding() throws {
        let source = NodeDialogue(startingAt: NodeDialogue.start + 1)
        let early = source.create("IDLE 1000 MAX 10s")
        let capped = source.create("IDLE 10s MAX 5500")
        _ = source.send("SET", "k", "v", "PX", "1500")
        let target = NodeDialogue(startingAt: source.milliseconds)
        try target.load(source.snapshot(interval: 1000))
        #expect(target.number("ttl", early) == 1999)
        #expect(target.number("ttl", capped) == 5500)
        #expect(target.send("PTTL", "k") == ":1500\r\n")
        // Rounded already: as it is.
        let again = NodeDialogue(startingAt: source.milliseconds)
        try again.load(target.snapshot(interval: 1000))
        #expect(again.number("ttl", early) == 1999)
    }

    @Test("A primary leaves out what is due, a replica does not; what leads to a session that was touched stays")
    func due() throws {
        let source = NodeDialogue()
        _ = source.send("SET", "due", "v", "PX", "100")
        _ = source.create("ID a-token-that-ends IDLE 100")
        let old = source.create("ID a-token-that-goes IDLE 100")
        let new = source.rotate(old, "GRACE 10s")
        source.skip(milliseconds: 99)
        _ = source.send("SESSTOUCH", new, "IDLE", "10s")
        source.skip(milliseconds: 1)
        _ = source.send("PING")
        let all = try keys(ofSnapshot: source.snapshot())
        #expect(all.count == 2)
        #expect(all.contains { $0.hasSuffix(":rotated") })
        source.becomeReplica()
        #expect(try keys(ofSnapshot: source.snapshot()).count == 4)
        let target = NodeDialogue(startingAt: source.milliseconds)
        try target.load(source.snapshot())
        #expect(target.run("SESSGET \(old)")["rotated"] == 1)
        // The predecessor lasts as long as the session.
        #expect(
            target.run("PEXPIRETIME __sess__:\(expectedHandle(old)):rotated").number
                == target.run("PEXPIRETIME __sess__:\(expectedHandle(new))").number)
    }

    @Test("Forms and encodings are those that the limits give")
    func encodings() throws {
        let source = NodeDialogue()
        _ = source.send("SADD", "intset", "1", "2", "70000")
        _ = source.send(["SADD", "hashtable"] + (0..<200).map { "m\($0)" })
        _ = source.send(["SADD", "integers"] + (0..<300).map { "\($0 * 1000)" })
        _ = source.send("HSET", "listpack", "a", "1")
        _ = source.send("HSET", "large", "a", String(repeating: "x", count: 65))
        _ = source.send("ZADD", "packed", "1", "a")
        _ = source.send(["ZADD", "skiplist"] + (0..<129).flatMap { ["\($0)", "m\($0)"] })
        _ = source.send("SET", "int", "12")
        let names = ["intset", "hashtable", "integers", "listpack", "large", "packed", "skiplist", "int"]
        let target = NodeDialogue()
        try target.load(source.snapshot())
        for name in names {
            #expect(target.send("OBJECT", "ENCODING", name) == source.send("OBJECT", "ENCODING", name), "\(name)")
        }
        #expect(target.send("OBJECT", "ENCODING", "integers") == bulk("intset"))
    }
}

/// Snapshots of data that changes meanwhile.
@Suite("Snapshots of changing data")
struct ChangingSnapshotTests {
    /// Keys `s…` are never touched, keys `c…` change all the time.
    private func prepare(_ stable: Int, _ changing: Int) -> NodeDialogue {
        let dialogue = NodeDialogue()
        for index in 0..<stable { _ = dialogue.send("SET", "s\(index)", "\(index)") }
        for index in 0..<changing { _ = dialogue.send("HSET", "c\(index)", "f", "\(index)") }
        return dialogue
    }

    private func check(_ bytes: [UInt8], stable: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let names = try keys(ofSnapshot: bytes)
        #expect(Set(names).count == names.count, "a key comes twice", sourceLocation: sourceLocation)
        let untouched = Set(names.filter { $0.hasPrefix("0 s") })
        #expect(untouched == Set((0..<stable).map { "0 s\($0)" }), sourceLocation: sourceLocation)
        let target = NodeDialogue()
        let loaded = try target.load(bytes)
        #expect(loaded?.keys == Int64(names.count), sourceLocation: sourceLocation)
        for index in stride(from: 0, to: stable, by: 17) {
            #expect(target.send("GET", "s\(index)") == bulk("\(index)"), sourceLocation: sourceLocation)
        }
    }

    @Test("Tables that grow and shrink between slices, keys that go and come back", arguments: 0..<12 as Range<UInt64>)
    func changes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let stable = [0, 5, 60, 400][random.below(4)]
        let dialogue = prepare(stable, [0, 10, 2000][random.below(3)])
        var (next, first) = (2000, 0)
        // It grows for a while, then shrinks, and again.
        var phase = random.below(3)
        let bytes = dialogue.snapshot(budget: [1, 60, 1000][random.below(3)]) {
            if random.below(25) == 0 { phase = random.below(3) }
            for _ in 0..<(1 + random.below(20)) {
                switch phase {
                case 0:
                    for _ in 0..<4 where next < 12_000 {
                        _ = dialogue.send("SET", "c\(next)", "x")
                        next += 1
                    }
                case 1 where first < next:
                    for _ in 0..<6 where first < next {
                        _ = dialogue.send("DEL", "c\(first)")
                        first += 1
                    }
                default:
                    let key = "c\(random.below(max(next, 1)))"
                    switch random.below(4) {
                    case 0: _ = dialogue.send("DEL", key)
                    case 1: _ = dialogue.send("RENAME", key, "c\(random.below(max(next, 1)))")
                    case 2: _ = dialogue.send("SADD", key, "a", "b")
                    default:
                        _ = dialogue.send("DEL", key)
                        _ = dialogue.send("SET", key, "again", "PX", "1000000")
                    }
                }
            }
            if random.below(4) == 0 { dialogue.advance(milliseconds: 1) }
        }
        try check(bytes, stable: stable)
    }

    @Test("Databases that are emptied between slices, and filled again with the same keys", arguments: [
        "FLUSHDB", "FLUSHALL",
    ])
    func flushing(command: String) throws {
        for pause in [3, 10, 40, 100] {
            let dialogue = prepare(0, 500)
            _ = dialogue.send("SELECT", "1")
            for index in 0..<300 { _ = dialogue.send("SET", "o\(index)", "v") }
            _ = dialogue.send("SELECT", "0")
            var slices = 0
            let bytes = dialogue.snapshot(budget: 40) {
                slices += 1
                guard slices == pause else { return }
                _ = dialogue.send(command)
                for index in 0..<500 { _ = dialogue.send("SET", "c\(index)", "again") }
            }
            #expect(slices > pause)
            try check(bytes, stable: 0)
        }
    }

    @Test("Sessions that are rotated and revoked between slices: never two records of one handle")
    func sessions() throws {
        let dialogue = NodeDialogue()
        var tokens = (0..<300).map { _ in dialogue.create("USER u IDLE 600s") }
        var random = SplitMix64(seed: 5)
        let bytes = dialogue.snapshot(budget: 200) {
            let index = random.below(tokens.count)
            switch random.below(4) {
            case 0: tokens[index] = dialogue.rotate(tokens[index], "GRACE 10s")
            case 1:
                _ = dialogue.send("SESSREVOKE", tokens[index])
                tokens[index] = dialogue.create("USER u IDLE 600s")
            default: _ = dialogue.send("SESSSET", tokens[index], "FIELDS", "1", "f", "\(random.below(1000))")
            }
        }
        let handles = try keys(ofSnapshot: bytes).map { String($0.prefix("0 __sess__:".count + 32)) }
        #expect(Set(handles).count == handles.count && handles.count > 250)
        #expect(try NodeDialogue().load(bytes)?.skippedSessions == 0)
    }

    @Test("A slice ends where its budget does, also within a bucket")
    func slices() {
        let dialogue = NodeDialogue()
        for index in 0..<1000 { _ = dialogue.send("SET", "k\(index)", String(repeating: "x", count: 1000)) }
        var writer = SnapshotWriter(
            SnapshotFacts(replicationID: "", offset: 0, streamDatabase: -1, version: "1", interval: 1))
        var largest = 0
        while !dialogue.modify({ writer.write(&$0.execution.store, budget: 3000) }) {
            largest = max(largest, writer.output.buffer.count)
            writer.output.take(writer.output.buffer.count)
        }
        #expect(largest >= 3000 && largest < 4100)
    }
}
