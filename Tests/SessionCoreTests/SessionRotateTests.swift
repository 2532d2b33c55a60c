import Testing

@testable import SessionCore

@Suite struct SessionRotateTests {
    private let dialogue = NodeDialogue()

    @Test func sameSessionNewTokenNewHandle() {
        let token = dialogue.create("USER alice DEVICE phone IDLE 10s MAX 60s BIND fp LEVEL 2 FIELDS 2 a 1 b 2")
        dialogue.skip(milliseconds: 100)
        let before = dialogue.run("SESSGET \(token)")
        let new = dialogue.rotate(token)
        let after = dialogue.run("SESSGET \(new)")
        #expect(new != token && new.count == 32)
        #expect(after["handle"] == .bulk(Array(expectedHandle(new).utf8)) && after["handle"] != before["handle"])
        for name in ["user", "device", "created", "seen", "ttl", "max", "level", "rotated", "data"] {
            #expect(after[name] == before[name], "\(name)")
        }
        #expect(after["version"] == 2)
        #expect(dialogue.run("SESSGET \(new) BIND other").code == "BINDMISMATCH")
        #expect(dialogue.run("SESSCARD alice") == 1 && dialogue.run("SESSCARD") == 1)
        let listed = dialogue.run("SESSLIST alice").elements?[1].elements?[0]
        #expect(listed?["handle"] == after["handle"] && listed?["rotated"] == 0)
    }

    @Test func options() {
        let token = dialogue.create("USER alice LEVEL 5 BIND fp")
        let new = dialogue.rotate(token, "USER bob LEVEL 3 FOR 1000 BIND other")
        let session = dialogue.run("SESSGET \(new) BIND other")
        #expect(session["user"] == "bob" && session["level"] == 3)
        #expect(dialogue.run("SESSGET \(new) BIND fp").code == "BINDMISMATCH")
        #expect(dialogue.run("SESSCARD alice") == 0 && dialogue.run("SESSCARD bob") == 1)
        dialogue.skip(milliseconds: 1000)
        #expect(dialogue.number("level", new) == 1)
        #expect(dialogue.number("level", dialogue.rotate(new, "LEVEL 2")) == 2)
        let attached = dialogue.rotate(dialogue.create(), "USER carol")
        #expect(dialogue.run("SESSGET \(attached)")["user"] == "carol" && dialogue.run("SESSCARD carol") == 1)
    }

    @Test func withinItsGraceTheOldTokenReads() {
        let token = dialogue.create("IDLE 60s FIELDS 1 a 1")
        dialogue.skip(milliseconds: 1000)
        let new = dialogue.rotate(token)
        dialogue.skip(milliseconds: 9999)
        let session = dialogue.run("SESSGET \(token)")
        #expect(session["rotated"] == 1 && session["data"]?["a"] == "1" && session["version"] == 2)
        #expect(session["handle"] == .bulk(Array(expectedHandle(new).utf8)))
        #expect(dialogue.run("SESSTOUCH \(token)") == 60_000)
        #expect(dialogue.number("ttl", new) == 60_000, "it renews the session")
        dialogue.skip(milliseconds: 1)
        #expect(dialogue.run("SESSGET \(token)").code == "REUSED", "ten seconds are the default, exactly")
    }

    @Test func withinItsGraceTheOldTokenDoesNotWrite() {
        let token = dialogue.create("FIELDS 1 a 1")
        let new = dialogue.rotate(token)
        for command in ["SESSSET * FIELDS 1 a 2", "SESSUNSET * FIELDS 1 a", "SESSROTATE *", "SESSCREATE ID *"] {
            #expect(dialogue.run(command.replacing("*", with: token)).code == "ROTATED", "\(command)")
        }
        #expect(dialogue.data(new) == ["a": "1"] && dialogue.number("version", new) == 2)
    }

