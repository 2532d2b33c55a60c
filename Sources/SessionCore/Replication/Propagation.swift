/// The effects of commands, expiry and eviction, on their way into the replication stream.
///
/// An effect is an ordinary Redis request that any replica can execute, and it is absolute: it says what is, not what
/// to do (`SET` with the value that `INCR` made, `PEXPIREAT` for `EXPIRE`), so that executing it a second time, or on
/// data that already has it, leads to the same end. That is what lets a snapshot be written in slices.
struct Propagation: ~Copyable {
    /// Whether anybody wants effects: a primary that has, or had, a replica.
    private(set) var isActive = false
    /// Effects that the replication stream has not taken over yet, as RESP arrays.
    var buffer = ByteBuffer()
    /// The database in which a replica is after these effects; -1 where the next one has to select its own.
    var database = -1

    /// Effects are wanted from now on; the next one selects its database.
    mutating func start() {
        isActive = true
        database = -1
    }

    /// Effects are no longer wanted.
    mutating func stop() {
        isActive = false
        buffer.removeAll(keeping: 0)
    }
}
