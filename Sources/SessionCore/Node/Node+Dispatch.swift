/// From a request to its handler. Checks that apply to all commands are made here, once.
extension Node {
    /// Executes one request of the current connection; its reply is appended to `reply`.
    @inline(__always)
    mutating func execute(_ request: borrowing Request) {
        connections[current].lastCommand = request.command
        if connections[current].replyMode != .on { beginMutedReply() }
        var isExecuted = false
        do throws(ReplyError) {
            let command = try admit(request)
            if execution.permissions.held != .none && isHeldByPause(request) { return postpone() }
            isExecuted = if connections[current].isInTransaction { try !queue(request) } else { true }
            if isExecuted { call(request, command) }
        } catch {
            reject(request, error)
        }
        if execution.reply.needsAttention { finishReply() }
        settle()
        if !execution.store.observers.isDisjoint(with: [.tracking, .replication]) {
            if execution.store.observers.contains(.tracking) { track(request, isExecuted: isExecuted) }
            execution.propagation.end()
        }
    }

    /// Publishes session events and reports changed keys after a command.
    @inline(__always)
    mutating func settle() {
        if !execution.store.events.isEmpty { publishSessionEvents() }
        if !execution.store.changes.isEmpty { settleChanges() }
    }

    /// Executes one request of a transaction. What all commands are subject to was checked when it was queued.
    /// Permissions may have changed since. Memory is checked again only as far as the heap's address space goes, so
    /// that `maxmemory` stops no transaction halfway, as in Redis.
    @inline(never)
    mutating func executeQueued(_ request: borrowing Request) {
        do throws(ReplyError) {
            guard let facts = request.command else { preconditionFailure("an unknown command was queued") }
            // Nobody will see what it reads: the replies are more than any client is given.
            let isReading = facts.flags.contains(.readonly) && !facts.flags.contains(.mayReplicate)
            if isReading && execution.reply.hasOverflowed {
                return
            }
            if !connections[current].isUnrestricted { try checkQueuedAccess(request, facts) }
            if facts.flags.contains(.denyOOM) && execution.isHeapFull { throw .outOfMemory }
            do throws(ReplyError) { try perform(request, facts.id) } catch { fail(error) }
            if !deferredReplies.isEmpty { noteDeferred(request) }
        } catch {
            reject(request, error)
        }
        settle()
        if execution.store.observers.contains(.tracking) { track(request, isExecuted: true) }
    }

    /// Executes a command of a script: checks what a script's commands are subject to, counts and times it.
    /// - Parameter mayExceedMemory: `maxmemory` is not checked; the heap's address space is.
    @inline(never)
    mutating func executeNested(
        _ request: borrowing Request, _ facts: CommandFacts, mayExceedMemory: Bool
    ) throws(ReplyError) {
        if !connections[current].isUnrestricted { try checkNestedAccess(request, facts) }
        if facts.flags.contains(.write) {
            if facts.namesKeys { try checkKeys(request, facts) }
            if !execution.permissions.restrictions.isEmpty { try checkRestrictions(JointFlags(facts.flags)) }
            if facts.flags.contains(.denyOOM),
                mayExceedMemory ? execution.isHeapFull : execution.isOverMemory && !makeRoom() {
                throw .outOfMemory
            }
        }
        try perform(request, facts.id, isScript: true)
    }

    /// As `call`, for requests that did not come alone; the caller answers with the error.
    /// - Parameter isScript: a script executes it.
    @inline(never)
    private mutating func perform(
        _ request: borrowing Request, _ command: CommandID, isScript: Bool = false
    ) throws(ReplyError) {
        let start = observation.lastTick
        var failure: ReplyError?
        do throws(ReplyError) { try dispatch(request, command) } catch { failure = error }
        if failure != nil { observation.commandStatistics.failed(command) }
        called(request, command, since: start, isScript: isScript)
        if let failure { throw failure }
    }

    /// As `check`; a request that is refused spoils the transaction it belongs to.
    @inline(__always)
    private mutating func admit(_ request: borrowing Request) throws(ReplyError) -> CommandID {
        do throws(ReplyError) { return try check(request) } catch { throw refused(request, error) }
    }

    /// Executes a command that has passed all checks.
    @inline(__always)
    mutating func call(_ request: borrowing Request, _ command: CommandID) {
        let start = observation.lastTick
        do throws(ReplyError) {
            try dispatch(request, command)
        } catch {
            fail(error)
            observation.commandStatistics.failed(command)
        }
        called(request, command, since: start)
    }

