import TestSupport

/// Random commands, valid and invalid, over few keys, so that they meet one another. The seed repeats them.
///
/// Deadlines are either long past or far in the future, and no two relative ones are close to one another: what a
/// command answers must not depend on when it arrives.
struct CommandGenerator {
    var random: SeededGenerator
    /// Members of sets that were added but once (`poppedCommand`).
    var added = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// The next command; now and then one that follows up on its predecessor.
    mutating func next() -> [Bytes] {
        var command = wellFormed()
        // Arities: too few and too many.
        switch Int.random(in: 0..<200, using: &random) {
        case 0...2: command.removeLast(min(command.count - 1, Int.random(in: 1...2, using: &random)))
        case 3...5: command.append(one(of: Self.words))
        case 6: command.append(contentsOf: [one(of: Self.words), one(of: Self.numbers)])
        case 7 where command.count > 2: command.swapAt(command.count - 1, command.count - 2)
        default: break
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: command[0] = Bytes(command[0].text.lowercased())
        case 1:
            command[0] = Bytes(
                String(command[0].text.map { Bool.random(using: &random) ? Character($0.lowercased()) : $0 }))
        default: break
        }
        return repeatable(command)
    }

    // MARK: Words

    static let keys: [Bytes] =
        ["a", "b", "c", "d", "e", "key:1", "key:2", "key:3", "user:{7}:x", "", "new\r\nline", "nul\u{0}nul"]
        + [Bytes([0xFF, 0xFE, 0x80]), Bytes((0...255).map { UInt8($0) }), Bytes(repeating: "K", count: 300)]
    private static let fields: [Bytes] = [
        "f", "g", "h", "1", "2", "", "field with blanks", "f\u{0}", Bytes([0xC3, 0x28]),
    ]
    private static let values: [Bytes] =
        [
            "v", "", "100000", "-3", "0", "hello world", "3.5", "9223372036854775806", "text\r\nwith\u{0}all", "01",
            " 1", "1e3",
        ]
        + [
            Bytes([0, 255, 10]), Bytes(repeating: "s", count: 44), Bytes(repeating: "t", count: 45),
            Bytes(repeating: "u", count: 70),
        ]
        + [Bytes(repeating: "w", count: 300)]
    static let numbers: [Bytes] = [
        "0", "1", "-1", "2", "5", "-3", "7", "10", "100", "-100", "9223372036854775807", "-9223372036854775808",
        "9223372036854775808", "-9223372036854775809", "4611686018427387904", "18446744073709551615", "+1", " 1", "1 ",
        "01",
        "-0", "1.5", "1e2", "", "abc", "0x10", "nan", "inf", "2147483648", "4294967296", "99999999999999999999999",
    ]
    private static let words: [Bytes] = [
        "NX", "XX", "GT", "LT", "EX", "PX", "GET", "KEEPTTL", "PERSIST", "REPLACE", "DB", "extra", "100000",
        "WITHVALUES", "EXAT",
    ]
    private static let patterns: [Bytes] = [
        "*", "a", "?", "key:*", "key:?", "k[a-f]y*", "[^a]", "[a-c]", "\\*", "*1", "user:{7}:*", "*\u{0}*", "", "[",
        "a*b", "**",
        "[c-a]", "\\", "*[", "[\\]]", "?*?",
    ]
    private static let floats: [Bytes] = [
        "0.5", "-1.25", "3", "1e2", "10.75", "-0", "0", "2.5e-1", "1000000", "-12.125",
    ]
    private static let brokenFloats: [Bytes] = [
        "", "abc", "1.2.3", " 1", "1 ", "nan", "0x", "1e", "--1", "1e99999", "infx",
    ]

    mutating func one<Element>(of choices: [Element]) -> Element { choices.randomElement(using: &random)! }
    mutating func key() -> Bytes { one(of: Self.keys) }
    private mutating func field() -> Bytes { one(of: Self.fields) }
    private mutating func value() -> Bytes { one(of: Self.values) }
    mutating func number() -> Bytes { one(of: Self.numbers) }
    mutating func small() -> Bytes { Bytes(Int.random(in: -8...8, using: &random)) }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    mutating func some(_ range: ClosedRange<Int>, _ make: (inout Self) -> [Bytes]) -> [Bytes] {
        (0..<Int.random(in: range, using: &random)).flatMap { _ in make(&self) }
    }

    /// Neither now nor soon.
    private static let spans = numbers.filter { Int($0.text).map { $0 <= 0 || $0 > 1_000_000 } ?? true }

