import Testing

@testable import SessionCore

/// What happens to sessions, as subscribers hear of it. The form of messages is tested in `SessionNotificationTests`.
@Suite struct SessionEventTests {
    private let dialogue = NodeDialogue()
    private static let start = NodeDialogue.start

    init() { dialogue.listen() }

    private func payload(
        _ event: String, _ token: String, user: String? = nil, at: Int64 = 0, reason: String? = nil,
        device: String? = nil
    ) -> String {
        var text = #"{"event":"\#(event)","handle":"\#(expectedHandle(token))","user":"#
        text += user.map { #""\#($0)""# } ?? "null"
        text += #","at":\#(SessionEventTests.start + at)"#
        if let reason { text += #","reason":"\#(reason)""# }
        if let device { text += #","device":"\#(device)""# }
        return text + "}"
    }

    @Test func created() {
        let token = dialogue.create()
        let named = dialogue.create("USER alice DEVICE phone")
        #expect(dialogue.heard() == [
            payload("created", token), payload("created", named, user: "alice", device: "phone"),
        ])
        _ = dialogue.run("SESSCREATE ID short")
        _ = dialogue.run("SESSCREATE ID \(token)")
        #expect(dialogue.heard() == [], "a refused command is no event")
    }

    @Test func set() {
        let token = dialogue.create("FIELDS 1 a 1")
        _ = dialogue.heard()
        dialogue.skip(milliseconds: 7)
        _ = dialogue.run("SESSSET \(token) USER alice FIELDS 1 a 2")
        _ = dialogue.run("SESSUNSET \(token) FIELDS 1 a")
        #expect(dialogue.heard() == Array(repeating: payload("set", token, user: "alice", at: 7), count: 2))
        _ = dialogue.run("SESSUNSET \(token) FIELDS 1 a")
        _ = dialogue.run("SESSSET \(token) IFVER 9 FIELDS 1 a 2")
        _ = dialogue.run("SESSTOUCH \(token)")
        _ = dialogue.run("SESSGET \(token) TOUCH")
        #expect(dialogue.heard() == [])
    }

    @Test func rotated() {
        let token = dialogue.create("USER alice")
        _ = dialogue.heard()
        let new = dialogue.rotate(token)
        #expect(dialogue.heard() == [payload("rotated", token, user: "alice")], "under the handle it is known by")
        #expect(dialogue.run("SESSROTATE \(token)").error != nil && new != token)
        #expect(dialogue.heard() == [])
    }

    @Test func revoked() {
        let tokens = (0..<4).map { _ in dialogue.create("USER alice") }
        _ = dialogue.heard()
        _ = dialogue.run("SESSREVOKE \(tokens[0]) nothing REASON logout")
        _ = dialogue.run("SESSREVOKE HANDLE \(expectedHandle(tokens[1]))")
        #expect(dialogue.heard() == [
            payload("revoked", tokens[0], user: "alice", reason: "logout"),
            payload("revoked", tokens[1], user: "alice"),
        ])
        _ = dialogue.run("SESSREVOKE \(tokens[0])")
        #expect(dialogue.heard() == [])
        _ = dialogue.run("SESSREVOKEUSER alice REASON x EXCEPT \(tokens[3])")
        #expect(dialogue.heard() == [payload("revoked", tokens[2], user: "alice", reason: "x")])
    }

    @Test func reuse() {
        let token = dialogue.create()
        let new = dialogue.rotate(token, "GRACE 0")
        _ = dialogue.heard()
        _ = dialogue.run("SESSGET \(token)")
        #expect(dialogue.heard() == [payload("reuse", new), payload("revoked", new, reason: "reuse")])
    }

    @Test func bindmismatchAndStepup() {
        let token = dialogue.create("USER alice BIND fp")
        _ = dialogue.heard()
        _ = dialogue.run("SESSGET \(token) BIND other")
        _ = dialogue.run("SESSGET \(token) MINLEVEL 2")
        _ = dialogue.run("SESSGET \(token) BIND fp MINLEVEL 1")
        _ = dialogue.run("SESSGET \(token) MINVER 5")
        #expect(dialogue.heard() == [
            payload("bindmismatch", token, user: "alice"), payload("stepup", token, user: "alice"),
        ])
    }

    @Test func limit() {
        let token = dialogue.create("USER alice")
        _ = dialogue.heard()
        _ = dialogue.run("SESSCREATE USER alice LIMIT 1")
        #expect(dialogue.heard() == [payload("limit", token, user: "alice")])
        let new = dialogue.create("USER alice LIMIT 1 EVICT")
        #expect(dialogue.heard() == [
            payload("limit", token, user: "alice"), payload("revoked", token, user: "alice", reason: "limit"),
            payload("created", new, user: "alice"),
        ])
    }

    /// Whenever it is noticed, by the wheel or by a lookup, `at` is the deadline.
    @Test func expired() {
        let byWheel = dialogue.create("IDLE 1000 USER alice")
        let byLookup = dialogue.create("IDLE 2000")
        let unnoticed = dialogue.create("IDLE 3000 MAX 2500")
        _ = dialogue.heard()
        dialogue.advance(milliseconds: 999)
        #expect(dialogue.heard() == [])
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.heard() == [payload("expired", byWheel, user: "alice", at: 1000)])
        dialogue.skip(milliseconds: 1234)
        #expect(dialogue.run("SESSGET \(byLookup)") == .null)
        #expect(dialogue.heard() == [payload("expired", byLookup, at: 2000)])
        dialogue.advance(milliseconds: 10_000)
        #expect(dialogue.heard() == [payload("expired", unnoticed, at: 2500)])
        dialogue.advance(milliseconds: 100_000)
        #expect(dialogue.heard() == [], "once")
    }

    @Test func ofTheUsersChannel() {
        _ = dialogue.send("SUBSCRIBE", "__sessionuser__:alice", on: 1)
        let token = dialogue.create("USER alice")
        _ = dialogue.create("USER bob")
        _ = dialogue.create()
        let new = dialogue.rotate(token, "USER bob")
        _ = dialogue.run("SESSREVOKE \(new)")
        let heard = WireReply.all(in: Array(dialogue.read(on: 1).utf8)).compactMap { $0.elements?.last?.text }
        #expect(heard == [payload("created", token, user: "alice"), payload("rotated", token, user: "alice")])
    }

    @Test func everyCommandsEventsComeBehindItsReply() {
        _ = dialogue.send("HELLO", "3")
        _ = dialogue.send("SUBSCRIBE", "__session__:created")
        let replies = WireReply.all(in: dialogue.sendBytes([Array("SESSCREATE".utf8)]))
        #expect(replies.count == 2 && replies[0].text?.count == 32)
        guard case .push = replies.last else { return #expect(Bool(false), "\(replies)") }
    }
}

