/// Requests that read a key in every way there is: one for each form of each read command that takes keys. What was
/// loaded from a peer is held against all of them, by tests and by the fuzz target of the snapshot loader alike.
///
/// `ReadRequestTests` compares them with the command table, so that a new command is not left out.
enum ReadRequests {
    /// `K` stands for the key, `M` for a name that is in the small collections of tests.
    static let ofKey = [
        "GET K", "MGET K K", "STRLEN K", "GETRANGE K 0 -1", "GETRANGE K -3 -2", "SUBSTR K 0 5",
        "HGET K M", "HMGET K M none M", "HGETALL K", "HEXISTS K M", "HLEN K", "HKEYS K", "HVALS K", "HSTRLEN K M",
        "HRANDFIELD K", "HRANDFIELD K 1", "HRANDFIELD K 3 WITHVALUES", "HRANDFIELD K -7 WITHVALUES",
        "HRANDFIELD K 100000", "HRANDFIELD K 0", "HSCAN K 0", "HSCAN K 0 MATCH * COUNT 1000",
        "SISMEMBER K M", "SMISMEMBER K M 1 none", "SMEMBERS K", "SCARD K", "SRANDMEMBER K", "SRANDMEMBER K 2",
        "SRANDMEMBER K -7", "SRANDMEMBER K 100000", "SSCAN K 0 COUNT 1000", "SINTER K K", "SINTERCARD 2 K K LIMIT 1",
        "SUNION K K", "SDIFF K K", "SDIFF K none",
        "ZSCORE K M", "ZMSCORE K M none", "ZCARD K", "ZRANK K M", "ZREVRANK K M", "ZCOUNT K -inf +inf",
        "ZCOUNT K (0 5", "ZLEXCOUNT K - +", "ZRANGE K 0 -1 WITHSCORES", "ZRANGE K 1 0", "ZRANGE K -1 -1 REV",
        "ZRANGE K -inf +inf BYSCORE LIMIT 0 2", "ZRANGE K - + BYLEX", "ZREVRANGE K 0 -1 WITHSCORES",
        "ZRANGEBYSCORE K -inf +inf WITHSCORES LIMIT 1 -1", "ZREVRANGEBYSCORE K +inf -inf", "ZRANGEBYLEX K - +",
        "ZREVRANGEBYLEX K + -", "ZRANDMEMBER K", "ZRANDMEMBER K 2 WITHSCORES", "ZRANDMEMBER K -7 WITHSCORES",
        "ZRANDMEMBER K 100000", "ZSCAN K 0 COUNT 1000", "ZUNION 2 K K WEIGHTS 2 -1 AGGREGATE MAX WITHSCORES",
        "ZINTER 2 K K WITHSCORES", "ZDIFF 2 K none WITHSCORES", "ZINTERCARD 2 K K LIMIT 1",
        "EXISTS K K", "TOUCH K", "TYPE K", "TTL K", "PTTL K", "EXPIRETIME K", "PEXPIRETIME K", "OBJECT ENCODING K",
        "OBJECT FREQ K", "OBJECT IDLETIME K", "OBJECT REFCOUNT K", "MEMORY USAGE K SAMPLES 0",
    ]

    /// Requests that look at all keys of the database.
    static let ofDatabase = [
        "DBSIZE", "RANDOMKEY", "KEYS *", "SCAN 0 COUNT 1000", "SCAN 0 TYPE hash", "INFO", "MEMORY STATS",
        "SESSCARD", "SESSCARD M", "SESSLIST M", "SESSLIST M COUNT 1000",
    ]

    /// The words of a form for a key.
    static func words(_ form: String, key: [UInt8] = [], member: [UInt8] = [97]) -> [[UInt8]] {
        form.split(separator: " ").map { word in word == "K" ? key : word == "M" ? member : Array(word.utf8) }
    }
}
