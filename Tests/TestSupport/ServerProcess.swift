public import Glibc
import Synchronization

/// A server that a test started: reachable when `init` returns, stopped and reaped at the latest when it is released.
///
/// Use `withServer`, which stops it whatever the test does.
public final class ServerProcess: Sendable {
    /// Which server to run.
    public enum Program: String, Sendable {
        /// The release build of this package, or what `CLOAKROOM_SERVER` names.
        case cloakroom
        /// The distribution's redis-server, without persistence.
        case redis
        /// The distribution's redis-sentinel; it wants a configuration file, which it rewrites.
        case sentinel

        /// Those that hold data.
        public static let servers: [Program] = [.cloakroom, .redis]
    }

    public enum Transport: Sendable, CaseIterable {
        case tcp
        case unix
    }

    public let address: Address
    public let pid: pid_t
    /// The server's working directory.
    public let directory: TemporaryDirectory
    private let logPath: String
    /// Set once it has been waited for.
    private let ended = Mutex<ExitStatus?>(nil)

    /// Starts a server and waits until it answers `PING`.
    /// - Parameters:
    ///   - arguments: further flags, such as `["--requirepass", "x"]`.
    ///   - address: where to listen; nil for a free port, or a socket in a fresh directory.
    ///   - file: a configuration file that the command line is to begin with.
    /// - Throws: `HarnessError` with the server's log if it ends or does not answer within `seconds`.
    public init(
        _ program: Program = .cloakroom, _ arguments: [String] = [], over transport: Transport = .tcp,
        at address: Address? = nil, file: String? = nil, within seconds: Double = 15
    ) throws {
        let executable = try program.path()
        directory = try TemporaryDirectory()
        logPath = try directory.file("log", "")
        var attempt = 0
        while true {
            let candidate = try address ?? Self.freshAddress(transport, in: directory)
            let flags = (file.map { [$0] } ?? []) + Self.flags(program, candidate, directory) + arguments
            let pid = try Self.start(executable, flags, logPath)
            let failure = Self.awaitAnswer(candidate, pid, .within(seconds))
            if failure == nil {
                (self.address, self.pid) = (candidate, pid)
                return
            }
            kill(pid, SIGKILL)
            _ = wait(for: pid, until: .within(10))
            Workspace.note(ended: pid)
            attempt += 1
            let log = String(decoding: contents(ofFile: logPath), as: UTF8.self)
            // Between finding a free port and listening on it somebody else may have taken it.
            if address == nil, attempt < 5, log.lowercased().contains("in use") { continue }
            throw HarnessError("\(executable) \(flags.joined(separator: " ")): \(failure!); its log:\n\(log)")
        }
    }

    deinit { stop() }

    /// Everything the server wrote to standard output and standard error so far.
    public var log: String { String(decoding: contents(ofFile: logPath), as: UTF8.self) }

    /// Ends the server: by `signal` and, if it has not ended when the deadline passes, by SIGKILL. Harmless when
    /// repeated.
    /// - Returns: how it ended.
    @discardableResult
    public func stop(_ signal: Int32 = SIGTERM, within seconds: Double = 10) -> ExitStatus {
        if let status = waitForEnd(within: 0) { return status }
        kill(pid, signal)
        if let status = waitForEnd(within: seconds) { return status }
        kill(pid, SIGKILL)
        return waitForEnd(within: 10) ?? .signalled(SIGKILL)
    }

    /// Waits for the server to end by itself.
    /// - Returns: how it ended; nil if it still runs.
    public func waitForEnd(within seconds: Double) -> ExitStatus? {
        // Tests that run side by side may ask for a shared server: only one of them may reap it.
        ended.withLock { ended in
            if ended == nil, let status = wait(for: pid, until: .within(seconds)) {
                ended = status
                Workspace.note(ended: pid)
            }
            return ended
        }
    }

    public var isRunning: Bool { waitForEnd(within: 0) == nil }

