/// SAVE, BGSAVE, LASTSAVE. Semantics: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
extension Node {
    /// SAVE: answered when the snapshot is on disk. Unlike in Redis, others are served meanwhile.
    mutating func save() throws(ReplyError) {
        try checkMaySave()
        if durability.isWriting { throw .saveInProgress }
        durability.saveWaits.append(connections.reference(current))
        connections.block(current, isMuted: execution.reply.isMuted)
        beginSave(isBackground: false)
    }

    /// BGSAVE [SCHEDULE]
    mutating func bgsave(_ request: borrowing Request) throws(ReplyError) {
        guard request.count == 1 || (request.count == 2 && request[1].matches("schedule")) else { throw .syntax }
        try checkMaySave()
        if durability.isWriting { throw .saveInProgress }
        beginSave(isBackground: true)
        execution.reply.simple("Background saving started")
    }

    /// LASTSAVE: the start, if nothing has been saved since.
    mutating func lastsave() { execution.reply.integer(durability.saves.lastSave) }

    /// A server that was told of no directory writes nowhere.
    func checkMaySave() throws(ReplyError) {
        if !configuration.keepsData { throw .memoryOnly }
    }
}
