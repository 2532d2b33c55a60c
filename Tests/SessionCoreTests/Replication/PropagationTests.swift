import ScriptTexts
import Testing

@testable import SessionCore

/// What each command on plain keys tells replicas.
@Suite struct PropagationTests {
    private let node = NodeDialogue.propagating()
    /// The time is this, in Unix milliseconds.
    private let now = NodeDialogue.start

    @Test func nothingUnlessAsked() {
        let node = NodeDialogue()
        node.expect([("SET a 1", "+OK"), ("PUBLISH c m", ":0")])
        #expect(node.propagatedBytes().isEmpty)
        node.modify { $0.execution.startPropagation() }
        node.expectEffects([("SET a 2", "SELECT 0; SET a 2")])
        _ = node.send("SET", "a", "3")
        node.modify { $0.execution.stopPropagation() }
        node.expect([("SET a 4", "+OK")])
        #expect(node.propagatedBytes().isEmpty)
        node.modify { $0.execution.startPropagation() }
        node.expectEffects([("SET a 5", "SELECT 0; SET a 5")])
    }

    @Test func databasesAreSelectedWhenTheyChange() {
        node.expectEffects([
            ("SET a 1", "SELECT 0; SET a 1"), ("SET a 2", "SET a 2"), ("SELECT 3", ""), ("GET a", ""),
            ("SET a 1", "SELECT 3; SET a 1"), ("MOVE a 4", "MULTI; DEL a; SELECT 4; SET a 1; EXEC"),
            ("SET a 1", "SELECT 3; SET a 1"), ("COPY a b DB 5", "SELECT 5; SET b 1"), ("SELECT 5", ""),
            ("DEL b", "DEL b"), ("FLUSHDB", "FLUSHDB"), ("SWAPDB 3 5", "SWAPDB 3 5"),
            ("FLUSHALL ASYNC", "FLUSHALL ASYNC"),
        ])
    }

    @Test func strings() {
        node.expectEffects([
            ("set a 1", "SELECT 0; set a 1"), ("SET a 2 EX 10", "SET a 2 PXAT \(now + 10_000)"),
            ("SET a 3 KEEPTTL", "SET a 3 PXAT \(now + 10_000)"), ("SET a 4 NX", ""), ("SET b 4 XX", ""),
            ("SET a 5 XX GET", "SET a 5"), ("SET a 6 PXAT 1", "SET a 6 PXAT 1"), ("GET a", "DEL a"),
            ("SETEX a 5 v", "SET a v PXAT \(now + 5000)"), ("PSETEX a 5 v", "SET a v PXAT \(now + 5)"),
            ("INCR a", ""), ("SETNX a v", ""), ("SETNX n 1", "SET n 1"), ("INCR n", "SET n 2"),
            ("PEXPIRE n 7", "PEXPIREAT n \(now + 7)"), ("INCRBY n 5", "SET n 7 PXAT \(now + 7)"),
            ("DECR n", "SET n 6 PXAT \(now + 7)"), ("DECRBY n 2", "SET n 4 PXAT \(now + 7)"),
            ("INCRBYFLOAT n 0.1", "SET n 4.1 PXAT \(now + 7)"), ("GETSET n x", "SET n x"),
            ("APPEND n yz", "SETRANGE n 1 yz"), ("APPEND n \"\"", ""), ("APPEND e \"\"", "SET e \"\""),
            ("APPEND e v", "SET e v"), ("SETRANGE e 2 x", "SETRANGE e 2 x"), ("SETRANGE e 2 \"\"", ""),
            ("MSET a 1 b 2", "MSET a 1 b 2"), ("MSETNX a 1 c 2", ""), ("MSETNX c 1 d 2", "MSET c 1 d 2"),
            ("GETDEL a", "DEL a"), ("GETDEL a", ""), ("GETEX b PX 9", "PEXPIREAT b \(now + 9)"),
            ("GETEX b", ""), ("GETEX b PERSIST", "PERSIST b"), ("GETEX b PERSIST", ""), ("GETEX b PXAT 1", "DEL b"),
        ])
    }

