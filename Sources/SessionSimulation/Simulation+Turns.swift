import SessionCore

/// The event loop of a host, as `SessionServer` has it: input, time, output, effects.
extension Simulation {
    /// Both clocks. The wall clock starts at a round number of seconds.
    var timestamp: Timestamp {
        Timestamp(unixMicroseconds: Simulation.start + clock, monotonicMicroseconds: clock + 1_000_000)
    }

    /// Unix milliseconds.
    var milliseconds: Int64 { (Simulation.start + clock) / 1000 }

    /// Has a host's event loop turn, unless it is going to earlier.
    func scheduleTurn(_ host: Host, at time: Int64) {
        guard time < host.nextTurn else { return }
        host.nextTurn = time
        queue.schedule(.turn(host: host.index), at: time)
    }

    func turn(_ host: Host) {
        guard host.nextTurn == clock else { return }
        host.nextTurn = .max
        guard let running = host.running, !host.isFrozen else { return }
        supplyEntropy(host, running)
        takeIn(host, running)
        guard host.running === running else { return }
        // Requests may have used it up.
        supplyEntropy(host, running)
        let before = running.position.offset
        let wake = running.node.advance(to: timestamp)
        observe(host, running)
        if host.disk != nil { tapHeld(host, running, since: before) }
        host.hasBlockedOutput = false
        repeat { flush(host, running, since: before) } while performEffects(host, running)
        resumePaused(host, running)
        guard host.running === running else { return }
        promiseByTime(host, running)
        if running.node.wantsTurn { scheduleTurn(host, at: clock + 1) }
        if running.node.wantsTurnAt < .max {
            scheduleTurn(host, at: max(clock + 1, running.node.wantsTurnAt - 1_000_000))
        }
        if let wake { scheduleTurn(host, at: max(clock + 20, wake - 1_000_000)) }
    }

