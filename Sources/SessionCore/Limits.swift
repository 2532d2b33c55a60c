/// Every maximum of the node, with its reason. Input from a peer is checked against these once, where it is parsed.
/// `LimitsTests` asserts how they relate.
enum Limits {
    /// Buffers double up to this many bytes at a time, then grow by it or by a quarter: a large value must not reserve
    /// twice its size.
    static let bufferGrowthStep = 1 << 20
    /// Longest inline request (and longest line of any kind), as Redis's `PROTO_INLINE_MAX_SIZE`.
    static let inlineRequest = 64 * 1024
    /// Highest `client-query-buffer-limit`: positions within a request are kept in 32 bits, with room to spare for a
    /// read.
    static let queryBuffer = (4 << 30) - (1 << 20)
    /// Most arguments of one request, as in Redis before version 7 (which allows 2^31 - 1).
    static let arguments = 1024 * 1024
    /// Most arguments of one request, and longest argument, before a client has authenticated, as in Redis.
    static let unauthenticatedArguments = 10
    static let unauthenticatedBulk = 16 * 1024
    /// Longest key: its length is kept in two bytes. Redis allows 512 MB; no session store comes near.
    static let key = 65_535
    /// Longest string value, as in Redis (`proto-max-bulk-len` lowers it).
    static let value = 512 * 1024 * 1024
    /// Most bytes of a hash's packed fields. A larger hash has a table, because an edit moves the bytes behind it:
    /// 8 KiB in 0.16 μs (measured cold), about the two cache misses that a table adds; 32 KiB in 0.9.
    static let packedHash = 8 * 1024
    /// Most members, and most bytes of them, of a set that has no table: beyond it looking at all of them takes longer
    /// than the cache miss that a table adds.
    static let packedMembers = 128
    static let packedSet = 8 * 1024
    /// Most members of a set that is kept as sorted integers, whatever `set-max-intset-entries` allows: adding one
    /// moves those behind it, half a megabyte at most.
    static let integerSet = 64 * 1024
    /// Most bytes of a packed sorted set, likewise; as many as Redis's standard limits of a listpack let it have.
    static let packedSortedSet = 10 * 1024
    /// Longest reply to one request, `EXEC` included, and longest total of the replies to the commands of a script: a
    /// request could name the same value a million times. A connection gets no more memory than this for unread
    /// replies. The item that exceeds it is still stored whole, so a single value of any length can be returned.
    /// Replies that contain stored data once (`HGETALL`, `KEYS`) are bounded by the data instead.
    static let reply = 256 << 20
    /// Most members, in total, of the sets that a `ZUNION` or similar request names again: about two seconds of work,
    /// which a request of a few megabytes could multiply by a million. Naming each set twice is allowed, whatever its
    /// size.
    static let repeatedMembers = 1 << 24
    /// Length of an array from which on it is checked whether the array can fit into a reply at all.
    static let longArray = 1 << 20
    /// Nanoseconds for which requests of one connection are executed before others have their turn, and for which those
    /// of all connections are before it is looked for input again. One request may take longer.
    static let turn: UInt64 = 1_000_000
    static let round: UInt64 = 10_000_000
    /// Bytes of replies after which it is checked again how many are unsent, and how large the next reply may be.
    static let replyCheckpoint = 16 * 1024
    /// Keys looked at for `avg_ttl` in INFO: enough for an estimate, and few enough for a command sent every second.
    static let timeLeftSample = 64
    /// Unsent replies beyond which a connection's further requests wait until the peer reads; far more than any client
    /// pipelines before it reads, so that client and server never wait for each other.
    static let outputBackpressure = 256 << 20
    static let unauthenticatedOutput = 64 * 1024
    /// Longest name of a connection (`CLIENT SETNAME`), and of its library and that one's version: `CLIENT LIST` shows
    /// them for every connection, and logs keep them with their entries. Redis limits them only by the size of a
    /// request.
    static let clientName = 512
    /// Longest line of the log, in bytes.
    static let logLine = 1024
    /// Lines that one kind of event may add to the log in so many microseconds, if peers can cause it as often as they
    /// like; one further line says how many more there were.
    static let peerLogLines = 10
    static let peerLogPeriod: Int64 = 10_000_000
    /// What is read ahead of a connection that has not authenticated while its requests wait: one read more than the
    /// longest request it may send.
    static let unauthenticatedInput = 256 * 1024
    /// Buffers of idle connections are released above this.
    static let idleBuffer = 16 * 1024
    /// Entropy held, and below what more is asked for; a token takes `tokenEntropy`.
    static let entropy = 64 * 1024
    static let entropyLow = 16 * 1024
    static let tokenEntropy = 24

