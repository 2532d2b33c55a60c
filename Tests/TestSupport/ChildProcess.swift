import Glibc

/// A program one talks with through its standard input and output; killed and reaped at the latest when released.
public final class ChildProcess {
    private let pid: pid_t
    private let input: Int32
    private let output: Int32
    private var pending: [UInt8] = []

    public init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        _ = Workspace.path
        var (toChild, fromChild): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw SystemError("pipe") }
        for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer {
            close(toChild[0])
            close(fromChild[1])
        }
        (input, output) = (toChild[1], fromChild[0])
        pid = try spawn(
            executable, arguments, input: toChild[0], output: fromChild[1], errors: fromChild[1],
            environment: environment)
        Workspace.note(running: pid)
    }

    deinit {
        close(input)
        close(output)
        if wait(for: pid, until: .within(0.2)) == nil {
            kill(pid, SIGKILL)
            _ = wait(for: pid, until: .within(10))
        }
        Workspace.note(ended: pid)
    }

    public func send(_ signal: Int32) { kill(pid, signal) }

    /// Writes to its standard input; meant for what fits a pipe's buffer (64 KiB).
    public func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.write(input, bytes, bytes.count) == bytes.count else { throw SystemError("write") }
    }

    /// The next line of its output, standard error included, without its end.
    public func readLine(within seconds: Double) throws -> String {
        let deadline = Deadline.within(seconds)
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                defer { pending.removeFirst(end + 1) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            var state = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&state, 1, deadline.millisecondsLeft) > 0 else {
                throw HarnessError("no further line; begun: \(Bytes(pending))")
            }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(output, &chunk, chunk.count)
            guard count > 0 else { throw HarnessError("the program has ended; its last words: \(Bytes(pending))") }
            pending += chunk[..<count]
        }
    }
}
