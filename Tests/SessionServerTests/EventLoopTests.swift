import CLinux
import Logging
import SessionCore
import Testing

@testable import SessionServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Turns of the loop over socket pairs: what one end writes is there when the next turn begins, so nothing waits.
@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
    @Test func aRequestIsAnsweredWithinItsTurn() throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        client.send("PING\r\n")
        loop.turn(waitingAtMost: 0)
        #expect(client.receive() == "+PONG\r\n")
    }

    @Test func aRequestMayArriveByteByByte() throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        for byte in "*1\r\n$4\r\nPING\r\n" {
            client.send(String(byte))
            loop.turn(waitingAtMost: 0)
        }
        #expect(client.receive() == "+PONG\r\n")
    }

    /// A replica does not wait for a client before it looks for its primary.
    @Test func theFirstTurnDoesNotWait() throws {
        var loop = try makeLoop()
        let start = Clock.now().monotonicMicroseconds
        loop.turn(waitingAtMost: 30_000)
        #expect(Clock.now().monotonicMicroseconds - start < 10_000_000)
    }

    @Test func connectionsDoNotMix() throws {
        var loop = try makeLoop()
        // More than a connection table begins with.
        let clients = try (0..<200).map { _ in try connect(to: &loop) }
        for (index, client) in clients.enumerated() where index.isMultiple(of: 3) { client.send("PING\r\n") }
        loop.turn(waitingAtMost: 0)
        for (index, client) in clients.enumerated() {
            #expect(client.receive() == (index.isMultiple(of: 3) ? "+PONG\r\n" : ""))
        }
        #expect(loop.table.count == 200)
    }

    @Test func requestsBeforeTheEndOfFileAreAnswered() throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        client.send("PING\r\nPING\r\n")
        clinux_finish_sending(client.descriptor)
        for _ in 0..<3 { loop.turn(waitingAtMost: 0) }
        #expect(client.receive() == "+PONG\r\n+PONG\r\n")
        #expect(client.isClosed)
        #expect(loop.table.count == 0)
    }

    @Test func aPeerThatIsGoneLeavesNothingBehind() throws {
        var loop = try makeLoop()
        var client: Client? = try connect(to: &loop)
        client?.send("PING\r\n")
        client = nil
        for _ in 0..<3 { loop.turn(waitingAtMost: 0) }
        #expect(loop.table.count == 0)
        #expect(loop.ready.isEmpty && loop.paused.isEmpty && loop.unsent.isEmpty && loop.ending.isEmpty)
    }

    @Test func slotsAreReused() throws {
        var loop = try makeLoop()
        for _ in 0..<500 {
            let client = try connect(to: &loop)
            client.send("PING\r\n")
            loop.turn(waitingAtMost: 0)
            #expect(client.receive() == "+PONG\r\n")
            clinux_finish_sending(client.descriptor)
            for _ in 0..<3 where loop.table.count > 0 { loop.turn(waitingAtMost: 0) }
        }
        #expect(loop.table.count == 0)
        #expect(loop.table.endIndex == 64)
    }

    /// More replies than the kernel takes while the peer reads none: output blocks, input may pause, nothing is lost.
    @Test func aSlowReaderGetsEverything() throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        let other = try connect(to: &loop)
        let requests = String(repeating: "PING\r\n", count: 1000)
        var left = 200
        var received = 0
        var turns = 0
        while received < 200_000 * 7, turns < 20_000 {
            if left > 0, client.trySend(requests) { left -= 1 }
            loop.turn(waitingAtMost: 0)
            // Read only once the loop could not go on.
            if left == 0 || turns.isMultiple(of: 50) { received += client.receive().utf8.count }
            turns += 1
        }
        #expect(received == 200_000 * 7)
        other.send("PING\r\n")
        loop.turn(waitingAtMost: 0)
        #expect(other.receive() == "+PONG\r\n")
    }

    @Test func shutdownEndsTheLoopAndItsConnections() throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        client.send("PING\r\n")
        loop.turn(waitingAtMost: 0)
        loop.node.beginShutdown(now: loop.now)
        loop.turn(waitingAtMost: 0)
        let isRunning = loop.isRunning
        #expect(!isRunning)
        loop.run()
        #expect(client.receive() == "+PONG\r\n")
        #expect(client.isClosed)
        #expect(loop.table.count == 0)
    }

    @Test func listenersAccept() throws {
        let path = temporaryPath()
        let listener = try Listener.unix(path: path, permissions: 0, backlog: 200)
        defer { listener.close() }
        var loop = try makeLoop()
        try loop.listen(on: [listener])
        let clients = try (0..<100).map { _ in try Client(path: path) }
        // More than one turn accepts.
        for _ in 0..<2 { loop.turn(waitingAtMost: 0) }
        #expect(loop.table.count == 100)
        for client in clients { client.send("PING\r\n") }
        loop.turn(waitingAtMost: 0)
        #expect(clients.allSatisfy { $0.receive() == "+PONG\r\n" })
    }

    // MARK: Peers that are gone

    /// What a client waits for, and what follows in its socket.
    private static let waits = [
        "WAIT 1 0\r\n", "CLIENT PAUSE 600000\r\nPING\r\n", "SUBSCRIBE c\r\n", "MONITOR\r\n",
    ]

    @Test(arguments: waits, [0, 10, 20_000])
    func whoWaitsAndIsGoneLeavesNothing(wait: String, unread: Int) throws {
        var loop = try makeLoop()
        var client: Client? = try connect(to: &loop)
        client?.send(wait)
        loop.turn(waitingAtMost: 0)
        if unread > 0 { client?.send(String(repeating: "PING\r\n", count: unread)) }
        client = nil
        for _ in 0..<6 { loop.turn(waitingAtMost: 0) }
        #expect(loop.table.count == 0)
    }

    @Test(arguments: waits, [0, 10, 20_000])
    func whoWaitsAndHasClosedItsSideIsDropped(wait: String, unread: Int) throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        client.send("ECHO a\r\n" + wait)
        loop.turn(waitingAtMost: 0)
        if unread > 0 { client.send(String(repeating: "PING\r\n", count: unread)) }
        clinux_finish_sending(client.descriptor)
        var received = ""
        for _ in 0..<20 where loop.table.count > 0 {
            loop.turn(waitingAtMost: 0)
            received += client.receive()
        }
        #expect(loop.table.count == 0)
        #expect(received.hasPrefix("$1\r\na\r\n"), "what was answered before has arrived")
    }

    /// Everything in one packet, the end included: what can be answered is.
    @Test func repliesBeforeAWaitAreSent() throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        client.send("PING\r\nWAIT 1 0\r\nPING\r\n")
        clinux_finish_sending(client.descriptor)
        for _ in 0..<3 { loop.turn(waitingAtMost: 0) }
        #expect(client.receive() == "+PONG\r\n")
        #expect(client.isClosed && loop.table.count == 0)
    }

    /// A half-closed peer that takes no output for a while is dropped; one that takes some is not.
    @Test func whoHasClosedItsSideAndDoesNotReadIsDropped() throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        client.send("SET k \(String(repeating: "v", count: 60_000))\r\n")
        loop.turn(waitingAtMost: 0)
        client.send(String(repeating: "GET k\r\n", count: 100))
        clinux_finish_sending(client.descriptor)
        for _ in 0..<5 { loop.turn(waitingAtMost: 0) }
        try #require(loop.lingering.count == 1)
        #expect(loop.nextLingering == loop.lingering[0].deadline)
        // It reads some: the next deadline is a later one.
        var received = client.receive().utf8.count
        loop.turn(waitingAtMost: 0)
        (loop.lingering[0].deadline, loop.nextLingering) = (0, 0)
        loop.turn(waitingAtMost: 0)
        try #require(loop.table.count == 1 && loop.lingering.count == 1)
        #expect(loop.lingering[0].deadline > 0)
        // It reads no more.
        (loop.lingering[0].deadline, loop.nextLingering) = (0, 0)
        loop.turn(waitingAtMost: 0)
        received += client.receive().utf8.count
        #expect(loop.table.count == 0 && loop.lingering.isEmpty && loop.nextLingering == .max)
        #expect(received < 100 * 60_000)
    }

    @Test func whoHasClosedItsSideAndReadsGetsEverything() throws {
        var loop = try makeLoop()
        let client = try connect(to: &loop)
        client.send("SET k \(String(repeating: "v", count: 50_000))\r\n")
        loop.turn(waitingAtMost: 0)
        var received = client.receive().utf8.count
        client.send(String(repeating: "GET k\r\n", count: 200))
        clinux_finish_sending(client.descriptor)
        var turns = 0
        while loop.table.count > 0, turns < 20_000 {
            loop.turn(waitingAtMost: 0)
            received += client.receive().utf8.count
            turns += 1
        }
        received += client.receive().utf8.count
        #expect(received == 5 + 200 * (8 + 50_000 + 2))
    }

    private func makeLoop() throws -> EventLoop {
        let node = Node(configuration: Configuration(), seeds: NodeSeeds(derivedFrom: 1), now: Clock.now())
        return try EventLoop(node: node, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func connect(to loop: inout EventLoop) throws -> Client {
        var pair: [Int32] = [0, 0]
        try #require(clinux_socket_pair(&pair) == 0)
        let peer = Peer(address: "test:0", localAddress: "test:0", isLocal: true, fileDescriptor: pair[0])
        loop.adopt(pair[0], peer)
        return Client(descriptor: pair[1])
    }
}

/// The other end of a connection.
private final class Client {
    let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    init(path: String) throws {
        var address = clinux_address()
        let length = clinux_local_socket_address(&address, path)
        descriptor = clinux_stream_socket(AF_UNIX)
        try #require(clinux_connect(descriptor, &address, length) == 0)
    }

    deinit { _ = clinux_close(descriptor) }

    func send(_ text: String) { #expect(trySend(text)) }

    /// Whether the kernel took the text; all of it or nothing.
    func trySend(_ text: String) -> Bool {
        var text = text
        let count = text.withUTF8 { clinux_send(descriptor, $0.baseAddress, $0.count) }
        #expect(count == text.utf8.count || count == -Int(EAGAIN))
        return count > 0
    }

    /// Everything that has arrived.
    func receive() -> String {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = chunk.withUnsafeMutableBytes { clinux_read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content.append(contentsOf: chunk[..<count])
        }
    }

    /// The loop has closed its end.
    var isClosed: Bool {
        var byte: UInt8 = 0
        return clinux_read(descriptor, &byte, 1) == 0
    }
}
