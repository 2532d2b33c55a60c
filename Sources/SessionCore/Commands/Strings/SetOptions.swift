/// The options of SET and GETEX. As in Redis, an option may be repeated (the last one counts), and times are looked at
/// only after all options are known to be in order.
struct SetOptions {
    enum Condition { case none, ifMissing, ifExists }
    enum Command { case set, getex }

    var condition = Condition.none
    var returnsOld = false
    var keepsDeadline = false
    var persists = false
    private var unit: ExpiryUnit?
    /// Index of the word with the time.
    private var time = 0

    @inline(__always)
    init() {}

    /// Reads the words from `index` on.
    init(_ request: borrowing Request, from index: Int, _ command: Command) throws(ReplyError) {
        var index = index
        while index < request.count {
            let word = request[index]
            if command == .set, word.matches("nx"), condition != .ifExists {
                condition = .ifMissing
            } else if command == .set, word.matches("xx"), condition != .ifMissing {
                condition = .ifExists
            } else if command == .set, word.matches("get") {
                returnsOld = true
            } else if command == .set, word.matches("keepttl"), unit == nil {
                keepsDeadline = true
            } else if command == .getex, word.matches("persist"), unit == nil {
                persists = true
            } else if let unit = ExpiryUnit(word), self.unit == nil || self.unit == unit, !keepsDeadline, !persists,
                index + 1 < request.count {
                self.unit = unit
                time = index + 1
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    /// The deadline asked for in Unix milliseconds, which may have passed; nil if none is.
    @inline(__always)
    func deadline(_ request: borrowing Request, now: Int64, command: StaticString) throws(ReplyError) -> Int64? {
        guard let unit else { return nil }
        return try unit.deadline(request[time], now: now, command: command)
    }
}

/// How a command gives an expiry: `EX seconds`, `PX milliseconds`, `EXAT unix-seconds`, `PXAT unix-milliseconds`.
enum ExpiryUnit {
    case seconds, milliseconds, unixSeconds, unixMilliseconds

    init?(_ word: RawSpan) {
        if word.matches("ex") { self = .seconds }
        else if word.matches("px") { self = .milliseconds }
        else if word.matches("exat") { self = .unixSeconds }
        else if word.matches("pxat") { self = .unixMilliseconds }
        else { return nil }
    }

    /// The deadline in Unix milliseconds. Times that are not positive, or overflow, are `invalid expire time`.
    func deadline(_ word: RawSpan, now: Int64, command: StaticString) throws(ReplyError) -> Int64 {
        guard let number = parseInteger(word) else { throw .notAnInteger }
        guard number > 0, let deadline = deadline(number, now: now) else { throw .invalidExpire(command: "\(command)") }
        return deadline
    }

    /// The deadline in Unix milliseconds; nil on overflow.
    func deadline(_ number: Int64, now: Int64) -> Int64? {
        switch self {
        case .milliseconds:
            let (sum, overflow) = number.addingReportingOverflow(now)
            return overflow ? nil : sum
        case .unixMilliseconds: return number
        case .seconds, .unixSeconds:
            let (product, overflow) = number.multipliedReportingOverflow(by: 1000)
            if overflow { return nil }
            let unit: ExpiryUnit = self == .seconds ? .milliseconds : .unixMilliseconds
            return unit.deadline(product, now: now)
        }
    }
}
