import Testing

@testable import SessionCore

/// Each command's work grows no faster than its row says. Work is counted in steps (`StepCounter`), at two sizes of the
/// data, so that the outcome is the same on every machine.
@Suite("What commands cost")
struct ComplexityTests {
    static let small = 200
    static let large = 1000

    /// Every row is measured, or says why not: a new command has to take a side.
    @Test func everyRowIsMeasured() {
        let table = CommandTable()
        var measured: Set<String> = []
        for one in ComplexityCase.all { measured.insert(one.command) }
        for row in table.rows where !row.isContainer || row.arity == -1 {
            let name = table.fullName(of: row.id)
            let reason = ComplexityCase.unmeasured[name]
            #expect(measured.contains(name) != (reason != nil), "\(name) needs a case in ComplexityCase, or a reason")
        }
        for name in measured {
            let isKnown = table.find(full: name) != nil
            #expect(isKnown, "\(name)")
        }
    }

    /// The column says what the cases expect: constant where it says O(1) and nothing else.
    @Test func theColumnSaysWhatIsMeasured() {
        let table = CommandTable()
        for row in table.rows {
            let name = table.fullName(of: row.id)
            let text = "\(row.complexity)"
            #expect(text.hasPrefix("O(") || text.hasPrefix("Depends on"), "\(name): \(text)")
            guard text == "O(1)" else { continue }
            for one in ComplexityCase.all where one.command == name {
                #expect(one.growth == .constant, "\(name) is said to be O(1)")
            }
        }
    }

    @Test(arguments: ComplexityCase.all) func grows(case one: ComplexityCase) {
        let few = steps(one, ComplexityTests.small)
        let many = steps(one, ComplexityTests.large)
        #expect(few > 0, "steps are counted")
        let limit = Double(few) * one.growth.factor + 250
        #expect(
            Double(many) <= limit,
            "\(one.request): \(few) steps for \(ComplexityTests.small), \(many) for \(ComplexityTests.large)")
    }

    /// A test of the test: the counter sees work that grows with the square.
    @Test func squaresAreSeen() {
        func steps(_ count: Int) -> UInt64 {
            let vector = Vector<Int>(repeating: 1, count: count)
            let start = StepCounter.steps
            var sum = 0
            for first in 0..<count { for second in 0..<first { sum += vector[first] &* vector[second] } }
            return sum > 0 ? StepCounter.steps - start : 0
        }
        let few = steps(ComplexityTests.small)
        #expect(Double(steps(ComplexityTests.large)) > Double(few) * Growth.linearithmic.factor * 2)
    }

    private func steps(_ one: ComplexityCase, _ count: Int) -> UInt64 {
        let dialogue = NodeDialogue()
        for command in one.prelude {
            let isRepeated = command.hasPrefix("*"), isByOthers = command.hasPrefix("@")
            let text = isRepeated || isByOthers ? String(command.dropFirst()) : command
            for number in 0..<(isRepeated || isByOthers ? count : 1) {
                let words = ComplexityCase.words(text.replacing("#", with: String(number)), count)
                let reply = dialogue.send(words, on: isByOthers ? UInt32(100 + number) : 0)
                #expect(!reply.hasPrefix("-"), "\(command): \(reply.prefix(100))")
            }
        }
        // Tables that grew with the data come to rest.
        for _ in 0..<20 { dialogue.advance(milliseconds: 2) }
        let words = ComplexityCase.words(one.request, count)
        var request = Array("*\(words.count)\r\n".utf8)
        for word in words { request += Array("$\(word.utf8.count)\r\n\(word)\r\n".utf8) }
        _ = dialogue.read()
        let start = StepCounter.steps
        dialogue.deliver(request, on: 0)
        let end = StepCounter.steps
        let reply = String(decoding: dialogue.readBytes(on: 0), as: UTF8.self)
        #expect(!reply.hasPrefix("-"), "\(one.request): \(reply.prefix(100))")
        #expect(!reply.isEmpty, "\(one.request) is answered")
        return end - start
    }
}

/// How steps may grow when the size grows fivefold.
enum Growth {
    case constant, logarithmic, linear, linearithmic

    /// With something to spare for what is rounded: sizes of blocks, levels of trees. The square would be 25.
    var factor: Double {
        switch self {
        case .constant: 1.5
        case .logarithmic: 2
        case .linear: 6.5
        case .linearithmic: 9
        }
    }
}