    /// Seconds from now: thousands, each time another multiple; sometimes nonsense.
    private mutating func seconds() -> Bytes {
        chance(8) ? one(of: Self.spans) : Bytes(1000 * Int.random(in: 2...1_000_000, using: &random))
    }
    private mutating func milliseconds() -> Bytes {
        chance(8) ? one(of: Self.spans) : Bytes(1_000_000 * Int.random(in: 2...1_000_000, using: &random))
    }
    /// A Unix time, past or far ahead.
    private mutating func unixSeconds() -> Bytes {
        chance(8)
            ? number() : Bytes(one(of: [1, 1_000_000_000, 4_000_000_000, 4_102_444_800, 5_000_000_000, 9_000_000_000]))
    }
    private mutating func unixMilliseconds() -> Bytes {
        chance(8)
            ? number()
            : Bytes(one(of: [1, 1_000_000_000_000, 4_000_000_000_001, 4_102_444_800_500, 9_000_000_000_999]))
    }

    // MARK: Commands

    private mutating func wellFormed() -> [Bytes] {
        switch Int.random(in: 0..<130, using: &random) {
        case 0..<28: stringCommand()
        case 28..<48: hashCommand()
        case 48..<68: setCommand()
        case 68..<80: expiryCommand()
        case 80..<94: keyCommand()
        case 100..<130: sortedSetCommand()
        default: databaseCommand()
        }
    }

    private mutating func stringCommand() -> [Bytes] {
        switch Int.random(in: 0..<30, using: &random) {
        case 0...3: ["GET", key()]
        case 4...6: ["SET", key(), value()]
        case 7...9: ["SET", key(), value()] + setOptions()
        case 10: ["SETNX", key(), value()]
        case 11: ["SETEX", key(), seconds(), value()]
        case 12: ["PSETEX", key(), milliseconds(), value()]
        case 13: ["GETSET", key(), value()]
        case 14: ["GETDEL", key()]
        case 15, 16: ["GETEX", key()] + getexOptions()
        case 17: ["APPEND", key(), value()]
        case 18: ["STRLEN", key()]
        case 19:
            [one(of: ["GETRANGE", "SUBSTR"]), key(), chance(15) ? number() : small(), chance(15) ? number() : small()]
        case 20:
            [
                "SETRANGE", key(),
                one(of: ["0", "1", "5", "50", "200", "-1", "536870912", "x", "9223372036854775807"]), value(),
            ]
        case 21, 22: [one(of: ["INCR", "DECR"]), key()]
        case 23, 24: [one(of: ["INCRBY", "DECRBY"]), key(), number()]
        case 25: ["INCRBYFLOAT", key(), one(of: Self.brokenFloats)]
        case 26, 27: ["MGET"] + some(1...5) { [$0.key()] }
        case 28: ["MSET"] + some(1...4) { [$0.key(), $0.value()] }
        default: ["MSETNX"] + some(1...3) { [$0.key(), $0.value()] }
        }
    }

    private mutating func setOptions() -> [Bytes] {
        some(1...3) { generator in
            switch Int.random(in: 0..<10, using: &generator.random) {
            case 0, 1: ["NX"]
            case 2, 3: ["XX"]
            case 4: ["GET"]
            case 5: ["KEEPTTL"]
            case 6: ["EX", generator.seconds()]
            case 7: ["PX", generator.milliseconds()]
            case 8: ["EXAT", generator.unixSeconds()]
            default: [generator.one(of: ["PXAT", "pxat"]), generator.unixMilliseconds()]
            }
        }
    }

    private mutating func getexOptions() -> [Bytes] {
        some(0...2) { generator in
            switch Int.random(in: 0..<6, using: &generator.random) {
            case 0, 1: ["PERSIST"]
            case 2: ["EX", generator.seconds()]
            case 3: ["PX", generator.milliseconds()]
            case 4: ["EXAT", generator.unixSeconds()]
            default: ["PXAT", generator.unixMilliseconds()]
            }
        }
    }

    private mutating func hashCommand() -> [Bytes] {
        switch Int.random(in: 0..<24, using: &random) {
        case 0...4: ["HSET", key()] + some(1...4) { [$0.field(), $0.value()] }
        case 5: ["HMSET", key()] + some(1...3) { [$0.field(), $0.value()] }
        case 6, 7: ["HGET", key(), field()]
        case 8: ["HMGET", key()] + some(1...4) { [$0.field()] }
        case 9, 10: ["HGETALL", key()]
        case 11, 12: ["HDEL", key()] + some(1...4) { [$0.field()] }
        case 13: ["HEXISTS", key(), field()]
        case 14: ["HLEN", key()]
        case 15: [one(of: ["HKEYS", "HVALS"]), key()]
        case 16: ["HSTRLEN", key(), field()]
        case 17: ["HSETNX", key(), field(), value()]
        case 18, 19: ["HINCRBY", key(), field(), number()]
        case 20: ["HINCRBYFLOAT", key(), field(), one(of: Self.brokenFloats)]
        case 21: ["HRANDFIELD", key()]
        case 22: ["HRANDFIELD", key(), chance(20) ? number() : small()] + (chance(40) ? ["WITHVALUES"] : [])
        default: ["HSCAN", key(), "0"] + scanOptions(types: false)
        }
    }

