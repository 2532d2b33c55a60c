/// Executing what a primary's replication stream says.
extension Node {
    /// Executes one request of the stream that changes data, in the current connection's database. Nothing is replied;
    /// permissions, `maxmemory` and what `session-prefixes` asks for were the primary's to look at. Due records count
    /// as alive meanwhile: the primary knows best.
    /// - Throws: what is wrong with the request, or with the data that it is for: on data that is newer than it, as
    ///   behind a snapshot, a request may fail that a later one makes up for. Nothing is changed then.
    ///   `ReplyError.outOfMemory` means that the data no longer fits.
    mutating func applyFromPrimary(_ request: borrowing Request) throws(ReplyError) {
        guard let facts = request.command else { throw unknown(request) }
        guard facts.accepts(words: request.count) else {
            throw .wrongArity(command: table.fullName(of: facts))
        }
        let (dueRecords, isMuted) = (execution.store.dueRecords, execution.reply.isMuted)
        (execution.store.dueRecords, execution.reply.isMuted) = (.keep, true)
        defer { (execution.store.dueRecords, execution.reply.isMuted) = (dueRecords, isMuted) }
        let ended = replication.endedSession?.handle
        var failure: ReplyError?
        do throws(ReplyError) { try apply(request, facts) } catch { failure = error }
        // What ended a session is said by the request behind the one that removes it, or by none.
        if let ended, ended == replication.endedSession?.handle { publishEnd() }
        settle()
        if let failure { throw failure }
    }

    private mutating func apply(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        guard facts.streamRole.isEffect else { throw unknown(request) }
        if facts.flags.contains(.denyOOM) && execution.isHeapFull { throw .outOfMemory }
        if execution.isPreserving { preserve(request) }
        if try applyToSessions(request) { return }
        if facts.namesKeys { try checkKeys(request, facts) }
        if facts.streamRole == .deletes || facts.streamRole == .buries { return applyDeletion(request, facts) }
        if !execution.sessionPrefixes.isEmpty && facts.flags.contains(.write) { exhumeKeys(request, facts) }
        try handle(request, facts.id)
    }

    /// What the primary writes under a dead key lives: it has seen to that.
    @inline(never)
    private mutating func exhumeKeys(_ request: borrowing Request, _ facts: CommandFacts) {
        for index in request.fixedKeys(of: facts) where execution.sessionPrefixes.match(request[index]) != nil {
            execution.store.exhume(execution.database, request[index], execution.store.hash(request[index]))
        }
    }

    /// `DEL` and `UNLINK` of keys of all kinds. Under `session-prefixes` a primary says `UNLINK` where a client has
    /// deleted a key, which stays dead then, and `DEL` where it has expired or been evicted.
    mutating func applyDeletion(_ request: borrowing Request, _ facts: CommandFacts) {
        for index in 1..<request.count {
            let key = request[index]
            if SessionKey.isReserved(key) {
                if let (handle, kind) = SessionKey.parse(key) { end(handle, kind) }
                continue
            }
            let hash = execution.keyHash(request, index)
            let place = execution.store.lookup(execution.database, key, hash)
            if facts.streamRole == .buries { execution.deleted(key, hash, existed: place != nil) }
            guard let place else { continue }
            execution.store.remove(place, execution.database)
            execution.store.changed(.del, execution.database, key)
        }
    }
}

extension StreamRole {
    /// Whether such a request is executed on a replica: what changes data, but for what only a primary can decide.
    fileprivate var isEffect: Bool {
        switch self {
        case .unknown, .ignored, .acknowledgement, .refused: false
        case .database, .executed, .deletes, .buries, .setsFields, .removesFields, .setsDeadline, .removesDeadline,
            .setsString:
            true
        }
    }
}
