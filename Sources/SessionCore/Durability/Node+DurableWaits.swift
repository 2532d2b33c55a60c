/// Clients that wait until what they wrote is on disk (`WAITAOF`).
extension Node {
    /// Whether this node's disk has the stream up to an offset: 1 or 0.
    private func localCount(_ offset: Int64) -> Int {
        durability.log.phase == .on && durability.log.synced >= offset ? 1 : 0
    }

    /// Whether what a client waits for has come.
    func isMet(_ wait: DurableWait) -> Bool {
        (!wait.isLocal || localCount(wait.offset) == 1) && replicasKeeping(wait.offset) >= wait.replicas
    }

    /// On how many disks it is: here, and of replicas.
    func counts(_ wait: DurableWait) -> (local: Int, replicas: Int) {
        (localCount(wait.offset), replicasKeeping(wait.offset))
    }

    /// Replicas on whose disks the stream is up to an offset.
    private func replicasKeeping(_ offset: Int64) -> Int {
        replication.replicas.count { $0.phase == .online && $0.durable >= offset }
    }

    /// Answers those whose wish has come true or whose time is over.
    mutating func serveDurableWaits() {
        var waits: [DurableWait] = []
        swap(&waits, &durability.waits)
        for wait in waits {
            guard let index = connections.index(of: wait.client), connections[index].phase == .open else { continue }
            guard isMet(wait) || wait.deadline <= now.monotonicMicroseconds else {
                durability.waits.append(wait)
                continue
            }
            answer(index, counts(wait))
        }
    }

    /// `CLIENT UNBLOCK`: answers the client of this id if it is in `WAITAOF`; as in Redis that counts as a failed call.
    /// - Returns: whether it is.
    mutating func unblockDurableWait(of clientID: Int64, withError isError: Bool) -> Bool {
        for position in durability.waits.indices {
            let wait = durability.waits[position]
            guard let index = connections.index(of: wait.client), connections[index].id == clientID,
                connections[index].phase == .open
            else { continue }
            durability.waits.remove(at: position)
            observation.commandStatistics.failed(.waitaof)
            if isError {
                let text = observation.counted(.unblocked)
                unblock(index) { $0.error(text) }
            } else {
                answer(index, counts(wait))
            }
            return true
        }
        return false
    }

    private mutating func answer(_ index: Int, _ counts: (local: Int, replicas: Int)) {
        unblock(index) {
            $0.array(2)
            $0.integer(counts.local)
            $0.integer(counts.replicas)
        }
    }

    /// The log is turned off, or this node becomes a replica: nothing is waited for any more.
    mutating func endDurableWaits() {
        var waits: [DurableWait] = []
        swap(&waits, &durability.waits)
        for wait in waits {
            guard let index = connections.index(of: wait.client), connections[index].phase == .open else { continue }
            unblock(index) { $0.error(.roleChanged) }
        }
    }
}
