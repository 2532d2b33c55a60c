import CLinux

/// The file that holds the process id while the server runs.
struct PIDFile {
    let path: String

    /// Writes the file.
    /// - Returns: nil, or why it could not be written; the server runs without it, as Redis does.
    func write() -> String? {
        let descriptor = clinux_open_replace(path)
        if descriptor < 0 { return "cannot write the pid file '\(path)': \(systemMessage(Int(descriptor)))" }
        defer { _ = clinux_close(descriptor) }
        let line = Array("\(clinux_process_id())\n".utf8)
        let count = line.withUnsafeBytes { clinux_write(descriptor, $0.baseAddress, $0.count) }
        return count == line.count ? nil : "cannot write the pid file '\(path)': \(systemMessage(min(count, -1)))"
    }

    func remove() { _ = clinux_unlink(path) }
}
