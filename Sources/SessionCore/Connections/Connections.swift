/// The connections of a node, its clients' and those of replication: what each has sent and is to be sent, which have
/// output, and which wait. It executes nothing and knows no data; what it does for one connection touches no other.
struct Connections: ~Copyable {
    private var clients = Vector<Client>()
    /// Connections that are open.
    private(set) var openCount = 0
    private var nextClientID: Int64 = 1
    /// Connections that may have output, once each, and how many of them were named.
    private var writable = Vector<UInt32>()
    private var writableHead = 0
    /// Clients with complete requests that are to be tried again in the next turn.
    private(set) var waiting = Vector<ClientReference>()
    /// Some of them made way for others, and are to be tried without delay.
    private var hasYielded = false
    /// Clients whose requests wait for the end of a pause.
    private var paused = Vector<ClientReference>()
    /// Clients held until a time, and the earliest of these times (`Int64.max` without any).
    private var held = Vector<ClientReference>()
    private(set) var nextRelease = Int64.max
    /// When the first connection may have been over its soft output limit for too long; `Int64.max` if none is over it.
    var nextSoftLimitCheck = Int64.max
    /// When it is looked for idle clients again.
    var nextTimeoutCheck: Int64 = 0
    /// By how many bytes clients' buffers may grow before `limitClientMemory` looks at them again.
    var slack = -1
    /// Clients that have closed their sending side and are owed the reply to a login.
    private(set) var awaitedLogins = 0

    init() {}

    /// Connections there ever were at once: their numbers are less.
    var count: Int { clients.count }

    @inline(__always)
    subscript(index: Int) -> Client {
        _read { yield clients[index] }
        _modify { yield &clients[index] }
    }

    // MARK: Coming and going

    /// A connection was established.
    mutating func open(_ index: Int, _ peer: Peer, at now: Int64) {
        while clients.count <= index { clients.append(Client()) }
        precondition(clients[index].phase == .free, "the connection is in use")
        clients[index] = Client()
        clients[index].phase = .open
        clients[index].id = nextClientID
        nextClientID += 1
        clients[index].peer = peer
        clients[index].connectedAt = now
        clients[index].lastActive = now
        openCount += 1
    }

    /// Whether a connection's number names one that is open, or was not confirmed to be gone yet.
    func isInUse(_ index: Int) -> Bool { index < clients.count && clients[index].phase != .free }

    /// A connection is gone. Lists that still name it do so by its client id, which no other connection will have.
    mutating func free(_ index: Int) {
        openCount -= 1
        if clients[index].isAwaited { awaitedLogins -= 1 }
        if clients[index].isPaused { leavePause(index) }
        clients[index] = Client()
    }

    /// What is queued for a connection is still sent; it is read from no more.
    mutating func closeAfterReply(_ index: Int) {
        guard clients[index].phase == .open else { return }
        clients[index].phase = .closing
        clients[index].input.removeAll(keeping: 0)
        clients[index].partial.reset()
        queueForWriting(index)
    }

    /// A client has closed its sending side while the reply to its login is being delayed: it is to receive that and
    /// nothing more, unless there are as many such clients as may be.
    /// - Returns: whether it is one of those that may wait.
    mutating func awaitLogin(_ index: Int) -> Bool {
        if clients[index].isAwaited { return true }
        if awaitedLogins == Limits.awaitedLogins { return false }
        awaitedLogins += 1
        clients[index].isAwaited = true
        closeAfterReply(index)
        return true
    }

    // MARK: References

    func reference(_ index: Int) -> ClientReference { ClientReference(index, clients[index]) }

    /// The client's number, if it is still connected.
    func index(of reference: ClientReference) -> Int? {
        let index = Int(reference.index)
        return reference.names(clients[index]) ? index : nil
    }

    // MARK: Output

    /// Makes `nextQueued` name a connection.
    mutating func queueForWriting(_ index: Int) {
        if clients[index].isQueuedForWriting { return }
        clients[index].isQueuedForWriting = true
        writable.append(UInt32(index))
    }

    /// Connections that `nextQueued` is going to name, oldest first.
    var queuedForWriting: [UInt32] { (writableHead..<writable.count).map { writable[$0] } }

