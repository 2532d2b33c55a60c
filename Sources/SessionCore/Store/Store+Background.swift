/// Work that is done in slices between requests, and prefetching for a batch.
extension Store {
    /// Moves some records of tables that are being resized.
    /// - Returns: whether any are left.
    mutating func resizeSlice() -> Bool {
        var isLeft = false
        let keyHash = hash
        for database in 0..<databases.count {
            var steps = 32
            while databases[database].records.isResizing && steps > 0 {
                databases[database].records.step(&heap) { Store.recordHash(keyHash, $0, $1) }
                steps -= 1
            }
            while databases[database].users.isResizing && steps > 0 {
                databases[database].users.step(&heap) { keyHash($0[$1].session.user) }
                steps -= 1
            }
            while databases[database].keyTombstones.isResizing && steps > 0 {
                databases[database].keyTombstones.step(&heap) { Store.recordHash(keyHash, $0, $1) }
                steps -= 1
            }
            isLeft = isLeft || databases[database].isResizing
        }
        return isLeft
    }

    /// Asks the processor for the record that probably answers to a hash.
    @inline(__always)
    func prefetch(_ database: Int, _ hash: UInt64) {
        var probe = databases[database].records.probe(hash, heap)
        let record = probe.next(heap)
        if record == .none { return }
        heap.prefetch(record)
        heap.prefetch(record, 64)
    }
}
