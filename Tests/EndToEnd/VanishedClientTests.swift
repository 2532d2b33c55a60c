import Glibc
import TestSupport
import Testing

/// Clients that wait and are gone: whatever they wait for, their places are free again soon after.
@Suite struct VanishedClientTests {
    /// How a client comes to wait.
    private enum Waiting: String, CaseIterable, CustomTestStringConvertible {
        case acknowledgements, pausedWrites, pausedAll, transaction, failover, shutdown, failedLogin, effect
        case output, backpressure, monitor, subscription, pattern, redirection, watch, unfinishedRequest, closing

        var testDescription: String { rawValue }

        /// What must have happened before, by another connection.
        var preparation: [String] {
            switch self {
            case .pausedWrites: ["CLIENT PAUSE 600000 WRITE"]
            case .pausedAll: ["CLIENT PAUSE 600000"]
            case .failover: ["SET k v", "FAILOVER"]
            case .shutdown: ["SET k v"]
            case .output, .closing: ["SET big \(String(repeating: "x", count: 60_000))"]
            default: []
            }
        }

        var needsReplica: Bool { self == .failover || self == .shutdown }
    }

    /// How a client goes away.
    private enum Ending: String, CaseIterable { case closed, halfClosed, reset }

    private static let clients = 3

    @Test(arguments: Waiting.allCases, [ServerProcess.Transport.tcp, .unix])
    private func placesAreFreeAgain(_ waiting: Waiting, over transport: ServerProcess.Transport) throws {
        let reserved = waiting.needsReplica ? 2 : 1
        var flags = ["--maxclients", "\(Self.clients + reserved)", "--enable-debug-command", "yes"]
        flags += ["--shutdown-timeout", "60"]
        if waiting == .backpressure { flags += ["--requirepass", "secret"] }
        try withServer(.cloakroom, flags, over: transport) { server in
            let admin = try RawConnection(server.address)
            if waiting == .backpressure { _ = try admin.command("AUTH", "secret") }
            // A replica that never acknowledges anything.
            let replica = waiting.needsReplica ? try RawConnection(server.address) : nil
            try replica?.send("REPLCONF capa eof\r\nPSYNC ? -1\r\n")
            if let replica { _ = try replica.bytes(20) }
            for line in waiting.preparation { _ = try admin.command(arguments(of: line)) }
            for ending in Ending.allCases {
                // Nothing tells of the end of a connection behind data that the node does not read, as long as its
                // peer lives and does not read either.
                if waiting == .backpressure, ending == .halfClosed, transport == .tcp { continue }
                var clients = try (0..<Self.clients).map { _ in try admitted(server, waiting) }
                if waiting == .transaction { try queueTransactions(clients, admin) }
                for client in clients {
                    try begin(waiting, client, admin)
                    if ending == .reset, transport == .unix, waiting != .backpressure {
                        try client.send("NOSUCH\r\n")
                    }
                }
                if waiting != .backpressure {
                    #expect(try placesLeft(server, 1) == 0, "\(ending): the places are taken")
                }
                for client in clients {
                    if ending == .halfClosed { client.finishSending() }
                    if ending == .reset, transport == .tcp { client.abort() }
                }
                if ending != .halfClosed { clients = [] }
                let areFree = try eventually(within: 8) { try placesLeft(server, Self.clients) == Self.clients }
                #expect(areFree, "\(ending)")
                _ = clients.count
            }
            #expect(server.isRunning)
        }
    }

    /// How many more connections the server takes, of `wanted`.
    private func placesLeft(_ server: ServerProcess, _ wanted: Int) throws -> Int {
        var taken: [RawConnection] = []
        for _ in 0..<wanted {
            let connection = try RawConnection(server.address)
            guard hasPlace(connection) else { break }
            taken.append(connection)
        }
        return taken.count
    }

    /// A connection that has a place. Those that had them before may be gone, and the server not yet know.
    private func admitted(_ server: ServerProcess, _ waiting: Waiting) throws -> RawConnection {
        // How long it takes to see that the server reads no more.
        let timeout = waiting == .backpressure ? 0.3 : 5
        var admitted: RawConnection?
        _ = try eventually {
            let connection = try RawConnection(server.address, timeout: timeout)
            if hasPlace(connection) { admitted = connection }
            return admitted != nil
        }
        return try #require(admitted)
    }

    /// Whether a new connection was let in. What is refused anyway is answered in every state; a connection that was
    /// not let in may be closed before it can ask.
    private func hasPlace(_ connection: RawConnection) -> Bool {
        do {
            guard case .error(let text) = try connection.command("NOSUCH") else { return false }
            return !text.text.contains("max number of clients")
        } catch {
            return false
        }
    }

    private func begin(_ waiting: Waiting, _ client: RawConnection, _ admin: RawConnection) throws {
        // More behind it than a socket holds.
        let rest = String(repeating: "PING\r\n", count: 50_000)
        switch waiting {
        case .acknowledgements: try client.send("WAIT 1 0\r\n" + rest)
        case .pausedWrites, .failover: try client.send("SET k v\r\n" + rest)
        case .pausedAll: try client.send("PING\r\n" + rest)
        case .transaction: try client.send("EXEC\r\n" + rest)
        case .shutdown: try client.send("SHUTDOWN\r\n" + rest)
        case .failedLogin: try client.send("AUTH nobody x\r\n" + rest)
        case .effect: try client.send("DEBUG SLEEP 0.1\r\n" + rest)
        case .output: try client.send(String(repeating: "GET big\r\n", count: 200))
        case .closing: try client.send(String(repeating: "GET big\r\n", count: 200) + "QUIT\r\n")
        case .backpressure:
            // Until the server reads no more.
            let burst = String(repeating: "N\r\n", count: 10_000)
            for _ in 0..<50 { do { try client.send(burst) } catch { break } }
        case .monitor: _ = try client.command("MONITOR")
        case .subscription: _ = try client.command("SUBSCRIBE", "c")
        case .pattern: _ = try client.command("PSUBSCRIBE", "c*")
        case .redirection:
            let id = try admin.command("CLIENT", "ID").integer ?? 0
            #expect(try client.command("CLIENT", "TRACKING", "ON", "REDIRECT", Bytes(id)) == .ok)
        case .watch: try client.send("WATCH k\r\nMULTI\r\n")
        case .unfinishedRequest: try client.send("*2\r\n$3\r\nGET\r\n$100\r\nx")
        }
    }

