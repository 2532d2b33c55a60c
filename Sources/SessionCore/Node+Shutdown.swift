/// Stopping: at once, or after a while in which load balancers learn of it (`shutdown-drain`).
extension Node {
    /// Whether the node has been told to stop and not to stay.
    public var isStopping: Bool { isShuttingDown || drainUntil != nil }

    /// Milliseconds until a node that drains stops; nil if it does not drain.
    var drainTimeLeft: Int64? { drainUntil.map { max(0, $0 - now.monotonicMicroseconds + 999) / 1000 } }

    /// SIGTERM or SIGINT arrived: as `SHUTDOWN` does, emits `NodeEffect.shutdown` when ready to stop.
    public mutating func beginShutdown(now: Timestamp) {
        setTime(now)
        beginShutdown(isImmediate: false)
    }

    /// Begins to stop. Health checks say so from now on; everything else goes on until `shutdown-drain` is over.
    /// - Parameter isImmediate: does not wait, and ends a wait that has begun.
    mutating func beginShutdown(isImmediate: Bool) {
        if isShuttingDown { return }
        let drain = configuration.shutdownDrain
        if isImmediate || drain == 0 { return stop() }
        guard drainUntil == nil else { return }
        drainUntil = now.monotonicMicroseconds + drain * 1000
        log(.notice, "Draining for \(drain) ms before the server stops: health checks fail, requests are served")
        wantsTurn = true
    }

    private mutating func stop() {
        drainUntil = nil
        isShuttingDown = true
        emit(.shutdown)
    }

    /// Stops if the time of draining is over.
    /// - Returns: when it will be, in monotonic microseconds; nil if the node does not drain.
    @inline(never)
    mutating func continueDraining() -> Int64? {
        guard let end = drainUntil else { return nil }
        if now.monotonicMicroseconds < end { return end }
        stop()
        return nil
    }

    /// `SHUTDOWN ABORT`: the node stays. Who has asked for the end gets an error, in Redis's words.
    /// - Returns: false if it does not drain.
    mutating func abortShutdown() -> Bool {
        guard drainUntil != nil else { return false }
        drainUntil = nil
        log(.notice, "The shutdown was aborted")
        let waiting = shutdownRequests
        shutdownRequests = []
        for request in waiting { answerShutdown(request) }
        emit(.shutdownAborted)
        return true
    }

    private mutating func answerShutdown(_ request: ShutdownRequest) {
        let index = request.index
        guard clients[index].id == request.clientID, clients[index].phase == .open else { return }
        let text = counted(.custom("ERR Errors trying to SHUTDOWN. Check logs."))
        commandStatistics.failed(.shutdown)
        if !request.isMuted { clients[index].reply.error(text) }
        release(index)
    }

    /// The current connection has asked for the end: nothing more of it is executed, and it is answered by the end of
    /// its connection, or when somebody else aborts.
    mutating func waitForShutdown() {
        if isShuttingDown { return closeAfterReply(current) }
        shutdownRequests.append(
            ShutdownRequest(index: current, clientID: clients[current].id, isMuted: reply.isMuted))
        hold(current, until: .max)
    }
}

/// A connection that has sent `SHUTDOWN` and waits for it.
struct ShutdownRequest: BitwiseCopyable {
    let index: Int
    /// The connection may be gone by now, and its number another's.
    let clientID: Int64
    /// It wants no replies (`CLIENT REPLY`).
    let isMuted: Bool
}
