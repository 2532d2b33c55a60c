/// Where a listing of a user's sessions continues: the cursor of `SESSLIST`, which contains the whole state of the
/// listing.
///
/// The listing has two phases. The first lists sessions most recently used first, ties by handle, each page strictly
/// after the last session of the page before. A session that is used in between moves to the front and may be missed.
/// The second phase therefore lists the sessions that were used since the listing began, by time of creation. In that
/// order they cannot move, so the listing ends. A session that existed throughout is in one phase or the other, or in
/// both.
struct SessionCursor: Equatable {
    enum Phase: UInt64 { case recent = 1, usedSince = 2 }

    /// No use that follows the start of the listing has a smaller stamp.
    var startedAt: UseStamp
    var phase = Phase.recent
    /// The last session listed: its last use, a use stamp (first phase), or its creation in Unix milliseconds (second);
    /// and its handle. Nil at the start of a phase.
    var position: (time: UInt64, handle: Handle)?

    /// A listing that starts at this moment (Unix milliseconds), after the uses that `uses` knows. Where their stamps
    /// are behind the clock nothing was used since; where they are ahead (they tell of another node's clock), that
    /// node may tell of uses before them.
    init(at now: Int64, after uses: UseOrder) {
        startedAt = min(UseStamp(milliseconds: now), UseStamp(rawValue: uses.last.rawValue &+ 1))
    }

    static func == (left: SessionCursor, right: SessionCursor) -> Bool { left.text == right.text }

    /// `phase-startedAt`, then `-time-handle` unless at the start of the phase.
    var text: String {
        let start = "\(phase.rawValue)-\(startedAt.rawValue)"
        guard let position else { return start }
        var handle = ByteBuffer()
        position.handle.write(to: &handle)
        return "\(start)-\(position.time)-\(handle.bytes.text)"
    }

    /// Nil for anything that `text` does not write.
    init?(_ word: RawSpan) {
        var parts: [UInt64] = []
        var start = 0
        while parts.count < 3, start < word.byteCount {
            let dash = word.firstIndex(of: UInt8(ascii: "-"), from: start)
            let end = dash < 0 ? word.byteCount : dash
            guard let number = UInt64(word.slice(start, end - start).text) else { return nil }
            parts.append(number)
            start = end + 1
        }
        guard parts.count >= 2, let phase = Phase(rawValue: parts[0]) else { return nil }
        startedAt = UseStamp(rawValue: parts[1])
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

    /// Where a session of the given handle stands in the present phase.
    fileprivate func rank(_ time: UInt64, _ handle: Handle, _ session: Slot = .none) -> RankedSession {
        switch phase {
        case .recent: .latestFirst(UseStamp(rawValue: time), handle, session)
        case .usedSince: RankedSession(rank: time, handle: handle, session: session)
        }
    }
}

/// A page of a listing.
struct SessionPage: ~Copyable {
    var sessions: Vector<RankedSession>
    /// Where the next page begins; nil if this is the last.
    var next: SessionCursor?
}

extension Store {
    /// One page of a user's live sessions, in the order of `SessionCursor`.
    ///
    /// O(n log count) for n sessions of the user, whichever page it is, so all pages together cost O(n²/count): the
    /// list is not kept in any order, so that a touch costs nothing. Memory for `count`.
    func sessionPage(_ database: Int, user: RawSpan, _ cursor: SessionCursor, count: Int) -> SessionPage {
        let position = cursor.position.map { cursor.rank($0.time, $0.handle) }
        var first = FirstSessions(limit: count + 1)
        var session = firstSession(database, user: user)
        var anyUsedSince = false
        while session != .none {
            if !isDue(session) {
                let wasUsedSince = heap[session].session.lastUse >= cursor.startedAt
                anyUsedSince = anyUsedSince || wasUsedSince
                if cursor.phase == .recent || wasUsedSince {
                    let candidate = cursor.rank(time(session, cursor.phase), heap[session].handle, session)
                    if position.map({ $0 < candidate }) ?? true { first.offer(candidate) }
                }
            }
            session = nextSession(session)
        }
        var page = SessionPage(sessions: first.sorted())
        var next = cursor
        if page.sessions.count > count {
            page.sessions.truncate(to: count)
            let last = page.sessions[count - 1].session
            next.position = (time(last, cursor.phase), heap[last].handle)
            page.next = next
            return page
        }
        guard cursor.phase == .recent, cursor.position != nil, anyUsedSince else { return page }
        next.phase = .usedSince
        next.position = nil
        page.next = next
        return page
    }

    /// What a phase orders sessions by: a use stamp, or Unix milliseconds.
    @inline(__always)
    private func time(_ session: Slot, _ phase: SessionCursor.Phase) -> UInt64 {
        phase == .recent
            ? heap[session].session.lastUse.rawValue : UInt64(heap[session].session.created)
    }
}
