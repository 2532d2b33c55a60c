import Testing

@testable import SessionCore

private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal.utf8).filter { $0 > 32 }.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

private func string(_ text: String) -> [UInt8] {
    let count = text.utf8.count
    return (count < 64 ? [UInt8(count)] : [0x40 | UInt8(count >> 8), UInt8(count & 255)]) + Array(text.utf8)
}

/// An RDB stream without a checksum around what stands between head and end.
private func stream(_ body: [UInt8]) -> [UInt8] {
    Array("REDIS0010".utf8) + body + [255] + [UInt8](repeating: 0, count: 8)
}

private func auxiliary(_ name: String, _ value: String) -> [UInt8] { [250] + string(name) + string(value) }

private func deadline(_ milliseconds: Int64) -> [UInt8] {
    [252] + withUnsafeBytes(of: milliseconds.littleEndian, Array.init)
}

private func score(_ value: Double) -> [UInt8] { withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }

/// Collections without elements, in every encoding that has a place for none: the type, and what follows the key.
private let emptyCollections: [(type: UInt8, value: String)] = [
    (1, "00"), (2, "00"), (3, "00"), (4, "00"), (5, "00"), (2, "4000"), (4, "8000000000"), (5, "810000000000000000"),
    (9, "0200ff"), (10, "0b0b0000000a0000000000ff"), (11, "080200000000000000"), (11, "080800000000000000"),
    (12, "0b0b0000000a0000000000ff"), (13, "0b0b0000000a0000000000ff"), (14, "00"), (16, "07070000000000ff"),
    (17, "07070000000000ff"), (18, "00"), (20, "07070000000000ff"), (22, "00"), (24, "000000000000000000"),
    (23, "07070000000000ff"), (25, "000000000000000007070000000000ff"),
]

/// Values whose lengths, counts or elements contradict one another: the type, and what follows the key.
private let contradictions: [(type: UInt8, value: String, reason: String)] = [
    // Packed lists: shorter and longer than their heads say, no end mark, an element beyond the end, one too few.
    (16, "07080000000000ff", "a listpack, ziplist or intset is malformed"),
    (16, "06060000000000", "a listpack, ziplist or intset is malformed"),
    (16, "08080000000200f5ff", "a listpack, ziplist or intset is malformed"),
    (16, "0909000000010001 01ff", "a listpack, ziplist or intset is malformed"),
    (16, "0c0c0000000100f0ffffff7f ff", "a listpack, ziplist or intset is malformed"),
    (20, "0a0a0000000100bf6101 ff", "a listpack, ziplist or intset is malformed"),
    (17, "0d0d0000000200 816102 817802 ff", "a score is not a number"),
    (13, "0d0d0000000a000000020000f1ff", "a listpack, ziplist or intset is malformed"),
    (13, "0e0e0000000a000000020000803fff", "a listpack, ziplist or intset is malformed"),
    (11, "0802000000ffffffff", "a listpack, ziplist or intset is malformed"),
    (11, "0a0300000001000000 0100", "a listpack, ziplist or intset is malformed"),
    (11, "080000000000000000", "a listpack, ziplist or intset is malformed"),
    // The same element twice.
    (11, "0c02000000020000000100 0100", "an element of a collection comes twice"),
    (16, "0f0f0000000400 0101 0201 0101 0301 ff", "an element of a collection comes twice"),
    (20, "0b0b0000000200 0101 0101 ff", "an element of a collection comes twice"),
    (17, "0f0f0000000400 0101 0201 0101 0301 ff", "an element of a collection comes twice"),
    // Strings whose lengths make no sense.
    (0, "81ffffffffffffffff", "a string of 9223372036854775807 bytes is longer than allowed"),
    (0, "817fffffffffffffff", "a string of 9223372036854775807 bytes is longer than allowed"),
    (0, "82", "a length is malformed or out of range"), (0, "c4", "a length is malformed or out of range"),
    (0, "c3 817fffffffffffffff 01", "a compressed string is malformed"),
    (0, "c3 01 8020000001 00", "a string of 536870913 bytes is longer than allowed"),
    (0, "c3 04 0a 20002000", "a compressed string is malformed"),
    (0, "c3 03 05 e0ffff", "a compressed string is malformed"),
    (4, "81ffffffffffffffff", "a length is malformed or out of range"),
    (4, "c0", "a length is malformed or out of range"),
    (5, "01 0161 000000000000f87f", "a score is not a number"),
]