    @Test("every use of an old token after its grace ends the session", arguments: [
        "SESSGET *", "SESSGET * TOUCH", "SESSTOUCH *", "SESSSET * FIELDS 1 a 2", "SESSUNSET * FIELDS 1 a",
        "SESSROTATE *",
        "SESSCREATE ID *",
    ])
    func reuse(command: String) {
        let token = dialogue.create("USER alice FIELDS 1 a 1")
        let new = dialogue.rotate(token, "GRACE 500")
        dialogue.listen()
        dialogue.advance(milliseconds: 500)
        #expect(dialogue.run(command.replacing("*", with: token)).code == "REUSED")
        #expect(dialogue.run("SESSGET \(new)") == .null && dialogue.run("SESSCARD alice") == 0)
        #expect(dialogue.run("SESSSET \(new) FIELDS 1 a 2").code == "REVOKED")
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a 2").code == "REVOKED")
        #expect(dialogue.run("SESSTOUCH \(token)") == -2)
        let events = dialogue.heard()
        #expect(events.count == 2 && events[0].contains(#""event":"reuse""#))
        #expect(events[1].contains(#""event":"revoked""#) && events[1].contains(#""reason":"reuse""#))
        #expect(events.allSatisfy { $0.contains(expectedHandle(new)) && $0.contains(#""user":"alice""#) })
    }

