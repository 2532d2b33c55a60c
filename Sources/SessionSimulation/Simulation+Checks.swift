import SessionCore

/// Looking at nodes: where they stand, what they answer, whether they agree.
extension Simulation {
    // MARK: Positions

    /// A node has just been started.
    func started(_ host: Host, _ running: RunningNode) {
        let view = running.node.replicationPosition
        let history = checker.histories.index(of: view.id)
            ?? checker.histories.add(Histories.History(id: view.id, parent: -1, branch: 0, blurredUntil: -1))
        running.position = Position(history: history, offset: view.offset, isPrimary: view.isPrimary)
        running.position.isTransient = !view.isPrimary
        guard host.disk != nil else { return }
        running.isLoading = true
        running.position.isTransient = true
        host.samples = []
    }

    /// Notes where a node stands after a call that may have moved it.
    func observe(_ host: Host, _ running: RunningNode) {
        if isLoading(host, running) { return }
        let view = running.node.replicationPosition
        let old = running.position
        var new = old
        new.offset = view.offset
        new.isPrimary = view.isPrimary
        new.isLinked = view.isLinked
        if checker.histories.list[old.history].id != view.id {
            new.history = checker.histories.index(of: view.id) ?? branch(off: old, view.id, host)
        }
        if new == old { return }
        if new.isPrimary {
            new.blurredUntil = -1
            if !old.isPrimary {
                trace.note("promoted", host.index, Int(new.offset))
                if old.isTransient { new.isTransient = true } else { new.isTransient = false }
            }
        } else if new.isLinked && !old.isLinked {
            // It may have loaded a snapshot that holds more than its offset says.
            new.isTransient = false
            new.blurredUntil = hosts.reduce(-1) { latest, other in
                guard let position = other.running?.position, position.history == new.history else { return latest }
                return max(latest, position.offset)
            }
            trace.note("linked", host.index, Int(new.offset))
        } else if !new.isLinked && (new.history != old.history || new.offset != old.offset) {
            new.isTransient = true
        }
        if old.isLinked && !new.isLinked { trace.note("link lost", host.index, Int(new.offset)) }
        if new.blurredUntil >= 0 && new.offset >= new.blurredUntil { new.blurredUntil = -1 }
        if !new.isPrimary && new.history != old.history { forgetPromises(host) }
        running.position = new
        if !new.isPrimary && new.isLinked { checker.reached(host.index, new) }
    }

    /// A node has begun a history of its own, on what it holds.
    private func branch(off old: Position, _ id: String, _ host: Host) -> Int {
        trace.note("history", host.index, Int(old.offset), [id])
        return checker.histories.add(
            Histories.History(
                id: id, parent: old.isTransient ? -1 : old.history, branch: old.offset,
                blurredUntil: old.blurredUntil))
    }

    // MARK: Replies

    /// Looks at what a node has answered on a client's wire since it was last looked at.
    /// - Parameter isAlone: nobody else's requests were executed since.
    func tap(_ wire: Int, _ host: Host, _ running: RunningNode, since start: Int64, isAlone: Bool = false) {
        let log = wires[wire].requests
        let number = wires[wire].ends[1].connection
        guard number >= 0, running.sockets[number].wire == wire else { return }
        let replies = running.replies(number, from: log.seen - log.sent)
        guard !replies.isEmpty else { return }
        log.partial += replies
        let total = log.seen + replies.count
        log.seen = total
        let execution = Checker.Execution(
            host: host.index, place: running.position, start: min(start, running.position.offset), now: milliseconds)
        var position = 0
        var changed: [Int] = []
        var hasExecuted = false
        while log.answered < log.requests.count, let reply = Reply.read(log.partial, &position) {
            log.requests[log.answered].end = total - (log.partial.count - position)
            // The answer to WAIT comes later: what was written meanwhile was not written by this client.
            if case .wait = log.requests[log.answered].kind {} else { hasExecuted = true }
            answered(log, reply, execution, &changed)
            log.answered += 1
        }
        trace.fold(log.partial)
        log.partial.removeFirst(position)
        guard running.position.isPrimary else { return }
        if hasExecuted && execution.mark.end > execution.mark.start {
            // Up to where this client's own writes go is known only if there were no others.
            log.lastWrite = isAlone ? (execution.mark.history, execution.mark.end) : nil
        }
        for key in changed { checker.note(key, running.node.keyImage(KeySpace.name(key)), execution) }
    }

    /// The next request of a client has been answered.
    private func answered(
        _ log: RequestLog, _ reply: Reply, _ execution: Checker.Execution, _ changed: inout [Int]
    ) {
        let request = log.requests[log.answered]
        trace.note(reply, from: execution.host, at: execution.place.offset)
        log.requests[log.answered].isError = reply.isError
        var isWrite = request.isWrite && !reply.isError
        if case .exec = request.kind {
            isWrite = zip(log.queued, reply.elements ?? []).contains { $0.isWrite && !$1.isError }
        }
        if isWrite && execution.place.isPrimary && !execution.place.isTransient {
            log.requests[log.answered].place = Promise(
                history: execution.place.history, offset: execution.place.offset)
        }
        if case .exec = request.kind {
            for (queued, element) in zip(log.queued, reply.elements ?? []) {
                check(queued, element, execution, log, &changed)
            }
            log.queued = []
        } else if reply == .simple("QUEUED") {
            log.queued.append(request)
        } else {
            check(request, reply, execution, log, &changed)
        }
    }

