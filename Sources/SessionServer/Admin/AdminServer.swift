import NIOCore
import NIOHTTP1
import NIOPosix
import SessionCore

/// The admin port: HTTP on a thread of its own. It only carries requests to the event loop and answers back.
final class AdminServer {
    let queue: AdminQueue
    /// For the log, e.g. `http://127.0.0.1:9121`.
    let addresses: String
    private var listeners: [Listener]
    private var group: MultiThreadedEventLoopGroup?

    /// Listens on `admin-port`; connections wait until `start`.
    /// - Returns: nil if there is to be no admin port.
    init?(_ configuration: Configuration) throws(StartFailure) {
        guard configuration.adminPort != 0 else { return nil }
        do throws(StartFailure) {
            listeners = try Listener.tcp(
                configuration.adminBind, port: configuration.adminPort, backlog: configuration.tcpBacklog)
        } catch {
            throw StartFailure("\(error.description) (admin-port, admin-bind)")
        }
        guard !listeners.isEmpty else { throw StartFailure("nothing to listen on for admin-port: see admin-bind") }
        addresses = listeners.map { "http://\($0.name)" }.joined(separator: ", ")
        queue = try AdminQueue()
    }

    /// Begins to serve.
    func start() throws(StartFailure) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.group = group
        let (queue, connections) = (queue, AdminConnections())
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: AdminPort.read)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.prepare(channel, queue, connections) }
            }
        do {
            while let listener = listeners.first {
                // From here on the descriptor is the channel's.
                listeners.removeFirst()
                _ = try bootstrap.withBoundSocket(listener.descriptor).wait()
            }
        } catch {
            throw StartFailure("cannot serve the admin port: \(error)")
        }
    }

    static func prepare(
        _ channel: any Channel, _ queue: AdminQueue, _ connections: AdminConnections
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = AdminPort.headerField
        limits.maxHeaderListSize = AdminPort.headers
        limits.maxHeaderFieldCount = AdminPort.headerFields
        let opening = AdminRequestOpening()
        try channel.pipeline.syncOperations.addHandlers([
            HTTPResponseEncoder(), opening,
            // The decoder's limits do not count blanks.
            ByteToMessageHandler(
                HTTPRequestDecoder(limitConfiguration: limits), maximumBufferSize: AdminPort.headers),
            AdminConnection(opening, queue, connections),
        ])
    }

    /// Closes the port and all of its connections, and ends the thread.
    func stop() {
        for listener in listeners { listener.close() }
        listeners = []
        try? group?.syncShutdownGracefully()
        group = nil
    }
}
