import CLinux

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Replaces a file as a whole: at every moment it is the old one or the new one, even if the power fails. The new one
/// is written beside it, synchronised, and takes its name.
enum FileReplacement {
    /// Replaces the file. Who may read it stays as it was; a new file is for its owner only, for it may hold passwords.
    /// - Returns: 0, or a negated errno.
    static func replace(_ path: String, with content: [UInt8]) -> Int {
        let mode = permissions(path)
        var name = Array((path + ".XXXXXX").utf8CString)
        let descriptor = name.withUnsafeMutableBufferPointer { clinux_open_temporary($0.baseAddress) }
        if descriptor < 0 { return Int(descriptor) }
        var code = write(content, to: descriptor)
        if code == 0 { code = Int(clinux_set_permissions(descriptor, mode)) }
        if code == 0 { code = Int(clinux_sync(descriptor)) }
        _ = clinux_close(descriptor)
        if code == 0 { code = Int(name.withUnsafeBufferPointer { clinux_rename($0.baseAddress, path) }) }
        guard code == 0 else {
            _ = name.withUnsafeBufferPointer { clinux_unlink($0.baseAddress) }
            return code
        }
        return syncDirectory(of: path)
    }

    private static func permissions(_ path: String) -> UInt32 {
        let descriptor = clinux_open_read(path)
        if descriptor < 0 { return 0o600 }
        defer { _ = clinux_close(descriptor) }
        let mode = clinux_permissions(descriptor)
        return mode < 0 ? 0o600 : UInt32(mode)
    }

    private static func write(_ content: [UInt8], to descriptor: Int32) -> Int {
        var offset = 0
        while offset < content.count {
            let count = content.withUnsafeBytes {
                clinux_write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset)
            }
            if count == -Int(EINTR) { continue }
            if count < 0 { return count }
            offset += count
        }
        return 0
    }

    /// Makes a new name last.
    private static func syncDirectory(of path: String) -> Int {
        let end = path.lastIndex(of: "/")
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = clinux_open_read(directory)
        if descriptor < 0 { return Int(descriptor) }
        defer { _ = clinux_close(descriptor) }
        return Int(clinux_sync(descriptor))
    }
}
