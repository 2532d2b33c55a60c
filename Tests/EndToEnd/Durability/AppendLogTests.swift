import Glibc
import TestSupport
import Testing

/// The append log of the running server: kept by `--dir` alone, exchanged with redis-server, killed at any moment.
@Suite struct AppendLogTests {
    private func flags(_ directory: TemporaryDirectory, _ more: String...) -> [String] {
        ["--dir", directory.path] + more
    }

    @Test func aServerThatIsKilledHasItsSessionsWhenItIsBack() throws {
        let directory = try TemporaryDirectory()
        var (token, revoked) = ("", "")
        try withServer(.cloakroom, flags(directory)) { server in
            let connection = try server.connect()
            for index in 0..<3000 { try connection.append(["SET", Bytes("k\(index)"), "value", "PX", "1000000"]) }
            for _ in 0..<3000 { #expect(try connection.nextReply() == .ok) }
            token = try #require(try connection.line("SESSCREATE USER bob FIELDS 1 cart 3").text)
            revoked = try #require(try connection.line("SESSCREATE USER bob").text)
            #expect(try connection.command("SESSREVOKE", Bytes(revoked)) == .integer(1))
            #expect(try connection.line("BGREWRITEAOF").text == "Background append only file rewriting started")
            #expect(try connection.line("SET last 1") == .ok)
            #expect(try connection.line("WAITAOF 1 0 5000") == .array([.integer(1), .integer(0)]))
            server.stop(SIGKILL)
        }
        let log = directory.path + "/appendonlydir/appendonly.aof.manifest"
        let checked = try run("redis-check-aof", [log], within: 60)
        #expect(checked.standardOutput.contains("All AOF files and manifest are valid"), "\(checked.standardOutput)")
        try withServer(.cloakroom, flags(directory)) { server in
            let connection = try server.connect()
            #expect(try connection.line("DBSIZE").integer == 3003, "\(server.log)")
            #expect(try connection.command("PTTL", "k7").integer ?? 0 > 900_000)
            #expect(try connection.command("SESSTOUCH", Bytes(token)).integer ?? 0 > 0)
            #expect(try connection.command("SESSSET", Bytes(revoked), "FIELDS", "1", "a", "b").errorCode == "REVOKED")
        }
        try withServer(.redis, flags(directory, "--appendonly", "yes")) { server in
            let connection = try server.connect()
            #expect(try connection.line("DBSIZE").integer == 3003, "\(server.log)")
        }
    }

    @Test func weLoadTheLogOfRedis() throws {
        let directory = try TemporaryDirectory()
        try withServer(.redis, flags(directory, "--appendonly", "yes")) { server in
            let connection = try server.connect()
            for line in [
                "SET a 1 PX 100000000", "HSET h f v g w", "BGREWRITEAOF", "ZADD z 1.5 m", "SELECT 2", "SADD s 1 2 3",
                "INCR n", "INCR n",
            ] {
                #expect(try connection.line(line).errorText == nil, "\(line)")
            }
            server.stop()
        }
        try withServer(.cloakroom, flags(directory)) { server in
            let connection = try server.connect()
            #expect(try connection.line("DBSIZE").integer == 3, "\(server.log)")
            _ = try connection.line("SELECT 2")
            #expect(try connection.line("GET n").text == "2")
        }
    }

    @Test func aReplicaGoesOnWhereItWasAfterBothWereRestarted() throws {
        let (left, right) = (try TemporaryDirectory(), try TemporaryDirectory())
        let address = Address.tcp(port: try freePort())
        let follow: [String]
        guard case .tcp(let port) = address else { return }
        follow = ["--replicaof", "127.0.0.1 \(port)"]
        func start(_ directory: TemporaryDirectory, at address: Address?, _ more: [String]) throws -> ServerProcess {
            try ServerProcess(.cloakroom, ["--dir", directory.path, "--appendfsync", "always"] + more, at: address)
        }
        var primary = try start(left, at: address, [])
        let replica = try start(right, at: nil, follow)
        for index in 0..<100 { _ = try primary.connect().command("SET", Bytes("k\(index)"), "v") }
        #expect(try replica.connect().awaitReplica(of: primary.connect()))
        #expect(try primary.connect().line("WAITAOF 1 1 5000") == .array([.integer(1), .integer(1)]))
        replica.stop(SIGKILL)
        primary.stop(SIGKILL)
        primary = try start(left, at: address, [])
        _ = try primary.connect().command("SET", "after", "1")
        let again = try start(right, at: nil, follow)
        #expect(try again.connect().awaitReplica(of: primary.connect()), "\(again.log)\n\(primary.log)")
        #expect(try again.connect().line("GET after").text == "1")
        let text = try primary.connect().command("INFO", "stats").text ?? ""
        #expect(text.contains("sync_full:0\r\n") && text.contains("sync_partial_ok:1\r\n"), "\(primary.log)")
    }
}
