/// MULTI, EXEC, DISCARD. Semantics: https://redis.io/docs/latest/develop/interact/transactions/
///
/// Between MULTI and EXEC requests are checked as always, but queued instead of executed. EXEC executes them one after
/// the other; as there is one thread, nothing comes in between. EXEC itself is refused where one of them would be now
/// (`Node.checkAdmission`).
extension Node {
    /// MULTI
    mutating func multi() throws(ReplyError) {
        if connections[current].isInTransaction { throw .nestedTransaction }
        connections[current].isInTransaction = true
        execution.reply.ok()
    }

    /// DISCARD
    mutating func discard() throws(ReplyError) {
        guard connections[current].isInTransaction else { throw .discardWithoutMulti }
        discardTransaction()
        execution.reply.ok()
    }

    /// EXEC: all requests or none are executed; errors of single ones are among the replies.
    mutating func exec() throws(ReplyError) {
        guard connections[current].isInTransaction else { throw .execWithoutMulti }
        expireWatchedKeys(of: current)
        if connections[current].transaction.isSpoiled {
            discardTransaction()
            throw .transactionSpoiled
        }
        if connections[current].transaction.hasChangedKeys {
            discardTransaction()
            return execution.reply.nullArray()
        }
        unwatchAll(current)
        var requests = RequestQueue()
        swap(&requests, &connections[current].transaction.requests)
        execution.reply.array(requests.count)
        holdPushes()
        for index in 0..<requests.count {
            executeQueued(requests.request(index))
            // A transaction is executed to its end, but nobody is told any more: it has closed its own connection
            // (`CLIENT KILL`). Replies that have overflowed are not stored any more, either.
            if connections[current].phase != .open { execution.reply.isMuted = true }
        }
        releasePushes()
        swap(&requests, &connections[current].transaction.requests)
        discardTransaction()
        // It may have changed roles, or begun a pause.
        updatePermissions()
    }

    /// Ends the current connection's transaction, if it is in one, and unwatches its keys.
    mutating func discardTransaction() {
        connections[current].isInTransaction = false
        connections[current].transaction.reset()
        unwatchAll(current)
    }

    /// Queues a request of a transaction.
    /// - Returns: false if it is one of those that are executed at once.
    @inline(never)
    mutating func queue(_ request: borrowing Request) throws(ReplyError) -> Bool {
        guard let facts = request.command else { preconditionFailure("an unknown command was admitted") }
        if facts.transaction == .immediate || facts.transaction == .execution { return false }
        do throws(ReplyError) { try enqueue(request, facts) } catch { throw refused(request, error) }
        execution.reply.literal("+QUEUED\r\n")
        return true
    }

    private mutating func enqueue(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        // A transaction that will not be executed need not be kept.
        if connections[current].transaction.isSpoiled || connections[current].transaction.hasChangedKeys { return }
        if connections[current].transaction.count == Limits.queuedRequests { throw .tooManyQueuedCommands }
        let bytes = connections[current].transaction.bytes + RequestQueue.size(of: request)
        if bytes > configuration.clientQueryBufferLimit { throw .transactionTooLarge }
        if facts.tokens > 0 && connections[current].transaction.tokens + facts.tokens > Limits.transactionTokens {
            throw .tooManyNewTokens
        }
        connections[current].transaction.append(request, facts)
        connections.slack &-= RequestQueue.size(of: request)
    }

    /// Whether transactions do not have such requests.
    func isRefusedInTransaction(_ request: borrowing Request, _ facts: CommandFacts) -> Bool {
        switch facts.transaction {
        case .queued, .immediate, .execution: return false
        case .refused, .refusedUnflagged: return true
        case .loginOption:
            for index in 2..<max(request.count, 2) where request[index].matches("auth") { return true }
            return false
        }
    }

    /// A request was refused before it was executed or queued: the transaction it belongs to will not be executed, and
    /// if it is `EXEC` itself, ends.
    /// - Returns: the error to answer with.
    @inline(never)
    mutating func refused(_ request: borrowing Request, _ error: ReplyError) -> ReplyError {
        if request.command?.transaction == .execution { return abort(error) }
        if connections[current].isInTransaction { connections[current].transaction.isSpoiled = true }
        return error
    }

    private mutating func abort(_ reason: ReplyError) -> ReplyError {
        discardTransaction()
        let text = reason.text
        let cause = text.hasPrefix("ERR ") ? String(text.dropFirst(4)) : text
        return .transactionAborted(cause)
    }
}
