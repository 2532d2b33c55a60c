import Testing

@testable import SessionCore

@Suite("Sessions in a replication stream")
struct SessionStreamTests {
    private let primary = NodeDialogue()
    private let replica = NodeDialogue()

    init() {
        replica.becomeReplica()
        replica.listen()
    }

    private func key(_ token: String) -> String { "__sess__:\(expectedHandle(token))" }

    private func tell(_ token: String) {
        #expect(replica.apply(primary.replicated(token)) == nil)
        #expect(replica.apply("PEXPIREAT", key(token), primary.reply("PEXPIRETIME", key(token)).number!.description)
            == nil)
    }

    private func expectEqual(_ token: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            replica.send("SESSGET", token) == primary.send("SESSGET", token), sourceLocation: sourceLocation)
    }

    private func skip(_ milliseconds: Int64) {
        primary.skip(milliseconds: milliseconds)
        replica.skip(milliseconds: milliseconds)
    }

    @Test("A session is created, changed, touched, and ends by its deadline")
    func life() {
        let token = primary.create("USER u DEVICE d IDLE 10s BIND b LEVEL 3 FOR 5s FIELDS 2 a 1 b 2")
        tell(token)
        expectEqual(token)
        #expect(replica.run("SESSCARD u").number == 1)
        _ = primary.send("SESSSET", token, "FIELDS", "1", "a", "2")
        tell(token)
        _ = primary.send("SESSUNSET", token, "FIELDS", "1", "b")
        #expect(replica.apply("HDEL", key(token), "b") == nil)
        tell(token)
        expectEqual(token)
        skip(3456)
        _ = primary.send("SESSTOUCH", token)
        #expect(replica.apply("PEXPIREAT", key(token), "\(primary.milliseconds + 10_000)") == nil)
        expectEqual(token)
        #expect(replica.heardNames() == ["created", "set", "set"])
        skip(10_000)
        #expect(replica.run("SESSGET \(token)") == .null)
        #expect(replica.reply("DBSIZE") == 1, "it stays until the primary says so")
        #expect(replica.apply("DEL", key(token)) == nil)
        #expect(replica.reply("DBSIZE") == 0 && replica.heardNames() == ["expired"])
    }

    @Test("A deadline that is merely rounded up leaves the last use alone; at the absolute timeout too")
    func rounded() {
        let token = primary.create("IDLE 10s MAX 30s")
        let created = primary.milliseconds
        tell(token)
        replica.apply("PEXPIREAT", key(token), "\(created + 10_999)")
        #expect(replica.number("seen", token) == created && replica.number("ttl", token) == 10_999)
        skip(5000)
        replica.apply("PEXPIREAT", key(token), "\(created + 15_500)")
        #expect(replica.number("seen", token) == created + 5000, "not after now")
        replica.apply("PEXPIREAT", key(token), "\(created + 30_000)")
        #expect(replica.number("seen", token) == created + 5000)
        replica.apply("PERSIST", key(token))
        #expect(replica.number("ttl", token) == 10_000)
    }

    @Test("A revocation sticks, whatever comes behind it")
    func revocation() {
        let token = primary.create("USER u FIELDS 1 a b")
        let older = primary.replicated(token)
        tell(token)
        let until = "\(primary.milliseconds + 50_000)"
        #expect(replica.apply("DEL", key(token)) == nil)
        #expect(replica.apply("SET", key(token) + ":revoked", "logout", "PXAT", until) == nil)
        #expect(replica.apply("PUBLISH", "c", "m") == nil)
        #expect(replica.heard().last?.contains(#""event":"revoked""#) == true)
        #expect(replica.apply(older) == nil, "dropped")
        #expect(replica.run("SESSGET \(token)") == .null)
        replica.becomeReplica(false)
        #expect(replica.run("SESSSET \(token) FIELDS 1 a b").code == "REVOKED")
        #expect(replica.reply("PEXPIRETIME", key(token) + ":revoked").number?.description == until)
        #expect(replica.apply("DEL", key(token) + ":revoked") == nil)
        #expect(replica.apply(older) == nil)
        #expect(replica.run("SESSGET \(token)") != .null)
    }

    @Test("A tombstone removes a session that is still there, and says why")
    func tombstoneAlone() {
        let token = primary.create("USER u DEVICE d MAX 100s")
        tell(token)
        #expect(replica.apply("SET", key(token) + ":revoked", "reuse") == nil)
        let text = replica.heard().last ?? ""
        #expect(text.contains(#""event":"revoked""#) && text.contains(#""reason":"reuse""#) && text.contains(#""u""#))
        #expect(
            replica.reply("PEXPIRETIME", key(token) + ":revoked").number == primary.milliseconds + 100_000,
            "until its absolute end, where nothing is said")
        #expect(replica.run("SESSCARD u").number == 0)
    }

    @Test("A rotation: the old token reads for its grace, and there is one event")
    func rotation() {
        let old = primary.create("USER u IDLE 100s FIELDS 1 a b")
        tell(old)
        let new = primary.rotate(old, "GRACE 10s LEVEL 2")
        #expect(replica.apply("DEL", key(old)) == nil)
        tell(new)
        let mark = primary.inspect { node in
            let handle = Handle(token: old.utf8Span.span.bytes)
            var text = ByteBuffer()
            guard let place = node.execution.store.find(0, handle, node.execution.store.hash(handle)) else { return "" }
            node.execution.store[place.record].predecessor.write(to: &text)
            return text.bytes.text
        }
        #expect(replica.apply("SET", key(old) + ":rotated", mark, "PXAT", "\(primary.milliseconds + 100_000)") == nil)
        expectEqual(new)
        expectEqual(old)
        #expect(replica.heardNames() == ["created", "rotated"])
        // What was said before the rotation is said again.
        #expect(replica.apply(Array(primary.replicated(new).map { $0 })) == nil)
        skip(10_000)
        replica.becomeReplica(false)
        #expect(replica.run("SESSGET \(old)").code == "REUSED")
        #expect(primary.run("SESSGET \(old)").code == "REUSED")
    }

    @Test("Effects before a rotation do not bring the old token back; another session of its name does come")
    func rotationReplayed() {
        let old = primary.create("ID a-token-of-the-caller IDLE 100s")
        let before = primary.replicated(old)
        primary.skip(milliseconds: 5)
        let new = primary.rotate(old, "GRACE 10s")
        replica.skip(milliseconds: 5)
        try! replica.load(primary.snapshot())
        replica.becomeReplica()
        #expect(replica.apply(before) == nil)
        expectEqual(old)
        #expect(replica.run("SESSGET \(old)")["rotated"] == 1)
        _ = primary.send("SESSREVOKE", new)
        primary.advance(milliseconds: 24 * 3600 * 1000)
        #expect(primary.create("ID a-token-of-the-caller") == old)
        #expect(replica.apply(primary.replicated(old)) == nil)
        #expect(replica.run("SESSGET \(old)")["rotated"] == 0)
    }

    @Test("What would be no session is refused, and changes nothing", arguments: [
        "HSET KEY @idle 0", "HSET KEY @created", "HSET KEY @created x", "HDEL KEY @created", "HDEL KEY @idle",
        "HSET KEY @user \(String(repeating: "u", count: 513))", "SET KEY text", "SADD KEY a", "HINCRBY KEY a 1",
        "RENAME KEY other", "RENAME other KEY", "MSET a 1 KEY 2", "PEXPIREAT KEY x", "PEXPIREAT KEY 5 NX",
        "SET KEY:revoked r EX 5", "SET KEY:rotated x PXAT 5", "SET KEY:rotated x", "SET KEY:other x",
        "HSET KEY:revoked a b", "APPEND KEY:revoked x", "HSET __sess__:x @created 5", "EXPIRE KEY 5",
        "HSET NEW a b", "SET KEY:revoked \(String(repeating: "r", count: 129))",
    ])
    func nonsense(command: String) {
        let token = primary.create("USER u FIELDS 1 a b")
        tell(token)
        let words = command.replacing("KEY", with: key(token)).replacing("NEW", with: "__sess__:" + String(
            repeating: "a", count: 32)).split(separator: " ").map { Array($0.utf8) }
        #expect(replica.apply(words) != nil)
        expectEqual(token)
        #expect(replica.reply("DBSIZE") == 1)
    }

    @Test("Changes by hand on a stock Redis that was promoted, as far as they make sense")
    func byHand() {
        let token = primary.create("USER u FIELDS 2 a b c d")
        tell(token)
        let deadline = replica.reply("PEXPIRETIME", key(token))
        #expect(replica.apply("HSET", key(token), "a", "x", "new", "y") == nil)
        #expect(replica.apply("HDEL", key(token), "c", "@user") == nil)
        #expect(replica.data(token) == ["a": "x", "new": "y"])
        #expect(replica.run("SESSCARD u").number == 0)
        #expect(replica.reply("PEXPIRETIME", key(token)) == deadline)
    }

    @Test("DEL of keys of all kinds")
    func deletion() {
        let (one, two) = (primary.create(), primary.create())
        tell(one)
        tell(two)
        replica.apply("SET", key(two) + ":revoked", "r")
        replica.apply("SET", "plain", "v")
        let mark = key(two) + ":revoked"
        #expect(replica.apply("DEL", "plain", key(one), "missing", key(two), "__sess__:x", mark) == nil)
        #expect(replica.reply("DBSIZE") == 0)
    }

    @Test("Random requests on session keys never do harm", arguments: 0..<6 as Range<UInt64>)
    func randomRequests(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let tokens = (0..<4).map { _ in primary.create("USER u IDLE 100s FIELDS 1 a b") }
        for _ in 0..<3000 {
            let token = tokens[random.below(4)]
            let other = expectedHandle(tokens[random.below(4)])
            let time = "\(primary.milliseconds + Int64(random.below(100_000)) - 50_000)"
            switch random.below(9) {
            case 0: replica.apply(primary.replicated(token))
            case 1: replica.apply("DEL", key(token))
            case 2: replica.apply("SET", key(token) + ":revoked", "r", "PXAT", time)
            case 3:
                let value = "\(other) \(time) \(primary.milliseconds)"
                replica.apply("SET", key(token) + ":rotated", value, "PXAT", time)
            case 4: replica.apply("PEXPIREAT", key(token) + ["", ":revoked", ":rotated"][random.below(3)], time)
            case 5: replica.apply("DEL", key(token) + [":revoked", ":rotated"][random.below(2)])
            case 6: replica.apply("HSET", key(token), "@user", "v\(random.below(3))", "f\(random.below(5))", time)
            case 7: replica.apply("HDEL", key(token), "f\(random.below(5))", "@device")
            default: replica.apply("PERSIST", key(token))
            }
            if random.below(10) == 0 { _ = replica.send("SESSGET", token) }
            if random.below(50) == 0 { _ = replica.send("SESSLIST", "u") }
            if random.below(100) == 0 { replica.advance(milliseconds: 100) }
        }
        #expect((try? NodeDialogue().load(replica.snapshot())) != nil)
        replica.becomeReplica(false)
        replica.advance(milliseconds: 1_000_000_000)
        #expect(replica.reply("DBSIZE") == 0)
    }
}

