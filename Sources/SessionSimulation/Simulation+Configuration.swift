import SessionCore

/// The hosts' configuration files.
extension Simulation {
    /// `CONFIG REWRITE`: of all directives only where to replicate from differs between hosts.
    func rewriteConfiguration(_ configuration: Configuration, _ host: Host) {
        let words = (configuration.get("replicaof") ?? "").split(separator: " ")
        host.configuredUpstream = words.first
            .flatMap { Host.index(of: String($0), among: hosts.count) } ?? -1
    }
}
