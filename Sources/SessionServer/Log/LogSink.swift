import CLinux
import Synchronization

/// Where log lines go: standard output or a file. Writing never blocks the server and never fails it: a line that finds
/// no room (a full pipe, a stopped terminal, a reader that is gone) is dropped, and the next one that goes through says
/// how many were.
final class LogSink: Sendable {
    private struct State {
        var descriptor: Int32
        var isSocket = true
        var dropped = 0
    }

    private let path: String
    private let state: Mutex<State>

    /// - Parameter path: the log file, created if need be; empty for standard output.
    init(path: String) throws(StartFailure) {
        self.path = path
        var descriptor: Int32 = 1
        if !path.isEmpty {
            descriptor = clinux_open_append(path)
            if descriptor < 0 { throw StartFailure("cannot open the log file '\(path)'", code: descriptor) }
        }
        state = Mutex(State(descriptor: descriptor))
    }

    /// - Parameter descriptor: written to, and closed with the sink.
    init(descriptor: Int32) {
        path = "(descriptor)"
        state = Mutex(State(descriptor: descriptor))
    }

    deinit {
        state.withLock { if $0.descriptor > 2 { _ = clinux_close($0.descriptor) } }
    }

    /// Opens the file anew, after log rotation has moved it away. The old one stays in use if that fails.
    /// - Returns: nil, or why it failed.
    func reopen() -> String? {
        if path.isEmpty { return nil }
        let fresh = clinux_open_append(path)
        if fresh < 0 { return "cannot reopen the log file '\(path)': \(systemMessage(Int(fresh)))" }
        state.withLock { state in
            _ = clinux_close(state.descriptor)
            state = State(descriptor: fresh, dropped: state.dropped)
        }
        return nil
    }

    /// Writes one line. A line longer than a pipe takes at once (4096 bytes) is cut.
    /// - Parameter notice: makes the line that says how many were dropped.
    func write(_ line: [UInt8], dropped notice: (Int) -> [UInt8]) {
        state.withLock { state in
            if state.dropped > 0 {
                guard Self.write(notice(state.dropped), &state) else {
                    state.dropped += 1
                    return
                }
                state.dropped = 0
            }
            if !Self.write(line, &state) { state.dropped += 1 }
        }
    }

    private static func write(_ line: [UInt8], _ state: inout State) -> Bool {
        line.withUnsafeBytes { bytes in
            let count = min(bytes.count, 4096)
            if state.isSocket {
                // Journals hand out sockets, for which only send(2) can be told not to wait.
                let sent = clinux_send(state.descriptor, bytes.baseAddress, count)
                if sent != -Int(ENOTSOCK) { return sent == count }
                state.isSocket = false
            }
            return clinux_writable_now(state.descriptor) != 0
                && clinux_write(state.descriptor, bytes.baseAddress, count) == count
        }
    }
}
