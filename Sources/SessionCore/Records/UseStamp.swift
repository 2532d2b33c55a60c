/// When a session was used last, as a number that grows from use to use: Unix milliseconds in the upper 48 bits, and in
/// the lower 16 the order of the uses within one millisecond. Sessions are ordered by it wherever the order of use
/// counts.
struct UseStamp: BitwiseCopyable, Comparable {
    static let orderBits: UInt64 = 16

    var rawValue: UInt64

    @inline(__always)
    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The first of a millisecond.
    @inline(__always)
    init(milliseconds: Int64) { rawValue = UInt64(truncatingIfNeeded: milliseconds) &<< UseStamp.orderBits }

    /// Unix milliseconds, rounded down.
    @inline(__always)
    var milliseconds: Int64 { Int64(truncatingIfNeeded: rawValue &>> UseStamp.orderBits) }

    @inline(__always)
    static func < (left: UseStamp, right: UseStamp) -> Bool { left.rawValue < right.rawValue }
}

/// Issues use stamps, each greater than the one before.
///
/// Stamps run ahead of the clock if one reading of it sees more than 65,536 uses, or if it steps back. If it steps back
/// by more than `longestLead`, the stamps step back with it, because a session must not seem to have been used long
/// after it was. From then on the order is that of the clock again.
struct UseOrder: BitwiseCopyable {
    /// How far stamps may be ahead of the clock, in milliseconds.
    static let longestLead: Int64 = 100

    /// The greatest given out or noted.
    private(set) var last = UseStamp(rawValue: 0)

    /// The stamp of a use at this moment (Unix milliseconds). O(1).
    @inline(__always)
    mutating func next(at now: Int64) -> UseStamp {
        let floor = UseStamp(milliseconds: now)
        // The difference wraps around to a large number where the clock has gone on.
        let lead = last.rawValue &- floor.rawValue
        last = lead <= UseStamp(milliseconds: UseOrder.longestLead).rawValue
            ? UseStamp(rawValue: last.rawValue &+ 1) : floor
        return last
    }

    /// The stamp of a use that another node tells of, at that node's moment: behind those of the same millisecond that
    /// were told before. More than 65,535 of them share the last one. O(1).
    mutating func note(at milliseconds: Int64) -> UseStamp {
        let floor = UseStamp(milliseconds: milliseconds)
        if last < floor {
            last = floor
        } else if last.milliseconds == milliseconds {
            let next = UseStamp(rawValue: last.rawValue &+ 1)
            if next.milliseconds == milliseconds { last = next }
            return last
        }
        return floor
    }
}

/// A session at its place in some order of sessions: by `rank`, sessions of one rank by handle.
struct RankedSession: BitwiseCopyable, Comparable {
    let rank: UInt64
    /// The session's handle, or its complement where those of one rank come in the opposite order.
    let handle: Handle
    let session: Slot

    /// As the order of `SESSLIST`: used last, first.
    @inline(__always)
    static func latestFirst(_ stamp: UseStamp, _ handle: Handle, _ session: Slot = .none) -> RankedSession {
        RankedSession(rank: ~stamp.rawValue, handle: handle, session: session)
    }

    /// In exactly the opposite order: used longest ago, first.
    @inline(__always)
    static func longestAgoFirst(_ stamp: UseStamp, _ handle: Handle, _ session: Slot) -> RankedSession {
        RankedSession(rank: stamp.rawValue, handle: Handle(low: ~handle.low, high: ~handle.high), session: session)
    }

    @inline(__always)
    static func < (left: RankedSession, right: RankedSession) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        return (left.handle.high, left.handle.low) < (right.handle.high, right.handle.low)
    }
}

/// The first `limit` of any number of sessions that are offered in any order: a binary heap with the last of those kept
/// at its root. It takes memory only for those kept; O(n log limit) for n offers.
struct FirstSessions: ~Copyable {
    let limit: Int
    private var kept = Vector<RankedSession>()

    /// - Parameter limit: at least 1.
    init(limit: Int) {
        precondition(limit > 0)
        self.limit = limit
    }

    @inline(__always)
    mutating func offer(_ candidate: RankedSession) {
        if kept.count < limit {
            kept.append(candidate)
            rise(from: kept.count - 1)
        } else if candidate < kept[0] {
            sink(candidate)
        }
    }

    /// Moves the last element up to its place.
    private mutating func rise(from start: Int) {
        let element = kept[start]
        var index = start
        while index > 0, kept[(index - 1) / 2] < element {
            kept[index] = kept[(index - 1) / 2]
            index = (index - 1) / 2
        }
        kept[index] = element
    }

    /// Puts an element into the root's place and down to its own.
    private mutating func sink(_ element: RankedSession) {
        var index = 0
        while true {
            var child = 2 * index + 1
            if child >= kept.count { break }
            if child + 1 < kept.count, kept[child] < kept[child + 1] { child += 1 }
            if kept[child] < element { break }
            kept[index] = kept[child]
            index = child
        }
        kept[index] = element
    }

    /// The sessions kept, in order. O(limit log limit).
    consuming func sorted() -> Vector<RankedSession> {
        kept.sort(by: <)
        return kept
    }
}
