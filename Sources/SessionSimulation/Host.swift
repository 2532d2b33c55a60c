import SessionCore

/// A machine on which a node runs, or is to run again.
final class Host {
    /// What has come from outside since the last turn.
    enum Arrival {
        case accepted(Int)
        case dialed(Int)
        case dialFailed(serial: Int, String)
        case readable(Int, Int)
        case ended(Int, Int)
        case disk(DiskLane, DiskAnswer)
    }

    let index: Int
    /// nil while the process is dead.
    var running: RunningNode?
    /// Stopped (SIGSTOP): nothing is executed, but connections stay.
    var isFrozen = false
    /// Without power: not even the machine answers.
    var isDark = false
    /// The part of the network it is in.
    var side = 0
    var inbox: [Arrival] = []
    /// Virtual microseconds of the next turn; `Int64.max` for none.
    var nextTurn = Int64.max
    /// Where the configuration file says to replicate from; -1 for nowhere.
    var configuredUpstream = -1
    /// Some output waits for room in a window.
    var hasBlockedOutput = false
    /// The number of the dial that is open or was last; -1 in `openDial` when none is open.
    var lastDial = 0
    var openDial = -1
    /// How often the node has been started.
    var starts = 0
    /// nil if it keeps nothing.
    var disk: VirtualDisk?
    /// What the disk is to do, by lane.
    var lanes: [[DiskWork]] = DiskLane.allCases.map { _ in [] }
    /// Synchronising takes long.
    var isDiskSlow = false
    /// From when on the disk is expected to do what it is asked for.
    var trustedFrom: Int64 = -1
    /// How far the stream was when the last base of the log was on disk.
    var baseOffset: Int64 = -1
    /// What has to be there after a restart; what the stream was, and when.
    var promise: Promise?
    var samples: [(time: Int64, promise: Promise)] = []
    /// For the node's tokens and generated names.
    var entropy: SplitMix64

    init(index: Int, entropy: SplitMix64) {
        self.index = index
        self.entropy = entropy
    }

    var address: String { Host.address(index) }

    static func address(_ index: Int) -> String { "10.0.0.\(index + 1)" }

    static let port = 6379

    /// The host of this address; nil if there is none.
    static func index(of address: String, among count: Int) -> Int? {
        (0..<count).first { Host.address($0) == address }
    }
}

/// A node with its sockets: all that a crash destroys.
final class RunningNode {
    var node: Node
    /// By connection number.
    var sockets: [Socket] = []
    /// What the checker knows of its place in a history.
    var position = Position()
    /// Its data is on the way from the disk.
    var isLoading = false

    /// A connection's end on this side; `wire` is -1 where the number is free.
    struct Socket {
        var wire = -1
        var end = 0
        var hasEnded = false
        var isPaused = false
    }

    init(_ node: consuming Node) { self.node = node }

    /// Bytes that the node has ready for a connection.
    func outputCount(_ number: Int) -> Int { node.outputCount(ConnectionID(rawValue: UInt32(number))) }

    /// What it has for a client, be it held back or not, from `offset` on.
    func replies(_ number: Int, from offset: Int) -> [UInt8] {
        node.replies(ConnectionID(rawValue: UInt32(number)), from: offset)
    }

    /// Some of them, from `offset` on.
    func output(_ number: Int, _ offset: Int, _ count: Int) -> [UInt8] {
        node.output(ConnectionID(rawValue: UInt32(number)), offset, count)
    }

    /// Takes the lowest free number for a connection.
    func open(_ wire: Int, _ end: Int) -> Int {
        let socket = Socket(wire: wire, end: end)
        if let free = sockets.firstIndex(where: { $0.wire < 0 }) {
            sockets[free] = socket
            return free
        }
        sockets.append(socket)
        return sockets.count - 1
    }
}

// A span of a class's property cannot leave the access to it, not even within one expression.
extension Node {
    fileprivate func outputCount(_ id: ConnectionID) -> Int { output(of: id).byteCount }

    fileprivate func output(_ id: ConnectionID, _ offset: Int, _ count: Int) -> [UInt8] {
        output(of: id).extracting(offset..<(offset + count)).array
    }
}
