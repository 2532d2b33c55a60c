import Testing

@testable import SessionCore

/// An RDB stream taken apart, one line a key: `database type key [deadline] = content`.
private func read(_ bytes: [UInt8], pieces: Int = .max) throws -> [String] {
    var reader = RDBReader()
    var lines: [String] = []
    var (database, content) = (0, [String]())
    var position = 0
    while true {
        switch try reader.next() {
        case .needsMore:
            guard position < bytes.count else { throw Incomplete(lines: lines) }
            let count = min(pieces, bytes.count - position)
            reader.append(bytes.span.bytes.slice(position, count))
            position += count
        case .auxiliary, .sizes, .skipped, .empty: break
        case .database(let index): database = index
        case .key(let type, let deadline):
            lines.append("\(database) \(type) \(reader.first.bytes.text)" + (deadline.map { " \($0)" } ?? ""))
        case .string: content.append(reader.second.bytes.text)
        case .field: content.append("\(reader.first.bytes.text):\(reader.second.bytes.text)")
        case .member: content.append(reader.first.bytes.text)
        case .scored(let score): content.append("\(reader.first.bytes.text):\(score)")
        case .endOfKey:
            lines[lines.count - 1] += " = " + content.sorted().joined(separator: " ")
            content = []
        case .end: return lines.sorted()
        }
    }
}

private struct Incomplete: Error { let lines: [String] }

