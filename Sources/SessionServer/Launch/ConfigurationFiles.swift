import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads configuration files.
enum ConfigurationFiles {
    /// The content of a file, of every file that matches a pattern (`*`, `?`, `[…]`; none is no error), or of standard
    /// input (`-`).
    static func read(_ path: String) throws(ConfigurationFailure) -> [ConfigurationSource] {
        if path == "-" { return [ConfigurationSource(name: "standard input", text: try text(0, path: path))] }
        var sources: [ConfigurationSource] = []
        for file in path.contains(where: { "*?[".contains($0) }) ? matches(path) : [path] {
            let descriptor = clinux_open_read(file)
            if descriptor < 0 { throw unreadable(file, Int(descriptor)) }
            defer { _ = clinux_close(descriptor) }
            sources.append(ConfigurationSource(name: file, text: try text(descriptor, path: file)))
        }
        return sources
    }

    private static func unreadable(_ path: String, _ code: Int) -> ConfigurationFailure {
        ConfigurationFailure("cannot read the configuration file '\(path)': \(systemMessage(code))")
    }

    static func text(_ descriptor: Int32, path: String) throws(ConfigurationFailure) -> String {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = chunk.withUnsafeMutableBytes { clinux_read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { break }
            if count == -Int(EINTR) { continue }
            if count < 0 { throw unreadable(path, count) }
            content.append(contentsOf: chunk[..<count])
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw ConfigurationFailure("cannot read the configuration file '\(path)': it is not UTF-8 text")
        }
        return text
    }

    /// Paths that match a shell pattern, sorted.
    private static func matches(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in found.gl_pathv[index].map { String(cString: $0) } }
    }
}
