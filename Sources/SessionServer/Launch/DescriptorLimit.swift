import CLinux
import SessionCore

/// The limit of open files, and how many clients fit below it.
enum DescriptorLimit {
    /// Descriptors for everything but clients: listeners, log, epoll, libraries. As many as Redis sets aside.
    static let reserve = 32

    /// Descriptors for everything, if the admin port is served too: its connections, its listeners, and what its thread
    /// waits with.
    static func wanted(_ configuration: Configuration) -> Int {
        let admin = configuration.adminPort == 0 ? 0 : AdminPort.connections + configuration.adminBind.count + reserve
        return configuration.maxClients + reserve + admin
    }

    /// Raises the limit as far as `maxclients` needs, or lowers `maxclients` to what the limit allows.
    /// - Returns: what to log, if it had to be lowered.
    static func fit(_ configuration: inout Configuration) throws(StartFailure) -> String? {
        let wanted = configuration.maxClients
        let total = Self.wanted(configuration)
        let reserve = total - wanted
        let limit = Int(clamping: clinux_raise_descriptor_limit(UInt64(total)))
        guard limit > reserve else {
            throw StartFailure("the limit of open files is \(limit): at least \(reserve + 1) are needed (ulimit -n)")
        }
        configuration.maxClientsCeiling = max(wanted, Int(clamping: clinux_highest_descriptor_limit()) - reserve)
        guard limit < total else { return nil }
        configuration.maxClients = limit - reserve
        configuration.maxClientsCeiling = configuration.maxClients
        return """
            maxclients is lowered from \(wanted) to \(configuration.maxClients): the limit of open files is \(limit) \
            and cannot be raised to \(total) (ulimit -n, LimitNOFILE=)
            """
    }
}
