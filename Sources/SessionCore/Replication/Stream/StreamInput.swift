/// What has arrived from the primary and is not executed yet.
///
/// A transaction is executed when it is there whole: a link that is cut within one leaves nothing half done, and the
/// stream is continued from its beginning.
struct StreamInput: ~Copyable {
    var bytes = ByteBuffer()
    var partial = PartialRequest()
    /// The complete requests of the unit that is executed next, a request or a transaction whose end is missing: where
    /// they and their words lie in `bytes`.
    private(set) var requests = Vector<StreamRequest>()
    var words = Vector<ArgumentRange>()
    /// Where in `bytes` the next request begins that was not looked at: behind `requests`.
    var position = 0
    var isInTransaction = false
    /// The database selected, as far as executed.
    var database = 0

    /// Most words for which memory is kept between units.
    private static let retained = 64

    mutating func removeAll() {
        bytes.removeAll(keeping: 0)
        partial.reset()
        forgetRequests()
        (position, isInTransaction) = (0, false)
    }

    /// A request is complete, whose words are the last of `words`.
    mutating func noteRequest(start: Int, end: Int) {
        requests.append(
            StreamRequest(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                words: UInt32(truncatingIfNeeded: words.count)))
    }

    /// What is complete was executed, or is to be parsed again.
    mutating func forgetRequests() {
        if words.capacity > StreamInput.retained {
            words = Vector()
            requests = Vector()
        } else {
            words.removeAll()
            requests.removeAll()
        }
    }

    /// So many bytes at the start of `bytes` are gone. O(words of the requests that are left).
    mutating func moveRequests(back count: Int) {
        position -= count
        let count = UInt32(truncatingIfNeeded: count)
        if count == 0 { return }
        for index in 0..<requests.count {
            requests[index].start &-= count
            requests[index].end &-= count
        }
        for index in 0..<words.count { words[index].offset &-= count }
    }
}

/// Where a request of the stream lies.
struct StreamRequest: BitwiseCopyable {
    /// In the bytes of the stream.
    var start: UInt32
    var end: UInt32
    /// Number of the words of all requests up to the end of this one.
    let words: UInt32
}
