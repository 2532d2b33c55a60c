/// Keys that a snapshot holds already although their turn has not come: an open hash table that only grows.
///
/// A key is told by its database and its hash; keys of one hash are written together.
struct WrittenAhead: ~Copyable {
    /// (Not private: Swift 6.3 crashes over such an element of a vector.)
    struct Entry: BitwiseCopyable {
        var hash: UInt64
        /// One more than the number of the database; 0 for an empty place.
        var database: UInt32
    }

    private var places = Vector<Entry>()
    private(set) var count = 0

    init() {}

    /// Notes a key. Amortised O(1).
    /// - Returns: false if it was noted before.
    mutating func insert(_ database: Int, _ hash: UInt64) -> Bool {
        if 2 * (count + 1) > places.count { grow() }
        let place = find(database, hash)
        if places[place].database != 0 { return false }
        places[place] = Entry(hash: hash, database: UInt32(database + 1))
        count += 1
        return true
    }

    /// O(1).
    func contains(_ database: Int, _ hash: UInt64) -> Bool {
        count > 0 && places[find(database, hash)].database != 0
    }

    /// Where the key is, or would be.
    private func find(_ database: Int, _ hash: UInt64) -> Int {
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: ((hash ^ UInt64(database)) &* 0x9E37_79B9_7F4A_7C15) &>> 20) & mask
        while places[place].database != 0 {
            if places[place].hash == hash && places[place].database == UInt32(database + 1) { break }
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func grow() {
        let size = max(64, 2 * places.count)
        var old = Vector<Entry>(capacity: size)
        for _ in 0..<size { old.append(Entry(hash: 0, database: 0)) }
        swap(&old, &places)
        for index in 0..<old.count where old[index].database != 0 {
            places[find(Int(old[index].database) - 1, old[index].hash)] = old[index]
        }
    }
}
