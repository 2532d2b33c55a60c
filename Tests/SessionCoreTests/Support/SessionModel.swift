/// A `SESS*` command with its options, for random tests.
struct SessionCommand {
    var name: String
    /// The token, or the user where the command takes one.
    var subject: String?
    var id, user, device, bind, reason, except: String?
    var idle, max, grace, levelFor, ifVersion, minVersion: Int64?
    var level, minLevel, limit: Int?
    var evicts = false
    var touch = false
    var fields: [(name: String, value: String)] = []
    var names: [String] = []

    /// As it is sent, the options in the order that `random` gives.
    func words(_ random: inout SplitMix64) -> [String] {
        var options: [[String]] = []
        for (option, value) in [
            ("ID", id), ("USER", user), ("DEVICE", device), ("BIND", bind), ("REASON", reason), ("EXCEPT", except),
        ] {
            if let value { options.append([option, value]) }
        }
        for (option, value) in [
            ("IDLE", idle), ("MAX", max), ("GRACE", grace), ("IFVER", ifVersion), ("MINVER", minVersion),
        ] {
            if let value { options.append([option, String(value)]) }
        }
        if let level { options.append(["LEVEL", String(level)] + (levelFor.map { ["FOR", String($0)] } ?? [])) }
        if let minLevel { options.append(["MINLEVEL", String(minLevel)]) }
        if let limit { options.append(["LIMIT", String(limit), evicts ? "EVICT" : "REJECT"]) }
        if touch { options.append(["TOUCH"]) }
        options.shuffle(using: &random)
        var words = [name] + (subject.map { [$0] } ?? []) + options.flatMap { $0 }
        if !fields.isEmpty { words += ["FIELDS", String(fields.count)] + fields.flatMap { [$0.name, $0.value] } }
        if !names.isEmpty { words += ["FIELDS", String(names.count)] + names }
        return words
    }
}

/// What the specification of the `SESS*` commands says, in the plainest form: lists that are searched from end to end.
struct SessionModel {
    struct Session {
        var token: String
        /// Tokens that this one replaced, oldest first.
        var replaced: [String] = []
        var graceUntil: Int64 = 0
        var user: String?
        var device: String?
        var bind: String?
        var created, seen, idle: Int64
        /// Grows from use to use.
        var use: Int
        var end: Int64?
        var level = 1
        var levelUntil: Int64?
        var version: Int64 = 1
        var fields: [(name: String, value: String)] = []

        var deadline: Int64 { Swift.min(seen + idle, end ?? .max) }
    }

    /// A revoked session: all its tokens are dead.
    struct Tombstone {
        var tokens: [String]
        var until: Int64
    }

    enum Found { case live(Int), grace(Int), reused(Int), revoked, missing }

    let defaultIdle, defaultMax, defaultGrace, tombstoneTime: Int64
    private(set) var now: Int64
    private(set) var sessions: [Session] = []
    private(set) var tombstones: [Tombstone] = []
    private var uses = 0

    init(idle: Int64, max: Int64, grace: Int64, tombstone: Int64, now: Int64) {
        (defaultIdle, defaultMax, defaultGrace, tombstoneTime) = (idle, max, grace, tombstone)
        self.now = now
    }

    mutating func setTime(_ milliseconds: Int64) {
        now = milliseconds
        sessions.removeAll { $0.deadline <= milliseconds }
        tombstones.removeAll { $0.until <= milliseconds }
    }

    /// The session of this handle has made room for others.
    mutating func evict(handle: String) { sessions.removeAll { expectedHandle($0.token) == handle } }

    func find(_ token: String) -> Found {
        if tombstones.contains(where: { $0.tokens.contains(token) }) { return .revoked }
        for (index, session) in sessions.enumerated() {
            if session.token == token { return .live(index) }
            guard session.replaced.contains(token) else { continue }
            return session.replaced.last == token && now < session.graceUntil ? .grace(index) : .reused(index)
        }
        return .missing
    }

