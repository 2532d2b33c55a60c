/// One entry of the log of changes: what happened to which key.
struct KeyChange: BitwiseCopyable {
    let event: KeyEvent
    let database: Int32
    /// Where the key lies in `Store.changedKeys`.
    let offset: Int
    let length: Int
}

/// The observers of changes. Without observers, nothing is recorded, and a change costs one comparison.
struct ChangeObservers: OptionSet {
    let rawValue: UInt8

    /// `notify-keyspace-events` is not empty.
    static let notifications = ChangeObservers(rawValue: 1)
    /// Some connection watches a key.
    static let watches = ChangeObservers(rawValue: 2)
    /// Some connection has `CLIENT TRACKING` on.
    static let tracking = ChangeObservers(rawValue: 4)
    /// Changes are propagated to replicas (`Propagation`).
    static let replication = ChangeObservers(rawValue: 8)
    /// Changes are counted, for the rules of `save`.
    static let saving = ChangeObservers(rawValue: 16)
}

/// The log of changes: every command, expiry and eviction adds what it did to keys, in order; the node reads and
/// empties it after each command and each slice of expiry (`Node.settleChanges`).
extension Store {
    /// Notes what happened to a key. `key` as clients know it; any span, also one into the heap.
    @inline(__always)
    mutating func changed(_ event: KeyEvent, _ database: Int, _ key: RawSpan) {
        if !observers.isEmpty { note(event, database, key) }
    }

    /// Notes that a session's content changed, or that it ended, or its mark (`event`). Touches do not count: they
    /// change no content.
    @inline(__always)
    mutating func sessionChanged(_ database: Int, _ handle: Handle, _ event: KeyEvent = .session) {
        if !observers.isEmpty { noteSession(event, database, handle) }
    }

    /// Notes for replicas that something changed under a handle that clients cannot see.
    @inline(__always)
    mutating func sessionChangedUnseen(_ database: Int, _ handle: Handle, _ event: KeyEvent = .unseen) {
        if observers.contains(.replication) { noteSession(event, database, handle) }
    }

    /// Notes for replicas that a client has deleted a key that is to stay dead.
    @inline(__always)
    mutating func keyBuried(_ database: Int, _ key: RawSpan) {
        if observers.contains(.replication) { note(.buried, database, key) }
    }

    /// Counts a key that was read and does not exist, and notes it. Not under the keys of sessions, which are not
    /// announced by notifications.
    @inline(__always)
    mutating func missed(_ database: Int, _ key: RawSpan) {
        statistics.misses &+= 1
        if observers.contains(.notifications) && !SessionKey.isReserved(key) { note(.keymiss, database, key) }
    }

    @inline(never)
    private mutating func note(_ event: KeyEvent, _ database: Int, _ key: RawSpan) {
        let offset = changedKeys.count
        changedKeys.append(key)
        changes.append(
            KeyChange(event: event, database: Int32(database), offset: offset, length: key.byteCount))
    }

    @inline(never)
    private mutating func noteSession(_ event: KeyEvent, _ database: Int, _ handle: Handle) {
        let offset = changedKeys.count
        SessionKey.write(handle, .session, to: &changedKeys)
        changes.append(
            KeyChange(
                event: event, database: Int32(database), offset: offset, length: changedKeys.count - offset))
        handle.append(to: &changedKeys)
    }
}
