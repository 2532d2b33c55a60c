import TestSupport
import Testing

/// `SESSSET`, `SESSUNSET` and `SESSTOUCH`.
@Suite struct SessionWriteTests {
    private let client: SessionClient

    init() throws { client = try SessionClient() }

    @Test func setMergesAndCounts() throws {
        let token = try client.create("FIELDS 2 a 1 b 2")
        #expect(try client.send("SESSSET \(token) FIELDS 2 b 3 c 4") == 2)
        let data = try client.get(token)["data"]
        #expect(data?.elements?.count == 6)
        #expect(data?["a"] == "1" && data?["b"] == "3" && data?["c"] == "4")
        #expect(try client.send("SESSSET \(token) FIELDS 1 a \"\"") == 3)
        #expect(try client.get(token, "FIELDS 1 a")["data"] == ["a", ""])
        #expect(try client.number("version", token) == 3)
    }

    @Test func valuesGrowAndShrink() throws {
        let token = try client.create()
        for (index, size) in [0, 1, 10, 100, 1000, 10_000, 60_000, 50_000, 200, 3, 0].enumerated() {
            let value = Bytes(repeating: "v", count: size)
            #expect(
                try client.send(["SESSSET", Bytes(token), "FIELDS", "1", "f", value]) == .integer(Int64(index + 2)))
            #expect(try client.get(token)["data"] == ["f", .bulk(value)])
        }
    }

    @Test func setNeverCreates() throws {
        let token = unique("unknown")
        #expect(try client.send("SESSSET \(token) FIELDS 1 a b").errorCode == "NOSESSION")
        #expect(try client.send("SESSGET \(token)") == .null)
        let revoked = try client.create()
        _ = try client.send("SESSREVOKE \(revoked)")
        #expect(try client.send("SESSSET \(revoked) FIELDS 1 a b").errorCode == "REVOKED")
        #expect(try client.send("SESSUNSET \(revoked) FIELDS 1 a").errorCode == "REVOKED")
        #expect(try client.send("SESSROTATE \(revoked)").errorCode == "REVOKED")
        #expect(try client.send("SESSTOUCH \(revoked)") == -2)
        #expect(try client.send("SESSGET \(revoked)") == .null)
    }

    @Test func setDoesNotRenew() throws {
        let token = try client.create("IDLE 300")
        let seen = try client.number("seen", token)
        #expect(try client.send("SESSSET \(token) FIELDS 1 a b") == 2)
        #expect(try client.number("seen", token) == seen)
        #expect(try eventually { try client.send("SESSSET \(token) FIELDS 1 a b").errorCode == "NOSESSION" })
        #expect(wallMilliseconds() - seen < 4000, "it ended by its idle timeout although it was written all the time")
    }

    @Test func ifVersion() throws {
        let token = try client.create("FIELDS 1 a 1")
        #expect(try client.send("SESSSET \(token) IFVER 1 FIELDS 1 a 2") == 2)
        #expect(try client.send("SESSSET \(token) IFVER 1 FIELDS 1 a 3") == .error("VERSION 2"))
        #expect(try client.send("SESSUNSET \(token) IFVER 1 FIELDS 1 a") == .error("VERSION 2"))
        #expect(try client.get(token)["data"] == ["a", "2"])
        #expect(try client.send("SESSUNSET \(token) IFVER 2 FIELDS 1 a") == 3)
        #expect(try client.send("SESSSET \(token) IFVER 3 DEVICE phone") == 4)
        #expect(try client.send("SESSSET \(token) IFVER 99 FIELDS 1 a 3") == .error("VERSION 4"))
    }

    @Test func anAnonymousSessionIsAttachedOnce() throws {
        let (user, other) = (unique("user"), unique("other"))
        let token = try client.create()
        #expect(try client.send("SESSSET \(token) USER \(user)") == 2)
        #expect(try client.get(token)["user"] == .text(user))
        #expect(try client.handles(user) == [handle(of: token)])
        #expect(try client.send("SESSSET \(token) USER \(other)").errorCode == "ERR")
        #expect(try client.send("SESSSET \(token) USER \(other) FIELDS 1 a b").errorCode == "ERR")
        let session = try client.get(token)
        #expect(session["user"] == .text(user) && session["version"] == 2 && session["data"] == .emptyArray)
        #expect(try client.send("SESSCARD \(other)") == 0)
        let owned = try client.create("USER \(user)")
        #expect(try client.send("SESSSET \(owned) USER \(other)").errorCode == "ERR")
    }

    @Test func deviceAndIdleChange() throws {
        let token = try client.create("IDLE 10m MAX 1h DEVICE old")
        #expect(try client.send("SESSSET \(token) DEVICE new IDLE 20m") == 2)
        #expect(try client.get(token)["device"] == "new")
        #expect(try client.send("SESSTOUCH \(token)") == 1_200_000)
        #expect(try client.send("SESSSET \(token) IDLE 5h") == 3)
        let left = try #require(try client.send("SESSTOUCH \(token)").integer)
        #expect(left <= 3_600_000 && left > 3_500_000, "the absolute timeout stays: \(left)")
    }

    @Test(arguments: [
        "NOSUCH", "FIELDS", "FIELDS 1 a", "FIELDS 1 a b c", "FIELDS 2 a b", "IFVER", "IFVER 1",
        "IFVER 1 IFVER 1 DEVICE d",
        "USER", "DEVICE d DEVICE d", "IDLE", "IDLE 1h IDLE 1h", "MAX 1h", "LEVEL 2", "BIND x", "FIELDS 1 a b DEVICE d",
    ])
    func syntaxErrorsOfSet(options: String) throws {
        let token = try client.create()
        let line = "SESSSET \(token) \(options)"
        #expect(try client.send(line) == brokenOptionError(line, arity: 4), "\(options)")
        #expect(try client.number("version", token) == 1)
    }

    @Test func setWithNothingToSet() throws {
        let token = try client.create()
        #expect(try client.send("SESSSET \(token)").errorCode == "ERR")
        #expect(try client.number("version", token) == 1)
    }

    @Test(arguments: [
        "IFVER x DEVICE d", "IDLE 0", "IDLE x", "FIELDS x a b", "FIELDS 1 @user bob",
        "FIELDS 2 a b @version 7",
    ])
    func invalidValuesOfSet(options: String) throws {
        let token = try client.create()
        #expect(try client.send("SESSSET \(token) \(options)").errorCode == "ERR", "\(options)")
        let session = try client.get(token)
        #expect(session["version"] == 1 && session["data"] == .emptyArray)
    }

    @Test func unsetRemovesWhatIsThere() throws {
        let token = try client.create("FIELDS 3 a 1 b 2 c 3")
        #expect(try client.send("SESSUNSET \(token) FIELDS 2 a x") == 2)
        #expect(try client.send("SESSUNSET \(token) FIELDS 2 a x") == 2, "unchanged where no named field existed")
        #expect(try client.send("SESSUNSET \(token) FIELDS 2 b c") == 3)
        let session = try client.get(token)
        #expect(session["data"] == .emptyArray && session["version"] == 3)
        #expect(try client.send("SESSUNSET \(unique("unknown")) FIELDS 1 a").errorCode == "NOSESSION")
    }

    @Test(arguments: [
        "FIELDS", "FIELDS 1", "FIELDS 2 a", "FIELDS 1 a b", "NOSUCH 1 a", "IFVER 1",
        "IFVER 1 IFVER 1 FIELDS 1 a", "FIELDS 1 a IFVER 1",
    ])
    func syntaxErrorsOfUnset(options: String) throws {
        let token = try client.create("FIELDS 1 a b")
        let line = "SESSUNSET \(token) \(options)"
        #expect(try client.send(line) == brokenOptionError(line, arity: 5), "\(options)")
        #expect(try client.number("version", token) == 1)
    }

    @Test func touchAnswersWhatIsLeft() throws {
        let token = try client.create("IDLE 15m MAX 0")
        #expect(try client.send("SESSTOUCH \(token)") == 900_000)
        #expect(try client.send("SESSTOUCH \(token) IDLE 30m") == 1_800_000)
        #expect(try client.send("SESSTOUCH \(token)") == 1_800_000, "the sliding timeout itself has changed")
        #expect(try client.send("SESSTOUCH \(token) IDLE 1m") == 60_000, "it may also become shorter")
        #expect(try client.number("version", token) == 1)
        #expect(try client.send("SESSTOUCH \(unique("unknown"))") == -2)
        #expect(try client.send("SESSTOUCH \(unique("unknown")) IDLE 1h") == -2, "it never creates")
    }

    @Test func touchMovesSeen() throws {
        let token = try client.create()
        let created = try client.number("created", token)
        try nextMillisecond()
        _ = try client.send("SESSTOUCH \(token)")
        #expect(try client.number("seen", token) > created)
    }

    @Test(arguments: ["IDLE", "IDLE 1h IDLE 1h", "NOSUCH", "IDLE 1h x", "MAX 1h"])
    func syntaxErrorsOfTouch(options: String) throws {
        let token = try client.create()
        #expect(try client.send("SESSTOUCH \(token) \(options)") == .error("ERR syntax error"), "\(options)")
    }

    @Test(arguments: ["IDLE 0", "IDLE -5", "IDLE x", "IDLE 1y"])
    func invalidValuesOfTouch(options: String) throws {
        let token = try client.create()
        #expect(try client.send("SESSTOUCH \(token) \(options)").errorCode == "ERR", "\(options)")
    }
}