    @Test func reuseMayBeToldNotToRevoke() {
        var configuration = Configuration()
        configuration.sessionReuseRevokes = false
        let dialogue = NodeDialogue(configuration)
        let token = dialogue.create()
        let new = dialogue.rotate(token, "GRACE 0")
        dialogue.listen()
        #expect(dialogue.run("SESSGET \(token)").code == "REUSED")
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "REUSED")
        #expect(dialogue.heardNames() == ["reuse", "reuse"])
        #expect(dialogue.number("version", new) == 2)
    }

    @Test func graceZeroIsNoneAtAll() {
        let token = dialogue.create()
        let new = dialogue.rotate(token, "GRACE 0")
        // Not even when the clock goes back.
        dialogue.stepWallClock(milliseconds: -5000)
        #expect(dialogue.run("SESSGET \(token)").code == "REUSED")
        #expect(dialogue.run("SESSGET \(new)") == .null)
    }

    @Test func configuredGrace() {
        var configuration = Configuration()
        configuration.sessionGrace = 50
        let dialogue = NodeDialogue(configuration)
        let token = dialogue.create()
        _ = dialogue.rotate(token)
        dialogue.skip(milliseconds: 49)
        #expect(dialogue.number("rotated", token) == 1)
        dialogue.skip(milliseconds: 1)
        #expect(dialogue.run("SESSGET \(token)").code == "REUSED")
    }

    @Test func onlyTheImmediatePredecessorHasAGrace() {
        let first = dialogue.create()
        let second = dialogue.rotate(first, "GRACE 1h")
        #expect(dialogue.number("rotated", first) == 1)
        let third = dialogue.rotate(second, "GRACE 1h")
        #expect(dialogue.number("rotated", second) == 1)
        #expect(dialogue.run("SESSGET \(first)").code == "REUSED")
        #expect(dialogue.run("SESSGET \(third)") == .null)
        #expect(dialogue.run("SESSSET \(second) FIELDS 1 a b").code == "REVOKED")
    }

    @Test("each token of a long chain is known until the session's end", arguments: [0, 1, 7, 32, 63])
    func chains(index: Int) {
        var tokens = [dialogue.create("IDLE 1000 MAX 0")]
        for _ in 0..<Limits.predecessors {
            tokens.append(dialogue.rotate(tokens[tokens.count - 1]))
            dialogue.advance(milliseconds: 30)
            _ = dialogue.run("SESSTOUCH \(tokens[tokens.count - 1])")
        }
        #expect(dialogue.number("version", tokens[Limits.predecessors]) == Int64(Limits.predecessors + 1))
        let isGraced = index == Limits.predecessors - 1
        #expect(dialogue.run("SESSGET \(tokens[index])").code == (isGraced ? nil : "REUSED"))
        #expect(dialogue.run("SESSTOUCH \(tokens[Limits.predecessors])") == (isGraced ? 1000 : -2))
    }

    @Test func predecessorsGoWithTheSession() {
        var token = dialogue.create("USER alice IDLE 1000 MAX 0")
        for _ in 0..<50 {
            dialogue.advance(milliseconds: 100)
            _ = dialogue.run("SESSTOUCH \(token)")
            token = dialogue.rotate(token)
        }
        let held = dialogue.inspect { $0.execution.store.databases[0].records.count }
        #expect(held == 51, "none has gone before")
        dialogue.advance(milliseconds: 1000)
        #expect(dialogue.inspect { $0.execution.store.databases[0].records.count } == 0)
        #expect(dialogue.inspect { $0.execution.store.wheel.count } == 0)
        #expect(dialogue.inspect { $0.execution.store.databases[0].expiring } == 0)
    }

    /// However often a session is rotated, its old tokens cost little when the wheel comes by.
    @Test func chainsAreCompressed() {
        var token = dialogue.create("IDLE 1000 MAX 0")
        for _ in 0..<200 { token = dialogue.rotate(token) }
        dialogue.advance(milliseconds: 500)
        _ = dialogue.run("SESSTOUCH \(token)")
        dialogue.advance(milliseconds: 500)
        let end = expectedHandle(token)
        let keys = dialogue.run("KEYS *:rotated").elements ?? []
        #expect(keys.count == Limits.predecessors)
        #expect(keys.allSatisfy { dialogue.reply([[71, 69, 84], Array(($0.text ?? "").utf8)]).text == end })
    }

    @Test func ofASessionThatHasEndedNothingIsLeft() {
        let token = dialogue.create("IDLE 1000")
        let new = dialogue.rotate(token, "GRACE 1h")
        dialogue.skip(milliseconds: 1000)
        for old in [token, new] {
            #expect(dialogue.run("SESSGET \(old)") == .null)
            #expect(dialogue.run("SESSTOUCH \(old)") == -2)
            #expect(dialogue.run("SESSSET \(old) FIELDS 1 a b").code == "NOSESSION")
            #expect(dialogue.run("SESSROTATE \(old)").code == "NOSESSION")
        }
    }

    /// A caller that makes its own tokens may use one again once its session has expired. What led to the old session
    /// must not lead to the new one.
    @Test func anOldTokenDoesNotLeadToALaterSessionOfTheSameToken() {
        let token = dialogue.create("IDLE 1h")
        let new = dialogue.rotate(token, "GRACE 2h")
        #expect(dialogue.run("SESSTOUCH \(new) IDLE 1000") == 1000)
        dialogue.advance(milliseconds: 1000)
        _ = dialogue.create("ID \(new) FIELDS 1 secret x")
        #expect(dialogue.run("SESSGET \(token)") == .null)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "NOSESSION")
        #expect(dialogue.data(new) == ["secret": "x"])
    }

    @Test func theOldTokensOfARevokedSession() {
        let first = dialogue.create("IDLE 1000 MAX 10s")
        let second = dialogue.rotate(first)
        let third = dialogue.rotate(second)
        #expect(dialogue.run("SESSREVOKE \(third)") == 1)
        // Beyond the idle timeout, but not yet where the tombstone ends.
        for wait in [0, 1000, 8999] as [Int64] {
            dialogue.advance(milliseconds: wait)
            for old in [first, second, third] {
                #expect(dialogue.run("SESSGET \(old)") == .null)
                #expect(dialogue.run("SESSSET \(old) FIELDS 1 a b").code == "REVOKED")
                #expect(dialogue.run("SESSCREATE ID \(old)").code == "REVOKED")
            }
        }
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.inspect { $0.execution.store.databases[0].records.count } == 0)
        #expect(dialogue.run("SESSSET \(first) FIELDS 1 a b").code == "NOSESSION")
    }

    @Test func rotatingARevokedSession() {
        let token = dialogue.create()
        _ = dialogue.run("SESSREVOKE \(token)")
        #expect(dialogue.run("SESSROTATE \(token)").code == "REVOKED")
        #expect(dialogue.run("SESSROTATE nothing").code == "NOSESSION")
    }
}
