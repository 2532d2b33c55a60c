/// Snapshots in files: `SAVE`, `BGSAVE`, save rules, and the one at the end.
///
/// There is no second process: slices are written between requests, and what a request is about to change is written
/// before (`preserve`), so that the file holds the data of one moment.
extension Node {
    // MARK: Beginning

    /// Has a snapshot written to `dbfilename`, from the data as it is when no request is being executed.
    mutating func beginSave(isBackground: Bool) {
        want(.save(isBackground: isBackground))
        durability.saves.lastTry = now.monotonicMicroseconds
        if isBackground { log(.notice, "Background saving started") }
    }

    private mutating func want(_ purpose: FileSnapshot.Purpose) {
        durability.wantedFile = purpose
        durability.nextTick = 0
        wantsTurn = true
    }

    /// Begins to write the file that is wanted. No request is being executed.
    mutating func beginFile() {
        if encryptsFiles && !hasEntropy(files: 1) { return }
        guard let purpose = durability.wantedFile.take() else { return }
        switch purpose {
        case .save: begin(purpose, configuration.snapshotName, in: configuration.dataDirectory)
        case .logBase: begin(purpose, nextBaseName, in: baseDirectory)
        }
    }

    private mutating func begin(_ purpose: FileSnapshot.Purpose, _ name: String, in directory: String) {
        if !execution.propagation.buffer.isEmpty && replication.backlog.isActive { takeEffects() }
        let file = durability.newFile()
        var snapshot = FileSnapshot(
            purpose: purpose, writer: SnapshotWriter(snapshotFacts(purpose), form: RDBForm(configuration)),
            file: file,
            directory: directory, temporaryPath: Configuration.path(of: "temp-\(file.rawValue).rdb", in: directory),
            path: Configuration.path(of: name, in: directory),
            keysAtStart: Int64(execution.store.keyCount), startedAt: now.monotonicMicroseconds,
            changes: durability.changes)
        beginEncryption(of: &snapshot)
        let directories: [DiskStep] = purpose == .logBase ? [.makeDirectory(path: directory)] : []
        ask(.snapshot, .snapshot(isLast: false, file), directories + snapshot.opening)
        durability.file = consume snapshot
        durability.file?.outstanding = 1
        execution.isPreserving = true
    }

    /// What a snapshot of now says of itself.
    private func snapshotFacts(_ purpose: FileSnapshot.Purpose) -> SnapshotFacts {
        // As those who execute the stream from here on have it: they go on without selecting a database anew.
        let database = replication.isReplica ? replication.input.database : execution.propagation.database
        // Touches that put a deadline off by less than the interval are not in the log behind a base.
        let interval = purpose == .logBase ? Int64(configuration.touchInterval) : 1
        return SnapshotFacts(
            replicationID: replication.id, offset: replication.offset, streamDatabase: database,
            version: Node.version, interval: interval, isLogBase: purpose == .logBase)
    }

    // MARK: Slices

    /// Writes on, unless the disk has enough to do.
    /// - Returns: whether there is more to do at once.
    mutating func continueFile(budget: Int = Limits.snapshotSlice) -> Bool {
        guard var snapshot = durability.file.take() else { return false }
        var goesOn = false
        if !snapshot.isHandedOver && snapshot.outstanding < Limits.snapshotWrites {
            goesOn = writeSlice(of: &snapshot, budget: budget)
        }
        durability.file = consume snapshot
        return goesOn
    }

    /// - Parameter budget: bytes.
    private mutating func writeSlice(of snapshot: inout FileSnapshot, budget: Int) -> Bool {
        let isComplete = snapshot.writer.write(&execution.store, budget: budget)
        let bytes = snapshot.takeOutput(isComplete: isComplete)
        snapshot.unsynced += bytes.count
        snapshot.bytes += Int64(bytes.count)
        var steps: [DiskStep] = [.write(snapshot.file, bytes)]
        if isComplete {
            snapshot.isHandedOver = true
            execution.isPreserving = false
            steps += snapshot.closing
        } else if snapshot.unsynced >= Limits.snapshotUnsynced {
            // Now and then, so that the last one does not take long.
            snapshot.unsynced = 0
            steps.append(.sync(snapshot.file))
        }
        snapshot.outstanding += 1
        ask(.snapshot, .snapshot(isLast: isComplete, snapshot.file), steps)
        return !isComplete && snapshot.outstanding < Limits.snapshotWrites
    }

    /// A request is about to change keys while a snapshot is being written.
    @inline(never)
    mutating func preserve(_ request: borrowing Request) {
        guard let facts = request.command, facts.flags.contains(.write), durability.file != nil else { return }
        if facts.flags.contains(.token) {
            if request.hash != 0 { preserve(hash: request.hash) }
            return
        }
        for index in request.keys(of: facts) {
            let key = request[index]
            if !facts.namesKeys {
                preserve(hash: execution.store.hash(Handle(token: key)))
                if let handle = Handle(hexadecimal: key) { preserve(hash: execution.store.hash(handle)) }
            } else if let (handle, _) = SessionKey.parse(key) {
                preserve(hash: execution.store.hash(handle))
            } else {
                preserve(hash: execution.store.hash(key))
            }
        }
    }

