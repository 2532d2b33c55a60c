import CLinux

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Options of accepted TCP connections.
enum SocketOptions {
    /// Sends small replies at once, and probes silent peers as Redis does: first after `keepAlive` seconds, then three
    /// times within as many. Failures do not matter: the connection works without.
    static func apply(to descriptor: Int32, keepAlive: Int) {
        let tcp = Int32(IPPROTO_TCP)
        _ = clinux_set_option(descriptor, tcp, TCP_NODELAY, 1)
        guard keepAlive > 0 else { return }
        // The kernel takes at most 32767 seconds.
        let seconds = Int32(min(keepAlive, 32767))
        _ = clinux_set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        _ = clinux_set_option(descriptor, tcp, TCP_KEEPIDLE, seconds)
        _ = clinux_set_option(descriptor, tcp, TCP_KEEPINTVL, max(1, seconds / 3))
        _ = clinux_set_option(descriptor, tcp, TCP_KEEPCNT, 3)
    }
}
