/// A key that changed in this turn and is under a prefix that some connection tracks.
struct BroadcastKey: BitwiseCopyable {
    /// Where it lies in `Node.broadcastNames`; later changes lie behind earlier ones.
    let offset: Int
    let length: Int
    /// Client id of the connection that changed it, 0 for none.
    let client: Int64
}

/// Invalidation of all keys under a prefix (`CLIENT TRACKING … BCAST`): collected and sent once per turn, sorted and
/// without duplicates, as in Redis.
extension Node {
    /// Notes a change for the end of the turn, if its key is under a prefix that somebody has asked for. O(prefixes).
    mutating func rememberToBroadcast(_ change: KeyChange, _ key: RawSpan) {
        guard isUnderPrefix(key) else { return }
        if broadcastNames.count > Limits.broadcast { broadcastInvalidations() }
        let isOurs = current >= 0 && change.event != .expired && change.event != .evicted
        broadcastKeys.append(
            BroadcastKey(
                offset: broadcastNames.count, length: key.byteCount, client: isOurs ? connections[current].id : 0))
        broadcastNames.append(key)
    }

    private func isUnderPrefix(_ key: RawSpan) -> Bool {
        var prefix = pubsub.firstTopic(.trackedPrefix)
        while prefix != .none {
            if key.starts(with: pubsub.name(ofTopic: prefix)) { return true }
            prefix = pubsub.nextTopic(prefix)
        }
        return false
    }

    /// Sends what has been collected. O(n log n) in the changes, and the sum over all prefixes.
    @inline(never)
    mutating func broadcastInvalidations() {
        var keys = Vector<BroadcastKey>()
        var names = ByteBuffer()
        swap(&keys, &broadcastKeys)
        swap(&names, &broadcastNames)
        BroadcastKey.sort(&keys, names)
        BroadcastKey.keepLast(&keys, names)
        var prefix = pubsub.firstTopic(.trackedPrefix)
        while prefix != .none {
            broadcast(keys, names, prefix)
            prefix = pubsub.nextTopic(prefix)
        }
        if keys.capacity > Limits.retainedChanges { return }
        keys.removeAll()
        names.removeAll(keeping: Limits.idleBuffer)
        swap(&keys, &broadcastKeys)
        swap(&names, &broadcastNames)
    }

    /// Tells all who have asked for a prefix: all of them the same, but those who are not told what they did
    /// themselves.
    private mutating func broadcast(
        _ keys: borrowing Vector<BroadcastKey>, _ names: borrowing ByteBuffer, _ prefix: Slot
    ) {
        let common = BroadcastKey.body(keys, names, under: pubsub.name(ofTopic: prefix), exceptOf: -1)
        if common.buffer.isEmpty { return }
        var subscription = pubsub.firstSubscription(prefix)
        while subscription != .none {
            let target = pubsub.client(subscription)
            subscription = pubsub.nextSubscription(subscription)
            if connections[target].tracking.options.contains(.noLoop) {
                let own = BroadcastKey.body(
                    keys, names, under: pubsub.name(ofTopic: prefix), exceptOf: connections[target].id)
                if !own.buffer.isEmpty { push(own.buffer, to: target) }
            } else {
                push(common.buffer, to: target)
            }
        }
    }
}

extension BroadcastKey {
    /// The array of the keys under a prefix that others than `client` changed; empty, not an empty array, if there are
    /// none.
    fileprivate static func body(
        _ keys: borrowing Vector<BroadcastKey>, _ names: borrowing ByteBuffer, under prefix: RawSpan,
        exceptOf client: Int64
    ) -> ReplyWriter {
        var count = 0
        for index in 0..<keys.count where keys[index].isMeant(names, prefix, client) { count += 1 }
        var body = ReplyWriter()
        if count == 0 { return body }
        body.array(count)
        for index in 0..<keys.count where keys[index].isMeant(names, prefix, client) {
            body.bulk(names.bytes.slice(keys[index].offset, keys[index].length))
        }
        return body
    }

    private func isMeant(_ names: borrowing ByteBuffer, _ prefix: RawSpan, _ client: Int64) -> Bool {
        self.client != client && names.bytes.slice(offset, length).starts(with: prefix)
    }

    /// Orders by name, then by time. Heapsort (Williams, 1964): in place, and O(n log n) whatever the names.
    fileprivate static func sort(_ keys: inout Vector<BroadcastKey>, _ names: borrowing ByteBuffer) {
        for root in stride(from: keys.count / 2 - 1, through: 0, by: -1) { sink(root, keys.count, &keys, names) }
        for end in stride(from: keys.count - 1, to: 0, by: -1) {
            (keys[0], keys[end]) = (keys[end], keys[0])
            sink(0, end, &keys, names)
        }
    }

    private static func sink(
        _ start: Int, _ end: Int, _ keys: inout Vector<BroadcastKey>, _ names: borrowing ByteBuffer
    ) {
        var root = start
        while root * 2 + 1 < end {
            var child = root * 2 + 1
            if child + 1 < end && precedes(keys[child], keys[child + 1], names) { child += 1 }
            guard precedes(keys[root], keys[child], names) else { return }
            (keys[root], keys[child]) = (keys[child], keys[root])
            root = child
        }
    }

    private static func precedes(_ left: BroadcastKey, _ right: BroadcastKey, _ names: borrowing ByteBuffer) -> Bool {
        let order = names.bytes.slice(left.offset, left.length).compare(
            to: names.bytes.slice(right.offset, right.length))
        return order != 0 ? order < 0 : left.offset < right.offset
    }

    /// Of several changes of one key, in sorted `keys`, keeps the last: who made it is not told.
    fileprivate static func keepLast(_ keys: inout Vector<BroadcastKey>, _ names: borrowing ByteBuffer) {
        var kept = 0
        for index in 0..<keys.count {
            let isLast = index == keys.count - 1
                || !names.bytes.slice(keys[index].offset, keys[index].length).isEqual(
                    to: names.bytes.slice(keys[index + 1].offset, keys[index + 1].length))
            if isLast {
                keys[kept] = keys[index]
                kept += 1
            }
        }
        keys.truncate(to: kept)
    }
}