/// A command at work on data of some size.
struct ComplexityCase: CustomStringConvertible, Sendable {
    /// Sent before, on the same connection; with `*` in front once for each of the size's numbers, which stand for `#`;
    /// with `@` likewise, each on a connection of its own.
    let prelude: [String]
    /// What is measured. Words in capitals stand for others, see `words(_:_:)`.
    let request: String
    let growth: Growth

    init(_ request: String, _ growth: Growth = .constant, after prelude: String...) {
        (self.request, self.growth, self.prelude) = (request, growth, prelude)
    }

    var description: String { "\(request) after \(prelude)" }

    /// The name of the row: `get`, `client|list`.
    var command: String {
        let words = request.split(separator: " ").map { $0.lowercased() }
        let containers = [
            "acl", "client", "command", "config", "latency", "memory", "object", "pubsub", "script", "slowlog",
        ]
        return containers.contains(words[0]) && words.count > 1 ? "\(words[0])|\(words[1])" : words[0]
    }

    static func words(_ text: String, _ count: Int) -> [String] {
        text.split(separator: " ").flatMap { word -> [String] in
            switch word {
            case "NAMES": return (0..<count).map { "m\($0)" }
            case "PAIRS": return (0..<count).flatMap { ["m\($0)", "v"] }
            // A hash of them has a table at either size.
            case "LONGPAIRS": return (0..<count).flatMap { ["m\($0)", String(repeating: "v", count: 60)] }
            case "SCORES": return (0..<count).flatMap { ["\($0)", "m\($0)"] }
            case "TOKENS": return (0..<count).map { "token-of-session-\($0)" }
            case "SETS": return (0..<count).map { "s\($0)" }
            case "COUNT": return [String(count)]
            case "HALF": return [String(count / 2)]
            case "BYTES": return [String(count * 1024)]
            case "PATTERNS": return (0..<count).map { "m\($0)*" }
            default: return [String(word)]
            }
        }
    }

    static let unmeasured: [String: String] = [
        "quit": "not answered by anything that grows", "shutdown": "ends the node",
        "save": "written in slices, tested with snapshots", "bgsave": "likewise",
        "bgrewriteaof": "likewise", "waitaof": "waits for the disk",
        "psync": "a snapshot in slices, tested with replication", "sync": "likewise", "replconf": "for replicas only",
        "replicaof": "changes the role, tested with replication", "slaveof": "likewise",
        "failover": "needs replicas", "monitor": "what it costs, others pay", "wait": "waits for replicas",
        "eval": "depends on the script: the commands it stands for are measured", "evalsha": "likewise",
        "eval_ro": "likewise", "evalsha_ro": "likewise", "debug": "for tests",
        "object|freq": "needs another policy", "client|caching": "needs a mode of tracking",
        "client|reply": "is not answered when off", "client|pause": "holds what follows back",
        "acl|load": "read by the runtime", "acl|save": "written by the runtime",
        "config|rewrite": "written by the runtime", "script|load": "takes texts of known scripts only",
        "script|debug": "changes nothing", "script|kill": "never has anything to do: answered by an error",
        "latency|graph": "needs events: answered by an error without",
        "lolwut": "its size is limited to a screen", "command": "the table does not grow",
        "command|docs": "the table does not grow", "command|list": "the table does not grow",
        "command|info": "the table does not grow",
    ]

    static let all = strings + keys + hashes + sets + sortedSets + connections + server + messages + sessions

    private static let strings: [ComplexityCase] = [
        .init("get m5", after: "mset PAIRS"), .init("set m5 w", after: "mset PAIRS"),
        .init("setex m5 9 w", after: "mset PAIRS"), .init("psetex m5 9 w", after: "mset PAIRS"),
        .init("getex m5 ex 9", after: "mset PAIRS"), .init("getdel m5", after: "mset PAIRS"),
        .init("getset m5 w", after: "mset PAIRS"), .init("setnx x w", after: "mset PAIRS"),
        .init("set h w", .linear, after: "hset h PAIRS"),
        .init("mget NAMES", .linear, after: "mset PAIRS"), .init("mset PAIRS", .linear, after: "mset PAIRS"),
        .init("msetnx PAIRS", .linear), .init("append x y", after: "mset PAIRS"),
        .init("append l y", .linear, after: "setrange l BYTES x"),
        .init("strlen l", after: "setrange l BYTES x"), .init("getrange l 5 9", after: "setrange l BYTES x"),
        .init("substr l 5 9", after: "setrange l BYTES x"), .init("setrange l 5 abc", after: "setrange l BYTES x"),
        .init("setrange l BYTES abcd", .linear, after: "setrange l BYTES x"),
        .init("incr x", after: "mset PAIRS"), .init("decr x", after: "mset PAIRS"),
        .init("incrby x 5", after: "mset PAIRS"), .init("decrby x 5", after: "mset PAIRS"),
        .init("incrbyfloat x 1.5", after: "mset PAIRS"),
    ]

