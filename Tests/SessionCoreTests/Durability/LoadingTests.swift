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
}
