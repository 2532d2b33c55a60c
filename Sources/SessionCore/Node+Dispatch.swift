/// From a request to its handler: what holds for all commands is checked here, once.
extension Node {
    /// Executes one request of the current connection; its reply is appended to `reply`.
    @inline(__always)
    mutating func execute(_ request: borrowing Request) {
        statistics.commands &+= 1
        clients[current].lastCommand = request.command
        if clients[current].replyMode != .on { beginMutedReply() }
        do throws(ReplyError) {
            try dispatch(request, check(request))
        } catch {
            statistics.errorReplies &+= 1
            reply.error(error)
        }
        if reply.isMuted { endMutedReply() }
        if !store.events.isEmpty { publishSessionEvents() }
    }

    /// What every command is subject to, in Redis's order: known, arity, authentication, memory, subscribe mode.
    @inline(__always)
    private mutating func check(_ request: borrowing Request) throws(ReplyError) -> CommandID {
        guard let facts = request.command, !facts.isContainer || (facts.id == .command && request.count == 1) else {
            throw unknown(request)
        }
        if !facts.accepts(words: request.count) { throw .wrongArity(command: table.fullName(of: facts)) }
        if !clients[current].isAuthenticated && !facts.flags.contains(.noAuth) { throw .noAuthentication }
        if facts.flags.contains(.write) {
            if facts.firstKey > 0 && !facts.flags.contains(.token) { try checkKeys(request, facts) }
            if facts.flags.contains(.denyOOM) && isOverMemory && !makeRoom() { throw .outOfMemory }
        }
        if clients[current].isInSubscribeMode { try checkSubscribeMode(facts) }
        return facts.id
    }

    @inline(never)
    private func unknown(_ request: borrowing Request) -> ReplyError {
        let name = request[0].slice(0, min(request[0].byteCount, 128)).text
        guard let container = request.command else {
            // Redis goes on with the arguments; they may be a token or password, so ours ends here.
            return .unknownCommand("'\(name)', with args beginning with: ")
        }
        if request.count == 1 { return .wrongArity(command: table.fullName(of: container)) }
        let subcommand = request[1].slice(0, min(request[1].byteCount, 128)).text
        return .unknownSubcommand(subcommand, container: name.uppercased())
    }

    /// Ordinary writes on the keys under which sessions appear are refused, and so are keys of excessive length.
    @inline(__always)
    private func checkKeys(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        var index = Int(facts.firstKey)
        let last = facts.lastKey < 0 ? request.count &+ Int(facts.lastKey) : min(Int(facts.lastKey), request.count &- 1)
        while index <= last {
            if SessionKey.isReserved(request[index]) { throw .sessionKeyReadOnly }
            if request[index].byteCount > Limits.key { throw .custom("ERR key is too long (maximum is \(Limits.key) bytes)") }
            index &+= Int(facts.keyStep)
        }
    }

    @inline(never)
    private func checkSubscribeMode(_ facts: CommandFacts) throws(ReplyError) {
        switch facts.id {
        case .subscribe, .unsubscribe, .psubscribe, .punsubscribe, .ping, .quit, .reset: return
        default:
            throw .custom(
                "ERR Can't execute '\(table.fullName(of: facts))': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
                    + "are allowed in this context")
        }
    }

    /// `CLIENT REPLY OFF` and `SKIP`: replies are not written at all.
    @inline(never)
    private mutating func beginMutedReply() {
        if clients[current].replyMode == .skipNext { clients[current].replyMode = .skipping }
        reply.isMuted = true
    }

    @inline(never)
    private mutating func endMutedReply() {
        if clients[current].replyMode == .skipping { clients[current].replyMode = .on }
        reply.isMuted = false
    }

    /// The handler of each command: one jump table.
    @inline(__always)
    private mutating func dispatch(_ request: borrowing Request, _ command: CommandID) throws(ReplyError) {
        switch command {
        // Strings.
        case .get: try get(request)
        case .set: try set(request)

        // Keys.

        // Hashes.
        case .hset: try hset(request)
        case .hmset: try hmset(request)
        case .hget: try hget(request)
        case .hmget: try hmget(request)
        case .hgetall: try hgetall(request)
        case .hdel: try hdel(request)
        case .hexists: try hexists(request)
        case .hlen: try hlen(request)
        case .hkeys: try hkeys(request)
        case .hvals: try hvals(request)
        case .hsetnx: try hsetnx(request)
        case .hincrby: try hincrby(request)
        case .hincrbyfloat: try hincrbyfloat(request)
        case .hrandfield: try hrandfield(request)
        case .hstrlen: try hstrlen(request)
        case .hscan: try hscan(request)

        // Connection.
        case .ping: try ping(request)

        // Publish and subscribe.

        // Server.

        // Sessions.
        case .sessCreate: try sessCreate(request)
        case .sessGet: try sessGet(request)
        case .sessSet: try sessSet(request)
        case .sessUnset: try sessUnset(request)
        case .sessTouch: try sessTouch(request)
        case .sessRotate: try sessRotate(request)
        case .sessRevoke: try sessRevoke(request)
        case .sessRevokeUser: try sessRevokeUser(request)
        case .sessList: try sessList(request)
        case .sessCard: try sessCard(request)

        default: throw .custom("ERR not there yet")
        }
    }
}
