import TestSupport
import Testing

/// What session frameworks send that are not packaged for the machine that tests, with the replies they depend on. Read
/// from their sources, which the dialogues name, but for phpredis 6 and go-redis, which follow what is known of them;
/// held with redis-server too, so that what is expected is what Redis answers.
@Suite struct TraceTests {
    static let traces = [
        // tj/connect-redis, src/RedisStore.ts, with node-redis or ioredis; the latter's ready check is INFO.
        Trace(
            "connect-redis",
            """
            > INFO
            *
            > SET sess:a {} EX 86400
            OK
            > GET sess:a
            "{}"
            > TTL sess:a
            (integer) about 86400
            > EXPIRE sess:a 3600
            (integer) 1
            > TTL sess:a
            (integer) about 3600
            > GET sess:none
            (nil)
            > SCAN 0 MATCH sess:* COUNT 100
            ["0", ["sess:a"]]
            > MGET sess:a sess:gone
            ["{}", (nil)]
            > DEL sess:a sess:gone
            (integer) 1
            > EXPIRE sess:a 3600
            (integer) 0
            > SCAN 0 MATCH sess:* COUNT 100
            ["0", []]
            """),
        // roidrage/redis-session-store, lib/redis-session-store.rb. A session without expire_after has no deadline.
        Trace(
            "redis-session-store (Rails)",
            """
            > EXISTS myapp:session:2::a
            (integer) 0
            > SETEX myapp:session:2::a 7200 data
            OK
            > EXISTS myapp:session:2::a
            (integer) 1
            > GET myapp:session:2::a
            "data"
            > SET myapp:session:2::b data
            OK
            > TTL myapp:session:2::b
            (integer) -1
            > DEL myapp:session:2::a
            (integer) 1
            > DEL a
            (integer) 0
            """),
        // alexedwards/scs, redisstore and goredisstore.
        Trace(
            "scs (Go)",
            """
            > GET scs:session:a
            (nil)
            | MULTI
            | SET scs:session:a data
            | PEXPIREAT scs:session:a {now+500}
            | EXEC
            OK
            QUEUED
            QUEUED
            [OK, (integer) 1]
            > PEXPIRETIME scs:session:a
            (integer) {now+500}
            > GET scs:session:a
            "data"
            > KEYS scs:session:*
            ["scs:session:a"]
            > DEL scs:session:a
            (integer) 1
            """),
        // vapor/redis, Sources/Redis/Redis+Sessions.swift. No deadline: switch session-default-ttl on.
        Trace(
            "Vapor",
            """
            > SET vrs-a data
            OK
            > GET vrs-a
            "data"
            > TTL vrs-a
            (integer) -1
            > DEL vrs-a
            (integer) 1
            > GET vrs-a
            (nil)
            """),
        // hummingbird-project/hummingbird-redis, Sources/HummingbirdRedis/Persist+Redis.swift
        Trace(
            "Hummingbird",
            """
            > SET hbs.a data NX EX 3600
            OK
            > SET hbs.a data NX EX 3600
            (nil)
            > SET hbs.a more KEEPTTL
            OK
            > TTL hbs.a
            (integer) about 3600
            > GET hbs.a
            "more"
            > DEL hbs.a
            (integer) 1
            """),
        // phpredis/phpredis 6, redis_session.c: what is newer there than in Debian's package, which runs itself.
        Trace(
            "phpredis 6",
            """
            > SET PHPREDIS_SESSION:a "" NX EX 1440
            OK
            > GETEX PHPREDIS_SESSION:a EX 1440
            ""
            > SETEX PHPREDIS_SESSION:a 1440 data
            OK
            > GETEX PHPREDIS_SESSION:a EX 2880
            "data"
            > TTL PHPREDIS_SESSION:a
            (integer) about 2880
            > EXPIRE PHPREDIS_SESSION:a 1440
            (integer) 1
            > DEL PHPREDIS_SESSION:a
            (integer) 1
            """),
        // redis/go-redis, redis.go (initConn): options that an older server does not know are not an error for it.
        Trace(
            "go-redis",
            """
            | HELLO 3
            | CLIENT SETNAME app
            | PING
            *
            OK
            PONG
            > SET session data EX 3600 NX
            OK
            > GET session
            "data"
            > HSET h user alice
            (integer) 1
            > HGETALL h
            %["user", "alice"]
            > GET none
            (nil)
            """),
    ]

    @Test(arguments: traces + springTraces + dotNetTraces + indexTraces, ServerProcess.Program.servers)
    func isAnswered(_ trace: Trace, by program: ServerProcess.Program) throws {
        try withServer(program) { try trace.replay(at: $0.address) }
    }

    /// A dialogue that is not true fails, wherever it is wrong.
    @Test(arguments: [
        "> SET k v\nOK\n> GET k\n\"w\"", "> GET none\n*\n> INCR k\n(integer) about 100", "> LPOP\n*",
        "other> SUBSCRIBE news\n*\n> PUBLISH news a\n(integer) 1\nother< [\"message\", \"news\", \"b\"]",
    ])
    func aWrongTraceFails(_ text: String) throws {
        try withServer { server in
            #expect(throws: HarnessError.self) { try Trace("wrong", text).replay(at: server.address) }
        }
    }
}
