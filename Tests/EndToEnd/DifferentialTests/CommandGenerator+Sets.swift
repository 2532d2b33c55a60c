import TestSupport

/// Commands on sets.
extension CommandGenerator {
    private static let members: [Bytes] = [
        "a", "b", "c", "d", "", "1", "2", "3", "-1", "100", "300", "-40000", "70000", "5000000000",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "01", "+1", "member with blanks",
        "nul\u{0}", Bytes([0xC3, 0x28]), Bytes(repeating: "m", count: 130),
    ]

    /// Sets from which members are taken at random. Nothing else touches them, and what is added to them is always new:
    /// so all that is asked of them, their size and form, does not depend on which members are left.
    static let popped: [Bytes] = ["pop:numbers", "pop:words"]

    /// Counts that take all members or none.
    private static let popCounts: [Bytes] = ["10000", "0", "-1", "x", "9223372036854775807", "9223372036854775808"]

    private mutating func member() -> Bytes { one(of: Self.members) }

    /// Half of them integers, which leave Redis's `intset` only when there are more than 512.
    private mutating func members(_ count: ClosedRange<Int>) -> [Bytes] {
        chance(50)
            ? some(count) { [Bytes(Int.random(in: -20...20, using: &$0.random))] }
            : some(count) { [$0.member()] }
    }

    mutating func setCommand() -> [Bytes] {
        switch Int.random(in: 0..<40, using: &random) {
        case 0...5: return ["SADD", key()] + members(1...6)
        case 6: return ["SADD", key()] + series()
        case 7, 8: return ["SREM", key()] + members(1...6)
        case 9: return ["SREM", key()] + series()
        case 10, 11: return ["SISMEMBER", key(), member()]
        case 12: return ["SMISMEMBER", key()] + members(1...4)
        case 13, 14: return ["SMEMBERS", key()]
        case 15: return ["SCARD", key()]
        case 16: return ["SRANDMEMBER", key()]
        case 17: return ["SRANDMEMBER", key(), chance(20) ? number() : small()]
        case 18: return ["SPOP", key(), one(of: Self.popCounts)]
        case 19, 20: return ["SMOVE", key(), key(), member()]
        case 21: return ["SSCAN", key(), "0"] + scanOptions(types: false)
        case 22...27: return [one(of: ["SINTER", "SUNION", "SDIFF"])] + some(1...4) { [$0.key()] }
        case 28...32: return [one(of: ["SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"]), key()] + some(1...4) { [$0.key()] }
        case 33, 34: return intersectionCardinality()
        case 35: return ["OBJECT", "ENCODING", key()]
        default: return poppedCommand()
        }
    }

    private mutating func intersectionCardinality() -> [Bytes] {
        let keys = some(1...3) { [$0.key()] }
        let limit: [Bytes] = chance(50) ? ["LIMIT", chance(50) ? number() : "2"] : []
        return ["SINTERCARD", chance(90) ? Bytes(keys.count) : number()] + keys + limit
    }

    /// Many integers in a row, enough for some sets to pass 512.
    private mutating func series() -> [Bytes] {
        let start = Int.random(in: 0..<1000, using: &random)
        return (start..<(start + Int.random(in: 10...300, using: &random))).map { Bytes($0) }
    }

    private mutating func poppedCommand() -> [Bytes] {
        let key = one(of: Self.popped)
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3:
            let first = added
            added += Int.random(in: 1...(chance(20) ? 600 : 20), using: &random)
            let prefix = key == "pop:words" ? "w" : ""
            return ["SADD", key] + (first..<added).map { Bytes("\(prefix)\($0)") }
        case 4: return ["SPOP", key]
        case 5, 6: return ["SPOP", key, Bytes(Int.random(in: 0...(chance(20) ? 700 : 10), using: &random))]
        case 7: return ["SRANDMEMBER", key, small()]
        case 8: return ["OBJECT", "ENCODING", key]
        default: return ["SCARD", key]
        }
    }

    /// The command, unless chance would leave the servers with different sets.
    func repeatable(_ command: [Bytes]) -> [Bytes] {
        if command.count > 1, Self.popped.contains(command[1]), command[0].text.uppercased() == "SADD" {
            // A word that was put there by chance may have been popped by one of the servers only.
            return command.filter { ($0.text.split(separator: "w").last.flatMap { Int($0) } ?? 0) < added }
        }
        let isPop = command[0].text.uppercased() == "SPOP" && command.count > 1 && !Self.popped.contains(command[1])
        guard isPop, command.count != 3 || Int(command[2].text).map({ $0 > 0 && $0 < 1000 }) ?? false else {
            return command
        }
        return ["SCARD", command[1]]
    }
}
