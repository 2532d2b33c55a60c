import Testing

@testable import SessionCore

/// Loading at start.
@Suite struct LoadingTests {
    private func saved() -> MemoryDisk {
        let server = DurableDialogue.withoutLog()
        fill(server.dialogue, seed: 11, keys: 200)
        _ = server.send("SAVE")
        return server.disk
    }

    @Test func whileItLoadsOnlyWhatNeedsNoDataIsAnswered() {
        let server = DurableDialogue.withoutLog(saved(), loads: false)
        #expect(server.dialogue.send("GET", "k") == "-LOADING Redis is loading the dataset in memory\r\n")
        #expect(server.dialogue.send("PING") == "-LOADING Redis is loading the dataset in memory\r\n")
        #expect(server.dialogue.send("SET", "k", "v") == "-LOADING Redis is loading the dataset in memory\r\n")
        #expect(server.info("loading") == "1")
        server.step()
        #expect(server.info("loading_total_bytes").flatMap { Int($0) } ?? 0 > 1000)
        #expect(server.info("loading_loaded_bytes") == "0" && server.info("loading_loaded_perc") == "0.00")
        #expect(server.info("loading_start_time") == String(NodeDialogue.start / 1000))
        server.settle()
        #expect(server.info("loading") == "0" && server.info("loading_total_bytes") == nil)
        #expect(server.send("PING") == "+PONG\r\n")
        #expect(server.log.contains { $0.hasPrefix("DB loaded from disk: ") })
    }

    @Test func aFileThatCannotBeUsedEndsTheNodeAndIsLeftAsItIs() {
        let whole = saved().files["/d/dump.rdb"] ?? []
        for cut in [0, 3, 9, 50, whole.count / 2, whole.count - 1] {
            let disk = MemoryDisk()
            disk.files["/d/dump.rdb"] = Array(whole[..<cut])
            let server = DurableDialogue.withoutLog(disk)
            #expect(server.failure?.contains("/d/dump.rdb") == true, "\(cut): \(server.failure ?? "loaded")")
            #expect(server.dialogue.send("SET", "k", "v").hasPrefix("-LOADING"))
            #expect(disk.files["/d/dump.rdb"]?.count == cut)
        }
        let unreadable = MemoryDisk()
        unreadable.files["/d/dump.rdb"] = whole
        unreadable.problem = { if case .open = $0 { "Permission denied" } else { nil } }
        #expect(DurableDialogue.withoutLog(unreadable).failure?.contains("Permission denied") == true)
    }

    @Test func everyByteFlippedIsFound() {
        let server = DurableDialogue.withoutLog()
        _ = server.send("SET", "a", "hello")
        _ = server.send("HSET", "h", "f", "1")
        _ = server.send("SAVE")
        let whole = server.disk.files["/d/dump.rdb"] ?? []
        for index in 9..<whole.count {
            let disk = MemoryDisk()
            disk.files["/d/dump.rdb"] = whole
            disk.files["/d/dump.rdb"]?[index] ^= 0x10
            // A checksum of zero stands for none: flipping one bit never makes it that.
            #expect(DurableDialogue.withoutLog(disk).failure != nil, "byte \(index)")
        }
    }

    @Test func replicasCanGoOnFromWhereTheSnapshotEnds() {
        let server = DurableDialogue.withoutLog()
        server.dialogue.modify { $0.startStream() }
        _ = server.send("SET", "a", "1")
        let (id, offset) = (server.info("master_replid"), server.info("master_repl_offset"))
        _ = server.send("SAVE")
        let restarted = DurableDialogue.withoutLog(server.disk)
        #expect(restarted.info("master_replid2") == id && restarted.info("master_repl_offset") == offset)
        #expect(restarted.info("second_repl_offset") == offset.flatMap { Int($0) }.map { String($0 + 1) })
        #expect(restarted.info("master_replid") != id)
    }

