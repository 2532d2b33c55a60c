import CLinux
import SessionCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A thread that does what the node asks of the disk, request by request, so that nobody else waits for it.
final class DiskThread: Sendable {
    private struct Queue {
        var requests: [DiskRequest] = []
        var answers: [DiskAnswer] = []
        var isEnding = false
        var thread: pthread_t?
    }

    private let queue = Mutex(Queue())
    /// Readable while there may be requests.
    private let wake: Int32
    /// Readable, for the event loop, while there may be answers.
    private let notifier: Int32

    /// - Parameter notifier: woken when there are answers.
    init(notifier: Int32) throws(StartFailure) {
        self.notifier = notifier
        wake = clinux_wake_descriptor()
        if wake < 0 { throw StartFailure("cannot create an event descriptor", code: wake) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<DiskThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw StartFailure("cannot start a thread for the disk", code: -status)
        }
        queue.withLock { $0.thread = thread }
    }

    deinit { _ = clinux_close(wake) }

    func add(_ request: DiskRequest) {
        let isFirst = queue.withLock { queue in
            queue.requests.append(request)
            return queue.requests.count == 1
        }
        if isFirst { clinux_wake(wake) }
    }

    /// Answers that have come since the last call, oldest first.
    func takeAnswers() -> [DiskAnswer] {
        queue.withLock { queue in
            let answers = queue.answers
            queue.answers = []
            return answers
        }
    }

    /// Ends the thread when it has done all that was asked for.
    func stop() {
        let thread = queue.withLock { queue in
            queue.isEnding = true
            let thread = queue.thread
            queue.thread = nil
            return thread
        }
        clinux_wake(wake)
        if let thread { pthread_join(thread, nil) }
    }

    private func run() {
        var files = DiskFiles()
        while true {
            let (requests, isEnding) = queue.withLock { queue in
                let requests = queue.requests
                queue.requests = []
                return (requests, queue.isEnding)
            }
            for request in requests {
                let answer = files.perform(request)
                queue.withLock { $0.answers.append(answer) }
                clinux_wake(notifier)
            }
            if !requests.isEmpty { continue }
            if isEnding { break }
            _ = clinux_wait_readable(wake, -1)
            clinux_clear_wake(wake)
        }
        files.closeAll()
    }
}
