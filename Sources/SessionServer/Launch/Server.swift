import CLinux
import Logging
import SessionCore

/// The server process from its command line to its end.
public enum Server {
    /// Runs the server until it is told to stop.
    ///
    /// - Parameter words: the command line without the program's name.
    /// - Throws: `ConfigurationFailure` or `StartFailure`, each one line for standard error.
    public static func run(_ words: [String]) throws {
        clinux_keep_standard_descriptors()
        let arguments = try LaunchArguments(words)
        var configuration = try Configuration(arguments, read: ConfigurationFiles.read)
        configuration.file = arguments.file.map(ConfigurationFiles.absolute) ?? ""
        try run(configuration)
    }

    private static func run(_ wanted: Configuration) throws(StartFailure) {
        var configuration = wanted
        let shortage = try DescriptorLimit.fit(&configuration)
        try DataDirectory.prepare(&configuration)
        // Before signals are blocked, which the command would inherit.
        let keys = try EncryptionKeys.load(configuration)
        let signals = clinux_signal_descriptor()
        if signals < 0 { throw StartFailure("cannot take signals", code: signals) }
        defer { _ = clinux_close(signals) }
        let sink = try LogSink(path: configuration.logFile)
        let logger = Logger(label: "cloakroom") { _ in LineLogHandler(sink: sink, severity: configuration.logLevel) }
        if let shortage { logger.warning("\(shortage)") }

        let listeners = try openListeners(configuration)
        defer { for listener in listeners { listener.close() } }
        let admin = try AdminServer(configuration)
        defer { admin?.stop() }
        var node = Node(
            configuration: configuration, seeds: Entropy.seeds(), now: Clock.now(), ticks: .system, keys: keys)
        if !configuration.aclFile.isEmpty { try loadUsers(configuration.aclFile, into: &node) }
        var loop = try EventLoop(node: node, logger: logger, signals: signals, log: sink)
        try loop.listen(on: listeners)
        if let admin {
            try loop.serve(admin.queue)
            try admin.start()
        }
        let pidFile = configuration.pidFile.isEmpty ? nil : PIDFile(path: configuration.pidFile)
        defer { pidFile?.remove() }
        if let problem = pidFile?.write() { logger.warning("\(problem)") }

        for line in banner(configuration, listeners) { logger.notice("\(line)") }
        if let admin { logger.notice("Health checks and metrics: \(admin.addresses)") }
        loop.run()
        if let failure = loop.failure {
            logger.critical("\(failure.description)")
            throw failure
        }
        logger.notice("Cloakroom stops, bye")
    }

    /// Reads the file of users, without which the server does not start: it would be open to everybody.
    private static func loadUsers(_ path: String, into node: inout Node) throws(StartFailure) {
        let content: [UInt8]
        do {
            content = try AccessFiles.read(path).get()
        } catch {
            throw StartFailure("cannot read the file of users '\(path)': \(error.reason)")
        }
        if let problems = node.loadUsers(content) { throw StartFailure(problems) }
    }

    /// Opens what `port`, `bind` and `unixsocket` name; on failure nothing stays open.
    static func openListeners(_ configuration: Configuration) throws(StartFailure) -> [Listener] {
        var listeners: [Listener] = []
        do throws(StartFailure) {
            if configuration.port != 0 {
                listeners = try Listener.tcp(
                    configuration.bind, port: configuration.port, backlog: configuration.tcpBacklog)
            }
            if !configuration.unixSocket.isEmpty {
                listeners.append(
                    try Listener.unix(
                        path: configuration.unixSocket, permissions: configuration.unixSocketPermissions,
                        backlog: configuration.tcpBacklog))
            }
            guard !listeners.isEmpty else {
                throw StartFailure("nothing to listen on: give --port and --bind, or --unixsocket")
            }
        } catch {
            for listener in listeners { listener.close() }
            throw error
        }
        return listeners
    }

    /// What the log begins with: version, addresses, process, and what to try first.
    static func banner(_ configuration: Configuration, _ listeners: [Listener]) -> [String] {
        let names = listeners.map(\.name).joined(separator: ", ")
        let isTCP = listeners.contains { $0.file == nil }
        let client = "redis-cli " + (isTCP ? "-p \(configuration.port)" : "-s \(configuration.unixSocket)")
        let password = configuration.requirePass.isEmpty ? "" : " --askpass"
        return [
            "Cloakroom \(cloakroomVersion) is ready on \(names) (pid \(clinux_process_id()))",
            durability(configuration),
            "Try: \(client)\(password) SESSCREATE USER alice",
        ]
    }

    /// What becomes of the data when the server ends.
    private static func durability(_ configuration: Configuration) -> String {
        let encryption = configuration.encryptAtRest == .no ? "" : ", encrypted"
        if configuration.keepsLog {
            let sync = configuration.appendSync.rawValue
            return "Data is kept in \(configuration.directory) (append log, fsync \(sync)\(encryption))"
        }
        if configuration.keepsData { return "Data is kept in \(configuration.directory) (snapshots\(encryption))" }
        return "Data is in memory only: --dir <directory> keeps it across restarts"
    }
}
