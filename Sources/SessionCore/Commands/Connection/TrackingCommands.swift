/// CLIENT TRACKING and what belongs to it. What is done with the keys is in `Tracking.swift`.
extension Node {
    /// CLIENT TRACKING <ON | OFF> [REDIRECT client-id] [PREFIX prefix [PREFIX prefix …]] [BCAST] [OPTIN] [OPTOUT]
    /// [NOLOOP]
    mutating func clientTracking(_ request: borrowing Request) throws(ReplyError) {
        let wanted = try trackingRequest(request)
        if request[2].matches("on") {
            try check(wanted, request)
            try begin(wanted, request)
        } else if request[2].matches("off") {
            endTracking(current)
        } else {
            throw .syntax
        }
        execution.reply.ok()
    }

    /// What a request asks for.
    private struct TrackingRequest: ~Copyable {
        var tracking = Tracking()
        /// Indices of the words that are prefixes.
        var prefixes = Vector<Int>()
    }

    private func trackingRequest(_ request: borrowing Request) throws(ReplyError) -> TrackingRequest {
        var wanted = TrackingRequest()
        var index = 3
        while index < request.count {
            let word = request[index]
            if word.matches("redirect"), index + 1 < request.count {
                index += 1
                if wanted.tracking.redirect != 0 { throw .secondRedirection }
                wanted.tracking.redirect = try request.integer(index)
                wanted.tracking.redirectIndex = try connection(withID: wanted.tracking.redirect)
            } else if word.matches("bcast") {
                wanted.tracking.options.insert(.broadcasts)
            } else if word.matches("optin") {
                wanted.tracking.options.insert(.optIn)
            } else if word.matches("optout") {
                wanted.tracking.options.insert(.optOut)
            } else if word.matches("noloop") {
                wanted.tracking.options.insert(.noLoop)
            } else if word.matches("prefix"), index + 1 < request.count {
                index += 1
                wanted.prefixes.append(index)
            } else {
                throw .syntax
            }
            index += 1
        }
        return wanted
    }

    /// It must be there now; that it ends later cannot be helped. O(connections).
    private func connection(withID id: Int64) throws(ReplyError) -> Int {
        for index in 0..<connections.count where connections[index].phase == .open {
            if connections[index].id == id { return index }
        }
        throw .noRedirectionTarget
    }

    /// Whether what is wanted fits together, and with how the connection tracks already.
    private func check(_ wanted: borrowing TrackingRequest, _ request: borrowing Request) throws(ReplyError) {
        let (new, old) = (wanted.tracking.options, connections[current].tracking.options)
        if !new.contains(.broadcasts) && !wanted.prefixes.isEmpty { throw .prefixWithoutBroadcast }
        if old.contains(.on) && old.contains(.broadcasts) != new.contains(.broadcasts) { throw .broadcastSwitched }
        if new.contains(.broadcasts) && !new.isDisjoint(with: [.optIn, .optOut]) { throw .choiceWithBroadcast }
        if new.isSuperset(of: [.optIn, .optOut]) { throw .optInAndOptOut }
        if new.contains(.optIn) && old.contains(.optOut) || new.contains(.optOut) && old.contains(.optIn) {
            throw .choiceSwitched
        }
        try checkPrefixes(wanted.prefixes, request)
    }

    /// Prefixes of one connection must not overlap, or it would be told twice.
    private func checkPrefixes(
        _ prefixes: borrowing Vector<Int>, _ request: borrowing Request
    ) throws(ReplyError) {
        let known = trackedPrefixes(of: current)
        guard known.count + prefixes.count <= Limits.trackedPrefixes else { throw .tooManyPrefixes }
        for index in 0..<prefixes.count {
            let prefix = request[prefixes[index]]
            guard prefix.byteCount <= Limits.key else { throw .prefixTooLong }
            for place in 0..<known.count {
                let other = listeners.pubsub.name(ofTopic: known[place])
                if prefix.overlaps(other) { throw .overlappingPrefix(prefix, "an existing prefix", other) }
            }
            for next in (index + 1)..<max(index + 1, prefixes.count) {
                let other = request[prefixes[next]]
                if prefix.overlaps(other) { throw .overlappingPrefix(prefix, "another provided prefix", other) }
            }
        }
    }

