/// Sessions and their marks as received from a primary: this code makes no decisions, it only applies them.
extension Store {
    /// The deadline of a record that a replica is told, Unix milliseconds: that of a session, and of a predecessor that
    /// lasts as long, rounded up to a multiple of `interval` (milliseconds; 0 or 1 for exactly), but not beyond the
    /// session's absolute timeout. So a replica's deadline never comes early, and a touch that does not change it need
    /// not be told.
    func replicatedDeadline(_ record: Slot, interval: Int64) -> Int64 {
        let deadline = heap[record].deadline
        switch heap[record].kind {
        case .session:
            return Store.rounded(deadline, to: interval, end: heap[record].session.end)
        case .predecessor: return Store.rounded(deadline, to: interval, end: 0)
        default: return deadline
        }
    }

    /// Whether a session that had the deadline `known` has the same one as before, as other nodes know it.
    @inline(__always)
    func isReplicatedDeadline(of session: Slot, reachedBy known: Int64, interval: Int64) -> Bool {
        let deadline = heap[session].deadline
        if deadline == known { return true }
        if interval <= 1 { return false }
        let end = heap[session].session.end
        return Store.rounded(deadline, to: interval, end: end) == Store.rounded(known, to: interval, end: end)
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
            switch heap[place.record].kind {
            case .session:
                let known = heap[place.record].session.lastUse
                let isSameUse = known.milliseconds == image.lastUse.milliseconds
                image.lastUse = isSameUse ? known : uses.note(at: image.lastUse.milliseconds)
                record = rewriteSession(
                    place, database, image, user: content.user.bytes, device: content.device.bytes,
                    fields: content.fields)
            case .predecessor where heap[place.record].predecessor.created != content.image.created:
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

    /// A primary has moved a session's deadline: it was touched, if that is not merely the deadline that it has,
    /// rounded up. When, follows from the deadline, unless that is the absolute timeout.
    /// - Parameters:
    ///   - deadline: Unix milliseconds.
    ///   - tolerance: by how many milliseconds at most a deadline was rounded up.
    mutating func touchReplicated(_ session: Slot, _ deadline: Int64, tolerance: Int64) {
        let image = heap[session].session.image
        let isCapped = image.end != 0 && deadline >= image.end
        let isKnown = (image.deadline...(image.deadline + tolerance - 1)).contains(deadline)
        if !isCapped && !isKnown {
            heap.setLastUse(session, uses.note(at: max(0, min(now, deadline - image.idle))))
        }
        setTime(of: session, deadline)
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
            switch heap[old.record].kind {
            case .tombstone: return
            case .predecessor: earlier = heap.block(old.record).handle(PredecessorLayout.earlier)
            default: earlier = heap[old.record].session.image.predecessor ?? earlier
            }
            remove(old, database)
        }
        createPredecessor(
            content, database, handle, earlier: earlier, deadline: min(max(deadline, 0), maximumTime))
    }
}
