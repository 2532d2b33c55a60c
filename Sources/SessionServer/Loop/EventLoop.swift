import CLinux
import Logging
import SessionCore

/// Drives a `Node` from the network: one thread, one epoll instance.
///
/// A turn waits for events, reads the clock once, hands what arrived to the node, advances it, writes what it answered
/// and does what it asks for. In steady state nothing in a turn allocates or counts references.
///
/// Descriptors are closed at the end of a turn only, so that an event can never meet a connection other than its own.
struct EventLoop: ~Copyable {
    var node: Node
    var logger: Logger
    let poller: Poller
    var table = ConnectionTable()
    var now: Timestamp
    /// False once the node has asked to be shut down.
    var isRunning = true

    /// Where every read goes first. One for all connections: between turns an idle connection holds no memory here.
    let input: UnsafeMutableRawPointer
    static let inputSize = 64 * 1024

    /// Connections that may have more input than one read took.
    var ready: [UInt32] = []
    /// The list of `ready` of the turn before, kept for its storage.
    var readyNow: [UInt32] = []
    /// Connections whose input the node does not want for now.
    var paused: [UInt32] = []
    /// Connections that had more output than is sent in one turn.
    var unsent: [UInt32] = []
    var unsentNow: [UInt32] = []
    /// Connections with `ended` or `broken` set.
    var ending: [UInt32] = []
    /// Connections with `lingering` set, and when the first of them is looked at again (monotonic microseconds).
    var lingering: [LingeringConnection] = []
    var nextLingering = Int64.max

    /// Monotonic microseconds from which on the process is measured again.
    private var measureAt: Int64 = 0
    /// Monotonic microseconds at which the node wants to be advanced; nil for never. At once to begin with: a replica
    /// looks for its primary.
    var wakeAt: Int64? = 0
    var acceptor = Acceptor()
    var dialer = Dialer()
    /// Delivers signals; -1 for none.
    let signals: Int32
    let log: LogSink?
    /// Requests of the admin port, if there is one.
    var admin: AdminQueue?
    /// The threads of the disk, once something was asked of it.
    var disk: DiskThreads?
    /// Why the server ends, if not because it was told to.
    var failure: StartFailure?

    /// - Parameters:
    ///   - signals: a signalfd, or -1.
    ///   - log: reopened on SIGHUP.
    init(node: consuming Node, logger: Logger, signals: Int32 = -1, log: LogSink? = nil) throws(StartFailure) {
        let poller = try Poller()
        if signals >= 0 {
            let code = poller.add(signals: signals)
            if code < 0 { throw StartFailure("cannot watch for signals", code: code) }
        }
        self.poller = poller
        self.node = node
        self.logger = logger
        self.signals = signals
        self.log = log
        now = Clock.now()
        input = .allocate(byteCount: Self.inputSize, alignment: 4096)
    }

    deinit { input.deallocate() }

    /// Turns until the node shuts down; then sends what can be sent at once and closes every connection.
    mutating func run() {
        while isRunning { turn() }
        flush()
        giveUpDialing()
        stopDisk()
        for id in 0..<table.endIndex where table.isOpen(id) { drop(id) }
    }

    /// One turn.
    /// - Parameter limit: waits at most so many milliseconds for events; -1 for as long as nothing is due.
    mutating func turn(waitingAtMost limit: Int32 = -1) {
        let count = poller.wait(milliseconds: patience(limit))
        now = Clock.now()
        if now.monotonicMicroseconds >= measureAt { measure() }
        for index in 0..<count {
            switch poller.source(index) {
            case .connection(let id): handle(id, poller.mask(index))
            case .listener(let index): accept(from: index)
            case .signals: handleSignals()
            case .wake: answerAdmin()
            case .dial: continueDialing()
            case .disk: takeDiskAnswers()
            }
        }
        if !ready.isEmpty { readQueued() }
        if acceptor.isSuspended { resumeAccepting() }
        if now.monotonicMicroseconds >= nextLingering { endLingering() }
        // Requests that wait for entropy are taken up again by `advance`.
        if node.entropyWanted > 0 { supplyEntropy() }
        wakeAt = node.advance(to: now)
        repeat { flush() } while performEffects() || finishEnding()
        if node.wantsTurn { wakeAt = now.monotonicMicroseconds }
        if node.wantsTurnAt < wakeAt ?? .max { wakeAt = node.wantsTurnAt }
        if !paused.isEmpty { resumePaused() }
    }

    /// Tells the node what `INFO` shows of the process; once a second at most, and only when something happens.
    @inline(never)
    private mutating func measure() {
        var usage = clinux_usage()
        clinux_process_usage(&usage)
        node.process = ProcessUsage(
            processID: clinux_process_id(), residentBytes: Int(usage.resident_bytes),
            systemBytes: Int(usage.system_bytes),
            userMicroseconds: usage.user_microseconds, systemMicroseconds: usage.system_microseconds)
        measureAt = now.monotonicMicroseconds + 1_000_000
    }

    /// Milliseconds to wait for events: rounded up, so that nothing due in less than one makes the loop spin.
    @inline(__always)
    private func patience(_ limit: Int32) -> Int32 {
        if !ready.isEmpty || !unsent.isEmpty { return 0 }
        var due = min(wakeAt ?? .max, nextLingering)
        if acceptor.isSuspended { due = min(due, acceptor.resumeAt) }
        if due == .max { return limit }
        // The clock anew: the turn itself took time.
        let left = due &- clinux_monotonic_microseconds()
        if left <= 0 { return 0 }
        let milliseconds = Int32(clamping: (min(left, Int64.max - 999) + 999) / 1000)
        return limit < 0 ? milliseconds : min(limit, milliseconds)
    }

    @inline(__always)
    private mutating func handle(_ id: UInt32, _ mask: UInt32) {
        if mask & UInt32(clinux_writable) != 0 { writeAgain(id) }
        let ends = UInt32(clinux_failed) | UInt32(clinux_peer_closed_writing)
        if mask & (UInt32(clinux_readable) | ends) == 0 { return }
        if mask & ends != 0 { handleEnd(id, hasFailed: mask & UInt32(clinux_failed) != 0) }
        if table[id].state.isDisjoint(with: [.queued, .paused, .ended, .broken]) { read(id) }
    }

    /// The peer has closed its sending side, or the connection failed. What it sent before is still read, unless the
    /// node does not want it and no answer could reach the peer, or what it wants may never come.
    @inline(never)
    private mutating func handleEnd(_ id: UInt32, hasFailed: Bool) {
        table[id].state.insert(.peerDone)
        if hasFailed, !table[id].state.isDisjoint(with: [.paused, .ended]) { return markBroken(id) }
        considerEnd(id)
    }
}
