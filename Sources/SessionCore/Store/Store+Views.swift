/// What the store hands out of its records: views, spans and portions of them, never the heap that holds them. All are
/// good until the next change of the store (`RecordView`).
extension Store {
    /// A record, to be read. O(1).
    @inline(__always)
    subscript(_ record: Slot) -> RecordView {
        @_lifetime(immortal)
        get { heap[record] }
    }

    /// An element of the table of a record, to be read. O(1).
    @inline(__always)
    @_lifetime(immortal)
    func element(_ element: borrowing Slot) -> ElementView { heap.element(element) }

    // MARK: Members

    /// An element as a member of its set. O(1).
    @inline(__always)
    func member(_ element: Slot) -> SetMember { heap.member(element) }

    /// The bytes of a member that is not kept as an integer. O(1).
    @inline(__always)
    @_lifetime(immortal)
    func bytes(of member: borrowing SetMember) -> RawSpan { heap.bytes(member.block, member.offset, member.length) }

    /// The bytes of a member: its own, or the digits that were rendered of an integer. O(1).
    @inline(__always)
    @_lifetime(borrow digits)
    func name(of member: borrowing SetMember, _ digits: borrowing ByteBuffer) -> RawSpan { heap.name(member, digits) }

    /// An element as an entry of its sorted set. O(1).
    @inline(__always)
    func entry(_ element: Slot) -> SortedSetEntry { heap.entry(element) }

    /// The member of an entry. O(1).
    @inline(__always)
    @_lifetime(immortal)
    func member(of entry: borrowing SortedSetEntry) -> RawSpan { heap.member(entry) }

    // MARK: Scans

    /// Appends some records of a database, due or not.
    /// - Parameter cursor: 0 to begin with, later what the last call returned.
    /// - Returns: where to go on; 0 at the end.
    @inline(__always)
    func scan(_ database: Int, _ cursor: UInt64, into records: inout Vector<Slot>) -> UInt64 {
        databases[database].records.scan(cursor, heap, into: &records)
    }

    /// Appends the records of a database whose keys have this hash, due or not: one but for a coincidence. O(1).
    func records(of database: Int, with hash: UInt64, into records: inout Vector<Slot>) {
        var probe = databases[database].records.probe(hash, heap)
        while true {
            let record = probe.next(heap)
            if record == .none { return }
            if recordHash(of: record) == hash { records.append(record) }
        }
    }

    /// Appends elements of the table of a record, at least `count` if there are so many left; otherwise as `scan`.
    func scanElements(
        of record: Slot, from cursor: UInt64, atLeast count: Int, into elements: inout Vector<Slot>
    ) -> UInt64 {
        let table = heap[record].table
        var cursor = cursor
        repeat {
            cursor = table.scan(cursor, heap, into: &elements)
        } while cursor != 0 && elements.count < count
        return cursor
    }

    /// An element of the table of a record, chosen at random. Expected O(1).
    func randomElement(
        of record: Slot, _ scratch: inout Vector<Slot>, _ random: inout SplitMix64
    ) -> Slot {
        heap[record].table.randomRecord(heap, into: &scratch) { random.next() }
    }

    // MARK: Prefetching

    /// Asks the processor for the cache line of a record or element that holds the byte at `offset`.
    @inline(__always)
    func prefetch(_ block: Slot, at offset: Int = 0) { heap.prefetch(block, offset) }

    /// Asks the processor for the bucket that answers to a hash.
    @inline(__always)
    func prefetchBucket(_ database: Int, _ hash: UInt64) { databases[database].records.prefetch(hash, heap) }

    // MARK: Memory

    /// Bytes in blocks given out, rounding included.
    var usedBytes: Int { heap.usedBytes }

    /// Bytes in pages that hold at least one block.
    var pageBytesInUse: Int { heap.pageBytesInUse }

    /// Bytes of address space, the bound of all that can be stored.
    var reservedBytes: Int { heap.reservedBytes }

    /// Gives back the memory of the free pages that were kept for use to come.
    mutating func releaseReserve() { heap.releaseReserve() }
}

extension SetMembers {
    init(_ record: Slot, _ store: borrowing Store) { self.init(record, store.heap) }

    /// The next member; nil at the end.
    @inline(__always)
    mutating func next(_ store: borrowing Store) -> SetMember? { next(store.heap) }
}

extension SortedSetRange {
    /// - Parameters:
    ///   - first: rank of the first one; those that follow have higher ranks, or lower ones if `isReverse`.
    ///   - count: how many; there must be as many.
    init(_ record: Slot, from first: Int, count: Int, isReverse: Bool, _ store: borrowing Store) {
        self.init(record, from: first, count: count, isReverse: isReverse, store.heap)
    }

    /// Puts the next entries into `entries`, in place of what it holds.
    /// - Returns: false at the end, with none.
    mutating func next(_ store: borrowing Store, into entries: inout Vector<SortedSetEntry>) -> Bool {
        next(store.heap, into: &entries)
    }
}

extension Vector<SortedSetEntry> {
    /// Brings entries into the order of a sorted set. O(n log n).
    mutating func sortByScore(_ store: borrowing Store) { sortByScore(store.heap) }
}
