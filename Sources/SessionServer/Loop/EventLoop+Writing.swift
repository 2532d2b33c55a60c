import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// From the node to the sockets.
extension EventLoop {
    /// Most bytes sent on one connection in one turn: a large reply must not hold up everybody else.
    private static var share: Int { 1 << 20 }

    /// Writes to every connection that has new output, and goes on where the share of the last turn was used up: after
    /// the node was asked, as new replies of such a connection may have to wait for the disk.
    @inline(__always)
    mutating func flush() {
        let goesOn = !unsent.isEmpty
        if goesOn { swap(&unsent, &unsentNow) }
        while let id = node.nextWritable() { write(id.rawValue) }
        if goesOn { writeUnsent() }
    }

    /// Sends output until there is none, the kernel takes no more, or the share is used up.
    @inline(__always)
    private mutating func write(_ id: UInt32) {
        let slot = table[id]
        if slot.descriptor < 0 || !slot.state.isDisjoint(with: [.blocked, .unsent, .broken]) { return }
        var total = 0
        while true {
            let count = send(id, slot.descriptor)
            if count == Self.nothing { return }
            guard count > 0 else { return sendFailed(id, count) }
            node.sent(count, of: ConnectionID(rawValue: id), now: now)
            total &+= count
            if total >= Self.share {
                table[id].state.insert(.unsent)
                unsent.append(id)
                return
            }
        }
    }

    /// What `send` answers where there is no output: neither a count nor a negated errno.
    private static var nothing: Int { .min }

    /// Hands output to the kernel; how many bytes it took, a negated errno, or `nothing`.
    @inline(__always)
    private func send(_ id: UInt32, _ descriptor: Int32) -> Int {
        let output = node.output(of: ConnectionID(rawValue: id))
        if output.isEmpty { return Self.nothing }
        return output.withUnsafeBytes { clinux_send(descriptor, $0.baseAddress, min($0.count, Self.share)) }
    }

    /// - Parameter code: a negated errno.
    @inline(never)
    private mutating func sendFailed(_ id: UInt32, _ code: Int) {
        switch Int32(code) {
        case -EAGAIN, -ENOBUFS, -EINTR:
            table[id].state.insert(.blocked)
            if table[id].state.contains(.peerDone) { linger(id) }
            poller.watch(connection: id, table[id].descriptor, forRoom: true)
        default: markBroken(id)
        }
    }

    /// The kernel takes output again.
    @inline(never)
    mutating func writeAgain(_ id: UInt32) {
        guard table[id].state.contains(.blocked) else { return }
        table[id].state.remove(.blocked)
        table[id].state.insert(.progressing)
        write(id)
        if !table[id].state.contains(.blocked) {
            poller.watch(connection: id, table[id].descriptor, forRoom: false)
        }
        endIfSent(id)
    }

    @inline(never)
    private mutating func writeUnsent() {
        for index in 0..<unsentNow.count {
            let id = unsentNow[index]
            guard table[id].state.contains(.unsent) else { continue }
            table[id].state.remove(.unsent)
            write(id)
            endIfSent(id)
        }
        unsentNow.removeAll(keepingCapacity: true)
    }

    /// A connection whose peer is done ends with its last byte of output.
    private mutating func endIfSent(_ id: UInt32) {
        if table[id].state.contains(.ended) { ending.append(id) }
    }
}
