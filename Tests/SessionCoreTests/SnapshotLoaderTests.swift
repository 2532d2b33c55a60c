import Testing

@testable import SessionCore

private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal.utf8).filter { $0 > 32 }.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// An RDB stream without a checksum around what stands between head and end.
private func stream(_ body: [UInt8]) -> [UInt8] {
    Array("REDIS0010".utf8) + body + [255] + [UInt8](repeating: 0, count: 8)
}

private func string(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

/// A value as `DUMP` of redis-server 7.0.15 gives it, under a key: without version and checksum.
private func dumped(_ key: String, _ hexadecimal: String) -> [UInt8] {
    let value = bytes(hexadecimal)
    return [value[0]] + string(key) + value.dropFirst().dropLast(10)
}

/// A list in three listpacks and a plain node.
private let list = """
    1204020d0d0000000200816102816202ff020d0d0000000200816302816402ff020e0e0000000200816502f1393003ff02c3
    14413708370100000100e12c78e0ff00e01a000202aeff0a00a81a743e2cff9c60
    """

/// A stream with two groups, two consumers and entries that wait for them.
private let log = """
    13011000000000000000010000000000000001c33e404512450000001a000201010102018166028167020020090000200106
    8176028177020520190001200d0001401d048276320306200c4020a0100033201000ff020301010102010302026731030103
    0300000000000000010000000000000001eae7c4fea10100000100000000000000020000000000000001eae7c4fea1010000
    0100000000000000030000000000000001eee7c4fea10100000102026331eae7c4fea1010000020000000000000001000000
    000000000100000000000000020000000000000001026332eee7c4fea1010000010000000000000003000000000000000102
    6732030181ffffffffffffffff00000a006fefa4daacbe1f7d
    """

/// A value of a module with one element of each kind.
private let moduleValue = bytes(
    "07 016d 810102030405060708 018000000009 0205 0301020304 040102030405060708 050474657874 00")

private let moduleAuxiliary = bytes("f7 810102030405060708 02 01 050474657874 00")

/// Values of types that are not held, with the names of the types.
private let unsupportedValues: [(value: [UInt8], name: String)] = [
    (dumped("l", list), "list"),
    (dumped("s", log), "stream"),
    (moduleValue, "module's value"),
    (moduleAuxiliary, "module's value"),
    (bytes("01 016b 02 0161 0162"), "list"),
    (bytes("03 016b 03 0161 fd 0162 fe 0163 023132"), "sorted set in the form of Redis before 4.0"),
    (bytes("18 016b 0102030405060708 01 00 0166 0176"), "hash whose fields expire"),
]

/// Bodies that cannot be, and what is said of them.
private let impossible: [(body: [UInt8], reason: String)] = [
    ([0xFE, 16], "it names database 16, which does not exist here: raise 'databases'"),
    (bytes("00 016b 0131 00 016b 0132"), "a key comes twice"),
    (bytes("04 016b 02 0166 0131 0166 0132"), "an element of a collection comes twice"),
    (bytes("02 016b 02 0131 0131"), "an element of a collection comes twice"),
    (bytes("02 016b 03 0161 0162 0161"), "an element of a collection comes twice"),
    (bytes("05 016b 02 0161 0000000000000000 0161 0000000000000000"), "an element of a collection comes twice"),
    (bytes("00 8000010000") + [UInt8](repeating: 0x61, count: 65_538), "a key of 65536 bytes is longer than 65535"),
    (bytes("00 016b 8020000001"), "a string of 536870913 bytes is longer than allowed"),
    (bytes("00 016b c3 04 801f000000 01020304"), "a compressed string is malformed"),
    (bytes("63 016b"), "unknown type or opcode 99"),
]

@Suite("Loading snapshots")
struct SnapshotLoaderTests {
    private func load(_ bytes: [UInt8], skip: Bool = false, pieces: Int = .max) -> (String, NodeDialogue) {
        let dialogue = NodeDialogue()
        if skip { _ = dialogue.send("CONFIG", "SET", "replica-unsupported-types", "skip") }
        _ = dialogue.send("SET", "old", "data")
        do throws(RDBError) {
            guard let loaded = try dialogue.load(bytes, pieces: pieces) else { return ("incomplete", dialogue) }
            return ("\(loaded.keys) \(loaded.skippedKeys) \(loaded.skippedSessions)", dialogue)
        } catch {
            #expect(dialogue.send("GET", "old") == bulk("data"))
            return (error.text, dialogue)
        }
    }

    @Test("Types that are not held are refused by name, or passed over", arguments: unsupportedValues)
    func unsupported(value: [UInt8], name: String) {
        let around = stream(bytes("fe02 00 0161 0131") + value + bytes("fcffff000000000001 00 017a 0132"))
        #expect(
            load(around).0
                == "RDB at byte 16: it holds a \(name) in database 2, behind 1 keys: a type that is not supported")
        for pieces in [1, 5, 1000] {
            let (text, dialogue) = load(around, skip: true, pieces: pieces)
            let skipped = value[0] == 247 ? 0 : 1
            #expect(text == "2 \(skipped) 0")
            _ = dialogue.send("SELECT", "2")
            #expect(dialogue.send("GET", "z") == bulk("2"))
        }
        // Every beginning of it is incomplete.
        for count in 9..<(around.count - 8) {
            #expect(load(Array(around[..<count]), skip: true).0 == "incomplete")
        }
    }

    @Test("Old values of modules cannot be passed over")
    func oldModule() {
        #expect(load(stream([6] + string("k") + [1, 2, 3]), skip: true).0.contains("module's value"))
    }

    @Test("What cannot be is refused", arguments: impossible)
    func refusals(body: [UInt8], reason: String) {
        let text = load(stream(body)).0
        #expect(text.hasPrefix("RDB at byte ") && text.hasSuffix(": \(reason)"), "\(text)")
    }

    @Test("What does not fit is an error")
    func memory() {
        var store = Store(databases: 1, seed: (1, 2), now: 0)
        var loader = SnapshotLoader(Configuration(), memoryLimit: 1 << 20)
        let value = [UInt8](repeating: 0x61, count: 16_000)
        let error = #expect(throws: RDBError.self) {
            try loader.receive(Array("REDIS0009".utf8).span.bytes, into: &store)
            for index in 10..<99 {
                let key: [UInt8] = [0] + string("k\(index)") + [0x7E, 0x80] + value
                try loader.receive(key.span.bytes, into: &store)
            }
        }
        #expect(error?.reason == .outOfMemory && store.heap.usedBytes <= 1 << 20)
    }

    @Test("Under reserved keys only sessions and what belongs to them are taken over", arguments: [
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 5 @seen 5 @idle 1000 @version 1", true),
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 5 @seen 5 @idle 1000 @version 1 @later x a b", true),
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 5 @seen 5 @idle 1000", false),
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 5 @seen 5 @idle 0 @version 1", false),
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 5 @seen 5 @idle 1 @version 4294967296", false),
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 281474976710656 @seen 5 @idle 1 @version 1", false),
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 5 @seen 05 @idle 1 @version 1", false),
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 5 @seen 5 @idle 1 @version 1 @bind xyz", false),
        ("__sess__:0123456789abcdef0123456789abcdef", "@created 5 @seen 5 @idle 1 @version 1 @level 256", false),
        ("__sess__:0123456789ABCDEF0123456789abcdef", "@created 5 @seen 5 @idle 1000 @version 1", false),
        ("__sess__:x", "@created 5 @seen 5 @idle 1000 @version 1", false),
        ("__sess__:0123456789abcdef0123456789abcdef:revoked", "@created 5 @seen 5 @idle 1000 @version 1", false),
    ])
    func reserved(key: String, fields: String, isSession: Bool) {
        let words = fields.split(separator: " ").map(String.init)
        let hash: [UInt8] = [4] + string(key) + [UInt8(words.count / 2)] + words.flatMap(string)
        #expect(load(stream(hash)).0 == (isSession ? "1 0 0" : "0 0 1"))
    }

    @Test("Tombstones and predecessors need a deadline, and the latter the right form")
    func marks() {
        let handle = "0123456789abcdef0123456789abcdef"
        let until: [UInt8] = [0xFC, 0, 0, 0, 0, 0, 1, 0, 0]
        let revoked: [UInt8] = [0] + string("__sess__:\(handle):revoked") + string("logout")
        #expect(load(stream(until + revoked)).0 == "1 0 0")
        #expect(load(stream(revoked)).0 == "0 0 1")
        for (value, isValid) in [
            ("\(handle) 5 6", true), ("\(handle) 0 6", true), ("\(handle) 5", false), ("\(handle)  5", false),
            ("\(handle) 5 x", false), ("\(handle) -5 6", false), ("x 5 6", false), ("", false),
        ] {
            let name = string("__sess__:\(handle):rotated")
            let rotated: [UInt8] = until + [0] + name + string(value)
            #expect(load(stream(rotated)).0 == (isValid ? "1 0 0" : "0 0 1"), "\(value)")
        }
    }

    @Test("Predecessors that lead round in a circle lead nowhere")
    func circle() {
        let dialogue = NodeDialogue()
        let handles = ["token number one is long", "token number two is long"].map(expectedHandle)
        for (handle, other) in [(handles[0], handles[1]), (handles[1], handles[0])] {
            dialogue.apply("SET", "__sess__:\(handle):rotated", "\(other) 5 6", "PXAT", "2000000000000")
        }
        #expect(dialogue.reply("SESSGET", "token number one is long") == .null)
        dialogue.advance(milliseconds: 1_100_000_000_000)
        #expect(dialogue.reply("DBSIZE") == 0)
    }

    @Test("Every beginning of a snapshot is incomplete, and random damage is never fatal", arguments: 0..<8)
    func damage(seed: Int) {
        let source = NodeDialogue()
        _ = source.send("SET", "k", "v", "PX", "5000")
        _ = source.send("HSET", "h", "a", "1", "b", String(repeating: "x", count: 70))
        _ = source.send("SADD", "ints", "1", "2", "70000")
        _ = source.send("SADD", "set", "a", "b")
        _ = source.send("ZADD", "z", "1", "a", "2.5", "b")
        let token = source.rotate(source.create("USER u BIND b LEVEL 2 FOR 50s FIELDS 1 a b"), "GRACE 10s")
        _ = source.send("SESSREVOKE", source.create("USER u"))
        _ = source.rotate(token)
        let written = source.snapshot()
        if seed == 0 {
            for count in 0..<written.count { #expect(load(Array(written[..<count])).0 == "incomplete") }
        }
        // Without end mark and checksum: more follows.
        let template = Array(written.dropLast(9)) + moduleAuxiliary + dumped("l", list) + dumped("s", log)
            + [255, 0, 0, 0, 0, 0, 0, 0, 0]
        var random = SplitMix64(seed: UInt64(seed))
        let target = NodeDialogue()
        _ = target.send("CONFIG", "SET", "replica-unsupported-types", "skip")
        for _ in 0..<2500 {
            var changed = template
            for _ in 0..<(1 + random.below(4)) {
                changed[9 + random.below(changed.count - 9)] = UInt8.random(in: .min ... .max, using: &random)
            }
            if (try? target.load(changed, pieces: 1 + random.below(400))) != nil, random.below(20) == 0 {
                // What was taken over can be used, and written again.
                _ = target.content()
                #expect((try? keys(ofSnapshot: target.snapshot())) != nil)
                target.advance(milliseconds: 1000)
            }
        }
    }
}
