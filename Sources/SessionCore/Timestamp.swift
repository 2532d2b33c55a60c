/// One reading of both clocks, taken by the runtime once a turn and passed into `Node`.
///
/// Deadlines of keys and sessions are points on the *wall* clock (`unixMicroseconds`), as in Redis, so that they mean
/// the same on a replica and after a restart. Everything that measures a duration on this machine (client idle time,
/// latencies, pauses) uses the *monotonic* clock, which never steps.
public struct Timestamp: Sendable, Equatable {
    /// Microseconds since 1970-01-01 00:00 UTC. May step forward or back.
    public var unixMicroseconds: Int64
    /// Microseconds since an arbitrary start. Never goes back.
    public var monotonicMicroseconds: Int64

    @inlinable
    public init(unixMicroseconds: Int64, monotonicMicroseconds: Int64) {
        self.unixMicroseconds = unixMicroseconds
        self.monotonicMicroseconds = monotonicMicroseconds
    }

    /// Milliseconds since 1970-01-01 00:00 UTC, rounded down: the unit of every deadline.
    @inlinable
    public var unixMilliseconds: Int64 { unixMicroseconds / 1000 }
}

/// A number of seconds that somebody configured, in microseconds; more than a century counts as one, so that sums with
/// a clock stay far from overflow.
func microseconds(seconds: Int) -> Int64 { Int64(min(max(seconds, 0), Int(Limits.duration / 1000))) * 1_000_000 }
