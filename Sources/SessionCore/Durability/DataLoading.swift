/// The data of the last run on its way from the disk.
struct DataLoading: ~Copyable {
    let path: String
    let file: DiskFile
    var loader: SnapshotLoader
    /// The data as far as it has come; takes the place of the node's when it is complete.
    var store: Store
    /// Bytes there are, and bytes that were taken.
    var total: Int64 = 0
    var loaded: Int64 = 0
    /// Reads that were not answered yet.
    var outstanding = 0
    /// When it began, monotonic microseconds and Unix seconds, and when the log was told of it last.
    let startedAt: Int64
    let startedAtUnix: Int64
    var reportedAt: Int64

    /// What `INFO` says of it.
    /// - Parameter now: monotonic microseconds.
    func progress(now: Int64) -> LoadingProgress {
        let elapsed = max(1, (now - startedAt) / 1_000_000)
        return LoadingProgress(
            startedAt: startedAtUnix, total: total, loaded: loaded,
            secondsLeft: max(0, total - loaded) / max(1, loaded / elapsed))
    }
}

/// How far the loading is, in bytes.
struct LoadingProgress {
    /// Unix seconds.
    let startedAt: Int64
    let total: Int64
    let loaded: Int64
    /// That the rest is expected to take.
    let secondsLeft: Int64

    var percent: Int { total == 0 ? 0 : Int(loaded * 100 / total) }
}