private func bytes(hexadecimal text: String) -> [UInt8] {
    let digits = Array(text.utf8).filter { $0 > 32 }.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// `SAVE` of redis-server 7.0.15: every encoding it has for the types we hold. Made with `hash-max-listpack-entries 4`,
/// `zset-max-listpack-entries 4` and `set-max-intset-entries 6`.
private let saved = bytes(hexadecimal: """
    524544495330303130fa0972656469732d76657206372e302e3135fa0a72656469732d62697473c040fa056374696d65c28a
    8e016bfa08757365642d6d656dc250e50f00fa08616f662d62617365c000fe00fb1001100168222200000008008161020101
    8162028374776f04816302ded402816402f270110104ff0003693332c2c01dfefffc7bd8c32cbb030000000365787001760b
    0473693634180800000002000000010000000000000000f2052a0100000010026833c32640600b600000000600816602e040
    78e036000942816702f400f2052a0120530709816802d00002ff00036936340d313233343536373839303132330001730568
    656c6c6f0b0273690e020000000300000001000200030011017a25250000000800816202842d696e660581610283312e3504
    816402030181630283696e6604ff0b047369333214040000000300000090eefeff01000000701101000003693136c1d20400
    036c7a66c30e41680361626361e0ff02e1510701626300026938c0f905027a32050165000000000000144001640000000000
    00114001630000000000000840016200000000000000400161000000000000f03f02027373030162c0030161040268320501
    63c0030165c0050164c0040162c0020161c001fe03fb010000056f74686572026462ffb22a56a22d00ba87
    """)

private let savedContent = [
    "0 hash h = a:1 b:two c:-300 d:70000",
    "0 hash h2 = a:1 b:2 c:3 d:4 e:5",
    "0 hash h3 = f:\(String(repeating: "x", count: 64)) g:5000000000 h:-4096",
    "0 set si = 1 2 3",
    "0 set si32 = -70000 1 70000",
    "0 set si64 = 1 5000000000",
    "0 set ss = 3 a b",
    "0 sortedSet z = a:1.5 b:-inf c:inf d:3.0",
    "0 sortedSet z2 = a:1.0 b:2.0 c:3.0 d:4.25 e:5.0",
    "0 string exp 4102444800123 = v",
    "0 string i16 = 1234",
    "0 string i32 = -123456",
    "0 string i64 = 1234567890123",
    "0 string i8 = -7",
    "0 string lzf = \(String(repeating: "abcabcabc", count: 40))",
    "0 string s = hello",
    "3 string other = db",
]

@Suite("RDB")
struct RDBTests {
    @Test("What redis-server saved, in pieces of any size", arguments: [1, 2, 3, 7, 64, 1000])
    func reading(pieces: Int) throws {
        #expect(try read(saved, pieces: pieces) == savedContent)
    }

    @Test("A stream that ends early is incomplete, wherever it ends")
    func truncation() {
        for count in 0..<saved.count {
            #expect(throws: Incomplete.self, "\(count) bytes") { try read(Array(saved[..<count])) }
        }
    }

    @Test("A changed byte is noticed: the checksum is over everything")
    func corruption() {
        for index in saved.indices {
            for change in [0x01, 0x80, 0xFF] as [UInt8] {
                var changed = saved
                changed[index] ^= change
                #expect(throws: (any Error).self, "byte \(index) ^ \(change)") { try read(changed) }
            }
        }
    }

    @Test("Random damage without a checksum never gets out of bounds", arguments: 0..<40 as Range<UInt64>)
    func damage(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var changed = Array(saved.dropLast(8)) + [UInt8](repeating: 0, count: 8)
            for _ in 0..<(1 + random.below(4)) {
                changed[9 + random.below(changed.count - 9)] = UInt8.random(in: .min ... .max, using: &random)
            }
            // Only that it returns matters.
            _ = try? read(changed, pieces: 1 + random.below(100))
        }
    }

    @Test("Lists, streams and newer versions are refused by name", arguments: [
        ("REDIS0010\u{01}\u{01}k\u{01}",
            "RDB at byte 9: it holds a list in database 0, behind 0 keys: a type that is not supported"),
        ("REDIS0010\u{0F}\u{01}k",
            "RDB at byte 9: it holds a stream in database 0, behind 0 keys: a type that is not supported"),
        ("REDIS0099", "RDB at byte 0: its version 99 is newer than 12"),
        ("RESP30010", "RDB at byte 0: it does not begin with REDIS and a version"),
    ])
    func refusals(stream: String, text: String) {
        let error = #expect(throws: RDBError.self) { try read(Array(stream.utf8)) }
        #expect(error?.text == text)
    }

    @Test("Ziplists of Redis 6: all kinds of integers and texts")
    func ziplist() throws {
        let text = [UInt8](repeating: 0x79, count: 70)
        let entries: [[UInt8]] = [
            [0, 0x01, 0x61], [3, 0xF5], [2, 0x01, 0x62], [3, 0xFE, 0x80], [3, 0x01, 0x63], [3, 0xC0, 0x00, 0x80],
            [4, 0x01, 0x64], [3, 0xF0, 0x00, 0x00, 0x80], [5, 0x01, 0x65], [3, 0xD0, 0x00, 0x00, 0x00, 0x80],
            [6, 0x01, 0x66], [3, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0x80], [10, 0x01, 0x67], [3, 0x40, 70] + text,
            [73, 0x01, 0x68], [3, 0x80, 0, 0, 0, 1, 0x7A],
        ]
        let body = entries.flatMap { $0 }
        let total = UInt32(10 + body.count + 1)
        let head = withUnsafeBytes(of: total.littleEndian, Array.init) + [0, 0, 0, 0, UInt8(entries.count), 0]
        let list = head + body + [0xFF]
        let stream = Array("REDIS0009".utf8) + [13, 1, 0x6B, 0x40, UInt8(list.count)] + list + [255]
        #expect(try read(stream + [UInt8](repeating: 0, count: 8)) == [
            "0 hash k = a:4 b:-128 c:-32768 d:-8388608 e:-2147483648 f:-9223372036854775808 "
                + "g:\(String(repeating: "y", count: 70)) h:z"
        ])
    }

    @Test("What is written is read again") func roundTrip() throws {
        var writer = RDBWriter()
        writer.begin()
        writer.auxiliary("redis-ver", ("7.0.15" as StaticString).bytes)
        writer.database(2)
        writer.sizes(keys: 4, expiring: 1)
        writer.key(.string, ("s" as StaticString).bytes, deadline: 1_000_000_000_123)
        let long = [UInt8](repeating: 0x41, count: 70_000)
        writer.string(long.span.bytes)
        writer.take(100)
        let head = writer.buffer.count
        writer.key(.hash, ("h" as StaticString).bytes, deadline: nil)
        writer.length(1)
        writer.string(("f" as StaticString).bytes)
        writer.string(("v" as StaticString).bytes)
        writer.key(.set, ("m" as StaticString).bytes, deadline: nil)
        writer.length(1)
        writer.string(("x" as StaticString).bytes)
        writer.key(.sortedSet, ("z" as StaticString).bytes, deadline: nil)
        writer.length(1)
        writer.string(("y" as StaticString).bytes)
        writer.score(-0.5)
        writer.end()
        #expect(writer.buffer.count > head)
        // What was taken is written again, to have the stream as a whole.
        var again = RDBWriter()
        again.begin()
        again.auxiliary("redis-ver", ("7.0.15" as StaticString).bytes)
        again.database(2)
        again.sizes(keys: 4, expiring: 1)
        again.key(.string, ("s" as StaticString).bytes, deadline: 1_000_000_000_123)
        again.string(long.span.bytes)
        let stream = Array(again.buffer.bytes.array.prefix(100)) + writer.buffer.bytes.array
        #expect(try read(stream, pieces: 1000) == [
            "2 hash h = f:v", "2 set m = x", "2 sortedSet z = y:-0.5",
            "2 string s 1000000000123 = \(String(repeating: "A", count: 70_000))",
        ])
    }

    @Test("CRC-64 of the variant that Redis uses, in one piece and in several")
    func checksum() {
        let crc = CRC64()
        #expect(crc.adding(("123456789" as StaticString).bytes, to: 0) == 0xE9C6_D914_C4B8_D9CA)
        let pieces: [StaticString] = ["1", "2345678", "9"]
        #expect(pieces.reduce(0) { crc.adding($1.bytes, to: $0) } == 0xE9C6_D914_C4B8_D9CA)
    }
}
