/// `maxmemory-clients`: how much the buffers of all clients may take together. Each buffer has a limit of its own;
/// many clients that queue requests in transactions, or do not read what is pushed to them, would take as much as there
/// is without this one.
///
/// Source: https://redis.io/docs/latest/develop/reference/clients/#client-eviction
extension Node {
    /// Closes the clients that take most until the others are within the limit. Asked for when all output of a turn was
    /// offered to the runtime, so that what is still there is what clients do not read. Not closed are links of
    /// replication, which have limits of their own, and clients with `CLIENT NO-EVICT ON`; the latter count.
    ///
    /// O(connections), once in each turn in which clients may have reached the limit (`clientSlack`).
    @inline(never)
    mutating func limitClientMemory() {
        let limit = configuration.maxMemoryClients.bytes(of: configuration.maxMemory)
        guard limit > 0 else {
            connections.slack = .max
            return
        }
        var total = 0
        var evictable: [(bytes: Int, index: Int)] = []
        for index in 0..<connections.count where connections[index].isConnected && connections[index].link == .none {
            let bytes = connections[index].memory
            total += bytes
            if !connections[index].isNoEvict { evictable.append((bytes, index)) }
        }
        if total > limit {
            evictable.sort { $0.bytes > $1.bytes }
            for (bytes, index) in evictable {
                if total <= limit { break }
                evictClient(index)
                total -= bytes
            }
        }
        // What there may be at most before it is looked at again.
        connections.slack = max(1 << 20, (limit - total) / 2)
    }

    private mutating func evictClient(_ index: Int) {
        log(
            .notice, of: .evictedClient,
            "Client \(connections[index].id) closed: clients take more than maxmemory-clients, and it takes most "
                + "(\(connections[index].memory) bytes)")
        observation.statistics.evictedClients += 1
        connections[index].reply.buffer.removeAll(keeping: 0)
        connections[index].input.removeAll(keeping: 0)
        connections[index].transaction.reset()
        unsubscribeAll(index)
        close(index)
    }
}

extension Client {
    /// Bytes that it takes, buffers and queued requests included: `tot-mem` of `CLIENT LIST`.
    var memory: Int {
        input.capacity + reply.buffer.capacity + transaction.bytes + MemoryLayout<Client>.stride
    }
}
