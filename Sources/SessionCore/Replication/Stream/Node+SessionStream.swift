/// Requests of a replication stream on the keys under which sessions travel: they become sessions, tombstones and
/// predecessors again.
///
/// They may have been executed here before, as part of a snapshot that is newer than they are, so that nothing may
/// bring the dead back: a handle with a tombstone gets no session, whatever the stream says, until it says `DEL`. And
/// they may come from a stock Redis that was promoted, on which somebody has changed a hash by hand: what would be no
/// session is refused, and the session stays as it was.
extension Node {
    /// By how many milliseconds at most a session's deadline here may be later than the primary's:
    /// `repl-touch-interval`, which is to be the same on both sides.
    private var tolerance: Int64 { Int64(max(1, configuration.touchInterval)) }

    /// Executes a request if it is for a session's keys.
    /// - Returns: false, with nothing done, for a request on other keys.
    /// - Throws: what is wrong with it; nothing is changed then.
    mutating func applyToSessions(_ request: borrowing Request) throws(ReplyError) -> Bool {
        guard let facts = request.command, facts.namesKeys, facts.accepts(words: request.count),
            namesSession(request, facts)
        else { return false }
        if facts.streamRole == .deletes || facts.streamRole == .buries {
            applyDeletion(request, facts)
            return true
        }
        guard facts.flags.contains(.write), let (handle, kind) = SessionKey.parse(request[1]) else {
            throw .sessionKeyReadOnly
        }
        switch (facts.streamRole, kind) {
        case (.setsFields, .session): try setFields(request, handle)
        case (.removesFields, .session): try removeFields(request, handle)
        case (.setsDeadline, _): try setDeadline(request, handle, kind)
        case (.removesDeadline, _): persist(handle, kind)
        case (.setsString, .tombstone): try setTombstone(request, handle)
        case (.setsString, .predecessor): try setPredecessor(request, handle)
        default: throw .sessionKeyReadOnly
        }
        return true
    }

    private func namesSession(_ request: borrowing Request, _ facts: CommandFacts) -> Bool {
        for index in request.fixedKeys(of: facts) where SessionKey.isReserved(request[index]) { return true }
        return false
    }

    /// The record of this kind under a handle.
    private func find(_ handle: Handle, _ kind: RecordKind) -> Place? {
        guard let place = execution.store.find(execution.database, handle, execution.store.hash(handle)),
            execution.store[place.record].kind == kind
        else { return nil }
        return place
    }

    // MARK: Fields

    /// `HSET` with `@created` makes a session, or replaces all metadata of one; fields are merged. Without it, it
    /// changes a session that there is.
    private mutating func setFields(_ request: borrowing Request, _ handle: Handle) throws(ReplyError) {
        guard request.count % 2 == 0 else { throw .wrongArity(command: "hset") }
        let pairs = RequestFields(first: 2, count: request.count / 2 - 1)
        guard pairs.count <= 2 * Limits.fields else { throw .notASession }
        if find(handle, .tombstone) != nil { return }
        let old = find(handle, .session)
        var isWhole = false
        for pair in 0..<pairs.count {
            isWhole = isWhole || request[2 + 2 * pair].isEqual(to: SessionFields.Metadata.created.name)
        }
        guard isWhole || old != nil else { throw .notASession }
        let (deadline, version) =
            old.map { (execution.store[$0.record].deadline, execution.store[$0.record].stamp) } ?? (0, 0)
        var present = ByteBuffer()
        if let old {
            if isWhole {
                present.append(execution.store[old.record].session.fieldBytes)
            } else {
                SessionFields.render(
                    execution.store[old.record].session, now: execution.store.now, .replicated, into: &present)
            }
        }
        var fields = ByteBuffer()
        _ = pairs.merge(present.bytes, request, execution.store.hash, into: &fields)
        let session = try put(fields, handle, deadline: isWhole ? nil : deadline)
        guard let session, execution.store.recordsEvents else { return }
        if old == nil {
            publishBeginning(of: session)
        } else if execution.store[session].stamp != version {
            execution.store.publish(.set, session, at: execution.store.now)
        }
    }

    private mutating func removeFields(_ request: borrowing Request, _ handle: Handle) throws(ReplyError) {
        guard request.count <= 2 * Limits.fields else { throw .notASession }
        guard let old = find(handle, .session) else { return }
        var present = ByteBuffer()
        SessionFields.render(execution.store[old.record].session, now: execution.store.now, .replicated, into: &present)
        var fields = ByteBuffer()
        let names = RequestFields(first: 2, count: request.count - 2)
        if names.remove(present.bytes, request, execution.store.hash, into: &fields) == 0 {
            return end(handle, .session)
        }
        let version = execution.store[old.record].stamp
        let session = try put(fields, handle, deadline: execution.store[old.record].deadline)
        if let session, execution.store[session].stamp != version {
            execution.store.publish(.set, session, at: execution.store.now)
        }
    }

