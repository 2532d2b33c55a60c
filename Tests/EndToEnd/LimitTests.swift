import Glibc
import TestSupport
import Testing

/// What clients that ask for too much, read too little or come in great numbers may do to a server: nothing.
@Suite struct LimitTests {
    /// Resident memory of a process in bytes.
    private func residentBytes(_ pid: Int32) -> Int {
        let status = String(decoding: contents(ofFile: "/proc/\(pid)/status"), as: UTF8.self)
        return (status.firstMatch(of: /VmRSS:\s+([0-9]+) kB/).flatMap { Int($0.output.1) } ?? 0) * 1024
    }

    @Test(arguments: [
        ("*11\r\n", "-ERR Protocol error: unauthenticated multibulk length\r\n"),
        ("*1\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length\r\n"),
        ("*2147483648\r\n", "-ERR Protocol error: invalid multibulk length\r\n"),
        ("*1\r\n$99999999999\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
        ("*10\r\n$4\r\nAUTH\r\n$-1\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
    ])
    func strangersHaveTighterLimits(request: String, answer: String) throws {
        for program in ServerProcess.Program.servers {
            try withServer(program, ["--requirepass", "secret"]) { server in
                let stranger = try RawConnection(server.address)
                try stranger.send(request)
                #expect(try stranger.bytesUntilClosed(within: 5) == Bytes(answer), "\(program)")
                let friend = try RawConnection(server.address)
                #expect(try friend.command("AUTH", "secret") == .ok)
                #expect(try friend.command("SET", "k", Bytes(repeating: "x", count: 20_000)) == .ok)
            }
        }
    }

    @Test func strangersMaySendTenArgumentsOf16KiB() throws {
        try withServer(.cloakroom, ["--requirepass", "secret"]) { server in
            let stranger = try RawConnection(server.address)
            let arguments = ["NOSUCH"] + (0..<9).map { _ in Bytes(repeating: "x", count: 16_384) }
            #expect(try stranger.command(arguments).errorCode != nil)
            #expect(try stranger.command("AUTH", "secret") == .ok)
        }
    }

    /// Announced lengths alone must not cost memory.
    @Test func announcedLengthsAreNotAllocated() throws {
        try withServer { server in
            _ = try RawConnection(server.address).command("PING")
            let before = residentBytes(server.pid)
            let connections = try (0..<200).map { index in
                let connection = try RawConnection(server.address)
                try connection.send(
                    index % 2 == 0 ? "*1048576\r\n$3\r\nSET\r\n" : "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nx")
                return connection
            }
            #expect(try RawConnection(server.address).command("PING") == .status("PONG"))
            #expect(residentBytes(server.pid) - before < 64 << 20, "\((residentBytes(server.pid) - before) >> 20) MiB")
            _ = connections.count
        }
    }

    /// Who does not read replies is not read from either, or is dropped; the server's memory stays.
    @Test(arguments: [[], ["--requirepass", "secret"]]) func unreadRepliesAreBounded(flags: [String]) throws {
        try withServer(.cloakroom, flags) { server in
            let witness = try RawConnection(server.address)
            if !flags.isEmpty { _ = try witness.command("AUTH", "secret") }
            let before = residentBytes(server.pid)
            // Requests whose replies are larger: of strangers -NOAUTH, of friends an error that repeats the arguments.
            let burst = (0..<1000).flatMap { _ in encoded(["N", Bytes(repeating: "x", count: 100)]) }
            let greedy = try RawConnection(server.address, timeout: 0.5)
            var sent = 0
            do {
                while sent < 256 << 20 {
                    try greedy.send(burst)
                    sent += burst.count
                }
            } catch {
                // The server reads no more, or has closed the connection.
            }
            #expect(try witness.command("PING") == .status("PONG"))
            let grown = residentBytes(server.pid) - before
            #expect(grown < 128 << 20, "\(grown >> 20) MiB after \(sent >> 20) MiB of requests")
        }
    }

    @Test func slowSubscribersAreDropped() throws {
        try withServer(.cloakroom, ["--client-output-buffer-limit", "pubsub", "1mb", "0", "0"]) { server in
            let slow = try RawConnection(server.address)
            #expect(try slow.command("SUBSCRIBE", "c").elements?.count == 3)
            let publisher = try HiredisConnection(server.address)
            let message = Bytes(repeating: "m", count: 10_000)
            var receivers: Int64 = 1
            var sent = 0
            // The kernel's buffers take some megabytes before the server's begin to fill.
            while receivers == 1 && sent < 5000 {
                receivers = try publisher.command("PUBLISH", "c", message).integer ?? -1
                sent += 1
            }
            #expect(receivers == 0, "dropped once its backlog passes the limit")
            let rest = try slow.bytesUntilClosed()
            #expect(rest.count > 0)
            #expect(try publisher.command("PING") == .status("PONG"))
        }
    }

    @Test func manyConnections() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 20_000)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let count = min(4000, Int(limit.rlim_cur) - 300)
        try withServer(.cloakroom, ["--maxclients", "6000"]) { server in
            let connections = try (0..<count).map { _ in try RawConnection(server.address) }
            for (index, connection) in connections.enumerated() { try connection.send("ECHO \(index)\r\n") }
            var right = 0
            for (index, connection) in connections.enumerated() where try connection.reply() == .bulk(Bytes(index)) {
                right += 1
            }
            #expect(right == count)
            let info = try connections[0].command("INFO", "clients").text ?? ""
            #expect(info.contains("connected_clients:\(count)\r\n"), "\(info)")
        }
    }

