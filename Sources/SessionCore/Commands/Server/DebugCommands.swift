/// DEBUG: what test suites need of it. Off unless `enable-debug-command` says otherwise.
extension Node {
    /// DEBUG subcommand [argument ...]
    mutating func debug(_ request: borrowing Request) throws(ReplyError) {
        guard mayDebug else { throw .debugNotAllowed }
        let subcommand = request[1]
        switch request.count {
        case 2 where subcommand.matches("help"): debugHelp()
        case 2 where subcommand.matches("change-repl-id"):
            replication.id = identifiers.next()
            if !execution.propagation.buffer.isEmpty && replication.backlog.isActive { takeEffects() }
            noteHistory()
            execution.reply.ok()
        case 3 where subcommand.matches("sleep"): debugSleep(request[2])
        case 3 where subcommand.matches("set-active-expire"):
            lifecycle.expiresActively = (parseInteger(request[2]) ?? 0) != 0
            execution.reply.ok()
        case 3 where subcommand.matches("object"): try debugObject(request)
        case 3 where subcommand.matches("error"): throw .askedFor(request[2].text)
        case 3 where subcommand.matches("log"):
            log(.warning, "DEBUG LOG: \(request[2].text)")
            execution.reply.ok()
        case _ where subcommand.matches("reload") || subcommand.matches("loadaof"):
            throw .cannotReload
        default:
            throw .wrongSubcommandSyntax(
                subcommand.slice(0, min(subcommand.byteCount, 128)).text, container: "DEBUG")
        }
    }

    var mayDebug: Bool {
        switch configuration.debugCommand {
        case .nobody: false
        case .everybody: true
        case .local: connections[current].peer.isLocal
        }
    }

    /// DEBUG SLEEP seconds: the whole server sleeps, once the replies of others in this turn are out, then answers.
    /// What is no number is 0, as in Redis.
    private mutating func debugSleep(_ word: RawSpan) {
        let microseconds = (Double(word.text) ?? 0) * 1_000_000
        guard microseconds >= 1 else { return execution.reply.ok() }
        replyAfter(.sleep(microseconds: Int64(exactly: microseconds.rounded()) ?? .max), .debug)
    }

    /// DEBUG OBJECT key. Redis adds the length of the serialised value, which is not known here.
    private mutating func debugObject(_ request: borrowing Request) throws(ReplyError) {
        guard let place = execution.store.lookup(execution.database, request[2], execution.store.hash(request[2]))
        else { throw .noSuchKey }
        let record = place.record
        let lastUse = execution.store[record].kind.hasHandle ? nil : Int64(execution.store[record].stamp)
        let encoding = execution.store[record].encoding
        var text = "Value at:0x\(String(record.rawValue, radix: 16)) refcount:1 encoding:\(encoding)"
        if let lastUse { text += " lru:\(lastUse) lru_seconds_idle:\(max(0, execution.store.now / 1000 - lastUse))" }
        execution.reply.simple(text)
    }

    private mutating func debugHelp() {
        let lines: [StaticString] = [
            "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "CHANGE-REPL-ID",
            "    Takes a new replication id.",
            "ERROR <text>",
            "    Answers with this error.",
            "LOG <text>",
            "    Writes a line to the log.",
            "OBJECT <key>",
            "    Shows where and how a value is kept, and when it was last used.",
            "SET-ACTIVE-EXPIRE <0|1>",
            "    With 0, keys that are due are removed only when somebody asks for them; 1 is the default.",
            "SLEEP <seconds>",
            "    Stops the whole server for this time. Decimals are allowed.",
            "HELP",
            "    Prints this help.",
        ]
        execution.reply.array(lines.count)
        for line in lines { execution.reply.simple(line) }
    }
}
