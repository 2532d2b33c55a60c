/// The network: wires, what delays and what cuts them.
extension Simulation {
    /// Bytes a sender may have under way or unread by the receiver before it has to wait.
    static let window = 64 * 1024

    /// A new wire; the request to open it is on its way.
    func connect(_ first: Owner, to host: Int) -> Int {
        let wire = Wire(first, .host(host), delay: delay(first, .host(host)))
        wires.append(wire)
        push(.open, on: wires.count - 1, to: 1)
        return wires.count - 1
    }

    /// Sends bytes to an end, in one or more pieces.
    func send(_ bytes: [UInt8], on wire: Int, to end: Int) {
        if wires[wire].isLost { return }
        wires[wire].ends[end].load += bytes.count
        var start = 0
        while start < bytes.count {
            // Mostly whole; sometimes split anywhere, rarely into single bytes.
            var count = bytes.count - start
            switch random.below(24) {
            case 0: count = 1 + random.below(count)
            case 1: count = min(count, 1 + random.below(8))
            case 2 where count > 1400: count = 1400
            default: break
            }
            let piece = count == bytes.count ? bytes : Array(bytes[start..<(start + count)])
            push(.bytes(piece), on: wire, to: end)
            start += count
        }
    }

    /// Puts something on its way. It does not overtake what is before it on the same wire.
    func push(_ cargo: Cargo, on wire: Int, to end: Int) {
        if wires[wire].isLost { return }
        var time = clock + random.within(wires[wire].delay) * slowness
        if let last = wires[wire].ends[end].parcels.last { time = max(time, last.time) }
        wires[wire].ends[end].parcels.append(WireEnd.Parcel(time: time, cargo: cargo))
        queue.schedule(.arrival(wire: wire, end: end), at: time)
    }

    /// An end closes: what it has sent still arrives, then the other end learns that it is closed.
    func close(_ wire: Int, end: Int) {
        guard wires[wire].ends[end].isOpen else { return }
        wires[wire].ends[end].isOpen = false
        wires[wire].ends[end].clear()
        if wires[wire].ends[1 - end].isOpen { push(.end, on: wire, to: 1 - end) }
    }

    /// The connection is lost: what is under way is gone, and both ends learn of it, each in its own time.
    func cut(_ wire: Int) {
        wires[wire].isLost = true
        for end in 0..<2 where wires[wire].ends[end].isOpen {
            wires[wire].ends[end].clear()
            let time = clock + random.within(1000...300_000)
            wires[wire].ends[end].parcels.append(WireEnd.Parcel(time: time, cargo: .end))
            queue.schedule(.arrival(wire: wire, end: end), at: time)
        }
    }

    /// Whether something sent over the wire does not get through for now.
    func isBlocked(_ wire: Int) -> Bool {
        wires[wire].isSilent || side(wires[wire].ends[0].owner) != side(wires[wire].ends[1].owner)
    }

    /// The part of the network in which an owner is.
    func side(_ owner: Owner) -> Int {
        switch owner {
        case .host(let index): hosts[index].side
        case .client(let index): clients[index].side
        }
    }

    /// The network is one again: what has been held up goes on.
    func resumeWires() {
        for wire in wires.indices where !isBlocked(wire) {
            for end in 0..<2 where wires[wire].ends[end].hasParcels {
                queue.schedule(.arrival(wire: wire, end: end), at: clock + random.within(wires[wire].delay))
            }
        }
    }

    /// Delivers what has come to an end of a wire by now.
    func arrive(_ wire: Int, _ end: Int) {
        while wires[wire].ends[end].hasParcels, !isBlocked(wire) {
            let time = wires[wire].ends[end].parcels[wires[wire].ends[end].firstParcel].time
            if time > clock { return }
            let cargo = wires[wire].ends[end].takeParcel()
            switch wires[wire].ends[end].owner {
            case .host(let host): deliver(cargo, wire, end, to: hosts[host])
            case .client(let client): deliver(cargo, wire, end, to: clients[client])
            }
        }
    }

    private func deliver(_ cargo: Cargo, _ wire: Int, _ end: Int, to host: Host) {
        guard wires[wire].ends[end].isOpen, host.running != nil else {
            // Nobody is here: the machine answers for itself, if it is up.
            if case .end = cargo { return }
            if case .open = cargo, wires[wire].dialSerial >= 0 {
                push(.refused, on: wire, to: 1 - end)
            } else if wires[wire].ends[1 - end].isOpen, !host.isDark {
                push(.end, on: wire, to: 1 - end)
            }
            wires[wire].ends[end].isOpen = false
            return
        }
        switch cargo {
        case .open:
            host.inbox.append(.accepted(wire))
            if wires[wire].dialSerial >= 0 { push(.established, on: wire, to: 1 - end) }
        case .established: host.inbox.append(.dialed(wire))
        case .refused:
            wires[wire].ends[end].isOpen = false
            host.inbox.append(.dialFailed(serial: wires[wire].dialSerial, "Connection refused"))
        case .bytes(let bytes):
            wires[wire].ends[end].unread += bytes
            host.inbox.append(.readable(wire, end))
        case .end: host.inbox.append(.ended(wire, end))
        }
        scheduleTurn(host, at: clock + random.within(1...100))
    }

    /// Somebody has read from an end: who sends to it may go on.
    func drained(_ wire: Int, _ end: Int, _ count: Int) {
        wires[wire].ends[end].load -= count
        if case .host(let index) = wires[wire].ends[1 - end].owner, hosts[index].hasBlockedOutput {
            scheduleTurn(hosts[index], at: clock + 1)
        }
    }

    private func delay(_ first: Owner, _ second: Owner) -> ClosedRange<Int64> {
        if case .host(let from) = first, case .host(let to) = second {
            let base = scenario.latencies[from] + scenario.latencies[to]
            return base...(base * 3)
        }
        return 50...400
    }
}
