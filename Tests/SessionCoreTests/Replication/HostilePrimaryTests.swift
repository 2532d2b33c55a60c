import Testing

@testable import SessionCore

/// Primaries that mean harm, or have another configuration: whatever they say, the replica stays, with its data.
@Suite("Replication: hostile primaries")
struct HostilePrimaryTests {
    private static let id = ScriptedPrimary.id

    /// Answers to the question for the stream that no link can go on from.
    private static let answers = [
        "+FULLRESYNC \(id) 9223372036854775807\r\n", "+FULLRESYNC \(id) 4611686018427387905\r\n",
        "+FULLRESYNC \(id) 9223372036854775808\r\n", "+FULLRESYNC \(id) -9223372036854775808\r\n",
        "+FULLRESYNC \(id) +5\r\n", "+FULLRESYNC \(id) 0x5\r\n", "+FULLRESYNC \(id) 05\r\n",
        "+FULLRESYNC \(id)\u{0}1 5\r\n", "+CONTINUE \(id)\r\n", "+CONTINUE\r\n",
        "+FULLRESYNC \(id) 1\r\n$9223372036854775808\r\n", "+FULLRESYNC \(id) 1\r\n$9223372036854775807\r\n",
        "+FULLRESYNC \(id) 1\r\n$-1\r\n", "+FULLRESYNC \(id) 1\r\n$+5\r\n", "+FULLRESYNC \(id) 1\r\n$\r\n",
        "+FULLRESYNC \(id) 1\r\n$EOF:\r\n", "+FULLRESYNC \(id) 1\r\n$EOF:\(id)\(id)\r\n",
        "-ERR \u{1B}[2J and a line of its own\n-another\r\n", String(repeating: "x", count: 5000),
    ]

    @Test("Answers with numbers beyond their range", arguments: answers, [1, 10_000])
    func answer(text: String, pieces: Int) {
        let primary = ScriptedPrimary()
        primary.accept()
        primary.greet()
        primary.pieces = pieces
        primary.say(text)
        #expect(primary.look().closed)
        #expect(primary.node.reply("DBSIZE") == 0)
        #expect(primary.log.allSatisfy { $0.utf8.allSatisfy { $0 >= 32 && $0 < 127 } }, "\(primary.log)")
        primary.node.advance(milliseconds: 15_000)
        #expect(primary.look().dials)
    }

    @Test("The highest offset is one that can be counted on from", arguments: [1, 10_000])
    func highestOffset(pieces: Int) {
        let primary = ScriptedPrimary()
        primary.pieces = pieces
        primary.synchronise(offset: "\(Limits.streamOffset)")
        primary.say(words: ["SET", "b", "2"])
        #expect(primary.node.reply("GET", "b") == "2")
        #expect(primary.offset == Limits.streamOffset + 27)
        #expect(primary.node.send("INFO", "replication").contains("slave_repl_offset:4611686018427387931\r\n"))
        #expect(primary.say(words: ["REPLCONF", "GETACK", "*"]).hasSuffix("4611686018427387968\r\n"))
        // A replica of ours goes on from there, and after a promotion.
        let node = primary.node
        node.expect("REPLCONF", "capa", "eof", "capa", "psync2", on: 3, gives: "+OK\r\n")
        let next = primary.offset + 1
        #expect(node.send("PSYNC", Self.id, "\(next)", on: 3).hasPrefix("+CONTINUE"))
        for offset in ["\(next)", "\(Int64.max)", "-1"] { node.expect("REPLCONF", "ACK", offset, on: 3, gives: "") }
        node.expect("REPLICAOF", "NO", "ONE", gives: "+OK\r\n")
        // What it appends as a primary has to be an offset that its replicas accept.
        #expect(node.send("INFO", "replication").contains("second_repl_offset:-1\r\n"))
        node.expect("REPLCONF", "capa", "eof", "capa", "psync2", on: 4, gives: "+OK\r\n")
        node.expect("PSYNC", Self.id, "\(next)", on: 4, gives: "")
        node.advance(milliseconds: 10_000)
        #expect(node.readBytes(on: 4).contains(Array("+FULLRESYNC ".utf8)))
        node.expect("SET", "c", "3", gives: "+OK\r\n")
        #expect(node.send("INFO", "replication").contains("master_repl_offset:\(node.node.writtenOffset)\r\n"))
        #expect((1...1000).contains(node.node.writtenOffset))
    }

