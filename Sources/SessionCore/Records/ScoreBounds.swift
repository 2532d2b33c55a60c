/// One end of a range of scores.
struct ScoreBound: BitwiseCopyable {
    var score: Double
    var isExclusive: Bool

    /// `1.5`, `(1.5`, `inf`; nil for anything else.
    init?(_ word: RawSpan) {
        isExclusive = word.byteCount > 0 && word[0] == UInt8(ascii: "(")
        guard let score = DoubleText.parseBound(isExclusive ? word.slice(1, word.byteCount - 1) : word) else {
            return nil
        }
        self.score = score
    }
}

/// A range of scores.
struct ScoreRange: BitwiseCopyable {
    let minimum, maximum: ScoreBound

    /// Whether a score lies below the range.
    @inline(__always)
    func isBelow(_ score: Double) -> Bool {
        minimum.isExclusive ? score <= minimum.score : score < minimum.score
    }

    /// Whether a score lies above the range.
    @inline(__always)
    func isAbove(_ score: Double) -> Bool {
        maximum.isExclusive ? score >= maximum.score : score > maximum.score
    }
}

/// One end of a range of members.
struct MemberBound: ~Escapable {
    private enum Kind { case lowest, highest, inclusive, exclusive }
    private let kind: Kind
    /// The member; empty for the other kinds.
    private let member: RawSpan

    /// `-`, `+`, `[member`, `(member`; nil for anything else.
    @_lifetime(copy word)
    init?(_ word: RawSpan) {
        guard word.byteCount > 0 else { return nil }
        // As in Redis, which looks for the end of a C string here, whatever follows a NUL does not count.
        let isAlone = word.byteCount == 1 || word[1] == 0
        switch word[0] {
        case UInt8(ascii: "-") where isAlone: kind = .lowest
        case UInt8(ascii: "+") where isAlone: kind = .highest
        case UInt8(ascii: "["): kind = .inclusive
        case UInt8(ascii: "("): kind = .exclusive
        default: return nil
        }
        member = word.slice(1, word.byteCount - 1)
    }

    /// Whether a member lies below a range that begins here.
    @inline(__always)
    func isAfter(_ other: RawSpan) -> Bool {
        switch kind {
        case .lowest: false
        case .highest: true
        case .inclusive: other.compare(to: member) < 0
        case .exclusive: other.compare(to: member) <= 0
        }
    }

    /// Whether a member lies above a range that ends here.
    @inline(__always)
    func isBefore(_ other: RawSpan) -> Bool {
        switch kind {
        case .lowest: true
        case .highest: false
        case .inclusive: other.compare(to: member) > 0
        case .exclusive: other.compare(to: member) >= 0
        }
    }
}

/// Members of neighbouring ranks: `first ..< first + count`.
struct RankRange: BitwiseCopyable {
    var first: Int
    var count: Int

    static let none = RankRange(first: 0, count: 0)

    /// From `start` to `stop`, both counted from the end if negative, of `size` members.
    init(start: Int64, stop: Int64, size: Int) {
        let size = Int64(size)
        let first = max(0, start < 0 ? start + size : start)
        let last = min(stop < 0 ? stop + size : stop, size - 1)
        if first > last {
            self = .none
        } else {
            self.init(first: Int(first), count: Int(last - first + 1))
        }
    }

    init(first: Int, count: Int) {
        self.first = first
        self.count = count
    }

    /// The same members by ranks counted from the end, of `size` members.
    func reversed(of size: Int) -> RankRange { RankRange(first: size - first - count, count: count) }

    /// What `LIMIT` leaves of it; a negative count leaves all, a negative offset nothing.
    /// - Parameter isReverse: whether counting begins with the last one.
    func limited(offset: Int64, count limit: Int64, isReverse: Bool) -> RankRange {
        guard offset >= 0, offset < count else { return .none }
        let rest = count - Int(offset)
        let kept = limit < 0 ? rest : Int(min(limit, Int64(rest)))
        return RankRange(first: isReverse ? first + rest - kept : first + Int(offset), count: kept)
    }
}
