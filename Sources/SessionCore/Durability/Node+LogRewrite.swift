/// The files of the log: beginning, rewriting and ending it.
extension Node {
    private var logDirectory: String {
        Configuration.path(of: configuration.appendDirectoryName, in: configuration.dataDirectory)
    }

    var manifestName: String { configuration.appendFileName + ".manifest" }

    private var prefix: [UInt8] { Array(configuration.appendFileName.utf8) }

    func logPath(_ name: [UInt8]) -> String {
        Configuration.path(of: String(decoding: name, as: UTF8.self), in: logDirectory)
    }

    // MARK: On and off

    /// Begins to keep the log: behind what was loaded from it, or with a new base.
    ///
    /// - Parameter replaces: the files of the manifest are not to stay: they are encrypted and new ones are not to be,
    ///   or the other way round.
    mutating func turnLogOn(continuing manifest: AppendManifest?, replaces: Bool = false) {
        startStream()
        durability.log.syncedAt = now.monotonicMicroseconds
        (durability.log.synced, durability.log.written) = (writtenOffset, writtenOffset)
        if let manifest { durability.log.manifest = manifest }
        if manifest != nil && !replaces {
            durability.log.phase = .on
            durability.log.wanted = isSealedAnew ? .rewrite : .segment
        } else {
            durability.log.phase = .starting
            durability.log.wanted = .rewrite
        }
        durability.nextTick = 0
        wantsTurn = true
    }

    /// `CONFIG SET appendonly no`: the files stay as they are.
    mutating func turnLogOff() {
        guard durability.log.isActive else { return }
        abandonBase()
        openGates()
        if let file = durability.log.file {
            let retries = !durability.log.unwritten.isEmpty
            let cut: [DiskStep] = retries ? [.truncate(file, bytes: durability.log.segmentBytes)] : []
            let bytes = durability.log.takeOutput()
            ask(.log, .removal, cut + (bytes.isEmpty ? [] : [.write(file, bytes)]) + [.sync(file), .close(file)])
        }
        let (manifest, figures) = (durability.log.manifest, durability.log.figures)
        let (flight, epoch) = (durability.log.flight, durability.log.epoch)
        durability.log = AppendLog()
        (durability.log.manifest, durability.log.figures) = (manifest, figures)
        (durability.log.flight, durability.log.epoch) = (flight, epoch + 1)
        endDurableWaits()
        updatePermissions()
    }

    /// The data is another, or the log on disk is not to be trusted: it begins anew, and takes the place of the old one
    /// when it is complete.
    /// - Parameter opensGates: nobody waits for what was to be on disk any more.
    mutating func restartLog(opensGates: Bool = true) {
        guard durability.log.isActive else { return }
        abandonBase()
        if let file = durability.log.file { ask(.log, .removal, [.close(file)]) }
        durability.log.file = nil
        durability.log.writer = nil
        durability.log.nextWriter = nil
        durability.log.discardOutput()
        durability.log.phase = .starting
        durability.log.wanted = .rewrite
        durability.log.epoch += 1
        (durability.log.segmentBytes, durability.log.completeBytes) = (0, 0)
        if opensGates { openGates() }
        durability.nextTick = 0
        wantsTurn = true
    }

    private mutating func abandonBase() {
        durability.log.finishedBase = nil
        if durability.isRewriting { abandonFile() }
    }

    // MARK: Segments

    /// Begins a new segment and, for a rewrite, a new base. No request is being executed, and the disk is idle.
    mutating func beginSegment() {
        let isRewrite = durability.log.wanted == .rewrite
        if durability.log.problem != nil && now.monotonicMicroseconds < durability.log.retryAt { return }
        if encryptsFiles && !hasEntropy(files: 2) { return }
        if !execution.propagation.buffer.isEmpty { takeEffects() }
        durability.log.wanted = .nothing
        var manifest = durability.log.manifest
        let (bytes, oldProof) = endSegment()
        if let oldProof { manifest.pinLastIncrement(oldProof) }
        let path = logPath(manifest.beginIncrement(prefix: prefix))
        let file = durability.newFile()
        let head = segmentHead(&manifest)
        var steps = durability.log.loadedEnd.take()?.steps(durability.newFile()) ?? []
        if let old = durability.log.file {
            // Part of what could not be written may be there.
            if durability.log.problem != nil { steps.append(.truncate(old, bytes: durability.log.segmentBytes)) }
            if !bytes.isEmpty { steps.append(.write(old, bytes)) }
            steps.append(.sync(old))
        }
        let oldSteps = steps.count
        steps += [.makeDirectory(path: logDirectory), .syncDirectory(path: configuration.dataDirectory)]
        steps += [.create(file, path: path), .write(file, head), .sync(file), .syncDirectory(path: logDirectory)]
        if durability.log.phase == .on { steps += manifestSteps(manifest) }
        if let old = durability.log.file { steps.append(.close(old)) }
        fly(
            .segment(manifest, file, bytes: Int64(head.count)), steps, bytes, isSynced: true, oldSteps: oldSteps)
        if isRewrite {
            durability.log.baseOffset = replication.offset
            durability.log.figures.lastTry = now.monotonicMicroseconds
            durability.wantedFile = .logBase
            beginFile()
        }
    }

