/// The table of directives.
extension Directive {
    /// All directives, grouped as in `Configuration`. Defaults are `Configuration`'s.
    public static let all: [Directive] = network + health + logging + observation + memory + notifications + sessions
        + replication + persistence

    /// The directive of this name or alias, letters of either case. O(directives).
    public static func named(_ name: String) -> Directive? {
        let wanted = name.lowercased()
        return all.first { $0.name == wanted || $0.aliases.contains(wanted) }
    }

    private static let anyCount = 0...Int(Int32.max)

    private static let network = [
        Directive("port", .integer(\.port, 0...65535), mutable: false, "TCP port; 0 for none"),
        Directive(
            "bind", bind, mutable: false,
            "addresses to listen on; * for all, a leading - where the address may be missing"),
        Directive("unixsocket", .text(\.unixSocket, limit: 107), mutable: false, "path of a Unix socket"),
        Directive(
            "unixsocketperm", .octal(\.unixSocketPermissions, 0...0o777), mutable: false,
            "octal permissions of the Unix socket; 0 leaves the umask's"),
        Directive(
            "protected-mode", .boolean(\.protectedMode), mutable: true,
            "without a password, refuse clients from other machines"),
        Directive(
            "requirepass", .secret(\.requirePass, limit: 512), mutable: true, "password for AUTH; empty for none"),
        Directive(
            "aclfile", .text(\.aclFile, limit: 4096), mutable: false,
            "file that defines users, for ACL LOAD and ACL SAVE; empty for none"),
        Directive(
            "acl-pubsub-default", aclPubSubDefault, mutable: true,
            "channels of new users: allchannels or resetchannels"),
        Directive(
            "acllog-max-len", .integer(\.aclLogMaxLength, 0...Limits.accessLog), mutable: true,
            "denied requests that ACL LOG keeps"),
        Directive(
            "enable-debug-command", debugCommand, mutable: false,
            "who may use DEBUG: no for nobody, yes for everybody, local for clients on this machine"),
        Directive("maxclients", maxClients, mutable: true, "most connections at a time"),
        Directive("timeout", .integer(\.timeout, anyCount), mutable: true, "seconds a client may idle; 0 for ever"),
        Directive(
            "tcp-keepalive", .integer(\.tcpKeepAlive, anyCount), mutable: true,
            "seconds between TCP keep-alive probes; 0 for none"),
        Directive(
            "tcp-backlog", .integer(\.tcpBacklog, anyCount), mutable: false,
            "connections the kernel queues for accept"),
        Directive("databases", .integer(\.databases, 1...1024), mutable: false, "databases that SELECT chooses from"),
        Directive("daemonize", daemonize, mutable: false, "only no: let systemd or a container run it"),
        Directive("pidfile", .text(\.pidFile, limit: 4096), mutable: false, "file that holds the process id"),
    ]

    private static let health = [
        Directive(
            "admin-port", .integer(\.adminPort, 0...65535), mutable: false,
            "TCP port for health checks and metrics over HTTP; 0 for none"),
        Directive("admin-bind", adminBind, mutable: false, "addresses that admin-port listens on, as for bind"),
        Directive(
            "health-ping-without-auth", .boolean(\.healthPingWithoutAuth), mutable: true,
            "answer PING before a client has authenticated"),
        Directive(
            "health-max-lag", .integer(\.healthMaxLag, anyCount), mutable: true,
            "seconds that a replica may be behind and still be ready; 0 for any number"),
        Directive(
            "shutdown-drain", .duration(\.shutdownDrain, 0...longest), mutable: true,
            "how long SHUTDOWN goes on serving while health checks fail; 0 for not at all"),
        Directive(
            "shutdown-timeout", .integer(\.shutdownTimeout, 0...Int(Int32.max)), mutable: true,
            "seconds that SHUTDOWN waits for replicas that do not have everything; 0 for none"),
    ]

