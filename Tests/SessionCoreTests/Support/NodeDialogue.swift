import Testing

@testable import SessionCore

/// A node under test, its clients and its clock: commands go in as words, replies come out as they stand on the wire.
///
/// Connection 0 is open from the start; any other number is opened when it is first used. Time moves only when told
/// to. Bytes that are not UTF-8 appear as replacement characters; `sendBytes` shows them as they are.
final class NodeDialogue {
    private(set) var node: Node
    private(set) var now: Timestamp
    private var entropy = SplitMix64(seed: 0xC10A_4500)
    private var isOpen: Set<UInt32> = []
    private var received: [UInt32: [UInt8]] = [:]
    private var stalled: Set<UInt32> = []

    /// A round number of seconds, so that tests can name times: 2001-09-09 01:46:40 UTC.
    static let start: Int64 = 1_000_000_000_000

    /// Measures commands: each takes as long as it says.
    let stopwatch = Stopwatch()

    /// - Parameter seed: two nodes with the same one make the same tokens.
    init(
        _ configuration: Configuration = Configuration(), startingAt unixMilliseconds: Int64 = NodeDialogue.start,
        seed: UInt64 = 1, keys: consuming KeyRing? = nil
    ) {
        entropy = SplitMix64(seed: 0xC10A_44FF + seed)
        now = Timestamp(unixMicroseconds: unixMilliseconds * 1000, monotonicMicroseconds: 1_000_000)
        node = Node(
            configuration: configuration, seeds: NodeSeeds(derivedFrom: seed), now: now, ticks: stopwatch.counter,
            keys: keys)
        connect(0)
    }

    // MARK: Talking

    /// Sends one command and returns what came back on the same connection.
    func send(_ words: String..., on connection: UInt32 = 0) -> String {
        send(words, on: connection)
    }

    func send(_ words: [String], on connection: UInt32 = 0) -> String {
        String(decoding: sendBytes(words.map { Array($0.utf8) }, on: connection), as: UTF8.self)
    }

    /// As `send`, with words and reply of any bytes.
    func sendBytes(_ words: [[UInt8]], on connection: UInt32 = 0) -> [UInt8] {
        exchange(RequestEncoding.bytes(words), on: connection)
    }

    /// Sends bytes just as they are (inline commands, broken requests, pipelines).
    func sendRaw(_ text: String, on connection: UInt32 = 0) -> String {
        String(decoding: exchange(Array(text.utf8), on: connection), as: UTF8.self)
    }

    /// Sends one command and expects exactly this reply.
    func expect(
        _ words: String..., on connection: UInt32 = 0, gives reply: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let answer = send(words, on: connection)
        #expect(answer == reply, "\(words.joined(separator: " "))", sourceLocation: sourceLocation)
    }

    /// Runs a table of commands (words separated by single spaces, `""` for an empty one) and their replies, in order.
    /// Line ends are left out of the replies where they end: `+OK`, `$1\r\na`.
    func expect(_ exchanges: [(command: String, reply: String)], sourceLocation: SourceLocation = #_sourceLocation) {
        for (command, reply) in exchanges {
            let words = command.split(separator: " ").map { $0 == "\"\"" ? "" : String($0) }
            #expect(send(words) == reply + "\r\n", "\(command)", sourceLocation: sourceLocation)
        }
    }

    /// What has arrived on a connection without having been asked for (messages, pushes), and is not yet read.
    func read(on connection: UInt32 = 0) -> String {
        collect()
        return String(decoding: received.removeValue(forKey: connection) ?? [], as: UTF8.self)
    }

    /// As `read`, the bytes as they are.
    func readBytes(on connection: UInt32) -> [UInt8] {
        collect()
        return received.removeValue(forKey: connection) ?? []
    }

    /// Bytes arrive on a connection; whatever they cause is to be read.
    func deliver(_ bytes: [UInt8], on connection: UInt32) {
        supplyEntropy()
        node.receive(bytes.span.bytes, from: ConnectionID(rawValue: connection), now: now)
    }

    /// The connection that the node asked for stands, under this number.
    func dialed(_ connection: UInt32, to address: String = "127.0.0.1:7000") {
        isOpen.insert(connection)
        let peer = Peer(address: address, localAddress: "127.0.0.1:40000", isLocal: true, fileDescriptor: 5)
        node.dialed(ConnectionID(rawValue: connection), to: peer, now: now)
    }

    /// Whether the node takes more from a connection now.
    func takesInput(on connection: UInt32) -> Bool { node.wantsInput(ConnectionID(rawValue: connection)) }

    /// Whether a connection is open.
    func isConnected(_ connection: UInt32) -> Bool { isOpen.contains(connection) }

    private func exchange(_ bytes: [UInt8], on connection: UInt32) -> [UInt8] {
        connect(connection)
        supplyEntropy()
        // The runtime would have looked for input since.
        node.budget.beginRound()
        node.receive(bytes.span.bytes, from: ConnectionID(rawValue: connection), now: now)
        collect()
        if isPatient { waitForHeldReply(connection) }
        return received.removeValue(forKey: connection) ?? []
    }

    /// Whether a client waits for a reply that is held back for a while (a failed login), as long as it takes.
    var isPatient = true

