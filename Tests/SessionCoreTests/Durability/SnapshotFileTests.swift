import Testing

@testable import SessionCore

/// Snapshots in files: SAVE, BGSAVE, the rules of `save`, the one at the end, and loading.
@Suite struct SnapshotFileTests {
    private func content(_ bytes: [UInt8]?, at time: Int64) throws -> [String: String] {
        let target = NodeDialogue(startingAt: time)
        try target.load(bytes ?? [], pieces: 1000)
        return content(of: target)
    }

    /// Of a replaced token more is known between servers than is shown, and it is remembered for as long as what it
    /// leads to: that it is there is enough.
    private func content(of node: NodeDialogue) -> [String: String] {
        var content = node.content()
        for key in content.keys where key.hasSuffix(":rotated") { content[key] = "replaced" }
        return content
    }

    @Test func aSnapshotIsWrittenAsideAndTakesTheNameAtTheEnd() throws {
        let server = DurableDialogue.withoutLog()
        fill(server.dialogue, seed: 5, keys: 300)
        let expected = content(of: server.dialogue)
        #expect(server.send("BGSAVE") == "+Background saving started\r\n")
        #expect(server.disk.files.keys.sorted() == ["/d/dump.rdb"])
        #expect(try content(server.disk.files["/d/dump.rdb"], at: NodeDialogue.start) == expected)
        let last = server.disk.steps.suffix(4)
        guard case .sync(let file) = last.first else {
            Issue.record("\(last)")
            return
        }
        let name = "/d/temp-\(file.rawValue).rdb"
        #expect(
            Array(last) == [
                .sync(file), .close(file), .rename(path: name, to: "/d/dump.rdb"), .syncDirectory(path: "/d"),
            ])
        #expect(server.info("rdb_saves") == "1" && server.info("rdb_last_bgsave_status") == "ok")

