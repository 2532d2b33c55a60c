/// Executing the append log at start: it is a replication stream, and so is executed as one, by a connection that is
/// nobody's.
extension Node {
    /// Executes what has come of the log.
    /// - Returns: why it cannot be used; nil if it can.
    mutating func executeLog(_ loading: inout DataLoading) -> LoadFailure? {
        var others = Connections()
        swap(&others, &connections)
        let (observers, recordsEvents) = (execution.store.observers, execution.store.recordsEvents)
        (execution.store.observers, execution.store.recordsEvents) = ([], false)
        connections.open(
            0, Peer(address: "", localAddress: "", isLocal: true, fileDescriptor: -1), at: now.monotonicMicroseconds)
        connections[0].isAuthenticated = true
        connections[0].isUnrestricted = true
        durability.executesLog = true
        let failure = executeLoaded(&loading.input)
        durability.executesLog = false
        replication.wantsOwnAcknowledgement = false
        (execution.store.observers, execution.store.recordsEvents) = (observers, recordsEvents)
        swap(&others, &connections)
        guard let failure else { return nil }
        let remedy = loading.reader.isEncrypted
            ? " (when decrypted)" : ". redis-check-aof --fix cuts it there, and what follows is lost"
        return LoadFailure(
            "the append log '\(loading.source.path)' is damaged at byte \(loading.position): \(failure)\(remedy)")
    }

    /// Takes an annotation of the log.
    /// - Returns: where the stream goes on; nil if not all of it has come.
    mutating func takeAnnotation(_ bytes: RawSpan, at start: Int) -> Int? {
        let rest = bytes.slice(start, bytes.byteCount - start)
        let end = rest.firstIndex(of: UInt8(ascii: "\n"))
        guard end >= 0 else { return nil }
        let length = end > 0 && rest[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
        guard length <= LogAnnotation.longest, let (annotation, extra) = LogAnnotation.read(rest.slice(0, length))
        else { return start + end + 1 }
        guard rest.byteCount >= end + 1 + extra else { return nil }
        continueHistory(annotation.id, annotation.offset)
        if annotation.database < execution.store.databases.count { select(annotation.database) }
        return start + end + 1 + extra
    }
}
