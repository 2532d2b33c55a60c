/// The data: databases, the heap that contains their records, and the wheel that expires them.
///
/// Works on bytes and slots, without connections or replies. A record past its deadline is never returned: a lookup
/// that finds one expires it, and the wheel expires those that are not looked up.
struct Store: ~Copyable {
    var heap: Heap
    var databases: Vector<Database>
    var wheel: TimingWheel
    /// What becomes of records that are due.
    var dueRecords = DueRecords.expire
    let hash: KeyHash
    /// A second one, for the fingerprints of keys.
    let fingerprintHash: KeyHash
    /// Unix milliseconds of the present turn.
    private(set) var now: Int64
    /// How late expiry was.
    var lag = LagHistogram()
    var statistics = StoreStatistics()
    /// Assembled values and rewritten records; content is only meaningful within one function.
    var scratch = ByteBuffer()
    /// Results of table scans; likewise.
    var found = Vector<Slot>()
    /// Members that are being put into a reply; likewise.
    var entries = Vector<SortedSetEntry>()
    /// The order in which sessions are used.
    var uses = UseOrder()
    /// What happened to sessions, in order, until the node publishes it.
    var events = Vector<SessionEvent>()
    /// Tombstones of plain keys that did not exist when they were deleted.
    var absentKeyTombstones = 0
    /// Marks of dead tokens and keys, counted.
    var marks = Marks()
    /// Where a replica looks next for tombstones of plain keys that are due.
    var keyTombstoneSweep = KeyTombstoneSweep()
    /// Whether anybody listens to session events; without listeners none are recorded.
    var recordsEvents = false
    /// The log of changes, in order, until the node settles it; the keys of its entries one after the other.
    var changes = Vector<KeyChange>()
    var changedKeys = ByteBuffer()
    /// Who wants to hear of changes.
    var observers: ChangeObservers = []

    /// - Parameter reserving: bytes of address space.
    init(databases count: Int, seed: (UInt64, UInt64), now: Int64, reserving: Int = Heap.standardReservation) {
        self.init(
            databases: count, hash: KeyHash(seed: seed), fingerprintHash: KeyHash(seed: (~seed.1, seed.0)), now: now,
            reserving: reserving)
    }

    init(
        databases count: Int, hash: KeyHash, fingerprintHash: KeyHash, now: Int64,
        reserving: Int = Heap.standardReservation
    ) {
        heap = Heap(reserving: reserving)
        databases = Vector(capacity: count)
        for _ in 0..<count { databases.append(Database()) }
        wheel = TimingWheel(now: now)
        self.hash = hash
        self.fingerprintHash = fingerprintHash
        self.now = now
    }

    /// Sets the time for what follows.
    @inline(__always)
    mutating func setTime(_ milliseconds: Int64) { now = milliseconds }

    /// Keys of all databases, those of sessions and tombstones too. O(databases).
    var keyCount: Int {
        var count = 0
        for index in 0..<databases.count { count += Int(databases[index].records.count) }
        return count
    }

    /// Sessions of all databases. O(databases).
    var sessionCount: Int {
        var count = 0
        for index in 0..<databases.count { count += Int(databases[index].sessions) }
        return count
    }

    /// Strictly before the deadline a record is alive; after it too while due records are kept.
    @inline(__always)
    func isDue(_ record: Slot) -> Bool { heap[record].expires && hasPassed(heap[record].deadline) }

    /// Whether a deadline (Unix milliseconds) ends what has it: it has passed, and due records are not kept.
    @inline(__always)
    func hasPassed(_ deadline: Int64) -> Bool { Deadline.hasPassed(deadline, now: now) && dueRecords != .keep }
}

/// What happens to records that are past their deadline.
enum DueRecords: UInt8 {
    /// The wheel or a lookup removes them, whichever finds them first.
    case expire
    /// They are kept until the primary says that they are gone, but nobody is served one: on a replica; and on a
    /// primary that waits until its replicas have everything.
    case hide
    /// They count as alive: while a replica executes its primary's stream, which knows best.
    case keep
}

/// Counters of `INFO`.
struct StoreStatistics: BitwiseCopyable {
    var hits: Int64 = 0
    var misses: Int64 = 0
    var expired: Int64 = 0
    var evicted: Int64 = 0
    var sessionsCreated: Int64 = 0
    var sessionsRevoked: Int64 = 0
    var sessionsExpired: Int64 = 0
    /// Writes to dead plain keys that were answered and dropped.
    var zombieWrites: Int64 = 0
}
