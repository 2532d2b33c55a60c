import SessionCore

/// A node, its disk and its clients, moved by hand: a system call, a turn, or some time after the other.
final class DiskMachine {
    /// What a machine's node is configured with.
    struct Setup {
        let policy: AppendSync
        let isEncrypted: Bool

        static let directory = "/d"

        var configuration: Configuration {
            var configuration = Configuration()
            let directives = [
                ("dir", Setup.directory), ("appendfsync", policy.rawValue), ("loglevel", "notice"),
                ("encrypt-at-rest", isEncrypted ? "yes" : "no"),
            ]
            for (name, value) in directives {
                do { try configuration.apply(name, [value]) } catch { preconditionFailure("\(name): \(error)") }
            }
            return configuration
        }

        var keys: KeyRing? { isEncrypted ? VirtualDisk.keys : nil }
    }

    /// A request of the node, as far as it is done.
    private struct Work {
        let request: DiskRequest
        var next = 0
        var answer = DiskAnswer()
    }

    let setup: Setup
    private(set) var node: Node
    var disk: VirtualDisk
    private(set) var now: Timestamp
    private var entropy: SplitMix64
    private var lanes: [[Work]] = DiskLane.allCases.map { _ in [] }
    private var output = OrderedMap<UInt32, [UInt8]>()
    /// Why the node has ended.
    private(set) var failure: String?
    private(set) var isShutDown = false
    private(set) var log: [String] = []

    init(_ setup: Setup, _ disk: VirtualDisk, at now: Timestamp, seed: UInt64, clients: UInt32 = 3) {
        self.setup = setup
        self.disk = disk
        self.now = now
        entropy = SplitMix64(state: seed)
        node = Node(
            configuration: setup.configuration, seeds: NodeSeeds(derivedFrom: entropy.next()), now: now,
            keys: setup.keys)
        for client in 0..<clients {
            let peer = Peer(
                address: "10.1.0.\(client):5000", localAddress: "10.0.0.1:6379", isLocal: true,
                fileDescriptor: Int32(client) + 8)
            node.connected(ConnectionID(rawValue: client), from: peer, now: now)
        }
        turn()
    }

    var offset: Int64 { node.replicationPosition.offset }

    /// Its data, a line for each record.
    var content: [String] { node.contentDigests(touchInterval: 1000, now: now) }

    // MARK: Clients

    func send(_ requests: [Request], on client: UInt32) {
        var bytes: [UInt8] = []
        for request in requests { request.encode(to: &bytes) }
        supplyEntropy()
        node.receive(bytes.span.bytes, from: ConnectionID(rawValue: client), now: now)
    }

    /// A reply that has come for a client.
    func reply(to client: UInt32) -> Reply? {
        guard let bytes = output[client] else { return nil }
        var position = 0
        guard let reply = Reply.read(bytes, &position) else { return nil }
        output[client]?.removeFirst(position)
        return reply
    }

    // MARK: Moving

    func pass(microseconds: Int64) {
        now.unixMicroseconds += microseconds
        now.monotonicMicroseconds += microseconds
    }

    /// A turn of the event loop.
    func turn() {
        supplyEntropy()
        _ = node.advance(to: now)
        repeat {
            while let id = node.nextWritable() {
                let bytes = node.copyOutput(of: id)
                node.sent(bytes.count, of: id, now: now)
                output[id.rawValue, default: []] += bytes
            }
        } while performEffects()
    }

    private func performEffects() -> Bool {
        var hasAny = false
        while let effect = node.nextEffect() {
            hasAny = true
            switch effect {
            case .disk(let request): lanes[request.lane.rawValue].append(Work(request: request))
            case .log(_, let line): log.append(line)
            case .fail(let reason): failure = failure ?? reason
            case .shutdown: isShutDown = true
            default: break
            }
        }
        return hasAny
    }

    private func supplyEntropy() {
        let wanted = node.entropyWanted
        guard wanted > 0 else { return }
        let bytes = (0..<wanted).map { _ in UInt8(truncatingIfNeeded: entropy.next()) }
        node.supply(entropy: bytes.span.bytes)
    }

    /// Lanes in which something is to be done.
    var busyLanes: [DiskLane] { DiskLane.allCases.filter { !lanes[$0.rawValue].isEmpty } }

    /// The system call that a lane is about to make.
    func nextStep(_ lane: DiskLane) -> DiskStep? {
        guard let work = lanes[lane.rawValue].first, work.next < work.request.steps.count else { return nil }
        return work.request.steps[work.next]
    }

    /// Makes a system call; the node is told if it was the last one of a request.
    func step(_ lane: DiskLane) {
        guard var work = lanes[lane.rawValue].first else { return }
        if work.next < work.request.steps.count {
            if let reason = disk.perform(work.request.steps[work.next], &work.answer) {
                work.answer.problem = DiskProblem(
                    reason: reason, isMissing: reason == VirtualDisk.missing, step: work.next)
            }
            work.next += 1
        }
        guard work.answer.problem != nil || work.next >= work.request.steps.count else {
            lanes[lane.rawValue][0] = work
            return
        }
        lanes[lane.rawValue].removeFirst()
        node.diskAnswered(work.answer, in: lane, now: now)
    }

    /// Goes on until the node has nothing to do and the disk neither, or the node ends.
    /// - Parameter most: system calls at most.
    func settle(_ random: inout SplitMix64, most: Int = .max) {
        var (done, idle) = (0, 0)
        while failure == nil, !isShutDown, idle < 3, done < most {
            turn()
            idle += 1
            while let lane = pickLane(&random), done < most {
                step(lane)
                done += 1
                idle = 0
                if random.chance(50) { break }
            }
            pass(microseconds: 20)
        }
    }

    func pickLane(_ random: inout SplitMix64) -> DiskLane? {
        let lanes = busyLanes
        return lanes.isEmpty ? nil : random.pick(lanes)
    }
}

extension VirtualDisk {
    /// The keys of nodes that encrypt what they keep.
    static var keys: KeyRing? {
        let text = Array(String(repeating: "0123456789abcdef", count: 4).utf8)
        return try? KeyRing(lines: text.span.bytes)
    }
}

extension Node {
    fileprivate func copyOutput(of id: ConnectionID) -> [UInt8] { output(of: id).array }
}
