/// What follows from changes of keys: read from the store's log of changes, in order.
extension Node {
    /// Tells whoever observes keys of what has changed since the last call.
    @inline(never)
    mutating func settleChanges() {
        var changes = Vector<KeyChange>()
        var keys = ByteBuffer()
        swap(&changes, &store.changes)
        swap(&keys, &store.changedKeys)
        if store.observers.contains(.watches) { touchWatchers(changes, keys) }
        for index in 0..<changes.count {
            let change = changes[index]
            let key = keys.bytes.slice(change.offset, change.length)
            if store.observers.contains(.notifications) { notify(change, key) }
        }
        if changes.capacity > Limits.retainedChanges { return }
        changes.removeAll()
        keys.removeAll(keeping: Limits.idleBuffer)
        // Telling changes no keys, so the memory can go back to be used again.
        swap(&changes, &store.changes)
        swap(&keys, &store.changedKeys)
    }

    /// Tells connections that watch keys. What changes a session changes the marks of its tokens too.
    private mutating func touchWatchers(_ changes: borrowing Vector<KeyChange>, _ keys: borrowing ByteBuffer) {
        for index in 0..<changes.count {
            let change = changes[index]
            // Of whole databases watchers were told before, while it could be seen which keys existed.
            guard change.event.changesKey, change.event != .database else { continue }
            let key = keys.bytes.slice(change.offset, change.length)
            touchWatchers(Int(change.database), key)
            if change.event == .session {
                touchWatchers(Int(change.database), key, SessionKey.revoked)
                touchWatchers(Int(change.database), key, SessionKey.rotated)
            }
        }
    }
}
