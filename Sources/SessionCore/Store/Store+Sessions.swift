/// What a token or handle leads to.
enum SessionLookup {
    /// A live session under its present token.
    case live(Place)
    /// A live session, reached by the token it replaced last and whose grace still runs.
    case grace(Place)
    /// A live session, reached by a replaced token whose grace is over (or that never had one).
    case reused(Place)
    case revoked
    case missing
}

/// The payload of a predecessor: `[ successor's handle : 16 bytes | grace until, Unix milliseconds : Int64 ]`.
enum PredecessorLayout {
    static let successor = RecordLayout.handlePayload
    static let graceUntil = RecordLayout.handlePayload + 16
    static let payloadBytes = 24
}

/// Sessions as records: finding by handle, ending, replacing tokens.
extension Store {
    /// What a handle leads to; due records on the way are expired. O(1), plus one step a rotation for replaced tokens.
    mutating func session(_ database: Int, _ handle: Handle, _ handleHash: UInt64) -> SessionLookup {
        guard let place = find(database, handle, handleHash) else { return .missing }
        if isDue(place.record) {
            let kind = heap.kind(place.record)
            if kind != .predecessor {
                expire(place, database)
                return .missing
            }
        }
        switch heap.kind(place.record) {
        case .session: return .live(place)
        case .tombstone: return .revoked
        default: return follow(database, place.record)
        }
    }

    /// What a replaced token leads to.
    private mutating func follow(_ database: Int, _ predecessor: Slot) -> SessionLookup {
        let graceUntil = heap.load(predecessor, PredecessorLayout.graceUntil, as: Int64.self)
        guard let session = resolve(database, predecessor) else {
            return leadsToTombstone(database, predecessor) ? .revoked : .missing
        }
        if isDue(session.record) {
            expire(session, database)
            return .missing
        }
        return now < graceUntil ? .grace(session) : .reused(session)
    }

    /// The session that a predecessor leads to, due or not; nil if it has ended. Shortens the way for next time.
    func resolve(_ database: Int, _ predecessor: Slot) -> Place? {
        guard let end = chainEnd(database, predecessor), heap.kind(end.record) == .session else { return nil }
        return end
    }

    private func leadsToTombstone(_ database: Int, _ predecessor: Slot) -> Bool {
        guard let end = chainEnd(database, predecessor), heap.kind(end.record) == .tombstone else { return false }
        return !isDue(end.record)
    }

    /// Follows successors to the record that is no predecessor; nil if the chain breaks off.
    private func chainEnd(_ database: Int, _ predecessor: Slot) -> Place? {
        var record = predecessor
        while true {
            let successor = Handle(
                low: heap.load(record, PredecessorLayout.successor, as: UInt64.self),
                high: heap.load(record, PredecessorLayout.successor + 8, as: UInt64.self))
            guard let place = find(database, successor, hash(successor)) else { return nil }
            if heap.kind(place.record) != .predecessor { return place }
            record = place.record
        }
    }

    /// Ends a session for good: a tombstone takes its place until its absolute end (or `tombstoneFor` milliseconds from now where it
    /// has none), and its user's index forgets it.
    mutating func revoke(_ place: Place, _ database: Int, reason: RawSpan, tombstoneFor: Int64) {
        let session = place.record
        publish(.revoked, session, at: now, reason: reason)
        statistics.sessionsRevoked += 1
        let handle = heap.handle(session)
        let end = heap.loadTime(session, SessionLayout.end)
        let until = end != 0 ? end : min(now + tombstoneFor, maximumTime)
        remove(place, database)
        // A record keyed by a handle is created with the handle's 16 bytes as its key.
        createKeyed(.tombstone, database, handle, payload: reason.byteCount, deadline: until) { heap, record in
            heap.write(reason, record, RecordLayout.handlePayload)
        }
    }

    /// A new record keyed by a handle; `fill` writes its payload.
    @discardableResult
    mutating func createKeyed(
        _ kind: RecordKind, _ database: Int, _ handle: Handle, payload: Int, deadline: Int64,
        fill: (inout Heap, Slot) -> Void
    ) -> Slot {
        let key = [handle.low, handle.high] as InlineArray<2, UInt64>
        let record = create(kind, database, key.span.bytes, hash(handle), payload: payload, deadline: deadline)
        fill(&heap, record)
        return record
    }

    /// Notes an event for publication, if anybody listens.
    mutating func publish(_ kind: SessionEvent.Kind, _ session: Slot, at: Int64, reason: RawSpan = RawSpan()) {
        guard recordsEvents else { return }
        events.append(
            SessionEvent(
                kind: kind, handle: heap.handle(session), user: heap.sessionUser(session).text, at: at,
                reason: reason.byteCount == 0 ? nil : reason.text, device: heap.sessionDevice(session).text))
    }
}
