/// What the node knows about one command: the row of the command table from which dispatch, arity errors, `COMMAND`,
/// ACL categories and documentation are all derived. What dispatch needs of it is in `CommandFacts`.
struct CommandDescriptor: Sendable {
    /// What `Node.execute` switches on.
    let id: CommandID
    /// Lower case, without the container's name: `get`, or `list` for `CLIENT LIST`. At most 16 bytes.
    let name: StaticString
    /// Words of a request, command name (and container) included; negative for "at least so many".
    let arity: Int8
    /// What it does to the data. Without a default, so that no row can forget it.
    let effect: CommandEffect
    /// Those that `effect` and `transaction` imply included.
    let flags: CommandFlags
    let keys: KeySpecification
    let transaction: TransactionRole
    let channels: ChannelUse
    let shown: ShownArguments
    let group: CommandGroup
    /// First version of Redis that had it; for our own commands `1.0.0`.
    let since: StaticString
    /// ACL categories beyond those that flags and group imply.
    let extraCategories: ACLCategories
    /// What `COMMAND INFO` tells proxies and clusters, separated by spaces.
    let tips: StaticString
    /// Since when, and by what in the words of `COMMAND DOCS`, it is replaced.
    let deprecated: (since: StaticString, replacement: StaticString)?
    /// What an execution costs at most, apart from the bytes of the request and of the reply, which every command has
    /// to handle once. Without a default, so that no row can forget it; `ComplexityTests` counts steps.
    let complexity: StaticString
    /// One line for `COMMAND DOCS`, our own words.
    let summary: StaticString
    /// The arguments in the notation of `CommandSyntax`, e.g. `key value [condition: NX | XX] [GET]`.
    let syntax: StaticString
    let subcommands: [CommandDescriptor]

    init(
        _ id: CommandID, _ name: StaticString, arity: Int8, effect: CommandEffect, flags: CommandFlags = [],
        keys: KeySpecification = .none, inTransaction transaction: TransactionRole = .queued,
        channels: ChannelUse = .none, shows shown: ShownArguments = .options, group: CommandGroup,
        since: StaticString, categories: ACLCategories = [], tips: StaticString = "",
        deprecated: (StaticString, StaticString)? = nil, complexity: StaticString, summary: StaticString,
        syntax: StaticString = "", subcommands: [CommandDescriptor] = []
    ) {
        self.id = id
        self.name = name
        self.arity = arity
        precondition(flags.isDisjoint(with: .implied), "say it by the command's effect")
        self.effect = effect
        self.flags = flags.union(effect.flags).union(transaction == .refused ? .noMulti : [])
            .union(keys.namesKeys ? .namesKeys : [])
        self.keys = keys
        self.transaction = transaction
        self.channels = channels
        self.shown = shown
        self.group = group
        self.since = since
        self.extraCategories = categories
        self.tips = tips
        self.deprecated = deprecated
        self.complexity = complexity
        self.summary = summary
        self.syntax = syntax
        self.subcommands = subcommands
    }

    /// Its second word names what is executed.
    var isContainer: Bool { !subcommands.isEmpty }

    /// The ACL categories it is in.
    var categories: ACLCategories {
        // A container that only holds others is in no category of its own, as in Redis.
        let implied = isContainer && arity != -1 ? [] : group.categories
        // Scripts that only read are not `@read`, as in Redis.
        let flagged = group == .scripting ? flags.categories.subtracting(.read) : flags.categories
        return implied.union(flagged).union(extraCategories)
    }
}

/// Flags of a command, named by `COMMAND INFO` as in Redis, in the order in which it lists them.
struct CommandFlags: OptionSet, BitwiseCopyable {
    let rawValue: UInt32

