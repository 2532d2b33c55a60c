/// One replica, as its primary sees it, as a state machine: events in, one action out.
///
///     REPLCONF …, PSYNC ──▶ waiting ── snapshot begins ──▶ receiving ── it is written ──▶ loading ──ACK──▶ online
///              └───────────────────────────── PSYNC, +CONTINUE ─────────────────────────────────────────────▲
///
/// It knows how far the replica is and how fast, not the data: it writes no snapshot, holds no stream and sends
/// nothing. All times are monotonic microseconds. Every event is O(1), its text aside.
struct ReplicaConnection {
    enum State {
        /// It needs a snapshot, and none has begun for it.
        case waiting
        /// It is being sent a snapshot.
        case receiving(SnapshotPace)
        /// It was sent one and has not acknowledged that it is loaded; the stream begins then.
        case loading(SnapshotPace)
        case online
    }

    /// The state without what belongs to it.
    enum Phase {
        case waiting, receiving, loading, online

        /// As `INFO` calls it.
        var name: StaticString {
            switch self {
            case .waiting: "wait_bgsave"
            case .receiving, .loading: "send_bulk"
            case .online: "online"
            }
        }
    }

    let connection: Int
    /// It only wants the data, not to follow (`redis-cli --rdb`).
    let isCopyOnly: Bool
    /// It came by `SYNC`, which is answered by the data alone.
    let isOldStyle: Bool
    private(set) var state: State
    /// The offset of the next byte of the stream to send.
    private(set) var next: Int64
    /// How far it has executed the stream, and when it said so, or was last said something in place of that.
    private(set) var acknowledged: Int64
    private(set) var acknowledgedAt: Int64
    /// The stream is on its disk up to here, as far as it says so (`FACK`).
    var durable: Int64 = -1
    /// Since when it has been behind by more than the soft output limit; nil while it is not.
    private var behindSince: Int64?

    /// It asked for the stream, and goes on from an offset.
    init(connection: Int, isCopyOnly: Bool = false, from offset: Int64, now: Int64) {
        self.connection = connection
        (self.isCopyOnly, isOldStyle) = (isCopyOnly, false)
        state = .online
        (next, acknowledged, acknowledgedAt) = (offset, offset, now)
    }

    /// It asked for the stream, and needs a snapshot first.
    /// - Parameter end: of the stream now.
    init(connection: Int, isCopyOnly: Bool, isOldStyle: Bool, end: Int64, now: Int64) {
        self.connection = connection
        (self.isCopyOnly, self.isOldStyle) = (isCopyOnly, isOldStyle)
        state = .waiting
        (next, acknowledged, acknowledgedAt) = (end, 0, now)
    }

    var phase: Phase {
        switch state {
        case .waiting: .waiting
        case .receiving: .receiving
        case .loading: .loading
        case .online: .online
        }
    }

    var isOnline: Bool { phase == .online }

    // MARK: The snapshot

    /// A snapshot begins that goes with the stream up to an offset.
    /// - Parameters:
    ///   - history: the snapshot's.
    ///   - mark: what will mark its end.
    ///   - patience: for how long the replica may take nothing.
    mutating func snapshotBegins(
        _ history: ReplicaHistory, mark: String, patience: Int64, now: Int64
    ) -> ReplicaAction {
        guard case .waiting = state else { return .none }
        state = .receiving(SnapshotPace(patience: patience, now: now))
        next = history.offset
        acknowledgedAt = now
        let answer = isOldStyle ? "" : "+FULLRESYNC \(history.id) \(history.offset)\r\n"
        return .send(answer + "$EOF:\(mark)\r\n")
    }

    /// A slice of the snapshot is on its way to it, the last one if `mark` is given.
    mutating func snapshotGoesOn(mark: String?, now: Int64) -> ReplicaAction {
        guard case .receiving(let pace) = state else { return .none }
        acknowledgedAt = now
        guard let mark else { return .none }
        state = .loading(pace)
        return isCopyOnly ? .sendLast(mark) : .send(mark)
    }

    /// It was sent bytes that are not the stream's.
    mutating func sentSnapshot(_ count: Int, now: Int64) { changePace { $0.took(count, now: now) } }

    private mutating func changePace(_ body: (inout SnapshotPace) -> Void) {
        switch state {
        case .receiving(var pace):
            body(&pace)
            state = .receiving(pace)
        case .loading(var pace):
            body(&pace)
            state = .loading(pace)
        case .waiting, .online: break
        }
    }

    // MARK: The stream

    /// It was sent so much of the stream.
    mutating func sentStream(_ count: Int) { next += Int64(count) }

    /// The stream is longer now. A replica that is further behind than `client-output-buffer-limit replica` allows is
    /// to be closed: what it has not been sent is held for it.
    /// - Parameters:
    ///   - end: of the stream.
    ///   - backlog: `repl-backlog-size`. As in Redis, no limit is below it: that much is held anyway.
    mutating func streamExtended(to end: Int64, _ limit: OutputLimit, backlog: Int, now: Int64) -> ReplicaAction {
        if case .waiting = state { return .none }
        let behind = Int(end - next)
        var isOver = limit.hard > 0 && behind > max(limit.hard, backlog)
        if limit.soft > 0 && behind > max(limit.soft, backlog) {
            let since = behindSince ?? now
            behindSince = since
            isOver = isOver || now - since > limit.softMicroseconds
        } else {
            behindSince = nil
        }
        if isOver {
            return .close("it is \(behind) bytes behind, more than client-output-buffer-limit replica allows")
        }
        return isOnline ? .sendStream : .none
    }

