import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One line of the log, in the form of Redis's, which log collectors know:
/// `<pid>:M 21 Nov 2026 01:02:03.456 * text`, the mark being `.` debug, `-` verbose, `*` notice or `#` warning.
struct LogLine {
    var process: Int32
    var time: LogTime
    var severity: LogSeverity
    var text: String

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The line, ended by a line feed. Control characters in the text are escaped as `\xHH`: what a client chose (a
    /// name, an address) cannot forge lines or drive a terminal.
    var bytes: [UInt8] {
        let month = Self.months[time.month - 1]
        let clock = "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        let date = "\(padded(time.day, 2)) \(month) \(time.year) \(clock).\(padded(time.millisecond, 3))"
        var line = Array("\(process):M \(date) \(mark) ".utf8)
        for byte in text.utf8 {
            if byte < 32 || byte == 127 {
                line.append(contentsOf: "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            } else {
                line.append(byte)
            }
        }
        line.append(10)
        return line
    }

    private var mark: Character {
        switch severity {
        case .debug: "."
        case .verbose: "-"
        case .notice: "*"
        case .warning: "#"
        }
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A point in time as people read it.
struct LogTime {
    var year: Int
    /// 1 to 12.
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int
    var millisecond: Int
}

extension LogTime {
    /// In the machine's time zone.
    init(unixMicroseconds: Int64) {
        var seconds = time_t(unixMicroseconds / 1_000_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        self.init(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec),
            millisecond: Int(unixMicroseconds % 1_000_000 / 1000))
    }
}
