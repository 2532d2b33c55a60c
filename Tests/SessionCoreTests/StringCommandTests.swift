import Testing

@testable import SessionCore

/// Commands on strings. The tables are what redis-server 7.0.15 answered to the same commands.
struct StringCommandTests {
    /// A key or field named over and over is no way to make the server keep more than any client is given.
    @Test func endlessReplyEndsTheConnection() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SET", "s", String(repeating: "x", count: 8 << 20))
        _ = dialogue.send("HSET", "h", "f", String(repeating: "x", count: 8 << 20))
        #expect(dialogue.send(["MGET"] + Array(repeating: "s", count: 40), on: 1) == "")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 1))))
        #expect(dialogue.send(["HMGET", "h"] + Array(repeating: "f", count: 40), on: 2) == "")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 2))))
        #expect(dialogue.send("MGET", "s", "s").utf8.count > 16 << 20)
        #expect(!dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
    }

    @Test func optionsOfSET() {
        NodeDialogue().expect([
            ("SET k v", "+OK"),
            ("SET k w NX", "$-1"),
            ("SET k w XX", "+OK"),
            ("GET k", "$1\r\nw"),
            ("SET m v XX", "$-1"),
            ("GET m", "$-1"),
            ("SET k a NX NX", "$-1"),
            ("SET k a NX XX", "-ERR syntax error"),
            ("SET k a XX GET", "$1\r\nw"),
            ("SET n a NX GET", "$-1"),
            ("SET n b NX GET", "$1\r\na"),
            ("SET k c GET GET", "$1\r\na"),
            ("SET k v EX 0", "-ERR invalid expire time in 'set' command"),
            ("SET k v EX -1", "-ERR invalid expire time in 'set' command"),
            ("SET k v EX abc", "-ERR value is not an integer or out of range"),
            ("SET k v EX abc FOO", "-ERR syntax error"),
            ("SET k v EX", "-ERR syntax error"),
            ("SET k v EX 10 PX 10", "-ERR syntax error"),
            ("SET k v EX 10 KEEPTTL", "-ERR syntax error"),
            ("SET k v KEEPTTL EX 10", "-ERR syntax error"),
            ("SET k v PERSIST", "-ERR syntax error"),
            ("SET k v EX 9223372036854775", "-ERR invalid expire time in 'set' command"),
            ("SET k v EX 9223372036854775807", "-ERR invalid expire time in 'set' command"),
            ("SET k v PX 9223372036854775807", "-ERR invalid expire time in 'set' command"),
            ("SET k v EXAT 9223372036854775807", "-ERR invalid expire time in 'set' command"),
            ("SET k v PXAT 9223372036854775807 PXAT 99999999999999", "+OK"),
            ("PEXPIRETIME k", ":99999999999999"),
            ("SET k v KEEPTTL KEEPTTL", "+OK"),
            ("PEXPIRETIME k", ":99999999999999"),
            ("SET k v EXAT 99999999999 ex", "-ERR syntax error"),
            ("SET k v exat 99999999999", "+OK"),
            ("EXPIRETIME k", ":99999999999"),
            ("SET k v", "+OK"),
            ("PEXPIRETIME k", ":-1"),
            ("SET k v PXAT 1", "+OK"),
            ("GET k", "$-1"),
            ("SET k", "-ERR wrong number of arguments for 'set' command"),
            ("SET k v FOO", "-ERR syntax error"),
        ])
    }

    @Test func setAndGetInOneStep() {
        NodeDialogue().expect([
            ("SETEX k 0 v", "-ERR invalid expire time in 'setex' command"),
            ("SETEX k -1 v", "-ERR invalid expire time in 'setex' command"),
            ("SETEX k 1.5 v", "-ERR value is not an integer or out of range"),
            ("SETEX k 9223372036854775807 v", "-ERR invalid expire time in 'setex' command"),
            ("PSETEX k 0 v", "-ERR invalid expire time in 'psetex' command"),
            ("PSETEX k abc v", "-ERR value is not an integer or out of range"),
            ("PSETEX k 9223372036854775807 v", "-ERR invalid expire time in 'psetex' command"),
            ("EXISTS k", ":0"),
            ("SETNX k v", ":1"),
            ("SETNX k w", ":0"),
            ("GET k", "$1\r\nv"),
            ("GETSET k w", "$1\r\nv"),
            ("GETSET nokey w", "$-1"),
            ("GET nokey", "$1\r\nw"),
            ("SET k v PXAT 99999999999999", "+OK"),
            ("GETSET k x", "$1\r\nv"),
            ("TTL k", ":-1"),
            ("GETDEL k", "$1\r\nx"),
            ("GETDEL k", "$-1"),
            ("EXISTS k", ":0"),
        ])
    }

    @Test func optionsOfGETEX() {
        NodeDialogue().expect([
            ("GETEX k", "$-1"),
            ("GETEX k FOO", "-ERR syntax error"),
            ("GETEX k EX abc", "$-1"),
            ("SET k v", "+OK"),
            ("GETEX k", "$1\r\nv"),
            ("TTL k", ":-1"),
            ("GETEX k PXAT 99999999999999", "$1\r\nv"),
            ("PEXPIRETIME k", ":99999999999999"),
            ("GETEX k EXAT 99999999999 EXAT 88888888888", "$1\r\nv"),
            ("EXPIRETIME k", ":88888888888"),
            ("GETEX k PERSIST PERSIST", "$1\r\nv"),
            ("TTL k", ":-1"),
            ("GETEX k EX", "-ERR syntax error"),
            ("GETEX k EX 10 PERSIST", "-ERR syntax error"),
            ("GETEX k PERSIST EX 10", "-ERR syntax error"),
            ("GETEX k EX 10 PX 10", "-ERR syntax error"),
            ("GETEX k KEEPTTL", "-ERR syntax error"),
            ("GETEX k NX", "-ERR syntax error"),
            ("GETEX k GET", "-ERR syntax error"),
            ("GETEX k EX abc", "-ERR value is not an integer or out of range"),
            ("GETEX k EX 0", "-ERR invalid expire time in 'getex' command"),
            ("GETEX k PXAT -1", "-ERR invalid expire time in 'getex' command"),
            ("GETEX k PX 9223372036854775807", "-ERR invalid expire time in 'getex' command"),
            ("TTL k", ":-1"),
            ("GETEX k EXAT 1", "$1\r\nv"),
            ("EXISTS k", ":0"),
        ])
    }

    @Test func severalKeysAtOnce() {
        NodeDialogue().expect([
            ("MSET a 1 b 2 a 3", "+OK"),
            ("MGET a b c a", "*4\r\n$1\r\n3\r\n$1\r\n2\r\n$-1\r\n$1\r\n3"),
            ("MSET a", "-ERR wrong number of arguments for 'mset' command"),
            ("MSET a 1 b", "-ERR wrong number of arguments for 'mset' command"),
            ("MSETNX c 1 b 2", ":0"),
            ("EXISTS c", ":0"),
            ("MSETNX c 1 d 2 c 3", ":1"),
            ("MGET c d", "*2\r\n$1\r\n3\r\n$1\r\n2"),
            ("MSETNX a 1 b", "-ERR wrong number of arguments for 'msetnx' command"),
            ("SET a v PXAT 99999999999999", "+OK"),
            ("MSET a w", "+OK"),
            ("TTL a", ":-1"),
            ("MGET", "-ERR wrong number of arguments for 'mget' command"),
            ("MSET a \"\"", "+OK"),
            ("MGET a", "*1\r\n$0\r\n"),
        ])
    }

    @Test func appending() {
        NodeDialogue().expect([
            ("APPEND k Hello", ":5"),
            ("OBJECT ENCODING k", "$6\r\nembstr"),
            ("APPEND k \"\"", ":5"),
            ("OBJECT ENCODING k", "$3\r\nraw"),
            ("APPEND k World", ":10"),
            ("GET k", "$10\r\nHelloWorld"),
            ("STRLEN k", ":10"),
            ("STRLEN nokey", ":0"),
            ("APPEND e \"\"", ":0"),
            ("EXISTS e", ":1"),
            ("STRLEN e", ":0"),
            ("APPEND i 12", ":2"),
            ("OBJECT ENCODING i", "$3\r\nint"),
            ("SET t v PXAT 99999999999999", "+OK"),
            ("APPEND t w", ":2"),
            ("PEXPIRETIME t", ":99999999999999"),
            ("GET t", "$2\r\nvw"),
        ])
    }

    @Test func ranges() {
        NodeDialogue().expect([
            ("SET k Hello-World", "+OK"),
            ("GETRANGE k 0 4", "$5\r\nHello"),
            ("GETRANGE k 0 -1", "$11\r\nHello-World"),
            ("GETRANGE k -5 -1", "$5\r\nWorld"),
            ("GETRANGE k -1 -5", "$0\r\n"),
            ("GETRANGE k 0 -100", "$1\r\nH"),
            ("GETRANGE k -100 -100", "$1\r\nH"),
            ("GETRANGE k -100 2", "$3\r\nHel"),
            ("GETRANGE k 5 2", "$0\r\n"),
            ("GETRANGE k 11 20", "$0\r\n"),
            ("GETRANGE k 10 20", "$1\r\nd"),
            ("GETRANGE k 0 9223372036854775807", "$11\r\nHello-World"),
            ("GETRANGE k -9223372036854775808 9223372036854775807", "$11\r\nHello-World"),
            ("GETRANGE nokey 0 -1", "$0\r\n"),
            ("GETRANGE nokey a 1", "-ERR value is not an integer or out of range"),
            ("GETRANGE k 0 b", "-ERR value is not an integer or out of range"),
            ("SUBSTR k 1 3", "$3\r\nell"),
            ("SET e \"\"", "+OK"),
            ("GETRANGE e 0 -1", "$0\r\n"),
            ("SETRANGE k 6 Redis", ":11"),
            ("GET k", "$11\r\nHello-Redis"),
            ("OBJECT ENCODING k", "$3\r\nraw"),
            ("SETRANGE k 0 \"\"", ":11"),
            ("SETRANGE k 100 \"\"", ":11"),
            ("SETRANGE nokey 5 \"\"", ":0"),
            ("EXISTS nokey", ":0"),
            ("SETRANGE k 0 J", ":11"),
            ("GET k", "$11\r\nJello-Redis"),
            ("SETRANGE pad 3 abc", ":6"),
            ("GET pad", "$6\r\n\0\0\0abc"),
            ("OBJECT ENCODING pad", "$3\r\nraw"),
            ("SETRANGE pad 8 z", ":9"),
            ("GET pad", "$9\r\n\0\0\0abc\0\0z"),
            ("SETRANGE k -1 v", "-ERR offset is out of range"),
            ("SETRANGE k abc v", "-ERR value is not an integer or out of range"),
            ("SETRANGE k 536870911 vv", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
            ("SETRANGE nokey 536870912 v", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
            ("SETRANGE nokey 9223372036854775807 v", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
            ("SETRANGE nokey 9223372036854775807 \"\"", ":0"),
            ("EXISTS nokey", ":0"),
            ("SET t v PXAT 99999999999999", "+OK"),
            ("SETRANGE t 1 w", ":2"),
            ("PEXPIRETIME t", ":99999999999999"),
        ])
    }

    @Test func integerCounters() {
        NodeDialogue().expect([
            ("INCR n", ":1"),
            ("INCRBY n 41", ":42"),
            ("DECR n", ":41"),
            ("DECRBY n 1", ":40"),
            ("GET n", "$2\r\n40"),
            ("OBJECT ENCODING n", "$3\r\nint"),
            ("SET n 9223372036854775807", "+OK"),
            ("INCR n", "-ERR increment or decrement would overflow"),
            ("INCRBY n 0", ":9223372036854775807"),
            ("DECRBY n -1", "-ERR increment or decrement would overflow"),
            ("SET n -9223372036854775808", "+OK"),
            ("DECR n", "-ERR increment or decrement would overflow"),
            ("INCRBY n -1", "-ERR increment or decrement would overflow"),
            ("DECRBY n -9223372036854775808", "-ERR decrement would overflow"),
            ("INCRBY n 9223372036854775807", ":-1"),
            ("INCRBY n abc", "-ERR value is not an integer or out of range"),
            ("INCRBY n 1.0", "-ERR value is not an integer or out of range"),
            ("INCRBY n 9223372036854775808", "-ERR value is not an integer or out of range"),
            ("DECRBY n \"\"", "-ERR value is not an integer or out of range"),
            ("SET n \"\"", "+OK"),
            ("INCR n", "-ERR value is not an integer or out of range"),
            ("SET n 01", "+OK"),
            ("INCR n", "-ERR value is not an integer or out of range"),
            ("SET n +1", "+OK"),
            ("INCR n", "-ERR value is not an integer or out of range"),
            ("SET n -0", "+OK"),
            ("INCR n", "-ERR value is not an integer or out of range"),
            ("SET n 12345678901234567890", "+OK"),
            ("INCR n", "-ERR value is not an integer or out of range"),
            ("SET n abc", "+OK"),
            ("INCR n", "-ERR value is not an integer or out of range"),
            ("INCRBY n abc", "-ERR value is not an integer or out of range"),
            ("SET n 11", "+OK"),
            ("SETRANGE n 1 2", ":2"),
            ("OBJECT ENCODING n", "$3\r\nraw"),
            ("INCR n", ":13"),
            ("OBJECT ENCODING n", "$3\r\nint"),
            ("SET n 5 PXAT 99999999999999", "+OK"),
            ("INCRBY n 1000000000000", ":1000000000005"),
            ("PEXPIRETIME n", ":99999999999999"),
            ("DECRBY n 999999999999", ":6"),
            ("PEXPIRETIME n", ":99999999999999"),
            ("GET n", "$1\r\n6"),
        ])
    }

    @Test func floatCounters() {
        NodeDialogue().expect([
            ("INCRBYFLOAT f 1.5", "$3\r\n1.5"),
            ("INCRBYFLOAT f 1.50", "$1\r\n3"),
            ("OBJECT ENCODING f", "$6\r\nembstr"),
            ("INCRBYFLOAT f -3", "$1\r\n0"),
            ("INCRBYFLOAT f 5.0e3", "$4\r\n5000"),
            ("INCRBYFLOAT f inf", "-ERR increment would produce NaN or Infinity"),
            ("INCRBYFLOAT f nan", "-ERR value is not a valid float"),
            ("INCRBYFLOAT f abc", "-ERR value is not a valid float"),
            ("INCRBYFLOAT f \"\"", "-ERR value is not a valid float"),
            ("GET f", "$4\r\n5000"),
            ("SET f 3.0", "+OK"),
            ("INCRBYFLOAT f 0.1", "$3\r\n3.1"),
            ("SET f abc", "+OK"),
            ("INCRBYFLOAT f 1", "-ERR value is not a valid float"),
            ("INCR f", "-ERR value is not an integer or out of range"),
            ("SET f 0.1", "+OK"),
            ("INCRBYFLOAT f 0.2", "$3\r\n0.3"),
            ("SET f 10.50 PXAT 99999999999999", "+OK"),
            ("INCRBYFLOAT f 0.1", "$4\r\n10.6"),
            ("PEXPIRETIME f", ":99999999999999"),
            ("INCRBYFLOAT f -10.6", "$1\r\n0"),
            ("INCRBYFLOAT f 1e15", "$16\r\n1000000000000000"),
            ("OBJECT ENCODING f", "$6\r\nembstr"),
            ("INCRBYFLOAT f 1e45", "$46\r\n1000000000000000000010386253980881820456058880"),
            ("OBJECT ENCODING f", "$3\r\nraw"),
        ])
    }

    /// A key lives strictly before its deadline; Redis keeps it for that one millisecond more.
    @Test func expiresAtTheDeadline() {
        let node = NodeDialogue()
        node.expect([("PSETEX k 100 v", "+OK"), ("SETEX l 1 v", "+OK"), ("SET m v PX 150", "+OK")])
        node.skip(milliseconds: 99)
        node.expect([("GET k", "$1\r\nv"), ("PTTL k", ":1")])
        node.skip(milliseconds: 1)
        node.expect([
            ("GET k", "$-1"), ("SET k w XX", "$-1"), ("SETNX k w", ":1"), ("GET k", "$1\r\nw"), ("PTTL l", ":900"),
            ("PTTL m", ":50"), ("GETEX m PX 1000", "$1\r\nv"), ("APPEND m x", ":2"), ("PTTL m", ":1000"),
        ])
        node.skip(milliseconds: 1000)
        node.expect([("INCR m", ":1"), ("TTL m", ":-1"), ("GETDEL l", "$-1"), ("STRLEN l", ":0")])
    }

    /// What is due need not wait for a lookup.
    @Test func theWheelExpiresWhatNobodyAsksFor() {
        let node = NodeDialogue()
        node.expect([("SET k v PX 100", "+OK"), ("SET l v PXAT 1", "+OK"), ("SET m v", "+OK")])
        node.advance(milliseconds: 100)
        #expect(node.inspect { $0.execution.store.databases[0].records.count } == 1)
    }

    /// Large values take runs of pages; growing and shrinking must neither lose nor invent bytes.
    @Test func largeValues() {
        let node = NodeDialogue()
        var expected = ""
        for round in 0..<40 {
            let part = String(repeating: Character(UnicodeScalar(UInt8(97 + round % 26))), count: 1 + round * round * 7)
            expected += part
            #expect(node.send("APPEND", "k", part) == ":\(expected.utf8.count)\r\n")
        }
        node.expect("GET", "k", gives: bulk(expected))
        node.expect("SETRANGE", "k", "200000", "end", gives: ":200003\r\n")
        let padding = String(repeating: "\0", count: 200_000 - expected.utf8.count)
        node.expect("GET", "k", gives: bulk(expected + padding + "end"))
        node.expect("SET", "k", "short", gives: "+OK\r\n")
        node.expect("GETRANGE", "k", "1", "-1", gives: bulk("hort"))
    }

    @Test func anyBytes() {
        let node = NodeDialogue()
        let value = (0...255).map { UInt8($0) }
        let key: [UInt8] = [0, 255, 13, 10]
        #expect(node.sendBytes([Array("SET".utf8), key, value]) == Array("+OK\r\n".utf8))
        #expect(node.sendBytes([Array("GET".utf8), key]) == Array("$256\r\n".utf8) + value + Array("\r\n".utf8))
    }

    /// `proto-max-bulk-len` bounds what commands may build.
    @Test func lengthLimit() {
        var configuration = Configuration()
        configuration.protoMaxBulkLength = 10
        NodeDialogue(configuration).expect([
            ("SET k 12345678", "+OK"), ("APPEND k 90", ":10"),
            ("APPEND k 1", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
            ("SETRANGE k 9 ab", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
            ("SETRANGE n 10 a", "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
            ("GET k", "$10\r\n1234567890"), ("EXISTS n", ":0"),
        ])
    }

    @Test func nullsInRESP3() {
        let node = NodeDialogue()
        node.modify { $0.connections[0].reply.isRESP3 = true }
        node.expect([
            ("GET n", "_"), ("MGET n", "*1\r\n_"), ("SET n v XX", "_"), ("GETSET n v", "_"),
            ("SET n w NX GET", "$1\r\nv"),
            ("INCRBYFLOAT f 1.5", "$3\r\n1.5"), ("OBJECT ENCODING m", "_"), ("GETDEL m", "_"), ("GETEX m", "_"),
        ])
    }
}
