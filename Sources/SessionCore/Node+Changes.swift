/// The consequences of changes to keys, in the order of the store's log of changes.
extension Node {
    /// Reports the changes since the last call to the observers of keys: replication, watches, tracking, notifications.
    @inline(never)
    mutating func settleChanges() {
        if store.observers.contains(.replication) {
            if propagation.settled < store.changes.count { propagateRest() }
            propagation.settled = 0
            if store.observers == .replication { return forgetChanges() }
        }
        var changes = Vector<KeyChange>()
        var keys = ByteBuffer()
        swap(&changes, &store.changes)
        swap(&keys, &store.changedKeys)
        var isEmptied = false
        for index in 0..<changes.count {
            let change = changes[index]
            let key = keys.bytes.slice(change.offset, change.length)
            if store.observers.contains(.watches) { touchWatchers(change, key) }
            if store.observers.contains(.tracking) {
                // Said once, however many databases it concerns.
                if change.event == .database { isEmptied = true } else { invalidate(change, key) }
            }
            if store.observers.contains(.notifications) { notify(change, key) }
        }
        if isEmptied { invalidateEverything() }
        // Telling changes no keys, so the memory can go back to be used again.
        swap(&changes, &store.changes)
        swap(&keys, &store.changedKeys)
        forgetChanges()
    }

    /// Empties the log of changes.
    private mutating func forgetChanges() {
        if store.changes.capacity > Limits.retainedChanges {
            store.changes = Vector()
        } else {
            store.changes.removeAll()
        }
        store.changedKeys.removeAll(keeping: Limits.idleBuffer)
    }
}
