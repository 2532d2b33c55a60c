import Testing

@testable import SessionCore

/// `encrypt-at-rest`: what is on disk, what is found when it was changed, keys that change.
@Suite struct EncryptionAtRestTests {
    private static let directory = "/d/appendonlydir/"
    private static let manifest = directory + "appendonly.aof.manifest"
    private static let key = String(repeating: "17", count: 32)
    private static let otherKey = String(repeating: "2b", count: 32)

    private func server(
        _ disk: MemoryDisk, _ mode: String = "yes", _ directives: [(String, String)] = [], keys: String? = key
    ) -> DurableDialogue {
        DurableDialogue(disk, [("encrypt-at-rest", mode)] + directives, keys: keys)
    }

    /// Sessions and keys, with a rewrite among them, a segment behind it and a snapshot.
    private func fill(_ server: DurableDialogue) -> [String] {
        var tokens: [String] = []
        for index in 0..<20 {
            _ = server.send(
                "SESSCREATE", "ID", "token-number-\(index)-of-many", "USER", "user-\(index % 3)", "FIELDS", "1", "name",
                "content-of-\(index)")
            tokens.append("token-number-\(index)-of-many")
            _ = server.send("SET", "key-\(index)", "value-of-\(index)")
            if index == 9 { _ = server.send("BGREWRITEAOF") }
        }
        _ = server.send("SESSREVOKE", tokens[0])
        _ = server.send("SAVE")
        server.pass(milliseconds: 1100)
        return tokens
    }

    private func content(_ server: DurableDialogue) -> [String: String] { server.dialogue.content() }

    @Test(arguments: ["yes", "convert"]) func nothingCanBeReadOnTheDisk(mode: String) {
        let disk = MemoryDisk()
        let tokens = fill(server(disk, mode))
        #expect(disk.files.count == 4)
        for (path, bytes) in disk.files {
            let text = String(decoding: bytes, as: UTF8.self)
            for secret in tokens + ["content-of", "value-of", "key-", "user-", "SET", "HSET", "REDIS", Self.key] {
                #expect(!text.contains(secret), "\(path) contains \(secret)")
            }
        }
    }

    @Test(arguments: ["always", "everysec"], [UInt64(1), 2, 3])
    func everythingIsThereAfterCrashes(policy: String, seed: UInt64) {
        let disk = MemoryDisk()
        var expected: [String: String] = [:]
        var random = SplitMix64(seed: seed)
        for round in 0..<8 {
            let server = server(disk, "yes", [("appendfsync", policy)])
            #expect(server.failure == nil, "round \(round)")
            #expect(content(server) == expected, "round \(round)")
            for index in 0..<30 {
                _ = server.send("SET", "k\(random.next() % 40)", "\(round)-\(index)")
                if random.next() % 40 == 0 { _ = server.send("BGREWRITEAOF") }
            }
            server.pass(milliseconds: 1200)
            expected = content(server)
            // The process is gone; power may have been lost within a record that nobody was told of.
            if random.next() % 2 == 0 {
                _ = server.dialogue.send("SET", "lost", "x")
                let last = disk.files.keys.filter { $0.hasSuffix("incr.aof") }.max {
                    ($0.utf8.count, $0) < ($1.utf8.count, $1)
                }
                if let last, let before = disk.files[last]?.count {
                    while server.step() {}
                    let grown = (disk.files[last]?.count ?? 0) - before
                    if grown > 0 { disk.files[last]?.removeLast(Int(random.next() % UInt64(grown)) + 1) }
                }
            }
        }
    }