    private static let keys: [ComplexityCase] = [
        .init("del NAMES", .linear, after: "mset PAIRS"), .init("del h", .linear, after: "hset h PAIRS"),
        .init("del z", .linear, after: "zadd z SCORES"), .init("unlink NAMES", .linear, after: "mset PAIRS"),
        .init("unlink s", .linear, after: "sadd s NAMES"),
        .init("exists NAMES", .linear, after: "mset PAIRS"), .init("touch NAMES", .linear, after: "mset PAIRS"),
        .init("type m5", after: "mset PAIRS"), .init("expire m5 9", after: "mset PAIRS"),
        .init("expire h 9", after: "hset h PAIRS"), .init("expire l 9", .linear, after: "setrange l BYTES x"),
        .init("pexpire m5 9", after: "mset PAIRS"), .init("expireat m5 1", after: "mset PAIRS"),
        .init("pexpireat m5 1", after: "mset PAIRS"), .init("ttl m5", after: "mset PAIRS"),
        .init("pttl m5", after: "mset PAIRS"), .init("expiretime m5", after: "mset PAIRS"),
        .init("pexpiretime m5", after: "mset PAIRS"), .init("persist x", after: "mset PAIRS", "set x y ex 99"),
        .init("scan 0", after: "mset PAIRS"), .init("keys *", .linear, after: "mset PAIRS"),
        .init("randomkey", after: "mset PAIRS"), .init("rename h x", after: "hset h PAIRS"),
        .init("rename z x", after: "zadd z SCORES"), .init("rename x h", .linear, after: "hset h PAIRS", "set x y"),
        .init("renamenx s x", after: "sadd s NAMES"), .init("rename l x", .linear, after: "setrange l BYTES x"),
        .init("copy h x", .linear, after: "hset h LONGPAIRS"), .init("copy z x", .linear, after: "zadd z SCORES"),
        .init("copy s x", .linear, after: "sadd s NAMES"), .init("move h 1", after: "hset h PAIRS"),
        .init("object encoding h", after: "hset h PAIRS"), .init("object idletime h", after: "hset h PAIRS"),
        .init("object refcount h", after: "hset h PAIRS"), .init("object help"),
    ]

    private static let hashes: [ComplexityCase] = [
        .init("hset h m5 w", after: "hset h PAIRS"), .init("hset h PAIRS", .linear),
        .init("hset h PAIRS", .linear, after: "hset h PAIRS"), .init("hmset h PAIRS", .linear),
        .init("hget h m5", after: "hset h PAIRS"), .init("hmget h NAMES", .linear, after: "hset h PAIRS"),
        .init("hgetall h", .linear, after: "hset h PAIRS"), .init("hdel h NAMES", .linear, after: "hset h PAIRS"),
        .init("hexists h m5", after: "hset h PAIRS"), .init("hlen h", after: "hset h PAIRS"),
        .init("hkeys h", .linear, after: "hset h PAIRS"), .init("hvals h", .linear, after: "hset h PAIRS"),
        .init("hsetnx h x y", after: "hset h PAIRS"), .init("hincrby h x 5", after: "hset h PAIRS"),
        .init("hincrbyfloat h x 1.5", after: "hset h PAIRS"), .init("hrandfield h 5", after: "hset h PAIRS"),
        .init("hrandfield h 20", after: "hset h PAIRS"), .init("hrandfield h HALF", .linear, after: "hset h LONGPAIRS"),
        .init("hrandfield h COUNT", .linear, after: "hset h PAIRS"), .init("hstrlen h m5", after: "hset h PAIRS"),
        .init("hscan h 0", after: "hset h PAIRS"),
    ]

