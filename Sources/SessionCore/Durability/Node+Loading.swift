/// Loading at start. Connections are taken meanwhile; what needs the data is answered with `-LOADING`.
extension Node {
    /// Begins to load what the configuration names: the append log if there is to be one and there is one, else the
    /// snapshot.
    mutating func beginLoading() {
        durability.loading = DataLoading(configuration.keepsLog ? .manifest : .snapshot, now: now)
        updatePermissions()
        lookForData()
    }

    /// Opens what there is at the present place.
    private mutating func lookForData() {
        guard let place = durability.loading?.place else { return }
        let directory = configuration.dataDirectory
        switch place {
        case .manifest:
            let path = Configuration.path(of: manifestName, in: baseDirectory)
            let file = durability.newFile()
            ask(.snapshot, .manifest, [.open(file, path: path), .read(file, count: Limits.manifest), .close(file)])
        case .oldLog: open(Configuration.path(of: configuration.appendFileName, in: directory), isLog: true, anyFile)
        case .snapshot: open(Configuration.path(of: configuration.snapshotName, in: directory), isLog: false, anyFile)
        }
    }

    /// What a file has to be that no manifest names.
    private var anyFile: StoredFileReader.Expectation { .init(isEncrypted: configuration.encryptAtRest == .yes) }

    private mutating func open(_ path: String, isLog: Bool, _ expectation: StoredFileReader.Expectation) {
        let file = durability.newFile()
        durability.loading?.sources.append(
            DataLoading.Source(path: path, file: file, isLog: isLog, expectation: expectation))
        ask(.snapshot, .opening, [.open(file, path: path)])
    }

    /// The manifest was read.
    mutating func manifestRead(_ answer: DiskAnswer) {
        let path = Configuration.path(of: manifestName, in: baseDirectory)
        if let problem = answer.problem {
            if problem.isMissing { return tryNextPlace() }
            return fail("cannot read '\(path)': \(problem.reason)")
        }
        do throws(ManifestSealError) {
            let manifest = try manifest(answer.bytes.span.bytes)
            durability.loading?.manifest = manifest
            var expectation = anyFile
            if let base = manifest.base {
                expectation.proof = base.proof
                open(logPath(base.name), isLog: true, expectation)
            }
            for file in manifest.increments {
                (expectation.segment, expectation.proof) = (file.sequence, file.proof)
                open(logPath(file.name), isLog: true, expectation)
            }
            if manifest.isEmpty { loadedAll() }
        } catch {
            fail("'\(path)' cannot be used: \(error.text)", hasRemedy: error.hasRemedy)
        }
    }

    /// Reads a manifest, and takes note of the key it is sealed with.
    private mutating func manifest(_ text: RawSpan) throws(ManifestSealError) -> AppendManifest {
        guard let key = AppendManifest.sealingKey(text) else {
            if configuration.encryptAtRest == .yes { throw .missing }
            return try AppendManifest.unsealed(text)
        }
        durability.loadedKey = key
        switch durability.keys {
        case .none: throw .unknownKey(key)
        case .some(let keys): return try AppendManifest.sealed(text, keys: keys)
        }
    }

    /// There is nothing at this place.
    private mutating func tryNextPlace() {
        durability.loading?.sources = []
        switch durability.loading?.place {
        case .manifest: durability.loading?.place = .oldLog
        case .oldLog: durability.loading?.place = .snapshot
        case .snapshot, nil: return loadedAll()
        }
        lookForData()
    }

    /// A file was opened, or could not be.
    mutating func dataOpened(_ answer: DiskAnswer) {
        guard let number = durability.loading?.opened, let path = durability.loading?.sources[number].path else {
            return
        }
        if let problem = answer.problem {
            if problem.isMissing && durability.loading?.manifest == nil { return tryNextPlace() }
            return fail("cannot read '\(path)': \(problem.reason)")
        }
        durability.loading?.sources[number].length = answer.length
        durability.loading?.total += answer.length
        durability.loading?.opened += 1
        if number + 1 == durability.loading?.sources.count { beginSource() }
    }

    /// Begins to read the file whose turn it is.
    private mutating func beginSource() {
        guard let expectation = durability.loading?.source.expectation else { return }
        durability.loading?.reader = StoredFileReader(expectation)
        durability.loading?.taken = 0
        durability.loading?.isAtEnd = false
        for _ in 0..<Limits.loadingReads { readOn() }
    }

    private mutating func readOn() {
        guard let number = durability.loading?.number, let file = durability.loading?.sources[number].file else {
            return
        }
        durability.loading?.outstanding += 1
        ask(.snapshot, .reading, [.read(file, count: Limits.loadingPart)])
    }

