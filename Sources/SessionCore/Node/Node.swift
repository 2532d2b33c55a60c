/// The whole server as a deterministic state machine: bytes, time and entropy enter as values, replies and
/// `NodeEffect`s leave as values. No I/O, no clock, no threads.
///
/// A runtime drives it in turns: `receive` for every connection that has sent something, `advance` once, then `output`
/// and `sent` for every connection that `nextWritable` names, then the effects. The same calls with the same values
/// give the same results, so one thread can run many nodes from one seed.
public struct Node: ~Copyable {
    public internal(set) var configuration: Configuration {
        didSet {
            execution.settings = DataSettings(configuration)
            observation.apply(configuration)
            connections.slack = -1
        }
    }
    let table: CommandTable
    private let inPlace = InPlace()
    /// What data commands touch.
    var execution: Execution
    var connections = Connections()
    var listeners: Listeners
    var access: AccessControl
    var scripting = Scripting()
    var replication: Replication
    var durability: Durability
    var observation: Observation
    var lifecycle: Lifecycle
    /// For ids and marks that must not be predictable.
    var identifiers: IdentifierSource

    /// The time of the present call.
    var now: Timestamp
    /// The connection whose requests are being executed; -1 outside `receive` and `resumeWaiting`.
    var current = -1
    var batch = RequestBatch()
    var budget: TurnBudget
    private var effects = EffectQueue()
    /// Replies that the runtime's answers complete, oldest first.
    var deferredReplies: [DeferredReply] = []
    /// `advance` has to be called again at once: the runtime has answered an effect for which requests were waiting.
    public internal(set) var wantsTurn = false
    /// What the runtime measured last; nil if it does not measure.
    public var process: ProcessUsage?

    /// - Parameters:
    ///   - seeds: from the system's CSPRNG, except in tests.
    ///   - ticks: measures how long commands take.
    ///   - keys: what `encryption-key-file` or `encryption-key-command` gives; needed for `encrypt-at-rest`.
    public init(
        configuration: Configuration, seeds: NodeSeeds, now: Timestamp, ticks: TickCounter = .stopped,
        keys: consuming KeyRing? = nil
    ) {
        self.configuration = configuration
        table = CommandTable()
        execution = Execution(configuration, seeds: seeds, now: now)
        listeners = Listeners(seed: seeds.hashKey)
        access = AccessControl(configuration, table, KeyHash(seed: seeds.hashKey))
        identifiers = IdentifierSource(key: seeds.identifierKey)
        lifecycle = Lifecycle(runID: identifiers.next(), startedAt: now)
        replication = Replication(id: identifiers.next())
        durability = Durability(keys: keys)
        observation = Observation(configuration, ticks: ticks, now: now)
        budget = TurnBudget(ticks)
        self.now = now
        warnOfDisabledUsers()
        if let primary = configuration.replicaOf { follow(primary.host, primary.port) }
        startDurability()
    }

    // MARK: Entropy

    /// Bytes of entropy the node would like to be given before the next call of `receive` or `advance`. Tokens are made
    /// of it; when none is left, requests that create sessions wait for the next turn.
    public var entropyWanted: Int {
        execution.entropy.count < Limits.entropyLow ? Limits.entropy - execution.entropy.count : 0
    }

    /// Adds entropy from the system's CSPRNG, at most `entropyWanted` bytes.
    public mutating func supply(entropy bytes: RawSpan) {
        precondition(bytes.byteCount <= Limits.entropy - execution.entropy.count)
        execution.entropy.append(bytes)
    }

    // MARK: Connections

    /// A connection was accepted. Refusals (`maxclients`, protected mode) are sent through it like any other reply.
    public mutating func connected(_ id: ConnectionID, from peer: Peer, now: Timestamp) {
        setTime(now)
        let index = Int(id.rawValue)
        open(index, peer)
        observation.statistics.connections += 1
        if connections.openCount > configuration.maxClients {
            observation.statistics.rejectedConnections += 1
            refuse(index, .tooManyClients)
        } else if configuration.protectedMode && access.defaultUser.needsNoPassword && !peer.isLocal {
            observation.statistics.rejectedConnections += 1
            refuse(index, .protectedMode)
        }
    }

