import SessionCore

/// Makes random requests, from the sessions that the checker knows to exist.
struct RequestGenerator {
    let scenario: Scenario
    private var made = 0

    init(_ scenario: Scenario) { self.scenario = scenario }

    /// What a client sends at once: a request, several, a transaction, or a write with `WAIT`.
    mutating func next(_ random: inout SplitMix64, _ checker: Checker) -> [Request] {
        switch random.below(12) {
        case 0:
            var batch = [Request(["MULTI"], .multi)]
            for _ in 0..<(1 + random.below(4)) { batch.append(single(&random, checker)) }
            return batch + [Request(["EXEC"], .exec)]
        case 1: return (0..<(2 + random.below(5))).map { _ in single(&random, checker) }
        case 2...3 where scenario.hosts.count > 1:
            return [write(&random, checker), Request(["WAIT", "1", String(50 + random.below(800))], .wait)]
        default: return [single(&random, checker)]
        }
    }

    private mutating func single(_ random: inout SplitMix64, _ checker: Checker) -> Request {
        random.chance(40) ? read(&random, checker) : write(&random, checker)
    }

    // MARK: Reading

    private mutating func read(_ random: inout SplitMix64, _ checker: Checker) -> Request {
        if random.chance(60), let name = checker.someToken(&random) {
            return Request(["SESSGET", checker.token(name)], .session(.get(name, touch: false)))
        }
        if random.chance(15) {
            let user = random.below(KeySpace.users)
            return Request(["SESSCARD", KeySpace.user(user)], .session(.card(user)))
        }
        if random.chance(60) {
            let key = KeySpace.strings.lowerBound + random.below(KeySpace.strings.count)
            return Request(["GET", KeySpace.name(key)], .get(key))
        }
        let key = random.below(KeySpace.all.count)
        return Request(["EXISTS", KeySpace.name(key)], .exists(key))
    }

    // MARK: Writing

    private mutating func write(_ random: inout SplitMix64, _ checker: Checker) -> Request {
        if random.chance(55) { return sessionWrite(&random, checker) }
        switch random.below(5) {
        case 0, 1: return stringWrite(&random)
        case 2: return hashWrite(&random)
        case 3: return setWrite(&random)
        default: return random.chance(80) ? sortedSetWrite(&random) : keyWrite(&random)
        }
    }

    private mutating func sessionWrite(_ random: inout SplitMix64, _ checker: Checker) -> Request {
        guard !random.chance(20), let name = checker.someToken(&random) else { return creation(&random) }
        let token = checker.token(name)
        switch random.below(20) {
        case 0..<5:
            let idle = random.chance(25) ? idleTime(&random) : nil
            return Request(
                ["SESSTOUCH", token] + (idle.map { ["IDLE", String($0)] } ?? []), .session(.touch(name, idle: idle)))
        case 5..<9: return Request(["SESSGET", token, "TOUCH"], .session(.get(name, touch: true)))
        case 9..<13:
            let value = unique("v")
            return Request(["SESSSET", token, "FIELDS", "1", "n", value], .session(.set(name, value: value)))
        case 13..<16:
            let grace = Int64(random.pick([0, 5, 50, 500, 2000]))
            return Request(["SESSROTATE", token, "GRACE", String(grace)], .session(.rotate(name, grace: grace)))
        case 16..<19: return Request(["SESSREVOKE", token, "REASON", "logout"], .session(.revoke(name)))
        default:
            let user = random.below(KeySpace.users)
            return Request(["SESSREVOKEUSER", KeySpace.user(user)], .session(.revokeUser(user)))
        }
    }

    private mutating func creation(_ random: inout SplitMix64) -> Request {
        let user = random.below(KeySpace.users)
        let (idle, max) = (idleTime(&random), random.chance(20) ? 0 : Int64(1 + random.below(15_000)))
        let token = random.chance(50) ? unique("token-of-a-client-") : nil
        let value = unique("v")
        let words = ["SESSCREATE"] + (token.map { ["ID", $0] } ?? []) + [
            "USER", KeySpace.user(user), "IDLE", String(idle), "MAX", String(max), "FIELDS", "2", "n", value, "data",
            "0123456789",
        ]
        return Request(
            words, .session(.create(user: user, idle: idle, max: max, token: token, value: value)))
    }

    private func idleTime(_ random: inout SplitMix64) -> Int64 {
        Int64(random.chance(30) ? 1 + random.below(300) : 300 + random.below(6000))
    }

    private mutating func unique(_ prefix: String) -> String {
        made += 1
        return "\(prefix)\(made)"
    }

