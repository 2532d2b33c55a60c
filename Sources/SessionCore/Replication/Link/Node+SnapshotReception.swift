/// A snapshot arriving from the primary. It is built beside the data there is, which keeps being served and is replaced
/// only by a whole, valid snapshot.
extension Node {
    /// Takes what has arrived of the snapshot.
    /// - Returns: whether something else follows in the input.
    mutating func receiveSnapshot() -> Bool {
        guard var reception = replication.loading.take() else { return false }
        reception.store.setTime(now.unixMilliseconds)
        var input = ByteBuffer()
        swap(&input, &replication.input.bytes)
        var isComplete = false
        do throws(RDBError) {
            isComplete = try reception.take(&input)
        } catch {
            return snapshotFailed("\(error.text)\(error.advice)", reception.received)
        }
        swap(&input, &replication.input.bytes)
        replication.primary?.loaded(reception.received)
        if reception.isMarkWrong { return snapshotFailed("its end is not marked as announced", reception.received) }
        if reception.isCutShort { return snapshotFailed("it is shorter than announced", reception.received) }
        guard isComplete else {
            replication.loading = consume reception
            return false
        }
        adopt(reception)
        return true
    }

    private mutating func snapshotFailed(_ reason: String, _ received: Int64) -> Bool {
        retryPrimary(
            "its snapshot cannot be used, after \(received) bytes: \(reason). The data is as it was", .content)
        return false
    }

    /// Takes a loaded snapshot's place.
    private mutating func adopt(_ reception: consuming SnapshotReception) {
        logDiscarded(reception.store.keyCount, reception.store.sessionCount)
        let database = reception.loader.streamDatabase
        let (skipped, empty) = (reception.loader.skippedKeys, reception.loader.emptyKeys)
        let received = reception.received
        let history = reception.history
        execution.store.replaceContent(with: reception.takeStore())
        settle()
        replication.id = history.id
        (replication.secondID, replication.secondOffset) = (Replication.noID, -1)
        replication.backlog.start(at: history.offset)
        replication.input.database = database ?? 0
        restartLog()
        // Those who followed our stream have other data.
        closeReplicas()
        let (keys, sessions) = (execution.store.keyCount, execution.store.sessionCount)
        var line = "Snapshot of \(received) bytes loaded: \(keys) keys, \(sessions) sessions"
        if empty > 0 { line += "; \(empty) empty collections were passed over" }
        if skipped > 0 { line += "; \(skipped) keys of types that are not supported were passed over" }
        log(.notice, line)
        snapshotIsLoaded()
    }

    /// As a primary that becomes a replica: notes how much of our stream no replica is known to have.
    mutating func noteUnacknowledged() {
        guard execution.propagation.isActive else { return }
        let from = max(replication.backlog.start, replication.acknowledgedOffset)
        var stream = ByteBuffer()
        var offset = from
        while offset < replication.offset {
            let piece = replication.backlog.bytes(from: offset)
            offset += Int64(piece.byteCount)
            stream.append(piece)
        }
        replication.unacknowledged = UnacknowledgedWrites(
            bytes: replication.offset - from, requests: countWrites(stream.bytes))
    }

    /// Requests of a stream that change data; it may begin within one.
    private func countWrites(_ stream: RawSpan) -> Int {
        let parser = RequestParser(bulkLimit: Limits.value, isUnauthenticated: false)
        var partial = PartialRequest()
        var arguments = Vector<ArgumentRange>()
        var (position, count) = (0, 0)
        while position < stream.byteCount {
            arguments.removeAll()
            switch parser.parse(stream, from: position, &partial, into: &arguments) {
            case .request(let end):
                if let facts = table.lookup(stream.slice(arguments[0])), facts.flags.contains(.write) { count += 1 }
                position = end
            case .nothing(let end), .inline(_, _, let end): position = end
            case .incomplete, .failure: return count
            }
        }
        return count
    }

    /// Before the data is replaced: says how much of it nobody else has.
    private mutating func logDiscarded(_ keys: Int, _ sessions: Int) {
        let (ownKeys, ownSessions) = (execution.store.keyCount, execution.store.sessionCount)
        guard ownKeys + ownSessions > 0 else { return }
        var line = "Data is replaced by the primary's: \(ownKeys) keys, \(ownSessions) sessions here, "
            + "\(keys) keys, \(sessions) sessions there"
        if let unacknowledged = replication.unacknowledged, unacknowledged.bytes > 0 {
            line += ". Discarded: \(unacknowledged.requests) writes (\(unacknowledged.bytes) bytes of the stream) made "
                + "here as a primary that no replica had acknowledged"
        }
        replication.unacknowledged = nil
        log(.warning, line)
    }
}
