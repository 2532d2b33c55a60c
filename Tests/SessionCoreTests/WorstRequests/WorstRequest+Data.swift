/// The worst requests on keys of all kinds, and on sessions.
extension WorstRequest {
    static let ofData = strings + keys + hashes + sets + sortedSets + combinations + sessions

    private static let strings: [WorstRequest] = [
        .init("get k", after: "set k VALUE"), .init("set k VALUE get ex 100", after: "set k VALUE"),
        .init("set h v", after: "hset h {f# v}×1000"), .init("setex k 100 VALUE", after: "set k VALUE"),
        .init("psetex k 100 VALUE", after: "set k VALUE"), .init("getex k ex 100", after: "set k VALUE"),
        .init("getdel k", after: "set k VALUE"), .init("getset k VALUE", after: "set k VALUE"), .init("setnx k VALUE"),
        .init("mget k×1000", .closed, after: "set k VALUE"), .init("mget k#×1000", after: "mset {k# v}×1000"),
        .init("mset {k VALUE}×50"), .init("mset {k# v}×1000"), .init("msetnx {k# v}×1000"),
        .init("msetnx {k VALUE}×50"), .init("append k VALUE", after: "set k VALUE"),
        .init("strlen k", after: "set k VALUE"), .init("getrange k 0 9223372036854775807", after: "set k VALUE"),
        .init("substr k -9223372036854775808 -1", after: "set k VALUE"),
        .init("setrange k 2000000 x", making: 2_000_000), .init("setrange k 536870912 x", .refused),
        .init("incr n", after: "set n 9223372036854775806"), .init("decr n", after: "set n -9223372036854775807"),
        .init("incrby n 9223372036854775807"), .init("decrby n 9223372036854775807"), .init("incrbyfloat n 1e4931"),
        .init("incrbyfloat n 1e-4931", after: "set n 1e308"),
    ]

    private static let keys: [WorstRequest] = [
        .init("del k×1000", after: "set k VALUE"), .init("del k#×1000", after: "mset {k# v}×1000"),
        .init("unlink k#×1000", after: "mset {k# v}×1000"), .init("unlink z", after: "zadd z {1 m#}×1000"),
        .init("exists k×1000", after: "set k VALUE"), .init("touch k×1000", after: "set k VALUE"),
        .init("type k", after: "set k VALUE"), .init("expire k 100", after: "set k VALUE"),
        .init("pexpire k 100", after: "set k VALUE"), .init("expireat k 1", after: "set k VALUE"),
        .init("pexpireat k 9223372036854775807", after: "set k VALUE"), .init("ttl k", after: "set k VALUE"),
        .init("pttl k", after: "set k VALUE"), .init("expiretime k", after: "set k VALUE"),
        .init("pexpiretime k", after: "set k VALUE"), .init("persist k", after: "setex k 100 VALUE"),
        .init("scan 0 count 9223372036854775807", after: "mset {k# v}×1000"),
        .init("scan 0 match VALUE count 1000000", after: "mset {k# v}×1000"),
        .init("keys *", after: "mset {k# v}×1000"), .init("keys VALUE", after: "mset {k# v}×100"),
        .init("randomkey", after: "mset {k# v}×1000"), .init("rename k l", after: "set k VALUE"),
        .init("rename h k", after: "set k VALUE", "hset h {f# v}×1000"),
        .init("renamenx z k", after: "zadd z {1 m#}×1000"), .init("copy k l", after: "set k VALUE"),
        .init("copy z k", after: "zadd z {1 m#}×1000"),
        .init("copy h k replace", after: "hset h {f# v}×1000", "set k v"), .init("move s 1", after: "sadd s m#×1000"),
        .init("object encoding k", after: "set k VALUE"), .init("object freq k", .refused, after: "set k VALUE"),
        .init("object idletime k", after: "set k VALUE"), .init("object refcount k", after: "set k VALUE"),
        .init("object help"), .init("wait 1 0", .silent), .init("wait 9223372036854775807 1", .silent),
        .init("waitaof 0 1 0", .silent), .init("waitaof 0 9223372036854775807 1", .silent),
    ]

