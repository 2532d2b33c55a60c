/// Replies that come later: when the runtime has done what a request asks for.
///
/// The place of such a reply is kept in the connection's output. What follows it, the rest of an `EXEC` for instance,
/// is executed and appended behind, but nothing is sent before all such replies are there (`Node.hold`). The runtime
/// answers in the order in which it was asked, within the same turn.

/// A place kept for a reply.
struct DeferredReply {
    /// The connection, and its client id: it may be gone by now, or another one.
    let index: Int
    let clientID: Int64
    /// Where the reply belongs in the unsent output.
    var offset: Int
    let isMuted: Bool
    /// The reading with which its measuring began.
    let start: UInt64
    /// What waits for its answer.
    let command: CommandID
    /// What an error that the system reports is introduced with.
    let failure: StaticString
    /// What the request has taken so far, without what the runtime does for it; nil while it is being executed.
    var measured: MeasuredRequest?
}

/// A request that was executed, as the slow log shows it if it turns out to have been slow.
struct MeasuredRequest {
    let nanoseconds: UInt64
    let entry: SlowRequest
}

extension Node {
    /// Asks the runtime for something. The request being executed, one of `command`, is answered by `answerDeferred`.
    /// - Parameter failure: the beginning of the error if that fails, the system's reason follows it.
    mutating func replyAfter(_ effect: NodeEffect, _ command: CommandID, failure: StaticString = "ERR ") {
        deferredReplies.append(
            DeferredReply(
                index: current, clientID: connections[current].id, offset: execution.reply.buffer.count,
                isMuted: execution.reply.isMuted,
                start: observation.lastTick, command: command, failure: failure))
        connections.hold(current, until: .max)
        emit(effect)
    }

    /// The current connection's request, which has been executed, may have asked the runtime for something: how long it
    /// takes is known only then.
    @inline(never)
    mutating func noteDeferred(_ request: borrowing Request) {
        let last = deferredReplies.count - 1
        guard deferredReplies[last].clientID == connections[current].id, deferredReplies[last].measured == nil else {
            return
        }
        deferredReplies[last].measured = MeasuredRequest(
            nanoseconds: observation.ticks.nanoseconds(from: deferredReplies[last].start, to: observation.lastTick),
            entry: slowRequest(request))
    }

    /// Whether the request being executed is one whose end is yet to come.
    func isDeferred(_ facts: CommandFacts) -> Bool {
        guard let last = deferredReplies.last, last.measured == nil else { return false }
        return last.clientID == connections[current].id && last.command == facts.id
    }

    /// The runtime has done what the oldest effect that it has not answered yet asks for.
    /// - Parameters:
    ///   - problem: why it could not; nil if it could.
    ///   - microseconds: how long that took it, which counts as time that the command took.
    public mutating func completed(_ problem: FileProblem?, took microseconds: Int64 = 0, now: Timestamp) {
        setTime(now)
        guard let deferred = deferredReplies.first else { preconditionFailure("nothing was asked for") }
        answerDeferred(problem.map { .failed(deferred.failure, $0) }, took: microseconds)
    }

    /// Counts what the runtime did for a request as time that its command took, as in Redis, where that is one call.
    private mutating func measure(_ deferred: DeferredReply, took microseconds: Int64) {
        guard let measured = deferred.measured else { return }
        let total = measured.nanoseconds &+ UInt64(clamping: microseconds) &* 1000
        observation.prolonged(deferred.command, from: measured.nanoseconds, to: total)
        if total >= observation.slowThreshold { observation.noteSlow(measured.entry, total, now: now) }
    }

    /// Puts the reply to the oldest request that waits for one in its place: an error, or OK.
    mutating func answerDeferred(_ error: ReplyError?, took microseconds: Int64) {
        let deferred = deferredReplies.removeFirst()
        measure(deferred, took: microseconds)
        var answer = ReplyWriter()
        answer.isMuted = deferred.isMuted
        if let error {
            answer.error(observation.counted(error))
            observation.commandStatistics.failed(deferred.command)
        } else {
            answer.ok()
        }
        let index = deferred.index
        guard connections[index].id == deferred.clientID else { return }
        guard connections[index].isConnected else { return }
        connections[index].reply.buffer.insert(answer.buffer.bytes, at: deferred.offset)
        var isLast = true
        for other in 0..<deferredReplies.count where deferredReplies[other].clientID == deferred.clientID {
            deferredReplies[other].offset += answer.buffer.count
            isLast = false
        }
        // A failed login of the same transaction may have it wait longer.
        if isLast && connections[index].heldUntil == .max { release(index) }
    }
}
