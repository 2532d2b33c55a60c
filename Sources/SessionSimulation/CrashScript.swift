import SessionCore

/// What clients do in a `CrashTrial`: some commands of each kind, on few keys and sessions.
struct CrashScript {
    private struct Batch {
        /// Replies that are still to come.
        var replies: Int
        /// The stream's length when all of it was executed.
        let offset: Int64
    }

    private var left: Int
    private var made = 0
    /// Tokens that may be alive.
    private var tokens: [String] = []
    private var waiting = OrderedMap<UInt32, Batch>()

    init(commands: Int) { left = commands }

    var goesOn: Bool { left > 0 || !waiting.isEmpty }

    func isFree(_ client: UInt32) -> Bool { left > 0 && waiting[client] == nil }

    mutating func sent(_ requests: [Request], on client: UInt32, offset: Int64) {
        left -= requests.count
        waiting[client] = Batch(replies: requests.count, offset: offset)
    }

    /// - Returns: the offset that is acknowledged when the last reply to a batch has come; nil before.
    mutating func answered(_ client: UInt32, _ reply: Reply) -> Int64? {
        guard var batch = waiting[client] else { return nil }
        batch.replies -= 1
        waiting[client] = batch.replies == 0 ? nil : batch
        return batch.replies == 0 && !reply.isError ? batch.offset : nil
    }

    /// Connections are gone.
    mutating func restarted() { waiting = OrderedMap() }

    // MARK: Requests

    mutating func next(_ random: inout SplitMix64) -> [Request] {
        let words: [[String]] =
            switch random.below(20) {
            case 0..<6: [plain(&random)]
            case 6..<8: [["SET", "large", String(repeating: unique("x"), count: 1 + random.below(3000))]]
            case 8: [["MULTI"], plain(&random), plain(&random), ["EXEC"]]
            case 9: [plain(&random), session(&random), ["GET", "k1"]]
            case 10: [["SELECT", String(random.below(3))]]
            case 11 where random.chance(60): [["BGREWRITEAOF"]]
            case 12 where random.chance(40): [[random.pick(["SAVE", "BGSAVE"])]]
            case 13 where random.chance(10): [["FLUSHALL"]]
            default: [session(&random)]
            }
        return words.map { Request($0, .other) }
    }

    private mutating func unique(_ prefix: String) -> String {
        made += 1
        return "\(prefix)\(made)"
    }

    private mutating func plain(_ random: inout SplitMix64) -> [String] {
        let key = "k\(random.below(6))"
        switch random.below(9) {
        case 0, 1: return ["SET", key, unique("v")]
        case 2: return ["SET", key, unique("v"), "PX", String(1 + random.below(1500))]
        case 3: return ["DEL", key]
        case 4: return ["INCR", "n"]
        case 5: return ["HSET", "h", "f\(random.below(4))", unique("v")]
        case 6: return ["SADD", "s", unique("m")]
        case 7: return ["ZADD", "z", String(random.below(9)), "m\(random.below(5))"]
        default: return ["PEXPIRE", key, String(1 + random.below(2000))]
        }
    }

    private mutating func session(_ random: inout SplitMix64) -> [String] {
        guard !tokens.isEmpty, !random.chance(30) else { return creation(&random) }
        let token = tokens[max(0, tokens.count - 1 - random.below(5))]
        switch random.below(12) {
        case 0..<2: return ["SESSGET", token, "TOUCH"]
        case 2..<4: return ["SESSTOUCH", token]
        case 4..<7: return ["SESSSET", token, "FIELDS", "1", "n", unique("v")]
        case 7..<9:
            let new = unique("token-")
            tokens.append(new)
            return ["SESSROTATE", token, "ID", new, "GRACE", String(random.pick([0, 50, 2000]))]
        case 9..<11: return ["SESSREVOKE", token]
        default: return ["SESSREVOKEUSER", "u\(random.below(3))"]
        }
    }

    private mutating func creation(_ random: inout SplitMix64) -> [String] {
        let token = unique("token-")
        tokens.append(token)
        return [
            "SESSCREATE", "ID", token, "USER", "u\(random.below(3))", "IDLE", String(200 + random.below(4000)), "MAX",
            String(random.chance(50) ? 0 : 1 + random.below(5000)), "FIELDS", "1", "n", unique("v"),
        ]
    }
}
