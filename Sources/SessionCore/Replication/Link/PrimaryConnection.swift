/// The link of a replica to its primary, as a state machine: events in, one action out.
///
///     waiting ── tick ──▶ dialing ──▶ greeting ──▶ introducing ──▶ asking ──+FULLRESYNC──▶ announced ──▶ loading
///        ▲                   │            │             │             │                        │           │
///        └───────────────────┴────────────┴─────────────┴─────────────┴── any failure ─────────┴───────────┤
///                                                                     └──+CONTINUE──▶ streaming ◀──────────┘
///
/// It knows the dialogue and its times, not the data: it loads nothing, executes nothing and sends nothing. All times
/// are monotonic microseconds. Every event is O(length of its line).
struct PrimaryConnection {
    enum State: Equatable {
        /// Until when it is dialed again.
        case waiting(until: Int64)
        /// The runtime was asked for a connection.
        case dialing
        /// PING was sent.
        case greeting
        /// AUTH and REPLCONF were sent; what is yet to be answered, in order.
        case introducing([Introduction])
        /// PSYNC was sent.
        case asking
        /// A full synchronisation was promised; the snapshot's header is to come.
        case announced
        /// The snapshot is arriving.
        case loading(SnapshotProgress)
        /// We have the data and execute the stream.
        case streaming(since: Int64)
    }

    /// What is said between PING and PSYNC.
    enum Introduction { case auth, port, address, capabilities }

    /// Why an attempt, or a link that was up, has come to an end.
    enum Failure {
        /// The connection: could not be made, was lost, stood silent.
        case connection
        /// The primary itself has said no.
        case refusal
        /// What it sent cannot be used here. The next attempt is likely to meet the same again.
        case content
    }

    let host: String
    let port: Int
    private(set) var state: State
    /// -1 without a connection.
    private(set) var connection = -1
    /// When it was dialed, when bytes arrived last, when we last acknowledged, and since when the link is not up.
    private(set) var dialedAt: Int64 = 0
    private(set) var receivedAt: Int64 = 0
    private(set) var acknowledgedAt: Int64 = 0
    private(set) var downSince: Int64
    /// Attempts that failed in a row, a link that was up for less than `Limits.linkProbation` being one: the next one
    /// waits longer.
    private(set) var failures = 0
    /// Our own failover: the other side is to become the primary when asked for the stream.
    private(set) var isFailover: Bool

    init(host: String, port: Int, isFailover: Bool = false, now: Int64) {
        self.host = host
        self.port = port
        self.isFailover = isFailover
        downSince = now
        state = .waiting(until: now)
    }

    // MARK: What is known

    /// `host:port`, for the log.
    var name: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// As `ROLE` calls it.
    var stateName: StaticString {
        switch state {
        case .waiting: "connect"
        case .dialing: "connecting"
        case .greeting, .introducing, .asking: "handshake"
        case .announced, .loading: "sync"
        case .streaming: "connected"
        }
    }

    /// We have the primary's data and follow.
    var isUp: Bool { if case .streaming = state { true } else { false } }

    /// How far a full synchronisation is; nil while there is none.
    var snapshot: SnapshotProgress? {
        switch state {
        case .announced: SnapshotProgress(length: 0)
        case .loading(let progress): progress
        default: nil
        }
    }

    // MARK: Events of the connection

    /// The connection that was asked for stands.
    mutating func dialed(on connection: Int, now: Int64) -> PrimaryAction {
        guard state == .dialing else { return .refuse }
        state = .greeting
        self.connection = connection
        receivedAt = now
        return .send(RequestText.array(["PING"]))
    }

    /// The connection that was asked for could not be made.
    mutating func dialFailed(_ reason: String, now: Int64) -> PrimaryAction {
        state == .dialing ? failed("cannot connect: \(reason)", .connection, now: now) : .none
    }

    /// The connection is gone.
    mutating func closed(now: Int64) -> PrimaryAction {
        connection = -1
        return failed("the connection was closed", .connection, now: now)
    }

    /// Bytes have arrived; `next` says what they are.
    mutating func arrived(now: Int64) { receivedAt = now }

