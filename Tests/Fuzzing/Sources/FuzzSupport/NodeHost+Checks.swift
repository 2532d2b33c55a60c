@testable import SessionCore

/// What must hold when an input has ended.
extension NodeHost {
    /// Closes everything, and checks that nothing of it is left.
    public func finish() {
        if !isShutDown {
            for index in open.indices where index != Self.primaryLink { setStalled(index, false) }
            settle()
        }
        for index in open.indices { disconnect(index) }
        if !isShutDown { settle() }
        for index in open.indices { disconnect(index) }
        checkConnections()
        checkCounts()
    }

    /// No connection is left behind anywhere.
    private func checkConnections() {
        for index in 0..<node.connections.count {
            require(node.connections[index].phase == .free, "a client without a connection")
        }
        require(node.connections.openCount == 0, "\(node.connections.openCount) clients are counted, and none is there")
        require(node.listeners.watchingClients == 0, "clients watch, and none is there")
        require(node.listeners.trackingClients == 0, "clients track, and none is there")
        require(node.listeners.monitors.count == 0, "monitors, and none is there")
        require(node.replication.replicas.isEmpty, "replicas, and none is there")
        require(node.listeners.pubsub.subscriptionCount == 0, "subscriptions of nobody")
        if isShutDown { return }
        require(node.connections.waiting.count == 0, "clients wait, and none is there")
        require(node.deferredReplies.isEmpty, "replies to nobody")
        require(node.replication.waits.isEmpty, "WAIT of nobody")
    }

    /// The data counts as many keys as it has, and is within its bounds.
    private func checkCounts() {
        require(node.heapBytes <= Bounds.memory + (16 << 20), "\(node.heapBytes) bytes of data")
        for database in 0..<node.execution.store.databases.count {
            var records = Vector<Slot>()
            var cursor: UInt64 = 0
            repeat {
                cursor = node.execution.store.databases[database].records.scan(
                    cursor, node.execution.store.heap, into: &records)
            } while cursor != 0
            let (counted, found) = (Int(node.execution.store.databases[database].records.count), records.count)
            require(counted == found, "DBSIZE is \(counted), and \(found) records are there")
        }
        _ = node.contentDigest(touchInterval: 1, now: now)
    }
}