    /// A connection was established, by this node or by a client.
    mutating func open(_ index: Int, _ peer: Peer) {
        connections.open(index, peer, at: now.monotonicMicroseconds)
        setUser(index, AccessControl.defaultUser, isAuthenticated: access.isOpenToAll)
    }

    private mutating func refuse(_ index: Int, _ error: ReplyError) {
        connections[index].reply.error(error)
        closeAfterReply(index)
    }

    /// A connection is gone: closed by the peer, by an error, or after `NodeEffect.close`. `id` is free again.
    public mutating func disconnected(_ id: ConnectionID, now: Timestamp) {
        setTime(now)
        let index = Int(id.rawValue)
        guard connections.isInUse(index) else { return }
        unsubscribeAll(index)
        unwatchAll(index)
        stopMonitoring(index)
        endTracking(index)
        if connections[index].isBlocked { leaveBlocked(index) }
        let link = connections[index].link
        if link == .replica { detachReplica(index) }
        connections.free(index)
        if link == .primary { primaryDisconnected(index) }
    }

    /// Sends what is queued for a connection, then closes it.
    mutating func closeAfterReply(_ index: Int) { connections.closeAfterReply(index) }

    /// Closes a connection at once; what is queued for it is dropped.
    mutating func close(_ index: Int) {
        guard connections[index].isConnected else { return }
        connections[index].phase = .doomed
        emit(.close(ConnectionID(rawValue: UInt32(index))))
    }

    // MARK: Output

    /// The next connection that has output and has not been returned since its output was last empty or blocked.
    public mutating func nextWritable() -> ConnectionID? {
        if !execution.propagation.buffer.isEmpty && replication.backlog.isActive { takeEffects() }
        while let index = connections.nextQueued() {
            if connections[index].phase == .closing && connections[index].reply.buffer.isEmpty {
                close(index)
            } else if connections[index].phase != .doomed && !connections[index].isHeld
                && hasOutput(ConnectionID(rawValue: UInt32(index))) {
                if (durability.log.holdsReplies || connections[index].isCleared) && isGated(index) { continue }
                return ConnectionID(rawValue: UInt32(index))
            }
        }
        if connections.slack < 0 { limitClientMemory() }
        if durability.log.isActive { flushLog() }
        return nil
    }

    /// What is to be sent on this connection now, oldest byte first; empty if nothing.
    @_lifetime(borrow self)
    public func output(of id: ConnectionID) -> RawSpan {
        let index = Int(id.rawValue)
        if connections[index].isHeld { return RawSpan() }
        if connections[index].link == .replica && connections[index].reply.buffer.isEmpty {
            return replication.backlog.bytes(from: streamPosition(index))
        }
        return connections.output(index)
    }

    /// Whether there is output for this connection, to be sent now or later.
    public func hasOutput(_ id: ConnectionID) -> Bool {
        let index = Int(id.rawValue)
        if !connections[index].reply.buffer.isEmpty { return true }
        return connections[index].link == .replica && streamPosition(index) < replication.offset
    }

    /// The first `count` bytes of the output were handed to the kernel.
    public mutating func sent(_ count: Int, of id: ConnectionID, now: Timestamp) {
        let index = Int(id.rawValue)
        observation.statistics.bytesSent += Int64(count)
        observation.statistics.writes += 1
        if connections[index].link == .replica {
            if connections[index].reply.buffer.isEmpty { return sentStream(count, index) }
            sentSnapshot(count, index)
        }
        connections[index].reply.buffer.removeFirst(count)
        guard connections[index].reply.buffer.isEmpty else {
            // It reads, though slowly: it is not idle.
            connections[index].lastActive = now.monotonicMicroseconds
            return
        }
        connections[index].reply.buffer.removeAll(keeping: Limits.idleBuffer)
        connections[index].softLimitSince = nil
        if connections[index].phase == .closing { close(index) }
    }

    // MARK: Effects

    /// The next thing the runtime is to do, oldest first.
    public mutating func nextEffect() -> NodeEffect? { effects.next() }

    mutating func emit(_ effect: NodeEffect) { effects.append(effect) }

    mutating func log(_ severity: LogSeverity, _ text: String) {
        guard severity >= configuration.logLevel else { return }
        let isLong = text.utf8.count > Limits.logLine
        emit(.log(severity, isLong ? String(decoding: text.utf8.prefix(Limits.logLine), as: UTF8.self) + "…" : text))
    }