@Suite("Plain keys in a replication stream")
struct PlainStreamTests {
    @Test("Requests are executed without a reply, and only those that a primary sends")
    func execution() {
        let replica = NodeDialogue()
        replica.becomeReplica()
        #expect(replica.apply("SET", "k", "v") == nil)
        #expect(replica.apply("SELECT", "2") == nil)
        #expect(replica.apply("SADD", "s", "a") == nil)
        #expect(replica.apply("ZADD", "s", "1", "a")?.hasPrefix("WRONGTYPE") == true)
        #expect(replica.apply("SELECT", "0") == nil)
        for command in [
            "GET k", "SUBSCRIBE c", "SHUTDOWN", "SESSCREATE", "EVAL x 0", "CONFIG SET maxmemory 1", "NOTHING",
        ] {
            #expect(replica.apply(command.split(separator: " ").map { Array($0.utf8) }) != nil, "\(command)")
        }
        #expect(replica.apply("SET", "k") == "ERR wrong number of arguments for 'set' command")
        #expect(replica.apply("SET", String(repeating: "k", count: 65_536), "v") != nil)
        #expect(replica.read() == "")
        #expect(replica.reply("GET", "k") == "v")
    }

    @Test("A key that is due is served to nobody, kept, and alive for the stream")
    func due() {
        let replica = NodeDialogue()
        replica.becomeReplica()
        replica.apply("SET", "k", "1", "PXAT", "\(NodeDialogue.start + 100)")
        replica.apply("SADD", "s", "a")
        replica.apply("PEXPIREAT", "s", "\(NodeDialogue.start + 100)")
        replica.advance(milliseconds: 100)
        replica.expect([
            ("GET k", "$-1"), ("EXISTS k", ":0"), ("TYPE s", "+none"), ("TTL k", ":-2"), ("KEYS *", "*0"),
            ("SCAN 0", "*2\r\n$1\r\n0\r\n*0"), ("DBSIZE", ":2"), ("SMEMBERS s", "*0"),
        ])
        #expect(replica.reply("RANDOMKEY") != .null, "as Redis, where all keys expire")
        #expect(replica.apply("INCR", "k") == nil)
        #expect(replica.apply("PEXPIREAT", "k", "\(NodeDialogue.start + 50)") == nil, "not removed by a deadline")
        #expect(replica.apply("PEXPIREAT", "k", "\(NodeDialogue.start + 1000)") == nil)
        #expect(replica.reply("GET", "k") == "2")
        #expect(replica.apply("DEL", "s") == nil)
        #expect(replica.reply("DBSIZE") == 1)
        // Promoted: it expires by itself from now on.
        replica.becomeReplica(false)
        replica.advance(milliseconds: 1000)
        #expect(replica.reply("DBSIZE") == 0)
    }

