/// Loading at start. Connections are taken meanwhile; what needs the data is answered with `-LOADING`.
extension Node {
    /// Begins to load what the configuration names.
    mutating func beginLoading() {
        let path = Configuration.path(of: configuration.snapshotName, in: configuration.dataDirectory)
        let file = durability.newFile()
        let mono = now.monotonicMicroseconds
        durability.loading = DataLoading(
            path: path, file: file, loader: SnapshotLoader(configuration), store: Store(like: execution.store),
            startedAt: mono, startedAtUnix: now.unixMilliseconds / 1000, reportedAt: mono)
        updatePermissions()
        ask(.snapshot, .opening, [.open(file, path: path)])
    }

    /// The file was opened, or could not be.
    mutating func dataOpened(_ answer: DiskAnswer) {
        if let problem = answer.problem {
            if problem.isMissing { return endLoading() }
            return loadingFailed("cannot read '\(durability.loading?.path ?? "")': \(problem.reason)")
        }
        durability.loading?.total = answer.length
        for _ in 0..<Limits.loadingReads { readOn() }
    }

    private mutating func readOn() {
        guard let file = durability.loading?.file else { return }
        durability.loading?.outstanding += 1
        ask(.snapshot, .reading, [.read(file, count: Limits.loadingPart)])
    }

    /// A part of the file has come.
    mutating func dataRead(_ answer: DiskAnswer) {
        guard var loading = durability.loading.take() else { return }
        loading.outstanding -= 1
        if let problem = answer.problem {
            let path = loading.path
            durability.loading = consume loading
            return loadingFailed("cannot read '\(path)': \(problem.reason)")
        }
        loading.store.setTime(now.unixMilliseconds)
        var failure: RDBError?
        do throws(RDBError) {
            try loading.loader.receive(answer.bytes.span.bytes, into: &loading.store)
        } catch {
            failure = error
        }
        loading.loaded += Int64(answer.bytes.count)
        let (path, loaded) = (loading.path, loading.loaded)
        let (isComplete, isAtEnd) = (loading.loader.isComplete, answer.bytes.isEmpty)
        durability.loading = consume loading
        if let failure {
            return loadingFailed("'\(path)' cannot be used. \(failure.text)\(failure.advice)")
        }
        if isComplete { return adoptLoaded() }
        if isAtEnd { return loadingFailed("'\(path)' ends too early, after \(loaded) bytes: it is truncated") }
        readOn()
    }

    /// What is there cannot be used: the node ends, for it would be taken for one without data, and overwrite it.
    mutating func loadingFailed(_ reason: String) {
        guard durability.loading != nil else { return }
        emit(.fail(reason + ". Nothing was changed. Restore the file from a backup, or move it away to begin empty"))
    }

    /// All of the file is loaded.
    private mutating func adoptLoaded() {
        guard let loading = durability.loading.take() else { return }
        ask(.snapshot, .removal, [.close(loading.file)])
        let (id, offset) = (loading.loader.replicationID, loading.loader.replicationOffset)
        let database = loading.loader.streamDatabase ?? 0
        durability.saves.keysLoaded = loading.loader.keys
        durability.saves.keysSkipped = loading.loader.skippedKeys + loading.loader.emptyKeys
        let milliseconds = (now.monotonicMicroseconds - loading.startedAt) / 1000
        let bytes = loading.loaded
        var line = "DB loaded from disk: \(loading.loader.keys) keys, \(bytes) bytes, \(milliseconds) ms"
        if durability.saves.keysSkipped > 0 {
            line += "; \(durability.saves.keysSkipped) keys that cannot be held were passed over"
        }
        execution.store.replaceContent(with: loading.store)
        settle()
        durability.changes = 0
        log(.notice, line)
        continueHistory(id, offset, database: database)
        endLoading()
    }

    /// The data belongs to a history: replicas and our own primary can go on with it.
    private mutating func continueHistory(_ id: String, _ offset: Int64, database: Int) {
        guard !id.isEmpty, offset > 0 else { return }
        if replication.isReplica {
            replication.id = id
            replication.backlog.start(at: offset)
            replication.input.database = database
            replication.canResume = true
            return
        }
        // A new name for what follows: replicas may have more of the old history than this data has.
        replication.backlog.start(at: offset)
        (replication.secondID, replication.secondOffset) = (id, offset + 1)
        replication.aloneSince = now.monotonicMicroseconds
        execution.startPropagation()
        execution.propagation.mayRepeat = false
    }

    /// The data is there.
    private mutating func endLoading() {
        durability.loading = nil
        replication.nextTick = 0
        updatePermissions()
        wantsTurn = true
    }

    /// Tells the log how far it is, every few seconds.
    mutating func reportLoading() {
        let mono = now.monotonicMicroseconds
        guard let progress = durability.loadingProgress(now: mono), let reportedAt = durability.loading?.reportedAt,
            mono - reportedAt >= Limits.loadingReport
        else { return }
        durability.loading?.reportedAt = mono
        log(
            .notice, "Loading the data: \(progress.percent) % of \(progress.total) bytes, "
                + "\(progress.secondsLeft) s left")
    }
}
