/// The effects of commands, expiry and eviction, on their way into the replication stream.
///
/// An effect is an ordinary Redis request that any replica can execute, and it is absolute: it says what is, not what
/// to do (`SET` with the value that `INCR` made, `PEXPIREAT` for `EXPIRE`), so that executing it a second time, or on
/// data that already has it, leads to the same end. That is what lets a snapshot be written in slices.
///
/// The effects of one command that a client sent, `EXEC` and scripts included, belong together: if there are several,
/// they stand between `MULTI` and `EXEC`. Between two such commands (`isComplete`) the buffer may be taken; its bytes
/// are whole requests then.
struct Propagation: ~Copyable {
    /// Whether anybody wants effects: a primary that has, or had, a replica.
    private(set) var isActive = false
    /// Effects that the replication stream has not taken over yet, as RESP arrays.
    var buffer = ByteBuffer()
    /// The database in which a replica is after these effects; -1 where the next one has to select its own.
    var database = -1
    /// Effects may be executed again, on data that is newer than they are: while a snapshot is being written. A hash or
    /// set may then lose its last element for a moment, and with it its deadline, so that every element added to one
    /// with a deadline is followed by the deadline. To be set to false while no snapshot is written, which saves that.
    var mayRepeat = true
    /// Entries of the store's log of changes that have become effects already.
    var settled = 0
    /// The words of an effect that is yet to be begun.
    var words = WordList()
    /// A number or score under construction.
    var digits = ByteBuffer()

    /// Effects of the present command so far, and where in the buffer the first one begins.
    private var count = 0
    private var first = 0

    /// Effects are wanted from now on; the next one selects its database.
    mutating func start() {
        isActive = true
        database = -1
        count = 0
    }

    /// Effects are no longer wanted.
    mutating func stop() {
        isActive = false
        count = 0
        buffer.removeAll(keeping: 0)
    }

    /// No command is being executed whose effects are not all there yet.
    var isComplete: Bool { count == 0 }

    /// Begins an effect in a database; a whole request is to be appended to the buffer.
    @inline(__always)
    mutating func open(_ database: Int) {
        if count > 0 { openAnother() } else { first = buffer.count }
        count &+= 1
        if database != self.database { select(database) }
    }

    /// With its second effect a command's effects become a transaction.
    @inline(never)
    private mutating func openAnother() {
        if count == 1 { buffer.insert(("*1\r\n$5\r\nMULTI\r\n" as StaticString).bytes, at: first) }
    }

    @inline(never)
    private mutating func select(_ database: Int) {
        self.database = database
        buffer.append("*2\r\n$6\r\nSELECT\r\n")
        buffer.appendBulk(Int64(database))
    }

    /// A command and all its effects are complete.
    @inline(__always)
    mutating func end() {
        if count > 1 { buffer.append("*1\r\n$4\r\nEXEC\r\n") }
        count = 0
    }
}