    @Test func keys() {
        node.expectEffects([
            ("MSET a 1 b 2 c 3", "SELECT 0; MSET a 1 b 2 c 3"), ("DEL x", ""), ("DEL a x", "DEL a x"),
            ("UNLINK b", "UNLINK b"), ("EXPIRE c 10", "PEXPIREAT c \(now + 10_000)"), ("EXPIRE c 5 GT", ""),
            ("PEXPIREAT c \(now + 5) LT", "PEXPIREAT c \(now + 5)"), ("PERSIST c", "PERSIST c"), ("PERSIST c", ""),
            ("EXPIREAT c 1", "DEL c"), ("EXPIRE c 1", ""),
            ("SET a 1 PX 50", "SET a 1 PXAT \(now + 50)"),
            ("RENAME a b", "MULTI; DEL a; SET b 1 PXAT \(now + 50); EXEC"), ("RENAME b b", ""),
            ("RENAMENX b c", "MULTI; DEL b; SET c 1 PXAT \(now + 50); EXEC"),
            ("COPY c d", "SET d 1 PXAT \(now + 50)"), ("COPY c d", ""), ("EXISTS c", ""), ("TOUCH c", ""),
            ("FLUSHDB", "FLUSHDB"),
            ("HSET h f 1 g 2", "HSET h f 1 g 2"), ("PEXPIRE h 50", "PEXPIREAT h \(now + 50)"),
            ("SET a 1", "SET a 1"),
            ("RENAME h a", "MULTI; DEL h; DEL a; HSET a f 1 g 2; PEXPIREAT a \(now + 50); EXEC"),
            ("COPY a b", "MULTI; DEL b; HSET b f 1 g 2; PEXPIREAT b \(now + 50); EXEC"),
        ])
    }

    @Test func hashes() {
        node.expectEffects([
            ("HSET h f 1 g 2", "SELECT 0; HSET h f 1 g 2"), ("HMSET h f 1", "HMSET h f 1"),
            ("HSETNX h f 2", ""), ("HSETNX h i 2", "HSET h i 2"), ("HINCRBY h i 3", "HSET h i 5"),
            ("HINCRBYFLOAT h i 0.5", "HSET h i 5.5"), ("HDEL h x", ""), ("HDEL h i x", "HDEL h i x"),
            ("HDEL h f g", "DEL h"), ("HGETALL h", ""), ("HINCRBY h n 1", "HSET h n 1"),
            ("PEXPIRE h 5", "PEXPIREAT h \(now + 5)"), ("HSET h f 1", "HSET h f 1"),
        ])
    }

    @Test func sets() {
        node.expectEffects([
            ("SADD s a b c", "SELECT 0; SADD s a b c"), ("SADD s a", ""), ("SREM s x", ""),
            ("SREM s a x", "SREM s a x"),
            ("SMOVE s t b", "MULTI; SREM s b; SADD t b; EXEC"), ("SMOVE s t x", ""),
            ("SADD t c", "SADD t c"), ("SMOVE s t c", "DEL s"), ("SREM t b c", "DEL t"),
            ("SADD one x", "SADD one x"), ("SMOVE one two x", "MULTI; DEL one; SADD two x; EXEC"),
            ("SPOP two", "DEL two"), ("SADD n 1", "SADD n 1"), ("SUNIONSTORE u n", "MULTI; DEL u; SADD u 1; EXEC"),
            ("SDIFFSTORE u n n", "DEL u"), ("SDIFFSTORE u n n", ""),
            ("SINTERSTORE u n", "MULTI; DEL u; SADD u 1; EXEC"),
            ("SADD n 2 3 4", "SADD n 2 3 4"),
        ])
        var left: Set<String> = ["1", "2", "3", "4"]
        for command in ["SPOP n", "SPOP n 2"] {
            _ = node.send(command.split(separator: " ").map(String.init))
            let words = node.propagatedWords()
            #expect(words.count == 1)
            let text = words[0].map { String(decoding: $0, as: UTF8.self) }
            #expect(text[0] == "SREM" && text[1] == "n")
            left.subtract(text[2...])
            let members = WireReply.all(in: Array(node.send("SMEMBERS", "n").utf8))[0].elements ?? []
            #expect(Set(members.compactMap(\.text)) == left)
        }
        node.expectEffects([("SPOP n 9", "DEL n"), ("SPOP n", "")])
    }

