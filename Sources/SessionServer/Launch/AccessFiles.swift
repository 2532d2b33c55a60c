import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads and writes the file of users (`aclfile`).
enum AccessFiles {
    /// The content of the file.
    static func read(_ path: String) -> Result<[UInt8], FileProblem> {
        let descriptor = clinux_open_read(path)
        if descriptor < 0 { return .failure(problem(Int(descriptor))) }
        defer { _ = clinux_close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        // One byte more than the node takes, so that it can tell.
        while content.count <= Node.largestAccessFile {
            let count = chunk.withUnsafeMutableBytes { clinux_read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { break }
            if count == -Int(EINTR) { continue }
            if count < 0 { return .failure(problem(count)) }
            content.append(contentsOf: chunk[..<count])
        }
        return .success(content)
    }

    /// Replaces the file: at every moment it is the old one or the new one, even if the power fails. Who may read it
    /// stays as it was; a new file is for its owner only, for it holds what passwords can be guessed from.
    /// - Returns: nil, or why it could not be done.
    static func write(_ content: [UInt8], to path: String) -> FileProblem? {
        let code = FileReplacement.replace(path, with: content)
        return code < 0 ? problem(code) : nil
    }

    private static func problem(_ code: Int) -> FileProblem { FileProblem(reason: systemMessage(code)) }
}
