/// Azure's session state provider for ASP.NET (aspnet-redis-providers). Three keys make a session: a lock, the data,
/// and the timeout in seconds, which outlives a change of the configured one.
///
/// From version 5 on (`isHash` false) data and timeout are strings; before, they were hashes with a field for each
/// item, and `SessionTimeout`.
extension Node {
    /// `UpdateExpiryTime`: KEYS = data, timeout; ARGV = seconds.
    mutating func renewSession(_ run: borrowing ScriptInvocation, isHash: Bool) throws(ReplyError) {
        if isEqual(try call(.exists, run.key(1), site: 0), 0) { return execution.reply.integer(1) }
        let timeout = try sessionTimeout(run.key(2), isHash, site: 1)
        if case .none = timeout {
            _ = try call(.expire, run.key(1), run.argument(1), site: 4)
            try setTimeout(run.key(2), run.argument(1), isHash, site: 5)
            _ = try call(.expire, run.key(2), run.argument(1), site: 6)
        } else {
            _ = try call(.expire, run.key(1), timeout, site: 2)
            _ = try call(.expire, run.key(2), timeout, site: 3)
        }
        execution.reply.integer(1)
    }

    /// `Set`: KEYS = data, timeout; ARGV = data, seconds, or for hashes the index of the last item, seconds, items.
    mutating func storeSession(_ run: borrowing ScriptInvocation, isHash: Bool) throws(ReplyError) {
        if isHash {
            beginCall(.hmset)
            addWord(run.key(1))
            try addArguments(run, from: 3, to: run.argument(1), room: SessionStateIndex.emptyStack, site: 1)
            _ = try finishCall(site: 0)
        } else {
            _ = try call(.set, run.key(1), run.argument(1), site: 0)
        }
        // The older text has one more place to count, `unpack`.
        let first = isHash ? 2 : 1
        _ = try call(.expire, run.key(1), run.argument(2), site: first)
        try setTimeout(run.key(2), run.argument(2), isHash, site: first + 1)
        _ = try call(.expire, run.key(2), run.argument(2), site: first + 2)
        execution.reply.integer(1)
    }

    /// `TryTakeWriteLockAndGetData`: KEYS = lock, data, timeout; ARGV = lock value, seconds for the lock.
    mutating func lockSession(_ run: borrowing ScriptInvocation, isHash: Bool) throws(ReplyError) {
        let wasFree = isEqual(try call(.setnx, run.key(1), run.argument(1), site: 0), 1)
        var holder: ScriptValue?
        if wasFree {
            _ = try call(.expire, run.key(1), run.argument(2), site: 2)
        } else {
            holder = try call(.get, run.key(1), site: 1)
        }
        var isOwn = true
        if let holder { isOwn = isEqual(holder, run.argument(1)) }
        let data = try isOwn ? call(isHash ? .hgetall : .get, run.key(2), site: 3) : nil
        let timeout = try renewFromTimeout(run, isHash, firstSite: 4)
        execution.reply.array(4)
        if let holder { answer(holder) } else { answer(run.argument(1)) }
        answerSession(data, timeout)
        if wasFree { execution.reply.null() } else { execution.reply.integer(1) }
    }

    /// `TryCheckWriteLockAndGetData`: KEYS = lock, data, timeout.
    mutating func readSession(_ run: borrowing ScriptInvocation, isHash: Bool) throws(ReplyError) {
        let holder = try call(.get, run.key(1), site: 0)
        let isFree = switch holder {
        case .bytes(_, let count): count == 0
        default: true
        }
        let data = try isFree ? call(isHash ? .hgetall : .get, run.key(2), site: 1) : nil
        let timeout = try renewFromTimeout(run, isHash, firstSite: 2)
        execution.reply.array(3)
        if case .none = holder { execution.reply.bulk("") } else { answer(holder) }
        answerSession(data, timeout)
    }

    /// Data (nothing if somebody else has the lock) and timeout (-1 if there is none).
    private mutating func answerSession(_ data: ScriptValue?, _ timeout: ScriptValue) {
        if let data { answer(data) } else { execution.reply.bulk("") }
        if case .none = timeout { execution.reply.bulk("-1") } else { answer(timeout) }
    }

    /// `TryReleaseLockIfLockIdMatch`: KEYS = lock, data, timeout; ARGV = lock value, seconds.
    mutating func unlockSession(_ run: borrowing ScriptInvocation, isHash: Bool) throws(ReplyError) {
        if try call(.get, run.key(1), equals: run.argument(1), site: 0) { _ = try call(.del, run.key(1), site: 1) }
        if case .none = try renewFromTimeout(run, isHash, firstSite: 2) {
            _ = try call(.expire, run.key(2), run.argument(2), site: 5)
        }
        execution.reply.integer(1)
    }

