import TestSupport
import Testing

/// What is published on `__session__:<event>` and `__sessionuser__:<user>`.
@Suite struct SessionEventTests {
    @Test func everyEventOfASessionsLife() throws {
        let client = try SessionClient()
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        let before = wallMilliseconds()
        let token = unique("token")
        let create: [Bytes] = ["ID", Bytes(token), "USER", Bytes(user), "DEVICE", "Böse \"Zeichen\"", "BIND", "fp"]
        #expect(try client.send(["SESSCREATE"] + create) == .text(token))
        _ = try client.send("SESSSET \(token) FIELDS 1 a b")
        _ = try client.send("SESSGET \(token) BIND other")
        _ = try client.send("SESSGET \(token) MINLEVEL 9")
        let new = try client.rotate(token)
        _ = try client.send("SESSREVOKE \(new) REASON logout")
        let events = try (0..<6).map { _ in try listener.next() }
        let after = wallMilliseconds()
        #expect(events.map(\.event.event) == ["created", "set", "bindmismatch", "stepup", "rotated", "revoked"])
        #expect(events.allSatisfy { $0.channel == "__sessionuser__:\(user)" && $0.event.user == user })
        #expect(events.allSatisfy { (before...after).contains($0.event.at) })
        #expect(events.map(\.event.at) == events.map(\.event.at).sorted())
        let (old, fresh) = (try handle(of: token), try handle(of: new))
        #expect(events.prefix(4).allSatisfy { $0.event.handle == old })
        #expect(events[5].event.handle == fresh)
        #expect([old, fresh].contains(events[4].event.handle))
        #expect(events[0].event.device == "Böse \"Zeichen\"")
        #expect(events[5].event.reason == "logout")
        #expect(events[0].event.reason == nil)
    }

