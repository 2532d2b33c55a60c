import SessionCore

/// What the loop knows about one connection.
struct ConnectionSlot: BitwiseCopyable {
    /// -1 while the slot is free; `next` is then the next free one.
    var descriptor: Int32
    var state: ConnectionState
    var next: UInt32
}

/// Where a connection stands: the loop's lists that it is in, and how it ends.
struct ConnectionState: OptionSet, BitwiseCopyable {
    let rawValue: UInt16

    /// In the loop's list of connections to read next turn.
    static let queued = ConnectionState(rawValue: 1 << 0)
    /// In the loop's list of connections whose input the node does not want for now.
    static let paused = ConnectionState(rawValue: 1 << 1)
    /// The kernel takes no more output; it will say when it does.
    static let blocked = ConnectionState(rawValue: 1 << 2)
    /// In the loop's list of connections to write to again next turn.
    static let unsent = ConnectionState(rawValue: 1 << 3)
    /// The peer has closed its sending side: end of file follows its last bytes.
    static let peerDone = ConnectionState(rawValue: 1 << 4)
    /// End of file was read: the connection ends when its output is sent.
    static let ended = ConnectionState(rawValue: 1 << 5)
    /// Reading or writing failed: the connection ends this turn.
    static let broken = ConnectionState(rawValue: 1 << 6)
    /// In the loop's list of connections that are given a while to take their output.
    static let lingering = ConnectionState(rawValue: 1 << 7)
    /// The kernel took output again since the loop looked last.
    static let progressing = ConnectionState(rawValue: 1 << 8)
}

/// The connections, indexed by `ConnectionID`. A plain array of small structs: access costs neither reference counting
/// nor exclusivity checks.
///
/// Invariants: slots `0 ..< capacity` are initialised; the free ones form a list from `free`; an id is below `capacity`
/// or no connection's.
struct ConnectionTable: ~Copyable {
    private var base: UnsafeMutablePointer<ConnectionSlot>
    private var capacity: UInt32
    private var free: UInt32
    /// Connections open now.
    private(set) var count = 0

    private static let none = UInt32.max

    init() {
        capacity = 64
        base = .allocate(capacity: Int(capacity))
        free = Self.none
        chain(from: 0)
    }

    deinit { base.deallocate() }

    /// One past the highest id in use or ever used.
    var endIndex: UInt32 { capacity }

    @inline(__always)
    subscript(id: UInt32) -> ConnectionSlot {
        get {
            precondition(id < capacity)
            return base[Int(id)]
        }
        nonmutating _modify {
            precondition(id < capacity)
            yield &base[Int(id)]
        }
    }

    func isOpen(_ id: UInt32) -> Bool { id < capacity && base[Int(id)].descriptor >= 0 }

    /// Takes a free slot; amortised O(1).
    mutating func insert(descriptor: Int32) -> UInt32 {
        if free == Self.none { grow() }
        let id = free
        free = base[Int(id)].next
        base[Int(id)] = ConnectionSlot(descriptor: descriptor, state: [], next: Self.none)
        count += 1
        return id
    }

    mutating func remove(_ id: UInt32) {
        precondition(isOpen(id))
        base[Int(id)] = ConnectionSlot(descriptor: -1, state: [], next: free)
        free = id
        count -= 1
    }

    private mutating func grow() {
        let old = capacity
        let fresh = UnsafeMutablePointer<ConnectionSlot>.allocate(capacity: Int(old) * 2)
        fresh.moveInitialize(from: base, count: Int(old))
        base.deallocate()
        base = fresh
        capacity = old * 2
        chain(from: old)
    }

    /// Makes the slots from `start` on free, lowest first.
    private mutating func chain(from start: UInt32) {
        for id in (start..<capacity).reversed() {
            (base + Int(id)).initialize(to: ConnectionSlot(descriptor: -1, state: [], next: free))
            free = id
        }
    }
}