    private mutating func preserve(hash: UInt64) {
        durability.file?.writer.preserve(execution.database, hash, &execution.store)
    }

    /// Everything is being changed at once, by a flush or an exchange of databases: what was written of the snapshot
    /// is no state that the data has ever had. It begins again.
    mutating func restartFile() {
        guard let snapshot = durability.file.take() else { return }
        execution.isPreserving = false
        if snapshot.isHandedOver {
            durability.file = consume snapshot
            return
        }
        ask(.snapshot, .removal, snapshot.removal)
        if snapshot.purpose == .logBase {
            // With a new segment: the stream before the change belongs to the old one.
            durability.log.wanted = .rewrite
            durability.nextTick = 0
            wantsTurn = true
        } else {
            want(snapshot.purpose)
        }
    }

    /// Gives the snapshot up that is being written.
    mutating func abandonFile() {
        durability.wantedFile = nil
        guard let snapshot = durability.file.take() else { return }
        execution.isPreserving = false
        ask(.snapshot, .removal, snapshot.removal)
    }

    // MARK: Ends

    /// A part of the snapshot was written, or not.
    mutating func snapshotAnswered(_ file: DiskFile, isLast: Bool, _ answer: DiskAnswer) {
        // One that was given up meanwhile.
        guard durability.file?.file == file else { return }
        durability.file?.outstanding -= 1
        if let problem = answer.problem { return fileFailed(problem) }
        wantsTurn = true
        guard isLast, let snapshot = durability.file.take() else { return }
        let seconds = (now.monotonicMicroseconds - snapshot.startedAt) / 1_000_000
        if snapshot.purpose == .logBase {
            baseWritten(FinishedBase(bytes: snapshot.bytes, proof: snapshot.proof), seconds: seconds)
            return fileIsDone()
        }
        saved(snapshot.purpose, keys: snapshot.writer.keys, changes: snapshot.changes, seconds: seconds)
    }

    private mutating func saved(_ purpose: FileSnapshot.Purpose, keys: Int64, changes: Int64, seconds: Int64) {
        durability.changes -= changes
        durability.saves.lastSave = now.unixMilliseconds / 1000
        durability.saves.lastSucceeded = true
        durability.saves.lastDuration = seconds
        durability.saves.count += 1
        log(.notice, "DB saved on disk: \(keys) keys")
        if purpose == .save(isBackground: true) { log(.notice, "Background saving terminated with success") }
        updatePermissions()
        answerSaves(nil)
        if lifecycle.stopping == .saving { finishLog() }
        fileIsDone()
    }

    private mutating func fileFailed(_ problem: DiskProblem) {
        guard let snapshot = durability.file.take() else { return }
        execution.isPreserving = false
        ask(.snapshot, .removal, snapshot.removal)
        if snapshot.purpose == .logBase {
            if durability.isStartingLog { return fail("cannot write '\(snapshot.path)': \(problem.reason)") }
            rewriteFailed(problem.reason)
            if durability.log.phase == .starting { logFails(problem.reason, isUntrusted: false) }
            if durability.log.phase == .starting { durability.log.wanted = .rewrite }
            return fileIsDone()
        }
        durability.saves.lastSucceeded = false
        durability.saves.lastDuration = (now.monotonicMicroseconds - snapshot.startedAt) / 1_000_000
        log(
            .warning, "The snapshot could not be written to '\(snapshot.path)': \(problem.reason). The file is as it "
                + "was. Make room or mend the directory; the next attempt is made by itself or by BGSAVE")
        updatePermissions()
        answerSaves(.saveFailed)
        if lifecycle.stopping == .saving { savingAtEndFailed() }
        fileIsDone()
    }

    private mutating func fileIsDone() {
        if durability.isSaveScheduled {
            durability.isSaveScheduled = false
            beginSave(isBackground: true)
        }
    }

    /// Answers the clients in `SAVE`.
    private mutating func answerSaves(_ error: ReplyError?) {
        var waits: [ClientReference] = []
        swap(&waits, &durability.saveWaits)
        for wait in waits {
            guard let index = connections.index(of: wait), connections[index].phase == .open else { continue }
            if let error {
                let text = observation.counted(error)
                observation.commandStatistics.failed(.save)
                unblock(index) { $0.error(text) }
            } else {
                unblock(index) { $0.ok() }
            }
        }
    }

    // MARK: Save rules

    /// Looks at the save rules.
    mutating func applySaveRules() {
        guard !durability.isWriting, !durability.isLoading, lifecycle.stopping == .no else { return }
        let since = now.unixMilliseconds / 1000 - durability.saves.lastSave
        let sinceTry = now.monotonicMicroseconds - durability.saves.lastTry
        guard durability.saves.lastSucceeded || sinceTry > Limits.saveRetry else { return }
        for rule in configuration.effectiveSaveRules where durability.changes >= rule.changes && since > rule.seconds {
            log(.notice, "\(rule.changes) changes in \(rule.seconds) seconds. Saving...")
            return beginSave(isBackground: true)
        }
    }
}
