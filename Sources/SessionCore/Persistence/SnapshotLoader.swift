/// Puts an RDB stream into a store, as it arrives, in pieces of any size.
///
/// The store is to be a fresh one (`Store.init(like:)`) that takes the place of the present one when all is well
/// (`Store.replaceContent`): after an error it holds what came before.
struct SnapshotLoader: ~Copyable {
    /// The stream is complete, and its checksum right.
    private(set) var isComplete = false
    /// Keys passed over because their types are not held.
    private(set) var skippedKeys: Int64 = 0
    /// Keys passed over because their collections have no elements.
    private(set) var emptyKeys: Int64 = 0
    /// The database that the replication stream has selected where it goes on, one of the store's; nil if it is not
    /// said.
    private(set) var streamDatabase: Int?
    /// The history of which it is a state: what replication continues from. Empty and -1 where it is not said.
    private(set) var replicationID = ""
    private(set) var replicationOffset: Int64 = -1

    private var reader: RDBReader
    private var value: SnapshotValue

    /// - Parameters:
    ///   - configuration: up to which size collections are kept packed, and what becomes of types that are not held.
    ///   - memoryLimit: most bytes that the store's heap may hold; what is left of its address space has to be enough
    ///     for one value and the growth of one table.
    init(_ configuration: Configuration, memoryLimit: Int = .max) {
        reader = RDBReader(skipsUnsupported: configuration.skipsUnsupportedTypes)
        value = SnapshotValue(configuration, memoryLimit: memoryLimit)
    }

    /// Keys that were put into the store.
    var keys: Int64 { value.keys }

    /// Keys under the names of sessions that were left out, for nothing that we have written stands there.
    var skippedSessions: Int64 { value.skippedSessions }

    /// Bytes taken so far.
    var offset: Int64 { reader.offset }

    /// What has arrived behind the end of the stream.
    var rest: RawSpan {
        @_lifetime(borrow self)
        get { reader.rest }
    }

    /// Takes what has arrived. Once `isComplete`, what is left over is `rest`.
    mutating func receive(_ bytes: RawSpan, into store: inout Store) throws(RDBError) {
        reader.append(bytes)
        while !isComplete {
            let unit = try reader.next()
            do throws(RDBError.Reason) {
                switch unit {
                case .needsMore: return
                case .end: isComplete = true
                case .skipped: skippedKeys += 1
                case .empty: emptyKeys += 1
                case .sizes: break
                case .auxiliary: try readAuxiliary(databases: store.databases.count)
                default: try value.take(unit, reader, into: &store)
                }
            } catch {
                throw RDBError(reason: error, offset: reader.offset)
            }
        }
    }

    private mutating func readAuxiliary(databases: Int) throws(RDBError.Reason) {
        if reader.first.bytes.isEqual(to: "repl-id"), reader.second.count == 40 {
            let text = reader.second.bytes.text
            replicationID = text
        }
        if reader.first.bytes.isEqual(to: "repl-offset"), let offset = PeerNumber.offset(reader.second.bytes) {
            replicationOffset = offset
        }
        guard reader.first.bytes.isEqual(to: "repl-stream-db") else { return }
        // -1 where the stream selects one itself, which is what it takes without this field too.
        guard let number = parseInteger(reader.second.bytes), number >= 0 else { return }
        guard let database = PeerNumber.database(number, of: databases) else {
            throw .database(Int(clamping: number))
        }
        streamDatabase = database
    }
}

extension Store {
    /// An empty store with the same databases, time and hash function: what was hashed for one holds for the other.
    init(like other: borrowing Store) {
        self.init(
            databases: other.databases.count, hash: other.hash, fingerprintHash: other.fingerprintHash, now: other.now)
        wheel.warning = other.wheel.warning
        dueRecords = .keep
    }

    /// Takes over the data of another store made with `init(like:)`, in place of its own. Noted as a change of all
    /// databases; what is counted, who listens, and what becomes of due records stays as it is. O(databases), and
    /// giving the memory of the old data back.
    mutating func replaceContent(with fresh: consuming Store) {
        for database in 0..<databases.count { changed(.database, database, RawSpan()) }
        Swift.swap(&heap, &fresh.heap)
        Swift.swap(&databases, &fresh.databases)
        Swift.swap(&wheel, &fresh.wheel)
        (absentKeyTombstones, keyTombstoneSweep) = (0, KeyTombstoneSweep())
        let forgotten = marks.forgotten
        marks = fresh.marks
        marks.forgotten = forgotten
    }
}
