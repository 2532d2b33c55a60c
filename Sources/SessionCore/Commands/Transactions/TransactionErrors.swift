/// Errors of transactions and watched keys.
extension ReplyError {
    static var nestedTransaction: ReplyError { .custom("ERR MULTI calls can not be nested") }
    static var discardWithoutMulti: ReplyError { .custom("ERR DISCARD without MULTI") }
    static var execWithoutMulti: ReplyError { .custom("ERR EXEC without MULTI") }
    static var watchInTransaction: ReplyError { .custom("ERR WATCH inside MULTI is not allowed") }
    static var notInTransaction: ReplyError { .custom("ERR Command not allowed inside a transaction") }
    static var transactionSpoiled: ReplyError { .custom("EXECABORT Transaction discarded because of previous errors.") }

    static func transactionAborted(_ cause: String) -> ReplyError {
        .custom("EXECABORT Transaction discarded because of: \(cause)")
    }

    static var tooManyQueuedCommands: ReplyError {
        .custom("ERR too many commands in a transaction (maximum is \(Limits.queuedRequests))")
    }

    static var transactionTooLarge: ReplyError {
        .custom("ERR transaction is too large (its commands may take client-query-buffer-limit bytes)")
    }

    static var tooManyNewTokens: ReplyError {
        .custom("ERR too many new tokens in a transaction (maximum is \(Limits.transactionTokens))")
    }

    static var tooManyWatchedKeys: ReplyError {
        .custom("ERR too many watched keys (maximum is \(Limits.watchedKeys))")
    }
}