    private static let hashes: [WorstRequest] = [
        .init("hset h {f VALUE}×50"), .init("hset h {f# v}×1000"),
        .init("hset h {f# w}×1000", after: "hset h {f# v}×1000"), .init("hmset h {f# v}×1000"),
        .init("hget h f", after: "hset h f VALUE"), .init("hmget h f×1000", .closed, after: "hset h f VALUE"),
        .init("hgetall h", after: "hset h {f# v}×1000"), .init("hdel h f#×1000", after: "hset h {f# v}×1000"),
        .init("hdel h f×1000", after: "hset h f VALUE g v"), .init("hexists h f", after: "hset h f VALUE"),
        .init("hlen h", after: "hset h {f# v}×1000"), .init("hkeys h", after: "hset h {f# v}×1000"),
        .init("hvals h", after: "hset h {f# v}×1000"), .init("hsetnx h g VALUE", after: "hset h f VALUE"),
        .init("hincrby h n 9223372036854775807", after: "hset h f VALUE"), .init("hincrbyfloat h n 1e4931"),
        .init("hrandfield h -9223372036854775807", .closed, after: "hset h f VALUE"),
        .init("hrandfield h -1000000 withvalues", .closed, after: "hset h f VALUE"),
        .init("hrandfield h 4611686018427387903 withvalues", after: "hset h {f# v}×1000"),
        .init("hrandfield h 9000", after: "hset h {f# v}×1000"), .init("hstrlen h f", after: "hset h f VALUE"),
        .init("hscan h 0 count 9223372036854775807", after: "hset h {f# v}×1000"),
    ]

    private static let sets: [WorstRequest] = [
        .init("sadd s m#×1000"), .init("sadd s #×1000"), .init("sadd s VALUE×50"),
        .init("srem s m#×1000", after: "sadd s m#×1000"), .init("sismember s VALUE", after: "sadd s VALUE"),
        .init("smismember s m×1000", after: "sadd s m"), .init("smembers s", after: "sadd s m#×1000"),
        .init("scard s", after: "sadd s m#×1000"), .init("spop s 9223372036854775807", after: "sadd s m#×1000"),
        .init("spop s 9000", after: "sadd s #×1000"),
        .init("srandmember s -9223372036854775807", .closed, after: "sadd s VALUE"),
        .init("srandmember s -1000000", .closed, after: "sadd s VALUE"),
        .init("srandmember s 9223372036854775807", after: "sadd s m#×1000"),
        .init("srandmember s 9000", after: "sadd s m#×1000"), .init("smove s t VALUE", after: "sadd s VALUE"),
        .init("sscan s 0 count 9223372036854775807", after: "sadd s m#×1000"),
        .init("sinter s×1000", after: "sadd s m#×100"), .init("sinter s t", after: "sadd s #×1000", "sadd t #×1000"),
        .init("sintercard 1000 s×1000 limit 9223372036854775807", after: "sadd s m#×100"),
        .init("sinterstore d s×1000", after: "sadd s m#×100"), .init("sunion s×1000", after: "sadd s m#×100"),
        .init("sunion s#×1000", after: "1000× sadd s# m# n# o#"),
        .init("sunionstore d s×1000", after: "sadd s m#×100"), .init("sdiff s×1000", after: "sadd s m#×100"),
        .init("sdiff s {t}×1000", after: "sadd s m#×100", "sadd t m"),
        .init("sdiffstore d s {t}×1000", after: "sadd s m#×100", "sadd t m"),
    ]

