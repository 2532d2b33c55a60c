/// What has arrived from the primary and is not executed yet.
///
/// A transaction is executed when it is there whole: a link that is cut within one leaves nothing half done, and the
/// stream is continued from its beginning.
struct StreamInput: ~Copyable {
    var bytes = ByteBuffer()
    var partial = PartialRequest()
    /// Where in `bytes` the next request begins that was not looked at: behind the complete requests of a transaction
    /// whose end is missing.
    var position = 0
    var isInTransaction = false
    /// The database selected, as far as executed.
    var database = 0

    mutating func removeAll() {
        bytes.removeAll(keeping: 0)
        partial.reset()
        (position, isInTransaction) = (0, false)
    }
}
