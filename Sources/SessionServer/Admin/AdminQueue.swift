import CLinux
import SessionCore
import Synchronization

/// Requests of the admin port on their way to the event loop: the thread of the port adds them, the loop takes them.
final class AdminQueue: Sendable {
    struct Request: Sendable {
        let method: String
        let target: String
        /// Called on the event loop's thread, at most once.
        let answer: @Sendable (AdminResponse) -> Void
    }

    /// Readable while there may be something to take.
    let descriptor: Int32
    private let waiting = Mutex<[Request]>([])

    init() throws(StartFailure) {
        descriptor = clinux_wake_descriptor()
        if descriptor < 0 { throw StartFailure("cannot create an event descriptor", code: descriptor) }
    }

    deinit { _ = clinux_close(descriptor) }

    /// Adds a request and wakes the loop. Each connection has one at a time, but those that were given up stay while
    /// the loop is held up: the queue is bounded too.
    /// - Returns: false if there is no room.
    func add(_ request: Request) -> Bool {
        let isAdded = waiting.withLock { waiting in
            guard waiting.count < AdminPort.connections else { return false }
            waiting.append(request)
            return true
        }
        if isAdded { clinux_wake(descriptor) }
        return isAdded
    }

    /// All requests, oldest first; they are the caller's.
    func takeAll() -> [Request] {
        clinux_clear_wake(descriptor)
        return waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}

extension EventLoop {
    /// Begins to answer the requests of a queue.
    mutating func serve(_ queue: AdminQueue) throws(StartFailure) {
        let code = poller.add(wake: queue.descriptor)
        if code < 0 { throw StartFailure("cannot watch for requests of the admin port", code: code) }
        admin = queue
    }

    /// Answers what waits on the admin port.
    @inline(never)
    mutating func answerAdmin() {
        guard let admin else { return }
        for request in admin.takeAll() {
            request.answer(node.adminResponse(to: request.method, target: request.target, now: now))
        }
    }
}
