/// What a data command may touch: the data, the selected database, its reply, its effects for replicas, and what new
/// sessions and random choices are made of. Nothing of other clients or of the node around it: the commands on strings,
/// hashes, sets, sorted sets, keys and sessions are extensions of this type, and so is what turns their changes into
/// effects (`Replication/Effects`).
///
/// `Node` gives it the connection's database and reply before a request, and takes the reply back afterwards.
struct Execution: ~Copyable {
    private let inPlace = InPlace()
    var store: Store
    /// The database of the connection whose requests are being executed.
    var database = 0
    /// The replies of that connection, moved here from its `Client` meanwhile: one place to write to, without an index
    /// each time.
    var reply = ReplyWriter()
    /// `Limits.reply`; less in tests.
    var replyLimit = Limits.reply
    /// The directives that data commands heed. Set with `Node.configuration`, from which it follows.
    var settings: DataSettings
    /// What this node's part in replication permits. Kept up to date by `Node.updatePermissions`.
    var permissions: RolePermissions
    /// A snapshot is being written to a file: what a key holds is to be written before it changes.
    var isPreserving = false
    /// The effects of commands, until the replication stream takes them over.
    var propagation = Propagation()
    /// When this node became a primary that had been a replica, in Unix milliseconds. What others know of the deadlines
    /// of sessions that have not been touched since is not known here.
    var promotedAt = Int64.min
    /// From the system's CSPRNG, for tokens and generated passwords.
    var entropy = ByteBuffer()
    /// For choices that need no secrecy (`RANDOMKEY`, eviction samples).
    var random: SplitMix64
    /// Packed fields under construction.
    var fieldBuffer = ByteBuffer()
    /// `session-prefixes`: the plain keys that stay dead once deleted.
    var sessionPrefixes: KeyPrefixes
    /// Keys of the command being executed that are under such a prefix and need attention when it is done, and where
    /// in the log of changes its own begin.
    var stickyKeys = Vector<StickyKey>()
    var stickyLogStart = 0

    init(_ configuration: borrowing Configuration, seeds: NodeSeeds, now: Timestamp) {
        store = Store(databases: configuration.databases, seed: seeds.hashKey, now: now.unixMilliseconds)
        store.wheel.warning = configuration.sessionWarn
        settings = DataSettings(configuration)
        permissions = RolePermissions(
            RoleSituation(role: .primary(goodReplicas: 0), failover: .none, stopping: .no, clientPause: .none),
            configuration)
        random = SplitMix64(state: seeds.choices)
        sessionPrefixes = KeyPrefixes(configuration.sessionPrefixes)
    }

    /// The keyed hash of the key at a word. That of word 1 was computed when the request was parsed.
    @inline(__always)
    func keyHash(_ request: borrowing Request, _ index: Int) -> UInt64 {
        index == 1 ? request.hash : store.hash(request[index])
    }

    /// Refuses a write that replication forbids now, in Redis's words.
    @inline(never)
    func checkMayWrite() throws(ReplyError) {
        if permissions.restrictions.contains(.tooFewReplicas) { throw .tooFewReplicas }
        if permissions.restrictions.contains(.readOnly) { throw .readOnlyReplica }
    }
}
