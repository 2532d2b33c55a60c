/// Who may do what: the check of every request of a user who may not do everything, logins, and what follows when
/// users change.
extension Node {
    // MARK: Requests

    /// Whether a connection may use commands at all: it has authenticated, or need not.
    @inline(__always)
    func isAuthenticated(_ index: Int) -> Bool {
        connections[index].isAuthenticated || access.isOpenToAll
    }

    /// Refuses a request of the current connection that its user may not make, and notes it. Only for connections that
    /// are not unrestricted.
    @inline(never)
    mutating func checkAccess(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        if !isAuthenticated(current) && !facts.flags.contains(.noAuth) {
            if isHealthPing(request, facts) { return }
            throw .noAuthentication
        }
        guard let denial = denial(of: request, facts) else { return }
        note(denial, request, facts, context)
        throw refusal(denial, facts)
    }

    /// A health check that has no password, where `health-ping-without-auth` lets it pass: `PING` and no more, for with
    /// an argument it would have the server repeat whatever a stranger sends.
    private func isHealthPing(_ request: borrowing Request, _ facts: CommandFacts) -> Bool {
        configuration.healthPingWithoutAuth && facts.id == .ping && request.count == 1
    }

    /// As `checkAccess`, when `EXEC` executes what was allowed when it was queued.
    @inline(never)
    mutating func checkQueuedAccess(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        guard let denial = denial(of: request, facts) else { return }
        note(denial, request, facts, .transaction)
        throw .noLongerPermitted(denial.reason)
    }

    /// As `checkAccess`, for a command of a script.
    @inline(never)
    mutating func checkNestedAccess(_ request: borrowing Request, _ facts: CommandFacts) throws(ReplyError) {
        guard let denial = denial(of: request, facts) else { return }
        note(denial, request, facts, .script)
        throw .notPermittedInScript(denial.reason)
    }

    /// Where the current connection's requests come from.
    private var context: AccessLog.Context { connections[current].isInTransaction ? .transaction : .topLevel }

    /// Why the current connection's user may not make a request; nil if he may.
    func denial(of request: borrowing Request, _ facts: CommandFacts) -> AccessDenial? {
        let needs = table.accessNeeds[Int(facts.id.rawValue)]
        return access.denial(connections[current].user, of: request, from: 0, facts, needs)
    }

    private func refusal(_ denial: AccessDenial, _ facts: CommandFacts) -> ReplyError {
        switch denial.reason {
        case .command: .commandNotPermitted(table.fullName(of: facts))
        case .key: .keyNotPermitted
        case .channel: .channelNotPermitted
        case .authentication: .noAuthentication
        }
    }

    /// Counts a denied request of the current connection and adds it to the log.
    mutating func note(
        _ denial: AccessDenial, _ request: borrowing Request, _ facts: CommandFacts, _ context: AccessLog.Context
    ) {
        let object: [UInt8]
        switch denial.reason {
        case .command:
            observation.statistics.deniedCommands += 1
            object = Array(table.fullName(of: facts).utf8)
        case .key:
            observation.statistics.deniedKeys += 1
            object = shown(key: request[denial.position])
        case .channel:
            observation.statistics.deniedChannels += 1
            object = shortened(request[denial.position])
        case .authentication:
            observation.statistics.deniedLogins += 1
            object = shortened(request[0])
        }
        note(denial.reason, context, object, user: access[connections[current].user].name, request)
    }

    /// A key as the log keeps it. What follows a prefix of `session-prefixes` is a token.
    private func shown(key: RawSpan) -> [UInt8] {
        guard let prefix = execution.sessionPrefixes.match(key) else { return shortened(key) }
        return shortened(key.slice(0, prefix)) + Redaction.placeholder.utf8
    }

    /// A word as the log keeps it.
    private func shortened(_ word: RawSpan) -> [UInt8] {
        word.slice(0, min(word.byteCount, Limits.accessLogObject)).array
    }

    private mutating func note(
        _ reason: AccessDenial.Reason, _ context: AccessLog.Context, _ object: [UInt8], user: [UInt8],
        _ request: borrowing Request
    ) {
        let line = clientLine(current, request)
        let entry = AccessLog.Entry(
            reason: reason, context: context, object: object, user: user, time: now.unixMilliseconds,
            client: String(line.dropLast()))
        access.log.add(entry, limit: configuration.aclLogMaxLength)
    }

