import Foundation
import Testing

@testable import SessionCore

/// The same manifests before redis-server's own eyes.
@Suite(.serialized) struct RedisManifestTests {
    /// A program that is running. Its output goes to a file: other tests' programs would inherit a pipe, and keep it
    /// open.
    private func start(_ program: String, _ arguments: [String], output: URL) throws -> Process {
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        try process.run()
        return process
    }

    /// What a program prints, and its status.
    private func run(_ program: String, _ arguments: [String]) throws -> (output: String, status: Int32) {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("output-\(UUID())")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try start(program, arguments, output: output)
        process.waitUntilExit()
        return (String(decoding: try Data(contentsOf: output), as: UTF8.self), process.terminationStatus)
    }

    /// Not by SIGTERM, which the threads of a test block, and programs inherit what is blocked.
    private func stop(_ process: Process) {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    private func directory() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("manifest-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    /// Refused for the same reason, or not for any of the manifest's: a file that is missing comes later.
    ///
    /// redis-check-aof would not do: it takes a file for a manifest only if its first line begins with "file".
    @Test(arguments: ManifestSample.all)
    func verdict(_ sample: ManifestSample) throws {
        let directory = try directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = directory.appendingPathComponent("appendonlydir")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        try Data(sample.text).write(to: files.appendingPathComponent("a.manifest"))
        let log = directory.appendingPathComponent("log")
        let server = try start(
            "/usr/bin/redis-server",
            [
                "--port", "0", "--unixsocket", directory.appendingPathComponent("s").path, "--dir", directory.path,
                "--appendonly", "yes", "--appendfilename", "a",
            ], output: log)
        defer { stop(server) }
        var output = ""
        for _ in 0..<500 {
            let isRunning = server.isRunning
            output = String(decoding: try Data(contentsOf: log), as: UTF8.self)
            if !isRunning || output.contains("accept connections") { break }
            usleep(10_000)
        }
        let all: [AppendManifestError.Reason] = [.empty, .lineTooLong, .format, .path, .secondBase, .order, .type]
        let given = all.filter { output.contains(AppendManifestError(reason: $0, line: 0).text) }
        #expect(given == (sample.reason.map { [$0] } ?? []), "\(output)")
        #expect(given.count == 1 || output.contains("accept connections") || output.contains("No such file"))
    }

    /// redis-server starts with what is written, further words and seal included, and goes on with it.
    @Test func redisServerLoadsIt() throws {
        let directory = try directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = directory.appendingPathComponent("appendonlydir")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        var manifest = AppendManifest()
        for (name, value) in [("one", "1"), ("two", "2")] {
            let file = manifest.beginIncrement(prefix: Array("append only.aof".utf8))
            let command = "*3\r\n$3\r\nSET\r\n$3\r\n\(name)\r\n$1\r\n\(value)\r\n"
            try Data(("*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n" + command).utf8)
                .write(to: files.appendingPathComponent(String(decoding: file, as: UTF8.self)))
        }
        let commitment = KeyCommitment(pseudoRandomBytes(32).span.bytes)
        manifest.increments[0].proof = EncryptedFileProof(
            commitment: commitment, end: .init(bytes: 4711, tag: AuthenticationTag(high: 1, low: 2)))
        var text = ByteBuffer()
        try manifest.writeSealed(keys: keyRing(1), to: &text)
        let path = files.appendingPathComponent("append only.aof.manifest")
        try Data(text.bytes.array).write(to: path)
        let checked = try run("/usr/bin/redis-check-aof", [path.path])
        #expect(checked.status == 0 && checked.output.contains("All AOF files and manifest are valid"))

        let socket = directory.appendingPathComponent("s").path
        let server = try start(
            "/usr/bin/redis-server",
            [
                "--port", "0", "--unixsocket", socket, "--dir", directory.path, "--appendonly", "yes",
                "--appendfilename", "append only.aof",
            ], output: directory.appendingPathComponent("log"))
        defer { stop(server) }
        var keys = ""
        for _ in 0..<100 where !keys.contains("two") {
            usleep(50_000)
            keys = try run("/usr/bin/redis-cli", ["-s", socket, "KEYS", "*"]).output
        }
        #expect(Set(keys.split(separator: "\n")) == ["one", "two"])
        // What it makes of the manifest is read here, after a rewrite, too.
        #expect(try run("/usr/bin/redis-cli", ["-s", socket, "BGREWRITEAOF"]).output.contains("started"))
        var rewritten: AppendManifest?
        for _ in 0..<100 where rewritten?.base == nil || rewritten?.history.isEmpty == false {
            usleep(50_000)
            rewritten = try AppendManifest([UInt8](Data(contentsOf: path)).span.bytes)
        }
        #expect(rewritten?.base?.name == Array("append only.aof.1.base.rdb".utf8))
        #expect(rewritten?.increments.map(\.sequence) == [3])
        _ = manifest.beginIncrement(prefix: Array("append only.aof".utf8))
        _ = manifest.replaceBase(prefix: Array("append only.aof".utf8), format: .rdb)
        manifest.history = []
        var expected = ByteBuffer()
        try manifest.write(to: &expected)
        #expect([UInt8](try Data(contentsOf: path)) == expected.bytes.array)
    }
}
