import Glibc
import TestSupport
import Testing

/// HTTP on the admin port of the running server: what is a proper request and what is not.
@Suite struct AdminPortTests {
    private static let shared = Result { try AdminServer() }

    private func connect(timeout: Double = 10) throws -> RawConnection {
        try RawConnection(Self.shared.get().admin, timeout: timeout)
    }

    @Test func checksAndMetrics() throws {
        let server = try Self.shared.get()
        for path in ["/livez", "/readyz", "/primary"] {
            let answer = try server.get(path)
            #expect(answer.status == 200 && answer.header("content-type") == "application/json", "\(path)")
            #expect(answer.body.hasPrefix(#"{"status":"ok","role":"primary","checks":{""#), "\(answer.body)")
        }
        #expect(try server.get("/replica?lag=1").status == 503)
        let metrics = try server.get("/metrics")
        #expect(metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(metrics.body.contains("\ncloakroom_memory_resident_bytes "))
        #expect(metrics.header("content-length") == String(metrics.body.utf8.count))
        let options = try server.get("/primary", method: "OPTIONS")
        #expect(options.status == 200 && options.header("allow") == "GET, HEAD, OPTIONS" && options.body.isEmpty)
    }

    /// Each is answered with one status, and the connection is closed.
    @Test(arguments: [
        ("GET /livez HTTP/1.0\r\n\r\n", 200), ("HEAD /livez HTTP/1.0\r\n\r\n", 200),
        ("OPTIONS /replica HTTP/1.0\r\n\r\n", 503), ("OPTIONS * HTTP/1.0\r\n\r\n", 200),
        ("\r\n\r\nGET /livez HTTP/1.0\r\n\r\n", 200), ("GET http://x/livez HTTP/1.0\r\n\r\n", 200),
        ("GET /livez HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 200),
        ("GET /nowhere HTTP/1.0\r\n\r\n", 404), ("GET /livez?x HTTP/1.0\r\n\r\n", 400),
        ("POST /livez HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", 405), ("BREW /livez HTTP/1.1\r\n\r\n", 405),
        ("CONNECT x:1 HTTP/1.1\r\n\r\n", 405),
        ("GET /livez HTTP/3.0\r\n\r\n", 505), ("GET /livez HTTP/2.0\r\n\r\n", 505), ("GET /livez\r\n\r\n", 505),
        ("PING\r\n", 400), ("*1\r\n$4\r\nPING\r\n", 400), ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", 400),
        ("get /livez HTTP/1.1\r\n\r\n", 400), ("GET /livez HTTP/1.1\r\nA b: c\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\n: c\r\n\r\n", 400), ("GET /a\u{0}b HTTP/1.1\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("GET /livez HTTP/1.1\r\nContent-Length: 8193\r\n\r\n", 413),
        ("GET /livez HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 413),
        ("GET /livez HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", 417),
    ])
    func oneRequest(_ request: String, _ status: Int) throws {
        // The body of the one that is too long in pieces.
        let chunk = "800\r\n" + String(repeating: "x", count: 2048) + "\r\n"
        let isChunked = status == 413 && request.contains("chunked")
        let body = String(repeating: chunk, count: isChunked ? 5 : 0)
        let answer = try HTTPAnswer(to: request + body, at: Self.shared.get().admin)
        #expect(answer.status == status, "\(answer)")
        #expect(answer.header("connection") == "close")
        #expect((answer.header("allow") != nil) == (status == 405 || request.hasPrefix("OPTIONS")))
        #expect(answer.body.isEmpty == (request.hasPrefix("HEAD") || request.hasPrefix("OPTIONS")))
    }

    /// What does not end is refused where the limit is, not where it ends.
    @Test(arguments: [
        ("GET /", "x", 414), ("GET / HTTP/1.1\r\nA: ", "x", 431), ("GET / HTTP/1.1\r\n", "A: b\r\n", 431),
        ("GET / HTTP/1.1\r\nA:", " ", 431), ("GET / HTTP/1.1\r\n", "x", 431),
        ("GET / HTTP/1.1\r\nA: b\r\n", " c\r\n", 400),
        ("GET /livez HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "x", 413), ("X", "X", 400), ("", "\0", 400),
    ])
    func endless(_ beginning: String, _ more: String, _ status: Int) throws {
        let connection = try connect(timeout: 5)
        let piece = Array(String(repeating: more, count: 4096 / more.utf8.count).utf8)
        var sent = 0
        do {
            try connection.send(beginning)
            // Enough to overrun what is read and dropped after a refusal.
            while sent < 64 << 20 {
                try connection.send(piece)
                sent += piece.count
            }
        } catch {
            // Closed by the server, as it should.
        }
        #expect(sent < 64 << 20, "the connection is closed")
        let small = try connect()
        try small.send(beginning + String(decoding: piece + piece + piece + piece + piece, as: UTF8.self))
        #expect(HTTPAnswer(try small.bytesUntilClosed().text).status == status)
    }

    @Test func aLongPathThatEnds() throws {
        let server = try Self.shared.get()
        #expect(try server.get("/" + String(repeating: "x", count: 1023)).status == 404)
        #expect(try server.get("/" + String(repeating: "x", count: 1024)).status == 414)
    }

    /// The statuses of all answers that came over one connection.
    private func statuses(_ text: String) -> [Int] {
        text.matches(of: #/HTTP/1\.[01] ([0-9]{3}) /#).compactMap { Int($0.output.1) }
    }

    @Test func connectionsAreKept() throws {
        let connection = try connect()
        for (line, last) in [("HTTP/1.1", ""), ("HTTP/1.0", "Connection: keep-alive\r\n"), ("HTTP/1.1", "X: y\r\n")] {
            try connection.send("HEAD /livez \(line)\r\n\(last)\r\n")
            let head = try readHead(connection)
            #expect(head.hasPrefix("\(line) 200 OK\r\n") && head.contains("Connection: keep-alive\r\n"), "\(head)")
        }
        try connection.send("HEAD /livez HTTP/1.1\r\nConnection: close\r\n\r\n")
        #expect(statuses(try connection.bytesUntilClosed().text) == [200])
    }

    private func readHead(_ connection: RawConnection) throws -> String {
        var head = ""
        while !head.hasSuffix("\r\n\r\n") { head += try connection.bytes(1).text }
        return head
    }

    @Test func requestsInAPipeline() throws {
        let connection = try connect()
        let paths = ["/livez", "/nowhere", "/replica", "/readyz?x", "/primary"]
        let requests = (0..<40).flatMap { _ in paths }.map { "GET \($0) HTTP/1.1\r\n\r\n" }.joined()
        try connection.send(requests + "GET /livez HTTP/1.1\r\nConnection: close\r\n\r\nGET /livez HTTP/1.1\r\n\r\n")
        let expected = (0..<40).flatMap { _ in [200, 404, 503, 400, 200] } + [200]
        #expect(statuses(try connection.bytesUntilClosed().text) == expected)
        // A broken one is answered after those before it.
        let other = try connect()
        let request = "GET /livez HTTP/1.1\r\n\r\n"
        try other.send(request + request + "nonsense\r\n\r\n" + request)
        #expect(statuses(try other.bytesUntilClosed().text) == [200, 200, 400])
    }

    @Test func byteByByte() throws {
        let connection = try connect()
        for byte in "GET /readyz?lag=1 HTTP/1.1\r\nA: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\nxy".utf8 {
            try connection.send([byte])
            usleep(500)
        }
        #expect(statuses(try connection.bytesUntilClosed().text) == [200])
    }

    /// As `printf … | nc` does.
    @Test func whoSendsNoMoreIsAnswered() throws {
        let whole = "GET /livez HTTP/1.1\r\n\r\n"
        for (request, expected) in [
            (whole, [200]), (whole + whole, [200, 200]), ("GET /livez HTTP/1.1\r\n", [400]), ("", []),
        ] {
            let connection = try connect(timeout: 3)
            try connection.send(request)
            connection.finishSending()
            #expect(statuses(try connection.bytesUntilClosed().text) == expected, "\(request)")
        }
    }

    /// Requests with bytes changed, left out and repeated: each is answered in proper form or not at all, and soon.
    @Test func mutilatedRequests() throws {
        var generator = SeededGenerator(seed: 0x4EA1)
        let whole = Array(
            ("GET /readyz?lag=10 HTTP/1.1\r\nHost: cache:9121\r\nAccept: */*\r\nContent-Length: 4\r\n\r\nbody"
                + "HEAD /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                + "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").utf8)
        for round in 0..<400 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 40)], at: index)
                default: bytes[index] = [13, 10, 32, 58, 48, 57].randomElement(using: &generator) ?? 0
                }
            }
            let connection = try connect(timeout: 4)
            try connection.send(bytes)
            connection.finishSending()
            let text = try connection.bytesUntilClosed().text
            #expect(text.isEmpty || text.hasPrefix("HTTP/1."), "round \(round): \(Bytes(bytes)) gave \(text)")
            #expect(statuses(text).count <= 4)
        }
        #expect(try Self.shared.get().get("/livez").status == 200)
    }

    /// Five seconds for a request, however slowly it trickles in; all kinds at the same time.
    @Test func unfinishedRequests() throws {
        let partial = [
            "", "G", "GET /livez HTTP/1.1\r\n", "GET /livez HTTP/1.1\r\nContent-Length: 5\r\n\r\nab",
            "GET /livez HTTP/1.1\r\n\r\nGET /li",
        ]
        let connections = try partial.map { text in
            let connection = try connect(timeout: 9)
            try connection.send(text)
            return connection
        }
        let start = monotonicMicroseconds()
        let trickle = try connect(timeout: 9)
        try trickle.send("GET /livez HTTP/1.1\r\n")
        for index in 0..<40 where (try? trickle.send("A\(index): b\r\n")) != nil { usleep(100_000) }
        let texts = try (connections + [trickle]).map { try $0.bytesUntilClosed().text }
        let seconds = Double(monotonicMicroseconds() - start) / 1_000_000
        #expect(texts.map(statuses) == [[], [408], [408], [408], [200, 408], [408]])
        #expect(seconds > 4.5 && seconds < 7, "\(seconds)")
    }

    /// Some say nothing, some have begun with a request: all wait for the peer, and so none can keep a check out.
    @Test func manySilentConnections() throws {
        let server = try AdminServer()
        let silent = try (0..<64).map { number in
            let connection = try RawConnection(server.admin)
            if number % 2 == 1 { try connection.send("GET /livez HTTP/1.1\r\n") }
            return connection
        }
        for _ in 0..<10 { #expect(try server.get("/livez").status == 200) }
        #expect(try silent[0].bytesUntilClosed().text == "")
    }

    /// Those that are idle make room one by one, those that were idle longest first.
    @Test func manyIdleConnections() throws {
        let server = try AdminServer()
        let busy = try (0..<64).map { _ in
            let connection = try RawConnection(server.admin)
            try connection.send("GET /livez HTTP/1.1\r\n\r\n")
            #expect(try readHead(connection).hasPrefix("HTTP/1.1 200 OK\r\n"))
            return connection
        }
        for _ in 0..<10 { #expect(try server.get("/livez").status == 200) }
        #expect(try busy[0].bytesUntilClosed().text.contains("answers"))
        try busy[63].send("GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n")
        #expect(statuses(try busy[63].bytesUntilClosed().text) == [404])
        // Clients are not concerned.
        #expect(try RawConnection(server.server.address).command("PING") == .status("PONG"))
    }

    /// Every path is 503 while something holds the loop up, and says so in good time.
    @Test func aServerThatIsHeldUp() throws {
        let server = try AdminServer(["--enable-debug-command", "yes"])
        let connection = try RawConnection(server.server.address)
        try connection.send("DEBUG SLEEP 3\r\n")
        usleep(200_000)
        for path in ["/livez", "/metrics"] {
            let start = monotonicMicroseconds()
            let answer = try server.get(path)
            #expect(answer.status == 503 && answer.body.contains("did not answer within a second"), "\(answer)")
            #expect((900_000...1_900_000).contains(monotonicMicroseconds() - start))
        }
        #expect(try connection.reply() == .ok)
        #expect(try server.get("/livez").status == 200)
    }

    // MARK: Start and stop

    @Test func portInUse() throws {
        let held = try HeldPort()
        let arguments = ["--port", String(try freePort()), "--bind", "127.0.0.1", "--admin-port", String(held.port)]
        let output = try run(ServerProcess.Program.cloakroom.path(), arguments, within: 15)
        #expect(output.status == .exited(1) && output.standardOutput.isEmpty)
        #expect(
            output.standardError
                == "Error: cannot listen on 127.0.0.1:\(held.port): Address already in use (admin-port, admin-bind)\n")
    }

    @Test func stopsAtOnceWhateverIsOpen() throws {
        let server = try AdminServer()
        let idle = try RawConnection(server.admin)
        try idle.send("GET /livez HTTP/1.1\r\n\r\n")
        _ = try readHead(idle)
        let partial = try RawConnection(server.admin)
        try partial.send("GET /livez HTTP/1.1\r\n")
        let start = monotonicMicroseconds()
        #expect(server.server.stop() == .exited(0))
        #expect(monotonicMicroseconds() - start < 2_000_000)
        _ = try partial.bytesUntilClosed()
        #expect(server.server.log.contains("Health checks and metrics: http://127.0.0.1:\(server.adminPort)\n"))
    }

    @Test(arguments: [SIGTERM, SIGINT]) func drains(_ signal: Int32) throws {
        let server = try AdminServer(["--shutdown-drain", "1500"])
        let client = try RawConnection(server.server.address)
        #expect(try client.command("SET", "k", "v") == .ok)
        let start = monotonicMicroseconds()
        kill(server.server.pid, signal)
        #expect(try eventually(within: 1) { try server.get("/readyz").status == 503 })
        #expect(try server.get("/primary").status == 503 && server.get("/livez").status == 200)
        #expect(try server.get("/readyz").body.contains("draining: the server stops in "))
        #expect(try client.command("GET", "k") == "v")
        #expect(try RawConnection(server.server.address).command("GET", "k") == "v")
        #expect(server.server.waitForEnd(within: 5) == .exited(0))
        #expect((1_450_000...3_500_000).contains(monotonicMicroseconds() - start))
    }

    @Test func aSecondInterruptEndsADrain() throws {
        let server = try AdminServer(["--shutdown-drain", "60s"])
        kill(server.server.pid, SIGINT)
        #expect(try eventually(within: 2) { try server.get("/readyz").status == 503 })
        kill(server.server.pid, SIGTERM)
        #expect(server.server.waitForEnd(within: 0.3) == nil)
        kill(server.server.pid, SIGINT)
        #expect(server.server.waitForEnd(within: 5) == .exited(1))
    }

    @Test func anAbortedDrainLeavesEverythingAsItWas() throws {
        let server = try AdminServer(["--shutdown-drain", "60s"])
        let client = try RawConnection(server.server.address)
        for signal in [SIGINT, SIGTERM] {
            kill(server.server.pid, signal)
            #expect(try eventually(within: 2) { try server.get("/readyz").status == 503 })
            #expect(try client.command("SHUTDOWN", "ABORT") == .ok)
            #expect(try server.get("/readyz").status == 200)
        }
        #expect(try client.command("CONFIG", "SET", "shutdown-drain", "0") == .ok)
        // The first one of its kind again.
        #expect(server.server.stop(SIGINT) == .exited(0))
    }
}
