/// Server-assisted client-side caching: a connection that has read a key receives one message when the key changes,
/// expires or is evicted. Semantics: https://redis.io/docs/latest/develop/reference/client-side-caching/
///
/// The table of keys and the connections that have read them is a separate `PubSub`, so that it can be emptied as a
/// whole and takes no memory from subscriptions. Keys are tracked by name, whatever their database, as in Redis.
extension Node {
    // MARK: Remembering

    /// To be called after every request while anybody tracks: notes which keys the connection has read.
    /// - Parameter isExecuted: false if it was refused or queued.
    @inline(never)
    mutating func track(_ request: borrowing Request, isExecuted: Bool) {
        let options = connections[current].tracking.options
        guard options.contains(.on), let facts = request.command else { return }
        if isExecuted && facts.tracking != .nothing && remembers(options) { remember(request, facts) }
        // It holds for the next command, or transaction, after CLIENT CACHING.
        if options.contains(.caching) && !connections[current].isInTransaction && !facts.flags.contains(.keepsCaching) {
            connections[current].tracking.options.remove(.caching)
        }
    }

    /// As `track`, for a command of a script.
    @inline(never)
    mutating func trackNested(_ request: borrowing Request, _ facts: CommandFacts) {
        let options = connections[current].tracking.options
        guard options.contains(.on), facts.tracking != .nothing, remembers(options) else { return }
        remember(request, facts)
    }

    private func remembers(_ options: Tracking.Options) -> Bool {
        if options.contains(.broadcasts) { return false }
        if options.contains(.optIn) { return options.contains(.caching) }
        return !(options.contains(.optOut) && options.contains(.caching))
    }

    private mutating func remember(_ request: borrowing Request, _ facts: CommandFacts) {
        if facts.tracking == .session { return rememberSession(request) }
        // No key is longer: there is nothing that could change.
        for index in request.keys(of: facts) where request[index].byteCount <= Limits.key {
            remember(key: request[index])
        }
    }

    /// A session is tracked under the key by which it can be read; if the token is an old one, under that of its
    /// present token too, for that is the one that changes.
    private mutating func rememberSession(_ request: borrowing Request) {
        remember(request.handle)
        switch execution.store.session(execution.database, request.handle, request.hash) {
        case .live(let place), .grace(let place):
            let handle = execution.store[place.record].handle
            if handle != request.handle { remember(handle) }
        case .reused, .revoked, .missing: break
        }
    }

    private mutating func remember(_ handle: Handle) {
        var name = ByteBuffer()
        SessionKey.write(handle, .session, to: &name)
        remember(key: name.bytes)
    }

    /// Notes that the connection has read a key. Others are forgotten for it where the table is full: as much as was
    /// added, and one key more, so that a table whose limit was lowered shrinks too. O(length of the key).
    private mutating func remember(key: RawSpan) {
        switch listeners.trackedKeys.subscribe(current, .trackedKey, key) {
        case .known: break
        case .added: _ = limitTracking(forgetting: 2 + PubSub.cost(ofName: key.byteCount) / Limits.subscriptionOverhead)
        case .refused: tellInvalid(key, current)
        }
    }

    /// Tells a connection that a key which it has just read will not be tracked: it is not to keep it.
    private mutating func tellInvalid(_ key: RawSpan, _ index: Int) {
        var body = ReplyWriter()
        body.array(1)
        body.bulk(key)
        push(body.buffer, to: index)
    }

    // MARK: Invalidating

    /// A key has changed: connections that have read it receive a message and no longer track it; connections that
    /// track a prefix receive theirs at the end of the turn.
    mutating func invalidate(_ change: KeyChange, _ key: RawSpan) {
        guard change.event.changesKey else { return }
        if listeners.pubsub.topicCount(.trackedPrefix) > 0 { rememberToBroadcast(change, key) }
        let topic = listeners.trackedKeys.topic(.trackedKey, key)
        if topic != .none { invalidate(topic, sparingCurrent: true) }
    }