    private mutating func expiryCommand() -> [Bytes] {
        let conditions: [[Bytes]] = [
            [], [], [], ["NX"], ["XX"], ["GT"], ["LT"], ["nx"], ["NX", "GT"], ["XX", "LT"], ["GT", "LT"], ["ZZ"],
        ]
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: return ["EXPIRE", key(), seconds()] + one(of: conditions)
        case 2, 3: return ["PEXPIRE", key(), milliseconds()] + one(of: conditions)
        case 4, 5: return ["EXPIREAT", key(), unixSeconds()] + one(of: conditions)
        case 6, 7: return ["PEXPIREAT", key(), unixMilliseconds()] + one(of: conditions)
        case 8: return ["PERSIST", key()]
        case 9: return ["TTL", key()]
        case 10: return ["PTTL", key()]
        case 11: return ["EXPIRETIME", key()]
        case 12: return ["PEXPIRETIME", key()]
        default: return ["EXPIRE", key(), one(of: ["0", "-1", "-9223372036854775808", "9223372036854775"])]
        }
    }

    private mutating func keyCommand() -> [Bytes] {
        switch Int.random(in: 0..<24, using: &random) {
        case 0, 1: [one(of: ["DEL", "UNLINK"])] + some(1...3) { [$0.key()] }
        case 2, 3: [one(of: ["EXISTS", "TOUCH"])] + some(1...4) { [$0.key()] }
        case 4, 5: ["TYPE", key()]
        case 6, 7: ["RENAME", key(), key()]
        case 8, 9: ["RENAMENX", key(), key()]
        case 10...12: ["COPY", key(), key()] + copyOptions()
        case 13, 14: ["KEYS", one(of: Self.patterns)]
        case 15: ["RANDOMKEY"]
        case 16: ["DBSIZE"]
        case 17, 18: ["SCAN", "0"] + scanOptions(types: true)
        case 19: ["SCAN", number()]
        case 20: ["OBJECT", one(of: ["ENCODING", "REFCOUNT", "FREQ", "IDLETIME", "NOSUCH", "encoding"]), key()]
        case 21: [one(of: ["NOSUCH", "LOLWUT2", "hgetx"])] + some(0...3) { [$0.value()] }
        case 22: ["ECHO", value()]
        default: ["PING"] + some(0...1) { [$0.value()] }
        }
    }

    private mutating func copyOptions() -> [Bytes] {
        some(0...2) { generator in
            generator.chance(50)
                ? ["REPLACE"] : ["DB", generator.chance(15) ? generator.number() : generator.database()]
        }
    }

    mutating func scanOptions(types: Bool) -> [Bytes] {
        some(0...2) { generator in
            switch Int.random(in: 0..<(types ? 4 : 3), using: &generator.random) {
            case 0: ["MATCH", generator.one(of: Self.patterns)]
            // Large, so that one call is a whole iteration; or nonsense.
            case 1, 2: ["COUNT", generator.chance(70) ? "10000" : generator.one(of: ["0", "-1", "x", ""])]
            default: ["TYPE", generator.one(of: ["string", "hash", "set", "zset", "list", "STRING", "nosuch"])]
            }
        }
    }

    private mutating func database() -> Bytes { Bytes(Int.random(in: 0...3, using: &random)) }

    private mutating func databaseCommand() -> [Bytes] {
        switch Int.random(in: 0..<20, using: &random) {
        case 0...6: ["SELECT", chance(10) ? number() : database()]
        case 7...12: ["MOVE", key(), chance(10) ? number() : database()]
        case 13, 14: ["SWAPDB", chance(10) ? number() : database(), chance(10) ? number() : database()]
        case 15: ["FLUSHDB"] + one(of: [[], ["SYNC"], ["ASYNC"], ["NOW"]])
        case 16: chance(20) ? ["FLUSHALL"] : ["DBSIZE"]
        case 17: ["SETRANGE", key(), "0", ""]
        // On a key of its own and removed at once: the sums are compared as numbers (see `Comparison`).
        default:
            chance(50)
                ? ["INCRBYFLOAT", "float", one(of: Self.floats)]
                : ["HINCRBYFLOAT", "floats", field(), one(of: Self.floats)]
        }
    }
}
