/// Plain keys that stay dead: what `session-prefixes`, `session-tombstone` and `session-default-ttl` ask for.
///
/// A framework that keeps a session in a plain key writes it back when a request ends, whether or not another request
/// has logged the user out meanwhile. After a deletion such writes are answered as ever, but store nothing.
extension Execution {
    /// How a request makes keys: as its command does, or as its options say.
    private func creation(_ request: borrowing Request, _ facts: CommandFacts) -> KeyCreation {
        guard facts.creation == .asOptionsSay else { return facts.creation }
        for index in 3..<max(3, request.count) where request[index].matches("nx") { return .beginning }
        return .overwriting
    }

    /// Looks at the keys of a command before it is executed.
    /// - Returns: whether `endSticky` is to be called when it has succeeded.
    /// - Throws: `.tombstonesFull` where a new key could not be kept dead one day.
    @inline(never)
    mutating func beginSticky(_ request: borrowing Request) throws(ReplyError) -> Bool {
        stickyKeys.removeAll()
        guard let facts = request.command else { return false }
        let creation = creation(request, facts)
        if creation == .nothing || creation == .unmarked { return false }
        stickyLogStart = store.changes.count
        for index in request.keys(of: facts) {
            guard let prefix = sessionPrefixes.match(request[index]) else { continue }
            let hash = keyHash(request, index)
            let exists = store.find(database, request[index], hash).map { !store.isDue($0.record) } ?? false
            if !exists && lacksRoomForMarks() { throw .tombstonesFull }
            let isDead = !exists && store.isBuried(database, request[index], hash)
            let mayLackDeadline = settings.sessionDefaultTTL > 0 && (!exists || creation == .overwriting)
            if isDead || mayLackDeadline {
                stickyKeys.append(
                    StickyKey(
                        word: index, prefix: prefix, isDead: isDead, isRevived: creation == .beginning,
                        mayLackDeadline: mayLackDeadline))
            }
        }
        return !stickyKeys.isEmpty
    }

    /// Undoes what a command did to dead keys, and gives others the deadline they were not given.
    @inline(never)
    mutating func endSticky(_ request: borrowing Request) {
        for index in 0..<stickyKeys.count {
            let sticky = stickyKeys[index]
            let key = request[sticky.word]
            let hash = keyHash(request, sticky.word)
            guard let place = store.find(database, key, hash) else { continue }
            if sticky.isDead && !sticky.isRevived {
                store.remove(place, database)
                store.retractChanges(from: stickyLogStart, database, key)
                store.noteZombie(Handle(token: key.slice(sticky.prefix, key.byteCount - sticky.prefix)))
                continue
            }
            if sticky.isDead { store.exhume(database, key, hash) }
            if sticky.mayLackDeadline && !store[place.record].expires {
                store.setDeadline(place, database, store.now + settings.sessionDefaultTTL)
                store.changed(.expire, database, key)
            }
        }
    }

    /// A command has deleted a key, or meant to: it stays dead for a while if it is a session's.
    @inline(__always)
    mutating func deleted(_ key: RawSpan, _ hash: UInt64, existed: Bool) {
        if !sessionPrefixes.isEmpty { bury(key, hash, existed) }
    }

    @inline(never)
    private mutating func bury(_ key: RawSpan, _ hash: UInt64, _ existed: Bool) {
        guard sessionPrefixes.match(key) != nil else { return }
        store.bury(database, key, hash, until: store.now + settings.keyTombstone, existed: existed)
        // Writes that would make too many marks are refused, but not all ways to make a key are such writes.
        if lacksRoomForMarks() { _ = store.forgetMark(&random, ofKeysOnly: true) }
        store.keyBuried(database, key)
    }

    /// A key has been given another key's value, name and all: whatever it was before, it lives.
    @inline(__always)
    mutating func revived(_ database: Int, _ key: RawSpan, _ hash: UInt64) {
        if !sessionPrefixes.isEmpty { store.exhume(database, key, hash) }
    }
}
