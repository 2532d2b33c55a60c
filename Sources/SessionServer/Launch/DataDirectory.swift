import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The directory of the server's files.
enum DataDirectory {
    /// Makes its path absolute, and finds out whether it can be used; if data is to be kept and none was given, it is
    /// the one in which the server was started.
    ///
    /// A directory with an append log is claimed for as long as the process lives: two servers would take each other's
    /// files for their own.
    static func prepare(_ configuration: inout Configuration) throws(StartFailure) {
        guard configuration.keepsData else { return }
        let path = ConfigurationFiles.absolute(configuration.directory.isEmpty ? "." : configuration.directory)
        configuration.directory = path.hasSuffix("/.") ? String(path.dropLast(2)) : path
        let directory = clinux_open_directory(configuration.directory)
        if directory < 0 { throw StartFailure("cannot use dir '\(configuration.directory)'", code: directory) }
        let code = clinux_check_writable(configuration.directory)
        if code < 0 { throw StartFailure("cannot write to dir '\(configuration.directory)'", code: code) }
        guard configuration.keepsLog else {
            _ = clinux_close(directory)
            return
        }
        // Open until the end.
        let claim = clinux_lock(directory)
        if claim == -EWOULDBLOCK {
            throw StartFailure("another server keeps its data in dir '\(configuration.directory)'")
        }
        if claim < 0 { throw StartFailure("cannot claim dir '\(configuration.directory)'", code: claim) }
    }
}
