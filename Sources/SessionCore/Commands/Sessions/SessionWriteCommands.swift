/// SESSSET, SESSUNSET, SESSROTATE: changing what a session holds, and its token.
extension Execution {
    /// SESSSET token [IFVER v] [USER user] [DEVICE text] [IDLE d] [FIELDS n f v …]
    mutating func sessSet(_ request: borrowing Request) throws(ReplyError) {
        let options = try SessionArguments(request, from: 2, allowing: [.ifVersion, .user, .device, .idle, .pairs])
        if options.given.subtracting(.ifVersion).isEmpty { throw .syntax }
        let place = try writableSession(request)
        try checkVersion(place.record, options)
        let oldUser = store[place.record].session.user
        if options.user > 0, oldUser.byteCount > 0, !request[options.user].isEqual(to: oldUser) {
            throw .userAlreadySet
        }
        var image = store[place.record].session.image
        if let idle = options.idle { image.idle = idle }
        let user = options.user > 0 ? request[options.user] : oldUser
        let device = options.device > 0 ? request[options.device] : store[place.record].session.device
        var fields = ByteBuffer()
        swap(&fields, &fieldBuffer)
        defer { swap(&fields, &fieldBuffer) }
        fields.removeAll(keeping: Limits.idleBuffer)
        image.fieldCount = options.fields.merge(
            store[place.record].session.fieldBytes, request, store.hash, into: &fields)
        try checkSize(user: user.byteCount, device: device.byteCount, fields: fields.count, count: image.fieldCount)
        if device.byteCount == 0 && options.device > 0 { noteRemoved(("@device" as StaticString).bytes) }
        noteLevelEnd(image)
        let session = store.rewriteSession(place, database, image, user: user, device: device, fields: fields)
        changed(session)
    }

    /// SESSUNSET token [IFVER v] FIELDS n f …
    mutating func sessUnset(_ request: borrowing Request) throws(ReplyError) {
        let options = try SessionArguments(request, from: 2, allowing: [.ifVersion, .names])
        guard options.has(.names) else { throw .syntax }
        let place = try writableSession(request)
        try checkVersion(place.record, options)
        var image = store[place.record].session.image
        var fields = ByteBuffer()
        swap(&fields, &fieldBuffer)
        defer { swap(&fields, &fieldBuffer) }
        fields.removeAll(keeping: Limits.idleBuffer)
        let count = options.fields.remove(
            store[place.record].session.fieldBytes, request, store.hash, into: &fields)
        if count == image.fieldCount { return reply.integer(Int64(store[place.record].stamp)) }
        image.fieldCount = count
        for index in 0..<options.fieldCount { noteRemoved(request[options.firstField + index]) }
        noteLevelEnd(image)
        let session = store.rewriteSession(
            place, database, image, user: store[place.record].session.user,
            device: store[place.record].session.device, fields: fields)
        changed(session)
    }

    private func checkVersion(_ session: Slot, _ options: SessionArguments) throws(ReplyError) {
        let version = store[session].stamp
        if let wanted = options.ifVersion, wanted != Int64(version) { throw .version(current: version) }
    }

    /// Notes that a raised level has ended, if it has: replicas are told when the session changes.
    private mutating func noteLevelEnd(_ image: SessionImage) {
        if let end = image.levelUntil, store.now >= end { noteRemoved(("@leveluntil" as StaticString).bytes) }
    }

    /// Counts the version up, answers it and publishes `set`.
    private mutating func changed(_ session: Slot) {
        let version = store.countVersion(of: session)
        store.publish(.set, session, at: store.now)
        reply.integer(Int64(version))
    }

    /// SESSROTATE token [GRACE d] [USER user] [LEVEL n [FOR d]] [BIND fingerprint]
    mutating func sessRotate(_ request: borrowing Request) throws(ReplyError) {
        let options = try SessionArguments(request, from: 2, allowing: [.grace, .user, .level, .bind])
        if lacksRoomForMarks() { throw .tombstonesFull }
        let place = try writableSession(request)
        var image = store[place.record].session.image
        if let level = options.level {
            image.level = level
            image.levelUntil = options.levelFor.map { store.now + $0 }
        }
        if options.bind > 0 { image.bind = Handle(token: request[options.bind]) }
        let user = options.user > 0 ? request[options.user] : store[place.record].session.user
        if user.byteCount > store[place.record].session.user.byteCount {
            try checkSize(
                user: user.byteCount, device: store[place.record].session.device.byteCount,
                fields: store[place.record].session.fieldBytes.byteCount, count: image.fieldCount)
        }
        let grace = options.grace ?? settings.sessionGrace
        // Without a grace the token stays unreadable even if the clock goes back.
        let graceUntil = grace == 0 ? 0 : store.now + grace
        store.publish(.rotated, place.record, at: store.now)
        let token = makeToken()
        store.rotateSession(
            place, database, to: Handle(token: token.bytes), image, user: user, graceUntil: graceUntil)
        reply.bulk(token)
    }
}
