import NIOCore
import SessionCore

/// Sees a request's bytes before they are parsed: that it has begun, and how, for which the parser has no words.
final class AdminRequestOpening: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Told to the handlers behind when the first byte of a request arrives.
    struct Begins {}

    /// Something of a request has arrived that is not complete.
    private(set) var hasBegun = false
    /// Its first line is complete.
    private(set) var hasLine = false
    private var beginning: [UInt8] = []
    /// The last three bytes.
    private var tail: [UInt8] = []
    private var wasReset = false
    /// Bytes that may still arrive and are dropped; nil while they are parsed.
    private var dropsUpTo: Int?

    /// Whether it begins as a request of HTTP does: with a word in capitals.
    var hasMethod: Bool {
        let word = beginning.prefix { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
        return !word.isEmpty && word.count < beginning.count && beginning[word.count] == UInt8(ascii: " ")
    }

    /// The request is complete: what follows belongs to the next one.
    func reset() {
        (hasBegun, hasLine, beginning, wasReset) = (false, false, [], true)
    }

    /// Nothing is parsed any more. What arrives is dropped, up to a limit beyond which the connection is closed.
    func drop() { dropsUpTo = AdminPort.lingerBytes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytesView
        if let limit = dropsUpTo {
            dropsUpTo = limit - bytes.count
            if bytes.count > limit { context.close(promise: nil) }
            return
        }
        wasReset = false
        tail = Array((tail + bytes.suffix(3)).suffix(3))
        if beginning.count < 32 {
            let isNewline: (UInt8) -> Bool = { $0 == 13 || $0 == 10 }
            beginning += beginning.isEmpty ? Array(bytes.drop(while: isNewline).prefix(32)) : Array(bytes.prefix(32))
        }
        if !hasLine { hasLine = bytes.contains(10) }
        let begins = !hasBegun
        hasBegun = true
        if begins { context.fireUserInboundEventTriggered(Begins()) }
        context.fireChannelRead(data)
        // Part of a further request may have come along with the end of this one; nothing of it was kept, but it has to
        // be complete in time too.
        if wasReset, !tail.elementsEqual("\n\r\n".utf8) {
            hasBegun = true
            context.fireUserInboundEventTriggered(Begins())
        }
    }
}
