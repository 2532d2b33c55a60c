import Logging
import SessionCore
import Synchronization
import Testing

@testable import SessionServer

/// Between the admin port's thread and the event loop.
@Suite(.timeLimit(.minutes(1))) struct AdminQueueTests {
    /// What was answered, in order.
    private final class Answers: Sendable {
        private let statuses = Mutex<[Int]>([])
        var all: [Int] { statuses.withLock { $0 } }

        func request(_ target: String) -> AdminQueue.Request {
            AdminQueue.Request(method: "GET", target: target) { response in
                self.statuses.withLock { $0.append(response.status) }
            }
        }
    }

    private func makeLoop() throws -> EventLoop {
        let node = Node(configuration: Configuration(), seeds: NodeSeeds(derivedFrom: 1), now: Clock.now())
        return try EventLoop(node: node, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func requestsWakeTheLoopAndAreAnsweredInOrder() throws {
        let (queue, answers) = (try AdminQueue(), Answers())
        var loop = try makeLoop()
        try loop.serve(queue)
        loop.turn(waitingAtMost: 0)
        #expect(answers.all.isEmpty)
        for target in ["/livez", "/nowhere", "/replica"] { #expect(queue.add(answers.request(target))) }
        // Without the wake-up this turn would take until the test's time limit.
        loop.turn(waitingAtMost: 60_000)
        #expect(answers.all == [200, 404, 503])
        // It sleeps again.
        #expect(loop.poller.wait(milliseconds: 0) == 0)
        #expect(queue.add(answers.request("/primary")))
        loop.turn(waitingAtMost: 60_000)
        #expect(answers.all == [200, 404, 503, 200])
    }

    @Test func aLoopThatIsHeldUpIsNotAskedWithoutEnd() throws {
        let (queue, answers) = (try AdminQueue(), Answers())
        for _ in 0..<AdminPort.connections { #expect(queue.add(answers.request("/livez"))) }
        #expect(!queue.add(answers.request("/livez")))
        var loop = try makeLoop()
        try loop.serve(queue)
        loop.turn(waitingAtMost: 60_000)
        #expect(answers.all.count == AdminPort.connections)
        #expect(queue.add(answers.request("/livez")))
    }
}