    @Test func eachEventHasAChannelOfItsOwn() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            let names = ["created", "set", "rotated", "revoked", "bindmismatch", "stepup"]
            let listeners = try names.map { try EventListener("__session__:\($0)", at: server.address) }
            let token = try client.create("BIND fp")
            _ = try client.send("SESSSET \(token) FIELDS 1 a b")
            _ = try client.send("SESSGET \(token) BIND other")
            _ = try client.send("SESSGET \(token) MINLEVEL 9")
            _ = try client.send("SESSREVOKE \(try client.rotate(token))")
            for (name, listener) in zip(names, listeners) {
                let (channel, event) = try listener.next()
                #expect(channel == "__session__:\(name)" && event.event == name)
                #expect(event.user == nil, "an anonymous session")
            }
        }
    }

    /// JSON must stay JSON whatever bytes users and devices are made of.
    @Test func payloadsAreJSONWhateverTheDeviceIsCalled() throws {
        let client = try SessionClient()
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        let devices: [Bytes] = [
            "", "\"", "\\", "\u{0}\u{1}\u{1F}", "\n\r\t", "</script>", "é ü 日本 🎫", Bytes([0xFF, 0xFE]), Bytes([0xC3]),
            Bytes([0xED, 0xA0, 0x80]), Bytes((0...255).map { UInt8($0) }),
        ]
        for device in devices {
            _ = try client.send(["SESSCREATE", "USER", Bytes(user), "DEVICE", device])
            let event = try listener.next().event
            #expect(event.event == "created")
            if String(validating: device.bytes, as: UTF8.self) != nil, device.count > 0 {
                #expect(event.device == device.text)
            }
        }
    }

    @Test func expiredCarriesTheDeadlineItself() throws {
        let client = try SessionClient()
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        for idle in [1, 5, 40, 120] {
            let token = try client.create("USER \(user) IDLE \(idle)")
            let created = try listener.next().event
            let expired = try listener.next().event
            let received = wallMilliseconds()
            #expect(expired.event == "expired")
            #expect(try expired.handle == handle(of: token))
            #expect(expired.at == created.at + Int64(idle))
            #expect(received >= expired.at, "never early")
            #expect(received - expired.at < 1000, "\(received - expired.at) ms late")
            #expect(try client.send("SESSGET \(token)") == .null)
        }
    }

    @Test func manyDeadlinesEachPublishedOnceAndInOrder() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            let listener = try EventListener("__session__:expired", at: server.address)
            let count = 1000
            let replies = try client.connection.pipeline(
                (0..<count).map { ["SESSCREATE", "IDLE", Bytes(50 + ($0 * 37) % 300)] })
            let expected = try Set(replies.map { try #require($0.text) })
            #expect(expected.count == count)
            var events: [SessionEvent] = []
            while events.count < count { events.append(try listener.next().event) }
            #expect(Set(events.map(\.handle)).count == count, "each once")
            #expect(events.map(\.at) == events.map(\.at).sorted(), "in the order of their deadlines")
            #expect(try client.send("SESSCARD") == 0)
        }
    }

    @Test func touchedSessionsExpireAtTheirNewDeadline() throws {
        let client = try SessionClient()
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        let token = try client.create("USER \(user) IDLE 150")
        for _ in 0..<5 {
            try nextMillisecond()
            #expect(try client.send("SESSTOUCH \(token)") == 150)
        }
        let seen = try client.number("seen", token)
        #expect(try listener.next().event.event == "created")
        let expired = try listener.next().event
        #expect(expired.event == "expired" && expired.at == seen + 150)
    }

    @Test func expiringWarnsOncePerIdlePeriod() throws {
        try withServer(.cloakroom, ["--sess-warn", "300"]) { server in
            let client = try SessionClient(server.address)
            let listener = try EventListener("__sessionuser__:bob", at: server.address)
            let token = try client.create("USER bob IDLE 500")
            #expect(try listener.names(2) == ["created", "expiring"])
            #expect(try client.send("SESSTOUCH \(token)") == 500)
            let warning = try listener.next().event
            #expect(warning.event == "expiring", "a new idle period, a new warning")
            let seen = try client.number("seen", token)
            #expect(warning.at == seen + 500, "at is the deadline itself")
            let expired = try listener.next().event
            #expect(expired.event == "expired" && expired.at == seen + 500, "one warning, then the end")
        }
    }

    @Test func limitIsPublished() throws {
        let client = try SessionClient()
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        _ = try client.create("USER \(user) LIMIT 1")
        #expect(try client.send("SESSCREATE USER \(user) LIMIT 1").errorCode == "SESSLIMIT")
        #expect(try listener.names(2) == ["created", "limit"])
    }

    @Test func patternsSeeAllEvents() throws {
        try withServer { server in
            let subscriber = try HiredisConnection(server.address)
            #expect(try subscriber.command("PSUBSCRIBE", "__session__:*") == ["psubscribe", "__session__:*", 1])
            let client = try SessionClient(server.address)
            let token = try client.create()
            _ = try client.send("SESSREVOKE \(token)")
            #expect(try subscriber.nextReply()[2] == "__session__:created")
            #expect(try subscriber.nextReply()[2] == "__session__:revoked")
        }
    }

    /// Neither events nor anything the server writes contains a token.
    @Test func tokensAppearInNoEventAndNoLog() throws {
        try withServer(.cloakroom, ["--loglevel", "debug"]) { server in
            let subscriber = try HiredisConnection(server.address)
            _ = try subscriber.command("PSUBSCRIBE", "*")
            let client = try SessionClient(server.address)
            let token = try client.create("ID \(unique("secret")) USER bob")
            _ = try client.send("SESSSET \(token) NOSUCH")
            _ = try client.send("SESSCREATE ID \(token)")
            let new = try client.rotate(token)
            _ = try client.send("SESSREVOKE \(new)")
            let payloads = try (0..<6).map { _ in try subscriber.nextReply() }.map(\.description)
            #expect(payloads.allSatisfy { !$0.contains(token) && !$0.contains(new) }, "\(payloads)")
            let listing = try client.send("CLIENT LIST").text ?? ""
            #expect(!listing.contains(token) && !listing.contains(new))
            server.stop()
            #expect(!server.log.contains(token) && !server.log.contains(new))
        }
    }
}
