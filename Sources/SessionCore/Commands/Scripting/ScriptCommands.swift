/// EVAL, EVALSHA and SCRIPT, for scripts that are known: they are recognised by their text and run natively, as one
/// command. There is no Lua. Semantics: https://redis.io/docs/latest/develop/interact/programmability/eval-intro/
extension Node {
    /// EVAL script numkeys [key …] [arg …] · EVAL_RO
    mutating func eval(_ request: borrowing Request, isReadOnly: Bool) throws(ReplyError) {
        if listeners.monitors.count > 0 { showToMonitors(request, isScript: false, isForced: true) }
        let keys = try keyCount(request)
        try run(try seenScript(request[1]), request, keys, isReadOnly)
    }

    /// EVALSHA sha1 numkeys [key …] [arg …] · EVALSHA_RO
    mutating func evalsha(_ request: borrowing Request, isReadOnly: Bool) throws(ReplyError) {
        if listeners.monitors.count > 0 { showToMonitors(request, isScript: false, isForced: true) }
        if request[1].byteCount != ScriptDigest.bytes * 2 { throw .noScript }
        let keys = try keyCount(request)
        guard let digest = ScriptDigest(hexadecimal: request[1]), let found = scripting.cache.find(digest) else {
            throw .noScript
        }
        try run(found, request, keys, isReadOnly)
    }

    /// SCRIPT LOAD script
    mutating func scriptLoad(_ request: borrowing Request) throws(ReplyError) {
        execution.reply.bulk(try seenScript(request[2]).digest.text)
    }

    /// SCRIPT EXISTS sha1 [sha1 …]
    mutating func scriptExists(_ request: borrowing Request) {
        execution.reply.array(request.count - 2)
        for index in 2..<request.count {
            let digest = ScriptDigest(hexadecimal: request[index])
            execution.reply.integer(digest.flatMap { scripting.cache.find($0) } == nil ? 0 : 1)
        }
    }

    /// SCRIPT FLUSH [ASYNC | SYNC]
    mutating func scriptFlush(_ request: borrowing Request) throws(ReplyError) {
        guard request.count == 2
            || request.count == 3 && (request[2].matches("sync") || request[2].matches("async"))
        else { throw .invalidFlushMode }
        scripting.cache.removeAll()
        execution.reply.ok()
    }

    /// SCRIPT KILL: no script runs for longer than a command.
    mutating func scriptKill() throws(ReplyError) {
        throw .noScriptRuns
    }

    /// SCRIPT DEBUG <YES | SYNC | NO>
    mutating func scriptDebug(_ request: borrowing Request) throws(ReplyError) {
        if request[2].matches("no") { return execution.reply.ok() }
        guard request[2].matches("yes") || request[2].matches("sync") else { throw .invalidDebugMode }
        throw .debuggerNotSupported
    }

    // MARK: Parts

    /// The word `numkeys`.
    private func keyCount(_ request: borrowing Request) throws(ReplyError) -> Int {
        let count = try request.integer(2)
        if count > Int64(request.count - 3) { throw .numkeysTooLarge }
        if count < 0 { throw .negativeNumkeys }
        return Int(count)
    }

    /// The known script of this text; from now on it can be named by its digest.
    private mutating func seenScript(_ text: RawSpan) throws(ReplyError) -> SeenScript {
        if text.byteCount > Limits.scriptText { throw .unknownLongScript }
        let digest = ScriptDigest(of: text)
        if let found = scripting.cache.find(digest) { return found }
        guard let read = ScriptText(text), let native = KnownScript.native(read.fingerprint) else {
            throw .unknownScript(digest.text)
        }
        let seen = SeenScript(digest: digest, native: native, lines: read.lines)
        scripting.cache.insert(seen)
        return seen
    }

    private mutating func run(
        _ seen: SeenScript, _ request: borrowing Request, _ keys: Int, _ isReadOnly: Bool
    ) throws(ReplyError) {
        // Its flags let it pass, for what a script may do where data is old is the script's to say; ours say nothing.
        if execution.permissions.restrictions.contains(.stale) { throw .primaryDown }
        scripting.begin(seen, isReadOnly: isReadOnly, limit: execution.replyLimit)
        defer { scripting.end() }
        try run(seen.native, ScriptInvocation(copy request, keyCount: keys))
    }
}
