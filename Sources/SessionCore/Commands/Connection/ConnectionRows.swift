/// Rows of the commands about connections.
extension CommandTable {
    /// Commands about the connection itself.
    static func connectionCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .ping, "ping", arity: -1, effect: .comesInStream(.ignored), flags: [.fast, .whileSubscribed],
                group: .connection, since: "1.0.0", tips: "request_policy:all_shards response_policy:all_succeeded",
                complexity: "O(1)", summary: "Answers PONG, or the message.",
                syntax: "[message]"),
            CommandDescriptor(
                .echo, "echo", arity: 2, effect: .none, flags: [.loading, .stale, .fast], group: .connection,
                since: "1.0.0", complexity: "O(1)", summary: "Answers the message.",
                syntax: "message"),
            CommandDescriptor(
                .auth, "auth", arity: -2, effect: .none,
                flags: [.noscript, .loading, .stale, .fast, .noAuth, .allowBusy], inTransaction: .refusedUnflagged,
                group: .connection, since: "1.0.0", complexity: "O(N) with N the number of passwords of the user",
                summary: "Authenticates the connection.",
                syntax: "[username@6.0.0] password"),
            CommandDescriptor(
                .select, "select", arity: 2, effect: .comesInStream(.database), flags: [.loading, .stale, .fast],
                group: .connection, since: "1.0.0", complexity: "O(1)",
                summary: "Chooses the database for the requests that follow.",
                syntax: "index"),
            CommandDescriptor(
                .hello, "hello", arity: -1, effect: .none,
                flags: [.noscript, .loading, .stale, .fast, .noAuth, .allowBusy], inTransaction: .loginOption,
                group: .connection, since: "6.0.0", complexity: "O(N) with N the number of passwords of the user",
                summary: "Chooses the protocol version, authenticates and names the connection in one step.",
                syntax: "[arguments: protover [AUTH <username password>] [SETNAME clientname]]"),
            CommandDescriptor(
                .quit, "quit", arity: -1, effect: .none,
                flags: [.noscript, .loading, .stale, .fast, .noAuth, .allowBusy, .whileSubscribed],
                inTransaction: .immediate, group: .connection, since: "1.0.0", complexity: "O(1)",
                summary: "Closes the connection."),
            CommandDescriptor(
                .reset, "reset", arity: 1, effect: .none,
                flags: [.noscript, .loading, .stale, .fast, .noAuth, .allowBusy, .whileSubscribed],
                inTransaction: .immediate, group: .connection, since: "6.2.0",
                complexity: "O(N) with N the connection's queued commands, subscriptions and watched keys",
                summary: "Puts the connection back into the state of a new one."),
            CommandDescriptor(
                .client, "client", arity: -2, effect: .none, flags: .keepsCaching, group: .connection, since: "2.4.0",
                complexity: "Depends on the subcommand", summary: "Shows and changes connections.",
                subcommands: clientSubcommands()),
        ]
    }

    private static func clientSubcommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .clientId, "id", arity: 2, effect: .none, flags: [.noscript, .loading, .stale, .keepsCaching],
                group: .connection, since: "5.0.0", complexity: "O(1)", summary: "Returns the id of this connection."),
            CommandDescriptor(
                .clientList, "list", arity: -2, effect: .none,
                flags: [.admin, .noscript, .loading, .stale, .keepsCaching], group: .connection, since: "2.4.0",
                tips: "nondeterministic_output", complexity: "O(N log N) with N the number of connections",
                summary: "Lists the connections.",
                syntax: """
                    [TYPE@5.0.0 <NORMAL | MASTER | REPLICA | PUBSUB>] [ID@6.2.0 <id: client-id [client-id ...]>]
                    """),
            CommandDescriptor(
                .clientInfo, "info", arity: 2, effect: .none, flags: [.noscript, .loading, .stale, .keepsCaching],
                group: .connection, since: "6.2.0", tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Shows this connection."),
            CommandDescriptor(
                .clientGetname, "getname", arity: 2, effect: .none, flags: [.noscript, .loading, .stale, .keepsCaching],
                group: .connection, since: "2.6.9", complexity: "O(1)",
                summary: "Returns the name of this connection."),
            CommandDescriptor(
                .clientSetname, "setname", arity: 3, effect: .none, flags: [.noscript, .loading, .stale, .keepsCaching],
                group: .connection, since: "2.6.9", complexity: "O(1)", summary: "Names this connection.",
                syntax: "connection-name"),
            CommandDescriptor(
                .clientSetinfo, "setinfo", arity: 4, effect: .none, flags: [.noscript, .loading, .stale, .keepsCaching],
                group: .connection, since: "7.2.0", complexity: "O(1)",
                summary: "Notes the name or the version of the client library.",
                syntax: "<attr: LIB-NAME libname | LIB-VER libver>"),
            CommandDescriptor(
                .clientKill, "kill", arity: -3, effect: .none,
                flags: [.admin, .noscript, .loading, .stale, .keepsCaching], group: .connection, since: "2.4.0",
                complexity: "O(N) with N the number of connections", summary: "Closes connections.",
                syntax: """
                    <filter: ip:port~2.8.12 | <new-format: [ID client-id@2.8.12] | [TYPE@2.8.12 \
                    <normal_master_slave_pubsub: NORMAL | MASTER@3.2.0 | SLAVE | REPLICA@5.0.0 | PUBSUB>] | \
                    [USER username] | [ADDR ip:port] | [LADDR ip:port@6.2.0] | [SKIPME yes/no]>...>
                    """),
            CommandDescriptor(
                .clientNoEvict, "no-evict", arity: 3, effect: .none,
                flags: [.admin, .noscript, .loading, .stale, .keepsCaching], group: .connection, since: "7.0.0",
                complexity: "O(1)", summary: "Exempts this connection from being closed to free memory, or not.",
                syntax: "<enabled: ON | OFF>"),
            CommandDescriptor(
                .clientPause, "pause", arity: -3, effect: .none,
                flags: [.admin, .noscript, .loading, .stale, .keepsCaching], group: .connection, since: "2.9.50",
                complexity: "O(1)", summary: "Lets all requests, or those that write, wait for so many milliseconds.",
                syntax: "timeout [mode@6.2.0: WRITE | ALL]"),
            CommandDescriptor(
                .clientUnpause, "unpause", arity: 2, effect: .none,
                flags: [.admin, .noscript, .loading, .stale, .keepsCaching], group: .connection, since: "6.2.0",
                complexity: "O(N) with N the number of connections that wait", summary: "Ends a pause."),
            CommandDescriptor(
                .clientReply, "reply", arity: 3, effect: .none, flags: [.noscript, .loading, .stale, .keepsCaching],
                group: .connection, since: "3.2.0", complexity: "O(1)",
                summary: "Turns the replies to this connection on or off, or skips one.",
                syntax: "<ON | OFF | SKIP>"),
            CommandDescriptor(
                .clientUnblock, "unblock", arity: -3, effect: .none,
                flags: [.admin, .noscript, .loading, .stale, .keepsCaching], group: .connection, since: "5.0.0",
                complexity: "O(log N) with N the number of connections",
                summary: "Ends another connection's blocking command.",
                syntax: "client-id [timeout_error: TIMEOUT | ERROR]"),
            CommandDescriptor(
                .clientTracking, "tracking", arity: -3, effect: .none,
                flags: [.noscript, .loading, .stale, .keepsCaching], group: .connection, since: "6.0.0",
                complexity: "O(1), but for ending: O(N) with N the keys being tracked",
                summary: "Turns invalidation messages for client-side caching on or off.",
                syntax: """
                    <status: ON | OFF> [REDIRECT client-id] [<PREFIX prefix>...] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]
                    """),
            CommandDescriptor(
                .clientCaching, "caching", arity: 3, effect: .none, flags: [.noscript, .loading, .stale, .keepsCaching],
                group: .connection, since: "6.0.0", complexity: "O(1)",
                summary: "Tracks, or does not track, the keys that the next request reads.",
                syntax: "<mode: YES | NO>"),
            CommandDescriptor(
                .clientTrackinginfo, "trackinginfo", arity: 2, effect: .none,
                flags: [.noscript, .loading, .stale, .keepsCaching], group: .connection, since: "6.2.0",
                complexity: "O(N) with N the prefixes of the connection",
                summary: "Shows how this connection tracks keys."),
            CommandDescriptor(
                .clientGetredir, "getredir", arity: 2, effect: .none,
                flags: [.noscript, .loading, .stale, .keepsCaching], group: .connection, since: "6.0.0",
                complexity: "O(1)", summary: "Returns the id of the connection that gets the invalidation messages."),
            CommandDescriptor(
                .clientHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale, .keepsCaching],
                group: .connection, since: "5.0.0", complexity: "O(1)", summary: "Print this help."),
        ]
    }
}
