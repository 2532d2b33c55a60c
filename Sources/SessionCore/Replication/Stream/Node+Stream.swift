/// The replication stream on the side that makes it: from effects to the backlog, from there to replicas.
extension Node {
    /// Keeps the stream from now on, if it is not kept yet. A node without history begins one: nobody can have followed
    /// what was not recorded.
    mutating func startStream() {
        guard !replication.backlog.isActive else { return }
        replication.id = identifiers.next()
        (replication.secondID, replication.secondOffset) = (Replication.noID, -1)
        replication.backlog.start(at: replication.offset)
        execution.startPropagation()
        execution.propagation.mayRepeat = false
    }

    /// Where the stream will be when all that has happened so far is in it.
    var writtenOffset: Int64 { replication.offset + Int64(execution.propagation.buffer.count) }

    /// Takes the effects of what was executed into the stream.
    @inline(never)
    mutating func takeEffects() {
        var effects = ByteBuffer()
        swap(&effects, &execution.propagation.buffer)
        extendStream(effects.bytes)
        effects.removeAll(keeping: Limits.bufferGrowthStep)
        swap(&effects, &execution.propagation.buffer)
    }

    /// Appends to the stream, and has replicas sent it.
    mutating func extendStream(_ bytes: RawSpan) {
        replication.backlog.append(
            bytes, size: configuration.replicationBacklogSize, needed: replication.neededFrom)
        keep(bytes)
        for position in replication.replicas.indices {
            let action = replication.replicas[position].streamExtended(
                to: replication.offset, configuration.replicaOutputLimit, backlog: configuration.replicationBacklogSize,
                now: now.monotonicMicroseconds)
            if case .close = action {
                guard connections[replication.replicas[position].connection].phase == .open else { continue }
                observation.statistics.outputLimitDisconnections += 1
            }
            perform(action, position)
        }
    }

    /// Puts a request into the stream that is about the stream itself, not an effect.
    mutating func extendStream(request text: StaticString) {
        if execution.propagation.isActive { execution.propagation.buffer.append(text) }
    }

    /// Where in the stream a connection has to be sent on; its end if it gets nothing.
    func streamPosition(_ index: Int) -> Int64 {
        guard let position = replication.replica(of: index), replication.replicas[position].phase == .online else {
            return replication.offset
        }
        return replication.replicas[position].next
    }

    /// So much of the stream was sent.
    mutating func sentStream(_ count: Int, _ index: Int) {
        guard let position = replication.replica(of: index) else { return }
        replication.replicas[position].sentStream(count)
        replication.statistics.bytesSent += Int64(count)
    }

    /// `ip:port` of a replica, for the log.
    func replicaName(_ position: Int) -> String {
        let (address, port) = replicaAddress(position)
        return address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }

    /// Where others reach a replica: as it said, or where it comes from.
    func replicaAddress(_ position: Int) -> (address: String, port: Int) {
        let connection = replication.replicas[position].connection
        let introduction = connections[connection].introduction
        return (introduction.address ?? connections[connection].peer.ip, introduction.port)
    }
}

extension Peer {
    /// The address without the port; a Unix socket is on this machine.
    var ip: String {
        if isUnixSocket { return "127.0.0.1" }
        guard let colon = address.lastIndex(of: ":") else { return address }
        let ip = address[..<colon]
        return ip.hasPrefix("[") ? String(ip.dropFirst().dropLast()) : String(ip)
    }
}
