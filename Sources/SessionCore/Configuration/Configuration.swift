/// Everything that can be configured, in redis.conf's terms. Defaults are safe: loopback, protected mode, no eviction.
///
/// `Directive.all` maps every directive to the property it sets; a property without a directive there is the runtime's.
public struct Configuration: Sendable, Equatable {
    public init() {}

    /// Absolute path of the configuration file the server was started with, for `CONFIG REWRITE`; empty for none. Not a
    /// directive.
    public var file = ""

    // Network.
    public var port = 6379
    public var bind = ["127.0.0.1", "-::1"]
    public var unixSocket = ""
    /// Octal permissions of the Unix socket; 0 leaves the umask's.
    public var unixSocketPermissions = 0
    public var protectedMode = true
    public var tcpBacklog = 511
    /// Seconds a client may idle before it is disconnected; 0 for ever.
    public var timeout = 0
    /// Seconds between TCP keep-alive probes; 0 for none.
    public var tcpKeepAlive = 300
    public var maxClients = 10_000
    /// The most clients the process has file descriptors for, as the runtime found it: `CONFIG SET maxclients` refuses
    /// more. Not a directive.
    public var maxClientsCeiling = Int.max
    public var requirePass = ""
    /// Users that `user` directives define.
    public internal(set) var users: [UserDefinition] = []
    /// The file that defines users instead, read at start and by `ACL LOAD`; empty for none.
    public var aclFile = ""
    /// `acl-pubsub-default`: new users may use all channels, or none.
    public var aclPubSubDefault = false
    /// `acllog-max-len`: entries that `ACL LOG` keeps.
    public var aclLogMaxLength = 128
    /// Whether `PING` is answered before a client has authenticated.
    public var healthPingWithoutAuth = false
    /// Who may use `DEBUG`.
    public var debugCommand = DebugAccess.nobody

    // Health and stopping.
    /// The port for HTTP; 0 for none.
    public var adminPort = 0
    public var adminBind = ["127.0.0.1"]
    /// Seconds that a replica which counts as ready may be behind; 0 for any number.
    public var healthMaxLag = 30
    /// Milliseconds between `SHUTDOWN` (or SIGTERM) and the end, in which health checks fail; 0 for none.
    public var shutdownDrain: Int64 = 0
    /// Seconds for which a primary that stops waits for replicas that do not have everything; 0 for none.
    public var shutdownTimeout = 10

    // Log.
    public var logLevel = LogSeverity.notice
    /// Empty for standard output.
    public var logFile = ""
    /// Where the process id is written while the server runs; empty for nowhere.
    public var pidFile = ""

    // Observation.
    /// Microseconds from which on a command is kept in the slow log; negative for never.
    public var slowLogThreshold = 10_000
    /// Most entries of the slow log.
    public var slowLogLength = 128
    /// Milliseconds from which on a latency event is kept; 0 for never.
    public var latencyThreshold = 0
    /// Whether a histogram of its durations is kept for each command.
    public var latencyTracking = true
    /// Of these histograms, what `INFO latencystats` shows.
    public var latencyPercentiles: [Double] = [50, 99, 99.9]

    // Memory.
    /// Bytes; 0 for no limit.
    public var maxMemory = 0
    public var maxMemoryClients = ClientMemoryLimit.bytes(1 << 30)
    public var maxMemoryPolicy = EvictionPolicy.noEviction
    /// Keys compared for one eviction under `allkeys-lru`.
    public var maxMemorySamples = 5
    public var protoMaxBulkLength = 512 * 1024 * 1024
    public var clientQueryBufferLimit = 1 << 30
    public var normalOutputLimit = OutputLimit(hard: 0, soft: 0, softSeconds: 0)
    public var replicaOutputLimit = OutputLimit(hard: 256 << 20, soft: 64 << 20, softSeconds: 60)
    public var pubsubOutputLimit = OutputLimit(hard: 32 << 20, soft: 8 << 20, softSeconds: 60)

    public var databases = 16
    /// `replica-unsupported-types`: a primary's values of types that are not held are left out, not refused.
    public var skipsUnsupportedTypes = false
    /// Most keys that `CLIENT TRACKING` remembers; 0 for no limit but that of memory.
    public var trackingTableMaxKeys = 1_000_000
    /// Which changes of keys are published.
    public var keyspaceEvents: KeyspaceEvents = []
    /// Fields, and bytes of the longest field or value, up to which `OBJECT ENCODING` names a hash `listpack`.
    public var hashMaxListpackEntries = 512
    public var hashMaxListpackValue = 64
    /// Members up to which a set of integers is kept in order, and `OBJECT ENCODING` names it `intset`.
    public var setMaxIntsetEntries = 512
    /// Members, and bytes of the longest one, up to which `OBJECT ENCODING` names a sorted set `listpack`.
    public var zsetMaxListpackEntries = 128
    public var zsetMaxListpackValue = 64

