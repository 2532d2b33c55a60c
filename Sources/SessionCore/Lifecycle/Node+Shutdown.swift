/// Stopping: at once, or after a time in which load balancers notice it (`shutdown-drain`) and replicas catch up
/// (`shutdown-timeout`).
extension Node {
    /// Whether the node is stopping: asked to, and not aborted since.
    public var isStopping: Bool { lifecycle.stopping != .no }

    /// Milliseconds until the present step towards the end is over; nil without one.
    var stoppingTimeLeft: Int64? { lifecycle.stopping.end.map { max(0, $0 - now.monotonicMicroseconds + 999) / 1000 } }

    /// SIGTERM or SIGINT arrived: as `SHUTDOWN` does, emits `NodeEffect.shutdown` when ready to stop.
    public mutating func beginShutdown(now: Timestamp) {
        setTime(now)
        if lifecycle.stopping == .no { lifecycle.shutdownSave = ShutdownSave() }
        beginShutdown(isImmediate: false)
    }

    /// Begins to stop. Health checks say so from now on; everything else goes on until `shutdown-drain` is over.
    /// - Parameter isImmediate: does not wait, and ends a wait that has begun.
    mutating func beginShutdown(isImmediate: Bool) {
        if lifecycle.stopping == .now || lifecycle.stopping == .saving { return }
        if isImmediate { return stop() }
        guard lifecycle.stopping == .no else { return }
        let drain = configuration.shutdownDrain
        if drain == 0 { return awaitReplicas() }
        lifecycle.stopping = .draining(until: now.monotonicMicroseconds + drain * 1000)
        log(.notice, "Draining for \(drain) ms before the server stops: health checks fail, requests are served")
        wantsTurn = true
    }

    /// Lets replicas have all that was acknowledged, as far as they do within `shutdown-timeout`.
    private mutating func awaitReplicas() {
        let (timeout, offset) = (microseconds(seconds: configuration.shutdownTimeout), writtenOffset)
        if timeout == 0 || laggingReplicas(offset).isEmpty { return stop() }
        lifecycle.stopping = .awaitingReplicas(until: now.monotonicMicroseconds + timeout, offset: offset)
        log(.notice, "Waiting for replicas before shutting down.")
        pauseChanged()
        replication.wantsAcknowledgements = true
        wantsTurn = true
    }

    /// Places of replicas that do not have the stream up to an offset, those that only want a copy aside.
    private func laggingReplicas(_ offset: Int64) -> [Int] {
        replication.replicas.indices.filter {
            !replication.replicas[$0].isCopyOnly && replication.replicas[$0].acknowledged < offset
        }
    }

    private mutating func stop() {
        if case .awaitingReplicas(_, let offset) = lifecycle.stopping { logReplicas(offset) }
        let isWanted = lifecycle.shutdownSave.isWanted ?? !configuration.effectiveSaveRules.isEmpty
        guard isWanted, !durability.isLoading else { return finishLog() }
        lifecycle.stopping = .saving
        updatePermissions()
        log(.notice, "Saving the final RDB snapshot before exiting.")
        abandonFile()
        beginSave(isBackground: false)
    }

    /// Has the end of the log written, before the end.
    mutating func finishLog() {
        guard durability.log.phase == .on, !durability.isLoading else { return endStopping() }
        if !execution.propagation.buffer.isEmpty && replication.backlog.isActive { takeEffects() }
        guard durability.log.isBehind else { return endStopping() }
        lifecycle.stopping = .saving
        updatePermissions()
        durability.log.isFinishing = true
        if durability.log.problem != nil { return savingAtEndFailed() }
        durability.nextTick = 0
        wantsTurn = true
    }

    /// All that was to be done before the end is done.
    mutating func endStopping() {
        lifecycle.stopping = .now
        updatePermissions()
        emit(.shutdown)
    }

    /// The last snapshot could not be written: the node goes on, unless it is to end in any case.
    mutating func savingAtEndFailed() {
        if lifecycle.shutdownSave.isForced { return endStopping() }
        durability.log.isFinishing = false
        log(.warning, "Errors trying to shut down: not all is on disk. SHUTDOWN NOSAVE FORCE ends nevertheless")
        giveUpStopping()
    }

    private mutating func giveUpStopping() {
        lifecycle.stopping = .no
        pauseChanged()
        let waiting = lifecycle.shutdownRequests
        lifecycle.shutdownRequests = []
        for request in waiting { answerShutdown(request) }
        emit(.shutdownAborted)
    }

    private mutating func logReplicas(_ offset: Int64) {
        let lagging = laggingReplicas(offset)
        for position in lagging {
            let replica = replication.replicas[position]
            log(
                .warning, "Lagging replica \(replicaName(position)) reported offset "
                    + "\(offset - replica.acknowledged) behind master, lag="
                    + "\((now.monotonicMicroseconds - replica.acknowledgedAt) / 1_000_000), "
                    + "state=\(replica.phase.name).")
        }
        let count = replication.replicas.count
        log(.notice, "\(count - lagging.count) of \(count) replicas are in sync when shutting down.")
    }

    /// Takes the next step towards the end, if it is time.
    /// - Returns: when to be called again, in monotonic microseconds; nil if there is nothing to wait for.
    @inline(never)
    mutating func continueStopping() -> Int64? {
        guard let end = lifecycle.stopping.end else { return nil }
        let isOver = now.monotonicMicroseconds >= end
        if case .awaitingReplicas(_, let offset) = lifecycle.stopping {
            if isOver || laggingReplicas(offset).isEmpty { stop() }
        } else if isOver {
            awaitReplicas()
        }
        return lifecycle.stopping.end
    }

    /// `SHUTDOWN ABORT`: the node goes on. Clients that sent `SHUTDOWN` receive an error, with Redis's text.
    /// - Returns: false if it is not on its way to the end.
    mutating func abortShutdown() -> Bool {
        guard lifecycle.stopping.end != nil else { return false }
        log(.notice, "The shutdown was aborted")
        giveUpStopping()
        return true
    }

    private mutating func answerShutdown(_ request: ShutdownRequest) {
        let index = request.index
        guard connections[index].id == request.clientID, connections[index].phase == .open else { return }
        let text = observation.counted(.shutdownFailed)
        observation.commandStatistics.failed(.shutdown)
        if !connections[index].isBlockedMuted { connections[index].reply.error(text) }
        connections[index].isBlocked = false
        release(index)
    }

    /// The current connection has asked for the end: nothing more of it is executed, and it is answered by the end of
    /// its connection, or when somebody else aborts.
    mutating func waitForShutdown() {
        if lifecycle.stopping == .now { return closeAfterReply(current) }
        lifecycle.shutdownRequests.append(
            ShutdownRequest(index: current, clientID: connections[current].id))
        connections.block(current, isMuted: execution.reply.isMuted)
        connections.hold(current, until: .max)
    }
}
