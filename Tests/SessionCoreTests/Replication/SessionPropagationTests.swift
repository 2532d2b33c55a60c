import Testing

@testable import SessionCore

/// What happens to sessions, as replicas are told it: as hashes and strings under the keys of sessions.
@Suite struct SessionPropagationTests {
    private let node = NodeDialogue.propagating()
    /// The time at the start, Unix milliseconds.
    private let now = NodeDialogue.start
    private let token = "caller-made-token-0123456789abcd"

    private func key(_ token: String) -> String { "__sess__:" + expectedHandle(token) }

    /// Creates the session and forgets what was told of that.
    private func created(_ options: String = "IDLE 10s MAX 0", on node: NodeDialogue? = nil) -> String {
        let node = node ?? self.node
        _ = node.create("ID \(token) \(options)")
        _ = node.propagated()
        return key(token)
    }

    @Test func creation() {
        _ = node.create("ID \(token) USER alice DEVICE tv IDLE 10s MAX 20s LEVEL 3 FOR 5s BIND b FIELDS 2 f 1 g 2")
        let bind = expectedHandle("b")
        #expect(
            node.propagated() == [
                "MULTI", "SELECT 0",
                "HSET \(key(token)) @user alice @device tv @created \(now) @seen \(now) @idle 10000 "
                    + "@max \(now + 20_000) @level 3 @leveluntil \(now + 5000) @version 1 @bind \(bind) f 1 g 2",
                "PEXPIREAT \(key(token)) \(now + 10_000)", "EXEC",
            ])
    }

    @Test func changes() {
        let key = created("USER u DEVICE d IDLE 10s MAX 0 LEVEL 2 FOR 2s FIELDS 2 f 1 g 2")
        let head = "HSET \(key) @user u @device d @created \(now) @seen \(now) @idle 10000"
        let deadline = "PEXPIREAT \(key) \(now + 10_000)"
        _ = node.run("SESSSET \(token) DEVICE d FIELDS 1 f 3")
        #expect(
            node.propagated() == [
                "MULTI", head + " @level 2 @leveluntil \(now + 2000) @version 2 f 3 g 2", deadline, "EXEC",
            ])
        node.skip(milliseconds: 2000)
        _ = node.run("SESSUNSET \(token) FIELDS 2 g x")
        #expect(
            node.propagated() == [
                "MULTI", head + " @level 1 @version 3 f 3", "HDEL \(key) g x @leveluntil", deadline, "EXEC",
            ])
        _ = node.run("SESSUNSET \(token) FIELDS 1 x")
        _ = node.send("SESSSET", token, "IFVER", "9", "FIELDS", "1", "f", "1")
        #expect(node.propagated() == [])
        _ = node.send("SESSSET", token, "DEVICE", "")
        let without = head.replacing(" @device d", with: "")
        #expect(
            node.propagated() == [
                "MULTI", without + " @level 1 @version 4 f 3", "HDEL \(key) @device @leveluntil", deadline, "EXEC",
            ])
    }

    /// Replicas that have the session, and nothing but its stream, are told of changed fields only.
    @Test func fieldsAlone() {
        let key = created("USER u IDLE 10s MAX 0 FIELDS 2 f 1 g 2")
        _ = node.send("SESSSET", token, "FIELDS", "2", "f", "3", "h", "")
        #expect(node.propagated() == ["HSET \(key) @version 2 f 3 h \"\""])
        _ = node.send("SESSSET", token, "IFVER", "2", "FIELDS", "1", "f", "4")
        #expect(node.propagated() == ["HSET \(key) @version 3 f 4"])
        // With anything else, in a transaction, and while a snapshot is written: all there is.
        let whole = "HSET \(key) @user u @created \(now) @seen \(now) @idle 10000 @level 1"
        let deadline = "PEXPIREAT \(key) \(now + 10_000)"
        _ = node.send("SESSSET", token, "USER", "u", "FIELDS", "1", "f", "5")
        #expect(node.propagated() == ["MULTI", whole + " @version 4 f 5 g 2 h \"\"", deadline, "EXEC"])
        for words in [["MULTI"], ["SESSSET", token, "FIELDS", "1", "f", "6"], ["EXEC"]] { _ = node.send(words) }
        #expect(node.propagated() == ["MULTI", whole + " @version 5 f 6 g 2 h \"\"", deadline, "EXEC"])
        node.modify { $0.execution.propagation.mayRepeat = true }
        _ = node.send("SESSSET", token, "FIELDS", "1", "f", "7")
        #expect(node.propagated() == ["MULTI", whole + " @version 6 f 7 g 2 h \"\"", deadline, "EXEC"])
    }

    /// A touch is told when the deadline passes the next whole second.
    @Test func touches() {
        let key = created()
        let touch = "SESSTOUCH \(token)"
        node.skip(milliseconds: 1)
        node.expectEffects([(touch, "PEXPIREAT \(key) \(now + 11_000)"), (touch, "")])
        node.skip(milliseconds: 999)
        node.expectEffects([(touch, "")])
        node.skip(milliseconds: 1)
        node.expectEffects([
            ("SESSGET \(token)", ""), ("SESSGET \(token) TOUCH", "PEXPIREAT \(key) \(now + 12_000)"),
            ("SESSTOUCH \(token) IDLE 10s", ""),
        ])
        _ = node.run("SESSTOUCH \(token) IDLE 5s")
        #expect(
            node.propagated() == [
                "MULTI",
                "HSET \(key) @created \(now) @seen \(now + 1001) @idle 5000 @level 1 @version 1",
                "PEXPIREAT \(key) \(now + 7000)", "EXEC",
            ])
    }

    @Test func deadlinesAreNeverPastTheAbsoluteTimeout() {
        let key = created("IDLE 10s MAX 10500")
        node.skip(milliseconds: 1)
        node.expectEffects([("SESSTOUCH \(token)", "PEXPIREAT \(key) \(now + 10_500)")])
        node.skip(milliseconds: 900)
        node.expectEffects([("SESSTOUCH \(token)", "")])
    }

    @Test(arguments: [0, 1]) func exactDeadlines(interval: Int) {
        var configuration = Configuration()
        configuration.touchInterval = interval
        let node = NodeDialogue.propagating(configuration)
        let key = created(on: node)
        node.skip(milliseconds: 1)
        node.expectEffects([("SESSTOUCH \(token)", "PEXPIREAT \(key) \(now + 10_001)"), ("SESSTOUCH \(token)", "")])
    }

    @Test func revocation() {
        let key = created()
        node.expectEffects([
            ("SESSREVOKE \(token) REASON bye",
                "MULTI; DEL \(key); SET \(key):revoked bye PXAT \(now + 86_400_000); EXEC"),
            ("SESSREVOKE \(token)", ""),
        ])
        node.advance(milliseconds: 86_400_000)
        #expect(node.propagated() == ["DEL \(key):revoked"])
    }

    @Test func revocationOfAUser() {
        for name in ["a", "b"] { _ = node.create("ID \(name)-token-of-the-caller USER u") }
        _ = node.propagated()
        _ = node.run("SESSREVOKEUSER u")
        let told = node.propagated()
        #expect(told.count == 6)
        #expect(told.filter { $0.hasPrefix("DEL") }.count == 2)
        #expect(told.filter { $0.hasSuffix(":revoked \"\" PXAT \(now + 43_200_000)") }.count == 2)
    }

    @Test func expiry() {
        let key = created()
        node.advance(milliseconds: 10_000)
        #expect(node.propagated() == ["DEL \(key)"])
        _ = created()
        node.skip(milliseconds: 10_000)
        node.expectEffects([("EXISTS \(key)", "DEL \(key)")])
        _ = created()
        node.skip(milliseconds: 10_000)
        _ = node.run("SESSGET \(token)")
        #expect(node.propagated() == ["DEL \(key)"])
    }

    @Test func rotation() {
        let key = created("IDLE 10s MAX 0 USER u FIELDS 1 f v")
        let second = node.rotate(token, "GRACE 5s")
        let body = "@user u @created \(now) @seen \(now) @idle 10000 @level 1 @version"
        #expect(
            node.propagated() == [
                "MULTI", "DEL \(key)",
                "HSET \(self.key(second)) \(body) 2 @previous \(expectedHandle(token)) f v",
                "PEXPIREAT \(self.key(second)) \(now + 10_000)",
                "SET \(key):rotated \(expectedHandle(second)) \(now + 5000) \(now) PXAT \(now + 10_000)", "EXEC",
            ])
        let third = node.rotate(second, "GRACE 0")
        // The first token loses what was left of its grace.
        #expect(
            node.propagated() == [
                "MULTI", "SET \(key):rotated \(expectedHandle(second)) 0 \(now) PXAT \(now + 10_000)",
                "DEL \(self.key(second))",
                "HSET \(self.key(third)) \(body) 3 @previous \(expectedHandle(second)) f v",
                "PEXPIREAT \(self.key(third)) \(now + 10_000)",
                "SET \(self.key(second)):rotated \(expectedHandle(third)) 0 \(now) PXAT \(now + 10_000)", "EXEC",
            ])
        // Marks outlive their deadline as long as the session does.
        node.skip(milliseconds: 9000)
        node.expectEffects([("SESSTOUCH \(third)", "PEXPIREAT \(self.key(third)) \(now + 19_000)")])
        node.advance(milliseconds: 1000)
        #expect(
            node.propagated().sorted() == [
                "SET \(key):rotated \(expectedHandle(third)) 0 \(now) PXAT \(now + 19_000)",
                "SET \(self.key(second)):rotated \(expectedHandle(third)) 0 \(now) PXAT \(now + 19_000)",
            ].sorted())
        node.advance(milliseconds: 9000)
        #expect(
            node.propagated().sorted()
                == ["DEL \(key):rotated", "DEL \(self.key(second)):rotated", "DEL \(self.key(third))"].sorted())
    }

    @Test func reuseRevokes() {
        let key = created()
        let second = node.rotate(token, "GRACE 0")
        _ = node.propagated()
        node.expectEffects([
            ("SESSGET \(token)",
                "MULTI; DEL \(self.key(second)); SET \(self.key(second)):revoked reuse PXAT \(now + 86_400_000); EXEC"),
            ("SESSGET \(token)", ""),
        ])
        #expect(key == self.key(token))
    }

    /// A mark that a lookup finds to lead nowhere is gone.
    @Test func uselessMarks() {
        let key = created()
        let second = node.rotate(token, "GRACE 0")
        _ = node.propagated()
        node.skip(milliseconds: 10_000)
        _ = node.run("SESSGET \(second)")
        #expect(node.propagated() == ["DEL \(self.key(second))"])
        _ = node.run("SESSGET \(token)")
        #expect(node.propagated() == ["DEL \(key):rotated"])
    }

    @Test func limits() {
        let key = created("USER u IDLE 10s")
        let second = "another-token-of-the-caller"
        _ = node.create("ID \(second) USER u IDLE 10s LIMIT 1 EVICT")
        #expect(
            node.propagated() == [
                "MULTI", "DEL \(key)", "SET \(key):revoked limit PXAT \(now + 43_200_000)",
                "HSET \(self.key(second)) @user u @created \(now) @seen \(now) @idle 10000 "
                    + "@max \(now + 43_200_000) @level 1 @version 1",
                "PEXPIREAT \(self.key(second)) \(now + 10_000)", "EXEC",
            ])
        _ = node.run("SESSCREATE USER u LIMIT 1 REJECT")
        #expect(node.propagated() == [])
    }

    @Test func eviction() {
        var configuration = Configuration()
        configuration.maxMemory = 2_000_000
        configuration.maxMemoryPolicy = .volatileTTL
        let node = NodeDialogue.propagating(configuration)
        let key = created(on: node)
        _ = node.send("SET", "k", String(repeating: "v", count: 2_500_000))
        _ = node.propagated()
        _ = node.send("SET", "k2", "v")
        #expect(node.propagated() == ["DEL \(key)"])
    }

    @Test func transactions() {
        node.expectEffects([("MULTI", ""), ("SESSCREATE ID \(token) IDLE 10s MAX 0", ""), ("SESSTOUCH \(token)", "")])
        _ = node.send("EXEC")
        let told = node.propagated()
        #expect(told.map { String($0.prefix(4)) } == ["MULT", "SELE", "HSET", "PEXP", "EXEC"])
    }

    /// Replicas are told more than clients are shown.
    @Test func clientsSeeNoPredecessor() {
        _ = created()
        let second = node.rotate(token)
        #expect(!node.send("HGETALL", key(second)).contains("@previous"))
        #expect(node.propagated().contains { $0.contains("@previous \(expectedHandle(token))") })
    }

    @Test func roundedDeadlines() {
        let (short, long) = (created("IDLE 1500 MAX 0"), "another-token-of-the-caller")
        _ = node.create("ID \(long) IDLE 10s MAX 4500")
        let deadlines: [(String, Int64, Int64)] = [
            (short, 0, now + 1500), (short, 1, now + 1500), (short, 1000, now + 2000), (short, 60_000, now + 20_000),
            (key(long), 1000, now + 4500), (key(long), 500, now + 4500),
        ]
        for (key, interval, deadline) in deadlines {
            let rounded = node.modify { node in
                let place = node.execution.store.lookup(
                    0, key.utf8Span.span.bytes, node.execution.store.hash(key.utf8Span.span.bytes))
                return node.execution.store.replicatedDeadline(place!.record, interval: interval)
            }
            #expect(rounded == deadline, "\(interval)")
        }
    }
}