    private static let sets: [ComplexityCase] = [
        .init("sadd s NAMES", .linear), .init("sadd s NAMES", .linear, after: "sadd s NAMES"),
        .init("sadd s x", after: "sadd s NAMES"), .init("srem s NAMES", .linear, after: "sadd s NAMES"),
        .init("sismember s m5", after: "sadd s NAMES"), .init("smismember s NAMES", .linear, after: "sadd s NAMES"),
        .init("smembers s", .linear, after: "sadd s NAMES"), .init("scard s", after: "sadd s NAMES"),
        .init("spop s 5", after: "sadd s NAMES"), .init("spop s HALF", .linear, after: "sadd s NAMES"),
        .init("spop s COUNT", .linear, after: "sadd s NAMES"), .init("srandmember s 20", after: "sadd s NAMES"),
        .init("srandmember s HALF", .linear, after: "sadd s NAMES"), .init("smove s x m5", after: "sadd s NAMES"),
        .init("sscan s 0", after: "sadd s NAMES"),
        .init("sinter s t", .linear, after: "sadd s NAMES", "sadd t NAMES"),
        .init("sinter SETS", .linear, after: "*sadd s# a b c"),
        .init("sintercard 2 s t", .linear, after: "sadd s NAMES", "sadd t NAMES"),
        .init("sintercard COUNT SETS", .linear, after: "*sadd s# a b c"),
        .init("sinterstore x s t", .linear, after: "sadd s NAMES", "sadd t NAMES"),
        .init("sunion s t", .linear, after: "sadd s NAMES", "sadd t NAMES"),
        .init("sunion SETS", .linearithmic, after: "*sadd s# a b c"),
        .init("sunionstore x s t", .linear, after: "sadd s NAMES", "sadd t NAMES"),
        .init("sdiff s t", .linear, after: "sadd s NAMES", "sadd t NAMES"),
        .init("sdiff SETS", .linearithmic, after: "*sadd s# a# b c"),
        .init("sdiffstore x s t", .linear, after: "sadd s NAMES", "sadd t a b"),
    ]

    private static let sortedSets: [ComplexityCase] = [
        .init("zadd z 5 x", .logarithmic, after: "zadd z SCORES"), .init("zadd z SCORES", .linearithmic),
        .init("zadd z SCORES", .linearithmic, after: "zadd z SCORES"),
        .init("zincrby z 99 m5", .logarithmic, after: "zadd z SCORES"),
        .init("zrem z NAMES", .linearithmic, after: "zadd z SCORES"),
        .init("zscore z m5", after: "zadd z SCORES"), .init("zmscore z NAMES", .linear, after: "zadd z SCORES"),
        .init("zcard z", after: "zadd z SCORES"), .init("zrank z m5", .logarithmic, after: "zadd z SCORES"),
        .init("zrevrank z m5", .logarithmic, after: "zadd z SCORES"),
        .init("zcount z 5 HALF", .logarithmic, after: "zadd z SCORES"),
        .init("zlexcount z - +", .logarithmic, after: "zadd z SCORES"),
        .init("zrange z 5 9", .logarithmic, after: "zadd z SCORES"),
        .init("zrange z 0 -1", .linear, after: "zadd z SCORES"),
        .init("zrevrange z 5 9", .logarithmic, after: "zadd z SCORES"),
        .init("zrangebyscore z 5 9", .logarithmic, after: "zadd z SCORES"),
        .init("zrangebyscore z -inf +inf limit HALF 5", .logarithmic, after: "zadd z SCORES"),
        .init("zrevrangebyscore z 9 5", .logarithmic, after: "zadd z SCORES"),
        .init("zrangebylex z - + limit 5 5", .logarithmic, after: "zadd z SCORES"),
        .init("zrevrangebylex z + - limit 5 5", .logarithmic, after: "zadd z SCORES"),
        .init("zrangestore x z 0 -1", .linear, after: "zadd z SCORES"),
        .init("zremrangebyrank z 0 HALF", .linearithmic, after: "zadd z SCORES"),
        .init("zremrangebyscore z 0 HALF", .linearithmic, after: "zadd z SCORES"),
        .init("zremrangebylex z - +", .linearithmic, after: "zadd z SCORES"),
        .init("zpopmin z HALF", .linearithmic, after: "zadd z SCORES"),
        .init("zpopmin z", .logarithmic, after: "zadd z SCORES"),
        .init("zpopmax z COUNT", .linearithmic, after: "zadd z SCORES"),
        .init("zmpop 1 z min count HALF", .linearithmic, after: "zadd z SCORES"),
        .init("zmpop COUNT SETS min", .linear, after: "zadd z SCORES"),
        .init("zrandmember z 20", after: "zadd z SCORES"),
        .init("zrandmember z HALF", .linear, after: "zadd z SCORES"), .init("zscan z 0", after: "zadd z SCORES"),
        .init("zunion 2 z y", .linearithmic, after: "zadd z SCORES", "zadd y SCORES"),
        .init("zunion COUNT SETS", .linearithmic, after: "*zadd s# 1 a 2 b 3 c#"),
        .init("zinter 2 z y", .linearithmic, after: "zadd z SCORES", "zadd y SCORES"),
        .init("zinter COUNT SETS", .linearithmic, after: "*zadd s# 1 a 2 b 3 c#"),
        .init("zdiff 2 z y", .linearithmic, after: "zadd z SCORES", "zadd y 5 m5"),
        .init("zintercard 2 z y", .linear, after: "zadd z SCORES", "zadd y SCORES"),
        .init("zunionstore x 2 z y", .linearithmic, after: "zadd z SCORES", "zadd y SCORES"),
        .init("zinterstore x 2 z y", .linearithmic, after: "zadd z SCORES", "zadd y SCORES"),
        .init("zdiffstore x 2 z y", .linearithmic, after: "zadd z SCORES", "zadd y 5 m5"),
    ]

