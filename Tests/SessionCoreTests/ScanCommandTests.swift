import Testing

@testable import SessionCore

/// Walking through keys while the table grows, shrinks and expires.
struct ScanCommandTests {
    /// The cursor and the keys of a SCAN's reply.
    private func scan(
        _ node: NodeDialogue, _ cursor: String, _ options: String...
    ) -> (cursor: String, keys: [String]) {
        let lines = node.send(["SCAN", cursor] + options).split(separator: "\r\n").map(String.init)
        return (lines[2], stride(from: 5, to: lines.count, by: 2).map { lines[$0] })
    }

    private func allKeys(_ node: NodeDialogue) -> [String] {
        let lines = node.send("KEYS", "*").split(separator: "\r\n").map(String.init)
        return stride(from: 2, to: lines.count, by: 2).map { lines[$0] }
    }

    @Test(arguments: [1, 10, 100, 100_000])
    func findsEveryKey(count: Int) {
        let node = NodeDialogue()
        let names = Set((0..<1500).map { "key:\($0)" })
        for name in names { node.expect("SET", name, "v", gives: "+OK\r\n") }
        var seen: Set<String> = []
        var cursor = "0"
        repeat {
            let step = scan(node, cursor, "COUNT", "\(count)")
            seen.formUnion(step.keys)
            cursor = step.cursor
        } while cursor != "0"
        #expect(seen == names)
    }

    /// Keys that are there from beginning to end are found, whatever becomes of the others meanwhile.
    @Test func findsEveryKeyThatStays() {
        let node = NodeDialogue()
        var random = SplitMix64(seed: 3)
        let stays = Set((0..<200).map { "stays:\($0)" })
        for name in stays { node.expect("SET", name, "v", gives: "+OK\r\n") }
        var others: [String] = []
        for round in 0..<20 {
            var seen: Set<String> = []
            var cursor = "0"
            repeat {
                let step = scan(node, cursor, "MATCH", "stays:*")
                #expect(step.keys.allSatisfy(stays.contains))
                seen.formUnion(step.keys)
                cursor = step.cursor
                // Grows in even rounds, shrinks in odd ones.
                for _ in 0..<(30 + random.below(30)) {
                    if round % 2 == 0 {
                        others.append("goes:\(round):\(others.count)")
                        _ = node.send("SET", others.last ?? "", "v")
                    } else if let name = others.popLast() {
                        _ = node.send("DEL", name)
                    }
                }
            } while cursor != "0"
            #expect(seen == stays)
            let all = allKeys(node)
            #expect(Set(all).count == all.count)
            #expect(Set(all) == stays.union(others))
        }
    }

    /// What is due is not shown, even before the wheel has come to it, and stays for the wheel to expire.
    @Test func passesOverWhatIsDue() {
        let node = NodeDialogue()
        for index in 0..<100 { node.expect("SET", "due:\(index)", "v", "PX", "50", gives: "+OK\r\n") }
        node.expect("SET", "stays", "v", gives: "+OK\r\n")
        node.skip(milliseconds: 50)
        #expect(scan(node, "0", "COUNT", "1000").keys == ["stays"])
        #expect(allKeys(node) == ["stays"])
        #expect(node.inspect { $0.execution.store.databases[0].records.count } == 101)
        node.expect("RANDOMKEY", gives: bulk("stays"))
    }

    /// RANDOMKEY comes to an end where every key is due.
    @Test func randomKeyOfADeadDatabase() {
        let node = NodeDialogue()
        for index in 0..<100 { node.expect("SET", "due:\(index)", "v", "PX", "50", gives: "+OK\r\n") }
        node.skip(milliseconds: 50)
        node.expect("RANDOMKEY", gives: "$-1\r\n")
        #expect(node.inspect { $0.execution.store.databases[0].records.count } == 0)
    }

    @Test func randomKeyFindsEveryKey() {
        let node = NodeDialogue()
        let names = Set((0..<20).map { "key:\($0)" })
        for name in names { node.expect("SET", name, "v", gives: "+OK\r\n") }
        var seen: Set<String> = []
        for _ in 0..<1000 { seen.insert(node.send("RANDOMKEY")) }
        #expect(seen == Set(names.map(bulk)))
    }

    /// A sparse table: one call looks at a bounded number of buckets, and says where to go on.
    @Test func boundsTheWorkOfOneCall() {
        let node = NodeDialogue()
        for index in 0..<2000 { _ = node.send("SET", "key:\(index)", "v") }
        let step = scan(node, "0", "COUNT", "1", "MATCH", "nothing")
        #expect(step.keys.isEmpty)
        #expect(step.cursor != "0")
    }
}