    @Test("A promotion goes on with the history up to the highest offset", arguments: [0, 1])
    func promotion(beyond: Int64) {
        let primary = ScriptedPrimary()
        primary.synchronise(offset: "\(Limits.continuedOffset + beyond)")
        let node = primary.node
        node.expect("REPLICAOF", "NO", "ONE", gives: "+OK\r\n")
        let second = beyond == 0 ? Limits.continuedOffset + 1 : -1
        #expect(node.send("INFO", "replication").contains("second_repl_offset:\(second)\r\n"))
        node.expect("REPLCONF", "capa", "eof", "capa", "psync2", on: 3, gives: "+OK\r\n")
        let answer = node.send("PSYNC", Self.id, "\(Limits.continuedOffset + 1 + beyond)", on: 3)
        #expect(answer.hasPrefix("+CONTINUE") == (beyond == 0))
        node.advance(milliseconds: 10_000)
        #expect(node.readBytes(on: 3).contains(Array("+FULLRESYNC ".utf8)) == (beyond == 1))
    }

    @Test("A stream that begins in a database that is not there", arguments: ["9999", "16", "9223372036854775807"])
    func streamDatabase(value: String) {
        let primary = ScriptedPrimary()
        primary.accept()
        primary.greet()
        primary.send(snapshot: ScriptedPrimary.snapshot(auxiliary: [("repl-stream-db", value)]))
        #expect(primary.look().closed && !primary.isUp)
        #expect(primary.log.contains { $0.contains("database \(value)") && $0.contains("raise 'databases'") })
        #expect(primary.node.reply("DBSIZE") == 0)
    }

    private static let selections = ["16", "20", "-1", "9223372036854775807", "-9223372036854775808", "x", "", "1\r\n2"]

    @Test("Databases that are not there", arguments: selections, [1, 10_000])
    func selection(database: String, pieces: Int) {
        let primary = ScriptedPrimary()
        primary.synchronise()
        primary.pieces = pieces
        primary.say(words: ["SELECT", database])
        #expect(primary.look().closed)
        #expect(primary.log.allSatisfy { !$0.contains("\r") && !$0.contains("\n") })
        #expect(primary.node.reply("GET", "a") == "1" && primary.offset == 100)
        primary.node.advance(milliseconds: 1000)
        primary.accept(on: 9)
        primary.greet()
        primary.say("+CONTINUE\r\n")
        // Within a transaction nothing of it is executed.
        for words in [["MULTI"], ["SET", "a", "2"], ["SELECT", database], ["SET", "a", "3"], ["EXEC"]] {
            primary.say(words: words)
        }
        #expect(primary.look().closed && primary.node.reply("GET", "a") == "1" && primary.offset == 100)
        #expect(primary.node.readEverything() == [])
    }

    @Test("The link is not tried ten times a second while the stream cannot be executed")
    func pauses() {
        let primary = ScriptedPrimary()
        primary.synchronise()
        var attempts: [Int] = []
        var connection: UInt32 = 7
        primary.say(words: ["SELECT", "20"])
        for tenth in 0..<600 {
            primary.node.advance(milliseconds: 100)
            guard primary.look().dials else { continue }
            attempts.append(tenth)
            connection += 2
            primary.node.dialed(connection)
            for answer in ["+PONG", "+OK", "+OK", "+CONTINUE"] {
                primary.node.deliver(Array((answer + "\r\n").utf8), on: connection)
            }
            let select = RequestEncoding.bytes([Array("SELECT".utf8), Array("20".utf8)])
            primary.node.deliver(select, on: connection)
        }
        let pauses = zip(attempts, attempts.dropFirst()).map { $1 - $0 }
        #expect(attempts[0] >= 9 && pauses.allSatisfy { $0 >= 9 } && pauses.max() ?? 0 > 40, "\(pauses)")
        #expect(pauses.allSatisfy { $0 <= 110 } && attempts.count > 8)
        let lines = primary.log.filter { $0.contains("is down: its stream selects database 20") }
        #expect(lines.count >= 3 && lines.allSatisfy { $0.contains("there are 16 here: raise 'databases'") })
    }

