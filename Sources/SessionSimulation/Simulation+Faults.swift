/// Faults, as they begin and end.
extension Simulation {
    func begin(_ fault: Fault, _ index: Int) {
        guard phase == .running else { return }
        let host = hosts[fault.host]
        trace.note("fault", index, fault.host, ["\(fault.kind)", "\(fault.duration)"])
        switch fault.kind {
        case .crash: crash(host, isDark: false)
        case .powerCut: crash(host, isDark: true)
        case .freeze: host.isFrozen = true
        case .isolation:
            host.side = 1 + index
            for client in clients where client.host == nil && random.chance(30) { client.side = 1 + index }
        case .cut, .silence:
            for wire in wires.indices where isBetweenHosts(wire) && random.chance(70) {
                if fault.kind == .cut { cut(wire) } else { wires[wire].isSilent = true }
            }
        case .slowness: slowness = random.within(5...100)
        case .handover: beginHandover(to: fault.host, within: fault.duration)
        case .fullDisk, .slowDisk, .brokenDisk: beginDiskFault(fault.kind, host)
        }
        queue.schedule(.recovery(index), at: clock + fault.duration)
    }

    private func isBetweenHosts(_ wire: Int) -> Bool {
        guard case .host = wires[wire].ends[0].owner, wires[wire].ends[0].isOpen || wires[wire].ends[1].isOpen else {
            return false
        }
        return true
    }

    func end(_ fault: Fault) {
        let host = hosts[fault.host]
        trace.note("recovery", fault.host, 0, ["\(fault.kind)"])
        switch fault.kind {
        case .crash, .powerCut: if host.running == nil { start(host) }
        case .freeze: if host.isFrozen { thaw(host) }
        case .isolation:
            let side = host.side
            host.side = 0
            for client in clients where client.side == side { client.side = 0 }
            resumeWires()
        case .cut, .silence: break
        case .handover: endHandover()
        case .slowness: slowness = 1
        case .fullDisk, .slowDisk, .brokenDisk: endDiskFaults(host)
        }
    }

    /// Everything is whole again.
    func endAllFaults() {
        slowness = 1
        for host in hosts {
            host.side = 0
            endDiskFaults(host)
            if host.running == nil { start(host) }
            if host.isFrozen { thaw(host) }
        }
        for client in clients { client.side = 0 }
        resumeWires()
    }
}
