import Testing

@testable import SessionCore

/// Plain keys under `session-prefixes`: once deleted, a late write does not bring them back.
struct StickyKeyTests {
    private static func node(tombstone: Int64 = 60_000, defaultTTL: Int64 = 0) -> NodeDialogue {
        var configuration = Configuration()
        configuration.sessionPrefixes = ["sess:", "PHPREDIS_SESSION:"]
        configuration.keyTombstone = tombstone
        configuration.sessionDefaultTTL = defaultTTL
        return NodeDialogue(configuration)
    }

    /// A node on which `sess:a` has been deleted.
    private static func nodeAfterLogout() -> NodeDialogue {
        let node = node()
        node.expect([("SET sess:a v EX 100", "+OK"), ("DEL sess:a", ":1")])
        return node
    }

    private func zombies(_ node: NodeDialogue) -> Int64 { node.inspect { $0.execution.store.statistics.zombieWrites } }

    @Test func offByDefault() {
        let node = NodeDialogue()
        node.expect([
            ("SET sess:a v", "+OK"), ("DEL sess:a", ":1"), ("SET sess:a v", "+OK"), ("GET sess:a", "$1\r\nv"),
            ("TTL sess:a", ":-1"),
        ])
        #expect(node.inspect { $0.execution.store.keyTombstoneCount } == 0)
    }

    /// Writes without a condition are answered as if they had stored something.
    @Test(arguments: [
        ("SET sess:a v", "+OK"), ("SET sess:a v EX 100", "+OK"), ("SET sess:a v KEEPTTL", "+OK"),
        ("SET sess:a v GET", "$-1"), ("SET sess:a v PXAT 1", "+OK"), ("SETEX sess:a 100 v", "+OK"),
        ("PSETEX sess:a 100 v", "+OK"), ("GETSET sess:a v", "$-1"), ("MSET sess:a v", "+OK"),
        ("APPEND sess:a abc", ":3"), ("SETRANGE sess:a 2 x", ":3"), ("INCR sess:a", ":1"), ("DECRBY sess:a 3", ":-3"),
        ("INCRBYFLOAT sess:a 1.5", "$3\r\n1.5"), ("HSET sess:a f 1 g 2 f 3", ":2"), ("HMSET sess:a f 1", "+OK"),
        ("HINCRBY sess:a f 2", ":2"), ("HINCRBYFLOAT sess:a f 0.5", "$3\r\n0.5"),
    ])
    func lateWritesStoreNothing(command: String, reply: String) {
        let node = Self.nodeAfterLogout()
        let before = node.inspect { $0.execution.store.heap.usedBytes }
        node.expect([(command, reply), ("EXISTS sess:a", ":0")])
        #expect(zombies(node) == 1)
        #expect(node.inspect { $0.execution.store.heap.usedBytes } == before)
        #expect(node.inspect { $0.execution.store.databases[0].expiring } == 0)
    }

    /// Errors are those of a key that does not exist.
    @Test func refusedWritesAreNoZombies() {
        let node = Self.nodeAfterLogout()
        node.expect([
            ("SET sess:a v XX", "$-1"), ("SET sess:a v EX 0", "-ERR invalid expire time in 'set' command"),
            ("SET sess:a v EX nx", "-ERR value is not an integer or out of range"),
            ("INCRBYFLOAT sess:a x", "-ERR value is not a valid float"), ("EXPIRE sess:a 100", ":0"),
            ("PERSIST sess:a", ":0"), ("RENAME sess:a sess:b", "-ERR no such key"), ("EXISTS sess:a", ":0"),
        ])
        #expect(zombies(node) == 0)
    }

