import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads and writes the file of users (`aclfile`).
enum AccessFiles {
    /// Reads the file.
    static func read(_ path: String) -> EffectOutcome {
        let descriptor = clinux_open_read(path)
        if descriptor < 0 { return failure(Int(descriptor)) }
        defer { _ = clinux_close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        // A little more than the node takes, so that it can tell.
        while content.count <= Node.largestAccessFile {
            let count = chunk.withUnsafeMutableBytes { clinux_read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { break }
            if count == -Int(EINTR) { continue }
            if count < 0 { return failure(count) }
            content.append(contentsOf: chunk[..<count])
        }
        return .read(content)
    }

    /// Replaces the file: at every moment it is the old one or the new one, even if the power fails. Who may read it
    /// stays as it was; a new file is for its owner only, for it holds what passwords can be guessed from.
    static func write(_ content: [UInt8], to path: String) -> EffectOutcome {
        let code = ConfigurationFiles.replace(
            ConfigurationFiles.absolute(path), with: content, mode: permissions(path))
        return code < 0 ? failure(code) : .done
    }

    private static func failure(_ code: Int) -> EffectOutcome { .failed(systemMessage(code)) }

    private static func permissions(_ path: String) -> Int32 {
        let descriptor = clinux_open_read(path)
        if descriptor < 0 { return 0o600 }
        defer { _ = clinux_close(descriptor) }
        let mode = clinux_permissions(descriptor)
        return mode < 0 ? 0o600 : mode
    }
}
