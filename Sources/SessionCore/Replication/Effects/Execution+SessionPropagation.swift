/// Sessions as effects. They travel as the keys under which they appear: a hash for the session, a string for the mark
/// of a revoked or replaced token.
extension Execution {
    /// Propagates what happened to the record under a handle.
    mutating func propagateSession(_ event: KeyEvent, _ database: Int, _ handle: Handle) {
        switch event {
        case .tombstone: return propagateEnd(database, handle, .tombstone)
        case .predecessor: return propagateEnd(database, handle, .predecessor)
        case .replaced: return propagateEnd(database, handle, .session)
        default: break
        }
        guard let place = store.find(database, handle, store.hash(handle)) else {
            if event == .session { propagateEnd(database, handle, .session) }
            return
        }
        switch store[place.record].kind {
        case .session: propagateSession(database, handle, place.record)
        case .tombstone:
            if event == .session { propagateEnd(database, handle, .session) }
            propagateTombstone(database, handle, place.record)
        default: propagatePredecessor(database, handle, place.record)
        }
    }

    /// A record is gone.
    private mutating func propagateEnd(_ database: Int, _ handle: Handle, _ kind: RecordKind) {
        propagation.open(database)
        propagation.buffer.append("*2\r\n$3\r\nDEL\r\n")
        propagation.buffer.appendBulk(handle, kind)
    }

    /// All there is to say of a session. Metadata that may have been there before and is no longer is deleted.
    private mutating func propagateSession(_ database: Int, _ handle: Handle, _ session: Slot) {
        var buffer = ByteBuffer()
        let metadata = SessionFields.present(store[session].session, now: store.now, .replicated)
        propagation.open(database, words: 2 + 2 * (metadata.count + store[session].session.fieldCount))
        swap(&buffer, &propagation.buffer)
        buffer.append("$4\r\nHSET\r\n")
        buffer.appendBulk(handle, .session)
        SessionFields.renderBulks(metadata, store[session].session, now: store.now, into: &buffer)
        swap(&buffer, &propagation.buffer)
        if !propagation.words.isEmpty { propagateUnset(database, handle) }
        propagateTouch(database, handle, session)
    }

    /// What a `SESSSET` has changed, if those are fields only, and every replica has the rest of the session.
    /// - Parameter first: the first of its entries in the log of changes.
    /// - Returns: whether that is so; otherwise nothing is propagated.
    @inline(never)
    mutating func propagateFields(_ request: borrowing Request, from first: Int) -> Bool {
        guard !propagation.mayRepeat, propagation.words.isEmpty, first + 1 == store.changes.count,
            store.changes[first].event == .session, request.isEncoded
        else { return false }
        let option = request[2].matches("ifver") ? 4 : 2
        guard request[option].matches("fields"), let count = parseInteger(request[option + 1]),
            option + 2 + 2 * Int(count) == request.count
        else { return false }
        let change = store.changes[first]
        let handle = store.changedKeys.bytes.handle(at: change.offset + change.length)
        guard let session = store.find(database, handle, store.hash(handle))?.record,
            store[session].kind == .session
        else { return false }
        propagation.open(database, words: 4 + 2 * Int(count))
        propagation.buffer.append("$4\r\nHSET\r\n")
        propagation.buffer.appendBulk(handle, .session)
        propagation.buffer.appendBulk(SessionFields.Metadata.version.name.bytes)
        propagation.buffer.appendBulk(Int64(store[session].stamp))
        propagation.buffer.append(request.encoded(from: option + 2))
        return true
    }

    /// The fields that a command has removed (`noteRemoved`).
    @inline(never)
    private mutating func propagateUnset(_ database: Int, _ handle: Handle) {
        var key = ByteBuffer()
        SessionKey.write(handle, .session, to: &key)
        propagation.appendWords(database, "HDEL", key.bytes)
    }

    /// The deadline of a session as replicas know it.
    mutating func propagateTouch(_ database: Int, _ handle: Handle, _ session: Slot) {
        propagation.open(database)
        propagation.buffer.append("*3\r\n$9\r\nPEXPIREAT\r\n")
        propagation.buffer.appendBulk(handle, .session)
        propagation.buffer.appendBulk(store.replicatedDeadline(session, interval: settings.touchInterval))
    }

    /// `SET key reason PXAT deadline`
    private mutating func propagateTombstone(_ database: Int, _ handle: Handle, _ tombstone: Slot) {
        propagation.open(database)
        propagation.buffer.append("*5\r\n$3\r\nSET\r\n")
        propagation.buffer.appendBulk(handle, .tombstone)
        propagation.buffer.appendBulk(store[tombstone].payload)
        propagation.buffer.append("$4\r\nPXAT\r\n")
        propagation.buffer.appendBulk(store[tombstone].deadline)
    }

    /// `SET key "successor graceUntil created" PXAT deadline`
    private mutating func propagatePredecessor(_ database: Int, _ handle: Handle, _ predecessor: Slot) {
        var value = ByteBuffer()
        store[predecessor].predecessor.write(to: &value)
        propagation.open(database)
        propagation.buffer.append("*5\r\n$3\r\nSET\r\n")
        propagation.buffer.appendBulk(handle, .predecessor)
        propagation.buffer.appendBulk(value.bytes)
        propagation.buffer.append("$4\r\nPXAT\r\n")
        propagation.buffer.appendBulk(store[predecessor].deadline)
    }

}

extension ByteBuffer {
    /// Appends the key under which a record keyed by a handle appears, as a bulk string.
    mutating func appendBulk(_ handle: Handle, _ kind: RecordKind) {
        append(kind == .session ? "$41\r\n" : "$49\r\n")
        SessionKey.write(handle, kind, to: &self)
        append("\r\n")
    }
}

extension RawSpan {
    /// The handle whose 16 bytes start at `offset`.
    func handle(at offset: Int) -> Handle {
        Handle(low: load(offset, as: UInt64.self), high: load(offset + 8, as: UInt64.self))
    }
}
