/// Errors of commands about the server and what it observes.
extension ReplyError {
    // MARK: COMMAND GETKEYS

    static var invalidCommand: ReplyError { .custom("ERR Invalid command specified") }
    static var noKeyArguments: ReplyError { .custom("ERR The command has no key arguments") }
    static var invalidNumberOfArguments: ReplyError { .custom("ERR Invalid number of arguments specified for command") }
    static var invalidArguments: ReplyError { .custom("ERR Invalid arguments specified for command") }

    // MARK: CONFIG

    static func refusedDirective(_ error: ConfigurationError) -> ReplyError { .custom(error.replyText) }

    /// What the reason of a `CONFIG REWRITE` that failed is introduced with.
    static var rewritingFailed: StaticString { "ERR Rewriting config file: " }

    /// - Parameter introduction: with the code; the system's reason follows it.
    static func failed(_ introduction: StaticString, _ problem: FileProblem) -> ReplyError {
        .custom("\(introduction)\(problem.reason)")
    }

    static var noConfigurationFile: ReplyError { .custom("ERR The server is running without a config file") }

    // MARK: DEBUG

    static var debugNotAllowed: ReplyError {
        .custom(
            "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it "
                + "from a local connection, otherwise you need to set this option in the configuration file, and then "
                + "restart the server.")
    }

    /// `DEBUG ERROR text`.
    static func askedFor(_ text: String) -> ReplyError { .custom(text) }

    static var cannotReload: ReplyError { .custom("ERR DEBUG RELOAD is not supported: restart the server instead") }

    // MARK: LATENCY, MONITOR, SLOWLOG

    static func noLatencySamples(_ event: String) -> ReplyError {
        .custom("ERR No samples available for event '\(event)'")
    }

    static var monitorInTransaction: ReplyError { .custom("ERR MONITOR isn't allowed for DENY BLOCKING client") }
    static var countBelowMinusOne: ReplyError { .custom("ERR count should be greater than or equal to -1") }

    // MARK: SHUTDOWN, SWAPDB

    static var noShutdown: ReplyError { .custom("ERR No shutdown in progress.") }
    static var shutdownFailed: ReplyError { .custom("ERR Errors trying to SHUTDOWN. Check logs.") }

    static var invalidFirstDatabase: ReplyError { .custom("ERR invalid first DB index") }
    static var invalidSecondDatabase: ReplyError { .custom("ERR invalid second DB index") }
}
