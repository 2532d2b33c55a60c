extension TraceTests {
    /// ASP.NET Core's sessions in its distributed cache, through StackExchange.Redis.
    static let dotNetTraces = [
        // StackExchange/StackExchange.Redis, ServerEndPoint.cs: HandshakeAsync and AutoConfigureAsync. Errors of
        // SENTINEL and CLUSTER mean "not one of those" to it; the connection stands when the ECHO comes back.
        Trace(
            "StackExchange.Redis handshake",
            """
            | CLIENT SETNAME app
            | CLIENT ID
            | CONFIG GET timeout
            | CONFIG GET databases
            | INFO replication
            | INFO server
            | GET __Booksleeve_TieBreak
            | ECHO 0123456789abcdef
            OK
            *
            ["timeout", "0"]
            ["databases", "16"]
            *
            *
            (nil)
            "0123456789abcdef"
            events> SUBSCRIBE __Booksleeve_MasterChanged
            ["subscribe", "__Booksleeve_MasterChanged", (integer) 1]
            """),
        // dotnet/aspnetcore, RedisCache.cs. Its ticks are numbers of 100 ns.
        Trace(
            "ASP.NET Core RedisCache, pipelined",
            """
            | HMSET appsession absexp -1 sldexp 12000000000 data bytes
            | EXPIRE appsession 1200
            OK
            (integer) 1
            > HMGET appsession absexp sldexp data
            ["-1", "12000000000", "bytes"]
            > EXPIRE appsession 2400
            (integer) 1
            > TTL appsession
            (integer) about 2400
            > HMGET appsession absexp sldexp
            ["-1", "12000000000"]
            > UNLINK appsession
            (integer) 1
            > HMGET appsession absexp sldexp data
            [(nil), (nil), (nil)]
            > PEXPIRE appsession 1200000
            (integer) 0
            """),
        Trace(
            "ASP.NET Core RedisCache, as a transaction",
            """
            | MULTI
            | HMSET appsession dv bytes swv 12000000000
            | EXPIRE appsession 1200
            | EXEC
            OK
            QUEUED
            QUEUED
            [OK, (integer) 1]
            > HMGET appsession dv swv aev
            ["bytes", "12000000000", (nil)]
            > PEXPIRE appsession 1200500
            (integer) 1
            > DEL appsession
            (integer) 1
            """),
    ]
}
