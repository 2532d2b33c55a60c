/// The states of a stop:
///
///     no ──SHUTDOWN, SIGTERM──▶ draining ──shutdown-drain over──▶ awaitingReplicas ──all have──▶ saving ──▶ now
///      ▲                            │                                  │  └──shutdown-timeout over──▲│
///      └────── SHUTDOWN ABORT ──────┴──────────────────────────────────┴─────────── failure ─────────┘
///
/// `NOW` leaves out the waiting; a second SIGINT stops the node at once.
enum Stopping: Equatable {
    case no
    /// Health checks fail, everything is served, until a time (monotonic microseconds).
    case draining(until: Int64)
    /// Writes wait until replicas have the stream up to an offset, but no longer than until a time.
    case awaitingReplicas(until: Int64, offset: Int64)
    /// Writes wait until a last snapshot is on disk.
    case saving
    /// `NodeEffect.shutdown` was emitted.
    case now

    /// When this state ends at the latest; nil where it has no end.
    var end: Int64? {
        switch self {
        case .draining(let end), .awaitingReplicas(let end, _): end
        case .no, .saving, .now: nil
        }
    }

    /// Nothing is to be changed any more that replicas would not learn of in time.
    var holdsWrites: Bool {
        switch self {
        case .awaitingReplicas, .saving, .now: true
        case .no, .draining: false
        }
    }
}

/// Whether the data is to be saved at the end.
struct ShutdownSave: BitwiseCopyable {
    /// As `SHUTDOWN` says; nil for what the rules of `save` say.
    var isWanted: Bool?
    /// The end comes even if that fails.
    var isForced = false
}

/// A connection that has sent `SHUTDOWN` and waits for it.
struct ShutdownRequest: BitwiseCopyable {
    let index: Int
    /// The connection may be gone by now, and its number another's.
    let clientID: Int64
}
