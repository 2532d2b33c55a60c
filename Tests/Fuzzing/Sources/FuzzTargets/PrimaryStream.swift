import FuzzSupport
@testable import SessionCore

/// A replica and a primary that says what the input says: the dialogue up to the stream, a snapshot, the stream, links
/// that break; meanwhile clients of the replica, and a replica of its own.
///
/// The first byte chooses how much of the dialogue is as it should be.
@_cdecl("fuzz_primary_stream")
public func fuzzPrimaryStream(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var source = ByteSource(input(start, count))
    let mode = source.byte()
    var configuration = NodeHost.standard
    _ = try? configuration.set("replicaof", "127.0.0.1 7000")
    if configuration.replicaOf == nil { configuration.replicaOf = PrimaryAddress(host: "127.0.0.1", port: 7000) }
    if mode & 64 != 0 { configuration.sessionPrefixes = ["sess:"] }
    if mode & 128 != 0 { configuration.databases = 2 }
    let host = NodeHost(configuration)
    host.settle()
    var primary = ScriptedPrimary(host, mode)
    var clients = ClientActions(host)
    host.connect(0)
    while !source.isEmpty, !host.isShutDown { primary.perform(&source, &clients) }
    clients.flush()
    host.settle()
    if !host.isShutDown { host.readEverything() }
    host.finish()
    return 0
}

/// The other end of the link.
private struct ScriptedPrimary {
    private let host: NodeHost
    private let mode: UInt8
    private var builder = RequestBuilder()
    private static let id = String(repeating: "ab", count: 20)

    init(_ host: NodeHost, _ mode: UInt8) { (self.host, self.mode) = (host, mode) }

    mutating func perform(_ source: inout ByteSource, _ clients: inout ClientActions) {
        if host.wantsPrimary {
            host.answerDial(true)
            if mode & 1 == 0 { greet(&source) }
        }
        let action = source.byte()
        switch action & 15 {
        case 0...7: host.deliver(words: streamRequest(&source), on: NodeHost.primaryLink)
        case 8: deliver(source.take(Int(source.byte())))
        case 9: host.skip(milliseconds: 1 << Int64(source.byte() % 24))
        case 10: host.skip(milliseconds: 1000)
        case 11: host.disconnect(NodeHost.primaryLink)
        case 12: deliver(Array(source.choice(of: Self.lines)))
        case 13:
            let database = String(Int8(bitPattern: source.byte()))
            host.deliver(words: [Array("SELECT"), Array(database)], on: NodeHost.primaryLink)
        default: clients.perform(&source)
        }
        host.settle()
    }

    private static let lines = [
        "REPLCONF GETACK *\r\n", "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n", "\n", "+OK\r\n", "+PONG\r\n",
        "+CONTINUE\r\n", "+CONTINUE \(id)\r\n", "-LOADING\r\n", "$0\r\n", "*1\r\n$5\r\nMULTI\r\n",
        "*1\r\n$4\r\nEXEC\r\n",
        "*1\r\n$4\r\nPING\r\n", "$EOF:\(id)\r\n", "+FULLRESYNC \(id) 9223372036854775807\r\n",
    ]

    private func deliver(_ bytes: [UInt8]) { host.deliver(bytes, on: NodeHost.primaryLink) }

    private mutating func streamRequest(_ source: inout ByteSource) -> [[UInt8]] {
        builder.tokens = host.builder.tokens
        return builder.request(&source)
    }

    /// The dialogue up to the stream, with a snapshot made of the input.
    private func greet(_ source: inout ByteSource) {
        deliver(Array("+PONG\r\n"))
        host.settle()
        deliver(Array("+OK\r\n+OK\r\n"))
        host.settle()
        if host.node.replication.canResume && mode & 2 != 0 { return deliver(Array("+CONTINUE\r\n")) }
        let offsets: [Int64] = [0, 1, 1000, 1 << 32, .max, .max - 1, .max - 100, .max / 2]
        deliver(Array("+FULLRESYNC \(Self.id) \(offsets[Int(mode >> 2 & 7)])\r\n"))
        let snapshot = Snapshot.complete(source.take(Int(source.byte())))
        if mode & 32 != 0 {
            deliver(Array("$EOF:\(Self.id)\r\n") + snapshot + Array(Self.id))
        } else {
            deliver(Array("$\(snapshot.count)\r\n") + snapshot)
        }
        host.settle()
    }
}
