/// The states of a stop:
///
///     no ──SHUTDOWN, SIGTERM──▶ draining ──shutdown-drain over──▶ awaitingReplicas ──all have everything──▶ now
///      ▲                            │                                  │  └──shutdown-timeout over──────────▲
///      └────── SHUTDOWN ABORT ──────┴──────────────────────────────────┘
///
/// `NOW` and a second SIGINT stop the node at once.
enum Stopping: Equatable {
    case no
    /// Health checks fail, everything is served, until a time (monotonic microseconds).
    case draining(until: Int64)
    /// Writes wait until replicas have the stream up to an offset, but no longer than until a time.
    case awaitingReplicas(until: Int64, offset: Int64)
    /// `NodeEffect.shutdown` was emitted.
    case now

    /// When this state ends at the latest; nil where it has no end.
    var end: Int64? {
        switch self {
        case .draining(let end), .awaitingReplicas(let end, _): end
        case .no, .now: nil
        }
    }

    /// Nothing is to be changed any more that replicas would not learn of in time.
    var holdsWrites: Bool {
        switch self {
        case .awaitingReplicas, .now: true
        case .no, .draining: false
        }
    }
}

/// A connection that has sent `SHUTDOWN` and waits for it.
struct ShutdownRequest: BitwiseCopyable {
    let index: Int
    /// The connection may be gone by now, and its number another's.
    let clientID: Int64
}
