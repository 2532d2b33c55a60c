import CLinux
import SessionCore

/// `ip:port` of an address (`[ip]:port` for IPv6), whether it is this machine; an empty ip for Unix sockets.
func describe(_ address: inout clinux_address) -> (text: String, isUnix: Bool, isLocal: Bool) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
        var port: UInt16 = 0
        let isLocal = clinux_describe_address(&address, text.baseAddress, &port) != 0
        guard let start = text.baseAddress, text[0] != 0 else { return ("", true, true) }
        let ip = String(cString: start)
        return (ip.utf8.contains(UInt8(ascii: ":")) ? "[\(ip)]:\(port)" : "\(ip):\(port)", false, isLocal)
    }
}

/// `ip:port` of our end of a TCP socket.
func localName(_ descriptor: Int32) -> String? {
    var address = clinux_address()
    var length: socklen_t = 0
    guard clinux_local_address(descriptor, &address, &length) == 0 else { return nil }
    return describe(&address).text
}

extension Peer {
    /// The peer of a connection that `listener` accepted.
    init(_ address: inout clinux_address, through listener: Listener, descriptor: Int32) {
        let (text, isUnix, isLocal) = describe(&address)
        let ours = listener.isSpecific ? listener.name : localName(descriptor) ?? listener.name
        self.init(
            address: isUnix ? "\(listener.name):0" : text, localAddress: isUnix ? "\(listener.name):0" : ours,
            isLocal: isLocal, fileDescriptor: descriptor)
    }
}
