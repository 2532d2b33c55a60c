/// When a deadline counts as passed. The wheel, reads, and everything that reports a remaining time ask here, so that
/// the border case is decided once.
enum Deadline {
    /// Whether something with this deadline is dead at `now`; both in Unix milliseconds.
    ///
    /// A record lives strictly *before* its deadline: at the deadline itself it is gone. Redis keeps a key for that one
    /// millisecond more.
    @inline(__always)
    static func hasPassed(_ deadline: Int64, now: Int64) -> Bool { now >= deadline }
}
