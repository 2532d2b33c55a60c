/// A primary and its replicas: how they attach, how far they are, and what the state machine of each
/// (`ReplicaConnection`) wants done.
extension Node {
    // MARK: Attaching

    /// Makes the current connection a replica that goes on from an offset, or needs a snapshot first.
    mutating func attachReplica(from offset: Int64?, isOldStyle: Bool = false) {
        connections[current].link = .replica
        connections[current].isOnlooker = true
        connections[current].replyMode = .off
        // No message of another kind may stand in the stream.
        unsubscribeAll(current)
        endTracking(current)
        let (mono, isCopyOnly) = (now.monotonicMicroseconds, connections[current].introduction.isCopyOnly)
        replication.nextTick = 0
        wantsTurn = true
        guard let offset else {
            return replication.replicas.append(
                ReplicaConnection(
                    connection: current, isCopyOnly: isCopyOnly, isOldStyle: isOldStyle, end: replication.offset,
                    now: mono))
        }
        replication.replicas.append(
            ReplicaConnection(connection: current, isCopyOnly: isCopyOnly, from: offset, now: mono))
        connections.queueForWriting(current)
        countGoodReplicas()
    }

    /// A replica's connection is gone.
    mutating func detachReplica(_ index: Int) {
        guard let position = replication.replica(of: index) else { return }
        log(.notice, of: .replica, "Connection with replica \(replicaName(position)) lost.")
        replication.replicas.remove(at: position)
        if replication.replicas.isEmpty { replication.aloneSince = now.monotonicMicroseconds }
        // Nobody is left who wants it.
        if !replication.replicas.contains(where: { $0.phase == .receiving }) { endSnapshot() }
        countGoodReplicas()
    }

    /// Closes the connections of all replicas: the stream they follow ends here. They come back and ask anew.
    mutating func closeReplicas() {
        for replica in replication.replicas { close(replica.connection) }
        // Their places in the stream mean nothing from here on, whenever the connections end.
        replication.replicas.removeAll()
        endSnapshot()
        replication.aloneSince = now.monotonicMicroseconds
        countGoodReplicas()
    }

    // MARK: Snapshots

    /// Begins a snapshot for the replicas that wait for one, or goes on with the one that is being sent.
    /// - Returns: whether there is more to do at once.
    mutating func continueSnapshot() -> Bool {
        if replication.snapshot == nil {
            guard replication.replicas.contains(where: { $0.phase == .waiting }) else { return false }
            if replication.isReplica {
                guard replication.isLinkUp, now.monotonicMicroseconds >= replication.standstill.permittedAt else {
                    return false
                }
                replication.standstill.begin(now: now.monotonicMicroseconds)
            }
            beginSnapshot()
        }
        return writeSnapshot()
    }

    private mutating func beginSnapshot() {
        startStream()
        if !execution.propagation.buffer.isEmpty { takeEffects() }
        execution.propagation.mayRepeat = true
        // Those who start here have no database selected.
        execution.propagation.database = -1
        let mark = identifiers.next()
        let history = ReplicaHistory(id: replication.id, offset: replication.offset)
        for position in replication.replicas.indices where replication.replicas[position].phase == .waiting {
            let action = replication.replicas[position].snapshotBegins(
                history, mark: mark, patience: snapshotPatience, now: now.monotonicMicroseconds)
            perform(action, position)
            replication.statistics.fullSyncs += 1
            log(
                .notice, of: .replica,
                "Replica \(replicaName(position)) is being sent a snapshot, at offset \(history.offset)")
        }
        replication.snapshot = SnapshotTransfer(
            writer: SnapshotWriter(
                SnapshotFacts(
                    replicationID: history.id, offset: history.offset,
                    streamDatabase: replication.isReplica ? replication.input.database : -1, version: Node.version,
                    interval: Int64(configuration.touchInterval))),
            mark: mark)
    }

