import SessionCore

/// Hosts' disks: the system calls of their nodes, and what a restart has to bring back.
extension Simulation {
    // MARK: System calls

    /// A node asks something of its disk.
    func ask(_ request: DiskRequest, _ host: Host, _ running: RunningNode) {
        guard host.disk != nil else {
            var answer = DiskAnswer()
            answer.problem = DiskProblem(reason: "No such device")
            return running.node.diskAnswered(answer, in: request.lane, now: timestamp)
        }
        let lane = request.lane.rawValue
        host.lanes[lane].append(DiskWork(request: request))
        if host.lanes[lane].count == 1 { scheduleStep(host, lane) }
    }

    private func scheduleStep(_ host: Host, _ lane: Int) {
        guard let work = host.lanes[lane].first, var random = host.disk?.random else { return }
        let duration: Int64 =
            switch work.step {
            case .sync, .syncDirectory: host.isDiskSlow ? random.within(100_000...2_500_000) : random.within(50...4000)
            default: random.within(1...60)
            }
        host.disk?.random = random
        host.lanes[lane][0].answer.microseconds += duration
        queue.schedule(.disk(host: host.index, lane: lane, serial: host.starts), at: clock + duration)
    }

    /// The system call at which a lane is has come to its end.
    func stepEnds(_ host: Host, _ lane: Int, _ serial: Int) {
        guard host.starts == serial, let running = host.running, var work = host.lanes[lane].first else { return }
        if host.isFrozen {
            return queue.schedule(.disk(host: host.index, lane: lane, serial: serial), at: clock + 1000)
        }
        if let step = work.step {
            if let reason = host.disk?.perform(step, &work.answer) {
                work.answer.problem = DiskProblem(
                    reason: reason, isMissing: reason == VirtualDisk.missing, step: work.next)
            } else if case .rename(_, let path) = step, path.hasSuffix(".base.rdb") {
                // It may hold more than its place in the stream says.
                host.baseOffset = running.position.offset
            }
            work.next += 1
        }
        if work.isDone {
            host.lanes[lane].removeFirst()
            host.inbox.append(.disk(work.request.lane, work.answer))
            scheduleTurn(host, at: clock + 1)
        } else {
            host.lanes[lane][0] = work
        }
        if !host.lanes[lane].isEmpty { scheduleStep(host, lane) }
    }

    /// A node ends because of its disk. That is a violation, unless the disk has been made to fail; then it is started
    /// again.
    func failed(_ reason: String, _ host: Host) {
        trace.note("log", host.index, 0, [reason])
        guard host.disk != nil else { return }
        if clock > host.trustedFrom { return checker.report("host \(host.index) ends: \(reason)") }
        crash(host, isDark: false)
        queue.schedule(.restart(host: host.index, serial: host.starts), at: clock + 500_000)
    }

    /// The process is gone, or the power fails.
    func stopDisk(_ host: Host, isDark: Bool) {
        guard host.disk != nil else { return }
        let step = host.lanes.compactMap(\.first?.step).first
        for lane in host.lanes.indices { host.lanes[lane] = [] }
        if isDark { host.disk?.losePower() } else { host.disk?.killProcess(during: step) }
        trace.note("disk", host.index, Int(host.disk?.used ?? 0), host.disk?.paths ?? [])
    }

    // MARK: Faults

    func beginDiskFault(_ kind: Fault.Kind, _ host: Host) {
        guard host.disk != nil else { return }
        host.trustedFrom = .max
        switch kind {
        case .fullDisk:
            let used = host.disk?.used ?? 0
            host.disk?.capacity = used + random.below(2000)
        case .slowDisk: host.isDiskSlow = true
        default: host.disk?.failsSync = true
        }
    }

    func endDiskFaults(_ host: Host) {
        guard host.disk != nil else { return }
        host.disk?.capacity = .max
        host.disk?.failsSync = false
        host.isDiskSlow = false
        // What was tried meanwhile may take until now to fail.
        if host.trustedFrom == .max { host.trustedFrom = clock + 6_000_000 }
    }

    // MARK: What is promised

    /// A client has been sent the reply to a write of a primary.
    func promise(_ request: Request, _ host: Host, _ running: RunningNode) {
        guard scenario.disk?.policy == .always, let place = request.place, place.history == running.position.history
        else { return }
        host.promise = Promise(history: place.history, offset: max(place.offset, host.promise?.offset ?? 0))
    }

