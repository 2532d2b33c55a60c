import SessionCore

/// Watches what nodes answer, at the moment they do, and compares it with what they have to know by then.
///
/// Every change is noted with its place in a history, and with what it led to. So what a node has to answer follows
/// from its own place: a replica is its primary at an earlier offset, a promoted replica goes on from where it was, and
/// an old primary that has not heard of that is in a history of its own.
final class Checker {
    let scenario: Scenario
    var histories = Histories()
    var keys: [[KeyState]] = KeySpace.all.map { _ in [] }
    var sessions: [SessionHistory] = []
    /// By host and history: the highest offset that a replica has ever reached there.
    var reached: [[Int64]]
    /// What was found wrong, first thing first.
    private(set) var violations: [String] = []
    var statistics = Statistics()

    init(_ scenario: Scenario) {
        self.scenario = scenario
        reached = scenario.hosts.map { _ in [] }
    }

    func report(_ violation: @autoclosure () -> String) {
        if violations.count < 8 { violations.append(violation()) }
    }

    /// The circumstances of a reply.
    struct Execution {
        let host: Int
        let place: Position
        /// The offset before the request.
        let start: Int64
        /// Unix milliseconds.
        let now: Int64

        var mark: Mark { Mark(history: place.history, start: start, end: place.offset) }
    }

    // MARK: Sessions to ask for

    /// The name of a token of one of the latest sessions; nil if there is none.
    func someToken(_ random: inout SplitMix64) -> TokenName? {
        guard !sessions.isEmpty else { return nil }
        let session = sessions.count - 1 - random.below(min(sessions.count, 25))
        let last = sessions[session].tokens.count - 1
        return TokenName(session: session, token: random.chance(80) ? last : random.below(last + 1))
    }

    func token(_ name: TokenName) -> String { sessions[name.session].tokens[name.token] }

    // MARK: What a place knows

    func knowledge(of key: Int, at place: Position) -> Knowledge<KeyImage?> {
        if place.isTransient { return .unsure }
        for entry in keys[key].reversed() {
            switch histories.sight(of: entry.mark, from: place) {
            case .seen: return .value(entry.image, isOwn: entry.mark.history == place.history)
            case .unsure: return .unsure
            case .unseen: continue
            }
        }
        return .nothing
    }

    func knowledge(ofSession session: Int, at place: Position) -> Knowledge<SessionState> {
        if place.isTransient { return .unsure }
        for entry in sessions[session].states.reversed() {
            switch histories.sight(of: entry.mark, from: place) {
            case .seen:
                // Whatever else is uncertain: it is dead.
                if entry.state.isUncertain { return .unsure }
                let isOwn = place.isPrimary && entry.mark.history == place.history
                let state = isOwn ? entry.state : entry.state.seenFromAfar(step: scenario.touchInterval)
                return .value(state, isOwn: isOwn)
            case .unsure: return .unsure
            case .unseen: continue
            }
        }
        return .nothing
    }

    // MARK: Replies

    /// A node has answered a request.
    func check(_ request: Request, _ reply: Reply, _ execution: Execution, _ log: RequestLog) {
        statistics.replies += 1
        if case .error(let text) = reply {
            statistics.errors += 1
            if text.hasPrefix("ERR unknown") || text.hasPrefix("ERR syntax") || text.hasPrefix("ERR wrong number") {
                report("\(request.words) answers \(text)")
            }
        }
        switch request.kind {
        case .write:
            if !reply.isError && !execution.place.isPrimary {
                report("host \(execution.host) is a replica and has executed \(request.words)")
            }
        case .get(let key): checkGet(key, reply, execution)
        case .exists(let key): checkExists(key, reply, execution)
        case .session(let session): check(session, reply, execution)
        case .wait: checkWait(reply, execution, log)
        case .multi, .exec, .other: break
        }
    }

    /// The value that a key has now: absent if it is due.
    private func current(_ image: KeyImage?, at now: Int64) -> KeyImage? {
        guard let image, let deadline = image.deadline, deadline <= now else { return image }
        return nil
    }

    private func checkGet(_ key: Int, _ reply: Reply, _ execution: Execution) {
        let wanted: KeyImage?
        switch knowledge(of: key, at: execution.place) {
        case .unsure: return
        case .nothing: wanted = nil
        case .value(let image, _): wanted = current(image, at: execution.now)
        }
        switch reply {
        case .bulk(let bytes):
            statistics.checked += 1
            if wanted?.digest != KeyImage.digest(ofString: bytes) {
                report(
                    "host \(execution.host) serves \(reply) for \(KeySpace.name(key)), which "
                        + (wanted == nil ? "is not there" : "has another value"))
            }
        case .null:
            statistics.checked += 1
            if wanted != nil { report("host \(execution.host) has lost \(KeySpace.name(key))") }
        default: break
        }
    }