    /// All clients have a write queued, and writes are paused.
    private func queueTransactions(_ clients: [RawConnection], _ admin: RawConnection) throws {
        _ = try admin.command("CLIENT", "UNPAUSE")
        for client in clients {
            #expect(try client.command("MULTI") == .ok)
            #expect(try client.command("SET", "k", "v") == .status("QUEUED"))
        }
        _ = try admin.command("CLIENT", "PAUSE", "600000", "WRITE")
    }

    /// The fault as it was found.
    @Test func waitAndCloseAsOftenAsThereArePlaces() throws {
        try withServer(.cloakroom, ["--maxclients", "20"]) { server in
            let witness = try RawConnection(server.address)
            for _ in 0..<3 {
                for _ in 0..<19 { try RawConnection(server.address).send("WAIT 1 0\r\n") }
                let isAlone = try eventually {
                    try witness.command("INFO", "clients").text?.contains("connected_clients:1\r\n") == true
                }
                #expect(isAlone)
            }
            #expect(try witness.command("INFO", "clients").text?.contains("blocked_clients:0\r\n") == true)
        }
    }

    /// `printf … | nc -N`: what a client asked before it closed its side is answered as Redis does.
    @Test(arguments: [
        ("PING\r\nSET nc 1\r\nGET nc\r\n", "+PONG\r\n+OK\r\n$1\r\n1\r\n"),
        ("PING\r\nWAIT 1 0\r\nPING\r\n", "+PONG\r\n"),
        ("SUBSCRIBE c\r\n", "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"),
        ("MULTI\r\nPING\r\nEXEC\r\n", "+OK\r\n+QUEUED\r\n*1\r\n+PONG\r\n"),
        ("PING\r\n*1\r\n$4\r\nPI", "+PONG\r\n"),
    ], [ServerProcess.Transport.tcp, .unix])
    func halfClosedClientsAreAnswered(
        exchange: (requests: String, replies: String), over transport: ServerProcess.Transport
    ) throws {
        for program in ServerProcess.Program.servers {
            try withServer(program, over: transport) { server in
                let client = try RawConnection(server.address)
                try client.send(exchange.requests)
                client.finishSending()
                #expect(try client.bytesUntilClosed(within: 5) == Bytes(exchange.replies), "\(program)")
            }
        }
    }

    /// A client may send megabytes of requests, close its side, and then take its time to read the replies, whatever it
    /// would wait for after them.
    @Test(arguments: [
        ("", ""), ("WAIT 1 0\r\n", ""), ("SUBSCRIBE c\r\n", "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"),
        ("MONITOR\r\n", "+OK\r\n"),
    ], [0, 300_000])
    func repliesToALongPipelineAreAllSent(end: (request: String, reply: String), pause: UInt32) throws {
        try withServer { server in
            let client = try RawConnection(server.address)
            let value = Bytes(repeating: "v", count: 50_000)
            #expect(try client.command("SET", "k", value) == .ok)
            try client.send(String(repeating: "GET k\r\n", count: 400) + end.request)
            client.finishSending()
            usleep(pause)
            let size = "$50000\r\n".utf8.count + value.count + 2
            #expect(try client.bytesUntilClosed(within: 20).count == 400 * size + end.reply.utf8.count)
        }
    }

    /// One reply that takes several turns to send.
    @Test func messagesToOneselfAreSentWhole() throws {
        try withServer { server in
            let client = try RawConnection(server.address)
            let text = String(repeating: "m", count: 8_000_000)
            try client.send("HELLO 3\r\nSUBSCRIBE c\r\n")
            try client.send("*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$8000000\r\n\(text)\r\nPING\r\n")
            client.finishSending()
            let answered = try client.bytesUntilClosed(within: 20).bytes
            let end = Array("m\r\n:1\r\n+PONG\r\n".utf8)
            let isWhole = answered.count > 8_000_000 && answered.suffix(end.count).elementsEqual(end)
            #expect(isWhole, "\(answered.count) bytes")
        }
    }

    /// Those that linger cost no processor time.
    @Test func lingeringDoesNotSpin() throws {
        try withServer { server in
            let client = try RawConnection(server.address)
            #expect(try client.command("SET", "k", Bytes(repeating: "v", count: 50_000)) == .ok)
            try client.send(String(repeating: "GET k\r\n", count: 400))
            client.finishSending()
            usleep(500_000)
            let before = processorTicks(server.pid)
            usleep(600_000)
            #expect(processorTicks(server.pid) - before <= 20, "hundredths of a second in 60 of them")
        }
    }

    /// User and system time of a process, in hundredths of a second.
    private func processorTicks(_ pid: Int32) -> Int {
        let text = String(decoding: contents(ofFile: "/proc/\(pid)/stat"), as: UTF8.self)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
    }
}
