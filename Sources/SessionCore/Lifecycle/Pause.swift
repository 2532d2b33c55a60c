/// What clients have asked to be held back for a time (`CLIENT PAUSE`). What the node itself holds back besides is in
/// `RolePermissions`.
struct Pause: BitwiseCopyable {
    /// Until when, monotonic microseconds; 0 for not at all.
    private var until: Int64 = 0
    private var isForWritesOnly = false

    /// Which requests wait.
    var held: HeldRequests { until == 0 ? .none : isForWritesOnly ? .writes : .all }

    /// `CLIENT PAUSE`; a second one makes the first longer and stricter, not shorter or milder.
    mutating func begin(until end: Int64, forWritesOnly: Bool, now: Int64) {
        if until > now {
            until = max(until, end)
            isForWritesOnly = isForWritesOnly && forWritesOnly
        } else if end > now {
            (until, isForWritesOnly) = (end, forWritesOnly)
        }
    }

    /// `CLIENT UNPAUSE`.
    mutating func cancel() { until = 0 }

    /// When something may change by itself, monotonic microseconds.
    var end: Int64 { until == 0 ? .max : until }

    /// Ends what is over.
    /// - Returns: whether anything was.
    mutating func advance(to now: Int64) -> Bool {
        guard until != 0 && now >= until else { return false }
        until = 0
        return true
    }
}