    /// Counts and times a command that was executed, propagates what it has changed, and shows it to whoever monitors.
    @inline(__always)
    private mutating func called(
        _ request: borrowing Request, _ command: CommandID, since start: UInt64, isScript: Bool = false
    ) {
        if execution.store.observers.contains(.replication) { execution.propagate(request) }
        if let duration = observation.called(command, since: start), duration >= observation.slowThreshold {
            noteSlow(request, duration)
        }
        if listeners.monitors.count > 0 { showToMonitors(request, isScript: isScript) }
    }

    /// A request was refused before it was executed.
    @inline(never)
    private mutating func reject(_ request: borrowing Request, _ error: ReplyError) {
        fail(error)
        // A container counts only where its subcommand is missing: as in Redis, unknown ones are nobody's.
        guard let facts = request.command, !facts.isContainer || request.count == 1 else { return }
        observation.commandStatistics.rejected(facts.id)
    }

    /// Answers with an error and counts it.
    @inline(never)
    mutating func fail(_ error: ReplyError) {
        let text = observation.counted(error)
        execution.reply.error(text)
    }

    /// What every command is subject to, in Redis's order: known, arity, authentication, permissions, what the node
    /// admits at present, subscribe mode.
    @inline(__always)
    private mutating func check(_ request: borrowing Request) throws(ReplyError) -> CommandID {
        guard let facts = request.command, !facts.isContainer || (facts.id == .command && request.count == 1) else {
            if isCrossProtocol(request) { closeCrossProtocol() }
            throw unknown(request)
        }
        if !facts.accepts(words: request.count) { throw .wrongArity(command: table.fullName(of: facts)) }
        if !connections[current].isUnrestricted { try checkAccess(request, facts) }
        if connections[current].isInTransaction || !execution.permissions.restrictions.isEmpty
            || (facts.flags.contains(.denyOOM) && execution.isOverMemory)
        {
            try checkAdmission(request, facts)
        }
        if facts.flags.contains(.write) && facts.namesKeys { try checkKeys(request, facts) }
        if connections[current].isInSubscribeMode(isRESP3: execution.reply.isRESP3) { try checkSubscribeMode(facts) }
        if connections[current].isOnlooker && facts.touchesKeyspace { throw .notForReplicas }
        return facts.id
    }

    /// The first words of a web browser that a page has made to speak to us. Every line it sends would be a request,
    /// so the connection is closed at once, as Redis does.
    private func isCrossProtocol(_ request: borrowing Request) -> Bool {
        request[0].matches("post") || request[0].matches("host:")
    }

    @inline(never)
    private mutating func closeCrossProtocol() {
        log(
            .warning, of: .webRequest,
            "Closing a connection that speaks HTTP, possibly a web page's attempt to issue commands")
        close(current)
    }

    @inline(never)
    func unknown(_ request: borrowing Request) -> ReplyError {
        guard let container = request.command else {
            // Redis goes on with the arguments; they may be a token or password, so ours ends here.
            return .unknownCommand(quoted(request[0]))
        }
        if request.count == 1 { return .wrongArity(command: table.fullName(of: container)) }
        return .unknownSubcommand(quoted(request[1]), container: request[0].text.uppercased())
    }

    /// A word as Redis quotes it in errors: at most 128 bytes of it, up to a NUL.
    private func quoted(_ word: RawSpan) -> [UInt8] {
        let nul = word.firstIndex(of: 0)
        return word.slice(0, min(nul < 0 ? word.byteCount : nul, 128)).array
    }

    /// Ordinary writes on the keys under which sessions appear are refused, and so are keys of excessive length. Keys
    /// that follow their number are not looked at: the commands read sorted sets there, and no session is one.
    @inline(__always)
    func checkKeys(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        for index in request.fixedKeys(of: facts) {
            if SessionKey.isReserved(request[index]) { throw .sessionKeyReadOnly }
            if request[index].byteCount > Limits.key { throw .keyTooLong }
        }
    }

    @inline(never)
    private func checkSubscribeMode(_ facts: CommandFacts) throws(ReplyError) {
        if facts.flags.contains(.whileSubscribed) { return }
        throw .notWhileSubscribed(table.fullName(of: facts))
    }

    /// `CLIENT REPLY OFF` and `SKIP`: replies are not written at all.
    @inline(never)
    private mutating func beginMutedReply() {
        if connections[current].replyMode == .skipNext { connections[current].replyMode = .skipping }
        execution.reply.isMuted = true
    }

