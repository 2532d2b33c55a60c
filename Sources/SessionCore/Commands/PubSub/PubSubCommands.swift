/// SUBSCRIBE, PUBLISH and their relatives. Semantics: https://redis.io/docs/latest/develop/interact/pubsub/
///
/// What concerns subscriptions is written even after `CLIENT REPLY OFF`, as in Redis: it is no reply.
extension Node {
    /// SUBSCRIBE channel [channel …] · PSUBSCRIBE pattern [pattern …]
    mutating func subscribe(_ request: borrowing Request, _ kind: PubSub.Kind) throws(ReplyError) {
        try checkRoom(request, kind)
        let isMuted = execution.reply.isMuted
        execution.reply.isMuted = false
        for index in 1..<request.count {
            switch listeners.pubsub.subscribe(current, kind, request[index]) {
            case .added: countSubscription(current, kind, 1)
            case .known: break
            case .refused(let refusal):
                execution.reply.isMuted = isMuted
                updateObservers()
                throw .subscriptionsRefused(refusal)
            }
            confirm(kind == .channel ? "subscribe" : "psubscribe", request[index])
        }
        execution.reply.isMuted = isMuted
        updateObservers()
    }

    /// UNSUBSCRIBE [channel …] · PUNSUBSCRIBE [pattern …]
    mutating func unsubscribe(_ request: borrowing Request, _ kind: PubSub.Kind) {
        let isMuted = execution.reply.isMuted
        execution.reply.isMuted = false
        let action: StaticString = kind == .channel ? "unsubscribe" : "punsubscribe"
        if request.count == 1 { unsubscribeFromAll(kind, action) }
        for index in 1..<max(request.count, 1) {
            if listeners.pubsub.unsubscribe(current, kind, request[index]) { countSubscription(current, kind, -1) }
            confirm(action, request[index])
        }
        execution.reply.isMuted = isMuted
        updateObservers()
    }

    private mutating func unsubscribeFromAll(_ kind: PubSub.Kind, _ action: StaticString) {
        var subscription = listeners.pubsub.firstSubscription(of: current, kind)
        if subscription == .none {
            execution.reply.push(3)
            execution.reply.bulk(action)
            execution.reply.null()
            return execution.reply.integer(connections[current].subscriptionCount)
        }
        while subscription != .none {
            countSubscription(current, kind, -1)
            // The name may be gone with the subscription, so it is confirmed first.
            confirm(action, listeners.pubsub.name(ofTopic: listeners.pubsub.topic(of: subscription)))
            listeners.pubsub.remove(subscription, kind)
            subscription = listeners.pubsub.firstSubscription(of: current, kind)
        }
    }

    /// `[action, topic, subscriptions left]`
    private mutating func confirm(_ action: StaticString, _ topic: RawSpan) {
        execution.reply.push(3)
        execution.reply.bulk(action)
        execution.reply.bulk(topic)
        execution.reply.integer(connections[current].subscriptionCount)
    }

    private mutating func countSubscription(_ index: Int, _ kind: PubSub.Kind, _ change: Int) {
        switch kind {
        case .channel: connections[index].channelCount += change
        case .pattern: connections[index].patternCount += change
        case .watchedKey: connections[index].watchCount += change
        case .trackedPrefix, .trackedKey: break
        }
    }

    /// Refuses what would pass a limit before anything is subscribed to: a request succeeds or fails as a whole.
    private mutating func checkRoom(_ request: borrowing Request, _ kind: PubSub.Kind) throws(ReplyError) {
        let added = request.count - 1
        var cost = 0
        for index in 1..<request.count {
            cost += PubSub.cost(ofName: request[index].byteCount)
            if request[index].byteCount > Limits.channel { throw .channelTooLong(kind) }
        }
        if connections[current].subscriptionCount + added > Limits.subscriptions { throw .tooManySubscriptions }
        if let refusal = listeners.pubsub.refusal(current, cost: cost) { throw .subscriptionsRefused(refusal) }
    }

    /// Ends all subscriptions of a connection, without a word to it. O(its subscriptions).
    mutating func unsubscribeAll(_ index: Int) {
        guard connections[index].isPubSub else { return }
        for kind in [PubSub.Kind.channel, .pattern] {
            while true {
                let subscription = listeners.pubsub.firstSubscription(of: index, kind)
                if subscription == .none { break }
                listeners.pubsub.remove(subscription, kind)
            }
        }
        (connections[index].channelCount, connections[index].patternCount) = (0, 0)
        updateObservers()
    }

    // MARK: Publishing

    /// PUBLISH channel message
    mutating func publish(_ request: borrowing Request) {
        let receivers = deliver(request[2], on: request[1])
        execution.reply.integer(receivers)
    }

