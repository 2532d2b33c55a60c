import TestSupport

/// Whether two replies to the same command say the same.
enum Comparison {
    /// How much later than the other a server may have executed a command.
    private static let tolerance: Int64 = 5000

    /// - Returns: nil if they agree, or what is wrong.
    static func difference(_ command: [Bytes], redis: Reply, cloakroom: Reply) -> String? {
        if redis == cloakroom || agree(command, redis, cloakroom) { return nil }
        for known in KnownDifference.all where known.applies(command, redis, cloakroom) { return nil }
        return "Redis \(clipped(redis)), Cloakroom \(clipped(cloakroom))"
    }

    private static func agree(_ command: [Bytes], _ redis: Reply, _ cloakroom: Reply) -> Bool {
        switch command[0].text.uppercased() {
        case "KEYS", "HKEYS", "HVALS", "SMEMBERS", "SINTER", "SUNION", "SDIFF":
            return sorted(redis) == sorted(cloakroom)
        case "HGETALL":
            return pairs(redis) == pairs(cloakroom)
        case "SCAN", "HSCAN", "SSCAN", "ZSCAN":
            return sameIteration(command, redis, cloakroom)
        case "TTL", "EXPIRETIME":
            return isClose(redis, cloakroom, within: tolerance / 1000)
        case "PTTL", "PEXPIRETIME":
            return isClose(redis, cloakroom, within: tolerance)
        case "INCRBYFLOAT", "HINCRBYFLOAT":
            return isClose(redis, cloakroom)
        case "RANDOMKEY":
            return redis.bytes != nil && cloakroom.bytes != nil
        case "HRANDFIELD", "SRANDMEMBER", "SPOP", "ZRANDMEMBER":
            return sameSelection(command, redis, cloakroom)
        case "EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO":
            return agreeOnScript(redis, cloakroom)
        case "OBJECT":
            return command[1].text.uppercased() == "IDLETIME" && isClose(redis, cloakroom, within: tolerance / 1000)
        default:
            return false
        }
    }

    /// Scripts may answer with the time left of a key, alone or among other things, and with the fields of a hash.
    private static func agreeOnScript(_ redis: Reply, _ cloakroom: Reply) -> Bool {
        if redis == cloakroom { return true }
        if let left = redis.integer, left > tolerance { return isClose(redis, cloakroom, within: tolerance) }
        guard let left = redis.elements, let right = cloakroom.elements, left.count == right.count else { return false }
        if zip(left, right).allSatisfy({ agreeOnScript($0, $1) }) { return true }
        return pairs(redis) == pairs(cloakroom)
    }

    private static func sorted(_ reply: Reply?) -> [String]? { reply?.elements?.map(\.description).sorted() }

    private static func pairs(_ reply: Reply?) -> [String]? {
        guard let elements = reply?.elements, elements.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: elements.count, by: 2).map { "\(elements[$0]) \(elements[$0 + 1])" }.sorted()
    }

    /// A step of an iteration: where it takes in everything at once, the same elements; else each server has its own
    /// order.
    private static func sameIteration(_ command: [Bytes], _ redis: Reply, _ cloakroom: Reply) -> Bool {
        guard redis[0]?.bytes != nil, cloakroom[0]?.bytes != nil else { return false }
        guard command.dropFirst(2).last(where: { Int($0.text) != nil }) == "10000", command.contains("0") else {
            return true
        }
        let hasPairs = ["HSCAN", "ZSCAN"].contains(command[0].text.uppercased())
        return redis[0] == cloakroom[0]
            && (hasPairs ? pairs(redis[1]) == pairs(cloakroom[1]) : sorted(redis[1]) == sorted(cloakroom[1]))
    }

    /// Both points in time or spans of time; the negative ones mean "no key" and "no deadline".
    private static func isClose(_ redis: Reply, _ cloakroom: Reply, within tolerance: Int64) -> Bool {
        guard let left = redis.integer, let right = cloakroom.integer, left >= 0, right >= 0 else { return false }
        return abs(left - right) <= tolerance
    }

    private static func isClose(_ redis: Reply, _ cloakroom: Reply) -> Bool {
        guard let left = redis.text.flatMap(Double.init), let right = cloakroom.text.flatMap(Double.init) else {
            return false
        }
        return abs(left - right) <= 1e-12 * max(1, abs(left))
    }

    /// Random fields or members: as many, and all of them where all were asked for.
    private static func sameSelection(_ command: [Bytes], _ redis: Reply, _ cloakroom: Reply) -> Bool {
        guard command.count > 2 else { return redis.bytes != nil && cloakroom.bytes != nil }
        guard let left = redis.elements, let right = cloakroom.elements, left.count == right.count else { return false }
        // Here each server has its own members by now.
        if CommandGenerator.popped.contains(command[1]) { return true }
        let count = Int(command[2].text) ?? 0
        let size = command.count > 3 ? left.count / 2 : left.count
        // Negative counts may repeat them; a count that is not reached names every one.
        guard count > size else { return true }
        return command.count > 3 ? pairs(redis) == pairs(cloakroom) : sorted(redis) == sorted(cloakroom)
    }
}
