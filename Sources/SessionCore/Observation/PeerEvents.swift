/// What peers can bring about as often as they like, and what is logged.
enum PeerEvent: Int, CaseIterable {
    case failedLogin, webRequest, idleClient, largeRequest, unreadReplies, protocolError, largeReply, replica
    case evictedClient

    /// What there was more of than the log says.
    var name: StaticString {
        switch self {
        case .failedLogin: "failed logins"
        case .webRequest: "connections that speak HTTP"
        case .idleClient: "clients closed for being idle"
        case .largeRequest: "clients closed for the size of their requests"
        case .unreadReplies: "clients closed for not reading"
        case .protocolError: "protocol errors"
        case .largeReply: "clients closed for the size of their replies"
        case .replica: "messages about replicas"
        case .evictedClient: "clients closed for the memory that clients take"
        }
    }
}

/// Keeps what peers bring about from filling the log: of each kind of event a few lines in every period, and then how
/// many more there were.
struct PeerEvents {
    /// What was logged of one kind, and what was not, until the period ends (monotonic microseconds).
    struct Period {
        /// Monotonic microseconds.
        var end = Int64.min
        var lines = 0
        var suppressed = 0
        var severity = LogSeverity.debug
    }

    private var periods = [Period](repeating: Period(), count: PeerEvent.allCases.count)
    /// When a period ends in which something was not logged, monotonic microseconds; `Int64.max` if there is none.
    private(set) var nextReport = Int64.max

    init() {}

    /// Whether an event is to be logged; counts it if not.
    mutating func admits(_ event: PeerEvent, _ severity: LogSeverity, now: Int64) -> Bool {
        let index = event.rawValue
        if now >= periods[index].end {
            // What was suppressed in the period before is told first: see `report`.
            guard periods[index].suppressed == 0 else { return suppress(index, severity) }
            periods[index] = Period(end: now + Limits.peerLogPeriod)
        }
        guard periods[index].lines == Limits.peerLogLines else {
            periods[index].lines += 1
            return true
        }
        return suppress(index, severity)
    }

    private mutating func suppress(_ index: Int, _ severity: LogSeverity) -> Bool {
        periods[index].suppressed += 1
        periods[index].severity = max(periods[index].severity, severity)
        nextReport = min(nextReport, periods[index].end)
        return false
    }

    /// Ends periods that are over. O(kinds).
    /// - Returns: a line for each in which something was suppressed.
    mutating func report(now: Int64) -> [(severity: LogSeverity, text: String)] {
        var lines: [(severity: LogSeverity, text: String)] = []
        nextReport = .max
        for event in PeerEvent.allCases where periods[event.rawValue].suppressed > 0 {
            let period = periods[event.rawValue]
            if now < period.end {
                nextReport = min(nextReport, period.end)
                continue
            }
            let seconds = Limits.peerLogPeriod / 1_000_000
            lines.append((period.severity, "\(period.suppressed) more \(event.name) in the last \(seconds) seconds"))
            periods[event.rawValue] = Period()
        }
        return lines
    }
}
