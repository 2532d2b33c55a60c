import SessionCore

/// A random script against one node with a disk. At each system call that the node makes the power fails, on copies of
/// the disk; from each of them a node is started, and has to hold what was acknowledged.
///
/// What a node has to hold follows from its replication offset, for the append log is the replication stream: the data
/// is to be what it was at that offset, and the offset no less than was promised.
public final class CrashTrial {
    /// What the data was when the stream had a length.
    struct State {
        let offset: Int64
        /// Monotonic microseconds.
        let at: Int64
        let content: [String]
    }

    let seed: UInt64
    let setup: DiskMachine.Setup
    /// Losses of power that are tried at each system call.
    let outcomes: Int
    var random: SplitMix64
    var machine: DiskMachine
    /// In the order of their offsets.
    private(set) var states: [State] = []
    /// Up to where replies have reached clients.
    var acknowledged: Int64 = 0
    /// Up to where the data was on disk after the last restart.
    var recovered: Int64 = 0
    var script: CrashScript
    private(set) var report = CrashReport()
    private var restarts: UInt64 = 0

    public init(seed: UInt64, always: Bool, encrypted: Bool, commands: Int = 60, outcomes: Int = 3) {
        self.seed = seed
        self.outcomes = outcomes
        setup = DiskMachine.Setup(policy: always ? .always : .everySecond, isEncrypted: encrypted)
        random = SplitMix64(state: seed)
        let disk = VirtualDisk(directory: DiskMachine.Setup.directory, random: random.fork())
        script = CrashScript(commands: commands)
        let start = Timestamp(unixMicroseconds: 1_700_000_000_000_000, monotonicMicroseconds: 1_000_000)
        machine = DiskMachine(setup, disk, at: start, seed: random.next())
    }

    public func run() -> CrashReport {
        finishLoading()
        while report.violations.isEmpty, script.goesOn {
            switch random.below(10) {
            case 0..<5: step()
            case 5..<7: for client in 0..<UInt32(3) where script.isFree(client) && random.chance(60) { issue(client) }
            case 7 where machine.busyLanes.isEmpty && random.chance(10): pass(random.within(900_000...1_300_000))
            case 8 where machine.busyLanes.isEmpty && random.chance(20): restart()
            default: pass(machine.busyLanes.isEmpty ? random.within(1...40_000) : random.within(1...500))
            }
            turn()
        }
        while report.violations.isEmpty, !machine.busyLanes.isEmpty {
            step()
            turn()
        }
        report.disk += machine.disk.statistics
        return report
    }

    func violated(_ text: @autoclosure () -> String) {
        if report.violations.count < 4 { report.violations.append("seed \(seed), \(setup): \(text())") }
    }

    // MARK: The script

    private func issue(_ client: UInt32) {
        let requests = script.next(&random)
        machine.send(requests, on: client)
        script.sent(requests, on: client, offset: machine.offset)
        note()
    }

    private func turn() {
        machine.turn()
        note()
        if let failure = machine.failure { return violated("the node ends: \(failure)") }
        for client in 0..<UInt32(3) {
            while let reply = machine.reply(to: client) {
                report.replies += 1
                if reply.isError { report.errors += 1 }
                if let offset = script.answered(client, reply) { acknowledged = max(acknowledged, offset) }
            }
        }
    }

    private func pass(_ microseconds: Int64) { machine.pass(microseconds: microseconds) }

    /// Notes what the data is where the stream has become longer.
    func note() {
        let offset = machine.offset
        if let last = states.last, last.offset == offset { return }
        states.append(State(offset: offset, at: machine.now.monotonicMicroseconds, content: machine.content))
    }

    /// Makes a system call, and sees before what would be left if the power failed now.
    private func step() {
        guard let lane = machine.pickLane(&random) else { return }
        let step = machine.nextStep(lane)
        if isVisible(step) { examine(step) }
        machine.step(lane)
        note()
    }

    /// Reading changes nothing.
    private func isVisible(_ step: DiskStep?) -> Bool {
        switch step {
        case .open, .read, .close, nil: false
        default: true
        }
    }

    // MARK: Restarts

    private func finishLoading() {
        machine.settle(&random)
        recovered = machine.offset
        states = states.filter { $0.offset < recovered }
        states.append(
            State(offset: recovered, at: machine.now.monotonicMicroseconds, content: machine.content))
        acknowledged = recovered
    }

    /// The server is ended, killed, or the power fails; then it starts again and the script goes on.
    private func restart() {
        report.restarts += 1
        switch random.below(3) {
        case 0:
            machine.send([Request(["SHUTDOWN"], .other)], on: 2)
            machine.settle(&random)
            if !machine.isShutDown { violated("SHUTDOWN does not end it") }
            machine.disk.killProcess()
            go(on: machine.disk, least: states.last?.offset ?? 0)
        case 1:
            machine.disk.killProcess()
            // The disk had nothing to do: all was handed over.
            go(on: machine.disk, least: states.last?.offset ?? 0)
        default:
            machine.disk.losePower()
            go(on: machine.disk, least: promised)
        }
    }

    private func go(on disk: VirtualDisk, least: Int64) {
        guard report.violations.isEmpty, let next = recover(disk, least: least, "a restart") else { return }
        machine = next
        script.restarted()
        finishLoading()
    }