    // MARK: Logins

    /// Logs the current connection in, or holds the error back for a while: longer with each failure. Where there were
    /// many failures, both are held back alike.
    mutating func authenticate(
        _ name: RawSpan, _ password: RawSpan, _ request: borrowing Request
    ) throws(ReplyError) {
        // The digest is made and compared for unknown names too, so that the time does not tell which names there are.
        let digest = Digest(of: password)
        let known = access.number(of: name)
        guard access.accepts(known ?? AccessControl.defaultUser, digest), let number = known else {
            throw loginFailed(name, request)
        }
        connections[current].failedLogins = 0
        let delay = access.brake.delay(of: connections[current].peer, at: now.monotonicMicroseconds)
        if delay > 0 { slowLogin(by: delay) }
        setUser(current, number, isAuthenticated: true)
    }

    private mutating func loginFailed(_ name: RawSpan, _ request: borrowing Request) -> ReplyError {
        // A name that nobody has may be a password in the wrong place.
        let user = access.number(of: name).map { access[$0].name }
        observation.statistics.deniedLogins += 1
        note(
            .authentication, context, shortened(request[0]), user: user ?? Array("(unknown)".utf8), request)
        let known = user.map { "user '\($0.span.bytes.text)'" } ?? "a user that does not exist"
        log(
            .warning, of: .failedLogin,
            "Client \(connections[current].id) at \(connections[current].peer.address) failed to log in as \(known)")
        let failures = min(connections[current].failedLogins, 32)
        connections[current].failedLogins = failures + 1
        let own = min(Limits.loginDelay << Int64(failures), Limits.loginDelayMaximum)
        let shared = access.brake.failed(connections[current].peer, as: name, at: now.monotonicMicroseconds)
        slowLogin(by: max(own, shared))
        return .wrongPassword
    }

    /// Holds the answer to the current connection's login back for so many microseconds.
    private mutating func slowLogin(by delay: Int64) {
        connections.hold(current, until: now.monotonicMicroseconds + delay)
    }

    /// Makes a connection one of a user's.
    mutating func setUser(_ index: Int, _ number: Int, isAuthenticated: Bool) {
        connections[index].user = number
        connections[index].isAuthenticated = isAuthenticated
        refreshPermissions(index)
    }

    private mutating func refreshPermissions(_ index: Int) {
        connections[index].isUnrestricted = isAuthenticated(index) && access.isUnrestricted(connections[index].user)
    }

    // MARK: Changing users

    /// `requirepass` has changed.
    mutating func setDefaultPassword() {
        var user = access.defaultUser
        user.setOnlyPassword(configuration.requirePass)
        install(user)
    }

    /// Adds a user or replaces the one of his name. Connections stay, but for subscribers to channels that are no
    /// longer allowed. O(users + connections + their subscriptions).
    mutating func install(_ user: AccessUser) {
        let known = access.number(of: user.name.span.bytes)
        let loses = known.map { access[$0].mayLoseChannels(to: user) } ?? false
        let number = access.insert(user, table)
        if loses { closeSubscribers(of: number) }
        for index in 0..<connections.count {
            if connections[index].user == number || number == AccessControl.defaultUser { refreshPermissions(index) }
        }
    }

    /// Removes a user and closes his connections; `last`, a connection that still awaits an answer, after that.
    mutating func removeUser(_ number: Int, answering last: Int) {
        closeConnections(of: number, answering: last)
        access.remove(number)
    }

    private mutating func closeConnections(of number: Int, answering last: Int) {
        for index in 0..<connections.count where connections.isInUse(index) {
            guard connections[index].user == number else { continue }
            setUser(index, AccessControl.defaultUser, isAuthenticated: false)
            end(index, answering: last)
        }
    }

    private mutating func end(_ index: Int, answering last: Int) {
        if index == last { return closeAfterReply(index) }
        unsubscribeAll(index)
        close(index)
    }

    /// Closes connections of a user that listen to what he may not listen to any longer.
    private mutating func closeSubscribers(of number: Int) {
        for index in 0..<connections.count where connections[index].user == number && connections[index].isPubSub {
            if listensToForbidden(index) { end(index, answering: current) }
        }
    }

