import Testing

@testable import SessionCore

@Suite("Events of sessions as messages")
struct SessionNotificationTests {
    private static let handle = Handle(low: UInt64(littleEndian: 0x0706_0504_0302_0100), high: 0)
    private static let handleText = "00010203040506070000000000000000"

    private static func event(
        _ kind: SessionEvent.Kind = .revoked, user: [UInt8] = Array("alice".utf8), reason: String? = nil,
        device: String = ""
    ) -> SessionEvent {
        SessionEvent(kind: kind, handle: handle, user: user, at: 1_700_000_000_123, reason: reason, device: device)
    }

    private func publish(_ event: SessionEvent, _ dialogue: NodeDialogue) {
        dialogue.modify {
            $0.execution.store.events.append(event)
            $0.publishSessionEvents()
        }
    }

    @Test func onTheChannelOfTheEventAndOfTheUser() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SUBSCRIBE", "__session__:revoked", on: 1)
        _ = dialogue.send("SUBSCRIBE", "__sessionuser__:alice", on: 2)
        publish(SessionNotificationTests.event(reason: "logout", device: "Firefox on \"Linux\""), dialogue)
        let payload = #"{"event":"revoked","handle":"\#(SessionNotificationTests.handleText)","user":"alice","#
            + #""at":1700000000123,"reason":"logout","device":"Firefox on \"Linux\""}"#
        #expect(dialogue.read(on: 1) == bulks("message", "__session__:revoked", payload))
        #expect(dialogue.read(on: 2) == bulks("message", "__sessionuser__:alice", payload))
        publish(SessionNotificationTests.event(.expired), dialogue)
        #expect(dialogue.read(on: 1) == "")
        #expect(dialogue.read(on: 2).contains(#"{"event":"expired""#))
    }

    @Test func anonymousSessionsHaveNullForAUserAndNoChannelOfTheirOwn() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("PSUBSCRIBE", "__session*", on: 1)
        publish(SessionNotificationTests.event(.created, user: []), dialogue)
        let payload = #"{"event":"created","handle":"\#(SessionNotificationTests.handleText)","user":null,"#
            + #""at":1700000000123}"#
        #expect(dialogue.read(on: 1) == bulks("pmessage", "__session*", "__session__:created", payload))
    }

    @Test("a user of any bytes has a channel of exactly these")
    func binaryUsers() {
        let dialogue = NodeDialogue()
        let user: [UInt8] = [0xFF, 0x00, 0x22]
        let channel = Array("__sessionuser__:".utf8) + user
        _ = dialogue.sendBytes([Array("SUBSCRIBE".utf8), channel], on: 1)
        publish(SessionNotificationTests.event(user: user), dialogue)
        #expect(dialogue.read(on: 1).contains(#""user":"\#u{FFFD}\u0000\"""#))
    }

    @Test("several events at once, in order; and messages outside of any command reach the connection served last")
    func order() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SUBSCRIBE", "__session__:set", "__session__:created")
        dialogue.modify {
            for kind in [SessionEvent.Kind.created, .set, .created] {
                $0.execution.store.events.append(SessionNotificationTests.event(kind))
            }
            $0.publishSessionEvents()
        }
        let text = dialogue.read()
        let kinds = text.split(separator: "\"event\":\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
        #expect(kinds == ["created", "set", "created"])
        #expect(dialogue.inspect { $0.execution.store.events.isEmpty })
    }

    @Test("what session commands and the clock cause, and never a token")
    func lifeOfASession() {
        let dialogue = NodeDialogue()
        let token = "abcdefghijklmnopqrstuvwx"
        _ = dialogue.send("PSUBSCRIBE", "__session__:*", on: 1)
        _ = dialogue.send("SESSCREATE", "ID", token, "USER", "bob", "DEVICE", "phone", "IDLE", "1000")
        _ = dialogue.send("SESSREVOKE", token, "REASON", "logout")
        dialogue.skip(milliseconds: 5)
        _ = dialogue.send("SESSCREATE", "ID", token + "2", "IDLE", "1000")
        let before = dialogue.read(on: 1)
        #expect(before.contains(#""user":"bob","at":1000000000000,"device":"phone"}"#))
        #expect(before.contains(#""user":"bob","at":1000000000000,"reason":"logout","device":"phone"}"#))
        #expect(before.contains("__session__:revoked") && before.contains(#""user":null,"at":1000000000005}"#))
        dialogue.advance(milliseconds: 1200)
        let expired = dialogue.read(on: 1)
        #expect(expired.contains("__session__:expired") && expired.contains(#""user":null,"at":1000000001005}"#))
        #expect(!(before + expired).contains(token))
    }

    @Test("events are recorded only while a subscription may hear them", arguments: [
        ("SUBSCRIBE", "__session__:expired", true), ("SUBSCRIBE", "__sessionuser__:bob", true),
        ("SUBSCRIBE", "news", false), ("SUBSCRIBE", "__sentinel__:hello", false), ("SUBSCRIBE", "__sess", false),
        ("PSUBSCRIBE", "*", true),
        ("PSUBSCRIBE", "__sess*", true), ("PSUBSCRIBE", "_?session", true), ("PSUBSCRIBE", "[_]x", true),
        ("PSUBSCRIBE", "news*", false), ("PSUBSCRIBE", "\\__session", true), ("SUBSCRIBE", "*", false),
    ])
    func recording(_ command: String, _ topic: String, _ records: Bool) {
        let dialogue = NodeDialogue()
        #expect(!dialogue.inspect { $0.execution.store.recordsEvents })
        _ = dialogue.send(command, topic, on: 1)
        #expect(dialogue.inspect { $0.execution.store.recordsEvents } == records)
        dialogue.disconnect(1)
        #expect(!dialogue.inspect { $0.execution.store.recordsEvents })
    }
}

@Suite("JSON strings")
struct JSONTextTests {
    private func json(_ bytes: [UInt8]) -> String {
        var buffer = ByteBuffer()
        buffer.appendJSON(bytes.span.bytes)
        return buffer.bytes.text
    }

    @Test func escapes() {
        #expect(json(Array("a\"b\\c/d\n\r\t\u{8}\u{c}\u{1}\u{1F}\u{7F}é€😀".utf8))
            == #""a\"b\\c/d\n\r\t\b\f\u0001\u001f"# + "\u{7F}é€😀\"")
        #expect(json([]) == "\"\"")
    }

    @Test("bytes that are not UTF-8 are replaced as Unicode recommends", arguments: [
        [0x80], [0xC2], [0xC0, 0xAF], [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
        [0xF0, 0x9F, 0x98], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80], [0xFF, 0xFE],
        [0xF0, 0x9F, 0x41, 0x98, 0x80], [0xC3, 0xA9, 0xC3],
    ] as [[UInt8]])
    func invalidSequences(_ bytes: [UInt8]) {
        #expect(json(bytes) == "\"" + String(decoding: bytes, as: UTF8.self) + "\"")
    }

    @Test func randomBytes() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<2000 {
            // From the ranges where sequences begin and go on.
            let bytes = (0..<random.below(12)).map { _ in
                [0x41, 0x80, 0x8F, 0x9F, 0xA0, 0xBF, 0xC3, 0xE0, 0xED, 0xEF, 0xF0, 0xF4][random.below(12)] as UInt8
            }
            #expect(json(bytes) == "\"" + String(decoding: bytes, as: UTF8.self) + "\"")
        }
    }
}