    private static let logging = [
        Directive("loglevel", logLevel, mutable: true, "debug, verbose, notice or warning"),
        Directive(
            "logfile", .text(\.logFile, limit: 4096), mutable: false, "file to log to; empty for standard output"),
    ]

    private static let observation = [
        Directive(
            "slowlog-log-slower-than", .integer(\.slowLogThreshold, -1...Int.max), mutable: true,
            "microseconds from which on a command is kept in the slow log; -1 for never"),
        Directive(
            "slowlog-max-len", .integer(\.slowLogLength, 0...Limits.slowLogEntries), mutable: true,
            "most entries of the slow log"),
        Directive(
            "latency-monitor-threshold", .integer(\.latencyThreshold, 0...Int.max), mutable: true,
            "milliseconds from which on a latency event is kept; 0 for never"),
        Directive(
            "latency-tracking", .boolean(\.latencyTracking), mutable: true,
            "keep a histogram of the durations of each command"),
        Directive(
            "latency-tracking-info-percentiles", latencyPercentiles, mutable: true,
            "percentiles of these histograms that INFO latencystats shows"),
    ]

    private static let memory = [
        Directive(
            "maxmemory", .memory(\.maxMemory, 0...Int.max), mutable: true, "most memory for data; 0 for no limit"),
        Directive(
            "maxmemory-clients", maxMemoryClients, mutable: true,
            "most memory for the buffers of all clients, or a percentage of maxmemory; 0 for no limit"),
        Directive(
            "maxmemory-policy", maxMemoryPolicy, mutable: true,
            "what to do at maxmemory: \(EvictionPolicy.allCases.map(\.rawValue).joined(separator: ", "))"),
        Directive(
            "maxmemory-samples", .integer(\.maxMemorySamples, 1...64), mutable: true,
            "keys compared for one eviction under allkeys-lru"),
        Directive(
            "proto-max-bulk-len", .memory(\.protoMaxBulkLength, 1 << 20...Limits.value), mutable: true,
            "longest argument of a request"),
        Directive(
            "client-query-buffer-limit", .memory(\.clientQueryBufferLimit, 1 << 20...Limits.queryBuffer), mutable: true,
            "most memory for one client's unfinished request"),
        Directive(
            "client-output-buffer-limit", outputLimits, mutable: true,
            "class hard soft seconds, for the classes normal, replica and pubsub"),
        Directive(
            "hash-max-listpack-entries", .integer(\.hashMaxListpackEntries, 0...Int.max), mutable: true,
            aliases: ["hash-max-ziplist-entries"], "fields up to which a hash is named listpack"),
        Directive(
            "hash-max-listpack-value", .memory(\.hashMaxListpackValue, 0...Int.max), mutable: true,
            aliases: ["hash-max-ziplist-value"], "bytes of a field up to which a hash is named listpack"),
        Directive(
            "set-max-intset-entries", .integer(\.setMaxIntsetEntries, 0...Int.max), mutable: true,
            "members up to which a set of integers is kept as such"),
        Directive(
            "zset-max-listpack-entries", .integer(\.zsetMaxListpackEntries, 0...Int.max), mutable: true,
            aliases: ["zset-max-ziplist-entries"], "members up to which a sorted set is named listpack"),
        Directive(
            "zset-max-listpack-value", .memory(\.zsetMaxListpackValue, 0...Int.max), mutable: true,
            aliases: ["zset-max-ziplist-value"], "bytes of a member up to which a sorted set is named listpack"),
    ]

    private static let notifications = [
        Directive(
            "notify-keyspace-events", keyspaceEvents, mutable: true,
            "changes of keys to publish: K and/or E, and classes from g$lshzxetd (A for all of them), m and n"),
        Directive(
            "tracking-table-max-keys", .integer(\.trackingTableMaxKeys, 0...Int.max), mutable: true,
            "most keys that CLIENT TRACKING remembers; 0 for no limit but that of memory"),
    ]

