/// The index of sessions by user: a table from user to the first session of a doubly linked list through the session
/// records.
///
/// It is derived from the sessions and never stored: 8 bytes of links a session, 8 bytes of table a user. The list is
/// unordered; `SESSLIST` sorts by last use.
extension Store {
    /// Adds a session that has a user to that user's list. O(1).
    mutating func linkUser(_ database: Int, _ session: Slot) {
        let userHash = hash(heap[session].session.user)
        if let first = findUser(database, heap[session].session.user, userHash) {
            heap.store(first.record.rawValue, session, SessionLayout.userNext)
            heap.store(session.rawValue, first.record, SessionLayout.userPrevious)
            heap.store(UInt32(0), session, SessionLayout.userPrevious)
            databases[database].users.replace(first.position, with: session, &heap)
        } else {
            heap.store(UInt32(0), session, SessionLayout.userNext)
            heap.store(UInt32(0), session, SessionLayout.userPrevious)
            let keyHash = hash
            databases[database].users.insert(session, userHash, &heap) { keyHash($0[$1].session.user) }
        }
    }

    /// Takes a session out of its user's list, if it has a user. O(1).
    mutating func unlinkUser(_ database: Int, _ session: Slot) {
        guard heap[session].session.options.contains(.hasUser) else { return }
        let next = heap.load(session, SessionLayout.userNext, as: UInt32.self)
        let previous = heap.load(session, SessionLayout.userPrevious, as: UInt32.self)
        if next != 0 { heap.store(previous, Slot(rawValue: next), SessionLayout.userPrevious) }
        if previous != 0 {
            heap.store(next, Slot(rawValue: previous), SessionLayout.userNext)
            return
        }
        guard let first = findUser(database, heap[session].session.user, hash(heap[session].session.user)) else {
            preconditionFailure("a session's user is not in the index")
        }
        if next != 0 {
            databases[database].users.replace(first.position, with: Slot(rawValue: next), &heap)
        } else {
            let keyHash = hash
            databases[database].users.remove(first.position, &heap) { keyHash($0[$1].session.user) }
        }
    }

    /// Mends the list after a session's record has moved; the old block is still readable.
    mutating func relinkUser(_ database: Int, from old: Slot, to fresh: Slot) {
        guard heap[fresh].session.options.contains(.hasUser) else { return }
        let next = heap.load(fresh, SessionLayout.userNext, as: UInt32.self)
        let previous = heap.load(fresh, SessionLayout.userPrevious, as: UInt32.self)
        if next != 0 { heap.store(fresh.rawValue, Slot(rawValue: next), SessionLayout.userPrevious) }
        if previous != 0 {
            heap.store(fresh.rawValue, Slot(rawValue: previous), SessionLayout.userNext)
            return
        }
        var probe = databases[database].users.probe(hash(heap[fresh].session.user), heap)
        while true {
            let candidate = probe.next(heap)
            precondition(candidate != .none, "a session's user is not in the index")
            if candidate == old { return databases[database].users.replace(probe.position, with: fresh, &heap) }
        }
    }

    /// The first session of a user, or `none`. Sessions that are due but not yet removed are in the list too.
    func firstSession(_ database: Int, user: RawSpan) -> Slot {
        findUser(database, user, hash(user))?.record ?? .none
    }

    /// The session after this one in its user's list, or `none`.
    func nextSession(_ session: Slot) -> Slot {
        Slot(rawValue: heap.load(session, SessionLayout.userNext, as: UInt32.self))
    }

    private func findUser(_ database: Int, _ user: RawSpan, _ userHash: UInt64) -> Place? {
        var probe = databases[database].users.probe(userHash, heap)
        while true {
            let first = probe.next(heap)
            if first == .none { return nil }
            if heap[first].session.user.isEqual(to: user) { return Place(record: first, position: probe.position) }
        }
    }
}
