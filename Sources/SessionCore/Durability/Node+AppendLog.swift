/// Appending the stream to the log, and what waits for that.
///
/// There is at most one request to the disk at a time; what comes meanwhile goes out with the next one, so that one
/// `fsync` serves all who wait for it.
extension Node {
    // MARK: Writing

    /// When `advance` is to be called again at the latest besides what it has said itself, in monotonic microseconds.
    public var wantsTurnAt: Int64 { durability.log.flushAt }

    /// Hands over what is pending, if the disk has answered. Called when a turn's output has been looked at.
    mutating func flushLog() {
        guard durability.log.isActive, durability.log.flight == nil, !isSegmentDue, durability.log.problem == nil,
            let file = durability.log.file, durability.log.hasOutput
        else { return }
        let mono = now.monotonicMicroseconds
        let isAlways = configuration.appendSync == .always
        if isAlways && durability.log.gates.count < durability.log.released && mono < durability.log.gatherUntil
            && durability.log.outputBytes < Limits.logGathered {
            // Those who were let go with the last write are about to ask again.
            durability.log.flushAt = durability.log.gatherUntil
            return
        }
        let isSynced = isAlways || (isSyncDue(mono) && configuration.appendSync == .everySecond)
        let bytes = durability.log.takeOutput()
        fly(
            .write, [.write(file, bytes)] + (isSynced ? [.sync(file)] : []), bytes, isSynced: isSynced)
    }

    private func isSyncDue(_ mono: Int64) -> Bool {
        if configuration.skipsSyncOnRewrite && durability.isWriting { return false }
        return mono - durability.log.syncedAt >= 1_000_000
    }

    mutating func fly(
        _ purpose: LogFlight.Purpose, _ steps: [DiskStep], _ bytes: [UInt8] = [], isSynced: Bool, oldSteps: Int = 0
    ) {
        durability.log.flight = LogFlight(
            purpose: purpose, epoch: durability.log.epoch, steps: steps, bytes: bytes, end: replication.offset,
            records: durability.log.records, isSynced: isSynced, oldSteps: oldSteps)
        ask(.log, .log, steps)
    }

    /// The disk has answered.
    mutating func logAnswered(_ answer: DiskAnswer) {
        guard let flight = durability.log.flight.take() else { return }
        wantsTurn = true
        if isSegmentDue || durability.log.isFinishing || durability.log.finishedBase != nil { durability.nextTick = 0 }
        guard flight.epoch == durability.log.epoch else {
            if case .segment(let manifest, let file, _) = flight.purpose {
                ask(.log, .removal, [.close(file)])
                noteName(manifest)
            }
            return
        }
        switch flight.purpose {
        case .write:
            if let problem = answer.problem { return writingFailed(flight, problem) }
            durability.log.segmentBytes += Int64(flight.bytes.count)
            appended(flight, answer)
        case .segment(let manifest, let file, let bytes):
            segmentAnswered(flight, manifest, file, bytes, answer)
        case .manifest(let manifest): manifestAnswered(manifest, answer.problem)
        }
    }

    /// A part of the stream was written.
    mutating func appended(_ flight: LogFlight, _ answer: DiskAnswer) {
        if !flight.bytes.isEmpty { durability.log.written = max(durability.log.written, flight.end) }
        if let problem = durability.log.problem {
            durability.log.problem = nil
            log(.notice, "The append log is written again, after: \(problem)")
            updatePermissions()
        }
        // Without a base in the manifest it is of no use.
        guard flight.isSynced, durability.log.phase == .on else { return }
        let mono = now.monotonicMicroseconds
        durability.log.synced = max(durability.log.synced, flight.end)
        durability.log.written = max(durability.log.written, flight.end)
        durability.log.writer?.synced(records: flight.records)
        if configuration.appendSync == .everySecond && answer.microseconds >= 1_000_000 {
            durability.log.figures.delayedSyncs += 1
        }
        durability.log.syncedAt = mono
        durability.log.gatherUntil = mono + min(answer.microseconds / 2, Limits.logGathering)
        releaseGates()
        if !durability.waits.isEmpty { serveDurableWaits() }
        if durability.log.isFinishing && !durability.log.isBehind { endStopping() }
    }

    // MARK: Failures

    /// What was to be appended may be there in part. It is cut off and written again until that succeeds; what has been
    /// synchronised without success is not trusted, and everything is written anew.
    private mutating func writingFailed(_ flight: LogFlight, _ problem: DiskProblem) {
        durability.log.unwritten = flight.bytes
        var isUntrusted = false
        if case .sync = flight.steps[problem.step] { isUntrusted = true }
        logFails("\(problem.reason)", isUntrusted: isUntrusted)
    }

