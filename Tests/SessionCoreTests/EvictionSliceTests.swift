import Testing

@testable import SessionCore

/// Eviction in slices: no command and no turn evicts more than a few records, however far the data is over the limit.
/// As in Redis, writes go on while there is something to evict.
@Suite struct EvictionSliceTests {
    private static let full = "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
    private static let policies = [EvictionPolicy.allKeysLRU, .volatileTTL]
    private static let slice = Int64(Store.evictionBudget)

    /// A node with 10,000 small keys, all of them with a deadline, that may evict.
    private func node(_ policy: EvictionPolicy, keys: Int = 10_000) -> NodeDialogue {
        var configuration = Configuration()
        configuration.maxMemoryPolicy = policy
        let dialogue = NodeDialogue(configuration)
        fill(dialogue, keys)
        return dialogue
    }

    private func fill(_ dialogue: NodeDialogue, _ keys: Int) {
        for first in stride(from: 0, to: keys, by: 500) {
            let requests = (first..<min(first + 500, keys)).map { "SET key:\($0) value PX \(1_000_000 + $0)\r\n" }
            #expect(!dialogue.sendRaw(requests.joined()).contains("-"))
        }
        dialogue.advance(milliseconds: 0)
    }

    private func evicted(_ dialogue: NodeDialogue) -> Int64 {
        Int64(dialogue.inspect { $0.execution.store.statistics.evicted })
    }

    private func used(_ dialogue: NodeDialogue) -> Int { dialogue.inspect { $0.execution.usedMemory } }

    /// One turn.
    /// - Returns: whether the node wants another one at once.
    private func turn(_ dialogue: NodeDialogue) -> Bool {
        let now = dialogue.now
        return dialogue.modify { $0.advance(to: now) ?? .max } <= now.monotonicMicroseconds
    }

    @Test(arguments: policies) func aLowerLimitIsReachedInSlices(_ policy: EvictionPolicy) {
        let dialogue = node(policy)
        let limit = used(dialogue) / 4
        dialogue.expect("CONFIG", "SET", "maxmemory", "\(limit)", gives: "+OK\r\n")
        #expect(evicted(dialogue) == 0)
        dialogue.expect("SET", "a", "1", "PX", "9000000", gives: "+OK\r\n")
        #expect((1...Self.slice).contains(evicted(dialogue)))
        #expect(used(dialogue) > limit)
        // Other requests need not wait for the rest, nor do they evict.
        let before = evicted(dialogue)
        dialogue.expect([("EXISTS a", ":1"), ("PING", "+PONG")])
        #expect(evicted(dialogue) == before)
        var turns = 0
        while true {
            let before = evicted(dialogue)
            let isLeft = turn(dialogue)
            turns += 1
            #expect(evicted(dialogue) - before <= Self.slice)
            #expect(isLeft == (used(dialogue) > limit))
            if !isLeft { break }
        }
        #expect(turns > 30 && used(dialogue) <= limit && used(dialogue) > limit / 2)
        // Then it is over.
        let after = evicted(dialogue)
        dialogue.advance(milliseconds: 100)
        #expect(evicted(dialogue) == after)
    }

    @Test(arguments: policies) func everyWayOfWritingGoesOn(_ policy: EvictionPolicy) {
        let dialogue = node(policy)
        dialogue.expect([
            ("CONFIG SET maxmemory \(used(dialogue) / 4)", "+OK"), ("SETRANGE big 100000 x", ":100001"),
            ("APPEND big y", ":100002"), ("MULTI", "+OK"), ("SET a 1", "+QUEUED"), ("INCR n", "+QUEUED"),
            ("EXEC", "*2\r\n+OK\r\n:1"), ("SADD s a b", ":2"), ("HSET h f v", ":1"), ("ZADD z 1 m", ":1"),
        ])
        #expect(dialogue.send("SESSCREATE").hasPrefix("$32\r\n"))
        #expect(evicted(dialogue) <= 20 * Self.slice)
    }

    /// A value that takes most of the memory: those that need memory behind it find it in slices, too.
    @Test func aLargeValueIsMadeRoomForInSlices() {
        let dialogue = node(.allKeysLRU)
        dialogue.expect("CONFIG", "SET", "maxmemory", "\(used(dialogue) + 1000)", gives: "+OK\r\n")
        dialogue.expect("SETRANGE", "big", "700000", "x", gives: ":700001\r\n")
        #expect(evicted(dialogue) == 0)
        for step in 1...5 {
            dialogue.expect("SET", "small", "1", gives: "+OK\r\n")
            #expect(evicted(dialogue) <= Int64(step) * Self.slice)
        }
        dialogue.advance(milliseconds: 0)
        #expect(!dialogue.inspect { $0.execution.isOverMemory })
    }

