import Testing

@testable import SessionCore

/// Which changes are announced, in which order, and when. (That the order is Redis's is tested against redis-server.)
struct KeyspaceNotificationTests {
    @Test func strings() {
        let node = NodeDialogue()
        node.announce()
        node.expectEvents([
            ("SET k v", ["new k", "set k"]), ("SET k w", ["set k"]), ("SET k v EX 10", ["set k", "expire k"]),
            ("SET k v KEEPTTL", ["set k"]), ("SET k v NX", []), ("SET n v XX", []), ("SET n v XX GET", ["keymiss n"]),
            ("SETEX k 10 v", ["set k", "expire k"]), ("PSETEX l 10000 v", ["new l", "set l", "expire l"]),
            ("SETNX k v", []), ("SETNX m 1", ["new m", "set m"]), ("GETSET m 2", ["set m"]),
            ("GETSET o 2", ["keymiss o", "new o", "set o"]), ("GETDEL o", ["del o"]), ("GETDEL o", ["keymiss o"]),
            ("GETEX k", []), ("GETEX k PERSIST", ["persist k"]), ("GETEX k PERSIST", []),
            ("GETEX k EX 9", ["expire k"]),
            ("GETEX k PXAT 1", ["del k"]), ("GETEX k PXAT 1", ["keymiss k"]),
            ("MSET m 1 k v", ["set m", "new k", "set k"]), ("MSETNX m 1 o v", []),
            ("MSETNX o v o w", ["new o", "set o", "set o"]),
            ("APPEND k x", ["append k"]), ("APPEND a x", ["new a", "append a"]), ("APPEND a \"\"", ["append a"]),
            ("SETRANGE a 3 x", ["setrange a"]), ("SETRANGE a 3 \"\"", []), ("SETRANGE b 3 \"\"", []),
            ("SETRANGE b 3 x", ["new b", "setrange b"]), ("INCR m", ["incrby m"]), ("DECR c", ["new c", "incrby c"]),
            ("DECRBY c 5", ["incrby c"]), ("INCRBYFLOAT c 0.5", ["incrbyfloat c"]),
            ("INCRBYFLOAT d 0.5", ["new d", "incrbyfloat d"]),
            ("GET none", ["keymiss none"]), ("MGET none c other", ["keymiss none", "keymiss other"]),
            ("STRLEN none", ["keymiss none"]), ("GETRANGE none 0 1", ["keymiss none"]),
        ])
    }

    @Test func keysOfAnyType() {
        let node = NodeDialogue()
        node.announce()
        node.expectEvents([
            ("MSET a 1 b 2 c 3", ["new a", "set a", "new b", "set b", "new c", "set c"]),
            ("DEL a none b", ["del a", "del b"]), ("UNLINK c c", ["del c"]), ("SET a 1", ["new a", "set a"]),
            ("EXPIRE a 10", ["expire a"]), ("EXPIRE a 5 GT", []), ("PERSIST a", ["persist a"]), ("PERSIST a", []),
            ("PEXPIREAT a 1", ["del a"]), ("EXPIRE a 10", []), ("SET a 1", ["new a", "set a"]),
            ("RENAME a b", ["new b", "rename_from a", "rename_to b"]), ("RENAME b b", []),
            ("SET a 1", ["new a", "set a"]), ("RENAME a b", ["new b", "rename_from a", "rename_to b"]),
            ("SET a 1", ["new a", "set a"]), ("RENAMENX a b", []),
            ("RENAMENX a d", ["new d", "rename_from a", "rename_to d"]),
            ("COPY d e", ["new e", "copy_to e"]), ("COPY d e", []), ("COPY d e REPLACE", ["new e", "copy_to e"]),
            ("COPY none e", ["keymiss none"]), ("COPY d e DB 3", ["3:new e", "3:copy_to e"]),
            ("MOVE d 2", ["2:new d", "move_from d", "2:move_to d"]), ("MOVE d 2", []),
            ("EXISTS none b", ["keymiss none"]), ("TOUCH none", ["keymiss none"]), ("TYPE none", ["keymiss none"]),
            ("TTL none", ["keymiss none"]), ("OBJECT ENCODING none", []), ("MEMORY USAGE none", []), ("KEYS *", []),
            ("RANDOMKEY", []), ("SCAN 0", []), ("FLUSHALL", []), ("SWAPDB 0 1", []), ("FLUSHDB", []),
        ])
    }

    @Test func hashes() {
        let node = NodeDialogue()
        node.announce()
        node.expectEvents([
            ("HSET h a 1 b 2", ["new h", "hset h"]), ("HMSET h a 1", ["hset h"]), ("HSETNX h a 1", []),
            ("HSETNX h c 1", ["hset h"]), ("HSETNX i c 1", ["new i", "hset i"]), ("HINCRBY h a 1", ["hincrby h"]),
            ("HINCRBY j a 1", ["new j", "hincrby j"]), ("HINCRBYFLOAT h a 1", ["hincrbyfloat h"]),
            ("HINCRBYFLOAT l a 1", ["new l", "hincrbyfloat l"]), ("HDEL h none", []), ("HDEL h a none", ["hdel h"]),
            ("HDEL h b c d", ["hdel h", "del h"]), ("HGETALL h", ["keymiss h"]), ("HGET h a", ["keymiss h"]),
            ("HSCAN h 0", ["keymiss h"]), ("SET i v", ["set i"]), ("DEL i", ["del i"]),
        ])
    }

