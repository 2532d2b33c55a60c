import Testing

@testable import SessionCore

/// What all connections share is left to all: the memory of publish and subscribe, of watches and tracked prefixes.
@Suite struct SharesTests {
    private static let budget = PubSub.Budget(total: 16 << 20, reserved: 64 << 20)

    private static func name(_ client: Int, _ number: Int, _ length: Int) -> [UInt8] {
        let text = Array("\(client):\(number):".utf8)
        return text + [UInt8](repeating: UInt8(ascii: "x"), count: max(0, length - text.count))
    }

    /// Subscribes a connection to names of a length until it is refused.
    private static func fill(_ pubsub: inout PubSub, _ client: Int, _ length: Int) -> (count: Int, PubSub.Outcome) {
        for number in 0..<1_000_000 {
            let outcome = pubsub.subscribe(client, .channel, name(client, number, length).span.bytes)
            if outcome != .added { return (number, outcome) }
        }
        return (1_000_000, .added)
    }

    private static func expect(
        _ expected: PubSub.Outcome, _ pubsub: inout PubSub, _ client: Int, _ kind: PubSub.Kind, _ name: [UInt8],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let outcome = pubsub.subscribe(client, kind, name.span.bytes)
        #expect(outcome == expected, sourceLocation: sourceLocation)
    }

    @Test("one connection alone gets a fifth, whatever its names", arguments: [10, 1000, 40_000, 65_535])
    func oneConnection(length: Int) {
        var pubsub = PubSub(seed: (1, 2), Self.budget)
        let (count, outcome) = Self.fill(&pubsub, 0, length)
        #expect(outcome == .refused(.beyondShare))
        #expect(count > 10)
        #expect(pubsub.charge(of: 0) <= Self.budget.total / 4)
        #expect(pubsub.charge(of: 0) > Self.budget.total / 7, "\(pubsub.charge(of: 0))")
        Self.expect(.added, &pubsub, 1, .channel, Self.name(1, 0, 65_535))
        Self.expect(.added, &pubsub, 1, .watchedKey, Self.name(1, 0, 10))
    }

    @Test("however many connections take what they get, the next one gets something")
    func manyConnections() {
        var pubsub = PubSub(seed: (1, 2), Self.budget)
        for client in 0..<60 { _ = Self.fill(&pubsub, client, 1000) }
        #expect(pubsub.usedBytes <= Self.budget.total)
        #expect(pubsub.usedBytes > Self.budget.total / 4 * 3, "and most of it is used")
        for client in 60..<70 {
            for kind in PubSub.Kind.allCases {
                Self.expect(.added, &pubsub, client, kind, Self.name(client, 0, 60))
            }
        }
    }

    @Test("a share that was given back can be had again, and costs are counted exactly")
    func comingAndGoing() {
        var pubsub = PubSub(seed: (1, 2), Self.budget)
        let (count, _) = Self.fill(&pubsub, 0, 1000)
        pubsub.removeAll(ofClient: 0, .channel)
        #expect(pubsub.charge(of: 0) == 0)
        let (again, _) = Self.fill(&pubsub, 0, 1000)
        #expect(again == count)
        pubsub.removeAll()
        #expect(pubsub.charge(of: 0) == 0)
        let (anew, _) = Self.fill(&pubsub, 0, 1000)
        #expect(anew == count)
    }

    /// Subscribing and leaving one subscription in every page, in one size of blocks after the other, takes pages
    /// without being charged for them.
    @Test func holesAreWonBack() {
        var pubsub = PubSub(seed: (1, 2), Self.budget)
        var kept: [[UInt8]] = []
        for round in 0..<30 {
            let length = 100 + round * 100
            var names: [[UInt8]] = []
            while true {
                let name = Self.name(round, names.count, length)
                if pubsub.subscribe(0, .channel, name.span.bytes) != .added { break }
                names.append(name)
            }
            #expect(names.count > 10, "round \(round)")
            let perPage = max(1, Heap.pageBytes / length)
            for (index, name) in names.enumerated() {
                if index % perPage == 0 {
                    kept.append(name)
                } else {
                    _ = pubsub.unsubscribe(0, .channel, name.span.bytes)
                }
            }
        }
        #expect(pubsub.usedBytes <= Self.budget.total)
        let (others, _) = Self.fill(&pubsub, 1, 1000)
        #expect(others > 100)
        for name in kept { Self.expect(.known, &pubsub, 0, .channel, name) }
        #expect(pubsub.charge(of: 0) == kept.reduce(0) { $0 + PubSub.cost(ofName: $1.count) })
    }

    @Test("without address space it refuses, and does not trap")
    func addressSpace() {
        var pubsub = PubSub(seed: (1, 2), PubSub.Budget(total: .max, reserved: 8 << 20))
        let (count, outcome) = Self.fill(&pubsub, 0, 60_000)
        #expect(outcome != .added && outcome != .known)
        #expect(count > 10)
    }

    // MARK: Through commands

    private static func node() -> NodeDialogue {
        let dialogue = NodeDialogue()
        dialogue.modify { $0.listeners.pubsub = PubSub(seed: (1, 2), budget) }
        return dialogue
    }

    /// A connection that takes what it can get in one of the ways there are.
    @Test(arguments: ["SUBSCRIBE", "PSUBSCRIBE", "WATCH", "CLIENT TRACKING ON BCAST PREFIX"])
    func everyWayIn(command: String) {
        let dialogue = Self.node()
        let words = command.split(separator: " ").map { Array($0.utf8) }
        for client in 1...12 {
            var last: [UInt8] = []
            for number in 0..<200 {
                last = dialogue.sendBytes(words + [Self.name(client, number, 65_000)], on: UInt32(client))
                if last.first == UInt8(ascii: "-") { break }
            }
            #expect(String(decoding: last, as: UTF8.self).hasPrefix("-ERR too many subscriptions"), "\(command)")
        }
        dialogue.expect("WATCH", "k", on: 20, gives: "+OK\r\n")
        dialogue.expect("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "p", on: 21, gives: "+OK\r\n")
        #expect(dialogue.send("SUBSCRIBE", "__sentinel__:hello", on: 22).hasPrefix("*3\r\n"))
        #expect(dialogue.send("PSUBSCRIBE", "*", on: 23).hasPrefix("*3\r\n"))
    }

    @Test("a request that passes the share is refused as a whole")
    func wholeRequests() {
        let dialogue = Self.node()
        let names = (0..<80).map { Self.name(1, $0, 65_000) }
        let reply = dialogue.sendBytes([Array("SUBSCRIBE".utf8)] + names, on: 1)
        #expect(String(decoding: reply, as: UTF8.self).hasPrefix("-ERR too many subscriptions"))
        #expect(dialogue.send("PUBSUB", "CHANNELS", on: 1) == "*0\r\n")
        let prefixes = names.flatMap { [Array("PREFIX".utf8), $0] }
        let words = ["CLIENT", "TRACKING", "ON", "BCAST"].map { Array($0.utf8) }
        let tracking = dialogue.sendBytes(words + prefixes, on: 1)
        #expect(String(decoding: tracking, as: UTF8.self).hasPrefix("-ERR too many subscriptions"))
        #expect(dialogue.send("CLIENT", "TRACKINGINFO", on: 1).contains("off"))
        #expect(dialogue.send("INFO", "clients").contains("tracking_clients:0"))
    }
}
