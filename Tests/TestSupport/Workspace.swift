import Glibc

/// The one temporary directory of this test process, and the promise that nothing outlives the process.
///
/// At a regular end the process itself stops what it started. For any other end there is a child shell that holds the
/// reading end of a pipe whose writing end only this process has: when the process is gone the shell reads end-of-file,
/// kills what was started and not stopped, and removes the directory.
enum Workspace {
    /// Short, so that paths of Unix sockets in it fit `sun_path` (108 bytes).
    static let path: String = {
        var template = Array("/tmp/cloakroom-tests.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError(SystemError("mkdtemp in /tmp").description) }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        mkdir(path + "/running", 0o700)
        let watch = startWatch(over: path)
        atEnd = (path, watch.pid, watch.pipe)
        atexit { Workspace.cleanUp() }
        // hiredis writes with write(2): a closed peer must show as an error, not end the process.
        signal(SIGPIPE, SIG_IGN)
        return path
    }()

    private static let script = """
        trap '' INT TERM HUP
        cat >/dev/null
        for running in "$1"/running/*; do
            [ -e "$running" ] && kill -KILL "${running##*/}"
        done
        rm -rf "$1"
        """

    /// What `cleanUp` needs. Written once, before anything is started.
    nonisolated(unsafe) private static var atEnd: (path: String, watch: pid_t, pipe: Int32)?

    private static func cleanUp() {
        guard let (path, watch, pipe) = atEnd, let listing = opendir(path + "/running") else { return }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                String(cString: UnsafeRawPointer(tuple).assumingMemoryBound(to: CChar.self))
            }
            guard let pid = pid_t(name) else { continue }
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            note(ended: pid)
        }
        closedir(listing)
        close(pipe)
        waitpid(watch, nil, 0)
    }

    private static func startWatch(over path: String) -> (pid: pid_t, pipe: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { fatalError(SystemError("pipe").description) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        do {
            let pid = try spawn("/bin/sh", ["-c", script, "sh", path], input: ends[0], output: nil, errors: nil)
            return (pid, ends[1])
        } catch {
            fatalError("\(error)")
        }
    }

    static func note(running pid: pid_t) {
        let descriptor = open("\(path)/running/\(pid)", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    static func note(ended pid: pid_t) { unlink("\(path)/running/\(pid)") }
}

/// A fresh directory that is removed at the latest when the test process ends.
public struct TemporaryDirectory: Sendable {
    public let path: String

    public init() throws(SystemError) {
        var template = Array((Workspace.path + "/XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The path of `name` in this directory, after writing `content` to it if given.
    public func file(_ name: String, _ content: String? = nil) throws(SystemError) -> String {
        let file = path + "/" + name
        guard let content else { return file }
        let descriptor = open(file, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("open \(file)") }
        defer { close(descriptor) }
        let bytes = Array(content.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemError("write \(file)") }
        return file
    }
}

/// The whole content of a file; empty if it cannot be read.
public func contents(ofFile path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(descriptor, &chunk, chunk.count), count > 0 { content += chunk[..<count] }
    return content
}