    /// What of the input is to be looked at now. A line is removed from it, what belongs to the snapshot or the stream
    /// is not. Empty lines, which keep the link alive while the primary prepares, are passed over.
    func next(in input: inout ByteBuffer) -> PrimaryInput {
        switch state {
        case .waiting, .dialing: return .nothing
        case .loading: return input.isEmpty ? .nothing : .snapshot
        case .streaming: return input.isEmpty ? .nothing : .stream
        case .greeting, .introducing, .asking, .announced:
            while true {
                let line = PrimaryInput(lineOf: &input)
                if line != .line("") { return line }
            }
        }
    }

    /// Something has happened that the link cannot go on after.
    mutating func failed(_ reason: String, _ failure: Failure, now: Int64) -> PrimaryAction {
        if case .streaming(let since) = state {
            if now - since >= Limits.linkProbation { failures = 0 }
            downSince = now
        }
        // Nothing is won by asking again at once for what was sent a moment ago.
        failures = max(failures + 1, failure == .content ? 2 : 1)
        // Asked to take over, it may have done so all the same: asked for its stream alone, it will tell.
        let isUnknown = state == .asking && failure != .refusal
        let loss = PrimaryLoss(
            reason: reason, connection: connection, isFrequent: failures > 5 && failures % 16 != 0,
            endsFailover: isFailover && !isUnknown)
        isFailover = isFailover && !isUnknown
        connection = -1
        state = .waiting(until: now + pause)
        return .giveUp(loss)
    }

    /// How long to wait before the next attempt: at first hardly, then a second, up to ten.
    private var pause: Int64 {
        switch failures {
        case 0, 1: 100_000
        case 2, 3, 4, 5: 1_000_000
        default: min(10_000_000, Int64(failures - 4) * 1_000_000)
        }
    }

    // MARK: Events of the data

    /// More of the snapshot was loaded.
    /// - Parameter received: its bytes so far.
    mutating func loaded(_ received: Int64) {
        guard case .loading(var progress) = state else { return }
        progress.received = received
        state = .loading(progress)
    }

    /// The snapshot is complete, and its data in place.
    mutating func loadedAll(now: Int64) -> PrimaryAction {
        follows(now: now)
        return .acknowledge
    }

    /// The data goes with the primary's history: it is followed from here.
    private mutating func follows(now: Int64) {
        state = .streaming(since: now)
        isFailover = false
        acknowledgedAt = now
    }

    // MARK: Time

    /// Time has passed.
    /// - Parameters:
    ///   - timeout: `repl-timeout`.
    ///   - standstill: how long our own replicas kept the stream from being read.
    mutating func tick(now: Int64, timeout: Int64, standstill: StreamStandstill) -> PrimaryAction {
        switch state {
        case .waiting(let until): return now >= until ? dial(now: now) : .none
        case .streaming:
            // What comes while the stream stands still is not read.
            if standstill.since == nil && now - max(receivedAt, standstill.endedAt) > timeout {
                return failed("nothing has come for repl-timeout", .connection, now: now)
            }
            return isTimeToSpeak(now: now) ? .acknowledge : .none
        case .loading:
            if now - receivedAt > timeout {
                return failed("nothing has come for repl-timeout", .connection, now: now)
            }
            // So that it does not take us for dead meanwhile.
            return isTimeToSpeak(now: now) ? .send("\n") : .none
        // While it prepares a snapshot it sends empty lines; before, there is nothing to prepare.
        case .asking, .announced: return now - receivedAt > timeout ? unanswered(now: now) : .none
        case .dialing, .greeting, .introducing: return now - dialedAt > timeout ? unanswered(now: now) : .none
        }
    }

    private mutating func dial(now: Int64) -> PrimaryAction {
        state = .dialing
        (dialedAt, receivedAt) = (now, now)
        return .dial
    }

    private mutating func unanswered(now: Int64) -> PrimaryAction {
        failed("it did not answer within repl-timeout", .connection, now: now)
    }

    private mutating func isTimeToSpeak(now: Int64) -> Bool {
        guard now - acknowledgedAt >= 1_000_000 else { return false }
        acknowledgedAt = now
        return true
    }

    // MARK: Lines

