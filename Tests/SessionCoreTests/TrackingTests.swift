import ScriptTexts
import Testing

@testable import SessionCore

/// Client-side caching: who is told that what it has read is no longer valid, when, and in which form.
struct TrackingTests {
    /// Connection 1 speaks RESP3 and tracks.
    private static func node(
        _ options: String = "", _ configuration: Configuration = Configuration()
    ) -> NodeDialogue {
        let node = NodeDialogue(configuration)
        _ = node.send("HELLO", "3", on: 1)
        track(node, options)
        return node
    }

    private static func track(_ node: NodeDialogue, _ options: String = "", on connection: UInt32 = 1) {
        let words = "CLIENT TRACKING ON \(options)".split(separator: " ").map(String.init)
        #expect(node.send(words, on: connection) == "+OK\r\n")
    }

    private static func invalid(_ keys: String...) -> String {
        ">2\r\n" + bulk("invalidate") + "*\(keys.count)\r\n" + keys.map(bulk).joined()
    }

    private static let allInvalid = ">2\r\n" + bulk("invalidate") + "_\r\n"

    @discardableResult
    private func run(_ node: NodeDialogue, _ command: String, on connection: UInt32 = 0) -> String {
        node.send(command.split(separator: " ").map(String.init), on: connection)
    }

    @Test func whoReadIsToldOnce() {
        let node = Self.node()
        run(node, "GET k", on: 1)
        run(node, "SET k v")
        #expect(node.read(on: 1) == Self.invalid("k"))
        run(node, "SET k w")
        #expect(node.read(on: 1) == "")
        run(node, "MGET k l", on: 1)
        run(node, "MSET l 1 other 2 k 3")
        #expect(node.read(on: 1) == Self.invalid("l") + Self.invalid("k"))
    }

    @Test(arguments: [
        "GET k", "MGET a k", "STRLEN k", "GETRANGE k 0 1", "EXISTS a k", "TTL k", "TYPE k", "TOUCH k",
        "OBJECT ENCODING k", "MEMORY USAGE k", "SMEMBERS k", "SINTERCARD 2 a k", "SINTER a k", "HGET k f",
    ])
    func readsAreTracked(command: String) {
        let node = Self.node()
        run(node, command, on: 1)
        run(node, "DEL k")
        #expect(node.read(on: 1) == "", "nothing was deleted")
        run(node, "SET k v")
        #expect(node.read(on: 1) == Self.invalid("k"))
    }

    @Test(arguments: [
        "SET k v", "GETEX k", "GETDEL k", "SCAN 0", "KEYS *", "DBSIZE", "GET", "GET k l", "SINTERCARD 9 k",
    ])
    func othersAreNot(command: String) {
        let node = Self.node()
        run(node, command, on: 1)
        #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } == 0)
    }

    /// Every change counts once, whatever it is; a rename concerns two keys.
    @Test(arguments: [
        ("APPEND k v", ["k"]), ("EXPIRE k 100", ["k"]), ("PERSIST k", []), ("DEL k", ["k"]), ("SET k v EX 9", ["k"]),
        ("RENAME k l", ["k", "l"]), ("COPY k l", ["l"]), ("MOVE k 1", ["k"]), ("GETEX k PERSIST", []),
        ("SET k v XX GET", ["k"]), ("SETNX k v", []), ("HSET l f v", ["l"]), ("INCRBYFLOAT l 1", ["l"]),
    ])
    func changes(command: String, invalid: [String]) {
        let node = Self.node()
        run(node, "SET k v")
        run(node, "MGET k l", on: 1)
        run(node, command)
        let expected = invalid.map { Self.invalid($0) }.joined()
        #expect(node.read(on: 1) == expected)
    }

    @Test func expiry() {
        let node = Self.node()
        run(node, "SET k v PX 100")
        run(node, "GET k", on: 1)
        node.advance(milliseconds: 99)
        #expect(node.read(on: 1) == "")
        node.advance(milliseconds: 1)
        #expect(node.read(on: 1) == Self.invalid("k"))
    }

