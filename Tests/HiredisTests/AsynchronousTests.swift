import CHiredis
import TestSupport
import Testing

/// hiredis's asynchronous interface: callbacks, commands in flight, publish and subscribe.
@Suite struct AsynchronousTests {
    @Test(arguments: ServerProcess.Transport.allCases)
    func connectsAnswersAndDisconnects(transport: ServerProcess.Transport) throws {
        try withServer(over: transport) { server in
            let connection = try AsyncConnection(server.address)
            let loop = PollLoop(connection)
            #expect(loop.run { connection.connectStatus != nil })
            #expect(connection.connectStatus == REDIS_OK)
            var reply: Reply?
            connection.command(["PING"]) { reply = $0 }
            #expect(loop.run { reply != nil })
            #expect(reply == .status("PONG"))
            connection.disconnect()
            #expect(loop.run { connection.disconnectStatus != nil })
            #expect(connection.disconnectStatus == REDIS_OK)
            #expect(!connection.command(["PING"]) { _ in }, "a disconnected connection takes no command")
        }
    }

    @Test func nobodyListens() throws {
        let address = try withServer { $0.address }
        let connection = try AsyncConnection(address)
        #expect(PollLoop(connection).run { connection.connectStatus != nil })
        #expect(connection.connectStatus == REDIS_ERR)
    }

    @Test func manyCommandsInFlight() throws {
        let connection = try AsyncConnection(SharedServer.address())
        let key = Bytes(unique("flight"))
        let count = 50_000
        var seen: [Int64] = []
        for _ in 0..<count { connection.command(["INCR", key]) { seen.append($0?.integer ?? -1) } }
        #expect(PollLoop(connection).run { seen.count == count })
        #expect(seen.elementsEqual(1...Int64(count)), "each callback got its own reply, in order")
    }

    /// A request may be sent from the callback of another, which is how event-driven programs do it.
    @Test func commandsFromCallbacks() throws {
        let connection = try AsyncConnection(SharedServer.address())
        let key = Bytes(unique("chain"))
        var last: Int64 = 0
        func next() {
            connection.command(["INCR", key]) { reply in
                last = reply?.integer ?? -1
                if last > 0 && last < 1000 { next() }
            }
        }
        next()
        #expect(PollLoop(connection).run { last == 1000 || last < 0 })
        #expect(last == 1000)
    }

    @Test func disconnectAnswersWhatWasSentBefore() throws {
        let connection = try AsyncConnection(SharedServer.address())
        var replies: [Reply?] = []
        for index in 0..<1000 { connection.command(["ECHO", Bytes(index)]) { replies.append($0) } }
        connection.disconnect()
        #expect(PollLoop(connection).run { connection.disconnectStatus != nil })
        #expect(connection.disconnectStatus == REDIS_OK)
        #expect(firstDifference(replies.map { $0 ?? .null }, (0..<1000).map { .bulk(Bytes($0)) }) == nil)
    }

    @Test func manyConnectionsInOneLoop() throws {
        let address = try SharedServer.address()
        let key = Bytes(unique("shared"))
        let connections = try (0..<200).map { _ in try AsyncConnection(address) }
        var sum: Int64 = 0
        var count = 0
        for connection in connections {
            for _ in 0..<50 {
                connection.command(["INCR", key]) { reply in
                    sum += reply?.integer ?? 0
                    count += 1
                }
            }
        }
        #expect(PollLoop(connections).run { count == 10_000 })
        #expect(sum == 10_000 * 10_001 / 2, "every increment happened once")
    }

    @Test func serverThatDiesFailsWhatIsInFlight() throws {
        try withServer { server in
            let connection = try AsyncConnection(server.address)
            let loop = PollLoop(connection)
            #expect(loop.run { connection.connectStatus == REDIS_OK })
            server.stop(9)
            var (failed, answered) = (0, 0)
            for _ in 0..<10 { connection.command(["PING"]) { if $0 == nil { failed += 1 } else { answered += 1 } } }
            #expect(loop.run { connection.disconnectStatus != nil })
            #expect(connection.disconnectStatus == REDIS_ERR)
            #expect(failed == 10 && answered == 0)
        }
    }