    /// A century: further deadlines are as good as none, and sums with the clock stay far from overflow.
    private static let longest = Limits.duration

    private static let sessions = [
        Directive(
            "sess-idle", .duration(\.sessionIdle, 1...longest), mutable: true, "default idle timeout of a session"),
        Directive(
            "sess-max", .duration(\.sessionMax, 0...longest), mutable: true,
            "default absolute timeout of a session; 0 for none"),
        Directive(
            "sess-grace", .duration(\.sessionGrace, 0...longest), mutable: true,
            "how long a rotated token still reads; 0 not at all"),
        Directive(
            "sess-tombstone", .duration(\.sessionTombstone, 1...longest), mutable: true,
            "how long a revocation is remembered where the session has no absolute timeout"),
        Directive(
            "sess-tombstone-max", .duration(\.sessionTombstoneMax, 1...Limits.tombstone), mutable: true,
            "how long a revocation is remembered at most"),
        Directive(
            "sess-warn", .duration(\.sessionWarn, 0...longest), mutable: true,
            "how long before a deadline the event expiring is published; 0 for never"),
        Directive(
            "sess-max-bytes", .memory(\.sessionMaxBytes, 1 << 10...Limits.session), mutable: true, "largest session"),
        Directive(
            "sess-reuse-revokes", .boolean(\.sessionReuseRevokes), mutable: true,
            "revoke a session whose replaced token is used after its grace"),
        Directive(
            "repl-touch-interval", .integer(\.touchInterval, 0...60_000), mutable: false,
            "milliseconds to which deadlines of sessions are rounded up for replicas; the same on all nodes"),
        Directive(
            "session-prefixes", sessionPrefixes, mutable: true,
            "prefixes of plain keys that hold sessions: a late write does not bring a deleted one back"),
        Directive(
            "session-tombstone", .duration(\.keyTombstone, 1...Limits.tombstone), mutable: true,
            "how long a deleted key under session-prefixes stays dead"),
        Directive(
            "session-default-ttl", .duration(\.sessionDefaultTTL, 0...longest), mutable: true,
            "deadline of keys under session-prefixes that are written without one; 0 for none"),
    ]

    private static let replication = [
        Directive(
            "replicaof", replicaOf, mutable: false, aliases: ["slaveof"],
            "host and port of the primary to follow; no one for none"),
        Directive(
            "masterauth", .secret(\.primaryPassword, limit: 512), mutable: true,
            "password at the primary; empty for none"),
        Directive(
            "masteruser", .text(\.primaryUser, limit: 512), mutable: true,
            "user at the primary; empty for the default one"),
        Directive(
            "replica-read-only", .boolean(\.replicaReadOnly), mutable: true, aliases: ["slave-read-only"],
            "refuse writes of clients on a replica"),
        Directive(
            "replica-serve-stale-data", .boolean(\.replicaServesStaleData), mutable: true,
            aliases: ["slave-serve-stale-data"], "on a replica, answer also while the link to the primary is down"),
        Directive(
            "replica-priority", .integer(\.replicaPriority, 0...Int(Int32.max)), mutable: true,
            aliases: ["slave-priority"], "which replica Sentinel promotes first: the lowest; 0 for never"),
        Directive(
            "replica-announced", .boolean(\.isReplicaAnnounced), mutable: true, "let Sentinel name this replica"),
        Directive(
            "replica-announce-ip", announcedAddress, mutable: true,
            aliases: ["slave-announce-ip"], "address at which others reach this replica; empty for the one it has"),
        Directive(
            "replica-announce-port", .integer(\.replicaAnnouncePort, 0...65535), mutable: true,
            aliases: ["slave-announce-port"], "port at which others reach this replica; 0 for the one it has"),
        Directive(
            "min-replicas-to-write", .integer(\.minReplicasToWrite, anyCount), mutable: true,
            aliases: ["min-slaves-to-write"], "replicas without which writes are refused; 0 for none"),
        Directive(
            "min-replicas-max-lag", .integer(\.minReplicasMaxLag, anyCount), mutable: true,
            aliases: ["min-slaves-max-lag"], "seconds since a replica was heard of within which it counts for that"),
        Directive(
            "repl-backlog-size", .memory(\.replicationBacklogSize, 16 * 1024...1 << 40), mutable: true,
            "bytes of the stream kept for replicas that were away"),
        Directive(
            "repl-backlog-ttl", .integer(\.replicationBacklogTTL, anyCount), mutable: true,
            "seconds it is kept without a replica; 0 for ever"),
        Directive(
            "repl-timeout", .integer(\.replicationTimeout, 1...Int(Int32.max)), mutable: true,
            "seconds of silence after which the other side counts as gone"),
        Directive(
            "repl-ping-replica-period", .integer(\.replicationPingPeriod, 1...Int(Int32.max)), mutable: true,
            aliases: ["repl-ping-slave-period"], "seconds between two PINGs to replicas"),
        Directive(
            "replica-unsupported-types", unsupportedTypes, mutable: true,
            "a primary's lists, streams and so on: refuse the whole snapshot, or skip them"),
    ]

