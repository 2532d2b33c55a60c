/// How fast a replica takes the snapshot that it is being sent. One that takes nothing, or next to nothing, holds up
/// the replicas that are sent the same one, the memory of what it has yet to be sent, and on a node that is a replica
/// itself the primary's stream.
struct SnapshotPace: BitwiseCopyable {
    /// Monotonic microseconds by which it has to have taken more.
    private var deadline: Int64

    /// Microseconds that it may take nothing.
    private let patience: Int64

    /// - Parameter now: monotonic microseconds, as below.
    init(patience: Int64, now: Int64) {
        self.patience = patience
        deadline = now + patience
    }

    /// It has taken bytes, each of which gives it as much time again as one takes at `Limits.snapshotRate`.
    mutating func took(_ bytes: Int, now: Int64) {
        deadline = min(now + patience, deadline + Int64(bytes) * 1_000_000 / Limits.snapshotRate)
    }

    /// There is nothing that it could take: we have yet to write it.
    mutating func rest(now: Int64) { deadline = now + patience }

    func isTooSlow(now: Int64) -> Bool { now > deadline }
}

/// The time for which a replica does not execute its primary's stream because a replica of its own is being sent a
/// snapshot. It is bounded, and so is its share: afterwards the stream goes on for at least as long before it may stand
/// still again, and for twice as long with each snapshot in a row that came to nothing.
struct StreamStandstill: BitwiseCopyable {
    /// Monotonic microseconds, as all times here: since when the stream stands still, nil while it does not.
    private(set) var since: Int64?
    /// When it last went on, and when it may stand still again.
    private(set) var endedAt: Int64 = 0
    private(set) var permittedAt: Int64 = 0
    /// Snapshots in a row that were given up.
    private var failures: Int64 = 0

    mutating func begin(now: Int64) { since = now }

    /// - Parameter isComplete: the snapshot was written to its end.
    mutating func end(now: Int64, isComplete: Bool) {
        guard let since else { return }
        self.since = nil
        endedAt = now
        failures = isComplete ? 0 : min(failures + 1, 6)
        permittedAt = now + (now - since) << failures
    }

    /// For how long the stream has stood still.
    func duration(now: Int64) -> Int64 { since.map { now - $0 } ?? 0 }
}
