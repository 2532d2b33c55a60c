/// A replica and its primary: changes of roles, and what the link's state machine (`PrimaryConnection`) wants done.
extension Node {
    // MARK: Roles

    /// Follows a primary from now on (`REPLICAOF`), with the data we have until it sends its own.
    /// - Parameter isFailover: it is our replica so far, and is to become the primary.
    mutating func follow(_ host: String, _ port: Int, isFailover: Bool = false) {
        let mono = now.monotonicMicroseconds
        if !replication.isReplica {
            // Within a transaction the effects so far are complete here: what follows is no primary's.
            execution.propagation.end()
            if !execution.propagation.buffer.isEmpty { takeEffects() }
            if replication.backlog.isActive {
                // Our own history: the new primary may be a former replica, and have it up to some point.
                replication.canResume = true
            } else {
                replication.backlog.start(at: replication.offset)
            }
            noteUnacknowledged()
            execution.stopPropagation()
            endWaits()
            endDurableWaits()
        }
        closeReplicas()
        if let link = replication.primary { dropPrimaryConnection(link.connection) }
        let primary = PrimaryConnection(host: host, port: port, isFailover: isFailover, now: mono)
        replication.primary = primary
        replication.nextTick = 0
        wantsTurn = true
        updatePermissions()
        log(.notice, "Following the primary \(primary.name)")
    }

    /// Becomes a primary with the data we have (`REPLICAOF NO ONE`). Replicas of the primary before, ours too, can go
    /// on with us from where they are.
    mutating func promote() {
        guard let link = replication.primary else { return }
        dropPrimaryConnection(link.connection)
        replication.primary = nil
        closeReplicas()
        let offset = replication.offset
        continueHistory()
        replication.canResume = false
        replication.aloneSince = now.monotonicMicroseconds
        execution.promotedAt = now.unixMilliseconds
        noteHistory()
        updatePermissions()
        execution.startPropagation()
        countGoodReplicas()
        wantsTurn = true
        log(
            .notice, "Promoted: no longer a replica of \(link.name), at offset \(offset). "
                + "The second replication id is valid up to offset \(replication.secondOffset)")
    }

    /// Goes on with the primary's history as our own, so that its replicas need not be sent everything; not from an
    /// offset that leaves no room for what is to come.
    private mutating func continueHistory() {
        if replication.offset <= Limits.continuedOffset {
            (replication.secondID, replication.secondOffset) = (replication.id, replication.offset + 1)
        } else {
            (replication.secondID, replication.secondOffset) = (Replication.noID, -1)
            replication.backlog.start(at: 0)
            replication.acknowledgedOffset = 0
            for index in 0..<connections.count { connections[index].writtenOffset = 0 }
        }
        replication.id = identifiers.next()
    }

    /// Ends the connection to the primary, and what has arrived on it without being executed.
    private mutating func dropPrimaryConnection(_ connection: Int) {
        if connection >= 0 {
            connections[connection].link = .none
            close(connection)
        }
        replication.loading = nil
        replication.input.removeAll()
        replication.isInputHeld = false
        publishEnd()
    }

    // MARK: Events

    /// The connection asked for by `NodeEffect.dial` stands.
    public mutating func dialed(_ id: ConnectionID, to peer: Peer, now: Timestamp) {
        setTime(now)
        let index = Int(id.rawValue)
        open(index, peer)
        let action = replication.primary?.dialed(on: index, now: now.monotonicMicroseconds) ?? .refuse
        if action == .refuse { return close(index) }
        connections[index].link = .primary
        connections[index].isAuthenticated = true
        connections[index].isUnrestricted = true
        replication.input.removeAll()
        perform(action)
    }

    /// The connection asked for by `NodeEffect.dial` could not be made.
    public mutating func dialFailed(_ reason: String, now: Timestamp) {
        setTime(now)
        guard let action = replication.primary?.dialFailed(reason, now: now.monotonicMicroseconds) else { return }
        perform(action)
    }

    /// The connection to the primary is gone.
    mutating func primaryDisconnected(_ index: Int) {
        guard replication.primary?.connection == index,
            let action = replication.primary?.closed(now: now.monotonicMicroseconds)
        else { return }
        perform(action)
    }

    /// The link cannot go on: says why, and comes back to it later.
    mutating func retryPrimary(_ reason: String, _ failure: PrimaryConnection.Failure = .connection) {
        let mono = now.monotonicMicroseconds
        guard let action = replication.primary?.failed(reason, failure, now: mono) else { return }
        perform(action)
    }