    // Sessions: see SESSION-COMMANDS.
    static let tokenMinimum = 16
    static let token = 512
    static let user = 512
    static let device = 256
    static let bind = 256
    static let reason = 128
    static let fieldName = 512
    /// Fields of a session that a later version has made its metadata.
    static let foreignFields = 64
    static let fields = 1024
    /// Largest session that `sess-max-bytes` may allow, and that a primary may send.
    static let session = 16 << 20

    // Plain keys that stay dead.
    /// Most prefixes of `session-prefixes`, and longest one: each is compared with the keys of every write.
    static let sessionPrefixes = 16
    static let sessionPrefix = 255
    /// Most tombstones of keys that did not exist when they were deleted: about 5 MB. Those of keys that did are
    /// bounded by the keys.
    static let absentKeyTombstones = 65_536
    /// Longest time for which a dead token or key may be remembered, in milliseconds: 400 days, after which browsers
    /// have forgotten a cookie too (RFC 6265bis, section 5.5).
    static let tombstone: Int64 = 400 * 24 * 3600 * 1000
    /// Marks of dead tokens and keys may take one part in so many of the memory. They are not evicted, so this leaves
    /// room for the data.
    static let markShare = 4
    /// The bytes that they may take in any case: about a thousand marks.
    static let markMinimum = 64 * 1024
    /// Replaced tokens that are remembered of one session: a token a minute for an hour. Each takes 96 bytes until the
    /// session ends.
    static let predecessors = 64
    // Users and permissions. What an administrator may define; far more than any site needs, and what keeps one request
    // from making the others wait.
    static let accessUsers = 10_000
    static let accessUserName = 512
    static let accessPasswords = 64
    static let accessSelectors = 64
    /// Most key patterns of one selector, and likewise channel patterns, and first arguments of one command: each is
    /// tried for every request.
    static let accessPatterns = 1024
    /// Largest `aclfile`, in bytes.
    static let accessFile = 16 << 20
    /// How much of a key or channel, in bytes, is kept in the log of denied requests.
    static let accessLogObject = 256
    /// Most entries that `acllog-max-len` may ask for.
    static let accessLog = 100_000
    /// Denials that are alike become one entry if no more milliseconds lie between them, and how many of the latest
    /// entries are looked at for that, as in Redis.
    static let accessLogGrouping: Int64 = 60_000
    static let accessLogSearch = 10
    /// Longest password of `ACL GENPASS`, in bits, as in Redis.
    static let generatedPassword = 4096
    /// How long the reply to a failed login is delayed, in microseconds: this long at first, then twice as long after
    /// each further failure on the same connection, up to `loginDelayMaximum`. Too short to bother a person, long
    /// enough to make guessing hopeless. `LoginBrake` delays no reply for longer either, because clients time out after
    /// some seconds.
    static let loginDelay: Int64 = 100_000
    static let loginDelayMaximum: Int64 = 3_200_000
    /// Clients that have closed their sending side, as `nc` does at the end of its input, and are still owed the
    /// delayed reply to a login: so many at once receive it, more are closed without. A client that is gone looks the
    /// same, and must not keep a place that others need.
    static let awaitedLogins = 16
    /// What a failed login adds to the account of its address, and to that of the user's name, in microseconds: an
    /// address may fail 50 times a second for a long time without delaying other logins from it, as a connection pool
    /// with an old password does; a name 200 times, which only many addresses or connections reach.
    static let loginAddressCost: Int64 = 20_000
    static let loginNameCost: Int64 = 5_000
    /// How much may be on an account, in microseconds, before anything is slowed down: a burst of ten failures.
    static let loginAllowance: Int64 = 200_000
    /// Accounts of addresses, and likewise of names, and how many compete for a place: 16 KB each. An account empties
    /// within 3.4 s, so that it takes 300 new addresses or names a second to fill them.
    static let loginAccounts = 1024
    static let loginAccountsCompared = 8

