/// SAVE, BGSAVE, LASTSAVE. Semantics: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
extension Node {
    /// SAVE: answered when the snapshot is on disk. Unlike in Redis, others are served meanwhile.
    mutating func save() throws(ReplyError) {
        try checkMaySave()
        if durability.isSaving { throw .saveInProgress }
        if durability.isRewriting { throw .otherFileInProgress }
        durability.saveWaits.append(connections.reference(current))
        connections.block(current, isMuted: execution.reply.isMuted)
        beginSave(isBackground: false)
    }

    /// BGSAVE [SCHEDULE]
    mutating func bgsave(_ request: borrowing Request) throws(ReplyError) {
        guard request.count == 1 || (request.count == 2 && request[1].matches("schedule")) else { throw .syntax }
        try checkMaySave()
        if durability.isSaving { throw .saveInProgress }
        if durability.isRewriting {
            guard request.count == 2 else { throw .otherFileInProgress }
            durability.isSaveScheduled = true
            return execution.reply.simple("Background saving scheduled")
        }
        beginSave(isBackground: true)
        execution.reply.simple("Background saving started")
    }

    /// BGREWRITEAOF
    mutating func bgrewriteaof() throws(ReplyError) {
        guard configuration.keepsLog else { throw .logIsOff }
        if durability.isRewriting || durability.log.wanted == .rewrite || durability.log.finishedBase != nil {
            throw .rewriteInProgress
        }
        durability.log.wanted = .rewrite
        durability.nextTick = 0
        wantsTurn = true
        execution.reply.simple(
            durability.isSaving
                ? "Background append only file rewriting scheduled" : "Background append only file rewriting started")
    }

    /// WAITAOF numlocal numreplicas timeout
    mutating func waitaof(_ request: borrowing Request) throws(ReplyError) {
        let local = try request.integer(1)
        guard (0...1).contains(local) else { throw .notBetween(0, and: 1) }
        let replicas = try request.integer(2)
        guard replicas >= 0 else { throw .notPositive }
        let milliseconds = try request.waitingTime(3)
        if replication.isReplica { throw .waitaofOnReplica }
        if local == 1 && !durability.log.isActive { throw .waitaofWithoutLog }
        let hasWritten = execution.propagation.buffer.count != replication.effectsBefore
        let wait = DurableWait(
            client: connections.reference(current),
            offset: hasWritten ? writtenOffset : connections[current].writtenOffset, isLocal: local == 1,
            replicas: Int(clamping: replicas),
            deadline: milliseconds == 0 ? .max : now.monotonicMicroseconds + milliseconds * 1000)
        if isMet(wait) || connections[current].isInTransaction || scripting.isRunning {
            let counts = counts(wait)
            execution.reply.array(2)
            execution.reply.integer(counts.local)
            return execution.reply.integer(counts.replicas)
        }
        durability.waits.append(wait)
        connections.block(current, isMuted: execution.reply.isMuted)
        durability.nextTick = 0
        replication.wantsAcknowledgements = true
        wantsTurn = true
    }

    /// LASTSAVE: the start, if nothing has been saved since.
    mutating func lastsave() { execution.reply.integer(durability.saves.lastSave) }

    /// A server that was told of no directory writes nowhere.
    func checkMaySave() throws(ReplyError) {
        if !configuration.keepsData { throw .memoryOnly }
    }
}
