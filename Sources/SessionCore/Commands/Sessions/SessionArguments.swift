/// The options of the `SESS*` commands, parsed once for all of them.
///
/// Options come in any order, each once; `FIELDS` ends them. Texts stay in the request: only their word's index is kept
/// (0 for an option that was not given).
struct SessionArguments {
    /// The options a command takes.
    struct Options: OptionSet {
        let rawValue: UInt32

        static let id = Options(rawValue: 1 << 0)
        static let user = Options(rawValue: 1 << 1)
        static let device = Options(rawValue: 1 << 2)
        static let idle = Options(rawValue: 1 << 3)
        static let max = Options(rawValue: 1 << 4)
        static let bind = Options(rawValue: 1 << 5)
        static let level = Options(rawValue: 1 << 6)
        static let limit = Options(rawValue: 1 << 7)
        static let policy = Options(rawValue: 1 << 8)
        static let touch = Options(rawValue: 1 << 9)
        static let minLevel = Options(rawValue: 1 << 10)
        static let minVersion = Options(rawValue: 1 << 11)
        static let ifVersion = Options(rawValue: 1 << 12)
        static let grace = Options(rawValue: 1 << 13)
        static let except = Options(rawValue: 1 << 14)
        static let cursor = Options(rawValue: 1 << 15)
        static let count = Options(rawValue: 1 << 16)
        /// `FIELDS n field value …`
        static let pairs = Options(rawValue: 1 << 17)
        /// `FIELDS n field …`
        static let names = Options(rawValue: 1 << 18)
        static let reason = Options(rawValue: 1 << 19)
    }

    private(set) var given: Options = []
    private(set) var id = 0
    private(set) var user = 0
    private(set) var device = 0
    private(set) var bind = 0
    private(set) var except = 0
    private(set) var cursor = 0
    private(set) var reason = 0
    /// Milliseconds.
    private(set) var idle: Int64?
    /// Milliseconds; 0 for no absolute timeout.
    private(set) var max: Int64?
    private(set) var grace: Int64?
    private(set) var level: UInt8?
    /// Milliseconds until the level falls back to 1; nil for never.
    private(set) var levelFor: Int64?
    private(set) var limit: Int?
    private(set) var evictsAtLimit = false
    private(set) var minLevel: UInt8?
    private(set) var minVersion: Int64?
    private(set) var ifVersion: Int64?
    private(set) var count: Int?
    /// First word behind `FIELDS n`, and how many fields (pairs or names) follow.
    private(set) var firstField = 0
    private(set) var fieldCount = 0

    /// Reads the words of `request` from `start` to the end.
    init(_ request: borrowing Request, from start: Int, allowing allowed: Options) throws(ReplyError) {
        var index = start
        while index < request.count {
            guard let option = SessionArguments.option(request[index], allowed), !given.contains(option) else {
                throw .syntax
            }
            given.insert(option)
            index = try read(option, request, index + 1)
        }
    }

    func has(_ option: Options) -> Bool { given.contains(option) }

    private static func option(_ word: RawSpan, _ allowed: Options) -> Options? {
        let option: Options
        switch word.byteCount {
        case 2: option = word.matches("id") ? .id : []
        case 3: option = word.matches("max") ? .max : []
        case 4:
            option = word.matches("user") ? .user : word.matches("idle") ? .idle : word.matches("bind") ? .bind : []
        case 5:
            option = word.matches("level") ? .level : word.matches("limit") ? .limit : word.matches("touch") ? .touch
                : word.matches("ifver") ? .ifVersion : word.matches("grace") ? .grace
                : word.matches("count") ? .count : []
        case 6:
            option = word.matches("fields") ? allowed.intersection([.pairs, .names]) : word.matches("device") ? .device
                : word.matches("minver") ? .minVersion : word.matches("policy") ? .policy
                : word.matches("except") ? .except : word.matches("cursor") ? .cursor
                : word.matches("reason") ? .reason : []
        case 8: option = word.matches("minlevel") ? .minLevel : []
        default: option = []
        }
        return option.isEmpty || !allowed.contains(option) ? nil : option
    }

