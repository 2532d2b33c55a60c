/// Commands on the deadlines of keys.
extension Execution {
    /// EXPIRE key seconds [NX | XX | GT | LT]
    mutating func expire(_ request: borrowing Request) throws(ReplyError) { try expire(request, .seconds, "expire") }

    /// PEXPIRE key milliseconds [NX | XX | GT | LT]
    mutating func pexpire(_ request: borrowing Request) throws(ReplyError) {
        try expire(request, .milliseconds, "pexpire")
    }

    /// EXPIREAT key unix-seconds [NX | XX | GT | LT]
    mutating func expireat(_ request: borrowing Request) throws(ReplyError) {
        try expire(request, .unixSeconds, "expireat")
    }

    /// PEXPIREAT key unix-milliseconds [NX | XX | GT | LT]
    mutating func pexpireat(_ request: borrowing Request) throws(ReplyError) {
        try expire(request, .unixMilliseconds, "pexpireat")
    }

    /// A deadline that has passed deletes the key, and counts as set. A replica told so by its primary keeps the key
    /// until it is told that it is gone, for it may be told of a later deadline first.
    private mutating func expire(
        _ request: borrowing Request, _ unit: ExpiryUnit, _ command: StaticString
    ) throws(ReplyError) {
        let condition = try ExpiryCondition(request)
        guard let deadline = unit.deadline(try request.integer(2), now: store.now) else {
            throw .invalidExpire(command: "\(command)")
        }
        guard let place = store.lookupToChange(database, request[1], request.hash),
            condition.allows(deadline, insteadOf: store.deadline(place.record))
        else { return reply.integer(0) }
        if store.hasPassed(deadline) {
            store.remove(place, database)
            deleted(request[1], request.hash, existed: true)
            store.changed(.del, database, request[1])
        } else {
            store.setDeadline(place, database, max(deadline, 0))
            store.changed(.expire, database, request[1])
        }
        reply.integer(1)
    }

    /// PERSIST key
    mutating func persist(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.lookupToChange(database, request[1], request.hash), store[place.record].expires
        else { return reply.integer(0) }
        store.setDeadline(place, database, nil)
        store.changed(.persist, database, request[1])
        reply.integer(1)
    }

    /// TTL key
    mutating func ttl(_ request: borrowing Request) throws(ReplyError) {
        replyDeadline(request, inSeconds: true) { $0 - $1 }
    }

    /// PTTL key
    mutating func pttl(_ request: borrowing Request) throws(ReplyError) {
        replyDeadline(request, inSeconds: false) { $0 - $1 }
    }

    /// EXPIRETIME key
    mutating func expiretime(_ request: borrowing Request) throws(ReplyError) {
        replyDeadline(request, inSeconds: true) { deadline, _ in deadline }
    }

    /// PEXPIRETIME key
    mutating func pexpiretime(_ request: borrowing Request) throws(ReplyError) {
        replyDeadline(request, inSeconds: false) { deadline, _ in deadline }
    }

    /// Replies with what `value` makes of a key's deadline and the present time, both Unix milliseconds; -2 without a
    /// key, -1 without a deadline. Seconds are rounded to the nearest, as in Redis.
    @inline(__always)
    private mutating func replyDeadline(
        _ request: borrowing Request, inSeconds: Bool, _ value: (Int64, Int64) -> Int64
    ) {
        guard let place = store.peek(database, request[1], request.hash) else { return reply.integer(-2) }
        guard let deadline = store.deadline(place.record) else { return reply.integer(-1) }
        let milliseconds = value(deadline, store.now)
        reply.integer(inSeconds ? milliseconds / 1000 + (milliseconds % 1000 >= 500 ? 1 : 0) : milliseconds)
    }
}

/// When EXPIRE and its kin may set a deadline: NX without one only, XX with one only, GT a later one only, LT an
/// earlier one only. No deadline counts as infinitely late.
private struct ExpiryCondition: OptionSet {
    let rawValue: UInt8

    static let ifNone = ExpiryCondition(rawValue: 1)
    static let ifAny = ExpiryCondition(rawValue: 2)
    static let ifLater = ExpiryCondition(rawValue: 4)
    static let ifEarlier = ExpiryCondition(rawValue: 8)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Reads the words from 3 on.
    init(_ request: borrowing Request) throws(ReplyError) {
        self = []
        for index in 3..<max(3, request.count) {
            let word = request[index]
            if word.matches("nx") { insert(.ifNone) }
            else if word.matches("xx") { insert(.ifAny) }
            else if word.matches("gt") { insert(.ifLater) }
            else if word.matches("lt") { insert(.ifEarlier) }
            else { throw .unsupportedExpiryOption(word.text) }
        }
        if contains(.ifNone) && self != .ifNone { throw .conditionsWithNX }
        if isSuperset(of: [.ifLater, .ifEarlier]) { throw .laterAndEarlier }
    }

    func allows(_ deadline: Int64, insteadOf old: Int64?) -> Bool {
        if isEmpty { return true }
        guard let old else { return isDisjoint(with: [.ifAny, .ifLater]) }
        if contains(.ifNone) { return false }
        if contains(.ifLater) { return deadline > old }
        return !contains(.ifEarlier) || deadline < old
    }
}
