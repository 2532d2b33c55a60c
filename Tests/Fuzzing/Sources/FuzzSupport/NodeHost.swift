@testable public import SessionCore

/// A node under test, and what surrounds it: connections, a clock, entropy, files. Everything is a function of the
/// input. A failed check ends the process.
public final class NodeHost {
    /// 2001-09-09 01:46:40 UTC, in milliseconds.
    public static let start: Int64 = 1_000_000_000_000
    public static let connections = 8
    /// The number of the connection to our primary, when we dial one.
    public static let primaryLink = 7

    /// What lies between the node and a peer.
    struct Connection {
        /// Sent by the peer and not read by the node.
        var unread: [UInt8] = []
        var replies = ReplyStream()
        /// The peer does not read.
        var isStalled = false
    }

    public internal(set) var node: Node
    public private(set) var now: Timestamp
    var open: [Connection?] = Array(repeating: nil, count: NodeHost.connections)
    /// The node has asked for a connection to its primary.
    public private(set) var wantsPrimary = false
    /// The node has asked for the end.
    public private(set) var isShutDown = false
    /// Bytes that were sent on the connection to the primary since they were taken.
    public var sentToPrimary: [UInt8] = []
    private var entropy = SplitMix64(state: 0xC10A_4500)
    /// What a node is given first. It is asked for with every input, so it is made once.
    private static let firstEntropy: [UInt8] = {
        var generator = SplitMix64(state: 0x00E7_7209)
        return (0..<Limits.entropy).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }()
    private var hasSuppliedEntropy = false
    private var accessFile: [UInt8] = []
    public var builder = RequestBuilder()
    /// Where files are; without, nothing that is asked of a disk is done.
    var disk: MemoryDisk?

    /// The configuration that most inputs have. Histograms take longer to make than most inputs to execute.
    public static var standard: Configuration {
        var configuration = Configuration()
        configuration.latencyTracking = false
        return configuration
    }

    init(_ configuration: Configuration, disk: MemoryDisk?, keys: consuming KeyRing?) {
        self.disk = disk
        now = Timestamp(unixMicroseconds: NodeHost.start * 1000, monotonicMicroseconds: 1_000_000)
        var bounded = configuration
        Bounds.apply(to: &bounded)
        node = Node(configuration: bounded, seeds: NodeSeeds(derivedFrom: 1), now: now, keys: keys)
    }

    public convenience init(_ configuration: Configuration = NodeHost.standard) {
        self.init(configuration, disk: nil, keys: nil)
    }

    // MARK: Connections

    public func isOpen(_ index: Int) -> Bool { open[index] != nil }

    public func connect(_ index: Int, isLocal: Bool = true) {
        guard open[index] == nil else { return }
        open[index] = Connection()
        node.connected(ConnectionID(rawValue: UInt32(index)), from: peer(index, isLocal: isLocal), now: now)
    }

    private func peer(_ index: Int, isLocal: Bool) -> Peer {
        Peer(
            address: isLocal ? "127.0.0.1:5000\(index)" : "192.0.2.1:5000\(index)", localAddress: "127.0.0.1:6379",
            isLocal: isLocal, fileDescriptor: Int32(index) + 8)
    }

    public func disconnect(_ index: Int) {
        guard open[index] != nil else { return }
        open[index] = nil
        node.disconnected(ConnectionID(rawValue: UInt32(index)), now: now)
    }

    /// The peer begins to read, or ceases to.
    public func setStalled(_ index: Int, _ isStalled: Bool) { open[index]?.isStalled = isStalled }

    public func isStalled(_ index: Int) -> Bool { open[index]?.isStalled ?? false }

    /// The connection that the node has asked for stands, or cannot be made.
    public func answerDial(_ stands: Bool) {
        guard wantsPrimary, open[Self.primaryLink] == nil else { return }
        wantsPrimary = false
        guard stands else { return node.dialFailed("Connection refused", now: now) }
        open[Self.primaryLink] = Connection()
        sentToPrimary = []
        node.dialed(
            ConnectionID(rawValue: UInt32(Self.primaryLink)), to: peer(Self.primaryLink, isLocal: true), now: now)
    }

    // MARK: Input

    /// Bytes arrive; the node reads them when it wants to.
    public func deliver(_ bytes: [UInt8], on index: Int) {
        guard open[index] != nil else { return }
        open[index]?.unread += bytes
        read(index)
    }

    /// A request arrives.
    public func deliver(words: [[UInt8]], on index: Int) { deliver(RequestEncoding.bytes(words), on: index) }

    /// - Returns: whether the node has read something.
    @discardableResult
    private func read(_ index: Int) -> Bool {
        let id = ConnectionID(rawValue: UInt32(index))
        guard let bytes = open[index]?.unread, !bytes.isEmpty, node.wantsInput(id) else { return false }
        open[index]?.unread = []
        supplyEntropy()
        node.receive(bytes.span.bytes, from: id, now: now)
        return true
    }

    private func supplyEntropy() {
        let wanted = node.entropyWanted
        guard wanted > 0 else { return }
        if wanted == Limits.entropy, node.execution.entropy.isEmpty, !hasSuppliedEntropy {
            hasSuppliedEntropy = true
            return node.supply(entropy: Self.firstEntropy.span.bytes)
        }
        let bytes = (0..<wanted).map { _ in UInt8(truncatingIfNeeded: entropy.next()) }
        node.supply(entropy: bytes.span.bytes)
    }