    // Publish and subscribe.
    /// Longest channel or pattern: channels of keyspace notifications end in a key.
    static let channel = key + 64
    /// Most subscriptions of one connection: far more than gateways hold, far less than it takes to fill the memory.
    static let subscriptions = 1_000_000
    /// Bytes that all topics and subscriptions together may take, in whole pages, and the address space for them.
    static let pubSubMemory = 1 << 30
    static let pubSubReservation = 4 << 30
    /// A connection may have subscriptions, watched keys and tracked prefixes for one part in so many of the memory
    /// that is left: a gateway alone may have nearly a fifth of all.
    static let pubSubShare = 4
    /// What a connection may have of that memory in any case, from one part in `pubSubKept` of it that is kept for
    /// connections with no more: enough for Sentinel and for a session's watches, for 16,000 connections.
    static let pubSubGuaranteed = 4096
    static let pubSubKept = 16
    /// What a subscription takes at most beside its topic's block: its own block, and its places in the tables.
    static let subscriptionOverhead = 96
    // Transactions.
    /// Most requests between `MULTI` and `EXEC`: as many as one request may have words. What they take in bytes is
    /// bounded by `client-query-buffer-limit`.
    static let queuedRequests = arguments
    /// Most of them that make tokens: there must be entropy for all of them at once.
    static let transactionTokens = 512
    /// Most keys that one connection may watch; their bytes count as those of subscriptions do.
    static let watchedKeys = 65_536

    // Scripts.
    /// Longest text that may be a known script.
    static let scriptText = 16 * 1024
    /// Most scripts that `EVALSHA` can name: fewer are known, but their texts vary.
    static let seenScripts = 256
    /// Bytes that the commands of one script may copy, words and answers together: half a second. A script is not
    /// interrupted, and a large value costs its size for each time that a key names it.
    static let scriptCopies = 8 << 30
    /// Longest text that is converted to a number within a script.
    static let luaNumber = 64

    /// Session events for which memory is kept between turns.
    static let retainedEvents = 4096
    /// Changes of keys for which memory is kept between turns: more than one slice of expiry makes.
    static let retainedChanges = 4096

    // Replication.
    /// Bytes of effects that wait for the end of the turn before they enter the replication stream. More are moved at
    /// once, while they are still in the processor's first-level cache.
    static let effectsAhead = 16 * 1024
    /// Words, and bytes of them, from which on an effect is no longer extended but followed by another one: a large
    /// value must not become one request that a replica has to buffer whole.
    static let effectWords = 512
    static let effectBytes = 64 * 1024
    /// Highest offset of a stream that a peer may name: what a node can append to it in its life fits 64 bits.
    static let streamOffset: Int64 = 1 << 62
    /// Offset beyond which a promoted replica does not go on with its primary's count: replicas of its own have to be
    /// able to name what it appends, and no stream gets there by itself (70 years at 1 GB/s).
    static let continuedOffset: Int64 = 1 << 61

    // The append log.
    /// Keys in `encryption-key-file`.
    static let encryptionKeys = 16
    /// Most plaintext in one record of an encrypted log segment, in bytes: a reader holds one record until its tag is
    /// checked. A longer flush becomes several records. Must be below 2^24.
    static let logRecord = 1 << 20
    /// Longest line of an append manifest with its line feed, in bytes, as Redis's `MANIFEST_MAX_LINE`.
    static let manifestLine = 1024

    // Snapshots.
    /// Elements of a collection for which memory is kept between the slices of a snapshot.
    static let retainedElements = 65_536

    // Files.
    /// Writes of a snapshot that may wait for the disk: with them the disk is busy while the next slice is made.
    static let snapshotWrites = 8
    /// Bytes of a snapshot that are written before the disk is waited for.
    static let snapshotUnsynced = 4 << 20
    /// Microseconds after which a snapshot that failed is tried again by the rules of `save`, as in Redis.
    static let saveRetry: Int64 = 5_000_000
    /// Bytes that are read at a time when data is loaded: some milliseconds of work, between which clients are
    /// answered; and how many such reads are ahead.
    static let loadingPart = 512 << 10
    static let loadingReads = 3
    /// Microseconds between two lines of the log that say how far the loading is.
    static let loadingReport: Int64 = 5_000_000
    /// Bytes of the log that are written although more requests may be about to join them, and for how many
    /// microseconds at most they are waited for.
    static let logGathered = 1 << 20
    static let logGathering: Int64 = 1000
    /// Microseconds between attempts to write a log that cannot be written, and to rewrite it after that has failed.
    static let logRetry: Int64 = 1_000_000
    static let rewriteRetry: Int64 = 60_000_000
    /// Segments of the log beyond which it is rewritten: each start begins one.
    static let logSegments = 16
    /// Largest manifest of the log, in bytes.
    static let manifest = 1 << 20
    /// Most rules of `save`.
    static let saveRules = 64
    /// Longest path and longest name of a file, as the system limits them.
    static let path = 3072
    static let fileName = 200

    // What operators look at.
    /// Most error codes that INFO counts each by itself: Redis 7.4's bound, many times what there are.
    static let errorCodes = 128
    /// Most entries of the slow log: each holds a kilobyte or so.
    static let slowLogEntries = 100_000
    /// Arguments kept of a request in the slow log, and bytes of an argument, as in Redis.
    static let slowLogArguments = 32
    static let slowLogArgument = 128
    /// Samples kept of each latency event, as in Redis: one for each second that had any.
    static let latencySamples = 160

