/// The payload of a session's record, from offset 44 on. Times are Unix milliseconds, durations milliseconds, both in
/// 48 bits; all fields in the machine's byte order, unaligned. The record's `stamp` is the session's version, its
/// deadline the earlier of idle and absolute timeout.
///
///     offset 44  userNext        UInt32   neighbours in the list of the user's sessions
///            48  userPrevious    UInt32   0 in the first, which the user table points to
///            52  created         UInt48
///            58  lastUse         UInt64   UseStamp: when it was touched last, and in which order
///            66  idle            UInt48   sliding timeout
///            72  end             UInt48   absolute timeout, a point in time; 0 for none
///            78  level           UInt8    authentication level
///            79  options         UInt8    SessionOptions
///            80  userLength      UInt16
///            82  deviceLength    UInt16
///            84  fieldCount      UInt16
///            86  [bind           16 bytes of SHA-256(fingerprint), where options say so]
///                [levelUntil     UInt64   when the level falls back to 1, likewise]
///                [predecessor    16 bytes: handle of the token this one replaced, likewise]
///                user, device, then the fields (`PackedFields`)
enum SessionLayout {
    static let userNext = 44
    static let userPrevious = 48
    static let created = 52
    static let lastUse = 58
    static let idle = 66
    static let end = 72
    static let level = 78
    static let options = 79
    static let userLength = 80
    static let deviceLength = 82
    static let fieldCount = 84
    static let variable = 86
    /// What `sess-max-bytes` counts for the fixed part, whatever it takes: which sessions fit must not change with it.
    static let countedBytes = 40
}

/// Which optional parts a session's record has.
struct SessionOptions: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    static let bound = SessionOptions(rawValue: 1)
    static let levelExpires = SessionOptions(rawValue: 2)
    static let rotated = SessionOptions(rawValue: 4)
    /// Belongs to a user (whose name may be any bytes, but not empty).
    static let hasUser = SessionOptions(rawValue: 8)

    /// Where the user's name starts.
    @inline(__always)
    var userOffset: Int {
        var offset = SessionLayout.variable
        if contains(.bound) { offset += 16 }
        if contains(.levelExpires) { offset += 8 }
        if contains(.rotated) { offset += 16 }
        return offset
    }

    var levelUntilOffset: Int { SessionLayout.variable + (contains(.bound) ? 16 : 0) }

    var predecessorOffset: Int { levelUntilOffset + (contains(.levelExpires) ? 8 : 0) }
}

/// The payload of a predecessor: `[ successor's handle : 16 bytes | grace until : Int64 | session created : UInt48 |
/// handle of the token before it : 16 bytes ]`, times in Unix milliseconds.
///
/// The successor is the session, or a later predecessor; following the chain shortens it (`chainEnd`). The time of
/// creation tells whether the session that is found is still the same one, because a caller may use its own token again
/// for another session.
enum PredecessorLayout {
    static let successor = RecordLayout.handlePayload
    static let graceUntil = RecordLayout.handlePayload + 16
    static let created = RecordLayout.handlePayload + 24
    /// What this one had replaced, zeros for nothing: for counting them. Replicas learn it from the session.
    static let earlier = RecordLayout.handlePayload + 30
    static let payloadBytes = 46
    static let noHandle = Handle(low: 0, high: 0)
}

/// Largest 48-bit number: the last point in time and the longest duration, about 8,900 years.
let maximumTime: Int64 = (1 << 48) - 1

extension Heap {
    @inline(__always)
    mutating func storeTime(_ value: Int64, _ record: Slot, _ offset: Int) {
        assert(value >= 0 && value <= maximumTime)
        store(UInt32(truncatingIfNeeded: value), record, offset)
        store(UInt16(truncatingIfNeeded: value &>> 32), record, offset &+ 4)
    }

    @inline(__always)
    mutating func setLastUse(_ session: Slot, _ stamp: UseStamp) {
        store(stamp.rawValue, session, SessionLayout.lastUse)
    }

    /// When a session is to be warned about that has not been in this idle period: `ahead` milliseconds before its
    /// deadline. The deadline itself for everything else, and for sessions whose idle timeout is shorter than that.
    @inline(never)
    func warningTime(_ record: Slot, ahead: Int64) -> Int64 {
        let record = self[record]
        let deadline = record.deadline
        guard record.kind == .session, !record.flags.contains(.warned), record.session.idle > ahead else {
            return deadline
        }
        return deadline - ahead
    }
}
