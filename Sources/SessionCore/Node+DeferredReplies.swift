/// Replies that come later: when the runtime has done what a request asks for.
///
/// The place of such a reply is kept in the connection's output. What follows it, the rest of an `EXEC` for instance,
/// is executed and appended behind, but nothing from that place on is sent before the reply is there. Further requests
/// of the connection wait meanwhile. The runtime answers in the order in which it was asked, within the same turn.

/// A place kept for a reply.
struct DeferredReply {
    /// The connection, and its client id: it may be gone by now, or another one.
    let index: Int
    let clientID: Int64
    /// Where the reply belongs in the unsent output.
    var offset: Int
    let isMuted: Bool
    let effect: NodeEffect
}

/// How what the node asked for went.
public enum EffectOutcome: Sendable, Equatable {
    case done
    /// Done; this is what was read.
    case read([UInt8])
    /// Why not, in the system's words, e.g. `Permission denied`.
    case failed(String)
}

extension Node {
    /// Asks the runtime for something. The request being executed is answered by `completed`.
    mutating func replyAfter(_ effect: NodeEffect) {
        deferredReplies.append(
            DeferredReply(
                index: current, clientID: clients[current].id, offset: reply.buffer.count, isMuted: reply.isMuted,
                effect: effect))
        clients[current].heldFrom = min(clients[current].heldFrom, reply.buffer.count)
        emit(effect)
    }

    /// The runtime has done what the oldest effect that asks for an answer said (`NodeEffect.expectsAnswer`), or could
    /// not.
    public mutating func completed(_ outcome: EffectOutcome, now: Timestamp) {
        setTime(now)
        precondition(!deferredReplies.isEmpty, "nothing was asked for")
        let deferred = deferredReplies.removeFirst()
        var answer = ReplyWriter()
        answer.isMuted = deferred.isMuted
        switch (deferred.effect, outcome) {
        case (_, .done): answer.ok()
        case (_, .read(let content)):
            let isThere = clients[deferred.index].id == deferred.clientID
            let problems = replaceUsers(content, answering: isThere ? deferred.index : -1)
            if problems.isEmpty {
                answer.ok()
            } else {
                answer.error(counted(.quoting(Array("ERR ".utf8) + problems)))
                commandStatistics.failed(.aclLoad)
            }
        case (.readAccessFile(let path), .failed(let reason)):
            answer.error(counted(.custom("ERR Error loading ACLs, opening file '\(path)': \(reason)")))
            commandStatistics.failed(.aclLoad)
        case (.writeAccessFile(let path, _), .failed(let reason)):
            log(.warning, "ACL SAVE: cannot write '\(path)': \(reason)")
            answer.error(counted(.custom(Node.savingFailed)))
            commandStatistics.failed(.aclSave)
        case (.rewriteConfiguration, .failed(let reason)):
            answer.error(counted(.custom("ERR Rewriting config file: \(reason)")))
            commandStatistics.failed(.configRewrite)
        case (_, .failed(let reason)): answer.error(counted(.custom("ERR \(reason)")))
        }
        insert(answer.buffer.bytes, deferred)
    }

    private static let savingFailed =
        "ERR There was an error trying to save the ACLs. Please check the server logs for more information"

    /// Puts a reply in its place and lets the output behind it go.
    private mutating func insert(_ answer: RawSpan, _ deferred: DeferredReply) {
        let index = deferred.index
        guard clients[index].phase != .free, clients[index].id == deferred.clientID else { return }
        clients[index].reply.buffer.insert(answer, at: deferred.offset)
        clients[index].heldFrom = .max
        for other in 0..<deferredReplies.count where deferredReplies[other].clientID == deferred.clientID {
            deferredReplies[other].offset += answer.byteCount
            clients[index].heldFrom = min(clients[index].heldFrom, deferredReplies[other].offset)
        }
        if clients[index].phase == .open || clients[index].phase == .closing { outputAdded(index) }
    }

    /// Output was sent: the places kept move with it.
    @inline(never)
    mutating func moveHeldOutput(_ index: Int, by count: Int) {
        clients[index].heldFrom -= count
        for place in 0..<deferredReplies.count where deferredReplies[place].clientID == clients[index].id {
            deferredReplies[place].offset -= count
        }
    }
}
