import Testing

@testable import SessionCore

/// How sets are kept, and that generic commands work with every form.
@Suite struct SetFormTests {
    /// Integers leave their form at the limit and not before, and never come back.
    @Test func conversionByCount() {
        let dialogue = NodeDialogue()
        for index in 0..<512 { dialogue.expect("SADD", "s", "\(index * 7)", gives: ":1\r\n") }
        dialogue.expect([
            ("OBJECT ENCODING s", "$6\r\nintset"), ("SADD s 7", ":0"), ("OBJECT ENCODING s", "$6\r\nintset"),
        ])
        #expect(dialogue.kind(of: "s") == .packedSet)
        dialogue.expect([("SADD s 1", ":1"), ("OBJECT ENCODING s", "$9\r\nhashtable"), ("SCARD s", ":513")])
        #expect(dialogue.kind(of: "s") == .tableSet)
        for index in 1..<512 { dialogue.expect("SREM", "s", "\(index * 7)", gives: ":1\r\n") }
        dialogue.expect([("OBJECT ENCODING s", "$9\r\nhashtable"), ("SREM s 0", ":1"), ("SMEMBERS s", "*1\r\n$1\r\n1")])
        dialogue.expect([
            ("SREM s 1", ":1"), ("EXISTS s", ":0"), ("SADD s 1", ":1"), ("OBJECT ENCODING s", "$6\r\nintset"),
        ])
    }