    private func supplyEntropy(_ host: Host, _ running: RunningNode) {
        let wanted = running.node.entropyWanted
        guard wanted > 0 else { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wanted)
        while bytes.count < wanted {
            let word = host.entropy.next()
            for shift in stride(from: 0, to: min(64, (wanted - bytes.count) * 8), by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        running.node.supply(entropy: bytes.span.bytes)
    }

    // MARK: Input

    private func takeIn(_ host: Host, _ running: RunningNode) {
        let inbox = host.inbox
        host.inbox.removeAll(keepingCapacity: true)
        for arrival in inbox {
            switch arrival {
            case .accepted(let wire): accept(wire, host, running)
            case .dialed(let wire): dialed(wire, host, running)
            case .dialFailed(let serial, let reason):
                dialFailed(serial, reason, host, running)
            case .readable(let wire, let end): read(wire, end, host, running)
            case .ended(let wire, let end):
                read(wire, end, host, running)
                ended(wire, end, host, running)
            case .disk(let lane, let answer):
                running.node.diskAnswered(answer, in: lane, now: timestamp)
                observe(host, running)
            }
        }
    }

    private func accept(_ wire: Int, _ host: Host, _ running: RunningNode) {
        guard wires[wire].ends[1].isOpen else { return }
        let number = running.open(wire, 1)
        wires[wire].ends[1].connection = number
        running.node.connected(
            ConnectionID(rawValue: UInt32(number)), from: peer(wire, 1, host, number), now: timestamp)
        observe(host, running)
    }

    func peer(_ wire: Int, _ end: Int, _ host: Host, _ number: Int) -> Peer {
        let remote: String
        switch wires[wire].ends[1 - end].owner {
        case .host(let index): remote = Host.address(index)
        case .client(let index): remote = "10.1.0.\(index + 1)"
        }
        // The end that asked has a port that the system chose.
        let (near, far) = end == 0 ? (20_000 + wire % 40_000, Host.port) : (Host.port, 20_000 + wire % 40_000)
        return Peer(
            address: "\(remote):\(far)", localAddress: "\(host.address):\(near)", isLocal: false,
            fileDescriptor: Int32(number) + 8)
    }

    /// Hands what has arrived on a wire to the node, if it wants it.
    private func read(_ wire: Int, _ end: Int, _ host: Host, _ running: RunningNode) {
        let number = wires[wire].ends[end].connection
        guard wires[wire].ends[end].isOpen, number >= 0, !wires[wire].ends[end].unread.isEmpty else { return }
        let id = ConnectionID(rawValue: UInt32(number))
        guard running.node.wantsInput(id) else {
            running.sockets[number].isPaused = true
            return
        }
        var bytes: [UInt8] = []
        swap(&bytes, &wires[wire].ends[end].unread)
        let before = running.position.offset
        running.node.receive(bytes.span.bytes, from: id, now: timestamp)
        observe(host, running)
        drained(wire, end, bytes.count)
        if case .client = wires[wire].ends[0].owner { tap(wire, host, running, since: before, isAlone: true) }
        supplyEntropy(host, running)
    }

    private func resumePaused(_ host: Host, _ running: RunningNode) {
        for number in running.sockets.indices where running.sockets[number].isPaused {
            guard running.sockets[number].wire >= 0 else { continue }
            if running.node.wantsInput(ConnectionID(rawValue: UInt32(number))) {
                running.sockets[number].isPaused = false
                host.inbox.append(.readable(running.sockets[number].wire, running.sockets[number].end))
                if running.sockets[number].hasEnded {
                    host.inbox.append(.ended(running.sockets[number].wire, running.sockets[number].end))
                }
                scheduleTurn(host, at: clock + 1)
            }
        }
    }

    private func ended(_ wire: Int, _ end: Int, _ host: Host, _ running: RunningNode) {
        let number = wires[wire].ends[end].connection
        guard wires[wire].ends[end].isOpen, number >= 0 else { return }
        if running.sockets[number].isPaused && !running.sockets[number].hasEnded {
            // Read what it has sent first; a second notice, or a node that closes it, ends it.
            running.sockets[number].hasEnded = true
            return
        }
        wires[wire].ends[end].isOpen = false
        wires[wire].ends[end].clear()
        running.sockets[number] = RunningNode.Socket()
        running.node.disconnected(ConnectionID(rawValue: UInt32(number)), now: timestamp)
        observe(host, running)
    }

    // MARK: Output

    private func flush(_ host: Host, _ running: RunningNode, since before: Int64) {
        // In the order in which requests that had waited were executed: that of their replies.
        while let id = running.node.nextWritable() { write(Int(id.rawValue), host, running, since: before) }
        for number in running.sockets.indices where running.sockets[number].wire >= 0 {
            write(number, host, running, since: before)
        }
    }

    /// Sends what there is for a connection, as far as the window goes.
    private func write(_ number: Int, _ host: Host, _ running: RunningNode, since before: Int64) {
        guard number < running.sockets.count, running.sockets[number].wire >= 0 else { return }
        let id = ConnectionID(rawValue: UInt32(number))
        guard running.node.hasOutput(id) else { return }
        let (wire, end) = (running.sockets[number].wire, running.sockets[number].end)
        if case .client = wires[wire].ends[0].owner { tap(wire, host, running, since: before) }
        let room = Simulation.window - wires[wire].ends[1 - end].load
        let ready = running.outputCount(number)
        let count = min(room, ready)
        if count < ready { host.hasBlockedOutput = true }
        guard count > 0 else { return }
        let bytes = running.output(number, 0, count)
        running.node.sent(count, of: id, now: timestamp)
        wires[wire].requests.sent += count
        acknowledge(wires[wire].requests, host, running)
        // What goes to an end that is closed is lost; its owner's machine answers that it is.
        send(bytes, on: wire, to: 1 - end)
    }

    /// Replies that wait for the disk are looked at when their requests are executed, in that order.
    private func tapHeld(_ host: Host, _ running: RunningNode, since before: Int64) {
        for id in running.node.queuedForWriting {
            let number = Int(id.rawValue)
            guard number < running.sockets.count, running.sockets[number].wire >= 0 else { continue }
            let wire = running.sockets[number].wire
            if case .client = wires[wire].ends[0].owner { tap(wire, host, running, since: before) }
        }
    }

    /// Some replies are on their way: the writes among them have to last.
    private func acknowledge(_ log: RequestLog, _ host: Host, _ running: RunningNode) {
        while log.acknowledged < log.answered, let end = log.requests[log.acknowledged].end, end <= log.sent {
            promise(log.requests[log.acknowledged], host, running)
            log.acknowledged += 1
        }
    }

    // MARK: Effects

    private func performEffects(_ host: Host, _ running: RunningNode) -> Bool {
        var hasAny = false
        while let effect = running.node.nextEffect() {
            hasAny = true
            perform(effect, host, running)
            observe(host, running)
        }
        return hasAny
    }

    private func perform(_ effect: NodeEffect, _ host: Host, _ running: RunningNode) {
        switch effect {
        case .close(let id):
            let number = Int(id.rawValue)
            guard running.sockets[number].wire >= 0 else { return }
            let socket = running.sockets[number]
            running.sockets[number] = RunningNode.Socket()
            close(socket.wire, end: socket.end)
            running.node.disconnected(id, now: timestamp)
        case .log(_, let text): trace.note("log", host.index, 0, [text])
        case .rewriteConfiguration(let configuration, _):
            rewriteConfiguration(configuration, host)
            running.node.completed(nil, now: timestamp)
        case .readAccessFile(let id, _):
            running.node.accessFileRead(.failure(FileProblem(reason: "No such file")), for: id, now: timestamp)
        case .writeAccessFile(let id, _, _):
            running.node.accessFileWritten(FileProblem(reason: "No space left"), for: id, now: timestamp)
        case .sleep: running.node.completed(nil, now: timestamp)
        case .dial(let name, _): dial(name, host)
        case .disk(let request): ask(request, host, running)
        case .fail(let reason): failed(reason, host)
        case .shutdown, .shutdownAborted, .configurationChanged: break
        }
    }

    // MARK: Processes

    /// Starts a node on a host, with empty memory or with what its disk holds.
    func start(_ host: Host) {
        host.starts += 1
        host.isDark = false
        host.isFrozen = false
        let seeds = NodeSeeds(derivedFrom: host.entropy.next())
        var configuration = scenario.configuration
        if host.configuredUpstream >= 0 {
            scenario.setUpstream(Host.address(host.configuredUpstream), in: &configuration)
        }
        let keys = scenario.disk?.isEncrypted == true ? VirtualDisk.keys : nil
        let running = RunningNode(Node(configuration: configuration, seeds: seeds, now: timestamp, keys: keys))
        host.running = running
        host.inbox.removeAll()
        host.openDial = -1
        trace.note("start", host.index, host.starts)
        started(host, running)
        scheduleTurn(host, at: clock + 1)
    }

    /// `kill -9`, or a power cut: all that is in memory is gone. Other ends hear of it, or do not.
    func crash(_ host: Host, isDark: Bool) {
        guard host.running != nil else { return }
        trace.note("crash", host.index, isDark ? 1 : 0)
        host.running = nil
        stopDisk(host, isDark: isDark)
        host.isDark = isDark
        host.isFrozen = false
        host.inbox.removeAll()
        host.nextTurn = .max
        for wire in wires.indices {
            for end in 0..<2 where wires[wire].ends[end].owner == .host(host.index) && wires[wire].ends[end].isOpen {
                if isDark {
                    wires[wire].ends[end].isOpen = false
                    wires[wire].ends[end].clear()
                } else {
                    close(wire, end: end)
                }
            }
        }
    }

    func thaw(_ host: Host) {
        host.isFrozen = false
        // What the disk was to do has waited, too.
        if host.trustedFrom < .max { host.trustedFrom = max(host.trustedFrom, clock + 3_000_000) }
        scheduleTurn(host, at: clock + 1)
    }
}
