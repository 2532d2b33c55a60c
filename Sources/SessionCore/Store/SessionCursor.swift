/// Where a listing of a user's sessions goes on: the cursor of `SESSLIST`, which carries all state there is.
///
/// The listing has two phases. First sessions come most recently used first, ties by handle, each page strictly behind
/// the last session of the page before. A session that is used meanwhile moves to the front and may be passed over: so
/// in the second phase those used since the listing began come, by creation. There they cannot move, so the listing
/// ends; and whoever existed throughout was in one phase or the other (some in both).
struct SessionCursor: Equatable {
    enum Phase: Int64 { case recent = 1, usedSince = 2 }

    /// Unix milliseconds.
    var startedAt: Int64
    var phase = Phase.recent
    /// The last session listed: its last use (first phase) or creation (second), and its handle; nil at the start of a
    /// phase.
    var position: (time: Int64, handle: Handle)?

    init(startedAt: Int64) { self.startedAt = startedAt }

    static func == (left: SessionCursor, right: SessionCursor) -> Bool { left.text == right.text }

    /// `phase-startedAt`, then `-time-handle` unless at the start of the phase.
    var text: String {
        let start = "\(phase.rawValue)-\(startedAt)"
        guard let position else { return start }
        var handle = ByteBuffer()
        position.handle.write(to: &handle)
        return "\(start)-\(position.time)-\(handle.bytes.text)"
    }

    /// Nil for anything that `text` does not write.
    init?(_ word: RawSpan) {
        var parts: [Int64] = []
        var start = 0
        while parts.count < 3, start < word.byteCount {
            let dash = word.firstIndex(of: UInt8(ascii: "-"), from: start)
            let end = dash < 0 ? word.byteCount : dash
            guard let number = parseInteger(word.slice(start, end - start)), number >= 0 else { return nil }
            parts.append(number)
            start = end + 1
        }
        guard parts.count >= 2, let phase = Phase(rawValue: parts[0]) else { return nil }
        startedAt = parts[1]
        self.phase = phase
        if parts.count == 3 {
            guard start < word.byteCount, let handle = Handle(hexadecimal: word.slice(start, word.byteCount - start))
            else {
                return nil
            }
            position = (parts[2], handle)
        }
        if !word.isEqual(to: text.utf8Span.span.bytes) { return nil }
    }
}

extension Store {
    /// Appends one page of a user's live sessions, in the order of `SessionCursor`.
    ///
    /// O(sessions of the user + count²) in the worst case: the list is not kept in any order, so that a touch costs
    /// nothing.
    /// - Returns: the cursor of the next page; nil if this was the last.
    func sessionPage(
        _ database: Int, user: RawSpan, _ cursor: SessionCursor, count: Int, into page: inout Vector<Slot>
    ) -> SessionCursor? {
        var session = firstSession(database, user: user)
        var anyUsedSince = false
        while session != .none {
            if !isDue(session) {
                let wasUsedSince = heap.loadTime(session, SessionLayout.seen) >= cursor.startedAt
                anyUsedSince = anyUsedSince || wasUsedSince
                if cursor.phase == .recent || wasUsedSince, isBehind(session, cursor) {
                    insert(session, into: &page, cursor.phase, limit: count + 1)
                }
            }
            session = nextSession(session)
        }
        var next = cursor
        if page.count > count {
            _ = page.removeLast()
            let last = page[count - 1]
            next.position = (time(last, cursor.phase), heap.handle(last))
            return next
        }
        guard cursor.phase == .recent, cursor.position != nil, anyUsedSince else { return nil }
        next.phase = .usedSince
        next.position = nil
        return next
    }

    private func time(_ session: Slot, _ phase: SessionCursor.Phase) -> Int64 {
        heap.loadTime(session, phase == .recent ? SessionLayout.seen : SessionLayout.created)
    }

    private func isBehind(_ session: Slot, _ cursor: SessionCursor) -> Bool {
        guard let position = cursor.position else { return true }
        return Store.precedes(
            position, (time(session, cursor.phase), heap.handle(session)), latestFirst: cursor.phase == .recent)
    }

    private static func precedes(
        _ left: (time: Int64, handle: Handle), _ right: (time: Int64, handle: Handle), latestFirst: Bool
    ) -> Bool {
        if left.time != right.time { return latestFirst ? left.time > right.time : left.time < right.time }
        return (left.handle.high, left.handle.low) < (right.handle.high, right.handle.low)
    }

    /// Inserts a session at its place in an ordered page of at most `limit`.
    private func insert(_ session: Slot, into page: inout Vector<Slot>, _ phase: SessionCursor.Phase, limit: Int) {
        let key = (time: time(session, phase), handle: heap.handle(session))
        let latestFirst = phase == .recent
        if page.count == limit {
            let last = page[limit - 1]
            guard Store.precedes(key, (time(last, phase), heap.handle(last)), latestFirst: latestFirst) else { return }
            page[limit - 1] = session
        } else {
            page.append(session)
        }
        var index = page.count - 1
        while index > 0 {
            let before = page[index - 1]
            guard Store.precedes(key, (time(before, phase), heap.handle(before)), latestFirst: latestFirst) else {
                break
            }
            page[index] = before
            index -= 1
        }
        page[index] = session
    }
}
