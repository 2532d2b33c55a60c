/// Replies that come later: when the runtime has done what a request asks for.
///
/// The place of such a reply is kept in the connection's output. What follows it, the rest of an `EXEC` for instance,
/// is executed and appended behind, but nothing is sent before all such replies are there (`Node.hold`). The runtime
/// answers in the order in which it was asked, within the same turn.

/// A place kept for a reply.
struct DeferredReply: BitwiseCopyable {
    /// The connection, and its client id: it may be gone by now, or another one.
    let index: Int
    let clientID: Int64
    /// Where the reply belongs in the unsent output.
    var offset: Int
    let isMuted: Bool
    /// What waits for its answer.
    let command: CommandID
    /// What an error that the system reports is introduced with.
    let failure: StaticString
}

extension Node {
    /// Asks the runtime for something. The request being executed, one of `command`, is answered by `answerDeferred`.
    /// - Parameter failure: the beginning of the error if that fails, the system's reason follows it.
    mutating func replyAfter(_ effect: NodeEffect, _ command: CommandID, failure: StaticString = "ERR ") {
        deferredReplies.append(
            DeferredReply(
                index: current, clientID: clients[current].id, offset: reply.buffer.count, isMuted: reply.isMuted,
                command: command, failure: failure))
        hold(current, until: .max)
        emit(effect)
    }

    /// The runtime has done what the oldest effect that it has not answered yet asks for.
    /// - Parameter problem: why it could not; nil if it could.
    public mutating func completed(_ problem: FileProblem?, now: Timestamp) {
        setTime(now)
        guard let deferred = deferredReplies.first else { preconditionFailure("nothing was asked for") }
        answerDeferred(problem.map { .custom("\(deferred.failure)\($0.reason)") })
    }

    /// Puts the reply to the oldest request that waits for one in its place: an error, or OK.
    mutating func answerDeferred(_ error: ReplyError?) {
        let deferred = deferredReplies.removeFirst()
        var answer = ReplyWriter()
        answer.isMuted = deferred.isMuted
        if let error {
            answer.error(counted(error))
            commandStatistics.failed(deferred.command)
        } else {
            answer.ok()
        }
        let index = deferred.index
        guard clients[index].id == deferred.clientID else { return }
        guard clients[index].isConnected else { return }
        clients[index].reply.buffer.insert(answer.buffer.bytes, at: deferred.offset)
        var isLast = true
        for other in 0..<deferredReplies.count where deferredReplies[other].clientID == deferred.clientID {
            deferredReplies[other].offset += answer.buffer.count
            isLast = false
        }
        // A failed login of the same transaction may have it wait longer.
        if isLast && clients[index].heldUntil == .max { release(index) }
    }
}
