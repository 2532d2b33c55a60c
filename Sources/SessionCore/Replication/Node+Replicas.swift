/// A primary and its replicas: how they attach, what they are sent, how far they are.
extension Node {
    // MARK: Attaching

    /// Makes the current connection a replica that goes on from an offset, or needs a snapshot first.
    mutating func attachReplica(from offset: Int64?, isOldStyle: Bool = false) {
        clients[current].link = .replica
        clients[current].isOnlooker = true
        clients[current].replyMode = .off
        // No message of another kind may stand in the stream.
        unsubscribeAll(current)
        endTracking(current)
        var link = ReplicaLink(
            connection: current, phase: offset == nil ? .waiting : .online, next: offset ?? replication.offset,
            acknowledgedAt: now.monotonicMicroseconds, pace: snapshotPace)
        link.isCopyOnly = clients[current].introduction.isCopyOnly
        link.isOldStyle = isOldStyle
        replication.replicas.append(link)
        replication.nextTick = 0
        wantsTurn = true
        if offset != nil {
            replication.replicas[replication.replicas.count - 1].acknowledged = offset ?? 0
            queueForWriting(current)
            countGoodReplicas()
        }
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
        if !propagation.buffer.isEmpty { takeEffects() }
        propagation.mayRepeat = true
        // Those who start here have no database selected.
        propagation.database = -1
        let mark = identifiers.next()
        let offset = replication.offset
        for position in 0..<replication.replicas.count where replication.replicas[position].phase == .waiting {
            let connection = replication.replicas[position].connection
            replication.replicas[position].phase = .receiving
            replication.replicas[position].next = offset
            replication.replicas[position].acknowledgedAt = now.monotonicMicroseconds
            replication.replicas[position].pace = snapshotPace
            if !replication.replicas[position].isOldStyle {
                clients[connection].reply.buffer.append("+FULLRESYNC \(replication.id) \(offset)\r\n")
            }
            clients[connection].reply.buffer.append("$EOF:\(mark)\r\n")
            replication.statistics.fullSyncs += 1
            log(
                .notice, of: .replica,
                "Replica \(replicaName(position)) is being sent a snapshot, at offset \(offset)")
        }
        replication.snapshot = SnapshotTransfer(
            writer: SnapshotWriter(
                SnapshotFacts(
                    replicationID: replication.id, offset: offset,
                    streamDatabase: replication.isReplica ? replication.input.database : -1, version: Node.version,
                    interval: Int64(configuration.touchInterval))),
            mark: mark)
    }

    /// Writes the next slice, unless somebody has not taken the last one yet.
    private mutating func writeSnapshot() -> Bool {
        for replica in replication.replicas where replica.phase == .receiving {
            if clients[replica.connection].reply.buffer.count >= Limits.snapshotAhead { return false }
        }
        guard var transfer = replication.snapshot.take() else { return false }
        let isComplete = transfer.writer.write(&store, budget: Limits.snapshotSlice)
        for position in 0..<replication.replicas.count where replication.replicas[position].phase == .receiving {
            let connection = replication.replicas[position].connection
            clients[connection].reply.buffer.append(transfer.writer.output.buffer.bytes)
            replication.replicas[position].acknowledgedAt = now.monotonicMicroseconds
            queueForWriting(connection)
            if isComplete { finish(position, transfer.mark) }
        }
        transfer.writer.output.take(transfer.writer.output.buffer.count)
        if isComplete { endSnapshot(isComplete: true) } else { replication.snapshot = consume transfer }
        return !isComplete
    }

    /// No snapshot is being sent any longer.
    private mutating func endSnapshot(isComplete: Bool = false) {
        replication.snapshot = nil
        replication.standstill.end(now: now.monotonicMicroseconds, isComplete: isComplete)
        propagation.mayRepeat = false
    }

    // MARK: Slow replicas

    /// What is asked of a replica that begins to take a snapshot now.
    private var snapshotPace: SnapshotPace {
        SnapshotPace(
            patience: replication.isReplica ? Limits.chainedSnapshotPatience : Limits.snapshotPatience,
            now: now.monotonicMicroseconds)
    }

    /// A connection that is a replica was sent bytes that are not the stream's.
    mutating func sentSnapshot(_ count: Int, _ index: Int) {
        guard let position = replication.replica(of: index) else { return }
        replication.replicas[position].pace.took(count, now: now.monotonicMicroseconds)
    }

