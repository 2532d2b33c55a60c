/// Errors of snapshots and of a disk that fails.
extension ReplyError {
    static var loading: ReplyError { .custom("LOADING Redis is loading the dataset in memory") }
    static var saveInProgress: ReplyError { .custom("ERR Background save already in progress") }

    /// Redis's bare `-ERR`, with what to do.
    static var saveFailed: ReplyError {
        .custom("ERR the snapshot could not be written: the log says why. The file is as it was")
    }

    static var memoryOnly: ReplyError {
        .custom(
            "ERR this server keeps its data in memory only: start it with --dir <directory> to have snapshots written")
    }

    static func logFails(_ reason: String) -> ReplyError {
        .custom("MISCONF Errors writing to the AOF file: \(reason)")
    }

    static var logIsOff: ReplyError {
        .custom("ERR there is no append log to rewrite: appendonly is no")
    }

    static var rewriteInProgress: ReplyError {
        .custom("ERR Background append only file rewriting already in progress")
    }

    /// A base of the log is being written, not the snapshot that is asked for.
    static var otherFileInProgress: ReplyError {
        .custom(
            "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to "
                + "schedule a BGSAVE whenever possible.")
    }

    static var waitaofOnReplica: ReplyError {
        .custom(
            "ERR WAITAOF cannot be used with replica instances. Please also note that writes to replicas are just "
                + "local and are not propagated.")
    }

    static var waitaofWithoutLog: ReplyError {
        .custom("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")
    }

    /// Writes are refused because snapshots fail (`stop-writes-on-bgsave-error`).
    static var snapshotsFail: ReplyError {
        .custom(
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands "
                + "that may modify the data set are disabled, because this instance is configured to report errors "
                + "during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the "
                + "Redis logs for details about the RDB error.")
    }
}
