import SessionCore

/// A connection that is to send nothing more and takes no output either. Its peer has closed its sending side and may
/// still read; it gets a while for that, as long as it does not stop. Without an end it would hold its place for ever:
/// nobody reads from such a connection, and so nobody would learn that its peer is gone.
///
/// Redis closes a connection at its end of file and drops what is unsent; here a client may send its requests, close
/// its side and read all replies.
struct LingeringConnection {
    let id: UInt32
    /// Monotonic microseconds.
    var deadline: Int64

    /// How long the kernel may take no output, in microseconds.
    static let patience: Int64 = 2_000_000
}

extension EventLoop {
    /// The peer has closed its sending side, and what it sent before is not read for now. What waits for others need
    /// not wait any longer; what waits for the peer gets a while.
    @inline(never)
    mutating func considerEnd(_ id: UInt32) {
        let state = table[id].state
        guard state.contains(.peerDone), state.isDisjoint(with: [.ended, .broken]) else { return }
        if state.contains(.paused), node.needsNoInput(ConnectionID(rawValue: id)) {
            table[id].state.insert(.ended)
            ending.append(id)
        } else if state.contains(.blocked) {
            linger(id)
        }
    }

    /// Gives a connection whose peer is done a while to take its output.
    @inline(never)
    mutating func linger(_ id: UInt32) {
        guard !table[id].state.contains(.lingering) else { return }
        table[id].state.insert(.lingering)
        table[id].state.remove(.progressing)
        let deadline = now.monotonicMicroseconds + LingeringConnection.patience
        lingering.append(LingeringConnection(id: id, deadline: deadline))
        nextLingering = min(nextLingering, deadline)
    }

    /// Ends connections that have taken no output for too long. O(connections that linger), when one could be due.
    @inline(never)
    mutating func endLingering() {
        var kept = 0
        nextLingering = .max
        for index in 0..<lingering.count {
            var connection = lingering[index]
            // The slot may be free by now, or have a new connection.
            guard table[connection.id].state.contains(.lingering) else { continue }
            if !table[connection.id].state.contains(.blocked) {
                table[connection.id].state.remove(.lingering)
                continue
            }
            if connection.deadline <= now.monotonicMicroseconds {
                guard table[connection.id].state.contains(.progressing) else {
                    markBroken(connection.id)
                    continue
                }
                table[connection.id].state.remove(.progressing)
                connection.deadline = now.monotonicMicroseconds + LingeringConnection.patience
            }
            nextLingering = min(nextLingering, connection.deadline)
            lingering[kept] = connection
            kept += 1
        }
        lingering.removeSubrange(kept..<lingering.count)
    }
}
