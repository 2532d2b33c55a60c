import Testing

@testable import SessionCore

@Suite struct SessionRevokeTests {
    private let dialogue = NodeDialogue()

    @Test func countsWhatWasLive() {
        let tokens = (0..<3).map { _ in dialogue.create("USER alice") }
        #expect(dialogue.run("SESSREVOKE \(tokens[0]) nothing \(tokens[1]) \(tokens[0])") == 2)
        #expect(dialogue.run("SESSREVOKE \(tokens[0])") == 0)
        #expect(dialogue.run("SESSCARD alice") == 1)
        #expect(dialogue.run("SESSREVOKE \(tokens[2]) REASON bye") == 1)
        #expect(dialogue.run("SESSCARD") == 0)
    }

    @Test func whatARevokedTokenAnswers() {
        let token = dialogue.create("FIELDS 1 a b")
        #expect(dialogue.run("SESSREVOKE \(token)") == 1)
        #expect(dialogue.run("SESSGET \(token)") == .null)
        #expect(dialogue.run("SESSGET \(token) TOUCH BIND x") == .null)
        #expect(dialogue.run("SESSTOUCH \(token)") == -2)
        for command in ["SESSSET * FIELDS 1 a b", "SESSUNSET * FIELDS 1 a", "SESSROTATE *", "SESSCREATE ID *"] {
            #expect(dialogue.run(command.replacing("*", with: token)) == .error("REVOKED the session was revoked"))
        }
    }

    @Test func byHandle() {
        let tokens = (0..<3).map { _ in dialogue.create() }
        let handles = tokens.map(dialogue.handle)
        #expect(dialogue.run("SESSREVOKE HANDLE \(handles[0]) \(handles[1].uppercased()) REASON x") == 2)
        #expect(dialogue.run("SESSREVOKE handle \(handles[0])") == 0)
        #expect(dialogue.run("SESSREVOKE \(handles[2])") == 0, "a handle is no token")
        for wrong in ["zz", String(repeating: "g", count: 32), "\(handles[2])0"] {
            let reply = dialogue.run("SESSREVOKE HANDLE \(handles[2]) \(wrong)")
            #expect(reply == .error("ERR a handle is 32 hexadecimal characters"))
        }
        #expect(dialogue.run("SESSTOUCH \(tokens[2])") == 1_800_000, "a refused command has revoked nothing")
    }

    @Test("old tokens and handles serve too", arguments: [false, true], ["GRACE 1h", "GRACE 0"])
    func byWhatWasReplaced(byHandle: Bool, grace: String) {
        let first = dialogue.create("USER alice")
        let firstHandle = dialogue.handle(first)
        let third = dialogue.rotate(dialogue.rotate(first, grace), grace)
        dialogue.listen()
        #expect(dialogue.run("SESSREVOKE \(byHandle ? "HANDLE \(firstHandle)" : first) REASON logout") == 1)
        #expect(dialogue.run("SESSSET \(third) FIELDS 1 a b").code == "REVOKED")
        #expect(dialogue.heard().last?.contains(#""reason":"logout""#) == true)
        #expect(dialogue.run("SESSREVOKE \(first) \(third)") == 0)
    }

