import TestSupport
import Testing

/// Publish and subscribe as a RESP2 client sees it.
@Suite struct PubSubTests {
    private let subscriber: HiredisConnection
    private let publisher: HiredisConnection

    init() throws {
        subscriber = try HiredisConnection(SharedServer.address())
        publisher = try HiredisConnection(SharedServer.address())
    }

    @Test func subscribingCountsAndRepeats() throws {
        let (a, b) = (Bytes(unique("a")), Bytes(unique("b")))
        #expect(try subscriber.command("SUBSCRIBE", a, b, a) == ["subscribe", .bulk(a), 1])
        #expect(try subscriber.nextReply() == ["subscribe", .bulk(b), 2])
        #expect(try subscriber.nextReply() == ["subscribe", .bulk(a), 2], "again, and still two")
        #expect(try publisher.command("PUBLISH", a, "once") == 1)
        #expect(try subscriber.nextReply() == ["message", .bulk(a), "once"])
        #expect(try subscriber.command("UNSUBSCRIBE", a, Bytes(unique("never"))) == ["unsubscribe", .bulk(a), 1])
        #expect(try subscriber.nextReply()[2] == 1)
        #expect(try publisher.command("PUBLISH", a, "nobody") == 0)
        #expect(try subscriber.command("UNSUBSCRIBE") == ["unsubscribe", .bulk(b), 0])
        #expect(try subscriber.command("UNSUBSCRIBE") == ["unsubscribe", .null, 0])
        #expect(try subscriber.command("PUNSUBSCRIBE") == ["punsubscribe", .null, 0])
        #expect(try subscriber.command("PING") == .status("PONG"))
    }

    @Test func patternsMatchAsGlobs() throws {
        let prefix = unique("p")
        let patterns = ["*", "?b", "[ab]*", "[^a]*", "\\*"].map { prefix + $0 }
        for pattern in patterns { _ = try subscriber.command("PSUBSCRIBE", Bytes(pattern)) }
        let expected = ["ab": [0, 1, 2], "b": [0, 2, 3], "*": [0, 3, 4], "": [0], "zb": [0, 1, 3]]
        for (suffix, matching) in expected {
            #expect(try publisher.command("PUBLISH", Bytes(prefix + suffix), "m") == .integer(Int64(matching.count)))
            let messages = try matching.map { _ in try subscriber.nextReply() }
            #expect(Set(messages.map { $0[1]?.text }) == Set(matching.map { patterns[$0] }), "\(suffix)")
            #expect(messages.allSatisfy { $0[0] == "pmessage" && $0[2] == .text(prefix + suffix) && $0[3] == "m" })
        }
    }

    @Test func aSubscriberMayOnlyDoFewThings() throws {
        let channel = Bytes(unique("c"))
        _ = try subscriber.command("SUBSCRIBE", channel)
        for command in ["GET", "SET", "SESSCREATE", "PUBLISH", "CLIENT"] {
            let arguments: [Bytes] =
                ["GET": ["k"], "SET": ["k", "v"], "PUBLISH": ["c", "m"], "CLIENT": ["ID"]][command] ?? []
            let name = command == "CLIENT" ? "client|id" : command.lowercased()
            let text =
                "ERR Can't execute '\(name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed "
                + "in this context"
            #expect(try subscriber.command([Bytes(command)] + arguments) == .error(Bytes(text)))
        }
        #expect(try subscriber.command("PING") == ["pong", ""])
        #expect(try subscriber.command("PING", "hello") == ["pong", "hello"])
        #expect(try subscriber.command("RESET") == .status("RESET"))
        #expect(try publisher.command("PUBLISH", channel, "m") == 0)
        #expect(try subscriber.command("PING") == .status("PONG"))
    }

    @Test func channelsAndMessagesAreBinary() throws {
        let every = Bytes((0...255).map { UInt8($0) })
        let channel = Bytes(Array(unique("c").utf8) + every.bytes)
        _ = try subscriber.command("SUBSCRIBE", channel)
        for message in [every, "", Bytes(repeating: "m", count: 1 << 20)] {
            #expect(try publisher.command("PUBLISH", channel, message) == 1)
            let same = try subscriber.nextReply() == ["message", .bulk(channel), .bulk(message)]
            #expect(same, "\(message.count) bytes")
        }
    }

    @Test func pubsubTellsWhoListens() throws {
        let prefix = unique("ps")
        let (one, two) = (Bytes(prefix + "1"), Bytes(prefix + "2"))
        _ = try subscriber.command("SUBSCRIBE", one)
        let other = try HiredisConnection(SharedServer.address())
        _ = try other.command("SUBSCRIBE", one, two)
        _ = try other.nextReply()
        let channels = try publisher.command("PUBSUB", "CHANNELS", Bytes(prefix + "*")).elements ?? []
        #expect(Set(channels) == [.bulk(one), .bulk(two)])
        #expect(try publisher.command("PUBSUB", "CHANNELS", Bytes(prefix + "?x")) == .emptyArray)
        #expect(
            try publisher.command("PUBSUB", "NUMSUB", one, two, "nobody") == [
                .bulk(one), 2, .bulk(two), 1, "nobody", 0,
            ])
        #expect(try publisher.command("PUBSUB", "NUMSUB") == .emptyArray)
        try withServer { server in
            let (alone, asker) = (try HiredisConnection(server.address), try HiredisConnection(server.address))
            #expect(try asker.command("PUBSUB", "NUMPAT") == 0)
            _ = try alone.command("PSUBSCRIBE", "a*")
            _ = try alone.command("PSUBSCRIBE", "b*")
            #expect(try asker.command("PUBSUB", "NUMPAT") == 2)
            #expect(
                try asker.command("PUBSUB", "NOSUCH") == .error("ERR unknown subcommand 'NOSUCH'. Try PUBSUB HELP."))
        }
    }

    @Test func manySubscribersGetEveryMessage() throws {
        let channel = Bytes(unique("many"))
        let address = try SharedServer.address()
        let subscribers = try (0..<200).map { _ in try HiredisConnection(address) }
        for subscriber in subscribers { _ = try subscriber.command("SUBSCRIBE", channel) }
        let counts = try publisher.pipeline((0..<100).map { ["PUBLISH", channel, Bytes($0)] })
        #expect(firstDifference(counts, counts.map { _ in 200 }) == nil)
        for subscriber in subscribers {
            let messages = try (0..<100).map { _ in try subscriber.nextReply()[2] ?? .null }
            #expect(firstDifference(messages, (0..<100).map { .bulk(Bytes($0)) }) == nil)
        }
    }

    @Test func aClosedSubscriberIsForgotten() throws {
        let channel = Bytes(unique("gone"))
        do {
            let brief = try HiredisConnection(SharedServer.address())
            _ = try brief.command("SUBSCRIBE", channel)
            #expect(try publisher.command("PUBLISH", channel, "m") == 1)
        }
        #expect(try eventually { try publisher.command("PUBLISH", channel, "m") == 0 })
        #expect(try publisher.command("PUBSUB", "CHANNELS", channel) == .emptyArray)
    }
}