    /// What cannot go is refused at once, and no turn is spent on it.
    @Test func refusedOnlyWhereNothingCanBeEvicted() {
        let strict = node(.noEviction)
        strict.expect("CONFIG", "SET", "maxmemory", "100kb", gives: "+OK\r\n")
        strict.expect("SET", "a", "1", gives: Self.full)
        #expect(!turn(strict) && evicted(strict) == 0)

        let volatile = node(.volatileTTL, keys: 300)
        for index in 0..<300 { volatile.expect("SET", "lasting:\(index)", "value", gives: "+OK\r\n") }
        volatile.expect("CONFIG", "SET", "maxmemory", "1", gives: "+OK\r\n")
        var answers: [String] = []
        for index in 0..<6 { answers.append(volatile.send("SET", "new:\(index)", "1")) }
        #expect(answers == ["+OK\r\n", "+OK\r\n", Self.full, Self.full, Self.full, Self.full])
        #expect(evicted(volatile) == 300)
        #expect(!turn(volatile))
    }

    /// Members count: a slice ends behind a large collection.
    @Test func largeCollectionsGoOneByOne() {
        let dialogue = node(.allKeysLRU, keys: 0)
        for key in 0..<6 {
            let members = (0..<3000).map { "member:\($0)" }
            #expect(dialogue.send(["SADD", "set:\(key)"] + members) == ":3000\r\n")
        }
        dialogue.expect("CONFIG", "SET", "maxmemory", "1kb", gives: "+OK\r\n")
        dialogue.expect("SET", "a", "1", gives: "+OK\r\n")
        #expect(evicted(dialogue) == 1)
        #expect(turn(dialogue))
        #expect(evicted(dialogue) == 2)
    }

    @Test func aPauseOfWritesStopsIt() {
        let dialogue = node(.allKeysLRU)
        dialogue.expect([
            ("CONFIG SET maxmemory \(used(dialogue) / 4)", "+OK"), ("CLIENT PAUSE 1000 WRITE", "+OK"),
        ])
        dialogue.advance(milliseconds: 500)
        #expect(evicted(dialogue) == 0)
        dialogue.advance(milliseconds: 501)
        #expect(evicted(dialogue) > 5000 && !dialogue.inspect { $0.execution.isOverMemory })
    }

    /// Evicted sessions are told of in turns as they are in commands.
    @Test func sessionsEndInTheOpen() {
        let dialogue = node(.allKeysLRU, keys: 0)
        for _ in 0..<1000 { _ = dialogue.create("USER u") }
        dialogue.listen()
        dialogue.expect("CONFIG", "SET", "maxmemory", "\(used(dialogue) / 2)", gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        let heard = dialogue.heard()
        #expect(heard.count > 100 && heard.count == evicted(dialogue))
        #expect(heard.allSatisfy { $0.contains(#""event":"revoked""#) && $0.contains(#""reason":"maxmemory""#) })
        #expect(dialogue.run("SESSCARD u") == .integer(1000 - evicted(dialogue)))
        #expect(!dialogue.inspect { $0.execution.isOverMemory })
    }

    /// Replicas evict nothing, and are told of each record in the order in which the primary gave it up.
    @Test func replicasHaveTheSameData() {
        var configuration = Configuration()
        configuration.maxMemoryPolicy = .allKeysLRU
        let nodes = ReplicationDialogue.following(2, configuration)
        fill(nodes[0], 3000)
        nodes.run(milliseconds: 300)
        nodes[0].expect("CONFIG", "SET", "maxmemory", "\(used(nodes[0]) / 2)", gives: "+OK\r\n")
        for step in 0..<40 {
            nodes[0].expect("SET", "key:\(step)", "again", gives: "+OK\r\n")
            if step % 3 == 0 { nodes.step() }
        }
        nodes.run(milliseconds: 300)
        #expect(evicted(nodes[0]) > 1000 && evicted(nodes[1]) == 0)
        #expect(nodes[0].send("DBSIZE") == nodes[1].send("DBSIZE"))
        #expect(nodes.content(0) == nodes.content(1))
    }
}
