/// SESSCREATE, SESSGET, SESSTOUCH: the life of a session while all goes well. The specification is in the documentation
/// article *Session commands*.
extension Execution {
    /// SESSCREATE [ID token] [USER user] [DEVICE text] [IDLE d] [MAX d] [BIND fingerprint] [LEVEL n [FOR d]]
    /// [LIMIT n [REJECT|EVICT]] [FIELDS n f v …]
    mutating func sessCreate(_ request: borrowing Request) throws(ReplyError) {
        let options = try SessionArguments(
            request, from: 1,
            allowing: [.id, .user, .device, .idle, .max, .bind, .level, .limit, .policy, .pairs])
        if options.limit != nil && options.user == 0 { throw .syntax }
        if lacksRoomForMarks() { throw .tombstonesFull }
        if options.id > 0 {
            try SessionArguments.checkToken(request[options.id])
            let handle = Handle(token: request[options.id])
            try checkVacant(handle)
            try createSession(request, options, handle)
            reply.bulk(request[options.id])
        } else {
            let token = makeToken()
            try createSession(request, options, Handle(token: token.bytes))
            reply.bulk(token)
        }
    }

    /// A caller's own token must not name a session, nor one that was revoked or replaced.
    private mutating func checkVacant(_ handle: Handle) throws(ReplyError) {
        switch store.session(database, handle, store.hash(handle)) {
        case .missing: return
        case .live: throw .sessionExists
        case .grace: throw .rotated
        case .reused(let place): throw reuse(place)
        case .revoked: throw .revoked
        }
    }

    private mutating func createSession(
        _ request: borrowing Request, _ options: SessionArguments, _ handle: Handle
    ) throws(ReplyError) {
        var image = SessionImage(
            created: store.now, use: store.uses.next(at: store.now), idle: options.idle ?? settings.sessionIdle,
            max: options.max ?? settings.sessionMax)
        image.level = options.level ?? 1
        image.levelUntil = options.levelFor.map { store.now + $0 }
        image.bind = options.bind > 0 ? Handle(token: request[options.bind]) : nil
        let user = options.user > 0 ? request[options.user] : RawSpan()
        let device = options.device > 0 ? request[options.device] : RawSpan()
        var fields = ByteBuffer()
        swap(&fields, &fieldBuffer)
        defer { swap(&fields, &fieldBuffer) }
        fields.removeAll(keeping: Limits.idleBuffer)
        image.fieldCount = options.fields.merge(RawSpan(), request, store.hash, into: &fields)
        try checkSize(user: user.byteCount, device: device.byteCount, fields: fields.count, count: image.fieldCount)
        if let limit = options.limit { try enforceLimit(limit, user, evicts: options.evictsAtLimit) }
        let session = store.createSession(database, handle, image, user: user, device: device, fields: fields)
        store.statistics.sessionsCreated += 1
        store.publish(.created, session, at: store.now)
    }

    /// Makes sure that one more session of the user stays within `limit`. O(n log m) for n sessions of the user, m of
    /// which must go.
    private mutating func enforceLimit(_ limit: Int, _ user: RawSpan, evicts: Bool) throws(ReplyError) {
        let excess = store.sessionCount(database, user: user) - limit + 1
        if excess <= 0 { return }
        let oldest = store.leastRecentlyUsedSessions(database, user: user, count: evicts ? excess : 1)
        for index in 0..<oldest.count {
            let session = oldest[index].session
            store.publish(.limit, session, at: store.now)
            if !evicts { throw .sessionLimit }
            let handle = store[session].handle
            guard let place = store.find(database, handle, store.hash(handle)) else { continue }
            revoke(place, reason: ("limit" as StaticString).bytes)
        }
    }

    /// SESSGET token [TOUCH] [BIND fingerprint] [MINLEVEL n] [MINVER v] [FIELDS n f …]
    mutating func sessGet(_ request: borrowing Request) throws(ReplyError) {
        let options = try SessionArguments(
            request, from: 2, allowing: [.touch, .bind, .minLevel, .minVersion, .names])
        if options.has(.touch) && !permissions.restrictions.isEmpty { try checkMayWrite() }
        guard let (place, isRotated) = try readableSession(request) else {
            store.statistics.misses &+= 1
            if options.minVersion != nil && !permissions.decidesEnds { try checkNotAhead(request) }
            return reply.null()
        }
        store.statistics.hits &+= 1
        let session = place.record
        try checkDemands(session, options, request)
        if options.has(.touch) { touchSession(session) }
        reply.map(11)
        writeSummary(session, isRotated: isRotated)
        reply.literal("$4\r\ndata\r\n")
        if options.has(.names) { writeFields(session, named: options, request) } else { writeFields(session) }
    }

