import CHiredis
import Glibc
import TestSupport

/// A connection through hiredis's asynchronous interface, driven by a `PollLoop`.
final class AsyncConnection {
    /// Statuses that the connect and disconnect callbacks were called with; nil before.
    private(set) var connectStatus: Int32?
    private(set) var disconnectStatus: Int32?
    private var context: UnsafeMutablePointer<redisAsyncContext>?
    fileprivate var wantsRead = false
    fileprivate var wantsWrite = false

    /// What hiredis holds for a command: a callback, which a subscription calls more than once.
    fileprivate final class Handler {
        let body: (Reply?) -> Void
        init(_ body: @escaping (Reply?) -> Void) { self.body = body }
    }

    /// Begins to connect; the outcome shows in `connectStatus` once the loop runs.
    init(_ address: Address) throws {
        let created: UnsafeMutablePointer<redisAsyncContext>? =
            switch address {
            case .tcp(let port): redisAsyncConnect("127.0.0.1", Int32(port))
            case .unix(let path): redisAsyncConnectUnix(path)
            }
        guard let created else { throw HarnessError("hiredis could not allocate a context") }
        guard created.pointee.err == 0 else {
            let text = String(cString: created.pointee.errstr)
            redisAsyncFree(created)
            throw HarnessError("hiredis: \(text)")
        }
        context = created
        attach(created)
    }

    /// Unanswered commands get no reply, as hiredis documents for `redisAsyncFree`.
    deinit { free() }

    /// The descriptor to poll and what for; nil once disconnected.
    fileprivate var interest: pollfd? {
        guard let context else { return nil }
        let events = (wantsRead ? POLLIN : 0) | (wantsWrite ? POLLOUT : 0)
        return pollfd(fd: context.pointee.c.fd, events: Int16(events), revents: 0)
    }

    /// Hands a command to hiredis; `body` gets the reply, or nil if the connection ends before there is one.
    /// A `SUBSCRIBE` or `PSUBSCRIBE` calls it with every message of its channels.
    /// - Returns: whether hiredis took the command.
    @discardableResult
    func command(_ arguments: [Bytes], _ body: @escaping (Reply?) -> Void) -> Bool {
        guard let context else { return false }
        let handler = Unmanaged.passRetained(Handler(body))
        kept.append(handler)
        let result = withArgumentVector(arguments) { pointers, lengths in
            redisAsyncCommandArgv(
                context, { _, reply, handler in AsyncConnection.answer(reply, handler) }, handler.toOpaque(),
                Int32(arguments.count), pointers, lengths)
        }
        return result == REDIS_OK
    }

    /// Disconnects once everything sent has been answered (`redisAsyncDisconnect`).
    func disconnect() {
        guard let context else { return }
        redisAsyncDisconnect(context)
    }

    /// Disconnects at once (`redisAsyncFree`).
    func free() {
        if let context { redisAsyncFree(context) }
        context = nil
        for handler in kept { handler.release() }
        kept = []
    }

    /// Freed with the connection: hiredis does not say when a subscription's handler is done with.
    private var kept: [Unmanaged<Handler>] = []

    fileprivate func handle(_ events: Int32) {
        if events & (POLLIN | POLLHUP | POLLERR) != 0, wantsRead, let context { redisAsyncHandleRead(context) }
        if events & (POLLOUT | POLLHUP | POLLERR) != 0, wantsWrite, let context { redisAsyncHandleWrite(context) }
    }

    private static func answer(_ reply: UnsafeMutableRawPointer?, _ handler: UnsafeMutableRawPointer?) {
        guard let handler else { return }
        let value = reply.map { try? Reply(hiredisReply: $0) } ?? nil
        Unmanaged<Handler>.fromOpaque(handler).takeUnretainedValue().body(value)
    }

    /// Sets the hooks by which hiredis says what it wants to be polled for, and the callbacks.
    private func attach(_ context: UnsafeMutablePointer<redisAsyncContext>) {
        let this = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.data = this
        context.pointee.ev.data = this
        context.pointee.ev.addRead = { AsyncConnection.of($0).wantsRead = true }
        context.pointee.ev.delRead = { AsyncConnection.of($0).wantsRead = false }
        context.pointee.ev.addWrite = { AsyncConnection.of($0).wantsWrite = true }
        context.pointee.ev.delWrite = { AsyncConnection.of($0).wantsWrite = false }
        context.pointee.ev.cleanup = { AsyncConnection.of($0).context = nil }
        redisAsyncSetConnectCallback(context) { context, status in
            AsyncConnection.of(context?.pointee.data).connectStatus = status
        }
        redisAsyncSetDisconnectCallback(context) { context, status in
            AsyncConnection.of(context?.pointee.data).disconnectStatus = status
        }
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> AsyncConnection {
        Unmanaged<AsyncConnection>.fromOpaque(data!).takeUnretainedValue()
    }
}

/// The smallest event loop there is: `poll(2)` over a set of connections.
struct PollLoop {
    var connections: [AsyncConnection]

    init(_ connections: AsyncConnection...) { self.connections = connections }
    init(_ connections: [AsyncConnection]) { self.connections = connections }

    /// Serves the connections until `condition` holds.
    /// - Returns: whether it came to hold within `seconds`.
    func run(within seconds: Double = 20, until condition: () -> Bool) -> Bool {
        let deadline = Deadline.within(seconds)
        while !condition() {
            if deadline.hasPassed { return false }
            let open = connections.filter { $0.interest != nil }
            var states = open.map { $0.interest! }
            // Short, because a condition may also turn true by time alone.
            guard poll(&states, nfds_t(states.count), min(20, deadline.millisecondsLeft)) > 0 else { continue }
            for (connection, state) in zip(open, states) where state.revents != 0 {
                connection.handle(Int32(state.revents))
            }
        }
        return true
    }
}
