extension TraceTests {
    /// Frameworks that keep sets or sorted sets of their sessions.
    static let indexTraces = [
        // RedisIndexedSessionRepository.java, ConfigureNotifyKeyspaceEventsAction.java and the expiration store. It
        // compares the error's text, "ERR no such key", with that of RENAME.
        Trace(
            "Spring RedisIndexedSessionRepository",
            """
            > CONFIG GET notify-keyspace-events
            ["notify-keyspace-events", ""]
            > CONFIG SET notify-keyspace-events Egx
            OK
            > CONFIG GET notify-keyspace-events
            ["notify-keyspace-events", "gxE"]
            events> SUBSCRIBE __keyevent@0__:del __keyevent@0__:expired
            ["subscribe", "__keyevent@0__:del", (integer) 1]
            ["subscribe", "__keyevent@0__:expired", (integer) 2]
            events> PSUBSCRIBE spring:session:event:0:created:*
            ["psubscribe", "spring:session:event:0:created:*", (integer) 3]
            > HMSET spring:session:sessions:a creationTime 1 lastAccessedTime 1 maxInactiveInterval 1800
            OK
            > SADD spring:session:index:PRINCIPAL_NAME_INDEX_NAME:alice a
            (integer) 1
            > PUBLISH spring:session:event:0:created:a data
            (integer) 1
            events< ["pmessage", "spring:session:event:0:created:*", "spring:session:event:0:created:a", "data"]
            > SADD spring:session:expirations:60000 expires:a
            (integer) 1
            > PEXPIRE spring:session:expirations:60000 2100000
            (integer) 1
            > APPEND spring:session:sessions:expires:a ""
            (integer) 0
            > PEXPIRE spring:session:sessions:expires:a 1800000
            (integer) 1
            > PEXPIRE spring:session:sessions:a 2100000
            (integer) 1
            > TYPE spring:session:sessions:expires:a
            string
            > HGETALL spring:session:sessions:a
            ["creationTime", "1", "lastAccessedTime", "1", "maxInactiveInterval", "1800"]
            > SMEMBERS spring:session:index:PRINCIPAL_NAME_INDEX_NAME:alice
            ["a"]
            > RENAME spring:session:sessions:a spring:session:sessions:b
            OK
            > RENAME spring:session:sessions:expires:a spring:session:sessions:expires:b
            OK
            > RENAME spring:session:sessions:a spring:session:sessions:b
            (error) ERR no such key
            > SREM spring:session:index:PRINCIPAL_NAME_INDEX_NAME:alice a
            (integer) 1
            events< ["message", "__keyevent@0__:del", "spring:session:index:PRINCIPAL_NAME_INDEX_NAME:alice"]
            > SADD spring:session:index:PRINCIPAL_NAME_INDEX_NAME:alice b
            (integer) 1
            > SREM spring:session:expirations:60000 expires:a
            (integer) 1
            events< ["message", "__keyevent@0__:del", "spring:session:expirations:60000"]
            > DEL spring:session:sessions:expires:b
            (integer) 1
            events< ["message", "__keyevent@0__:del", "spring:session:sessions:expires:b"]
            > APPEND spring:session:sessions:expires:c ""
            (integer) 0
            > PEXPIRE spring:session:sessions:expires:c 100
            (integer) 1
            events< ["message", "__keyevent@0__:expired", "spring:session:sessions:expires:c"]
            > EXISTS spring:session:sessions:expires:c
            (integer) 0
            """),
        // SortedSetRedisSessionExpirationStore.java
        Trace(
            "Spring sorted set of expirations",
            """
            > ZADD spring:session:sessions:expirations 1000 a
            (integer) 1
            > ZADD spring:session:sessions:expirations 2000 a
            (integer) 0
            > ZADD spring:session:sessions:expirations 3000 b
            (integer) 1
            > ZREVRANGEBYSCORE spring:session:sessions:expirations 4000 0 LIMIT 0 100
            ["b", "a"]
            > ZREVRANGEBYSCORE spring:session:sessions:expirations 2500 0 LIMIT 0 100
            ["a"]
            > EXISTS spring:session:sessions:expires:a
            (integer) 0
            > ZREM spring:session:sessions:expirations a
            (integer) 1
            """),
        // bungle/lua-resty-session, lib/resty/session/redis/common.lua; the index is optional.
        Trace(
            "lua-resty-session",
            """
            > SET sessions:a data EX 3600
            OK
            > GET sessions:a
            "data"
            > TTL sessions:a
            (integer) about 3600
            | SET sessions:b data EX 3600
            | EXPIRE sessions:a 10
            | ZREMRANGEBYSCORE sessions:app:alice 0 999
            | ZADD sessions:app:alice 4600 b
            | ZREM sessions:app:alice a
            | EXPIRE sessions:app:alice 3600
            OK
            (integer) 1
            (integer) 0
            (integer) 1
            (integer) 0
            (integer) 1
            > ZRANGE sessions:app:alice 1000 +inf BYSCORE WITHSCORES
            ["b", "4600"]
            > ZRANGEBYSCORE sessions:app:alice 1000 +inf
            ["b"]
            | UNLINK sessions:b
            | ZREMRANGEBYSCORE sessions:app:alice 0 999
            | ZREM sessions:app:alice b
            (integer) 1
            (integer) 0
            (integer) 1
            """),
    ]
}