    /// A part of the file has come.
    mutating func dataRead(_ answer: DiskAnswer) {
        guard var loading = durability.loading.take() else { return }
        loading.outstanding -= 1
        var failure: LoadFailure?
        if let problem = answer.problem {
            failure = LoadFailure("cannot read '\(loading.source.path)': \(problem.reason)")
        } else if answer.bytes.isEmpty {
            loading.isAtEnd = true
        } else if !loading.isAtEnd {
            failure = take(answer.bytes, &loading)
            loading.loaded += Int64(answer.bytes.count)
        }
        let (isAtEnd, outstanding) = (loading.isAtEnd, loading.outstanding)
        durability.loading = consume loading
        if let failure { return fail(failure.text, hasRemedy: failure.hasRemedy) }
        if !isAtEnd { return readOn() }
        if outstanding == 0 { finishSource() }
    }

    /// Takes a part of a file.
    /// - Returns: why it cannot be used; nil if it can.
    private mutating func take(_ bytes: [UInt8], _ loading: inout DataLoading) -> LoadFailure? {
        do throws(EncryptionError) {
            try loading.reader.receive(bytes.span.bytes, keys: durability.keys, into: &loading.plaintext)
        } catch {
            return LoadFailure("'\(loading.source.path)' cannot be used: \(error.text)", hasRemedy: error.hasRemedy)
        }
        return takePlaintext(&loading)
    }

    private mutating func takePlaintext(_ loading: inout DataLoading) -> LoadFailure? {
        if loading.plaintext.isEmpty { return nil }
        var plaintext = ByteBuffer()
        swap(&plaintext, &loading.plaintext)
        let failure = takePlaintext(plaintext.bytes, &loading)
        plaintext.removeAll()
        swap(&plaintext, &loading.plaintext)
        return failure
    }

    private mutating func takePlaintext(_ bytes: RawSpan, _ loading: inout DataLoading) -> LoadFailure? {
        let isFirst = loading.taken == 0
        loading.taken += Int64(bytes.byteCount)
        if isFirst && (!loading.source.isLog || bytes.starts(with: "REDIS")) {
            loading.loader = SnapshotLoader(configuration)
            loading.store = Store(like: execution.store)
            loading.store?.setTime(now.unixMilliseconds)
        }
        guard loading.loader != nil else {
            loading.append(bytes)
            return executeLog(&loading)
        }
        do throws(RDBError) {
            guard try loading.takeSnapshot(bytes) else { return nil }
        } catch {
            return LoadFailure("'\(loading.source.path)' cannot be used. \(error.text)\(error.advice)")
        }
        adoptLoaded(&loading)
        return loading.source.isLog ? executeLog(&loading) : nil
    }

    /// The snapshot of a file is complete.
    private mutating func adoptLoaded(_ loading: inout DataLoading) {
        guard let loader = loading.loader.take(), let store = loading.store.take() else { return }
        durability.saves.keysLoaded = loader.keys
        durability.saves.keysSkipped = loader.skippedKeys + loader.emptyKeys
        loading.append(loader.rest)
        loading.input.database = loader.streamDatabase ?? 0
        execution.store.replaceContent(with: store)
        settle()
        if !loader.replicationID.isEmpty && loader.replicationOffset >= 0 {
            continueHistory(loader.replicationID, loader.replicationOffset)
        }
    }

    /// The data belongs to a history from here on.
    mutating func continueHistory(_ id: String, _ offset: Int64) {
        durability.history = id
        if !replication.backlog.isActive || replication.offset != offset { replication.backlog.start(at: offset) }
    }

    /// All of a file was read.
    private mutating func finishSource() {
        guard var loading = durability.loading.take() else { return }
        ask(.snapshot, .removal, [.close(loading.source.file)])
        let failure = endFile(&loading)
        let isLast = loading.isLast
        if failure == nil && !isLast {
            loading.number += 1
            loading.forgetInput()
        }
        durability.loading = consume loading
        if let failure { return fail(failure.text, hasRemedy: failure.hasRemedy) }
        if isLast { loadedAll() } else { beginSource() }
    }

    /// Whether a file ends where it may.
    private mutating func endFile(_ loading: inout DataLoading) -> LoadFailure? {
        let end: StoredFileReader.End
        do throws(EncryptionError) {
            end = try loading.reader.finish(
                isLast: loading.isLast, keys: durability.keys, into: &loading.plaintext)
        } catch {
            return LoadFailure("'\(loading.source.path)' cannot be used: \(error.text)", hasRemedy: error.hasRemedy)
        }
        if let failure = takePlaintext(&loading) { return failure }
        switch end {
        case .plain: return checkEnd(&loading)
        case .complete(let proof):
            loading.foundProof = proof
            return checkEnd(&loading)
        case .open(let proof, let tornRecords):
            loading.foundProof = proof
            return checkOpenEnd(&loading, proof, tornRecords)
        }
    }

    /// Whether an encrypted segment that nobody has ended is of use. What it holds of its last request is not.
    private mutating func checkOpenEnd(
        _ loading: inout DataLoading, _ proof: EncryptedFileProof, _ tornRecords: Int?
    ) -> LoadFailure? {
        loading.forgetInput()
        guard tornRecords != nil, let end = proof.end else { return nil }
        let path = loading.source.path
        guard configuration.loadsTruncatedLog else {
            return LoadFailure(
                "the append log '\(path)' ends within a record, at byte \(end.bytes). aof-load-truncated yes cuts "
                    + "it there and goes on", hasRemedy: true)
        }
        log(
            .warning, "The append log '\(path)' ends within a record, as after a loss of power: what follows byte "
                + "\(end.bytes) is not used")
        loading.cutAt = end.bytes
        return nil
    }