    private func listensToForbidden(_ index: Int) -> Bool {
        for kind in [PubSub.Kind.channel, .pattern] {
            var subscription = listeners.pubsub.firstSubscription(of: index, kind)
            while subscription != .none {
                let name = listeners.pubsub.name(ofTopic: listeners.pubsub.topic(of: subscription))
                if !access.allows(connections[index].user, channel: name, isPattern: kind == .pattern) { return true }
                subscription = listeners.pubsub.nextSubscription(ofClient: subscription)
            }
        }
        return false
    }

    // MARK: The file of users

    /// Most bytes of an `aclfile`: more need not be read, only that there are more.
    public static var largestAccessFile: Int { Limits.accessFile }

    /// Replaces all users by those that the content of an `aclfile` defines, at start.
    /// - Returns: nil, or what is wrong with it; then nothing has changed.
    public mutating func loadUsers(_ content: [UInt8]) -> String? {
        let problems = replaceUsers(content, answering: -1)
        return problems.isEmpty ? nil : problems.span.bytes.text
    }

    /// `NodeEffect.readAccessFile` was done.
    /// - Parameter content: what the file holds, or why it cannot be read.
    public mutating func accessFileRead(
        _ content: Result<[UInt8], FileProblem>, for id: ConnectionID, took microseconds: Int64 = 0, now: Timestamp
    ) {
        setTime(now)
        switch content {
        case .failure(let problem):
            answerDeferred(.accessFileNotRead(path: configuration.aclFile, problem), took: microseconds)
        case .success(let content):
            let problems = replaceUsers(content, answering: Int(id.rawValue))
            answerDeferred(problems.isEmpty ? nil : .accessFileRefused(problems), took: microseconds)
        }
    }

    /// `NodeEffect.writeAccessFile` was done.
    /// - Parameter problem: why it failed; nil if it did not.
    public mutating func accessFileWritten(
        _ problem: FileProblem?, for id: ConnectionID, took microseconds: Int64 = 0, now: Timestamp
    ) {
        setTime(now)
        guard let problem else { return answerDeferred(nil, took: microseconds) }
        log(.warning, "ACL SAVE: cannot write '\(configuration.aclFile)': \(problem.reason)")
        answerDeferred(.accessFileNotWritten, took: microseconds)
    }

    /// Replaces all users, or none. Connections of users that are gone or changed are closed; `default` keeps his, as
    /// in Redis, and is as open as at the very first start if the file does not define him.
    /// - Returns: what is wrong, in Redis's words; empty if nothing is.
    private mutating func replaceUsers(_ content: [UInt8], answering last: Int) -> [UInt8] {
        let file = AccessFile(
            content, path: configuration.aclFile, table, allChannels: configuration.aclPubSubDefault)
        guard file.problems.isEmpty else {
            return file.problems
                + Array("WARNING: ACL errors detected, no change to the previously active ACL rules was performed".utf8)
        }
        var users = file.users
        if !users.contains(where: { $0.name.span.bytes.isEqual(to: AccessUser.defaultName) }) {
            log(.warning, "'\(configuration.aclFile)' does not define the user default: everybody may do everything")
            users.append(.initialDefault())
        }
        var isKept = Array(repeating: false, count: access.numbers)
        for user in users {
            if let known = access.number(of: user.name.span.bytes) { isKept[known] = true }
        }
        for number in access.order where !isKept[number] { removeUser(number, answering: last) }
        for user in users { replace(user, answering: last) }
        warnOfDisabledUsers()
        return []
    }

    private mutating func replace(_ user: AccessUser, answering last: Int) {
        let known = access.number(of: user.name.span.bytes)
        if let known, access[known] == user { return }
        if let known, known != AccessControl.defaultUser { closeConnections(of: known, answering: last) }
        install(user)
    }

    /// Users that are off may be a mistake.
    mutating func warnOfDisabledUsers() {
        for number in access.order where !access[number].isEnabled {
            log(
                .notice,
                "The user '\(access[number].name.span.bytes.text)' is disabled (there is no 'on' modifier in the user "
                    + "description). Make sure this is not a configuration error.")
        }
    }
}