    /// A replica that does not know a session of which a reader knows a version: it may not have come yet.
    private mutating func checkNotAhead(_ request: borrowing Request) throws(ReplyError) {
        if case .missing = store.session(database, request.handle, request.hash) { throw .stale(version: 0) }
    }

    /// What a reader may demand of a session before it is shown anything.
    private mutating func checkDemands(
        _ session: Slot, _ options: SessionArguments, _ request: borrowing Request
    ) throws(ReplyError) {
        if options.given.isDisjoint(with: [.bind, .minLevel, .minVersion]) { return }
        let image = store[session].session.image
        if options.bind > 0, let bind = image.bind,
            !Handle(token: request[options.bind]).isEqualInConstantTime(to: bind) {
            store.publish(.bindmismatch, session, at: store.now)
            throw .bindMismatch
        }
        let level = image.effectiveLevel(now: store.now)
        if let wanted = options.minLevel, level < wanted {
            store.publish(.stepup, session, at: store.now)
            throw .stepUp(level: level)
        }
        let version = store[session].stamp
        if let wanted = options.minVersion, Int64(version) < wanted { throw .stale(version: version) }
    }

    /// `handle user device created seen ttl max level version rotated`
    mutating func writeSummary(_ session: Slot, isRotated: Bool) {
        let heap = store[session].session.image
        reply.literal("$6\r\nhandle\r\n")
        reply.handle(store[session].handle)
        reply.literal("$4\r\nuser\r\n")
        reply.bulkOrNull(store[session].session.user)
        reply.literal("$6\r\ndevice\r\n")
        reply.bulkOrNull(store[session].session.device)
        reply.literal("$7\r\ncreated\r\n")
        reply.integer(heap.created)
        reply.literal("$4\r\nseen\r\n")
        reply.integer(min(heap.lastUse.milliseconds, store.now))
        reply.literal("$3\r\nttl\r\n")
        reply.integer(store[session].deadline - store.now)
        reply.literal("$3\r\nmax\r\n")
        reply.integer(heap.end == 0 ? -1 : heap.end - store.now)
        reply.literal("$5\r\nlevel\r\n")
        reply.integer(Int64(heap.effectiveLevel(now: store.now)))
        reply.literal("$7\r\nversion\r\n")
        reply.integer(Int64(store[session].stamp))
        reply.literal("$7\r\nrotated\r\n")
        reply.integer(isRotated ? 1 : 0)
    }

    /// All fields, as a map; without those of a later version, which come first.
    @inline(__always)
    private mutating func writeFields(_ session: Slot) {
        var count = store[session].session.fieldCount
        var reader = store[session].session.fields
        var next = reader.next()
        while let field = next, SessionFields.isMetadata(reader.name(field)) {
            count -= 1
            next = reader.next()
        }
        reply.map(count)
        while let field = next {
            reply.bulk(reader.name(field))
            reply.bulk(reader.value(field))
            next = reader.next()
        }
    }

    /// The named fields, as a map; null for missing ones.
    private mutating func writeFields(_ session: Slot, named options: SessionArguments, _ request: borrowing Request) {
        reply.map(options.fieldCount)
        let reader = store[session].session.fields
        for index in 0..<options.fieldCount {
            let name = request[options.firstField + index]
            reply.bulk(name)
            if let field = reader.find(name) { reply.bulk(reader.value(field)) } else { reply.null() }
            // A field may be named a thousand times.
            if reply.hasOverflowed { return }
        }
    }

    /// SESSTOUCH token [IDLE d]
    @inline(__always)
    mutating func sessTouch(_ request: borrowing Request) throws(ReplyError) {
        var idle: Int64?
        if request.count > 2 { idle = try SessionArguments(request, from: 2, allowing: .idle).idle }
        guard let (place, _) = try readableSession(request) else { return reply.integer(-2) }
        touchSession(place.record, idle: idle)
        reply.integer(store[place.record].deadline - store.now)
    }
}

extension ReplyWriter {
    /// A bulk string, or null for empty text.
    mutating func bulkOrNull(_ text: RawSpan) {
        if text.byteCount == 0 { null() } else { bulk(text) }
    }
}