    /// Sends a message to all who listen to the channel: first by its name, then by each pattern that matches it; each
    /// in order of subscription. O(subscribers + patterns).
    /// - Returns: how many times it was sent.
    @discardableResult
    mutating func deliver(_ message: RawSpan, on channel: RawSpan) -> Int {
        var sent = 0
        send(message, on: channel, to: listeners.pubsub.topic(.channel, channel), isPattern: false, &sent)
        var pattern = listeners.pubsub.firstTopic(.pattern)
        while pattern != .none {
            // Sending changes no subscription, but this does not rely on it.
            let next = listeners.pubsub.nextTopic(pattern)
            if hasReceivers(pattern), GlobPattern.matches(listeners.pubsub.name(ofTopic: pattern), channel) {
                send(message, on: channel, to: pattern, isPattern: true, &sent)
            }
            pattern = next
        }
        return sent
    }

    /// Whether a topic has a subscriber that still receives anything: one that was closed for not reading stays
    /// subscribed until its connection is gone, and nothing is to be composed for it. O(1) unless the first are closed.
    func hasReceivers(_ topic: Slot) -> Bool {
        var subscription = listeners.pubsub.firstSubscription(topic)
        while subscription != .none {
            if connections[listeners.pubsub.client(subscription)].phase == .open { return true }
            subscription = listeners.pubsub.nextSubscription(subscription)
        }
        return false
    }

    /// The message is encoded once, whoever receives it.
    private mutating func send(
        _ message: RawSpan, on channel: RawSpan, to topic: Slot, isPattern: Bool, _ sent: inout Int
    ) {
        guard hasReceivers(topic) else { return }
        var subscription = listeners.pubsub.firstSubscription(topic)
        var encoded = ReplyWriter()
        swap(&encoded.buffer, &listeners.encodedMessage)
        encoded.message(message, on: channel, pattern: isPattern ? listeners.pubsub.name(ofTopic: topic) : nil)
        while subscription != .none {
            let index = listeners.pubsub.client(subscription)
            subscription = listeners.pubsub.nextSubscription(subscription)
            guard connections[index].phase == .open else { continue }
            push(encoded.buffer, on: index)
            sent += 1
        }
        encoded.buffer.removeAll(keeping: Limits.idleBuffer)
        swap(&encoded.buffer, &listeners.encodedMessage)
    }

    /// Sends a connection a message that it has not asked for now, encoded but for its first byte, in which the
    /// protocols differ. What a transaction causes on its own connection comes when all its replies are written.
    mutating func push(_ message: borrowing ByteBuffer, on index: Int) {
        if index != current {
            guard connections[index].phase == .open else { return }
            connections[index].reply.pushed(message)
            // May close the connection for not reading; its subscriptions end when the runtime confirms that.
            outputAdded(index, bytes: message.count)
        } else if listeners.heldPushes.isHolding {
            listeners.heldPushes.append(message, isRESP3: execution.reply.isRESP3)
        } else {
            execution.reply.pushed(message)
        }
    }

    /// Messages to the current connection are held back until `releasePushes`, as many bytes as a reply may have.
    mutating func holdPushes() { listeners.heldPushes.begin(allowing: execution.replyLimit) }

    /// Sends what was held back while the replies of a transaction were written.
    mutating func releasePushes() { listeners.heldPushes.end(into: &execution.reply) }

    // MARK: PUBSUB

    /// PUBSUB CHANNELS [pattern]
    mutating func pubsubChannels(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 3 { throw .wrongSubcommandSyntax(request[1].text, container: "PUBSUB") }
        var found = Vector<Slot>()
        var topic = listeners.pubsub.firstTopic(.channel)
        while topic != .none {
            if request.count == 2 || GlobPattern.matches(request[2], listeners.pubsub.name(ofTopic: topic)) {
                found.append(topic)
            }
            topic = listeners.pubsub.nextTopic(topic)
        }
        let limit = execution.reply.lift()
        defer { execution.reply.restore(limit: limit) }
        execution.reply.array(found.count)
        for index in 0..<found.count { execution.reply.bulk(listeners.pubsub.name(ofTopic: found[index])) }
    }

    /// PUBSUB NUMSUB [channel …]
    mutating func pubsubNumsub(_ request: borrowing Request) {
        execution.reply.array((request.count - 2) * 2)
        for index in 2..<max(request.count, 2) where !execution.reply.hasOverflowed {
            execution.reply.bulk(request[index])
            execution.reply.integer(listeners.pubsub.subscriberCount(listeners.pubsub.topic(.channel, request[index])))
        }
    }

    /// PUBSUB NUMPAT
    mutating func pubsubNumpat() { execution.reply.integer(listeners.pubsub.topicCount(.pattern)) }
}

extension ReplyWriter {
    /// A message to a subscriber, as `pushed` takes it.
    fileprivate mutating func message(_ message: RawSpan, on channel: RawSpan, pattern: RawSpan?) {
        if let pattern {
            buffer.append("4\r\n$8\r\npmessage\r\n")
            bulk(pattern)
        } else {
            buffer.append("3\r\n$7\r\nmessage\r\n")
        }
        bulk(channel)
        bulk(message)
    }

    /// An out-of-band message (an array in RESP2), encoded but for its first byte, in which the protocols differ.
    /// Written even after `CLIENT REPLY OFF`.
    mutating func pushed(_ message: borrowing ByteBuffer) {
        push(message.bytes, after: isRESP3 ? UInt8(ascii: ">") : UInt8(ascii: "*"))
    }
}