    /// What the node has to answer. `made` is the token that it made, if it did.
    mutating func reply(to command: SessionCommand, made: String?) -> WireReply {
        switch command.name {
        case "SESSCREATE": create(command, made)
        case "SESSGET": get(command)
        case "SESSSET", "SESSUNSET": write(command)
        case "SESSTOUCH": touch(command)
        case "SESSROTATE": rotate(command, made)
        case "SESSREVOKE": revoke(command)
        case "SESSREVOKEUSER": revokeUser(command)
        case "SESSLIST": list(command)
        default: card(command)
        }
    }

    // MARK: Commands

    private mutating func create(_ command: SessionCommand, _ made: String?) -> WireReply {
        if let id = command.id {
            switch find(id) {
            case .live: return .error("SESSEXISTS")
            case .grace: return .error("ROTATED")
            case .reused(let index): return reuse(index)
            case .revoked: return .error("REVOKED")
            case .missing: break
            }
        }
        if let limit = command.limit {
            var others = sessions.filter { $0.user == command.user }.sorted { $0.use < $1.use }
            if others.count >= limit && !command.evicts { return .error("SESSLIMIT") }
            while others.count >= limit { end(others.removeFirst().token) }
        }
        let max = command.max ?? defaultMax
        var session = Session(
            token: command.id ?? made ?? "", created: now, seen: now, idle: command.idle ?? defaultIdle, use: nextUse(),
            end: max == 0 ? nil : now + max)
        (session.user, session.device, session.bind) = (command.user, command.device, command.bind)
        session.level = command.level ?? 1
        session.levelUntil = command.levelFor.map { now + $0 }
        merge(command.fields, into: &session)
        sessions.append(session)
        return .bulk(Array(session.token.utf8))
    }

    private mutating func get(_ command: SessionCommand) -> WireReply {
        let index: Int
        var isRotated = false
        switch find(command.subject ?? "") {
        case .live(let found): index = found
        case .grace(let found): (index, isRotated) = (found, true)
        case .reused(let found): return reuse(found)
        case .revoked, .missing: return .null
        }
        if let given = command.bind, let bound = sessions[index].bind, given != bound { return .error("BINDMISMATCH") }
        let level = effectiveLevel(sessions[index])
        if let wanted = command.minLevel, level < wanted { return .error("STEPUP \(level)") }
        if let wanted = command.minVersion, sessions[index].version < wanted {
            return .error("STALE \(sessions[index].version)")
        }
        if command.touch { use(index) }
        let fields = sessions[index].fields
        var data: [WireReply] = []
        if command.names.isEmpty {
            for field in fields { data += [text(field.name), text(field.value)] }
        } else {
            for name in command.names { data += [text(name), text(fields.first { $0.name == name }?.value)] }
        }
        return .array(summary(sessions[index], isRotated: isRotated) + ["data", .array(data)])
    }

    private mutating func write(_ command: SessionCommand) -> WireReply {
        let index: Int
        switch find(command.subject ?? "") {
        case .live(let found): index = found
        case .grace: return .error("ROTATED")
        case .reused(let found): return reuse(found)
        case .revoked: return .error("REVOKED")
        case .missing: return .error("NOSESSION")
        }
        var session = sessions[index]
        if let wanted = command.ifVersion, wanted != session.version { return .error("VERSION \(session.version)") }
        if let user = command.user, let owner = session.user, user != owner { return .error("ERR") }
        if command.name == "SESSUNSET" {
            let before = session.fields.count
            session.fields.removeAll { command.names.contains($0.name) }
            if session.fields.count == before { return .integer(session.version) }
        }
        session.user = command.user ?? session.user
        session.device = command.device ?? session.device
        session.idle = command.idle ?? session.idle
        merge(command.fields, into: &session)
        session.version += 1
        sessions[index] = session
        setTime(now)
        return .integer(session.version)
    }

