import CLinux
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An address to connect to.
struct HostAddress: Sendable {
    var address: clinux_address
    var length: socklen_t
}

/// The addresses of a host. A numeric address is known at once; a name is looked up on a thread of its own, because the
/// resolver may take as long as it likes.
final class HostLookup: Sendable {
    enum Outcome: Sendable {
        case found([HostAddress])
        case failed(String)
    }

    private let host: String
    private let port: Int
    private let outcome = Mutex<Outcome?>(nil)
    /// Readable when the outcome is there; closed by `end`.
    let descriptor: Int32
    private let notifier: Int32

    /// Begins to look a name up; nil if the system has no thread or descriptor for it.
    init?(_ host: String, port: Int) {
        var pair: (Int32, Int32) = (-1, -1)
        let code = withUnsafeMutablePointer(to: &pair) {
            $0.withMemoryRebound(to: Int32.self, capacity: 2) { clinux_socket_pair($0) }
        }
        guard code == 0 else { return nil }
        (self.host, self.port) = (host, port)
        (descriptor, notifier) = pair
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<HostLookup>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            _ = clinux_close(descriptor)
            _ = clinux_close(notifier)
            return nil
        }
        pthread_detach(thread)
    }

    private func run() {
        let found = HostLookup.resolve(host, port, flags: AI_NUMERICSERV)
        outcome.withLock { $0 = found }
        // Its other end becomes readable.
        _ = clinux_close(notifier)
    }

    /// What was found; to be asked once `descriptor` is readable.
    func take() -> Outcome { outcome.withLock { $0 } ?? .failed("the lookup was interrupted") }

    /// Gives the lookup up, or ends it after `take`.
    func end() { _ = clinux_close(descriptor) }

    /// The address, if the text is a numeric one.
    static func numeric(_ host: String, port: Int) -> [HostAddress]? {
        if case .found(let addresses) = resolve(host, port, flags: AI_NUMERICSERV | AI_NUMERICHOST) { return addresses }
        return nil
    }

    private static func resolve(_ host: String, _ port: Int, flags: Int32) -> Outcome {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else { return .failed(String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(list) }
        var addresses: [HostAddress] = []
        var entry = list
        while let candidate = entry {
            var target = HostAddress(address: clinux_address(), length: candidate.pointee.ai_addrlen)
            withUnsafeMutableBytes(of: &target.address) { bytes in
                bytes.copyMemory(
                    from: UnsafeRawBufferPointer(
                        start: candidate.pointee.ai_addr, count: Int(candidate.pointee.ai_addrlen)))
            }
            addresses.append(target)
            entry = candidate.pointee.ai_next
        }
        return .found(addresses)
    }
}
