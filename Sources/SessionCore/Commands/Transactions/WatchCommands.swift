/// WATCH and UNWATCH. Semantics: https://redis.io/docs/latest/commands/watch/
///
/// A watch is a subscription of a connection to the changes of a key (`PubSub`), under the key's database and name.
/// Changes come from the store's log. A connection that is told of one unwatches everything at once: its `EXEC` will
/// execute nothing, whatever else happens.
extension Node {
    /// WATCH key [key …]
    mutating func watch(_ request: borrowing Request) throws(ReplyError) {
        if connections[current].isInTransaction { throw .watchInTransaction }
        // What is due goes before it is watched: a key that had expired already, and is removed later, has not changed.
        for index in 1..<request.count {
            _ = execution.store.lookup(execution.database, request[index], execution.keyHash(request, index))
        }
        settle()
        if connections[current].transaction.hasChangedKeys { return execution.reply.ok() }
        try checkWatches(request)
        for index in 1..<request.count { try watch(request[index]) }
        execution.reply.ok()
    }

    /// Refuses what would pass a limit before anything is watched.
    private mutating func checkWatches(_ request: borrowing Request) throws(ReplyError) {
        var cost = 0
        for index in 1..<request.count { cost += PubSub.cost(ofName: request[index].byteCount + 2) }
        if connections[current].watchCount + request.count - 1 > Limits.watchedKeys { throw .tooManyWatchedKeys }
        if let refusal = listeners.pubsub.refusal(current, cost: cost) { throw .subscriptionsRefused(refusal) }
    }

    private mutating func watch(_ key: RawSpan) throws(ReplyError) {
        // No key is as long: there is nothing that could change.
        if key.byteCount > Limits.key { return }
        nameWatch(execution.database, key)
        switch listeners.pubsub.subscribe(current, .watchedKey, listeners.watchName) {
        case .added: break
        case .known: return
        case .refused(let refusal): throw .subscriptionsRefused(refusal)
        }
        connections[current].watchCount += 1
        guard connections[current].watchCount == 1 else { return }
        if listeners.beganWatching() { execution.store.observers.insert(.watches) }
    }

    /// UNWATCH
    mutating func unwatch() {
        unwatchAll(current)
        connections[current].transaction.hasChangedKeys = false
        execution.reply.ok()
    }

    /// Ends all watches of a connection. O(its watches).
    mutating func unwatchAll(_ index: Int) {
        if connections[index].watchCount == 0 { return }
        while true {
            let watch = listeners.pubsub.firstSubscription(of: index, .watchedKey)
            if watch == .none { break }
            listeners.pubsub.remove(watch, .watchedKey)
        }
        connections[index].watchCount = 0
        if listeners.endedWatching() { execution.store.observers.remove(.watches) }
    }

    // MARK: Changes

    /// Tells connections that watch a key of a change. Of whole databases they were told before, while it could be seen
    /// which keys existed. What changes a session changes the marks of its tokens too.
    mutating func touchWatchers(_ change: KeyChange, _ key: RawSpan) {
        guard change.event.changesKey, change.event != .database else { return }
        touchWatchers(Int(change.database), key)
        if change.event.concernsSession {
            touchWatchers(Int(change.database), key, SessionKey.revoked)
            touchWatchers(Int(change.database), key, SessionKey.rotated)
        }
    }

    /// A key has changed: whoever watches it will not execute the transaction. O(watches of those who do).
    private mutating func touchWatchers(_ database: Int, _ key: RawSpan, _ suffix: StaticString = "") {
        nameWatch(database, key)
        listeners.watchName.append(suffix)
        while true {
            let watch = listeners.pubsub.firstSubscription(listeners.pubsub.topic(.watchedKey, listeners.watchName))
            if watch == .none { return }
            let watcher = listeners.pubsub.client(watch)
            connections[watcher].transaction.hasChangedKeys = true
            unwatchAll(watcher)
        }
    }

    /// A database is about to be emptied, or exchanged with another one: whoever watches a key that exists, before or
    /// after, will not execute the transaction. O(watched keys of all connections).
    /// - Parameter database: nil for all databases.
    mutating func touchWatches(of database: Int?, exchangedWith other: Int? = nil) {
        if listeners.watchingClients == 0 { return }
        // Lookups remove what is due, and that may end watches: first those, then what is left.
        for isFinal in [false, true] {
            var topic = listeners.pubsub.firstTopic(.watchedKey)
            while topic != .none {
                let affected = isAffected(topic, database, other)
                if affected && isFinal { touchWatchers(of: topic) }
                topic = listeners.pubsub.nextTopic(topic)
            }
            settle()
        }
    }

    /// Whether emptying or exchanging databases concerns a watched key.
    private mutating func isAffected(_ topic: Slot, _ database: Int?, _ other: Int?) -> Bool {
        let watched = WatchedKey(listeners.pubsub.name(ofTopic: topic))
        guard let database else { return exists(watched.database, watched.key) }
        guard watched.database == database || watched.database == other else { return false }
        if exists(database, watched.key) { return true }
        guard let other else { return false }
        return exists(other, watched.key)
    }

    /// Marks those who watch a key, and leaves them their watches.
    private mutating func touchWatchers(of topic: Slot) {
        var watch = listeners.pubsub.firstSubscription(topic)
        while watch != .none {
            connections[listeners.pubsub.client(watch)].transaction.hasChangedKeys = true
            watch = listeners.pubsub.nextSubscription(watch)
        }
    }

    /// Removes the keys a connection watches that are due, which is a change. O(its watches).
    mutating func expireWatchedKeys(of index: Int) {
        if connections[index].watchCount == 0 { return }
        var watch = listeners.pubsub.firstSubscription(of: index, .watchedKey)
        while watch != .none {
            let watched = WatchedKey(listeners.pubsub.name(ofTopic: listeners.pubsub.topic(of: watch)))
            _ = exists(watched.database, watched.key)
            watch = listeners.pubsub.nextSubscription(ofClient: watch)
        }
        settle()
    }

    private mutating func exists(_ database: Int, _ key: RawSpan) -> Bool {
        execution.store.lookup(database, key, execution.store.hash(key)) != nil
    }

    // MARK: Names

    /// Writes the name under which a key is watched, which `WatchedKey` reads.
    private mutating func nameWatch(_ database: Int, _ key: RawSpan) {
        listeners.watchName.removeAll(keeping: Limits.idleBuffer)
        listeners.watchName.append(UInt8(truncatingIfNeeded: database >> 8))
        listeners.watchName.append(UInt8(truncatingIfNeeded: database))
        listeners.watchName.append(key)
    }
}

/// The name under which a key is watched: its database in two bytes, then the key.
private struct WatchedKey: ~Escapable {
    let database: Int
    let key: RawSpan

    @_lifetime(copy name)
    init(_ name: RawSpan) {
        database = Int(name[0]) << 8 | Int(name[1])
        key = name.slice(2, name.byteCount - 2)
    }
}
