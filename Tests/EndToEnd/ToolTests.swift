import TestSupport
import Testing

/// redis-cli and redis-benchmark as Debian ships them.
@Suite struct ToolTests {
    private func cli(_ arguments: String..., at address: Address? = nil, input: String = "") throws -> Output {
        try run("redis-cli", (address ?? SharedServer.address()).clientFlags + arguments, input: input)
    }

    @Test func ping() throws {
        let output = try cli("PING")
        #expect(output.standardOutput == "PONG\n" && output.status == .exited(0))
    }

    @Test func overAUnixSocket() throws {
        try withServer(over: .unix) { server in
            let output = try cli("PING", at: server.address)
            #expect(output.standardOutput == "PONG\n")
        }
    }

    @Test func withAPassword() throws {
        try withServer(.cloakroom, ["--requirepass", "secret"]) { server in
            #expect(try cli("PING", at: server.address).standardOutput.contains("NOAUTH"))
            let output = try cli("--no-auth-warning", "-a", "secret", "PING", at: server.address)
            #expect(output.standardOutput == "PONG\n" && output.standardError.isEmpty)
        }
    }

    @Test func formatsEveryKindOfReply() throws {
        let key = unique("cli")
        let lines = [
            "SET \(key) \"a \\x00 b\"", "GET \(key)", "STRLEN \(key)", "GET \(key)x", "HGETALL \(key)x",
            "MGET \(key) \(key)x",
            "HGET \(key) f",
        ]
        let output = try cli("--no-raw", input: lines.joined(separator: "\n") + "\n")
        #expect(
            output.standardOutput == """
                OK
                "a \\x00 b"
                (integer) 5
                (nil)
                (empty array)
                1) "a \\x00 b"
                2) (nil)
                (error) WRONGTYPE Operation against a key holding the wrong kind of value

                """)
    }

    @Test func resp3Mode() throws {
        let key = unique("cli3")
        let output = try cli(
            "-3", "--no-raw", input: "HSET \(key) f v\nHGETALL \(key)\nGET \(key)x\nSESSGET \(key)0000000000\n")
        #expect(output.standardOutput == "(integer) 1\n1# \"f\" => \"v\"\n(nil)\n(nil)\n")
    }

    @Test func scanFindsEveryKey() throws {
        try withServer { server in
            let connection = try HiredisConnection(server.address)
            let names = (0..<1000).map { "key:\($0)" }
            _ = try connection.command(["MSET"] + names.flatMap { [Bytes($0), "v"] as [Bytes] })
            let scan = try cli("--scan", at: server.address).standardOutput
            #expect(Set(scan.split(separator: "\n").map(String.init)) == Set(names))
            let some = try cli("--scan", "--pattern", "key:99*", at: server.address).standardOutput
            #expect(Set(some.split(separator: "\n").map(String.init)) == Set(names.filter { $0.hasPrefix("key:99") }))
        }
    }

    @Test func keyStatistics() throws {
        try withServer { server in
            let connection = try HiredisConnection(server.address)
            _ = try connection.command("SET", "longest", Bytes(repeating: "x", count: 5000))
            _ = try connection.command("SET", "short", "x")
            _ = try connection.command("HSET", "fields", "a", "1", "b", "2")
            for flag in ["--bigkeys", "--memkeys"] {
                let output = try cli(flag, at: server.address)
                #expect(output.status == .exited(0), "\(flag)")
                #expect(
                    output.standardOutput.contains("longest") && output.standardOutput.contains("fields"), "\(flag)")
                #expect(!output.standardOutput.contains("rror"), "\(output.standardOutput)")
            }
        }
    }

    @Test func statisticsLine() throws {
        let output = try cli("INFO")
        for field in [
            "redis_version:", "process_id:", "tcp_port:", "uptime_in_seconds:", "connected_clients:", "used_memory:",
            "used_memory_rss:", "maxmemory_policy:", "total_commands_processed:", "expired_keys:", "keyspace_hits:",
            "role:master",
            "# Server", "# Clients", "# Memory", "# Stats", "# Replication", "# CPU",
        ] { #expect(output.standardOutput.contains(field), "\(field)") }
    }

    /// What clients load for completion and hints.
    @Test func commandTableLoads() throws {
        let docs = try cli("--no-raw", "COMMAND", "DOCS", "sesscreate").standardOutput
        for word in ["summary", "since", "group", "arguments"] {
            #expect(docs.contains("\"\(word)\""), "\(word): \(docs)")
        }
        let all = try cli("--json", "COMMAND", "DOCS")
        #expect(all.status == .exited(0) && all.standardOutput.hasPrefix("{"))
        let count = try cli("COMMAND", "COUNT").standardOutput.split(separator: "\n").first.flatMap { Int($0) } ?? 0
        let names = try cli("COMMAND", "LIST").standardOutput.split(separator: "\n")
        let list = names.filter { !$0.contains("|") }
        #expect(count == list.count && count > 80)
        for name in ["get", "set", "sesscreate", "sesscard", "subscribe", "hset", "expire"] {
            #expect(list.contains(Substring(name)), "\(name)")
        }
    }

    /// redis-cli 7.0 adds the commands it does not know from `COMMAND`, when it reads commands itself.
    @Test func redisCliKnowsTheSessionCommands() throws {
        for name in ["SESSCREATE", "SESSGET", "SESSTOUCH", "SESSLIST", "SESSCARD"] {
            let output = try cli(input: "HELP \(name)\n").standardOutput
            #expect(output.contains(name) && output.contains("summary:"), "\(output)")
        }
    }

    @Test func massInsertion() throws {
        try withServer { server in
            let stream = (0..<10_000).map {
                String(decoding: encoded(["SET", Bytes("k\($0)"), Bytes($0)]), as: UTF8.self)
            }
            let output = try cli("--pipe", at: server.address, input: stream.joined())
            #expect(output.standardOutput.contains("errors: 0, replies: 10000"), "\(output.standardOutput)")
            #expect(try RawConnection(server.address).command("DBSIZE") == 10_000)
        }
    }

    @Test func latencyAndRepeat() throws {
        let output = try cli("-r", "3", "-i", "0.01", "PING")
        #expect(output.standardOutput == "PONG\nPONG\nPONG\n")
    }

    @Test(arguments: [
        [], ["-P", "16"], ["-c", "1"], ["-r", "1000", "-d", "200"], ["-P", "64", "-c", "200"], ["--threads", "2"],
    ])
    func benchmark(flags: [String]) throws {
        try withServer { server in
            let tests = "ping,set,get,incr,sadd,hset,spop,zadd,zpopmin,mset"
            let output = try run(
                "redis-benchmark", server.address.clientFlags + ["-n", "4000", "-q", "-t", tests] + flags, within: 60)
            #expect(output.status == .exited(0))
            let lines = output.standardOutput.split(whereSeparator: \.isNewline).filter {
                $0.contains("requests per second")
            }
            // The default set, but for the tests of lists.
            let names = [
                "PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "SADD", "HSET", "SPOP", "ZADD", "ZPOPMIN",
                "MSET (10 keys)",
            ]
            for name in names {
                #expect(lines.contains { $0.hasPrefix(name + ":") }, "\(name): \(output.standardOutput)")
            }
            let everything = output.standardOutput + output.standardError
            #expect(!everything.contains("WARNING") && !everything.contains("rror"), "\(everything.suffix(500))")
        }
    }
}
