import Glibc
import TestSupport
import Testing

/// Snapshots in files, exchanged with redis-server.
@Suite struct SnapshotFileTests {
    private func flags(_ directory: TemporaryDirectory, _ more: String...) -> [String] {
        ["--dir", directory.path, "--appendonly", "no"] + more
    }

    @Test func whatWasSavedIsThereAfterARestart() throws {
        let directory = try TemporaryDirectory()
        var token = ""
        var revoked = ""
        try withServer(.cloakroom, flags(directory)) { server in
            let connection = try server.connect()
            for index in 0..<2000 { try connection.append(["SET", Bytes("k\(index)"), "value", "PX", "1000000"]) }
            for _ in 0..<2000 { #expect(try connection.nextReply() == .ok) }
            token = try #require(try connection.line("SESSCREATE USER bob FIELDS 1 cart 3").text)
            revoked = try #require(try connection.line("SESSCREATE USER bob").text)
            #expect(try connection.command("SESSREVOKE", Bytes(revoked)) == .integer(1))
            #expect(try connection.line("SAVE") == .ok)
            let checked = try run("redis-check-rdb", [directory.path + "/dump.rdb"], within: 30)
            #expect(checked.standardOutput.contains("RDB looks OK"), "\(checked.standardOutput)")
            // Not by its signal: there is nothing else to save.
            server.stop(SIGKILL)
        }
        try withServer(.cloakroom, flags(directory)) { server in
            let connection = try server.connect()
            #expect(try connection.line("DBSIZE").integer == 2002)
            #expect(try connection.command("PTTL", "k7").integer ?? 0 > 900_000)
            #expect(try connection.command("SESSTOUCH", Bytes(token)).integer ?? 0 > 0)
            #expect(try connection.command("SESSSET", Bytes(revoked), "FIELDS", "1", "a", "b").errorCode == "REVOKED")
        }
        try withServer(.redis, flags(directory, "--dbfilename", "dump.rdb")) { server in
            let connection = try server.connect()
            #expect(try connection.line("DBSIZE").integer == 2002)
            #expect(!server.log.contains("Bad file format"))
        }
    }

    @Test func weLoadWhatRedisSaves() throws {
        let directory = try TemporaryDirectory()
        try withServer(.redis, flags(directory)) { server in
            let connection = try server.connect()
            for line in ["SET a 1 PX 100000000", "HSET h f v g w", "ZADD z 1.5 m", "SADD s 1 2 3", "SAVE"] {
                #expect(try connection.line(line).errorText == nil)
            }
        }
        try withServer(.cloakroom, flags(directory)) { server in
            let connection = try server.connect()
            #expect(try connection.line("DBSIZE").integer == 4)
            #expect(try connection.line("HGET h g").text == "w")
            #expect(server.log.contains("DB loaded from disk: 4 keys"))
        }
    }

    @Test func aDamagedFileIsRefusedAndKept() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.file("dump.rdb", "REDIS0011 nonsense")
        let port = try freePort()
        let output = try run(
            ServerProcess.Program.cloakroom.path(), flags(directory, "--port", String(port)), within: 15)
        #expect(output.status == .exited(1))
        #expect(output.standardError.contains("dump.rdb"), "\(output.standardError)")
        #expect(Bytes(contents(ofFile: directory.path + "/dump.rdb")) == "REDIS0011 nonsense")
    }
}