    /// Writes the next slice, unless somebody has not taken the last one yet.
    private mutating func writeSnapshot() -> Bool {
        for replica in replication.replicas where replica.phase == .receiving {
            if connections[replica.connection].reply.buffer.count >= Limits.snapshotAhead { return false }
        }
        guard var transfer = replication.snapshot.take() else { return false }
        let isComplete = transfer.writer.write(&execution.store, budget: Limits.snapshotSlice)
        for position in replication.replicas.indices where replication.replicas[position].phase == .receiving {
            let connection = replication.replicas[position].connection
            connections[connection].reply.buffer.append(transfer.writer.output.buffer.bytes)
            connections.queueForWriting(connection)
            let action = replication.replicas[position].snapshotGoesOn(
                mark: isComplete ? transfer.mark : nil, now: now.monotonicMicroseconds)
            perform(action, position)
        }
        transfer.writer.output.take(transfer.writer.output.buffer.count)
        if isComplete { endSnapshot(isComplete: true) } else { replication.snapshot = consume transfer }
        return !isComplete
    }

    /// No snapshot is being sent any longer.
    private mutating func endSnapshot(isComplete: Bool = false) {
        replication.snapshot = nil
        replication.standstill.end(now: now.monotonicMicroseconds, isComplete: isComplete)
        execution.propagation.mayRepeat = false
    }

    /// For how long a replica that begins to take a snapshot now may take nothing, microseconds.
    private var snapshotPatience: Int64 {
        replication.isReplica ? Limits.chainedSnapshotPatience : Limits.snapshotPatience
    }

    /// A connection that is a replica was sent bytes that are not the stream's.
    mutating func sentSnapshot(_ count: Int, _ index: Int) {
        guard let position = replication.replica(of: index) else { return }
        replication.replicas[position].sentSnapshot(count, now: now.monotonicMicroseconds)
    }

    /// Databases were exchanged, which a snapshot in slices cannot follow: those who were receiving it start again.
    mutating func abortSnapshot() {
        guard replication.snapshot != nil else { return }
        endSnapshot()
        for replica in replication.replicas where replica.phase == .receiving { close(replica.connection) }
        log(.notice, "The snapshot for replicas was given up: databases were exchanged")
    }

    // MARK: Actions

    /// Does what a replica's state machine wants done.
    mutating func perform(_ action: ReplicaAction, _ position: Int) {
        let connection = replication.replicas[position].connection
        switch action {
        case .none: break
        case .send(let text):
            connections[connection].reply.buffer.append(text)
            connections.queueForWriting(connection)
        case .sendLast(let text):
            connections[connection].reply.buffer.append(text)
            closeAfterReply(connection)
        case .sendStream: connections.queueForWriting(connection)
        case .close(let reason):
            guard connections[connection].phase != .doomed else { return }
            log(.warning, of: .replica, "Replica \(replicaName(position)) closed: \(reason)")
            close(connection)
        }
    }

    /// Time has passed.
    mutating func tickReplica(_ position: Int, _ mono: Int64) {
        let connection = replication.replicas[position].connection
        let longest = min(Limits.streamStandstill, Int64(configuration.replicationTimeout) * 1_000_000 / 2)
        let action = replication.replicas[position].tick(
            now: mono, timeout: replicationTimeout, activeAt: connections[connection].lastActive,
            isIdle: connections[connection].reply.buffer.isEmpty,
            standstill: (replication.standstill.duration(now: mono), longest))
        perform(action, position)
    }

    // MARK: Acknowledgements

    /// REPLCONF ACK: a replica has executed the stream up to an offset.
    mutating func acknowledged(_ offset: Int64) {
        guard let position = replication.replica(of: current) else { return }
        let action = replication.replicas[position].acknowledged(offset, now: now.monotonicMicroseconds)
        if action == .sendStream {
            log(.notice, of: .replica, "Replica \(replicaName(position)) has its data and follows")
        }
        perform(action, position)
        guard replication.replicas[position].isOnline else { return }
        replication.acknowledgedOffset = max(
            replication.acknowledgedOffset, replication.replicas[position].acknowledged)
        countGoodReplicas()
        if !replication.waits.isEmpty { serveWaits() }
        if !durability.waits.isEmpty { serveDurableWaits() }
        if replication.failover.phase == .waiting { continueFailover() }
        if lifecycle.stopping != .no { wantsTurn = true }
    }