    @Test("A link that was up for long is tried again at once")
    func patience() {
        let primary = ScriptedPrimary()
        primary.synchronise()
        for (milliseconds, first) in [(20_000, Int64(150)), (100, 1050), (20_000, 150)] {
            primary.node.advance(milliseconds: Int64(milliseconds) / 2)
            primary.say("\n")
            primary.node.advance(milliseconds: Int64(milliseconds) / 2)
            primary.node.disconnect(primary.connection)
            primary.node.advance(milliseconds: first - 100)
            #expect(!primary.look().dials)
            primary.node.advance(milliseconds: 100)
            primary.accept(on: primary.connection + 2)
            primary.greet()
            primary.say("+CONTINUE\r\n")
            #expect(primary.isUp)
        }
    }

    /// What changes data, with numbers at the ends of their ranges and names that are none.
    private static let extremes = [
        "PEXPIREAT a 9223372036854775807", "PEXPIREAT a -9223372036854775808", "EXPIREAT a 9223372036854775807",
        "EXPIREAT a -1", "EXPIRE a 9223372036854775807", "PEXPIRE a -9223372036854775808",
        "SET a 1 PXAT 9223372036854775807", "SET a 1 PX 9223372036854775807", "SET a 1 EX 0", "SET a 1 EXAT -1",
        "GETEX a PXAT 281474976710656", "INCRBY a 9223372036854775807", "INCRBY a 9223372036854775807",
        "DECRBY a -9223372036854775808", "INCRBYFLOAT a 1e308", "INCRBYFLOAT a inf", "SETRANGE s 9223372036854775807 x",
        "SETRANGE s -1 x", "HINCRBY h f 9223372036854775807", "HINCRBY h f 9223372036854775807",
        "HINCRBYFLOAT h f 1e4000", "ZADD z nan m", "ZADD z inf m -inf n", "ZINCRBY z -inf m", "ZADD z XX 1 none",
        "ZADD none XX 1 m", "ZREMRANGEBYRANK z -9223372036854775808 9223372036854775807", "ZPOPMIN z 0",
        "ZUNIONSTORE z 9223372036854775807 z", "ZUNIONSTORE z 1 none", "SPOP none 9223372036854775807", "SPOP t -1",
        "SADD t 1 2 3", "SPOP t 9223372036854775807", "SADD t 9223372036854775808", "SINTERSTORE t none none",
        "COPY a b DB 99", "COPY a b DB -1", "MOVE a 99", "SWAPDB 0 99", "SWAPDB -1 9223372036854775807", "SWAPDB 0 15",
        "RENAME a a", "RENAME none b", "FLUSHDB", "FLUSHALL", "PUBLISH c m", "DEL", "HSET h", "HSET h f",
        "HSET __sess__:S @created 5", "HSET __sess__:S @created 5 @seen 5 @idle 1000 @version 1 @user a",
        "HSET __sess__:S @seen 281474976710655", "HSET __sess__:S @idle 9223372036854775807",
        "HSET __sess__:S @version 4294967295", "HSET __sess__:S @version 4294967296", "HSET __sess__:S @max 1",
        "PEXPIREAT __sess__:S 9223372036854775807", "PEXPIREAT __sess__:S -9223372036854775808",
        "PEXPIREAT __sess__:S x", "HDEL __sess__:S @created", "HDEL __sess__:S @seen @idle @version",
        "PERSIST __sess__:S", "SET __sess__:S:rotated S_5_6 PXAT 9223372036854775807", "DEL __sess__:S",
        "SET __sess__:S:revoked r PXAT 9223372036854775807", "SET __sess__:S:revoked r PXAT -1",
        "SET __sess__:S:revoked r PXAT 281474976710655", "SET __sess__:S:revoked r EX 5", "SET __sess__:S x",
        "HSET __sess__:T @created 5 @seen 281474976710655 @idle 3155760000000 @version 4294967295 @previous S",
        "HSET __sess__:nohandle @created 5", "SADD __sess__:T x", "RENAME __sess__:T x", "UNLINK __sess__:T __sess__:x",
        "REPLCONF GETACK *", "REPLCONF ACK 9223372036854775807", "REPLCONF", "PING x", "EXEC", "MULTI", "EXEC", "EXEC",
    ]

