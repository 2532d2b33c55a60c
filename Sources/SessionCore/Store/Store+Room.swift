/// Whether results computed from stored data fit into the heap's address space.
///
/// Commands that store values from a request are checked before they are executed (`Node.isHeapFull`): a request is
/// never longer than the space reserved for it. Results computed from stored data (`COPY`, `SUNIONSTORE`) can be longer
/// than any request; they are checked here before anything is allocated.
extension Store {
    /// Bytes of a member beyond its text, at most: its block, its places in tables and in the tree of a sorted set.
    private static let memberOverhead = 96

    /// What can still be allocated; a sixteenth is left to tables that grow, and to gaps.
    private var room: Int {
        heap.reservedBytes - heap.reservedBytes / 16 - max(heap.usedBytes, heap.pageBytesInUse)
    }

    /// Whether a copy of a record fits. O(1), or O(elements) where more than half of the heap is in use.
    func hasRoom(forCopyOf record: Slot) -> Bool {
        heap.usedBytes <= room || memoryUsage(record, samples: .max) <= room
    }

    /// Whether a set or sorted set of members of these records, each of them named once, fits. O(records), or
    /// O(members) where much of the heap is in use.
    func hasRoom(forMembersOf records: [Slot], count: Int) -> Bool {
        let overhead = count * Store.memberOverhead
        // All that is stored is more than any of it.
        if overhead + heap.usedBytes <= room { return true }
        return records.reduce(overhead) { $0 + memoryUsage($1, samples: .max) } <= room
    }

    /// Whether a sorted set of these members fits. O(members).
    func hasRoom(for entries: borrowing Vector<SortedSetEntry>) -> Bool {
        var bytes = entries.count * Store.memberOverhead
        for index in 0..<entries.count { bytes += Int(entries[index].length) }
        return bytes <= room
    }
}
