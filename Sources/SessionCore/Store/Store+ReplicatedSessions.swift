/// Sessions and their marks as received from a primary: this code makes no decisions, it only applies them.
extension Store {
    /// The deadline of a record that a replica is told, Unix milliseconds: that of a session, and of a predecessor that
    /// lasts as long, rounded up to a multiple of `interval` (milliseconds; 0 or 1 for exactly), but not beyond the
    /// session's absolute timeout. So a replica's deadline never comes early, and a touch that does not change it need
    /// not be told.
    func replicatedDeadline(_ record: Slot, interval: Int64) -> Int64 {
        let deadline = heap.deadline(record)
        switch heap.kind(record) {
        case .session:
            return Store.rounded(deadline, to: interval, end: heap.loadTime(record, SessionLayout.end))
        case .predecessor: return Store.rounded(deadline, to: interval, end: 0)
        default: return deadline
        }
    }

    /// A deadline rounded up to a multiple of `interval`, but not beyond `end` (0 for none).
    @inline(__always)
    static func rounded(_ deadline: Int64, to interval: Int64, end: Int64) -> Int64 {
        guard interval > 1, deadline > 0, deadline <= maximumTime - interval else { return deadline }
        let up = (deadline + interval - 1) / interval * interval
        return end == 0 ? up : max(deadline, min(up, end))
    }

    /// Makes a session what `content` says, whatever is under its handle so far; never the dead alive.
    /// - Parameter deadline: Unix milliseconds; nil for the one that its timeouts give.
    /// - Returns: the session; nil, with nothing changed, if its handle is dead.
    mutating func put(
        _ content: borrowing SessionContent, _ database: Int, _ handle: Handle, deadline: Int64?
    ) -> Slot? {
        var record: Slot
        var image = content.image
        if let place = find(database, handle, hash(handle)) {
            switch heap.kind(place.record) {
            case .session:
                let known = heap.lastUse(place.record)
                let isSameUse = known.milliseconds == image.lastUse.milliseconds
                image.lastUse = isSameUse ? known : uses.note(at: image.lastUse.milliseconds)
                record = rewriteSession(
                    place, database, image, user: content.user.bytes, device: content.device.bytes,
                    fields: content.fields)
            case .predecessor where heap.loadTime(place.record, PredecessorLayout.created) != content.image.created:
                // Of an earlier session of the same name.
                remove(place, database)
                record = create(content, database, handle)
            default: return nil
            }
        } else {
            record = create(content, database, handle)
        }
        heap.setStamp(record, content.version)
        if let deadline { setTime(of: record, deadline) }
        return record
    }

    private mutating func create(_ content: borrowing SessionContent, _ database: Int, _ handle: Handle) -> Slot {
        var image = content.image
        image.lastUse = uses.note(at: image.lastUse.milliseconds)
        return createSession(
            database, handle, image, user: content.user.bytes, device: content.device.bytes,
            fields: content.fields)
    }

    /// Moves the deadline of a session, tombstone or predecessor.
    /// - Parameter deadline: Unix milliseconds.
    mutating func setTime(of record: Slot, _ deadline: Int64) {
        changeDeadline(record, to: min(max(deadline, 0), maximumTime))
    }

    /// Marks a handle as dead, whatever is under it so far.
    /// - Parameters:
    ///   - reason: at most `Limits.reason` bytes.
    ///   - deadline: until when, Unix milliseconds.
    mutating func putTombstone(_ database: Int, _ handle: Handle, reason: RawSpan, until deadline: Int64) {
        if let old = find(database, handle, hash(handle)) { remove(old, database) }
        let tombstone = createKeyed(
            .tombstone, database, handle, payload: reason.byteCount, deadline: min(max(deadline, 0), maximumTime))
        heap.write(reason, tombstone, RecordLayout.handlePayload)
        sessionChanged(database, handle)
    }

    /// Makes a handle lead to the session that it was before, unless it is dead.
    /// - Parameter deadline: Unix milliseconds.
    mutating func put(_ content: PredecessorContent, _ database: Int, _ handle: Handle, until deadline: Int64) {
        var earlier = PredecessorLayout.noHandle
        if let old = find(database, handle, hash(handle)) {
            switch heap.kind(old.record) {
            case .tombstone: return
            case .predecessor: earlier = Handle(heap, old.record, PredecessorLayout.earlier)
            default: earlier = SessionImage(heap, old.record).predecessor ?? earlier
            }
            remove(old, database)
        }
        let predecessor = createKeyed(
            .predecessor, database, handle, payload: PredecessorLayout.payloadBytes,
            deadline: min(max(deadline, 0), maximumTime))
        heap.store(content.successor.low, predecessor, PredecessorLayout.successor)
        heap.store(content.successor.high, predecessor, PredecessorLayout.successor + 8)
        heap.store(content.graceUntil, predecessor, PredecessorLayout.graceUntil)
        heap.storeTime(content.created, predecessor, PredecessorLayout.created)
        heap.store(earlier.low, predecessor, PredecessorLayout.earlier)
        heap.store(earlier.high, predecessor, PredecessorLayout.earlier + 8)
        sessionChanged(database, handle)
    }
}
