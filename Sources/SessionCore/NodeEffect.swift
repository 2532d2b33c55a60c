/// Names a connection between the runtime and the node.
///
/// The runtime chooses the number: small, dense (a table index on both sides), and free for reuse after
/// `Node.disconnected`. It is not the client id that `CLIENT ID` shows; the node assigns that, ever increasing.
public struct ConnectionID: Hashable, Sendable {
    public let rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Where a connection comes from, as `CLIENT LIST` shows it and protected mode judges it.
public struct Peer: Sendable {
    /// `ip:port` of the remote end, or the path of the Unix socket followed by `:0`.
    public var address: String
    /// `ip:port` of our end, or the path of the Unix socket followed by `:0`.
    public var localAddress: String
    /// The remote end is this machine: a loopback address or a Unix socket.
    public var isLocal: Bool
    /// The socket's file descriptor, shown by `CLIENT LIST`.
    public var fileDescriptor: Int32

    public init(address: String, localAddress: String, isLocal: Bool, fileDescriptor: Int32) {
        self.address = address
        self.localAddress = localAddress
        self.isLocal = isLocal
        self.fileDescriptor = fileDescriptor
    }
}

/// Severity of a log line, as in `loglevel` of redis.conf.
public enum LogSeverity: Int, Sendable, Comparable {
    case debug, verbose, notice, warning

    public static func < (left: LogSeverity, right: LogSeverity) -> Bool { left.rawValue < right.rawValue }
}

/// What the node asks its runtime to do. The node itself does no I/O.
public enum NodeEffect: Sendable, Equatable {
    /// Close this connection now; nothing more is to be sent on it. The runtime answers with `Node.disconnected`.
    case close(ConnectionID)
    /// Write a line to the log. Never contains a token, password or key.
    case log(LogSeverity, String)
    /// Read the `aclfile` at this path (`ACL LOAD`). Expects its content, or why it cannot be read, as answer.
    case readAccessFile(path: String)
    /// Replace the `aclfile` at this path (`ACL SAVE`), so that whatever happens either the old or the new content is
    /// there. Expects an answer.
    case writeAccessFile(path: String, content: [UInt8])
    /// Block the whole server for this long (`DEBUG SLEEP`). Expects an answer.
    case sleep(microseconds: Int64)
    /// Write this configuration to its file (`CONFIG REWRITE`, `Configuration.file`). Expects an answer.
    indirect case rewriteConfiguration(Configuration)
    /// Stop the server and exit with success (`SHUTDOWN`).
    case shutdown
    /// A directive was changed by `CONFIG SET` and concerns the runtime (log level, keep-alive …): apply
    /// `Node.configuration` again.
    case configurationChanged

    /// The runtime has to call `Node.completed` when it has done this, before it does anything that was emitted later.
    public var expectsAnswer: Bool {
        switch self {
        case .sleep, .rewriteConfiguration, .readAccessFile, .writeAccessFile: true
        case .close, .log, .shutdown, .configurationChanged: false
        }
    }
}
