import TestSupport

/// Random rules of `ACL SETUSER`, valid and invalid, about few names, so that they meet one another. The seed repeats
/// them. Only commands and categories that both servers have.
struct AccessGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static let users: [Bytes] = ["alice", "bob", "", "default2", "Alice"]
    private static let commands = [
        "get", "set", "SetEx", "mget", "append", "strlen", "incr", "getdel", "hset", "hget", "hgetall", "hdel",
        "hscan", "del", "exists", "expire", "ttl", "type", "rename", "copy", "object", "object|encoding", "object|help",
        "config", "config|get", "CONFIG|SET", "client", "client|id", "client|list", "acl", "acl|whoami", "acl|cat",
        "ping", "echo",
        "select", "dbsize", "scan", "keys", "publish", "subscribe", "psubscribe", "multi", "exec", "watch", "auth",
    ]
    private static let categories = [
        "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap", "hyperloglog", "geo",
        "stream", "pubsub", "admin", "fast", "slow", "blocking", "dangerous", "connection", "transaction", "scripting",
        "all", "READ",
    ]
    private static let patterns: [String] = ["*", "a", "key:*", "k[a-f]y*", "?", "", "user:{7}:*", "*1", "b*b", "[^a]"]
    private static let broken = [
        "+nosuch", "-nosuch", "+@nosuch", "-@nosuch", "+config|nosuch", "+config|", "+config|get|x", "+select|",
        "-select|0", "nosuch", "%X~a", "%~a", "%RR~a", "%", "+", "-", "@all", "(+get", "~b)", "(nosuch)", "(on)",
        "(+nosuch)",
        "~a b", "&a\tb", "#00", "!00", "<never", "!\(String(repeating: "0", count: 64))", "!", "#", "+@", "(+get ~a) ",
    ]

    private mutating func one<Element>(of choices: [Element]) -> Element { choices.randomElement(using: &random)! }
    mutating func user() -> Bytes { one(of: Self.users) }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// Rules for one `ACL SETUSER`.
    mutating func rules() -> [Bytes] {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in Bytes(rule()) }
    }

    private mutating func rule() -> String {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<6: one(of: ["on", "off", "ON", "nopass", "resetpass", "sanitize-payload", "skip-sanitize-payload"])
        case 6..<12: one(of: [">one", ">two", "<one", "<two", ">", "#\(String(repeating: "1", count: 64))"])
        case 12..<15: one(of: ["reset", "clearselectors"])
        case 15..<23: selector()
        case 23..<26: one(of: Self.broken)
        default: permission()
        }
    }

    /// What a selector takes, too.
    private mutating func permission() -> String {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: one(of: ["+", "+", "-"]) + one(of: Self.commands)
        case 30..<50: one(of: ["+@", "-@"]) + one(of: Self.categories)
        case 50..<56: one(of: ["+select|0", "+SELECT|1", "+select|x", "+echo|hello", "+get|a"])
        case 56..<60: one(of: ["allcommands", "nocommands", "+@all", "-@all"])
        case 60..<64: one(of: ["allkeys", "resetkeys", "resetkeys", "~*"])
        case 64..<68: one(of: ["allchannels", "resetchannels", "resetchannels", "&*"])
        case 68..<90: one(of: ["~", "~", "%R~", "%W~", "%RW~", "%r~"]) + one(of: Self.patterns)
        default: "&" + one(of: Self.patterns)
        }
    }

    private mutating func selector() -> String {
        let rules = (0..<Int.random(in: 0...4, using: &random)).map { _ in permission() }
        return "(" + rules.joined(separator: " ") + ")"
    }

    /// A user with some permissions, to send commands as.
    mutating func restrictedUser() -> [Bytes] {
        let bases = [["+@all"], ["+@all", "-@write"], ["+@read", "+@fast"], ["-@all", "+get"], ["+@hash", "+@string"]]
        let more = (0..<Int.random(in: 1...6, using: &random)).map { _ in permission() }
        return (["reset", "on", "nopass", "+select", "+ping"] + one(of: bases) + more).map { Bytes($0) }
    }

    /// A request about channels, to be tried only.
    mutating func channelRequest() -> [Bytes] {
        let channels = ["a", "b", "key:1", "bxb", "", "*", "key:*", "b*b"]
        return switch Int.random(in: 0..<3, using: &random) {
        case 0: ["PUBLISH", Bytes(one(of: channels)), "m"]
        case 1: ["SUBSCRIBE", Bytes(one(of: channels)), Bytes(one(of: channels))]
        default: ["PSUBSCRIBE", Bytes(one(of: channels))]
        }
    }

    /// Requests whose permission tells a user's commands apart.
    static let probes: [[Bytes]] = [
        ["GET", "a"], ["SET", "a", "v"], ["SET", "key:1", "v", "GET"], ["SETEX", "b", "1", "v"], ["MGET", "a", "key:2"],
        ["APPEND", "a", "v"], ["STRLEN", "b"], ["INCR", "1"], ["GETDEL", "a"], ["MSET", "a", "1", "b", "2"],
        ["HSET", "a", "f", "v"], ["HGET", "bxb", "f"], ["HGETALL", "a"], ["HDEL", "a", "f"], ["HSCAN", "a", "0"],
        ["DEL", "a", "b"], ["EXISTS", "a"], ["EXPIRE", "key:1", "1"], ["TTL", "a"], ["TYPE", "a"], ["RENAME", "a", "b"],
        ["COPY", "a", "key:1"], ["OBJECT", "ENCODING", "a"], ["OBJECT", "HELP"], ["CONFIG", "GET", "x"],
        ["CONFIG", "SET", "x", "y"], ["CLIENT", "ID"], ["CLIENT", "LIST"], ["CLIENT", "KILL", "x"], ["ACL", "WHOAMI"],
        ["ACL", "CAT"], ["ACL", "LIST"], ["ACL", "SETUSER", "x"], ["PING"], ["ECHO", "hello"], ["ECHO", "x"],
        ["SELECT", "0"], ["SELECT", "1"], ["DBSIZE"], ["SCAN", "0"], ["KEYS", "*"], ["PUBLISH", "a", "m"],
        ["SUBSCRIBE", "a", "key:1"], ["PSUBSCRIBE", "key:*"], ["UNSUBSCRIBE", "z"], ["MULTI"], ["EXEC"],
        ["WATCH", "a"], ["AUTH", "x"], ["HELLO"], ["RESET"], ["QUIT"], ["INFO"], ["DEBUG", "SLEEP", "0"], ["SHUTDOWN"],
        ["FLUSHALL"], ["SWAPDB", "0", "1"], ["COMMAND"], ["COMMAND", "COUNT"], ["MEMORY", "USAGE", "a"], ["TIME"],
    ]
}