@Suite("Snapshots with bad intent")
struct HostileSnapshotTests {
    /// What loading counts (keys, passed over, sessions passed over), or the error.
    private func load(_ bytes: [UInt8], pieces: Int = .max) -> (String, NodeDialogue) {
        let dialogue = NodeDialogue()
        do throws(RDBError) {
            guard let loaded = try dialogue.load(bytes, pieces: pieces) else { return ("incomplete", dialogue) }
            return ("\(loaded.keys) \(loaded.skippedKeys) \(loaded.skippedSessions)", dialogue)
        } catch {
            return (error.text, dialogue)
        }
    }

    @Test("A collection without elements is passed over, its deadline with it", arguments: emptyCollections, [1, 100])
    func empty(collection: (type: UInt8, value: String), pieces: Int) {
        var body = deadline(1_000_000_000_001)
        body += [248, 5, collection.type] + string("k") + bytes(collection.value)
        body += [0] + string("z") + string("1")
        let (text, node) = load(stream(body), pieces: pieces)
        #expect(text == "1 0 0", "type \(collection.type)")
        #expect(node.readEverything() == [])
        #expect(node.reply("EXISTS", "k") == 0 && node.reply("PTTL", "z") == -1)
        node.advance(milliseconds: 10)
        #expect(node.reply("DBSIZE") == 1)
        // What it would have been may be made under its key.
        #expect(node.reply("HSET", "k", "f", "v") == 1)
    }

    @Test("Under a session's key too")
    func emptyReserved() {
        let handle = "0123456789abcdef0123456789abcdef"
        for (type, value) in emptyCollections {
            let body: [UInt8] = [type] + string("__sess__:\(handle)") + bytes(value)
            #expect(load(stream(body)).0 == "0 0 0")
        }
    }

    @Test("Lengths, counts and elements that contradict one another", arguments: contradictions)
    func contradiction(type: UInt8, value: String, reason: String) {
        for pieces in [1, 1000] {
            let (text, node) = load(stream([type] + string("k") + bytes(value)), pieces: pieces)
            #expect(text.hasSuffix(": \(reason)"), "type \(type) \(value): \(text)")
            #expect(node.reply("DBSIZE") == 0)
        }
    }

    @Test("A list that is not held stays an error where it has elements", arguments: [
        (1, "01 0161"), (10, "0d0d0000000a000000010000f1ff"), (14, "01 0b0b0000000a0000000000ff"), (9, "0401016101"),
        (18, "01 02 07070000000000ff"),
    ] as [(UInt8, String)])
    func notEmpty(type: UInt8, value: String) {
        #expect(load(stream([type] + string("k") + bytes(value))).0.contains("a type that is not supported"))
    }

    @Test("The database of the stream that follows", arguments: [
        ("0", "0"), ("15", "15"), ("-1", "-1"), ("-9223372036854775808", "-1"), ("x", "-1"), ("", "-1"),
        ("16", "database 16"), ("9999", "database 9999"), ("9223372036854775807", "database 9223372036854775807"),
        ("9223372036854775808", "-1"),
    ])
    func streamDatabase(value: String, result: String) throws {
        let node = NodeDialogue()
        do throws(RDBError) {
            let loaded = try node.load(stream(auxiliary("repl-stream-db", value)))
            #expect("\(loaded?.streamDatabase ?? -2)" == result)
        } catch {
            #expect(error.text.contains("it names \(result), which does not exist here: raise 'databases'"))
        }
    }

    @Test("Deadlines at the ends of their range", arguments: [
        .min, -2, -1, 0, 1, 999_999_999_999, 1_000_000_000_000, 1 << 48 - 1, 1 << 48, .max - 1, .max,
    ] as [Int64])
    func deadlines(value: Int64) throws {
        let handle = "0123456789abcdef0123456789abcdef"
        let session = "@created 5 @seen 281474976710655 @idle 3155760000000 @version 4294967295 @user a @max 1"
        let words = session.split(separator: " ").map(String.init)
        var body: [UInt8] = deadline(value) + [0] + string("s") + string("v")
        body += deadline(value) + [4] + string("h") + [1] + string("a") + string("1")
        body += deadline(value) + [4] + string("__sess__:\(handle)") + [UInt8(words.count / 2)] + words.flatMap(string)
        body += deadline(value) + [0] + string("__sess__:\(handle.reversedText):revoked") + string("r")
        let (text, node) = load(stream(body))
        #expect(text.hasSuffix(value == -1 ? " 0 1" : " 0 0"), "\(text)")
        #expect(node.readEverything() == [])
        _ = try keys(ofSnapshot: node.snapshot())
        // As a replica, and after it was promoted.
        node.becomeReplica()
        #expect(node.readEverything() == [])
        node.becomeReplica(false)
        node.advance(milliseconds: 1000)
        node.advance(milliseconds: 1 << 50)
        #expect(node.readEverything() == [])
    }

