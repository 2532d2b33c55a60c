/// Session events as messages: on `__session__:<event>`, and on `__sessionuser__:<user>` for sessions with a user.
extension Node {
    /// Publishes what has happened to sessions since the last call. Without subscribers nothing is recorded
    /// (`Store.recordsEvents`), and without subscribers to an event's two channels its text is not created.
    mutating func publishSessionEvents() {
        if execution.store.events.isEmpty { return }
        var events = Vector<SessionEvent>()
        swap(&events, &execution.store.events)
        for index in 0..<events.count { publish(events[index]) }
        if events.capacity > Limits.retainedEvents { return }
        events.removeAll()
        // Delivering records no events, so the memory can go back to be used again.
        swap(&events, &execution.store.events)
    }

    private mutating func publish(_ event: SessionEvent) {
        var channel = ByteBuffer()
        swap(&channel, &listeners.channel)
        channel.removeAll()
        channel.append("__session__:")
        channel.append(event.kind.rawValue)
        publish(event, on: channel)
        if !event.user.isEmpty {
            channel.removeAll()
            channel.append("__sessionuser__:")
            channel.append(event.user.span.bytes)
            publish(event, on: channel)
        }
        swap(&channel, &listeners.channel)
    }

    private mutating func publish(_ event: SessionEvent, on channel: borrowing ByteBuffer) {
        guard isHeard(channel) else { return }
        var object = JSONObject()
        event.write(to: &object)
        deliver(object.text.bytes, on: channel.bytes)
    }

    private func isHeard(_ channel: borrowing ByteBuffer) -> Bool {
        if hasReceivers(listeners.pubsub.topic(.channel, channel)) { return true }
        var pattern = listeners.pubsub.firstTopic(.pattern)
        while pattern != .none {
            if hasReceivers(pattern), GlobPattern.matches(listeners.pubsub.name(ofTopic: pattern), channel.bytes) {
                return true
            }
            pattern = listeners.pubsub.nextTopic(pattern)
        }
        return false
    }
}

extension SessionEvent {
    /// `{"event","handle","user","at","reason"?,"device"?}`; the user of an anonymous session is null.
    fileprivate func write(to object: inout JSONObject) {
        object.member("event", kind.rawValue)
        object.member("handle", handle)
        if user.isEmpty { object.nullMember("user") } else { object.member("user", user.span.bytes) }
        object.member("at", at)
        if let reason { object.member("reason", reason) }
        if !device.isEmpty { object.member("device", device) }
        object.close()
    }
}
