import Testing

@testable import SessionCore

/// What keeps dead tokens and keys dead: for how long, and how much memory it may take.
@Suite struct MarksTests {
    private static func node(_ policy: EvictionPolicy, memory: Int = 1 << 20) -> NodeDialogue {
        var configuration = Configuration()
        configuration.maxMemory = memory
        configuration.maxMemoryPolicy = policy
        configuration.sessionPrefixes = ["sess:"]
        return NodeDialogue(configuration)
    }

    /// Marks in the tables, counted one by one.
    private static func recount(_ dialogue: NodeDialogue) -> (count: Int, bytes: Int) {
        dialogue.modify { node in
            var (count, bytes) = (0, 0)
            for database in 0..<node.execution.store.databases.count {
                for ofKeys in [false, true] {
                    let table = ofKeys
                        ? node.execution.store.databases[database].keyTombstones
                        : node.execution.store.databases[database].records
                    var cursor: UInt64 = 0
                    var records = Vector<Slot>()
                    repeat { cursor = table.scan(cursor, node.execution.store.heap, into: &records) } while cursor != 0
                    for index in 0..<records.count
                    where WheelSlots.isMark(node.execution.store[records[index]].kind) {
                        count += 1
                        bytes += node.execution.store.heap.capacity(of: records[index])
                    }
                }
            }
            return (count, bytes)
        }
    }

    private static func expectCounted(_ dialogue: NodeDialogue, sourceLocation: SourceLocation = #_sourceLocation) {
        let (count, bytes) = recount(dialogue)
        let marks = dialogue.inspect { $0.execution.store.marks }
        #expect(marks.tombstones + marks.predecessors + marks.keyTombstones == count, sourceLocation: sourceLocation)
        #expect(marks.bytes == bytes, sourceLocation: sourceLocation)
    }

    @Test func lifetimesAreBounded() {
        let dialogue = NodeDialogue()
        func timeLeft(_ options: String) -> Int64? {
            let token = dialogue.create(options)
            let handle = dialogue.handle(token)
            #expect(dialogue.run("SESSREVOKE \(token)") == 1)
            return dialogue.run("PTTL __sess__:\(handle):revoked").number
        }
        let hour: Int64 = 3_600_000
        #expect(timeLeft("MAX 36525d") == 30 * 24 * hour)
        #expect(timeLeft("MAX 12h") == 12 * hour, "no longer than the session could have lived")
        #expect(timeLeft("MAX 0") == 24 * hour, "sess-tombstone")
        dialogue.expect("CONFIG", "SET", "sess-tombstone-max", "1h", gives: "+OK\r\n")
        #expect(timeLeft("MAX 12h") == hour)
        #expect(timeLeft("MAX 0") == hour)
        for name in ["sess-tombstone-max", "session-tombstone"] {
            #expect(dialogue.send("CONFIG", "SET", name, "401d").hasPrefix("-ERR"))
        }
    }

    @Test("where nothing is evicted, no revocation is forgotten: new sessions are refused")
    func withoutEviction() {
        let dialogue = Self.node(.noEviction)
        let last = dialogue.create("MAX 36525d")
        var revoked: [String] = []
        var refusal: WireReply?
        while revoked.count < 20_000 {
            let reply = dialogue.run("SESSCREATE MAX 36525d")
            guard let token = reply.text else {
                refusal = reply
                break
            }
            _ = dialogue.run("SESSREVOKE \(token)")
            revoked.append(token)
        }
        #expect(refusal?.code == "OOM")
        #expect(revoked.count > 1000)
        #expect(dialogue.inspect { $0.execution.usedMemory } < 1 << 19, "the rest is for data")
        #expect(revoked.allSatisfy { dialogue.run("SESSSET \($0) FIELDS 1 a b").code == "REVOKED" })
        #expect(dialogue.run("SESSROTATE \(last)").code == "OOM")
        dialogue.expect("SET", "k", "v", gives: "+OK\r\n")
        #expect(dialogue.run("SESSREVOKE \(last)") == 1, "ending a session is never refused")
        #expect(dialogue.run("SESSCREATE ID \(last)").error != nil)
        #expect(dialogue.send("SET", "sess:new", "v").hasPrefix("-OOM"))
        Self.expectCounted(dialogue)
        dialogue.advance(milliseconds: 30 * 24 * 3600 * 1000)
        for _ in 0..<100 { dialogue.advance(milliseconds: 1) }
        #expect(dialogue.run("SESSCREATE").text != nil)
        Self.expectCounted(dialogue)
    }

