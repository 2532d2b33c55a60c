import TestSupport
import Testing

/// `requirepass`, `AUTH`, `HELLO … AUTH`, and listening on a Unix socket.
@Suite struct AuthenticationTests {
    @Test func withoutAPasswordAuthIsAnError() throws {
        let connection = try HiredisConnection(SharedServer.address())
        let text =
            "ERR AUTH <password> called without any password configured for the default user. "
            + "Are you sure your configuration is correct?"
        #expect(try connection.command("AUTH", "anything") == .error(Bytes(text)))
        #expect(try connection.command("AUTH", "default", "anything") == .ok, "the default user is nopass")
        #expect(try connection.command("PING") == .status("PONG"))
    }

    @Test(arguments: ServerProcess.Transport.allCases)
    func aPasswordIsWantedBeforeAnythingElse(transport: ServerProcess.Transport) throws {
        try withServer(.cloakroom, ["--requirepass", "open sesame"], over: transport) { server in
            let connection = try HiredisConnection(server.address)
            let wanted = Reply.error("NOAUTH Authentication required.")
            for line in ["PING", "GET k", "SET k v", "SESSCARD", "SESSCREATE", "SUBSCRIBE c", "INFO", "CLIENT ID"] {
                #expect(try connection.line(line) == wanted, "\(line)")
            }
            let refused = Reply.error("WRONGPASS invalid username-password pair or user is disabled.")
            for attempt in [
                ["AUTH", "wrong"], ["AUTH", ""], ["AUTH", "default", "wrong"], ["AUTH", "nobody", "open sesame"],
            ]
                as [[Bytes]]
            {
                #expect(try connection.command(attempt) == refused, "\(attempt)")
            }
            #expect(try connection.command("AUTH", "open sesame") == .ok)
            #expect(try connection.command("PING") == .status("PONG"))
            #expect(try connection.command("AUTH", "wrong") == refused)
            #expect(try connection.command("PING") == .status("PONG"), "a failed AUTH does not log out")
            #expect(try connection.command("RESET") == .status("RESET"))
            #expect(try connection.command("PING") == wanted, "RESET does")
            #expect(try connection.command("AUTH", "default", "open sesame") == .ok)
            #expect(try HiredisConnection(server.address).command("PING") == wanted)
        }
    }

    @Test func helloAuthenticates() throws {
        try withServer(.cloakroom, ["--requirepass", "secret"]) { server in
            let connection = try HiredisConnection(server.address)
            #expect(try connection.line("HELLO 2").errorCode == "NOAUTH")
            #expect(try connection.line("HELLO 2 AUTH default wrong").errorCode == "WRONGPASS")
            #expect(try connection.line("PING").errorCode == "NOAUTH")
            let hello = try connection.line("HELLO 2 AUTH default secret SETNAME tester")
            #expect(hello["proto"] == 2)
            #expect(try connection.line("CLIENT GETNAME") == "tester")
        }
    }

    @Test func thePasswordCanBeChangedWhileRunning() throws {
        try withServer { server in
            let (admin, guest) = (try HiredisConnection(server.address), try HiredisConnection(server.address))
            #expect(try admin.line("CONFIG SET requirepass new") == .ok)
            #expect(try guest.line("PING") == .status("PONG"), "who is in stays in")
            let late = try HiredisConnection(server.address)
            #expect(try late.line("PING").errorCode == "NOAUTH")
            #expect(try late.line("AUTH new") == .ok)
            #expect(try late.line("CONFIG GET requirepass") == ["requirepass", "(redacted)"])
            #expect(try admin.command("CONFIG", "SET", "requirepass", "") == .ok)
            #expect(try HiredisConnection(server.address).line("PING") == .status("PONG"))
        }
    }

    @Test func theUnixSocketServesLikeTCP() throws {
        try withServer(over: .unix) { server in
            let connection = try HiredisConnection(server.address)
            let replies = try connection.pipeline((0..<5000).map { _ in ["INCR", "n"] })
            #expect(replies.last == 5000)
            let value = Bytes(repeating: "u", count: 1 << 20)
            #expect(try connection.command("SET", "big", value) == .ok)
            let same = try connection.command("GET", "big") == .bulk(value)
            #expect(same)
            let list = try #require(try connection.command("CLIENT", "LIST").text)
            #expect(list.contains("addr="))
        }
    }
}
