/// One parsed request: its words in the receive buffer, what the command table says of it, and what was computed ahead.
struct Request: ~Escapable {
    /// The receive buffer.
    private let bytes: RawSpan
    private let arguments: Span<ArgumentRange>
    let plan: RequestPlan

    @inline(__always)
    @_lifetime(copy bytes, copy arguments)
    init(bytes: RawSpan, arguments: Span<ArgumentRange>, plan: RequestPlan) {
        self.bytes = bytes
        self.arguments = arguments
        self.plan = plan
    }

    /// Words, command name included.
    @inline(__always)
    var count: Int { arguments.count }

    /// The word at `index`; 0 is the command name.
    @inline(__always)
    subscript(index: Int) -> RawSpan {
        @_lifetime(copy self)
        get {
            let range = arguments[index]
            return bytes.slice(Int(range.offset), Int(range.count))
        }
    }

    /// Whether the words are still encoded as they came: not if the request was inline, or waited in a transaction, or
    /// comes from a script.
    @inline(__always)
    var isEncoded: Bool { plan.end > plan.start }

    /// The whole request as it came, if `isEncoded`.
    @inline(__always)
    var encoded: RawSpan {
        @_lifetime(copy self)
        get { bytes.slice(plan.start, plan.end &- plan.start) }
    }

    /// As much of `encoded` as the words before the one at `end` take.
    @inline(__always)
    @_lifetime(copy self)
    func encoded(before end: Int) -> RawSpan { bytes.slice(plan.start, self.end(of: end - 1) &- plan.start) }

    /// As much of `encoded` as the words from the one at `first` on take.
    @inline(__always)
    @_lifetime(copy self)
    func encoded(from first: Int) -> RawSpan {
        let start = end(of: first - 1)
        return bytes.slice(start, plan.end &- start)
    }

    /// Where an encoded word ends, with its line end.
    @inline(__always)
    private func end(of index: Int) -> Int { Int(arguments[index].offset) &+ Int(arguments[index].count) &+ 2 }

    /// Hash of the first key (or of the handle of the first token).
    @inline(__always)
    var hash: UInt64 { plan.hash }

    /// The handle of the token at word 1; commands with the `token` flag only.
    @inline(__always)
    var handle: Handle { plan.handle }

    /// What the table says of the command; nil if there is no such command.
    @inline(__always)
    var command: CommandFacts? { plan.facts }

    /// The word at `index` as an integer.
    @inline(__always)
    func integer(_ index: Int) throws(ReplyError) -> Int64 {
        guard let value = parseInteger(self[index]) else { throw .notAnInteger }
        return value
    }

    /// The word at `index` as the number of one of so many databases.
    func database(_ index: Int, of count: Int) throws(ReplyError) -> Int {
        let number = try integer(index)
        guard let small = Int32(exactly: number) else { throw .notBetween(Int64(Int32.min), and: Int64(Int32.max)) }
        guard (0..<count).contains(Int(small)) else { throw .databaseIndexOutOfRange }
        return Int(small)
    }

    /// The word at `index` as a timeout in milliseconds, with Redis's errors. At most `Limits.duration`: who waits
    /// longer waits for ever.
    func waitingTime(_ index: Int) throws(ReplyError) -> Int64 {
        guard let milliseconds = parseInteger(self[index]) else { throw .invalidTimeout }
        if milliseconds < 0 { throw .negativeTimeout }
        return min(milliseconds, Limits.duration)
    }
}

/// What is known of a request before it is executed.
struct RequestPlan: BitwiseCopyable {
    /// Index of the first word in the batch's arguments, and number of words.
    var first: Int
    var count: Int
    /// Where the request starts in the receive buffer, and where the next one does. Both the same where its words are
    /// not, or no longer, in the receive buffer.
    var start: Int
    var end: Int
    /// Nil for an unknown command.
    var facts: CommandFacts?
    var hash: UInt64
    var handle: Handle

    /// Whether it and the next request are measured together: equal commands that are fast.
    @inline(__always)
    func isRun(with next: RequestPlan) -> Bool {
        guard let facts, let other = next.facts else { return false }
        return facts.id == other.id && facts.flags.contains(.fast)
    }
}

/// The requests of one read that are executed together: all parsed, hashed and prefetched before the first one runs, so
/// that their cache misses overlap.
struct RequestBatch: ~Copyable {
    /// Most requests in one batch: their records and buckets should still fit the first-level cache.
    static let limit = 32

    var arguments = Vector<ArgumentRange>()
    var plans = Vector<RequestPlan>()
    /// The inline request being executed, decoded.
    var inlineBytes = ByteBuffer()

    mutating func removeAll() {
        arguments.removeAll()
        plans.removeAll()
    }
}