    private static func start(_ executable: String, _ flags: [String], _ logPath: String) throws -> pid_t {
        let log = open(logPath, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard log >= 0 else { throw SystemError("open \(logPath)") }
        defer { close(log) }
        let pid = try spawn(executable, flags, input: nil, output: log, errors: log)
        Workspace.note(running: pid)
        return pid
    }

    private static func freshAddress(_ transport: Transport, in directory: TemporaryDirectory) throws -> Address {
        switch transport {
        case .tcp: .tcp(port: try freePort())
        case .unix: .unix(path: try directory.file("socket"))
        }
    }

    private static func flags(_ program: Program, _ address: Address, _ directory: TemporaryDirectory) -> [String] {
        var flags: [String] =
            switch address {
            case .tcp(let port): ["--port", String(port), "--bind", "127.0.0.1"]
            case .unix(let path): ["--port", "0", "--unixsocket", path]
            }
        if program == .sentinel { flags += ["--dir", directory.path] }
        if program.isRedis { flags += ["--save", "", "--appendonly", "no", "--dir", directory.path] }
        return flags
    }

    /// Polls until the server answers. A refusal that a running server gives (a password is wanted) is an answer.
    /// - Returns: nil, or what went wrong.
    private static func awaitAnswer(_ address: Address, _ pid: pid_t, _ deadline: Deadline) -> String? {
        var last = "no connection"
        while !deadline.hasPassed {
            if let status = wait(for: pid, until: .within(0)) { return "ended with \(status)" }
            do {
                let reply = try RawConnection(address, timeout: 2).command("PING")
                if reply == .status("PONG") || reply.errorCode == "NOAUTH" { return nil }
                last = "PING answered \(reply)"
            } catch {
                last = "\(error)"
            }
            usleep(3_000)
        }
        return "did not answer PING in time (\(last))"
    }
}

extension ServerProcess.Program {
    /// Whether it is a Redis: also when `CLOAKROOM_SERVER` puts one in Cloakroom's place, to test the tests.
    public var isRedis: Bool { self == .redis || ((try? path())?.hasSuffix("redis-server") ?? false) }

    /// The executable to start.
    /// - Throws: `HarnessError` if it has not been built.
    public func path() throws(HarnessError) -> String {
        guard self == .cloakroom else { return self == .redis ? "redis-server" : "redis-sentinel" }
        if let override = getenv("CLOAKROOM_SERVER") { return String(cString: override) }
        // …/Tests/TestSupport/ServerProcess.swift
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/" + root + "/.build/release/cloakroom-server"
        guard access(path, X_OK) == 0 else {
            throw HarnessError(
                "no server at \(path): run `swift build -c release --product cloakroom-server` first (Tests/run does), "
                    + "or name one by CLOAKROOM_SERVER")
        }
        return path
    }
}

/// Runs `body` with a server that exists for as long.
public func withServer<Result>(
    _ program: ServerProcess.Program = .cloakroom, _ arguments: [String] = [],
    over transport: ServerProcess.Transport = .tcp, _ body: (ServerProcess) throws -> Result
) throws -> Result {
    let server = try ServerProcess(program, arguments, over: transport)
    defer { server.stop() }
    return try body(server)
}

/// Servers with default settings that all tests of the process share; they end with it. Tests that use one keep to
/// keys, tokens and users of their own (`unique`), and leave `FLUSHALL`, `CONFIG SET` and the like alone.
public enum SharedServer {
    private static let cloakroom = Result { try ServerProcess(.cloakroom) }
    private static let redis = Result { try ServerProcess(.redis) }

    /// The shared server of this program, started on first use.
    /// - Throws: `HarnessError` with its log if it has died meanwhile.
    public static func address(_ program: ServerProcess.Program = .cloakroom) throws -> Address {
        let server = try program == .cloakroom ? cloakroom.get() : redis.get()
        guard server.isRunning else {
            throw HarnessError("the shared server has died; its log:\n\(server.log.suffix(3000))")
        }
        return server.address
    }
}

/// `prefix` with a suffix that no other call gives: names for tests that share a server. At least 16 bytes long, so
/// that it is a valid token too.
public func unique(_ prefix: String) -> String {
    let number = String(UInt64.random(in: 0 ... .max), radix: 36)
    return prefix + "-" + String(repeating: "0", count: 16 - min(number.count, 16)) + number
}
