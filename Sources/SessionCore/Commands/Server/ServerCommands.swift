/// Commands about databases as a whole and about the server. Semantics:
/// https://redis.io/docs/latest/commands/?group=server
extension Node {
    /// The version of Cloakroom.
    public static let version = "0.1.0"

    /// DBSIZE: all keys, sessions and the marks of dead tokens included, those that are due but not yet removed too.
    mutating func dbsize() { execution.reply.integer(Int(execution.store.databases[execution.database].records.count)) }

    /// FLUSHDB [ASYNC | SYNC]
    mutating func flushdb(_ request: borrowing Request) throws(ReplyError) {
        try checkFlushMode(request)
        touchWatches(of: execution.database)
        execution.store.flush(execution.database)
        restartFile()
        execution.reply.ok()
    }

    /// FLUSHALL [ASYNC | SYNC]
    mutating func flushall(_ request: borrowing Request) throws(ReplyError) {
        try checkFlushMode(request)
        touchWatches(of: nil)
        execution.store.flushAll()
        restartFile()
        execution.reply.ok()
    }

    /// Both modes mean the same: forgetting everything takes no longer than unlinking it.
    private func checkFlushMode(_ request: borrowing Request) throws(ReplyError) {
        if request.count == 1 { return }
        guard request.count == 2, request[1].matches("async") || request[1].matches("sync") else { throw .syntax }
    }

    /// SWAPDB index1 index2
    mutating func swapdb(_ request: borrowing Request) throws(ReplyError) {
        guard let first = databaseIndex(request[1]) else { throw .invalidFirstDatabase }
        guard let second = databaseIndex(request[2]) else { throw .invalidSecondDatabase }
        let valid = 0..<configuration.databases
        guard valid.contains(first), valid.contains(second) else { throw .databaseIndexOutOfRange }
        if first != second { touchWatches(of: first, exchangedWith: second) }
        execution.store.swap(first, second)
        if first != second {
            abortSnapshot()
            restartFile()
        }
        execution.reply.ok()
    }

    /// A number of 32 bits.
    private func databaseIndex(_ word: RawSpan) -> Int? {
        parseInteger(word).flatMap { Int32(exactly: $0) }.map(Int.init)
    }

    /// TIME
    mutating func time() {
        execution.reply.array(2)
        execution.reply.bulkInteger(now.unixMicroseconds / 1_000_000)
        execution.reply.bulkInteger(now.unixMicroseconds % 1_000_000)
    }

    /// COMMAND and its subcommands.
    mutating func command(_ request: borrowing Request, _ query: CommandQuery) throws(ReplyError) {
        try table.answer(query, request, into: &execution.reply)
    }

    /// SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]
    ///
    /// Waits as long as `shutdown-drain` says, but with `NOW`; until then another connection can abort it. Then a
    /// snapshot is written if `save` has rules, or `SAVE` asks for one; if that fails the server goes on, but with
    /// `FORCE`. As in Redis, success has no reply: the connection is closed.
    mutating func shutdown(_ request: borrowing Request) throws(ReplyError) {
        var (saves, savesNot, aborts, isImmediate, forces) = (false, false, false, false, false)
        for index in 1..<request.count {
            if request[index].matches("nosave") {
                savesNot = true
            } else if request[index].matches("save") {
                saves = true
            } else if request[index].matches("abort") {
                aborts = true
            } else if request[index].matches("now") {
                isImmediate = true
            } else if request[index].matches("force") {
                forces = true
            } else {
                throw .syntax
            }
        }
        if (saves && savesNot) || (aborts && (saves || savesNot || isImmediate || forces)) { throw .syntax }
        if aborts {
            guard abortShutdown() else { throw .noShutdown }
            return execution.reply.ok()
        }
        if saves { try checkMaySave() }
        log(.notice, "Client \(connections[current].id) requested shutdown")
        lifecycle.shutdownSave = ShutdownSave(isWanted: saves ? true : savesNot ? false : nil, isForced: forces)
        beginShutdown(isImmediate: isImmediate)
        waitForShutdown()
    }
}
