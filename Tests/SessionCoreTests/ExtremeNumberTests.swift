import Testing

@testable import SessionCore

/// Numbers at the ends of their ranges, wherever a command takes a word: nothing traps, and the node answers on.
@Suite struct ExtremeNumberTests {
    private static let numbers = [
        "0", "1", "-1", "2", "9223372036854775807", "-9223372036854775808", "-9223372036854775807",
        "9223372036854775806", "4611686018427387904", "-4611686018427387905", "9223372036854775808", "2147483648",
        "4294967295", "4294967296", "-2147483649", "18446744073709551615", "18446744073709551616", "9223372036854775",
        "9007199254740993", "1e308", "-1e308", "1e400", "nan", "inf", "-inf", "5e-324", "0x1p1023", "1.5", "-0",
        "36525d", "3155760000000", "3155760000001", "281474976710655", "281474976710656", "", "+", "-", "(inf", "[",
        "(",
    ]
    private static let keys = [
        "text", "number", "hash", "table", "set", "integers", "zset", "tree", "none", "*", "alice",
    ]

    /// Commands that end the dialogue's world, or wait for something outside.
    private static let left: Set<String> = [
        "shutdown", "debug", "failover", "replicaof", "slaveof", "psync", "sync", "replconf", "flushall", "flushdb",
        "monitor", "quit", "client|pause",
    ]

    /// Words that a command's syntax shows in capitals.
    private func options(of row: CommandDescriptor) -> [String] {
        "\(row.syntax)".split { !$0.isLetter && $0 != "-" }.map(String.init)
            .filter { !$0.isEmpty && $0 == $0.uppercased() }
    }

    private func fill(_ dialogue: NodeDialogue) {
        var table = ["HSET", "table"], tree = ["ZADD", "tree"]
        for number in 0..<600 {
            table += ["field\(number)", "\(number)"]
            tree += ["\(number)", "member\(number)"]
        }
        _ = dialogue.send(table)
        _ = dialogue.send(tree)
        for command in [
            "SADD set a b 1", "SADD integers 1 2 3", "SET text some-text", "SET number 9223372036854775807",
            "HSET hash 1 9223372036854775807 2 -9223372036854775808 f 1e308",
            "ZADD zset inf a -inf b 1e308 1 0 2", "SADD set nan inf", "PEXPIRE text 99999999999",
        ] { _ = dialogue.run(command) }
        _ = dialogue.create("USER alice IDLE 1h")
    }

    @Test(arguments: 0..<4) func inEveryCommand(seed: UInt64) {
        var random = SplitMix64(seed: seed &* 977 &+ 3)
        let dialogue = NodeDialogue()
        dialogue.modify { $0.execution.replyLimit = 1 << 20 }
        fill(dialogue)
        let token = dialogue.create("USER alice")
        let rows = dialogue.inspect { Array($0.table.rows) }
        var connection: UInt32 = 1
        for row in rows where !row.isContainer {
            let fullName = dialogue.inspect { $0.table.fullName(of: row.id) }
            let name = fullName.split(separator: "|").map(String.init)
            if Self.left.contains(name[0]) || Self.left.contains(fullName) { continue }
            let words = Self.numbers + options(of: row) + options(of: row) + Self.keys + [token]
            for _ in 0..<30 {
                let count = Int(row.arity.magnitude) - name.count + Int(random.next() % (row.arity < 0 ? 7 : 1))
                var request = name
                for position in 0..<max(count, 0) {
                    let isKey = position == 0 && random.next() % 4 != 0
                    let from = isKey ? Self.keys + [token] : words
                    request.append(from[Int(random.next() % UInt64(from.count))])
                }
                _ = dialogue.send(request, on: connection)
                // What closes or stops a connection is no reason to end.
                if !dialogue.effects().isEmpty || random.next() % 8 == 0 { connection += 1 }
                if connection == 60 {
                    for used in 1..<connection { dialogue.disconnect(used) }
                    connection = 1
                }
            }
            if dialogue.send("EXISTS", "zset", on: 80) != ":1\r\n" { fill(dialogue) }
        }
        _ = dialogue.send("CLIENT", "UNPAUSE")
        _ = dialogue.send("CONFIG", "SET", "maxmemory", "0")
        #expect(dialogue.send("PING", on: 70) == "+PONG\r\n")
    }

    @Test func theLargestMemoryLimitIsShown() {
        dialogue.expect([("CONFIG SET maxmemory 9223372036854775807", "+OK")])
        #expect(dialogue.send("INFO", "memory").contains("maxmemory_human:"))
    }

    private let dialogue = NodeDialogue()
}