    // The admin port. Its clients are few programs that ask for little: what they may use is bounded so that none can
    // cost more than a health check.
    /// Most connections; more are answered with 503, unless one of these is idle and makes room.
    static let adminConnections = 64
    /// Seconds that a request may take to arrive, from its first byte or the beginning of the connection, and that a
    /// client may take to read its answer.
    static let adminRequestTime: Int64 = 5
    /// Seconds that a connection may be idle between requests: longer than what metrics are collected in.
    static let adminIdleTime: Int64 = 75
    /// Seconds during which input from a refused client is read and dropped, so that the reply reaches it; and the most
    /// bytes of that input.
    static let adminLingerTime: Int64 = 1
    static let adminLingerBytes = 256 * 1024
    /// Seconds that the node may take to answer: a server that is blocked for longer is not healthy.
    static let adminPatience: Int64 = 1
    /// Longest path with its query, in bytes.
    static let adminTarget = 1024
    /// Longest header field (and longest line of a request), and all of them together; how many.
    static let adminHeaderField = 8 * 1024
    static let adminHeaders = 16 * 1024
    static let adminHeaderFields = 100
    /// Longest body, which is read and dropped.
    static let adminBody = 8 * 1024
    /// Most bytes of one read, and so of requests that wait for the answer to the first of them.
    static let adminRead = 4 * 1024

    // Client-side caching.
    /// Bytes that the table of tracked keys may take (beyond it, random keys are dropped and invalidated), and the
    /// address space for it: memory freed by random keys is not returned at once.
    static let trackingMemory = 512 << 20
    static let trackingReservation = 8 << 30
    /// Most keys dropped in a turn after the limit was lowered. What a request adds beyond the limit is dropped at
    /// once.
    static let trackedKeysForgotten = 1000
    /// Most prefixes of one connection: each is compared with every key that changes.
    static let trackedPrefixes = 256
    /// Bytes of changed keys that are kept for the end of the turn; beyond it they are sent at once.
    static let broadcast = 1 << 20

    // Replication.
    /// Most replicas of one node: each is sent the whole stream.
    static let replicas = 128
    /// Bytes of its primary's stream that a replica reads ahead while `CLIENT PAUSE` holds the stream back; the rest
    /// stays with the primary.
    static let heldStream = 1 << 20
    /// Longest line that a primary may answer with before its stream begins.
    static let replicationLine = 1024
    /// Longest name of a host, of which the DNS allows 253 bytes.
    static let hostName = 255
    /// Bytes of a snapshot that are written at a time: half a millisecond of work or so.
    static let snapshotSlice = 128 * 1024
    /// Bytes of a snapshot that may wait to be sent to a replica before the next slice is written.
    static let snapshotAhead = 1 << 20
    /// Microseconds for which a replica may take nothing of its snapshot, and the bytes per second that it must take:
    /// on slow links, a kernel's buffer empties in steps of about a megabyte. Other replicas receive the same snapshot,
    /// and wait.
    static let snapshotPatience: Int64 = 20_000_000
    static let snapshotRate: Int64 = 64 * 1024
    /// The same while the primary's stream, including revocations, is not executed; and how long that may last for one
    /// snapshot, unless half of `repl-timeout` is less: enough for some gigabytes over an ordinary network.
    static let chainedSnapshotPatience: Int64 = 5_000_000
    static let streamStandstill: Int64 = 30_000_000
    /// The delay between attempts to reach the primary starts again at its shortest if the link was up for this many
    /// microseconds: as long as the longest delay.
    static let linkProbation: Int64 = 10_000_000
    /// Most bytes of a peer's text that the log quotes.
    static let quotedText = 128

    // Configuration.
    /// Most percentiles of `latency-tracking-info-percentiles`: INFO computes each for every command.
    static let percentiles = 64
    /// Most bytes of an unknown directive that the error quotes: longer than any directive.
    static let shownDirective = 64
    /// Most addresses of `bind`, as in Redis.
    static let bindAddresses = 16
    /// How deep configuration files may include one another: a file that includes itself must end in an error.
    static let configurationIncludes = 16
    /// Most sessions in one reply of `SESSLIST`, and how many without `COUNT`.
    static let listPage = 1000
    static let listDefault = 100
    /// Longest duration, in milliseconds: 100 years. Added to any date of the next millennia it fits 48 bits.
    static let duration: Int64 = 36_525 * 24 * 3600 * 1000
}