    /// The primary has said a line, in the dialogue up to the stream.
    /// - Parameter own: what we say of ourselves.
    mutating func line(_ line: String, _ own: borrowing ReplicaIdentity, now: Int64) -> PrimaryAction {
        switch state {
        case .greeting: greeted(line, own, now: now)
        case .introducing(let expected): introduced(line, expected, own, now: now)
        case .asking: answered(line, own, now: now)
        case .announced: announcedSnapshot(line, own, now: now)
        case .waiting, .dialing, .loading, .streaming: .none
        }
    }

    /// The answer to PING: errors that only ask for authentication are as good, and so is that it has no primary: it is
    /// to become one itself, or will say so again when asked for its stream.
    private mutating func greeted(_ line: String, _ own: borrowing ReplicaIdentity, now: Int64) -> PrimaryAction {
        let isGood = line.hasPrefix("+") || line.hasPrefix("-NOAUTH") || line.hasPrefix("-NOPERM")
            || line.hasPrefix("-ERR operation not permitted") || line.hasPrefix("-MASTERDOWN")
        guard isGood else { return failed("it answered PING with '\(quoted(line, own))'", .refusal, now: now) }
        var text = ""
        var expected: [Introduction] = []
        if !own.password.isEmpty {
            text += RequestText.array(["AUTH"] + (own.user.isEmpty ? [] : [own.user]) + [own.password])
            expected.append(.auth)
        }
        text += RequestText.array(["REPLCONF", "listening-port", String(own.port)])
        expected.append(.port)
        if !own.address.isEmpty {
            text += RequestText.array(["REPLCONF", "ip-address", own.address])
            expected.append(.address)
        }
        text += RequestText.array(["REPLCONF", "capa", "eof", "capa", "psync2"])
        expected.append(.capabilities)
        state = .introducing(expected)
        return .send(text)
    }

    private mutating func introduced(
        _ line: String, _ expected: [Introduction], _ own: borrowing ReplicaIdentity, now: Int64
    ) -> PrimaryAction {
        let isRefused = line.hasPrefix("-")
        // Older primaries do not know every REPLCONF; a wrong password leads nowhere.
        if isRefused && expected.first == .auth {
            return failed("it refuses masterauth: '\(quoted(line, own))'", .refusal, now: now)
        }
        let left = Array(expected.dropFirst())
        state = left.isEmpty ? .asking : .introducing(left)
        return .send(left.isEmpty ? question(own) : "", notUnderstood: isRefused ? quoted(line, own) : nil)
    }

    /// PSYNC.
    private func question(_ own: borrowing ReplicaIdentity) -> String {
        let place = own.history.map { [$0.id, String($0.offset + 1)] } ?? ["?", "-1"]
        return RequestText.array(["PSYNC"] + place + (isFailover ? ["FAILOVER"] : []))
    }

    /// The answer to PSYNC.
    private mutating func answered(_ line: String, _ own: borrowing ReplicaIdentity, now: Int64) -> PrimaryAction {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "+FULLRESYNC":
            guard words.count == 3, isReplicationID(words[1]),
                let offset = PeerNumber.offset(words[2].utf8Span.span.bytes)
            else {
                return failed("it announced a full synchronisation in a form that makes no sense", .content, now: now)
            }
            state = .announced
            return .expectSnapshot(ReplicaHistory(id: words[1], offset: offset))
        case "+CONTINUE":
            guard let history = own.history else {
                return failed("it continues a stream that was not asked for", .content, now: now)
            }
            let isOther = words.count > 1 && words[1] != history.id
            if isOther && !isReplicationID(words[1]) {
                return failed("its replication id makes no sense", .content, now: now)
            }
            follows(now: now)
            return .resume(newID: isOther ? words[1] : nil)
        default: return failed("it answered PSYNC with '\(quoted(line, own))'", .refusal, now: now)
        }
    }

    /// `$<length>` or `$EOF:<40 bytes>`.
    private mutating func announcedSnapshot(
        _ line: String, _ own: borrowing ReplicaIdentity, now: Int64
    ) -> PrimaryAction {
        let text = Array(line.utf8)
        guard text.first == UInt8(ascii: "$") else {
            return failed("it sent no snapshot but '\(quoted(line, own))'", .content, now: now)
        }
        if line.hasPrefix("$EOF:") {
            guard text.count == 45 else { return failed("the snapshot's mark makes no sense", .content, now: now) }
            state = .loading(SnapshotProgress(length: 0))
            return .load(.mark(Array(text[5...])))
        }
        guard let length = PeerNumber.length(text.span.bytes.slice(1, text.count - 1)) else {
            return failed("the snapshot's length makes no sense", .content, now: now)
        }
        state = .loading(SnapshotProgress(length: length))
        return .load(.length(length))
    }

    private func isReplicationID(_ text: String) -> Bool {
        text.utf8.count == 40 && text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 102) }
    }

    private func quoted(_ line: String, _ own: borrowing ReplicaIdentity) -> String {
        PeerText.quoted(line.utf8Span.span.bytes, hiding: own.password)
    }
}