    private static let connections: [ComplexityCase] = [
        .init("ping", after: "@ping"), .init("echo x", after: "@ping"), .init("auth default x", after: "@ping"),
        .init("select 1", after: "@ping", "mset PAIRS"), .init("hello 3", after: "@ping"),
        .init("reset", .linear, after: "subscribe NAMES"), .init("client id", after: "@ping"),
        .init("client list", .linearithmic, after: "@ping"),
        .init("client list id 3 5 7", .linearithmic, after: "@ping"), .init("client info", after: "@ping"),
        .init("client getname", after: "@ping"), .init("client setname x", after: "@ping"),
        .init("client setinfo lib-name x", after: "@ping"), .init("client kill id 3", .linear, after: "@ping"),
        .init("client kill type pubsub", .linear, after: "@subscribe x"),
        .init("client no-evict on", after: "@ping"), .init("client unpause", after: "@ping"),
        .init("client unblock 5", .logarithmic, after: "@ping"),
        .init("client tracking on", after: "@ping"), .init("client trackinginfo", after: "@ping"),
        .init("client getredir", after: "@ping"), .init("client help"),
        .init("multi", after: "@ping"), .init("exec", .linear, after: "multi", "*set m# v"),
        .init("discard", .linear, after: "multi", "*set m# v"), .init("watch NAMES", .linear),
        .init("watch NAMES", .linear, after: "watch NAMES"), .init("unwatch", .linear, after: "watch NAMES"),
        .init("set m5 v", .linear, after: "@watch m5"), .init("acl whoami", after: "*acl setuser u# on"),
        .init("acl cat"), .init("acl cat read"), .init("acl genpass"), .init("acl help"), .init("acl log"),
        .init("acl dryrun u5 get x", after: "*acl setuser u# on"),
        .init("acl dryrun default mget NAMES", .linear), .init("acl getuser u5", after: "*acl setuser u# on"),
        .init("acl list", .linear, after: "*acl setuser u# on"),
        .init("acl users", .linear, after: "*acl setuser u# on"),
        .init("acl setuser u5 off", .linear, after: "*acl setuser u# on"),
        .init("acl deluser u5", .linear, after: "*acl setuser u# on"),
    ]