    /// Where the stream is now.
    var annotation: LogAnnotation {
        let database = replication.isReplica ? replication.input.database : execution.propagation.database
        return LogAnnotation(
            id: replication.id, offset: replication.offset, secondID: replication.secondID,
            secondOffset: replication.secondOffset, database: max(0, database))
    }

    /// The history has another name from here on.
    mutating func noteHistory() {
        if durability.log.isActive && durability.log.file != nil { durability.log.pending += annotation.bytes }
    }

    /// Steps that put a manifest in place.
    private mutating func manifestSteps(_ manifest: AppendManifest) -> [DiskStep] {
        var text = ByteBuffer()
        // Names of files are shorter than what makes a line too long.
        do { try write(manifest, to: &text) } catch { preconditionFailure("a name is too long: \(error.text)") }
        let file = durability.newFile()
        let path = Configuration.path(of: manifestName, in: logDirectory)
        let aside = Configuration.path(of: "temp-" + manifestName, in: logDirectory)
        return [
            .create(file, path: aside), .write(file, text.bytes.array), .sync(file), .close(file),
            .rename(path: aside, to: path), .syncDirectory(path: logDirectory),
        ]
    }

    /// The new segment is there, or not.
    mutating func segmentAnswered(
        _ flight: LogFlight, _ manifest: AppendManifest, _ file: DiskFile, _ bytes: Int64, _ answer: DiskAnswer
    ) {
        if let problem = answer.problem {
            return segmentFailed(flight, manifest, file, problem)
        }
        durability.log.completeBytes += durability.log.segmentBytes + Int64(flight.bytes.count)
        durability.log.file = file
        durability.log.writer = durability.log.nextWriter.take()
        durability.log.segmentBytes = bytes
        durability.log.manifest = manifest
        appended(flight, answer)
        if durability.isStartingLog && durability.log.phase == .on {
            durability.log.sizeAtRewrite = durability.log.size
            removeHistory()
            logHasStarted()
        }
    }

    private mutating func segmentFailed(
        _ flight: LogFlight, _ manifest: AppendManifest, _ file: DiskFile, _ problem: DiskProblem
    ) {
        let wasRewriting = durability.isRewriting || durability.log.finishedBase != nil
        durability.log.nextWriter = nil
        abandonBase()
        ask(.log, .removal, [.close(file)])
        // The manifest on disk may name it.
        noteName(manifest)
        guard durability.log.isActive else { return }
        if durability.isStartingLog {
            return fail("cannot begin the append log in '\(logDirectory)': \(problem.reason)")
        }
        if wasRewriting { rewriteFailed(problem.reason) }
        if encryptsFiles && durability.log.file != nil {
            // Its last record was made: nothing can follow.
            logFails(problem.reason, isUntrusted: false)
            return restartLog(opensGates: false)
        }
        if durability.log.phase == .starting { durability.log.wanted = .rewrite }
        guard durability.log.file == nil || problem.step < flight.oldSteps else {
            // What belongs to the old segment is in it.
            durability.log.segmentBytes += Int64(flight.bytes.count)
            return appended(flight, DiskAnswer())
        }
        durability.log.unwritten = flight.bytes
        var isUntrusted = false
        if problem.step < flight.oldSteps, case .sync = flight.steps[problem.step] { isUntrusted = true }
        logFails(problem.reason, isUntrusted: isUntrusted)
    }

    /// The number of a segment that has come to nothing is not used again.
    mutating func noteName(_ manifest: AppendManifest) {
        while durability.log.manifest.lastIncrement < manifest.lastIncrement {
            _ = durability.log.manifest.beginIncrement(prefix: prefix)
            durability.log.manifest.increments.removeLast()
        }
    }

