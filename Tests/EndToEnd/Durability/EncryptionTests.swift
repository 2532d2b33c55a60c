import Glibc
import TestSupport
import Testing

/// `encrypt-at-rest` of the running server: what is on the disk, keys from files and from a key management service, and
/// starts that are refused.
@Suite struct EncryptionTests {
    private func keyFile(_ directory: TemporaryDirectory, _ name: String = "key") throws -> String {
        let made = try run("openssl", ["rand", "-hex", "32"])
        return try directory.file(name, made.standardOutput)
    }

    /// Everything in the files of a directory and the directories in it.
    private func bytes(under path: String) throws -> String {
        try run("/bin/sh", ["-c", "find \"$0\" -type f -exec cat {} +", path]).standardOutput
    }

    /// Fills a server with what must not be on the disk, and returns that.
    private func fill(_ server: ServerProcess) throws -> [String] {
        let connection = try server.connect()
        var secrets: [String] = []
        for index in 0..<200 {
            let reply = try connection.line("SESSCREATE USER someone-\(index) FIELDS 1 cart content-number-\(index)")
            secrets.append(try #require(reply.text))
            #expect(try connection.line("SET plain-\(index) value-number-\(index)") == .ok)
        }
        #expect(try connection.line("SAVE") == .ok)
        #expect(try connection.line("BGREWRITEAOF").text == "Background append only file rewriting started")
        #expect(try connection.line("SET behind-it value-number-behind-it") == .ok)
        #expect(try connection.line("WAITAOF 1 0 5000") == .array([.integer(1), .integer(0)]))
        return secrets + ["someone-", "content-number", "value-number", "plain-"]
    }

    @Test func noSecretIsOnTheDiskAndAllIsBackAfterAKill() throws {
        let (directory, keys) = (try TemporaryDirectory(), try TemporaryDirectory())
        let key = try keyFile(keys)
        let flags = ["--dir", directory.path, "--encrypt-at-rest", "yes", "--encryption-key-file", key]
        var secrets: [String] = []
        try withServer(.cloakroom, flags) { server in
            secrets = try fill(server)
            server.stop(SIGKILL)
        }
        let held = try bytes(under: directory.path)
        for secret in secrets { #expect(!held.contains(secret), "\(secret) is on the disk") }
        try withServer(.cloakroom, flags) { server in
            let connection = try server.connect()
            #expect(try connection.line("DBSIZE").integer == 401, "\(server.log)")
            let session = try connection.command("SESSGET", Bytes(secrets[7]), "FIELDS", "1", "cart")
            #expect("\(session)".contains("content-number-7"), "\(session)")
            #expect(server.log.contains("encrypted"))
        }
    }

    @Test func withoutEncryptionNoTokenOrPasswordIsOnTheDisk() throws {
        let directory = try TemporaryDirectory()
        try withServer(.cloakroom, ["--dir", directory.path, "--requirepass", "the-password-of-all"]) { server in
            let connection = try server.connect()
            #expect(try connection.line("AUTH the-password-of-all") == .ok)
            // Whoever is not logged in is not told that the log is only being begun.
            while try connection.line("PING").errorCode == "LOADING" { usleep(10_000) }
            var tokens: [String] = []
            for index in 0..<100 {
                let token = try #require(try connection.line("SESSCREATE USER u\(index % 7) FIELDS 1 a b").text)
                tokens.append(token)
                if index % 3 == 0 {
                    tokens.append(try #require(try connection.command("SESSROTATE", Bytes(token)).text))
                }
                if index % 5 == 0 { _ = try connection.command("SESSREVOKE", Bytes(token)) }
                if index % 2 == 0 { _ = try connection.command("SESSSET", Bytes(token), "FIELDS", "1", "c", "d") }
            }
            #expect(try connection.line("SAVE") == .ok)
            #expect(try connection.line("BGREWRITEAOF").errorText == nil)
            #expect(try connection.line("SET k v") == .ok)
            #expect(try connection.line("WAITAOF 1 0 5000") == .array([.integer(1), .integer(0)]))
            let held = try bytes(under: directory.path)
            #expect(held.contains("REDIS") && held.contains("CLOAKROOM"))
            for secret in tokens + ["the-password-of-all"] {
                #expect(!held.contains(secret), "\(secret) is on the disk")
            }
        }
    }

    /// The AWS command line decrypts the key, as in the article; the service is moto's.
    @Test func theKeyComesFromAKeyManagementService() throws {
        let (directory, keys) = (try TemporaryDirectory(), try TemporaryDirectory())
        let programs = FrameworkProgram.pythonPrograms
        let port = try freePort()
        let service = try ChildProcess(programs + "/moto_server", ["-H", "127.0.0.1", "-p", String(port)])
        defer { service.send(SIGTERM) }
        let environment = [
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:\(port)", "AWS_PAGER": "",
        ]
        func aws(_ words: String...) throws -> Output {
            try run(programs + "/aws", words, environment: environment, within: 60)
        }
        var created = try aws("kms", "create-key", "--query", "KeyMetadata.KeyId", "--output", "text")
        let deadline = Deadline.within(60)
        while created.status != .exited(0) && !deadline.hasPassed {
            usleep(200_000)
            created = try aws("kms", "create-key", "--query", "KeyMetadata.KeyId", "--output", "text")
        }
        #expect(created.status == .exited(0), "\(created.standardError)")
        let identifier = created.standardOutput.filter { !$0.isWhitespace }
        let made = try aws(
            "kms", "generate-data-key", "--key-id", identifier, "--key-spec", "AES_256", "--query", "CiphertextBlob",
            "--output", "text")
        let wrapped = try keys.file("wrapped.base64", made.standardOutput)
        let decode = try run("/bin/sh", ["-c", "base64 -d \"$0\" > \"$0.bin\"", wrapped])
        #expect(decode.status == .exited(0))
        let variables = environment.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let command = "\(variables) \(programs)/aws kms decrypt --ciphertext-blob fileb://\(wrapped).bin "
            + "--query Plaintext --output text"
        let flags = ["--dir", directory.path, "--encrypt-at-rest", "yes", "--encryption-key-command"]
        try withServer(.cloakroom, flags + [command]) { server in
            _ = try fill(server)
            let shown = try server.connect().line("CONFIG GET encryption-key-command")
            #expect("\(shown)".contains("(redacted)") && !"\(shown)".contains("kms"), "\(shown)")
            server.stop(SIGKILL)
        }
        try withServer(.cloakroom, flags + [command]) { server in
            let connection = try server.connect()
            #expect(try connection.line("DBSIZE").integer == 401, "\(server.log)")
        }
        try expectRefusal(flags + [command + " --no-such-option"], "encryption-key-command has failed with exit status")
    }

    private func expectRefusal(_ arguments: [String], _ reason: String) throws {
        let output = try run(
            ServerProcess.Program.cloakroom.path(),
            ["--port", String(try freePort()), "--bind", "127.0.0.1"] + arguments, within: 30)
        #expect(output.status == .exited(1))
        let last = output.standardError.split(separator: "\n").last.map(String.init) ?? ""
        #expect(last.hasPrefix("Error: ") && last.contains(reason), "\(output.standardError)")
    }

    @Test func startsThatAreRefused() throws {
        let (directory, keys) = (try TemporaryDirectory(), try TemporaryDirectory())
        let key = try keyFile(keys)
        let other = try keyFile(keys, "other")
        let base = ["--dir", directory.path, "--encrypt-at-rest", "yes"]
        try expectRefusal(base, "encrypt-at-rest needs a key")
        try expectRefusal(base + ["--encryption-key-file", keys.path + "/none"], "No such file")
        try expectRefusal(
            base + ["--encryption-key-file", key, "--encryption-key-command", "cat \(key)"], "not both")
        try expectRefusal(base + ["--encryption-key-file", try keys.file("short", "abc\n")], "these 3 bytes are no key")
        try expectRefusal(base + ["--encryption-key-command", "true"], "there is none")
        try expectRefusal(base + ["--encryption-key-command", "kill -9 $$"], "ended by a signal")
        try expectRefusal(base + ["--encryption-key-command", "yes"], "longer than 4096 bytes")
        chmod(other, 0o640)
        try expectRefusal(base + ["--encryption-key-file", other], "chmod 600")
        chmod(other, 0o600)
        try withServer(.cloakroom, base + ["--encryption-key-file", key]) { server in
            let connection = try server.connect()
            #expect(try connection.line("SET a 1") == .ok)
        }
        let before = try bytes(under: directory.path)
        try expectRefusal(base + ["--encryption-key-file", other], "which is not among the keys given")
        try expectRefusal(["--dir", directory.path], "which is not among the keys given")
        let after = try bytes(under: directory.path)
        #expect(after == before, "nothing is overwritten")
        try withServer(.cloakroom, base + ["--encryption-key-file", key]) { server in
            let connection = try server.connect()
            #expect(try connection.line("GET a").text == "1")
        }
    }
}
