import TestSupport
import Testing

/// A client loses its connection and comes back (`redisReconnect`).
@Suite struct ReconnectionTests {
    @Test func afterClientKill() throws {
        let address = try SharedServer.address()
        let (victim, killer) = (try HiredisConnection(address), try HiredisConnection(address))
        let id = try #require(try victim.command("CLIENT", "ID").integer)
        #expect(try killer.command("CLIENT", "KILL", "ID", Bytes(id)) == 1)
        let failure = #expect(throws: HiredisConnection.Failure.self) { try victim.command("PING") }
        #expect(failure?.isClosed == true)
        #expect(throws: HiredisConnection.Failure.self, "until reconnected") { try victim.command("PING") }
        try victim.reconnect()
        #expect(try victim.command("PING") == .status("PONG"))
        let newID = try #require(try victim.command("CLIENT", "ID").integer)
        #expect(newID > id, "connections are numbered upwards")
        #expect(try killer.command("CLIENT", "KILL", "ID", Bytes(id)) == 0)
    }

    @Test func afterKillingItself() throws {
        let connection = try HiredisConnection(SharedServer.address())
        let id = try #require(try connection.command("CLIENT", "ID").integer)
        #expect(try connection.command("CLIENT", "KILL", "ID", Bytes(id)) == 0, "SKIPME is yes by default")
        #expect(try connection.command("CLIENT", "KILL", "ID", Bytes(id), "SKIPME", "no") == 1)
        #expect(throws: HiredisConnection.Failure.self) { try connection.command("PING") }
        try connection.reconnect()
        #expect(try connection.command("PING") == .status("PONG"))
    }

    @Test func afterQuit() throws {
        let connection = try HiredisConnection(SharedServer.address())
        #expect(try connection.command("QUIT") == .ok)
        #expect(throws: HiredisConnection.Failure.self) { try connection.command("PING") }
        try connection.reconnect()
        #expect(try connection.command("PING") == .status("PONG"))
    }

    @Test(arguments: ServerProcess.Transport.allCases)
    func afterTheServerRestarts(transport: ServerProcess.Transport) throws {
        let first = try ServerProcess(.cloakroom, [], over: transport)
        defer { first.stop() }
        let connection = try HiredisConnection(first.address)
        #expect(try connection.command("SET", "k", "v") == .ok)
        #expect(first.stop() == .exited(0))
        #expect(throws: HiredisConnection.Failure.self) { try connection.command("PING") }
        #expect(throws: HiredisConnection.Failure.self, "nobody listens") { try connection.reconnect() }
        let second = try ServerProcess(.cloakroom, [], over: transport, at: first.address)
        defer { second.stop() }
        try connection.reconnect()
        #expect(try connection.command("PING") == .status("PONG"))
        #expect(try connection.command("GET", "k") == .null, "a cache starts empty")
    }

    @Test func aKilledServerCanBeRestartedAtOnceOnTheSamePort() throws {
        let first = try ServerProcess()
        defer { first.stop() }
        let connections = try (0..<50).map { _ in try HiredisConnection(first.address) }
        for connection in connections { #expect(try connection.command("PING") == .status("PONG")) }
        #expect(first.stop(9) == .signalled(9))
        let second = try ServerProcess(at: first.address)
        defer { second.stop() }
        for connection in connections {
            #expect(throws: HiredisConnection.Failure.self) { try connection.command("PING") }
            try connection.reconnect()
            #expect(try connection.command("PING") == .status("PONG"))
        }
    }

    /// A connection that is closed while its commands are under way harms nobody else.
    @Test func connectionsThatGoInTheMiddleOfAPipeline() throws {
        try withServer { server in
            let witness = try HiredisConnection(server.address)
            for _ in 0..<50 {
                let leaver = try HiredisConnection(server.address)
                for _ in 0..<500 { try leaver.append(["SET", "k", Bytes(repeating: "v", count: 1000)]) }
                for _ in 0..<500 { try leaver.append(["GET", "k"]) }
                try leaver.flush()
            }
            #expect(try witness.command("PING") == .status("PONG"))
            let alone = try eventually { try witness.command("CLIENT", "LIST").text?.split(separator: "\n").count == 1 }
            #expect(alone, "only the witness is left in CLIENT LIST")
        }
    }
}