    private mutating func begin(
        _ wanted: borrowing TrackingRequest, _ request: borrowing Request
    ) throws(ReplyError) {
        var cost = wanted.tracking.options.contains(.broadcasts) ? PubSub.cost(ofName: 0) : 0
        for index in 0..<wanted.prefixes.count {
            cost += PubSub.cost(ofName: request[wanted.prefixes[index]].byteCount)
        }
        if cost > 0, let refusal = listeners.pubsub.refusal(current, cost: cost) {
            throw .subscriptionsRefused(refusal)
        }
        if !connections[current].tracking.isOn {
            listeners.trackingClients += 1
            execution.store.observers.insert(.tracking)
        }
        let kept = connections[current].tracking.options.subtracting(.modes)
        connections[current].tracking = wanted.tracking
        connections[current].tracking.options.formUnion(kept.union(.on))
        guard wanted.tracking.options.contains(.broadcasts) else { return }
        if wanted.prefixes.isEmpty { try trackPrefix(RawSpan()) }
        for index in 0..<wanted.prefixes.count { try trackPrefix(request[wanted.prefixes[index]]) }
    }

    private mutating func trackPrefix(_ prefix: RawSpan) throws(ReplyError) {
        if case .refused(let refusal) = listeners.pubsub.subscribe(current, .trackedPrefix, prefix) {
            throw .subscriptionsRefused(refusal)
        }
    }

    /// CLIENT CACHING <YES | NO>
    mutating func clientCaching(_ request: borrowing Request) throws(ReplyError) {
        let options = connections[current].tracking.options
        guard options.contains(.on) else { throw .cachingWithoutChoice }
        if request[2].matches("yes") {
            guard options.contains(.optIn) else { throw .cachingWithoutOptIn }
        } else if request[2].matches("no") {
            guard options.contains(.optOut) else { throw .notCachingWithoutOptOut }
        } else {
            throw .syntax
        }
        connections[current].tracking.options.insert(.caching)
        execution.reply.ok()
    }

    /// CLIENT GETREDIR
    mutating func clientGetredir() { execution.reply.integer(connections[current].trackingRedirect) }

    /// CLIENT TRACKINGINFO
    mutating func clientTrackinginfo() {
        let options = connections[current].tracking.options
        var flags: [StaticString] = [options.contains(.on) ? "on" : "off"]
        if options.contains(.broadcasts) { flags.append("bcast") }
        if options.contains(.optIn) { flags += options.contains(.caching) ? ["optin", "caching-yes"] : ["optin"] }
        if options.contains(.optOut) { flags += options.contains(.caching) ? ["optout", "caching-no"] : ["optout"] }
        if options.contains(.noLoop) { flags.append("noloop") }
        if options.contains(.brokenRedirect) { flags.append("broken_redirect") }
        execution.reply.map(3)
        execution.reply.bulk("flags")
        execution.reply.set(flags.count)
        for flag in flags { execution.reply.bulk(flag) }
        execution.reply.bulk("redirect")
        execution.reply.integer(connections[current].trackingRedirect)
        execution.reply.bulk("prefixes")
        let prefixes = trackedPrefixes(of: current)
        execution.reply.array(prefixes.count)
        for index in 0..<prefixes.count { execution.reply.bulk(listeners.pubsub.name(ofTopic: prefixes[index])) }
    }

    /// The topics of a connection's prefixes, in the order of their names.
    private func trackedPrefixes(of index: Int) -> Vector<Slot> {
        var found = Vector<Slot>()
        var subscription = listeners.pubsub.firstSubscription(of: index, .trackedPrefix)
        while subscription != .none {
            found.append(listeners.pubsub.topic(of: subscription))
            var place = found.count - 1
            while place > 0, listeners.pubsub.precedes(found[place], found[place - 1]) {
                (found[place], found[place - 1]) = (found[place - 1], found[place])
                place -= 1
            }
            subscription = listeners.pubsub.nextSubscription(ofClient: subscription)
        }
        return found
    }
}

extension Client {
    /// Whom `CLIENT GETREDIR` names: 0 for nobody, -1 without tracking.
    var trackingRedirect: Int64 { tracking.isOn ? tracking.redirect : -1 }
}

extension RawSpan {
    /// Whether a key can begin with both: one begins with the other.
    fileprivate func overlaps(_ other: RawSpan) -> Bool {
        byteCount < other.byteCount ? other.starts(with: self) : starts(with: other)
    }
}
