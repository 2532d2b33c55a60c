/// The reasons for which valid requests are held back: clients (`CLIENT PAUSE`), and the node itself while it hands
/// over to another or waits for its replicas before it stops.
struct Pause: BitwiseCopyable {
    /// `CLIENT PAUSE`: until when, monotonic microseconds; 0 for not at all.
    private var until: Int64 = 0
    private var isForWritesOnly = false
    /// The node lets nothing be changed, and changes nothing itself. Clients cannot end that.
    var holdsWrites = false

    @inline(__always)
    var isActive: Bool { until != 0 || holdsWrites }

    /// Clients have asked for it.
    var isByClients: Bool { until != 0 }

    /// Requests that change nothing have to wait too.
    @inline(__always)
    var holdsReads: Bool { until != 0 && !isForWritesOnly }

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
