/// LATENCY: how long commands take, and what held the server up. Semantics:
/// https://redis.io/docs/latest/commands/latency/
extension Node {
    /// LATENCY HISTOGRAM [command ...]: names that are unknown, or have nothing, are left out.
    mutating func latencyHistogram(_ request: borrowing Request) {
        var found: [CommandID] = []
        if request.count == 2 {
            found = CommandID.allCases
        } else {
            for index in 2..<request.count {
                guard let facts = table.lookup(full: request[index]) else { continue }
                found.append(facts.id)
                found += table.rows[Int(facts.id.rawValue)].subcommands.map(\.id)
            }
        }
        found = found.filter { observation.commandStatistics.hasHistogram($0) }
        execution.reply.map(found.count)
        var parts = RepeatedParts(of: table.rows.count)
        for id in found where !execution.reply.hasOverflowed {
            if parts.write(Int(id.rawValue), to: &execution.reply) { continue }
            let start = execution.reply.buffer.count
            execution.reply.bulk(table.fullName(of: id))
            execution.reply.map(2)
            execution.reply.bulk("calls")
            execution.reply.integer(Int64(clamping: observation.commandStatistics.tracked(id)))
            execution.reply.bulk("histogram_usec")
            let distribution = observation.commandStatistics.cumulative(id)
            execution.reply.map(distribution.count)
            for (microseconds, count) in distribution {
                execution.reply.integer(Int64(clamping: microseconds))
                execution.reply.integer(Int64(clamping: count))
            }
            parts.note(Int(id.rawValue), from: start, in: execution.reply)
        }
    }

    /// LATENCY LATEST: for each event its name, when it last was, how long then, and at worst.
    mutating func latencyLatest() {
        execution.reply.array(observation.latency.seen.count)
        for event in observation.latency.seen {
            let series = observation.latency[event]
            execution.reply.array(4)
            execution.reply.bulk(event.name)
            execution.reply.integer(series.samples.last?.unixSeconds ?? 0)
            execution.reply.integer(series.samples.last?.milliseconds ?? 0)
            execution.reply.integer(series.worst)
        }
    }

    /// LATENCY HISTORY event
    mutating func latencyHistory(_ request: borrowing Request) {
        let samples = observation.latency.event(named: request[2]).map { observation.latency[$0].samples } ?? []
        execution.reply.array(samples.count)
        for sample in samples {
            execution.reply.array(2)
            execution.reply.integer(sample.unixSeconds)
            execution.reply.integer(sample.milliseconds)
        }
    }

    /// LATENCY RESET [event ...]
    mutating func latencyReset(_ request: borrowing Request) {
        var count = 0
        if request.count == 2 { count = observation.latency.resetAll() }
        for index in 2..<max(2, request.count) where observation.latency.reset(named: request[index]) { count += 1 }
        execution.reply.integer(count)
    }

    /// LATENCY GRAPH event
    mutating func latencyGraph(_ request: borrowing Request) throws(ReplyError) {
        guard let event = observation.latency.event(named: request[2]) else {
            throw .noLatencySamples(request[2].text)
        }
        let series = observation.latency[event]
        let second = now.unixMicroseconds / 1_000_000
        let columns = series.samples.map { sample in
            Sparkline.Column(value: sample.milliseconds, label: LatencyText.age(second - sample.unixSeconds))
        }
        execution.reply.verbatim(
            "\(event.name) - high \(series.highest) ms, low \(series.lowest) ms (all time high \(series.worst) ms)\n"
                + String(repeating: "-", count: Sparkline.width) + "\n" + Sparkline.text(columns))
    }

