import SessionCore

/// Nodes, their network, clients, faults and a controller on one virtual clock: everything follows from a seed.
///
/// The design is that of FoundationDB's and TigerBeetle's simulators: the code under test is the code that is shipped,
/// and time, network and faults are values.
public final class Simulation {
    /// The first moment on the wall clock, in Unix microseconds: a round number of seconds.
    static let start: Int64 = 1_700_000_000_000_000
    /// Microseconds after which a network without faults must have settled.
    static let settlingTime: Int64 = 60_000_000

    enum Phase {
        /// Clients send, faults happen.
        case running
        /// All is whole again; nodes come to agree.
        case settling
        /// Everything has to end: sessions by time, keys by deletion.
        case ending
    }

    let seed: UInt64
    let scenario: Scenario
    var random: SplitMix64
    /// Microseconds since the start.
    var clock: Int64 = 0
    var queue = EventQueue()
    var phase = Phase.running
    var phaseEnd = Int64.max
    var trace = Trace()
    var hosts: [Host] = []
    var wires: [Wire] = []
    var clients: [VirtualClient] = []
    var controller: Controller
    let checker: Checker
    var generator: RequestGenerator
    /// Requests sent so far.
    var operations = 0
    /// By how much pieces take longer at present.
    var slowness: Int64 = 1
    var isDone = false
    var events = 0

    /// - Parameters:
    ///   - hosts: how many at most, from 1 to 4.
    ///   - disks: whether hosts may have disks; whether they do follows from the seed. Without, a seed means what it
    ///     meant before there were any.
    public init(seed: UInt64, hosts most: Int = 4, disks: Bool = true) {
        self.seed = seed
        random = SplitMix64(state: seed)
        scenario = Scenario(&random, hosts: most, disks: disks ? SplitMix64(state: ~seed) : nil)
        var diskRandom = scenario.disk?.random
        checker = Checker(scenario)
        controller = Controller(scenario)
        generator = RequestGenerator(scenario)
        for index in scenario.hosts {
            hosts.append(Host(index: index, entropy: random.fork()))
            hosts[index].configuredUpstream = scenario.upstreams[index]
            guard let random = diskRandom?.fork() else { continue }
            hosts[index].disk = VirtualDisk(directory: DiskPlan.directory, random: random)
            // Without checksums a page that is missing cannot be told from what was written.
            hosts[index].disk?.reorders = scenario.disk?.isEncrypted == true
        }
        for index in 0..<scenario.clients {
            clients.append(VirtualClient(index: index, host: nil, random: random.fork()))
        }
        for index in scenario.hosts {
            clients.append(VirtualClient(index: clients.count, host: index, random: random.fork()))
        }
    }

    /// The controller's client of a host.
    func controlClient(_ host: Int) -> VirtualClient { clients[scenario.clients + host] }

    /// Runs to the end, or to the first violation.
    public func run() -> Report {
        for host in hosts { start(host) }
        for client in clients where client.host == nil { schedule(client, in: client.random.within(1000...50_000)) }
        for index in scenario.faults.indices { queue.schedule(.fault(index), at: scenario.faults[index].time) }
        queue.schedule(.controller, at: 100_000)
        queue.schedule(.audit, at: 400_000)
        while !isDone, checker.violations.isEmpty, let (time, event) = queue.next() {
            clock = time
            trace.clock = time
            events += 1
            handle(event)
            if events > Simulation.mostEvents { checker.report("\(events) events: something goes in circles") }
        }
        return report()
    }

    /// Far more than any run needs.
    private static let mostEvents = 1_500_000

    private func handle(_ event: Event) {
        switch event {
        case .arrival(let wire, let end): arrive(wire, end)
        case .turn(let host): turn(hosts[host])
        case .dialTimeout(let host, let serial): dialTimeout(hosts[host], serial)
        case .client(let index, let serial):
            if clients[index].serial == serial { wake(clients[index]) }
        case .fault(let index): begin(scenario.faults[index], index)
        case .recovery(let index): end(scenario.faults[index])
        case .controller: control()
        case .audit: audit()
        case .disk(let host, let lane, let serial): stepEnds(hosts[host], lane, serial)
        case .restart(let host, let serial):
            if hosts[host].running == nil, hosts[host].starts == serial { start(hosts[host]) }
        }
    }

    private func report() -> Report {
        var statistics = checker.statistics
        statistics.events = events
        statistics.histories = checker.histories.list.count
        for host in hosts { if let disk = host.disk { statistics.disk += disk.statistics } }
        return Report(
            seed: seed, digest: trace.digest, time: clock, statistics: statistics, violations: checker.violations,
            trace: checker.violations.isEmpty ? [] : trace.lines)
    }
}

/// How a simulation went.
public struct Report: Sendable, Equatable {
    public let seed: UInt64
    /// Of everything that happened: two runs of one seed have the same.
    public let digest: UInt64
    /// Virtual microseconds it took, or after which the first violation was found.
    public let time: Int64
    public let statistics: Statistics
    /// What was found wrong; empty if nothing.
    public let violations: [String]
    /// The last events before a violation, a line each.
    public let trace: [String]
}
