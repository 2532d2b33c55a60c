import Testing

@testable import SessionCore

/// Hashes as clients see them. Replies and error texts were taken from redis-server 7.0.15.
@Suite struct HashCommandTests {
    private static let wrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value"

    @Test func setAndGet() {
        NodeDialogue().expect([
            ("HSET h a 1 b 2 a 3", ":2"), ("HSET h a 4 c 5", ":1"), ("HGET h a", "$1\r\n4"), ("HGET h none", "$-1"),
            ("HGET none a", "$-1"), ("HMSET h d 6 e 7", "+OK"), ("HMGET h a none e", "*3\r\n$1\r\n4\r\n$-1\r\n$1\r\n7"),
            ("HMGET none a b", "*2\r\n$-1\r\n$-1"), ("HLEN h", ":5"), ("HLEN none", ":0"), ("HEXISTS h a", ":1"),
            ("HEXISTS h none", ":0"), ("HSTRLEN h a", ":1"), ("HSTRLEN h none", ":0"), ("HSTRLEN none a", ":0"),
            ("HSET h \"\" \"\"", ":1"), ("HGET h \"\"", "$0\r\n"), ("HSTRLEN h \"\"", ":0"), ("HEXISTS h \"\"", ":1"),
        ])
    }

    @Test func wholeHashInOrderOfInsertion() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("HSET", "h", "b", "2", "a", "1", "c", "3")
        dialogue.expect("HGETALL", "h", gives: bulks("b", "2", "a", "1", "c", "3"))
        dialogue.expect("HKEYS", "h", gives: bulks("b", "a", "c"))
        dialogue.expect("HVALS", "h", gives: bulks("2", "1", "3"))
        // A longer value keeps its field's place; a field set again after deletion goes to the end.
        _ = dialogue.send("HSET", "h", "a", String(repeating: "x", count: 200))
        _ = dialogue.send("HDEL", "h", "b")
        _ = dialogue.send("HSET", "h", "b", "4")
        dialogue.expect("HKEYS", "h", gives: bulks("a", "c", "b"))
        dialogue.expect("HVALS", "h", gives: bulks(String(repeating: "x", count: 200), "3", "4"))
        for command in ["HGETALL", "HKEYS", "HVALS"] { dialogue.expect(command, "none", gives: "*0\r\n") }
    }

    @Test func setUnlessThere() {
        NodeDialogue().expect([
            ("HSETNX h a 1", ":1"), ("HSETNX h a 2", ":0"), ("HSETNX h b 2", ":1"), ("HGET h a", "$1\r\n1"),
            ("HLEN h", ":2"),
        ])
    }

    @Test func deletion() {
        NodeDialogue().expect([
            ("HSET h a 1 b 2 c 3", ":3"), ("HDEL h a none a", ":1"), ("HDEL none a", ":0"), ("HLEN h", ":2"),
            ("HDEL h b c d", ":2"), ("HLEN h", ":0"), ("SET h string", "+OK"), ("GET h", "$6\r\nstring"),
        ])
    }

    @Test func increments() {
        NodeDialogue().expect([
            ("HINCRBY h n 5", ":5"), ("HINCRBY h n -7", ":-2"),
            ("HINCRBY h n 9223372036854775807", ":9223372036854775805"),
            ("HINCRBY h n 3", "-ERR increment or decrement would overflow"), ("HGET h n", "$19\r\n9223372036854775805"),
            ("HINCRBY h n x", "-ERR value is not an integer or out of range"), ("HSET h w abc", ":1"),
            ("HINCRBY h w 1", "-ERR hash value is not an integer"), ("HSET h e \"\"", ":1"),
            ("HINCRBY h e 1", "-ERR hash value is not an integer"),
        ])
    }

    @Test func floatIncrements() {
        NodeDialogue().expect([
            ("HINCRBYFLOAT h f 3.0", "$1\r\n3"), ("HINCRBYFLOAT h f 1.5", "$3\r\n4.5"),
            ("HINCRBYFLOAT h f -5e-1", "$1\r\n4"),
            ("HINCRBYFLOAT h f 1e-20", "$1\r\n4"), ("HINCRBYFLOAT h f x", "-ERR value is not a valid float"),
            ("HINCRBYFLOAT h f nan", "-ERR value is not a valid float"),
            ("HINCRBYFLOAT h f inf", "-ERR value is NaN or Infinity"),
            ("HINCRBYFLOAT h f -inf", "-ERR value is NaN or Infinity"), ("HSET h w abc i inf", ":2"),
            ("HINCRBYFLOAT h w 1", "-ERR hash value is not a float"),
            ("HINCRBYFLOAT h i 1", "-ERR increment would produce NaN or Infinity"), ("HGET h f", "$1\r\n4"),
        ])
    }

    @Test(arguments: [
        "HGET s a", "HMGET s a", "HGETALL s", "HKEYS s", "HVALS s", "HLEN s", "HSTRLEN s a", "HEXISTS s a", "HDEL s a",
        "HSETNX s a 1", "HSET s a 1", "HMSET s a 1", "HINCRBY s a 1", "HINCRBYFLOAT s a 1", "HRANDFIELD s",
        "HRANDFIELD s 1", "HSCAN s 0",
    ])
    func otherTypesAreRefused(_ command: String) {
        NodeDialogue().expect([("SET s x", "+OK"), (command, Self.wrongType), ("GET s", "$1\r\nx")])
    }

    @Test(arguments: ["GET h", "SET h x GET"])
    func hashesAreNoStrings(_ command: String) {
        NodeDialogue().expect([
            ("HSET h a 1", ":1"), (command, Self.wrongType), ("SET h x", "+OK"), ("GET h", "$1\r\nx"),
        ])
    }

    /// What Redis checks first, where two things are wrong.
    @Test(arguments: [
        ("HSET h a", "-ERR wrong number of arguments for 'hset' command"),
        ("HSET s a 1 b", "-ERR wrong number of arguments for 'hset' command"),
        ("HMSET s a 1 b", "-ERR wrong number of arguments for 'hmset' command"),
        ("HINCRBY s a x", "-ERR value is not an integer or out of range"),
        ("HINCRBYFLOAT s a x", "-ERR value is not a valid float"), ("HSCAN s x", "-ERR invalid cursor"),
        ("HSCAN none x", "-ERR invalid cursor"), ("HSCAN none 0 nonsense", "*2\r\n$1\r\n0\r\n*0"),
        ("HRANDFIELD s x", "-ERR value is not an integer or out of range"),
        ("HRANDFIELD h x nonsense", "-ERR value is not an integer or out of range"),
        ("HRANDFIELD s 1 nonsense", "-ERR syntax error"), ("HRANDFIELD h 1 withvalues x", "-ERR syntax error"),
        (
            "HRANDFIELD s -9223372036854775808",
            "-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"
        ),
        ("HRANDFIELD h 9223372036854775807 withvalues", "-ERR value is out of range"),
        ("HRANDFIELD h -9223372036854775807 WITHVALUES", "-ERR value is out of range"),
    ])
    func orderOfChecks(_ command: String, _ reply: String) {
        NodeDialogue().expect([("SET s x", "+OK"), ("HSET h a 1", ":1"), (command, reply)])
    }

    @Test func repliesInRESP3() {
        let dialogue = NodeDialogue()
        dialogue.modify { $0.connections[0].reply.isRESP3 = true }
        dialogue.expect([
            ("HSET h a 1 b 2", ":2"), ("HGETALL h", "%2\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2"),
            ("HGETALL none", "%0"),
            ("HGET h none", "_"), ("HKEYS none", "*0"),
            ("HRANDFIELD h 2 WITHVALUES", "*2\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$1\r\nb\r\n$1\r\n2"),
            ("HRANDFIELD none 2", "*0"), ("HRANDFIELD none", "_"),
        ])
    }

    // MARK: HSCAN

    @Test(arguments: [
        ("HSCAN h 0", "*4\r\n$1\r\na\r\n$1\r\n1\r\n$2\r\nbb\r\n$1\r\n2"),
        ("HSCAN h 0 MATCH b*", "*2\r\n$2\r\nbb\r\n$1\r\n2"),
        ("HSCAN h 0 MATCH x* COUNT 1", "*0"),
        ("HSCAN h 17 COUNT 1 COUNT 2 MATCH x MATCH a", "*2\r\n$1\r\na\r\n$1\r\n1"),
        ("HSCAN h -1 MATCH a", "*2\r\n$1\r\na\r\n$1\r\n1"), ("HSCAN h 007 MATCH z", "*0"), ("HSCAN h +5 MATCH z", "*0"),
        ("HSCAN h \"\" MATCH z", "*0"), ("HSCAN h 18446744073709551615 MATCH z", "*0"), ("HSCAN none 0", "*0"),
    ])
    func scanOfSmallHash(_ command: String, _ elements: String) {
        NodeDialogue().expect([("HSET h a 1 bb 2", ":2"), (command, "*2\r\n$1\r\n0\r\n" + elements)])
    }

    @Test(arguments: [
        ("HSCAN h 0 COUNT", "syntax error"), ("HSCAN h 0 COUNT 0", "syntax error"),
        ("HSCAN h 0 COUNT -1", "syntax error"),
        ("HSCAN h 0 COUNT x", "value is not an integer or out of range"), ("HSCAN h 0 TYPE hash", "syntax error"),
        ("HSCAN h 0 MATCH", "syntax error"), ("HSCAN h 0 NOVALUES", "syntax error"), ("HSCAN h 1x", "invalid cursor"),
        ("HSCAN h 18446744073709551616", "invalid cursor"), ("HSCAN h -", "invalid cursor"),
        ("HSCAN h 0x10", "invalid cursor"),
    ])
    func scanErrors(_ command: String, _ error: String) {
        NodeDialogue().expect([("HSET h a 1", ":1"), (command, "-ERR " + error)])
    }

    /// Every field that stays is returned, however the table is resized on the way.
    @Test func scanOfChangingTable() {
        let dialogue = NodeDialogue()
        for index in 0..<2000 { _ = dialogue.send("HSET", "h", "stays\(index)", "v") }
        for index in 0..<2000 { _ = dialogue.send("HSET", "h", "goes\(index)", "v") }
        var seen: Set<String> = []
        var cursor = "0"
        var calls = 0
        repeat {
            let reply = strings(in: dialogue.send("HSCAN", "h", cursor, "COUNT", "50"))
            cursor = reply[0]
            for index in stride(from: 1, to: reply.count, by: 2) { seen.insert(reply[index]) }
            // Two thirds of the table go while the scan is under way.
            let gone = calls < 20 ? (calls * 100)..<(calls * 100 + 100) : 0..<0
            for index in gone { _ = dialogue.send("HDEL", "h", "goes\(index)") }
            calls += 1
        } while cursor != "0"
        #expect(calls > 20)
        #expect(seen.filter { $0.hasPrefix("stays") }.count == 2000)
        dialogue.expect("HLEN", "h", gives: ":2000\r\n")
        #expect(strings(in: dialogue.send("HSCAN", "h", "0", "COUNT", "100000", "MATCH", "stays1??")).count == 201)
    }

    // MARK: HRANDFIELD

    @Test func randomFieldsOfSmallHash() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("HSET", "h", "a", "1", "b", "2", "c", "3")
        checkRandomFields(dialogue, names: ["a", "b", "c"])
        dialogue.expect("HRANDFIELD", "h", "9", gives: bulks("a", "b", "c"))
        dialogue.expect("HRANDFIELD", "h", "9223372036854775807", gives: bulks("a", "b", "c"))
        dialogue.expect("HRANDFIELD", "h", "3", "WITHVALUES", gives: bulks("a", "1", "b", "2", "c", "3"))
    }

    @Test func randomFieldsOfTable() {
        var configuration = Configuration()
        configuration.hashMaxListpackEntries = 0
        let dialogue = NodeDialogue(configuration)
        for index in 0..<100 { _ = dialogue.send("HSET", "h", "f\(index)", "\(index)") }
        checkRandomFields(dialogue, names: Set((0..<100).map { "f\($0)" }))
        #expect(Set(strings(in: dialogue.send("HRANDFIELD", "h", "70"))).count == 70)
        #expect(Set(strings(in: dialogue.send("HRANDFIELD", "h", "1000"))).count == 100)
        let pairs = strings(in: dialogue.send("HRANDFIELD", "h", "-50", "WITHVALUES"))
        #expect(pairs.count == 100)
        for index in stride(from: 0, to: pairs.count, by: 2) { #expect(pairs[index] == "f" + pairs[index + 1]) }
    }

    private func checkRandomFields(_ dialogue: NodeDialogue, names: Set<String>) {
        dialogue.expect("HRANDFIELD", "h", "0", gives: "*0\r\n")
        #expect(names.contains(strings(in: dialogue.send("HRANDFIELD", "h"))[0]))
        let two = strings(in: dialogue.send("HRANDFIELD", "h", "2"))
        #expect(two.count == 2 && two[0] != two[1] && names.isSuperset(of: two))
        let many = strings(in: dialogue.send("HRANDFIELD", "h", "-3000"))
        #expect(many.count == 3000)
        #expect(Set(many) == names)
        // Each is drawn 3000 / names times on average; a third of that off is eight standard deviations or five.
        let expected = 3000 / names.count
        for (name, drawn) in Dictionary(grouping: many, by: { $0 }) {
            #expect(drawn.count > expected / 4 && drawn.count < expected * 2, "\(name)")
        }
    }

    @Test func endlessRandomReplyEndsTheConnection() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("HSET", "h", "a", String(repeating: "x", count: 4 << 20))
        #expect(dialogue.send("HRANDFIELD", "h", "-4611686018427387903", "WITHVALUES") == "")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
    }

    @Test func mutedRandomReplyTakesNoTime() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("HSET", "h", "a", "1")
        dialogue.modify { $0.connections[0].replyMode = .off }
        #expect(dialogue.send("HRANDFIELD", "h", "-9223372036854775807") == "")
    }

    // MARK: Sizes

    /// A hash changes its form at the limit and not before, and nothing of it is lost.
    @Test func conversionByFields() {
        let dialogue = NodeDialogue()
        for index in 0..<512 { dialogue.expect("HSET", "h", "f\(index)", "\(index)", gives: ":1\r\n") }
        #expect(kind(of: "h", dialogue) == .packedHash)
        dialogue.expect("OBJECT", "ENCODING", "h", gives: bulk("listpack"))
        dialogue.expect("HSET", "h", "f7", "other", gives: ":0\r\n")
        #expect(kind(of: "h", dialogue) == .packedHash)
        dialogue.expect("HSET", "h", "f512", "512", gives: ":1\r\n")
        #expect(kind(of: "h", dialogue) == .tableHash)
        dialogue.expect("HLEN", "h", gives: ":513\r\n")
        for index in 0..<513 where index != 7 { dialogue.expect("HGET", "h", "f\(index)", gives: bulk("\(index)")) }
        dialogue.expect("HGET", "h", "f7", gives: bulk("other"))
        // It never goes back.
        for index in 1..<513 { dialogue.expect("HDEL", "h", "f\(index)", gives: ":1\r\n") }
        #expect(kind(of: "h", dialogue) == .tableHash)
        dialogue.expect("HGETALL", "h", gives: bulks("f0", "0"))
        dialogue.expect("HDEL", "h", "f0", gives: ":1\r\n")
        dialogue.expect("HLEN", "h", gives: ":0\r\n")
        #expect(dialogue.inspect { $0.execution.store.heap.usedBytes } < 1024)
    }

    @Test func conversionByBytes() {
        let dialogue = NodeDialogue()
        let value = String(repeating: "v", count: 65)
        _ = dialogue.send("HSET", "h", "a", "1", "b", "2")
        dialogue.expect("OBJECT", "ENCODING", "h", gives: bulk("listpack"))
        // Redis would leave its listpack here: so it is said of the hash, though it stays packed.
        _ = dialogue.send("HSET", "h", "a", value)
        #expect(kind(of: "h", dialogue) == .packedHash)
        dialogue.expect("OBJECT", "ENCODING", "h", gives: bulk("hashtable"))
        _ = dialogue.send("HSET", "h", "b", String(repeating: "v", count: Limits.packedHash))
        #expect(kind(of: "h", dialogue) == .tableHash)
        dialogue.expect("HMGET", "h", "a", "b", gives: bulks(value, String(repeating: "v", count: Limits.packedHash)))
        // Born large.
        _ = dialogue.send("HSET", "g", "a", String(repeating: "v", count: 100_000))
        #expect(kind(of: "g", dialogue) == .tableHash)
        dialogue.expect("HSTRLEN", "g", "a", gives: ":100000\r\n")
        dialogue.expect("HSET", "g", "a", "short", gives: ":0\r\n")
        dialogue.expect("HGETALL", "g", gives: bulks("a", "short"))
    }

    /// Random changes against a dictionary: both forms, values of every length class, a hash that expires.
    @Test(arguments: [0, 16, 512])
    func sameAsModel(entries: Int) {
        var configuration = Configuration()
        configuration.hashMaxListpackEntries = entries
        let dialogue = NodeDialogue(configuration)
        var random = SplitMix64(seed: UInt64(entries) + 5)
        var model: [String: String] = [:]
        let lengths = [0, 1, 5, 100, 127, 128, 129, 300, 1000]
        for step in 0..<3000 {
            let name = "field\(random.next() % 24)"
            if random.next() % 3 == 0 {
                let existed = model.removeValue(forKey: name) != nil
                dialogue.expect("HDEL", "h", name, gives: existed ? ":1\r\n" : ":0\r\n")
            } else {
                let length = lengths[Int(random.next() % UInt64(lengths.count))]
                let value = String(repeating: String(step % 10), count: length)
                let isNew = model.updateValue(value, forKey: name) == nil
                dialogue.expect("HSET", "h", name, value, gives: isNew ? ":1\r\n" : ":0\r\n")
            }
            if step % 10 == 0 {
                #expect(pairs(in: dialogue.send("HGETALL", "h")) == model)
                dialogue.expect("HLEN", "h", gives: ":\(model.count)\r\n")
            }
        }
        dialogue.modify { $0.execution.store.flushAll() }
        #expect(dialogue.inspect { $0.execution.store.heap.usedBytes } == 0)
    }

    // MARK: Sessions

    @Test func sessionsReadAsHashes() {
        let dialogue = NodeDialogue()
        let key = addSession(to: dialogue)
        let fields = [
            "@user", "alice", "@device", "phone", "@created", "1000000000000", "@seen", "1000000000000",
            "@idle", "60000", "@max", "1000003600000", "@level", "2", "@leveluntil", "1000000005000", "@version", "1",
            "@bind",
            "0100000000000000ff00000000000000", "cart", "3", "lang", "",
        ]
        let names = stride(from: 0, to: fields.count, by: 2).map { fields[$0] }
        let values = stride(from: 1, to: fields.count, by: 2).map { fields[$0] }
        #expect(strings(in: dialogue.send("HGETALL", key)) == fields)
        #expect(strings(in: dialogue.send("HKEYS", key)) == names)
        #expect(strings(in: dialogue.send("HVALS", key)) == values)
        #expect(strings(in: dialogue.send("HSCAN", key, "0", "MATCH", "@*")) == ["0"] + fields.prefix(20))
        #expect(strings(in: dialogue.send("HRANDFIELD", key, "99", "WITHVALUES")) == fields)
        #expect(Set(strings(in: dialogue.send("HRANDFIELD", key, "-500"))) == Set(names))
        dialogue.expect("HLEN", key, gives: ":12\r\n")
        dialogue.expect("HGET", key, "cart", gives: bulk("3"))
        dialogue.expect("HMGET", key, "@user", "lang", "none", gives: "*3\r\n$5\r\nalice\r\n$0\r\n\r\n$-1\r\n")
        dialogue.expect("HEXISTS", key, "@level", gives: ":1\r\n")
        dialogue.expect("HSTRLEN", key, "@bind", gives: ":32\r\n")
        dialogue.expect("GET", key, gives: Self.wrongType + "\r\n")
    }

    /// A raised level falls back; anonymous sessions without options show what they have.
    @Test func sessionMetadataComesAndGoes() {
        let dialogue = NodeDialogue()
        let key = addSession(to: dialogue)
        dialogue.skip(milliseconds: 5000)
        dialogue.expect("HMGET", key, "@level", "@leveluntil", gives: "*2\r\n$1\r\n1\r\n$-1\r\n")
        dialogue.expect("HLEN", key, gives: ":11\r\n")
        dialogue.modify { node in
            let image = SessionImage(created: NodeDialogue.start, idle: 60_000, max: 0)
            let none = ByteBuffer()
            _ = node.execution.store.createSession(
                0, Handle(low: 7, high: 7), image, user: none.bytes, device: none.bytes, fields: none)
        }
        let anonymous = "__sess__:07000000000000000700000000000000"
        #expect(strings(in: dialogue.send("HKEYS", anonymous)) == ["@created", "@seen", "@idle", "@level", "@version"])
    }

    @Test(arguments: ["HSET key a 1", "HMSET key a 1", "HDEL key cart", "HSETNX key a 1", "HINCRBY key cart 1",
        "HINCRBYFLOAT key cart 1",
    ])
    func sessionsAreNotWrittenAsHashes(_ command: String) {
        let dialogue = NodeDialogue()
        let key = addSession(to: dialogue)
        let words = command.split(separator: " ").map { $0 == "key" ? key : String($0) }
        #expect(dialogue.send(words) == "-\(ReplyError.sessionKeyReadOnly.text)\r\n")
        dialogue.expect("HLEN", key, gives: ":12\r\n")
    }

    /// Adds a session with everything a session can have; returns its key.
    private func addSession(to dialogue: NodeDialogue) -> String {
        dialogue.modify { node in
            var image = SessionImage(created: NodeDialogue.start, idle: 60_000, max: 3_600_000)
            image.level = 2
            image.levelUntil = NodeDialogue.start + 5000
            image.bind = Handle(low: 1, high: 255)
            image.fieldCount = 2
            var fields = ByteBuffer()
            PackedFields.append(("cart" as StaticString).bytes, ("3" as StaticString).bytes, to: &fields)
            PackedFields.append(("lang" as StaticString).bytes, ("" as StaticString).bytes, to: &fields)
            _ = node.execution.store.createSession(
                0, Handle(low: 0xAB, high: 0), image, user: ("alice" as StaticString).bytes,
                device: ("phone" as StaticString).bytes, fields: fields)
        }
        return "__sess__:ab000000000000000000000000000000"
    }

    // MARK: Reading replies

    /// The bulk strings of a reply, nested or not, in order. None of them may contain a line end.
    private func strings(in reply: String) -> [String] {
        let lines = reply.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        return lines.indices.dropLast().filter { lines[$0].hasPrefix("$") }.map { lines[$0 + 1] }
    }

    private func pairs(in reply: String) -> [String: String] {
        let found = strings(in: reply)
        let names = stride(from: 0, to: found.count, by: 2)
        return Dictionary(uniqueKeysWithValues: names.map { (found[$0], found[$0 + 1]) })
    }

    private func record(_ key: String, _ node: borrowing Node) -> Slot {
        let bytes = Array(key.utf8)
        return node.execution.store.find(0, bytes.span.bytes, node.execution.store.hash(bytes.span.bytes))?.record
            ?? .none
    }

    private func kind(of key: String, _ dialogue: NodeDialogue) -> RecordKind {
        dialogue.inspect { $0.execution.store[record(key, $0)].kind }
    }
}
