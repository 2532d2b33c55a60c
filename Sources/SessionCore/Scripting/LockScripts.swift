/// What lock libraries send: a lock is a string whose value only its owner knows.
extension Node {
    /// `get` KEYS[1]; if it is ARGV[1], `command` on it (with ARGV[argument]), else the number, or null.
    mutating func compareAnd(
        _ run: borrowing ScriptInvocation, _ command: CommandID, argument: Int? = nil, otherwise: Int64? = 0
    ) throws(ReplyError) {
        guard try call(.get, run.key(1), equals: run.argument(1), site: 0) else {
            if let otherwise { execution.reply.integer(otherwise) } else { execution.reply.null() }
            return
        }
        guard let argument else { return answer(try call(command, run.key(1), site: 1)) }
        answer(try call(command, run.key(1), run.argument(argument), site: 1))
    }

    /// redis-py `release`; RedLock variants that answer with what `del` did would not tell the two apart.
    mutating func compareDeleteOne(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard try call(.get, run.key(1), equals: run.argument(1), site: 0) else { return execution.reply.integer(0) }
        _ = try call(.del, run.key(1), site: 1)
        execution.reply.integer(1)
    }

    /// redis-py `reacquire`
    mutating func compareExpireOne(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard try call(.get, run.key(1), equals: run.argument(1), site: 0) else { return execution.reply.integer(0) }
        _ = try call(.pexpire, run.key(1), run.argument(2), site: 1)
        execution.reply.integer(1)
    }

    /// redis-py `extend`: adds to the time that is left, or (`replaces`, where ARGV[3] is not "0") sets it.
    mutating func compareExtend(_ run: borrowing ScriptInvocation, mayReplace: Bool) throws(ReplyError) {
        guard try call(.get, run.key(1), equals: run.argument(1), site: 0) else { return execution.reply.integer(0) }
        guard case .integer(let left) = try call(.pttl, run.key(1), site: 1), left >= 0 else {
            return execution.reply.integer(0)
        }
        // The sum stands before the call in one version of the script, within it in the other.
        let (sumSite, callSite) = mayReplace ? (2, 3) : (3, 2)
        if mayReplace && !run.argument(3, is: "0") {
            _ = try call(.pexpire, run.key(1), run.argument(2), site: callSite)
        } else {
            guard let added = luaNumber(run.argument(2)) else {
                let type = run.argument(2) == nil ? "nil" : "string"
                throw luaFailure("attempt to perform arithmetic on field '?' (a \(type) value)", sumSite)
            }
            beginCall(.pexpire)
            addWord(run.key(1))
            addWord(added + Double(left))
            _ = try finishCall(site: callSite)
        }
        execution.reply.integer(1)
    }

    /// Laravel `refreshLock`: no time, or less, means without end.
    mutating func compareRefresh(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard try call(.get, run.key(1), equals: run.argument(1), site: 0) else { return execution.reply.integer(0) }
        guard let seconds = luaNumber(run.argument(2)) else {
            throw luaFailure("attempt to compare number with nil", 1)
        }
        if seconds > 0 { return answer(try call(.expire, run.key(1), run.argument(2), site: 2)) }
        _ = try call(.persist, run.key(1), site: 3)
        execution.reply.integer(1)
    }

    /// Laravel `ConcurrencyLimiter`: takes the first free one of several slots.
    mutating func takeSlot(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard case .array(let count, var position, _) = try callWithKeys(.mget, run, site: 0) else {
            return execution.reply.null()
        }
        for index in 1...max(1, count) where index <= count {
            guard case .none = nextElement(&position) else { continue }
            _ = try callSet(run.key(index), run.argument(3), "EX", run.argument(2), site: 2)
            guard let name = run.argument(1) else {
                throw luaFailure("attempt to concatenate field '?' (a nil value)", 3)
            }
            var slot = ByteBuffer()
            slot.append(name)
            slot.appendDecimal(Int64(index))
            return execution.reply.bulk(slot)
        }
        execution.reply.null()
    }

    // MARK: Redlock

    /// node-redlock 4 and 5, `acquire`
    mutating func redlockAcquire(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        for index in 1...max(1, run.keyCount) where index <= run.keyCount {
            if isEqual(try call(.exists, run.key(index), site: 0), 1) { return execution.reply.integer(0) }
        }
        try redlockSet(run)
    }

