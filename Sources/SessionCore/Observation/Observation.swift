/// What a node knows of its own work: counters, how long each command takes, the slow log and the latency monitor.
///
/// It sees commands by name, readings of the counter and texts that may be shown. It knows no connection and no data,
/// and nothing that the node decides depends on it but whose turn it is (`TurnBudget`).
struct Observation: ~Copyable {
    var statistics = NodeStatistics()
    var commandStatistics = CommandStatistics()
    var errorStatistics = ErrorStatistics()
    var slowLog = SlowLog()
    var latency = LatencyMonitor()
    /// What peers have added to the log.
    var peerEvents = PeerEvents()
    let ticks: TickCounter
    /// The reading that ended the last command measured, or began the batch.
    private(set) var lastTick: UInt64 = 0
    /// The request being executed and the next one are measured together.
    var isRun = false
    /// Calls of this command that are yet to be measured.
    private var unmeasured: UInt64 = 0
    private var unmeasuredCommand = CommandID.ping
    /// Nanoseconds from which on a command is looked at for the slow log or the latency monitor.
    private(set) var slowThreshold = UInt64.max
    private var rates: RateSampler
    /// What of a request is shown, by command; made when first needed.
    private var redactions: [Redaction?] = []
    private var settings = Settings()

    /// The directives that it heeds.
    private struct Settings {
        /// `latency-tracking`
        var isTracking = true
        /// `latency-monitor-threshold`, milliseconds; 0 for off.
        var latencyThreshold = 0
        /// `slowlog-log-slower-than`, microseconds; negative for off.
        var slowLogThreshold = 0
        /// `slowlog-max-len`
        var slowLogLength = 0
    }

    init(_ configuration: borrowing Configuration, ticks: TickCounter, now: Timestamp) {
        self.ticks = ticks
        rates = RateSampler(
            RateSampler.Sample(time: now.monotonicMicroseconds, commands: 0, bytesReceived: 0, bytesSent: 0))
        apply(configuration)
    }

    /// Takes over what the configuration says.
    mutating func apply(_ configuration: borrowing Configuration) {
        settings = Settings(
            isTracking: configuration.latencyTracking, latencyThreshold: configuration.latencyThreshold,
            slowLogThreshold: configuration.slowLogThreshold, slowLogLength: configuration.slowLogLength)
        slowThreshold = .max
        if settings.slowLogThreshold >= 0 {
            slowThreshold = Observation.nanoseconds(settings.slowLogThreshold, of: 1000)
        }
        if settings.latencyThreshold > 0 {
            slowThreshold = min(slowThreshold, Observation.nanoseconds(settings.latencyThreshold, of: 1_000_000))
        }
        slowLog.trim(to: settings.slowLogLength)
    }

    /// An amount of a unit that is so many nanoseconds long; what is too much for the counter is never reached.
    private static func nanoseconds(_ amount: Int, of unit: UInt64) -> UInt64 {
        let (product, overflow) = UInt64(amount).multipliedReportingOverflow(by: unit)
        return overflow ? .max : product
    }

    /// `CONFIG RESETSTAT`. What is a state and no count stays.
    mutating func reset(now: Timestamp) {
        let peak = statistics.peakMemory
        statistics = NodeStatistics()
        statistics.peakMemory = peak
        commandStatistics.reset()
        errorStatistics = ErrorStatistics()
        rates = RateSampler(sample(now))
    }

    // MARK: Commands

    /// A batch of requests begins.
    @inline(__always)
    mutating func beginBatch() { lastTick = ticks.read() }

    /// Counts and times a command that was executed.
    /// - Returns: the nanoseconds that it and those measured with it took; nil while more of them follow.
    @inline(__always)
    mutating func called(_ command: CommandID, since start: UInt64) -> UInt64? {
        statistics.commands &+= 1
        if isRun {
            unmeasured &+= 1
            unmeasuredCommand = command
            return nil
        }
        return measured(command, calls: unmeasured &+ 1, since: start)
    }

    /// Reads the counter after calls of a command that are measured together.
    /// - Returns: nanoseconds that they took together.
    @inline(__always)
    private mutating func measured(_ command: CommandID, calls: UInt64, since start: UInt64) -> UInt64 {
        let end = ticks.read()
        let duration = ticks.nanoseconds(from: start, to: end)
        (lastTick, unmeasured) = (end, 0)
        commandStatistics.called(command, duration, calls: calls, isTracked: settings.isTracking)
        return duration
    }

