/// What a node's part in replication, and its way to the end, permit: who expires and evicts, who may write, which
/// requests wait. It follows from `RoleSituation` and the configuration alone, and is worked out here and nowhere else.
struct RolePermissions: BitwiseCopyable, Equatable {
    /// What clients are refused.
    let restrictions: Restrictions
    /// What becomes of records that are past their deadline.
    let dueRecords: DueRecords
    /// Requests of clients that have to wait.
    let held: HeldRequests
    /// Requests of the primary's stream that have to wait.
    let heldStream: HeldRequests
    /// What `maxmemory` means here.
    let memoryRule: MemoryRule
    /// Whether this node decides which data ends, beyond what clients ask for: gives marks up, revokes sessions whose
    /// replaced tokens are used. A replica leaves that to its primary.
    let decidesEnds: Bool
    /// Whether the node itself may put requests into the stream that are about the stream (`PING`).
    let mayExtendStream: Bool

    /// O(1).
    init(_ situation: RoleSituation, _ configuration: borrowing Configuration) {
        let isReplica = situation.role.isReplica
        // The stream is to stand still, so that a replica can have all of it.
        let standsStill = situation.failover != .none || situation.stopping.holdsWrites
        held = max(situation.clientPause, standsStill ? .writes : .none)
        heldStream = situation.clientPause
        mayExtendStream = !standsStill
        decidesEnds = !isReplica
        // Their end is the primary's to say, or would have to be in the stream; or what is loaded next puts it off.
        dueRecords = isReplica || held != .none || situation.disk.isLoading ? .hide : .expire
        memoryRule = isReplica ? .heapOnly : held != .none ? .suspended : .evict
        restrictions = Restrictions(situation.role, configuration).union(Restrictions(situation.disk))
    }
}

/// What a node's permissions depend on, besides the configuration.
struct RoleSituation: Equatable {
    enum Role: Equatable {
        /// - Parameter goodReplicas: replicas that `min-replicas-to-write` counts.
        case primary(goodReplicas: Int)
        /// - Parameter isLinkUp: it has its primary's data and follows.
        case replica(isLinkUp: Bool)

        var isReplica: Bool { if case .replica = self { true } else { false } }
    }

    var role: Role
    var failover: Failover.Phase
    var stopping: Stopping
    /// What clients have asked to be held (`CLIENT PAUSE`).
    var clientPause: HeldRequests
    var disk = DiskSituation()
}

/// What `maxmemory` means.
enum MemoryRule: UInt8 {
    /// What is over it is evicted, by the policy in force, or refused.
    case evict
    /// It refuses nothing and evicts nothing, for the data is to stand still. Only the heap's address space bounds
    /// what is held.
    case suspended
    /// It does not apply: a replica holds what its primary holds, and it is the primary that makes room. Only the
    /// heap's address space bounds what is held.
    case heapOnly
}

/// What replication forbids clients at present.
struct Restrictions: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// Writes: this is a replica.
    static let readOnly = Restrictions(rawValue: 1)
    /// Writes: too few replicas are near (`min-replicas-to-write`).
    static let tooFewReplicas = Restrictions(rawValue: 2)
    /// Everything but what looks after the server: the data may be old (`replica-serve-stale-data no`).
    static let stale = Restrictions(rawValue: 4)
    /// Likewise: the data is being loaded.
    static let loading = Restrictions(rawValue: 8)
    /// Writes: snapshots cannot be written.
    static let snapshotsFail = Restrictions(rawValue: 16)
    /// Writes: the append log cannot be written.
    static let logFails = Restrictions(rawValue: 32)
}

/// What of the disk concerns clients.
struct DiskSituation: Equatable {
    /// The data is being loaded.
    var isLoading = false
    /// The last snapshot that the rules of `save` ask for could not be written, and writes are to stop then.
    var snapshotsFail = false
    /// The append log cannot be written.
    var logFails = false
}

extension Restrictions {
    fileprivate init(_ disk: DiskSituation) {
        self = []
        if disk.isLoading { insert(.loading) }
        if disk.snapshotsFail { insert(.snapshotsFail) }
        if disk.logFails { insert(.logFails) }
    }

    fileprivate init(_ role: RoleSituation.Role, _ configuration: borrowing Configuration) {
        self = []
        switch role {
        case .primary(let goodReplicas):
            let wanted = configuration.minReplicasToWrite
            guard wanted > 0, configuration.minReplicasMaxLag > 0 else { return }
            if goodReplicas < wanted { insert(.tooFewReplicas) }
        case .replica(let isLinkUp):
            if configuration.replicaReadOnly { insert(.readOnly) }
            if !isLinkUp && !configuration.replicaServesStaleData { insert(.stale) }
        }
    }
}
