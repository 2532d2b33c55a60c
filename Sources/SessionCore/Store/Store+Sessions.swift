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

/// Sessions as records: finding by handle, ending, replacing tokens.
extension Store {
    /// What a handle leads to; due records on the way are expired. O(1); for replaced
    /// tokens plus one step for each rotation since the token was last followed.
    mutating func session(_ database: Int, _ handle: Handle, _ handleHash: UInt64) -> SessionLookup {
        guard let place = find(database, handle, handleHash) else { return .missing }
        if isDue(place.record) {
            let kind = heap[place.record].kind
            if kind != .predecessor {
                expire(place, database)
                return .missing
            }
        }
        switch heap[place.record].kind {
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
            if dueRecords == .expire { remove(database, predecessor) }
            return .missing
        }
        guard heap[end.record].kind == .session else { return .revoked }
        return now < graceUntil ? .grace(end) : .reused(end)
    }

    private mutating func remove(_ database: Int, _ predecessor: Slot) {
        if let place = find(database, heap[predecessor].handle, hash(heap[predecessor].handle)) {
            sessionChanged(database, heap[predecessor].handle, .predecessor)
            remove(place, database)
        }
    }

    /// The session that a predecessor leads to, or its tombstone, due or not; nil if there is neither. Every
    /// predecessor on the way leads there directly from now on. A way that leads round in a circle, which only a
    /// primary can have told, leads nowhere: found by Brent's algorithm.
    mutating func chainEnd(_ database: Int, _ predecessor: Slot) -> Place? {
        let created = heap[predecessor].predecessor.created
        var record = predecessor
        var (mark, steps, stretch) = (predecessor, 0, 1)
        while true {
            let successor = heap.block(record).handle(PredecessorLayout.successor)
            guard let place = find(database, successor, hash(successor)) else { return nil }
            switch heap[place.record].kind {
            case .predecessor:
                if heap[place.record].predecessor.created != created { return nil }
                record = place.record
                if record == mark { return nil }
                steps += 1
                if steps == stretch { (mark, steps, stretch) = (record, 0, stretch * 2) }
            case .session:
                if heap[place.record].session.created != created { return nil }
                shorten(database, predecessor, to: successor)
                return place
            default:
                shorten(database, predecessor, to: successor)
                return place
            }
        }
    }

    /// Makes every predecessor of a chain lead to its end.
    private mutating func shorten(_ database: Int, _ predecessor: Slot, to end: Handle) {
        var record = predecessor
        while true {
            let successor = heap.block(record).handle(PredecessorLayout.successor)
            if successor == end { return }
            heap.store(end.low, record, PredecessorLayout.successor)
            heap.store(end.high, record, PredecessorLayout.successor + 8)
            guard let place = find(database, successor, hash(successor)) else { return }
            record = place.record
        }
    }

    /// A new record keyed by a handle that has none; the payload's bytes are undefined.
    mutating func createKeyed(
        _ kind: RecordKind, _ database: Int, _ handle: Handle, payload: Int, deadline: Int64
    ) -> Slot {
        let record = handle.withBytes {
            create(kind, database, $0, hash(handle), payload: payload, deadline: deadline)
        }
        if kind != .session { marks.count(record, 1, heap) }
        return record
    }

    /// Counts a write to a dead plain key that was dropped, and notes it for publication, if anybody listens.
    /// - Parameter name: the handle form of what stands behind the key's prefix.
    mutating func noteZombie(_ name: @autoclosure () -> Handle) {
        statistics.zombieWrites += 1
        guard recordsEvents else { return }
        events.append(SessionEvent(kind: .zombie, handle: name(), user: [], at: now, reason: nil, device: ""))
    }

    /// Notes an event for publication, if anybody listens.
    mutating func publish(_ kind: SessionEvent.Kind, _ session: Slot, at: Int64, reason: RawSpan = RawSpan()) {
        guard recordsEvents else { return }
        events.append(
            SessionEvent(
                kind: kind, handle: heap[session].handle, user: heap[session].session.user.array, at: at,
                reason: reason.byteCount == 0 ? nil : reason.text, device: heap[session].session.device.text))
    }
}
