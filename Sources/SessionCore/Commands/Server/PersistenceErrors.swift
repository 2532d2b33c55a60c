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

    /// Writes are refused because snapshots fail (`stop-writes-on-bgsave-error`).
    static var snapshotsFail: ReplyError {
        .custom(
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands "
                + "that may modify the data set are disabled, because this instance is configured to report errors "
                + "during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the "
                + "Redis logs for details about the RDB error.")
    }
}
