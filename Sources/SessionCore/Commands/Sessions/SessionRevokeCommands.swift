/// SESSREVOKE, SESSREVOKEUSER: ending sessions for good.
extension Execution {
    /// SESSREVOKE token [token …] [REASON text], SESSREVOKE HANDLE handle [handle …] [REASON text]
    ///
    /// Neither word can be mistaken for a token: tokens have at least 16 bytes.
    mutating func sessRevoke(_ request: borrowing Request) throws(ReplyError) {
        let byHandle = request[1].matches("handle")
        let first = byHandle ? 2 : 1
        var end = request.count
        if end >= first + 2, request[end - 2].matches("reason") { end -= 2 }
        guard end > first else { throw .syntax }
        let reason = end < request.count ? request[end + 1] : RawSpan()
        try SessionArguments.check(reason, 0...Limits.reason, "reason")
        for index in first..<end {
            if request[index].matches("reason") { throw .syntax }
            if byHandle && Handle(hexadecimal: request[index]) == nil { throw .invalidHandle }
        }
        var count = 0
        for index in first..<end {
            let handle = byHandle ? Handle(hexadecimal: request[index]) : Handle(token: request[index])
            if let handle, revoke(handle, reason: reason) { count += 1 }
        }
        reply.integer(count)
    }

    /// Ends the session that a handle leads to; a replaced token's serves too, so that a logout sent before the
    /// rotation was noticed still counts.
    private mutating func revoke(_ handle: Handle, reason: RawSpan) -> Bool {
        switch store.session(database, handle, store.hash(handle)) {
        case .live(let place), .grace(let place): revoke(place, reason: reason)
        case .reused(let place):
            store.publish(.reuse, place.record, at: store.now)
            revoke(place, reason: reason)
        case .revoked, .missing: return false
        }
        return true
    }

    /// SESSREVOKEUSER user [EXCEPT token] [REASON text]
    mutating func sessRevokeUser(_ request: borrowing Request) throws(ReplyError) {
        let options = try SessionArguments(request, from: 2, allowing: [.except, .reason])
        let reason = options.reason > 0 ? request[options.reason] : RawSpan()
        let spared = options.except > 0 ? session(token: request[options.except]) : .none
        var count = 0
        var session = store.firstSession(database, user: request[1])
        while session != .none {
            let next = store.nextSession(session)
            if session != spared, !store.isDue(session) {
                let handle = store[session].handle
                if let place = store.find(database, handle, store.hash(handle)) {
                    revoke(place, reason: reason)
                    count += 1
                }
            }
            session = next
        }
        reply.integer(count)
    }

    /// The session that a token leads to, `none` if it leads to none.
    private mutating func session(token: RawSpan) -> Slot {
        let handle = Handle(token: token)
        switch store.session(database, handle, store.hash(handle)) {
        case .live(let place), .grace(let place): return place.record
        default: return .none
        }
    }
}