    @Test func conversionByMember() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("SADD s 1 2", ":2"), ("SADD s x", ":1"), ("OBJECT ENCODING s", "$9\r\nhashtable"), ("SREM s x", ":1"),
            ("OBJECT ENCODING s", "$9\r\nhashtable"), ("SADD t x", ":1"), ("SADD t 1", ":1"), ("SREM t x", ":1"),
            ("OBJECT ENCODING t", "$9\r\nhashtable"), ("CONFIG SET set-max-intset-entries 0", "+OK"),
            ("SADD u 1", ":1"), ("OBJECT ENCODING u", "$9\r\nhashtable"), ("SMEMBERS u", "*1\r\n$1\r\n1"),
        ])
        #expect(dialogue.kind(of: "s") == .packedSet && dialogue.kind(of: "u") == .packedSet)
    }

    /// Redis builds the set anew where a fifth or less is left.
    @Test func popMakesIntegersAgain() {
        let dialogue = NodeDialogue()
        for (size, count, encoding) in [(600, 500, "intset"), (600, 499, "hashtable"), (60, 50, "intset")] {
            _ = dialogue.send("DEL", "s")
            _ = dialogue.send("SADD", "s", "x")
            _ = dialogue.send(["SADD", "s"] + (0..<size).map(String.init))
            _ = dialogue.send("SREM", "s", "x")
            dialogue.expect("OBJECT", "ENCODING", "s", gives: bulk("hashtable"))
            #expect(dialogue.list("SPOP", "s", "\(count)").count == count)
            dialogue.expect("OBJECT", "ENCODING", "s", gives: bulk(encoding))
            dialogue.expect("SCARD", "s", gives: ":\(size - count)\r\n")
            let left = dialogue.list("SMEMBERS", "s").compactMap(Int.init)
            #expect(left.count == size - count)
            if encoding == "intset" { #expect(left == left.sorted()) }
        }
    }

    @Test func conversionToTable() {
        let dialogue = NodeDialogue()
        for index in 0..<Limits.packedMembers { _ = dialogue.send("SADD", "s", "m\(index)") }
        #expect(dialogue.kind(of: "s") == .packedSet)
        _ = dialogue.send("SADD", "s", "one more")
        #expect(dialogue.kind(of: "s") == .tableSet)
        dialogue.expect("SCARD", "s", gives: ":\(Limits.packedMembers + 1)\r\n")
        // Long members, and sets born large.
        _ = dialogue.send("SADD", "t", "short", String(repeating: "x", count: Limits.packedSet))
        #expect(dialogue.kind(of: "t") == .tableSet)
        _ = dialogue.send("SADD", "u", "short")
        _ = dialogue.send("SADD", "u", String(repeating: "x", count: Limits.packedSet))
        #expect(dialogue.kind(of: "u") == .tableSet)
        _ = dialogue.send(["SADD", "v"] + (0..<300).map { "m\($0)" })
        #expect(dialogue.kind(of: "v") == .tableSet && dialogue.list("SMEMBERS", "v").count == 300)
        dialogue.expect("SMISMEMBER", "u", "short", "other", gives: "*2\r\n:1\r\n:0\r\n")
    }

    @Test func smallSetsTakeLittle() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SADD", "numbers", "1", "2", "3", "100")
        _ = dialogue.send("SADD", "tokens", "0123456789abcdef0123456789abcdef", "f123456789abcdef0123456789abcdef")
        // Head 12, key 7, width 1, a byte each; head 12, key 6, 33 bytes each.
        dialogue.expect([("MEMORY USAGE numbers", ":32"), ("MEMORY USAGE tokens", ":96")])
        _ = dialogue.send(["SADD", "large"] + (0..<1000).map { "member \($0)" })
        let usage = WireReply.all(in: dialogue.sendBytes(["MEMORY", "USAGE", "large"].map { Array($0.utf8) }))[0].number
        #expect((32_000..<60_000).contains(usage ?? 0))
    }

    @Test(arguments: SetCommandTests.forms) func genericCommands(_ members: [String]) {
        let dialogue = NodeDialogue()
        _ = dialogue.send(["SADD", "s"] + members)
        let sorted = members.sorted()
        let used = dialogue.usedBytes
        func check(_ key: String) { #expect(dialogue.list("SMEMBERS", key).sorted() == sorted, "\(key)") }
        dialogue.expect([("COPY s c", ":1")])
        check("c")
        _ = dialogue.send("SREM", "c", members[0])
        check("s")
        dialogue.expect([("RENAME s r", "+OK"), ("EXPIRE r 100", ":1"), ("TTL r", ":100")])
        check("r")
        dialogue.expect([("PERSIST r", ":1"), ("MOVE r 1", ":1"), ("SELECT 1", "+OK")])
        check("r")
        dialogue.expect([
            ("SCAN 0 TYPE set", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nr"), ("SCAN 0 TYPE hash", "*2\r\n$1\r\n0\r\n*0"),
            ("TYPE r", "+set"), ("MOVE r 0", ":1"), ("SELECT 0", "+OK"), ("DEL c", ":1"), ("RENAME r s", "+OK"),
        ])
        check("s")
        #expect(abs(dialogue.usedBytes - used) < 512)
        _ = dialogue.send("SADD", "other", "kept")
        dialogue.expect([("PEXPIRE s 10", ":1")])
        dialogue.advance(milliseconds: 20)
        dialogue.expect([("EXISTS s", ":0"), ("SELECT 1", "+OK")])
        _ = dialogue.send(["SADD", "s"] + members)
        dialogue.expect([
            ("FLUSHDB", "+OK"), ("DBSIZE", ":0"), ("SELECT 0", "+OK"), ("SMEMBERS other", "*1\r\n$4\r\nkept"),
        ])
        _ = dialogue.send("DEL", "other")
        #expect(dialogue.usedBytes < 2048)
    }

    @Test func setsAreEvicted() {
        var configuration = Configuration()
        configuration.maxMemory = 400_000
        configuration.maxMemoryPolicy = .allKeysLRU
        let dialogue = NodeDialogue(configuration)
        for index in 0..<50 { _ = dialogue.send(["SADD", "s\(index)"] + (0..<400).map { "member \($0)" }) }
        #expect(dialogue.inspect { $0.execution.store.statistics.evicted } > 10)
        #expect(dialogue.usedBytes < 500_000)
    }

    /// Random changes against a model: every form, integers of every width, members of every length class.
    @Test(arguments: [0, 16, 512]) func sameAsModel(_ limit: Int) {
        var configuration = Configuration()
        configuration.setMaxIntsetEntries = limit
        let dialogue = NodeDialogue(configuration)
        var random = SplitMix64(seed: UInt64(limit) + 9)
        let widths: [Int64] = [1, 100, 30_000, 2_000_000_000, 9_000_000_000_000_000_000]
        for round in 0..<12 {
            var model: Set<String> = []
            for step in 0..<400 {
                let number = Int64(bitPattern: random.next()) % widths[Int(random.next() % UInt64(round % 5 + 1))]
                let length = [0, 1, 126, 127, 128, 200][Int(random.next() % 6)]
                let text = String(repeating: "x", count: length) + "\(number % 8)"
                let member = round % 3 == 2 && random.next() % 3 == 0 ? text : "\(number)"
                if random.next() % 4 == 0, let gone = model.randomElement(using: &random) {
                    dialogue.expect("SREM", "s", gone, gives: ":1\r\n")
                    model.remove(gone)
                } else {
                    dialogue.expect("SADD", "s", member, gives: model.insert(member).inserted ? ":1\r\n" : ":0\r\n")
                }
                if step % 50 == 0 {
                    #expect(Set(dialogue.list("SMEMBERS", "s")) == model)
                    dialogue.expect("SCARD", "s", gives: ":\(model.count)\r\n")
                }
            }
            for member in model { dialogue.expect("SISMEMBER", "s", member, gives: ":1\r\n") }
            _ = dialogue.send("DEL", "s")
            #expect(dialogue.usedBytes < 1024)
        }
    }
}
