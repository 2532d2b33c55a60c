/// What a record holds.
enum RecordKind: UInt8 {
    /// A string value.
    case string = 1
    /// A hash, its fields packed one after the other in the record (`PackedFields`).
    case packedHash = 2
    /// A hash with a table of its own: the record holds the table's header (`BucketTable`).
    case tableHash = 3
    /// A live session, keyed by its handle.
    case session = 4
    /// A replaced token: keyed by the old handle, leads to the session's next one.
    case predecessor = 5
    /// A revoked session's mark, keyed by its handle: keeps the token dead.
    case tombstone = 6
}

/// The head that every record in a keyspace starts with. All fields in the machine's byte order, unaligned.
///
///     offset  0  kind            UInt8    RecordKind
///             1  flags           UInt8    RecordFlags
///             2  keyLength       UInt16   bytes of the key; in a tombstone, bytes of the reason
///             4  length          UInt32   bytes of the payload (kinds define what that is)
///             8  stamp           UInt32   plain keys: last access, in seconds; sessions: version
///            12  next            UInt32   with a deadline only: neighbours in the timing wheel's slot
///            16  previous        UInt32
///            20  deadline        Int64    Unix time in milliseconds
///
/// A plain key without a deadline ends its head at 12. Plain keys go on with key bytes, then value bytes; records
/// keyed by a handle always have a deadline and go on with the handle's 16 bytes at 28.
enum RecordLayout {
    static let kind = 0
    static let flags = 1
    static let keyLength = 2
    static let length = 4
    static let stamp = 8
    static let next = 12
    static let previous = 16
    static let deadline = 20
    /// Where the key starts, without and with a deadline.
    static let shortHead = 12
    static let longHead = 28
}

struct RecordFlags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// The record has a deadline and the wheel fields.
    static let expires = RecordFlags(rawValue: 1)
    /// The string was changed in place (`APPEND`, `SETRANGE`): `OBJECT ENCODING` says `raw`, as in Redis.
    static let edited = RecordFlags(rawValue: 2)
    /// `expiring` was published for the present idle period of the session.
    static let warned = RecordFlags(rawValue: 4)
}

/// Fields of a record's head.
extension Heap {
    @inline(__always)
    func kind(_ record: Slot) -> RecordKind {
        RecordKind(rawValue: load(record, RecordLayout.kind, as: UInt8.self)).unsafelyUnwrapped
    }

    @inline(__always)
    func flags(_ record: Slot) -> RecordFlags {
        RecordFlags(rawValue: load(record, RecordLayout.flags, as: UInt8.self))
    }

    @inline(__always)
    func expires(_ record: Slot) -> Bool { flags(record).contains(.expires) }

    @inline(__always)
    func deadline(_ record: Slot) -> Int64 { load(record, RecordLayout.deadline, as: Int64.self) }

    @inline(__always)
    mutating func setDeadline(_ record: Slot, _ milliseconds: Int64) {
        store(milliseconds, record, RecordLayout.deadline)
    }

    @inline(__always)
    func wheelNext(_ record: Slot) -> UInt32 { load(record, RecordLayout.next, as: UInt32.self) }

    @inline(__always)
    mutating func setWheelNext(_ record: Slot, _ value: UInt32) { store(value, record, RecordLayout.next) }

    @inline(__always)
    func wheelPrevious(_ record: Slot) -> UInt32 { load(record, RecordLayout.previous, as: UInt32.self) }

    @inline(__always)
    mutating func setWheelPrevious(_ record: Slot, _ value: UInt32) { store(value, record, RecordLayout.previous) }
}
