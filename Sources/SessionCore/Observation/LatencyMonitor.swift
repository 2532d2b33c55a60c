/// What can hold the server up, as `LATENCY` names it.
enum LatencyEvent: Int, CaseIterable {
    /// A command that is not marked fast; one that is.
    case command, fastCommand
    /// A turn's expiry.
    case expireCycle
    /// Making room for one command; the deletion of one record meanwhile.
    case evictionCycle, evictionDel

    var name: StaticString {
        switch self {
        case .command: "command"
        case .fastCommand: "fast-command"
        case .expireCycle: "expire-cycle"
        case .evictionCycle: "eviction-cycle"
        case .evictionDel: "eviction-del"
        }
    }
}

/// Latency spikes by event: the worst of each of the last seconds that had any. Fixed size, O(1) to record.
/// Semantics: https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency-monitor/
struct LatencyMonitor {
    struct Sample: Equatable {
        let unixSeconds: Int64
        var milliseconds: Int64
    }

    /// The samples of one event.
    struct Series {
        /// Oldest first, at most `Limits.latencySamples`.
        fileprivate(set) var samples: [Sample] = []
        /// The worst since the event was first seen or reset.
        fileprivate(set) var worst: Int64 = 0

        /// Everything about it that `LATENCY DOCTOR` says, in milliseconds; there must be samples.
        var average: Int64 { samples.reduce(0) { $0 + $1.milliseconds } / Int64(samples.count) }
        var meanDeviation: Int64 {
            let average = average
            return samples.reduce(0) { $0 + abs($1.milliseconds - average) } / Int64(samples.count)
        }
        var lowest: Int64 { samples.reduce(Int64.max) { min($0, $1.milliseconds) } }
        var highest: Int64 { samples.reduce(0) { max($0, $1.milliseconds) } }
    }

    private var series: [Series] = Array(repeating: Series(), count: LatencyEvent.allCases.count)
    /// Events that have samples, in the order in which they were first seen.
    private(set) var seen: [LatencyEvent] = []

    subscript(event: LatencyEvent) -> Series { series[event.rawValue] }

    mutating func add(_ event: LatencyEvent, milliseconds: Int64, unixSeconds: Int64) {
        let index = event.rawValue
        if !seen.contains(event) { seen.append(event) }
        series[index].worst = max(series[index].worst, milliseconds)
        if let last = series[index].samples.last, last.unixSeconds == unixSeconds {
            series[index].samples[series[index].samples.count - 1].milliseconds = max(last.milliseconds, milliseconds)
            return
        }
        if series[index].samples.count == Limits.latencySamples { series[index].samples.removeFirst() }
        series[index].samples.append(Sample(unixSeconds: unixSeconds, milliseconds: milliseconds))
    }

    /// The event of this name, if it has samples.
    func event(named name: RawSpan) -> LatencyEvent? {
        for event in seen where name.isEqual(to: event.name) { return event }
        return nil
    }

    /// Forgets the samples of the event of this name, in either case.
    /// - Returns: whether there were any.
    mutating func reset(named name: RawSpan) -> Bool {
        for event in seen where name.matches(event.name) {
            series[event.rawValue] = Series()
            seen.removeAll { $0 == event }
            return true
        }
        return false
    }

    /// Forgets everything.
    /// - Returns: how many events had samples.
    mutating func resetAll() -> Int {
        let count = seen.count
        self = LatencyMonitor()
        return count
    }
}
