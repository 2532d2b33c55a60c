/// Pauses: which requests wait, and what the node itself does not do meanwhile. Neither the data nor the replication
/// stream changes, so that replicas can catch up (`CLIENT PAUSE … WRITE`, `FAILOVER`, `SHUTDOWN`).
extension Node {
    /// Whether the pause in force holds back a request of the current connection that has passed all checks.
    ///
    /// Not those of replicas, whose acknowledgements are waited for, and of monitors, as in Redis; nor what its handler
    /// refuses in any case and Redis refuses before.
    @inline(never)
    func isHeldByPause(_ request: borrowing Request) -> Bool {
        guard let facts = request.command, !connections[current].isOnlooker else { return false }
        guard execution.permissions.held == .all || waitsForWritePause(facts) else { return false }
        return facts.id != .debug || mayDebug
    }

    /// A pause of writes holds back what changes data, and a transaction that does.
    private func waitsForWritePause(_ facts: CommandFacts) -> Bool {
        if facts.waitsForWritePause { return true }
        return facts.transaction == .execution
            && !connections[current].transaction.flags.any.isDisjoint(with: .heldByWritePause)
    }

    /// Puts the request being executed off until the pause is over; it has left no trace.
    @inline(never)
    mutating func postpone() {
        connections.pause(current)
        execution.reply.isMuted = false
        if connections[current].replyMode == .skipping { connections[current].replyMode = .skipNext }
    }

    /// A pause has begun, or one of its reasons is gone: who still has to wait is found out when the requests that wait
    /// are executed anew, in `resumeWaiting`.
    mutating func pauseChanged() {
        updatePermissions()
        connections.wakePaused()
        if !connections.waiting.isEmpty { wantsTurn = true }
    }
}
