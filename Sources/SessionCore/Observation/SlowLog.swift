/// The slow log: commands that took longer than `slowlog-log-slower-than`, the latest `slowlog-max-len` of them.
/// Adding is O(1), amortised.
struct SlowLog {
    struct Entry {
        /// Ever increasing; not set back by `SLOWLOG RESET`.
        let id: Int64
        let unixSeconds: Int64
        let microseconds: Int64
        /// Redacted and trimmed.
        let words: [String]
        /// Of the connection that sent it.
        let address: String
        let name: String
    }

    /// Oldest first, from `start` on.
    private var entries: [Entry] = []
    private var start = 0
    private var nextID: Int64 = 0

    var count: Int { entries.count - start }

    /// The entry that `age` newer ones follow.
    subscript(age age: Int) -> Entry { entries[entries.count - 1 - age] }

    mutating func add(
        unixSeconds: Int64, microseconds: Int64, words: [String], address: String, name: String, limit: Int
    ) {
        entries.append(
            Entry(
                id: nextID, unixSeconds: unixSeconds, microseconds: microseconds, words: words, address: address,
                name: name))
        nextID += 1
        trim(to: limit)
    }

    mutating func trim(to limit: Int) {
        guard count > limit else { return }
        start = entries.count - limit
        // What is no longer listed is freed when it is as much as what is.
        guard start > limit else { return }
        entries.removeSubrange(..<start)
        start = 0
    }

    mutating func removeAll() {
        entries = []
        start = 0
    }
}
