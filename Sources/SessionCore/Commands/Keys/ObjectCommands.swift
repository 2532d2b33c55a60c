/// OBJECT: how values are kept, in Redis's terms. What a client can tell apart is answered as Redis would answer it.
extension Execution {
    /// OBJECT ENCODING key
    mutating func objectEncoding(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.peek(database, request[2], request.hash, announcing: false) else { return reply.null() }
        reply.bulk(store.heap.encoding(place.record))
    }

    /// OBJECT REFCOUNT key. Redis shares the integers below 10,000 unless LRU eviction needs a clock in every value.
    mutating func objectRefcount(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.peek(database, request[2], request.hash, announcing: false) else { return reply.null() }
        let isShared = settings.maxMemory == 0 || settings.maxMemoryPolicy != .allKeysLRU
        if isShared, let value = store.heap.integerEncoded(place.record), value >= 0, value < 10_000 {
            reply.integer(Int64(Int32.max))
        } else {
            reply.integer(1)
        }
    }

    /// OBJECT IDLETIME key: seconds since its last use; of a session, since its last touch
    mutating func objectIdletime(_ request: borrowing Request) throws(ReplyError) {
        guard let place = store.peek(database, request[2], request.hash, announcing: false) else { return reply.null() }
        let lastUse = store.heap.kind(place.record) == .session
            ? store.heap.lastUse(place.record).milliseconds / 1000 : Int64(store.heap.stamp(place.record))
        reply.integer(max(0, store.now / 1000 - lastUse))
    }

    /// OBJECT FREQ key: there is no policy that counts uses
    mutating func objectFreq(_ request: borrowing Request) throws(ReplyError) {
        guard store.peek(database, request[2], request.hash, announcing: false) != nil else { return reply.null() }
        throw .noAccessFrequency
    }
}

extension Heap {
    /// Longest string that Redis allocates together with its object.
    private static let longestEmbedded = 44

    /// The name of the representation that Redis would choose.
    func encoding(_ record: Slot) -> StaticString {
        switch kind(record) {
        case .tableHash, .tableSet: return "hashtable"
        // A hash that was ever too large for a listpack does not go back.
        case .packedHash: return flags(record).contains(.edited) ? "hashtable" : "listpack"
        case .packedSet: return isIntegerSet(record) ? "intset" : "hashtable"
        case .packedSortedSet, .treeSortedSet: return flags(record).contains(.edited) ? "skiplist" : "listpack"
        case .session: return "listpack"
        case .predecessor: return "embstr"
        case .string, .tombstone:
            if integerEncoded(record) != nil { return "int" }
            return length(record) <= Heap.longestEmbedded && !flags(record).contains(.edited) ? "embstr" : "raw"
        }
    }

    /// The value of a string that Redis would keep as an integer.
    fileprivate func integerEncoded(_ record: Slot) -> Int64? {
        guard kind(record) == .string || kind(record) == .tombstone,
            flags(record).isDisjoint(with: [.edited, .text])
        else { return nil }
        return parseInteger(payload(record))
    }
}
