import Testing

@testable import SessionCore

/// Sets as clients see them. Replies and error texts were taken from redis-server 7.0.15.
@Suite struct SetCommandTests {
    private static let wrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value"

    @Test func members() {
        NodeDialogue().expect([
            ("SADD s b a b", ":2"), ("SADD s a c", ":1"), ("SMEMBERS s", "*3\r\n$1\r\nb\r\n$1\r\na\r\n$1\r\nc"),
            ("SCARD s", ":3"), ("SISMEMBER s a", ":1"), ("SISMEMBER s x", ":0"), ("SISMEMBER none a", ":0"),
            ("SMISMEMBER s a x c", "*3\r\n:1\r\n:0\r\n:1"), ("SMISMEMBER none a b", "*2\r\n:0\r\n:0"),
            ("SMEMBERS none", "*0"), ("SCARD none", ":0"), ("SADD s \"\"", ":1"), ("SISMEMBER s \"\"", ":1"),
            ("SREM s x \"\" a x", ":2"), ("SREM none a", ":0"), ("TYPE s", "+set"), ("EXISTS s", ":1"),
            ("SREM s b c d", ":2"), ("EXISTS s", ":0"), ("TYPE s", "+none"), ("SET s x", "+OK"),
        ])
    }

    @Test func integersAreInOrder() {
        NodeDialogue().expect([
            ("SADD s 3 -1 300 70000 -5000000000 3", ":5"),
            ("SMEMBERS s", "*5\r\n$11\r\n-5000000000\r\n$2\r\n-1\r\n$1\r\n3\r\n$3\r\n300\r\n$5\r\n70000"),
            ("SISMEMBER s 300", ":1"), ("SISMEMBER s 0300", ":0"), ("SISMEMBER s +3", ":0"),
            ("SISMEMBER s 301", ":0"), ("SISMEMBER s -5000000000", ":1"), ("SISMEMBER s x", ":0"),
            ("SREM s 300 5 x 03", ":1"), ("SCARD s", ":4"), ("OBJECT ENCODING s", "$6\r\nintset"),
            ("SADD s 9223372036854775807 -9223372036854775808", ":2"),
            ("SISMEMBER s 9223372036854775807", ":1"), ("SISMEMBER s 9223372036854775808", ":0"),
            ("SADD s 9223372036854775808", ":1"), ("OBJECT ENCODING s", "$9\r\nhashtable"), ("SCARD s", ":7"),
            ("SMISMEMBER s -9223372036854775808 -1 3 70000", "*4\r\n:1\r\n:1\r\n:1\r\n:1"),
        ])
    }

    @Test func moves() {
        NodeDialogue().expect([
            ("SADD a x y", ":2"), ("SMOVE a b x", ":1"), ("SMOVE a b x", ":0"), ("SMEMBERS b", "*1\r\n$1\r\nx"),
            ("SMOVE a a y", ":1"), ("SMOVE a a z", ":0"), ("SMOVE none b x", ":0"), ("SADD a x", ":1"),
            ("SMOVE a b x", ":1"), ("SCARD b", ":1"), ("SMOVE a b y", ":1"), ("EXISTS a", ":0"), ("SCARD b", ":2"),
            ("SET s string", "+OK"), ("SMOVE none s x", ":0"), ("SMOVE b s x", Self.wrongType),
            ("SMOVE s b x", Self.wrongType), ("SMOVE b s nosuch", Self.wrongType), ("SCARD b", ":2"),
            ("SADD n 1", ":1"), ("SMOVE n m 1", ":1"), ("OBJECT ENCODING m", "$6\r\nintset"), ("EXISTS n", ":0"),
        ])
    }

    @Test(arguments: [
        "SADD s a", "SREM s a", "SISMEMBER s a", "SMISMEMBER s a", "SMEMBERS s", "SCARD s", "SPOP s", "SPOP s 1",
        "SRANDMEMBER s", "SRANDMEMBER s 1", "SSCAN s 0", "SINTER s", "SINTERCARD 1 s", "SUNION s", "SDIFF s",
        "SINTER set s", "SINTER none s", "SUNION none s", "SDIFF none s", "SINTERSTORE d set s", "SUNIONSTORE d s",
        "SDIFFSTORE d none s", "SINTERCARD 2 none s", "SPOP s 0", "SRANDMEMBER s 0",
    ])
    func otherTypesAreRefused(_ command: String) {
        for other in ["SET s x", "HSET s f v"] {
            let dialogue = NodeDialogue()
            _ = dialogue.send(other.split(separator: " ").map(String.init))
            dialogue.expect([("SADD set a", ":1"), (command, Self.wrongType), ("EXISTS s d", ":1")])
        }
    }