    /// Every byte of every file is flipped in turn: it is found, but for records at the end, which may be torn.
    @Test func everyFlippedByteIsFoundOrHarmless() {
        let disk = MemoryDisk()
        let first = server(disk)
        _ = first.send("SET", "a", "1")
        first.pass(milliseconds: 1100)
        let second = server(disk)
        _ = second.send("SET", "b", "2")
        second.pass(milliseconds: 1100)
        let whole = content(second)
        let files = disk.files
        let open = Self.directory + "appendonly.aof.2.incr.aof"
        #expect(files.keys.contains(open) && files.count == 4)
        for (path, bytes) in files {
            for position in bytes.indices {
                let changed = MemoryDisk()
                changed.files = files
                changed.files[path]?[position] ^= 0x10
                let restarted = server(changed)
                if path == open && position >= LogSegment.headerBytes {
                    if restarted.failure == nil {
                        let found = content(restarted)
                        #expect(found == whole || found == whole.filter { $0.key != "0 b" }, "byte \(position)")
                        #expect(found["0 a"] == whole["0 a"], "byte \(position)")
                    }
                } else {
                    #expect(restarted.failure != nil, "\(path), byte \(position)")
                    #expect(changed.files.count == 4, "nothing is removed: \(path), byte \(position)")
                }
            }
        }
    }

