import Testing

@testable import SessionCore

/// What changes of sets announce, as redis-server 7.0.15 does.
@Suite struct SetNotificationTests {
    @Test func members() {
        let node = NodeDialogue()
        node.announce()
        node.expectEvents([
            ("SADD s 1 2 3", ["new s", "sadd s"]), ("SADD s 1 2", []), ("SADD s x", ["sadd s"]),
            ("SREM s none", []), ("SREM s x none", ["srem s"]), ("SMOVE s t 1", ["srem s", "new t", "sadd t"]),
            ("SMOVE s t none", []), ("SMOVE s t 2", ["srem s", "sadd t"]), ("SADD s 2", ["sadd s"]),
            ("SMOVE s t 2", ["srem s"]), ("SMOVE s t 3", ["srem s", "del s", "sadd t"]), ("SMOVE none t x", []),
            ("SMOVE t t 1", []), ("SADD s 1", ["new s", "sadd s"]), ("SPOP s", ["spop s", "del s"]), ("SPOP s", []),
            ("SADD s 1 2 3", ["new s", "sadd s"]), ("SPOP s 0", []), ("SPOP s 2", ["spop s"]),
            ("SPOP s 2", ["spop s", "del s"]), ("SPOP none 3", []), ("SADD s 1 2", ["new s", "sadd s"]),
            ("SREM s 1 2 3 4", ["srem s", "del s"]), ("COPY t c", ["new c", "copy_to c"]),
            ("RENAME c e", ["new e", "rename_from c", "rename_to e"]),
        ])
    }

    @Test func operations() {
        let node = NodeDialogue()
        node.announce()
        node.expectEvents([
            ("SADD s 1 2 3", ["new s", "sadd s"]), ("SADD t 1 2 3", ["new t", "sadd t"]),
            ("SINTERSTORE d s t", ["new d", "sinterstore d"]),
            ("SINTERSTORE d s none", ["keymiss none", "del d"]), ("SINTERSTORE d s none", ["keymiss none"]),
            ("SUNIONSTORE d s t", ["new d", "sunionstore d"]), ("SUNIONSTORE d s", ["sunionstore d"]),
            ("SDIFFSTORE d s s", ["del d"]), ("SDIFFSTORE d none", ["keymiss none"]),
            ("SDIFFSTORE d s none", ["keymiss none", "new d", "sdiffstore d"]), ("SET d x", ["set d"]),
            ("SUNIONSTORE d s", ["sunionstore d"]),
        ])
    }

    @Test func reads() {
        let node = NodeDialogue()
        node.announce()
        node.expectEvents([
            ("SADD t 1", ["new t", "sadd t"]), ("SMEMBERS s", ["keymiss s"]), ("SCARD s", ["keymiss s"]),
            ("SISMEMBER s 1", ["keymiss s"]), ("SMISMEMBER s 1", ["keymiss s"]), ("SRANDMEMBER s", ["keymiss s"]),
            ("SSCAN s 0", ["keymiss s"]), ("SINTER s t s", ["keymiss s", "keymiss s"]),
            ("SINTER t s", ["keymiss s"]), ("SUNION s t", ["keymiss s"]), ("SDIFF t s", ["keymiss s"]),
            ("SINTERCARD 2 t s", ["keymiss s"]),
        ])
    }
}