    /// Reads an option's values, which start at `index`. Returns the index behind them.
    private mutating func read(
        _ option: Options, _ request: borrowing Request, _ index: Int
    ) throws(ReplyError) -> Int {
        if option == .touch { return index }
        guard index < request.count else { throw .syntax }
        switch option {
        case .id: id = index
        case .user:
            user = index
            try SessionArguments.check(request[index], 1...Limits.user, "user")
        case .device:
            device = index
            try SessionArguments.check(request[index], 0...Limits.device, "device")
        case .bind:
            bind = index
            try SessionArguments.check(request[index], 1...Limits.bind, "bind")
        case .reason:
            reason = index
            try SessionArguments.check(request[index], 0...Limits.reason, "reason")
        case .except: except = index
        case .cursor: cursor = index
        case .idle: idle = try duration(request, index, minimum: 1, "IDLE")
        case .max: max = try duration(request, index, minimum: 0, "MAX")
        case .grace: grace = try duration(request, index, minimum: 0, "GRACE")
        case .level: return try readLevel(request, index)
        case .limit: return try readLimit(request, index)
        case .minLevel: minLevel = try SessionArguments.level(request, index)
        case .minVersion: minVersion = try SessionArguments.version(request, index)
        case .ifVersion: ifVersion = try SessionArguments.version(request, index)
        case .count:
            let value = try request.integer(index)
            guard value > 0, value <= Int64(Limits.listPage) else { throw .countOutOfRange }
            count = Int(value)
        case .pairs: return try readFields(request, index, width: 2)
        case .names: return try readFields(request, index, width: 1)
        default: throw .policyNotSupported
        }
        return index + 1
    }

    private mutating func readLevel(_ request: borrowing Request, _ index: Int) throws(ReplyError) -> Int {
        level = try SessionArguments.level(request, index)
        guard index + 1 < request.count, request[index + 1].matches("for") else { return index + 1 }
        guard index + 2 < request.count else { throw .syntax }
        levelFor = try duration(request, index + 2, minimum: 1, "FOR")
        return index + 3
    }

    private static func level(_ request: borrowing Request, _ index: Int) throws(ReplyError) -> UInt8 {
        let value = try request.integer(index)
        guard let level = UInt8(exactly: value), level > 0 else { throw .levelOutOfRange }
        return level
    }

    /// Versions count from 1; 0 is the one before the first. What is too large for one is merely a version not reached.
    private static func version(_ request: borrowing Request, _ index: Int) throws(ReplyError) -> Int64 {
        let value = try request.integer(index)
        guard value >= 0 else { throw .negativeVersion }
        return value
    }

    private mutating func readLimit(_ request: borrowing Request, _ index: Int) throws(ReplyError) -> Int {
        let value = try request.integer(index)
        guard value > 0 else { throw .limitNotPositive }
        limit = Int(value)
        guard index + 1 < request.count else { return index + 1 }
        if request[index + 1].matches("evict") {
            evictsAtLimit = true
            return index + 2
        }
        return request[index + 1].matches("reject") ? index + 2 : index + 1
    }

    private mutating func readFields(_ request: borrowing Request, _ index: Int, width: Int) throws(ReplyError) -> Int {
        let value = try request.integer(index)
        guard value > 0 else { throw .numfieldsNotPositive }
        guard value <= Int64(Limits.fields) else { throw .tooManyFields }
        fieldCount = Int(value)
        firstField = index + 1
        guard request.count - firstField == fieldCount * width else { throw .syntax }
        for field in 0..<fieldCount {
            try SessionArguments.checkName(request[firstField + field * width])
        }
        return request.count
    }

    private static func checkName(_ name: RawSpan) throws(ReplyError) {
        guard name.byteCount <= Limits.fieldName else { throw .fieldNameTooLong }
        if SessionFields.isMetadata(name) { throw .reservedFieldName }
    }

    private func duration(
        _ request: borrowing Request, _ index: Int, minimum: Int64, _ name: StaticString
    ) throws(ReplyError) -> Int64 {
        guard let value = ValueFormat.milliseconds(request[index]) else { throw .notADuration(name) }
        guard value >= minimum, value <= Limits.duration else { throw .durationOutOfRange(name, minimum: minimum) }
        return value
    }

    static func check(_ text: RawSpan, _ bounds: ClosedRange<Int>, _ name: StaticString) throws(ReplyError) {
        guard bounds.contains(text.byteCount) else { throw .lengthOutOfRange(name, bounds) }
    }

    /// Refuses tokens too short to be secret or too long.
    static func checkToken(_ token: RawSpan) throws(ReplyError) {
        try check(token, Limits.tokenMinimum...Limits.token, "token")
    }
}