    // MARK: Turns

    /// Lets time pass.
    public func skip(milliseconds: Int64) {
        now.unixMicroseconds += milliseconds * 1000
        now.monotonicMicroseconds += milliseconds * 1000
    }

    /// The wall clock is set; no time passes.
    public func stepWallClock(milliseconds: Int64) { now.unixMicroseconds += milliseconds * 1000 }

    /// Gives the node turns until it has nothing left to do now.
    public func settle() {
        for _ in 0..<100_000 {
            if isShutDown { return }
            if disk != nil { supplyEntropy() }
            let next = node.advance(to: now)
            sendAll()
            var hasActed = perform()
            for index in open.indices where read(index) { hasActed = true }
            Bounds.apply(to: &node.configuration)
            if !hasActed, next.map({ $0 > now.monotonicMicroseconds }) ?? true { return }
        }
        fatalError("the node does not come to rest")
    }

    /// Takes what the node has to send.
    private func sendAll() {
        while let id = node.nextWritable() {
            guard open[Int(id.rawValue)] != nil else { fatalError("output for a connection that is closed") }
            if !isStalled(Int(id.rawValue)) { send(id, atMost: .max) }
        }
    }

    /// Takes at most so many bytes from a connection that does not read otherwise.
    public func sendSome(_ index: Int, atMost count: Int) {
        guard open[index] != nil else { return }
        let phase = node.connections[index].phase
        if phase == .open || phase == .closing { send(ConnectionID(rawValue: UInt32(index)), atMost: count) }
    }

    private func send(_ id: ConnectionID, atMost limit: Int) {
        let index = Int(id.rawValue)
        var left = limit
        while left > 0 {
            let count = min(left, node.output(of: id).byteCount)
            if count == 0 { break }
            take(node.output(of: id), count, node.connections[index].link, index)
            node.sent(count, of: id, now: now)
            left -= count
        }
        let isOpen = node.connections[index].phase == .open && node.connections[index].link == .none
        if isOpen && !node.hasOutput(id) { require(open[index]?.replies.isComplete ?? true, "a reply is not complete") }
        if let tokens = open[index]?.replies.tokens, !tokens.isEmpty { builder.tokens = tokens }
    }

    private func take(_ output: RawSpan, _ count: Int, _ link: LinkKind, _ index: Int) {
        output.withUnsafeBytes { all in
            let bytes = UnsafeRawBufferPointer(rebasing: all[..<count])
            switch link {
            case .none: open[index]?.replies.feed(bytes)
            case .primary: sentToPrimary += bytes
            // The stream, from here on.
            case .replica: open[index]?.replies = ReplyStream()
            }
        }
    }

    /// What the admin port answers.
    public func adminResponse(to method: String, target: String) -> AdminResponse {
        node.adminResponse(to: method, target: target, now: now)
    }

    /// SIGTERM.
    public func nodeShutdown() { node.beginShutdown(now: now) }

    // MARK: Effects

    /// Does what the node asks for.
    /// - Returns: whether there was anything.
    private func perform() -> Bool {
        var hasActed = false
        while let effect = node.nextEffect() {
            hasActed = true
            switch effect {
            case .close(let id): disconnect(Int(id.rawValue))
            case .dial: wantsPrimary = true
            case .log(_, let text): require(text.utf8.count <= Bounds.logLine, "a log line of \(text.utf8.count) bytes")
            case .readAccessFile(let id, _): node.accessFileRead(.success(accessFile), for: id, now: now)
            case .writeAccessFile(let id, _, let content):
                accessFile = content
                node.accessFileWritten(nil, for: id, now: now)
            case .sleep(let microseconds):
                skip(milliseconds: min(10_000, microseconds / 1000))
                node.completed(nil, now: now)
            case .rewriteConfiguration(let configuration, let users):
                Rewriting.check(configuration, users, over: "")
                node.completed(nil, now: now)
            case .disk(let request):
                node.diskAnswered(disk?.perform(request) ?? DiskAnswer(), in: request.lane, now: now)
            case .fail: isShutDown = true
            case .shutdown: isShutDown = true
            case .shutdownAborted, .configurationChanged: break
            }
        }
        return hasActed
    }
}

/// What bounds an input, so that growth beyond it is a failure of the node.
public enum Bounds {
    /// Longest argument, and bytes of data.
    static let value = 64 * 1024
    static let memory = 64 << 20
    /// Longest line of the log.
    static let logLine = 64 * 1024

    /// Changes a configuration so that a short input cannot ask for more memory than there is for all.
    public static func apply(to configuration: inout Configuration) {
        lower(&configuration.protoMaxBulkLength, to: value)
        if configuration.maxMemory == 0 { configuration.maxMemory = memory }
        lower(&configuration.maxMemory, to: memory)
        lower(&configuration.replicationBacklogSize, to: 1 << 20)
        lower(&configuration.slowLogLength, to: 1000)
    }

    private static func lower<Number: Comparable>(_ number: inout Number, to limit: Number) {
        if number > limit { number = limit }
    }
}
