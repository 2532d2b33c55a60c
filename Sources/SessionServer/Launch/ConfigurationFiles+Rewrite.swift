import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes the configuration file.
extension ConfigurationFiles {
    /// A path that stays right if the working directory changes.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let directory = getcwd(nil, 0) else { return path }
        defer { free(directory) }
        return String(cString: directory) + "/" + path
    }

    /// Brings the configuration's file up to date. The file is the old one or the new one at every moment, even if the
    /// power fails: a new one is written beside it, synchronised, and takes its name.
    /// - Returns: nil, or why it could not be done.
    static func rewrite(_ configuration: Configuration) -> String? {
        var (old, mode) = ("", Int32(0o644))
        let descriptor = clinux_open_read(configuration.file)
        if descriptor >= 0 {
            defer { _ = clinux_close(descriptor) }
            // It may hold a password: whoever could not read it must not read it afterwards.
            mode = clinux_permissions(descriptor)
            do {
                old = try text(descriptor, path: configuration.file)
            } catch {
                return error.description
            }
        } else if descriptor != -ENOENT {
            return systemMessage(Int(descriptor))
        }
        let code = replace(configuration.file, with: Array(configuration.rewritten(old).utf8), mode: mode)
        return code < 0 ? systemMessage(code) : nil
    }

    /// Replaces a file of configuration, or creates it, with these permissions: a new one is written beside it,
    /// synchronised, and takes its name.
    /// - Parameter path: absolute.
    /// - Returns: a negated errno, or 0.
    static func replace(_ path: String, with content: [UInt8], mode: Int32) -> Int {
        var name = Array((path + ".XXXXXX").utf8CString)
        let descriptor = name.withUnsafeMutableBufferPointer { clinux_open_temporary($0.baseAddress) }
        if descriptor < 0 { return Int(descriptor) }
        var code = write(content, to: descriptor)
        if code == 0 { code = Int(clinux_set_permissions(descriptor, UInt32(max(mode, 0)))) }
        if code == 0 { code = Int(clinux_sync(descriptor)) }
        _ = clinux_close(descriptor)
        if code == 0 { code = Int(name.withUnsafeBufferPointer { clinux_rename($0.baseAddress, path) }) }
        guard code == 0 else {
            _ = name.withUnsafeBufferPointer { clinux_unlink($0.baseAddress) }
            return code
        }
        return syncDirectory(of: path)
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
        let end = path.lastIndex(of: "/") ?? path.startIndex
        let directory = end == path.startIndex ? "/" : String(path[..<end])
        let descriptor = clinux_open_read(directory)
        if descriptor < 0 { return Int(descriptor) }
        defer { _ = clinux_close(descriptor) }
        return Int(clinux_sync(descriptor))
    }
}
