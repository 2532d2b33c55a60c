import Glibc

/// Where a server listens.
public enum Address: Hashable, Sendable {
    /// On 127.0.0.1.
    case tcp(port: Int)
    case unix(path: String)

    /// How redis-cli and redis-benchmark are told.
    public var clientFlags: [String] {
        switch self {
        case .tcp(let port): ["-h", "127.0.0.1", "-p", String(port)]
        case .unix(let path): ["-s", path]
        }
    }

    /// Opens a blocking stream socket to it. The caller closes the descriptor.
    /// - Parameter host: of the addresses 127.0.0.1 to 127.0.0.255, the one to connect from; nil for any.
    func open(from host: UInt8? = nil) throws(SystemError) -> Int32 {
        switch self {
        case .tcp(let port):
            var address = loopback(port: port)
            let descriptor = try connected(AF_INET, &address, from: host)
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            return descriptor
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { field in
                precondition(path.utf8.count < field.count, "path too long for a Unix socket")
                field.copyBytes(from: path.utf8)
            }
            return try connected(AF_UNIX, &address)
        }
    }

    private func connected<Structure>(
        _ family: Int32, _ address: inout Structure, from host: UInt8? = nil
    ) throws(SystemError) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        if let host {
            var source = loopback(port: 0)
            source.sin_addr.s_addr = in_addr_t(0x7F00_0000 | UInt32(host)).bigEndian
            let result = withUnsafeBytes(of: &source) { raw in
                bind(
                    descriptor, raw.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                    socklen_t(MemoryLayout<sockaddr_in>.size))
            }
            guard result == 0 else {
                let error = SystemError("bind 127.0.0.\(host)")
                close(descriptor)
                throw error
            }
        }
        let size = socklen_t(MemoryLayout<Structure>.size)
        let result = withUnsafeBytes(of: &address) { raw in
            connect(descriptor, raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), size)
        }
        guard result == 0 else {
            let error = SystemError("connect to \(self)")
            close(descriptor)
            throw error
        }
        return descriptor
    }
}

private func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return address
}

/// A listening socket on a loopback port, held until it is let go: what a server finds when its port is in use.
public final class HeldPort {
    public let port: Int
    private let descriptor: Int32

    /// - Parameter port: 0 for any.
    public init(port: Int = 0) throws(SystemError) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw SystemError("socket") }
        var address = loopback(port: port)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutableBytes(of: &address) { raw in
            let generic = raw.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return bind(listener, generic, size) == 0 && listen(listener, 1) == 0
                && getsockname(listener, generic, &size) == 0
        }
        guard bound else {
            let error = SystemError("bind 127.0.0.1:\(port)")
            close(listener)
            throw error
        }
        descriptor = listener
        self.port = Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}

/// A loopback port that nobody listens on. Below the kernel's range for outgoing connections, so that none of those
/// takes it before the server does; another process still may, so be ready to try again.
public func freePort() throws(SystemError) -> Int {
    var last = SystemError("no port tried", code: 0)
    for _ in 0..<50 {
        do throws(SystemError) {
            return try HeldPort(port: Int.random(in: 15_000..<32_000)).port
        } catch {
            last = error
        }
    }
    throw last
}