    private static let sortedSets: [WorstRequest] = [
        .init("zadd z ch {1 m#}×1000"), .init("zadd z {1 VALUE}×50"),
        .init("zadd z {# m#}×1000", after: "zadd z {1 m#}×1000"),
        .init("zincrby z 1e308 VALUE", after: "zadd z 1 VALUE"), .init("zrem z m#×1000", after: "zadd z {1 m#}×1000"),
        .init("zscore z m", after: "zadd z 1.7976931348623157e308 m"),
        .init("zmscore z m×40000", .closed, after: "zadd z 1.5 m"),
        .init("zmscore z m×1000", after: "zadd z 1.7976931348623157e308 m"),
        .init("zcard z", after: "zadd z {1 m#}×1000"), .init("zrank z VALUE", after: "zadd z 1 VALUE"),
        .init("zrevrank z VALUE", after: "zadd z 1 VALUE"), .init("zcount z -inf +inf", after: "zadd z {1 m#}×1000"),
        .init("zlexcount z [VALUE +", after: "zadd z {1 m#}×1000"),
        .init("zrange z 0 -1 withscores", after: "zadd z {1.7976931348623157e308 m#}×1000"),
        .init("zrange z -inf +inf byscore limit 0 9223372036854775807 withscores", after: "zadd z {1 m#}×1000"),
        .init("zrevrange z 0 -1 withscores", after: "zadd z {1 m#}×1000"),
        .init("zrangebyscore z -inf +inf withscores limit 0 -1", after: "zadd z {1 m#}×1000"),
        .init("zrevrangebyscore z +inf -inf withscores", after: "zadd z {1 m#}×1000"),
        .init("zrangebylex z - + limit 0 9223372036854775807", after: "zadd z {1 m#}×1000"),
        .init("zrevrangebylex z + -", after: "zadd z {1 m#}×1000"),
        .init("zrangestore d z 0 -1", after: "zadd z {1 m#}×1000"),
        .init("zremrangebyrank z 0 -1", after: "zadd z {1 m#}×1000"),
        .init("zremrangebyscore z -inf +inf", after: "zadd z {1 m#}×1000"),
        .init("zremrangebylex z - +", after: "zadd z {1 m#}×1000"),
        .init("zpopmin z 9223372036854775807", after: "zadd z {1 m#}×1000"),
        .init("zpopmax z 9000", after: "zadd z {1 m#}×1000"),
        .init("zmpop 1000 z×1000 min count 9223372036854775807", after: "zadd z {1 m#}×1000"),
        .init("zrandmember z -9223372036854775807", .closed, after: "zadd z 1 VALUE"),
        .init("zrandmember z -1000000 withscores", .closed, after: "zadd z 1 VALUE"),
        .init("zrandmember z 4611686018427387903 withscores", after: "zadd z {1 m#}×1000"),
        .init("zscan z 0 count 9223372036854775807", after: "zadd z {1 m#}×1000"),
    ]

    /// Several sets, or one several times.
    private static let combinations: [WorstRequest] = [
        .init("zunion 1000 z×1000 weights 2×1000 aggregate sum withscores", after: "zadd z {1 m#}×100"),
        .init("zunion 1000 z#×1000 withscores", after: "1000× zadd z# 1 m# 2 n# 3 o#"),
        .init("zunion 1000000 z×10", .refused, after: "zadd z {1 m#}×100"),
        .init("zinter 1000 z×1000 weights 2×1000 withscores", after: "zadd z {1 m#}×100"),
        .init("zdiff 1000 z {y}×999 withscores", after: "zadd z {1 m#}×100", "zadd y 1 m"),
        .init("zintercard 1000 z×1000 limit 9223372036854775807", after: "zadd z {1 m#}×100"),
        .init("zunionstore d 1000 z×1000 aggregate max", after: "zadd z {1 m#}×100"),
        .init("zinterstore d 1000 z×1000 aggregate max", after: "zadd z {1 m#}×100"),
        .init("zdiffstore d 1000 z {y}×999", after: "zadd z {1 m#}×100", "zadd y 1 m"),
    ]

    private static let ofUser = "1000× sesscreate id token-of-session-# user u device LABEL fields 1 f v"
    private static let large = "sesscreate id token-of-session-1 user u fields 1000 {f# v}×1000"

    private static let sessions: [WorstRequest] = [
        .init("sesscreate user u device d idle 1d max 9d bind LABEL level 2 for 1h fields 1000 {f# v}×1000"),
        .init("sesscreate user u limit 1 evict fields 1 f VALUE", after: ofUser),
        .init("sesscreate fields 50 {f VALUE}×50"),
        .init(
            "sessget token-of-session-1 fields 1000 f×1000", .closed,
            after: "sesscreate id token-of-session-1 fields 1 f VALUE"),
        .init("sessget token-of-session-1 touch", after: large),
        .init("sessset token-of-session-1 fields 1000 {f# w}×1000", after: large),
        .init("sessset token-of-session-1 fields 50 {f VALUE}×50", after: "sesscreate id token-of-session-1"),
        .init("sessunset token-of-session-1 fields 1000 f#×1000", after: large),
        .init("sessunset token-of-session-1 fields 1000 f×1000", after: large),
        .init("sesstouch token-of-session-1 idle 1d", after: large),
        .init("sessrotate token-of-session-1 grace 1h user v level 2", after: large),
        .init("sessrotate token-of-session-1 grace 1h", after: large),
        .init("sessrevoke token-of-session-1×1000 reason LABEL", after: large),
        .init("sessrevoke {token-of-session-#}×1000", after: ofUser),
        .init("sessrevoke {token-that-is-unknown-#}×1000"), .init("sessrevokeuser u", after: ofUser),
        .init("sesslist u count 1000", .closed, after: ofUser), .init("sesslist u count 500", after: ofUser),
        .init("sesscard u", after: ofUser),
    ]
}
