@testable import SessionCore

/// A directory with the files of a node that has ended.
public struct DataFiles {
    private let disk = MemoryDisk()
    private let isEncrypted: Bool
    private static let log = "/d/appendonlydir/appendonly.aof."

    /// - Parameters:
    ///   - kind: which file has the content: 0 the snapshot, 1 a log of one file, 2 the manifest, 3 the log's segment.
    ///   - isTruncated: the file lacks its last bytes.
    ///   - changes: bits of the file that are flipped.
    ///   - content: of that file, before it is encrypted.
    public init(
        kind: UInt8, isEncrypted: Bool, isTruncated: Bool, _ changes: [(place: Int, bits: UInt8)], _ content: [UInt8]
    ) {
        self.isEncrypted = isEncrypted
        let path: String
        switch kind {
        case 0:
            path = "/d/dump.rdb"
            disk.files[path] = chunks(Snapshot.complete(content)).bytes
        case 1:
            path = "/d/appendonly.aof"
            disk.files[path] = chunks(content).bytes
        default:
            let base = chunks(Snapshot.complete([0, 1, 0x61, 1, 0x62]))
            let request = RequestEncoding.bytes(["SET", "c", "d"].map { Array($0.utf8) })
            let segment = segment(kind == 3 ? content : request)
            disk.files[Self.log + "1.base.rdb"] = base.bytes
            disk.files[Self.log + "1.incr.aof"] = segment.bytes
            let isGiven = kind == 2 && !isEncrypted
            disk.files[Self.log + "manifest"] = isGiven ? content : manifest(base.proof, segment.proof)
            path = Self.log + (kind == 2 ? "manifest" : "1.incr.aof")
        }
        for (place, bits) in changes {
            let count = disk.files[path]?.count ?? 0
            if count > 0 { disk.files[path]?[place % count] ^= bits }
        }
        if isTruncated {
            let count = disk.files[path]?.count ?? 0
            disk.files[path]?.removeLast(min(count, 1 + content.count / 3))
        }
    }

    private static func keys() -> KeyRing {
        let text = Array(String(repeating: "5a", count: 32).utf8)
        do { return try KeyRing(lines: text.span.bytes) } catch { fatalError("no key") }
    }

    private static let entropy = (0..<EncryptedFileHeader.entropy).map { UInt8(truncatingIfNeeded: $0 * 7) }

    private func chunks(_ content: [UInt8]) -> (bytes: [UInt8], proof: EncryptedFileProof?) {
        guard isEncrypted else { return (content, nil) }
        var output = ByteBuffer()
        var writer = EncryptedFileWriter(entropy: Self.entropy.span.bytes, keys: Self.keys(), into: &output)
        writer.append(content.span.bytes, into: &output)
        let proof = writer.finish(into: &output)
        return (output.bytes.array, proof)
    }

    private func segment(_ content: [UInt8]) -> (bytes: [UInt8], proof: EncryptedFileProof?) {
        guard isEncrypted else { return (content, nil) }
        var output = ByteBuffer()
        var writer = LogSegmentWriter(number: 1, entropy: Self.entropy.span.bytes, keys: Self.keys(), into: &output)
        // In several records.
        let middle = content.count / 2
        writer.append(Array(content[..<middle]).span.bytes, into: &output)
        writer.append(Array(content[middle...]).span.bytes, into: &output)
        return (output.bytes.array, writer.proof)
    }

    private func manifest(_ base: EncryptedFileProof?, _ segment: EncryptedFileProof?) -> [UInt8] {
        var manifest = AppendManifest()
        _ = manifest.replaceBase(prefix: Array("appendonly.aof".utf8), format: .rdb, keeping: 0)
        manifest.base?.proof = base
        _ = manifest.beginIncrement(prefix: Array("appendonly.aof".utf8))
        if let segment { manifest.pinLastIncrement(segment) }
        var text = ByteBuffer()
        do {
            if isEncrypted {
                try manifest.writeSealed(keys: Self.keys(), to: &text)
            } else {
                try manifest.write(to: &text)
            }
        } catch { fatalError("a manifest of ours cannot be written") }
        return text.bytes.array
    }

    private func start() -> NodeHost {
        disk.forgetOpenFiles()
        var configuration = NodeHost.standard
        do {
            try configuration.apply("dir", ["/d"])
            if isEncrypted { try configuration.apply("encrypt-at-rest", ["yes"]) }
        } catch { fatalError("a directive of ours is refused") }
        let host = NodeHost(configuration, disk: disk, keys: isEncrypted ? Self.keys() : nil)
        host.settle()
        return host
    }

    /// Starts a node with the files, and, if it takes them, another one with what that has written.
    public func startsWell() {
        let before = disk.files
        let first = start()
        if first.isShutDown { return require(disk.files == before, "files that cannot be used are changed") }
        let digest = first.contentDigest
        let second = start()
        require(!second.isShutDown, "what was written cannot be loaded")
        require(second.contentDigest == digest, "a restart changes the data")
        second.readEverything()
        second.finish()
    }
}