    private mutating func stringWrite(_ random: inout SplitMix64) -> Request {
        let key = random.below(KeySpace.strings.count)
        let name = KeySpace.name(key)
        let ttl = String(1 + random.below(4000))
        let words: [String] =
            switch random.below(16) {
            case 0, 1: ["SET", name, unique("v")]
            case 2, 3: ["SET", name, unique("v"), "PX", ttl]
            case 4: ["SET", name, unique("v"), random.pick(["NX", "XX", "KEEPTTL", "GET"])]
            case 5: ["PSETEX", name, ttl, unique("v")]
            case 6: ["INCRBY", KeySpace.name(0), String(random.below(10))]
            case 7: ["INCRBYFLOAT", KeySpace.name(0), "0.5"]
            case 8: ["APPEND", name, unique("+")]
            case 9: ["SETRANGE", name, String(random.below(12)), unique("r")]
            case 10: ["GETDEL", name]
            case 11: ["GETEX", name, "PX", ttl]
            case 12: ["GETSET", name, unique("v")]
            case 13: ["MSET", name, unique("v"), KeySpace.name(9), unique("v")]
            case 14: ["SETNX", name, unique("v")]
            default: ["DEL", name]
            }
        return Request(words, .write([0, 9, key]))
    }

    private mutating func hashWrite(_ random: inout SplitMix64) -> Request {
        let key = KeySpace.hashes.lowerBound + random.below(KeySpace.hashes.count)
        let (name, field) = (KeySpace.name(key), "f\(random.below(6))")
        let words: [String] =
            switch random.below(8) {
            case 0, 1: ["HSET", name, field, unique("v")]
            case 2: ["HSET", name, field, unique("v"), "g", "1"]
            case 3: ["HDEL", name, field, "f0"]
            case 4: ["HINCRBY", name, "count", String(1 + random.below(5))]
            case 5: ["HINCRBYFLOAT", name, "count", "0.25"]
            case 6: ["HSETNX", name, field, unique("v")]
            default: ["PEXPIRE", name, String(random.below(3000))]
            }
        return Request(words, .write([key]))
    }

    private mutating func setWrite(_ random: inout SplitMix64) -> Request {
        let key = KeySpace.sets.lowerBound + random.below(KeySpace.sets.count)
        let other = KeySpace.sets.lowerBound + random.below(KeySpace.sets.count)
        let (name, member) = (KeySpace.name(key), String(random.below(20)))
        let words: [String] =
            switch random.below(9) {
            case 0, 1: ["SADD", name, member, "m\(random.below(5))"]
            case 2: ["SADD", name, member, String(random.below(100))]
            case 3: ["SREM", name, member, "m1"]
            case 4: ["SPOP", name, String(1 + random.below(2))]
            case 5: ["SMOVE", name, KeySpace.name(other), member]
            case 6: ["SUNIONSTORE", name, name, KeySpace.name(other)]
            case 7: ["SDIFFSTORE", name, KeySpace.name(other), name]
            default: ["PEXPIRE", name, String(random.below(3000))]
            }
        return Request(words, .write([key, other]))
    }

    private mutating func sortedSetWrite(_ random: inout SplitMix64) -> Request {
        let key = KeySpace.sortedSets.lowerBound + random.below(KeySpace.sortedSets.count)
        let other = KeySpace.sortedSets.lowerBound + random.below(KeySpace.sortedSets.count)
        let (name, member) = (KeySpace.name(key), "m\(random.below(12))")
        let score = String(random.below(50))
        let words: [String] =
            switch random.below(10) {
            case 0, 1, 2: ["ZADD", name, score, member]
            case 3: ["ZADD", name, random.pick(["NX", "XX", "GT", "LT"]), score, member]
            case 4: ["ZINCRBY", name, "1.5", member]
            case 5: ["ZREM", name, member]
            case 6: ["ZPOPMIN", name]
            case 7: ["ZREMRANGEBYRANK", name, "0", "0"]
            case 8: ["ZREMRANGEBYSCORE", name, "-inf", String(random.below(10))]
            default: ["ZUNIONSTORE", name, "2", name, KeySpace.name(other)]
            }
        return Request(words, .write([key, other]))
    }

    private mutating func keyWrite(_ random: inout SplitMix64) -> Request {
        let keys = random.pick([KeySpace.strings, KeySpace.hashes, KeySpace.sets, KeySpace.sortedSets])
        let key = keys.lowerBound + random.below(keys.count)
        let other = keys.lowerBound + random.below(keys.count)
        let (name, otherName) = (KeySpace.name(key), KeySpace.name(other))
        let words: [String] =
            switch random.below(7) {
            case 0: ["RENAME", name, otherName]
            case 1: ["COPY", name, otherName, "REPLACE"]
            case 2: ["PERSIST", name]
            case 3: ["UNLINK", name, otherName]
            case 4: ["PEXPIRE", name, String(random.below(4000)), random.pick(["NX", "XX", "GT", "LT"])]
            case 5: ["PEXPIREAT", name, "1"]
            default: ["PEXPIRE", name, String(random.below(4000))]
            }
        return Request(words, .write([key, other]))
    }
}
