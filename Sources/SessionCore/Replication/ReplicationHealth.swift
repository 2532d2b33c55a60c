/// What is known of a node's part in replication, as health checks and metrics ask for it.
struct ReplicationHealth {
    /// Whether it takes writes; false on a replica.
    var isPrimary = true
    /// Its data is not complete yet: nothing it answers counts.
    var isLoading = false
    /// Whether a replica's link to its primary is up. A primary has none that could be down: true.
    var isLinkUp = true
    /// How many seconds a replica is behind its primary at most, as the primary last spoke, or the link was lost, so
    /// long ago; nil if it cannot tell. A primary is never behind: 0.
    var lagSeconds: Int64? = 0
    /// Bytes of the replication stream that a replica knows of and has not executed; nil if it cannot tell.
    var lagBytes: Int64? = 0
    /// Position in the replication stream: what was written on a primary, what was executed on a replica.
    var offset: Int64 = 0
    /// As many replicas are near as `min-replicas-to-write` asks for; without them writes are refused.
    var hasEnoughReplicas = true
    /// Replicas that are attached and follow.
    var connectedReplicas = 0
}

extension Node {
    /// What replication is doing now. O(replicas).
    func replicationHealth() -> ReplicationHealth {
        var health = ReplicationHealth()
        health.offset = replication.offset
        for replica in replication.replicas where replica.phase == .online { health.connectedReplicas += 1 }
        health.hasEnoughReplicas = !execution.permissions.restrictions.contains(.tooFewReplicas)
        guard let link = replication.primary else {
            health.isLoading = durability.isLoading
            return health
        }
        health.isPrimary = false
        health.isLinkUp = replication.isLinkUp
        health.isLoading = durability.isLoading || (!replication.isLinkUp && !replication.canResume)
        // An idle primary speaks every `repl-ping-replica-period`: until then there may be something new.
        let since = health.isLinkUp ? link.receivedAt : link.downSince
        health.lagSeconds = health.isLoading ? nil : max(0, now.monotonicMicroseconds - since) / 1_000_000
        health.lagBytes = health.isLinkUp ? Int64(replication.input.bytes.count) : nil
        return health
    }
}
