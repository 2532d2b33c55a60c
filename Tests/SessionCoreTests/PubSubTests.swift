import Testing

@testable import SessionCore

/// `[kind, …]` as RESP2 sends it to subscribers, with the number of subscriptions left.
private func confirmation(_ action: String, _ topic: String, _ count: Int) -> String {
    "*3\r\n" + bulk(action) + bulk(topic) + ":\(count)\r\n"
}

private func message(_ channel: String, _ text: String) -> String { bulks("message", channel, text) }

private func patternMessage(_ pattern: String, _ channel: String, _ text: String) -> String {
    bulks("pmessage", pattern, channel, text)
}

@Suite("Publish and subscribe: dialogues as with redis-server 7.0.15")
struct PubSubTests {
    @Test func subscribersInRESP2() {
        let dialogue = NodeDialogue()
        dialogue.expect(
            "SUBSCRIBE", "a", "b", "a", on: 1,
            gives: confirmation("subscribe", "a", 1) + confirmation("subscribe", "b", 2)
                + confirmation("subscribe", "a", 2))
        dialogue.expect(
            "PSUBSCRIBE", "a*", "*", on: 1,
            gives: confirmation("psubscribe", "a*", 3) + confirmation("psubscribe", "*", 4))
        dialogue.expect("PUBLISH", "a", "hello", gives: ":3\r\n")
        #expect(
            dialogue.read(on: 1)
                == message("a", "hello") + patternMessage("a*", "a", "hello") + patternMessage("*", "a", "hello"))
        dialogue.expect("PUBLISH", "c", "", gives: ":1\r\n")
        #expect(dialogue.read(on: 1) == patternMessage("*", "c", ""))
    }

    @Test func onlyAFewCommandsWhileSubscribedInRESP2() {
        let dialogue = NodeDialogue()
        func refused(_ name: String) -> String {
            "-ERR Can't execute '\(name)': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
                + "are allowed in this context\r\n"
        }
        dialogue.expect("PSUBSCRIBE", "x", gives: confirmation("psubscribe", "x", 1))
        dialogue.expect("GET", "x", gives: refused("get"))
        dialogue.expect("CLIENT", "ID", gives: refused("client|id"))
        dialogue.expect("HELLO", "3", gives: refused("hello"))
        dialogue.expect("PUBLISH", "x", "y", gives: refused("publish"))
        dialogue.expect("GET", gives: "-ERR wrong number of arguments for 'get' command\r\n")
        dialogue.expect("CLIENT", "FOO", gives: "-ERR unknown subcommand 'FOO'. Try CLIENT HELP.\r\n")
        dialogue.expect("PING", gives: bulks("pong", ""))
        dialogue.expect("PING", "yo", gives: bulks("pong", "yo"))
        dialogue.expect("PING", "yo", "z", gives: "-ERR wrong number of arguments for 'ping' command\r\n")
        dialogue.expect("PUNSUBSCRIBE", "x", gives: confirmation("punsubscribe", "x", 0))
        dialogue.expect("PING", gives: "+PONG\r\n")
    }

    @Test func unsubscribing() {
        let dialogue = NodeDialogue()
        let none = "*3\r\n" + bulk("unsubscribe") + "$-1\r\n:0\r\n"
        dialogue.expect("UNSUBSCRIBE", gives: none)
        dialogue.expect("UNSUBSCRIBE", "q", gives: confirmation("unsubscribe", "q", 0))
        _ = dialogue.send("SUBSCRIBE", "a", "b", "c")
        _ = dialogue.send("PSUBSCRIBE", "p")
        dialogue.expect(
            "UNSUBSCRIBE", "zz", "b", gives: confirmation("unsubscribe", "zz", 4) + confirmation("unsubscribe", "b", 3))
        dialogue.expect("UNSUBSCRIBE", gives: confirmation("unsubscribe", "a", 2) + confirmation("unsubscribe", "c", 1))
        dialogue.expect("UNSUBSCRIBE", gives: "*3\r\n" + bulk("unsubscribe") + "$-1\r\n:1\r\n")
        dialogue.expect("PUNSUBSCRIBE", gives: confirmation("punsubscribe", "p", 0))
        dialogue.expect("PUNSUBSCRIBE", gives: "*3\r\n" + bulk("punsubscribe") + "$-1\r\n:0\r\n")
        dialogue.expect("SUBSCRIBE", gives: "-ERR wrong number of arguments for 'subscribe' command\r\n")
        dialogue.expect("PUBLISH", "x", gives: "-ERR wrong number of arguments for 'publish' command\r\n")
    }

    @Test("RESP3: pushes, all commands, and one's own message before the reply")
    func subscribersInRESP3() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("HELLO", "3")
        dialogue.expect("SUBSCRIBE", "a", gives: ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
        dialogue.expect("PSUBSCRIBE", "a*", gives: ">3\r\n$10\r\npsubscribe\r\n$2\r\na*\r\n:2\r\n")
        dialogue.expect(
            "PUBLISH", "a", "self",
            gives: ">3\r\n" + bulk("message") + bulk("a") + bulk("self")
                + ">4\r\n" + bulk("pmessage") + bulk("a*") + bulk("a") + bulk("self") + ":2\r\n")
        dialogue.expect("GET", "x", gives: "_\r\n")
        dialogue.expect("PING", gives: "+PONG\r\n")
        _ = dialogue.send("PUNSUBSCRIBE")
        dialogue.expect("UNSUBSCRIBE", gives: ">3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n")
        dialogue.expect("UNSUBSCRIBE", gives: ">3\r\n$11\r\nunsubscribe\r\n_\r\n:0\r\n")
    }

    @Test("CLIENT REPLY OFF and SKIP drop replies, not messages or confirmations")
    func mutedConnections() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("HELLO", "3")
        dialogue.expect("CLIENT", "REPLY", "OFF", gives: "")
        dialogue.expect("SUBSCRIBE", "a", gives: ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
        dialogue.expect("PUBLISH", "a", "m", gives: ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nm\r\n")
        dialogue.expect("PUBLISH", "a", "n", on: 1, gives: ":1\r\n")
        #expect(dialogue.read() == ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nn\r\n")
        dialogue.expect("CLIENT", "REPLY", "ON", gives: "+OK\r\n")
        dialogue.expect("CLIENT", "REPLY", "SKIP", gives: "")
        dialogue.expect("PUBLISH", "a", "o", on: 1, gives: ":1\r\n")
        #expect(dialogue.read() == ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\no\r\n")
        dialogue.expect("UNSUBSCRIBE", gives: ">3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n")
        dialogue.expect("PING", gives: "+PONG\r\n")
    }

    @Test func introspection() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SUBSCRIBE", "news", "sport", on: 1)
        _ = dialogue.send("SUBSCRIBE", "news", on: 2)
        _ = dialogue.send("PSUBSCRIBE", "n*", on: 1)
        _ = dialogue.send("PSUBSCRIBE", "n*", on: 2)
        dialogue.expect("PUBSUB", "CHANNELS", gives: bulks("news", "sport"))
        dialogue.expect("PUBSUB", "CHANNELS", "s*", gives: bulks("sport"))
        dialogue.expect("PUBSUB", "CHANNELS", "x", gives: "*0\r\n")
        dialogue.expect(
            "PUBSUB", "channels", "a", "b",
            gives: "-ERR unknown subcommand or wrong number of arguments for 'channels'. Try PUBSUB HELP.\r\n")
        dialogue.expect(
            "PUBSUB", "NUMSUB", "news", "zz", "sport",
            gives: "*6\r\n" + bulk("news") + ":2\r\n" + bulk("zz") + ":0\r\n" + bulk("sport") + ":1\r\n")
        dialogue.expect("PUBSUB", "NUMSUB", gives: "*0\r\n")
        dialogue.expect("PUBSUB", "NUMPAT", gives: ":1\r\n")
        dialogue.expect(
            "PUBSUB", "NUMPAT", "x", gives: "-ERR wrong number of arguments for 'pubsub|numpat' command\r\n")
        dialogue.expect("PUBSUB", gives: "-ERR wrong number of arguments for 'pubsub' command\r\n")
        dialogue.expect("PUBSUB", "foo", gives: "-ERR unknown subcommand 'foo'. Try PUBSUB HELP.\r\n")
        #expect(dialogue.send("PUBSUB", "HELP").contains("+NUMPAT\r\n"))
        dialogue.disconnect(1)
        dialogue.expect("PUBSUB", "CHANNELS", gives: bulks("news"))
        dialogue.expect("PUBSUB", "NUMPAT", gives: ":1\r\n")
        _ = dialogue.send("RESET", on: 2)
        dialogue.expect("PUBSUB", "CHANNELS", gives: "*0\r\n")
        dialogue.expect("PUBSUB", "NUMPAT", gives: ":0\r\n")
        dialogue.expect("PUBLISH", "news", "x", gives: ":0\r\n")
    }

    @Test func subscribersAreServedInOrderOfSubscription() {
        let dialogue = NodeDialogue()
        for connection in [3, 1, 2] as [UInt32] { _ = dialogue.send("SUBSCRIBE", "a", on: connection) }
        let order = dialogue.modify { node -> [UInt32] in
            node.deliver(("m" as StaticString).bytes, on: ("a" as StaticString).bytes)
            var order: [UInt32] = []
            while let id = node.nextWritable() { order.append(id.rawValue) }
            return order
        }
        #expect(order == [3, 1, 2])
    }

    @Test("a name that is too long, or one subscription too many, is refused as a whole")
    func limits() {
        let dialogue = NodeDialogue()
        let longest = String(repeating: "c", count: Limits.channel)
        dialogue.expect(
            "SUBSCRIBE", "a", longest + "c", gives: "-ERR channel is longer than \(Limits.channel) bytes\r\n")
        dialogue.expect("PSUBSCRIBE", longest + "c", gives: "-ERR pattern is longer than \(Limits.channel) bytes\r\n")
        dialogue.expect("PUBSUB", "CHANNELS", gives: "*0\r\n")
        dialogue.expect("SUBSCRIBE", longest, on: 1, gives: confirmation("subscribe", longest, 1))
        dialogue.expect("PUBLISH", longest, "m", gives: ":1\r\n")
        _ = dialogue.read(on: 1)
        dialogue.modify { $0.connections[1].channelCount = Limits.subscriptions }
        let error = dialogue.send("SUBSCRIBE", "b", on: 1)
        #expect(error.hasPrefix("-ERR too many subscriptions"))
        dialogue.modify { $0.connections[1].channelCount = 1 }
    }

    // MARK: Readers that are too slow

    private static func configuration(hard: Int, soft: Int = 0, seconds: Int = 0) -> Configuration {
        var configuration = Configuration()
        configuration.pubsubOutputLimit = OutputLimit(hard: hard, soft: soft, softSeconds: seconds)
        return configuration
    }

    @Test("a subscriber that never reads is closed at its hard limit, and nobody else notices")
    func hardLimit() {
        let dialogue = NodeDialogue(PubSubTests.configuration(hard: 10_000))
        for connection in 1...3 as ClosedRange<UInt32> {
            _ = dialogue.send("SUBSCRIBE", "a", on: connection)
            _ = dialogue.send("PSUBSCRIBE", "*", on: connection)
        }
        dialogue.stall(2)
        let text = String(repeating: "x", count: 990)
        for _ in 0..<4 { dialogue.expect("PUBLISH", "a", text, gives: ":6\r\n") }
        #expect(dialogue.effects().isEmpty)
        // The fifth goes over the limit with its second copy; whoever is closed still counts for the first.
        dialogue.expect("PUBLISH", "a", text, gives: ":6\r\n")
        #expect(dialogue.inspect { $0.connections[2].phase } == .doomed)
        dialogue.expect("PUBLISH", "a", text, gives: ":4\r\n")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 2))))
        dialogue.expect("PUBSUB", "NUMSUB", "a", gives: "*2\r\n" + bulk("a") + ":2\r\n")
        let each = message("a", text) + patternMessage("*", "a", text)
        for connection in [1, 3] as [UInt32] {
            #expect(dialogue.read(on: connection) == String(repeating: each, count: 6))
        }
        #expect(dialogue.inspect { $0.observation.statistics.outputLimitDisconnections } == 1)
    }

    @Test("over the soft limit for too long, without another message")
    func softLimit() {
        let dialogue = NodeDialogue(PubSubTests.configuration(hard: 1 << 20, soft: 500, seconds: 60))
        _ = dialogue.send("SUBSCRIBE", "a", on: 1)
        dialogue.stall(1)
        _ = dialogue.send("PUBLISH", "a", String(repeating: "x", count: 600))
        dialogue.advance(milliseconds: 60_000)
        #expect(dialogue.effects().isEmpty)
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 1))))
    }

    @Test func readingInTimeResetsTheSoftLimit() {
        let dialogue = NodeDialogue(PubSubTests.configuration(hard: 1 << 20, soft: 500, seconds: 60))
        _ = dialogue.send("SUBSCRIBE", "a", on: 1)
        for _ in 0..<10 {
            _ = dialogue.send("PUBLISH", "a", String(repeating: "x", count: 600))
            _ = dialogue.read(on: 1)
            dialogue.advance(milliseconds: 20_000)
        }
        dialogue.advance(milliseconds: 60_000)
        #expect(dialogue.effects().isEmpty)
        #expect(dialogue.inspect { $0.connections.nextSoftLimitCheck } == .max)
    }

    // MARK: Against a model

    @Test("random subscriptions agree with a model", arguments: [1, 2, 3] as [UInt64])
    func randomSubscriptions(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pubsub = PubSub(seed: (seed, 7))
        var model = PubSubModel()
        for step in 0..<6000 {
            let (client, kind) = (random.below(20), random.below(2) == 0 ? PubSub.Kind.channel : .pattern)
            let name = PubSubModel.names[random.below(PubSubModel.names.count)]
            let bytes = Array(name.utf8)
            switch random.below(step < 3000 ? 3 : 5) {
            case 0, 1:
                let isNew = pubsub.subscribe(client, kind, bytes.span.bytes) == .added
                let shouldBeNew = model.subscribe(client, kind, name)
                #expect(isNew == shouldBeNew)
            case 2:
                let existed = pubsub.unsubscribe(client, kind, bytes.span.bytes)
                let shouldExist = model.unsubscribe(client, kind, name)
                #expect(existed == shouldExist)
            default:
                while true {
                    let first = pubsub.firstSubscription(of: client, kind)
                    if first == .none { break }
                    let name = pubsub.name(ofTopic: pubsub.topic(of: first)).text
                    #expect(name == model.firstTopic(of: client, kind))
                    _ = model.unsubscribe(client, kind, name)
                    pubsub.remove(first, kind)
                }
                #expect(model.firstTopic(of: client, kind) == nil)
            }
            if step % 500 == 0 { model.check(pubsub) }
        }
        model.check(pubsub)
    }

    @Test func memoryComesBack() {
        var pubsub = PubSub(seed: (1, 2))
        let names = (0..<20_000).map { Array("channel:\($0)".utf8) }
        for (client, name) in names.enumerated() { _ = pubsub.subscribe(client % 10, .channel, name.span.bytes) }
        let full = pubsub.usedBytes
        for (client, name) in names.enumerated() { _ = pubsub.unsubscribe(client % 10, .channel, name.span.bytes) }
        #expect(pubsub.topicCount(.channel) == 0)
        #expect(pubsub.usedBytes * 4 < full)
        #expect(full < names.count * (Limits.subscriptionOverhead + 16))
    }
}

