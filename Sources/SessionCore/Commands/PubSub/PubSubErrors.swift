/// Errors of subscriptions and of connections that have some.
extension ReplyError {
    static func notWhileSubscribed(_ command: String) -> ReplyError {
        .custom(
            "ERR Can't execute '\(command)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed "
                + "in this context")
    }

    static func channelTooLong(_ kind: PubSub.Kind) -> ReplyError {
        .custom("ERR \(kind) is longer than \(Limits.channel) bytes")
    }

    static var tooManySubscriptions: ReplyError {
        .custom(
            "ERR too many subscriptions: a connection may have \(Limits.subscriptions), so use patterns or more "
                + "connections")
    }

    /// No room for a subscription, a watched key or a tracked prefix.
    static func subscriptionsRefused(_ refusal: PubSub.Refusal) -> ReplyError {
        switch refusal {
        case .full:
            .custom(
                "ERR too many subscriptions: with the watched keys of all connections they use the "
                    + "\(Limits.pubSubMemory) bytes allowed")
        case .beyondShare:
            .custom(
                "ERR too many subscriptions: with its watched keys this connection has as much as one may have of the "
                    + "memory for them")
        }
    }
}
