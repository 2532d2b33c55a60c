/// A node's part in replication: the stream that it makes or follows, the replicas that it feeds, and, on a replica,
/// the primary that it follows.
///
/// The protocol is Redis's (PSYNC2): https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
struct Replication: ~Copyable {
    /// 40 hexadecimal characters that name this history of the data; on a replica, its primary's.
    var id: String
    /// The history of which this one is the continuation, and the length up to which both are the same (as the protocol
    /// counts, from one; -1 for none): replicas of the primary before can go on with us.
    var secondID = Replication.noID
    var secondOffset: Int64 = -1
    /// The stream; its end is `master_repl_offset`.
    var backlog = Backlog()

    /// The replicas that we feed, in the order in which they came.
    var replicas: [ReplicaConnection] = []
    /// The snapshot that is being sent.
    var snapshot: SnapshotTransfer?
    /// On a replica: for how long its primary's stream stands still because of that.
    var standstill = StreamStandstill()
    /// Clients in `WAIT`.
    var waits: [AcknowledgementWait] = []
    /// Replicas are to be asked how far they are, at the end of this turn.
    var wantsAcknowledgements = false
    var failover = Failover()

    /// On a replica: the link to its primary.
    var primary: PrimaryConnection?
    /// What has arrived on it and is not executed yet.
    var input = StreamInput()
    /// It could be executed, were it not for the snapshot that our own replicas are being sent.
    var isInputHeld = false
    /// The data set being loaded.
    var loading: SnapshotReception?
    /// We have data that goes with `id` and the stream's end, so that a primary may let us go on from there.
    var canResume = false

    /// The primary's stream asks how far we are (`REPLCONF GETACK`).
    var wantsOwnAcknowledgement = false
    /// The farthest that any replica has acknowledged our stream.
    var acknowledgedOffset: Int64 = 0
    /// What we wrote as a primary and no replica had acknowledged, until it is known what becomes of it.
    var unacknowledged: UnacknowledgedWrites?

    /// Monotonic microseconds of the next and the latest periodic work, of the latest PING into the stream, and since
    /// when there has been no replica.
    var nextTick: Int64 = 0
    var pingedAt: Int64 = 0
    var aloneSince: Int64 = 0
    /// Replicas that acknowledged within `min-replicas-max-lag`. None until they are counted: at start, writes are
    /// refused until there are enough, as in Redis.
    var goodReplicas = 0

    /// Bytes of effects that waited for the stream before the present batch of a connection.
    var effectsBefore = 0
    /// A session that the primary's stream has ended, until the request behind it says why.
    var endedSession: SessionEvent?
    /// The session that a request of the primary's stream makes.
    var streamSession = SessionContent()

    var statistics = ReplicationStatistics()

    static let noID = String(repeating: "0", count: 40)

    init(id: String) { self.id = id }

    /// Length of the stream that was made or executed.
    var offset: Int64 { backlog.end }

    var isReplica: Bool { primary != nil }

    /// On a replica: whether it has its primary's data and follows.
    var isLinkUp: Bool { primary?.isUp == true }

    /// The offset from which on some replica still has to be sent everything.
    var neededFrom: Int64 {
        var needed = backlog.end
        for replica in replicas where replica.phase != .waiting { needed = min(needed, replica.next) }
        return needed
    }

    func replica(of connection: Int) -> Int? { replicas.firstIndex { $0.connection == connection } }

    /// Where a replica can go on that has executed a history up to before `wanted` (counted from one); nil if it needs
    /// everything.
    func continuation(of id: String, from wanted: Int64) -> Int64? {
        let isOurs = id == self.id || (id == secondID && wanted <= secondOffset)
        guard isOurs, id != Replication.noID, wanted > 0, backlog.reaches(wanted - 1) else { return nil }
        return wanted - 1
    }
}

/// Counters of `INFO`.
struct ReplicationStatistics: BitwiseCopyable {
    var fullSyncs: Int64 = 0
    var partialSyncs: Int64 = 0
    var refusedPartialSyncs: Int64 = 0
    /// Commands of the primary's stream that failed here, and that were passed over because they are not known.
    var failedCommands: Int64 = 0
    var skippedCommands: Int64 = 0
    var bytesReceived: Int64 = 0
    var bytesSent: Int64 = 0
}

/// The end of a stream that nobody else is known to have.
struct UnacknowledgedWrites {
    let bytes: Int64
    /// Requests in it that change data.
    let requests: Int
}

/// A snapshot on its way to replicas.
struct SnapshotTransfer: ~Copyable {
    var writer: SnapshotWriter
    /// What marks its end.
    let mark: String
}

/// A client that waits until replicas have acknowledged what it wrote.
struct AcknowledgementWait {
    let connection: Int
    let clientID: Int64
    let offset: Int64
    let replicas: Int
    /// Monotonic microseconds; `Int64.max` for no end.
    let deadline: Int64
}

/// What a connection is in replication.
enum LinkKind: UInt8 {
    case none
    /// It asked for our stream.
    case replica
    /// We opened it, to our primary.
    case primary
}