    /// - Returns: the session; nil if its handle is dead.
    private mutating func put(
        _ fields: borrowing ByteBuffer, _ handle: Handle, deadline: Int64?
    ) throws(ReplyError) -> Slot? {
        guard replication.streamSession.read(fields) else { throw .notASession }
        return execution.store.put(replication.streamSession, execution.database, handle, deadline: deadline)
    }

    // MARK: Deadlines

    private mutating func setDeadline(
        _ request: borrowing Request, _ handle: Handle, _ kind: RecordKind
    ) throws(ReplyError) {
        guard request.count == 3 else { throw .syntax }
        let deadline = min(max(try request.integer(2), 0), maximumTime)
        guard let record = find(handle, kind)?.record else { return }
        if kind == .session {
            execution.store.touchReplicated(record, deadline, tolerance: tolerance)
        } else {
            execution.store.setTime(of: record, deadline)
        }
    }

    /// Sessions and what belongs to them always have a deadline: a session gets the one that its timeouts give.
    private mutating func persist(_ handle: Handle, _ kind: RecordKind) {
        guard kind == .session, let session = find(handle, kind)?.record else { return }
        execution.store.setTime(of: session, execution.store[session].session.image.deadline)
    }

    // MARK: Ends

    /// `SET __sess__:<handle>:revoked <reason> [PXAT <until>]`
    private mutating func setTombstone(_ request: borrowing Request, _ handle: Handle) throws(ReplyError) {
        let reason = request[2]
        guard reason.byteCount <= Limits.reason else { throw .syntax }
        var until = try deadline(request) ?? min(execution.store.now + configuration.sessionTombstone, maximumTime)
        if let session = find(handle, .session)?.record {
            let end = execution.store[session].session.end
            if request.count == 3 && end != 0 { until = end }
            execution.store.publish(.revoked, session, at: execution.store.now, reason: reason)
        } else if replication.endedSession?.handle == handle {
            replication.endedSession?.reason = reason.byteCount == 0 ? nil : reason.text
            publishEnd()
        }
        execution.store.putTombstone(execution.database, handle, reason: reason, until: until)
    }

    /// `SET __sess__:<handle>:rotated "<handle> <grace until> <created>" PXAT <until>`
    private mutating func setPredecessor(_ request: borrowing Request, _ handle: Handle) throws(ReplyError) {
        guard let content = PredecessorContent(request[2]), let until = try deadline(request) else { throw .syntax }
        if replication.endedSession?.handle == handle { replication.endedSession = nil }
        execution.store.put(content, execution.database, handle, until: until)
    }

    /// The deadline that a `SET` gives; nil if it gives none. No other option makes sense here.
    private func deadline(_ request: borrowing Request) throws(ReplyError) -> Int64? {
        if request.count == 3 { return nil }
        guard request.count == 5, request[3].matches("pxat"),
            let deadline = SessionContent.number(request[4], 0...maximumTime)
        else { throw .syntax }
        return deadline
    }

    /// A record under a reserved key is gone.
    mutating func end(_ handle: Handle, _ kind: RecordKind) {
        guard let place = find(handle, kind) else { return }
        if kind == .session && execution.store.recordsEvents { noteEnd(place.record) }
        execution.store.remove(place, execution.database)
        execution.store.sessionChanged(execution.database, handle)
    }

    // MARK: Events

    /// Why a session ends is not said: it has expired if its deadline is as near as deadlines are rounded. Otherwise
    /// the request behind this one may tell.
    private mutating func noteEnd(_ session: Slot) {
        let deadline = execution.store[session].deadline
        if deadline - tolerance <= execution.store.now {
            return execution.store.publish(.expired, session, at: min(deadline, execution.store.now))
        }
        replication.endedSession = SessionEvent(
            kind: .revoked, handle: execution.store[session].handle,
            user: execution.store[session].session.user.array,
            at: execution.store.now, reason: nil, device: execution.store[session].session.device.text)
    }

    /// A session is new here: created, or an old one under a new token.
    private mutating func publishBeginning(of session: Slot) {
        guard let predecessor = execution.store[session].session.image.predecessor else {
            return execution.store.publish(.created, session, at: execution.store.now)
        }
        if var ended = replication.endedSession, ended.handle == predecessor {
            replication.endedSession = nil
            ended.kind = .rotated
            execution.store.events.append(ended)
        } else if let old = find(predecessor, .session)?.record {
            execution.store.publish(.rotated, old, at: execution.store.now)
        } else {
            execution.store.publish(.created, session, at: execution.store.now)
        }
    }

    /// Publishes the end of the session that was removed last.
    mutating func publishEnd() {
        guard let ended = replication.endedSession else { return }
        replication.endedSession = nil
        execution.store.events.append(ended)
    }
}
