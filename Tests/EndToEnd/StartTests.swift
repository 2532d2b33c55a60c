import Glibc
import TestSupport
import Testing

/// How the server starts, refuses to start, and stops.
@Suite struct StartTests {
    /// Runs the server where it is expected not to come up.
    private func launch(_ arguments: [String], input: String = "") throws -> Output {
        try run(ServerProcess.Program.cloakroom.path(), arguments, input: input, within: 15)
    }

    /// Checks for one line on standard error that names the cause, exit status 1 and silence otherwise.
    private func expectRefusal(_ arguments: [String], input: String = "", naming words: String...) throws {
        let output = try launch(arguments, input: input)
        #expect(output.status == .exited(1))
        let lines = output.standardError.split(separator: "\n")
        #expect(lines.count == 1 && output.standardError.hasSuffix("\n"), "\(output.standardError)")
        for word in words {
            #expect(output.standardError.lowercased().contains(word.lowercased()), "\(word): \(output.standardError)")
        }
        #expect(output.standardOutput.isEmpty, "\(output.standardOutput)")
    }

    @Test func portInUse() throws {
        let held = try HeldPort()
        try expectRefusal(["--port", String(held.port), "--bind", "127.0.0.1"], naming: String(held.port), "in use")
    }

    @Test func portOfAnotherServer() throws {
        try withServer { server in
            guard case .tcp(let port) = server.address else { return }
            try expectRefusal(["--port", String(port), "--bind", "127.0.0.1"], naming: String(port), "in use")
            #expect(server.isRunning)
            let answer = try RawConnection(server.address).command("PING")
            #expect(answer == .status("PONG"), "the first one is unharmed")
        }
    }

    @Test func addressThatIsNotOurs() throws {
        try expectRefusal(["--port", "0", "--bind", "192.0.2.1", "--port", "15999"], naming: "192.0.2.1")
    }

    @Test func socketInADirectoryThatDoesNotExist() throws {
        let path = try TemporaryDirectory().path + "/no/such/socket"
        try expectRefusal(["--port", "0", "--unixsocket", path], naming: path)
    }

    @Test func unreadableConfiguration() throws {
        let missing = try TemporaryDirectory().path + "/missing.conf"
        try expectRefusal([missing], naming: missing, "no such file")
        let directory = try TemporaryDirectory().path
        try expectRefusal([directory], naming: directory)
    }

    @Test func unknownDirective() throws {
        try expectRefusal(["--nosuchdirective", "1"], naming: "nosuchdirective")
        let file = try TemporaryDirectory().file("server.conf", "port 0\n\n# comment\nnosuchdirective yes\n")
        try expectRefusal([file], naming: "nosuchdirective", file, "4")
    }

    @Test(arguments: [
        ["--port", "x"], ["--port", "65536"], ["--port", "-1"], ["--port"], ["--maxclients", "0"], ["--timeout", "-1"],
        ["--maxmemory", "1x"], ["--maxmemory-policy", "nosuch"], ["--protected-mode", "maybe"], ["--loglevel", "loud"],
        ["--databases", "0"], ["--sess-idle", "0"], ["--sess-idle", "soon"], ["--unixsocketperm", "999"],
        ["--tcp-keepalive", "x"], ["--port", "1", "2"],
    ])
    func invalidValues(arguments: [String]) throws {
        try expectRefusal(arguments, naming: String(arguments[0].dropFirst(2)))
    }

    @Test(arguments: ["port", "port x", "requirepass \"open", "port 1 2", "save 1"])
    func invalidLines(line: String) throws {
        let file = try TemporaryDirectory().file("server.conf", "# first\n\(line)\n")
        try expectRefusal([file], naming: file, "2")
    }

    @Test func nothingToListenOn() throws {
        try expectRefusal(["--port", "0"], naming: "listen")
    }