    @Test func nothingShowsAMark() {
        let node = Self.nodeAfterLogout()
        node.expect([
            ("GET sess:a", "$-1"), ("TYPE sess:a", "+none"), ("TTL sess:a", ":-2"), ("DBSIZE", ":0"), ("KEYS *", "*0"),
            ("SCAN 0", "*2\r\n$1\r\n0\r\n*0"), ("RANDOMKEY", "$-1"), ("HGETALL sess:a", "*0"),
            ("OBJECT ENCODING sess:a", "$-1"), ("MEMORY USAGE sess:a", "$-1"), ("DEL sess:a", ":0"),
        ])
        #expect(!node.send("INFO", "keyspace").contains("db0"))
        let sessions = node.send("INFO", "sessions")
        #expect(sessions.contains("\r\nkey_tombstones:1\r\n") && sessions.contains("\r\nzombie_writes:0\r\n"))
    }

    /// Whoever sets a condition means to begin anew, and then writes as ever.
    @Test(arguments: [
        ("SET sess:a v NX", "+OK"), ("SET sess:a v EX 100 nx", "+OK"), ("SETNX sess:a v", ":1"),
        ("MSETNX sess:a v", ":1"), ("HSETNX sess:a f v", ":1"),
    ])
    func conditionalWritesBringAKeyBack(command: String, reply: String) {
        let node = Self.nodeAfterLogout()
        node.expect([(command, reply), ("EXISTS sess:a", ":1"), ("SET sess:a w", "+OK"), ("GET sess:a", "$1\r\nw")])
        #expect(node.inspect { $0.execution.store.keyTombstoneCount } == 0)
        #expect(zombies(node) == 0)
    }

    /// The time begins anew with every deletion, and ends exactly.
    @Test func marksEnd() {
        let node = Self.nodeAfterLogout()
        node.advance(milliseconds: 30_000)
        node.expect([("DEL sess:a", ":0")])
        node.advance(milliseconds: 59_999)
        node.expect([("SET sess:a v", "+OK"), ("EXISTS sess:a", ":0")])
        node.skip(milliseconds: 1)
        node.expect([("SET sess:a v", "+OK"), ("EXISTS sess:a", ":1")])
        node.advance(milliseconds: 0)
        #expect(node.inspect { $0.execution.store.keyTombstoneCount } == 0)
        #expect(node.inspect { $0.execution.store.absentKeyTombstones } == 0)
    }

    @Test(arguments: [
        ("DEL sess:a", true), ("UNLINK other sess:a", true), ("GETDEL sess:a", true), ("EXPIRE sess:a 0", true),
        ("PEXPIREAT sess:a 1", true), ("GETEX sess:a EXAT 1", true), ("RENAME sess:a sess:b", true),
        ("MOVE sess:a 1", false), ("SET sess:a v PX 1", false),
    ])
    func whatMarks(command: String, marks: Bool) {
        let node = Self.node()
        node.expect([("SET sess:a v", "+OK")])
        #expect(!node.send(command.split(separator: " ").map(String.init)).hasPrefix("-"))
        node.advance(milliseconds: 1)
        node.expect([("SET sess:a v", "+OK"), ("EXISTS sess:a", marks ? ":0" : ":1")])
    }

    /// The id of a session changes: the new one lives even if it was dead, the old one is dead.
    @Test func renaming() {
        let node = Self.nodeAfterLogout()
        node.expect([
            ("HSET sess:b f v", ":1"), ("RENAME sess:b sess:a", "+OK"), ("HSET sess:a f w", ":0"),
            ("HSET sess:b f late", ":1"), ("EXISTS sess:b", ":0"), ("HGET sess:a f", "$1\r\nw"), ("DBSIZE", ":1"),
        ])
    }

    @Test func copiesAndMovesLive() {
        let node = Self.nodeAfterLogout()
        node.expect([
            ("SET x v", "+OK"), ("COPY x sess:a", ":1"), ("SET sess:a w", "+OK"), ("GET sess:a", "$1\r\nw"),
            ("DEL sess:a", ":1"), ("SELECT 1", "+OK"), ("SET sess:a there", "+OK"), ("MOVE sess:a 0", ":1"),
            ("SELECT 0", "+OK"), ("APPEND sess:a !", ":6"),
        ])
    }