    @Test(arguments: ["GET s", "HGET s a", "HSET s a b", "APPEND s x", "INCR s", "STRLEN s"])
    func setsAreNothingElse(_ command: String) {
        NodeDialogue().expect([("SADD s a", ":1"), (command, Self.wrongType), ("SET s x", "+OK"), ("GET s", "$1\r\nx")])
    }

    /// What Redis checks first, where two things are wrong.
    @Test(arguments: [
        ("SADD s", "-ERR wrong number of arguments for 'sadd' command"),
        ("SPOP k x", "-ERR value is out of range, must be positive"),
        ("SPOP k -1", "-ERR value is out of range, must be positive"),
        ("SPOP none 1 2", "-ERR syntax error"), ("SPOP none 3", "*0"), ("SPOP none", "$-1"),
        ("SRANDMEMBER k x", "-ERR value is not an integer or out of range"), ("SRANDMEMBER k 1 2", "-ERR syntax error"),
        ("SRANDMEMBER none", "$-1"), ("SRANDMEMBER none -3", "*0"),
        (
            "SRANDMEMBER k -9223372036854775808",
            "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"
        ),
        ("SINTERCARD 0 k", "-ERR numkeys should be greater than 0"),
        ("SINTERCARD x k", "-ERR numkeys should be greater than 0"),
        ("SINTERCARD 2 k", "-ERR Number of keys can't be greater than number of args"),
        ("SINTERCARD 1 k LIMIT -1", "-ERR LIMIT can't be negative"),
        ("SINTERCARD 1 k LIMIT x", "-ERR LIMIT can't be negative"), ("SINTERCARD 1 k LIMIT", "-ERR syntax error"),
        ("SINTERCARD 1 k nonsense 1", "-ERR syntax error"), ("SSCAN k x", "-ERR invalid cursor"),
        ("SSCAN none 0 nonsense", "*2\r\n$1\r\n0\r\n*0"), ("SSCAN s 0 TYPE set", "-ERR syntax error"),
        ("SSCAN s 0 COUNT 0", "-ERR syntax error"),
        ("SSCAN s 0 COUNT x", "-ERR value is not an integer or out of range"),
    ])
    func orderOfChecks(_ command: String, _ reply: String) {
        NodeDialogue().expect([("SET k x", "+OK"), ("SADD s a", ":1"), (command, reply)])
    }

    @Test func repliesInRESP3() {
        let dialogue = NodeDialogue()
        dialogue.modify { $0.connections[0].reply.isRESP3 = true }
        dialogue.expect([
            ("SADD s a b c", ":3"), ("SADD i 1 2", ":2"), ("SMEMBERS i", "~2\r\n$1\r\n1\r\n$1\r\n2"),
            ("SMEMBERS none", "~0"), ("SINTER none", "~0"), ("SINTER s none", "~0"), ("SUNION none", "~0"),
            ("SDIFF none s", "~0"), ("SDIFF s s", "~0"), ("SINTER i i", "~2\r\n$1\r\n1\r\n$1\r\n2"),
            ("SPOP none 2", "~0"), ("SPOP none", "_"), ("SPOP s 0", "~0"), ("SRANDMEMBER none", "_"),
            ("SRANDMEMBER none 2", "*0"), ("SRANDMEMBER s 9", "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc"),
            ("SMISMEMBER s a x", "*2\r\n:1\r\n:0"), ("SSCAN i 0", "*2\r\n$1\r\n0\r\n*2\r\n$1\r\n1\r\n$1\r\n2"),
            ("SPOP i 9", "~2\r\n$1\r\n1\r\n$1\r\n2"), ("SPOP s 3", "~3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc"),
            ("EXISTS s i", ":0"),
        ])
    }

    // MARK: Random members

    private static func filled(_ members: [String], _ limit: Int = 512) -> NodeDialogue {
        var configuration = Configuration()
        configuration.setMaxIntsetEntries = limit
        let dialogue = NodeDialogue(configuration)
        _ = dialogue.send(["SADD", "s"] + members)
        return dialogue
    }

    static let forms: [[String]] = [
        (0..<20).map(String.init), (0..<20).map { "member \($0)" }, (0..<300).map { "member \($0)" },
    ]

    @Test(arguments: forms) func randomMembers(_ members: [String]) {
        let dialogue = Self.filled(members)
        let all = Set(members)
        dialogue.expect("SRANDMEMBER", "s", "0", gives: "*0\r\n")
        for count in [1, 2, members.count / 2, members.count - 1] {
            let some = dialogue.list("SRANDMEMBER", "s", "\(count)")
            #expect(some.count == count && Set(some).count == count && all.isSuperset(of: some))
        }
        for count in ["\(members.count)", "100000", "9223372036854775807"] {
            #expect(dialogue.list("SRANDMEMBER", "s", count).sorted() == members.sorted())
        }
        // Each is drawn a hundred times on average, with a standard deviation of ten.
        let many = dialogue.list("SRANDMEMBER", "s", "-\(members.count * 100)")
        #expect(many.count == members.count * 100 && Set(many) == all)
        for (member, drawn) in Dictionary(grouping: many, by: { $0 }) {
            #expect(drawn.count > 50 && drawn.count < 160, "\(member)")
        }
        dialogue.expect("SCARD", "s", gives: ":\(members.count)\r\n")
    }

