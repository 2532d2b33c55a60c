/// The link of a replica to its primary, and how far it has come:
///
///     waiting ── dial ──▶ dialing ──▶ greeting ──▶ introducing ──▶ asking ──+FULLRESYNC──▶ announced ──▶ loading
///        ▲                   │            │             │             │                        │           │
///        └───────────────────┴────────────┴─────────────┴─────────────┴── any failure ─────────┴───────────┤
///                                                                     └──+CONTINUE──▶ streaming ◀──────────┘
struct PrimaryLink {
    enum Phase {
        /// Until `retryAt`.
        case waiting
        /// The runtime was asked for a connection.
        case dialing
        /// PING was sent.
        case greeting
        /// AUTH and REPLCONF were sent.
        case introducing
        /// PSYNC was sent.
        case asking
        /// A full synchronisation was promised; the snapshot's header is to come.
        case announced
        /// The snapshot is arriving.
        case loading
        /// We have the data and execute the stream.
        case streaming
    }

    let host: String
    let port: Int
    var phase = Phase.waiting
    /// -1 without a connection.
    var connection = -1
    /// Replies that are expected before PSYNC can be sent, in order.
    var expected: [Introduction] = []
    /// Monotonic microseconds: when to dial again, when it was dialed, when bytes arrived last, when we last
    /// acknowledged, since when the link is up, and since when it is not.
    var retryAt: Int64 = 0
    var dialedAt: Int64 = 0
    var receivedAt: Int64 = 0
    var acknowledgedAt: Int64 = 0
    var upSince: Int64 = 0
    var downSince: Int64
    /// Attempts that failed in a row, a link that was up for less than `Limits.linkProbation` being one: the next one
    /// waits longer.
    var failures = 0
    /// Bytes of the snapshot that have arrived, and that were announced (0 where that is not known).
    var snapshotReceived: Int64 = 0
    var snapshotLength: Int64 = 0
    /// Our own failover: the other side is to become the primary when asked for the stream.
    var isFailover = false

    init(host: String, port: Int, now: Int64) {
        self.host = host
        self.port = port
        downSince = now
        retryAt = now
    }

    /// What is said between PING and PSYNC.
    enum Introduction { case auth, port, address, capabilities }

    /// `host:port`, for the log.
    var name: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// As `ROLE` calls it.
    var stateName: StaticString {
        switch phase {
        case .waiting: "connect"
        case .dialing: "connecting"
        case .greeting, .introducing, .asking: "handshake"
        case .announced, .loading: "sync"
        case .streaming: "connected"
        }
    }

    /// Why an attempt, or a link that was up, has come to an end.
    enum Failure {
        /// The connection: could not be made, was lost, stood silent.
        case connection
        /// The primary itself has said no.
        case refusal
        /// What it sent cannot be used here. The next attempt is likely to meet the same again.
        case content
    }

    /// Counts a failure.
    /// - Parameter now: monotonic microseconds.
    mutating func fail(_ failure: Failure, now: Int64) {
        let wasUp = phase == .streaming
        if wasUp && now - upSince >= Limits.linkProbation { failures = 0 }
        // Nothing is won by asking again at once for what was sent a moment ago.
        failures = max(failures + 1, failure == .content ? 2 : 1)
        phase = .waiting
        retryAt = now + pause
        if wasUp { downSince = now }
    }

    /// How long to wait before the next attempt, in microseconds: at first hardly, then a second, up to ten.
    var pause: Int64 {
        switch failures {
        case 0, 1: 100_000
        case 2, 3, 4, 5: 1_000_000
        default: min(10_000_000, Int64(failures - 4) * 1_000_000)
        }
    }
}

/// What has arrived from the primary and is not executed yet.
///
/// A transaction is executed when it is there whole: a link that is cut within one leaves nothing half done, and the
/// stream is continued from its beginning.
struct StreamInput: ~Copyable {
    var bytes = ByteBuffer()
    var partial = PartialRequest()
    /// Where in `bytes` the next request begins that was not looked at: behind the complete requests of a transaction
    /// whose end is missing.
    var position = 0
    var isInTransaction = false
    /// The database selected, as far as executed.
    var database = 0

    mutating func removeAll() {
        bytes.removeAll(keeping: 0)
        partial.reset()
        (position, isInTransaction) = (0, false)
    }
}

/// A snapshot that is arriving.
struct SnapshotReception: ~Copyable {
    /// How its end is known.
    enum Framing {
        /// So many bytes are left.
        case length(Int64)
        /// These 40 bytes follow it.
        case mark([UInt8])
    }

    var framing: Framing
    var loader: SnapshotLoader
    /// The data as far as it has come; takes the place of ours when it is complete.
    var store: Store
    /// The history it belongs to, and the offset.
    let id: String
    let offset: Int64
    var received: Int64 = 0
    /// Bytes of the mark that were seen.
    var matched = 0
}
