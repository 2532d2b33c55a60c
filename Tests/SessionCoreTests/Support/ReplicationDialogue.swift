import Testing

@testable import SessionCore

/// Several nodes on one clock, and the links between them: what one node sends on a link arrives at the other.
/// Node `i` is reached at port `7000 + i`.
final class ReplicationDialogue {
    let nodes: [NodeDialogue]
    /// Bytes delivered at a time on links.
    var pieces = Int.max
    /// Nodes that nobody reaches, and who reach nobody.
    var unreachable: Set<Int> = []

    private struct Wire {
        let dialer: (node: Int, connection: UInt32)
        let acceptor: (node: Int, connection: UInt32)
    }

    private var wires: [Wire] = []
    private var nextConnection: UInt32 = 100
    /// What the nodes logged.
    private(set) var log: [String] = []

    init(_ configurations: Configuration...) {
        nodes = configurations.enumerated().map { index, configuration in
            var configuration = configuration
            configuration.port = 7000 + index
            return NodeDialogue(configuration)
        }
    }

    /// As many nodes with the standard configuration; all but the first follow it.
    static func following(_ count: Int, _ configuration: Configuration = Configuration()) -> ReplicationDialogue {
        var replica = configuration
        replica.replicaOf = PrimaryAddress(host: "127.0.0.1", port: 7000)
        let dialogue: ReplicationDialogue
        switch count {
        case 2: dialogue = ReplicationDialogue(configuration, replica)
        case 3: dialogue = ReplicationDialogue(configuration, replica, replica)
        default: dialogue = ReplicationDialogue(configuration)
        }
        dialogue.run(milliseconds: 300)
        return dialogue
    }

    subscript(_ node: Int) -> NodeDialogue { nodes[node] }

    /// Lets time pass, in steps of 50 ms, and everything on the links arrive.
    func run(milliseconds: Int64) {
        settle()
        var left = milliseconds
        while left > 0 {
            let step = min(50, left)
            for node in nodes { node.advance(milliseconds: step) }
            left -= step
            settle()
        }
    }

    /// Delivers until nothing moves any more.
    func settle() {
        for _ in 0..<10_000 where !step() { return }
        Issue.record("the nodes never came to rest")
    }

    /// One turn of every node, and the way of what is on the links.
    /// - Returns: whether anything moved.
    @discardableResult
    func step() -> Bool {
        var hasMoved = false
        for index in nodes.indices {
            nodes[index].advance(milliseconds: 0)
            for effect in nodes[index].effects() { hasMoved = perform(effect, index) || hasMoved }
        }
        dropEnded()
        for wire in wires { hasMoved = carry(wire.dialer, wire.acceptor) || hasMoved }
        for wire in wires { hasMoved = carry(wire.acceptor, wire.dialer) || hasMoved }
        return hasMoved
    }

    private func perform(_ effect: NodeEffect, _ index: Int) -> Bool {
        switch effect {
        case .dial(_, let port):
            let other = port - 7000
            guard nodes.indices.contains(other), !unreachable.contains(index), !unreachable.contains(other) else {
                nodes[index].modify { $0.dialFailed("Connection refused", now: nodes[index].now) }
                return true
            }
            let wire = Wire(dialer: (index, nextConnection), acceptor: (other, nextConnection + 1))
            nextConnection += 2
            wires.append(wire)
            nodes[other].connect(wire.acceptor.connection, from: "127.0.0.1:\(40000 + index)")
            nodes[index].dialed(wire.dialer.connection, to: "127.0.0.1:\(port)")
            return true
        case .log(_, let text): log.append("\(index): \(text)")
        default: break
        }
        return false
    }

    /// A connection closed on one side is closed on the other.
    private func dropEnded() {
        for wire in wires {
            let ends = [wire.dialer, wire.acceptor]
            guard ends.contains(where: { !nodes[$0.node].isConnected($0.connection) }) else { continue }
            for end in ends where nodes[end.node].isConnected(end.connection) {
                nodes[end.node].disconnect(end.connection)
            }
        }
        wires.removeAll { !nodes[$0.dialer.node].isConnected($0.dialer.connection) }
    }

    private func carry(_ from: (node: Int, connection: UInt32), _ to: (node: Int, connection: UInt32)) -> Bool {
        guard nodes[to.node].isConnected(to.connection), nodes[from.node].isConnected(from.connection),
            nodes[to.node].takesInput(on: to.connection)
        else { return false }
        let bytes = nodes[from.node].readBytes(on: from.connection)
        var position = 0
        while position < bytes.count, nodes[to.node].isConnected(to.connection) {
            let end = min(bytes.count, position + min(pieces, bytes.count))
            nodes[to.node].deliver(Array(bytes[position..<end]), on: to.connection)
            position = end
        }
        return !bytes.isEmpty
    }

    /// Cuts all links of a node; they come back unless it is `unreachable`.
    func cut(_ node: Int) {
        for wire in wires where wire.dialer.node == node || wire.acceptor.node == node {
            for end in [wire.dialer, wire.acceptor] where nodes[end.node].isConnected(end.connection) {
                nodes[end.node].disconnect(end.connection)
            }
        }
        wires.removeAll { !nodes[$0.dialer.node].isConnected($0.dialer.connection) }
    }

    /// A line of `INFO replication`.
    func info(_ node: Int, _ name: String) -> String {
        let text = nodes[node].send("INFO", "replication")
        let line = text.split(separator: "\r\n").first { $0.hasPrefix(name + ":") }
        return line.map { String($0.dropFirst(name.utf8.count + 1)) } ?? ""
    }

    /// All keys of a node with their values and deadlines, as commands show them, in order.
    func content(_ node: Int) -> [String] {
        var lines: [String] = []
        for database in ["0", "1"] {
            _ = nodes[node].send("SELECT", database)
            for key in words(nodes[node].send("KEYS", "*")).sorted() {
                let type = nodes[node].send("TYPE", key)
                let value: String
                switch type {
                case "+hash\r\n": value = pairs(nodes[node].send("HGETALL", key))
                case "+set\r\n": value = words(nodes[node].send("SMEMBERS", key)).sorted().joined(separator: " ")
                case "+zset\r\n": value = nodes[node].send("ZRANGE", key, "0", "-1", "WITHSCORES")
                default: value = nodes[node].send("GET", key)
                }
                lines.append("\(database) \(key) \(type) \(value) \(nodes[node].send("PEXPIRETIME", key))")
            }
        }
        _ = nodes[node].send("SELECT", "0")
        return lines
    }

    /// The bulk strings of a flat array.
    func words(_ reply: String) -> [String] {
        let lines = reply.components(separatedBy: "\r\n")
        return lines.indices.filter { lines[$0].hasPrefix("$") && $0 + 1 < lines.count }.map { lines[$0 + 1] }
    }

    private func pairs(_ reply: String) -> String {
        let all = words(reply)
        return stride(from: 0, to: all.count - 1, by: 2).map { "\(all[$0])=\(all[$0 + 1])" }.sorted()
            .joined(separator: " ")
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = []
        var rest = Substring(self)
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
