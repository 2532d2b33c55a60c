import Testing

@testable import SessionCore

/// Deadlines and times of last use on a clock that the tests move.
struct ExpiryCommandTests {
    @Test func secondsAreRoundedToTheNearest() {
        let node = NodeDialogue()
        node.expect([("SET k v", "+OK"), ("EXPIRE k 10", ":1"), ("TTL k", ":10"), ("PTTL k", ":10000")])
        node.expect("PEXPIRETIME", "k", gives: ":\(NodeDialogue.start + 10_000)\r\n")
        node.expect("EXPIRETIME", "k", gives: ":\(NodeDialogue.start / 1000 + 10)\r\n")
        node.skip(milliseconds: 500)
        node.expect([("TTL k", ":10"), ("PTTL k", ":9500")])
        node.skip(milliseconds: 1)
        node.expect([("TTL k", ":9"), ("PTTL k", ":9499")])
        node.skip(milliseconds: 9498)
        node.expect([("TTL k", ":0"), ("PTTL k", ":1"), ("EXISTS k", ":1")])
        node.skip(milliseconds: 1)
        node.expect([("TTL k", ":-2"), ("EXISTS k", ":0"), ("EXPIRE k 10", ":0"), ("PERSIST k", ":0")])
    }

    /// GT and LT compare points in time, not durations.
    @Test func conditionsComparePointsInTime() {
        let node = NodeDialogue()
        node.expect([("SET k v EX 100", "+OK")])
        node.skip(milliseconds: 50_000)
        node.expect([
            ("EXPIRE k 50 GT", ":0"), ("EXPIRE k 50 LT", ":0"), ("EXPIRE k 51 GT", ":1"), ("EXPIRE k 50 LT", ":1"),
            ("TTL k", ":50"), ("PEXPIRE k 0 LT", ":1"), ("EXISTS k", ":0"),
        ])
    }

    /// The wheel follows every change of a deadline.
    @Test func changedDeadlinesAreKept() {
        let node = NodeDialogue()
        node.expect([
            ("SET later v PX 100", "+OK"), ("PEXPIRE later 300", ":1"), ("SET sooner v PX 300", "+OK"),
            ("PEXPIRE sooner 100", ":1"), ("SET never v PX 100", "+OK"), ("PERSIST never", ":1"),
            ("SET renamed v PX 100", "+OK"), ("RENAME renamed moved", "+OK"), ("COPY moved copied", ":1"),
        ])
        node.advance(milliseconds: 99)
        #expect(count(node) == 5)
        node.advance(milliseconds: 1)
        node.expect([("EXISTS sooner moved copied", ":0"), ("EXISTS later never", ":2")])
        #expect(count(node) == 2)
        node.advance(milliseconds: 200)
        #expect(count(node) == 1)
        node.expect("GET", "never", gives: bulk("v"))
    }

    private func count(_ node: NodeDialogue) -> UInt32 {
        node.inspect { $0.execution.store.databases[0].records.count }
    }

    /// Commands that use a value mark it as used; those that ask about the key do not.
    @Test func idleTimes() {
        let node = NodeDialogue()
        node.expect("SET", "k", "v", gives: "+OK\r\n")
        for command in [
            "TYPE k", "TTL k", "PTTL k", "EXISTS k", "OBJECT ENCODING k", "OBJECT IDLETIME k", "KEYS *", "SCAN 0",
            "RANDOMKEY",
        ] {
            node.skip(milliseconds: 1000)
            _ = node.send(command.split(separator: " ").map(String.init))
        }
        node.expect("OBJECT", "IDLETIME", "k", gives: ":9\r\n")
        for command in [
            "GET k", "STRLEN k", "TOUCH k", "APPEND k 1", "EXPIRE k 900", "EXPIRE k 1 NX", "PERSIST k", "GETEX k",
            "MGET k", "COPY k l", "SETNX k v", "SET k v NX", "INCR k", "SETRANGE k 0 v", "SET k v",
        ] {
            node.skip(milliseconds: 7000)
            _ = node.send(command.split(separator: " ").map(String.init))
            node.expect("OBJECT", "IDLETIME", "k", gives: ":0\r\n")
        }
        node.skip(milliseconds: 3000)
        node.expect([("RENAME k l", "+OK"), ("OBJECT IDLETIME l", ":0")])
    }

    @Test func lookupsAreCounted() {
        let node = NodeDialogue()
        node.expect([
            ("SET k v", "+OK"), ("GET k", "$1\r\nv"), ("GET n", "$-1"), ("EXISTS k n", ":1"),
            ("MGET k n", "*2\r\n$1\r\nv\r\n$-1"),
            ("TTL n", ":-2"), ("TYPE k", "+string"), ("SET k w GET", "$1\r\nv"), ("GETEX n", "$-1"), ("INCR n", ":1"),
        ])
        #expect(node.inspect { $0.execution.store.statistics.hits } == 5)
        #expect(node.inspect { $0.execution.store.statistics.misses } == 5)
    }
}