    private mutating func touch(_ command: SessionCommand) -> WireReply {
        switch find(command.subject ?? "") {
        case .live(let index), .grace(let index):
            use(index)
            sessions[index].idle = command.idle ?? sessions[index].idle
            return .integer(sessions[index].deadline - now)
        case .reused(let index): return reuse(index)
        case .revoked, .missing: return -2
        }
    }

    private mutating func rotate(_ command: SessionCommand, _ made: String?) -> WireReply {
        switch find(command.subject ?? "") {
        case .live(let index):
            sessions[index].replaced.append(sessions[index].token)
            sessions[index].token = made ?? ""
            sessions[index].graceUntil = now + (command.grace ?? defaultGrace)
            sessions[index].user = command.user ?? sessions[index].user
            sessions[index].bind = command.bind ?? sessions[index].bind
            if let level = command.level {
                sessions[index].level = level
                sessions[index].levelUntil = command.levelFor.map { now + $0 }
            }
            sessions[index].version += 1
            return .bulk(Array((made ?? "").utf8))
        case .grace: return .error("ROTATED")
        case .reused(let index): return reuse(index)
        case .revoked: return .error("REVOKED")
        case .missing: return .error("NOSESSION")
        }
    }

    private mutating func revoke(_ command: SessionCommand) -> WireReply {
        switch find(command.subject ?? "") {
        case .live(let index), .grace(let index), .reused(let index):
            end(sessions[index].token)
            return 1
        case .revoked, .missing: return 0
        }
    }

    private mutating func revokeUser(_ command: SessionCommand) -> WireReply {
        var spared: String?
        if let token = command.except {
            switch find(token) {
            case .live(let index), .grace(let index): spared = sessions[index].token
            default: break
            }
        }
        let tokens = sessions.filter { $0.user == command.subject && $0.token != spared }.map(\.token)
        for token in tokens { end(token) }
        return .integer(Int64(tokens.count))
    }

    private func list(_ command: SessionCommand) -> WireReply {
        let listed = sessions.filter { $0.user == command.subject }.sorted { $0.use > $1.use }
        return ["0", .array(listed.map { .array(summary($0, isRotated: false)) })]
    }

    private func card(_ command: SessionCommand) -> WireReply {
        .integer(Int64(sessions.count { $0.user == command.subject }))
    }

    // MARK: Parts

    private mutating func nextUse() -> Int {
        uses += 1
        return uses
    }

    private mutating func use(_ index: Int) {
        sessions[index].seen = now
        sessions[index].use = nextUse()
    }

    private mutating func reuse(_ index: Int) -> WireReply {
        end(sessions[index].token)
        return .error("REUSED")
    }

    private mutating func end(_ token: String) {
        guard let index = sessions.firstIndex(where: { $0.token == token }) else { return }
        let session = sessions.remove(at: index)
        let until = session.end ?? now + tombstoneTime
        tombstones.append(Tombstone(tokens: session.replaced + [session.token], until: until))
    }

    private func merge(_ pairs: [(name: String, value: String)], into session: inout Session) {
        for (name, value) in pairs {
            if let index = session.fields.firstIndex(where: { $0.name == name }) {
                session.fields[index].value = value
            } else {
                session.fields.append((name, value))
            }
        }
    }

    private func effectiveLevel(_ session: Session) -> Int {
        if let until = session.levelUntil, now >= until { return 1 }
        return session.level
    }

    private func summary(_ session: Session, isRotated: Bool) -> [WireReply] {
        [
            "handle", text(expectedHandle(session.token)), "user", text(session.user), "device", text(session.device),
            "created", .integer(session.created), "seen", .integer(session.seen),
            "ttl", .integer(session.deadline - now), "max", .integer(session.end.map { $0 - now } ?? -1),
            "level", .integer(Int64(effectiveLevel(session))), "version", .integer(session.version),
            "rotated", .integer(isRotated ? 1 : 0),
        ]
    }

    private func text(_ text: String?) -> WireReply { text.map { .bulk(Array($0.utf8)) } ?? .null }
}
