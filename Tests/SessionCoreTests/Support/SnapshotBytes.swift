@testable import SessionCore

/// Snapshots as bytes, for tests and for the fuzz targets alike.
enum SnapshotBytes {
    /// A whole snapshot.
    /// - Parameter write: has the writer write its next slice, and says whether that was the last.
    static func written(
        streamDatabase: Int, interval: Int64, by write: (inout SnapshotWriter) -> Bool
    ) -> [UInt8] {
        var writer = SnapshotWriter(
            SnapshotFacts(
                replicationID: String(repeating: "a", count: 40), offset: 77, streamDatabase: streamDatabase,
                version: "1.0", interval: interval))
        var bytes: [UInt8] = []
        while true {
            let isComplete = write(&writer)
            bytes += writer.output.buffer.bytes.array
            writer.output.take(writer.output.buffer.count)
            if isComplete { return bytes }
        }
    }
}

extension Store {
    /// Replaces the data by that of a snapshot, which arrives in pieces.
    /// - Returns: whether it was complete; the data is as before otherwise, as after an error.
    mutating func load(_ bytes: [UInt8], pieces: Int, _ loader: inout SnapshotLoader) throws(RDBError) -> Bool {
        var fresh = Store(like: self)
        var position = 0
        while position < bytes.count {
            let count = min(pieces, bytes.count - position)
            try loader.receive(bytes.span.bytes.slice(position, count), into: &fresh)
            position += count
        }
        guard loader.isComplete else { return false }
        replaceContent(with: fresh)
        return true
    }
}
