/// Connections that a node asks for. None does yet.
extension Simulation {
    func dialed(_ wire: Int, _ host: Host, _ running: RunningNode) {}
    func dialFailed(_ serial: Int, _ reason: String, _ host: Host, _ running: RunningNode) {}
    func dialTimeout(_ host: Host, _ serial: Int) {}
}
