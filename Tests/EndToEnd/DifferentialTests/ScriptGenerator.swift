import ScriptTexts
import TestSupport

/// Random runs of known scripts, over few keys of right and wrong types, with right, wrong and missing arguments. The
/// seed repeats them.
///
/// As in `CommandGenerator`, deadlines are past or far away.
struct ScriptGenerator {
    private var random: SeededGenerator
    /// The digests of the texts in `KnownScriptText.all`.
    private let digests: [Bytes]

    init(seed: UInt64, digests: [Bytes]) {
        random = SeededGenerator(seed: seed)
        self.digests = digests
    }

    // MARK: Words

    private static let keys: [Bytes] = ["a", "b", "c", "d"]
    private static let tokens: [Bytes] = ["me", "you", "", "me:1"]
    private static let spans: [Bytes] = ["5000000", "7000000", "9000000", "0", "-1"]
    private static let data: [Bytes] = ["v", "", "5000000", "data with blanks", "me", Bytes([0, 255, 13, 10])]
    private static let numbers: [Bytes] = ["1", "2", "-1", "0", "3", "9223372036854775807", "9007199254740993", "-5"]
    private static let flags: [Bytes] = ["0", "1", "yes", "no"]
    /// None is a short span of time.
    private static let nonsense: [Bytes] = [
        "abc", "", "1.5", "1e20", "inf", "nan", " 5000000 ", "0x989680", "-0", "-2", "9223372036854775808", "5000000x",
    ]

    private mutating func one(of choices: [Bytes]) -> Bytes { choices.randomElement(using: &random)! }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// How many keys a script takes, and what its arguments are: a token, a span of time, data, a number, a flag, or
    /// what stands between angle brackets.
    private static func shape(_ name: String) -> (keys: Int, arguments: String) {
        let isState = name.contains("session state")
        let isHash = name.contains("3 and 4")
        switch name {
        case "Laravel: cache, add", "aspnet-redis-providers: output cache, add": return (1, "ds")
        case "Laravel: concurrency limiter, acquire": return (3, "dst")
        case "redis-py: lock, extend", "redlock-rb: lock": return (1, "tsf")
        case "redlock-rb: time left": return (1, "")
        case "bsm/redislock up to 0.9: obtain": return (1, "tns")
        case "bsm/redislock: obtain": return (2, "tns")
        case let name where name.hasPrefix("bsm/redislock: "): return (2, "ts")
        case let name where name.hasPrefix("django-redis"): return (1, "n")
        case let name where name.hasPrefix("ASP.NET Core"): return (1, "nnsd")
        case let name where name.hasPrefix("node-redlock 4"): return (3, "ts")
        case let name where isState && name.hasSuffix(" renew"): return (2, "s")
        case let name where isState && name.hasSuffix(" store"): return isHash ? (2, "<4>sdd") : (2, "ds")
        case let name where isState && name.hasSuffix(" read"): return (3, "ts")
        case let name where isState && name.hasSuffix(" remove"): return (3, "t")
        case let name where name.hasSuffix(" update and release"): return (3, "ts<0><9><8><1><9><10>dd")
        default: return isState ? (3, "ts") : (1, "ts")
        }
    }

    private mutating func arguments(_ shape: String) -> [Bytes] {
        var words: [Bytes] = []
        var literal: String?
        for kind in shape {
            switch kind {
            case "<": literal = ""
            case ">":
                words.append(Bytes(literal ?? ""))
                literal = nil
            case _ where literal != nil: literal?.append(kind)
            case "t": words.append(one(of: Self.tokens))
            case "s": words.append(one(of: chance(80) ? Array(Self.spans.prefix(3)) : Self.spans))
            case "d": words.append(one(of: Self.data))
            case "n": words.append(one(of: Self.numbers))
            default: words.append(one(of: Self.flags))
            }
        }
        return words
    }

    // MARK: Commands

    /// The next command: a script, or one that sets up or looks at its keys.
    mutating func next() -> [Bytes] {
        let key = one(of: Self.keys)
        switch Int.random(in: 0..<20, using: &random) {
        case 0...8: return script()
        case 9...11:
            let time: [Bytes] = chance(60) ? ["PX", one(of: ["5000000", "9000000"])] : []
            return ["SET", key, one(of: Self.tokens)] + time
        case 12: return ["HSET", key, "SessionTimeout", one(of: ["5000000", "x", "-1"]), "item", one(of: Self.data)]
        case 13: return ["SET", key, one(of: ["10", "5000000", "9223372036854775807"])]
        case 14: return ["DEL", key]
        case 15: return ["GET", key]
        case 16: return ["HGETALL", key]
        case 17: return ["PTTL", key]
        case 18: return ["TYPE", key]
        default: return ["OBJECT", "ENCODING", key]
        }
    }

    private mutating func script() -> [Bytes] {
        let index = Int.random(in: 0..<KnownScriptText.all.count, using: &random)
        let known = KnownScriptText.all[index]
        let shape = Self.shape(known.name)
        var keys = (0..<shape.keys).map { _ in one(of: Self.keys) }
        var arguments = arguments(shape.arguments)
        switch Int.random(in: 0..<20, using: &random) {
        // This one makes a list of keys and values, which without values is one of keys alone.
        case 0...1 where known.name == "bsm/redislock: obtain": break
        case 0 where !arguments.isEmpty: arguments.removeLast(Int.random(in: 1...arguments.count, using: &random))
        case 1: keys.removeLast(Int.random(in: 1...keys.count, using: &random))
        case 2: keys.append(one(of: Self.keys))
        case 3...5 where !arguments.isEmpty:
            arguments[Int.random(in: 0..<arguments.count, using: &random)] = one(of: Self.nonsense)
        default: break
        }
        let count = chance(2) ? one(of: ["x", "-1", "100", "01", ""]) : Bytes(keys.count)
        let words = [count] + keys + arguments
        if chance(40) { return [chance(90) ? "EVALSHA" : "EVALSHA_RO", digests[index]] + words }
        return [chance(90) ? "EVAL" : "EVAL_RO", variant(of: known.text)] + words
    }

    /// The text, sometimes with other blanks.
    private mutating func variant(of text: String) -> Bytes {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: Bytes("\n" + text)
        case 1: Bytes(text.split(separator: "\n").map { "  \($0)  -- comment" }.joined(separator: "\n\n"))
        default: Bytes(text)
        }
    }
}