    /// LATENCY DOCTOR: the same figures as Redis's, advice in our own words.
    mutating func latencyDoctor() {
        if observation.latency.seen.isEmpty && configuration.latencyThreshold == 0 {
            return execution.reply.verbatim(
                "Latency is not being monitored. \"CONFIG SET latency-monitor-threshold <milliseconds>\" turns it "
                    + "on.\n")
        }
        if observation.latency.seen.isEmpty { return execution.reply.verbatim("No latency spike has been observed.\n") }
        var text = "Latency spikes have been observed:\n\n"
        let second = now.unixMicroseconds / 1_000_000
        for (index, event) in observation.latency.seen.enumerated() {
            text += "\(index + 1). \(LatencyText.summary(event, observation.latency[event], second))\n"
        }
        text += "\nAdvice:\n\n"
        for advice in LatencyText.advice(observation.latency.seen, configuration) { text += "- \(advice)\n" }
        execution.reply.verbatim(text)
    }
}

/// What `LATENCY` says to people.
private enum LatencyText {
    /// How long ago, in the largest unit that fits.
    static func age(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }

    static func summary(_ event: LatencyEvent, _ series: LatencyMonitor.Series, _ second: Int64) -> String {
        let count = series.samples.count
        let period = max(1, second - (series.samples.first?.unixSeconds ?? second))
        return "\(event.name): \(count) latency spikes (average \(series.average)ms, "
            + "mean deviation \(series.meanDeviation)ms, period \(MemoryReport.ratio(Int(period), count)) sec). "
            + "Worst all time event \(series.worst)ms."
    }

    static func advice(_ events: [LatencyEvent], _ configuration: Configuration) -> [String] {
        var advice: [String] = []
        if events.contains(.command) {
            let wanted = configuration.latencyThreshold.multipliedReportingOverflow(by: 1000)
            let threshold = configuration.slowLogThreshold
            if threshold < 0 || threshold / 1000 > configuration.latencyThreshold, !wanted.overflow {
                advice.append(
                    "The slow log does not see these commands: CONFIG SET slowlog-log-slower-than "
                        + "\(wanted.partialValue).")
            }
            advice.append("SLOWLOG GET names the commands; INFO commandstats says what they cost altogether.")
            advice.append("KEYS, SMEMBERS, HGETALL and the like take as long as what they return: use the SCAN family.")
        }
        if events.contains(.fastCommand) {
            advice.append(
                "Commands that do little were held up, so the process did not get its processor: look for other load "
                    + "on this machine, or for what its hypervisor takes away.")
        }
        if events.contains(.expireCycle) {
            advice.append("Very many deadlines come at one time: spread them, for instance by a random part.")
        }
        if events.contains(.evictionCycle) || events.contains(.evictionDel) {
            advice.append("Much had to be evicted at once: lower maxmemory in steps, and avoid very large values.")
        }
        return advice
    }
}

/// A graph of characters, drawn as Redis draws its own: four rows of three steps each, labels upright below.
enum Sparkline {
    struct Column {
        let value: Int64
        let label: String
    }

    /// Columns side by side; more go below.
    static let width = 80
    private static let rows = 4
    private static let steps: [Character] = ["_", "o", "#"]

    static func text(_ columns: [Column]) -> String {
        guard let first = columns.first else { return "" }
        let (low, high) = columns.reduce((first.value, first.value)) { (min($0.0, $1.value), max($0.1, $1.value)) }
        var parts: [String] = []
        for start in stride(from: 0, to: columns.count, by: width) {
            parts.append(part(columns[start..<min(start + width, columns.count)], low, high))
        }
        return parts.joined(separator: "\n")
    }

    private static func part(_ columns: ArraySlice<Column>, _ low: Int64, _ high: Int64) -> String {
        let count = rows * steps.count
        let range = max(1, high - low)
        let levels = columns.map { min(count - 1, Int(($0.value - low) * Int64(count) / range)) }
        var text = ""
        for row in 0..<rows {
            for level in levels {
                let step = level - (rows - row - 1) * steps.count
                text.append(step < 0 ? " " : step < steps.count ? steps[step] : "|")
            }
            text += "\n"
        }
        text += String(repeating: " ", count: columns.count) + "\n"
        let labels = columns.map { Array($0.label) }
        for row in 0..<(labels.map(\.count).max() ?? 0) {
            for label in labels { text.append(row < label.count ? label[row] : " ") }
            text += "\n"
        }
        return text
    }
}
