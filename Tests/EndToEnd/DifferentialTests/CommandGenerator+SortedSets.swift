import TestSupport

/// Commands on sorted sets.
///
/// Lexicographic ranges are defined where all scores are equal; elsewhere Redis's answers depend on how it keeps the
/// set, and Cloakroom follows it as long as that is a listpack. So there are three kinds of keys: those of all types,
/// whose sorted sets stay listpacks; those whose scores are all equal; and those that grow large.
extension CommandGenerator {
    private static let sortedSetMembers: [Bytes] = [
        "a", "b", "c", "aa", "ab", "b\u{0}", "", "m:1", "m:2", "m:10", "with blanks", "1", "-5", "12345678901",
        Bytes([0xFF, 0xFE]), Bytes([0x80]), Bytes(repeating: "x", count: 14), Bytes(repeating: "x", count: 15),
        Bytes(repeating: "y", count: 64),
    ]
    private static let scores: [Bytes] = [
        "0", "1", "2", "3", "10", "-1", "-2.5", "0.1", "0.25", "1.5", "100", "127", "128", "-128", "-129", "32767",
        "40000", "-40000", "2147483648", "1717171717", "1717171717171", "1717171717.123", "-1e15", "1e15", "1e17",
        "1e-5", "3.14159265358979", "1e300", "5e-324", "-0", "inf", "-inf", "+inf", "Infinity", "0x10",
        "140737488355328", "+5", "007", ".5", "5.", "123456789012345678",
    ]
    private static let brokenScores: [Bytes] = [
        "", "abc", "nan", "-nan", "1e400", "1e-400", " 1", "1 ", "1.2.3", "(1", "[1", "--1", "1e", "0x", "1\u{0}",
    ]
    private static let scoreBounds: [Bytes] = [
        "-inf", "+inf", "inf", "(-inf", "(inf", "0", "(0", "1", "(1", "2", "(2", "3", "10", "(10", "-1", "(-1", "100",
        "(100.5", "0.1", "1717171717", "(1717171717171", "1e17", "", "(", " 1", "-0", "1e400",
    ]
    private static let brokenBounds: [Bytes] = ["x", "nan", "((1", "1 ", "[1", "1x", "(nan", "1 2"]
    private static let memberBounds: [Bytes] = [
        "-", "+", "[a", "(a", "[b", "(b", "[aa", "(ab", "[m:1", "(m:2", "[", "(", "[zz", "(zz", "[big:100", "(big:200",
        "[1", "+\u{0}x",
    ]
    private static let brokenMemberBounds: [Bytes] = ["", "a", "--", "++", "-x", "1", "*"]

    private mutating func score() -> Bytes { one(of: chance(4) ? Self.brokenScores : Self.scores) }
    private mutating func bound() -> Bytes { one(of: chance(4) ? Self.brokenBounds : Self.scoreBounds) }
    private mutating func memberBound() -> Bytes { one(of: chance(4) ? Self.brokenMemberBounds : Self.memberBounds) }
    private mutating func index() -> Bytes { chance(10) ? number() : small() }

    /// The keys, members and scores that a command is made of.
    private enum Kind: CaseIterable { case any, equalScores, large }

    private mutating func key(_ kind: Kind) -> Bytes {
        switch kind {
        case .any: key()
        case .equalScores: one(of: ["lex:1", "lex:2", "lex:3"])
        case .large: one(of: ["large:1", "large:2"])
        }
    }

    private mutating func member(_ kind: Kind) -> Bytes {
        switch kind {
        case .any: one(of: Self.sortedSetMembers)
        case .equalScores:
            chance(40)
                ? one(of: Self.sortedSetMembers) : Bytes("big:\(Int.random(in: 0..<300, using: &random))")
        case .large:
            chance(2)
                ? Bytes(repeating: "z", count: Int.random(in: 60...300, using: &random))
                : Bytes("big:\(Int.random(in: 0..<400, using: &random))")
        }
    }

    private mutating func score(_ kind: Kind) -> Bytes {
        switch kind {
        case .any: score()
        case .equalScores: "0"
        case .large: chance(50) ? score() : Bytes(Int.random(in: -300...300, using: &random))
        }
    }