    @Test("Predecessors of a session that is over lead nowhere, and stay")
    func duePredecessor() {
        let replica = NodeDialogue()
        let old = replica.create("IDLE 1000")
        let new = replica.rotate(old, "GRACE 10s")
        replica.becomeReplica()
        #expect(replica.run("SESSGET \(old)")["rotated"] == 1)
        replica.advance(milliseconds: 1000)
        #expect(replica.run("SESSGET \(old)") == .null && replica.run("SESSGET \(new)") == .null)
        #expect(replica.reply("EXISTS", "__sess__:\(expectedHandle(old)):rotated") == 0)
        #expect(replica.reply("DBSIZE") == 2)
    }

    @Test("UNLINK under session-prefixes keeps a key dead, DEL does not, and what the primary writes lives")
    func sticky() {
        let replica = NodeDialogue()
        _ = replica.send("CONFIG", "SET", "session-prefixes", "sess:")
        replica.becomeReplica()
        let tombstones = { replica.inspect { $0.execution.store.keyTombstoneCount } }
        replica.apply("SET", "sess:a", "1")
        replica.apply("SET", "sess:b", "1")
        replica.apply("DEL", "sess:a")
        #expect(tombstones() == 0)
        replica.apply("UNLINK", "sess:b", "other")
        #expect(tombstones() == 1)
        replica.apply("UNLINK", "sess:c")
        replica.apply("HSET", "sess:c", "f", "v")
        #expect(tombstones() == 1 && replica.reply("HGET", "sess:c", "f") == "v")
        replica.becomeReplica(false)
        replica.expect("SET", "sess:b", "late", gives: "+OK\r\n")
        #expect(replica.reply("GET", "sess:b") == .null)
        replica.becomeReplica()
        replica.skip(milliseconds: 60_000)
        for _ in 0..<16 { replica.advance(milliseconds: 1) }
        #expect(tombstones() == 0, "they end on a replica too")
    }
}