    @Test func sortedSets() {
        node.expectEffects([
            ("ZADD z 1 a 2 b", "SELECT 0; ZADD z 1 a 2 b"), ("ZADD z 1 a", ""),
            ("ZADD z NX 5 a 3 c", "ZADD z 1 a 3 c"), ("ZADD z XX CH 5 a 9 x", "ZADD z 5 a"),
            ("ZADD z GT 4 a", ""), ("ZADD z INCR 0.5 a", "ZADD z 5.5 a"), ("ZINCRBY z 1 a", "ZADD z 6.5 a"),
            ("ZREM z x", ""), ("ZREM z a x", "ZREM z a x"), ("ZPOPMIN z", "ZREM z b"), ("ZPOPMAX z", "DEL z"),
            ("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g", "ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g"),
            ("ZMPOP 2 y z MAX COUNT 2", "ZREM z g f"), ("ZREMRANGEBYRANK z 0 0", "ZREM z a"),
            ("ZREMRANGEBYSCORE z 2 (3", "ZREMRANGEBYSCORE z 2 (3"), ("ZREMRANGEBYSCORE z 10 20", ""),
            ("ZRANGESTORE y z 0 -1", "MULTI; DEL y; ZADD y 3 c 4 d 5 e; EXEC"),
            ("ZUNIONSTORE y 1 z WEIGHTS 2", "MULTI; DEL y; ZADD y 6 c 8 d 10 e; EXEC"),
            ("ZDIFFSTORE y 2 z z", "DEL y"), ("ZADD l 0 a 0 b 0 c", "ZADD l 0 a 0 b 0 c"),
            ("ZREMRANGEBYLEX l [a [b", "ZREM l a b"), ("ZREMRANGEBYLEX l - +", "DEL l"),
        ])
    }

    /// What had expired or had to go comes first.
    @Test func expiredKeys() {
        node.expectEffects([
            ("SET a 1 PX 10", "SELECT 0; SET a 1 PXAT \(now + 10)"), ("SET b 1 PX 10", "SET b 1 PXAT \(now + 10)"),
            ("SET c 1 PX 10", "SET c 1 PXAT \(now + 10)"), ("SET d 1 PX 10", "SET d 1 PXAT \(now + 10)"),
        ])
        node.skip(milliseconds: 10)
        node.expectEffects([
            ("GET a", "DEL a"), ("HSET b f v", "MULTI; DEL b; HSET b f v; EXEC"), ("RENAME c x", "DEL c"),
        ])
        node.advance(milliseconds: 10)
        #expect(node.propagated() == ["DEL d"])
    }

    /// What expires by itself is no transaction.
    @Test func slicesOfExpiry() {
        for index in 0..<3 { _ = node.send("SET", "k\(index)", "v", "PX", "10") }
        _ = node.propagated()
        node.advance(milliseconds: 20)
        #expect(node.propagated().sorted() == ["DEL k0", "DEL k1", "DEL k2"])
    }

    @Test func evictions() {
        var configuration = Configuration()
        configuration.maxMemory = 3_000_000
        configuration.maxMemoryPolicy = .volatileTTL
        let node = NodeDialogue.propagating(configuration)
        let value = String(repeating: "v", count: 900_000)
        node.expect([
            ("SET a \(value) EX 10", "+OK"), ("SET b \(value) EX 20", "+OK"), ("SET c \(value) EX 30", "+OK"),
        ])
        _ = node.propagated()
        _ = node.send("SET", "d", value)
        _ = node.send("SET", "e", "v")
        #expect(node.propagated().map { String($0.prefix(5)) }.sorted() == ["DEL a", "SET d", "SET e"])
    }

    @Test func transactions() {
        node.expectEffects([
            ("MULTI", ""), ("SET a 1", ""), ("GET a", ""), ("EXEC", "SELECT 0; SET a 1"),
            ("MULTI", ""), ("SET a 2", ""), ("SELECT 1", ""), ("INCR a", ""), ("PUBLISH c m", ""),
            ("EXEC", "MULTI; SET a 2; SELECT 1; SET a 1; PUBLISH c m; EXEC"),
            ("MULTI", ""), ("GET a", ""), ("EXEC", ""), ("MULTI", ""), ("SET a 3", ""), ("DISCARD", ""),
            ("WATCH a", ""), ("SET a 9", "SET a 9"), ("MULTI", ""), ("SET a 4", ""), ("EXEC", ""),
        ])
        node.expectEffects([
            ("SET e 1 PX 10", "SET e 1 PXAT \(now + 10)"), ("WATCH e", ""), ("MULTI", ""), ("SET a 4", ""),
        ])
        node.skip(milliseconds: 10)
        node.expectEffects([("EXEC", "DEL e")])
    }

    @Test func scripts() throws {
        let release = try #require(KnownScriptText.all.first { $0.name == "phpredis: session lock" }).text
        node.expectEffects([("SET lock me", "SELECT 0; SET lock me")])
        _ = node.send("EVAL", release, "1", "lock", "you")
        #expect(node.propagated() == [])
        _ = node.send("EVAL", release, "1", "lock", "me")
        #expect(node.propagated() == ["del lock"])
    }