    @Test("Scores of every kind", arguments: [
        .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 9_007_199_254_740_992,
    ] as [Double])
    func scores(value: Double) {
        let body: [UInt8] = [5] + string("k") + [2] + string("a")
        let (text, node) = load(stream(body + score(value) + string("b") + score(1)))
        #expect(text == "1 0 0" && node.readEverything() == [])
    }

    @Test("A session whose fields come twice is none", arguments: [
        "@user u @user u", "@device d @device d", "@seen 5", "a 1 b 2 a 3", " @previous x", "@bind y",
    ])
    func duplicatesInSessions(fields: String) {
        let words = ("@created 5 @seen 5 @idle 1000 @version 1 " + fields).split(separator: " ").map(String.init)
        var body: [UInt8] = [4] + string("__sess__:0123456789abcdef0123456789abcdef")
        body += [UInt8(words.count / 2)] + words.flatMap(string)
        #expect(load(stream(body)).0 == "0 0 1")
    }

    @Test("Metadata as long as it may be, and longer")
    func lengthsInSessions() {
        for (name, limit) in [("@user", Limits.user), ("@device", Limits.device), ("f", 4000)] {
            for (length, isSession) in [(limit, true), (limit + 1, name == "f")] {
                let words = ["@created", "5", "@seen", "5", "@idle", "1000", "@version", "1"]
                var body: [UInt8] = [4] + string("__sess__:0123456789abcdef0123456789abcdef") + [5]
                body += words.flatMap(string) + string(name) + string(String(repeating: "u", count: length))
                let (text, node) = load(stream(body))
                #expect(text == (isSession ? "1 0 0" : "0 0 1"), "\(name) of \(length)")
                #expect(node.readEverything(member: String(repeating: "u", count: limit)) == [])
            }
        }
    }

    /// Large enough to get a table before its end.
    @Test("Collections under a session's key touch no other key")
    func collectionsUnderReservedKeys() {
        let members = (0..<300).map { string("member\($0)") }
        for type in [2, 5] as [UInt8] {
            var body: [UInt8] = [0] + string("before") + string("v") + [type]
            body += string("__sess__:0123456789abcdef0123456789abcdef") + [0x41, 0x2C]
            for member in members { body += type == 2 ? member : member + score(1) }
            let (text, node) = load(stream(body))
            #expect(text == "1 0 1")
            #expect(node.reply("DBSIZE") == 1 && node.reply("GET", "before") == "v")
            #expect(node.reply("DEL", "before") == 1 && node.reply("EXISTS", "before") == 0)
        }
    }

    /// How long 5,000 pieces of a string take behind one of so many bytes.
    private func dripTime(behind bytes: Int) throws -> Duration {
        var reader = RDBReader()
        reader.append(Array("REDIS0010".utf8).span.bytes)
        let head = [250, 0x80] + withUnsafeBytes(of: UInt32(bytes).bigEndian, Array.init)
        reader.append((head + [UInt8](repeating: 97, count: bytes) + [0x53, 0x88]).span.bytes)
        let piece: [UInt8] = [98]
        var units: [RDBUnit] = []
        let time = try ContinuousClock().measure {
            for _ in 0..<5000 {
                let unit = try reader.next()
                if unit != .needsMore { units.append(unit) }
                reader.append(piece.span.bytes)
            }
        }
        #expect(units.isEmpty)
        #expect(try reader.next() == .auxiliary)
        #expect(reader.first.count == bytes && reader.second.count == 5000)
        return time
    }

    /// Each piece of the second string had the first one copied anew: 40 GB here.
    @Test("A long string is copied once, however slowly the one behind it comes")
    func drips() throws {
        let (short, long) = try (dripTime(behind: 8), dripTime(behind: 8 << 20))
        #expect(long < short * 20 + .milliseconds(500), "\(short) and \(long)")
    }
}

extension String {
    fileprivate var reversedText: String { String(reversed()) }
}