    @Test func subscriptionsReceiveAndEnd() throws {
        let address = try SharedServer.address()
        let (subscriber, publisher) = (try AsyncConnection(address), try AsyncConnection(address))
        let loop = PollLoop(subscriber, publisher)
        let (one, two, prefix) = (unique("one"), unique("two"), unique("prefix"))
        var events: [Reply] = []
        subscriber.command(["SUBSCRIBE", Bytes(one), Bytes(two)]) { if let reply = $0 { events.append(reply) } }
        subscriber.command(["PSUBSCRIBE", Bytes(prefix + "*")]) { if let reply = $0 { events.append(reply) } }
        #expect(loop.run { events.count == 3 })
        #expect(
            events == [
                ["subscribe", .text(one), 1], ["subscribe", .text(two), 2], ["psubscribe", .text(prefix + "*"), 3],
            ])
        events = []
        var receivers: [Reply?] = []
        for (channel, message) in [(one, "1"), (two, "2"), (prefix + "x", "3"), (unique("other"), "4")] {
            publisher.command(["PUBLISH", Bytes(channel), Bytes(message)]) { receivers.append($0) }
        }
        #expect(loop.run { events.count == 3 && receivers.count == 4 })
        #expect(receivers == [1, 1, 1, 0])
        #expect(
            events == [
                ["message", .text(one), "1"], ["message", .text(two), "2"],
                ["pmessage", .text(prefix + "*"), .text(prefix + "x"), "3"],
            ])
        events = []
        subscriber.command(["UNSUBSCRIBE"]) { _ in }
        subscriber.command(["PUNSUBSCRIBE"]) { _ in }
        #expect(loop.run { events.count == 3 })
        #expect(events.last == ["punsubscribe", .text(prefix + "*"), 0])
        var pong: Reply?
        subscriber.command(["PING"]) { pong = $0 }
        #expect(loop.run { pong != nil })
        #expect(pong == .status("PONG"), "with no subscription left it is an ordinary connection again")
    }

    @Test func thousandsOfMessagesArriveInOrder() throws {
        let address = try SharedServer.address()
        let (subscriber, publisher) = (try AsyncConnection(address), try AsyncConnection(address))
        let loop = PollLoop(subscriber, publisher)
        let channel = Bytes(unique("stream"))
        var received: [Reply?] = []
        var subscribed = false
        subscriber.command(["SUBSCRIBE", channel]) { reply in
            if subscribed { received.append(reply?[2]) }
            subscribed = true
        }
        #expect(loop.run { subscribed })
        for index in 0..<10_000 { publisher.command(["PUBLISH", channel, Bytes(index)]) { _ in } }
        #expect(loop.run { received.count == 10_000 })
        #expect(firstDifference(received.map { $0 ?? .null }, (0..<10_000).map { .bulk(Bytes($0)) }) == nil)
    }

    @Test func sessionEventsThroughASubscription() throws {
        let address = try SharedServer.address()
        let (subscriber, client) = (try AsyncConnection(address), try AsyncConnection(address))
        let loop = PollLoop(subscriber, client)
        let user = unique("user")
        var messages: [String] = []
        var subscribed = false
        subscriber.command(["SUBSCRIBE", Bytes("__sessionuser__:" + user)]) { reply in
            if subscribed, let text = reply?[2]?.text { messages.append(text) }
            subscribed = true
        }
        #expect(loop.run { subscribed })
        let token = Bytes(unique("token"))
        let commands: [[Bytes]] = [
            ["SESSCREATE", "ID", token, "USER", Bytes(user)], ["SESSSET", token, "FIELDS", "1", "a", "b"],
            ["SESSREVOKE", token],
        ]
        for command in commands { client.command(command) { _ in } }
        #expect(loop.run(within: 10) { messages.count == 3 })
        #expect(
            zip(messages, ["created", "set", "revoked"]).map { $0.contains("\"\($1)\"") } == [true, true, true],
            "\(messages)")
    }
}

extension Reply {
    static func text(_ text: String) -> Reply { .bulk(Bytes(text)) }
}