    @Test func filesThatWereRemovedExchangedOrShortenedAreFound() {
        let disk = MemoryDisk()
        for index in 0..<3 {
            let server = server(disk)
            _ = server.send("SET", "k\(index)", "v")
            server.pass(milliseconds: 1100)
        }
        let files = disk.files
        let old = MemoryDisk()
        old.files = files
        let other = server(old)
        _ = other.send("BGREWRITEAOF")
        other.pass(milliseconds: 1100)
        func refuses(_ text: String, _ change: (MemoryDisk) -> Void) {
            let changed = MemoryDisk()
            changed.files = files
            change(changed)
            let failure = server(changed).failure
            #expect(failure?.contains(text) == true, "\(failure ?? "none")")
        }
        func path(_ number: Int, _ kind: String = "incr.aof") -> String {
            Self.directory + "appendonly.aof.\(number).\(kind)"
        }
        refuses("No such file") { $0.files[path(2)] = nil }
        refuses("it is segment 3 where segment 2 belongs") { $0.files[path(2)] = $0.files[path(3)] }
        refuses("exchanged, or shortened") { $0.files[path(1)]?.removeLast(40) }
        refuses("exchanged") { $0.files[path(1, "base.rdb")] = other.disk.files[path(2, "base.rdb")] }
        refuses("not as it was written") {
            let text = String(decoding: $0.files[Self.manifest] ?? [], as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            $0.files[Self.manifest] = Array(
                lines.filter { !$0.contains("2.incr") }.joined(separator: "\n").utf8)
        }
        refuses("the manifest is not sealed") {
            let text = String(decoding: $0.files[Self.manifest] ?? [], as: UTF8.self)
            $0.files[Self.manifest] = Array(
                text.split(separator: "\n").filter { !$0.contains("seal") }.map { $0 + "\n" }.joined().utf8)
        }
    }

    @Test func theKeyIsNeeded() {
        let disk = MemoryDisk()
        _ = fill(server(disk))
        let files = disk.files
        for (mode, keys) in [("yes", Self.otherKey), ("convert", Self.otherKey), ("no", nil)] as [(String, String?)] {
            let failure = server(disk, mode, keys: keys).failure
            #expect(failure?.contains("which is not among the keys given") == true, "\(failure ?? "none")")
            #expect(disk.files == files, "nothing was changed")
        }
        // A snapshot alone, without a manifest.
        let snapshot = MemoryDisk()
        snapshot.files["/d/dump.rdb"] = files["/d/dump.rdb"]
        let locked = server(snapshot, "yes", [("appendonly", "no")], keys: Self.otherKey)
        #expect(locked.failure?.contains("add that key") == true)
        let loaded = server(snapshot, "yes", [("appendonly", "no")])
        #expect(loaded.failure == nil && loaded.send("GET", "key-3") == "$10\r\nvalue-of-3\r\n")
    }

    @Test func plainFilesAreRefusedUnlessTheyAreToBeConverted() {
        let disk = MemoryDisk()
        let plain = DurableDialogue(disk)
        _ = fill(plain)
        let expected = content(plain)
        #expect(server(disk).failure?.contains("encrypt-at-rest convert") == true)
        let converting = server(disk, "convert")
        #expect(converting.failure == nil && content(converting) == expected)
        let encrypted = server(disk)
        #expect(encrypted.failure == nil && content(encrypted) == expected)
        for (path, bytes) in disk.files where path.hasPrefix(Self.directory) {
            #expect(!String(decoding: bytes, as: UTF8.self).contains("value-of"), "\(path)")
        }
        // And back: the keys are still needed once.
        let decrypting = server(disk, "no")
        #expect(decrypting.failure == nil && content(decrypting) == expected)
        let bare = DurableDialogue(disk)
        #expect(bare.failure == nil && content(bare) == expected)
    }

    @Test func aNewKeyTakesTheOldOnesPlace() {
        let disk = MemoryDisk()
        let first = server(disk)
        _ = fill(first)
        let expected = content(first)
        let both = server(disk, "yes", keys: Self.otherKey + "\n" + Self.key + "\n")
        #expect(both.failure == nil && content(both) == expected)
        let rotated = server(disk, "yes", keys: Self.otherKey)
        #expect(rotated.failure == nil && content(rotated) == expected)
        #expect(server(disk, "yes", keys: Self.key).failure != nil)
    }

    /// What could not be written is written again as it was: other bytes under the same nonces would tell of both.
    @Test func recordsThatFailedAreWrittenAgainUnchanged() {
        let disk = MemoryDisk()
        let server = server(disk)
        var failed: [UInt8] = []
        disk.problem = { step in
            guard case .write(_, let bytes) = step else { return nil }
            failed = bytes
            return "No space left on device"
        }
        _ = server.send("SET", "a", "first")
        #expect(server.info("aof_last_write_status") == "err" && !failed.isEmpty)
        disk.problem = { _ in nil }
        let steps = disk.steps.count
        server.pass(milliseconds: 1500)
        #expect(server.info("aof_last_write_status") == "ok")
        let written = disk.steps[steps...].compactMap { step -> [UInt8]? in
            if case .write(_, let bytes) = step { bytes } else { nil }
        }
        #expect(written.first?.starts(with: failed) == true)
        _ = server.send("SET", "b", "second")
        server.pass(milliseconds: 1100)
        let restarted = self.server(disk)
        #expect(restarted.failure == nil && restarted.send("MGET", "a", "b") == "*2\r\n$5\r\nfirst\r\n$6\r\nsecond\r\n")
    }

    /// A segment that was sealed takes no more records: if the next one cannot be begun, the log is begun anew.
    @Test func aSegmentThatCannotBeBegun() {
        let disk = MemoryDisk()
        let server = server(disk)
        _ = server.send("SET", "a", "1")
        server.pass(milliseconds: 1100)
        disk.problem = { step in
            if case .create = step { "No space left on device" } else { nil }
        }
        _ = server.send("BGREWRITEAOF")
        _ = server.send("SET", "b", "2")
        server.pass(milliseconds: 1100)
        disk.problem = { _ in nil }
        server.pass(milliseconds: 5000)
        #expect(server.info("aof_last_write_status") == "ok")
        _ = server.send("SET", "c", "3")
        server.pass(milliseconds: 1100)
        let restarted = self.server(disk)
        #expect(restarted.failure == nil)
        #expect(restarted.send("GET", "a") == "$1\r\n1\r\n" && restarted.send("GET", "c") == "$1\r\n3\r\n")
    }

    @Test(arguments: [
        ("", "there is none"), ("\n\r\n", "there is none"), ("short", "these 5 bytes are no key"),
        (key + "\nshort", "these 5 bytes are no key"), (String(repeating: key + "\n", count: 17), "more than 16"),
    ]) func whatIsNoKey(text: String, what: String) {
        let bytes = Array(text.utf8)
        do throws(KeyTextError) {
            _ = try KeyRing(lines: bytes.span.bytes)
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.text.contains(what))
            #expect(!error.text.contains(Self.key))
        }
    }
}
