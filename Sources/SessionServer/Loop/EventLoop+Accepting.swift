import CLinux
import Logging
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The listeners of a loop, and what to do when a connection cannot be accepted, because the process has no descriptor
/// left for instance: stop watching them until a connection closes or a moment passes. Watching on would spin, since
/// the connection stays in the kernel's queue; failing would take the server down.
struct Acceptor {
    var listeners: [Listener] = []
    var isSuspended = false
    /// Monotonic microseconds.
    var resumeAt: Int64 = 0
    /// When the shortage was last logged; once in ten seconds will do.
    var loggedAt = Int64.min / 2

    static let pause: Int64 = 100_000
    static let logInterval: Int64 = 10_000_000
    /// Errors that are about one connection, which is gone, or about nothing (accept(2), "Error handling"): the next
    /// may be accepted at once. After any other the connection is still there, and so would be the error.
    static let passingErrors: Set<Int32> = [
        EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
        ENETUNREACH, ETIMEDOUT,
    ]
    /// Most connections accepted from one listener in one turn.
    static let batch = 64
}

extension EventLoop {
    /// Begins to accept connections. The caller closes the listeners.
    mutating func listen(on listeners: [Listener]) throws(StartFailure) {
        acceptor.listeners = listeners
        try watchListeners()
    }

    private mutating func watchListeners() throws(StartFailure) {
        for (index, listener) in acceptor.listeners.enumerated() {
            let code = poller.add(listener: index, listener.descriptor)
            if code < 0 { throw StartFailure("cannot watch \(listener.name)", code: code) }
        }
    }

    @inline(never)
    mutating func accept(from index: Int) {
        let listener = acceptor.listeners[index]
        var address = clinux_address()
        var length: socklen_t = 0
        for _ in 0..<Acceptor.batch where !acceptor.isSuspended {
            let descriptor = clinux_accept(listener.descriptor, &address, &length)
            if descriptor >= 0 {
                if listener.file == nil {
                    SocketOptions.apply(to: descriptor, keepAlive: node.configuration.tcpKeepAlive)
                }
                adopt(descriptor, Peer(&address, through: listener, descriptor: descriptor))
                continue
            }
            if descriptor == -EAGAIN { return }
            if !Acceptor.passingErrors.contains(-descriptor) { suspendAccepting(code: descriptor) }
        }
    }

    /// Takes over a connected, non-blocking socket.
    mutating func adopt(_ descriptor: Int32, _ peer: Peer) {
        let id = table.insert(descriptor: descriptor)
        let code = poller.add(connection: id, descriptor)
        guard code >= 0 else {
            if mayLogShortage() { logger.warning("cannot watch a connection: \(systemMessage(Int(code)))") }
            table.remove(id)
            _ = clinux_close(descriptor)
            return
        }
        node.connected(ConnectionID(rawValue: id), from: peer, now: now)
    }

    /// Whether it is time to log again that something is short.
    private mutating func mayLogShortage() -> Bool {
        guard now.monotonicMicroseconds - acceptor.loggedAt >= Acceptor.logInterval else { return false }
        acceptor.loggedAt = now.monotonicMicroseconds
        return true
    }

    private mutating func suspendAccepting(code: Int32) {
        for listener in acceptor.listeners { poller.remove(listener.descriptor) }
        acceptor.isSuspended = true
        acceptor.resumeAt = now.monotonicMicroseconds + Acceptor.pause
        guard mayLogShortage() else { return }
        let remedy = -code == EMFILE || -code == ENFILE ? ". Raise the limit of open files or lower maxclients" : ""
        logger.warning("cannot accept connections: \(systemMessage(Int(code))); \(table.count) are open\(remedy)")
    }

    @inline(never)
    mutating func resumeAccepting() {
        guard now.monotonicMicroseconds >= acceptor.resumeAt else { return }
        acceptor.isSuspended = false
        do {
            try watchListeners()
        } catch {
            for listener in acceptor.listeners { poller.remove(listener.descriptor) }
            acceptor.isSuspended = true
            acceptor.resumeAt = now.monotonicMicroseconds + Acceptor.pause
        }
    }
}