/// What `PubSub` should hold, slowly.
private struct PubSubModel {
    static let names =
        (0..<60).map { "topic:\($0)" } + ["__session__:expired", "__session*", "*", "?x", "_", "__sentinel__:hello"]

    private struct Subscription: Equatable {
        var client: Int
        var kind: PubSub.Kind
        var name: String
    }

    private var subscriptions: [Subscription] = []

    mutating func subscribe(_ client: Int, _ kind: PubSub.Kind, _ name: String) -> Bool {
        let subscription = Subscription(client: client, kind: kind, name: name)
        if subscriptions.contains(subscription) { return false }
        subscriptions.append(subscription)
        return true
    }

    mutating func unsubscribe(_ client: Int, _ kind: PubSub.Kind, _ name: String) -> Bool {
        let subscription = Subscription(client: client, kind: kind, name: name)
        guard let index = subscriptions.firstIndex(of: subscription) else { return false }
        subscriptions.remove(at: index)
        return true
    }

    func firstTopic(of client: Int, _ kind: PubSub.Kind) -> String? {
        subscriptions.first { $0.client == client && $0.kind == kind }?.name
    }

    func check(_ pubsub: borrowing PubSub) {
        for kind in [PubSub.Kind.channel, .pattern] {
            var topics: Set<String> = []
            var topic = pubsub.firstTopic(kind)
            while topic != .none {
                let isNew = topics.insert(pubsub.name(ofTopic: topic).text).inserted
                #expect(isNew)
                topic = pubsub.nextTopic(topic)
            }
            #expect(topics == Set(subscriptions.filter { $0.kind == kind }.map(\.name)))
            #expect(pubsub.topicCount(kind) == topics.count)
            for name in PubSubModel.names {
                let topic = pubsub.topic(kind, Array(name.utf8).span.bytes)
                var clients: [Int] = []
                var subscription = pubsub.firstSubscription(topic)
                while subscription != .none {
                    clients.append(pubsub.client(subscription))
                    subscription = pubsub.nextSubscription(subscription)
                }
                #expect(clients == subscriptions.filter { $0.kind == kind && $0.name == name }.map(\.client))
                #expect(pubsub.subscriberCount(topic) == clients.count)
            }
        }
        let hears = subscriptions.contains {
            $0.name == "__session__:expired" || $0.kind == .channel && $0.name == "__session*"
                || $0.kind == .pattern && ["__session*", "*", "?x"].contains($0.name)
        }
        #expect(pubsub.hearsSessions == hears)
    }
}
