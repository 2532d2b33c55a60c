import CLinux
import SessionCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// From the sockets to the node.
extension EventLoop {
    /// Reads once and hands what arrived to the node. One read a turn keeps a busy connection from starving the rest.
    @inline(__always)
    mutating func read(_ id: UInt32) {
        let count = clinux_read(table[id].descriptor, input, Self.inputSize)
        guard count > 0 else { return readFailed(id, count) }
        if node.entropyWanted > 0 { supplyEntropy() }
        node.receive(RawSpan(_unsafeStart: input, byteCount: count), from: ConnectionID(rawValue: id), now: now)
        if !node.wantsInput(ConnectionID(rawValue: id)) {
            pause(id)
        } else if count == Self.inputSize || table[id].state.contains(.peerDone) {
            queue(id)
        }
        // Otherwise a short read has emptied the socket, and the next edge tells of more (epoll(7)).
    }

    /// - Parameter code: 0 for end of file, or a negated errno.
    @inline(never)
    private mutating func readFailed(_ id: UInt32, _ code: Int) {
        switch Int32(code) {
        case -EAGAIN: break
        case -EINTR: queue(id)
        case 0:
            if table[id].state.contains(.blocked) { linger(id) }
            table[id].state.formUnion([.peerDone, .ended])
            ending.append(id)
        default: markBroken(id)
        }
    }

    /// The connection ends this turn, whatever it still had to send.
    mutating func markBroken(_ id: UInt32) {
        if table[id].state.contains(.broken) { return }
        table[id].state.insert(.broken)
        ending.append(id)
    }

    /// To be read again next turn.
    private mutating func queue(_ id: UInt32) {
        table[id].state.insert(.queued)
        ready.append(id)
    }

    /// Not to be read until the node wants it again.
    @inline(never)
    private mutating func pause(_ id: UInt32) {
        table[id].state.insert(.paused)
        paused.append(id)
        if table[id].state.contains(.peerDone) { considerEnd(id) }
    }

    /// Reads the connections that had more than one read took. Those listed anew meanwhile come next turn.
    @inline(never)
    mutating func readQueued() {
        swap(&ready, &readyNow)
        for index in 0..<readyNow.count {
            let id = readyNow[index]
            // The slot may be free by now, or have a new connection.
            guard table[id].state.contains(.queued) else { continue }
            table[id].state.remove(.queued)
            if table[id].state.isDisjoint(with: [.paused, .ended, .broken]) { read(id) }
        }
        readyNow.removeAll(keepingCapacity: true)
    }

    /// Reads on where the node wants input again: at once in the next turn, which also lets the node execute what it
    /// had put off.
    @inline(never)
    mutating func resumePaused() {
        var index = 0
        while index < paused.count {
            let id = paused[index]
            let isPaused = table[id].state.contains(.paused)
            if isPaused, !node.wantsInput(ConnectionID(rawValue: id)) {
                index += 1
                continue
            }
            paused.swapAt(index, paused.count - 1)
            paused.removeLast()
            guard isPaused else { continue }
            table[id].state.remove(.paused)
            if table[id].state.isDisjoint(with: [.queued, .ended, .broken]) { queue(id) }
        }
    }

    /// Fills the node's reserve of entropy from the system's CSPRNG.
    @inline(never)
    mutating func supplyEntropy() {
        withUnsafeTemporaryAllocation(byteCount: Entropy.chunk, alignment: 16) { buffer in
            var wanted = node.entropyWanted
            while wanted > 0 {
                let count = clinux_getrandom(buffer.baseAddress, min(wanted, Entropy.chunk))
                guard count > 0 else { return }
                node.supply(entropy: RawSpan(_unsafeStart: UnsafeRawPointer(buffer.baseAddress!), byteCount: count))
                wanted -= count
            }
        }
    }
}