    /// Announced in the very turn at the deadline, not when somebody reads the key.
    @Test func expiredWhenDue() {
        let node = NodeDialogue()
        node.announce()
        node.expectEvents([("SET k v PX 100", ["new k", "set k", "expire k"])])
        node.advance(milliseconds: 99)
        #expect(node.events() == [])
        node.advance(milliseconds: 1)
        #expect(node.events() == ["expired k"])
        node.expectEvents([("GET k", ["keymiss k"])])
    }

    /// Reads find what is due before the wheel does.
    @Test func expiredWhenRead() {
        let node = NodeDialogue()
        node.announce()
        for command in ["GET k", "EXISTS k", "HGET k f"] {
            node.expectEvents([("SET k v PX 100", ["new k", "set k", "expire k"])])
            node.skip(milliseconds: 100)
            node.expectEvents([(command, ["expired k", "keymiss k"])])
        }
        node.expectEvents([("SET k v PX 100", ["new k", "set k", "expire k"])])
        node.skip(milliseconds: 100)
        node.expectEvents([("SET k v", ["expired k", "new k", "set k"]), ("SET k v PXAT 1", ["set k", "expire k"])])
        node.advance(milliseconds: 0)
        #expect(node.events() == ["expired k"])
    }

    @Test func evicted() {
        var configuration = Configuration()
        configuration.maxMemoryPolicy = .allKeysLRU
        let node = NodeDialogue(configuration)
        node.announce()
        _ = node.send("SET", "first", String(repeating: "x", count: 100_000))
        node.expect("CONFIG", "SET", "maxmemory", "50000", gives: "+OK\r\n")
        _ = node.events()
        node.expectEvents([("SET k v", ["evicted first", "new k", "set k"])])
    }

    /// Each letter lets its own events through and no others.
    @Test(arguments: [
        ("g", ["del k", "expire e"]), ("$", ["set k", "set e"]), ("h", ["hset h"]), ("x", ["expired e"]),
        ("m", ["keymiss n"]), ("n", ["new k", "new h", "new e"]), ("lszetd", []),
        ("A", ["set k", "hset h", "del k", "set e", "expire e", "expired e"]),
    ])
    func classes(letters: String, expected: [String]) {
        let node = NodeDialogue()
        node.announce("KE" + letters)
        for command in ["SET k v", "HSET h f v", "DEL k", "GET n", "SET e v PX 5"] {
            _ = node.send(command.split(separator: " ").map(String.init))
        }
        node.advance(milliseconds: 5)
        #expect(node.events() == expected)
    }

    @Test func kindsOfChannel() {
        let node = NodeDialogue()
        _ = node.send("PSUBSCRIBE", "__key*", on: 1)
        node.expect([("CONFIG SET notify-keyspace-events K$", "+OK"), ("SELECT 3", "+OK"), ("SET k v", "+OK")])
        #expect(node.read(on: 1) == bulks("pmessage", "__key*", "__keyspace@3__:k", "set"))
        node.expect([("CONFIG SET notify-keyspace-events E$", "+OK"), ("SET k v", "+OK")])
        #expect(node.read(on: 1) == bulks("pmessage", "__key*", "__keyevent@3__:set", "k"))
        node.expect([("CONFIG SET notify-keyspace-events A", "+OK"), ("SET k v", "+OK")])
        #expect(node.read(on: 1) == "")
    }

    /// A key of any bytes is part of the channel, and the payload, as it is.
    @Test func binaryKeys() {
        let node = NodeDialogue()
        node.announce("K$")
        let key: [UInt8] = [0x25, 0x00, 0x0D, 0x0A, 0x22]
        _ = node.sendBytes([Array("SET".utf8), key, [0x76]])
        #expect(node.read(on: 90).contains("$20\r\n__keyspace@0__:%\0\r\n\"\r\n$3\r\nset\r\n"))
    }

    /// Nothing is recorded while nobody can hear it.
    @Test func nothingIsMadeForNobody() {
        let node = NodeDialogue()
        func observes() -> Bool { node.inspect { !$0.execution.store.observers.isEmpty } }
        node.expect([("CONFIG SET notify-keyspace-events KEA", "+OK")])
        #expect(!observes())
        _ = node.send("SUBSCRIBE", "news", "__session__:set", on: 1)
        #expect(!observes())
        _ = node.send("SUBSCRIBE", "__keyevent@0__:expired", on: 1)
        #expect(observes())
        _ = node.send("UNSUBSCRIBE", "__keyevent@0__:expired", on: 1)
        #expect(!observes())
        _ = node.send("PSUBSCRIBE", "*", on: 2)
        #expect(observes())
        for events in ["", "KE", "A"] {
            node.expect("CONFIG", "SET", "notify-keyspace-events", events, gives: "+OK\r\n")
            #expect(!observes())
        }
        node.expect([("CONFIG SET notify-keyspace-events Ex", "+OK")])
        #expect(observes())
        node.disconnect(2)
        #expect(!observes())
    }

    /// Sessions have events of their own.
    @Test func sessionsAreNotAnnounced() {
        let node = NodeDialogue()
        node.announce()
        let token = "abcdefghijklmnopqrstuvwx"
        for command in [
            "SESSCREATE ID \(token) IDLE 1000 FIELDS 1 f v", "SESSGET \(token)", "SESSSET \(token) FIELDS 1 f w",
            "SESSREVOKE \(token)", "SESSGET \(token)", "SESSCREATE IDLE 1000",
            "HGETALL __sess__:00112233445566778899aabbccddeeff",
        ] {
            #expect(!node.send(command.split(separator: " ").map(String.init)).hasPrefix("-"), "\(command)")
        }
        node.advance(milliseconds: 1000)
        #expect(node.events() == [])
    }
}