    /// The next connection that may have output, oldest first; nil after the last.
    mutating func nextQueued() -> Int? {
        guard writableHead < writable.count else {
            writable.removeAll()
            writableHead = 0
            return nil
        }
        let index = Int(writable[writableHead])
        writableHead += 1
        clients[index].isQueuedForWriting = false
        return index
    }

    /// What is to be sent to a client, but for the stream of a replica.
    @_lifetime(borrow self)
    func output(_ index: Int) -> RawSpan { clients[index].reply.buffer.bytes }

    // MARK: Waiting

    /// A client's requests are to be executed later, after those of others; at once if nobody else has any.
    mutating func yield(_ index: Int) {
        clients[index].isWaiting = true
        hasYielded = true
    }

    /// Whether a client has made way for others since this was last asked.
    mutating func takeYielded() -> Bool {
        defer { hasYielded = false }
        return hasYielded
    }

    /// Clients, from one on, whose turn did not come: they are the first ones of the next turn.
    mutating func putBack(_ taken: borrowing Vector<ClientReference>, from first: Int) {
        var all = Vector<ClientReference>()
        for position in first..<taken.count { all.append(taken[position]) }
        for position in 0..<waiting.count { all.append(waiting[position]) }
        swap(&all, &waiting)
        hasYielded = true
    }

    /// Has a client's requests executed in the next turn.
    mutating func wake(_ index: Int) { waiting.append(reference(index)) }

    /// Clients whose requests are to be tried, which wait no more as far as this list is concerned.
    mutating func takeWaiting() -> Vector<ClientReference> {
        var taken = Vector<ClientReference>()
        swap(&taken, &waiting)
        return taken
    }

    /// A client's request waits for others, and so does what follows it.
    /// - Parameter isMuted: it wants no reply (`CLIENT REPLY`).
    mutating func block(_ index: Int, isMuted: Bool) {
        clients[index].isBlocked = true
        clients[index].isBlockedMuted = isMuted
        clients[index].isWaiting = true
        clients[index].partial.reset()
    }

    /// Sends a connection nothing, and executes nothing it sends, until `release` or a moment in monotonic microseconds
    /// (`Int64.max` for never). May be called for the connection whose request is being executed.
    mutating func hold(_ index: Int, until moment: Int64) {
        clients[index].isHeld = true
        clients[index].isWaiting = true
        clients[index].heldUntil = moment
        // What follows in its input is parsed anew when it is taken up again.
        clients[index].partial.reset()
        guard moment != .max else { return }
        held.append(reference(index))
        nextRelease = min(nextRelease, moment)
    }

    /// Has what was held back sent, and what the connection has sent meanwhile executed in the next turn.
    mutating func release(_ index: Int) {
        clients[index].isHeld = false
        wake(index)
        queueForWriting(index)
    }

    /// Releases connections whose time has come. O(connections held), at most once for each of them.
    @inline(never)
    mutating func releaseDue(at now: Int64) {
        var due = Vector<ClientReference>()
        swap(&due, &held)
        nextRelease = .max
        for position in 0..<due.count {
            guard let index = index(of: due[position]), clients[index].isSlowed else { continue }
            if clients[index].heldUntil <= now {
                release(index)
            } else {
                held.append(due[position])
                nextRelease = min(nextRelease, clients[index].heldUntil)
            }
        }
    }

    /// A client's requests wait for the end of a pause.
    mutating func pause(_ index: Int) {
        clients[index].isPaused = true
        clients[index].isWaiting = true
        clients[index].partial.reset()
        paused.append(reference(index))
    }

    /// Has the requests that wait for the end of a pause tried again.
    mutating func wakePaused() {
        for position in 0..<paused.count {
            guard let index = index(of: paused[position]), clients[index].isPaused else { continue }
            clients[index].isPaused = false
            waiting.append(paused[position])
        }
        paused.removeAll()
    }

    /// Clients that wait for the end of a pause.
    var pausedCount: Int { paused.count }

    /// Forgets a client that is gone.
    private mutating func leavePause(_ index: Int) {
        var kept = 0
        for position in 0..<paused.count where paused[position].index != UInt32(index) {
            paused[kept] = paused[position]
            kept += 1
        }
        paused.truncate(to: kept)
    }
}