    /// What becomes of a reply that was not written whole. One that the client does not want ends; one that is longer
    /// than any client is given ends the connection, as for any client that passes its output limit.
    @inline(never)
    private mutating func finishReply() {
        if connections[current].replyMode == .skipping { connections[current].replyMode = .on }
        execution.reply.isMuted = false
        guard execution.reply.hasOverflowed else { return }
        log(
            .warning, of: .largeReply,
            "Client \(connections[current].id) closed: "
                + "a reply to it would take more than \(execution.replyLimit) bytes")
        observation.statistics.outputLimitDisconnections += 1
        execution.reply.clear()
        close(current)
    }

    /// Executes a request that has been checked.
    @inline(__always)
    private mutating func dispatch(_ request: borrowing Request, _ command: CommandID) throws(ReplyError) {
        if execution.isPreserving { preserve(request) }
        var isSticky = false
        if !execution.sessionPrefixes.isEmpty { isSticky = try execution.beginSticky(request) }
        try handle(request, command)
        if isSticky { execution.endSticky(request) }
    }

    /// The handler of each command: one jump table, and the only switch over `CommandID`. It has no `default`, so that
    /// the compiler asks for the handler of a new command. The rows have no handlers of their own: a function value
    /// costs two calls of the runtime, to retain and release a context that it has not, and nothing can be inlined.
    @inline(__always)
    mutating func handle(_ request: borrowing Request, _ command: CommandID) throws(ReplyError) {
        switch command {
        // Strings.
        case .get: try execution.get(request)
        case .set: try execution.set(request)
        case .setex: try execution.setex(request)
        case .psetex: try execution.psetex(request)
        case .getex: try execution.getex(request)
        case .getdel: try execution.getdel(request)
        case .getset: try execution.getset(request)
        case .setnx: try execution.setnx(request)
        case .mget: try execution.mget(request)
        case .mset: try execution.mset(request)
        case .msetnx: try execution.msetnx(request)
        case .append: try execution.append(request)
        case .strlen: try execution.strlen(request)
        case .getrange, .substr: try execution.getrange(request)
        case .setrange: try execution.setrange(request)
        case .incr: try execution.incr(request)
        case .decr: try execution.decr(request)
        case .incrby: try execution.incrby(request)
        case .decrby: try execution.decrby(request)
        case .incrbyfloat: try execution.incrbyfloat(request)

        // Keys.
        case .del, .unlink: try execution.del(request)
        case .exists: try execution.exists(request)
        case .touch: try execution.touch(request)
        case .type: try execution.type(request)
        case .expire: try execution.expire(request)
        case .pexpire: try execution.pexpire(request)
        case .expireat: try execution.expireat(request)
        case .pexpireat: try execution.pexpireat(request)
        case .ttl: try execution.ttl(request)
        case .pttl: try execution.pttl(request)
        case .expiretime: try execution.expiretime(request)
        case .pexpiretime: try execution.pexpiretime(request)
        case .persist: try execution.persist(request)
        case .scan: try execution.scan(request)
        case .keys: try execution.keys(request)
        case .randomkey: try execution.randomkey(request)
        case .rename: try execution.rename(request)
        case .renamenx: try execution.renamenx(request)
        case .copy: try execution.copy(request)
        case .move: try execution.move(request)
        case .objectEncoding: try execution.objectEncoding(request)
        case .objectFreq: try execution.objectFreq(request)
        case .objectIdletime: try execution.objectIdletime(request)
        case .objectRefcount: try execution.objectRefcount(request)
        case .objectHelp: table.writeHelp(for: .object, into: &execution.reply)
        case .wait: try wait(request)
        case .waitaof: try waitaof(request)

        // Hashes.
        case .hset: try execution.hset(request)
        case .hmset: try execution.hmset(request)
        case .hget: try execution.hget(request)
        case .hmget: try execution.hmget(request)
        case .hgetall: try execution.hgetall(request)
        case .hdel: try execution.hdel(request)
        case .hexists: try execution.hexists(request)
        case .hlen: try execution.hlen(request)
        case .hkeys: try execution.hkeys(request)
        case .hvals: try execution.hvals(request)
        case .hsetnx: try execution.hsetnx(request)
        case .hincrby: try execution.hincrby(request)
        case .hincrbyfloat: try execution.hincrbyfloat(request)
        case .hrandfield: try execution.hrandfield(request)
        case .hstrlen: try execution.hstrlen(request)
        case .hscan: try execution.hscan(request)

        // Sets.
        case .sadd: try execution.sadd(request)
        case .srem: try execution.srem(request)
        case .sismember: try execution.sismember(request)
        case .smismember: try execution.smismember(request)
        case .smembers: try execution.smembers(request)
        case .scard: try execution.scard(request)
        case .spop: try execution.spop(request)
        case .srandmember: try execution.srandmember(request)
        case .smove: try execution.smove(request)
        case .sscan: try execution.sscan(request)
        case .sinter: try execution.sinter(request)
        case .sintercard: try execution.sintercard(request)
        case .sinterstore: try execution.sinterstore(request)
        case .sunion: try execution.sunion(request)
        case .sunionstore: try execution.sunionstore(request)
        case .sdiff: try execution.sdiff(request)
        case .sdiffstore: try execution.sdiffstore(request)

        // Sorted sets.
        case .zadd: try execution.zadd(request)
        case .zincrby: try execution.zincrby(request)
        case .zrem: try execution.zrem(request)
        case .zscore: try execution.zscore(request)
        case .zmscore: try execution.zmscore(request)
        case .zcard: try execution.zcard(request)
        case .zrank: try execution.zrank(request, isReverse: false)
        case .zrevrank: try execution.zrank(request, isReverse: true)
        case .zcount: try execution.zcount(request)
        case .zlexcount: try execution.zlexcount(request)
        case .zrange: try execution.zrange(request)
        case .zrevrange: try execution.zrevrange(request)
        case .zrangebyscore: try execution.zrangebyscore(request, isReverse: false)
        case .zrevrangebyscore: try execution.zrangebyscore(request, isReverse: true)
        case .zrangebylex: try execution.zrangebylex(request, isReverse: false)
        case .zrevrangebylex: try execution.zrangebylex(request, isReverse: true)
        case .zrangestore: try execution.zrangestore(request)
        case .zremrangebyrank: try execution.zremrangebyrank(request)
        case .zremrangebyscore: try execution.zremrangebyscore(request)
        case .zremrangebylex: try execution.zremrangebylex(request)
        case .zpopmin: try execution.zpop(request, highest: false)
        case .zpopmax: try execution.zpop(request, highest: true)
        case .zmpop: try execution.zmpop(request)
        case .zrandmember: try execution.zrandmember(request)
        case .zscan: try execution.zscan(request)
        case .zunion: try execution.zcombine(request, .union, isStored: false)
        case .zinter: try execution.zcombine(request, .intersection, isStored: false)
        case .zdiff: try execution.zcombine(request, .difference, isStored: false)
        case .zintercard: try execution.zintercard(request)
        case .zunionstore: try execution.zcombine(request, .union, isStored: true)
        case .zinterstore: try execution.zcombine(request, .intersection, isStored: true)
        case .zdiffstore: try execution.zcombine(request, .difference, isStored: true)

        // Connection.
        case .ping: try ping(request)
        case .echo: execution.reply.bulk(request[1])
        case .auth: try auth(request)
        case .select: try select(request)
        case .hello: try hello(request)
        case .quit: quit()
        case .reset: reset()
        case .clientId: execution.reply.integer(connections[current].id)
        case .clientList: try clientList(request)
        case .clientInfo: clientInfo(request)
        case .clientGetname: clientGetname()
        case .clientSetname: try clientSetname(request)
        case .clientSetinfo: try clientSetinfo(request)
        case .clientKill: try clientKill(request)
        case .clientNoEvict: try clientNoEvict(request)
        case .clientPause: try clientPause(request)
        case .clientUnpause: clientUnpause()
        case .clientReply: try clientReply(request)
        case .clientUnblock: try clientUnblock(request)
        case .clientTracking: try clientTracking(request)
        case .clientCaching: try clientCaching(request)
        case .clientTrackinginfo: clientTrackinginfo()
        case .clientGetredir: clientGetredir()
        case .clientHelp: table.writeHelp(for: .client, into: &execution.reply)

        // Users and permissions.
        case .aclCat: try aclCat(request)
        case .aclDeluser: try aclDeluser(request)
        case .aclDryrun: try aclDryrun(request)
        case .aclGenpass: try aclGenpass(request)
        case .aclGetuser: aclGetuser(request)
        case .aclList: aclList()
        case .aclLoad: try aclLoad()
        case .aclLog: try aclLog(request)
        case .aclSave: try aclSave()
        case .aclSetuser: try aclSetuser(request)
        case .aclUsers: aclUsers()
        case .aclWhoami: aclWhoami()
        case .aclHelp: table.writeHelp(for: .acl, into: &execution.reply)

        // Publish and subscribe.
        case .subscribe: try subscribe(request, .channel)
        case .unsubscribe: unsubscribe(request, .channel)
        case .psubscribe: try subscribe(request, .pattern)
        case .punsubscribe: unsubscribe(request, .pattern)
        case .publish: publish(request)
        case .pubsubChannels: try pubsubChannels(request)
        case .pubsubNumsub: pubsubNumsub(request)
        case .pubsubNumpat: pubsubNumpat()
        case .pubsubHelp: table.writeHelp(for: .pubsub, into: &execution.reply)

        // Server.
        case .dbsize: dbsize()
        case .flushdb: try flushdb(request)
        case .flushall: try flushall(request)
        case .swapdb: try swapdb(request)
        case .info: info(request)
        case .configGet: configGet(request)
        case .configSet: try configSet(request)
        case .configResetstat: configResetstat()
        case .configRewrite: try configRewrite()
        case .configHelp: table.writeHelp(for: .config, into: &execution.reply)
        case .command: try self.command(request, .everything)
        case .commandCount: try self.command(request, .count)
        case .commandList: try self.command(request, .names)
        case .commandInfo: try self.command(request, .facts)
        case .commandDocs: try self.command(request, .documentation)
        case .commandGetkeys: try self.command(request, .keys)
        case .commandGetkeysandflags: try self.command(request, .keysAndFlags)
        case .commandHelp: table.writeHelp(for: .command, into: &execution.reply)
        case .memoryUsage: try memoryUsage(request)
        case .memoryStats: memoryStats()
        case .memoryDoctor: memoryDoctor()
        case .memoryMallocStats: memoryMallocStats()
        case .memoryPurge: memoryPurge()
        case .memoryHelp: table.writeHelp(for: .memory, into: &execution.reply)
        case .debug: try debug(request)
        case .time: time()
        case .lastsave: lastsave()
        case .save: try save()
        case .bgsave: try bgsave(request)
        case .bgrewriteaof: try bgrewriteaof()
        case .shutdown: try shutdown(request)

        // Observation.
        case .replicaof, .slaveof: try replicaof(request)
        case .psync: try psync(request)
        case .sync: try sync()
        case .replconf: try replconf(request)
        case .role: role()
        case .failover: try failover(request)
        case .monitor: try monitor()
        case .slowlogGet: try slowlogGet(request)
        case .slowlogLen: execution.reply.integer(observation.slowLog.count)
        case .slowlogReset: slowlogReset()
        case .slowlogHelp: table.writeHelp(for: .slowlog, into: &execution.reply)
        case .latencyDoctor: latencyDoctor()
        case .latencyGraph: try latencyGraph(request)
        case .latencyHistogram: latencyHistogram(request)
        case .latencyHistory: latencyHistory(request)
        case .latencyLatest: latencyLatest()
        case .latencyReset: latencyReset(request)
        case .latencyHelp: table.writeHelp(for: .latency, into: &execution.reply)
        case .lolwut: try lolwut(request)

        // Transactions.
        case .multi: try multi()
        case .exec: try exec()
        case .discard: try discard()
        case .watch: try watch(request)
        case .unwatch: unwatch()

        // Scripting.
        case .eval: try eval(request, isReadOnly: false)
        case .evalsha: try evalsha(request, isReadOnly: false)
        case .evalRo: try eval(request, isReadOnly: true)
        case .evalshaRo: try evalsha(request, isReadOnly: true)
        case .scriptDebug: try scriptDebug(request)
        case .scriptExists: scriptExists(request)
        case .scriptFlush: try scriptFlush(request)
        case .scriptKill: try scriptKill()
        case .scriptLoad: try scriptLoad(request)
        case .scriptHelp: table.writeHelp(for: .script, into: &execution.reply)

        // Sessions.
        case .sessCreate: try execution.sessCreate(request)
        case .sessGet: try execution.sessGet(request)
        case .sessSet: try execution.sessSet(request)
        case .sessUnset: try execution.sessUnset(request)
        case .sessTouch: try execution.sessTouch(request)
        case .sessRotate: try execution.sessRotate(request)
        case .sessRevoke: try execution.sessRevoke(request)
        case .sessRevokeUser: try execution.sessRevokeUser(request)
        case .sessList: try execution.sessList(request)
        case .sessCard: try execution.sessCard(request)

        // Containers are executed by their subcommands: `check` has refused a request that names none.
        case .object, .client, .acl, .config, .memory, .pubsub, .script, .slowlog, .latency: throw unknown(request)
        }
    }
}
