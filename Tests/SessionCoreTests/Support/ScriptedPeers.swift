import Testing

@testable import SessionCore

/// A replica whose primary is the test: on connection 7, or whichever it was dialed on last.
final class ScriptedPrimary {
    static let id = String(repeating: "0123456789", count: 4)
    static let mark = String(repeating: "9876543210", count: 4)

    let node: NodeDialogue
    /// Bytes that arrive at a time.
    var pieces = Int.max
    private(set) var connection: UInt32 = 7
    /// What the node has logged.
    private(set) var log: [String] = []
    /// How often it has dialed.
    private(set) var dials = 0

    init(_ change: (inout Configuration) -> Void = { _ in }) {
        var configuration = Configuration()
        configuration.port = 7001
        configuration.replicaOf = PrimaryAddress(host: "example.org", port: 7000)
        change(&configuration)
        node = NodeDialogue(configuration)
    }

    /// Looks at what the node wants done.
    /// - Returns: whether it has closed the link, and whether it dials.
    @discardableResult
    func look() -> (closed: Bool, dials: Bool) {
        var (closed, dialing) = (false, false)
        for effect in node.effects() {
            switch effect {
            case .close(let id): closed = closed || id.rawValue == connection
            case .dial:
                dialing = true
                dials += 1
            case .log(_, let text): log.append(text)
            default: break
            }
        }
        return (closed, dialing)
    }

    /// The node dials, if it is time, and the connection stands.
    func accept(on connection: UInt32 = 7) {
        node.advance(milliseconds: 0)
        #expect(look().dials)
        self.connection = connection
        node.dialed(connection)
        #expect(node.read(on: connection) == "*1\r\n$4\r\nPING\r\n")
    }

    /// Says something.
    /// - Returns: what the node answers.
    @discardableResult
    func say(_ bytes: [UInt8]) -> String {
        var position = 0
        while position < bytes.count, node.isConnected(connection) {
            let end = min(bytes.count, position + min(pieces, bytes.count))
            node.deliver(Array(bytes[position..<end]), on: connection)
            position = end
        }
        return node.read(on: connection)
    }

    @discardableResult
    func say(_ text: String) -> String { say(Array(text.utf8)) }

    /// Says a request of the stream.
    @discardableResult
    func say(words: [String]) -> String { say(RequestEncoding.bytes(words.map { Array($0.utf8) })) }

    /// Up to the question for the stream.
    func greet() { for answer in ["+PONG", "+OK", "+OK"] { say(answer + "\r\n") } }

    /// A snapshot with `a` = `1` and what stands before the first key besides.
    static func snapshot(auxiliary: [(StaticString, String)] = []) -> [UInt8] {
        var writer = RDBWriter()
        writer.begin()
        for (name, value) in auxiliary { writer.auxiliary(name, value.utf8Span.span.bytes) }
        writer.database(0)
        writer.key(.string, ("a" as StaticString).bytes, deadline: nil)
        writer.string(("1" as StaticString).bytes)
        writer.end()
        return writer.buffer.bytes.array
    }

    /// Sends a snapshot.
    @discardableResult
    func send(snapshot: [UInt8] = ScriptedPrimary.snapshot(), offset: String = "100") -> String {
        say(Array("+FULLRESYNC \(Self.id) \(offset)\r\n$\(snapshot.count)\r\n".utf8) + snapshot)
    }

    /// From dialing to the stream.
    func synchronise(offset: String = "100") {
        accept()
        greet()
        send(offset: offset)
        #expect(isUp)
    }

    var isUp: Bool { node.inspect { $0.replication.isLinkUp } }

    var offset: Int64 { node.inspect { $0.replication.offset } }
}
