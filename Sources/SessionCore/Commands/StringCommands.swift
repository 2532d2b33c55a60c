/// GET, SET and their relatives. Semantics: https://redis.io/docs/latest/commands/?group=string
extension Node {
    /// The database the current connection has selected.
    @inline(__always)
    var database: Int { clients[current].database }

    /// GET key
    @inline(__always)
    mutating func get(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.read(database, request[1], request.hash) else { return reply.null() }
        guard store.heap.kind(place.record) == .string else { throw wrongType(place) }
        reply.bulk(store.heap.payload(place.record))
    }

    /// What a command for strings answers about a record that is none; a tombstone and a predecessor read as strings.
    func wrongType(_ place: Place) -> ReplyError { .wrongType }

    /// SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-seconds | PXAT unix-milliseconds | KEEPTTL]
    @inline(__always)
    mutating func set(_ request: borrowing Request) throws(ReplyError) {
        let options = request.count == 3 ? SetOptions() : try SetOptions(request, now: store.now)
        let place = store.lookup(database, request[1], request.hash)
        if options.returnsOld {
            if let place, store.heap.kind(place.record) != .string { throw .wrongType }
            if let place { reply.bulk(store.heap.payload(place.record)) } else { reply.null() }
        }
        if place != nil ? options.condition == .ifMissing : options.condition == .ifExists {
            if !options.returnsOld { reply.null() }
            return
        }
        let kept = options.keepsDeadline ? place.flatMap { store.deadline($0.record) } : nil
        setString(place, request[1], request.hash, request[2], deadline: options.deadline ?? kept)
        if !options.returnsOld { reply.ok() }
    }

    /// Makes a key hold a string, whatever it held. A deadline that has passed removes the key, as in Redis.
    @inline(__always)
    mutating func setString(_ place: Place?, _ key: RawSpan, _ hash: UInt64, _ value: RawSpan, deadline: Int64?) {
        guard let place else {
            let record = store.create(.string, database, key, hash, payload: value.byteCount, deadline: deadline)
            return store.heap.write(value, record, store.heap.payloadOffset(record))
        }
        if store.heap.kind(place.record) != .string {
            store.remove(place, database)
            return setString(nil, key, hash, value, deadline: deadline)
        }
        let record = store.reshape(place, database, payload: value.byteCount, deadline: deadline)
        store.heap.write(value, record, store.heap.payloadOffset(record))
        store.heap.setFlags(record, deadline == nil ? [] : .expires)
        store.use(record)
    }
}

/// The options of SET, checked.
struct SetOptions {
    enum Condition { case none, ifMissing, ifExists }

    var condition = Condition.none
    var returnsOld = false
    var keepsDeadline = false
    /// Unix milliseconds.
    var deadline: Int64?

    @inline(__always)
    init() {}

    /// Reads the words from 3 on.
    init(_ request: borrowing Request, now: Int64) throws(ReplyError) {
        var index = 3
        while index < request.count {
            let word = request[index]
            if word.matches("nx"), condition == .none {
                condition = .ifMissing
            } else if word.matches("xx"), condition == .none {
                condition = .ifExists
            } else if word.matches("get") {
                returnsOld = true
            } else if word.matches("keepttl"), deadline == nil {
                keepsDeadline = true
            } else if let unit = ExpiryUnit(word), deadline == nil, !keepsDeadline, index + 1 < request.count {
                deadline = try unit.deadline(request[index + 1], now: now, command: "set")
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
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
