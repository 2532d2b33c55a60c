/// Replies to `SESS*` requests.
extension Checker {
    func check(_ request: SessionRequest, _ reply: Reply, _ execution: Execution) {
        switch request {
        case .create(let user, let idle, let max, let token, let value):
            guard case .bulk(let bytes) = reply else { return }
            created(user, idle, max, token ?? String(decoding: bytes, as: UTF8.self), value, execution)
        case .get(let name, let touches): checkGet(name, touches, reply, execution)
        case .touch(let name, let idle): checkTouch(name, idle, reply, execution)
        case .set(let name, let value): checkSet(name, value, reply, execution)
        case .rotate(let name, let grace): checkRotate(name, grace, reply, execution)
        case .revoke(let name): checkRevoke(name, reply, execution)
        case .revokeUser(let user): checkRevokeUser(user, reply, execution)
        case .card(let user): checkCard(user, reply, execution)
        }
    }

    private func created(
        _ user: Int, _ idle: Int64, _ max: Int64, _ token: String, _ value: String, _ execution: Execution
    ) {
        let end = max == 0 ? 0 : execution.now + max
        let deadline = end == 0 ? execution.now + idle : min(execution.now + idle, end)
        let state = SessionState(
            user: user, idle: idle, end: end, earliestDeadline: deadline, latestDeadline: deadline, value: value)
        sessions.append(SessionHistory(tokens: [token], states: [(execution.mark, state)]))
        statistics.sessions += 1
    }

    private func note(_ state: SessionState, _ session: Int, _ execution: Execution) {
        sessions[session].states.append((execution.mark, state))
    }

    /// A session about which nothing was certain has been changed: it stays so, but where it came to its end.
    private func noteUncertain(_ session: Int, isRevoked: Bool, _ execution: Execution) {
        guard execution.place.isPrimary, var state = sessions[session].states.last?.state else { return }
        state.isUncertain = !isRevoked
        state.isRevoked = isRevoked
        note(state, session, execution)
    }

    private func renewed(_ state: SessionState, idle: Int64?, _ now: Int64) -> SessionState {
        var state = state
        state.idle = idle ?? state.idle
        state.setDeadline(state.end == 0 ? now + state.idle : min(now + state.idle, state.end))
        return state
    }

    /// The state that a token has to be judged by, and what the token leads to; nil where nothing is certain.
    private func find(_ name: TokenName, _ execution: Execution) -> (state: SessionState?, SessionState.Finding)? {
        switch knowledge(ofSession: name.session, at: execution.place) {
        case .unsure: return nil
        case .nothing: return (nil, .dead)
        case .value(let state, _): return (state, state.find(name.token, at: execution.now))
        }
    }

    private func describe(_ name: TokenName, _ state: SessionState?, _ execution: Execution) -> String {
        let text = "host \(execution.host), token \(name.token) of session \(name.session) (\(token(name)))"
        guard let state else { return "\(text), which is not known there" }
        let end = "\(state.earliestDeadline - execution.now)…\(state.latestDeadline - execution.now) ms left"
        return "\(text), token now \(state.token), version \(state.version), \(end)"
            + (state.isRevoked ? ", revoked" : "")
    }

    /// A replaced token was used too late: on a primary that ends the session.
    private func checkReuse(
        _ name: TokenName, _ found: (state: SessionState?, SessionState.Finding)?, _ execution: Execution
    ) {
        guard let found else { return noteUncertain(name.session, isRevoked: execution.place.isPrimary, execution) }
        guard var state = found.state, found.1 == .reused else {
            return report("REUSED is answered: \(describe(name, found.state, execution))")
        }
        guard execution.place.isPrimary else { return }
        state.isRevoked = true
        note(state, name.session, execution)
    }

    // MARK: Reading

    private func checkGet(_ name: TokenName, _ touches: Bool, _ reply: Reply, _ execution: Execution) {
        let found = find(name, execution)
        switch reply {
        case .error: return reply.errorCode == "REUSED" ? checkReuse(name, found, execution) : ()
        case .null:
            guard let (state, finding) = found, let state else { return }
            statistics.checked += 1
            if state.isWithin(execution.now), finding == .live || finding == .grace {
                report("a live session is not served: \(describe(name, state, execution))")
            }
        case .array:
            statistics.served += 1
            guard let (state, finding) = found else {
                if touches { noteUncertain(name.session, isRevoked: false, execution) }
                return
            }
            guard let state, finding == .live || finding == .grace else {
                return report("a dead session is served: \(describe(name, state, execution))")
            }
            checkContent(name, state, finding, reply, touches, execution)
        default: report("SESSGET answers \(reply)")
        }
    }

    private func checkContent(
        _ name: TokenName, _ state: SessionState, _ finding: SessionState.Finding, _ reply: Reply, _ touches: Bool,
        _ execution: Execution
    ) {
        statistics.checked += 1
        let shown = touches ? renewed(state, idle: nil, execution.now) : state
        let left = reply["ttl"]?.number ?? -1
        let deadlines = (shown.earliestDeadline - execution.now)...(shown.latestDeadline - execution.now)
        if !deadlines.contains(left) { report("ttl is \(left): \(describe(name, shown, execution))") }
        if reply["version"]?.number != state.version || reply["user"]?.text != KeySpace.user(state.user)
            || reply["rotated"]?.number != (finding == .grace ? 1 : 0) || reply["data"]?["n"]?.text != state.value {
            report("\(reply) instead of '\(state.value)': \(describe(name, state, execution))")
        }
        if touches { note(shown, name.session, execution) }
    }