    /// node-redlock 4 and 5, `extend`
    mutating func redlockExtend(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        for index in 1...max(1, run.keyCount) where index <= run.keyCount {
            guard try call(.get, run.key(index), equals: run.argument(1), site: 0) else {
                return execution.reply.integer(0)
            }
        }
        try redlockSet(run)
    }

    private mutating func redlockSet(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        for index in 1...max(1, run.keyCount) where index <= run.keyCount {
            _ = try callSet(run.key(index), run.argument(1), "PX", run.argument(2), site: 1)
        }
        execution.reply.integer(run.keyCount)
    }

    /// node-redlock 4 and 5, `release`: errors of `del` are passed over.
    mutating func redlockRelease(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        var count = 0
        for index in 1...max(1, run.keyCount) where index <= run.keyCount {
            guard try call(.get, run.key(index), equals: run.argument(1), site: 0) else { continue }
            do throws(ReplyError) { _ = try call(.del, run.key(index), site: 1) } catch {}
            count += 1
        }
        execution.reply.integer(count)
    }

    /// node-redlock up to 3, `lock`
    mutating func setIfMissing(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        answer(try callSetNew(run, milliseconds: 2))
    }

    /// redlock-rb `lock`: where there is none (if ARGV[3] is "yes", in the newer version), or one's own.
    mutating func lockOrExtend(_ run: borrowing ScriptInvocation, asksFirst: Bool) throws(ReplyError) {
        let isFree = isEqual(try call(.exists, run.key(1), site: 0), 0)
        var mayLock = isFree && (!asksFirst || run.argument(3, is: "yes"))
        if !mayLock { mayLock = try call(.get, run.key(1), equals: run.argument(1), site: 1) }
        guard mayLock else { return execution.reply.null() }
        answer(try callSet(run.key(1), run.argument(1), "PX", run.argument(2), site: 2))
    }

    /// redlock-rb 0.1, `extend`: the other way round, 0 is success.
    mutating func compareExpireZero(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard try call(.get, run.key(1), equals: run.argument(1), site: 0) else { return execution.reply.integer(1) }
        _ = try call(.expire, run.key(1), run.argument(2), site: 1)
        execution.reply.integer(0)
    }

    /// redlock-rb: the value and the time left.
    mutating func valueAndTimeLeft(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        let value = try call(.get, run.key(1), site: 0)
        let left = try call(.pttl, run.key(1), site: 1)
        execution.reply.array(2)
        answer(value)
        answer(left)
    }

    /// redsync `delete`: -1 where there was no lock at all.
    mutating func compareDeleteOrMissing(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        let value = try call(.get, run.key(1), site: 0)
        if isEqual(value, run.argument(1)) { return answer(try call(.del, run.key(1), site: 1)) }
        if case .none = value { execution.reply.integer(-1) } else { execution.reply.integer(0) }
    }

    /// redsync `touch`, which takes the lock anew if it is gone.
    mutating func compareExpireOrSet(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        if try call(.get, run.key(1), equals: run.argument(1), site: 0) {
            return answer(try call(.pexpire, run.key(1), run.argument(2), site: 1))
        }
        beginCall(.set)
        addWord(run.key(1))
        addWord(run.argument(1))
        addWord("PX")
        addWord(run.argument(2))
        addWord("NX")
        if case .none = try finishCall(site: 2) { execution.reply.integer(0) } else { execution.reply.integer(1) }
    }

    // MARK: Calls

    /// `set key value EX|PX time`
    mutating func callSet(
        _ key: RawSpan?, _ value: RawSpan?, _ unit: StaticString, _ time: RawSpan?, site: Int
    ) throws(ReplyError) -> ScriptValue {
        beginCall(.set)
        addWord(key)
        addWord(value)
        addWord(unit)
        addWord(time)
        return try finishCall(site: site)
    }

    /// `set KEYS[1] ARGV[1] NX PX ARGV[milliseconds]`, the first call of its script.
    mutating func callSetNew(
        _ run: borrowing ScriptInvocation, milliseconds: Int
    ) throws(ReplyError) -> ScriptValue {
        beginCall(.set)
        addWord(run.key(1))
        addWord(run.argument(1))
        addWord("NX")
        addWord("PX")
        addWord(run.argument(milliseconds))
        return try finishCall(site: 0)
    }

    /// A command on all keys.
    mutating func callWithKeys(
        _ command: CommandID, _ run: borrowing ScriptInvocation, site: Int
    ) throws(ReplyError) -> ScriptValue {
        beginCall(command)
        for index in 1...max(1, run.keyCount) where index <= run.keyCount { addWord(run.key(index)) }
        return try finishCall(site: site)
    }
}
