/// Connections whose replies are held back: after a failed login, or until an effect is answered. Other connections are
/// not affected.
extension Node {
    /// Sends a connection nothing, and executes nothing it sends, until `release` or a moment in monotonic microseconds
    /// (`Int64.max` for never). May be called for the connection whose request is being executed.
    mutating func hold(_ index: Int, until moment: Int64) {
        clients[index].isHeld = true
        clients[index].isWaiting = true
        clients[index].heldUntil = moment
        // What follows in its input is parsed anew when it is taken up again.
        clients[index].partial.reset()
        guard moment != .max else { return }
        held.append(reference(index))
        nextRelease = min(nextRelease, moment)
    }

    /// Sends what was held back; what the connection has sent meanwhile is executed by the next `resumeWaiting`.
    mutating func release(_ index: Int) {
        clients[index].isHeld = false
        waiting.append(reference(index))
        wantsTurn = true
        if hasOutput(ConnectionID(rawValue: UInt32(index))) || clients[index].phase == .closing {
            queueForWriting(index)
        }
    }

    /// Releases connections whose time has come. O(connections held), at most once for each of them.
    @inline(never)
    mutating func releaseDue() {
        var due = Vector<ClientReference>()
        swap(&due, &held)
        nextRelease = .max
        for position in 0..<due.count {
            guard let index = index(of: due[position]), clients[index].isHeld, clients[index].heldUntil != .max else {
                continue
            }
            if clients[index].heldUntil <= now.monotonicMicroseconds {
                release(index)
            } else {
                held.append(due[position])
                nextRelease = min(nextRelease, clients[index].heldUntil)
            }
        }
    }
}
