import NIOCore
import NIOHTTP1
import SessionCore

/// One connection to the admin port: takes requests one after the other to the event loop, and refuses what is not a
/// small request that arrives in time.
///
/// ```
///             first byte               end of request             answer
///   idle ───────────────▶ receiving ──────────────────▶ asking ─────────────▶ sending ──▶ idle, or asking again
///                             │ refused: malformed, too long, too late          │ no keep-alive, or refused
///                             └────────────────────────────────────▶ sending ───┴──▶ lingering ──▶ closed
/// ```
///
/// Each state but `asking` has a deadline; `asking` has `AdminPort.patience`. While one request is answered nothing is
/// read, so that what was read at once bounds how many wait.
final class AdminConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    private enum State { case idle, receiving, asking, sending, lingering }

    private enum Pending {
        case request(HTTPRequestHead)
        /// The last answer of the connection.
        case refusal(AdminResponse)
    }

    private let opening: AdminRequestOpening
    private let queue: AdminQueue
    private let connections: AdminConnections

    private var state = State.idle
    private var deadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    /// The request that is arriving, and how much of its body has.
    private var head: HTTPRequestHead?
    private var bodyBytes = 0
    /// What is to be answered, in order.
    private var pending = CircularBuffer<Pending>()
    /// Nothing more is taken: something was refused.
    private var isDeaf = false
    /// The peer sends nothing more.
    private var hasPeerFinished = false
    private var isReadWanted = false
    /// Numbers the requests, so that an answer that comes too late is not taken for that to the next one.
    private var number = 0

    init(_ opening: AdminRequestOpening, _ queue: AdminQueue, _ connections: AdminConnections) {
        (self.opening, self.queue, self.connections) = (opening, queue, connections)
    }

    // MARK: Beginning and end

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if connections.insert(context.channel) {
            setDeadline(AdminPort.requestTime)
        } else {
            isDeaf = true
            write(.refusal(503, "too many connections to the admin port"), to: nil, keepsAlive: false)
            // There would be no bound on those that linger.
            context.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.remove(context.channel)
        deadline?.cancel()
        isDeaf = true
        context.fireChannelInactive()
    }

    private func setDeadline(_ seconds: Int64) {
        deadline?.cancel()
        guard let context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: .seconds(seconds)) { bound.value.deadlinePassed() }
    }

    private func deadlinePassed() {
        switch state {
        case .asking: answer(.unresponsive, to: number)
        case .receiving where !isDeaf: refuse(.refusal(408, "the request took too long to arrive"))
        // Nobody waits for an answer, or nobody takes it.
        case .idle, .receiving, .sending, .lingering: context?.close(promise: nil)
        }
    }

    // MARK: Requests

    func read(context: ChannelHandlerContext) {
        if state == .asking || state == .sending { isReadWanted = true } else { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is AdminRequestOpening.Begins {
            if state == .idle { begin() }
        } else if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            hasPeerFinished = true
            if state == .idle || state == .lingering { context.close(promise: nil) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func begin() {
        state = .receiving
        if let context { connections.set(context.channel, .receiving(since: .now())) }
        setDeadline(AdminPort.requestTime)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isDeaf { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            bodyBytes = 0
            if let refusal = Self.refusal(of: head) { refuse(refusal) }
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            if bodyBytes > AdminPort.body { refuse(Self.bodyTooLong) }
        case .end:
            opening.reset()
            guard let head else { return }
            self.head = nil
            pending.append(.request(head))
            answerNext()
        }
    }

    private static let bodyTooLong = AdminResponse.refusal(413, "requests need no body, and theirs must be short")

    /// Why a request is refused whose head has arrived; nil if it is not.
    private static func refusal(of head: HTTPRequestHead) -> AdminResponse? {
        if head.uri.utf8.count > AdminPort.target { return targetTooLong }
        if let length = head.headers.first(name: "content-length") {
            guard let count = Int(length), count <= AdminPort.body else { return bodyTooLong }
        }
        if head.headers.contains(name: "expect") { return .refusal(417, "the header Expect is not supported") }
        return nil
    }

    private static let targetTooLong = AdminResponse.refusal(414, "the path is too long")

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isDeaf { return }
        switch error {
        case HTTPParserError.headerOverflow, is ByteToMessageDecoderError.PayloadTooLargeError:
            refuse(opening.hasLine ? .refusal(431, "the header is too long") : Self.targetTooLong)
        case HTTPParserError.invalidVersion: refuse(.refusal(505, "the versions of HTTP are 1.0 and 1.1"))
        case HTTPParserError.invalidMethod where opening.hasMethod:
            refuse(.refusal(405, "the methods are \(AdminResponse.allowedMethods)"))
        case is HTTPParserError: refuse(.refusal(400, "this is not a request of HTTP"))
        default: context.close(promise: nil)
        }
    }

    /// Nothing more is taken from this connection. This is answered after what came before.
    private func refuse(_ response: AdminResponse) {
        isDeaf = true
        pending.append(.refusal(response))
        answerNext()
    }

    // MARK: Answers

    private func answerNext() {
        guard state == .idle || state == .receiving, let context, let next = pending.first else { return }
        switch next {
        case .refusal(let response):
            pending.removeAll()
            write(response, to: nil, keepsAlive: false)
        case .request(let head):
            state = .asking
            connections.set(context.channel, .answering)
            number += 1
            setDeadline(AdminPort.patience)
            let (number, bound) = (number, NIOLoopBound(self, eventLoop: context.eventLoop))
            let request = AdminQueue.Request(method: head.method.rawValue, target: head.uri) { response in
                bound.eventLoop.execute { bound.value.answer(response, to: number) }
            }
            if !queue.add(request) { answer(.unresponsive, to: number) }
        }
    }

    private func answer(_ response: AdminResponse, to number: Int) {
        guard state == .asking, number == self.number, case .request(let head)? = pending.popFirst() else { return }
        // After a change of protocol the decoder reads no further.
        let changesProtocol = head.method == .CONNECT || head.headers.contains(name: "upgrade")
        let isLast = changesProtocol || (hasPeerFinished && pending.isEmpty)
        write(response, to: head, keepsAlive: head.isKeepAlive && !isLast)
    }

    /// - Parameter head: the request that is answered; nil if it did not arrive well.
    private func write(_ response: AdminResponse, to head: HTTPRequestHead?, keepsAlive: Bool) {
        guard let context else { return }
        state = .sending
        setDeadline(AdminPort.requestTime)
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: response.contentType)
        headers.add(name: "Content-Length", value: String(response.body.count))
        headers.add(name: "Cache-Control", value: "no-store")
        if response.status == 405 || head?.method == .OPTIONS {
            headers.add(name: "Allow", value: AdminResponse.allowedMethods)
        }
        headers.add(name: "Connection", value: keepsAlive ? "keep-alive" : "close")
        let version = head?.version ?? .http1_1
        let status = HTTPResponseStatus(statusCode: response.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: version, status: status, headers: headers))), promise: nil)
        if head?.method != .HEAD, !response.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            bound.value.sent(keepsAlive: keepsAlive)
        }
    }

    private func sent(keepsAlive: Bool) {
        guard let context, state == .sending else { return }
        guard keepsAlive else { return linger(context) }
        state = .idle
        if !pending.isEmpty { return answerNext() }
        if hasPeerFinished { return context.close(promise: nil) }
        if opening.hasBegun {
            begin()
        } else {
            connections.set(context.channel, .idle(since: .now()))
            setDeadline(AdminPort.idleTime)
        }
        readOn(context)
    }

    private func readOn(_ context: ChannelHandlerContext) {
        if !isReadWanted { return }
        isReadWanted = false
        context.read()
    }

    /// Says that nothing more is sent, and drops what the peer still sends: closing with unread input would reset the
    /// connection and could destroy the answer on its way.
    private func linger(_ context: ChannelHandlerContext) {
        isDeaf = true
        opening.drop()
        state = .lingering
        if hasPeerFinished { return context.close(promise: nil) }
        setDeadline(AdminPort.lingerTime)
        context.close(mode: .output, promise: nil)
        readOn(context)
    }
}
