import SessionCore

/// Connections that a node asks for: to its primary.
extension Simulation {
    /// Opens a connection to an address; an earlier one that does not stand yet is given up.
    func dial(_ name: String, _ host: Host) {
        host.lastDial += 1
        host.openDial = host.lastDial
        trace.note("dial", host.index, host.lastDial, [name])
        guard let target = Host.index(of: name, among: hosts.count) else {
            host.inbox.append(.dialFailed(serial: host.lastDial, "No route to host"))
            return scheduleTurn(host, at: clock + 100)
        }
        let wire = connect(.host(host.index), to: target)
        wires[wire].dialSerial = host.lastDial
        queue.schedule(.dialTimeout(host: host.index, serial: host.lastDial), at: clock + 2_000_000)
    }

    /// Nobody has answered a dial.
    func dialTimeout(_ host: Host, _ serial: Int) {
        guard host.openDial == serial, host.running != nil else { return }
        host.inbox.append(.dialFailed(serial: serial, "Connection timed out"))
        for wire in wires.indices where wires[wire].dialSerial == serial && wires[wire].ends[0].isOpen {
            if wires[wire].ends[0].owner == .host(host.index) { close(wire, end: 0) }
        }
        scheduleTurn(host, at: clock + 1)
    }

    /// A connection that was dialled stands.
    func dialed(_ wire: Int, _ host: Host, _ running: RunningNode) {
        guard wires[wire].ends[0].isOpen else { return }
        guard host.openDial == wires[wire].dialSerial else { return close(wire, end: 0) }
        host.openDial = -1
        wires[wire].dialSerial = -1
        let number = running.open(wire, 0)
        wires[wire].ends[0].connection = number
        running.node.dialed(
            ConnectionID(rawValue: UInt32(number)), to: peer(wire, 0, host, number), now: timestamp)
        observe(host, running)
    }

    /// A connection that was dialled was refused, or not answered.
    func dialFailed(_ serial: Int, _ reason: String, _ host: Host, _ running: RunningNode) {
        guard host.openDial == serial else { return }
        host.openDial = -1
        running.node.dialFailed(reason, now: timestamp)
        observe(host, running)
    }
}
