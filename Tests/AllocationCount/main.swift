import CAllocationCount
import SessionCore

/// Counts how often the node allocates while it serves prepared requests, and prints one line for each kind of them:
/// its name and the number of allocations. A program of its own, so that nothing but the node's code runs meanwhile,
/// built as the server is built.

/// A node with one connection, driven as the event loop drives it.
struct Driver: ~Copyable {
    private var node: Node
    private var now = Timestamp(unixMicroseconds: 1_700_000_000_000_000, monotonicMicroseconds: 1_000_000)
    private let connection = ConnectionID(rawValue: 0)

    init() {
        node = Node(configuration: Configuration(), seeds: NodeSeeds(derivedFrom: 1), now: now)
        let peer = Peer(address: "127.0.0.1:50000", localAddress: "127.0.0.1:6379", isLocal: true, fileDescriptor: 7)
        node.connected(connection, from: peer, now: now)
        // Constant: tokens need not be secret here.
        let entropy = [UInt8](repeating: 1, count: node.entropyWanted)
        node.supply(entropy: entropy.span.bytes)
    }

    /// One turn: what has arrived is executed and answered, a quarter of a millisecond passes.
    /// - Returns: bytes of the replies.
    mutating func turn(_ arrived: RawSpan) -> Int {
        now.unixMicroseconds += 250
        now.monotonicMicroseconds += 250
        node.receive(arrived, from: connection, now: now)
        _ = node.advance(to: now)
        var sent = 0
        while let id = node.nextWritable() {
            let bytes = node.output(of: id).byteCount
            node.sent(bytes, of: id, now: now)
            sent += bytes
        }
        return sent
    }

    /// Attaches a replica that has its snapshot and follows.
    mutating func attachReplica() {
        let replica = ConnectionID(rawValue: 1)
        let peer = Peer(address: "127.0.0.1:50001", localAddress: "127.0.0.1:6379", isLocal: true, fileDescriptor: 8)
        node.connected(replica, from: peer, now: now)
        let hello = request("REPLCONF", "capa", "eof", "capa", "psync2") + request("PSYNC", "?", "-1")
        node.receive(hello.span.bytes, from: replica, now: now)
        for _ in 0..<100 { _ = turn(RawSpan()) }
        node.receive(request("REPLCONF", "ACK", "0").span.bytes, from: replica, now: now)
        precondition(reply(to: request("INFO", "replication")).contains("state=online"), "it does not follow")
    }

    /// As `turn`, and returns the replies.
    mutating func reply(to arrived: [UInt8]) -> String {
        node.receive(arrived.span.bytes, from: connection, now: now)
        var text = ""
        while let id = node.nextWritable() {
            let output = node.output(of: id).withUnsafeBytes { Array($0) }
            node.sent(output.count, of: id, now: now)
            text += String(decoding: output, as: UTF8.self)
        }
        return text
    }
}

/// A request as clients send it.
func request(_ words: String...) -> [UInt8] {
    Array("*\(words.count)\r\n".utf8) + words.flatMap { Array("$\($0.utf8.count)\r\n\($0)\r\n".utf8) }
}

/// Sends `first` and `second` in turn, some thousand times after a warm-up, and prints the allocations.
func measure(_ name: String, _ driver: inout Driver, _ first: [UInt8], _ second: [UInt8]? = nil) {
    let second = second ?? first
    var replies = 0
    for _ in 0..<500 { replies += driver.turn(first.span.bytes) + driver.turn(second.span.bytes) }
    let before = allocation_count()
    for _ in 0..<5000 { replies += driver.turn(first.span.bytes) + driver.turn(second.span.bytes) }
    let allocations = allocation_count() - before
    precondition(replies > 5000, "the node has not answered")
    print(name, allocations)
}

/// Requests that are passed on to a replica too.
func measureReplicated(_ driver: inout Driver) {
    // Until the backlog has its full size.
    for _ in 0..<10_000 { _ = driver.turn(set.span.bytes) }
    measure("replicated-SET", &driver, set, setOther)
    measure("replicated-SET-EX", &driver, setExpiring)
    measure("replicated-SESSTOUCH", &driver, touch)
    measure("replicated-SESSSET", &driver, setFields, setOtherFields)
    measure("replicated-pipelined-SET", &driver, repeated(set, 16), repeated(setOther, 100))
}

func repeated(_ request: [UInt8], _ times: Int) -> [UInt8] { (0..<times).flatMap { _ in request } }

var driver = Driver()
let value = String(repeating: "v", count: 200)
// Two lengths in one size class, so that the record is overwritten in place.
let set = request("SET", "key", value)
let setOther = request("SET", "key", value + "v")
let setExpiring = request("SET", "expiring", value, "EX", "900")
let token = "caller-made-token-0123456789abcd"
precondition(driver.reply(to: set + setExpiring) == "+OK\r\n+OK\r\n")
let creation = request("SESSCREATE", "ID", token, "USER", "alice", "MAX", "0", "FIELDS", "1", "data", value)
precondition(driver.reply(to: creation).hasPrefix("$32\r\n"))
let touch = request("SESSTOUCH", token)
precondition(driver.reply(to: touch) == ":1800000\r\n")

// The counter counts: also what the Swift runtime allocates.
let before = allocation_count()
print("control", [UInt8](repeating: 1, count: Int(before % 7) + 100).reduce(0) { $0 + Int($1) } > 0 ? 1 : 0)
precondition(allocation_count() > before, "allocations are not counted")

measure("GET", &driver, request("GET", "key"))
measure("GET-missing", &driver, request("GET", "nothing"))
measure("SET", &driver, set, setOther)
measure("SET-EX", &driver, setExpiring)
measure("SETEX", &driver, request("SETEX", "expiring", "900", value))
measure("EXPIRE", &driver, request("EXPIRE", "expiring", "900"))
measure("PING", &driver, request("PING"))
measure("SESSTOUCH", &driver, touch)
measure("SESSGET", &driver, request("SESSGET", token))
measure("SESSGET-TOUCH", &driver, request("SESSGET", token, "TOUCH"))
measure("pipelined-GET", &driver, repeated(request("GET", "key"), 16))
measure("pipelined-SET", &driver, repeated(set, 16), repeated(setOther, 100))
measure("pipelined-SESSTOUCH", &driver, repeated(touch, 16))
let half = touch.count / 2
measure("split-SESSTOUCH", &driver, repeated(touch, 2) + touch[..<half], Array(touch[half...]))
let setFields = request("SESSSET", token, "FIELDS", "1", "data", value)
let setOtherFields = request("SESSSET", token, "FIELDS", "1", "data", value.uppercased())
measure("SESSSET", &driver, setFields, setOtherFields)
driver.attachReplica()
measureReplicated(&driver)

// A user with key patterns: each request is checked.
var restricted = Driver()
let rules = request("ACL", "SETUSER", "app", "on", "nopass", "~other:*", "~key*", "+@all", "(+sesstouch)")
precondition(restricted.reply(to: rules + request("AUTH", "app", "x") + set) == "+OK\r\n+OK\r\n+OK\r\n")
precondition(restricted.reply(to: request("GET", "x")).hasPrefix("-NOPERM"))
precondition(restricted.reply(to: creation).hasPrefix("$32\r\n"))
measure("restricted-GET", &restricted, request("GET", "key"))
measure("restricted-SET", &restricted, set, setOther)
measure("restricted-SESSTOUCH", &restricted, touch)