    // Sessions; durations in milliseconds.
    public var sessionIdle: Int64 = 30 * 60 * 1000
    /// 0 for none.
    public var sessionMax: Int64 = 12 * 3600 * 1000
    public var sessionGrace: Int64 = 10 * 1000
    public var sessionTombstone: Int64 = 24 * 3600 * 1000
    /// How long a revocation is remembered at most, whatever absolute timeout the session has.
    public var sessionTombstoneMax: Int64 = 30 * 24 * 3600 * 1000
    /// How long before a session's deadline `expiring` is published; 0 for never.
    public var sessionWarn: Int64 = 0
    public var sessionMaxBytes = 64 * 1024
    public var sessionReuseRevokes = true
    /// `repl-touch-interval`: deadlines of sessions are told replicas rounded up to a multiple of this; 0 for exact.
    public var touchInterval = 1000

    // Replication.
    /// The primary to follow; nil on a primary.
    public internal(set) var replicaOf: PrimaryAddress?
    /// What we authenticate with at the primary; without a user the default one.
    public var primaryUser = ""
    public var primaryPassword = ""
    public var replicaReadOnly = true
    public var replicaServesStaleData = true
    /// For Sentinel: the lower the sooner it is promoted, 0 for never; and whether it is named at all.
    public var replicaPriority = 100
    public var isReplicaAnnounced = true
    /// How others reach us, where that is not the address and port we have.
    public var replicaAnnounceAddress = ""
    public var replicaAnnouncePort = 0
    /// Writes are refused unless so many replicas (0 for none) were heard of within so many seconds.
    public var minReplicasToWrite = 0
    public var minReplicasMaxLag = 10
    /// Bytes of the stream that are kept for replicas that were away, and seconds it is kept without any.
    public var replicationBacklogSize = 1 << 20
    public var replicationBacklogTTL = 3600
    /// Seconds of silence after which the other side counts as gone, and between two PINGs in the stream.
    public var replicationTimeout = 60
    public var replicationPingPeriod = 10

    // Persistence.
    /// The directory of all files, absolute once the runtime has seen it; empty if none was given.
    public var directory = ""
    /// `dbfilename`
    public var snapshotName = "dump.rdb"
    /// `save`; nil if it was not given.
    public internal(set) var saveRules: [SaveRule]?
    public var compressesSnapshots = false
    public var hasSnapshotChecksum = true
    public var stopsWritesOnSaveError = true
    /// `appendonly`; nil if it was not given.
    public internal(set) var appendOnly: Bool?
    public var appendFileName = "appendonly.aof"
    public var appendDirectoryName = "appendonlydir"
    public var appendSync = AppendSync.everySecond
    public var encryptAtRest = EncryptAtRest.no
    /// A file with keys, and a command that prints them.
    public var encryptionKeyFile = ""
    public var encryptionKeyCommand = ""
    /// By how many percent the log may grow, and to how many bytes in any case, before it is rewritten; 0 percent for
    /// never.
    public var rewritePercentage = 100
    public var rewriteMinSize = 64 << 20
    public var loadsTruncatedLog = true
    public var skipsSyncOnRewrite = false

    // Sessions that frameworks keep in plain keys; durations in milliseconds.
    /// Prefixes of keys that stay dead for a while once deleted.
    public var sessionPrefixes: [String] = []
    public var keyTombstone: Int64 = 60 * 1000
    /// The deadline of keys under a prefix that are written without one; 0 for none.
    public var sessionDefaultTTL: Int64 = 0
}

/// Where a primary is: a name or a numeric address, and a port.
public struct PrimaryAddress: Sendable, Equatable {
    public let host: String
    public let port: Int
}

/// `enable-debug-command`: who may use `DEBUG`, which can hold the server up.
public enum DebugAccess: String, Sendable, CaseIterable {
    case nobody = "no"
    case everybody = "yes"
    /// Connections from this machine.
    case local
}

/// `maxmemory-policy`: what gives way when `maxmemory` is reached.
public enum EvictionPolicy: String, Sendable, CaseIterable {
    case noEviction = "noeviction"
    case volatileTTL = "volatile-ttl"
    case allKeysLRU = "allkeys-lru"
}

/// `client-output-buffer-limit`: a connection whose unsent replies pass `hard` bytes, or `soft` bytes for longer than
/// `softSeconds`, is closed. 0 for no limit.
public struct OutputLimit: Sendable, Equatable {
    public var hard: Int
    public var soft: Int
    public var softSeconds: Int

    /// As `softSeconds`, in microseconds.
    var softMicroseconds: Int64 { microseconds(seconds: softSeconds) }

    public init(hard: Int, soft: Int, softSeconds: Int) {
        self.hard = hard
        self.soft = soft
        self.softSeconds = softSeconds
    }
}
