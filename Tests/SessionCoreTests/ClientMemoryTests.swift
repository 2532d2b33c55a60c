import Testing

@testable import SessionCore

/// `maxmemory-clients`: what all clients' buffers may take together.
@Suite struct ClientMemoryTests {
    private func dialogue(_ limit: String) -> NodeDialogue {
        let node = NodeDialogue()
        node.expect("CONFIG", "SET", "maxmemory-clients", limit, gives: "+OK\r\n")
        return node
    }

    private func total(_ node: NodeDialogue) -> Int {
        node.inspect { node in
            (0..<node.connections.count).reduce(0) { sum, index in
                sum + (node.connections[index].isConnected ? node.connections[index].memory : 0)
            }
        }
    }

    /// Transactions that are never executed.
    @Test func queuedRequests() {
        let node = dialogue("8mb")
        let value = String(repeating: "x", count: 500_000)
        for connection in 1...10 as ClosedRange<UInt32> {
            _ = node.send("MULTI", on: connection)
            for _ in 0..<4 { _ = node.send("SET", "k", value, on: connection) }
            _ = node.effects()
            #expect(total(node) < 12 << 20)
        }
        #expect(node.send("INFO", "stats").contains("evicted_clients:6\r\n"))
        // Those that are left execute theirs.
        let left = (1...10).filter { node.isConnected($0) }
        #expect(left.count == 4)
        for connection in left { #expect(node.send("EXEC", on: connection).hasPrefix("*4\r\n+OK\r\n")) }
    }

    /// Messages that others cause and that are not read.
    @Test(arguments: ["CLIENT TRACKING ON BCAST", "SUBSCRIBE c"]) func unreadMessages(_ request: String) {
        let node = dialogue("8mb")
        for connection in 1...20 as ClosedRange<UInt32> {
            _ = node.send("HELLO", "3", on: connection)
            _ = node.sendRaw(request + "\r\n", on: connection)
            node.stall(connection)
        }
        let text = String(repeating: "x", count: 60_000)
        for number in 0..<60 {
            _ = node.send("SET", "\(number)" + text, "x")
            _ = node.send("PUBLISH", "c", text)
            _ = node.effects()
            #expect(total(node) < 14 << 20)
        }
        #expect(node.inspect { $0.observation.statistics.evictedClients } > 0)
        node.expect("PING", gives: "+PONG\r\n")
    }

    /// Requests that are not complete.
    @Test func unfinishedRequests() {
        let node = dialogue("8mb")
        for connection in 1...20 as ClosedRange<UInt32> {
            let part = "*2\r\n$4\r\nECHO\r\n$2000000\r\n" + String(repeating: "x", count: 1_000_000)
            _ = node.sendRaw(part, on: connection)
            _ = node.effects()
            #expect(total(node) < 12 << 20)
        }
        #expect(node.inspect { $0.observation.statistics.evictedClients } > 0)
    }

    /// A client that is not to be closed counts, and others are closed in its place; it is none of those that are.
    @Test func noEvict() {
        let node = dialogue("4mb")
        let value = String(repeating: "x", count: 3_000_000)
        node.expect("CLIENT", "NO-EVICT", "ON", on: 1, gives: "+OK\r\n")
        for connection in [1, 2] as [UInt32] {
            _ = node.send("MULTI", on: connection)
            _ = node.send("SET", "k", value, on: connection)
        }
        _ = node.send("SET", "k", value, on: 1)
        _ = node.effects()
        #expect(node.isConnected(1) && !node.isConnected(2))
    }

    @Test func noLimit() {
        let node = dialogue("0")
        _ = node.send("MULTI", on: 1)
        for _ in 0..<10 { _ = node.send("SET", "k", String(repeating: "x", count: 3_000_000), on: 1) }
        _ = node.effects()
        #expect(node.isConnected(1))
        // A new limit holds at once.
        node.expect("CONFIG", "SET", "maxmemory-clients", "1mb", gives: "+OK\r\n")
        _ = node.effects()
        #expect(!node.isConnected(1))
    }

    /// Values and errors are Redis's; a share is of `maxmemory`.
    @Test func values() throws {
        let node = NodeDialogue()
        for (value, shown) in [("5%", "5%"), ("100%", "100%"), ("0%", "0%"), ("1mb", "1048576"), ("0", "0")] {
            node.expect("CONFIG", "SET", "maxmemory-clients", value, gives: "+OK\r\n")
            node.expect("CONFIG", "GET", "maxmemory-clients", gives: bulks("maxmemory-clients", shown))
        }
        let prefix = "-ERR CONFIG SET failed (possibly related to argument 'maxmemory-clients') - "
        for value in ["5x", "-1", "", "%", "-5%", "5%%", "5 %"] {
            node.expect(
                "CONFIG", "SET", "maxmemory-clients", value,
                gives: prefix + "argument must be a memory or percent value\r\n")
        }
        node.expect(
            "CONFIG", "SET", "maxmemory-clients", "101%",
            gives: prefix + "percentage argument must be less or equal to 100\r\n")
        #expect(ClientMemoryLimit.percent(50).bytes(of: .max) == .max / 2)
        #expect(ClientMemoryLimit.percent(50).bytes(of: 0) == 0)
        #expect(ClientMemoryLimit.bytes(7).bytes(of: 0) == 7)
    }
}
