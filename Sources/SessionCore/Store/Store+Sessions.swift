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
        guard let end = chainEnd(database, predecessor), !isDue(end.record) else {
            // The session is over, and so is the way to it.
            remove(database, predecessor)
            return .missing
        }
        guard heap.kind(end.record) == .session else { return .revoked }
        let session = end
        return now < graceUntil ? .grace(session) : .reused(session)
    }

    /// The session that a predecessor leads to, due or not; nil if it has ended.
    func resolve(_ database: Int, _ predecessor: Slot) -> Place? {
        guard let end = chainEnd(database, predecessor), heap.kind(end.record) == .session else { return nil }
        return end
    }

    private mutating func remove(_ database: Int, _ predecessor: Slot) {
        if let place = find(database, heap.handle(predecessor), hash(heap.handle(predecessor))) {
            remove(place, database)
        }
    }

    /// Follows successors to the record that is no predecessor; nil if the chain breaks off.
    private func chainEnd(_ database: Int, _ predecessor: Slot) -> Place? {
        var record = predecessor
        while true {
            let successor = Handle(heap, record, PredecessorLayout.successor)
            guard let place = find(database, successor, hash(successor)) else { return nil }
            if heap.kind(place.record) != .predecessor { return place }
            record = place.record
        }
    }

    /// A new record keyed by a handle that has none; the payload's bytes are undefined.
    mutating func createKeyed(
        _ kind: RecordKind, _ database: Int, _ handle: Handle, payload: Int, deadline: Int64
    ) -> Slot {
        handle.withBytes { create(kind, database, $0, hash(handle), payload: payload, deadline: deadline) }
    }

    /// Notes an event for publication, if anybody listens.
    mutating func publish(_ kind: SessionEvent.Kind, _ session: Slot, at: Int64, reason: RawSpan = RawSpan()) {
        guard recordsEvents else { return }
        events.append(
            SessionEvent(
                kind: kind, handle: heap.handle(session), user: heap.sessionUser(session).array, at: at,
                reason: reason.byteCount == 0 ? nil : reason.text, device: heap.sessionDevice(session).text))
    }
}