    private func checkTouch(_ name: TokenName, _ idle: Int64?, _ reply: Reply, _ execution: Execution) {
        let found = find(name, execution)
        if reply.errorCode == "REUSED" { return checkReuse(name, found, execution) }
        guard let left = reply.number else { return }
        guard let (state, finding) = found else {
            if left >= 0 { noteUncertain(name.session, isRevoked: false, execution) }
            return
        }
        statistics.checked += 1
        let isAlive = finding == .live || finding == .grace
        guard left >= 0 else {
            if isAlive, let state, state.isWithin(execution.now) {
                report("a live session is not touched: \(describe(name, state, execution))")
            }
            return
        }
        guard let state, isAlive else {
            return report("a dead session is touched: \(describe(name, state, execution))")
        }
        let touched = renewed(state, idle: idle, execution.now)
        if left != touched.latestDeadline - execution.now {
            report("SESSTOUCH answers \(left): \(describe(name, touched, execution))")
        }
        note(touched, name.session, execution)
    }

    /// Live sessions of a user at a place: those there certainly are, and those there may be.
    private func liveSessions(of user: Int, _ execution: Execution) -> (certain: [Int], possible: [Int]) {
        var (certain, possible): ([Int], [Int]) = ([], [])
        for session in sessions.indices where sessions[session].states.first?.state.user == user {
            switch knowledge(ofSession: session, at: execution.place) {
            case .nothing: continue
            case .unsure: possible.append(session)
            case .value(let state, _):
                if state.isRevoked || execution.now >= state.latestDeadline { continue }
                possible.append(session)
                if state.isWithin(execution.now) { certain.append(session) }
            }
        }
        return (certain, possible)
    }

    private func checkCard(_ user: Int, _ reply: Reply, _ execution: Execution) {
        _ = checkCount(of: user, reply, "counted", execution)
    }

    /// Judges how many sessions of a user a reply says there are.
    /// - Parameter verb: what was done with them.
    /// - Returns: those that may be alive; none if the reply is no number.
    private func checkCount(of user: Int, _ reply: Reply, _ verb: String, _ execution: Execution) -> [Int] {
        guard let count = reply.number else { return [] }
        statistics.checked += 1
        let (certain, possible) = liveSessions(of: user, execution)
        if count < certain.count || count > possible.count {
            report(
                "host \(execution.host): \(count) sessions of \(KeySpace.user(user)) \(verb) instead of "
                    + "\(certain.count)…\(possible.count)")
        }
        return possible
    }

    // MARK: Writing

    private func checkSet(_ name: TokenName, _ value: String, _ reply: Reply, _ execution: Execution) {
        guard let state = stateToWrite(name, reply, reply.number != nil, execution) else { return }
        var changed = state
        changed.version += 1
        changed.value = value
        if reply.number != changed.version {
            report("SESSSET answers \(reply): \(describe(name, state, execution))")
        }
        note(changed, name.session, execution)
    }

    private func checkRotate(_ name: TokenName, _ grace: Int64, _ reply: Reply, _ execution: Execution) {
        let token = reply.isError ? nil : reply.text
        if let token { sessions[name.session].tokens.append(token) }
        guard let state = stateToWrite(name, reply, token != nil, execution) else { return }
        var rotated = state
        rotated.version += 1
        rotated.replaced.append(state.token)
        rotated.token = sessions[name.session].tokens.count - 1
        rotated.graceUntil = grace == 0 ? 0 : execution.now + grace
        note(rotated, name.session, execution)
    }

    /// Judges whether a write was to be executed.
    /// - Returns: the state that it was executed on; nil if it was not, or nothing is certain.
    private func stateToWrite(
        _ name: TokenName, _ reply: Reply, _ isDone: Bool, _ execution: Execution
    ) -> SessionState? {
        let found = find(name, execution)
        if reply.errorCode == "REUSED" {
            checkReuse(name, found, execution)
            return nil
        }
        guard let (state, finding) = found else {
            if isDone { noteUncertain(name.session, isRevoked: false, execution) }
            return nil
        }
        statistics.checked += 1
        if isDone {
            if finding == .live, let state { return state }
            report("a write is executed: \(describe(name, state, execution))")
            return nil
        }
        let isRefused = ["NOSESSION", "REVOKED", "ROTATED"].contains(reply.errorCode)
        if isRefused, finding == .live, let state, state.isWithin(execution.now) {
            report("\(reply) is answered: \(describe(name, state, execution))")
        }
        return nil
    }

    private func checkRevoke(_ name: TokenName, _ reply: Reply, _ execution: Execution) {
        guard let count = reply.number else { return }
        guard let (state, finding) = find(name, execution) else {
            return noteUncertain(name.session, isRevoked: count == 1, execution)
        }
        statistics.checked += 1
        guard let state, finding != .dead else {
            if count != 0 { report("a dead session is revoked: \(describe(name, state, execution))") }
            return
        }
        if count != 1 && state.isWithin(execution.now) {
            report("a live session is not revoked: \(describe(name, state, execution))")
        }
        var revoked = state
        revoked.isRevoked = true
        note(revoked, name.session, execution)
    }

    private func checkRevokeUser(_ user: Int, _ reply: Reply, _ execution: Execution) {
        for session in checkCount(of: user, reply, "revoked", execution) {
            noteUncertain(session, isRevoked: true, execution)
        }
    }
}