/// `expiring`: `sess-warn` before the deadline.
@Suite struct SessionWarningTests {
    private let dialogue: NodeDialogue
    private static let start = NodeDialogue.start

    init() {
        var configuration = Configuration()
        configuration.sessionWarn = 200
        dialogue = NodeDialogue(configuration)
        dialogue.listen()
    }

    /// Names and times of the events since the last call.
    private func heard() -> [String] {
        dialogue.heard().map { payload in
            let name = payload.dropFirst(#"{"event":""#.count).prefix { $0 != "\"" }
            let at = payload.split(separator: #""at":"#).last.map { $0.prefix { $0.isNumber } } ?? ""
            return "\(name) \((Int64(at) ?? 0) - SessionWarningTests.start)"
        }
    }

    @Test func onceBeforeTheDeadline() {
        _ = dialogue.create("IDLE 1000")
        dialogue.advance(milliseconds: 799)
        #expect(heard() == ["created 0"])
        dialogue.advance(milliseconds: 1)
        #expect(heard() == ["expiring 1000"])
        dialogue.advance(milliseconds: 199)
        #expect(heard() == [])
        dialogue.advance(milliseconds: 1)
        #expect(heard() == ["expired 1000"])
    }

    @Test("exactly so long before, however long", arguments: [
        (1000, 1), (1000, 500), (1000, 999), (70_000, 69_000), (3_600_000, 600_000), (3_600_000, 3_599_999),
    ] as [(Int64, Int64)])
    func onTime(idle: Int64, warning: Int64) {
        var configuration = Configuration()
        configuration.sessionWarn = warning
        let dialogue = NodeDialogue(configuration)
        dialogue.listen()
        let token = dialogue.create("IDLE \(idle)")
        _ = dialogue.heard()
        for _ in 0..<2 {
            dialogue.advance(milliseconds: idle - warning - 1)
            #expect(dialogue.heardNames() == [])
            dialogue.advance(milliseconds: 1)
            #expect(dialogue.heardNames() == ["expiring"])
            #expect(dialogue.run("SESSTOUCH \(token)") == .integer(idle))
        }
        let new = dialogue.rotate(token)
        _ = dialogue.heard()
        dialogue.advance(milliseconds: idle - warning)
        #expect(dialogue.heardNames() == ["expiring"])
        #expect(dialogue.number("ttl", new) == warning)
    }

    @Test func onceInEachIdlePeriod() {
        let token = dialogue.create("IDLE 1000")
        dialogue.advance(milliseconds: 900)
        #expect(heard() == ["created 0", "expiring 1000"])
        _ = dialogue.run("SESSTOUCH \(token)")
        dialogue.advance(milliseconds: 799)
        #expect(heard() == [])
        dialogue.advance(milliseconds: 1)
        #expect(heard() == ["expiring 1900"])
        _ = dialogue.run("SESSSET \(token) FIELDS 1 a \(String(repeating: "x", count: 5000))")
        dialogue.advance(milliseconds: 10)
        #expect(heard() == ["set 1700"], "a write starts no idle period")
        _ = dialogue.run("SESSGET \(token) TOUCH")
        dialogue.advance(milliseconds: 999)
        dialogue.advance(milliseconds: 1)
        #expect(heard() == ["expiring 2710", "expired 2710"])
    }

    @Test func rotationStartsNoIdlePeriod() {
        let token = dialogue.create("IDLE 1000")
        dialogue.advance(milliseconds: 900)
        #expect(heard() == ["created 0", "expiring 1000"])
        let new = dialogue.rotate(token)
        dialogue.advance(milliseconds: 50)
        #expect(heard() == ["rotated 900"])
        _ = dialogue.run("SESSTOUCH \(new)")
        dialogue.advance(milliseconds: 800)
        #expect(heard() == ["expiring 1950"])
        let early = dialogue.rotate(new)
        dialogue.advance(milliseconds: 200)
        #expect(heard() == ["rotated 1750", "expired 1950"])
        #expect(dialogue.run("SESSTOUCH \(early)") == -2)
    }

    @Test("a session whose idle timeout is no longer than the warning has none", arguments: [1, 100, 199, 200])
    func shortSessions(idle: Int64) {
        _ = dialogue.create("IDLE \(idle)")
        dialogue.advance(milliseconds: idle)
        #expect(heard() == ["created 0", "expired \(idle)"])
    }

    @Test func theAbsoluteTimeoutIsWarnedOfToo() {
        let token = dialogue.create("IDLE 1000 MAX 1500")
        dialogue.advance(milliseconds: 700)
        _ = dialogue.run("SESSTOUCH \(token)")
        dialogue.advance(milliseconds: 600)
        #expect(heard() == ["created 0", "expiring 1500"])
    }

    @Test("an idle timeout that becomes longer", arguments: ["SESSTOUCH * IDLE 300", "SESSSET * IDLE 300"])
    func longerIdleTimeout(command: String) {
        let token = dialogue.create("IDLE 200")
        _ = dialogue.run(command.replacing("*", with: token))
        _ = heard()
        dialogue.advance(milliseconds: 100)
        #expect(heard() == ["expiring 300"])
    }

    @Test func theWarningAloneKeepsNothingAlive() {
        for index in 0..<100 { _ = dialogue.create("IDLE \(300 + index)") }
        for _ in 0..<100 { dialogue.advance(milliseconds: 5) }
        #expect(dialogue.heard().count == 300)
        #expect(dialogue.inspect { $0.execution.store.wheel.count } == 0)
    }
}
