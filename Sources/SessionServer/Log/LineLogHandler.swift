import CLinux
import Logging
import SessionCore

/// The backend of swift-log that writes `LogLine`s.
struct LineLogHandler: LogHandler {
    let sink: LogSink
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(sink: LogSink, severity: LogSeverity) {
        self.sink = sink
        logLevel = severity.level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var text = event.message.description
        let provided = metadataProvider?.get() ?? [:]
        let all = metadata.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
        if let error = event.error { text += ": \(error)" }
        sink.write(line(event.level.severity, text)) { dropped in
            line(.warning, "\(dropped) log lines were dropped because nobody read them")
        }
    }

    private func line(_ severity: LogSeverity, _ text: String) -> [UInt8] {
        let time = LogTime(unixMicroseconds: clinux_unix_microseconds())
        return LogLine(process: clinux_process_id(), time: time, severity: severity, text: text).bytes
    }
}

extension LogSeverity {
    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .verbose: .info
        case .notice: .notice
        case .warning: .warning
        }
    }
}

extension Logger.Level {
    fileprivate var severity: LogSeverity {
        switch self {
        case .trace, .debug: .debug
        case .info: .verbose
        case .notice: .notice
        case .warning, .error, .critical: .warning
        }
    }
}
