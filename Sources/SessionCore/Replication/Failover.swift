/// A coordinated change of roles (`FAILOVER`): writes are held back, a replica catches up, then both change places and
/// nothing is lost.
///
///     none ──FAILOVER──▶ waiting ──replica has everything, or TIMEOUT with FORCE──▶ handingOver ──+CONTINUE──▶ none
///                           └── TIMEOUT, ABORT ──▶ none                                └── refused, ABORT ──▶ none
struct Failover {
    enum Phase {
        case none
        /// For a replica to have everything.
        case waiting
        /// We follow the replica chosen and have asked it to become the primary.
        case handingOver
    }

    var phase = Phase.none
    /// The replica to hand over to; nil for the first that has everything.
    var target: PrimaryAddress?
    var isForced = false
    /// Monotonic microseconds; `Int64.max` for no end.
    var deadline = Int64.max
    /// When replicas were last asked how far they are.
    var askedAt: Int64 = 0

    /// As `INFO` calls it.
    var stateName: String {
        switch phase {
        case .none: "no-failover"
        case .waiting: "waiting-for-sync"
        case .handingOver: "failover-in-progress"
        }
    }
}

extension Node {
    /// FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]
    mutating func failover(_ request: borrowing Request) throws(ReplyError) {
        if request.count == 2, request[1].matches("abort") {
            guard replication.failover.phase != .none else { throw .noFailover }
            abortFailover("Failover manually aborted")
            return execution.reply.ok()
        }
        var wanted = Failover(phase: .waiting)
        var (timeout, hasTimeout): (Int64, Bool) = (0, false)
        var index = 1
        while index < request.count {
            let left = request.count - index - 1
            if request[index].matches("timeout"), left >= 1, !hasTimeout {
                timeout = try request.integer(index + 1)
                guard timeout > 0 else { throw .failoverTimeoutNotPositive }
                hasTimeout = true
                index += 2
            } else if request[index].matches("to"), left >= 2, wanted.target == nil {
                let port = try request.integer(index + 2)
                wanted.target = PrimaryAddress(host: request[index + 1].text, port: Int(clamping: port))
                index += 3
            } else if request[index].matches("force"), !wanted.isForced {
                wanted.isForced = true
                index += 1
            } else {
                throw .syntax
            }
        }
        if replication.failover.phase != .none { throw .failoverInProgress }
        if replication.isReplica { throw .failoverOnReplica }
        if replication.replicas.isEmpty { throw .failoverWithoutReplicas }
        if wanted.isForced && (wanted.target == nil || !hasTimeout) { throw .forcedFailoverIncomplete }
        if let target = wanted.target {
            guard let position = replication.replicas.indices.first(where: { isReplica($0, at: target) }) else {
                throw .failoverTargetUnknown
            }
            guard replication.replicas[position].phase == .online else { throw .failoverTargetNotOnline }
        }
        if hasTimeout {
            let span = timeout.multipliedReportingOverflow(by: 1000)
            let end = now.monotonicMicroseconds.addingReportingOverflow(span.partialValue)
            wanted.deadline = span.overflow || end.overflow ? .max : end.partialValue
        }
        wanted.askedAt = now.monotonicMicroseconds
        replication.failover = wanted
        log(.notice, "FAILOVER requested: writes are held back until a replica has everything")
        pauseChanged()
        replication.wantsAcknowledgements = true
        replication.nextTick = 0
        wantsTurn = true
        execution.reply.ok()
    }

    private func isReplica(_ position: Int, at target: PrimaryAddress) -> Bool {
        replicaAddress(position) == (target.host, target.port)
    }

    /// Hands over to a replica that has everything, if there is one that may be chosen.
    mutating func continueFailover() {
        guard replication.failover.phase == .waiting else { return }
        for position in replication.replicas.indices where replication.replicas[position].phase == .online {
            if let target = replication.failover.target, !isReplica(position, at: target) { continue }
            guard replication.replicas[position].acknowledged == writtenOffset else { continue }
            let (host, port) = replicaAddress(position)
            return handOver(to: PrimaryAddress(host: host, port: port))
        }
    }

    mutating func tickFailover(_ mono: Int64) {
        guard replication.failover.phase == .waiting else { return }
        if mono >= replication.failover.deadline {
            guard replication.failover.isForced, let target = replication.failover.target else {
                return abortFailover("Replica never caught up before timeout")
            }
            log(.warning, "Failover by force: the replica may not have everything")
            return handOver(to: target)
        }
        // Asking makes the stream longer: not before an answer can be there, however far away the replica is.
        if mono - replication.failover.askedAt >= 1_000_000 {
            replication.failover.askedAt = mono
            replication.wantsAcknowledgements = true
        }
        continueFailover()
    }

    private mutating func handOver(to target: PrimaryAddress) {
        log(.notice, "Failover: handing over to \(target.host):\(target.port)")
        replication.failover.phase = .handingOver
        follow(target.host, target.port, isFailover: true)
        configuration.replicaOf = target
    }

    /// The replica is the primary now, and we follow.
    mutating func failoverDone() {
        log(.notice, "Failover completed")
        replication.failover = Failover()
        pauseChanged()
    }

    /// Goes back to where it was: a primary.
    mutating func abortFailover(_ reason: String) {
        log(.warning, "Failover aborted: \(reason)")
        let wasHandingOver = replication.failover.phase == .handingOver
        replication.failover = Failover()
        if wasHandingOver {
            promote()
            configuration.replicaOf = nil
        }
        pauseChanged()
    }
}