    @Test func help() throws {
        for flag in ["--help", "-h"] {
            let output = try launch([flag])
            #expect(output.status == .exited(0) && output.standardError.isEmpty)
            for word in [
                "cloakroom-server", "--port", "--bind", "--unixsocket", "--requirepass", "--maxclients", "--version",
            ] {
                #expect(output.standardOutput.contains(word), "\(word)")
            }
        }
    }

    @Test func version() throws {
        let output = try launch(["--version"])
        #expect(output.status == .exited(0) && output.standardError.isEmpty)
        #expect(output.standardOutput.contains(/[0-9]+\.[0-9]+\.[0-9]+/))
        #expect(output.standardOutput.split(separator: "\n").count == 1)
    }

    @Test func bannerNamesVersionPortAndProcess() throws {
        let version = try launch(["--version"]).standardOutput.firstMatch(of: /[0-9]+\.[0-9]+\.[0-9]+/)
        try withServer { server in
            guard case .tcp(let port) = server.address, let version else { return }
            #expect(eventually { server.log.contains("redis-cli") }, "it says what to try first")
            for word in [String(port), String(server.pid), String(version.output)] {
                #expect(server.log.contains(word), "\(word): \(server.log)")
            }
        }
    }

    @Test(arguments: [SIGTERM, SIGINT]) func signalsStopItGracefully(signal: Int32) throws {
        try withServer { server in
            // Clients in every state: idle, in the middle of a request, subscribed, with unread replies.
            let idle = try RawConnection(server.address)
            #expect(try idle.command("SET", "big", Bytes(repeating: "x", count: 100_000)) == .ok)
            let partial = try RawConnection(server.address)
            try partial.send("*2\r\n$4\r\nECHO\r\n$10\r\nabc")
            let subscribed = try RawConnection(server.address)
            #expect(try subscribed.command("SUBSCRIBE", "c").elements?.count == 3)
            let greedy = try RawConnection(server.address)
            for _ in 0..<200 { try greedy.send(encoded(["GET", "big"])) }
            #expect(server.stop(signal) == .exited(0))
            #expect(try idle.bytesUntilClosed() == "")
            #expect(server.log.contains(/(?i)signal|sigterm|sigint|stop/), "\(server.log)")
        }
    }

    @Test(arguments: ["SHUTDOWN", "SHUTDOWN NOSAVE", "shutdown now", "SHUTDOWN NOSAVE NOW FORCE"])
    func shutdownStopsIt(line: String) throws {
        try withServer { server in
            let connection = try RawConnection(server.address)
            try connection.send(line + "\r\n")
            #expect(server.waitForEnd(within: 10) == .exited(0))
            #expect(try connection.bytesUntilClosed() == "", "no reply, the connection closes")
        }
    }

    @Test(arguments: [
        ("SHUTDOWN NOSUCH", "ERR syntax error"), ("SHUTDOWN SAVE NOSAVE", "ERR syntax error"),
        ("SHUTDOWN ABORT", "ERR No shutdown in progress."), ("SHUTDOWN ABORT NOW", "ERR syntax error"),
    ])
    func shutdownRefused(line: String, text: String) throws {
        let connection = try RawConnection(SharedServer.address())
        try connection.send(line + "\r\n")
        #expect(try connection.reply() == .error(Bytes(text)))
        #expect(try connection.command("PING") == .status("PONG"))
    }

    @Test func theSocketFileGoesWithTheServer() throws {
        try withServer(over: .unix) { server in
            guard case .unix(let path) = server.address else { return }
            #expect(access(path, F_OK) == 0)
            #expect(server.stop() == .exited(0))
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test func socketPermissions() throws {
        try withServer(.cloakroom, ["--unixsocketperm", "700"], over: .unix) { server in
            guard case .unix(let path) = server.address else { return }
            var information = stat()
            #expect(stat(path, &information) == 0)
            #expect(information.st_mode & 0o777 == 0o700)
        }
    }
}