    private func checkExists(_ key: Int, _ reply: Reply, _ execution: Execution) {
        guard let count = reply.number else { return }
        let exists: Bool
        switch knowledge(of: key, at: execution.place) {
        case .unsure: return
        case .nothing: exists = false
        case .value(let image, _): exists = current(image, at: execution.now) != nil
        }
        statistics.checked += 1
        if (count == 1) != exists {
            report("host \(execution.host): \(KeySpace.name(key)) \(count == 1 ? "is not" : "is") to be there")
        }
    }

    /// Notes what a write has made of a key, unless that is what was known already: a write without effect has no place
    /// of its own in the history, and may come at the very offset at which another history has branched off.
    func note(_ key: Int, _ image: KeyImage?, _ execution: Execution) {
        switch knowledge(of: key, at: execution.place) {
        case .nothing where image == nil: return
        case .value(let known, _) where current(known, at: execution.now) == current(image, at: execution.now): return
        default: keys[key].append((execution.mark, image))
        }
    }

    /// Compares a key with what a host has to know of it.
    func audit(_ key: Int, _ image: KeyImage?, _ execution: Execution) {
        let wanted: KeyImage?
        switch knowledge(of: key, at: execution.place) {
        case .unsure: return
        case .nothing: wanted = nil
        case .value(let image, _): wanted = current(image, at: execution.now)
        }
        statistics.checked += 1
        if current(image, at: execution.now) != wanted {
            report(
                "host \(execution.host), offset \(execution.place.offset): \(KeySpace.name(key)) differs: "
                    + "\(current(image, at: execution.now).map(describe) ?? "absent") instead of "
                    + (wanted.map(describe) ?? "absent"))
        }
    }

    private func describe(_ image: KeyImage) -> String {
        "\(String(image.digest, radix: 16)) until \(image.deadline.map { String($0) } ?? "deleted")"
    }

    // MARK: Replication

    /// `WAIT` says that a replica has the last write: some other host must have reached it.
    private func checkWait(_ reply: Reply, _ execution: Execution, _ log: RequestLog) {
        guard let count = reply.number, count > 0, let write = log.lastWrite else { return }
        statistics.acknowledged += 1
        let mark = Mark(history: write.history, start: write.offset, end: write.offset)
        // In its own history, or in one that has branched off later.
        let holders = reached.indices.filter { host in
            host != execution.host && reached[host].indices.contains { history in
                let place = Position(history: history, offset: reached[host][history], isPrimary: false)
                return place.offset >= 0 && histories.sight(of: mark, from: place) == .seen
            }
        }
        if holders.count < count {
            report(
                "WAIT at host \(execution.host) answers \(count), but \(holders.count) replicas have reached offset "
                    + "\(write.offset)")
        }
    }

    /// A replica has executed the stream up to here.
    func reached(_ host: Int, _ position: Position) {
        guard position.history >= 0 else { return }
        while reached[host].count <= position.history { reached[host].append(-1) }
        reached[host][position.history] = max(reached[host][position.history], position.offset)
    }
}

/// What a simulation has done and seen.
public struct Statistics: Sendable, Equatable {
    public init() {}

    public var replies = 0
    public var errors = 0
    /// Replies and values compared with what they had to be.
    public var checked = 0
    /// Writes that `WAIT` has confirmed.
    public var acknowledged = 0
    public var sessions = 0
    public var served = 0
    public var histories = 0
    public var events = 0
    /// Pairs of nodes at the same offset whose data was compared.
    public var compared = 0
    public var failovers = 0
    /// Changes of roles in order (`FAILOVER`).
    public var handovers = 0
    /// Starts from a disk, and those that something had been promised of.
    public var loaded = 0
    public var kept = 0
    public var disk = DiskStatistics()

    public static func += (left: inout Statistics, right: Statistics) {
        left.replies += right.replies
        left.errors += right.errors
        left.checked += right.checked
        left.acknowledged += right.acknowledged
        left.sessions += right.sessions
        left.served += right.served
        left.histories += right.histories
        left.events += right.events
        left.compared += right.compared
        left.failovers += right.failovers
        left.handovers += right.handovers
        left.loaded += right.loaded
        left.kept += right.kept
        left.disk += right.disk
    }
}
