/// One of the numbered databases that `SELECT` chooses among.
struct Database: BitwiseCopyable {
    /// All records: plain keys, sessions, predecessors and tombstones.
    var records = BucketTable()
    /// Sessions with a user, by user: holds the first session of each user's list.
    var users = BucketTable()
    /// Marks of plain keys that stay dead: see `Store.bury`.
    var keyTombstones = BucketTable()
    /// Records with a deadline.
    var expiring = 0
    /// Live sessions.
    var sessions = 0

    /// Records of a table wait to be moved.
    var isResizing: Bool { records.isResizing || users.isResizing || keyTombstones.isResizing }

    /// Nothing is in it, not even a mark.
    var isEmpty: Bool { records.count == 0 && keyTombstones.count == 0 }
}
