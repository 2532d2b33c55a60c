/// Invalidation of all keys under a prefix (`CLIENT TRACKING … BCAST`): collected and sent once per turn, sorted and
/// without duplicates, as in Redis.
extension Node {
    /// Notes a change for the end of the turn, if its key is under a prefix that somebody has asked for. O(prefixes).
    mutating func rememberToBroadcast(_ change: KeyChange, _ key: RawSpan) {
        guard isUnderPrefix(key) else { return }
        if listeners.broadcast.names.count > Limits.broadcast { broadcastInvalidations() }
        let isOurs = current >= 0 && change.event != .expired && change.event != .evicted
        listeners.broadcast.keys.append(
            BroadcastKey(
                offset: listeners.broadcast.names.count, length: key.byteCount,
                client: isOurs ? connections[current].id : 0))
        listeners.broadcast.names.append(key)
    }

    private func isUnderPrefix(_ key: RawSpan) -> Bool {
        var prefix = listeners.pubsub.firstTopic(.trackedPrefix)
        while prefix != .none {
            if key.starts(with: listeners.pubsub.name(ofTopic: prefix)) { return true }
            prefix = listeners.pubsub.nextTopic(prefix)
        }
        return false
    }

    /// Sends what has been collected. O(n log n) in the changes, and the sum over all prefixes.
    @inline(never)
    mutating func broadcastInvalidations() {
        var keys = Vector<BroadcastKey>()
        var names = ByteBuffer()
        swap(&keys, &listeners.broadcast.keys)
        swap(&names, &listeners.broadcast.names)
        BroadcastKey.sort(&keys, names)
        BroadcastKey.keepLast(&keys, names)
        var prefix = listeners.pubsub.firstTopic(.trackedPrefix)
        while prefix != .none {
            broadcast(keys, names, prefix)
            prefix = listeners.pubsub.nextTopic(prefix)
        }
        if keys.capacity > Limits.retainedChanges { return }
        keys.removeAll()
        names.removeAll(keeping: Limits.idleBuffer)
        swap(&keys, &listeners.broadcast.keys)
        swap(&names, &listeners.broadcast.names)
    }

    /// Tells all who have asked for a prefix: all of them the same, but those who are not told what they did
    /// themselves.
    private mutating func broadcast(
        _ keys: borrowing Vector<BroadcastKey>, _ names: borrowing ByteBuffer, _ prefix: Slot
    ) {
        guard hasReceivers(prefix) else { return }
        let common = BroadcastKey.body(keys, names, under: listeners.pubsub.name(ofTopic: prefix), exceptOf: -1)
        if common.buffer.isEmpty { return }
        var subscription = listeners.pubsub.firstSubscription(prefix)
        while subscription != .none {
            let target = listeners.pubsub.client(subscription)
            subscription = listeners.pubsub.nextSubscription(subscription)
            if connections[target].tracking.options.contains(.noLoop) {
                let own = BroadcastKey.body(
                    keys, names, under: listeners.pubsub.name(ofTopic: prefix), exceptOf: connections[target].id)
                if !own.buffer.isEmpty { push(own.buffer, to: target) }
            } else {
                push(common.buffer, to: target)
            }
        }
    }
}
