/// The consequences of changes to keys, in the order of the store's log of changes.
extension Node {
    /// Reports the changes since the last call to the observers of keys: replication, watches, tracking, notifications.
    @inline(never)
    mutating func settleChanges() {
        if execution.store.observers.contains(.saving) { countChanges() }
        if execution.store.observers.contains(.replication) {
            if execution.propagation.settled < execution.store.changes.count { execution.propagateRest() }
            execution.propagation.settled = 0
            if execution.store.observers.isSubset(of: [.replication, .saving]) { return forgetChanges() }
        }
        var changes = Vector<KeyChange>()
        var keys = ByteBuffer()
        swap(&changes, &execution.store.changes)
        swap(&keys, &execution.store.changedKeys)
        var isEmptied = false
        for index in 0..<changes.count {
            let change = changes[index]
            let key = keys.bytes.slice(change.offset, change.length)
            if execution.store.observers.contains(.watches) { touchWatchers(change, key) }
            if execution.store.observers.contains(.tracking) {
                // Said once, however many databases it concerns.
                if change.event == .database { isEmptied = true } else { invalidate(change, key) }
            }
            if execution.store.observers.contains(.notifications) { notify(change, key) }
        }
        if isEmptied { invalidateEverything() }
        // Telling changes no keys, so the memory can go back to be used again.
        swap(&changes, &execution.store.changes)
        swap(&keys, &execution.store.changedKeys)
        forgetChanges()
    }

    /// Empties the log of changes.
    private mutating func forgetChanges() {
        if execution.store.changes.capacity > Limits.retainedChanges {
            execution.store.changes = Vector()
        } else {
            execution.store.changes.removeAll()
        }
        execution.store.changedKeys.removeAll(keeping: Limits.idleBuffer)
    }

    /// Tells whoever observes of records that went without a command.
    mutating func settleRemovals() {
        if execution.store.changes.isEmpty { return }
        if execution.store.observers.contains(.replication) { execution.propagateRest(isEachComplete: true) }
        settleChanges()
    }
}
