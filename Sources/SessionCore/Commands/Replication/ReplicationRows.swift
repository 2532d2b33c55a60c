/// Rows of the commands of replication.
extension CommandTable {
    static func replicationCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .replicaof, "replicaof", arity: 3, effect: .none, flags: [.admin, .noscript, .stale, .noAsyncLoading],
                group: .server, since: "5.0.0", complexity: "O(N) with N the number of connections",
                summary: "Follows a primary, or becomes one.",
                syntax: "<args: <host-port: host port=integer> | <no-one: NO ONE>>"),
            CommandDescriptor(
                .slaveof, "slaveof", arity: 3, effect: .none, flags: [.admin, .noscript, .stale, .noAsyncLoading],
                group: .server, since: "1.0.0", deprecated: ("5.0.0", "`REPLICAOF`"),
                complexity: "O(N) with N the number of connections", summary: "Follows a primary, or becomes one.",
                syntax: "<args: <host-port: host port=integer> | <no-one: NO ONE>>"),
            CommandDescriptor(
                .psync, "psync", arity: -3, effect: .none, flags: [.admin, .noscript, .noAsyncLoading],
                inTransaction: .refused, group: .server, since: "2.8.0",
                complexity: "O(N) with N the keys, O(1) where the stream goes on",
                summary: "Asks for the replication stream.",
                syntax: "replicationid offset=integer"),
            CommandDescriptor(
                .sync, "sync", arity: 1, effect: .none, flags: [.admin, .noscript, .noAsyncLoading],
                inTransaction: .refused, group: .server, since: "1.0.0", complexity: "O(N) with N the keys",
                summary: "Asks for the data and what follows."),
            CommandDescriptor(
                .replconf, "replconf", arity: -1, effect: .comesInStream(.acknowledgement),
                flags: [.admin, .noscript, .loading, .stale, .allowBusy, .systemCommand],
                inTransaction: .refusedUnflagged, group: .server, since: "3.0.0", complexity: "O(1)",
                summary: "Configures the replication stream."),
            CommandDescriptor(
                .role, "role", arity: 1, effect: .none, flags: [.noscript, .loading, .stale, .fast], group: .server,
                since: "2.8.12", categories: [.admin, .dangerous], complexity: "O(N) with N the number of replicas",
                summary: "Returns the part of this node in replication."),
            CommandDescriptor(
                .failover, "failover", arity: -1, effect: .none, flags: [.admin, .noscript, .stale], group: .server,
                since: "6.2.0", complexity: "O(N) with N the number of replicas",
                summary: "Changes roles with a replica, in order.",
                syntax: "[TO <target: host port=integer [FORCE]>] [ABORT] [TIMEOUT milliseconds=integer]"),
        ]
    }
}
