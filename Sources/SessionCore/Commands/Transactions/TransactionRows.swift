/// Rows of the commands about transactions.
extension CommandTable {
    /// Commands that queue requests, execute them together, and watch keys meanwhile.
    static func transactionCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .multi, "multi", arity: 1, effect: .comesInStream(.ignored),
                flags: [.noscript, .loading, .stale, .fast, .allowBusy], inTransaction: .immediate,
                group: .transactions, since: "1.2.0", complexity: "O(1)",
                summary: "Begins a transaction: what follows is queued."),
            CommandDescriptor(
                .exec, "exec", arity: 1, effect: .comesInStream(.ignored),
                flags: [.noscript, .loading, .stale, .skipSlowlog, .takesEntropy], inTransaction: .execution,
                group: .transactions, since: "1.2.0", complexity: "Depends on the queued commands",
                summary: "Executes what is queued, unless a watched key has changed."),
            CommandDescriptor(
                .discard, "discard", arity: 1, effect: .none, flags: [.noscript, .loading, .stale, .fast, .allowBusy],
                inTransaction: .immediate, group: .transactions, since: "2.0.0",
                complexity: "O(N) with N the queued commands and watched keys",
                summary: "Ends the transaction and forgets what is queued."),
            CommandDescriptor(
                .watch, "watch", arity: -2, effect: .none, flags: [.noscript, .loading, .stale, .fast, .allowBusy],
                keys: .range(first: 1, last: -1, step: 1, "RO"), inTransaction: .immediate, group: .transactions,
                since: "2.2.0", complexity: "O(N) with N the number of keys",
                summary: "Lets the next transaction happen only if the keys do not change until then.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .unwatch, "unwatch", arity: 1, effect: .none, flags: [.noscript, .loading, .stale, .fast, .allowBusy],
                group: .transactions, since: "2.2.0", complexity: "O(N) with N the number of watched keys",
                summary: "Forgets all watched keys."),
        ]
    }
}
