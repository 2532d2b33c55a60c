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

/// Why a file could not be read or written, in the system's words.
public struct FileProblem: Error, Sendable {
    public let reason: String

    public init(reason: String) { self.reason = reason }
}

/// What the node asks its runtime to do. The node itself does no I/O.
public enum NodeEffect: Sendable, Equatable {
    /// Close this connection now; send nothing more on it. The runtime answers with `Node.disconnected`.
    case close(ConnectionID)
    /// Connect to our primary at this host (a name or a numeric address) and port. The runtime answers with
    /// `Node.dialed` or `Node.dialFailed`, later. An earlier attempt that is still under way is cancelled, without an
    /// answer.
    case dial(host: String, port: Int)
    /// Write a line to the log. Never contains a token, password or key.
    case log(LogSeverity, String)
    /// Read the `aclfile` at this path; the runtime answers with `Node.accessFileRead`, in the same turn. The
    /// connection is waiting for that.
    case readAccessFile(ConnectionID, path: String)
    /// Replace the `aclfile` at this path atomically: even after a crash, the file has either the old or the new
    /// content; the runtime answers with `Node.accessFileWritten`, in the same turn.
    case writeAccessFile(ConnectionID, path: String, content: [UInt8])
    /// Block the whole server for this long (`DEBUG SLEEP`); the runtime answers with `Node.completed`, in the same
    /// turn.
    case sleep(microseconds: Int64)
    /// Bring the configuration file up to date (`CONFIG REWRITE`, `Configuration.rewritten`); the runtime answers with
    /// `Node.completed`, in the same turn.
    indirect case rewriteConfiguration(Configuration, users: [UserDefinition])
    /// Do something with files, behind what was asked for in the same lane before; the runtime answers with
    /// `Node.diskAnswered`, later, in the order of the lane.
    case disk(DiskRequest)
    /// Stop the server at once and exit with failure: what is wrong, in one line for people. Nothing that is on disk is
    /// to be touched.
    case fail(String)
    /// Stop the server and exit with success (`SHUTDOWN`).
    case shutdown
    /// The server was about to stop, perhaps because of a signal, and goes on (`SHUTDOWN ABORT`).
    case shutdownAborted
    /// A directive was changed by `CONFIG SET` and concerns the runtime (log level, keep-alive …): apply
    /// `Node.configuration` again.
    case configurationChanged
}
