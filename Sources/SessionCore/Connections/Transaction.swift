/// The requests that a connection has queued since `MULTI`, and whether `EXEC` may execute them.
struct Transaction: ~Copyable {
    /// The requests; elsewhere while `EXEC` executes them.
    var requests = RequestQueue()
    /// How many requests are queued, and the bytes of memory they take.
    private(set) var count = 0
    private(set) var bytes = 0
    /// A request was refused: `EXEC` will execute none.
    var isSpoiled = false
    /// A watched key has changed: `EXEC` will execute none. Set outside transactions too.
    var hasChangedKeys = false
    /// Flags of the requests, to which `EXEC` is subject.
    private(set) var flags = JointFlags()
    /// How much entropy the requests may take, in as many tokens.
    private(set) var tokens = 0

    init() {}

    /// Adds a request.
    mutating func append(_ request: borrowing Request, _ facts: CommandFacts) {
        requests.append(request)
        count += 1
        bytes += RequestQueue.size(of: request)
        flags.join(JointFlags(facts.flags))
        tokens += facts.tokens
    }

    /// Forgets everything; keeps the memory that a usual transaction takes.
    mutating func reset() {
        requests.removeAll()
        (count, bytes, tokens) = (0, 0, 0)
        (isSpoiled, hasChangedKeys, flags) = (false, false, JointFlags())
    }
}

/// Requests queued for later execution: their arguments one after the other, and the plan computed for each.
struct RequestQueue: ~Copyable {
    private var words = ByteBuffer()
    private var arguments = Vector<ArgumentRange>()
    private var plans = Vector<RequestPlan>()

    /// Most words and requests for which memory is kept between transactions.
    private static let retained = 64

    init() {}

    /// Requests held.
    var count: Int { plans.count }

    /// Bytes of memory that a request takes in a queue.
    static func size(of request: borrowing Request) -> Int {
        var bytes = MemoryLayout<RequestPlan>.stride + request.count * MemoryLayout<ArgumentRange>.stride
        for index in 0..<request.count { bytes += request[index].byteCount }
        return bytes
    }

    /// Adds a copy of a request.
    mutating func append(_ request: borrowing Request) {
        var plan = request.plan
        plan.first = arguments.count
        plan.end = plan.start
        for index in 0..<request.count {
            let word = request[index]
            arguments.append(
                ArgumentRange(
                    offset: UInt32(truncatingIfNeeded: words.count), count: UInt32(truncatingIfNeeded: word.byteCount)))
            words.append(word)
        }
        plans.append(plan)
    }

    /// The request at `index`, in the order in which they were added.
    @_lifetime(borrow self)
    func request(_ index: Int) -> Request {
        let plan = plans[index]
        let ranges = arguments.span.extracting(plan.first..<(plan.first + plan.count))
        return Request(bytes: words.bytes, arguments: ranges, plan: plan)
    }

    /// Forgets all requests.
    mutating func removeAll() {
        words.removeAll(keeping: Limits.idleBuffer)
        if arguments.capacity > RequestQueue.retained { arguments = Vector() } else { arguments.removeAll() }
        if plans.capacity > RequestQueue.retained { plans = Vector() } else { plans.removeAll() }
    }
}
