import Testing

@testable import SessionCore

/// Combining sorted sets of which a request names some over and over: memory is for the data that is there, and work
/// that grows by repeating is refused.
@Suite struct RepeatedSourceTests {
    private let dialogue = NodeDialogue()

    init() {
        var words = ["ZADD", "z"]
        for number in 0..<2000 { words += ["\(number)", "member\(number)"] }
        _ = dialogue.send(words)
        dialogue.expect([("SADD integers 1 2 3", ":3"), ("ZADD small 5 member7", ":1")])
    }

    private func named(_ command: String, _ key: String, _ count: Int, _ options: String...) -> String {
        dialogue.send([command, "\(count)"] + Array(repeating: key, count: count) + options)
    }

    @Test func aProductOfCountsIsRefused() {
        // 2000 members, 10,000 times: 20 million.
        for command in ["ZUNION", "ZINTER", "ZINTERCARD"] {
            #expect(named(command, "z", 10_000).hasPrefix("-ERR the sets that are named more than once"), "\(command)")
        }
        dialogue.expect("ZUNIONSTORE", "d", "1", "z", gives: ":2000\r\n")
        let stored = dialogue.send(["ZUNIONSTORE", "d", "10000"] + Array(repeating: "z", count: 10_000))
        #expect(stored.hasPrefix("-ERR the sets"))
        dialogue.expect("ZCARD", "d", gives: ":2000\r\n")
    }

    @Test func fewRepetitionsAreInOrder() {
        #expect(named("ZUNION", "small", 4, "WITHSCORES") == bulks("member7", "20"))
        #expect(named("ZINTER", "small", 4, "WITHSCORES") == bulks("member7", "20"))
        #expect(named("ZUNION", "integers", 3, "WITHSCORES") == bulks("1", "3", "2", "3", "3", "3"))
        #expect(named("ZINTER", "integers", 3, "WITHSCORES") == bulks("1", "3", "2", "3", "3", "3"))
        dialogue.expect("ZINTERCARD", "3", "integers", "integers", "integers", gives: ":3\r\n")
    }

    /// A difference looks each set up once, and goes through them instead where there are many.
    @Test func aDifferenceWithManySets() {
        #expect(named("ZDIFF", "z", 100_000) == "*0\r\n")
        var request = ["ZDIFFSTORE", "d", "1001", "z"]
        for number in 0..<1000 {
            dialogue.expect([("ZADD other\(number) 1 member\(number)", ":1")])
            request.append("other\(number)")
        }
        #expect(dialogue.send(request) == ":1000\r\n")
        dialogue.expect("ZRANGE", "d", "0", "0", "WITHSCORES", gives: bulks("member1000", "1000"))
        dialogue.expect("ZDIFF", "3", "small", "none", "integers", gives: bulks("member7"))
        dialogue.expect("ZDIFF", "2", "small", "z", gives: "*0\r\n")
    }

    @Test func memoryIsForWhatIsThere() {
        dialogue.modify { node in
            var sources = Vector<SortedSetSource>()
            for _ in 0..<1000 {
                sources.append(SortedSetSource(record: Slot(rawValue: 16), count: 20_000))
                sources.append(SortedSetSource(record: Slot(rawValue: 32), count: 5))
            }
            let (all, distinct) = node.execution.store.members(of: sources)
            #expect(all == 20_005_000)
            #expect(distinct == 20_005)
        }
    }

    @Test func digitsAreWrittenOncePerSet() {
        let before = dialogue.inspect { $0.execution.store.heap.usedBytes }
        dialogue.modify { node in
            let key = ("integers" as StaticString).bytes
            guard let record = node.execution.store.find(0, key, node.execution.store.hash(key))?.record else { return }
            var sources = Vector<SortedSetSource>()
            for _ in 0..<1000 { sources.append(SortedSetSource(record: record, count: 3)) }
            node.execution.store.renderIntegers(of: &sources)
            #expect(node.execution.store.heap.usedBytes - before < 1000)
            for index in 0..<sources.count where sources[index].digits != sources[0].digits { Issue.record("\(index)") }
            node.execution.store.freeIntegers(of: sources)
        }
        #expect(dialogue.inspect { $0.execution.store.heap.usedBytes } == before)
    }
}
