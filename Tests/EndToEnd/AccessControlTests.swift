import Glibc
import TestSupport
import Testing

/// Users with real tools, files and processes.
@Suite struct AccessControlTests {
    private static let everything = "user default on nopass ~* &* +@all"

    private func cli(_ server: ServerProcess, _ arguments: String...) throws -> Output {
        try run("redis-cli", server.address.clientFlags + ["--no-auth-warning"] + arguments)
    }

    private func fileOfUsers(_ lines: String...) throws -> (path: String, directory: TemporaryDirectory) {
        let directory = try TemporaryDirectory()
        return (try directory.file("users.acl", lines.joined(separator: "\n") + "\n"), directory)
    }

    private func text(_ path: String) -> String { String(decoding: contents(ofFile: path), as: UTF8.self) }

    @Test func redisCLILogsIn() throws {
        let (path, _) = try fileOfUsers(Self.everything, "user web on >pw ~app:* +@session +get +ping +command +hello")
        try withServer(.cloakroom, ["--aclfile", path]) { server in
            #expect(try cli(server, "--user", "web", "--pass", "pw", "PING").standardOutput == "PONG\n")
            #expect(try cli(server, "--user", "web", "--pass", "pw", "GET", "x").standardOutput.hasPrefix("NOPERM"))
            let token = try cli(server, "--user", "web", "--pass", "pw", "SESSCREATE", "USER", "alice")
            #expect(token.standardOutput.utf8.count == 33)
            let refused = try cli(server, "--user", "web", "--pass", "hunter2", "PING")
            #expect((refused.standardOutput + refused.standardError).contains("WRONGPASS"))
            #expect(server.log.contains("failed to log in as user 'web'") && !server.log.contains("hunter2"))
        }
    }

    @Test func loadAndSave() throws {
        let (path, directory) = try fileOfUsers(Self.everything, "user a on nopass +ping")
        try withServer(.cloakroom, ["--aclfile", path]) { server in
            let (admin, user) = (try HiredisConnection(server.address), try HiredisConnection(server.address))
            #expect(try user.line("AUTH a x") == .ok)
            #expect(try admin.line("ACL SETUSER b on >secret ~k* +get") == .ok)
            chmod(path, 0o640)
            // What follows in the pipeline is answered after it.
            #expect(try admin.pipeline([["ACL", "SAVE"], ["PING"]]) == [.ok, .status("PONG")])
            let hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
            let lines = [
                "user a on nopass resetchannels -@all +ping", "user b on #\(hash) ~k* resetchannels -@all +get",
                Self.everything,
            ]
            #expect(text(path) == lines.joined(separator: "\n") + "\n")
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)

            #expect(try admin.line("ACL DELUSER b") == 1)
            #expect(try admin.line("ACL LOAD") == .ok)
            #expect(try admin.line("ACL USERS") == ["a", "b", "default"])
            #expect(try user.line("PING") == .status("PONG"), "a has not changed")
            _ = try directory.file("users.acl", "user a on nopass +@all\n\(Self.everything)\n")
            #expect(try admin.line("ACL LOAD") == .ok)
            #expect(throws: HiredisConnection.Failure.self) { try user.line("PING") }
            _ = try directory.file("users.acl", "user a +nosuch\n")
            #expect(try admin.line("ACL LOAD").errorText?.contains("no change to the previously active") == true)
            #expect(try admin.line("ACL USERS") == ["a", "default"])
            unlink(path)
            let missing = "ERR Error loading ACLs, opening file '\(path)': No such file or directory"
            #expect(try admin.line("ACL LOAD").errorText == missing)
            #expect(try admin.line("ACL SAVE") == .ok)
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600, "a new file is its owner's only")
        }
        try withServer(.cloakroom, ["--aclfile", path]) { server in
            let users = try HiredisConnection(server.address).line("ACL USERS")
            #expect(users == ["a", "default"])
        }
    }

    @Test func aFileThatCannotBeWritten() throws {
        let (path, _) = try fileOfUsers(Self.everything)
        try withServer(.cloakroom, ["--aclfile", path]) { server in
            let admin = try HiredisConnection(server.address)
            // A directory in its place: nobody can rename a file over that.
            unlink(path)
            mkdir(path, 0o700)
            let text = try admin.line("ACL SAVE").errorText
            #expect(text?.contains("There was an error trying to save the ACLs") == true)
            #expect(server.log.contains("ACL SAVE: cannot write"))
            #expect(try admin.line("PING") == .status("PONG"))
            rmdir(path)
        }
    }

    private func refusal(_ arguments: String...) throws -> String {
        let output = try run(ServerProcess.Program.cloakroom.path(), arguments, within: 15)
        #expect(output.status == .exited(1) && output.standardError.split(separator: "\n").count == 1)
        return output.standardError
    }

    @Test func startsOnlyWithUsersItUnderstands() throws {
        let (path, directory) = try fileOfUsers("user a +nosuch")
        let socket = directory.path + "/socket"
        let unknown = try refusal("--port", "0", "--unixsocket", socket, "--aclfile", path)
        #expect(unknown.contains("\(path):1: Error in applying"))
        #expect(try refusal("--port", "0", "--unixsocket", socket, "--aclfile", path + "x").contains("No such file"))
        #expect(try refusal("--port", "0", "--user", "a", "+nosuch").contains("user: Unknown command"))
        #expect(try refusal("--port", "0", "--user", "a", "on", "--aclfile", path).contains("use one or the other"))
        let file = try directory.file("c.conf", "port 0\nuser a on >secret #abc\n")
        let text = try refusal(file)
        #expect(text.contains("\(file):2: user: The password hash") && !text.contains("secret"))
    }

    @Test func usersOnTheCommandLine() throws {
        try withServer(.cloakroom, ["--user", "alice", "on", ">pw", "+ping", "--user", "bob", "off"]) { server in
            let connection = try HiredisConnection(server.address)
            #expect(try connection.line("ACL USERS") == ["alice", "bob", "default"])
            #expect(try connection.line("AUTH alice pw") == .ok)
            #expect(try connection.line("PING") == .status("PONG"))
            #expect(try connection.line("ACL WHOAMI").errorCode == "NOPERM")
            #expect(try connection.line("HELLO 2 AUTH default x").elements != nil)
            #expect(try connection.line("ACL WHOAMI") == "default")
        }
    }

    /// A client that fails to log in waits; the others do not notice.
    @Test func guessingTakesTime() throws {
        try withServer(.cloakroom, ["--requirepass", "right"]) { server in
            let (guesser, other) = (try RawConnection(server.address), try HiredisConnection(server.address))
            #expect(try other.line("AUTH right") == .ok)
            let start = clock_gettime_nsec()
            try guesser.send("AUTH one\r\nAUTH two\r\nAUTH three\r\n")
            for _ in 0..<20 { #expect(try other.line("PING") == .status("PONG")) }
            #expect(clock_gettime_nsec() - start < 90_000_000, "nobody else waits")
            for _ in 0..<3 { #expect(try guesser.reply().errorCode == "WRONGPASS") }
            #expect(clock_gettime_nsec() - start >= 700_000_000, "100 + 200 + 400 ms")
        }
    }

    /// The sending side closed right behind it, as `nc` does: the late answer still comes.
    @Test func theLateAnswerReachesAPeerThatHasFinishedSending() throws {
        try withServer(.cloakroom, ["--requirepass", "right"]) { server in
            let peer = try RawConnection(server.address)
            try peer.send("AUTH wrong\r\n")
            peer.finishSending()
            #expect(try peer.reply().errorCode == "WRONGPASS")
        }
    }

    private func clock_gettime_nsec() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