    @Test func messages() {
        node.expectEffects([("PUBLISH c m", "SELECT 0; PUBLISH c m"), ("SUBSCRIBE c", "")])
    }

    /// A request that is not in the form in which it is sent on is encoded anew.
    @Test func inlineRequests() {
        _ = node.sendRaw("SET \"a b\" 1\r\n")
        #expect(node.propagatedBytes() == Array((bulks("SELECT", "0") + bulks("SET", "a b", "1")).utf8))
    }

    /// Requests that arrive in pieces, or many at a time, are sent on whole.
    @Test func piecesAndPipelines() {
        let request = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$2\r\nvw\r\n"
        for end in 1..<request.utf8.count {
            _ = node.sendRaw(String(request.prefix(end)))
            _ = node.sendRaw(String(request.dropFirst(end)) + request)
            let told = node.propagated().filter { $0 != "SELECT 0" }
            #expect(told == ["SET a vw", "SET a vw"])
        }
    }

    @Test func largeValuesAreSentInPortions() {
        var words = ["HSET", "h"]
        for index in 0..<1000 { words += ["field\(index)", String(repeating: "v", count: 100)] }
        _ = node.send(words)
        _ = node.propagated()
        _ = node.send("COPY", "h", "i")
        let told = node.propagatedWords()
        #expect(told.first == [Array("MULTI".utf8)] && told.last == [Array("EXEC".utf8)])
        let portions = told.dropFirst(2).dropLast()
        #expect(portions.allSatisfy { $0.count <= 2 + Limits.effectWords && $0.count % 2 == 0 })
        #expect(portions.reduce(0) { $0 + $1.count / 2 - 1 } == 1000)
    }

    /// While effects may be executed again on newer data, those that add elements say the deadline too.
    @Test func deadlinesAreRepeated() {
        let node = NodeDialogue.propagating(mayRepeat: true)
        node.expectEffects([
            ("SADD s a", "SELECT 0; SADD s a"), ("PEXPIRE s 5", "PEXPIREAT s \(now + 5)"),
            ("SADD s b", "MULTI; SADD s b; PEXPIREAT s \(now + 5); EXEC"), ("SREM s a", "SREM s a"),
            ("SET k v PX 5", "SET k v PXAT \(now + 5)"), ("APPEND k w", "SETRANGE k 1 w"),
        ])
    }

    /// A deletion that is to keep a key dead is told as such.
    @Test func stickyKeys() {
        var configuration = Configuration()
        configuration.sessionPrefixes = ["sess:"]
        configuration.sessionDefaultTTL = 1000
        let node = NodeDialogue.propagating(configuration)
        node.expectEffects([
            ("SET sess:a 1", "SELECT 0; SET sess:a 1 PXAT \(now + 1000)"),
            ("SET sess:a 1 EX 5", "SET sess:a 1 PXAT \(now + 5000)"), ("SET k 1", "SET k 1"),
            ("DEL k", "DEL k"), ("DEL sess:a", "UNLINK sess:a"), ("DEL sess:x", "UNLINK sess:x"),
            ("SET sess:a 2", ""), ("HSET sess:a f v", ""), ("SET sess:a 2 NX", "SET sess:a 2 PXAT \(now + 1000)"),
            ("RENAME sess:a sess:b", "MULTI; UNLINK sess:a; SET sess:b 2 PXAT \(now + 1000); EXEC"),
            ("GETDEL sess:b", "UNLINK sess:b"),
            ("MSET sess:b 1 k 2", "SET k 2"), ("APPEND sess:c v", "SET sess:c v PXAT \(now + 1000)"),
            ("HSET sess:h f v", "MULTI; DEL sess:h; HSET sess:h f v; PEXPIREAT sess:h \(now + 1000); EXEC"),
            ("HSET sess:h g w", "HSET sess:h g w"), ("EXPIRE sess:h -1", "UNLINK sess:h"),
            ("DEL sess:c k", "MULTI; UNLINK sess:c; DEL k; EXEC"),
        ])
        _ = node.send("SET", "sess:d", "1")
        _ = node.propagated()
        node.advance(milliseconds: 1001)
        #expect(node.propagated() == ["DEL sess:d"])
    }

    /// What happens among the keys of others tells nothing: those of refused and failing commands.
    @Test func failures() {
        node.expectEffects([
            ("SET a 1", "SELECT 0; SET a 1"), ("HSET a f v", ""), ("SET a", ""), ("INCRBY a x", ""), ("ZADD a 1 m", ""),
            ("SET __sess__:x v", ""), ("EXPIRE missing 5", ""), ("RENAME missing x", ""),
        ])
    }
}
