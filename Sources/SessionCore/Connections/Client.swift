/// The state that the node keeps for one connection.
struct Client: ~Copyable {
    enum Phase {
        /// No connection has this number at present.
        case free
        case open
        /// Closed as soon as its output is sent; sends nothing more to us.
        case closing
        /// `NodeEffect.close` was emitted; the runtime has yet to confirm.
        case doomed
    }

    enum ReplyMode { case on, off, skipNext, skipping }

    var phase = Phase.free
    /// As `CLIENT ID` shows it: ever increasing, never reused.
    var id: Int64 = 0
    var peer = Peer(address: "", localAddress: "", isLocal: true, fileDescriptor: -1)
    /// Replies not yet sent.
    var reply = ReplyWriter()
    /// Bytes of requests that are incomplete or have to wait.
    var input = ByteBuffer()
    var partial = PartialRequest()
    /// Named by `nextWritable` when its turn comes.
    var isQueuedForWriting = false
    /// Complete requests wait in `input`: it is stopped, there is no entropy, or its peer does not read.
    var isWaiting = false
    /// A pause holds back its next request (`Node.postpone`).
    var isPaused = false
    var database = 0
    /// Its user, as `AccessControl` numbers them, and whether it has authenticated as him.
    var user = AccessControl.defaultUser
    var isAuthenticated = false
    /// It may do everything: no permission needs to be looked at. Kept up to date by `Node.setUser` and
    /// `Node.refreshPermissions`.
    var isUnrestricted = false
    /// Logins that failed since the last one that succeeded.
    var failedLogins = 0
    /// It has closed its sending side, and is one of `Limits.awaitedLogins` that still receive the reply to a login.
    var isAwaited = false
    /// Nothing is sent to it and nothing it sends is executed until a moment in monotonic microseconds (`Int64.max`:
    /// until an effect is answered).
    var isHeld = false
    var heldUntil: Int64 = 0
    /// What it has waited for is on disk: its output goes out next, whatever was written since, and nothing that it
    /// sends is executed before.
    var isCleared = false
    /// What it is in replication, and what it said of itself before it became a replica.
    var link = LinkKind.none
    var introduction = ReplicaIntroduction()
    /// Where the replication stream was after what it wrote last.
    var writtenOffset: Int64 = 0
    /// It waits for the answer to a request (`WAIT`, `SHUTDOWN`); what it sends meanwhile is executed later.
    var isBlocked = false
    /// The request that waits wants no reply (`CLIENT REPLY`).
    var isBlockedMuted = false
    /// It is shown what others do, as a replica or in `MONITOR`, and may not touch the keyspace itself.
    var isOnlooker = false
    /// `MULTI` was received, and neither `EXEC` nor `DISCARD` since.
    var isInTransaction = false
    var name = ""
    var libraryName = ""
    var libraryVersion = ""
    var replyMode = ReplyMode.on
    var isNoEvict = false
    /// It is shown the requests of all (`MONITOR`).
    var isMonitor = false
    /// `CLIENT TRACKING`.
    var tracking = Tracking()
    /// Channels and patterns subscribed to.
    var channelCount = 0
    var patternCount = 0
    /// Monotonic microseconds.
    var connectedAt: Int64 = 0
    var lastActive: Int64 = 0
    /// When its output passed the soft limit; nil while below.
    var softLimitSince: Int64?
    var lastCommand: CommandFacts?
    /// The requests queued since `MULTI`, and whether `EXEC` may execute them.
    var transaction = Transaction()
    /// Keys it watches.
    var watchCount = 0

    init() {}

    /// Subscribed in RESP2, where only a few commands are allowed then. (The reply writer of the connection whose
    /// requests are being executed is with the node.)
    func isInSubscribeMode(isRESP3: Bool) -> Bool { !isRESP3 && isPubSub }

    /// Not free, and not told to close at once: it may be closing, and not read the output that it is still to get.
    var isConnected: Bool { phase == .open || phase == .closing }

    /// None of its requests are executed until some event.
    var isStopped: Bool { isHeld || isBlocked || isPaused || isCleared }

    /// The reply to a login is being delayed.
    var isSlowed: Bool { isHeld && heldUntil != .max }

    /// It waits for what others do, as long as that takes: what `blocked_clients` counts.
    var waitsForOthers: Bool { isBlocked || isPaused }

    var isPubSub: Bool { subscriptionCount > 0 }

    var subscriptionCount: Int { channelCount + patternCount }

    /// Whether its replies pass an output limit for longer than allowed.
    mutating func exceedsOutputLimit(_ limit: OutputLimit, now: Int64) -> Bool {
        let pending = reply.buffer.count
        if limit.hard > 0 && pending > limit.hard { return true }
        guard limit.soft > 0, pending > limit.soft else {
            softLimitSince = nil
            return false
        }
        guard let since = softLimitSince else {
            softLimitSince = now
            return false
        }
        return now - since > limit.softMicroseconds
    }
}