    static let write = CommandFlags(rawValue: 1 << 0)
    static let readonly = CommandFlags(rawValue: 1 << 1)
    /// May need memory: refused with `-OOM` when `maxmemory` is reached.
    static let denyOOM = CommandFlags(rawValue: 1 << 2)
    static let admin = CommandFlags(rawValue: 1 << 3)
    static let pubsub = CommandFlags(rawValue: 1 << 4)
    static let noscript = CommandFlags(rawValue: 1 << 5)
    /// Allowed while a snapshot is being loaded.
    static let loading = CommandFlags(rawValue: 1 << 6)
    /// Allowed on a replica that has lost its primary.
    static let stale = CommandFlags(rawValue: 1 << 7)
    static let skipMonitor = CommandFlags(rawValue: 1 << 8)
    static let skipSlowlog = CommandFlags(rawValue: 1 << 9)
    static let fast = CommandFlags(rawValue: 1 << 10)
    /// Allowed before authentication.
    static let noAuth = CommandFlags(rawValue: 1 << 11)
    /// May change data although it is no write command: replicas accept it.
    static let mayReplicate = CommandFlags(rawValue: 1 << 12)
    /// Has a key specification, but may come without keys.
    static let noMandatoryKeys = CommandFlags(rawValue: 1 << 13)
    /// Not while a replica loads a snapshot beside the data that it serves.
    static let noAsyncLoading = CommandFlags(rawValue: 1 << 14)
    static let noMulti = CommandFlags(rawValue: 1 << 15)
    static let allowBusy = CommandFlags(rawValue: 1 << 16)
    /// The key specification is not exact: `COMMAND GETKEYS` is.
    static let movableKeys = CommandFlags(rawValue: 1 << 17)

    /// Not shown: its keys are names of keys, not tokens or users.
    static let namesKeys = CommandFlags(rawValue: 1 << 24)
    /// Not shown: held back by `CLIENT PAUSE … WRITE`, as it changes data, or replicas are told of it.
    static let waitsForWritePause = CommandFlags(rawValue: 1 << 25)
    /// Not shown: allowed to a connection that has subscribed and speaks RESP2.
    static let whileSubscribed = CommandFlags(rawValue: 1 << 26)
    /// Not shown: what `CLIENT CACHING` said holds for the command behind it.
    static let keepsCaching = CommandFlags(rawValue: 1 << 27)
    /// Not shown: may have to wait for entropy (`Node.mustWait`).
    static let takesEntropy = CommandFlags(rawValue: 1 << 28)
    /// Shown in `COMMAND DOCS` only: not for clients.
    static let systemCommand = CommandFlags(rawValue: 1 << 29)
    /// Not shown: the first argument is a session token, hashed with SHA-256 before lookup.
    static let token = CommandFlags(rawValue: 1 << 30)
    /// Not shown: the second word names what is executed.
    static let container = CommandFlags(rawValue: 1 << 31)

    /// Those that no row says: they follow from what it says otherwise.
    static let implied: CommandFlags = [.write, .readonly, .noMulti, .namesKeys, .waitsForWritePause, .container]

    /// With one of these a command is held back by `CLIENT PAUSE … WRITE`.
    static let heldByWritePause: CommandFlags = [.waitsForWritePause, .mayReplicate]

    /// Names of the shown flags by bit number.
    static let names: [StaticString] = [
        "write", "readonly", "denyoom", "admin", "pubsub", "noscript", "loading", "stale", "skip_monitor",
        "skip_slowlog", "fast", "no_auth", "may_replicate", "no_mandatory_keys", "no_async_loading",
        "no_multi", "allow_busy",
        "movablekeys",
    ]

    /// The ACL categories that the flags imply, as in Redis.
    var categories: ACLCategories {
        var categories: ACLCategories = contains(.fast) ? .fast : .slow
        if contains(.write) { categories.insert(.write) }
        if contains(.readonly) { categories.insert(.read) }
        if contains(.admin) { categories.formUnion([.admin, .dangerous]) }
        if contains(.pubsub) { categories.insert(.pubsub) }
        return categories
    }
}

/// `group` in `COMMAND DOCS`.
enum CommandGroup {
    case generic, string, hash, set, sortedSet, connection, server, pubsub, transactions, scripting, session
    /// Generic commands that are about the connection: `WAIT`.
    case waiting

    var name: StaticString {
        switch self {
        case .generic, .waiting: "generic"
        case .string: "string"
        case .hash: "hash"
        case .set: "set"
        case .sortedSet: "sorted-set"
        case .connection: "connection"
        case .server: "server"
        case .pubsub: "pubsub"
        case .transactions: "transactions"
        case .scripting: "scripting"
        case .session: "session"
        }
    }

    /// The ACL category that goes with the group, if any.
    var categories: ACLCategories {
        switch self {
        case .generic: .keyspace
        case .string: .string
        case .hash: .hash
        case .set: .set
        case .sortedSet: .sortedset
        case .transactions: .transaction
        case .scripting: .scripting
        case .connection, .waiting: .connection
        case .session: .session
        // These are classed by their flags.
        case .server, .pubsub: []
        }
    }
}
