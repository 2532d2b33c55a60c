import Testing

@testable import SessionCore

/// Sessions, tombstones and predecessors as the keys under which ordinary commands see them.
struct SessionKeyTests {
    private static let token = "a-token-of-24-characters"
    /// The first 16 bytes of SHA-256(token).
    private static let handle = "84b9b41d13c3c260a67edeb62da19a57"
    private static let key = "__sess__:\(handle)"

    private func withSession() -> NodeDialogue {
        let node = NodeDialogue()
        node.expect("SESSCREATE", "ID", Self.token, "IDLE", "10s", "MAX", "1h", gives: bulk(Self.token))
        return node
    }

    @Test func aSessionReadsAsAHash() {
        let node = withSession()
        let wrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value"
        node.expect([
            ("EXISTS \(Self.key) \(Self.key)", ":2"), ("TYPE \(Self.key)", "+hash"), ("PTTL \(Self.key)", ":10000"),
            ("PEXPIRETIME \(Self.key)", ":\(NodeDialogue.start + 10_000)"), ("GET \(Self.key)", wrongType),
            ("STRLEN \(Self.key)", wrongType), ("GETRANGE \(Self.key) 0 1", wrongType),
            ("MGET \(Self.key)", "*1\r\n$-1"),
            ("OBJECT ENCODING \(Self.key)", "$8\r\nlistpack"), ("OBJECT REFCOUNT \(Self.key)", ":1"),
        ])
        node.expect("KEYS", "*", gives: bulks(Self.key))
        node.expect("KEYS", "__sess__:84*", gives: bulks(Self.key))
        node.expect("KEYS", "__sess__:85*", gives: bulks())
        node.expect("RANDOMKEY", gives: bulk(Self.key))
        node.expect("SCAN", "0", "MATCH", "__sess__:*", "TYPE", "hash", gives: "*2\r\n" + bulk("0") + bulks(Self.key))
        node.expect("SCAN", "0", "TYPE", "string", gives: "*2\r\n" + bulk("0") + bulks())
    }

    @Test func otherSpellingsNameNothing() {
        let node = withSession()
        node.expect(
            "EXISTS", "__sess__:\(Self.handle.uppercased())", "\(Self.key):revoked", "\(Self.key):rotated", Self.handle,
            "__sess__:", "\(Self.key):", gives: ":0\r\n")
    }

    /// Looking at a session, and even TOUCH, does not renew it.
    @Test func readingDoesNotTouch() {
        let node = withSession()
        node.skip(milliseconds: 3000)
        node.expect([
            ("TOUCH \(Self.key)", ":1"), ("OBJECT IDLETIME \(Self.key)", ":3"), ("PTTL \(Self.key)", ":7000"),
            ("TTL \(Self.key)", ":7"),
        ])
        node.skip(milliseconds: 7000)
        node.expect([("EXISTS \(Self.key)", ":0"), ("TTL \(Self.key)", ":-2"), ("KEYS *", "*0"), ("RANDOMKEY", "$-1")])
    }

    @Test(arguments: [
        "SET K v", "SET K v XX GET", "SETEX K 10 v", "PSETEX K 10 v", "SETNX K v", "GETSET K v", "GETDEL K", "GETEX K",
        "MSET a 1 K v", "MSETNX a 1 K v", "APPEND K v", "SETRANGE K 0 v", "INCR K", "DECR K", "INCRBY K 1",
        "DECRBY K 1", "INCRBYFLOAT K 1", "DEL a K", "UNLINK K", "EXPIRE K 10", "PEXPIRE K 10", "EXPIREAT K 10",
        "PEXPIREAT K 10", "PERSIST K", "RENAME K a", "RENAME a K", "RENAMENX K a", "RENAMENX a K", "COPY K a",
        "COPY a K", "MOVE K 1",
    ])
    func writesAreRefused(command: String) {
        let node = withSession()
        node.expect([
            ("SET a v", "+OK"),
            (
                command.replacing("K", in: Self.key),
                "-ERR keys under '__sess__:' are sessions: change them with the SESS* commands"
            ),
            ("EXISTS \(Self.key)", ":1"), ("GET a", "$1\r\nv"), ("PTTL \(Self.key)", ":10000"),
        ])
    }

    @Test func aTombstoneReadsAsItsReason() {
        let node = withSession()
        let tombstone = "\(Self.key):revoked"
        node.expect([
            ("SESSREVOKE \(Self.token) REASON logout", ":1"), ("EXISTS \(Self.key)", ":0"),
            ("EXISTS \(tombstone)", ":1"), ("TYPE \(tombstone)", "+string"), ("GET \(tombstone)", "$6\r\nlogout"),
            ("STRLEN \(tombstone)", ":6"), ("GETRANGE \(tombstone) 0 2", "$3\r\nlog"),
            ("MGET \(tombstone)", "*1\r\n$6\r\nlogout"),
            ("PTTL \(tombstone)", ":3600000"), ("OBJECT ENCODING \(tombstone)", "$6\r\nembstr"),
        ])
        node.expect("KEYS", "*", gives: bulks(tombstone))
        node.expect([
            ("DEL \(tombstone)", "-ERR keys under '__sess__:' are sessions: change them with the SESS* commands"),
        ])
        node.skip(milliseconds: 3_600_000)
        node.expect("EXISTS", tombstone, gives: ":0\r\n")
    }

    @Test func aPredecessorReadsAsItsSuccessor() {
        let node = withSession()
        let predecessor = "\(Self.key):rotated"
        _ = node.send("SESSROTATE", Self.token)
        let successor = String(node.send("GET", predecessor).dropFirst(4).dropLast())
        #expect(successor.utf8.count == 32)
        let wholes: [(command: String, reply: String)] = [
            ("EXISTS __sess__:\(successor)", ":1"), ("EXISTS \(Self.key)", ":0"), ("TYPE \(predecessor)", "+string"),
            ("STRLEN \(predecessor)", ":32"), ("OBJECT ENCODING \(predecessor)", "$6\r\nembstr"),
            ("GETRANGE \(predecessor) 0 3", "$4\r\n\(successor.prefix(4))"),
            ("MGET \(predecessor)", "*1\r\n$32\r\n\(successor)"),
        ]
        node.expect(wholes)
    }

    /// A predecessor lasts as long as its session, whose later touches it does not know of.
    @Test func aPredecessorOutlivesItsFirstDeadline() {
        let node = withSession()
        let predecessor = "\(Self.key):rotated"
        let answer = node.send("SESSROTATE", Self.token)
        let newToken = String(answer.dropFirst(4).dropLast())
        node.skip(milliseconds: 6000)
        node.expect("SESSTOUCH", newToken, gives: ":10000\r\n")
        node.skip(milliseconds: 6000)
        node.expect([("STRLEN \(predecessor)", ":32"), ("PTTL \(predecessor)", ":4000")])
        node.skip(milliseconds: 4000)
        node.expect("EXISTS", predecessor, gives: ":0\r\n")
    }
}

extension String {
    /// Puts `text` in the place of every `placeholder` that stands alone as a word.
    fileprivate func replacing(_ placeholder: String, in text: String) -> String {
        split(separator: " ").map { $0 == placeholder ? text : String($0) }.joined(separator: " ")
    }
}
