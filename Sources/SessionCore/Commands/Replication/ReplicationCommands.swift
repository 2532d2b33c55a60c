/// REPLICAOF, PSYNC, REPLCONF, ROLE, WAIT: the commands of replication.
/// Semantics: https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
extension Node {
    /// REPLICAOF <host port | NO ONE>
    mutating func replicaof(_ request: borrowing Request) throws(ReplyError) {
        if replication.failover.phase != .none { throw .replicaOfDuringFailover }
        if request[1].matches("no") && request[2].matches("one") {
            if replication.isReplica { promote() }
        } else {
            guard let port = PeerNumber.port(request[2]) else { throw .invalidPrimaryPort }
            guard HostName.isValid(request[1]) else { throw .invalidPrimaryHost }
            let host = request[1].text
            if let link = replication.primary, link.host.lowercased() == host.lowercased(), link.port == port {
                return execution.reply.literal("+OK Already connected to specified master\r\n")
            }
            follow(host, port)
        }
        configuration.replicaOf = replication.primary.map { PrimaryAddress(host: $0.host, port: $0.port) }
        execution.reply.ok()
    }

    /// PSYNC replicationid offset [FAILOVER]
    mutating func psync(_ request: borrowing Request) throws(ReplyError) {
        if isReplicaAlready { return }
        let id = request[1].text
        if request.count > 3 {
            guard request[3].matches("failover"), request.count == 4 else { throw .syntax }
            guard replication.isReplica else { throw .failoverToPrimary }
            guard id.lowercased() == replication.id else { throw .failoverOfAnotherHistory }
            promote()
            configuration.replicaOf = nil
        }
        guard let wanted = parseInteger(request[2]) else { throw .notAnInteger }
        try checkCanSync()
        if !execution.propagation.buffer.isEmpty { takeEffects() }
        if let offset = replication.continuation(of: id.lowercased(), from: wanted) {
            let newID = connections[current].introduction.takesNewID ? " \(replication.id)" : ""
            execution.reply.buffer.append("+CONTINUE\(newID)\r\n")
            replication.statistics.partialSyncs += 1
            attachReplica(from: offset)
            log(.notice, of: .replica, "Replica \(connections[current].peer.address) goes on at offset \(offset)")
            return
        }
        if id != "?" { replication.statistics.refusedPartialSyncs += 1 }
        try attachForSnapshot(isOldStyle: false)
    }

    /// SYNC: the data and then the stream, without a chance to go on later (`redis-cli --rdb`).
    mutating func sync() throws(ReplyError) {
        if isReplicaAlready { return }
        try checkCanSync()
        try attachForSnapshot(isOldStyle: true)
    }

    /// The current connection is one already, or in `MONITOR`, whose lines would stand in the stream; it is not
    /// answered then, as in Redis.
    private var isReplicaAlready: Bool { connections[current].link == .replica || connections[current].isMonitor }

    private func checkCanSync() throws(ReplyError) {
        if replication.isReplica && !replication.isLinkUp { throw .notLinkedWithPrimary }
        if replication.failover.phase == .handingOver { throw .syncDuringFailover }
        if replication.replicas.count >= Limits.replicas { throw .tooManyReplicas }
    }

    private mutating func attachForSnapshot(isOldStyle: Bool) throws(ReplyError) {
        guard connections[current].introduction.takesUnknownLength else { throw .replicaTooOld }
        attachReplica(from: nil, isOldStyle: isOldStyle)
    }

    /// REPLCONF option value [option value ...]: what a replica says of itself, and how far it is
    mutating func replconf(_ request: borrowing Request) throws(ReplyError) {
        guard request.count % 2 == 1 else { throw .syntax }
        for index in stride(from: 1, to: request.count, by: 2) {
            switch try connections[current].introduction.take(request[index], request[index + 1]) {
            case .noted: break
            case .ignored: return
            case .acknowledgement(let offset):
                if index + 3 < request.count, request[index + 2].matches("fack"),
                    let durable = PeerNumber.offset(request[index + 3]),
                    let replica = replication.replica(of: current) {
                    replication.replicas[replica].durable = durable
                }
                return acknowledged(offset)
            }
        }
        execution.reply.ok()
    }

    /// ROLE
    mutating func role() {
        if let link = replication.primary {
            execution.reply.array(5)
            execution.reply.bulk("slave")
            execution.reply.bulk(link.host)
            execution.reply.integer(link.port)
            execution.reply.bulk("\(link.stateName)")
            execution.reply.integer(replication.canResume ? replication.offset : -1)
            return
        }
        execution.reply.array(3)
        execution.reply.bulk("master")
        execution.reply.integer(writtenOffset)
        let online = replication.replicas.indices.filter { replication.replicas[$0].phase == .online }
        execution.reply.array(online.count)
        for position in online {
            let (address, port) = replicaAddress(position)
            execution.reply.array(3)
            execution.reply.bulk(address)
            execution.reply.bulk(String(port))
            execution.reply.bulk(String(replication.replicas[position].acknowledged))
        }
    }

    /// WAIT numreplicas timeout
    mutating func wait(_ request: borrowing Request) throws(ReplyError) {
        if replication.isReplica { throw .waitOnReplica }
        let wanted = try request.integer(1)
        let milliseconds = try request.waitingTime(2)
        // What it wrote just before is not noted with the connection yet.
        let hasWritten = execution.propagation.buffer.count != replication.effectsBefore
        let offset = hasWritten ? writtenOffset : connections[current].writtenOffset
        let count = replicasAcknowledging(offset)
        if Int64(count) >= wanted || connections[current].isInTransaction || scripting.isRunning {
            return execution.reply.integer(count)
        }
        let mono = now.monotonicMicroseconds
        let end = milliseconds == 0 ? Int64.max : mono + milliseconds * 1000
        replication.waits.append(
            AcknowledgementWait(
                connection: current, clientID: connections[current].id, offset: offset,
                replicas: Int(clamping: wanted), deadline: end))
        connections.block(current, isMuted: execution.reply.isMuted)
        replication.wantsAcknowledgements = true
        wantsTurn = true
    }
}
