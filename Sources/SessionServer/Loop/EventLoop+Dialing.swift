import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The connection that the node has asked for, as far as it has come. One at a time.
struct Dialer {
    /// The name being looked up.
    var lookup: HostLookup?
    /// The socket being connected; -1 for none.
    var descriptor: Int32 = -1
    var current = HostAddress(address: clinux_address(), length: 0)
    /// Addresses of the host that were not tried yet.
    var remaining: ArraySlice<HostAddress> = []
    /// Why the latest of them did not work.
    var failure = "the host has no address"
}

extension EventLoop {
    /// Connects to a host; the node is told how it went. An attempt under way is given up.
    mutating func dial(_ host: String, _ port: Int) {
        giveUpDialing()
        if let addresses = HostLookup.numeric(host, port: port) {
            dialer.remaining = addresses[...]
            return connectNext()
        }
        guard let lookup = HostLookup(host, port: port), poller.add(lookup: lookup.descriptor) >= 0 else {
            return node.dialFailed("the name cannot be looked up now", now: now)
        }
        dialer.lookup = lookup
    }

    /// What `dial` waits for has happened.
    @inline(never)
    mutating func continueDialing() {
        if let lookup = dialer.lookup {
            poller.remove(lookup.descriptor)
            let outcome = lookup.take()
            lookup.end()
            dialer.lookup = nil
            switch outcome {
            case .found(let addresses): dialer.remaining = addresses[...]
            case .failed(let reason): dialer.failure = reason
            }
            return connectNext()
        }
        guard dialer.descriptor >= 0 else { return }
        let code = clinux_socket_error(dialer.descriptor)
        if code == 0 { return adoptDialed() }
        dialer.failure = systemMessage(Int(code))
        closeDialed()
        connectNext()
    }

    /// Tries the next address of the host.
    private mutating func connectNext() {
        while let target = dialer.remaining.popFirst() {
            dialer.current = target
            let descriptor = clinux_stream_socket(Int32(target.address.any.sa_family))
            guard descriptor >= 0 else {
                dialer.failure = systemMessage(Int(descriptor))
                continue
            }
            dialer.descriptor = descriptor
            SocketOptions.apply(to: descriptor, keepAlive: node.configuration.tcpKeepAlive)
            let code = clinux_connect(descriptor, &dialer.current.address, target.length)
            if code == 0 { return adoptDialed() }
            if code == -EINPROGRESS, poller.add(dial: descriptor) >= 0 { return }
            dialer.failure = systemMessage(Int(code))
            _ = clinux_close(descriptor)
            dialer.descriptor = -1
        }
        let failure = dialer.failure
        dialer = Dialer()
        node.dialFailed(failure, now: now)
    }

    /// The connection stands: from here on it is one like all others.
    private mutating func adoptDialed() {
        let descriptor = dialer.descriptor
        let address = describe(&dialer.current.address).text
        poller.remove(descriptor)
        dialer = Dialer()
        let id = table.insert(descriptor: descriptor)
        let code = poller.add(connection: id, descriptor)
        guard code >= 0 else {
            table.remove(id)
            _ = clinux_close(descriptor)
            return node.dialFailed(systemMessage(Int(code)), now: now)
        }
        let peer = Peer(
            address: address, localAddress: localName(descriptor) ?? "", isLocal: true, fileDescriptor: descriptor)
        node.dialed(ConnectionID(rawValue: id), to: peer, now: now)
    }

    private mutating func closeDialed() {
        guard dialer.descriptor >= 0 else { return }
        poller.remove(dialer.descriptor)
        _ = clinux_close(dialer.descriptor)
        dialer.descriptor = -1
    }

    /// Ends an attempt under way without telling the node.
    mutating func giveUpDialing() {
        closeDialed()
        if let lookup = dialer.lookup {
            poller.remove(lookup.descriptor)
            lookup.end()
        }
        dialer = Dialer()
    }
}
