/// Rows of the commands with which operators watch the server.
extension CommandTable {
    /// MONITOR, SLOWLOG, LATENCY, LOLWUT.
    static func observationCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .monitor, "monitor", arity: 1, effect: .none, flags: [.admin, .noscript, .loading, .stale],
                group: .server, since: "1.0.0",
                complexity: "O(N) for each request, with N the connections that monitor",
                summary: "Shows all requests as they are executed, redacted."),
            CommandDescriptor(
                .slowlog, "slowlog", arity: -2, effect: .none, group: .server, since: "2.2.12",
                complexity: "Depends on the subcommand", summary: "Shows the commands that took long.",
                subcommands: slowlogSubcommands()),
            CommandDescriptor(
                .latency, "latency", arity: -2, effect: .none, group: .server, since: "2.8.13",
                complexity: "Depends on the subcommand", summary: "Shows how long commands and background work take.",
                subcommands: latencySubcommands()),
            CommandDescriptor(
                .lolwut, "lolwut", arity: -1, effect: .reads(.nothing), flags: .fast, group: .server, since: "5.0.0",
                complexity: "O(N) with N the size of the drawing", summary: "Draws a picture and names the version.",
                syntax: "[VERSION version]"),
        ]
    }

    private static func slowlogSubcommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .slowlogGet, "get", arity: -2, effect: .none, flags: [.admin, .loading, .stale], group: .server,
                since: "2.2.12", tips: "request_policy:all_nodes nondeterministic_output",
                complexity: "O(N) with N the entries returned",
                summary: "Returns the latest entries of the slow log, arguments redacted.",
                syntax: "[count]"),
            CommandDescriptor(
                .slowlogLen, "len", arity: 2, effect: .none, flags: [.admin, .loading, .stale], group: .server,
                since: "2.2.12", tips: "request_policy:all_nodes response_policy:agg_sum nondeterministic_output",
                complexity: "O(1)", summary: "Returns the number of entries of the slow log."),
            CommandDescriptor(
                .slowlogReset, "reset", arity: 2, effect: .none, flags: [.admin, .loading, .stale], group: .server,
                since: "2.2.12", tips: "request_policy:all_nodes response_policy:all_succeeded",
                complexity: "O(N) with N the entries of the slow log", summary: "Empties the slow log."),
            CommandDescriptor(
                .slowlogHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .server,
                since: "6.2.0", complexity: "O(1)", summary: "Print this help."),
        ]
    }

    private static func latencySubcommands() -> [CommandDescriptor] {
        let flags: CommandFlags = [.admin, .noscript, .loading, .stale]
        let tips: StaticString = "nondeterministic_output request_policy:all_nodes response_policy:special"
        return [
            CommandDescriptor(
                .latencyDoctor, "doctor", arity: 2, effect: .none, flags: flags, group: .server, since: "2.8.13",
                tips: tips, complexity: "O(N) with N the events recorded",
                summary: "Judges the latency spikes and says what to do about them."),
            CommandDescriptor(
                .latencyGraph, "graph", arity: 3, effect: .none, flags: flags, group: .server, since: "2.8.13",
                tips: tips, complexity: "O(N) with N the samples of the event",
                summary: "Draws the latency spikes of an event.",
                syntax: "event"),
            CommandDescriptor(
                .latencyHistogram, "histogram", arity: -2, effect: .none, flags: flags, group: .server, since: "7.0.0",
                tips: tips, complexity: "O(N) with N the number of commands",
                summary: "Returns how long commands took, as cumulative distributions.",
                syntax: "[command [command ...]]"),
            CommandDescriptor(
                .latencyHistory, "history", arity: 3, effect: .none, flags: flags, group: .server, since: "2.8.13",
                tips: tips, complexity: "O(N) with N the samples of the event",
                summary: "Returns the latency spikes of an event: when, and how long.",
                syntax: "event"),
            CommandDescriptor(
                .latencyLatest, "latest", arity: 2, effect: .none, flags: flags, group: .server, since: "2.8.13",
                tips: tips, complexity: "O(N) with N the events recorded",
                summary: "Returns the latest and the worst latency spike of each event."),
            CommandDescriptor(
                .latencyReset, "reset", arity: -2, effect: .none, flags: flags, group: .server, since: "2.8.13",
                tips: "request_policy:all_nodes response_policy:all_succeeded",
                complexity: "O(N) with N the events named, or recorded",
                summary: "Forgets the latency spikes of the events named, or of all.",
                syntax: "[event [event ...]]"),
            CommandDescriptor(
                .latencyHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .server,
                since: "2.8.13", complexity: "O(1)", summary: "Print this help."),
        ]
    }
}
