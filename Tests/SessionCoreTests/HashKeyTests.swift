import Testing

@testable import SessionCore

/// Hashes under the commands for strings and for keys of any type. The table is what redis-server 7.0.15 answered.
struct HashKeyTests {
    @Test func hashesAmongStrings() {
        NodeDialogue().expect([
            ("HSET h f v", ":1"),
            ("TYPE h", "+hash"),
            ("OBJECT ENCODING h", "$8\r\nlistpack"),
            ("OBJECT REFCOUNT h", ":1"),
            ("GET h", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("GETEX h EX abc", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("GETDEL h", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("GETSET h v", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("GETRANGE h 0 1", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("GETRANGE h a b", "-ERR value is not an integer or out of range"),
            ("SETRANGE h 0 \"\"", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("SETRANGE h -1 v", "-ERR offset is out of range"),
            ("STRLEN h", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("APPEND h v", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("INCR h", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("INCRBY h x", "-ERR value is not an integer or out of range"),
            ("INCRBYFLOAT h x", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("DECRBY h -9223372036854775808", "-ERR decrement would overflow"),
            ("MGET h", "*1\r\n$-1"),
            ("SET h v GET", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("SET h v NX", "$-1"),
            ("SETNX h v", ":0"),
            ("MSETNX h v", ":0"),
            ("SCAN 0 TYPE hash", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nh"),
            ("SCAN 0 TYPE string", "*2\r\n$1\r\n0\r\n*0"),
            ("HGET h f", "$1\r\nv"),
            ("PEXPIREAT h 99999999999999", ":1"),
            ("RENAME h i", "+OK"),
            ("HGET i f", "$1\r\nv"),
            ("COPY i h", ":1"),
            ("HGET h f", "$1\r\nv"),
            ("HSET h f w g x", ":1"),
            ("HGETALL i", "*2\r\n$1\r\nf\r\n$1\r\nv"),
            ("PEXPIRETIME h", ":99999999999999"),
            ("PERSIST h", ":1"),
            ("PEXPIRETIME i", ":99999999999999"),
            ("COPY i h REPLACE", ":1"),
            ("HGETALL h", "*2\r\n$1\r\nf\r\n$1\r\nv"),
            ("MOVE h 1", ":1"),
            ("EXISTS h", ":0"),
            ("SELECT 1", "+OK"),
            ("HGETALL h", "*2\r\n$1\r\nf\r\n$1\r\nv"),
            ("DEL h", ":1"),
            ("SELECT 0", "+OK"),
            ("SET i v", "+OK"),
            ("TYPE i", "+string"),
            ("GET i", "$1\r\nv"),
            ("TTL i", ":-1"),
        ])
    }

    /// A node with a hash `h` of 600 fields: too many to be packed.
    private func withTable() -> NodeDialogue {
        let node = NodeDialogue()
        for index in 0..<600 { node.expect("HSET", "h", "field:\(index)", "value:\(index)", gives: ":1\r\n") }
        node.expect("OBJECT", "ENCODING", "h", gives: bulk("hashtable"))
        return node
    }

    private func expectAllFields(_ node: NodeDialogue, _ key: String) {
        node.expect("HLEN", key, gives: ":600\r\n")
        for index in stride(from: 0, to: 600, by: 37) {
            node.expect("HGET", key, "field:\(index)", gives: bulk("value:\(index)"))
        }
    }

    private func usedBytes(_ node: NodeDialogue) -> Int { node.inspect { $0.execution.store.heap.usedBytes } }

    @Test func aTableIsRenamedAndMovedAsItIs() {
        let node = withTable()
        let before = usedBytes(node)
        node.expect("RENAME", "h", "i", gives: "+OK\r\n")
        expectAllFields(node, "i")
        node.expect([("EXPIRE i 100", ":1"), ("MOVE i 1", ":1"), ("SELECT 1", "+OK"), ("TTL i", ":100")])
        expectAllFields(node, "i")
        // Only the new database's first bucket is added (and the deadline's sixteen bytes).
        #expect(usedBytes(node) - before <= 128)
        node.expect([("DEL i", ":1"), ("EXISTS i", ":0")])
        #expect(usedBytes(node) < 1024)
    }

    @Test func aTableIsCopiedWithAllItHolds() {
        let node = withTable()
        let before = usedBytes(node)
        node.expect([("COPY h i", ":1"), ("HSET h field:0 changed", ":0"), ("HDEL h field:1", ":1")])
        expectAllFields(node, "i")
        node.expect("DEL", "h", gives: ":1\r\n")
        expectAllFields(node, "i")
        node.expect([("COPY i j", ":1"), ("COPY i j REPLACE", ":1"), ("SET i v", "+OK"), ("UNLINK i", ":1")])
        expectAllFields(node, "j")
        #expect(abs(usedBytes(node) - before) <= 256)
    }

    @Test func renamingFreesWhatIsReplaced() {
        let node = withTable()
        node.expect([("SET k v", "+OK"), ("RENAME k h", "+OK"), ("TYPE h", "+string"), ("GET h", "$1\r\nv")])
        #expect(usedBytes(node) < 1024)
    }

    @Test func expiringFreesTheTable() {
        let node = withTable()
        node.expect([("PEXPIRE h 100", ":1"), ("COPY h i", ":1")])
        node.advance(milliseconds: 100)
        node.expect("EXISTS", "h", "i", gives: ":0\r\n")
        #expect(usedBytes(node) < 1024)
    }
}
