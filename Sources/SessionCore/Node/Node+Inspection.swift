/// What a simulation examines besides replies: the data as a whole, and a node's position in its replication history.
extension Node {
    /// A fingerprint of all data that is not due, equal on two nodes that hold the same; see `Store.contentDigest`.
    /// O(data).
    package mutating func contentDigest(touchInterval: Int64, now: Timestamp) -> UInt64 {
        setTime(now)
        return execution.store.contentDigest(touchInterval: touchInterval)
    }

    /// As `contentDigest`, a line for each record: to find out what two nodes differ in. O(data).
    package mutating func contentDigests(touchInterval: Int64, now: Timestamp) -> [String] {
        setTime(now)
        var lines: [String] = []
        execution.store.visitDigests(touchInterval: touchInterval) { record, deadline, digest in
            var name = ByteBuffer()
            execution.store[record].renderName(into: &name)
            let until = deadline.map { " until \($0)" } ?? ""
            let (key, type) = (execution.store[record].name(name).text, execution.store[record].typeName)
            lines.append("\(key) \(type) \(digest)\(until)")
        }
        return lines.sorted()
    }

    /// What is under a plain key of database 0, due or not; nil for nothing. O(value).
    package func keyImage(_ key: String) -> KeyImage? {
        let bytes = Array(key.utf8)
        guard let place = execution.store.find(0, bytes.span.bytes, execution.store.hash(bytes.span.bytes)) else {
            return nil
        }
        guard let digest = execution.store.contentDigest(of: place.record, 0) else { return nil }
        return KeyImage(digest: digest, deadline: execution.store.deadline(place.record))
    }

    /// Records of all kinds in all databases, due or not, and marks of dead plain keys. O(databases).
    package var recordCount: Int {
        var count = execution.store.keyTombstoneCount
        for database in 0..<execution.store.databases.count {
            count += Int(execution.store.databases[database].records.count)
        }
        return count
    }

    /// Where the node's data stands.
    package var replicationPosition: ReplicationPosition {
        ReplicationPosition(
            id: replication.id, offset: replication.isReplica ? replication.offset : writtenOffset,
            isPrimary: !replication.isReplica, isLinked: replication.isLinkUp, upstream: replication.primary?.host,
            formerID: replication.secondID, formerOffset: replication.secondOffset - 1)
    }

    /// Whether its data is still on the way from the disk.
    package var isLoadingData: Bool { durability.isLoading }

    /// Whether it executes writes of clients now: it is a primary, and nothing holds them back or forbids them.
    package var takesWrites: Bool {
        !replication.isReplica && execution.permissions.restrictions.isEmpty && execution.permissions.held == .none
    }

    /// Connections with output that `nextWritable` has not named yet, in its order.
    package var queuedForWriting: [ConnectionID] {
        connections.queuedForWriting.map { ConnectionID(rawValue: $0) }
    }

    /// Replies to a client that were not sent yet, be they held back or not, from an offset on.
    package func replies(_ id: ConnectionID, from offset: Int) -> [UInt8] {
        let output = connections.output(Int(id.rawValue))
        return offset < output.byteCount ? output.slice(offset, output.byteCount - offset).array : []
    }

    /// Bytes of the heap in use.
    package var heapBytes: Int { execution.usedMemory }
}

/// The value under a plain key, as a fingerprint, and its deadline in Unix milliseconds.
package struct KeyImage: Equatable, Sendable {
    package var digest: UInt64
    package var deadline: Int64?

    package init(digest: UInt64, deadline: Int64?) {
        self.digest = digest
        self.deadline = deadline
    }

    /// The fingerprint of a string value.
    package static func digest(ofString value: [UInt8]) -> UInt64 { Store.contentDigest(ofString: value.span.bytes) }
}

/// Where a node's data stands in the history that replication follows.
package struct ReplicationPosition: Sendable {
    /// The replication id.
    package let id: String
    /// Bytes of the stream that the data includes.
    package let offset: Int64
    package let isPrimary: Bool
    /// A replica whose primary's stream is coming in.
    package let isLinked: Bool
    /// The address a replica replicates from; nil for a primary.
    package let upstream: String?
    /// The history that this one goes on with, and how much of it.
    package let formerID: String
    package let formerOffset: Int64
}
