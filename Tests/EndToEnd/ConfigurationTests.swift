import TestSupport
import Testing

/// Configuration files, flags, and what they change.
@Suite struct ConfigurationTests {
    @Test func aFileIsReadAndFlagsCountMore() throws {
        let file = try TemporaryDirectory().file(
            "server.conf",
            """
            # A comment, and an empty line

            requirepass "with \\"quotes\\" and spaces"
            maxclients 77
            TIMEOUT 30
               databases    4
            maxmemory 64mb
            maxmemory-policy volatile-ttl
            sess-idle 10m
            """)
        let server = try ServerProcess(.cloakroom, ["--maxclients", "55"], file: file)
        defer { server.stop() }
        let connection = try HiredisConnection(server.address)
        #expect(try connection.command("PING").errorCode == "NOAUTH")
        #expect(try connection.command("AUTH", "with \"quotes\" and spaces") == .ok)
        let expected: [(Bytes, Reply)] = [
            ("maxclients", "55"), ("timeout", "30"), ("databases", "4"), ("maxmemory", "67108864"),
            ("maxmemory-policy", "volatile-ttl"),
        ]
        for (name, value) in expected {
            #expect(try connection.command("CONFIG", "GET", name) == [.bulk(name), value])
        }
        #expect(try connection.command("SELECT", "4") == .error("ERR DB index is out of range"))
        let token = try #require(try connection.command("SESSCREATE").bytes)
        #expect(try connection.command("SESSTOUCH", token) == 600_000)
    }

    @Test func configGetMatchesPatterns() throws {
        let connection = try HiredisConnection(SharedServer.address())
        let reply = try connection.command("CONFIG", "GET", "maxmemory*")
        #expect(reply["maxmemory"] == "0" && reply["maxmemory-policy"] == "noeviction")
        #expect(try connection.command("CONFIG", "GET", "nosuchdirective") == .emptyArray)
        #expect(try connection.command("CONFIG", "GET", "save", "appendonly")["appendonly"] == "no")
    }

    @Test func configSetChangesAndRefuses() throws {
        try withServer { server in
            let connection = try HiredisConnection(server.address)
            #expect(try connection.command("CONFIG", "SET", "timeout", "100", "maxclients", "200") == .ok)
            #expect(try connection.command("CONFIG", "GET", "timeout") == ["timeout", "100"])
            for arguments in [
                ["nosuchdirective", "1"], ["timeout", "x"], ["timeout", "-1"], ["port", "99999"],
                ["maxmemory-policy", "x"],
                ["maxmemory", "1", "maxmemory", "2"],
            ] as [[Bytes]] {
                #expect(try connection.command(["CONFIG", "SET"] + arguments).errorCode == "ERR", "\(arguments)")
            }
            let arity = try connection.command("CONFIG", "SET", "timeout")
            #expect(arity == .error("ERR wrong number of arguments for 'config|set' command"))
            #expect(try connection.command("CONFIG", "GET", "timeout") == ["timeout", "100"])
            let atomic = try connection.command("CONFIG", "SET", "timeout", "5", "maxclients", "x")
            #expect(atomic.errorCode == "ERR")
            #expect(try connection.command("CONFIG", "GET", "timeout") == ["timeout", "100"], "all or nothing")
        }
    }

    @Test func theLogGoesToItsFile() throws {
        let file = try TemporaryDirectory().file("server.log")
        try withServer(.cloakroom, ["--logfile", file, "--loglevel", "verbose"]) { server in
            _ = try RawConnection(server.address).command("PING")
            #expect(eventually { String(decoding: contents(ofFile: file), as: UTF8.self).contains("ready") })
            #expect(server.log.isEmpty, "nothing on standard output: \(server.log)")
        }
    }

    @Test func directivesFromStandardInput() throws {
        // Read before anything is opened, so a broken line shows where it came from.
        let output = try run(ServerProcess.Program.cloakroom.path(), ["-"], input: "port 0\nnosuch 1\n")
        #expect(output.status == .exited(1))
        #expect(output.standardError.contains("nosuch"))
    }

    @Test func maxclientsRefusesOneTooMany() throws {
        try withServer(.cloakroom, ["--maxclients", "10"]) { server in
            let first = try RawConnection(server.address)
            let alone = try eventually { try first.command("CLIENT", "LIST").text?.split(separator: "\n").count == 1 }
            #expect(alone, "the connection that waited for the start is gone")
            var connections = try [first] + (1..<10).map { _ in try RawConnection(server.address) }
            for connection in connections {
                #expect(try connection.command("PING") == .status("PONG"))
            }
            let refused = try RawConnection(server.address)
            #expect(try refused.bytesUntilClosed() == "-ERR max number of clients reached\r\n")
            #expect(try connections[0].command("PING") == .status("PONG"))
            connections.removeLast()
            let served = eventually {
                (try? RawConnection(server.address).command("PING")) == .status("PONG")
            }
            #expect(served, "a place that is free again is given away")
        }
    }

    @Test func idleClientsAreDisconnected() throws {
        try withServer(.cloakroom, ["--timeout", "1"]) { server in
            let (idle, busy) = (try RawConnection(server.address), try RawConnection(server.address))
            let subscriber = try RawConnection(server.address)
            #expect(try subscriber.command("SUBSCRIBE", "c").elements != nil)
            let start = monotonicMicroseconds()
            _ = try idle.command("PING")
            while monotonicMicroseconds() - start < 2_500_000 { _ = try busy.command("PING") }
            #expect(try idle.bytesUntilClosed(within: 5) == "")
            #expect(try busy.command("PING") == .status("PONG"))
            #expect(try subscriber.isSilent(for: 0.1), "subscribers are left alone")
        }
    }
}