    mutating func sortedSetCommand() -> [Bytes] {
        let kind = one(of: [Kind.any, .any, .any, .equalScores, .large])
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<24: return addition(kind)
        case 24..<46: return question(kind)
        case 46..<70: return range(kind)
        case 70..<84: return removal(kind)
        default: return combination(kind)
        }
    }

    private mutating func addition(_ kind: Kind) -> [Bytes] {
        let pairs = kind == .any || chance(50) ? 1...4 : 1...60
        switch Int.random(in: 0..<10, using: &random) {
        case 0...4:
            return ["ZADD", key(kind)] + some(pairs) { [$0.score(kind), $0.member(kind)] }
        case 5...7:
            let options = some(1...3) { [$0.one(of: ["NX", "XX", "GT", "LT", "CH", "INCR", "nx", "Ch"])] }
            let pairs = options.contains("INCR") ? 1...1 : pairs
            return ["ZADD", key(kind)] + options + some(pairs) { [$0.score(kind), $0.member(kind)] }
        default:
            return ["ZINCRBY", key(kind), score(kind), member(kind)]
        }
    }

    private mutating func question(_ kind: Kind) -> [Bytes] {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1: ["ZSCORE", key(kind), member(kind)]
        case 2: ["ZMSCORE", key(kind)] + some(1...4) { [$0.member(kind)] }
        case 3: ["ZCARD", key(kind)]
        case 4, 5: [one(of: ["ZRANK", "ZREVRANK"]), key(kind), member(kind)]
        case 6, 7: ["ZCOUNT", key(kind), bound(), bound()]
        case 8: ["ZLEXCOUNT", key(kind == .large ? .equalScores : kind), memberBound(), memberBound()]
        case 9: ["ZRANDMEMBER", key(kind)]
        case 10: ["ZRANDMEMBER", key(kind), chance(20) ? number() : small()] + (chance(40) ? ["WITHSCORES"] : [])
        default: chance(50) ? ["ZSCAN", key(kind), "0"] + scanOptions(types: false) : ["OBJECT", "ENCODING", key(kind)]
        }
    }

    private mutating func range(_ kind: Kind) -> [Bytes] {
        let lexicographic = kind == .large ? Kind.equalScores : kind
        switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: return ["ZRANGE", key(kind), index(), index()] + rangeOptions(["REV", "WITHSCORES"])
        case 2, 3: return ["ZRANGE", key(kind), bound(), bound(), "BYSCORE"] + rangeOptions(["REV", "WITHSCORES"])
        case 4: return ["ZRANGE", key(lexicographic), memberBound(), memberBound(), "BYLEX"] + rangeOptions(["REV"])
        case 5: return ["ZREVRANGE", key(kind), index(), index()] + rangeOptions(["WITHSCORES"])
        case 6, 7: return ["ZRANGEBYSCORE", key(kind), bound(), bound()] + rangeOptions(["WITHSCORES"])
        case 8: return ["ZREVRANGEBYSCORE", key(kind), bound(), bound()] + rangeOptions(["WITHSCORES"])
        case 9: return ["ZRANGEBYLEX", key(lexicographic), memberBound(), memberBound()] + rangeOptions([])
        case 10: return ["ZREVRANGEBYLEX", key(lexicographic), memberBound(), memberBound()] + rangeOptions([])
        case 11: return ["ZRANGESTORE", key(kind), key(kind), index(), index()] + rangeOptions(["REV"])
        case 12: return ["ZRANGESTORE", key(kind), key(kind), bound(), bound(), "BYSCORE"] + rangeOptions(["REV"])
        default:
            return ["ZRANGESTORE", key(lexicographic), key(lexicographic), memberBound(), memberBound(), "BYLEX"]
                + rangeOptions(["REV"])
        }
    }

    /// Those given, `LIMIT`, and now and then one that does not belong there.
    private mutating func rangeOptions(_ words: [Bytes]) -> [Bytes] {
        var options = words.filter { _ in chance(40) }.map { [$0] }
        if chance(40) { options.append(["LIMIT", index(), index()]) }
        if chance(3) { options.append([one(of: ["REV", "BYLEX", "BYSCORE", "WITHSCORES", "LIMIT", "x"])]) }
        return options.shuffled(using: &random).flatMap { $0 }
    }

    private mutating func removal(_ kind: Kind) -> [Bytes] {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: ["ZREM", key(kind)] + some(1...4) { [$0.member(kind)] }
        case 4: ["ZREMRANGEBYRANK", key(kind), index(), index()]
        case 5: ["ZREMRANGEBYSCORE", key(kind), bound(), bound()]
        case 6: ["ZREMRANGEBYLEX", key(kind == .large ? .equalScores : kind), memberBound(), memberBound()]
        case 7, 8: [one(of: ["ZPOPMIN", "ZPOPMAX"]), key(kind)] + some(0...1) { [$0.index()] }
        default:
            ["ZMPOP"] + keys(kind) + [one(of: ["MIN", "MAX", "max", "MID"])] + (chance(50) ? ["COUNT", index()] : [])
        }
    }

    /// How many keys, and the keys.
    private mutating func keys(_ kind: Kind) -> [Bytes] {
        let keys = some(1...4) { [$0.key(kind)] }
        return [chance(5) ? number() : Bytes(keys.count)] + keys
    }

    private mutating func combination(_ kind: Kind) -> [Bytes] {
        let isStored = chance(50)
        let keys = keys(kind)
        let target = isStored ? [key(kind)] : []
        let suffix = isStored ? "STORE" : ""
        var options: [Bytes] = []
        // Weights would make other scores of the equal ones; sums of zeros are zeros.
        if kind != .equalScores, chance(30) {
            options += ["WEIGHTS"] + (1..<max(2, keys.count)).map { _ in
                chance(4) ? one(of: Self.brokenScores) : one(of: ["1", "2", "0", "-1", "0.5", "inf", "-inf"])
            }
        }
        if chance(30) { options += ["AGGREGATE", one(of: ["SUM", "MIN", "MAX", "min", "avg"])] }
        let withScores: [Bytes] = !isStored && chance(60) ? ["WITHSCORES"] : chance(3) ? ["WITHSCORES"] : []
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return [Bytes("ZUNION" + suffix)] + target + keys + options + withScores
        case 1: return [Bytes("ZINTER" + suffix)] + target + keys + options + withScores
        case 2: return [Bytes("ZDIFF" + suffix)] + target + keys + (chance(5) ? options : []) + withScores
        default: return ["ZINTERCARD"] + keys + (chance(50) ? ["LIMIT", index()] : [])
        }
    }
}
