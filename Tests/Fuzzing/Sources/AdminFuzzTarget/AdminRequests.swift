import FuzzSupport
import NIOCore
import NIOEmbedded
@testable import SessionCore
@testable import SessionServer

/// HTTP on the admin port: the bytes of one connection, in pieces, and time. Whatever comes is answered with HTTP.
@_cdecl("fuzz_admin_requests")
public func fuzzAdminRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var source = ByteSource(input(start, count))
    do {
        let connection = try AdminClient()
        while !source.isEmpty { connection.perform(&source) }
        connection.finish()
    } catch {
        fatalError("\(error)")
    }
    return 0
}

/// The end of the pipeline towards the socket: says whether anything may be read from it.
private final class ReadGate: ChannelOutboundHandler {
    typealias OutboundIn = NIOCore.ByteBuffer
    var isOpen = false

    func read(context: ChannelHandlerContext) { isOpen = true }
}

/// One connection to the admin port, without a socket, and the event loop that answers it.
private final class AdminClient {
    private let channel = EmbeddedChannel()
    private let queue: AdminQueue
    private let gate = ReadGate()
    private let host = NodeHost()
    /// Sent by the peer and not read.
    private var unread: [UInt8] = []
    private var answers: [UInt8] = []

    init() throws {
        queue = try AdminQueue()
        try AdminServer.prepare(channel, queue, AdminConnections())
        try channel.pipeline.syncOperations.addHandler(gate, position: .first)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 9121), promise: nil)
    }

    func perform(_ source: inout ByteSource) {
        let action = source.byte()
        switch action {
        case 0..<200: send(source.take(action < 100 ? Int(action) : Int(action - 100) * 16))
        case 200..<220: channel.embeddedEventLoop.advanceTime(by: .milliseconds(1 << Int64(action - 200)))
        case 220..<230: channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        default: answer()
        }
        if action & 1 == 0 { answer() }
        collect()
    }

    private func send(_ bytes: [UInt8]) {
        unread += bytes
        guard channel.isActive, !unread.isEmpty else { return }
        channel.read()
        guard gate.isOpen else { return }
        gate.isOpen = false
        // What a decoder throws has been caught by the handlers behind it, too.
        _ = try? channel.writeInbound(NIOCore.ByteBuffer(bytes: unread.prefix(AdminPort.read)))
        unread.removeFirst(min(AdminPort.read, unread.count))
        channel.embeddedEventLoop.run()
    }

    private func answer() {
        for request in queue.takeAll() {
            request.answer(host.adminResponse(to: request.method, target: request.target))
        }
        channel.embeddedEventLoop.run()
    }

    private func collect() {
        while let part = try? channel.readOutbound(as: NIOCore.ByteBuffer.self) { answers += part.readableBytesView }
    }

    func finish() {
        for _ in 0..<4 {
            answer()
            send([])
            channel.embeddedEventLoop.advanceTime(by: .seconds(100))
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(200))
        collect()
        require(!channel.isActive, "the connection is still open though it does nothing")
        require(answers.isEmpty || answers.starts(with: Array("HTTP/1.")), "the answer is not HTTP")
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }
}