    private static let server: [ComplexityCase] = [
        .init("dbsize", after: "mset PAIRS"), .init("flushdb", .linear, after: "mset PAIRS"),
        .init("flushall", .linear, after: "mset PAIRS", "hset h PAIRS", "watch NAMES"),
        .init("swapdb 0 1", after: "mset PAIRS"), .init("swapdb 0 1", .linear, after: "watch NAMES"),
        .init("info", after: "mset PAIRS"), .init("info", .linear, after: "@ping"),
        .init("config get *", after: "@ping"), .init("config get PATTERNS", .linear),
        .init("config set timeout 5", after: "@ping"), .init("config resetstat", after: "@ping"),
        .init("config help"), .init("command count"), .init("command getkeys mset PAIRS", .linear),
        .init("command getkeysandflags mset PAIRS", .linear), .init("command help"),
        .init("memory usage h samples 0", .linear, after: "hset h PAIRS"),
        .init("memory usage h", after: "hset h PAIRS"), .init("memory stats", .linear, after: "@ping"),
        .init("memory doctor", .linear, after: "@ping"), .init("memory malloc-stats", after: "mset PAIRS"),
        .init("memory purge", after: "mset PAIRS"), .init("memory help"), .init("time"), .init("lastsave"),
        .init("role"), .init("slowlog get", after: "mset PAIRS"), .init("slowlog len"), .init("slowlog reset"),
        .init("slowlog help"), .init("latency doctor"), .init("latency histogram"), .init("latency history command"),
        .init("latency latest"), .init("latency reset"), .init("latency reset NAMES", .linear), .init("latency help"),
        .init("script exists NAMES", .linear), .init("script flush"), .init("script help"),
    ]

    private static let messages: [ComplexityCase] = [
        .init("subscribe NAMES", .linear), .init("subscribe NAMES", .linear, after: "subscribe NAMES"),
        .init("unsubscribe", .linear, after: "subscribe NAMES"),
        .init("unsubscribe NAMES", .linear, after: "subscribe NAMES"),
        .init("psubscribe PATTERNS", .linear), .init("punsubscribe", .linear, after: "psubscribe PATTERNS"),
        .init("punsubscribe PATTERNS", .linear, after: "psubscribe PATTERNS"),
        .init("unsubscribe x", after: "@subscribe x", "subscribe x"),
        .init("publish m5 x", after: "@subscribe m#"), .init("publish x y", .linear, after: "@subscribe x"),
        .init("publish m5 x", .linear, after: "@psubscribe m#*"),
        .init("pubsub channels", .linear, after: "@subscribe m#"),
        .init("pubsub numsub NAMES", .linear, after: "@subscribe m#"), .init("pubsub numpat", after: "@psubscribe m#"),
        .init("pubsub help"),
    ]

    private static let ofUser = "*sesscreate id token-of-session-# user u fields 1 a b"

    private static let sessions: [ComplexityCase] = [
        .init("sesscreate fields COUNT PAIRS", .linear), .init("sesscreate user u", after: ofUser),
        .init("sesscreate user u limit 1 evict", .linearithmic, after: ofUser),
        .init("sesscreate user u limit HALF evict", .linearithmic, after: ofUser),
        .init("sesscreate user u limit 100000", .linear, after: ofUser),
        .init("sessget token-of-session-5", after: ofUser),
        .init("sessget caller-made-token", .linear, after: "sesscreate id caller-made-token fields COUNT PAIRS"),
        .init(
            "sessget caller-made-token fields 1 m5", .linear,
            after: "sesscreate id caller-made-token fields COUNT PAIRS"),
        .init("sessset token-of-session-5 fields 1 a b", after: ofUser),
        .init(
            "sessset caller-made-token fields COUNT PAIRS", .linear,
            after: "sesscreate id caller-made-token fields COUNT PAIRS"),
        .init(
            "sessunset caller-made-token fields COUNT NAMES", .linear,
            after: "sesscreate id caller-made-token fields COUNT PAIRS"),
        .init("sesstouch token-of-session-5", after: ofUser),
        .init("sesstouch caller-made-token", after: "sesscreate id caller-made-token fields COUNT PAIRS"),
        .init("sessrotate token-of-session-5", after: ofUser),
        .init("sessrotate caller-made-token", .linear, after: "sesscreate id caller-made-token fields COUNT PAIRS"),
        .init("sessrevoke token-of-session-5", after: ofUser), .init("sessrevoke TOKENS", .linear, after: ofUser),
        .init("sessrevokeuser u", .linear, after: ofUser), .init("sesslist u count 10", .linear, after: ofUser),
        .init("sesslist u count 1000", .linearithmic, after: ofUser),
        .init("sesslist u count 1000", .linearithmic, after: ofUser, "sesstouch token-of-session-0"),
        .init("sesscard u", .linear, after: ofUser), .init("sesscard", after: ofUser),
    ]
}
