import TestSupport
import Testing

/// A stock redis-server as Cloakroom's primary: the way in.
@Suite struct RedisPrimaryTests {
    /// All encodings of the types that we hold, and commands that Redis propagates as they are.
    private func fill(_ connection: HiredisConnection, _ suffix: String) throws {
        let lines = [
            "SET int\(suffix) 12345", "SET text\(suffix) hello", "SET ttl\(suffix) v PX 500000",
            "APPEND text\(suffix) x",
            "INCR int\(suffix)", "INCRBYFLOAT float\(suffix) 1.5", "SETRANGE text\(suffix) 1 abc",
            "HSET small\(suffix) a 1 b text", "HINCRBYFLOAT small\(suffix) a 0.5", "EXPIRE small\(suffix) 900",
            "SADD ints\(suffix) 1 -2 300000 9999999999", "SADD words\(suffix) a b c", "SPOP words\(suffix)",
            "ZADD zset\(suffix) 1 a 2.5 b -inf c +inf d", "ZINCRBY zset\(suffix) 3 a", "ZPOPMAX zset\(suffix)",
            "SET tmp\(suffix) 1", "RENAME tmp\(suffix) renamed\(suffix)", "COPY renamed\(suffix) copied\(suffix)",
            "SELECT 1", "SET elsewhere\(suffix) 1", "SELECT 0", "MOVE copied\(suffix) 2",
            "MULTI", "INCR counter\(suffix)", "INCR counter\(suffix)", "SELECT 2", "SET inside\(suffix) 1", "EXEC",
            "SELECT 0", "SUNIONSTORE union\(suffix) ints\(suffix) words\(suffix)",
            "EVAL return{redis.call('set',KEYS[1],'s'),redis.call('incr',KEYS[2])} 2 ev\(suffix) ec\(suffix)",
        ]
        for line in lines {
            let reply = try connection.line(line)
            #expect(reply.errorCode == nil, "\(line): \(reply)")
        }
        for number in 0..<700 {
            _ = try connection.command("HSET", Bytes("hash\(suffix)"), Bytes("f\(number)"), Bytes("v\(number)"))
            _ = try connection.command("SADD", Bytes("set\(suffix)"), Bytes("m\(number)"))
            _ = try connection.command("ZADD", Bytes("tree\(suffix)"), Bytes("\(number)"), Bytes("m\(number)"))
        }
        // Compressed in the snapshot.
        _ = try connection.command("SET", Bytes("long\(suffix)"), Bytes(String(repeating: "abc", count: 5000)))
        _ = try connection.command("SET", Bytes("binary\(suffix)"), Bytes((0...255).map { UInt8($0) }))
    }

    @Test func aPrimaryIsFoundByName() throws {
        try withServer(.redis, ["--repl-diskless-sync-delay", "0"]) { primary in
            let connection = try primary.connect()
            try withServer(.cloakroom, ["--replicaof", "localhost \(primary.port)"]) { replica in
                let other = try replica.connect()
                #expect(try other.awaitReplica(of: connection))
                #expect(try other.line("REPLICAOF no-such-host.invalid 6379") == .status("OK"))
                #expect(eventually { replica.log.contains("no-such-host.invalid:6379 is down: cannot connect: ") })
                #expect(!replica.log.contains("interrupted"))
                #expect(try other.line("PING") == .status("PONG"))
            }
        }
    }

    @Test("without a disk, or by way of a file", arguments: ["yes", "no"])
    func migration(diskless: String) throws {
        let arguments = ["--repl-diskless-sync", diskless, "--repl-diskless-sync-delay", "0"]
        try withServer(.redis, arguments) { primary in
            let connection = try primary.connect()
            try fill(connection, "1")
            try withServer(.cloakroom, ["--replicaof", "127.0.0.1 \(primary.port)"]) { replica in
                let other = try replica.connect()
                #expect(try other.awaitReplica(of: connection))
                #expect(try Keyspace.differences(connection, other) == [])
                try fill(connection, "2")
                #expect(try connection.command("WAIT", "1", "5000") == 1)
                #expect(try other.awaitReplica(of: connection))
                #expect(try Keyspace.differences(connection, other) == [])
                #expect(try connection.line("SET soon 1 PX 20") == .status("OK"))
                #expect(try eventually { try other.line("DBSIZE") == connection.line("DBSIZE") })
                // A cut link goes on.
                #expect(try connection.line("CLIENT KILL TYPE replica") == 1)
                #expect(try connection.line("INCR counter1") == 3)
                #expect(try other.awaitReplica(of: connection))
                #expect(try connection.command("INFO", "stats").text?.contains("sync_full:1\r\n") == true)
                // The move itself: the replica becomes the primary, and the Redis may follow it for the way back.
                #expect(try other.line("REPLICAOF NO ONE") == .status("OK"))
                #expect(try other.line("SET moved 1") == .status("OK"))
                #expect(try connection.command("REPLICAOF", "127.0.0.1", Bytes(replica.port)) == .status("OK"))
                #expect(try connection.awaitReplica(of: other))
                #expect(try Keyspace.differences(other, connection) == [])
                #expect(try other.replication("slave0").contains("state=online"))
            }
        }
    }

    @Test func typesThatAreNotHeld() throws {
        try withServer(.redis, ["--repl-diskless-sync-delay", "0"]) { primary in
            let connection = try primary.connect()
            #expect(try connection.line("SET a 1") == .status("OK"))
            #expect(try connection.line("RPUSH list 1 2 3") == 3)
            #expect(try connection.line("XADD stream * a b").errorCode == nil)
            try withServer(.cloakroom, ["--replicaof", "127.0.0.1 \(primary.port)"]) { replica in
                #expect(eventually(within: 10) { replica.log.contains("replica-unsupported-types") })
                let other = try replica.connect()
                #expect(try other.replication("master_link_status") == "down")
                #expect(try other.line("DBSIZE") == 0)
                #expect(try other.line("CONFIG SET replica-unsupported-types skip") == .status("OK"))
                #expect(try other.awaitReplica(of: connection))
                #expect(try other.line("KEYS *") == .array(["a"]))
                // In the stream too.
                #expect(try connection.line("RPUSH list 4") == 4)
                #expect(try connection.line("SET b 2") == .status("OK"))
                #expect(try other.awaitReplica(of: connection))
                #expect(try other.line("GET b") == "2")
            }
        }
    }

    @Test func authentication() throws {
        try withServer(.redis, ["--requirepass", "secret", "--repl-diskless-sync-delay", "0"]) { primary in
            let connection = try primary.connect()
            #expect(try connection.line("AUTH secret") == .status("OK"))
            let arguments = ["--replicaof", "127.0.0.1 \(primary.port)", "--masterauth", "wrong"]
            try withServer(.cloakroom, arguments) { replica in
                #expect(eventually(within: 10) { replica.log.contains("refuses masterauth") })
                #expect(!replica.log.contains("wrong'"))
                let other = try replica.connect()
                #expect(try other.line("CONFIG SET masterauth secret") == .status("OK"))
                #expect(try other.awaitReplica(of: connection))
            }
        }
    }
}