    @Test func otherKeysAndDatabasesAreLeftAlone() {
        let node = Self.nodeAfterLogout()
        node.expect([
            ("SET user:a v", "+OK"), ("DEL user:a", ":1"), ("SET user:a v", "+OK"), ("EXISTS user:a", ":1"),
            ("SET sess: v", "+OK"), ("DEL sess:", ":1"), ("SET sess: v", "+OK"), ("EXISTS sess:", ":0"),
            ("SET ses v", "+OK"), ("DEL ses", ":1"), ("SET ses v", "+OK"), ("EXISTS ses", ":1"),
            ("MSET user:a 1 sess:a 2 user:b 3 sess:a 4", "+OK"), ("EXISTS user:a user:b sess:a", ":2"),
            ("SELECT 1", "+OK"), ("SET sess:a v", "+OK"), ("EXISTS sess:a", ":1"),
        ])
        #expect(zombies(node) == 2)
    }

    /// Flushing forgets; exchanging databases takes the marks along.
    @Test func flushing() {
        for flush in ["FLUSHALL", "FLUSHDB"] {
            let node = Self.nodeAfterLogout()
            node.expect([("DEL sess:never", ":0"), ("SELECT 2", "+OK"), ("SET k v", "+OK"), ("SELECT 0", "+OK")])
            node.expect([(flush, "+OK"), ("SET sess:a v", "+OK"), ("EXISTS sess:a", ":1")])
            #expect(node.inspect { $0.execution.store.keyTombstoneCount + $0.execution.store.absentKeyTombstones } == 0)
        }
        let node = Self.nodeAfterLogout()
        node.expect([("SELECT 1", "+OK"), ("FLUSHDB", "+OK"), ("SWAPDB 0 1", "+OK"), ("SET sess:a v", "+OK")])
        node.expect([("EXISTS sess:a", ":0"), ("SELECT 0", "+OK"), ("SET sess:a v", "+OK"), ("EXISTS sess:a", ":1")])
    }

    /// A logout may come before the session was ever written. Names that never were take bounded memory.
    @Test func keysThatDidNotExist() {
        let node = Self.node()
        node.expect([("DEL sess:a", ":0"), ("SET sess:a v EX 100", "+OK"), ("EXISTS sess:a", ":0")])
        for start in stride(from: 0, to: Limits.absentKeyTombstones, by: 4096) {
            #expect(node.send(["DEL"] + (start..<(start + 4096)).map { "sess:\($0)" }) == ":0\r\n")
        }
        #expect(node.inspect { $0.execution.store.keyTombstoneCount } == Limits.absentKeyTombstones)
        node.expect([("DEL sess:more", ":0"), ("SET sess:more v", "+OK"), ("EXISTS sess:more", ":1")])
        node.expect([("DEL sess:more", ":1"), ("SET sess:more v", "+OK"), ("EXISTS sess:more", ":0")])
        node.advance(milliseconds: 60_000)
        #expect(node.inspect { $0.execution.store.keyTombstoneCount + $0.execution.store.absentKeyTombstones } == 0)
        node.expect([("DEL sess:more", ":0"), ("SET sess:more v", "+OK"), ("EXISTS sess:more", ":0")])
    }

    @Test func marksAreNeverEvicted() {
        let node = Self.nodeAfterLogout()
        for policy in ["allkeys-lru", "volatile-ttl"] {
            node.expect([("CONFIG SET maxmemory-policy \(policy) maxmemory 100000", "+OK")])
            for index in 0..<50 { _ = node.send("SET", "k\(index)", String(repeating: "x", count: 10_000), "EX", "50") }
            node.expect([("SET sess:a v", "+OK"), ("EXISTS sess:a", ":0")])
        }
        #expect(node.inspect { $0.execution.store.statistics.evicted } > 0)
    }

    /// The event names no key: what stands behind the prefix may be a token.
    @Test func zombiesArePublished() {
        let node = Self.nodeAfterLogout()
        _ = node.send("PSUBSCRIBE", "__session__:*", on: 1)
        node.expect([("SET sess:a v", "+OK")])
        let handle = "ca978112ca1bbdcafac231b39a23dc4d"  // The first 16 bytes of SHA-256("a").
        let payload = #"{"event":"zombie","handle":"\#(handle)","user":null,"at":\#(NodeDialogue.start)}"#
        #expect(node.read(on: 1) == bulks("pmessage", "__session__:*", "__session__:zombie", payload))
    }

