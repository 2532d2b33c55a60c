/// Rows of the commands about scripts.
extension CommandTable {
    /// Commands that run scripts, and those that manage which ones can be named by their digest.
    static func scriptingCommands() -> [CommandDescriptor] {
        let written = KeySpecification.counted(count: 2, "RW access update")
        let read = KeySpecification.counted(count: 2, "RO access")
        return [
            evaluation(
                .eval, "eval", .runsCommands, written, since: "2.6.0", text: "script", summary: "Runs a known script."),
            evaluation(
                .evalsha, "evalsha", .runsCommands, written, since: "2.6.0", text: "sha1",
                summary: "Runs a known script by the digest of its text."),
            evaluation(
                .evalRo, "eval_ro", .reads(.keys), read, since: "7.0.0", text: "script",
                summary: "Runs a known script that may not write."),
            evaluation(
                .evalshaRo, "evalsha_ro", .reads(.keys), read, since: "7.0.0", text: "sha1",
                summary: "Runs a known script that may not write, by the digest of its text."),
            CommandDescriptor(
                .script, "script", arity: -2, effect: .none, group: .scripting, since: "2.6.0",
                complexity: "Depends on the subcommand", summary: "Shows and changes which scripts were seen.",
                subcommands: scriptSubcommands()),
        ]
    }

    private static func evaluation(
        _ id: CommandID, _ name: StaticString, _ effect: CommandEffect, _ keys: KeySpecification, since: StaticString,
        text: StaticString, summary: StaticString
    ) -> CommandDescriptor {
        CommandDescriptor(
            id, name, arity: -3, effect: effect,
            flags: [.noscript, .stale, .skipMonitor, .noMandatoryKeys, .movableKeys], keys: keys, group: .scripting,
            since: since, complexity: "Depends on the script", summary: summary,
            syntax: text.utf8CodeUnitCount == 4
                ? "sha1 numkeys [key [key ...]] [arg [arg ...]]" : "script numkeys [key [key ...]] [arg [arg ...]]")
    }

    private static func scriptSubcommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .scriptDebug, "debug", arity: 3, effect: .none, flags: .noscript, group: .scripting, since: "3.2.0",
                complexity: "O(1)", summary: "Accepts NO: scripts run natively and cannot be debugged.",
                syntax: "<mode: YES | SYNC | NO>"),
            CommandDescriptor(
                .scriptExists, "exists", arity: -3, effect: .none, flags: .noscript, group: .scripting, since: "2.6.0",
                tips: "request_policy:all_shards response_policy:agg_logical_and",
                complexity: "O(N*M) with N digests and M scripts that were seen",
                summary: "Tells which scripts were seen.",
                syntax: "sha1 [sha1 ...]"),
            CommandDescriptor(
                .scriptFlush, "flush", arity: -2, effect: .none, flags: .noscript, group: .scripting, since: "2.6.0",
                tips: "request_policy:all_nodes response_policy:all_succeeded",
                complexity: "O(N) with N the number of scripts that were seen",
                summary: "Forgets which scripts were seen.",
                syntax: "[async@6.2.0: ASYNC | SYNC]"),
            CommandDescriptor(
                .scriptKill, "kill", arity: 2, effect: .none, flags: [.noscript, .allowBusy], group: .scripting,
                since: "2.6.0", tips: "request_policy:all_shards response_policy:one_succeeded", complexity: "O(1)",
                summary: "Says that no script is running: none runs for longer than a command."),
            CommandDescriptor(
                .scriptLoad, "load", arity: 3, effect: .none, flags: [.noscript, .stale], group: .scripting,
                since: "2.6.0", tips: "request_policy:all_nodes response_policy:all_succeeded",
                complexity: "O(N) with N the length of the script",
                summary: "Makes a known script one that was seen, and returns the digest of its text.",
                syntax: "script"),
            CommandDescriptor(
                .scriptHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .scripting,
                since: "5.0.0", complexity: "O(1)", summary: "Print this help."),
        ]
    }
}
