/// Errors of scripts: of EVAL and SCRIPT, of the commands that a script calls, and of Lua itself.
extension ReplyError {
    // MARK: EVAL and SCRIPT

    static var negativeNumkeys: ReplyError { .custom("ERR Number of keys can't be negative") }
    static var noScript: ReplyError { .custom("NOSCRIPT No matching script. Please use EVAL.") }

    static func unknownScript(_ digest: String) -> ReplyError {
        .custom(
            "ERR unknown script \(digest): only known scripts run, natively (see KnownScripts in the documentation)")
    }

    static var unknownLongScript: ReplyError {
        .custom(
            "ERR unknown script: longer than any of those that are known, which run natively (see KnownScripts in the "
                + "documentation)")
    }

    static var invalidFlushMode: ReplyError { .custom("ERR SCRIPT FLUSH only support SYNC|ASYNC option") }
    static var noScriptRuns: ReplyError { .custom("NOTBUSY No scripts in execution right now.") }
    static var invalidDebugMode: ReplyError { .custom("ERR Use SCRIPT DEBUG YES/SYNC/NO") }

    static var debuggerNotSupported: ReplyError {
        .custom("ERR scripts cannot be debugged: they run natively (see KnownScripts in the documentation)")
    }

    // MARK: Calls

    static var invalidCallArguments: ReplyError {
        .custom("ERR Lua redis lib command arguments must be strings or integers")
    }

    static var wrongCallArity: ReplyError { .custom("ERR Wrong number of args calling Redis command from script") }

    static var writeInReadOnlyScript: ReplyError {
        .custom("ERR Write commands are not allowed from read-only scripts.")
    }

    /// A command of a script would have more than so many bytes.
    static func scriptCallTooLong(_ limit: Int) -> ReplyError {
        .custom("ERR a command of the script would have more than \(limit) bytes")
    }

    static var scriptCopiesTooMuch: ReplyError {
        .custom(
            "ERR the script's commands have copied more than \(Limits.scriptCopies) bytes, values that they read or "
                + "write several times included")
    }

    static var scriptResultsTooLong: ReplyError {
        .custom("ERR the script's commands have answered with more than \(Limits.reply) bytes")
    }

    /// An error of Lua itself.
    static func lua(_ text: String, line: Int) -> ReplyError { .custom("ERR user_script:\(line): \(text)") }

    /// An error of a command, with the script and the line that Redis adds to it.
    static func inScript(_ error: ReplyError, _ digest: ScriptDigest, line: Int) -> ReplyError {
        .custom("\(error.text) script: \(digest.text), on @user_script:\(line).")
    }
}