    /// Whether a replica takes its snapshot too slowly, or has the primary's stream stand still for too long.
    /// - Returns: why it is to be closed; nil if it is not.
    mutating func slowness(_ position: Int) -> String? {
        let mono = now.monotonicMicroseconds
        let replica = replication.replicas[position]
        if clients[replica.connection].reply.buffer.isEmpty { replication.replicas[position].pace.rest(now: mono) }
        if replication.replicas[position].pace.isTooSlow(now: mono) { return "it takes its snapshot too slowly" }
        let longest = min(Limits.streamStandstill, Int64(configuration.replicationTimeout) * 1_000_000 / 2)
        guard replica.phase == .receiving, replication.standstill.duration(now: mono) > longest else { return nil }
        return "the primary's stream has stood still for its snapshot for too long. Let it follow the primary itself"
    }

    /// A replica has its snapshot but for the mark.
    private mutating func finish(_ position: Int, _ mark: String) {
        let replica = replication.replicas[position]
        clients[replica.connection].reply.buffer.append(mark)
        replication.replicas[position].phase = .loading
        if replica.isCopyOnly { closeAfterReply(replica.connection) }
    }

    /// Databases were exchanged, which a snapshot in slices cannot follow: those who were receiving it start again.
    mutating func abortSnapshot() {
        guard replication.snapshot != nil else { return }
        endSnapshot()
        for replica in replication.replicas where replica.phase == .receiving { close(replica.connection) }
        log(.notice, "The snapshot for replicas was given up: databases were exchanged")
    }

    // MARK: Acknowledgements

    /// REPLCONF ACK: a replica has executed the stream up to an offset.
    mutating func acknowledged(_ offset: Int64) {
        guard let position = replication.replica(of: current) else { return }
        replication.replicas[position].acknowledgedAt = now.monotonicMicroseconds
        if replication.replicas[position].phase == .loading {
            replication.replicas[position].phase = .online
            log(.notice, of: .replica, "Replica \(replicaName(position)) has its data and follows")
            queueForWriting(current)
        }
        // It cannot have executed what it was not sent, and nothing before it had the data.
        guard replication.replicas[position].phase == .online else { return }
        let known = min(offset, replication.replicas[position].next)
        replication.replicas[position].acknowledged = max(replication.replicas[position].acknowledged, known)
        replication.acknowledgedOffset = max(
            replication.acknowledgedOffset, replication.replicas[position].acknowledged)
        countGoodReplicas()
        if !replication.waits.isEmpty { serveWaits() }
        if replication.failover.phase == .waiting { continueFailover() }
        if stopping != .no { wantsTurn = true }
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
            guard clients[wait.connection].id == wait.clientID, clients[wait.connection].phase == .open else {
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
        where clients[wait.connection].id == wait.clientID && clients[wait.connection].phase == .open {
            unblock(wait.connection) {
                $0.error(
                    Array(
                        ("UNBLOCKED force unblock from blocking operation, instance state changed "
                            + "(master -> replica?)").utf8))
            }
        }
    }

    /// `CLIENT UNBLOCK`: answers the client of this id if it is in `WAIT`; as in Redis that counts as a failed call.
    /// - Returns: whether it is.
    mutating func unblockWait(of clientID: Int64, withError isError: Bool) -> Bool {
        guard let position = replication.waits.firstIndex(where: { $0.clientID == clientID }) else { return false }
        let wait = replication.waits[position]
        guard clients[wait.connection].id == clientID, clients[wait.connection].phase == .open else { return false }
        replication.waits.remove(at: position)
        commandStatistics.failed(.wait)
        if isError {
            let text = counted(.unblocked)
            unblock(wait.connection) { $0.error(text) }
        } else {
            let count = replicasAcknowledging(wait.offset)
            unblock(wait.connection) { $0.integer(count) }
        }
        return true
    }

    /// Forgets a connection that is gone while it was blocked.
    mutating func leaveBlocked(_ index: Int) {
        let clientID = clients[index].id
        replication.waits.removeAll { $0.clientID == clientID }
        shutdownRequests.removeAll { $0.clientID == clientID }
    }

    /// Answers a client that was blocked, and lets what it has sent meanwhile be executed.
    mutating func unblock(_ index: Int, with answer: (inout ReplyWriter) -> Void) {
        clients[index].isBlocked = false
        var writer = ReplyWriter()
        swap(&writer, &clients[index].reply)
        answer(&writer)
        swap(&writer, &clients[index].reply)
        waiting.append(reference(index))
        wantsTurn = true
        queueForWriting(index)
    }
}