    private mutating func checkEnd(_ loading: inout DataLoading) -> LoadFailure? {
        let path = loading.source.path
        if loading.loader != nil || (!loading.source.isLog && loading.taken == 0) {
            return LoadFailure("'\(path)' ends too early, after \(loading.taken) bytes: it is truncated")
        }
        let hasRest = loading.position < loading.taken || loading.input.isInTransaction
        guard loading.source.isLog, hasRest else { return nil }
        let (position, taken) = (loading.position, loading.taken)
        guard loading.isLast else {
            return LoadFailure(
                "the append log '\(path)' ends within a request, at byte \(position), and is not the last file: "
                    + "something is missing")
        }
        guard configuration.loadsTruncatedLog else {
            return LoadFailure(
                "the append log '\(path)' ends within a request, at byte \(position). aof-load-truncated yes cuts "
                    + "it there and goes on", hasRemedy: true)
        }
        log(
            .warning, "The append log '\(path)' ends within a request, as after a loss of power: its last "
                + "\(taken - position) bytes, from byte \(position) on, are not used")
        loading.cutAt = position
        loading.forgetInput()
        return nil
    }

    /// What is there cannot be used: the node ends, for it would be taken for one without data, and overwrite it.
    ///
    /// - Parameter hasRemedy: the reason says what to do.
    mutating func fail(_ reason: String, hasRemedy: Bool = false) {
        guard durability.isLoading, !durability.hasFailed else { return }
        durability.hasFailed = true
        let advice = hasRemedy ? "" : ". Restore the files from a backup, or move them away to begin empty"
        emit(.fail(reason + ". Nothing was changed" + advice))
    }

    /// All there is was loaded.
    private mutating func loadedAll() {
        guard let loading = durability.loading.take() else { return }
        let milliseconds = (now.monotonicMicroseconds - loading.startedAt) / 1000
        var manifest = loading.manifest
        if let proof = loading.foundProof { manifest?.pinLastIncrement(proof) }
        let (bytes, hasSources) = (loading.loaded, !loading.sources.isEmpty)
        if hasSources {
            log(
                .notice, "DB loaded from disk: \(execution.store.keyCount) keys, \(bytes) bytes, \(milliseconds) ms"
                    + (manifest == nil ? "" : ", from the append log"))
            if durability.saves.keysSkipped > 0 {
                log(.warning, "\(durability.saves.keysSkipped) keys that cannot be held were passed over")
            }
        }
        durability.changes = 0
        if manifest != nil && hasSources {
            durability.log.loadedEnd = LoadedEnd(path: loading.source.path, cutAt: loading.cutAt)
        }
        takeSizes(loading)
        let database = loading.input.database
        settleHistory(database: database)
        guard configuration.keepsLog else { return endLoading() }
        durability.isStartingLog = true
        turnLogOn(continuing: manifest, replaces: (durability.loadedKey != nil) != encryptsFiles)
    }

    private mutating func takeSizes(_ loading: borrowing DataLoading) {
        guard let manifest = loading.manifest else { return }
        let lengths = loading.sources.map(\.length)
        let hasBase = manifest.base != nil
        durability.log.baseBytes = hasBase ? lengths.first ?? 0 : 0
        durability.log.completeBytes = lengths.dropFirst(hasBase ? 1 : 0).reduce(0, +)
    }

    /// The history of what was loaded: a replica goes on with it, and replicas of a primary can go on with us.
    private mutating func settleHistory(database: Int) {
        guard !durability.history.isEmpty else { return }
        if replication.isReplica {
            replication.id = durability.history
            replication.input.database = database
            replication.canResume = replication.offset > 0
            return
        }
        // Nobody has ever followed: there is nothing to go on with.
        if replication.offset == 0 { return replication.backlog.stop() }
        // A new name for what follows: replicas may have more of the old history than this data has.
        replication.id = identifiers.next()
        (replication.secondID, replication.secondOffset) = (durability.history, replication.offset + 1)
        replication.aloneSince = now.monotonicMicroseconds
        execution.startPropagation()
        execution.propagation.mayRepeat = false
    }

    /// The log is kept from here on.
    mutating func logHasStarted() {
        durability.isStartingLog = false
        endLoading()
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

extension DataLoading {
    /// Takes a part of a snapshot.
    /// - Returns: whether it is complete.
    fileprivate mutating func takeSnapshot(_ bytes: RawSpan) throws(RDBError) -> Bool {
        guard var loader = self.loader.take(), var store = self.store.take() else { return false }
        var failure: RDBError?
        do throws(RDBError) { try loader.receive(bytes, into: &store) } catch { failure = error }
        let isComplete = loader.isComplete
        self.loader = consume loader
        self.store = consume store
        if let failure { throw failure }
        return isComplete
    }
}
