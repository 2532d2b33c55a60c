import Glibc
import TestSupport
import Testing

@testable import SessionCore

extension WireReply {
    /// A reply of redis-server.
    fileprivate init(_ reply: Reply) {
        switch reply {
        case .status(let text): self = .simple(text)
        case .error(let line): self = .error(line.text)
        case .integer(let value): self = .integer(value)
        case .bulk(let bytes): self = .bulk(bytes.bytes)
        case .array(let elements): self = .array(elements.map(WireReply.init))
        default: self = .null
        }
    }
}

/// Snapshots from one kind of server to the other.
@Suite("Snapshots and redis-server")
struct RedisSnapshotTests {
    private func content(of server: ServerProcess) throws -> [String: String] {
        let connection = try HiredisConnection(server.address)
        return readContent { words in
            (try? connection.command(words.map { Bytes($0) })).map(WireReply.init) ?? .null
        }
    }

    private var milliseconds: Int64 { Int64(time(nil)) * 1000 }

    @Test("redis-server loads what we write, taken in slices while it changes")
    func ours() throws {
        let source = NodeDialogue(startingAt: milliseconds)
        fill(source, seed: 77, keys: 600)
        var slices = 0
        let bytes = source.snapshot(budget: 500) {
            slices += 1
            // Tables grow and shrink meanwhile, but what is compared stays.
            for index in 0..<40 { _ = source.send("SET", "temporary\(slices * 40 + index)", "x") }
            if slices % 100 == 0 { for index in 0..<4040 { _ = source.send("DEL", "temporary\(index)") } }
        }
        #expect(slices > 200)
        let directory = try TemporaryDirectory()
        let path = try directory.file("ours.rdb")
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        #expect(write(file, bytes, bytes.count) == bytes.count)
        close(file)
        let flags = ["--dir", directory.path, "--dbfilename", "ours.rdb"]
        try withServer(.redis, flags) { server in
            let theirs = try content(of: server).filter { !$0.key.contains("temporary") }
            let expected = try loaded(bytes, at: source.milliseconds).filter { !$0.key.contains("temporary") }
            #expect(theirs.count > 300)
            #expect(Set(theirs.keys) == Set(expected.keys))
            for (key, value) in expected where !key.contains("__sess__") { #expect(theirs[key] == value) }
            for (key, value) in expected where key.contains(":revoked") { #expect(theirs[key] == value) }
        }
    }

    private func loaded(_ bytes: [UInt8], at milliseconds: Int64) throws -> [String: String] {
        let target = NodeDialogue(startingAt: milliseconds)
        try target.load(bytes, pieces: 4096)
        return target.content()
    }

    @Test("We load what redis-server saves, in all its encodings")
    func theirs() throws {
        try withServer(.redis) { server in
            let connection = try HiredisConnection(server.address)
            for command in [
                "CONFIG SET hash-max-listpack-entries 8", "CONFIG SET zset-max-listpack-entries 8",
                "CONFIG SET set-max-intset-entries 8", "SET s hello", "SET n 12345", "SET n8 -5", "SET n32 -2000000000",
                "SET n64 9000000000000000000", "SET e v PXAT 9000000000000", "HSET h a 1 b two c -300 d 70000",
                "ZADD z 1.5 a -inf b inf c 3 d 1e-5 e", "SADD i 1 2 3", "SADD i32 -70000 1 70000",
                "SADD i64 5000000000 1", "SADD m a b 3", "SELECT 3", "SET other db", "PEXPIREAT other 8000000000001",
            ] {
                #expect(try connection.line(command).errorText == nil, "\(command)")
            }
            let many = (0..<50).flatMap { [Bytes("f\($0)"), Bytes("\($0 * 1_000_003)")] }
            _ = try connection.command([Bytes("HSET"), Bytes("table")] + many)
            _ = try connection.command([Bytes("SADD"), Bytes("members")] + many)
            let scored = (0..<50).flatMap { [Bytes("\(Double($0) * 0.1)"), Bytes("m\($0)")] }
            _ = try connection.command([Bytes("ZADD"), Bytes("skiplist")] + scored)
            _ = try connection.command([Bytes("SET"), Bytes("lzf"), Bytes(repeating: "z", count: 100_000)])
            #expect(try connection.line("SAVE") == .ok)
            let saved = contents(ofFile: server.directory.path + "/dump.rdb")
            #expect(saved.count > 500)
            let expected = try content(of: server)
            for pieces in [1, 13, 4096] {
                let target = NodeDialogue()
                let result = try target.load(saved, pieces: pieces)
                let content = target.content()
                #expect(Set(content.keys) == Set(expected.keys))
                for (key, value) in expected where key != "3 lzf" { #expect(content[key] == value, "\(key)") }
                #expect(content["3 lzf"] == expected["3 lzf"])
                #expect(result?.keys == Int64(expected.count))
            }

            for command in ["RPUSH l a b c", "XADD x 1-1 f v", "SAVE"] { _ = try connection.line(command) }
            let mixed = contents(ofFile: server.directory.path + "/dump.rdb")
            let target = NodeDialogue()
            let error = #expect(throws: RDBError.self) { try target.load(mixed) }
            #expect(error?.text.contains("a type that is not supported") == true)
            _ = target.send("CONFIG", "SET", "replica-unsupported-types", "skip")
            let result = try target.load(mixed, pieces: 7)
            #expect(result?.skippedKeys == 2 && result?.keys == Int64(expected.count))
        }
    }
}
