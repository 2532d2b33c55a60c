/// Rows of the commands about the server.
extension CommandTable {
    /// Commands about the server and its databases.
    static func serverCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .dbsize, "dbsize", arity: 1, effect: .reads(.nothing), flags: .fast, group: .server, since: "1.0.0",
                categories: .keyspace, tips: "request_policy:all_shards response_policy:agg_sum", complexity: "O(1)",
                summary: "Returns the number of keys in the database."),
            CommandDescriptor(
                .flushdb, "flushdb", arity: -1,
                effect: .writes(creates: .nothing, propagates: .request, inStream: .executed), group: .server,
                since: "1.0.0", categories: [.dangerous, .keyspace],
                tips: "request_policy:all_shards response_policy:all_succeeded",
                complexity: "O(N) with N the keys in the database", summary: "Deletes all keys of the database.",
                syntax: "[async: ASYNC@4.0.0 | SYNC@6.2.0]"),
            CommandDescriptor(
                .flushall, "flushall", arity: -1,
                effect: .writes(creates: .nothing, propagates: .request, inStream: .executed), group: .server,
                since: "1.0.0", categories: [.dangerous, .keyspace],
                tips: "request_policy:all_shards response_policy:all_succeeded",
                complexity: "O(N) with N the keys in all databases", summary: "Deletes all keys of all databases.",
                syntax: "[async: ASYNC@4.0.0 | SYNC@6.2.0]"),
            CommandDescriptor(
                .swapdb, "swapdb", arity: 3,
                effect: .writes(creates: .nothing, propagates: .request, inStream: .executed), flags: .fast,
                group: .server, since: "4.0.0", categories: [.dangerous, .keyspace],
                complexity: "O(N) with N the connections that watch or wait for keys of either",
                summary: "Exchanges two databases.",
                syntax: "index1 index2"),
            CommandDescriptor(
                .info, "info", arity: -1, effect: .none, flags: [.loading, .stale], group: .server, since: "1.0.0",
                categories: .dangerous,
                tips: "nondeterministic_output request_policy:all_shards response_policy:special",
                complexity: "O(N) with N the connections, databases, replicas and commands",
                summary: "Shows the state and the counters of the server.",
                syntax: "[section [section ...]]"),
            CommandDescriptor(
                .config, "config", arity: -2, effect: .none, group: .server, since: "2.0.0",
                complexity: "Depends on the subcommand", summary: "Shows and changes the configuration.",
                subcommands: configSubcommands()),
            CommandDescriptor(
                .command, "command", arity: -1, effect: .none, flags: [.loading, .stale], group: .server,
                since: "2.8.13", categories: .connection, tips: "nondeterministic_output_order",
                complexity: "O(N) with N the number of commands", summary: "Returns the facts of all commands.",
                subcommands: commandSubcommands()),
            CommandDescriptor(
                .memory, "memory", arity: -2, effect: .none, group: .server, since: "4.0.0",
                complexity: "Depends on the subcommand", summary: "Shows where memory goes.",
                subcommands: memorySubcommands()),
            CommandDescriptor(
                .debug, "debug", arity: -2, effect: .none, flags: [.admin, .noscript, .loading, .stale, .systemCommand],
                group: .server, since: "1.0.0", complexity: "Depends on the subcommand",
                summary: "Serves tests of the server."),
            CommandDescriptor(
                .time, "time", arity: 1, effect: .none, flags: [.loading, .stale, .fast], group: .server,
                since: "2.6.0", tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Returns the Unix time in seconds and the microseconds within the second."),
            CommandDescriptor(
                .lastsave, "lastsave", arity: 1, effect: .none, flags: [.loading, .stale, .fast], group: .server,
                since: "1.0.0", categories: [.admin, .dangerous], tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Returns the Unix time of the last snapshot, in seconds."),
            CommandDescriptor(
                .save, "save", arity: 1, effect: .none, flags: [.admin, .noscript, .noAsyncLoading],
                inTransaction: .refused, group: .server, since: "1.0.0",
                complexity: "O(N) with N the keys in all databases",
                summary: "Writes a snapshot to disk and answers when it is there."),
            CommandDescriptor(
                .bgsave, "bgsave", arity: -1, effect: .none, flags: [.admin, .noscript, .noAsyncLoading],
                group: .server, since: "1.0.0", complexity: "O(1)",
                summary: "Begins to write a snapshot to disk.", syntax: "[SCHEDULE@3.2.2]"),
            CommandDescriptor(
                .bgrewriteaof, "bgrewriteaof", arity: 1, effect: .none, flags: [.admin, .noscript, .noAsyncLoading],
                group: .server, since: "1.0.0", complexity: "O(1)", summary: "Begins to rewrite the append log."),
            CommandDescriptor(
                .shutdown, "shutdown", arity: -1, effect: .none,
                flags: [.admin, .noscript, .loading, .stale, .allowBusy], inTransaction: .refused, group: .server,
                since: "1.0.0", complexity: "O(N) with N the keys to save, otherwise O(1)",
                summary: "Stops the server.",
                syntax: "[NOSAVE | SAVE] [NOW@7.0.0] [FORCE@7.0.0] [ABORT@7.0.0]"),
        ]
    }

    private static func configSubcommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .configGet, "get", arity: -3, effect: .none, flags: [.admin, .noscript, .loading, .stale],
                shows: .directives(every: 1), group: .server, since: "2.0.0",
                complexity: "O(N*M) with N the names and patterns given and M the directives",
                summary: "Returns the directives that match the patterns, and their values.",
                syntax: "<parameter: parameter>..."),
            CommandDescriptor(
                .configSet, "set", arity: -4, effect: .none, flags: [.admin, .noscript, .loading, .stale],
                shows: .directives(every: 2), group: .server, since: "2.0.0",
                tips: "request_policy:all_nodes response_policy:all_succeeded",
                complexity: "O(N) with N the number of directives",
                summary: "Changes directives while the server runs.",
                syntax: "parameter value [parameter value ...]"),
            CommandDescriptor(
                .configResetstat, "resetstat", arity: 2, effect: .none, flags: [.admin, .noscript, .loading, .stale],
                group: .server, since: "2.0.0", complexity: "O(N) with N the number of commands",
                summary: "Sets the counters of INFO back to zero."),
            CommandDescriptor(
                .configRewrite, "rewrite", arity: 2, effect: .none, flags: [.admin, .noscript, .loading, .stale],
                group: .server, since: "2.8.0", complexity: "O(N) with N the size of the file",
                summary: "Writes the configuration to the file the server was started with."),
            CommandDescriptor(
                .configHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .server, since: "5.0.0",
                complexity: "O(1)", summary: "Print this help."),
        ]
    }

    private static func commandSubcommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .commandCount, "count", arity: 2, effect: .none, flags: [.loading, .stale], group: .server,
                since: "2.8.13", categories: .connection, complexity: "O(1)",
                summary: "Returns the number of commands."),
            CommandDescriptor(
                .commandList, "list", arity: -2, effect: .none, flags: [.loading, .stale], group: .server,
                since: "7.0.0", categories: .connection, tips: "nondeterministic_output_order",
                complexity: "O(N) with N the number of commands", summary: "Returns the names of commands.",
                syntax: "[FILTERBY <filterby: MODULE module-name | ACLCAT category | PATTERN pattern>]"),
            CommandDescriptor(
                .commandInfo, "info", arity: -2, effect: .none, flags: [.loading, .stale], group: .server,
                since: "2.8.13", categories: .connection, tips: "nondeterministic_output_order",
                complexity: "O(N) with N the number of commands named",
                summary: "Returns the facts of the commands named, or of all.",
                syntax: "[command-name [command-name ...]]"),
            CommandDescriptor(
                .commandDocs, "docs", arity: -2, effect: .none, flags: [.loading, .stale], group: .server,
                since: "7.0.0", categories: .connection, tips: "nondeterministic_output_order",
                complexity: "O(N) with N the number of commands named",
                summary: "Returns the documentation of the commands named, or of all.",
                syntax: "[command-name [command-name ...]]"),
            CommandDescriptor(
                .commandGetkeys, "getkeys", arity: -4, effect: .none, flags: [.loading, .stale], group: .server,
                since: "2.8.13", categories: .connection, complexity: "O(N) with N the number of arguments",
                summary: "Returns the keys of a whole request."),
            CommandDescriptor(
                .commandGetkeysandflags, "getkeysandflags", arity: -4, effect: .none, flags: [.loading, .stale],
                group: .server, since: "7.0.0", categories: .connection,
                complexity: "O(N) with N the number of arguments",
                summary: "Returns the keys of a whole request and what it does to them."),
            CommandDescriptor(
                .commandHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .server,
                since: "5.0.0", categories: .connection, complexity: "O(1)", summary: "Print this help."),
        ]
    }

    private static func memorySubcommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .memoryUsage, "usage", arity: -3, effect: .reads(.keys), keys: .single(2, "RO"), group: .server,
                since: "4.0.0", complexity: "O(N) with N the number of samples",
                summary: "Returns the bytes that a key and its value take.",
                syntax: "key [SAMPLES count]"),
            CommandDescriptor(
                .memoryStats, "stats", arity: 2, effect: .none, group: .server, since: "4.0.0",
                tips: "nondeterministic_output request_policy:all_shards response_policy:special",
                complexity: "O(N) with N the connections and databases", summary: "Shows how memory is used."),
            CommandDescriptor(
                .memoryDoctor, "doctor", arity: 2, effect: .none, group: .server, since: "4.0.0",
                tips: "nondeterministic_output request_policy:all_shards response_policy:special",
                complexity: "O(N) with N the number of connections", summary: "Judges how memory is used."),
            CommandDescriptor(
                .memoryMallocStats, "malloc-stats", arity: 2, effect: .none, group: .server, since: "4.0.0",
                tips: "nondeterministic_output request_policy:all_shards response_policy:special",
                complexity: "O(N) with N the size classes", summary: "Shows the allocator's own figures."),
            CommandDescriptor(
                .memoryPurge, "purge", arity: 2, effect: .none, group: .server, since: "4.0.0",
                tips: "request_policy:all_shards response_policy:all_succeeded",
                complexity: "O(N) with N the pages held in reserve",
                summary: "Gives memory held in reserve back to the system."),
            CommandDescriptor(
                .memoryHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .server, since: "4.0.0",
                complexity: "O(1)", summary: "Print this help."),
        ]
    }
}
