/// Requests to the disk and their answers, and what is to be done for the data's durability as time passes.
extension Node {
    /// Asks the disk for something.
    mutating func ask(_ lane: DiskLane, _ purpose: DiskPurpose, _ steps: [DiskStep]) {
        durability.asked[lane.rawValue].append(purpose)
        emit(.disk(DiskRequest(lane: lane, steps: steps)))
    }

    /// The runtime has done, or could not do, what the oldest request of a lane asks for that it has not answered yet.
    public mutating func diskAnswered(_ answer: DiskAnswer, in lane: DiskLane, now: Timestamp) {
        setTime(now)
        guard !durability.asked[lane.rawValue].isEmpty else { preconditionFailure("nothing was asked for") }
        let purpose = durability.asked[lane.rawValue].removeFirst()
        // The runtime is about to end: nothing may be changed any more.
        if durability.hasFailed { return }
        switch purpose {
        case .snapshot(let isLast, let file): snapshotAnswered(file, isLast: isLast, answer)
        case .removal: break
        case .opening: dataOpened(answer)
        case .reading: dataRead(answer)
        case .manifest: manifestRead(answer)
        case .log: logAnswered(answer)
        }
    }

    /// Whether nothing that was asked of the disk is unanswered.
    public var isDiskIdle: Bool { durability.asked.allSatisfy(\.isEmpty) }

    /// Begins with the data of the last run, if the configuration says that there is some.
    mutating func startDurability() {
        durability.saves.lastSave = now.unixMilliseconds / 1000
        if configuration.keepsData { beginLoading() }
        durabilityChanged()
    }

    /// Directives have changed.
    mutating func durabilityChanged() {
        if configuration.effectiveSaveRules.isEmpty {
            execution.store.observers.remove(.saving)
        } else {
            execution.store.observers.insert(.saving)
        }
        durability.nextTick = configuration.keepsData ? now.monotonicMicroseconds : .max
        if !durability.isLoading {
            if configuration.keepsLog && !durability.log.isActive { turnLogOn(continuing: nil) }
            if !configuration.keepsLog { turnLogOff() }
            if configuration.appendSync != .always { openGates() }
        }
        updatePermissions()
    }

    /// Does what is due.
    /// - Returns: when there is more to do, in monotonic microseconds; `Int64.max` if only answers matter.
    @inline(never)
    mutating func tendDurability() -> Int64 {
        let mono = now.monotonicMicroseconds
        if mono >= durability.nextTick {
            durability.nextTick = configuration.keepsData ? mono + 100_000 : .max
            if durability.isLoading { reportLoading() } else { applySaveRules() }
            tendLog()
            if durability.waits.contains(where: { $0.deadline <= mono }) { serveDurableWaits() }
        }
        if durability.wantedFile != nil { beginFile() }
        if durability.file != nil && continueFile() { return mono }
        return durability.nextTick
    }

    /// Whether `tendDurability` may have something to do now.
    @inline(__always)
    var hasDurability: Bool { now.monotonicMicroseconds >= durability.nextTick || execution.isPreserving }

    /// Notes that the stream has become longer.
    @inline(__always)
    mutating func keep(_ bytes: RawSpan) {
        if durability.log.isActive { keepInLog(bytes) }
    }

    @inline(never)
    private mutating func keepInLog(_ bytes: RawSpan) {
        // Before there is a first segment, the base has it.
        if durability.log.file == nil && durability.log.flight == nil { return }
        durability.log.append(bytes)
        if configuration.appendSync == .always && durability.log.phase == .on { durability.log.holdsReplies = true }
    }

    /// Counts what the log of changes says, for the save rules.
    mutating func countChanges() {
        for index in 0..<execution.store.changes.count where execution.store.changes[index].event.propagation != .none {
            durability.changes += 1
        }
    }
}