        let restarted = DurableDialogue.withoutLog(server.disk)
        #expect(restarted.failure == nil)
        #expect(content(of: restarted.dialogue) == expected)
        #expect(restarted.info("rdb_last_load_keys_loaded") == String(expected.count))
    }

    @Test(arguments: 1...8)
    func itHoldsTheDataOfTheMomentInWhichItBegan(seed: UInt64) throws {
        let server = DurableDialogue.withoutLog()
        fill(server.dialogue, seed: seed, keys: 400)
        var tokens: [String] = []
        for index in 0..<200 {
            tokens.append("token-\(seed)-\(index)-long-enough")
            let words = ["SESSCREATE", "ID", tokens[index], "USER", "u\(index % 7)", "FIELDS", "1", "n", "1"]
            _ = server.dialogue.send(words)
        }
        let expected = content(of: server.dialogue)
        var random = SplitMix64(seed: seed)
        #expect(server.dialogue.send("BGSAVE") == "+Background saving started\r\n")
        var turns = 0
        let plain = expected.keys.filter { $0.hasPrefix("0 ") && !$0.contains("__sess__") }
        let keys = plain.map { String($0.dropFirst(2)) }
        try #require(!keys.isEmpty)
        while server.info("rdb_bgsave_in_progress") == "1" && turns < 100_000 {
            turns += 1
            // Only a few bytes a turn.
            server.dialogue.modify { node in _ = node.continueSlowly(bytes: 300) }
            for _ in 0..<3 {
                let key = keys[Int(random.next() % UInt64(keys.count))]
                let other = keys[Int(random.next() % UInt64(keys.count))]
                let token = tokens[Int(random.next() % UInt64(tokens.count))]
                switch random.next() % 9 {
                case 0: _ = server.dialogue.send("RENAME", key, other)
                case 1: _ = server.dialogue.send("SET", key, "new")
                case 2: _ = server.dialogue.send("DEL", key)
                case 3: _ = server.dialogue.send("COPY", key, other, "REPLACE")
                case 4: _ = server.dialogue.send("SUNIONSTORE", key, other)
                case 5: _ = server.dialogue.send("MOVE", key, "1")
                case 6: _ = server.dialogue.send("SESSROTATE", token, "ID", "\(token)-\(turns)")
                case 7: _ = server.dialogue.send("SESSSET", token, "FIELDS", "1", "n", "2")
                default: _ = server.dialogue.send("SESSREVOKE", token)
                }
            }
            while server.step() {}
        }
        #expect(turns > 20)
        let written = try content(server.disk.files["/d/dump.rdb"], at: NodeDialogue.start)
        for (key, value) in expected { #expect(written[key] == value, "\(key)") }
    }

    @Test func saveAnswersWhenAllIsOnDiskAndServesOthersMeanwhile() throws {
        let server = DurableDialogue.withoutLog()
        fill(server.dialogue, seed: 6, keys: 100)
        #expect(server.dialogue.send("SAVE") == "")
        #expect(server.dialogue.send("PING", on: 1) == "+PONG\r\n")
        #expect(server.dialogue.send("SAVE", on: 1) == "-ERR Background save already in progress\r\n")
        #expect(server.dialogue.send("BGSAVE", on: 1) == "-ERR Background save already in progress\r\n")
        server.settle()
        #expect(server.dialogue.read() == "+OK\r\n")
        #expect(server.disk.files["/d/dump.rdb"] != nil)
        #expect(server.send("BGSAVE", "SOON") == "-ERR syntax error\r\n")
        #expect(server.send("LASTSAVE") == ":\(NodeDialogue.start / 1000)\r\n")
    }

    @Test func withoutADirectoryNothingIsWritten() {
        let node = NodeDialogue()
        let reply = "-ERR this server keeps its data in memory only: start it with --dir <directory> to have snapshots "
            + "written\r\n"
        node.expect("SAVE", gives: reply)
        node.expect("BGSAVE", gives: reply)
        node.expect("SHUTDOWN", "SAVE", gives: reply)
        node.expect("SET", "k", "v", gives: "+OK\r\n")
        node.advance(milliseconds: 10_000)
        #expect(node.effects().isEmpty)
    }

    @Test func aFlushDuringASnapshotBeginsItAnew() throws {
        let server = DurableDialogue.withoutLog()
        fill(server.dialogue, seed: 7, keys: 300)
        _ = server.dialogue.send("BGSAVE")
        server.dialogue.modify { node in _ = node.continueSlowly(bytes: 300) }
        _ = server.dialogue.send("FLUSHALL")
        _ = server.dialogue.send("SET", "only", "this")
        server.settle()
        #expect(server.disk.files.keys.sorted() == ["/d/dump.rdb"])
        let written = try content(server.disk.files["/d/dump.rdb"], at: NodeDialogue.start)
        #expect(written == content(of: server.dialogue) && written.count == 1)
    }

    private static let misconfigured = "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable "
        + "to persist to disk. Commands that may modify the data set are disabled, because this instance is configured "
        + "to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please "
        + "check the Redis logs for details about the RDB error.\r\n"

    @Test(arguments: ["create", "write", "sync", "rename"])
    func aSnapshotThatFailsStopsWritesUntilOneSucceeds(step: String) {
        let server = DurableDialogue.withoutLog(MemoryDisk(), [("save", "3600 1000")])
        #expect(server.send("SET", "k", "v") == "+OK\r\n")
        #expect(server.send("SAVE") == "+OK\r\n")
        let old = server.disk.files
        server.disk.problem = { "\($0)".hasPrefix(step) ? "No space left on device" : nil }
        #expect(server.send("BGSAVE") == "+Background saving started\r\n")
        #expect(server.info("rdb_last_bgsave_status") == "err")
        #expect(server.send("SET", "k", "w") == Self.misconfigured)
        #expect(server.send("PING") == Self.misconfigured)
        #expect(server.send("GET", "k") == "$1\r\nv\r\n")
        #expect(server.disk.files == old)
        #expect(server.log.contains { $0.contains("No space left on device") })
        #expect(server.send("SAVE").hasPrefix("-ERR the snapshot could not be written"))
        #expect(server.send("CONFIG", "SET", "stop-writes-on-bgsave-error", "no") == "+OK\r\n")
        #expect(server.send("SET", "k", "x") == "+OK\r\n")
        #expect(server.send("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes") == "+OK\r\n")
        server.disk.problem = { _ in nil }
        #expect(server.send("SAVE") == "+OK\r\n")
        #expect(server.send("SET", "k", "y") == "+OK\r\n")
    }

    @Test func rulesWriteSnapshotsAndFailuresAreRetriedAfterFiveSeconds() {
        let server = DurableDialogue.withoutLog(MemoryDisk(), [("save", "60 3 600 1")])
        _ = server.send("SET", "a", "1")
        server.pass(milliseconds: 61_000)
        #expect(server.info("rdb_changes_since_last_save") == "1" && server.info("rdb_saves") == "0")
        _ = server.send("MSET", "b", "1", "c", "1")
        server.pass(milliseconds: 200)
        #expect(server.info("rdb_changes_since_last_save") == "0" && server.info("rdb_saves") == "1")
        #expect(server.log.contains("3 changes in 60 seconds. Saving..."))
        _ = server.send("DEL", "a")
        server.disk.problem = { if case .create = $0 { "Permission denied" } else { nil } }
        server.pass(milliseconds: 601_000)
        #expect(server.info("rdb_last_bgsave_status") == "err")
        server.disk.problem = { _ in nil }
        server.pass(milliseconds: 4_000)
        #expect(server.info("rdb_last_bgsave_status") == "err")
        server.pass(milliseconds: 1_500)
        #expect(server.info("rdb_last_bgsave_status") == "ok" && server.info("rdb_saves") == "2")
    }

    @Test func theEndWaitsForTheLastSnapshot() {
        let server = DurableDialogue.withoutLog(MemoryDisk(), [("save", "3600 1000")])
        _ = server.send("SET", "k", "v")
        server.disk.problem = { if case .sync = $0 { "Input/output error" } else { nil } }
        #expect(server.send("SHUTDOWN") == "-ERR Errors trying to SHUTDOWN. Check logs.\r\n")
        #expect(!server.isShutDown && server.shutdownsAborted == 1)
        #expect(server.send("GET", "k") == "$1\r\nv\r\n")
        server.disk.problem = { _ in nil }
        #expect(server.dialogue.send("SHUTDOWN") == "")
        #expect(!server.isShutDown)
        server.settle()
        #expect(server.isShutDown)
        #expect(DurableDialogue.withoutLog(server.disk).send("GET", "k") == "$1\r\nv\r\n")
    }

    @Test func anEndWithoutSnapshotWritesNone() {
        let server = DurableDialogue.withoutLog(MemoryDisk(), [("save", "3600 1000")])
        _ = server.send("SET", "k", "v")
        _ = server.send("SHUTDOWN", "NOSAVE")
        #expect(server.isShutDown && server.disk.files.isEmpty)
        let forced = DurableDialogue.withoutLog()
        forced.disk.problem = { _ in "Input/output error" }
        _ = forced.send("SHUTDOWN", "SAVE", "FORCE")
        #expect(forced.isShutDown)
    }
}

extension Node {
    /// Writes a few bytes of the snapshot that was asked for.
    fileprivate mutating func continueSlowly(bytes: Int) -> Bool {
        if durability.wantedFile != nil { beginFile() }
        return continueFile(budget: bytes)
    }
}