    /// Keyspace notifications tell what has happened, and nothing has.
    @Test func nothingIsAnnounced() {
        let node = Self.nodeAfterLogout()
        node.announce()
        node.expectEvents([
            ("SET sess:a v EX 100", []), ("HSET sess:a f v", []), ("GETSET sess:a v", ["keymiss sess:a"]),
            ("MSET k v sess:a v l v", ["new k", "set k", "new l", "set l"]), ("DEL sess:a", []),
            ("SET sess:a v NX", ["new sess:a", "set sess:a"]), ("DEL sess:a", ["del sess:a"]),
        ])
        node.skip(milliseconds: 60_000)
        node.advance(milliseconds: 0)
        #expect(node.events() == [])
    }

    @Test func deadlinesForThoseWhoForget() {
        let node = Self.node(defaultTTL: 5000)
        node.announce("KEA")
        node.expectEvents([
            ("SET sess:a v", ["set sess:a", "expire sess:a"]), ("HSET sess:h f v", ["hset sess:h", "expire sess:h"]),
            ("SETNX sess:n v", ["set sess:n", "expire sess:n"]),
            ("SET sess:b v EX 100", ["set sess:b", "expire sess:b"]), ("SET user:a v", ["set user:a"]),
            ("PERSIST sess:a", ["persist sess:a"]), ("APPEND sess:a w", ["append sess:a"]),
            ("MSET sess:c 1 k 2", ["set sess:c", "set k", "expire sess:c"]),
        ])
        node.expect([
            ("TTL sess:h", ":5"), ("TTL sess:n", ":5"), ("TTL sess:b", ":100"), ("TTL user:a", ":-1"), ("TTL k", ":-1"),
            ("TTL sess:c", ":5"), ("TTL sess:a", ":-1"), ("SET sess:a v", "+OK"), ("TTL sess:a", ":5"),
        ])
        node.advance(milliseconds: 1000)
        node.expect([
            ("HSET sess:h g v", ":1"), ("TTL sess:h", ":4"), ("SET sess:h v KEEPTTL", "+OK"), ("TTL sess:h", ":4"),
        ])
    }

    @Test func directives() {
        let node = NodeDialogue()
        node.expect("CONFIG", "SET", "session-prefixes", " sess:  laravel_session: ", gives: "+OK\r\n")
        node.expect("CONFIG", "GET", "session-prefixes", gives: bulks("session-prefixes", "sess: laravel_session:"))
        node.expect([("DEL laravel_session:a", ":0"), ("SET laravel_session:a v", "+OK"), ("DBSIZE", ":0")])
        node.expect("CONFIG", "SET", "session-prefixes", "", gives: "+OK\r\n")
        node.expect([("SET laravel_session:a v", "+OK"), ("DBSIZE", ":1")])
        node.expect("CONFIG", "GET", "session-tombstone", gives: bulks("session-tombstone", "60000"))
        let many = (0...Limits.sessionPrefixes).map { "p\($0)" }.joined(separator: " ")
        #expect(node.send("CONFIG", "SET", "session-prefixes", many).contains("at most 16 prefixes"))
        let long = String(repeating: "p", count: Limits.sessionPrefix + 1)
        #expect(node.send("CONFIG", "SET", "session-prefixes", long).contains("longer than 255 bytes"))
        node.expect("CONFIG", "SET", "session-prefixes", String(long.dropLast()), gives: "+OK\r\n")
    }

    /// As a configuration file has it: several prefixes in one pair of quotation marks.
    @Test func quotedInAFile() throws {
        var configuration = Configuration()
        try configuration.apply("session-prefixes", ["sess: laravel_session: PHPREDIS_SESSION:"])
        #expect(configuration.sessionPrefixes == ["sess:", "laravel_session:", "PHPREDIS_SESSION:"])
    }
}
