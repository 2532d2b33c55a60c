/// Rows of publish and subscribe.
extension CommandTable {
    /// Commands that publish messages and listen to them.
    static func pubSubCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .subscribe, "subscribe", arity: -2, effect: .none,
                flags: [.pubsub, .noscript, .loading, .stale, .whileSubscribed], channels: .channels, group: .pubsub,
                since: "2.0.0", complexity: "O(N) with N the number of channels", summary: "Listens to channels.",
                syntax: "channel [channel ...]"),
            CommandDescriptor(
                .unsubscribe, "unsubscribe", arity: -1, effect: .none,
                flags: [.pubsub, .noscript, .loading, .stale, .whileSubscribed], group: .pubsub, since: "2.0.0",
                complexity: "O(N) with N the channels given, or those of the connection",
                summary: "Stops listening to the channels, or to all.",
                syntax: "[channel [channel ...]]"),
            CommandDescriptor(
                .psubscribe, "psubscribe", arity: -2, effect: .none,
                flags: [.pubsub, .noscript, .loading, .stale, .whileSubscribed], channels: .patterns, group: .pubsub,
                since: "2.0.0", complexity: "O(N) with N the number of patterns",
                summary: "Listens to all channels that match patterns.",
                syntax: "<pattern: pattern>..."),
            CommandDescriptor(
                .punsubscribe, "punsubscribe", arity: -1, effect: .none,
                flags: [.pubsub, .noscript, .loading, .stale, .whileSubscribed], group: .pubsub, since: "2.0.0",
                complexity: "O(N) with N the patterns given, or those of the connection",
                summary: "Stops listening to the patterns, or to all.",
                syntax: "[pattern [pattern ...]]"),
            CommandDescriptor(
                .publish, "publish", arity: 3, effect: .publishes, flags: [.pubsub, .loading, .stale, .fast],
                channels: .first, group: .pubsub, since: "2.0.0",
                complexity: "O(N+M) with N the subscribers of the channel and M the patterns of all connections",
                summary: "Sends a message to all who listen to a channel.",
                syntax: "channel message"),
            CommandDescriptor(
                .pubsub, "pubsub", arity: -2, effect: .none, group: .pubsub, since: "2.8.0",
                complexity: "Depends on the subcommand", summary: "Shows who listens to what.",
                subcommands: pubsubSubcommands()),
        ]
    }

    private static func pubsubSubcommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .pubsubChannels, "channels", arity: -2, effect: .none, flags: [.pubsub, .loading, .stale],
                group: .pubsub, since: "2.8.0", complexity: "O(N) with N the channels",
                summary: "Returns the channels that somebody listens to.",
                syntax: "[pattern]"),
            CommandDescriptor(
                .pubsubNumsub, "numsub", arity: -2, effect: .none, flags: [.pubsub, .loading, .stale], group: .pubsub,
                since: "2.8.0", complexity: "O(N) with N the number of channels named",
                summary: "Returns how many listen to each of the channels.",
                syntax: "[channel [channel ...]]"),
            CommandDescriptor(
                .pubsubNumpat, "numpat", arity: 2, effect: .none, flags: [.pubsub, .loading, .stale], group: .pubsub,
                since: "2.8.0", complexity: "O(1)", summary: "Returns how many patterns are listened to."),
            CommandDescriptor(
                .pubsubHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .pubsub, since: "6.2.0",
                complexity: "O(1)", summary: "Print this help."),
        ]
    }
}