    /// Connections that are reset, closed half-way or cut in the middle of a request leave nothing behind.
    @Test func rudeEndings() throws {
        try withServer { server in
            let witness = try RawConnection(server.address)
            for index in 0..<300 {
                let rude = try RawConnection(server.address)
                switch index % 4 {
                case 0: try rude.send("*3\r\n$3\r\nSET\r\n$5\r\nhal")
                case 1: try rude.send((0..<50).flatMap { _ in encoded(["PING"]) })
                case 2: try rude.send("SUBSCRIBE c\r\n")
                default: break
                }
                if index % 3 == 0 { rude.abort() }
                if index % 3 == 1 { rude.finishSending() }
            }
            let alone = try eventually {
                try witness.command("CLIENT", "LIST").text?.split(separator: "\n").count == 1
            }
            #expect(alone)
            #expect(try witness.command("PUBLISH", "c", "m") == 0)
            #expect(try witness.command("EXISTS", "hal") == 0)
        }
    }

    @Test func commandsAfterQuitAreNotExecuted() throws {
        let connection = try RawConnection(SharedServer.address())
        let key = unique("quit")
        try connection.send("SET \(key) before\r\nQUIT\r\nSET \(key) after\r\n")
        #expect(try connection.bytesUntilClosed(within: 5) == "+OK\r\n+OK\r\n")
        #expect(try RawConnection(SharedServer.address()).command("GET", Bytes(key)) == "before")
    }

    @Test func clientsThatKillThemselvesAndOthersInOnePipeline() throws {
        try withServer { server in
            let (one, two) = (try RawConnection(server.address), try RawConnection(server.address))
            let id = try #require(try one.command("CLIENT", "ID").integer)
            let other = try #require(try two.command("CLIENT", "ID").integer)
            try one.send(
                """
                SET k 1\r
                CLIENT KILL ID \(other)\r
                CLIENT KILL ID \(id) SKIPME no\r
                SET k 2\r
                CLIENT KILL ID \(id) SKIPME no\r

                """
            )
            #expect(try one.bytesUntilClosed(within: 5) == "+OK\r\n:1\r\n:1\r\n")
            #expect(try two.bytesUntilClosed(within: 5) == "")
            #expect(try RawConnection(server.address).command("GET", "k") == "1")
        }
    }
}
