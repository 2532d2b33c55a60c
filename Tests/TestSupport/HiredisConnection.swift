internal import CHiredis
import Glibc

/// A blocking connection through the real hiredis.
///
/// hiredis 0.14 reads RESP2 only; see `readsRESP3`.
public final class HiredisConnection {
    /// hiredis gave up on the connection.
    public struct Failure: Error, CustomStringConvertible {
        /// `REDIS_ERR_*`.
        public let code: Int32
        public let text: String
        public var description: String { "hiredis error \(code): \(text)" }
        /// The server closed the connection, by an end or by a reset.
        public var isClosed: Bool {
            code == REDIS_ERR_EOF || text == String(cString: strerror(ECONNRESET))
                || text == String(cString: strerror(EPIPE))
        }
    }

    /// Whether the installed hiredis reads RESP3 (1.0 and later do).
    public static let readsRESP3 = chiredis_reads_resp3() != 0

    private let context: UnsafeMutablePointer<redisContext>

    /// - Parameter timeout: seconds for connecting, and then for each read and write.
    public init(_ address: Address, timeout: Double = 20) throws {
        _ = Workspace.path
        let limit = timeval(tv_sec: Int(timeout), tv_usec: Int(timeout.truncatingRemainder(dividingBy: 1) * 1e6))
        let created: UnsafeMutablePointer<redisContext>? =
            switch address {
            case .tcp(let port): redisConnectWithTimeout("127.0.0.1", Int32(port), limit)
            case .unix(let path): redisConnectUnixWithTimeout(path, limit)
            }
        guard let created else { throw HarnessError("hiredis could not allocate a context") }
        context = created
        // From here on `deinit` frees it, also when an error is thrown.
        try check(created.pointee.err == 0)
        try check(redisSetTimeout(created, limit) == REDIS_OK)
        chiredis_keep_pushes(created)
    }

    deinit { redisFree(context) }

    /// Sends one command and reads one reply (`redisCommandArgv`).
    public func command(_ arguments: [Bytes]) throws -> Reply {
        let reply = withArgumentVector(arguments) { redisCommandArgv(context, Int32(arguments.count), $0, $1) }
        try check(reply != nil)
        return try take(reply)
    }

    public func command(_ arguments: Bytes...) throws -> Reply { try command(arguments) }

    /// As `command`, the arguments split at blanks (`arguments(of:)`).
    public func line(_ line: String) throws -> Reply { try command(arguments(of: line)) }

    /// Adds a command to the output buffer (`redisAppendCommandArgv`).
    public func append(_ arguments: [Bytes]) throws {
        let result = withArgumentVector(arguments) { redisAppendCommandArgv(context, Int32(arguments.count), $0, $1) }
        try check(result == REDIS_OK)
    }

    /// Sends what is in the output buffer and reads the next reply (`redisGetReply`).
    public func nextReply() throws -> Reply {
        var reply: UnsafeMutableRawPointer?
        try check(redisGetReply(context, &reply) == REDIS_OK)
        return try take(reply)
    }

    /// Sends all the commands at once, then reads their replies.
    public func pipeline(_ commands: some Sequence<[Bytes]>) throws -> [Reply] {
        var count = 0
        for command in commands {
            try append(command)
            count += 1
        }
        return try (0..<count).map { _ in try nextReply() }
    }

    /// Sends what is in the output buffer without waiting for a reply (`redisBufferWrite`).
    public func flush() throws {
        var done: Int32 = 0
        while done == 0 { try check(redisBufferWrite(context, &done) == REDIS_OK) }
    }

    /// Connects again to the same address (`redisReconnect`); what was in the buffers is lost.
    public func reconnect() throws { try check(redisReconnect(context) == REDIS_OK) }

    private func check(_ succeeded: Bool) throws(Failure) {
        if succeeded { return }
        throw Failure(code: context.pointee.err, text: String(cString: chiredis_error_text(context)))
    }

    private func take(_ reply: UnsafeMutableRawPointer?) throws -> Reply {
        guard let reply else { throw HarnessError("hiredis returned no reply and no error") }
        defer { freeReplyObject(reply) }
        return try Reply(hiredis: reply.assumingMemoryBound(to: redisReply.self))
    }
}

/// Calls `body` with the arguments as hiredis wants them: pointers, which need not end in NUL, and lengths.
public func withArgumentVector<Result>(
    _ arguments: [Bytes], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>, UnsafePointer<Int>) -> Result
) -> Result {
    var flat: [UInt8] = []
    for argument in arguments { flat += argument.bytes }
    let lengths = arguments.map(\.count)
    // One byte more than needed, so that even no bytes at all have an address.
    flat.append(0)
    return flat.withUnsafeBytes { raw in
        var start = raw.baseAddress!.assumingMemoryBound(to: CChar.self)
        var pointers: [UnsafePointer<CChar>?] = []
        for length in lengths {
            pointers.append(start)
            start += length
        }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!, lengths) }
    }
}

extension Reply {
    /// A copy of a reply of hiredis, which remains the caller's to free.
    public init(hiredisReply raw: UnsafeRawPointer) throws(HarnessError) {
        try self.init(hiredis: raw.assumingMemoryBound(to: redisReply.self))
    }

    init(hiredis reply: UnsafePointer<redisReply>) throws(HarnessError) {
        let kind = UInt8(chiredis_kind(reply))
        switch kind {
        case UInt8(ascii: "+"): self = .status(reply.content.text)
        case UInt8(ascii: "-"): self = .error(reply.content)
        case UInt8(ascii: ":"): self = .integer(reply.pointee.integer)
        case UInt8(ascii: "$"): self = .bulk(reply.content)
        case UInt8(ascii: "_"): self = .null
        case UInt8(ascii: "*"): self = .array(try reply.children())
        case UInt8(ascii: "%"): self = .map(try reply.children())
        case UInt8(ascii: "~"): self = .set(try reply.children())
        case UInt8(ascii: ">"): self = .push(try reply.children())
        case UInt8(ascii: ","): self = .double(chiredis_double(reply))
        case UInt8(ascii: "#"): self = .bool(reply.pointee.integer != 0)
        case UInt8(ascii: "("): self = .bigNumber(reply.content.text)
        case UInt8(ascii: "="):
            self = .verbatim(format: String(cString: chiredis_verbatim_format(reply)), reply.content)
        default: throw HarnessError("hiredis returned a reply of unknown type \(reply.pointee.type)")
        }
    }
}

extension UnsafePointer<redisReply> {
    fileprivate var content: Bytes {
        Bytes(Array(UnsafeRawBufferPointer(start: pointee.str, count: pointee.len)))
    }

    fileprivate func children() throws(HarnessError) -> [Reply] {
        var children: [Reply] = []
        for index in 0..<pointee.elements { children.append(try Reply(hiredis: pointee.element[index]!)) }
        return children
    }
}