    private static let persistence = [
        Directive(
            "dir", .text(\.directory, limit: Limits.path), mutable: false, isProtected: true,
            "directory of all files; giving it keeps the data across restarts"),
        Directive(
            "dbfilename", snapshotName, mutable: false, isProtected: true, "name of the snapshot in it"),
        Directive(
            "save", save, mutable: true,
            "seconds and changes after which a snapshot is written, any number of pairs; \"\" for never"),
        Directive(
            "rdbcompression", .boolean(\.compressesSnapshots), mutable: true,
            "compress strings in snapshots: smaller files for more CPU"),
        Directive(
            "rdbchecksum", .boolean(\.hasSnapshotChecksum), mutable: false, "end snapshots with a checksum"),
        Directive(
            "stop-writes-on-bgsave-error", .boolean(\.stopsWritesOnSaveError), mutable: true,
            "refuse writes while the snapshots that save asks for cannot be written"),
        Directive(
            "appendonly", appendOnly, mutable: true,
            "keep an append log; yes by default if dir is given and save is not"),
        Directive("appendfilename", appendFileName, mutable: false, "what the names of the log's files begin with"),
        Directive("appenddirname", appendDirectoryName, mutable: false, "directory within dir of the log's files"),
        Directive(
            "appendfsync", appendSync, mutable: true,
            "when the log is synchronised: always, before a reply; everysec; no, when the system likes"),
        Directive(
            "no-appendfsync-on-rewrite", .boolean(\.skipsSyncOnRewrite), mutable: true,
            "with everysec, do not synchronise the log while a snapshot or base is written"),
        Directive(
            "auto-aof-rewrite-percentage", .integer(\.rewritePercentage, anyCount), mutable: true,
            "by how many percent the log grows before it is rewritten; 0 for never"),
        Directive(
            "auto-aof-rewrite-min-size", .memory(\.rewriteMinSize, 0...Int.max), mutable: true,
            "size below which the log is not rewritten"),
        Directive(
            "aof-load-truncated", .boolean(\.loadsTruncatedLog), mutable: true,
            "load a log whose last request is cut off"),
        Directive(
            "encrypt-at-rest", encryptAtRest, mutable: false,
            "encrypt files; yes refuses plain ones, convert takes them over"),
        Directive(
            "encryption-key-file", .text(\.encryptionKeyFile, limit: Limits.path), mutable: false, isProtected: true,
            "file with a key a line: the first encrypts, all decrypt; nobody else may read it"),
        Directive(
            "encryption-key-command", .secret(\.encryptionKeyCommand, limit: Limits.path), mutable: false,
            isProtected: true, "command that prints such lines, for instance of a key management service"),
        Directive("aof-use-rdb-preamble", usesPreamble, mutable: false, "only yes: a base of the log is a snapshot"),
    ]
}
