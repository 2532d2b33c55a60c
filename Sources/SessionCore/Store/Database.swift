/// One of the numbered databases that `SELECT` chooses among.
struct Database: BitwiseCopyable {
    /// All records: plain keys, sessions, predecessors and tombstones.
    var records = BucketTable()
    /// Sessions with a user, by user: holds the first session of each user's list.
    var users = BucketTable()
    /// Records with a deadline.
    var expiring = 0
    /// Live sessions.
    var sessions = 0
}
