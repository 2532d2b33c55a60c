/// What `INFO commandstats`, `INFO latencystats` and `LATENCY HISTOGRAM` show of each command: a row of counters and a
/// histogram for each `CommandID`.
struct CommandStatistics: ~Copyable {
    struct Counters: BitwiseCopyable {
        /// Executed, well or not.
        var calls: UInt64 = 0
        /// In all calls together.
        var nanoseconds: UInt64 = 0
        /// Refused before they were executed: arity, permission, memory.
        var rejected: UInt64 = 0
        /// Executed, and answered with an error.
        var failed: UInt64 = 0
    }

    private var counters: Vector<Counters>
    private var histograms: Vector<LatencyHistogram>

    init() {
        counters = Vector(repeating: Counters(), count: CommandID.allCases.count)
        histograms = Vector(capacity: CommandID.allCases.count)
        for _ in CommandID.allCases { histograms.append(LatencyHistogram()) }
    }

    subscript(id: CommandID) -> Counters { counters[Int(id.rawValue)] }

    /// - Parameter nanoseconds: that all `calls` took together.
    @inline(__always)
    mutating func called(_ id: CommandID, _ nanoseconds: UInt64, calls: UInt64, isTracked: Bool) {
        let row = Int(id.rawValue)
        counters[row].calls &+= calls
        counters[row].nanoseconds &+= nanoseconds
        if isTracked { histograms[row].record(calls == 1 ? nanoseconds : nanoseconds / calls, calls: calls) }
    }

    /// A call that was counted with one duration turns out to have taken longer.
    mutating func prolonged(_ id: CommandID, from counted: UInt64, to nanoseconds: UInt64, isTracked: Bool) {
        let row = Int(id.rawValue)
        counters[row].nanoseconds &+= nanoseconds &- counted
        if isTracked { histograms[row].correct(from: counted, to: nanoseconds) }
    }

    mutating func rejected(_ id: CommandID) { counters[Int(id.rawValue)].rejected += 1 }

    mutating func failed(_ id: CommandID) { counters[Int(id.rawValue)].failed += 1 }

    mutating func reset() { self = CommandStatistics() }

    /// Whether its histogram has anything.
    func hasHistogram(_ id: CommandID) -> Bool { histograms[Int(id.rawValue)].total > 0 }

    /// Durations in its histogram.
    func tracked(_ id: CommandID) -> UInt64 { histograms[Int(id.rawValue)].total }

    func percentile(_ id: CommandID, _ percentile: Double) -> UInt64 {
        histograms[Int(id.rawValue)].percentile(percentile)
    }

    func cumulative(_ id: CommandID) -> [(microseconds: UInt64, count: UInt64)] {
        histograms[Int(id.rawValue)].cumulative()
    }
}

/// What `INFO errorstats` shows: errors answered, by their code (`WRONGTYPE`, `NOSESSION` …).
struct ErrorStatistics {
    /// In the order of their names, as Redis lists them. At most `Limits.errorCodes`.
    private(set) var counts: [(code: String, count: Int64)] = []

    /// Counts an error by its first word; one whose text has no words counts as `ERR`. A code beyond the limit is not
    /// counted: only `DEBUG ERROR` can make up codes.
    mutating func add(_ text: [UInt8]) {
        let end = text.prefix(32).firstIndex(of: UInt8(ascii: " "))
        let code = end.map { String(decoding: text[..<$0].map(ErrorStatistics.safe), as: UTF8.self) } ?? "ERR"
        var index = 0
        while index < counts.count && counts[index].code < code { index += 1 }
        if index < counts.count && counts[index].code == code {
            counts[index].count += 1
        } else if counts.count < Limits.errorCodes {
            counts.insert((code, 1), at: index)
        }
    }

    /// Bytes that would break a line of INFO become underscores, as in Redis.
    private static func safe(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: ":"), 10, 13: UInt8(ascii: "_")
        default: byte
        }
    }
}
