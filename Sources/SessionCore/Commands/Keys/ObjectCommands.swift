/// OBJECT: how values are kept, in Redis's terms. What a client can tell apart is answered as Redis would answer it.
extension Execution {
    /// OBJECT ENCODING key
    mutating func objectEncoding(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.peek(database, request[2], request.hash, announcing: false) else { return reply.null() }
        reply.bulk(store[place.record].encoding)
    }

    /// OBJECT REFCOUNT key. Redis shares the integers below 10,000 unless LRU eviction needs a clock in every value.
    mutating func objectRefcount(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.peek(database, request[2], request.hash, announcing: false) else { return reply.null() }
        let isShared = settings.maxMemory == 0 || settings.maxMemoryPolicy != .allKeysLRU
        if isShared, let value = store[place.record].integerEncoded, value >= 0, value < 10_000 {
            reply.integer(Int64(Int32.max))
        } else {
            reply.integer(1)
        }
    }

    /// OBJECT IDLETIME key: seconds since its last use; of a session, since its last touch
    mutating func objectIdletime(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.peek(database, request[2], request.hash, announcing: false) else { return reply.null() }
        let lastUse = store[place.record].kind == .session
            ? store[place.record].session.lastUse.milliseconds / 1000 : Int64(store[place.record].stamp)
        reply.integer(max(0, store.now / 1000 - lastUse))
    }

    /// OBJECT FREQ key: there is no policy that counts uses
    mutating func objectFreq(_ request: borrowing Request) throws(ReplyError) {
        guard store.peek(database, request[2], request.hash, announcing: false) != nil else { return reply.null() }
        throw .noAccessFrequency
    }
}

extension RecordView {
    /// Longest string that Redis allocates together with its object.
    private static var longestEmbedded: Int { 44 }

    /// The name of the representation that Redis would choose.
    var encoding: StaticString {
        switch kind {
        case .tableHash, .tableSet: return "hashtable"
        // A hash that was ever too large for a listpack does not go back.
        case .packedHash: return flags.contains(.edited) ? "hashtable" : "listpack"
        case .packedSet: return isIntegerSet ? "intset" : "hashtable"
        case .packedSortedSet, .treeSortedSet: return flags.contains(.edited) ? "skiplist" : "listpack"
        case .session: return "listpack"
        case .predecessor: return "embstr"
        case .string, .tombstone:
            if integerEncoded != nil { return "int" }
            return length <= RecordView.longestEmbedded && !flags.contains(.edited) ? "embstr" : "raw"
        }
    }

    /// The value of a string that Redis would keep as an integer.
    fileprivate var integerEncoded: Int64? {
        guard kind == .string || kind == .tombstone,
            flags.isDisjoint(with: [.edited, .text])
        else { return nil }
        return parseInteger(payload)
    }
}
