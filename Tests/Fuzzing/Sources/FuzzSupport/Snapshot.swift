@testable import SessionCore

/// RDB streams.
public enum Snapshot {
    /// A stream with these entries, which do not have to know its beginning and end. A checksum of 0 is none.
    public static func complete(_ entries: [UInt8]) -> [UInt8] {
        if entries.starts(with: Array("REDIS")) { return entries }
        return Array("REDIS0010") + entries + [0xFF, 0, 0, 0, 0, 0, 0, 0, 0]
    }
}

extension NodeHost {
    /// Replaces the data by that of a stream.
    /// - Parameter pieces: bytes that arrive at a time.
    /// - Returns: whether the stream was whole and valid; the data is as before otherwise.
    public func load(_ bytes: [UInt8], pieces: Int) -> Bool {
        var loader = SnapshotLoader(node.configuration, memoryLimit: Bounds.memory)
        do throws(RDBError) {
            guard try node.execution.store.load(bytes, pieces: pieces, &loader) else { return false }
        } catch {
            require("\(error)\(error.advice)".utf8.count < 1000, "a long error")
            return false
        }
        node.execution.store.dueRecords = .expire
        node.settle()
        return true
    }

    /// A snapshot of the data.
    public func snapshot() -> [UInt8] {
        SnapshotBytes.written(streamDatabase: 0, interval: 1) { $0.write(&node.execution.store, budget: 4096) }
    }

    /// A fingerprint of the data.
    public var contentDigest: UInt64 { node.contentDigest(touchInterval: 1, now: now) }
}
