@testable import SessionCore

/// What clients, replicas and time do to a node, chosen by the input.
public struct ClientActions {
    private let host: NodeHost
    private var connection = 0
    /// Requests that are to arrive together.
    private var batch: [UInt8] = []

    public init(_ host: NodeHost) { self.host = host }

    /// One action. The highest bit has its requests arrive together with those of the next.
    public mutating func perform(_ source: inout ByteSource) {
        let byte = source.byte()
        let isHeld = byte & 128 != 0
        switch byte & 31 {
        case 0...15:
            RequestEncoding.append(host.builder.request(&source), to: &batch)
            if isHeld && batch.count < 1 << 20 { return }
        case 16, 17: batch += source.take(Int(source.byte()))
        case 18: batch += Array("HELLO 3\r\n")
        case 19: batch += Array(source.choice(of: ["MULTI\r\n", "EXEC\r\n", "AUTH pw\r\n", "RESET\r\n", "PING\r\n"]))
        case 20: makeReplica(&source)
        case 21: batch += RequestEncoding.bytes(["REPLCONF", "ACK", String(source.byte())].map { Array($0) })
        default:
            flush()
            interfere(byte & 31, &source)
        }
        flush()
        host.settle()
    }

    /// Lets arrive what is held back.
    public mutating func flush() {
        if batch.isEmpty { return }
        host.connect(connection)
        host.deliver(batch, on: connection)
        batch = []
    }

    private mutating func makeReplica(_ source: inout ByteSource) {
        let choice = source.byte()
        let lines = [
            "REPLCONF listening-port 7001\r\nREPLCONF capa eof capa psync2\r\nPSYNC ? -1\r\n", "SYNC\r\n",
            "REPLCONF rdb-only 1\r\nPSYNC ? -1\r\n", "PSYNC ? -1\r\nREPLCONF ACK 0\r\n",
            "PSYNC \(host.node.replication.id) \(host.node.replication.offset &+ Int64(choice % 4) - 1)\r\n",
        ]
        batch += Array(lines[Int(choice) % lines.count])
    }

    /// What is not a request.
    private mutating func interfere(_ action: UInt8, _ source: inout ByteSource) {
        switch action {
        case 22: connection = source.number(below: NodeHost.connections)
        case 23: host.disconnect(connection)
        case 24: host.skip(milliseconds: 1 << Int64(source.byte() % 36))
        case 25: host.skip(milliseconds: Int64(source.byte()))
        case 26: host.setStalled(connection, !host.isStalled(connection))
        case 27: host.sendSome(connection, atMost: 1 << source.number(below: 20))
        case 28: host.answerDial(source.byte() & 1 == 0)
        case 29: host.stepWallClock(milliseconds: (Int64(source.byte()) - 128) * 1000)
        case 30: host.connect(source.number(below: NodeHost.connections), isLocal: source.byte() & 1 == 0)
        default: host.nodeShutdown()
        }
    }
}
