import Testing

@testable import SessionCore

@Suite struct SessionReadTests {
    private let dialogue = NodeDialogue()
    private static let token = "caller-made-token"

    /// Handle of `token`.
    private let handle = expectedHandle(SessionReadTests.token)

    @Test func asAMapInBothProtocols() {
        let token = dialogue.create("ID \(SessionReadTests.token) USER alice IDLE 1000 MAX 5000 FIELDS 1 cart 3")
        dialogue.skip(milliseconds: 1)
        let members = [
            bulk("handle"), bulk(handle), bulk("user"), bulk("alice"), bulk("device"), "*", bulk("created"),
            ":1000000000000\r\n", bulk("seen"), ":1000000000000\r\n", bulk("ttl"), ":999\r\n", bulk("max"), ":4999\r\n",
            bulk("level"), ":1\r\n", bulk("version"), ":1\r\n", bulk("rotated"), ":0\r\n",
        ].joined()
        let field = bulk("cart") + bulk("3")
        let flat = "*22\r\n" + members.replacing("*", with: "$-1\r\n") + bulk("data") + "*2\r\n" + field
        #expect(dialogue.send("SESSGET", token) == flat)
        _ = dialogue.send("HELLO", "3", on: 1)
        let map = "%11\r\n" + members.replacing("*", with: "_\r\n") + bulk("data") + "%1\r\n" + field
        #expect(dialogue.send("SESSGET", token, on: 1) == map)
    }

    @Test func nothingIsNullZeroOrEmpty() {
        #expect(dialogue.send("SESSGET", "nothing") == "$-1\r\n")
        _ = dialogue.send("HELLO", "3", on: 1)
        #expect(dialogue.send("SESSGET", "nothing", on: 1) == "_\r\n")
        #expect(dialogue.send("SESSGET", "") == "$-1\r\n")
        #expect(dialogue.send("SESSLIST", "nobody") == "*2\r\n$1\r\n0\r\n*0\r\n")
        #expect(dialogue.send("SESSCARD", "nobody") == ":0\r\n")
        #expect(dialogue.send("SESSCARD") == ":0\r\n")
        #expect(dialogue.send("SESSTOUCH", "nothing") == ":-2\r\n")
    }

    @Test func namedFields() {
        let token = dialogue.create("FIELDS 3 a 1 b 2 c 3")
        let data = dialogue.run("SESSGET \(token) FIELDS 4 c missing a a")["data"]
        #expect(data?.elements == ["c", "3", "missing", .null, "a", "1", "a", "1"])
    }

    @Test func theDeadlineIsExact() {
        for idle in [1, 2, 255, 256, 257, 65_536, 1_800_000] as [Int64] {
            let token = dialogue.create("IDLE \(idle) MAX 0")
            dialogue.skip(milliseconds: idle - 1)
            #expect(dialogue.number("ttl", token) == 1)
            dialogue.skip(milliseconds: 1)
            #expect(dialogue.run("SESSGET \(token)") == .null, "not served at the deadline itself")
            #expect(dialogue.run("SESSTOUCH \(token)") == -2)
            #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "NOSESSION")
            #expect(dialogue.run("SESSUNSET \(token) FIELDS 1 a").code == "NOSESSION")
            #expect(dialogue.run("SESSROTATE \(token)").code == "NOSESSION")
            #expect(dialogue.run("SESSREVOKE \(token)") == 0)
        }
    }

    @Test func readingDoesNotRenewUnlessToldTo() {
        let token = dialogue.create("IDLE 1000")
        dialogue.skip(milliseconds: 400)
        #expect(dialogue.number("ttl", token) == 600)
        let touched = dialogue.run("SESSGET \(token) TOUCH")
        #expect(touched["ttl"] == 1000 && touched["seen"] == .integer(NodeDialogue.start + 400))
        #expect(touched["version"] == 1)
        dialogue.skip(milliseconds: 999)
        #expect(dialogue.number("ttl", token) == 1)
    }

    @Test func aReadThatIsRefusedRenewsNothing() {
        let token = dialogue.create("IDLE 1000 BIND right")
        dialogue.skip(milliseconds: 400)
        for demand in ["BIND wrong", "MINLEVEL 2", "MINVER 2"] {
            #expect(dialogue.run("SESSGET \(token) TOUCH \(demand)").error != nil)
        }
        #expect(dialogue.run("SESSGET \(token)")["ttl"] == 600)
    }

