/// Who is told of what others do: subscribers of channels, connections that watch or track keys, and monitors.
///
/// It knows names and the numbers of connections, no data, and sends nothing itself: delivering is the node's, since a
/// message ends in another connection's output.
struct Listeners: ~Copyable {
    /// Channels, patterns, watched keys and tracked prefixes, and the connections that listen to them.
    var pubsub: PubSub
    /// Connections that watch at least one key.
    private(set) var watchingClients = 0
    /// Keys that connections track (`CLIENT TRACKING`), and the number of these connections.
    var trackedKeys: PubSub
    var trackingClients = 0
    /// Changes under prefixes that connections track (`BCAST`), until the end of the turn.
    var broadcast = BroadcastChanges()
    /// Connections in `MONITOR`, oldest first.
    private(set) var monitors = Vector<UInt32>()
    /// Messages that the current connection gets when the replies of its transaction are written.
    var heldPushes = HeldPushes()

    /// Buffers that are used again: the channel of the event being published, the message being delivered, the watched
    /// key being looked for (as `PubSub` names it), and the keys of the invalidation being sent.
    var channel = ByteBuffer()
    var encodedMessage = ByteBuffer()
    var watchName = ByteBuffer()
    var invalidation = ByteBuffer()

    init(seed: (UInt64, UInt64)) {
        pubsub = PubSub(seed: seed)
        trackedKeys = PubSub(seed: seed, PubSub.Budget(total: .max, reserved: Limits.trackingReservation))
    }

    // MARK: Watches

    /// A connection watches its first key.
    /// - Returns: whether it is the first connection that does.
    mutating func beganWatching() -> Bool {
        watchingClients += 1
        return watchingClients == 1
    }

    /// A connection watches no key any more.
    /// - Returns: whether no other one does.
    mutating func endedWatching() -> Bool {
        watchingClients -= 1
        return watchingClients == 0
    }

    // MARK: Monitors

    mutating func addMonitor(_ connection: Int) { monitors.append(UInt32(connection)) }

    /// O(monitors)
    mutating func removeMonitor(_ connection: Int) {
        var kept = 0
        for position in 0..<monitors.count where monitors[position] != UInt32(connection) {
            monitors[kept] = monitors[position]
            kept += 1
        }
        monitors.truncate(to: kept)
    }
}

/// Messages to the connection being served, held back while the replies of its transaction are written.
struct HeldPushes: ~Copyable {
    private(set) var isHolding = false
    private var held = ReplyWriter()

    init() {}

    /// Holds messages back from now on.
    /// - Parameter limit: how many bytes at most.
    mutating func begin(allowing limit: Int) {
        isHolding = true
        held.begin(allowing: limit)
    }

    /// A message without its first byte, in which the protocols differ.
    mutating func append(_ message: borrowing ByteBuffer, isRESP3: Bool) {
        held.isRESP3 = isRESP3
        held.pushed(message)
    }

    /// Ends holding back, and writes what was held.
    mutating func end(into reply: inout ReplyWriter) {
        isHolding = false
        if held.buffer.isEmpty { return }
        var taken = ReplyWriter()
        swap(&taken, &held)
        reply.push(taken.buffer.bytes)
        if taken.hasOverflowed { reply.overflow() }
    }
}
