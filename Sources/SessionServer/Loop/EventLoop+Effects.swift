import CLinux
import Logging
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the node asks for: closing connections, the log, configuration, the end.
extension EventLoop {
    /// Does what the node asks for.
    /// - Returns: whether there was anything; the node may then have new output.
    @inline(__always)
    mutating func performEffects() -> Bool {
        guard let first = node.nextEffect() else { return false }
        perform(first)
        while let effect = node.nextEffect() { perform(effect) }
        return true
    }

    @inline(never)
    private mutating func perform(_ effect: NodeEffect) {
        let start = clinux_monotonic_microseconds()
        switch effect {
        case .close(let id):
            if table.isOpen(id.rawValue) { hangUp(id.rawValue) }
        case .dial(let host, let port): dial(host, port)
        case .log(let severity, let text): logger.log(level: severity.level, "\(text)")
        case .readAccessFile(let id, let path):
            let content = AccessFiles.read(path)
            node.accessFileRead(content, for: id, took: microseconds(since: start), now: now)
        case .writeAccessFile(let id, let path, let content):
            let problem = AccessFiles.write(content, to: path)
            node.accessFileWritten(problem, for: id, took: microseconds(since: start), now: now)
        case .sleep(let microseconds):
            sleep(microseconds)
            now = Clock.now()
            node.completed(nil, took: self.microseconds(since: start), now: now)
        case .rewriteConfiguration(let configuration, let users):
            let problem = ConfigurationFiles.rewrite(configuration, users: users)
            let outcome = problem.map { "failed: \($0.reason)" } ?? "executed with success."
            logger.warning("CONFIG REWRITE \(outcome)")
            node.completed(problem, took: microseconds(since: start), now: now)
        case .disk(let request): ask(request)
        case .fail(let reason): fail(reason)
        case .shutdown: isRunning = false
        case .shutdownAborted: clinux_catch_interrupt()
        case .configurationChanged:
            logger.logLevel = node.configuration.logLevel.level
            _ = clinux_raise_descriptor_limit(UInt64(DescriptorLimit.wanted(node.configuration)))
        }
    }

    private func microseconds(since start: Int64) -> Int64 { clinux_monotonic_microseconds() - start }

    /// Closes a connection at the node's wish. The peer gets what was sent: closing with unread input would make the
    /// kernel reset the connection, which can destroy an error reply still under way.
    private mutating func hangUp(_ id: UInt32) {
        let descriptor = table[id].descriptor
        clinux_finish_sending(descriptor)
        var reads = 4
        while reads > 0, clinux_read(descriptor, input, Self.inputSize) == Self.inputSize { reads -= 1 }
        drop(id)
    }

    /// Closes a connection and tells the node.
    mutating func drop(_ id: UInt32) {
        _ = clinux_close(table[id].descriptor)
        table.remove(id)
        node.disconnected(ConnectionID(rawValue: id), now: now)
        if acceptor.isSuspended { acceptor.resumeAt = 0 }
    }

    /// Ends the connections that are broken, or ended and all sent.
    /// - Returns: whether there were any; the node may then have new output and effects.
    @inline(__always)
    mutating func finishEnding() -> Bool { !ending.isEmpty && dropEnding() }

    @inline(never)
    private mutating func dropEnding() -> Bool {
        var kept = 0
        let count = ending.count
        for index in 0..<count {
            let id = ending[index]
            let state = table[id].state
            let connection = ConnectionID(rawValue: id)
            if state.contains(.broken) {
                drop(id)
            } else if state.contains(.ended), state.isDisjoint(with: [.blocked, .unsent]) {
                // With output that is yet to be sent it is listed again when that is done (`endIfSent`).
                if node.isFinished(connection) {
                    drop(id)
                } else {
                    ending[kept] = id
                    kept += 1
                }
            }
        }
        ending.removeSubrange(kept..<count)
        return kept < count
    }

    /// Blocks the server; signals are still taken.
    private mutating func sleep(_ microseconds: Int64) {
        let end = clinux_monotonic_microseconds() + microseconds
        while true {
            let left = end - clinux_monotonic_microseconds()
            if left <= 0 { return }
            if clinux_wait_readable(signals, Int32(clamping: (left - 1) / 1000 + 1)) > 0 { handleSignals() }
        }
    }

    /// SIGTERM and SIGINT stop the server, after `shutdown-drain`; a SIGINT after either ends it at once, unless
    /// `SHUTDOWN ABORT` came between. SIGHUP reopens the log file.
    @inline(never)
    mutating func handleSignals() {
        while true {
            let signal = clinux_next_signal(signals)
            if signal < 0 { return }
            if signal == SIGHUP {
                if let problem = log?.reopen() {
                    logger.warning("\(problem)")
                } else {
                    logger.notice("log file reopened")
                }
                continue
            }
            clinux_exit_on_interrupt()
            if node.isStopping { continue }
            logger.notice("\(signal == SIGINT ? "SIGINT" : "SIGTERM") received, shutting down")
            node.beginShutdown(now: now)
        }
    }
}
