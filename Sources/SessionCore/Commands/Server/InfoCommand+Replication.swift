/// INFO replication, with the names that Sentinel and clients have known since there were masters and slaves.
extension Node {
    func infoReplication(_ text: inout InfoText) {
        if let link = replication.primary { infoPrimary(link, &text) } else { text.add("role", "master") }
        text.add("connected_slaves", Int64(replication.replicas.count))
        if configuration.minReplicasToWrite > 0 && configuration.minReplicasMaxLag > 0 {
            text.add("min_slaves_good_slaves", Int64(replication.goodReplicas))
        }
        for position in replication.replicas.indices { infoReplica(position, &text) }
        text.add("master_failover_state", replication.failover.stateName)
        text.add("master_replid", replication.id)
        text.add("master_replid2", replication.secondID)
        text.add("master_repl_offset", writtenOffset)
        text.add("second_repl_offset", replication.secondOffset)
        text.add("repl_backlog_active", replication.backlog.isActive ? 1 : 0)
        text.add("repl_backlog_size", Int64(configuration.replicationBacklogSize))
        text.add("repl_backlog_first_byte_offset", replication.backlog.isActive ? replication.backlog.start + 1 : 0)
        text.add("repl_backlog_histlen", Int64(replication.backlog.count))
    }

    private func infoPrimary(_ link: PrimaryConnection, _ text: inout InfoText) {
        let mono = now.monotonicMicroseconds
        text.add("role", "slave")
        text.add("master_host", link.host)
        text.add("master_port", Int64(link.port))
        text.add("master_link_status", link.isUp ? "up" : "down")
        text.add("master_last_io_seconds_ago", link.connection >= 0 ? (mono - link.receivedAt) / 1_000_000 : -1)
        text.add("master_sync_in_progress", link.snapshot == nil ? 0 : 1)
        text.add("slave_read_repl_offset", replication.offset + Int64(replication.input.bytes.count))
        text.add("slave_repl_offset", replication.offset)
        if let snapshot = link.snapshot {
            text.add("master_sync_total_bytes", snapshot.length)
            text.add("master_sync_read_bytes", snapshot.received)
            text.add("master_sync_last_io_seconds_ago", (mono - link.receivedAt) / 1_000_000)
        }
        if !link.isUp { text.add("master_link_down_since_seconds", (mono - link.downSince) / 1_000_000) }
        text.add("slave_priority", Int64(configuration.replicaPriority))
        text.add("slave_read_only", configuration.replicaReadOnly ? 1 : 0)
        text.add("replica_announced", configuration.isReplicaAnnounced ? 1 : 0)
    }

    private func infoReplica(_ position: Int, _ text: inout InfoText) {
        let replica = replication.replicas[position]
        let (address, port) = replicaAddress(position)
        let lag = replica.phase == .online ? (now.monotonicMicroseconds - replica.acknowledgedAt) / 1_000_000 : 0
        text.add(
            "slave\(position)",
            "ip=\(address),port=\(port),state=\(replica.phase.name),offset=\(replica.acknowledged),lag=\(lag)")
    }
}