    @Test func theTombstoneStaysUntilTheAbsoluteEnd() {
        let token = dialogue.create("IDLE 1000 MAX 5000")
        dialogue.advance(milliseconds: 500)
        _ = dialogue.run("SESSREVOKE \(token)")
        dialogue.advance(milliseconds: 4499)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "REVOKED")
        dialogue.skip(milliseconds: 1)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "NOSESSION")
        #expect(dialogue.run("SESSCREATE ID \(token)").text == token)
    }

    @Test func withoutAnAbsoluteEndItStaysForSessTombstone() {
        for (configured, expected) in [(nil, 24 * 3600 * 1000), (700, 700)] as [(Int64?, Int64)] {
            var configuration = Configuration()
            if let configured { configuration.sessionTombstone = configured }
            let dialogue = NodeDialogue(configuration)
            let token = dialogue.create("IDLE 1000 MAX 0")
            dialogue.advance(milliseconds: 500)
            _ = dialogue.run("SESSREVOKE \(token)")
            dialogue.advance(milliseconds: expected - 1)
            #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "REVOKED")
            dialogue.advance(milliseconds: 1)
            #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "NOSESSION")
            #expect(dialogue.inspect { $0.execution.store.heap.usedBytes } < 1024)
        }
    }

    @Test func flushAllForgetsTombstones() {
        let token = dialogue.create()
        let new = dialogue.rotate(token)
        _ = dialogue.run("SESSREVOKE \(new)")
        #expect(dialogue.run("FLUSHALL") == .simple("OK"))
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b").code == "NOSESSION")
        #expect(dialogue.create("ID \(new)") == new)
    }

    @Test func ofAUser() {
        let alices = (0..<5).map { _ in dialogue.create("USER alice") }
        let bob = dialogue.create("USER bob")
        let anonymous = dialogue.create()
        _ = dialogue.run("SESSREVOKE \(alices[0])")
        #expect(dialogue.run("SESSREVOKEUSER nobody") == 0)
        #expect(dialogue.run("SESSREVOKEUSER alice REASON password-changed") == 4)
        #expect(dialogue.run("SESSREVOKEUSER alice") == 0)
        #expect(alices.allSatisfy { dialogue.run("SESSSET \($0) FIELDS 1 a b").code == "REVOKED" })
        #expect(dialogue.run("SESSTOUCH \(bob)") == 1_800_000 && dialogue.run("SESSTOUCH \(anonymous)") == 1_800_000)
        #expect(dialogue.run("SESSTOUCH \(dialogue.create("USER alice"))") == 1_800_000, "a later one is not affected")
        #expect(dialogue.run("SESSCARD alice") == 1)
    }

    @Test func ofAUserExceptOne() {
        let tokens = (0..<4).map { _ in dialogue.create("USER alice") }
        #expect(dialogue.run("SESSREVOKEUSER alice EXCEPT \(tokens[1]) REASON x") == 3)
        #expect(dialogue.run("SESSTOUCH \(tokens[1])") == 1_800_000)
        let more = (0..<2).map { _ in dialogue.create("USER alice") }
        let new = dialogue.rotate(tokens[1])
        let revoked = dialogue.run("SESSREVOKEUSER alice reason x except \(tokens[1])")
        #expect(revoked == 2, "within its grace it spares too")
        #expect(dialogue.run("SESSTOUCH \(new)") == 1_800_000)
        #expect(more.allSatisfy { dialogue.run("SESSTOUCH \($0)") == -2 })
        #expect(dialogue.run("SESSREVOKEUSER alice EXCEPT nothing") == 1, "what names no session spares none")
    }

    @Test func ofAUserNotTheDead() {
        _ = dialogue.create("USER alice IDLE 10")
        _ = dialogue.create("USER alice")
        dialogue.skip(milliseconds: 10)
        dialogue.listen()
        #expect(dialogue.run("SESSREVOKEUSER alice") == 1)
        #expect(dialogue.heardNames() == ["revoked"])
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.heardNames() == ["expired"])
    }

    /// Tokens and users are any bytes; only names of keys are reserved.
    @Test func namesThatLookLikeSessionKeys() {
        let token = dialogue.create("ID __sess__:caller-made USER __sess__:user")
        #expect(dialogue.run("SESSREVOKE \(token)") == 1)
        _ = dialogue.create("USER __sess__:user")
        #expect(dialogue.run("SESSREVOKEUSER __sess__:user") == 1)
        let another = dialogue.create("ID __sess__:another-one")
        #expect(dialogue.run("SESSTOUCH \(another)") == 1_800_000)
        #expect(dialogue.run("SESSSET \(another) FIELDS 1 a b") == 2)
    }
}
