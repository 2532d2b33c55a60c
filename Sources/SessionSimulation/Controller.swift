import SessionCore

/// What Sentinel does: watches the primary, promotes the best replica when it is gone, and has all others follow.
struct Controller {
    /// The host that is, or is to be, the primary.
    var primary = 0
    /// By host: where it is to replicate from; -1 for the primary.
    var upstreams: [Int]
    /// When the primary was first found out of reach; nil while it is not.
    var downSince: Int64?
    /// By host: when it was last told something, in virtual microseconds.
    var toldAt: [Int64]
    /// The host that an operator has the primary hand over to.
    var heir: Int?

    init(_ scenario: Scenario) {
        upstreams = scenario.upstreams
        toldAt = scenario.hosts.map { _ in -1_000_000 }
    }
}

extension Simulation {
    /// Microseconds between two looks.
    private static let interval: Int64 = 100_000
    /// Microseconds for a host to do what it was told before it is told again.
    private static let forbearance: Int64 = 1_500_000

    func control() {
        queue.schedule(.controller, at: clock + Simulation.interval)
        if let heir = controller.heir {
            watchHandover(to: heir)
            return advancePhase()
        }
        watchPrimary()
        for host in hosts where canReach(host) && clock - controller.toldAt[host.index] > Simulation.forbearance {
            guard let running = host.running else { continue }
            let upstream = running.node.replicationPosition.upstream
                .flatMap { Host.index(of: $0, among: hosts.count) } ?? -1
            if upstream != controller.upstreams[host.index] { reconfigure(host) }
        }
        advancePhase()
    }

    // MARK: Handing over

    /// `FAILOVER`: until it is done, or has taken too long, nobody interferes.
    func beginHandover(to host: Int, within duration: Int64) {
        let heir = host == controller.primary ? (host + 1) % hosts.count : host
        guard controller.heir == nil, canReach(hosts[controller.primary]), canReach(hosts[heir]) else { return }
        controller.heir = heir
        let words = ["FAILOVER", "TO", Host.address(heir), String(Host.port), "TIMEOUT", String(1 + duration / 2000)]
        tell(controller.primary, [Request(words, .other)])
    }

    private func watchHandover(to heir: Int) {
        guard hosts[heir].running?.position.isPrimary == true,
            hosts[controller.primary].running?.position.isPrimary == false
        else { return }
        checker.statistics.handovers += 1
        controller.heir = nil
        adopt(heir)
    }

    /// It has taken long enough. Whoever is the primary now stays that.
    func endHandover() {
        guard let heir = controller.heir else { return }
        controller.heir = nil
        tell(controller.primary, [Request(["FAILOVER", "ABORT"], .other)])
        if hosts[heir].running?.position.isPrimary == true { adopt(heir) }
    }

    /// A host is the primary from now on, and all others are to follow it.
    private func adopt(_ host: Int) {
        controller.primary = host
        controller.downSince = nil
        for other in hosts.indices { controller.upstreams[other] = other == host ? -1 : host }
    }

    private func canReach(_ host: Host) -> Bool { host.running != nil && !host.isFrozen && host.side == 0 }

    private func watchPrimary() {
        if canReach(hosts[controller.primary]) {
            controller.downSince = nil
            return
        }
        guard let since = controller.downSince else {
            controller.downSince = clock
            return
        }
        if clock - since >= scenario.downAfter { failOver() }
    }

    /// The replica that has seen most becomes the primary. Replicas of other histories are passed over: they have not
    /// heard of the latest one.
    private func failOver() {
        let candidates = hosts.filter {
            canReach($0) && $0.index != controller.primary && $0.running?.position.isPrimary == false
                && $0.running?.position.isTransient == false
        }
        func rank(_ host: Host) -> (Int, Int64) {
            guard let position = host.running?.position else { return (-1, -1) }
            return (position.history, position.offset)
        }
        guard let best = candidates.max(by: { rank($0) < rank($1) }) else { return }
        adopt(best.index)
        checker.statistics.failovers += 1
        trace.note("failover", best.index, 0)
        controller.toldAt = controller.toldAt.map { _ in -Simulation.forbearance * 2 }
        reconfigure(best)
    }

    /// Tells a host its part, as Sentinel words it.
    private func reconfigure(_ host: Host) {
        let upstream = controller.upstreams[host.index]
        let words = upstream < 0 ? ["NO", "ONE"] : [Host.address(upstream), String(Host.port)]
        controller.toldAt[host.index] = clock
        tell(
            host.index,
            [
                Request(["MULTI"], .multi), Request(["REPLICAOF"] + words, .other),
                Request(["CONFIG", "REWRITE"], .other), Request(["CLIENT", "KILL", "TYPE", "normal"], .other),
                Request(["CLIENT", "KILL", "TYPE", "pubsub"], .other), Request(["EXEC"], .exec),
            ])
    }

    /// Has the controller's client of a host send something.
    func tell(_ host: Int, _ requests: [Request]) {
        let client = controlClient(host)
        client.errands.append(requests)
        if client.patience == .max { schedule(client, in: 1) }
    }
}