    private func waitForHeldReply(_ connection: UInt32) {
        while node.connections[Int(connection)].isHeld, node.connections[Int(connection)].heldUntil != .max {
            let left = node.connections[Int(connection)].heldUntil - now.monotonicMicroseconds
            advance(milliseconds: (max(0, left) + 999) / 1000)
        }
    }

    // MARK: Connections

    /// Opens a connection; does nothing if it is open.
    func connect(_ connection: UInt32, from address: String = "127.0.0.1:50000", isLocal: Bool = true) {
        guard isOpen.insert(connection).inserted else { return }
        let peer = Peer(
            address: address, localAddress: "127.0.0.1:6379", isLocal: isLocal, fileDescriptor: Int32(connection) + 8)
        node.connected(ConnectionID(rawValue: connection), from: peer, now: now)
    }

    /// The peer stops reading: what the node has for it stays unsent.
    func stall(_ connection: UInt32) { stalled.insert(connection) }

    /// A peer that has stopped reading takes this much of what there is for it, in as many pieces as it lies in.
    /// - Returns: how many bytes it got.
    @discardableResult
    func take(_ count: Int, on connection: UInt32) -> Int {
        let id = ConnectionID(rawValue: connection)
        var taken = 0
        while taken < count {
            let part = min(count - taken, node.output(of: id).byteCount)
            if part == 0 { break }
            node.sent(part, of: id, now: now)
            taken += part
        }
        return taken
    }

    /// The peer goes away.
    func disconnect(_ connection: UInt32) {
        isOpen.remove(connection)
        received[connection] = nil
        stalled.remove(connection)
        node.disconnected(ConnectionID(rawValue: connection), now: now)
    }

    /// What the node wants done, oldest first. Connections that it wants closed are gone afterwards.
    func effects() -> [NodeEffect] {
        var effects: [NodeEffect] = []
        while let effect = node.nextEffect() {
            effects.append(effect)
            if case .close(let id) = effect { disconnect(id.rawValue) }
        }
        return effects
    }

    // MARK: Time

    /// Lets time pass and gives the node turns until it has nothing left to do now.
    func advance(milliseconds: Int64) {
        skip(milliseconds: milliseconds)
        for _ in 0..<100_000 {
            guard let next = node.advance(to: now), next <= now.monotonicMicroseconds else { break }
        }
        collect()
    }

    /// Lets time pass without giving the node a turn: what is due by now is found by lookups only.
    func skip(milliseconds: Int64) {
        now.unixMicroseconds += milliseconds * 1000
        now.monotonicMicroseconds += milliseconds * 1000
    }

    /// The wall clock is set, forward or back; no time passes.
    func stepWallClock(milliseconds: Int64) { now.unixMicroseconds += milliseconds * 1000 }

    /// The node's own state, for what no command shows.
    func inspect<Result>(_ body: (borrowing Node) -> Result) -> Result { body(node) }

    /// The runtime has done what the node asked for, or could not for this reason, and gives it the next turn.
    func complete(_ reason: String? = nil) {
        node.completed(reason.map { FileProblem(reason: $0) }, now: now)
        advance(milliseconds: 0)
    }

    /// Changes the node's own state, where no command does.
    @discardableResult
    func modify<Result>(_ body: (inout Node) -> Result) -> Result {
        defer { collect() }
        return body(&node)
    }

    private func collect() {
        while let id = node.nextWritable() {
            if stalled.contains(id.rawValue) { continue }
            // A replica is sent its replies first, then the stream, in as many pieces as it lies in.
            while true {
                let output = copy(node.output(of: id))
                if output.isEmpty { break }
                node.sent(output.count, of: id, now: now)
                received[id.rawValue, default: []] += output
            }
        }
    }

    private func copy(_ bytes: RawSpan) -> [UInt8] { bytes.withUnsafeBytes { Array($0) } }

    /// Whether the node is given entropy before every request, as much as it wants.
    var suppliesEntropy = true

    func supplyEntropy() {
        let wanted = node.entropyWanted
        guard suppliesEntropy, wanted > 0 else { return }
        let bytes = (0..<wanted).map { _ in UInt8(truncatingIfNeeded: entropy.next()) }
        node.supply(entropy: bytes.span.bytes)
    }
}

/// A bulk string as it stands on the wire.
func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }

/// An array of bulk strings as it stands on the wire.
func bulks(_ texts: String...) -> String { "*\(texts.count)\r\n" + texts.map(bulk).joined() }

/// A tick counter in microseconds that moves by `step` with each reading: what lies between two readings took as long.
final class Stopwatch {
    private let cell = UnsafeMutablePointer<(reading: UInt64, step: UInt64)>.allocate(capacity: 1)

    init() { cell.initialize(to: (0, 0)) }

    deinit { cell.deallocate() }

    var step: UInt64 {
        get { cell.pointee.step }
        set { cell.pointee.step = newValue }
    }

    var counter: TickCounter {
        TickCounter(frequency: 1_000_000, source: UInt(bitPattern: cell)) { source in
            guard let cell = UnsafeMutablePointer<(reading: UInt64, step: UInt64)>(bitPattern: source) else { return 0 }
            cell.pointee.reading += cell.pointee.step
            return cell.pointee.reading
        }
    }
}