    @Test func touchNeverPassesTheAbsoluteTimeout() {
        let token = dialogue.create("IDLE 1000 MAX 1500")
        dialogue.skip(milliseconds: 900)
        #expect(dialogue.run("SESSTOUCH \(token)") == 600)
        #expect(dialogue.run("SESSTOUCH \(token) IDLE 30d") == 600)
        #expect(dialogue.run("SESSGET \(token) TOUCH")["ttl"] == 600)
        dialogue.skip(milliseconds: 599)
        #expect(dialogue.run("SESSTOUCH \(token)") == 1)
        dialogue.skip(milliseconds: 1)
        #expect(dialogue.run("SESSTOUCH \(token)") == -2)
        #expect(dialogue.run("SESSGET \(token)") == .null)
    }

    @Test func touchMayChangeTheIdleTimeoutForGood() {
        let token = dialogue.create("IDLE 1000")
        #expect(dialogue.run("SESSTOUCH \(token) IDLE 300") == 300)
        dialogue.advance(milliseconds: 200)
        #expect(dialogue.run("SESSTOUCH \(token)") == 300)
        #expect(dialogue.run("SESSTOUCH \(token) IDLE 2000") == 2000)
        dialogue.advance(milliseconds: 1999)
        #expect(dialogue.number("version", token) == 1)
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.run("SESSTOUCH \(token)") == -2)
    }

    @Test func bind() {
        let token = dialogue.create("BIND fingerprint FIELDS 1 secret x")
        let mismatch = "BINDMISMATCH the fingerprint is not the one the session is bound to"
        for wrong in ["other", "fingerprin", "fingerprints", "Fingerprint"] {
            #expect(dialogue.run("SESSGET \(token) BIND \(wrong)") == .error(mismatch))
        }
        #expect(dialogue.run("SESSGET \(token) BIND fingerprint")["data"]?["secret"] == "x")
        #expect(dialogue.run("SESSGET \(dialogue.create()) BIND anything")["version"] == 1, "unbound: any matches")
    }

    @Test func levels() {
        let token = dialogue.create("LEVEL 3 FOR 100")
        #expect(dialogue.run("SESSGET \(token) MINLEVEL 3")["level"] == 3)
        #expect(dialogue.run("SESSGET \(token) MINLEVEL 4") == .error("STEPUP 3"))
        dialogue.skip(milliseconds: 100)
        #expect(dialogue.run("SESSGET \(token) MINLEVEL 2") == .error("STEPUP 1"))
        #expect(dialogue.run("SESSGET \(token) MINLEVEL 1")["level"] == 1)
    }

    @Test func versions() {
        let token = dialogue.create()
        #expect(dialogue.run("SESSGET \(token) MINVER 1")["version"] == 1)
        #expect(dialogue.run("SESSGET \(token) MINVER 2") == .error("STALE 1"))
        _ = dialogue.run("SESSSET \(token) FIELDS 1 a b")
        #expect(dialogue.run("SESSGET \(token) MINVER 2")["version"] == 2)
        #expect(dialogue.run("SESSGET nothing MINVER 2") == .null)
    }

    /// Answers what an application would log: on which of several checks it failed is the first that fails.
    @Test func theFingerprintIsCheckedFirst() {
        let token = dialogue.create("BIND right")
        #expect(dialogue.run("SESSGET \(token) MINVER 9 MINLEVEL 9 BIND wrong").code == "BINDMISMATCH")
        #expect(dialogue.run("SESSGET \(token) MINVER 9 MINLEVEL 9 BIND right").code == "STEPUP")
    }

    @Test func withoutAPasswordGivenNoSessionIsServed() {
        var configuration = Configuration()
        configuration.requirePass = "secret"
        let dialogue = NodeDialogue(configuration)
        for command in ["SESSCREATE", "SESSGET x", "SESSTOUCH x", "SESSREVOKEUSER u", "SESSCARD"] {
            #expect(dialogue.run(command).code == "NOAUTH")
        }
    }
}
