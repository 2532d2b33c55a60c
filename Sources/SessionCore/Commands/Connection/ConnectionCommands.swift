/// Commands about the connection itself. Semantics: https://redis.io/docs/latest/commands/?group=connection
extension Node {
    /// PING [message]
    mutating func ping(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 2 { throw .wrongArity(command: "ping") }
        if connections[current].isInSubscribeMode(isRESP3: execution.reply.isRESP3) {
            execution.reply.array(2)
            execution.reply.bulk("pong")
            if request.count == 2 { execution.reply.bulk(request[1]) } else { execution.reply.bulk("") }
        } else if request.count == 2 {
            execution.reply.bulk(request[1])
        } else {
            execution.reply.literal("+PONG\r\n")
        }
    }

    /// SELECT index
    mutating func select(_ request: borrowing Request) throws(ReplyError) {
        select(try request.database(1, of: execution.store.databases.count))
        execution.reply.ok()
    }

    /// Makes a database the current connection's.
    mutating func select(_ database: Int) {
        connections[current].database = database
        execution.database = database
    }

    /// QUIT: what was asked before is still answered.
    mutating func quit() {
        execution.reply.ok()
        closeAfterReply(current)
    }

    /// RESET: the state of a new connection, except for its id and `CLIENT NO-EVICT`, as in Redis.
    mutating func reset() {
        unsubscribeAll(current)
        discardTransaction()
        stopMonitoring(current)
        endTracking(current)
        select(0)
        connections[current].name = ""
        setUser(current, AccessControl.defaultUser, isAuthenticated: access.isOpenToAll)
        execution.reply.isRESP3 = false
        // After `CLIENT REPLY OFF` this is answered already; what `SKIP` announced to skip is skipped.
        if connections[current].replyMode == .off {
            connections[current].replyMode = .on
            execution.reply.isMuted = false
        }
        execution.reply.literal("+RESET\r\n")
    }

    // MARK: Authentication

    /// AUTH [username] password
    mutating func auth(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 3 { throw .syntax }
        if request.count == 2 && access.defaultUser.needsNoPassword { throw .noPasswordConfigured }
        if request.count == 2 {
            try authenticate(AccessUser.defaultName.bytes, request[1], request)
        } else {
            try authenticate(request[1], request[2], request)
        }
        execution.reply.ok()
    }

    /// HELLO [protover [AUTH username password] [SETNAME clientname]]
    mutating func hello(_ request: borrowing Request) throws(ReplyError) {
        var isRESP3 = execution.reply.isRESP3
        if request.count > 1 {
            guard let version = parseInteger(request[1]) else { throw .invalidProtocolVersion }
            guard version == 2 || version == 3 else { throw .unsupportedProtocolVersion }
            isRESP3 = version == 3
        }
        // Options take effect one by one, even if a later one fails.
        var index = 2
        while index < request.count {
            if request[index].matches("auth"), index + 2 < request.count {
                try authenticate(request[index + 1], request[index + 2], request)
                index += 3
            } else if request[index].matches("setname"), index + 1 < request.count {
                connections[current].name = try clientName(request[index + 1])
                index += 2
            } else {
                throw .helloOptionSyntax(request[index].text)
            }
        }
        if !isAuthenticated(current) { throw .helloNeedsAuthentication }
        execution.reply.isRESP3 = isRESP3
        writeHello()
    }

    /// Clients look at `server` and `version` to see what they may use: Redis's names, and the version we are
    /// compatible with.
    private mutating func writeHello() {
        execution.reply.map(7)
        execution.reply.bulk("server")
        execution.reply.bulk("redis")
        execution.reply.bulk("version")
        execution.reply.bulk(Node.redisVersion)
        execution.reply.bulk("proto")
        execution.reply.integer(execution.reply.isRESP3 ? 3 : 2)
        execution.reply.bulk("id")
        execution.reply.integer(connections[current].id)
        execution.reply.bulk("mode")
        execution.reply.bulk("standalone")
        execution.reply.bulk("role")
        execution.reply.bulk("master")
        execution.reply.bulk("modules")
        execution.reply.array(0)
    }

    /// The version of Redis whose behaviour clients may expect.
    static let redisVersion: StaticString = "7.0.15"
}