    /// Logs what a peer has brought about, unless the log has enough of its kind.
    mutating func log(_ severity: LogSeverity, of event: PeerEvent, _ text: String) {
        guard severity >= configuration.logLevel else { return }
        if observation.peerEvents.admits(event, severity, now: now.monotonicMicroseconds) { log(severity, text) }
    }

    /// Tells how much of what peers brought about was not logged.
    private mutating func reportPeerEvents(_ mono: Int64) {
        guard mono >= observation.peerEvents.nextReport else { return }
        for line in observation.peerEvents.report(now: mono) { log(line.severity, line.text) }
    }

    // MARK: Time

    @inline(__always)
    mutating func setTime(_ now: Timestamp) {
        self.now = now
        execution.store.setTime(now.unixMilliseconds)
    }

    /// Expires what is due, does a bounded slice of background work, and executes requests that had to wait.
    /// - Returns: the monotonic time in microseconds at which it wants to be called again, at the latest;
    ///   nil if only new input matters. A time that has passed means at once, after looking for input.
    public mutating func advance(to now: Timestamp) -> Int64? {
        setTime(now)
        if lifecycle.pause.advance(to: now.monotonicMicroseconds) { pauseChanged() }
        observation.noteRates(now: now)
        observation.statistics.peakMemory = max(observation.statistics.peakMemory, execution.usedMemory)
        let mono = now.monotonicMicroseconds
        var next = Int64.max
        execution.store.wheel.warning = configuration.sessionWarn
        if execution.store.dueRecords != .expire {
            execution.store.sweepKeyTombstones()
        } else if lifecycle.expiresActively {
            let start = observation.beginLatency()
            if !execution.store.expireDue() { next = mono }
            observation.endLatency(.expireCycle, from: start, now: now)
            publishSessionEvents()
            settleRemovals()
            if let wake = execution.store.wheel.nextWake() {
                // At least once a second, to notice a step of the wall clock.
                next = min(next, mono + min(max(0, wake * 1000 - now.unixMicroseconds), 1_000_000))
            }
        }
        if execution.isOverMemory && continueEviction() { next = mono }
        if listeners.trackingClients > 0 && limitTracking() { next = mono }
        if execution.store.resizeSlice() { next = min(next, mono + 1000) }
        if mono >= connections.nextRelease {
            connections.releaseDue(at: mono)
            wantsTurn = true
        }
        if hasReplication { next = min(next, replicate()) }
        next = min(next, hasDurability ? tendDurability() : durability.nextTick)
        budget.beginRound()
        if !connections.waiting.isEmpty { resumeWaiting() }
        budget.beginRound()
        // A request that had to wait may have been `WAIT`.
        for wait in replication.waits { next = min(next, wait.deadline) }
        wantsTurn = false
        durability.log.flushAt = .max
        if !connections.waiting.isEmpty { next = min(next, connections.takeYielded() ? mono : mono + 1000) }
        next = min(next, lifecycle.pause.end)
        if !listeners.broadcast.isEmpty { broadcastInvalidations() }
        if mono >= connections.nextSoftLimitCheck { closeSlowReaders() }
        reportPeerEvents(mono)
        next = min(next, connections.nextSoftLimitCheck, connections.nextRelease, observation.peerEvents.nextReport)
        if lifecycle.stopping != .no, let end = continueStopping() { next = min(next, end) }
        if configuration.timeout > 0 {
            if mono >= connections.nextTimeoutCheck {
                closeIdleClients()
                connections.nextTimeoutCheck = mono + 1_000_000
            }
            next = min(next, connections.nextTimeoutCheck)
        }
        return next == .max ? nil : next
    }

    private mutating func closeIdleClients() {
        let limit = now.monotonicMicroseconds - microseconds(seconds: configuration.timeout)
        for index in 0..<connections.count where connections[index].isConnected {
            if connections[index].lastActive < limit && !connections[index].isPubSub && !connections[index].isWaiting
                && connections[index].link == .none && !connections[index].isOnlooker {
                log(
                    .verbose, of: .idleClient,
                    "Client \(connections[index].id) closed: idle for longer than timeout allows")
                close(index)
            }
        }
    }
}
