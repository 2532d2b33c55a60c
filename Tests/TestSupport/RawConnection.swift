import Glibc

/// A socket to a server that sends exactly the bytes it is given and shows exactly the bytes that come back.
///
/// Every wait ends after the connection's timeout with an error, so that no test hangs.
public final class RawConnection {
    private let descriptor: Int32
    private let timeout: Double
    private var parser = ReplyParser()

    /// - Parameters:
    ///   - host: of the addresses 127.0.0.1 to 127.0.0.255, the one to connect from (TCP); nil for any.
    ///   - timeout: seconds that any one read or write may take.
    public init(_ address: Address, from host: UInt8? = nil, timeout: Double = 10) throws(SystemError) {
        descriptor = try address.open(from: host)
        self.timeout = timeout
    }

    deinit { close(descriptor) }

    /// Sends all of `bytes`.
    public func send(_ bytes: some Collection<UInt8>) throws {
        let deadline = Deadline.within(timeout)
        let bytes = Array(bytes)
        var sent = 0
        while sent < bytes.count {
            try waitUntilReady(POLLOUT, deadline, "send")
            let count = bytes.withUnsafeBytes { raw in
                Glibc.send(
                    descriptor, raw.baseAddress! + sent, raw.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0 && errno != EAGAIN && errno != EINTR { throw SystemError("send") }
            sent += max(0, count)
        }
    }

    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends the pieces so that the server reads them one by one: after each, `pacer`, a second connection to the same
    /// server, exchanges a `PING`. The piece was in the server's socket before the `PING` was sent, so a server that
    /// answered the `PING` has had the piece among its ready connections too.
    public func send(pieces: [ArraySlice<UInt8>], pacedBy pacer: RawConnection) throws {
        for piece in pieces {
            try send(piece)
            let answer = try pacer.command("PING")
            guard answer == .status("PONG") else { throw HarnessError("the pacing PING was answered \(answer)") }
        }
    }

    /// Sends a command as an array of bulk strings and reads one reply.
    public func command(_ arguments: [Bytes]) throws -> Reply {
        try send(encoded(arguments))
        return try reply()
    }

    public func command(_ arguments: Bytes...) throws -> Reply { try command(arguments) }

    /// The next reply.
    public func reply() throws -> Reply {
        let deadline = Deadline.within(timeout)
        while true {
            if let reply = try parser.next() { return reply }
            let bytes = try receive(deadline)
            guard !bytes.isEmpty else {
                throw HarnessError("closed by the server before a whole reply; it had sent \(Bytes(parser.pending))")
            }
            parser.feed(bytes)
        }
    }

    /// Everything that comes until the server closes the connection, without what replies have used up.
    /// - Throws: if the connection is still open after `seconds`.
    public func bytesUntilClosed(within seconds: Double? = nil) throws -> Bytes {
        let deadline = Deadline.within(seconds ?? timeout)
        while true {
            do {
                let bytes = try receive(deadline)
                if bytes.isEmpty { return Bytes(parser.pending) }
                parser.feed(bytes)
            } catch let error as SystemError where error.code == ECONNRESET {
                // The server closed while unread input was left: what it sent before has arrived already.
                return Bytes(parser.pending)
            }
        }
    }

    /// Exactly `count` bytes, without what replies have used up.
    public func bytes(_ count: Int) throws -> Bytes {
        let deadline = Deadline.within(timeout)
        while parser.pending.count < count {
            let bytes = try receive(deadline)
            guard !bytes.isEmpty else { throw HarnessError("closed by the server after \(Bytes(parser.pending))") }
            parser.feed(bytes)
        }
        let all = parser.pending
        parser = ReplyParser()
        parser.feed(all[count...])
        return Bytes(Array(all[..<count]))
    }

    /// Whether nothing at all arrives for `seconds`. For showing that the server waits; keep it short.
    public func isSilent(for seconds: Double) throws -> Bool {
        guard parser.pending.isEmpty else { return false }
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, Int32(seconds * 1000)) == 0
    }

    /// No more will be sent: the server reads end-of-file, and can still answer.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset instead of a regular end (TCP).
    public func abort() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        // The descriptor stays until deinit; disconnecting it sends the reset now.
        var unspecified = sockaddr()
        unspecified.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &unspecified, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// What the socket has right now, after waiting for something; empty at end-of-file.
    private func receive(_ deadline: Deadline) throws -> ArraySlice<UInt8> {
        try waitUntilReady(POLLIN, deadline, "read")
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw SystemError("recv") }
        return chunk[..<count]
    }

    private func waitUntilReady(_ events: Int32, _ deadline: Deadline, _ operation: String) throws {
        var state = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while true {
            let count = poll(&state, 1, deadline.millisecondsLeft)
            if count > 0 { return }
            if count == 0 {
                throw HarnessError("\(operation) timed out; pending: \(Bytes(Array(parser.pending.prefix(200))))")
            }
            if errno != EINTR { throw SystemError("poll") }
        }
    }
}
