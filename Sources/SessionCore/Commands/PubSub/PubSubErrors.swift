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
}