    private func check(
        _ request: Request, _ reply: Reply, _ execution: Checker.Execution, _ log: RequestLog, _ changed: inout [Int]
    ) {
        switch request.kind {
        // What the same batch has made of the key is noted when all of it is executed.
        case .get(let key) where changed.contains(key), .exists(let key) where changed.contains(key): return
        default: checker.check(request, reply, execution, log)
        }
        guard case .write(let keys) = request.kind else { return }
        for key in keys where !changed.contains(key) { changed.append(key) }
    }

    // MARK: Audits

    /// Compares nodes with each other and with what they have to hold, every now and then.
    func audit() {
        queue.schedule(.audit, at: clock + 700_000)
        compareNodes()
        for host in hosts { auditKeys(host) }
        if phase == .running, random.chance(40) { askForSessions(random.below(hosts.count), latest: 30) }
    }

    /// Nodes at the same place in the same history hold the same.
    func compareNodes() {
        var known: [(host: Int, position: Position, digest: UInt64)] = []
        for host in hosts {
            guard let running = host.running, !running.position.isTransient, running.position.blurredUntil < 0,
                running.position.isPrimary || running.position.isLinked
            else { continue }
            let others = hosts.contains {
                $0 !== host && $0.running?.position.history == running.position.history
                    && $0.running?.position.offset == running.position.offset
            }
            guard others else { continue }
            let digest = running.node.contentDigest(touchInterval: scenario.touchInterval, now: timestamp)
            for other in known
            where other.position.history == running.position.history && other.position.offset == running.position.offset
            {
                checker.statistics.compared += 1
                if other.digest != digest {
                    let (left, right) = (content(of: other.host), content(of: host.index))
                    let differences = Set(left).symmetricDifference(right).sorted()
                    checker.report(
                        "hosts \(other.host) and \(host.index) differ, both at offset \(running.position.offset), in "
                            + differences.prefix(20).joined(separator: ", "))
                }
            }
            known.append((host.index, running.position, digest))
        }
    }

    private func content(of host: Int) -> [String] {
        hosts[host].running?.node.contentDigests(touchInterval: scenario.touchInterval, now: timestamp) ?? []
    }

    func auditKeys(_ host: Host) {
        guard let running = host.running else { return }
        let execution = Checker.Execution(
            host: host.index, place: running.position, start: running.position.offset, now: milliseconds)
        for key in KeySpace.all { checker.audit(key, running.node.keyImage(KeySpace.name(key)), execution) }
    }

    /// Has a node asked for the latest sessions, by all their tokens.
    func askForSessions(_ host: Int, latest: Int) {
        var requests: [Request] = []
        for session in checker.sessions.indices.suffix(latest) {
            // Replaced tokens are not asked for: that would revoke the session.
            let name = TokenName(session: session, token: checker.sessions[session].tokens.count - 1)
            requests.append(Request(["SESSGET", checker.token(name)], .session(.get(name, touch: false))))
        }
        for user in 0..<KeySpace.users {
            requests.append(Request(["SESSCARD", KeySpace.user(user)], .session(.card(user))))
        }
        tell(host, requests)
    }

    // MARK: The end

    /// Whether all replicas follow, and have all there is.
    private var hasSettled: Bool {
        guard let primary = hosts[controller.primary].running, primary.node.takesWrites else { return false }
        return hosts.allSatisfy { host in
            guard let position = host.running?.position else { return false }
            return host.index == controller.primary
                || (position.isLinked && position.history == primary.position.history
                    && position.offset == primary.position.offset)
        } && clients.allSatisfy { $0.host == nil || ($0.errands.isEmpty && $0.patience == .max) }
    }

    /// From running to settling to ending.
    func advancePhase() {
        switch phase {
        case .running where clock >= scenario.duration:
            phase = .settling
            phaseEnd = clock + Simulation.settlingTime
            trace.note("settling", 0, 0)
            endAllFaults()
        case .settling where hasSettled:
            compareNodes()
            for host in hosts {
                auditKeys(host)
                askForSessions(host.index, latest: .max)
            }
            tell(controller.primary, KeySpace.all.map { Request(["DEL", KeySpace.name($0)], .write([$0])) })
            phase = .ending
            phaseEnd = clock + Simulation.settlingTime
        case .ending where hasSettled && clock >= phaseEnd - Simulation.settlingTime + 26_000_000:
            compareNodes()
            for host in hosts { checkEmpty(host) }
            isDone = true
        case .settling where clock > phaseEnd, .ending where clock > phaseEnd:
            checker.report("no agreement: \(hosts.map { "\($0.index) \(String(describing: $0.running?.position))" })")
        default: break
        }
    }

    /// All sessions have ended, all keys are deleted: nothing may be left.
    private func checkEmpty(_ host: Host) {
        guard let node = host.running else { return }
        if node.node.recordCount > 0 {
            checker.report("host \(host.index) still has \(node.node.recordCount) records when all is over")
        } else if node.node.heapBytes > 256 * 1024 {
            checker.report("host \(host.index) still uses \(node.node.heapBytes) bytes when all is over")
        }
    }
}
