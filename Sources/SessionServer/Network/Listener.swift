import CLinux

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A socket that accepts connections; closed (and, for a Unix socket, its file removed) by `close`.
struct Listener {
    let descriptor: Int32
    /// `ip:port`, or the path of a Unix socket.
    let name: String
    /// The name is our end of every accepted connection; false for wildcard addresses.
    let isSpecific: Bool
    let file: SocketFile?

    /// Stops listening. Connections made through it live on.
    func close() {
        // In this order: until the descriptor is closed the file's inode cannot become another file's.
        file?.remove()
        _ = clinux_close(descriptor)
    }

    /// Listens on a TCP port of each address; on failure nothing stays open.
    /// - Parameter addresses: words as `bind` has them.
    static func tcp(_ addresses: [String], port: Int, backlog: Int) throws(StartFailure) -> [Listener] {
        var listeners: [Listener] = []
        do throws(StartFailure) {
            for word in addresses {
                if let listener = try tcp(ListenAddress(word), port: port, backlog: backlog) {
                    listeners.append(listener)
                }
            }
        } catch {
            for listener in listeners { listener.close() }
            throw error
        }
        return listeners
    }

    /// Listens on a TCP port.
    /// - Returns: nil where the address is optional and this machine does not have it.
    static func tcp(_ address: ListenAddress, port: Int, backlog: Int) throws(StartFailure) -> Listener? {
        let description = address.description(port: port)
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        switch address.family {
        case .any: hints.ai_family = AF_UNSPEC
        case .v4: hints.ai_family = AF_INET
        case .v6: hints.ai_family = AF_INET6
        }
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, String(port), &hints, &found)
        guard status == 0, let first = found else {
            if address.isOptional { return nil }
            throw StartFailure("cannot listen on \(description): \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(found) }
        var code: Int32 = 0
        var candidate: UnsafeMutablePointer<addrinfo>? = first
        while let entry = candidate {
            var target = clinux_address()
            withUnsafeMutableBytes(of: &target) { bytes in
                let found = UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))
                bytes.copyMemory(from: found)
            }
            code = open(&target, entry.pointee.ai_addrlen, backlog: backlog)
            if code >= 0 { break }
            candidate = entry.pointee.ai_next
        }
        if code < 0 {
            if address.isOptional, absentCodes.contains(-code) { return nil }
            throw StartFailure("cannot listen on \(description)", code: code)
        }
        return Listener(
            descriptor: code, name: localName(code) ?? description, isSpecific: !address.isWildcard, file: nil)
    }

    /// What bind(2) and socket(2) answer where this machine lacks an address or a protocol.
    private static let absentCodes: Set<Int32> = [
        EADDRNOTAVAIL, EAFNOSUPPORT, EPFNOSUPPORT, EPROTONOSUPPORT, ESOCKTNOSUPPORT, ENOPROTOOPT,
    ]

    /// A listening TCP socket, or a negated errno.
    private static func open(_ target: inout clinux_address, _ length: socklen_t, backlog: Int) -> Int32 {
        let family = Int32(target.any.sa_family)
        let descriptor = clinux_stream_socket(family)
        if descriptor < 0 { return descriptor }
        var code: Int32 = 0
        if family == AF_INET6 { code = clinux_set_option(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        if code >= 0 { code = clinux_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1) }
        if code >= 0 { code = clinux_bind(descriptor, &target, length) }
        if code >= 0 { code = clinux_listen(descriptor, Int32(clamping: backlog)) }
        if code >= 0 { return descriptor }
        _ = clinux_close(descriptor)
        return code
    }

    /// Listens on a Unix socket. A socket file that nobody listens on any more is replaced; one in use, or any other
    /// file, is an error.
    /// - Parameter permissions: mode bits; 0 leaves the umask's.
    static func unix(path: String, permissions: Int, backlog: Int) throws(StartFailure) -> Listener {
        let operation = "cannot listen on unix socket \(path)"
        var address = clinux_address()
        let length = clinux_local_socket_address(&address, path)
        guard length > 0 else { throw StartFailure("\(operation): the path is longer than 107 bytes") }
        try SocketFile.clear(path, &address, length, operation)
        let descriptor = clinux_stream_socket(AF_UNIX)
        if descriptor < 0 { throw StartFailure(operation, code: descriptor) }
        var code = clinux_bind(descriptor, &address, length)
        let file = code >= 0 ? SocketFile(path: path) : nil
        if code >= 0, permissions != 0 { code = clinux_chmod(path, UInt32(permissions)) }
        if code >= 0 { code = clinux_listen(descriptor, Int32(clamping: backlog)) }
        if code >= 0 { return Listener(descriptor: descriptor, name: path, isSpecific: true, file: file) }
        _ = clinux_close(descriptor)
        file?.remove()
        throw StartFailure(operation, code: code)
    }
}

extension ListenAddress {
    fileprivate var isWildcard: Bool { host == nil || host == "0.0.0.0" || host == "::" }
}

/// The file of a Unix socket we listen on.
struct SocketFile {
    let path: String
    private let device: UInt64
    private let inode: UInt64

    /// Nil if there is no such file.
    init?(path: String) {
        var (device, inode): (UInt64, UInt64) = (0, 0)
        guard clinux_path_kind(path, &device, &inode) > 0 else { return nil }
        (self.path, self.device, self.inode) = (path, device, inode)
    }

    /// Removes the file, unless another server has put its own in its place.
    func remove() {
        var (device, inode): (UInt64, UInt64) = (0, 0)
        guard clinux_path_kind(path, &device, &inode) == 1, device == self.device, inode == self.inode else { return }
        _ = clinux_unlink(path)
    }

    /// Removes the socket file of a server that is gone.
    fileprivate static func clear(
        _ path: String, _ address: inout clinux_address, _ length: socklen_t, _ operation: String
    ) throws(StartFailure) {
        var (device, inode): (UInt64, UInt64) = (0, 0)
        let kind = clinux_path_kind(path, &device, &inode)
        if kind == 0 { return }
        if kind < 0 { throw StartFailure(operation, code: kind) }
        guard kind == 1 else { throw StartFailure("\(operation): the file exists and is not a socket") }
        let probe = clinux_stream_socket(AF_UNIX)
        if probe < 0 { throw StartFailure(operation, code: probe) }
        defer { _ = clinux_close(probe) }
        let answer = clinux_connect(probe, &address, length)
        guard answer == -ECONNREFUSED else {
            throw StartFailure(
                answer == 0 || answer == -EAGAIN
                    ? "\(operation): another server listens there"
                    : "\(operation): the file exists, \(systemMessage(Int(answer)))")
        }
        let code = clinux_unlink(path)
        if code < 0 { throw StartFailure(operation, code: code) }
    }
}