    @Test("Requests of the stream with extreme numbers", arguments: [1, 3, 10_000])
    func stream(pieces: Int) {
        let primary = ScriptedPrimary { $0.skipsUnsupportedTypes = true }
        primary.synchronise()
        primary.pieces = pieces
        var length: Int64 = 100
        for text in Self.extremes {
            let words = text.split(separator: " ").map { word in
                word == "S" ? Self.handle("0") : word == "S_5_6" ? Self.handle("1") + " 5 6"
                    : String(word).replacing("__sess__:S", with: Self.key("0"))
                        .replacing("__sess__:T", with: Self.key("1"))
            }
            primary.say(words: words)
            length += Int64(RequestEncoding.bytes(words.map { Array($0.utf8) }).count)
            #expect(!primary.look().closed, "\(text)")
            if text != "MULTI" { #expect(primary.offset == length, "\(text)") }
            #expect(primary.node.readEverything(databases: 0..<1) == [], "after \(text)")
        }
        #expect(primary.isUp)
        // Promoted, everything that is due goes its way.
        primary.node.expect("REPLICAOF", "NO", "ONE", gives: "+OK\r\n")
        primary.node.advance(milliseconds: 1000)
        primary.node.advance(milliseconds: 1 << 49)
        #expect(primary.node.readEverything(databases: 0..<16) == [])
    }

    private static func handle(_ digit: String) -> String { String(repeating: digit, count: 32) }

    private static func key(_ digit: String) -> String { "__sess__:\(handle(digit))" }

    @Test("A greeting in drips, and empty lines for ever, end with repl-timeout")
    func endlessGreeting() {
        for step in [[], ["+PONG"], ["+PONG", "+OK"]] {
            let primary = ScriptedPrimary { $0.replicationTimeout = 10 }
            primary.accept()
            for answer in step { primary.say(answer + "\r\n") }
            var closed = false
            for _ in 0..<12 {
                primary.node.advance(milliseconds: 1000)
                closed = closed || primary.look().closed
                if !closed { primary.say("\n") }
            }
            #expect(closed, "after \(step)")
        }
        // The answer to PSYNC may take as long as the primary shows that it is there.
        let primary = ScriptedPrimary { $0.replicationTimeout = 10 }
        primary.accept()
        primary.greet()
        for _ in 0..<60 {
            primary.node.advance(milliseconds: 1000)
            #expect(!primary.look().closed)
            primary.say("\n")
        }
    }

    @Test("Empty collections are counted in the log")
    func emptyCollections() {
        let primary = ScriptedPrimary()
        primary.accept()
        primary.greet()
        let empty: [UInt8] = [16, 1, 0x68, 7, 7, 0, 0, 0, 0, 0, 0xFF, 4, 1, 0x69, 0]
        let rdb = Array("REDIS0010".utf8) + [0xFE, 0] + empty + [0xFF] + [UInt8](repeating: 0, count: 8)
        primary.send(snapshot: rdb)
        primary.look()
        #expect(primary.isUp && primary.log.contains { $0.contains("2 empty collections were passed over") })
        primary.node.expect("HRANDFIELD", "h", gives: "$-1\r\n")
    }
}
