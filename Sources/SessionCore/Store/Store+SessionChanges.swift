/// Creating, changing and ending sessions. Callers have checked options, limits and permissions.
extension Store {
    /// Counts the version of a session up: its content has changed.
    /// - Returns: the new version.
    mutating func countVersion(of session: Slot) -> UInt32 {
        let version = heap[session].session.version &+ 1
        heap.setStamp(session, version)
        return version
    }

    /// A new session under a handle that has no record. `fields` are packed, `image.fieldCount` in number.
    mutating func createSession(
        _ database: Int, _ handle: Handle, _ image: SessionImage, user: RawSpan, device: RawSpan,
        fields: borrowing ByteBuffer
    ) -> Slot {
        let body = assemble(image, user: user, device: device, fields: fields)
        let payload = SessionLayout.created - RecordLayout.handlePayload + scratch.count
        let record = createKeyed(.session, database, handle, payload: payload, deadline: image.deadline)
        heap.setStamp(record, 1)
        heap.write(scratch, record, body)
        // Only now can the wheel tell when a warning is due.
        if wheel.warning > 0 { wheel.relink(record, &heap) }
        databases[database].sessions += 1
        if user.byteCount > 0 { linkUser(database, record) }
        sessionChanged(database, handle)
        return record
    }

    /// Writes a session's record anew: other fields, other texts. Links, version and handle stay.
    /// - Returns: its slot from now on.
    mutating func rewriteSession(
        _ place: Place, _ database: Int, _ image: SessionImage, user: RawSpan, device: RawSpan,
        fields: borrowing ByteBuffer
    ) -> Slot {
        let hadUser = heap[place.record].session.options.contains(.hasUser)
        let hadIdle = heap[place.record].session.idle
        let slack = slack(of: place.record)
        let body = assemble(image, user: user, device: device, fields: fields)
        // The user index compares names in the record: while the record changes, it is out of the index.
        if hadUser { unlinkUser(database, place.record) }
        heap.store(UInt8(0), place.record, SessionLayout.options)
        let payload = SessionLayout.created - RecordLayout.handlePayload + scratch.count
        let record = reshape(place, database, payload: payload, deadline: image.deadline(with: slack))
        heap.write(scratch, record, body)
        if heap[record].session.options.contains(.hasUser) { linkUser(database, record) }
        // The warning may be due earlier than it was, though the deadline is later.
        if image.idle != hadIdle { wheel.relink(record, &heap) }
        sessionChanged(database, heap[record].handle)
        return record
    }

    /// By how many milliseconds a session's deadline is later than its timeouts say: where it came from a primary,
    /// which tells deadlines rounded up and not every touch. A change that is no touch must not make it earlier.
    private func slack(of session: Slot) -> Int64 {
        max(0, heap[session].deadline - heap[session].session.image.deadline)
    }

    /// Fills `scratch` with a record's content; returns the offset it belongs at.
    private mutating func assemble(
        _ image: SessionImage, user: RawSpan, device: RawSpan, fields: borrowing ByteBuffer
    ) -> Int {
        scratch.removeAll()
        image.write(user: user, device: device, to: &scratch)
        scratch.append(fields.bytes)
        return SessionLayout.created
    }

    /// Renews a session's idle timeout, from now on of another length if `idle` is given. Never passes the absolute
    /// timeout. O(1).
    @inline(__always)
    mutating func touchSession(_ session: Slot, idle newIdle: Int64? = nil) {
        if let newIdle { heap.storeTime(newIdle, session, SessionLayout.idle) }
        heap.setLastUse(session, uses.next(at: now))
        let idle = newIdle ?? heap[session].session.idle
        let end = heap[session].session.end
        let wasWarned = heap[session].flags.contains(.warned)
        if wasWarned { heap.setFlags(session, heap[session].flags.subtracting(.warned)) }
        changeDeadline(session, to: SessionImage.deadline(used: now, idle: idle, end: end))
        // The warning may be due earlier than it was, though the deadline is later.
        if wasWarned || newIdle != nil { wheel.relink(session, &heap) }
    }