    @Test func compressedSnapshotsAreSmallerAndTheSame() throws {
        let server = DurableDialogue.withoutLog()
        for index in 0..<50 { _ = server.send("SET", "k\(index)", String(repeating: "session data ", count: index)) }
        _ = server.send("SAVE")
        let plain = server.disk.files["/d/dump.rdb"] ?? []
        _ = server.send("CONFIG", "SET", "rdbcompression", "yes")
        _ = server.send("SAVE")
        let compressed = server.disk.files["/d/dump.rdb"] ?? []
        #expect(compressed.count < plain.count / 2)
        #expect(DurableDialogue.withoutLog(server.disk).dialogue.content() == server.dialogue.content())
    }

    @Test(arguments: 1...40) func whatIsCompressedCanBeDecompressed(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var compressor = LZF.Compressor()
        for _ in 0..<50 {
            let length = Int(random.next() % 3000)
            let letters = 1 + random.next() % (seed % 2 == 0 ? 4 : 200)
            let input = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next() % letters) }
            guard compressor.compress(input.span.bytes) else { continue }
            #expect(compressor.output.count <= max(0, length - 4))
            var output = ByteBuffer()
            let isRight = LZF.decompress(compressor.output.bytes, length: length, into: &output)
            #expect(isRight && output.bytes.array == input)
        }
    }

    /// A session's metadata that a later version has written: it is kept, whatever happens to the session, but no field
    /// of the application's.
    @Test func metadataOfALaterVersionIsKept() {
        func string(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        func key(_ token: String) -> String {
            var text = ByteBuffer()
            text.append("__sess__:")
            Handle(token: Array(token.utf8).span.bytes).write(to: &text)
            return text.bytes.text
        }
        let token = "a-token-of-a-later-version"
        let start = String(NodeDialogue.start)
        let fields = [
            "@risk", "7", "@created", start, "@seen", start, "@idle", "100000", "@version", "1", "cart", "3", "@zone",
            "eu",
        ]
        let due = (0..<8).map { UInt8(truncatingIfNeeded: (NodeDialogue.start + 100_000) >> (8 * $0)) }
        let disk = MemoryDisk()
        disk.files["/d/dump.rdb"] = Array("REDIS0011".utf8) + [0xFC] + due + [4] + string(key(token))
            + [UInt8(fields.count / 2)] + fields.flatMap(string) + [0xFF] + Array(repeating: 0, count: 8)
        func expectKept(_ server: DurableDialogue, _ token: String, cart: String) {
            let shown = server.send("SESSGET", token)
            #expect(shown.contains("$4\r\ncart\r\n$\(cart.utf8.count)\r\n\(cart)\r\n"), "\(shown)")
            #expect(!shown.contains("@"), "\(shown)")
            let hash = server.send("HGETALL", key(token))
            #expect(hash.contains("$5\r\n@risk\r\n$1\r\n7\r\n"), "\(hash)")
            #expect(hash.contains("$5\r\n@zone\r\n$2\r\neu\r\n"), "\(hash)")
        }
        let server = DurableDialogue(disk)
        #expect(server.failure == nil)
        expectKept(server, token, cart: "3")
        #expect(server.send("SESSSET", token, "FIELDS", "2", "cart", "four", "name", "bob") == ":2\r\n")
        expectKept(server, token, cart: "four")
        #expect(server.send("SESSSET", token, "FIELDS", "1", "@risk", "0").hasPrefix("-ERR"))
        server.pass(milliseconds: 1100)
        let restarted = DurableDialogue(disk, startingAt: NodeDialogue.start + 2000)
        expectKept(restarted, token, cart: "four")
        let rotated = restarted.send("SESSROTATE", token).split(separator: "\r\n").map(String.init)
        #expect(rotated.count == 2)
        expectKept(restarted, rotated.last ?? "", cart: "four")
        #expect(restarted.send("BGREWRITEAOF").hasPrefix("+"))
        restarted.pass(milliseconds: 1100)
        expectKept(DurableDialogue(disk, startingAt: NodeDialogue.start + 4000), rotated.last ?? "", cart: "four")
    }
}
