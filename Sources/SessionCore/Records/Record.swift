/// What a record holds.
enum RecordKind: UInt8 {
    /// A string value.
    case string = 1
    /// A hash, its fields packed one after the other in the record (`PackedFields`).
    case packedHash = 2
    /// A hash with a table of its own: the record holds the table's header (`BucketTable`).
    case tableHash = 3
    /// A set, its members packed in the record (`PackedMembers`, `PackedIntegers`).
    case packedSet = 4
    /// A set with a table of its own, as a hash's without values.
    case tableSet = 5
    /// A sorted set, its members and scores packed one after the other in the record (`PackedScores`).
    case packedSortedSet = 6
    /// A sorted set with a table and a tree of its own (`TreeSortedSet`).
    case treeSortedSet = 7
    /// A live session, keyed by its handle.
    case session = 16
    /// A replaced token: keyed by the old handle, leads to the session's next one.
    case predecessor = 17
    /// A revoked session's mark, keyed by its handle: keeps the token dead.
    case tombstone = 18

    /// Keyed by a handle, not by a key of the client's choice.
    var hasHandle: Bool { rawValue >= RecordKind.session.rawValue }

    /// The payload is the header of a table of elements (`TableHash`), which the record owns.
    var hasTable: Bool { self == .tableHash || self == .tableSet || self == .treeSortedSet }

    @inline(__always)
    var isSortedSet: Bool { self == .packedSortedSet || self == .treeSortedSet }
}

/// The head that every record in a keyspace starts with. All fields in the machine's byte order, unaligned.
///
///     offset  0  kind            UInt8    RecordKind
///             1  flags           UInt8    RecordFlags
///             2  keyLength       UInt16   bytes of the key; 16 for those keyed by a handle
///             4  length          UInt32   bytes of the payload, which follows the key
///             8  stamp           UInt32   plain keys: last access, in seconds; sessions: version
///            12  next            UInt32   with a deadline only: neighbours in the timing wheel's slot
///            16  previous        UInt32
///            20  deadline        Int64    Unix time in milliseconds
///
/// A record without a deadline ends its head at 12. Key bytes follow, then the payload. Records keyed by a handle
/// always have a deadline, so their handle stands at 28 and their payload starts at 44.
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
    /// Where the payload of a record keyed by a handle starts.
    static let handlePayload = 44
}

/// What is special about a record: one byte of its head.
struct RecordFlags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    /// The record has a deadline and the wheel fields.
    static let expires = RecordFlags(rawValue: 1)
    /// `OBJECT ENCODING` names a larger form than the value needs, as in Redis, which never goes back: `raw` for a
    /// string changed in place (`APPEND`, `SETRANGE`), `hashtable` for a hash and `skiplist` for a sorted set that
    /// passed the limits of a listpack, `hashtable` for a set that is none of integers, or once was not. A packed set
    /// without it holds integers in binary.
    static let edited = RecordFlags(rawValue: 2)
    /// `expiring` was published for the present idle period of the session.
    static let warned = RecordFlags(rawValue: 4)
    /// The string was written by `INCRBYFLOAT`: `OBJECT ENCODING` never says `int`, as in Redis.
    static let text = RecordFlags(rawValue: 8)
    /// The tombstone of a plain key, in a table of its own (`Database.keyTombstones`).
    static let ofPlainKey = RecordFlags(rawValue: 64)
    /// It marks a key that did not exist when it was deleted.
    static let ofAbsentKey = RecordFlags(rawValue: 128)
}

/// Fields of a record's head: those that change, and the links of the wheel. `RecordView` reads the others.
extension Heap {
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

    @inline(__always)
    mutating func setFlags(_ record: Slot, _ flags: RecordFlags) { store(flags.rawValue, record, RecordLayout.flags) }

    @inline(__always)
    mutating func setLength(_ record: Slot, _ length: Int) {
        store(UInt32(truncatingIfNeeded: length), record, RecordLayout.length)
    }

    @inline(__always)
    mutating func setStamp(_ record: Slot, _ stamp: UInt32) { store(stamp, record, RecordLayout.stamp) }
}