    /// Ends a session for good: a tombstone takes its place until its absolute end (or `tombstoneFor` milliseconds from
    /// now where it has none), but for no longer than `longest` milliseconds, and its user's index forgets it.
    mutating func revoke(
        _ place: Place, _ database: Int, reason: RawSpan, tombstoneFor: Int64, longest: Int64 = Limits.tombstone
    ) {
        let session = place.record
        publish(.revoked, session, at: now, reason: reason)
        statistics.sessionsRevoked += 1
        let handle = heap[session].handle
        let end = heap[session].session.end
        let until = min(end != 0 ? end : now + tombstoneFor, now + longest, maximumTime)
        remove(place, database)
        let tombstone = createKeyed(.tombstone, database, handle, payload: reason.byteCount, deadline: until)
        heap.write(reason, tombstone, RecordLayout.handlePayload)
        sessionChanged(database, handle)
    }

    /// Gives a session another handle; the old one becomes a predecessor that leads to it, readable until `graceUntil`
    /// (Unix milliseconds; 0 for not at all). The version goes up.
    mutating func rotateSession(
        _ place: Place, _ database: Int, to handle: Handle, _ image: SessionImage, user: RawSpan, graceUntil: Int64
    ) {
        let old = place.record
        let oldHandle = heap[old].handle
        // Only the immediate predecessor has a grace: the one before loses it.
        if let earlier = heap[old].session.image.predecessor, let found = find(database, earlier, hash(earlier)),
            heap[found.record].kind == .predecessor {
            heap.store(Int64(0), found.record, PredecessorLayout.graceUntil)
            sessionChangedUnseen(database, earlier)
        }
        sessionChangedUnseen(database, oldHandle, .replaced)
        var image = image
        let before = image.predecessor
        image.predecessor = oldHandle
        var fields = ByteBuffer()
        fields.append(heap[old].session.fieldBytes)
        let version = heap[old].stamp
        let slack = slack(of: old)
        let session = createSession(
            database, handle, image, user: user, device: heap[old].session.device, fields: fields)
        heap.setStamp(session, version &+ 1)
        if slack > 0 { changeDeadline(session, to: image.deadline(with: slack)) }
        if heap[old].flags.contains(.warned) { heap.setFlags(session, heap[session].flags.union(.warned)) }
        // The insertion may have moved the old record's place in the table, not the record.
        if let oldPlace = find(database, oldHandle, hash(oldHandle)) { remove(oldPlace, database) }
        createPredecessor(
            PredecessorContent(successor: handle, graceUntil: graceUntil, created: image.created), database, oldHandle,
            earlier: before ?? PredecessorLayout.noHandle, deadline: image.deadline)
        limitPredecessors(database, newest: oldHandle)
    }

    /// A new predecessor under a handle that has no record.
    /// - Parameters:
    ///   - earlier: the handle that led to this one; `PredecessorLayout.noHandle` for none.
    ///   - deadline: Unix milliseconds.
    mutating func createPredecessor(
        _ content: PredecessorContent, _ database: Int, _ handle: Handle, earlier: Handle, deadline: Int64
    ) {
        let predecessor = createKeyed(
            .predecessor, database, handle, payload: PredecessorLayout.payloadBytes, deadline: deadline)
        heap.store(content.successor, predecessor, PredecessorLayout.successor)
        heap.store(content.graceUntil, predecessor, PredecessorLayout.graceUntil)
        heap.storeTime(content.created, predecessor, PredecessorLayout.created)
        heap.store(earlier, predecessor, PredecessorLayout.earlier)
        sessionChanged(database, handle)
    }

    /// Live sessions of a user; those that are due do not count. O(sessions of the user).
    func sessionCount(_ database: Int, user: RawSpan) -> Int {
        var count = 0
        var session = firstSession(database, user: user)
        while session != .none {
            if !isDue(session) { count += 1 }
            session = nextSession(session)
        }
        return count
    }

    /// The live sessions of a user that were used longest ago, `count` (at least 1) of them at most, in that order: the
    /// reverse of that in which `SESSLIST` has them. O(n log count) for n sessions of the user, in one pass; memory for
    /// `count`.
    func leastRecentlyUsedSessions(_ database: Int, user: RawSpan, count: Int) -> Vector<RankedSession> {
        var oldest = FirstSessions(limit: count)
        var session = firstSession(database, user: user)
        while session != .none {
            if !isDue(session) {
                oldest.offer(.longestAgoFirst(heap[session].session.lastUse, heap[session].handle, session))
            }
            session = nextSession(session)
        }
        return oldest.sorted()
    }
}