    /// Replicas that have acknowledged the stream up to an offset. One that has come back while its old connection is
    /// not known to be dead counts once.
    func replicasAcknowledging(_ offset: Int64) -> Int {
        var counted: [(address: String, port: Int)] = []
        for position in replication.replicas.indices {
            let replica = replication.replicas[position]
            guard replica.phase == .online, replica.acknowledged >= offset else { continue }
            let place = replicaAddress(position)
            if place.port == 0 || !counted.contains(where: { $0 == place }) { counted.append(place) }
        }
        return counted.count
    }

    /// Counts the replicas that `min-replicas-to-write` is about, and lets or does not let clients write.
    mutating func countGoodReplicas() {
        var count = 0
        for replica in replication.replicas where replica.phase == .online {
            let lag = (now.monotonicMicroseconds - replica.acknowledgedAt) / 1_000_000
            if lag <= Int64(configuration.minReplicasMaxLag) { count += 1 }
        }
        replication.goodReplicas = count
        updatePermissions()
    }

    /// Answers the clients in `WAIT` whose number of replicas, or time, is reached.
    mutating func serveWaits() {
        var remaining: [AcknowledgementWait] = []
        var waits: [AcknowledgementWait] = []
        swap(&waits, &replication.waits)
        for wait in waits {
            guard connections[wait.connection].id == wait.clientID, connections[wait.connection].phase == .open else {
                continue
            }
            let count = replicasAcknowledging(wait.offset)
            if count >= wait.replicas || wait.deadline <= now.monotonicMicroseconds {
                unblock(wait.connection) { $0.integer(count) }
            } else {
                remaining.append(wait)
            }
        }
        replication.waits = remaining
    }

    /// Answers everybody in `WAIT` with an error: this node no longer has replicas to wait for.
    mutating func endWaits() {
        var waits: [AcknowledgementWait] = []
        swap(&waits, &replication.waits)
        for wait in waits
        where connections[wait.connection].id == wait.clientID && connections[wait.connection].phase == .open {
            unblock(wait.connection) { $0.error(.roleChanged) }
        }
    }

    /// `CLIENT UNBLOCK`: answers the client of this id if it is in `WAIT`; as in Redis that counts as a failed call.
    /// - Returns: whether it is.
    mutating func unblockWait(of clientID: Int64, withError isError: Bool) -> Bool {
        guard let position = replication.waits.firstIndex(where: { $0.clientID == clientID }) else { return false }
        let wait = replication.waits[position]
        let index = wait.connection
        guard connections[index].id == clientID, connections[index].phase == .open else { return false }
        replication.waits.remove(at: position)
        observation.commandStatistics.failed(.wait)
        if isError {
            let text = observation.counted(.unblocked)
            unblock(wait.connection) { $0.error(text) }
        } else {
            let count = replicasAcknowledging(wait.offset)
            unblock(wait.connection) { $0.integer(count) }
        }
        return true
    }

    /// Forgets a connection that is gone while it was blocked.
    mutating func leaveBlocked(_ index: Int) {
        let clientID = connections[index].id
        replication.waits.removeAll { $0.clientID == clientID }
        durability.saveWaits.removeAll { Int($0.index) == index }
        durability.waits.removeAll { Int($0.client.index) == index }
        lifecycle.shutdownRequests.removeAll { $0.clientID == clientID }
    }

    /// Answers a client that was blocked, and lets what it has sent meanwhile be executed.
    mutating func unblock(_ index: Int, with answer: (inout ReplyWriter) -> Void) {
        connections[index].isBlocked = false
        var writer = ReplyWriter()
        swap(&writer, &connections[index].reply)
        writer.isMuted = connections[index].isBlockedMuted
        answer(&writer)
        writer.isMuted = false
        swap(&writer, &connections[index].reply)
        connections.wake(index)
        wantsTurn = true
        connections.queueForWriting(index)
    }
}