    /// The log cannot be written: writes are refused until it can.
    mutating func logFails(_ reason: String, isUntrusted: Bool) {
        durability.log.retryAt = now.monotonicMicroseconds + Limits.logRetry
        if isUntrusted && durability.log.phase == .on { restartLog(opensGates: false) }
        if durability.log.problem == nil {
            log(
                .warning, "The append log cannot be written: \(reason). Writes are refused until it can: make room or "
                    + "mend the disk. Nothing that was acknowledged is lost, and reads go on")
        }
        durability.log.problem = reason
        updatePermissions()
        passReaders()
        if durability.log.isFinishing { savingAtEndFailed() }
    }

    /// Tries again what has failed.
    private mutating func retryLog() {
        guard durability.log.problem != nil, durability.log.flight == nil,
            now.monotonicMicroseconds >= durability.log.retryAt
        else { return }
        durability.log.retryAt = now.monotonicMicroseconds + Limits.logRetry
        guard !isSegmentDue, let file = durability.log.file else { return }
        let bytes = durability.log.takeOutput()
        fly(
            .write, [.truncate(file, bytes: durability.log.segmentBytes), .write(file, bytes), .sync(file)], bytes,
            isSynced: true)
    }

    // MARK: Time

    /// Whether a new segment is to begin as soon as the disk has answered.
    private var isSegmentDue: Bool {
        switch durability.log.wanted {
        case .nothing: false
        case .segment: true
        case .rewrite: !durability.isWriting
        }
    }

    /// Does what is due. No request is being executed.
    mutating func tendLog() {
        guard durability.log.isActive, durability.log.flight == nil else { return }
        if isSegmentDue { return beginSegment() }
        if durability.log.problem != nil { return retryLog() }
        if let base = durability.log.finishedBase { return putInPlace(base) }
        guard let file = durability.log.file else { return }
        let mono = now.monotonicMicroseconds
        let isDue = configuration.appendSync == .everySecond && isSyncDue(mono)
        if durability.log.isFinishing || isDue, durability.log.isBehind {
            let bytes = durability.log.takeOutput()
            let write: [DiskStep] = bytes.isEmpty ? [] : [.write(file, bytes)]
            return fly(.write, write + [.sync(file)], bytes, isSynced: true)
        }
        if durability.log.phase == .on { considerRewrite() }
    }

    // MARK: Replies that wait

    /// Whether a connection's output has to wait for the disk. What replicas are sent does not.
    mutating func isGated(_ index: Int) -> Bool {
        if connections[index].isCleared {
            connections[index].isCleared = false
            resume(index)
            return false
        }
        guard connections[index].link == .none else { return false }
        if durability.log.problem != nil && connections[index].writtenOffset <= durability.log.synced { return false }
        connections.hold(index, until: .max)
        durability.log.gates.append(LogGate(client: connections.reference(index), offset: replication.offset))
        return true
    }

    /// What was sent behind the requests whose replies have waited is executed.
    private mutating func resume(_ index: Int) {
        guard connections[index].isWaiting, !connections[index].isStopped else { return }
        if connections[index].input.isEmpty {
            connections[index].isWaiting = false
        } else {
            connections.wake(index)
            wantsTurn = true
        }
    }

    mutating func releaseGates() {
        var gates: [LogGate] = []
        swap(&gates, &durability.log.gates)
        var count = 0
        for gate in gates {
            if gate.offset > durability.log.synced {
                durability.log.gates.append(gate)
            } else {
                count += 1
                clear(gate.client)
            }
        }
        if count > 0 { durability.log.released = count }
        if durability.log.gates.isEmpty && durability.log.synced >= writtenOffset {
            durability.log.holdsReplies = false
        }
    }

    private mutating func clear(_ client: ClientReference) {
        guard let index = connections.index(of: client), connections[index].isHeld else { return }
        connections[index].isHeld = false
        connections[index].isCleared = true
        connections.queueForWriting(index)
    }

    /// While the log cannot be written, only those who have written wait.
    private mutating func passReaders() {
        var gates: [LogGate] = []
        swap(&gates, &durability.log.gates)
        for gate in gates {
            guard let index = connections.index(of: gate.client) else { continue }
            if connections[index].writtenOffset > durability.log.synced {
                durability.log.gates.append(gate)
            } else {
                clear(gate.client)
            }
        }
    }

    /// The log is off, or no longer `always`: nothing waits for it.
    mutating func openGates() {
        var gates: [LogGate] = []
        swap(&gates, &durability.log.gates)
        for gate in gates { clear(gate.client) }
        durability.log.holdsReplies = false
    }
}
