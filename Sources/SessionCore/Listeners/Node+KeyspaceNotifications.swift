/// Keyspace notifications: messages on `__keyspace@<db>__:<key>` with the event's name, and on
/// `__keyevent@<db>__:<event>` with the key.
extension Node {
    /// Publishes one change, if its class is asked for. Where nobody listens to such channels changes are not even
    /// recorded (`updateObservers`).
    mutating func notify(_ change: KeyChange, _ key: RawSpan) {
        let wanted = configuration.keyspaceEvents
        guard wanted.contains(change.event.group), !change.event.group.isEmpty else { return }
        var channel = ByteBuffer()
        swap(&channel, &listeners.channel)
        if wanted.contains(.keyspace) {
            Node.open("__keyspace@", change.database, &channel)
            channel.append(key)
            deliver(change.event.name.bytes, on: channel.bytes)
        }
        if wanted.contains(.keyevent) {
            Node.open("__keyevent@", change.database, &channel)
            channel.append(change.event.name)
            deliver(key, on: channel.bytes)
        }
        swap(&channel, &listeners.channel)
    }

    /// Begins a channel's name: up to the database and the colon.
    private static func open(_ kind: StaticString, _ database: Int32, _ channel: inout ByteBuffer) {
        channel.removeAll()
        channel.append(kind)
        channel.appendDecimal(Int64(database))
        channel.append("__:")
    }

    /// To be called when subscriptions or directives have changed: nothing is recorded for listeners that are not
    /// there.
    mutating func updateObservers() {
        execution.store.recordsEvents = listeners.pubsub.hearsSessions
        if configuration.keyspaceEvents.publishes && listeners.pubsub.hearsKeys {
            execution.store.observers.insert(.notifications)
        } else {
            execution.store.observers.remove(.notifications)
        }
    }
}
