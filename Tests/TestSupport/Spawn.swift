import Glibc

/// How a process ended.
public enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xFF) : .signalled(signal)
    }

    public var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signalled(let signal): "signal \(signal)"
        }
    }
}

/// Starts `executable` with the given descriptors as its standard ones (nil: `/dev/null`), no other open file, default
/// signal dispositions and the environment of this process plus `environment`.
/// - Returns: its process id. The caller must `wait` for it.
func spawn(
    _ executable: String, _ arguments: [String], input: Int32?, output: Int32?, errors: Int32?,
    environment: [String: String] = [:]
) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
        if let source {
            posix_spawn_file_actions_adddup2(&actions, source, target)
        } else {
            posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
        }
    }
    // hiredis opens sockets without close-on-exec; inherited, they would keep a closed connection open.
    for descriptor in 3..<Int32(1024) { posix_spawn_file_actions_addclose(&actions, descriptor) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let argv = ([executable] + arguments).map { strdup($0) } + [nil]
    let envp = mergedEnvironment(environment).map { strdup($0) } + [nil]
    defer { for string in argv + envp { free(string) } }
    var pid = pid_t()
    let code = posix_spawnp(&pid, executable, &actions, &attributes, argv, envp)
    guard code == 0 else { throw SystemError("start \(executable)", code: code) }
    return pid
}

/// The environment of this process as `NAME=value`, with `changes` in place of what it has of the same name.
private func mergedEnvironment(_ changes: [String: String]) -> [String] {
    var entries: [String] = changes.map { "\($0.key)=\($0.value)" }
    var entry = environ
    while let text = entry.pointee {
        let line = String(cString: text)
        if !changes.keys.contains(where: { line.hasPrefix($0 + "=") }) { entries.append(line) }
        entry += 1
    }
    return entries
}

/// Waits until a child has ended.
/// - Returns: how it ended; nil if it still runs when the deadline passes.
func wait(for pid: pid_t, until deadline: Deadline) -> ExitStatus? {
    var status: Int32 = 0
    var pause: UInt32 = 500
    while true {
        let ended = waitpid(pid, &status, WNOHANG)
        if ended == pid { return ExitStatus(waitStatus: status) }
        if ended < 0 && errno != EINTR { return .exited(-1) }
        if deadline.hasPassed { return nil }
        usleep(pause)
        pause = min(pause * 2, 10_000)
    }
}

/// What a program printed and how it ended.
public struct Output: Sendable {
    public let status: ExitStatus
    public let standardOutput: String
    public let standardError: String
}

/// Runs a program to its end.
/// - Parameters:
///   - input: what it reads from standard input.
///   - seconds: after which it is killed and an error thrown.
public func run(
    _ executable: String, _ arguments: [String], input: String = "", environment: [String: String] = [:],
    within seconds: Double = 30
) throws -> Output {
    let directory = try TemporaryDirectory()
    let names = try [directory.file("in", input), directory.file("out", ""), directory.file("err", "")]
    let descriptors = names.map { open($0, O_RDWR | O_CLOEXEC) }
    defer { for descriptor in descriptors { close(descriptor) } }
    let pid = try spawn(
        executable, arguments, input: descriptors[0], output: descriptors[1], errors: descriptors[2],
        environment: environment)
    Workspace.note(running: pid)
    defer { Workspace.note(ended: pid) }
    let status = wait(for: pid, until: .within(seconds))
    if status == nil {
        kill(pid, SIGKILL)
        _ = wait(for: pid, until: .within(10))
    }
    let output = names[1...].map { String(decoding: contents(ofFile: $0), as: UTF8.self) }
    for name in names { unlink(name) }
    rmdir(directory.path)
    guard let status else {
        let call = ([executable] + arguments).joined(separator: " ")
        throw HarnessError("\(call) did not end within \(seconds) s; it printed: \(output)")
    }
    return Output(status: status, standardOutput: output[0], standardError: output[1])
}
