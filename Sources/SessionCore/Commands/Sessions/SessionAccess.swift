/// How a token becomes a session, with the errors that replaced and revoked tokens call for.
extension Execution {
    /// The session that the token at word 1 names, for commands that read or touch: present token, or one within its
    /// grace.
    /// - Returns: nil where there is no session, or a revoked one.
    /// - Throws: `.reused` for a replaced token after its grace; the session is then revoked.
    @inline(__always)
    mutating func readableSession(
        _ request: borrowing Request
    ) throws(ReplyError) -> (place: Place, isRotated: Bool)? {
        switch store.session(database, request.handle, request.hash) {
        case .live(let place): return (place, false)
        case .grace(let place): return (place, true)
        case .reused(let place): throw reuse(place)
        case .revoked, .missing: return nil
        }
    }

    /// The session that the token at word 1 names, for commands that write: the present token only.
    mutating func writableSession(_ request: borrowing Request) throws(ReplyError) -> Place {
        switch store.session(database, request.handle, request.hash) {
        case .live(let place): return place
        case .grace: throw .rotated
        case .reused(let place): throw reuse(place)
        case .revoked: throw .revoked
        case .missing: throw .noSession
        }
    }

    /// A replaced token was used after its grace: somebody else may have it. The session ends, unless configured
    /// otherwise; a replica can only refuse and tell.
    mutating func reuse(_ place: Place) -> ReplyError {
        store.publish(.reuse, place.record, at: store.now)
        if settings.sessionReuseRevokes && permissions.decidesEnds {
            revoke(place, reason: ("reuse" as StaticString).bytes)
        }
        return .reused
    }

    /// Renews a session's idle timeout, from now on of another length if `idle` is given, and propagates that, if
    /// replicas cannot tell it from what they know. That is not sure on a primary that was a replica itself: it knows
    /// deadlines rounded up, the old primary, which may follow it now, exactly.
    @inline(__always)
    mutating func touchSession(_ session: Slot, idle: Int64? = nil) {
        if store.observers.contains(.replication) {
            touchPropagated(session, idle: idle)
        } else {
            store.touchSession(session, idle: idle)
        }
    }

    @inline(never)
    private mutating func touchPropagated(_ session: Slot, idle: Int64?) {
        let isOfOtherLength = idle.map { $0 != store[session].session.idle } ?? false
        let known = store[session].deadline
        let isNews = store[session].session.lastUse.milliseconds <= promotedAt
        store.touchSession(session, idle: idle)
        let handle = store[session].handle
        let interval = settings.touchInterval
        if isOfOtherLength {
            store.sessionChangedUnseen(database, handle)
        } else if isNews || !store.isReplicatedDeadline(of: session, reachedBy: known, interval: interval) {
            propagateTouch(database, handle, session)
        }
    }

    mutating func revoke(_ place: Place, reason: RawSpan) {
        store.revoke(
            place, database, reason: reason, tombstoneFor: settings.sessionTombstone,
            longest: settings.sessionTombstoneMax)
        _ = lacksRoomForMarks()
    }

    /// Refuses a session whose record would be too large. All in bytes, except `count`, the number of fields.
    func checkSize(user: Int, device: Int, fields: Int, count: Int) throws(ReplyError) {
        if count > Limits.fields { throw .tooManyFields }
        let bytes = SessionLayout.countedBytes + user + device + fields
        if bytes > settings.sessionMaxBytes { throw .sessionTooBig }
    }

    /// A new token: 24 bytes of entropy as 32 characters of base64url (RFC 4648, section 5).
    mutating func makeToken() -> ByteBuffer {
        precondition(entropy.count >= Limits.tokenEntropy, "the node has run out of entropy")
        var token = ByteBuffer()
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for group in 0..<(Limits.tokenEntropy / 3) {
            let bytes = entropy.bytes.slice(group * 3, 3)
            let word = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
            for shift in 0..<4 { token.append(alphabet.bytes[word >> (18 - 6 * shift) & 63]) }
        }
        entropy.removeFirst(Limits.tokenEntropy)
        return token
    }
}

extension SessionArguments {
    /// The fields that the request names.
    var fields: RequestFields { RequestFields(first: firstField, count: fieldCount) }
}
