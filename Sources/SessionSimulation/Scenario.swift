import SessionCore

/// What one simulation is made of; all of it follows from the seed.
struct Scenario {
    let hosts: Range<Int>
    /// By host: where it replicates from at the beginning; -1 for the primary.
    let upstreams: [Int]
    let clients: Int
    /// Requests that clients send in all.
    let operations: Int
    /// Microseconds during which clients send and faults happen, and after which the plan ends.
    let duration: Int64
    /// `repl-touch-interval`.
    let touchInterval: Int64
    let password: String
    /// Microseconds a piece takes to or from each host.
    let latencies: [Int64]
    /// Microseconds a primary has to be out of reach before another one is chosen.
    let downAfter: Int64
    let faults: [Fault]
    /// nil if nothing is kept.
    let disk: DiskPlan?
    var configuration: Configuration

    /// - Parameters:
    ///   - most: how many hosts at most.
    ///   - interval: `repl-touch-interval`, where it is not to be left to chance.
    ///   - disks: decides on disks; nil for none.
    init(
        _ random: inout SplitMix64, hosts most: Int, touchInterval interval: Int64? = nil, disks: SplitMix64? = nil
    ) {
        let count = most == 1 ? 1 : random.pick([2, 2, 3, 3, 3, 4].filter { $0 <= most })
        hosts = 0..<count
        let isChain = random.chance(30)
        upstreams = (0..<count).map { $0 == 0 ? -1 : isChain ? $0 - 1 : 0 }
        clients = 2 + random.below(3)
        duration = random.within(4_000_000...16_000_000)
        operations = 300 + random.below(900)
        touchInterval = interval ?? random.pick([0, 1, 50, 1000, 1000])
        password = random.chance(25) ? "password" : ""
        latencies = (0..<count).map { _ in random.within(20...1500) }
        downAfter = random.within(200_000...1_500_000)
        let planned = Fault.plan(&random, hosts: count, duration: duration)
        configuration = Configuration()
        let (hosts, duration) = (count, duration)
        disk = disks.flatMap { DiskPlan($0, hosts: hosts, duration: duration) }
        faults = planned + (disk?.faults ?? [])
        configure(&random)
        for (name, value) in disk?.directives ?? [] { set(name, value) }
    }

    /// Directives by name: the simulation uses what an operator uses.
    private mutating func configure(_ random: inout SplitMix64) {
        configuration.protectedMode = false
        configuration.databases = 2
        configuration.logLevel = .notice
        configuration.sessionTombstone = 3000
        configuration.sessionGrace = 200
        set("hash-max-listpack-entries", "4")
        set("zset-max-listpack-entries", "6")
        set("set-max-intset-entries", "8")
        set("repl-touch-interval", String(touchInterval))
        // At least twice the period: otherwise a link whose PING is one tick late counts as dead, and no node agrees.
        set("repl-timeout", String(2 + random.below(3)))
        set("repl-ping-replica-period", "1")
        set("repl-backlog-size", random.pick(["16kb", "16kb", "64kb", "1mb"]))
        // A node that is alone would never take a write.
        if random.chance(20) && hosts.count > 1 {
            set("min-replicas-to-write", "1")
            set("min-replicas-max-lag", "2")
        }
        if random.chance(15) { set("replica-serve-stale-data", "no") }
        if !password.isEmpty {
            set("requirepass", password)
            set("masterauth", password)
        }
    }

    private mutating func set(_ name: String, _ value: String) {
        do { try configuration.apply(name, [value]) } catch { preconditionFailure("\(name) \(value): \(error)") }
    }

    /// As `replicaof` in the configuration file.
    func setUpstream(_ address: String, in configuration: inout Configuration) {
        do { try configuration.apply("replicaof", [address, String(Host.port)]) } catch {
            preconditionFailure("replicaof: \(error)")
        }
    }
}

/// Something that goes wrong for a while, or is done to the nodes.
struct Fault {
    enum Kind {
        /// A process is killed, a machine loses power; it is started anew at the end.
        case crash, powerCut
        /// A process is stopped.
        case freeze
        /// A host, and some clients with it, can reach nobody else.
        case isolation
        /// Connections between hosts, or some, are cut; or forgotten on the way, without a sign to the ends.
        case cut, silence
        /// Everything takes much longer.
        case slowness
        /// An operator has the primary hand over to a host (`FAILOVER`).
        case handover
        /// There is no room on the disk; `fsync` takes long; it fails.
        case fullDisk, slowDisk, brokenDisk

        static let ofNodes: [Kind] = [
            .crash, .powerCut, .freeze, .isolation, .cut, .silence, .slowness, .handover,
        ]
        static let ofDisks: [Kind] = [.fullDisk, .slowDisk, .brokenDisk]
    }

    let kind: Kind
    let host: Int
    /// Microseconds from the start.
    let time: Int64
    let duration: Int64

    static func plan(_ random: inout SplitMix64, hosts: Int, duration: Int64) -> [Fault] {
        let kinds: [Kind] = hosts == 1
            ? [.crash, .freeze, .isolation, .slowness] : Kind.ofNodes + [.cut, .cut, .isolation, .crash, .handover]
        return (0..<random.below(hosts == 1 ? 4 : 8)).map { _ in
            let length = random.chance(60) ? random.within(1000...800_000) : random.within(800_000...5_000_000)
            return Fault(
                kind: random.pick(kinds), host: random.below(hosts), time: random.within(300_000...duration),
                duration: length)
        }
    }
}