    /// Single draws and small selections are even too, and so they are while the table is being resized.
    @Test(arguments: [20, 129, 250]) func randomMembersAreEven(_ count: Int) {
        let members = (0..<count).map { "member \($0)" }
        let dialogue = Self.filled(members)
        var drawn: [String: Int] = [:]
        for _ in 0..<(count * 50) {
            for member in dialogue.list("SRANDMEMBER", "s", "2") { drawn[member, default: 0] += 1 }
        }
        // Ten standard deviations would be 100.
        #expect(drawn.count == count && drawn.values.allSatisfy { $0 > 40 && $0 < 170 })
    }

    @Test func endlessRandomReplyEndsTheConnection() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SADD", "s", String(repeating: "x", count: 4 << 20))
        #expect(dialogue.send("SRANDMEMBER", "s", "-9223372036854775807") == "")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
    }

    @Test func mutedRandomReplyTakesNoTime() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SADD", "s", "a")
        dialogue.modify { $0.connections[0].replyMode = .off }
        #expect(dialogue.send("SRANDMEMBER", "s", "-9223372036854775807") == "")
    }

    @Test(arguments: forms) func popping(_ members: [String]) {
        let dialogue = Self.filled(members)
        var left = Set(members)
        func take(_ popped: [String], _ count: Int) {
            #expect(popped.count == count && left.isSuperset(of: popped) && Set(popped).count == count)
            left.subtract(popped)
            dialogue.expect("SCARD", "s", gives: ":\(left.count)\r\n")
            #expect(Set(dialogue.list("SMEMBERS", "s")) == left)
        }
        let one = dialogue.sendBytes([Array("SPOP".utf8), Array("s".utf8)])
        take(WireReply.all(in: one).compactMap(\.text), 1)
        take(dialogue.list("SPOP", "s", "0"), 0)
        take(dialogue.list("SPOP", "s", "3"), 3)
        take(dialogue.list("SPOP", "s", "\(left.count / 2)"), left.count / 2)
        take(dialogue.list("SPOP", "s", "\(left.count - 1)"), left.count - 1)
        take(dialogue.list("SPOP", "s", "100"), 1)
        dialogue.expect("EXISTS", "s", gives: ":0\r\n")
        #expect(dialogue.usedBytes < 1024)
    }

    @Test func poppingTheLastOne() {
        NodeDialogue().expect([("SADD s 7", ":1"), ("SPOP s", "$1\r\n7"), ("EXISTS s", ":0"), ("SPOP s", "$-1")])
    }

    // MARK: SSCAN

    @Test(arguments: [
        ("SSCAN s 0", "*2\r\n$1\r\na\r\n$2\r\nbb"), ("SSCAN s 0 MATCH b*", "*1\r\n$2\r\nbb"),
        ("SSCAN s 17 COUNT 1 MATCH x", "*0"), ("SSCAN none 0", "*0"),
        ("SSCAN i 0 MATCH 1*", "*2\r\n$1\r\n1\r\n$2\r\n12"),
    ])
    func scanOfSmallSet(_ command: String, _ members: String) {
        NodeDialogue().expect([
            ("SADD s a bb", ":2"), ("SADD i 12 1 2", ":3"), (command, "*2\r\n$1\r\n0\r\n" + members),
        ])
    }

    /// Every member that stays is returned, however the table grows and shrinks on the way.
    @Test func scanOfChangingTable() {
        let dialogue = Self.filled((0..<2000).map { "stays\($0)" })
        var seen: Set<String> = []
        var cursor = "0"
        var calls = 0
        repeat {
            let bytes = dialogue.sendBytes(["SSCAN", "s", cursor, "COUNT", "40"].map { Array($0.utf8) })
            let reply = WireReply.all(in: bytes)[0].elements ?? []
            cursor = reply.first?.text ?? "0"
            seen.formUnion(reply.last?.elements?.compactMap(\.text) ?? [])
            // Twice as many come, and most go again.
            let others = (calls % 20 * 400)..<(calls % 20 * 400 + 400)
            _ = dialogue.send([calls % 40 < 20 ? "SADD" : "SREM", "s"] + others.map { "other\($0)" })
            calls += 1
        } while cursor != "0" && calls < 10_000
        #expect(calls > 20 && calls < 10_000)
        #expect(seen.filter { $0.hasPrefix("stays") }.count == 2000)
    }
}
