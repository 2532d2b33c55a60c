/// The effects of each command on plain keys.
extension Execution {
    /// Propagates what a command has changed, which the log of changes tells from the entry at `first` on.
    mutating func propagateChange(_ request: borrowing Request, _ kind: CommandPropagation, from first: Int) {
        switch kind {
        case .set where request.count == 3 && sessionPrefixes.isEmpty: propagateVerbatim(request)
        case .set: propagateString(request, isSet: true)
        case .string: propagateString(request)
        case .deletion where sessionPrefixes.isEmpty, .request: propagateVerbatim(request)
        default:
            if !sessionPrefixes.isEmpty && !stickyKeys.isEmpty {
                propagateEntries(from: first, .values)
            } else {
                propagateOther(request, kind, from: first)
            }
        }
    }

    @inline(never)
    private mutating func propagateOther(
        _ request: borrowing Request, _ kind: CommandPropagation, from first: Int
    ) {
        switch kind {
        case .strings: propagateVerbatim(request)
        case .mset: propagate(request, as: ("MSET" as StaticString).bytes)
        case .append: propagateAppend(request)
        case .additions:
            propagateVerbatim(request)
            repeatDeadline(request[1], request.hash)
        case .field: propagateField(request)
        case .scores: propagateScores(request, hasOptions: true)
        case .score: propagateScores(request, hasOptions: false)
        case .removal:
            if isEmptied {
                propagation.append(database, "DEL", request[1])
            } else {
                propagateVerbatim(request)
            }
        case .chosenMembers: propagateRemoved("SREM")
        case .chosenScores: propagateRemoved("ZREM")
        case .move: propagateMove(request, from: first)
        case .changes, .request, .set, .string, .deletion, .sessionFields, .message:
            propagateEntries(from: first, .changes)
        }
    }

    /// The string under the request's key, with its deadline.
    /// - Parameter isSet: the request is a `SET`.
    private mutating func propagateString(_ request: borrowing Request, isSet: Bool = false) {
        guard let place = store.find(database, request[1], request.hash) else { return }
        let deadline = store.deadline(place.record)
        if let deadline, isSet, request.count == 5, request.isEncoded {
            // `SET key value` as it came, of as many words as with PXAT: one run of bytes.
            propagation.append(database, encoded: request.encoded(before: 3))
            propagation.buffer.append("$4\r\nPXAT\r\n")
            propagation.buffer.appendBulk(deadline)
        } else {
            propagation.appendString(database, request[1], store[place.record].payload, deadline: deadline)
        }
    }

    /// What was appended, where it stands now.
    private mutating func propagateAppend(_ request: borrowing Request) {
        guard let place = store.find(database, request[1], request.hash) else { return }
        let length = store[place.record].length
        let old = length - request[2].byteCount
        if old == 0 { return propagateString(request) }
        if old < length { propagation.append(database, "SETRANGE", request[1], Int64(old), request[2]) }
    }

    /// The value of the one field that a command has set.
    private mutating func propagateField(_ request: borrowing Request) {
        guard let place = store.find(database, request[1], request.hash) else { return }
        let none = ByteBuffer()
        guard let value = store.value(of: request[2], in: place.record, none) else { return }
        propagation.open(database, words: 4)
        propagation.buffer.append("$4\r\nHSET\r\n")
        propagation.buffer.appendBulk(request[1])
        propagation.buffer.appendBulk(request[2])
        propagation.buffer.appendBulk(value)
        repeatDeadline(request[1], request.hash)
    }

    /// The scores that members have now, unless the request says them itself.
    /// - Parameter hasOptions: the request is a `ZADD`, which may say more than scores.
    private mutating func propagateScores(_ request: borrowing Request, hasOptions: Bool) {
        var index = 2
        if hasOptions { while DoubleText.parse(request[index]) == nil { index += 1 } }
        if hasOptions && index == 2 {
            propagateVerbatim(request)
        } else if let place = store.find(database, request[1], request.hash) {
            var digits = ByteBuffer()
            swap(&digits, &propagation.digits)
            while index + 1 < request.count {
                if let score = store.score(of: request[index + 1], in: place.record) {
                    digits.removeAll()
                    DoubleText.write(score, to: &digits)
                    propagation.words.append(digits.bytes, request[index + 1])
                }
                index += 2
            }
            swap(&digits, &propagation.digits)
            propagation.appendWords(database, "ZADD", request[1])
        }
        repeatDeadline(request[1], request.hash)
    }

    /// Elements were added to a key that may have a deadline, which it may have lost where they are added again.
    private mutating func repeatDeadline(_ key: RawSpan, _ hash: UInt64) {
        if propagation.mayRepeat { propagateDeadline(database, key, hash) }
    }

    /// Whether a command has removed the last element, and so the key.
    private var isEmptied: Bool { store.changes[store.changes.count - 1].event == .del }

    /// The members that a command has chosen and removed (`noteRemoved`), or the key if there are no others.
    private mutating func propagateRemoved(_ command: StaticString) {
        var keys = ByteBuffer()
        swap(&keys, &store.changedKeys)
        propagateRemoved(command, store.changes[store.changes.count - 1], keys)
        swap(&keys, &store.changedKeys)
    }

    private mutating func propagateRemoved(
        _ command: StaticString, _ last: KeyChange, _ keys: borrowing ByteBuffer
    ) {
        let key = keys.bytes.slice(last.offset, last.length)
        if last.event == .del {
            propagation.append(Int(last.database), "DEL", key)
        } else {
            propagation.appendWords(Int(last.database), command, key)
        }
    }

    /// SMOVE: the member left one set, and came to another.
    private mutating func propagateMove(_ request: borrowing Request, from first: Int) {
        var (isEmptied, isAdded) = (false, false)
        for index in first..<store.changes.count {
            switch store.changes[index].event {
            case .del: isEmptied = true
            case .sadd: isAdded = true
            default: break
            }
        }
        if isEmptied {
            propagation.append(database, "DEL", request[1])
        } else {
            propagation.append(database, "SREM", request[1], request[3])
        }
        guard isAdded else { return }
        propagation.append(database, "SADD", request[2], request[3])
        repeatDeadline(request[2], store.hash(request[2]))
    }

    /// A command that chooses what it removes is about to remove this member.
    @inline(__always)
    mutating func noteRemoved(_ member: RawSpan) {
        if store.observers.contains(.replication) { propagation.words.append(member) }
    }

    /// As above, for the members at these ranks.
    @inline(__always)
    mutating func noteRemoved(_ ranks: RankRange, of record: Slot) {
        if store.observers.contains(.replication) && ranks.count < store.scoreCount(record) {
            noteRemovedRanks(ranks, of: record)
        }
    }

    @inline(never)
    private mutating func noteRemovedRanks(_ ranks: RankRange, of record: Slot) {
        var entries = Vector<SortedSetEntry>()
        var range = SortedSetRange(record, from: ranks.first, count: ranks.count, isReverse: false, store)
        while range.next(store, into: &entries) {
            for index in 0..<entries.count { propagation.words.append(store.member(of: entries[index])) }
        }
    }

    /// As above, for a member of a set.
    @inline(__always)
    mutating func noteRemoved(_ member: SetMember) {
        if store.observers.contains(.replication) { noteRemovedMember(member) }
    }

    @inline(never)
    private mutating func noteRemovedMember(_ member: SetMember) {
        var digits = ByteBuffer()
        member.render(into: &digits)
        propagation.words.append(store.name(of: member, digits))
    }
}