    /// Time has passed.
    mutating func tickPrimaryLink(_ mono: Int64) {
        let (timeout, standstill) = (replicationTimeout, replication.standstill)
        guard let action = replication.primary?.tick(now: mono, timeout: timeout, standstill: standstill) else {
            return
        }
        perform(action)
    }

    /// Bytes arrived from the primary.
    mutating func receiveFromPrimary(_ bytes: RawSpan) {
        replication.primary?.arrived(now: now.monotonicMicroseconds)
        replication.statistics.bytesReceived += Int64(bytes.byteCount)
        replication.input.bytes.append(bytes)
        continueFromPrimary()
    }

    /// Takes what has arrived as far as possible.
    mutating func continueFromPrimary() {
        while let input = replication.primary?.next(in: &replication.input.bytes) {
            switch input {
            case .nothing: return
            case .line(let line): heard(line)
            case .unusable(let reason): retryPrimary(reason, .content)
            case .snapshot: if !receiveSnapshot() { return }
            case .stream: return executeStream()
            }
        }
    }

    private mutating func heard(_ line: String) {
        let history =
            replication.canResume ? ReplicaHistory(id: replication.id, offset: replication.offset) : nil
        let own = ReplicaIdentity(configuration, history)
        guard let action = replication.primary?.line(line, own, now: now.monotonicMicroseconds) else { return }
        perform(action)
    }

    // MARK: Actions

    private mutating func perform(_ action: PrimaryAction) {
        switch action {
        case .none: break
        case .dial: dialPrimary()
        // Only one that was just made is refused, where it was made.
        case .refuse: break
        case .send(let text, let refusal):
            if let refusal { log(.notice, "Primary does not understand REPLCONF: '\(refusal)'") }
            tellPrimary(text)
        case .acknowledge: acknowledgeToPrimary()
        case .expectSnapshot(let history): expectSnapshot(history)
        case .load(let framing): replication.loading?.framing = framing
        case .resume(let id): resumeStream(id)
        case .giveUp(let loss): linkIsDown(loss)
        }
    }

    /// Asks the runtime for a connection to the primary.
    private mutating func dialPrimary() {
        guard let link = replication.primary else { return }
        log(.notice, "Connecting to primary \(link.name)")
        emit(.dial(host: link.host, port: link.port))
    }

    /// Sends text to the primary.
    private mutating func tellPrimary(_ text: String) {
        guard let index = replication.primary?.connection, index >= 0, !text.isEmpty else { return }
        connections[index].reply.buffer.append(text)
        connections.queueForWriting(index)
    }

    /// Tells the primary how far we are.
    private mutating func acknowledgeToPrimary() {
        tellPrimary(RequestText.array(acknowledgement))
    }

    /// How far we are, and how far on disk.
    var acknowledgement: [String] {
        let words = ["REPLCONF", "ACK", String(replication.offset)]
        return durability.log.phase == .on ? words + ["FACK", String(durability.log.synced)] : words
    }

    private mutating func expectSnapshot(_ history: ReplicaHistory) {
        replication.loading = SnapshotReception(
            framing: .length(0), loader: SnapshotLoader(configuration), store: Store(like: execution.store),
            history: history)
        log(.notice, "Full synchronisation from primary: \(history.id):\(history.offset)")
    }

    private mutating func resumeStream(_ newID: String?) {
        if let newID {
            (replication.secondID, replication.secondOffset) = (replication.id, replication.offset + 1)
            replication.id = newID
            noteHistory()
            // They know the old id only.
            closeReplicas()
        }
        log(.notice, "Primary continues the stream at offset \(replication.offset)")
        linkIsUp()
    }

    /// A snapshot is complete, and its data in place of ours.
    mutating func snapshotIsLoaded() {
        _ = replication.primary?.loadedAll(now: now.monotonicMicroseconds)
        linkIsUp()
    }

    /// The data goes with `replication.id` and the offset: follows from here.
    private mutating func linkIsUp() {
        replication.canResume = true
        if replication.failover.phase != .none { failoverDone() }
        updatePermissions()
        acknowledgeToPrimary()
    }

    private mutating func linkIsDown(_ loss: PrimaryLoss) {
        guard let link = replication.primary else { return }
        dropPrimaryConnection(loss.connection)
        log(loss.isFrequent ? .verbose : .warning, "Link to primary \(link.name) is down: \(loss.reason)")
        replication.nextTick = 0
        wantsTurn = true
        updatePermissions()
        if loss.endsFailover { abortFailover("Failover target did not take over: \(loss.reason)") }
    }
}
