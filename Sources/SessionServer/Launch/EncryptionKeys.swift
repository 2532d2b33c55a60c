import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Gets the keys of `encrypt-at-rest`: from a file, or from a command. Nothing of what they hold is in any message.
enum EncryptionKeys {
    /// Bytes that a file or command may give.
    private static let limit = 4096
    /// How long a command may take, in milliseconds: some ask another machine.
    private static let patience: Int32 = 60_000

    /// The keys that the configuration names; nil if it names none.
    static func load(_ configuration: Configuration) throws(StartFailure) -> KeyRing? {
        let (file, command) = (configuration.encryptionKeyFile, configuration.encryptionKeyCommand)
        if !file.isEmpty && !command.isEmpty {
            throw StartFailure("give encryption-key-file or encryption-key-command, not both")
        }
        if file.isEmpty && command.isEmpty {
            if configuration.encryptAtRest == .no { return nil }
            throw StartFailure(
                "encrypt-at-rest needs a key: give encryption-key-file or encryption-key-command "
                    + "('openssl rand -hex 32' makes one)")
        }
        let source = file.isEmpty ? "the output of encryption-key-command" : "encryption-key-file '\(file)'"
        // More than may be there, so that it shows.
        let text = UnsafeMutableRawBufferPointer.allocate(byteCount: limit + 1, alignment: 1)
        defer {
            clinux_wipe(text.baseAddress, text.count)
            text.deallocate()
        }
        let count = try file.isEmpty ? output(of: command, into: text) : content(of: file, into: text)
        if count > limit { throw StartFailure("\(source) is longer than \(limit) bytes: it is no key") }
        do throws(KeyTextError) {
            return try KeyRing(lines: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: text[..<count])))
        } catch {
            throw StartFailure("\(source) cannot be used: \(error.text)")
        }
    }

    private static func content(
        of path: String, into text: UnsafeMutableRawBufferPointer
    ) throws(StartFailure) -> Int {
        let descriptor = clinux_open_read(path)
        if descriptor < 0 { throw StartFailure("cannot read encryption-key-file '\(path)'", code: descriptor) }
        defer { _ = clinux_close(descriptor) }
        let mode = clinux_permissions(descriptor)
        if mode < 0 { throw StartFailure("cannot read encryption-key-file '\(path)'", code: mode) }
        if mode & 0o077 != 0 {
            throw StartFailure(
                "encryption-key-file '\(path)' may be used by others: 'chmod 600' makes it its owner's alone")
        }
        var filled = 0
        while filled < text.count {
            let part = clinux_read(descriptor, text.baseAddress.map { $0 + filled }, text.count - filled)
            if part == -Int(EINTR) { continue }
            if part < 0 { throw StartFailure("cannot read encryption-key-file '\(path)'", code: part) }
            if part == 0 { break }
            filled += part
        }
        return filled
    }

    private static func output(
        of command: String, into text: UnsafeMutableRawBufferPointer
    ) throws(StartFailure) -> Int {
        var status: Int32 = 0
        let count = clinux_run_command(command, text.baseAddress, text.count, patience, &status)
        if count == -Int(ETIMEDOUT) {
            throw StartFailure("encryption-key-command has not ended within \(patience / 1000) seconds")
        }
        if count < 0 { throw StartFailure("cannot run encryption-key-command", code: count) }
        // One that prints more ends by the signal that nobody reads on.
        if status != 0 && count <= limit {
            let what = status < 0 ? "was ended by a signal" : "has failed with exit status \(status)"
            throw StartFailure("encryption-key-command \(what)")
        }
        return count
    }
}