    // MARK: Examination

    /// The offset that has to be there when the power fails now.
    private var promised: Int64 {
        if setup.policy == .always { return acknowledged }
        let limit = machine.now.monotonicMicroseconds - 2_000_000
        return max(recovered, states.last { $0.at <= limit }?.offset ?? 0)
    }

    private func examine(_ step: DiskStep?) {
        report.points += 1
        for outcome in 0..<outcomes where report.violations.isEmpty {
            var disk = machine.disk
            disk.random = random.fork()
            let name = step.map(describe) ?? ""
            if outcome == 0 {
                disk.killProcess(during: step)
                _ = recover(disk, least: promised, "a kill before \(name)")
                continue
            }
            disk.reorders = outcome > 1
            disk.losePower()
            let next = recover(disk, least: promised, "a loss of power before \(name)")
            if random.chance(30), next != nil {
                // Once more, at some time while it starts or right after.
                restarts += 1
                let second = DiskMachine(setup, disk, at: machine.now, seed: seed &* 7919 &+ restarts)
                second.settle(&random, most: random.below(40))
                var left = second.disk
                left.random = random.fork()
                left.reorders = false
                left.losePower()
                _ = recover(left, least: promised, "a second loss of power after one before \(name)")
            }
        }
    }

    private func describe(_ step: DiskStep) -> String {
        switch step {
        case .write(_, let bytes): "write of \(bytes.count) bytes"
        default: "\(step)"
        }
    }

    /// Starts a node from what a disk holds, and looks at what it has.
    /// - Parameters:
    ///   - least: the offset that has to be there.
    ///   - event: what has happened to the disk.
    private func recover(_ disk: VirtualDisk, least: Int64, _ event: String) -> DiskMachine? {
        restarts += 1
        let node = DiskMachine(setup, disk, at: machine.now, seed: seed &* 7919 &+ restarts)
        node.settle(&random)
        report.starts += 1
        if let failure = node.failure {
            // Without checksums damage in the middle cannot be told from a page that was not written.
            if disk.hasHole && !setup.isEncrypted && failure.contains("is damaged at byte") {
                report.refused += 1
                return nil
            }
            violated("after \(event) it does not start: \(failure)\n\(listing(disk))")
            return nil
        }
        guard !node.node.isLoadingData else {
            violated("after \(event) it goes on loading\n\(listing(disk))")
            return nil
        }
        compare(node, least: least, event, disk)
        return node
    }

    /// Bytes of the longest `SELECT` in the stream.
    private static let selectBytes: Int64 = 24

    private func compare(_ node: DiskMachine, least: Int64, _ event: String, _ disk: VirtualDisk) {
        let offset = node.offset
        // The SELECT in front of a request may be there without it, and changes nothing.
        guard offset >= least, let last = states.last, offset <= last.offset + CrashTrial.selectBytes else {
            return violated(
                "after \(event) it is at offset \(offset), and not in \(least)…\(states.last?.offset ?? -1)\n"
                    + listing(disk) + node.log.joined(separator: "\n"))
        }
        if offset < last.offset { report.incomplete += 1 }
        guard let index = states.lastIndex(where: { $0.offset <= offset }) else { return }
        let found = timely(node.content, node)
        let wanted = timely(states[index].content, node)
        if found == wanted { return }
        let isBetween = states[index].offset < offset && index + 1 < states.count
        if isBetween && found == timely(states[index + 1].content, node) { return }
        if disk.hasHole && !setup.isEncrypted {
            report.unnoticed += 1
            return
        }
        let differences = Set(found).symmetricDifference(wanted).sorted().map { line in
            (found.contains(line) ? "+ " : "- ") + line
        }
        violated(
            "after \(event), at offset \(offset) (\(states[index].offset)), it differs:\n"
                + (differences + node.log).joined(separator: "\n"))
    }

    /// Without what is over by now.
    private func timely(_ lines: [String], _ node: DiskMachine) -> [String] {
        let now = node.now.unixMilliseconds
        return lines.filter { line in
            guard let range = line.split(separator: " until ").last.flatMap({ Int64($0) }) else { return true }
            return range > now
        }
    }

    private func listing(_ disk: VirtualDisk) -> String {
        disk.paths.map { "\($0): \(disk[$0]?.count ?? 0) bytes\n" }.joined()
    }
}

/// How a trial went.
public struct CrashReport: Sendable, Equatable {
    /// System calls before which the power failed, and nodes that were started after it had.
    public var points = 0
    public var starts = 0
    /// Nodes that had lost something, as they may, and those that refused to start, as they may.
    public var incomplete = 0
    public var refused = 0
    /// Nodes that took a page that was not written for what was written: plain files have no checksums.
    public var unnoticed = 0
    /// Restarts in the script itself, and what clients were answered.
    public var restarts = 0
    public var replies = 0
    public var errors = 0
    public var disk = DiskStatistics()
    public var violations: [String] = []

    public init() {}

    public static func += (left: inout CrashReport, right: CrashReport) {
        left.points += right.points
        left.starts += right.starts
        left.incomplete += right.incomplete
        left.refused += right.refused
        left.unnoticed += right.unnoticed
        left.restarts += right.restarts
        left.replies += right.replies
        left.errors += right.errors
        left.disk += right.disk
        left.violations += right.violations
    }
}