    // MARK: Bases

    /// The name that the next base gets.
    var nextBaseName: String {
        var manifest = durability.log.manifest
        return String(decoding: manifest.replaceBase(prefix: prefix, format: .rdb), as: UTF8.self)
    }

    /// Where bases are.
    var baseDirectory: String { logDirectory }

    /// A new base is on disk, under its name.
    mutating func baseWritten(_ base: FinishedBase, seconds: Int64) {
        durability.log.finishedBase = base
        durability.log.figures.lastRewriteDuration = seconds
        durability.nextTick = 0
        wantsTurn = true
    }

    /// Names the new base in the manifest, in place of all that it holds.
    mutating func putInPlace(_ base: FinishedBase) {
        guard durability.log.file != nil else { return }
        var manifest = durability.log.manifest
        _ = manifest.replaceBase(prefix: prefix, format: .rdb)
        manifest.base?.proof = base.proof
        fly(.manifest(manifest), manifestSteps(manifest), isSynced: false)
    }

    mutating func manifestAnswered(_ manifest: AppendManifest, _ problem: DiskProblem?) {
        guard durability.log.isActive, let base = durability.log.finishedBase.take() else { return }
        if let problem {
            noteBaseName()
            rewriteFailed(problem.reason)
            if durability.log.phase == .starting { durability.log.wanted = .rewrite }
            return
        }
        durability.log.manifest = manifest
        (durability.log.baseBytes, durability.log.completeBytes) = (base.bytes, 0)
        durability.log.sizeAtRewrite = durability.log.size
        let isNew = durability.log.phase == .starting
        durability.log.phase = .on
        if isNew {
            durability.log.synced = durability.log.baseOffset
            durability.log.written = max(durability.log.baseOffset, durability.log.written)
        }
        if durability.log.problem != nil {
            durability.log.problem = nil
            log(.notice, "The append log is written again: it was begun anew")
            updatePermissions()
        }
        durability.log.figures.rewrites += 1
        durability.log.figures.failures = 0
        durability.log.figures.lastRewriteSucceeded = true
        removeHistory()
        log(
            .notice, isNew
                ? "The append log has begun, in '\(logDirectory)'" : "Background AOF rewrite finished successfully")
        releaseGates()
        if durability.isStartingLog { logHasStarted() }
    }

    private mutating func noteBaseName() {
        var manifest = durability.log.manifest
        let (base, increments, history) = (manifest.base, manifest.increments, manifest.history)
        _ = manifest.replaceBase(prefix: prefix, format: .rdb)
        (manifest.base, manifest.increments, manifest.history) = (base, increments, history)
        durability.log.manifest = manifest
    }

    /// Removes the files that the log no longer needs, and their lines in the manifest.
    mutating func removeHistory() {
        guard !durability.log.manifest.history.isEmpty else { return }
        let removals = durability.log.manifest.history.map { DiskStep.remove(path: logPath($0.name)) }
        durability.log.manifest.history = []
        ask(.log, .removal, removals + manifestSteps(durability.log.manifest))
    }

    /// A new base could not be written; the log goes on as it is.
    mutating func rewriteFailed(_ reason: String) {
        durability.log.figures.failures += 1
        durability.log.figures.lastRewriteSucceeded = false
        durability.log.figures.lastRewriteDuration =
            (now.monotonicMicroseconds - durability.log.figures.lastTry) / 1_000_000
        log(.warning, "The append log could not be rewritten: \(reason). It goes on growing; nothing is lost")
    }

    /// Begins a rewrite if the log has grown as much as it may.
    mutating func considerRewrite() {
        let log = (size: durability.log.size, base: max(1, durability.log.sizeAtRewrite))
        guard configuration.rewritePercentage > 0, !durability.isWriting, lifecycle.stopping == .no,
            now.monotonicMicroseconds - durability.log.figures.lastTry
                > (durability.log.figures.failures > 0 ? Limits.rewriteRetry : 0)
        else { return }
        let growth = log.size * 100 / log.base - 100
        let isLarge = log.size > Int64(configuration.rewriteMinSize) && growth >= Int64(configuration.rewritePercentage)
        guard isLarge || durability.log.manifest.increments.count > Limits.logSegments else { return }
        self.log(.notice, "Starting automatic rewriting of AOF on \(growth)% growth")
        durability.log.wanted = .rewrite
        durability.nextTick = 0
    }
}
