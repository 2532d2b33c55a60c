import TestSupport
import Testing

/// One command, one reply (`redisCommandArgv`).
@Suite struct SynchronousTests {
    private let connection: HiredisConnection

    init() throws { connection = try HiredisConnection(SharedServer.address()) }

    @Test func everyKindOfReplyOfRESP2() throws {
        let key = unique("kind")
        #expect(try connection.command("PING") == .status("PONG"))
        #expect(try connection.command("PING", "hello") == "hello")
        #expect(try connection.command("ECHO", "") == "")
        #expect(try connection.command("GET", Bytes(key)) == .null)
        #expect(try connection.command("SET", Bytes(key), "v") == .ok)
        #expect(try connection.command("STRLEN", Bytes(key)) == 1)
        #expect(try connection.command("MGET", Bytes(key), Bytes(key + "?")) == ["v", .null])
        #expect(try connection.command("HGETALL", Bytes(key + "?")) == .emptyArray)
        #expect(try connection.command("HGET", Bytes(key), "f").errorCode == "WRONGTYPE")
    }

    @Test func everyByteValueSurvivesInKeysFieldsAndValues() throws {
        let every = (0...255).map { UInt8($0) }
        for rotation in [0, 10, 13, 128, 255] {
            let value = Bytes(Array(every[rotation...] + every[..<rotation]))
            let key = Bytes(Array(unique("binary").utf8) + value.bytes)
            #expect(try connection.command("SET", key, value) == .ok)
            #expect(try connection.command("GET", key) == .bulk(value))
            #expect(try connection.command("STRLEN", key) == 256)
            #expect(try connection.command("DEL", key) == 1)
            #expect(try connection.command("HSET", key, value, value, "", "empty") == 2)
            #expect(try connection.command("HGET", key, value) == .bulk(value))
            #expect(try connection.command("HGET", key, "") == "empty")
            #expect(try connection.command("DEL", key) == 1)
        }
    }

    @Test(arguments: 0...255) func everyByteIsAValueByItself(byte: Int) throws {
        let value = Bytes([UInt8(byte)])
        let key = Bytes(unique("byte"))
        #expect(try connection.command("SET", key, value) == .ok)
        #expect(try connection.command("GET", key) == .bulk(value))
        #expect(try connection.command("ECHO", value) == .bulk(value))
    }

    @Test func emptyStringsAreStrings() throws {
        let key = Bytes(unique("empty"))
        #expect(try connection.command("SET", key, "") == .ok)
        #expect(try connection.command("GET", key) == "")
        #expect(try connection.command("EXISTS", key) == 1)
        #expect(try connection.command("STRLEN", key) == 0)
        #expect(try connection.command("APPEND", key, "") == 0)
        #expect(try connection.command("SET", "", "value of the empty key") == .ok)
        #expect(try connection.command("GETDEL", "") == "value of the empty key")
    }

    /// Sizes around powers of two and ten: where buffers grow, and where lengths gain a digit.
    @Test(arguments: [
        1, 9, 10, 99, 100, 127, 128, 255, 256, 999, 1000, 1023, 1024, 4095, 4096, 9999, 10_000, 16_383, 16_384, 16_385,
        32_768, 65_535, 65_536, 99_999, 100_000, 131_072, 1 << 20, (1 << 20) + 1, 5 << 20,
    ])
    func valuesOfEverySizeComeBackWhole(size: Int) throws {
        var state = UInt64(size)
        let value = Bytes(
            (0..<size).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            })
        let key = Bytes(unique("size"))
        #expect(try connection.command("SET", key, value) == .ok)
        #expect(try connection.command("STRLEN", key) == .integer(Int64(size)))
        // Not in the macro: a failure would print megabytes.
        let same = try connection.command("GET", key) == .bulk(value)
        #expect(same, "\(size) bytes came back changed")
        #expect(try connection.command("DEL", key) == 1)
    }

    @Test func errorRepliesKeepTheConnectionUsable() throws {
        let key = Bytes(unique("error"))
        _ = try connection.command("SET", key, "text")
        let errors: [([Bytes], String)] = [
            // Redis shows the arguments here; Cloakroom does not, they may be secrets.
            (["NOSUCHCOMMAND", "a b", "c"], "ERR unknown command 'NOSUCHCOMMAND', with args beginning with: "),
            (["nosuchcommand"], "ERR unknown command 'nosuchcommand', with args beginning with: "),
            (["GET"], "ERR wrong number of arguments for 'get' command"),
            (["get", key, "b"], "ERR wrong number of arguments for 'get' command"),
            (["CLIENT", "NOSUCH"], "ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP."),
            (["CLIENT", "KILL"], "ERR wrong number of arguments for 'client|kill' command"),
            (["INCR", key], "ERR value is not an integer or out of range"),
            (["INCRBY", key, "1.5"], "ERR value is not an integer or out of range"),
            (["INCRBYFLOAT", key, "1"], "ERR value is not a valid float"),
            (["HSET", key, "f", "v"], "WRONGTYPE Operation against a key holding the wrong kind of value"),
            (["SET", key, "v", "EX", "0"], "ERR invalid expire time in 'set' command"),
            (["SETEX", key, "-1", "v"], "ERR invalid expire time in 'setex' command"),
            (["SET", key, "v", "NX", "XX"], "ERR syntax error"),
            (["SELECT", "16"], "ERR DB index is out of range"),
            (["SELECT", "x"], "ERR value is not an integer or out of range"),
            (["RENAME", key + "?", key], "ERR no such key"),
        ]
        for (command, text) in errors {
            #expect(try connection.command(command) == .error(Bytes(text)), "\(command)")
        }
        #expect(try connection.command("GET", key) == "text")
    }

    @Test func manyConnectionsDoNotMixTheirReplies() throws {
        let address = try SharedServer.address()
        let connections = try (0..<200).map { _ in try HiredisConnection(address) }
        for round in 0..<5 {
            for (index, connection) in connections.enumerated() {
                try connection.append(["ECHO", "\(round):\(index)"])
                try connection.flush()
            }
            for (index, connection) in connections.enumerated().reversed() {
                #expect(try connection.nextReply() == "\(round):\(index)")
            }
        }
    }

    @Test func selectedDatabaseAndNameBelongToTheConnection() throws {
        let other = try HiredisConnection(SharedServer.address())
        let key = Bytes(unique("database"))
        #expect(try connection.command("SELECT", "3") == .ok)
        #expect(try connection.command("CLIENT", "SETNAME", "first") == .ok)
        #expect(try connection.command("SET", key, "3") == .ok)
        #expect(try other.command("GET", key) == .null)
        #expect(try other.command("CLIENT", "GETNAME") == .null)
        #expect(try other.command("SELECT", "3") == .ok)
        #expect(try other.command("GET", key) == "3")
        #expect(try connection.command("CLIENT", "GETNAME") == "first")
        #expect(try connection.command("RESET") == .status("RESET"))
        #expect(try connection.command("CLIENT", "GETNAME") == .null)
        #expect(try connection.command("GET", key) == .null)
    }
}

private func + (left: Bytes, right: Bytes) -> Bytes { Bytes(left.bytes + right.bytes) }
