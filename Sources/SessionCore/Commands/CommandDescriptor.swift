/// What the node knows about one command: the row of the command table from which dispatch, arity errors, `COMMAND`,
/// ACL categories and documentation are all derived.
struct CommandDescriptor {
    /// What `Node.execute` switches on; containers (`CLIENT`, `CONFIG` …) have their subcommands' ids.
    let id: CommandID
    /// Lower case, without the container's name: `get`, or `list` for `CLIENT LIST`.
    let name: StaticString
    /// Words of a request, command name (and container) included; negative for "at least so many".
    let arity: Int
    let flags: CommandFlags
    let keys: KeySpecification
    let group: CommandGroup
    /// First version of Redis that had it; for our own commands `1.0.0`.
    let since: StaticString
    let complexity: StaticString
    /// One line for `COMMAND DOCS`, our own words.
    let summary: StaticString
    /// The arguments in the notation of the Redis documentation, e.g. `key value [NX | XX] [GET]
    /// [EX seconds | PX milliseconds | KEEPTTL]`. `CommandSyntax` derives the arguments of `COMMAND DOCS` from it.
    let syntax: StaticString
    let subcommands: [CommandDescriptor]
}

/// Flags as `COMMAND INFO` names them. ACL categories follow from these and from the group.
struct CommandFlags: OptionSet {
    let rawValue: UInt32

    static let write = CommandFlags(rawValue: 1 << 0)
    static let readonly = CommandFlags(rawValue: 1 << 1)
    /// May need memory: refused with `-OOM` when `maxmemory` is reached.
    static let denyOOM = CommandFlags(rawValue: 1 << 2)
    static let admin = CommandFlags(rawValue: 1 << 3)
    static let pubsub = CommandFlags(rawValue: 1 << 4)
    static let noscript = CommandFlags(rawValue: 1 << 5)
    static let loading = CommandFlags(rawValue: 1 << 6)
    static let stale = CommandFlags(rawValue: 1 << 7)
    static let fast = CommandFlags(rawValue: 1 << 8)
    /// Allowed before authentication.
    static let noAuth = CommandFlags(rawValue: 1 << 9)
    static let mayReplicate = CommandFlags(rawValue: 1 << 10)
    static let skipMonitor = CommandFlags(rawValue: 1 << 11)
    static let skipSlowlog = CommandFlags(rawValue: 1 << 12)
    static let noMulti = CommandFlags(rawValue: 1 << 13)
    static let allowBusy = CommandFlags(rawValue: 1 << 14)
    static let movableKeys = CommandFlags(rawValue: 1 << 15)
    /// ACL category `@dangerous` beyond what `admin` implies.
    static let dangerous = CommandFlags(rawValue: 1 << 16)
    static let connection = CommandFlags(rawValue: 1 << 17)
    /// The first argument is a session token: hashed with SHA-256 before lookup.
    static let token = CommandFlags(rawValue: 1 << 18)
}

/// Where a request's keys stand, counted in words with the command name as word 0.
enum KeySpecification {
    case none
    /// From `first` to `last` (negative counts from the end), every `step` words; `access` is `RO`, `RW`, `OW` or `RM`
    /// followed by Redis's key flags, e.g. `RW access update`.
    case range(first: Int, last: Int, step: Int, access: StaticString)
    /// Session tokens and users are no keys; ACL rules on them go by category.
}

/// `group` in `COMMAND DOCS`; ACL categories follow from it.
enum CommandGroup: String {
    case generic, string, hash, connection, server, pubsub, session
}
