/// What caches send: single entries with a time to live, and counters.
extension Node {
    /// Laravel's cache, `add`
    mutating func addEntry(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard isEqual(try call(.exists, run.key(1), site: 0), 0) else { return execution.reply.null() }
        answer(try call(.setex, run.key(1), run.argument(2), run.argument(1), site: 1))
    }

    /// Azure's output cache, `add`: what is there, or what was to be added.
    mutating func addOrGetEntry(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        let found = try call(.get, run.key(1), site: 0)
        guard case .none = found else { return answer(found) }
        _ = try call(.psetex, run.key(1), run.argument(2), run.argument(1), site: 1)
        answer(run.argument(1))
    }

    /// ASP.NET Core's `RedisCache`: an entry is a hash of two deadlines and the data. `command` is HSET or HMSET.
    mutating func setCacheEntry(_ run: borrowing ScriptInvocation, _ command: CommandID) throws(ReplyError) {
        beginCall(command)
        addWord(run.key(1))
        addWord("absexp")
        addWord(run.argument(1))
        addWord("sldexp")
        addWord(run.argument(2))
        addWord("data")
        addWord(run.argument(4))
        _ = try finishCall(site: 0)
        if !run.argument(3, is: "-1") { _ = try call(.expire, run.key(1), run.argument(3), site: 1) }
        execution.reply.integer(1)
    }

    /// django-redis `incr`: of a key that exists, or of any.
    mutating func increment(_ run: borrowing ScriptInvocation, onlyExisting: Bool) throws(ReplyError) {
        if onlyExisting, !isEqual(try call(.exists, run.key(1), site: 0), 1) { return execution.reply.null() }
        answer(try call(.incrby, run.key(1), run.argument(1), site: onlyExisting ? 1 : 0))
    }
}