/// What is to be done about a primary.
enum PrimaryAction: Equatable {
    /// Nothing, until the next event.
    case none
    /// A connection is wanted (`NodeEffect.dial`).
    case dial
    /// The connection that was made is no longer wanted.
    case refuse
    /// Something is to be sent.
    /// - Parameter notUnderstood: with what the primary answered a REPLCONF that it does not know.
    case send(String, notUnderstood: String? = nil)
    /// The primary is to be told how far we are.
    case acknowledge
    /// A snapshot of a history is coming.
    case expectSnapshot(ReplicaHistory)
    /// It is coming now, and how its end is known.
    case load(SnapshotReception.Framing)
    /// The stream goes on where we are: we are to follow it, and acknowledge.
    /// - Parameter newID: what the history is called from here on; nil if as before.
    case resume(newID: String?)
    /// The link is down; comes back by itself later.
    case giveUp(PrimaryLoss)
}

/// What has arrived from a primary.
enum PrimaryInput: Equatable {
    /// Nothing that can be looked at yet.
    case nothing
    /// A line of the dialogue, without its end.
    case line(String)
    /// The input is the snapshot's.
    case snapshot
    /// The input is the stream's.
    case stream
    /// What cannot be used, and why.
    case unusable(String)

    /// The next line that has arrived, removed from the input.
    fileprivate init(lineOf input: inout ByteBuffer) {
        let end = input.bytes.firstIndex(of: UInt8(ascii: "\n"))
        if end > Limits.replicationLine {
            self = .unusable("it answered with a line of \(end) bytes")
        } else if end < 0 {
            self = input.count > Limits.replicationLine ? .unusable("it answered with an endless line") : .nothing
        } else {
            let hasReturn = end > 0 && input.bytes[end - 1] == UInt8(ascii: "\r")
            self = .line(input.bytes.slice(0, hasReturn ? end - 1 : end).text)
            input.removeFirst(end + 1)
        }
    }
}

/// The end of a link to a primary.
struct PrimaryLoss: Equatable {
    let reason: String
    /// The connection that is to be closed; -1 for none.
    let connection: Int
    /// The same has happened often, and is of no interest.
    let isFrequent: Bool
    /// It was to take over from us, and has not.
    let endsFailover: Bool
}

/// How far a snapshot has arrived.
struct SnapshotProgress: Equatable {
    /// Bytes received.
    var received: Int64 = 0
    /// Bytes announced; 0 where that is not known.
    let length: Int64
}

/// Where data stands in a history.
struct ReplicaHistory: Equatable {
    /// 40 hexadecimal characters that name it.
    let id: String
    /// Bytes of its stream that the data includes.
    let offset: Int64
}

/// What a replica says of itself to its primary.
struct ReplicaIdentity {
    /// `masteruser` and `masterauth`; empty for none.
    var user = ""
    var password = ""
    /// Where others reach us; an empty address for the one that we come from.
    var address = ""
    var port = 0
    /// The history that we can go on with; nil if everything is needed.
    var history: ReplicaHistory?
}

extension ReplicaIdentity {
    /// - Parameter history: as above.
    init(_ configuration: borrowing Configuration, _ history: ReplicaHistory?) {
        user = configuration.primaryUser
        password = configuration.primaryPassword
        address = configuration.replicaAnnounceAddress
        port = configuration.replicaAnnouncePort > 0 ? configuration.replicaAnnouncePort : configuration.port
        self.history = history
    }
}