    /// It has executed the stream up to an offset.
    mutating func acknowledged(_ offset: Int64, now: Int64) -> ReplicaAction {
        acknowledgedAt = now
        var action = ReplicaAction.none
        if case .loading = state {
            state = .online
            action = .sendStream
        }
        // It cannot have executed what it was not sent, and nothing before it had the data.
        if isOnline { acknowledged = max(acknowledged, min(offset, next)) }
        return action
    }

    // MARK: Time

    /// Time has passed.
    /// - Parameters:
    ///   - timeout: `repl-timeout`.
    ///   - activeAt: when it last sent anything.
    ///   - isIdle: it has taken everything that there was for it, the stream aside.
    ///   - standstill: how long the stream of our own primary has stood still for its snapshot, and may at most.
    mutating func tick(
        now: Int64, timeout: Int64, activeAt: Int64, isIdle: Bool, standstill: (time: Int64, longest: Int64)
    ) -> ReplicaAction {
        // There is nothing that it could take: we have yet to write it.
        if isIdle { changePace { $0.rest(now: now) } }
        switch state {
        case .waiting:
            // Keeps the link alive while it has to wait for another one's snapshot.
            guard now - acknowledgedAt >= 1_000_000 else { return .none }
            acknowledgedAt = now
            return .send("\n")
        case .receiving(let pace):
            if pace.isTooSlow(now: now) { return Self.tooSlow }
            guard standstill.time > standstill.longest else { return .none }
            return .close(
                "the primary's stream has stood still for its snapshot for too long. Let it follow the primary itself")
        case .loading(let pace):
            if pace.isTooSlow(now: now) { return Self.tooSlow }
            // It sends empty lines while it loads.
            return now - max(acknowledgedAt, activeAt) > timeout ? Self.silent : .none
        case .online: return now - acknowledgedAt > timeout ? Self.silent : .none
        }
    }

    private static var tooSlow: ReplicaAction { .close("it takes its snapshot too slowly") }
    private static var silent: ReplicaAction { .close("nothing was heard of it for repl-timeout") }
}

/// What is to be done about a replica.
enum ReplicaAction: Equatable {
    /// Nothing, until the next event.
    case none
    /// Something is to be sent that is not the stream's.
    case send(String)
    /// As `send`, and then its connection is to be closed.
    case sendLast(String)
    /// It is to be sent the stream, from `next` on.
    case sendStream
    /// Its connection is to be closed, and why.
    case close(String)
}

/// What a connection says of itself before it asks for the stream (`REPLCONF`).
struct ReplicaIntroduction {
    private(set) var port = 0
    /// The address at which others reach it; nil for the one that it comes from.
    private(set) var address: String?
    /// It takes a snapshot whose length is not known beforehand, and a new replication id in `+CONTINUE`.
    private(set) var takesUnknownLength = false
    private(set) var takesNewID = false
    private(set) var isCopyOnly = false

    /// What one option of `REPLCONF` asks for.
    enum Option: Equatable {
        /// Nothing more: it is noted.
        case noted
        /// It has executed the stream up to an offset.
        case acknowledgement(Int64)
        /// What gets no answer.
        case ignored
    }

    /// Takes one option.
    /// - Throws: what is wrong with it; nothing is noted then.
    mutating func take(_ option: RawSpan, _ value: RawSpan) throws(ReplyError) -> Option {
        if option.matches("ack") {
            return PeerNumber.offset(value).map { .acknowledgement($0) } ?? .ignored
        } else if option.matches("getack") {
            // From a primary only, and that is executed elsewhere.
            return .ignored
        } else if option.matches("listening-port") {
            guard let port = PeerNumber.port(value) else { throw .notAnInteger }
            self.port = port
        } else if option.matches("ip-address") {
            address = try Self.address(value)
        } else if option.matches("capa") {
            // Capabilities that are not known are passed over, as the protocol asks.
            if value.matches("eof") { takesUnknownLength = true }
            if value.matches("psync2") { takesNewID = true }
        } else if option.matches("rdb-only") {
            isCopyOnly = parseInteger(value) == 1
        } else if !option.matches("version") {
            throw .unrecognizedReplicaOption(option.slice(0, min(option.byteCount, 128)).text)
        }
        return .noted
    }

    /// The address that a replica gives for itself; nil for the one that it comes from.
    private static func address(_ value: RawSpan) throws(ReplyError) -> String? {
        if value.byteCount == 0 { return nil }
        if value.byteCount > Limits.hostName { throw .replicaAddressTooLong(value.byteCount) }
        guard HostName.isValid(value) else { throw .invalidReplicaAddress }
        return value.text
    }
}