    /// With `everysec`: what is two seconds old.
    func promiseByTime(_ host: Host, _ running: RunningNode) {
        guard scenario.disk?.policy == .everySecond else { return }
        guard running.position.isPrimary, !running.position.isTransient else { return host.samples = [] }
        let promise = Promise(history: running.position.history, offset: running.position.offset)
        if host.samples.last?.promise != promise { host.samples.append((clock, promise)) }
        guard clock > host.trustedFrom else { return }
        let old = host.samples.prefix { $0.time <= clock - 2_000_000 }.count
        if old > 0 {
            host.promise = host.samples[old - 1].promise
            host.samples.removeFirst(old - 1)
        }
    }

    /// The data of a host has come from its disk.
    private func loaded(_ host: Host, _ running: RunningNode) {
        running.isLoading = false
        let view = running.node.replicationPosition
        let blurredUntil = host.baseOffset > view.offset ? host.baseOffset : -1
        let parent = checker.histories.index(of: view.formerID)
        var position = Position()
        (position.offset, position.isPrimary) = (view.offset, view.isPrimary)
        if let known = checker.histories.index(of: view.id) {
            position.history = known
            if !view.isPrimary { position.blurredUntil = blurredUntil }
        } else {
            let branch = parent == nil ? 0 : view.formerOffset
            position.history = checker.histories.add(
                Histories.History(
                    id: view.id, parent: parent ?? -1, branch: branch, blurredUntil: parent == nil ? -1 : blurredUntil))
        }
        position.isTransient = !view.isPrimary && view.offset == 0
        running.position = position
        host.baseOffset = -1
        trace.note("loaded", host.index, Int(view.offset))
        checker.statistics.loaded += 1
        guard let promise = host.promise else { return }
        checker.statistics.kept += 1
        let mark = Mark(history: promise.history, start: promise.offset, end: promise.offset)
        if checker.histories.sight(of: mark, from: position) != .seen {
            checker.report(
                "host \(host.index) has restarted at offset \(view.offset) of \(view.formerID): offset "
                    + "\(promise.offset) of \(checker.histories.list[promise.history].id) was to be there")
        }
        host.promise = nil
    }

    /// Whether a node's place is not to be looked at, as it is loading.
    func isLoading(_ host: Host, _ running: RunningNode) -> Bool {
        guard running.isLoading else { return false }
        if running.node.isLoadingData { return true }
        loaded(host, running)
        return false
    }

    /// What a primary has promised counts for nothing when it takes over the data of another one.
    func forgetPromises(_ host: Host) {
        host.promise = nil
        host.samples = []
    }
}

/// A request of a node, as far as its disk has come.
struct DiskWork {
    let request: DiskRequest
    var next = 0
    var answer = DiskAnswer()

    var step: DiskStep? { next < request.steps.count ? request.steps[next] : nil }

    var isDone: Bool { answer.problem != nil || next >= request.steps.count }
}

/// A place in a history that a host's disk holds.
struct Promise: Equatable {
    let history: Int
    let offset: Int64
}

/// What the nodes of a simulation keep on their disks.
struct DiskPlan {
    let policy: AppendSync
    let isEncrypted: Bool
    let faults: [Fault]

    let directives: [(String, String)]
    /// For the disks themselves.
    let random: SplitMix64

    static let directory = "/d"

    /// - Returns: nil in half of all cases: nothing is kept.
    init?(_ random: SplitMix64, hosts: Int, duration: Int64) {
        var random = random
        if random.chance(50) { return nil }
        policy = random.chance(60) ? .always : .everySecond
        isEncrypted = random.chance(40)
        faults = (0..<(1 + random.below(5))).map { _ in
            let kind = random.pick([.crash, .crash, .powerCut, .powerCut, .powerCut] + Fault.Kind.ofDisks)
            let length = random.chance(60) ? random.within(1000...800_000) : random.within(800_000...3_000_000)
            return Fault(
                kind: kind, host: random.below(hosts), time: random.within(300_000...duration), duration: length)
        }
        directives = [
            ("dir", DiskPlan.directory), ("appendfsync", policy.rawValue),
            ("encrypt-at-rest", isEncrypted ? "yes" : "no"),
            ("auto-aof-rewrite-min-size", random.pick(["2kb", "8kb", "64kb"])),
        ]
        self.random = random
    }
}
