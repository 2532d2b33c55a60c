import TestSupport

/// Everything that a server holds, as commands show it: comparable between servers of any make.
struct Keyspace: Equatable {
    /// `database key` → type, value in a fixed order, deadline.
    private(set) var keys: [String: String] = [:]

    init(_ connection: HiredisConnection, databases: Int = 3) throws {
        for database in 0..<databases {
            _ = try connection.command("SELECT", Bytes(database))
            for key in try connection.command("KEYS", "*").elements ?? [] {
                guard let name = key.bytes else { continue }
                let type = try connection.command("TYPE", name).text ?? ""
                let deadline = try connection.command("PEXPIRETIME", name)
                keys["\(database) \(name.text)"] = "\(type) \(try Self.value(name, type, connection)) \(deadline)"
            }
        }
        _ = try connection.command("SELECT", "0")
    }

    private static func value(_ key: Bytes, _ type: String, _ connection: HiredisConnection) throws -> String {
        let reply: Reply
        switch type {
        case "hash": reply = try connection.command("HGETALL", key)
        case "set": reply = try connection.command("SMEMBERS", key)
        case "zset": return "\(try connection.command("ZRANGE", key, "0", "-1", "WITHSCORES"))"
        default:
            let value = try connection.command("GET", key)
            // Between servers, more is said of a token that was replaced than to clients: what it leads to comes first.
            guard key.text.hasSuffix(":rotated"), let text = value.text else { return "\(value)" }
            return String(text.prefix { $0 != " " })
        }
        let elements = (reply.elements ?? []).map { "\($0)" }
        guard type == "hash" else { return elements.sorted().joined(separator: " ") }
        let pairs = stride(from: 0, to: elements.count - 1, by: 2).map { "\(elements[$0])=\(elements[$0 + 1])" }
        // Which handle came before is said between servers only; a touch is told by the deadline alone.
        return pairs.filter { !$0.contains("@previous") && !$0.contains("@seen") }.sorted().joined(separator: " ")
    }

    /// What differs between two servers, a line for each key; empty if nothing does.
    static func differences(_ left: HiredisConnection, _ right: HiredisConnection) throws -> [String] {
        let other = try Keyspace(right)
        return try Keyspace(left).differences(from: other)
    }

    /// What differs, a line for each key; empty if nothing does.
    func differences(from other: Keyspace) -> [String] {
        Set(keys.keys).union(other.keys.keys).sorted().compactMap { key in
            keys[key] == other.keys[key] ? nil : "\(key): \(keys[key] ?? "missing") | \(other.keys[key] ?? "missing")"
        }
    }
}

extension HiredisConnection {
    /// A line of `INFO replication`; empty if it is not there.
    func replication(_ name: String) throws -> String {
        let text = try command("INFO", "replication").text ?? ""
        let line = text.split(separator: "\r\n").first { $0.hasPrefix(name + ":") }
        return line.map { String($0.dropFirst(name.utf8.count + 1)) } ?? ""
    }

    /// Waits until a replica has its primary's data and everything that the primary has said so far.
    func awaitReplica(of primary: HiredisConnection, within seconds: Double = 20) throws -> Bool {
        try eventually(within: seconds) {
            guard try replication("master_link_status") == "up" else { return false }
            return try replication("slave_repl_offset") == primary.replication("master_repl_offset")
        }
    }
}

extension ServerProcess {
    var port: Int {
        guard case .tcp(let port) = address else { preconditionFailure("replication is over TCP here") }
        return port
    }

    func connect() throws -> HiredisConnection { try HiredisConnection(address) }
}