    /// A batch ends: what was executed and not measured, because the last request of a run was refused or has to wait,
    /// is measured now.
    @inline(__always)
    mutating func endRun() {
        isRun = false
        if unmeasured > 0 { _ = measured(unmeasuredCommand, calls: unmeasured, since: lastTick) }
    }

    /// A call that was counted with one duration turns out to have taken longer.
    mutating func prolonged(_ command: CommandID, from counted: UInt64, to nanoseconds: UInt64) {
        commandStatistics.prolonged(command, from: counted, to: nanoseconds, isTracked: settings.isTracking)
    }

    /// Counts an error that is about to be answered.
    /// - Returns: its text.
    mutating func counted(_ error: ReplyError) -> [UInt8] {
        let text = error.bytes
        statistics.errorReplies &+= 1
        errorStatistics.add(text)
        return text
    }

    // MARK: Slow log

    /// Whether there is a slow log that takes a command with these flags.
    func wantsSlow(_ flags: CommandFlags) -> Bool {
        settings.slowLogThreshold >= 0 && !flags.contains(.skipSlowlog)
    }

    /// A command took as long as the slow log or the latency monitor wants to know of.
    mutating func noteSlow(_ request: SlowRequest, _ nanoseconds: UInt64, now: Timestamp) {
        addLatency(request.flags.contains(.fast) ? .fastCommand : .command, nanoseconds, now: now)
        let microseconds = Int64(clamping: nanoseconds / 1000)
        guard request.isWanted, microseconds >= Int64(settings.slowLogThreshold) else { return }
        slowLog.add(
            unixSeconds: now.unixMicroseconds / 1_000_000, microseconds: microseconds, words: request.words,
            address: request.address, name: request.name, limit: settings.slowLogLength)
    }

    /// The rule for what of a request may be shown, by the slow log and by `MONITOR`.
    mutating func redaction(of facts: CommandFacts, in table: borrowing CommandTable) -> Redaction {
        if redactions.isEmpty { redactions = Array(repeating: nil, count: table.rows.count) }
        let row = Int(facts.id.rawValue)
        if let known = redactions[row] { return known }
        let made = Redaction(table.rows[row], isSubcommand: table.isSubcommand(facts.id))
        redactions[row] = made
        return made
    }

    // MARK: Latency

    /// Notes how long something took, if that is as much as `latency-monitor-threshold`.
    private mutating func addLatency(_ event: LatencyEvent, _ nanoseconds: UInt64, now: Timestamp) {
        let milliseconds = Int64(clamping: nanoseconds / 1_000_000)
        guard settings.latencyThreshold > 0, milliseconds >= Int64(settings.latencyThreshold) else { return }
        latency.add(event, milliseconds: milliseconds, unixSeconds: now.unixMicroseconds / 1_000_000)
    }

    /// A reading to begin measuring an event with; 0 where nobody wants to know.
    @inline(__always)
    func beginLatency() -> UInt64 { settings.latencyThreshold > 0 ? ticks.read() : 0 }

    /// Ends what `beginLatency` began.
    @inline(__always)
    mutating func endLatency(_ event: LatencyEvent, from start: UInt64, now: Timestamp) {
        if settings.latencyThreshold > 0 {
            addLatency(event, ticks.nanoseconds(from: start, to: ticks.read()), now: now)
        }
    }

    // MARK: Rates

    private func sample(_ now: Timestamp) -> RateSampler.Sample {
        RateSampler.Sample(
            time: now.monotonicMicroseconds, commands: statistics.commands, bytesReceived: statistics.bytesReceived,
            bytesSent: statistics.bytesSent)
    }

    /// Takes a sample if one is due.
    @inline(__always)
    mutating func noteRates(now: Timestamp) {
        if now.monotonicMicroseconds >= rates.due { rates.note(sample(now)) }
    }

    /// Commands a second, and bytes a second in and out.
    func currentRates(now: Timestamp) -> (commands: Int64, bytesReceived: Int64, bytesSent: Int64) {
        let (base, sample) = (rates.base(now.monotonicMicroseconds), sample(now))
        let time = max(1, sample.time - base.time)
        func rate(_ change: Int64) -> Int64 { Int64(Double(change) * 1_000_000 / Double(time)) }
        return (
            rate(sample.commands - base.commands), rate(sample.bytesReceived - base.bytesReceived),
            rate(sample.bytesSent - base.bytesSent)
        )
    }
}

/// A request as the slow log shows it.
struct SlowRequest {
    let flags: CommandFlags
    /// There is a slow log that takes it.
    let isWanted: Bool
    /// Redacted and trimmed.
    let words: [String]
    /// Of the connection that sent it.
    let address: String
    let name: String
}