    /// - Parameter sparingCurrent: whether the connection that is being served is left out if it asked for that.
    private mutating func invalidate(_ topic: Slot, sparingCurrent: Bool) {
        var body = ReplyWriter()
        swap(&body.buffer, &listeners.invalidation)
        body.buffer.removeAll(keeping: Limits.idleBuffer)
        body.array(1)
        body.bulk(listeners.trackedKeys.name(ofTopic: topic))
        var subscription = listeners.trackedKeys.firstSubscription(topic)
        while subscription != .none {
            let target = listeners.trackedKeys.client(subscription)
            subscription = listeners.trackedKeys.nextSubscription(subscription)
            let isSpared = sparingCurrent && target == current
            if isSpared && connections[target].tracking.options.contains(.noLoop) { continue }
            push(body.buffer, to: target)
        }
        listeners.trackedKeys.removeAll(of: topic, .trackedKey)
        swap(&body.buffer, &listeners.invalidation)
    }

    /// Databases were emptied or exchanged: tells every tracking connection that all its copies are invalid.
    /// O(connections).
    mutating func invalidateEverything() {
        for target in 0..<connections.count where connections[target].tracking.isOn {
            var body = ReplyWriter()
            body.isRESP3 = isRESP3(target)
            body.null()
            push(body.buffer, to: target)
        }
        listeners.trackedKeys.removeAll()
    }

    /// Forgets random keys, and tells those who have read them, until the table is within its limits.
    /// - Parameter most: how many keys at most.
    /// - Returns: whether it still is not.
    mutating func limitTracking(forgetting most: Int = Limits.trackedKeysForgotten) -> Bool {
        let limit = configuration.trackingTableMaxKeys == 0 ? Int.max : configuration.trackingTableMaxKeys
        for _ in 0..<most {
            let isWithin = listeners.trackedKeys.topicCount(.trackedKey) <= limit
                && listeners.trackedKeys.blockBytes <= Limits.trackingMemory
            if isWithin { return false }
            invalidate(listeners.trackedKeys.randomTopic(.trackedKey, &execution.random), sparingCurrent: false)
        }
        return true
    }

    // MARK: Telling

    func isRESP3(_ index: Int) -> Bool { index == current ? execution.reply.isRESP3 : connections[index].reply.isRESP3 }

    /// Tells a connection, or the one it has named, that keys are no longer valid. RESP2 has no messages out of band:
    /// there, only a connection that has subscribed can be told, in another one's place.
    /// - Parameter body: an array of keys, or null, as it stands on the wire.
    mutating func push(_ body: borrowing ByteBuffer, to target: Int) {
        var receiver = target
        let tracking = connections[target].tracking
        if tracking.redirect != 0 {
            receiver = tracking.redirectIndex
            if connections[receiver].id != tracking.redirect || !connections[receiver].isReachable {
                return tellBrokenRedirect(target)
            }
        }
        var message = ByteBuffer()
        if isRESP3(receiver) {
            message.append("2\r\n$10\r\ninvalidate\r\n")
        } else if tracking.redirect != 0 && connections[receiver].isPubSub {
            message.append("3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n")
        } else {
            return
        }
        message.append(body.bytes)
        push(message, on: receiver)
    }

    /// The connection to which messages were redirected is gone: the one that redirected them is told so.
    private mutating func tellBrokenRedirect(_ target: Int) {
        connections[target].tracking.options.insert(.brokenRedirect)
        guard isRESP3(target) else { return }
        var message = ReplyWriter()
        message.buffer.append("2\r\n$21\r\ntracking-redir-broken\r\n")
        message.integer(connections[target].tracking.redirect)
        push(message.buffer, on: target)
    }

    // MARK: Ending

    /// A connection no longer tracks. O(keys it has read).
    mutating func endTracking(_ index: Int) {
        guard connections[index].tracking.isOn else { return }
        connections[index].tracking = Tracking()
        listeners.trackedKeys.removeAll(ofClient: index, .trackedKey)
        listeners.pubsub.removeAll(ofClient: index, .trackedPrefix)
        listeners.trackingClients -= 1
        if listeners.trackingClients == 0 { execution.store.observers.remove(.tracking) }
    }
}

extension Client {
    /// Messages still reach it.
    fileprivate var isReachable: Bool { phase == .open }
}
