/// What replication does as time passes.
extension Node {
    private static let second: Int64 = 1_000_000

    /// Does what is due.
    /// - Returns: when there is more to do, in monotonic microseconds; `Int64.max` if only new input matters.
    @inline(never)
    mutating func replicate() -> Int64 {
        let mono = now.monotonicMicroseconds
        var next = Int64.max
        if mono >= replication.nextTick {
            replication.nextTick = mono + 100_000
            // What is being loaded may be all that is needed, but for the end of the stream.
            if !durability.isLoading { tickPrimaryLink(mono) }
            tickReplicas(mono)
            if replication.failover.phase != .none { tickFailover(mono) }
            if case .awaitingReplicas = lifecycle.stopping { replication.wantsAcknowledgements = true }
        }
        if !replication.waits.isEmpty {
            if replication.waits.contains(where: { $0.deadline <= mono }) { serveWaits() }
            for wait in replication.waits { next = min(next, wait.deadline) }
        }
        // Not while clients are paused, as in Redis: asking makes the stream longer. Replicas tell every second anyway.
        if replication.wantsAcknowledgements && execution.permissions.heldStream == .none {
            replication.wantsAcknowledgements = false
            extendStream(request: "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n")
        }
        if continueSnapshot() { next = mono }
        if replication.isInputHeld && replication.snapshot == nil && execution.permissions.heldStream == .none {
            continueFromPrimary()
        }
        if replication.isReplica || !replication.replicas.isEmpty || replication.backlog.isActive {
            next = min(next, replication.nextTick)
        }
        return next
    }

    /// Whether `replicate` has anything to do.
    var hasReplication: Bool {
        replication.isReplica || replication.backlog.isActive || !replication.replicas.isEmpty
            || !replication.waits.isEmpty
    }

    /// `repl-timeout`, microseconds.
    var replicationTimeout: Int64 { microseconds(seconds: configuration.replicationTimeout) }

    private mutating func tickReplicas(_ mono: Int64) {
        guard replication.backlog.isActive || !replication.replicas.isEmpty else { return }
        replication.backlog.trim(size: configuration.replicationBacklogSize, needed: replication.neededFrom)
        if !replication.replicas.isEmpty {
            let period = microseconds(seconds: configuration.replicationPingPeriod)
            // Nothing is written by ourselves either where replicas are awaited.
            if mono - replication.pingedAt >= period && execution.permissions.mayExtendStream {
                replication.pingedAt = mono
                extendStream(request: "*1\r\n$4\r\nPING\r\n")
            }
            for position in replication.replicas.indices { tickReplica(position, mono) }
            countGoodReplicas()
        } else if !replication.isReplica, configuration.replicationBacklogTTL > 0, !durability.log.isActive,
            mono - replication.aloneSince > microseconds(seconds: configuration.replicationBacklogTTL) {
            // Those who come later cannot go on with a history that is no longer recorded.
            log(.notice, "Replication backlog freed: no replica for repl-backlog-ttl")
            execution.stopPropagation()
            replication.backlog.stop()
            replication.id = identifiers.next()
            (replication.secondID, replication.secondOffset) = (Replication.noID, -1)
        }
    }
}