    @Test("where something is evicted, the oldest marks are given up", arguments: [
        EvictionPolicy.allKeysLRU, .volatileTTL,
    ])
    func withEviction(policy: EvictionPolicy) {
        let dialogue = Self.node(policy)
        for number in 0..<200 { _ = dialogue.send("SET", "k\(number)", "value", "EX", "1000000") }
        var revoked: [String] = []
        for _ in 0..<12_000 {
            let token = dialogue.create("MAX 36525d")
            _ = dialogue.run("SESSREVOKE \(token)")
            revoked.append(token)
            if revoked.count % 50 == 0 { dialogue.advance(milliseconds: 1000) }
        }
        #expect(dialogue.inspect { $0.execution.store.marks.forgotten } > 1000)
        #expect(dialogue.inspect { $0.execution.store.marks.bytes - $0.execution.markLimit } < 1024)
        for number in 0..<200 { dialogue.expect("EXISTS", "k\(number)", gives: ":1\r\n") }
        let newest = revoked.suffix(500)
        #expect(newest.filter { dialogue.run("SESSSET \($0) FIELDS 1 a b").code == "REVOKED" }.count > 480)
        Self.expectCounted(dialogue)
        let info = dialogue.send("INFO", "sessions")
        #expect(info.contains("tombstones_forgotten:") && info.contains("tombstone_bytes_limit:262144\r\n"))
        #expect(dialogue.inspect { $0.metrics() }.contains("cloakroom_tombstone_limit_bytes 262144\n"))
    }

    @Test("marks of plain keys count too", arguments: [EvictionPolicy.allKeysLRU, .noEviction])
    func plainKeys(policy: EvictionPolicy) {
        let dialogue = Self.node(policy)
        dialogue.expect("CONFIG", "SET", "session-tombstone", "30d", gives: "+OK\r\n")
        for number in 0..<12_000 {
            dialogue.expect("SET", "sess:\(number)", "v", gives: "+OK\r\n")
            dialogue.expect("DEL", "sess:\(number)", gives: ":1\r\n")
        }
        #expect(dialogue.inspect { $0.execution.store.marks.bytes - $0.execution.markLimit } < 1024)
        #expect(dialogue.inspect { $0.execution.store.marks.keyTombstones } > 1000)
        dialogue.expect("SET", "plain", "v", gives: "+OK\r\n")
        Self.expectCounted(dialogue)
    }

    @Test func replacedTokensAreBounded() {
        let dialogue = NodeDialogue()
        dialogue.expect("CONFIG", "SET", "sess-reuse-revokes", "no", gives: "+OK\r\n")
        var tokens = [dialogue.create("MAX 1h")]
        for _ in 0..<200 { tokens.append(dialogue.rotate(tokens[tokens.count - 1], "GRACE 0")) }
        #expect(dialogue.inspect { $0.execution.store.marks.predecessors } == Limits.predecessors)
        let codes = tokens.dropLast().map { dialogue.run("SESSSET \($0) FIELDS 1 a b").code }
        #expect(codes.suffix(Limits.predecessors).allSatisfy { $0 == "REUSED" })
        #expect(codes.dropLast(Limits.predecessors).allSatisfy { $0 == "NOSESSION" })
        #expect(dialogue.run("SESSTOUCH \(tokens[200])").number != -2)
        Self.expectCounted(dialogue)
    }

    @Test("marks that go by expiry, flushing or exchange are no longer counted")
    func endings() {
        let dialogue = Self.node(.noEviction, memory: 0)
        func fill() {
            for number in 0..<100 {
                let token = dialogue.rotate(dialogue.create("MAX 1h"))
                _ = dialogue.run("SESSREVOKE \(token)")
                _ = dialogue.send("SET", "sess:\(number)", "v")
                _ = dialogue.send("DEL", "sess:\(number)", "sess:absent\(number)")
            }
            Self.expectCounted(dialogue)
            #expect(dialogue.inspect { $0.execution.store.marks.bytes } > 0)
        }
        fill()
        _ = dialogue.send("SELECT", "1")
        fill()
        _ = dialogue.send("FLUSHDB")
        Self.expectCounted(dialogue)
        _ = dialogue.send("SWAPDB", "0", "1")
        Self.expectCounted(dialogue)
        _ = dialogue.send("FLUSHALL")
        Self.expectCounted(dialogue)
        #expect(dialogue.inspect { $0.execution.store.marks.bytes } == 0)
        fill()
        dialogue.advance(milliseconds: 3600 * 1000)
        for _ in 0..<100 { dialogue.advance(milliseconds: 1) }
        Self.expectCounted(dialogue)
        #expect(dialogue.inspect { $0.execution.store.marks.bytes } == 0)
    }

    /// Not every write that makes a key is refused for want of room: the marks of plain keys give way to one another.
    @Test(arguments: [
        ["SADD sp:# x", "DEL sp:#"], ["SET base v", "RENAME base sp:#", "UNLINK sp:#"],
        ["SADD base x", "SUNIONSTORE sp:# base", "DEL sp:#"], ["SET base v", "COPY base sp:#", "GETDEL sp:#"],
    ])
    func marksOfPlainKeysStayWithinTheirShare(round: [String]) {
        var configuration = Configuration()
        configuration.maxMemory = 1 << 20
        configuration.sessionPrefixes = ["sp:"]
        let dialogue = NodeDialogue(configuration)
        for number in 0..<8000 {
            for line in round {
                let words = line.split(separator: "#", omittingEmptySubsequences: false)
                _ = dialogue.sendRaw(words.joined(separator: "\(number)") + "\r\n")
            }
        }
        let (bytes, limit) = dialogue.inspect { ($0.execution.store.marks.bytes, $0.execution.markLimit) }
        #expect(bytes > limit / 2 && bytes <= limit + 1024)
        dialogue.expect("SET", "other", "v", gives: "+OK\r\n")
        Self.expectCounted(dialogue)
    }
}
