import TestSupport
import Testing

/// `SESSROTATE`: grace, reuse, and what changes with the token.
@Suite struct SessionRotationTests {
    private let client: SessionClient

    init() throws { client = try SessionClient() }

    @Test func sameSessionNewToken() throws {
        let user = unique("user")
        let old = try client.create("USER \(user) DEVICE phone IDLE 20m MAX 2h LEVEL 2 FIELDS 2 a 1 b 2")
        let before = try client.get(old)
        let new = try client.rotate(old)
        #expect(new != old && new.count == 32)
        let after = try client.get(new)
        #expect(after["handle"] == .text(try handle(of: new)))
        for key in ["user", "device", "created", "level", "data"] { #expect(after[key] == before[key], "\(key)") }
        #expect(after["version"] == 2 && after["rotated"] == 0)
        #expect(try client.handles(user) == [handle(of: new)], "one session, listed once")
        #expect(try client.send("SESSCARD \(user)") == 1)
        let max = try #require(after["max"]?.integer)
        #expect(max <= 7_200_000, "the absolute timeout is not renewed")
    }

    @Test func theOldTokenReadsWithinItsGrace() throws {
        let old = try client.create("IDLE 20m FIELDS 1 a 1")
        let new = try client.rotate(old, "GRACE 1m")
        let seen = try client.get(old)
        #expect(seen["rotated"] == 1 && seen["data"] == ["a", "1"] && seen["version"] == 2)
        #expect(try client.send("SESSTOUCH \(old)") == 1_200_000)
        #expect(try client.get(old, "TOUCH")["rotated"] == 1)
        for write in ["SESSSET \(old) FIELDS 1 a 2", "SESSUNSET \(old) FIELDS 1 a", "SESSROTATE \(old)"] {
            #expect(try client.send(write).errorCode == "ROTATED", "\(write.split(separator: " ")[0])")
        }
        #expect(try client.get(new)["data"] == ["a", "1"], "the session is as it was")
        #expect(try client.number("version", new) == 2)
    }

    @Test func theDefaultGraceIsTenSeconds() throws {
        let old = try client.create()
        _ = try client.rotate(old)
        #expect(try client.get(old)["rotated"] == 1)
    }

    @Test(arguments: ["SESSGET", "SESSTOUCH", "SESSROTATE", "SESSSET", "SESSUNSET"])
    func useAfterTheGraceIsTheft(command: String) throws {
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        let old = try client.create("USER \(user)")
        let new = try client.rotate(old, "GRACE 60")
        let options = ["SESSSET": "FIELDS 1 a b", "SESSUNSET": "FIELDS 1 a"][command] ?? ""
        let line = "\(command) \(old) \(options)"
        // Within the grace a read answers and a write is -ROTATED; what ends the wait is that the grace has passed.
        #expect(try eventually { try client.send(line).errorCode == "REUSED" })
        #expect(try client.send("SESSGET \(new)") == .null, "the session is revoked")
        #expect(try client.send("SESSSET \(new) FIELDS 1 a b").errorCode == "REVOKED")
        var events: [SessionEvent] = []
        while events.last?.event != "revoked" { events.append(try listener.next().event) }
        #expect(events.last?.reason == "reuse")
        #expect(events.contains { $0.event == "reuse" })
    }

    @Test func withoutGraceTheOldTokenIsDeadAtOnce() throws {
        let old = try client.create()
        let new = try client.rotate(old, "GRACE 0")
        #expect(try client.send("SESSGET \(new)").elements != nil)
        #expect(try client.send("SESSGET \(old)").errorCode == "REUSED")
        #expect(try client.send("SESSGET \(new)") == .null)
    }

    @Test func onlyTheImmediatePredecessorHasAGrace() throws {
        let first = try client.create()
        let second = try client.rotate(first, "GRACE 1h")
        let third = try client.rotate(second, "GRACE 1h")
        #expect(try client.get(second)["rotated"] == 1)
        #expect(try client.get(third)["version"] == 3)
        #expect(try client.send("SESSGET \(first)").errorCode == "REUSED")
        #expect(try client.send("SESSGET \(third)") == .null)
        #expect(try client.send("SESSGET \(second)") == .null)
    }

    @Test func reuseNeedNotRevoke() throws {
        try withServer(.cloakroom, ["--sess-reuse-revokes", "no"]) { server in
            let client = try SessionClient(server.address)
            let old = try client.create()
            let new = try client.rotate(old, "GRACE 0")
            #expect(try client.send("SESSGET \(old)").errorCode == "REUSED")
            #expect(try client.send("SESSGET \(new)").elements != nil)
        }
    }

    @Test func aRotatedTokenCannotBeCreatedAgain() throws {
        let old = try client.create("ID \(unique("token"))")
        let new = try client.rotate(old)
        #expect(try client.send("SESSCREATE ID \(old)").errorCode != nil)
        #expect(try client.send("SESSCREATE ID \(new)").errorCode == "SESSEXISTS")
    }

    @Test func userLevelAndBindMayChange() throws {
        let (user, other) = (unique("user"), unique("other"))
        let first = try client.create("BIND a")
        let second = try client.rotate(first, "USER \(user) LEVEL 3 BIND b")
        let session = try client.get(second, "BIND b MINLEVEL 3")
        #expect(session["user"] == .text(user) && session["level"] == 3)
        #expect(try client.send("SESSGET \(second) BIND a").errorCode == "BINDMISMATCH")
        let third = try client.rotate(second, "USER \(other) LEVEL 2 FOR 100")
        #expect(try client.handles(user) == [])
        #expect(try client.handles(other) == [handle(of: third)])
        #expect(try eventually { try client.number("level", third) == 1 })
    }

    @Test func revokingTheSessionEndsTheGrace() throws {
        let old = try client.create()
        let new = try client.rotate(old, "GRACE 1h")
        #expect(try client.send("SESSREVOKE \(new)") == 1)
        #expect(try client.send("SESSGET \(old)") == .null)
        #expect(try client.send("SESSTOUCH \(old)") == -2)
        #expect(try client.send("SESSSET \(old) FIELDS 1 a b").errorCode == "REVOKED")
    }

    @Test func noSession() throws {
        #expect(try client.send("SESSROTATE \(unique("unknown"))").errorCode == "NOSESSION")
        let brief = try client.create("IDLE 30")
        #expect(try eventually { try client.send("SESSGET \(brief)") == .null })
        #expect(try client.send("SESSROTATE \(brief)").errorCode == "NOSESSION")
    }

    @Test(arguments: [
        "GRACE", "GRACE 1s GRACE 1s", "USER", "USER a USER a", "LEVEL", "LEVEL 2 FOR", "FOR 1h", "BIND",
        "BIND a BIND a",
        "NOSUCH", "DEVICE d", "FIELDS 1 a b", "GRACE 1s x",
    ])
    func syntaxErrors(options: String) throws {
        let token = try client.create()
        #expect(try client.send("SESSROTATE \(token) \(options)") == .error("ERR syntax error"), "\(options)")
        #expect(try client.number("version", token) == 1)
    }

    @Test(arguments: ["GRACE x", "GRACE -1", "LEVEL x", "LEVEL -1", "LEVEL 2 FOR x"])
    func invalidValues(options: String) throws {
        let token = try client.create()
        #expect(try client.send("SESSROTATE \(token) \(options)").errorCode == "ERR", "\(options)")
        #expect(try client.number("version", token) == 1)
    }

    @Test func aLongChain() throws {
        var token = try client.create("FIELDS 1 a 1")
        for version in 2...200 {
            token = try client.rotate(token)
            #expect(try client.number("version", token) == Int64(version))
        }
        #expect(try client.get(token)["data"] == ["a", "1"])
    }
}
