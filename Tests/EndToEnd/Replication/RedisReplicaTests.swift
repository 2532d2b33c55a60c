import TestSupport
import Testing

/// A stock redis-server as Cloakroom's replica: the way out.
@Suite struct RedisReplicaTests {
    /// All kinds of data, through every way in which the stream says it.
    static func fill(_ connection: HiredisConnection) throws {
        let lines = [
            "SET plain 1", "INCR plain", "INCRBYFLOAT plain 0.5", "APPEND plain x", "SETRANGE plain 2 yz",
            "SET short 1 EX 1000", "SETEX other 1000 v", "PSETEX third 1000000 v", "GETEX short PERSIST",
            "GETSET short 2", "SET gone 1", "GETDEL gone", "MSET m1 1 m2 2", "MSETNX m3 3 m4 4", "SETNX m5 5",
            "EXPIRE m1 1000", "EXPIREAT m2 99999999999", "PEXPIREAT m3 99999999999999", "PERSIST m2",
            "EXPIRE m4 -1", "RENAME m5 m6", "COPY m6 m7", "MOVE m7 1", "DEL m3", "UNLINK nosuch",
            "HSET h a 1 b 2 c 3", "HINCRBY h a 5", "HINCRBYFLOAT h b 0.25", "HDEL h c", "HSETNX h d 4", "EXPIRE h 500",
            "SADD s 1 2 3 x y z", "SREM s x", "SMOVE s t y", "SPOP s", "SUNIONSTORE u s t", "SINTERSTORE v s s",
            "SADD numbers 1 2 3",
            "ZADD z 1 a 2 b 3 c 4 d", "ZADD z GT CH 9 a 1 b", "ZINCRBY z 0.1 c", "ZPOPMIN z", "ZREM z nosuch",
            "ZADD y 1 q 2 r 3 s", "ZREMRANGEBYRANK y 0 0", "ZUNIONSTORE w 2 z y WEIGHTS 2 3", "ZRANGESTORE x w 0 1",
            "SELECT 2", "SET second v", "SET third v", "SWAPDB 2 1", "SELECT 0",
            "MULTI", "SET t1 1", "INCR t1", "EXEC",
            "SESSCREATE ID token-one-0123456789 USER alice DEVICE phone IDLE 15m MAX 12h LEVEL 2 FIELDS 2 cart 3 x y",
            "SESSCREATE ID token-two-0123456789 USER alice FIELDS 1 a b",
            "SESSCREATE ID token-three-01234567 USER bob IDLE 1h BIND print",
            "SESSSET token-one-0123456789 FIELDS 1 cart 4", "SESSUNSET token-one-0123456789 FIELDS 1 x",
            "SESSTOUCH token-one-0123456789", "SESSREVOKE token-two-0123456789 REASON logout",
            "SESSROTATE token-three-01234567 GRACE 1h",
        ]
        for line in lines {
            let reply = try connection.line(line)
            #expect(reply.errorCode == nil, "\(line): \(reply)")
        }
        for number in 0..<1000 {
            _ = try connection.command("HSET", "large hash", Bytes("f\(number)"), Bytes("v\(number)"))
            _ = try connection.command("SADD", "large set", Bytes("m\(number)"))
            _ = try connection.command("ZADD", "large zset", Bytes("\(Double(number) / 8)"), Bytes("m\(number)"))
        }
        _ = try connection.command("SET", "binary", Bytes((0...255).map { UInt8($0) }))
        _ = try connection.command("SET", "large", Bytes(String(repeating: "v", count: 100_000)))
    }

    @Test("the data comes first, or while it follows", arguments: [true, false])
    func followsAndIsPromoted(isFilledBefore: Bool) throws {
        try withServer(.cloakroom, ["--repl-touch-interval", "0"]) { primary in
            let connection = try primary.connect()
            if isFilledBefore { try Self.fill(connection) }
            try withServer(.redis, ["--replicaof", "127.0.0.1 \(primary.port)"]) { replica in
                let other = try replica.connect()
                #expect(try other.awaitReplica(of: connection))
                if !isFilledBefore {
                    try Self.fill(connection)
                    #expect(try other.awaitReplica(of: connection))
                }
                let (left, right) = (try Keyspace(connection), try Keyspace(other))
                #expect(left.differences(from: right) == [])
                #expect(left.keys.count >= 30)
                // Sessions are hashes with their deadlines there.
                let sessions = try other.command("KEYS", "__sess__:*").elements ?? []
                #expect(sessions.count == 4)
                #expect(try connection.command("WAIT", "1", "5000") == 1)
                #expect(try connection.replication("slave0").contains("state=online"))
                // Expiry and revocation arrive as deletions.
                #expect(try connection.line("SET soon 1 PX 30") == .status("OK"))
                #expect(try connection.line("SESSREVOKEUSER alice") == 1)
                #expect(try eventually { try other.line("EXISTS soon") == 0 })
                #expect(try other.awaitReplica(of: connection))
                #expect(try Keyspace.differences(connection, other) == [])
                // It carries on alone.
                #expect(try other.line("REPLICAOF NO ONE") == .status("OK"))
                #expect(try other.line("SET new 1") == .status("OK"))
                #expect(try other.line("GET t1") == "2")
                #expect(!replica.log.contains("CRITICAL"), "\(replica.log)")
            }
        }
    }

    @Test func aCutLinkIsContinued() throws {
        try withServer(.cloakroom) { primary in
            let connection = try primary.connect()
            try withServer(.redis, ["--replicaof", "127.0.0.1 \(primary.port)"]) { replica in
                let other = try replica.connect()
                #expect(try other.awaitReplica(of: connection))
                #expect(try connection.line("CLIENT KILL TYPE replica") == 1)
                #expect(try connection.line("SET meanwhile 1") == .status("OK"))
                #expect(try other.awaitReplica(of: connection))
                #expect(try other.line("GET meanwhile") == "1")
                #expect(replica.log.contains("Successful partial resynchronization with master"))
            }
        }
    }

    /// `redis-cli --rdb` takes a copy of the data, and a redis-server starts from it.
    @Test func aCopyByRedisCLI() throws {
        try withServer(.cloakroom, ["--repl-touch-interval", "0"]) { primary in
            let connection = try primary.connect()
            try Self.fill(connection)
            let directory = try TemporaryDirectory()
            let file = try directory.file("dump.rdb")
            let tool = try ChildProcess("redis-cli", ["-h", "127.0.0.1", "-p", String(primary.port), "--rdb", file])
            var lines = ""
            while !lines.contains("Transfer finished") { lines += try tool.readLine(within: 20) + "\n" }
            try withServer(.redis, ["--dir", directory.path, "--dbfilename", "dump.rdb"]) { copy in
                let other = try copy.connect()
                #expect(try Keyspace.differences(connection, other) == [])
            }
        }
    }
}