    /// What gave way is told before the command that needed the room is answered.
    @Test func eviction() {
        var configuration = Configuration()
        configuration.maxMemoryPolicy = .allKeysLRU
        let node = Self.node("", configuration)
        _ = node.send("SET", "first", String(repeating: "x", count: 100_000))
        run(node, "GET first", on: 1)
        run(node, "CONFIG SET maxmemory 50000")
        #expect(run(node, "SET k v", on: 1) == Self.invalid("first") + "+OK\r\n")
    }

    /// One's own changes are told after the reply, and after all replies of a transaction.
    @Test func ownChanges() {
        let node = Self.node()
        run(node, "GET k", on: 1)
        #expect(run(node, "SET k v", on: 1) == "+OK\r\n" + Self.invalid("k"))
        run(node, "MGET k l", on: 1)
        let replies = node.sendRaw("SET l 1\r\nSET k 2\r\n", on: 1)
        #expect(replies == "+OK\r\n" + Self.invalid("l") + "+OK\r\n" + Self.invalid("k"))
        run(node, "MGET k l", on: 1)
        let queued = "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"
        let array = "*3\r\n+OK\r\n" + bulk("3") + "+OK\r\n"
        #expect(
            node.sendRaw("MULTI\r\nSET k 3\r\nGET k\r\nSET l 4\r\nEXEC\r\n", on: 1)
                == queued + array + Self.invalid("k") + Self.invalid("l"))
        run(node, "SET k 5")
        #expect(node.read(on: 1) == Self.invalid("k"), "read again in the transaction, after it was set")
    }

    @Test func noLoop() {
        let node = Self.node("NOLOOP")
        run(node, "MGET k l", on: 1)
        #expect(run(node, "SET k v", on: 1) == "+OK\r\n")
        run(node, "SET k v")
        #expect(node.read(on: 1) == "", "it no longer tracks the key")
        run(node, "SET l v")
        #expect(node.read(on: 1) == Self.invalid("l"))
        #expect(run(node, "FLUSHALL", on: 1) == "+OK\r\n" + Self.allInvalid, "which is said to everybody")
    }

    @Test func flushing() {
        let node = Self.node()
        for command in ["FLUSHALL", "FLUSHDB", "SWAPDB 0 1"] {
            run(node, "GET k", on: 1)
            run(node, command)
            #expect(node.read(on: 1) == Self.allInvalid, "\(command)")
            #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } == 0)
        }
    }

    // MARK: Modes

    @Test func optIn() {
        let node = Self.node("OPTIN")
        run(node, "GET a", on: 1)
        #expect(run(node, "CLIENT CACHING YES", on: 1) == "+OK\r\n")
        run(node, "CLIENT ID", on: 1)
        run(node, "GET b", on: 1)
        run(node, "GET c", on: 1)
        run(node, "MSET a 1 b 2 c 3")
        #expect(node.read(on: 1) == Self.invalid("b"))
        // For a whole transaction.
        _ = node.sendRaw("CLIENT CACHING YES\r\nMULTI\r\nGET a\r\nGET b\r\nEXEC\r\nGET c\r\n", on: 1)
        run(node, "MSET a 1 b 2 c 3")
        #expect(node.read(on: 1) == Self.invalid("a") + Self.invalid("b"))
        // A request that is refused uses it up too.
        _ = node.sendRaw("CLIENT CACHING YES\r\nGET\r\nGET c\r\n", on: 1)
        run(node, "SET c 1")
        #expect(node.read(on: 1) == "")
    }

    @Test func optOut() {
        let node = Self.node("OPTOUT")
        _ = node.sendRaw("GET a\r\nCLIENT CACHING NO\r\nGET b\r\nGET c\r\n", on: 1)
        run(node, "MSET a 1 b 2 c 3")
        #expect(node.read(on: 1) == Self.invalid("a") + Self.invalid("c"))
    }

    /// Once a turn, sorted, each key once; whether it was read does not matter.
    @Test func broadcasting() {
        let node = Self.node("BCAST PREFIX user: PREFIX sess:")
        _ = node.send("HELLO", "3", on: 2)
        Self.track(node, "BCAST", on: 2)
        run(node, "MSET user:2 v user:1 v other v sess:1 v")
        run(node, "APPEND user:2 w")
        #expect(node.read(on: 1) == "")
        node.advance(milliseconds: 0)
        #expect(node.read(on: 1) == Self.invalid("user:1", "user:2") + Self.invalid("sess:1"))
        #expect(node.read(on: 2) == Self.invalid("other", "sess:1", "user:1", "user:2"))
        run(node, "SET user:1 v PX 5")
        node.advance(milliseconds: 0)
        #expect(node.read(on: 1) == Self.invalid("user:1"))
        node.advance(milliseconds: 5)
        #expect(node.read(on: 1) == Self.invalid("user:1"))
        run(node, "GET none", on: 1)
        #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } == 0)
    }

    /// The last to change a key is not told of it, if it asked for that.
    @Test func broadcastingWithoutLoop() {
        let node = Self.node("BCAST NOLOOP")
        run(node, "MSET a 1 b 2 c 3", on: 1)
        run(node, "SET b 4")
        run(node, "SET d 1")
        run(node, "SET d 2", on: 1)
        node.advance(milliseconds: 0)
        #expect(node.read(on: 1) == Self.invalid("b"))
        run(node, "SET a 1", on: 1)
        node.advance(milliseconds: 0)
        #expect(node.read(on: 1) == "")
    }

    /// What a turn changes is kept up to a limit.
    @Test func muchToBroadcast() {
        let node = Self.node("BCAST")
        let prefix = String(repeating: "k", count: 10_000)
        for index in 0..<200 { _ = node.send("SET", "\(prefix)\(index % 150)", "v") }
        #expect(node.inspect { $0.listeners.broadcast.names.count } <= Limits.broadcast + Limits.key)
        node.advance(milliseconds: 0)
        let pushes = WireReply.all(in: Array(node.read(on: 1).utf8))
        let keys = pushes.flatMap { $0.elements?[1].elements ?? [] }
        #expect(pushes.count == 2 && Set(keys.compactMap(\.text)).count == 150)
    }

    // MARK: Redirection

    /// RESP2 has no messages out of band: a connection that subscribes is told instead.
    @Test func redirecting() {
        let node = NodeDialogue()
        _ = run(node, "SUBSCRIBE __redis__:invalidate", on: 1)
        let id = node.inspect { $0.connections[1].id }
        Self.track(node, "REDIRECT \(id)", on: 0)
        node.expect("CLIENT", "GETREDIR", gives: ":\(id)\r\n")
        run(node, "GET k")
        #expect(run(node, "SET k v") == "+OK\r\n")
        let head = "*3\r\n" + bulk("message") + bulk("__redis__:invalidate")
        #expect(node.read(on: 1) == head + bulks("k"))
        run(node, "FLUSHALL")
        #expect(node.read(on: 1) == head + "$-1\r\n")
        // Without any subscription it cannot be told.
        _ = run(node, "UNSUBSCRIBE", on: 1)
        run(node, "GET k")
        run(node, "SET k v")
        #expect(node.read(on: 1) == "")
        // In RESP3 it can.
        _ = node.send("HELLO", "3", on: 1)
        run(node, "GET k")
        run(node, "SET k v")
        #expect(node.read(on: 1) == Self.invalid("k"))
    }

    @Test func brokenRedirection() {
        let node = NodeDialogue()
        _ = node.send("HELLO", "3")
        node.connect(1)
        let id = node.inspect { $0.connections[1].id }
        Self.track(node, "REDIRECT \(id)", on: 0)
        run(node, "MGET k l")
        node.disconnect(1)
        node.connect(1)
        let broken = ">2\r\n" + bulk("tracking-redir-broken") + ":\(id)\r\n"
        run(node, "SET k v", on: 1)
        #expect(node.read() == broken)
        let line = run(node, "CLIENT INFO")
        #expect(line.contains(" flags=tR ") && line.contains(" redir=\(id) "))
        #expect(run(node, "CLIENT TRACKINGINFO").contains(bulk("broken_redirect")))
        Self.track(node, on: 0)
        #expect(run(node, "CLIENT INFO").contains(" flags=t "))
        #expect(run(node, "CLIENT INFO").contains(" redir=0 "))
    }

    @Test func resp2WithoutRedirectionIsToldNothing() {
        let node = NodeDialogue()
        Self.track(node, on: 0)
        run(node, "GET k")
        #expect(run(node, "SET k v") == "+OK\r\n")
        #expect(run(node, "FLUSHALL") == "+OK\r\n")
    }

    // MARK: Sessions

    private static let token = "abcdefghijklmnopqrstuvwx"

    private static func name(_ token: String) -> String {
        var name = ByteBuffer()
        SessionKey.write(Handle(token: token.utf8Span.span.bytes), .session, to: &name)
        return name.bytes.text
    }

    @Test(arguments: [
        ("SESSSET TOKEN FIELDS 1 f w", true), ("SESSSET TOKEN DEVICE phone", true),
        ("SESSUNSET TOKEN FIELDS 1 f", true),
        ("SESSUNSET TOKEN FIELDS 1 none", false), ("SESSTOUCH TOKEN", false), ("SESSGET TOKEN TOUCH", false),
        ("SESSREVOKE TOKEN", true), ("SESSREVOKEUSER alice", true), ("SESSROTATE TOKEN", true),
    ])
    func sessions(command: String, tells: Bool) {
        let node = Self.node()
        run(node, "SESSCREATE ID \(Self.token) USER alice FIELDS 1 f v")
        run(node, "SESSGET \(Self.token)", on: 1)
        let reply = run(node, command.replacing("TOKEN", with: Self.token))
        #expect(!reply.hasPrefix("-"))
        #expect(node.read(on: 1) == (tells ? Self.invalid(Self.name(Self.token)) : ""))
    }

    @Test func sessionsEnd() {
        let node = Self.node()
        run(node, "SESSGET \(Self.token)", on: 1)
        run(node, "SESSCREATE ID \(Self.token) IDLE 1000")
        #expect(node.read(on: 1) == Self.invalid(Self.name(Self.token)), "it exists now")
        run(node, "SESSGET \(Self.token)", on: 1)
        node.advance(milliseconds: 1000)
        #expect(node.read(on: 1) == Self.invalid(Self.name(Self.token)))
    }

    /// Within the grace a session is read by its old token, but changes under its new one.
    @Test func sessionsReadByAnOldToken() {
        let node = Self.node()
        run(node, "SESSCREATE ID \(Self.token) FIELDS 1 f v")
        let new = WireReply.all(in: Array(run(node, "SESSROTATE \(Self.token)").utf8))[0].text ?? ""
        run(node, "SESSGET \(Self.token)", on: 1)
        run(node, "SESSSET \(new) FIELDS 1 f w")
        #expect(node.read(on: 1) == Self.invalid(Self.name(new)))
        run(node, "HGETALL \(Self.name(new))", on: 1)
        run(node, "SESSREVOKE \(new)")
        #expect(node.read(on: 1) == Self.invalid(Self.name(new)))
    }

    // MARK: The table

    @Test func theTableIsBounded() {
        let node = Self.node("NOLOOP")
        run(node, "CONFIG SET tracking-table-max-keys 3")
        run(node, "MGET a b c", on: 1)
        #expect(node.read(on: 1) == "")
        let reply = run(node, "GET d", on: 1)
        let forgotten = ["a", "b", "c", "d"].filter { reply == "_\r\n" + Self.invalid($0) }
        #expect(forgotten.count == 1, "\(reply)")
        run(node, "CONFIG SET tracking-table-max-keys 1")
        node.advance(milliseconds: 0)
        #expect(WireReply.all(in: Array(node.read(on: 1).utf8)).count == 2)
        #expect(node.send("INFO", "stats").contains("tracking_total_keys:1\r\ntracking_total_items:1\r\n"))
        run(node, "CONFIG SET tracking-table-max-keys 0")
        _ = node.send(["MGET"] + (0..<100).map { "k\($0)" }, on: 1)
        #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } == 101)
    }

    @Test("whatever one request reads, the table does not pass its limit")
    func manyKeysAtOnce() {
        let node = Self.node()
        run(node, "CONFIG SET tracking-table-max-keys 100")
        for round in 0..<3 {
            let reply = node.send(["MGET"] + (0..<2000).map { "k\(round):\($0)" }, on: 1)
            #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } == 100)
            #expect(reply.components(of: ">2\r\n") == (round == 0 ? 1900 : 2000), "the others are invalid at once")
        }
        run(node, "CONFIG SET tracking-table-max-keys 10")
        run(node, "GET more", on: 1)
        #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } < 100, "it shrinks with each key too")
    }

    @Test("a key that there is no room for is invalid at once")
    func noRoom() {
        let node = Self.node()
        node.modify { $0.listeners.trackedKeys = PubSub(seed: (1, 2), PubSub.Budget(total: .max, reserved: 4 << 20)) }
        var invalid = 0
        for number in 0..<100 {
            let key = String(repeating: "k", count: 60_000) + "\(number)"
            let reply = node.send("GET", key, on: 1)
            if reply == "_\r\n" + Self.invalid(key) { invalid += 1 } else { #expect(reply == "_\r\n") }
        }
        #expect(invalid > 0)
        #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } == 100 - invalid)
    }

    /// A table that shrinks a great deal does so in slices.
    @Test func shrinkingInSlices() {
        let node = Self.node()
        let count = Limits.trackedKeysForgotten * 3
        _ = node.send(["MGET"] + (0..<count).map { "k\($0)" }, on: 1)
        run(node, "CONFIG SET tracking-table-max-keys 1")
        node.advance(milliseconds: 0)
        #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } == 1)
        #expect(WireReply.all(in: Array(node.read(on: 1).utf8)).count == count - 1)
    }

    @Test func endings() {
        for ending in ["CLIENT TRACKING OFF", "RESET", "disconnect"] {
            let node = Self.node("BCAST PREFIX a")
            #expect(node.send("INFO", "stats").contains("tracking_total_prefixes:1\r\n"))
            _ = node.send("HELLO", "3", on: 2)
            Self.track(node, on: 2)
            run(node, "GET k", on: 2)
            #expect(node.send("INFO", "clients").contains("tracking_clients:2\r\n"))
            for connection: UInt32 in [1, 2] {
                if ending == "disconnect" { node.disconnect(connection) } else { run(node, ending, on: connection) }
            }
            run(node, "MSET k v a v")
            node.advance(milliseconds: 0)
            if ending != "disconnect" { #expect(node.read(on: 1) + node.read(on: 2) == "") }
            #expect(node.inspect { $0.execution.store.observers.isEmpty && $0.listeners.trackingClients == 0 })
            #expect(node.inspect { $0.listeners.trackedKeys.topicCount(.trackedKey) } == 0)
            #expect(node.inspect { $0.listeners.pubsub.topicCount(.trackedPrefix) } == 0)
        }
    }

    // MARK: Replies

    @Test func information() {
        let node = NodeDialogue()
        node.expect("CLIENT", "GETREDIR", gives: ":-1\r\n")
        node.expect(
            "CLIENT", "TRACKINGINFO",
            gives: "*6\r\n" + bulk("flags") + bulks("off") + bulk("redirect") + ":-1\r\n" + bulk("prefixes") + "*0\r\n")
        Self.track(node, "OPTIN NOLOOP", on: 0)
        run(node, "CLIENT CACHING YES")
        node.expect(
            "CLIENT", "TRACKINGINFO",
            gives: "*6\r\n" + bulk("flags") + bulks("on", "optin", "caching-yes", "noloop") + bulk("redirect")
                + ":0\r\n" + bulk("prefixes") + "*0\r\n")
        run(node, "CLIENT TRACKING OFF")
        Self.track(node, "BCAST PREFIX b PREFIX a", on: 0)
        Self.track(node, "BCAST PREFIX c", on: 0)
        let info = run(node, "CLIENT TRACKINGINFO")
        #expect(info.hasSuffix(bulk("prefixes") + bulks("a", "b", "c")) && info.contains(bulks("on", "bcast")))
        #expect(run(node, "CLIENT INFO").contains(" flags=tB "))
    }

    @Test func refusals() {
        let node = NodeDialogue()
        func expectError(_ command: String, _ text: String) {
            #expect(run(node, command) == "-ERR \(text)\r\n", "\(command)")
        }
        let syntax = "syntax error"
        for words in ["MAYBE", "ON FOO", "ON REDIRECT", "ON PREFIX", "ON BCAST PREFIX"] {
            expectError("CLIENT TRACKING \(words)", syntax)
        }
        expectError("CLIENT TRACKING ON REDIRECT x", "value is not an integer or out of range")
        for id in ["0", "999", "-1"] {
            expectError("CLIENT TRACKING ON REDIRECT \(id)", "The client ID you want redirect to does not exist")
        }
        expectError(
            "CLIENT TRACKING ON REDIRECT 1 REDIRECT 1", "A client can only redirect to a single other client")
        expectError("CLIENT TRACKING ON PREFIX a", "PREFIX option requires BCAST mode to be enabled")
        expectError("CLIENT TRACKING ON BCAST OPTIN", "OPTIN and OPTOUT are not compatible with BCAST")
        expectError("CLIENT TRACKING ON OPTIN OPTOUT", "You can't specify both OPTIN mode and OPTOUT mode")
        expectError(
            "CLIENT TRACKING ON BCAST PREFIX ab PREFIX a",
            "Prefix 'ab' overlaps with another provided prefix 'a'. Prefixes for a single client must not overlap.")
        expectError(
            "CLIENT CACHING YES",
            "CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled")
        Self.track(node, "OPTIN", on: 0)
        expectError("CLIENT CACHING MAYBE", syntax)
        expectError("CLIENT CACHING NO", "CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
        expectError(
            "CLIENT TRACKING ON OPTOUT",
            "You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it "
                + "with a different mode.")
        expectError(
            "CLIENT TRACKING ON BCAST",
            "You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it "
                + "with a different mode.")
        run(node, "CLIENT TRACKING OFF")
        Self.track(node, "BCAST PREFIX a", on: 0)
        expectError(
            "CLIENT TRACKING ON BCAST PREFIX abc",
            "Prefix 'abc' overlaps with an existing prefix 'a'. Prefixes for a single client must not overlap.")
        expectError("CLIENT CACHING YES", "CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
        let many = (0..<Limits.trackedPrefixes).map { "PREFIX p\($0 + 1000)" }.joined(separator: " ")
        expectError("CLIENT TRACKING ON BCAST \(many)", "too many prefixes: a connection may have 256")
    }
}

/// Client-side caching where a script executes the commands.
struct ScriptTrackingTests {
    private func text(_ name: String) -> String { KnownScriptText.all.first { $0.name == name }!.text }

    private func push(_ key: String) -> String { ">2\r\n" + bulk("invalidate") + bulks(key) }

    /// What a script declares counts as read.
    @Test func declaredKeysAreTracked() {
        let node = NodeDialogue()
        _ = node.send("HELLO", "3", on: 1)
        #expect(node.send("CLIENT", "TRACKING", "ON", on: 1) == "+OK\r\n")
        #expect(node.send("EVAL", text("phpredis: session lock"), "1", "lock", "me", on: 1) == ":0\r\n")
        node.expect([("SET lock other", "+OK")])
        #expect(node.read(on: 1) == push("lock"))
    }

    /// What gives way while a script runs is told when it has answered, and so is what it changes.
    @Test func evictionByAScript() {
        var configuration = Configuration()
        configuration.maxMemoryPolicy = .allKeysLRU
        let node = NodeDialogue(configuration)
        _ = node.send("HELLO", "3")
        #expect(node.send("CLIENT", "TRACKING", "ON") == "+OK\r\n")
        _ = node.send("SET", "first", String(repeating: "x", count: 100_000))
        _ = node.send("MGET", "first", "lock")
        node.expect("CONFIG", "SET", "maxmemory", "50000", gives: "+OK\r\n")
        let lock = text("node-redlock 1 to 3: lock")
        node.expect("EVAL", lock, "1", "lock", "me", "1000", gives: "+OK\r\n" + push("first") + push("lock"))
    }
}

extension String {
    /// How many times another string occurs in it.
    fileprivate func components(of other: String) -> Int {
        var (count, rest) = (0, utf8[...])
        while let first = rest.firstIndex(of: other.utf8.first ?? 0) {
            if rest[first...].starts(with: other.utf8) { count += 1 }
            rest = rest[rest.index(after: first)...]
        }
        return count
    }
}