    /// `TryRemoveAndReleaseLock`: KEYS = lock, data, timeout; ARGV = lock value, empty for any.
    mutating func removeSession(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard try holdsLock(run) else { return execution.reply.integer(1) }
        _ = try call(.del, run.key(2), site: 1)
        _ = try call(.del, run.key(3), site: 2)
        _ = try call(.del, run.key(1), site: 3)
        execution.reply.null()
    }

    /// `TryUpdateAndReleaseLock`: KEYS = lock, data, timeout; ARGV = lock value, seconds, then three numbers for items
    /// that are removed and three for those that are set: how many, and the indices of the first and the last.
    mutating func updateSession(_ run: borrowing ScriptInvocation, isHash: Bool) throws(ReplyError) {
        guard try holdsLock(run) else { return execution.reply.integer(1) }
        if isHash { try updateItems(run) } else if luaNumber(run.argument(6)) != 0 {
            _ = try call(.set, run.key(2), run.argument(10), site: 2)
        }
        let first = isHash ? 7 : 3
        _ = try call(.expire, run.key(2), run.argument(2), site: first)
        try setTimeout(run.key(3), run.argument(2), isHash, site: first + 1)
        _ = try call(.expire, run.key(3), run.argument(2), site: first + 2)
        _ = try call(.del, run.key(1), site: first + 3)
        execution.reply.null()
    }

    private mutating func updateItems(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        if luaNumber(run.argument(3)) != 0 {
            beginCall(.hdel)
            addWord(run.key(2))
            try addArguments(run, from: run.argument(4), to: run.argument(5), site: 3)
            _ = try finishCall(site: 2)
        }
        if luaNumber(run.argument(6)) != 0 {
            beginCall(.hmset)
            addWord(run.key(2))
            try addArguments(run, from: run.argument(7), to: run.argument(8), site: 6)
            _ = try finishCall(site: 5)
        }
    }

    // MARK: Parts

    /// Whether ARGV[1] is empty or the lock's value.
    private mutating func holdsLock(_ run: borrowing ScriptInvocation) throws(ReplyError) -> Bool {
        if run.argument(1, is: "") { return true }
        return try call(.get, run.key(1), equals: run.argument(1), site: 0)
    }

    /// The timeout that is kept under KEYS[3], after it was used to renew data and itself.
    private mutating func renewFromTimeout(
        _ run: borrowing ScriptInvocation, _ isHash: Bool, firstSite: Int
    ) throws(ReplyError) -> ScriptValue {
        let timeout = try sessionTimeout(run.key(3), isHash, site: firstSite)
        if case .none = timeout { return timeout }
        _ = try call(.expire, run.key(2), timeout, site: firstSite + 1)
        _ = try call(.expire, run.key(3), timeout, site: firstSite + 2)
        return timeout
    }

    private mutating func sessionTimeout(
        _ key: RawSpan?, _ isHash: Bool, site: Int
    ) throws(ReplyError) -> ScriptValue {
        guard isHash else { return try call(.get, key, site: site) }
        return try call(.hget, key, ("SessionTimeout" as StaticString).bytes, site: site)
    }

    private mutating func setTimeout(
        _ key: RawSpan?, _ seconds: RawSpan?, _ isHash: Bool, site: Int
    ) throws(ReplyError) {
        if isHash {
            _ = try call(.hmset, key, ("SessionTimeout" as StaticString).bytes, seconds, site: site)
        } else {
            _ = try call(.set, key, seconds, site: site)
        }
    }

    /// `unpack(ARGV, first, last)`; nil is the first and the last there is.
    private mutating func addArguments(
        _ run: borrowing ScriptInvocation, from first: RawSpan?, to last: RawSpan?, site: Int
    ) throws(ReplyError) {
        guard let number = first == nil ? 1 : luaNumber(first) else { throw notANumber(2, site: site) }
        try addArguments(run, from: number, to: last, room: SessionStateIndex.stack, site: site)
    }

    private mutating func addArguments(
        _ run: borrowing ScriptInvocation, from first: Double, to last: RawSpan?, room: Int, site: Int
    ) throws(ReplyError) {
        guard let number = last == nil ? Double(run.argumentCount) : luaNumber(last) else {
            throw notANumber(3, site: site)
        }
        let (start, end) = (SessionStateIndex.value(first), SessionStateIndex.value(number))
        guard start <= end else { return }
        if end - start >= room { throw luaFailure("too many results to unpack", site) }
        for index in start...end { addWord(run.argument(index)) }
    }

    private func notANumber(_ position: Int, site: Int) -> ReplyError {
        luaFailure("bad argument #\(position) to 'unpack' (number expected, got string)", site)
    }
}

/// Indices as Lua's `unpack` takes them.
private enum SessionStateIndex {
    /// Values for which Redis's Lua has room, within the script's own values and without any.
    static let stack = 7990
    static let emptyStack = 7997

    /// As C converts a double to 64 bits, then to 32.
    static func value(_ number: Double) -> Int {
        Int(Int32(truncatingIfNeeded: Int64(exactly: number.rounded(.towardZero)) ?? .min))
    }
}
