import Testing

@testable import SessionCore

/// The append log: what is written, what waits for it, rewriting, loading, failures.
@Suite struct AppendLogTests {
    private static let directory = "/d/appendonlydir/"

    private func names(_ disk: MemoryDisk) -> [String] {
        disk.files.keys.filter { $0.hasPrefix(Self.directory) }.map { String($0.dropFirst(Self.directory.utf8.count)) }
            .sorted()
    }

    private func text(_ disk: MemoryDisk, _ name: String) -> String {
        String(decoding: disk.files[Self.directory + name] ?? [], as: UTF8.self)
    }

    private var manifest: String { "appendonly.aof.manifest" }

    @Test func aDirectoryIsAllItTakes() {
        let server = DurableDialogue()
        #expect(server.failure == nil)
        #expect(server.info("aof_enabled") == "1" && server.info("loading") == "0")
        #expect(names(server.disk) == ["appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof", manifest])
        #expect(
            text(server.disk, manifest)
                == "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n")
        #expect(server.send("SET", "a", "1") == "+OK\r\n")
        #expect(server.send("SELECT", "3") == "+OK\r\n")
        #expect(server.send("INCR", "n") == ":1\r\n")
        #expect(
            text(server.disk, "appendonly.aof.1.incr.aof").hasSuffix(
                "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
                    + "*3\r\n$3\r\nSET\r\n$1\r\nn\r\n$1\r\n1\r\n"))
        let restarted = DurableDialogue(server.disk)
        #expect(restarted.failure == nil)
        #expect(restarted.send("GET", "a") == "$1\r\n1\r\n")
        _ = restarted.send("SELECT", "3")
        #expect(restarted.send("GET", "n") == "$1\r\n1\r\n")
        #expect(
            names(restarted.disk) == [
                "appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof", "appendonly.aof.2.incr.aof", manifest,
            ])
    }

    @Test(arguments: ["always", "everysec", "no"], [UInt64(1), 2, 3])
    func everythingIsThereAfterAnyNumberOfRestarts(policy: String, seed: UInt64) {
        let directives = [("appendfsync", policy)]
        let disk = MemoryDisk()
        var expected: [String: String] = [:]
        var random = SplitMix64(seed: seed)
        for round in 0..<6 {
            let server = DurableDialogue(disk, directives)
            #expect(server.failure == nil, "round \(round)")
            #expect(content(of: server.dialogue) == expected, "round \(round)")
            // It expects each reply at once.
            _ = server.send("CONFIG", "SET", "appendfsync", "no")
            fill(server.dialogue, seed: seed &* 100 &+ UInt64(round), keys: 60)
            _ = server.send("CONFIG", "SET", "appendfsync", policy)
            if random.next() % 2 == 0 { _ = server.send("BGREWRITEAOF") }
            _ = server.send("RENAME", "k1", "k2")
            server.pass(milliseconds: 1200)
            expected = content(of: server.dialogue)
        }
    }

    private func content(of node: NodeDialogue) -> [String: String] {
        var content = node.content()
        for key in content.keys where key.hasSuffix(":rotated") { content[key] = "replaced" }
        // What is told of touches is rounded.
        for (key, value) in content where key.contains("__sess__:") && !key.contains(":r") {
            content[key] = value.split(separator: " until").first.map(String.init)?.filter { _ in false }
        }
        return content
    }

    @Test func aReplyWaitsForTheDisk() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "always")])
        #expect(server.dialogue.send("SET", "a", "1") == "")
        #expect(server.dialogue.send("GET", "a", on: 1) == "", "nobody reads what is not on disk")
        while server.step() {}
        #expect(server.dialogue.read() == "+OK\r\n")
        server.settle()
        #expect(server.dialogue.read(on: 1) == "$1\r\n1\r\n")
        #expect(server.send("GET", "a", on: 1) == "$1\r\n1\r\n")
    }

    @Test func oneSyncServesAllAndPipelinesKeepTheirOrder() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "always")])
        let syncs = { server.disk.steps.filter { if case .sync = $0 { true } else { false } }.count }
        let before = syncs()
        for client in UInt32(1)...20 { #expect(server.dialogue.send("SET", "k\(client)", "v", on: client) == "") }
        for client in UInt32(1)...20 { #expect(server.dialogue.send("GET", "k\(client)", on: client) == "") }
        server.settle()
        for client in UInt32(1)...20 { #expect(server.dialogue.read(on: client) == "+OK\r\n$1\r\nv\r\n") }
        #expect(syncs() - before <= 3)
    }

    /// After two commands others have their turn: the rest is executed while the first replies wait for the disk, or
    /// have just been let go.
    @Test func aPipelineThatMakesWayIsAnsweredForWhatIsOnDisk() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "always")])
        server.dialogue.connect(1)
        server.dialogue.stopwatch.step = 600
        let count = 50
        server.dialogue.deliver([UInt8](String(repeating: "INCR n\r\n", count: count).utf8), on: 1)
        var replies = ""
        for _ in 0..<200 {
            server.turn()
            let kept = text(server.disk, "appendonly.aof.1.incr.aof").split(separator: "$3\r\nSET\r\n").count - 1
            replies += server.dialogue.read(on: 1)
            let answered = replies.split(separator: "\r\n").count
            #expect(answered <= kept, "\(answered) answered, \(kept) on disk")
        }
        #expect(replies == (1...count).map { ":\($0)\r\n" }.joined())
    }

    @Test func aRewriteLeavesABaseAndASegment() {
        let server = DurableDialogue()
        for index in 0..<100 { _ = server.send("SET", "k\(index % 10)", "\(index)") }
        #expect(server.dialogue.send("BGREWRITEAOF") == "+Background append only file rewriting started\r\n")
        #expect(
            server.dialogue.send("BGREWRITEAOF")
                == "-ERR Background append only file rewriting already in progress\r\n")
        _ = server.dialogue.send("SET", "during", "1")
        server.settle()
        #expect(names(server.disk) == ["appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof", manifest])
        #expect(
            text(server.disk, manifest)
                == "file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.2.incr.aof seq 2 type i\n")
        #expect(server.info("aof_last_bgrewrite_status") == "ok" && server.info("aof_rewrite_in_progress") == "0")
        let restarted = DurableDialogue(server.disk)
        #expect(restarted.send("DBSIZE") == ":11\r\n" && restarted.send("GET", "k9") == "$2\r\n99\r\n")
    }

    @Test func itIsRewrittenWhenItHasGrown() {
        let server = DurableDialogue(MemoryDisk(), [("auto-aof-rewrite-min-size", "10kb")])
        let value = String(repeating: "x", count: 1000)
        for _ in 0..<30 { _ = server.send("SET", "k", value) }
        server.pass(milliseconds: 200)
        #expect(server.info("aof_rewrites").flatMap { Int($0) } ?? 0 >= 2)
        #expect((server.info("aof_current_size").flatMap { Int($0) } ?? .max) < 12_000)
    }

    @Test func aCutEndIsLeftOutAndNothingIsAppendedToIt() {
        let server = DurableDialogue()
        _ = server.send("SET", "a", "1")
        _ = server.send("SET", "b", "2")
        let name = Self.directory + "appendonly.aof.1.incr.aof"
        let whole = server.disk.files[name] ?? []
        for cut in 1..<20 {
            let disk = MemoryDisk()
            disk.files = server.disk.files
            disk.files[name] = Array(whole.dropLast(cut))
            let restarted = DurableDialogue(disk)
            #expect(restarted.failure == nil, "\(cut)")
            #expect(restarted.log.contains { $0.contains("ends within a request") })
            #expect(restarted.send("GET", "a") == "$1\r\n1\r\n" && restarted.send("GET", "b") == "$-1\r\n")
            _ = restarted.send("SET", "c", "3")
            let again = DurableDialogue(disk)
            #expect(again.failure == nil, "\(cut): \(again.failure ?? "")")
            #expect(again.send("GET", "c") == "$1\r\n3\r\n" && again.send("GET", "a") == "$1\r\n1\r\n")
            let strict = MemoryDisk()
            strict.files = server.disk.files
            strict.files[name] = Array(whole.dropLast(cut))
            let refused = DurableDialogue(strict, [("aof-load-truncated", "no")])
            #expect(refused.failure?.contains("aof-load-truncated") == true)
        }
    }

    /// A file may be longer than what was written of it when the power failed.
    @Test(arguments: 0..<30) func zerosAtTheEndAreNotTakenForAValue(cut: Int) {
        let server = DurableDialogue()
        _ = server.send("SET", "a", "1")
        _ = server.send("SET", "b", "2\0\0")
        let name = Self.directory + "appendonly.aof.1.incr.aof"
        let whole = server.disk.files[name] ?? []
        server.disk.files[name] = whole.dropLast(cut) + [UInt8](repeating: 0, count: cut + 10)
        let restarted = DurableDialogue(server.disk)
        #expect(restarted.failure == nil)
        #expect(restarted.log.contains { $0.contains("ends within a request") })
        #expect(restarted.send("GET", "a") == "$1\r\n1\r\n")
        #expect(restarted.send("GET", "b") == (cut == 0 ? "$3\r\n2\0\0\r\n" : "$-1\r\n"))
        _ = restarted.send("SET", "c", "3")
        #expect(DurableDialogue(server.disk).send("GET", "c") == "$1\r\n3\r\n")
    }

    /// What is due by the base is not over: the log behind it may say otherwise.
    @Test func deadlinesArePutOffByWhatIsLoadedNext() {
        let server = DurableDialogue()
        _ = server.send("SET", "a", "1", "PX", "100")
        _ = server.send("SESSCREATE", "ID", "token-of-sixteen", "USER", "bob", "IDLE", "3000")
        _ = server.send("BGREWRITEAOF")
        _ = server.send("PEXPIRE", "a", "100000")
        _ = server.send("SESSTOUCH", "token-of-sixteen", "IDLE", "100000")
        let restarted = DurableDialogue(server.disk, startingAt: NodeDialogue.start + 50_000)
        #expect(restarted.send("GET", "a") == "$1\r\n1\r\n")
        #expect(restarted.send("SESSCARD", "bob") == ":1\r\n")
        #expect(DurableDialogue(server.disk, startingAt: NodeDialogue.start + 200_000).send("DBSIZE") == ":0\r\n")
    }

    /// A touch that puts a deadline off by less than `repl-touch-interval` is not in the log.
    @Test func aBaseHoldsDeadlinesAsTheLogDoes() {
        let server = DurableDialogue()
        _ = server.send("SESSCREATE", "ID", "token-of-sixteen", "USER", "bob", "IDLE", "3000")
        server.pass(milliseconds: 100)
        _ = server.send("SESSTOUCH", "token-of-sixteen")
        _ = server.send("BGREWRITEAOF")
        server.pass(milliseconds: 400)
        #expect(server.send("SESSTOUCH", "token-of-sixteen") == ":3000\r\n")
        let restarted = DurableDialogue(server.disk, startingAt: NodeDialogue.start + 3300)
        #expect(restarted.send("SESSCARD", "bob") == ":1\r\n")
    }

    /// A process that was killed may have left it in the page cache: the manifest must not name another segment first.
    @Test func theLastSegmentIsSynchronisedBeforeAnotherFollows() {
        let server = DurableDialogue()
        _ = server.send("SET", "a", "1")
        let before = server.disk.steps.count
        _ = DurableDialogue(server.disk)
        let steps = server.disk.steps[before...]
        var files: [DiskFile] = []
        for step in steps {
            if case .append(let file, let path) = step, path.hasSuffix("1.incr.aof") { files.append(file) }
            if case .rename = step { break }
        }
        #expect(files.count == 1)
        let sync = steps.firstIndex { step in files.contains { step == .sync($0) } }
        let rename = steps.firstIndex { if case .rename = $0 { true } else { false } }
        #expect(sync ?? .max < rename ?? 0)
    }

    @Test func whatWasWrittenInPartIsCutOffBeforeASegmentFollows() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "always")])
        _ = server.send("SET", "a", "1")
        let name = Self.directory + "appendonly.aof.1.incr.aof"
        var isFull = true
        server.disk.problem = { [disk = server.disk] step in
            if case .create(_, let path) = step, path.hasSuffix(".rdb") { return "No space left on device" }
            guard case .write(_, let bytes) = step, isFull else { return nil }
            disk.files[name]? += bytes.prefix(10)
            return "No space left on device"
        }
        #expect(server.send("SET", "a", "2") == "")
        #expect(server.send("BGREWRITEAOF", on: 1).hasPrefix("+"))
        isFull = false
        server.pass(milliseconds: 1100)
        server.pass(milliseconds: 1100)
        #expect(server.dialogue.read() == "+OK\r\n")
        let restarted = DurableDialogue(server.disk)
        #expect(restarted.failure == nil)
        #expect(restarted.send("GET", "a") == "$1\r\n2\r\n")
    }

    @Test func damageInTheMiddleIsRefusedWithItsPlace() {
        let server = DurableDialogue()
        _ = server.send("SET", "a", "1")
        _ = server.send("SET", "b", "2")
        let name = Self.directory + "appendonly.aof.1.incr.aof"
        let whole = server.disk.files[name] ?? []
        let start = whole.count - "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n".utf8.count
        let disk = MemoryDisk()
        disk.files = server.disk.files
        disk.files[name]?[start] = UInt8(ascii: "?")
        let refused = DurableDialogue(disk)
        #expect(refused.failure?.contains("is damaged at byte \(start)") == true, "\(refused.failure ?? "")")
        #expect(refused.failure?.contains("redis-check-aof --fix") == true)
        let missing = MemoryDisk()
        missing.files = server.disk.files
        missing.files[name] = nil
        #expect(DurableDialogue(missing).failure?.contains("appendonly.aof.1.incr.aof") == true)
    }

    @Test func aFullDiskStopsWritesUntilThereIsRoom() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "always")])
        _ = server.send("SET", "a", "1")
        server.disk.problem = { if case .write = $0 { "No space left on device" } else { nil } }
        #expect(server.send("SET", "a", "2") == "", "not on disk, so not acknowledged")
        let refusal = "-MISCONF Errors writing to the AOF file: No space left on device\r\n"
        #expect(server.send("SET", "b", "1", on: 1) == refusal)
        #expect(server.send("PING", on: 1) == refusal)
        #expect(server.send("GET", "x", on: 1) == "$-1\r\n")
        #expect(server.info("aof_last_write_status") == "err")
        server.disk.problem = { _ in nil }
        server.pass(milliseconds: 1100)
        #expect(server.dialogue.read() == "+OK\r\n")
        #expect(server.send("SET", "b", "1", on: 1) == "+OK\r\n")
        #expect(DurableDialogue(server.disk).send("GET", "a") == "$1\r\n2\r\n")
    }

    @Test func whatWasNotSynchronisedIsWrittenAnewElsewhere() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "always")])
        _ = server.send("SET", "a", "1")
        var fails = true
        server.disk.problem = { if case .sync = $0, fails { "Input/output error" } else { nil } }
        #expect(server.send("SET", "a", "2") == "")
        fails = false
        server.pass(milliseconds: 1100)
        server.pass(milliseconds: 1100)
        #expect(server.dialogue.read() == "+OK\r\n")
        #expect(server.info("aof_last_write_status") == "ok")
        #expect(server.send("SET", "b", "1") == "+OK\r\n")
        let restarted = DurableDialogue(server.disk)
        #expect(restarted.failure == nil)
        #expect(restarted.send("GET", "a") == "$1\r\n2\r\n" && restarted.send("GET", "b") == "$1\r\n1\r\n")
    }

    @Test func replicasGoOnAfterARestart() {
        let server = DurableDialogue()
        for index in 0..<20 { _ = server.send("SET", "k\(index)", "v") }
        let (id, offset) = (server.info("master_replid"), server.info("master_repl_offset"))
        let restarted = DurableDialogue(server.disk)
        #expect(restarted.info("master_replid2") == id && restarted.info("master_repl_offset") == offset)
        #expect(restarted.info("second_repl_offset") == offset.flatMap { Int($0) }.map { String($0 + 1) })
        #expect(restarted.info("repl_backlog_active") == "1")
        #expect(restarted.info("repl_backlog_histlen") == offset)
    }

    @Test func waitaofTellsWhatIsOnDisk() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "no")])
        #expect(server.send("SET", "a", "1") == "+OK\r\n")
        #expect(server.dialogue.send("WAITAOF", "1", "0", "50") == "")
        server.pass(milliseconds: 60)
        #expect(server.dialogue.read() == "*2\r\n:0\r\n:0\r\n")
        _ = server.send("CONFIG", "SET", "appendfsync", "everysec")
        #expect(server.dialogue.send("WAITAOF", "1", "0", "0") == "")
        server.pass(milliseconds: 1500)
        #expect(server.dialogue.read() == "*2\r\n:1\r\n:0\r\n")
        #expect(server.send("WAITAOF", "2", "0", "0").hasPrefix("-ERR value is out of range"))
        let memory = NodeDialogue()
        memory.expect(
            "WAITAOF", "1", "0", "0",
            gives: "-ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.\r\n")
    }

    @Test func clientsInWaitaofCanBeUnblocked() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "no")])
        for (reason, reply) in [
            ("TIMEOUT", "*2\r\n:0\r\n:0\r\n"), ("ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"),
        ] {
            _ = server.send("SET", "a", "1", on: 3)
            let id = server.dialogue.send("CLIENT", "ID", on: 3).filter(\.isNumber)
            #expect(server.dialogue.send("WAITAOF", "1", "0", "0", on: 3) == "")
            #expect(server.send("CLIENT", "UNBLOCK", id, reason) == ":1\r\n")
            #expect(server.dialogue.read(on: 3) == reply)
            #expect(server.send("CLIENT", "UNBLOCK", id, reason) == ":0\r\n")
            #expect(server.send("GET", "a", on: 3) == "$1\r\n1\r\n")
        }
    }

    @Test func theLogCanBeTurnedOnAndOff() {
        let server = DurableDialogue(MemoryDisk(), [("appendonly", "no")])
        _ = server.send("SET", "a", "1")
        #expect(server.disk.files.isEmpty)
        #expect(server.send("CONFIG", "SET", "appendonly", "yes") == "+OK\r\n")
        server.pass(milliseconds: 200)
        _ = server.send("SET", "b", "1")
        #expect(server.send("CONFIG", "SET", "appendonly", "no") == "+OK\r\n")
        _ = server.send("SET", "c", "1")
        let restarted = DurableDialogue(server.disk)
        #expect(restarted.send("DBSIZE") == ":2\r\n")
    }

    @Test func theEndWaitsForTheLog() {
        let server = DurableDialogue()
        _ = server.send("SET", "a", "1")
        #expect(server.dialogue.send("SHUTDOWN") == "")
        #expect(!server.isShutDown)
        server.settle()
        #expect(server.isShutDown)
        guard case .sync = server.disk.steps.last else {
            Issue.record("\(server.disk.steps.suffix(3))")
            return
        }
    }

    @Test func noTokenAndNoPasswordReachesTheDisk() {
        let server = DurableDialogue(MemoryDisk(), [("appendfsync", "always"), ("requirepass", "hunter2-password")])
        _ = server.send("AUTH", "hunter2-password")
        let token = "a-secret-token-of-a-session"
        _ = server.send("SESSCREATE", "ID", token, "USER", "bob", "FIELDS", "1", "a", "b")
        _ = server.send("SESSSET", token, "FIELDS", "1", "a", "c")
        _ = server.send("SESSROTATE", token, "ID", token + "-new")
        _ = server.send("SESSREVOKE", token + "-new")
        _ = server.send("ACL", "SETUSER", "eve", ">another-password")
        _ = server.send("BGREWRITEAOF")
        server.settle()
        _ = server.send("SAVE")
        for (path, bytes) in server.disk.files {
            let content = String(decoding: bytes, as: UTF8.self)
            for secret in [token, "hunter2-password", "another-password"] {
                #expect(!content.contains(secret), "\(path)")
            }
        }
    }
}
