/// What of the changes goes to replicas: read from the log of changes after each command, before the next one.
extension Execution {
    /// Every change is propagated from now on.
    mutating func startPropagation() {
        propagation.start()
        propagation.settled = store.changes.count
        store.observers.insert(.replication)
    }

    /// Nothing is propagated any longer; what nobody has taken over is forgotten.
    mutating func stopPropagation() {
        propagation.stop()
        store.observers.remove(.replication)
    }

    // MARK: Commands

    /// Propagates what a command has changed. It may be one of a transaction or script; those are asked for themselves
    /// too, when they have nothing left to tell.
    @inline(never)
    mutating func propagate(_ request: borrowing Request) {
        guard let kind = request.command?.propagation else { preconditionFailure("an unknown command was executed") }
        let first = propagation.settled
        if first < store.changes.count {
            propagation.settled = store.changes.count
            var (hasOwn, isChanged) = (false, false)
            for index in first..<store.changes.count {
                switch store.changes[index].event.propagation {
                case .none: break
                case .alone: hasOwn = true
                case .byCommand: isChanged = true
                }
            }
            // What had expired or had to go did so before the command changed anything.
            if hasOwn && !(kind == .sessionFields && propagateFields(request, from: first)) {
                propagateEntries(from: first, .alone)
            }
            if isChanged { propagateChange(request, kind, from: first) }
        }
        if kind == .message { propagateVerbatim(request) }
        if !propagation.words.isEmpty { propagation.words.removeAll() }
    }

    /// Propagates a request as it is.
    @inline(__always)
    mutating func propagateVerbatim(_ request: borrowing Request) {
        if request.isEncoded {
            propagation.append(database, encoded: request.encoded)
        } else {
            propagate(request, as: request[0])
        }
    }

    /// Propagates a request with another first word.
    @inline(never)
    mutating func propagate(_ request: borrowing Request, as command: RawSpan) {
        propagation.open(database, words: request.count)
        propagation.buffer.appendBulk(command)
        for index in 1..<request.count { propagation.buffer.appendBulk(request[index]) }
    }

    // MARK: Entries

    /// Which entries of the log of changes are looked at, and what they mean.
    enum PropagatedEntries {
        /// Those that say everything themselves: records that went, and all that concerns sessions.
        case alone
        /// What a command did.
        case changes
        /// Keys that a command changed, whatever it did: their values as a whole.
        case values
    }

    /// Propagates entries of the log of changes, from the one at `first` on.
    /// - Parameter isEachComplete: no command caused them, so that each is an effect of its own.
    @inline(never)
    mutating func propagateEntries(from first: Int, _ wanted: PropagatedEntries, isEachComplete: Bool = false) {
        var keys = ByteBuffer()
        swap(&keys, &store.changedKeys)
        for index in first..<store.changes.count {
            let change = store.changes[index]
            let key = keys.bytes.slice(change.offset, change.length)
            switch change.event.propagation {
            case .none: break
            case .alone:
                if wanted == .alone { propagateAlone(change, key, keys) }
            case .byCommand:
                if wanted == .changes { propagateEntry(index, key, keys) }
                if wanted == .values && change.event != .expire {
                    propagateValue(Int(change.database), key, store.hash(key))
                }
            }
            if isEachComplete { propagation.end() }
        }
        swap(&keys, &store.changedKeys)
    }

    /// A record went, or something happened to a session.
    private mutating func propagateAlone(_ change: KeyChange, _ key: RawSpan, _ keys: borrowing ByteBuffer) {
        let database = Int(change.database)
        switch change.event {
        case .expired, .evicted: propagation.append(database, "DEL", key)
        default:
            let handle = keys.bytes.handle(at: change.offset + change.length)
            propagateSession(change.event, database, handle)
        }
    }

    /// What a command did to a key, as far as the event tells and the key's record.
    private mutating func propagateEntry(_ index: Int, _ key: RawSpan, _ keys: borrowing ByteBuffer) {
        let change = store.changes[index]
        let database = Int(change.database)
        switch change.event {
        case .buried: propagation.append(database, "UNLINK", key)
        case .del, .renameFrom, .moveFrom:
            if isBuried(before: index, key, keys) { return }
            propagation.append(database, "DEL", key)
        case .persist: propagation.append(database, "PERSIST", key)
        case .expire: propagateDeadline(database, key, store.hash(key))
        default: propagateValue(database, key, store.hash(key))
        }
    }

    /// Whether the entry before this one says that the key was buried, and so that it is gone.
    private func isBuried(before index: Int, _ key: RawSpan, _ keys: borrowing ByteBuffer) -> Bool {
        guard index > 0 else { return false }
        let before = store.changes[index - 1]
        return before.event == .buried && keys.bytes.slice(before.offset, before.length).isEqual(to: key)
    }

    /// Propagates the deadline of a key that has one.
    mutating func propagateDeadline(_ database: Int, _ key: RawSpan, _ hash: UInt64) {
        guard let place = store.find(database, key, hash), let deadline = store.deadline(place.record) else { return }
        propagation.appendDeadline(database, key, deadline)
    }

    // MARK: Without a command

    /// Propagates what is in the log of changes and belongs to no command's effects: what expired or had to go while a
    /// command was looking for something else.
    @inline(never)
    mutating func propagateRest(isEachComplete: Bool = false) {
        let first = propagation.settled
        propagation.settled = store.changes.count
        propagateEntries(from: first, .alone, isEachComplete: isEachComplete)
    }
}

/// How an entry of the log of changes becomes an effect.
enum EntryPropagation {
    /// Not at all.
    case none
    /// By itself, whatever the command was.
    case alone
    /// As the command says that caused it.
    case byCommand
}

extension KeyEvent {
    /// How it is propagated.
    @inline(__always)
    var propagation: EntryPropagation {
        switch self {
        case .new, .keymiss: .none
        case .expired, .evicted, .session, .tombstone, .predecessor, .replaced, .unseen: .alone
        default: .byCommand
        }
    }
}
