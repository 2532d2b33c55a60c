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

    /// Brings the configuration's file up to date.
    /// - Parameter users: those that `user` lines define.
    /// - Returns: nil, or why it could not be done.
    static func rewrite(_ configuration: Configuration, users: [UserDefinition]) -> FileProblem? {
        var old = ""
        let descriptor = clinux_open_read(configuration.file)
        if descriptor >= 0 {
            defer { _ = clinux_close(descriptor) }
            do {
                old = try text(descriptor, path: configuration.file)
            } catch {
                return FileProblem(reason: error.description)
            }
        } else if descriptor != -ENOENT {
            return FileProblem(reason: systemMessage(Int(descriptor)))
        }
        let content = Array(configuration.rewritten(old, users: users).utf8)
        let code = FileReplacement.replace(configuration.file, with: content)
        return code < 0 ? FileProblem(reason: systemMessage(code)) : nil
    }
}
