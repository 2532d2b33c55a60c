/// bsm/redislock: one lock may be several keys, and part of a value may say whose it is.
extension Node {
    /// Whether all keys hold ARGV[1].
    private mutating func allAreHeld(_ run: borrowing ScriptInvocation) throws(ReplyError) -> Bool {
        let start = scripting.results.buffer.count
        guard case .array(let count, var position, _) = try callWithKeys(.mget, run, site: 0) else { return false }
        defer { scripting.forgetResults(from: start) }
        for _ in 0..<count where !isEqual(nextElement(&position), run.argument(1)) { return false }
        return true
    }

    /// `release`
    mutating func releaseAll(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard try allAreHeld(run) else { return execution.reply.null() }
        _ = try callWithKeys(.del, run, site: 2)
        execution.reply.ok()
    }

    /// `refresh`
    mutating func refreshAll(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard try allAreHeld(run) else { return execution.reply.null() }
        for index in 1...run.keyCount { _ = try call(.pexpire, run.key(index), run.argument(2), site: 2) }
        execution.reply.ok()
    }

    /// `pttl`: the shortest time left.
    mutating func shortestTimeLeft(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        guard try allAreHeld(run) else { return execution.reply.null() }
        var shortest: Int64 = 0
        for index in 1...run.keyCount {
            guard case .integer(let left) = try call(.pttl, run.key(index), site: 2), left > 0 else { continue }
            if shortest == 0 || left < shortest { shortest = left }
        }
        answer(shortest)
    }

    /// `obtain` of several keys: all are free, or all begin with the first ARGV[2] bytes of ARGV[1].
    mutating func obtainAll(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        if !isEqual(try callPairs(.msetnx, run, site: 3), 1) {
            let offset = luaNumber(run.argument(2))
            for index in 1...run.keyCount {
                guard try isOwn(run, run.key(index), offset, site: 2) else { return execution.reply.null() }
            }
            _ = try callPairs(.mset, run, site: 5)
        }
        for index in 1...run.keyCount { _ = try call(.pexpire, run.key(index), run.argument(3), site: 0) }
        execution.reply.ok()
    }

    /// `obtain` of one key, up to version 0.9.
    mutating func obtain(_ run: borrowing ScriptInvocation) throws(ReplyError) {
        if case .status = try callSetNew(run, milliseconds: 3) { return execution.reply.ok() }
        let offset = luaNumber(run.argument(2))
        guard try isOwn(run, run.key(1), offset, site: 3) else { return execution.reply.null() }
        answer(try callSet(run.key(1), run.argument(1), "PX", run.argument(3), site: 4))
    }

    /// Whether a key's value begins with the first `offset` bytes of ARGV[1].
    private mutating func isOwn(
        _ run: borrowing ScriptInvocation, _ key: RawSpan?, _ offset: Double?, site: Int
    ) throws(ReplyError) -> Bool {
        guard let offset else {
            throw luaFailure("attempt to perform arithmetic on local 'offset' (a nil value)", site)
        }
        beginCall(.getrange)
        addWord(key)
        addWord("0")
        addWord(offset - 1)
        let start = scripting.results.buffer.count
        let prefix = try finishCall(site: site)
        defer { scripting.forgetResults(from: start) }
        guard let value = run.argument(1) else {
            throw luaFailure("bad argument #1 to 'sub' (string expected, got nil)", site)
        }
        // The offset is a whole number: `getrange` has taken it. A negative one counts from the end.
        let length = value.byteCount
        let wanted = abs(offset) < Double(Int32.max) ? Int(offset) : (offset < 0 ? -length : length)
        let end = wanted < 0 ? max(0, length + wanted + 1) : min(length, wanted)
        return isEqual(prefix, value.slice(0, end))
    }

    /// `msetnx` or `mset` of all keys to ARGV[1].
    private mutating func callPairs(
        _ command: CommandID, _ run: borrowing ScriptInvocation, site: Int
    ) throws(ReplyError) -> ScriptValue {
        beginCall(command)
        for index in 1...max(1, run.keyCount) where index <= run.keyCount {
            addWord(run.key(index))
            // `table.insert` of nil inserts nothing. The value is held once, however many keys it is for.
            guard let value = run.argument(1) else { continue }
            if index == 1 { addWord(value) } else { repeatWord(2) }
        }
        return try finishCall(site: site)
    }
}
