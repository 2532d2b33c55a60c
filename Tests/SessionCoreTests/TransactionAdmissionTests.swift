import Testing

@testable import SessionCore

/// What a node does not admit when `EXEC` arrives, although it did when the commands were queued. Texts are those of
/// redis-server 7.0.15.
@Suite struct TransactionAdmissionTests {
    private static let readOnly = "READONLY You can't write against a read only replica."
    private static let tooFew = "NOREPLICAS Not enough good replicas to write."
    private static let down = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."
    private static let full = "OOM command not allowed when used memory > 'maxmemory'."

    /// What may happen between `MULTI` and `EXEC`, and what is refused then.
    struct Situation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What brings it about.
        let commands: [String]
        /// Why writes that need memory are refused, those that need none, other commands, and those that are allowed
        /// without a primary; nil where they are not.
        let needingMemory, freeing, other, stale: String?

        init(
            _ description: String, _ commands: [String], needingMemory: String?, freeing: String?, other: String?,
            stale: String? = nil
        ) {
            testDescription = description
            (self.commands, self.needingMemory, self.freeing, self.other) = (commands, needingMemory, freeing, other)
            self.stale = stale
        }

        /// As it was before.
        func pass(in dialogue: NodeDialogue) {
            for words in [
                ["REPLICAOF", "NO", "ONE"], ["CONFIG", "SET", "replica-read-only", "yes"],
                ["CONFIG", "SET", "replica-serve-stale-data", "yes"],
                ["CONFIG", "SET", "min-replicas-to-write", "0", "maxmemory", "0"],
            ] {
                #expect(dialogue.send(words, on: 1) == "+OK\r\n")
            }
        }

        func arise(in dialogue: NodeDialogue) {
            for command in commands {
                #expect(dialogue.send(command.split(separator: " ").map(String.init), on: 1) == "+OK\r\n")
            }
        }
    }

    static let situations: [Situation] = [
        Situation("nothing", [], needingMemory: nil, freeing: nil, other: nil),
        Situation(
            "a replica", ["REPLICAOF 127.0.0.1 1"], needingMemory: readOnly, freeing: readOnly, other: nil),
        Situation(
            "a writable replica", ["CONFIG SET replica-read-only no", "REPLICAOF 127.0.0.1 1"], needingMemory: nil,
            freeing: nil, other: nil),
        Situation(
            "too few replicas", ["CONFIG SET min-replicas-to-write 1"], needingMemory: tooFew, freeing: tooFew,
            other: nil),
        Situation(
            "a replica that may not serve old data",
            ["CONFIG SET replica-serve-stale-data no", "REPLICAOF 127.0.0.1 1"], needingMemory: readOnly,
            freeing: readOnly, other: down),
        Situation(
            "the same, writable",
            ["CONFIG SET replica-serve-stale-data no", "CONFIG SET replica-read-only no", "REPLICAOF 127.0.0.1 1"],
            needingMemory: down, freeing: down, other: down),
        Situation("no memory", ["CONFIG SET maxmemory 1mb"], needingMemory: full, freeing: nil, other: nil),
        Situation(
            "a replica has no maxmemory", ["REPLICAOF 127.0.0.1 1", "CONFIG SET maxmemory 1mb"],
            needingMemory: readOnly, freeing: readOnly, other: nil),
        Situation(
            "no memory and too few replicas", ["CONFIG SET maxmemory 1mb", "CONFIG SET min-replicas-to-write 1"],
            needingMemory: full, freeing: tooFew, other: nil),
    ]

    private static let unlock =
        "if redis.call(\"get\",KEYS[1]) == ARGV[1] then\n    return redis.call(\"del\",KEYS[1])\nelse\n"
        + "    return 0\nend"

    private func dialogue() -> NodeDialogue {
        let dialogue = NodeDialogue()
        dialogue.expect("SETRANGE", "large", "2097152", "x", gives: ":2097153\r\n")
        return dialogue
    }

    private func aborted(_ reason: String) -> String {
        "-EXECABORT Transaction discarded because of: \(reason)\r\n"
    }

    @Test(arguments: situations) func execIsSubjectToWhatItsCommandsAre(_ situation: Situation) {
        let commands: [([String], String?)] = [
            (["SET", "k", "1"], situation.needingMemory), (["SESSCREATE"], situation.needingMemory),
            (["DEL", "k"], situation.freeing), (["FLUSHALL"], situation.freeing),
            (["SESSREVOKEUSER", "u"], situation.freeing), (["GET", "k"], situation.other),
            (["PING"], situation.other), (["KEYS", "no"], situation.other), (["INFO", "server"], situation.stale),
            (["PUBLISH", "a", "b"], situation.stale), (["CONFIG", "GET", "port"], situation.stale),
            (["EVAL", Self.unlock, "1", "k", "v"], situation.stale), (["SELECT", "0"], situation.stale),
        ]
        for (command, refusal) in commands {
            for others in [[], [["INFO", "server"]]] {
                let dialogue = dialogue()
                dialogue.expect("MULTI", gives: "+OK\r\n")
                for words in others + [command] + others {
                    #expect(dialogue.send(words) == "+QUEUED\r\n")
                }
                situation.arise(in: dialogue)
                let reply = dialogue.send("EXEC")
                if let refusal {
                    #expect(reply == aborted(refusal), "\(command[0])")
                    #expect(dialogue.inspect { $0.execution.store.keyCount } == 1)
                    #expect(dialogue.send("INFO", "commandstats").contains(
                        "cmdstat_exec:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0"))
                } else {
                    #expect(reply.hasPrefix("*\(1 + 2 * others.count)\r\n"), "\(command[0]): \(reply)")
                }
                dialogue.expect("EXEC", gives: "-ERR EXEC without MULTI\r\n")
            }
        }
    }

    /// A transaction that fails for other reasons too: what the node does not admit is said first, as in Redis.
    @Test(arguments: situations) func whatIsSaidFirst(_ situation: Situation) {
        guard let refusal = situation.needingMemory else { return }
        let spoiled = dialogue()
        spoiled.expect([("MULTI", "+OK"), ("SET a 1", "+QUEUED")])
        #expect(spoiled.send("NOSUCH").hasPrefix("-ERR unknown command"))
        situation.arise(in: spoiled)
        spoiled.expect("EXEC", gives: aborted(refusal))

        let watching = dialogue()
        watching.expect([("WATCH w", "+OK"), ("MULTI", "+OK"), ("SET a 1", "+QUEUED")])
        watching.expect("SET", "w", "1", on: 1, gives: "+OK\r\n")
        situation.arise(in: watching)
        watching.expect("EXEC", gives: aborted(refusal))
        watching.expect("EXEC", gives: "-ERR EXEC without MULTI\r\n")
    }

    /// Queueing takes memory, whatever the command; a transaction can be ended all the same.
    @Test(arguments: situations) func whatMayBeQueued(_ situation: Situation) {
        let dialogue = dialogue()
        situation.arise(in: dialogue)
        let isFull = situation.needingMemory == Self.full
        dialogue.expect("MULTI", gives: "+OK\r\n")
        for (command, refusal) in [
            (["SET", "k", "1"], situation.needingMemory), (["DEL", "k"], isFull ? Self.full : situation.freeing),
            (["PING"], isFull ? Self.full : situation.other), (["INFO"], isFull ? Self.full : situation.stale),
        ] {
            #expect(dialogue.send(command) == (refusal.map { "-\($0)\r\n" } ?? "+QUEUED\r\n"), "\(command)")
        }
        dialogue.expect([("DISCARD", "+OK"), ("MULTI", "+OK"), ("EXEC", "*0")])
    }

    /// Whatever a command is refused for by itself, it is refused for in a transaction: all commands of the table.
    @Test func noCommandPassesInATransaction() {
        let dialogue = dialogue()
        let rows = dialogue.inspect { node in
            node.table.rows.map { row in (row.flags, RequestForms.of(node.table, row.id).first) }
        }
        for situation in Self.situations {
            var refused = 0
            for (flags, form) in rows {
                let isWrite = flags.contains(.write)
                let reasons = [
                    flags.contains(.denyOOM) ? situation.needingMemory : nil, isWrite ? situation.freeing : nil,
                    flags.contains(.stale) ? nil : situation.other,
                ]
                guard let form, let refusal = reasons.compactMap({ $0 }).first else { continue }
                let words = form.map { $0.hasPrefix("{") ? "some" : $0 }
                dialogue.expect("MULTI", gives: "+OK\r\n")
                guard dialogue.send(words) == "+QUEUED\r\n" else {
                    dialogue.expect("DISCARD", gives: "+OK\r\n")
                    continue
                }
                situation.arise(in: dialogue)
                #expect(dialogue.send(words, on: 2) == "-\(refusal)\r\n", "\(words)")
                #expect(dialogue.send("EXEC") == aborted(refusal), "\(words)")
                situation.pass(in: dialogue)
                refused += 1
            }
            #expect(refused > 20 || situation.freeing == nil && situation.needingMemory == nil, "\(refused)")
        }
        #expect(dialogue.inspect { $0.execution.store.keyCount } == 1)
    }

    /// What was queued by clients of a primary does not change the data that it has as a replica.
    @Test func aPrimaryThatHasBecomeAReplicaStaysEqual() {
        let nodes = ReplicationDialogue(Configuration(), Configuration())
        nodes[0].expect("SET", "base", "v", gives: "+OK\r\n")
        let queued = [
            ["SET", "q", "1"], ["FLUSHALL"], ["SESSCREATE", "ID", "a-token-0123456789ab"], ["DEL", "base"],
            ["SESSREVOKEUSER", "u"], ["EVAL", Self.unlock, "1", "base", "v"],
        ]
        for (index, words) in queued.enumerated() {
            nodes[1].expect("MULTI", on: UInt32(index + 1), gives: "+OK\r\n")
            #expect(nodes[1].send(words, on: UInt32(index + 1)) == "+QUEUED\r\n")
        }
        nodes[1].expect("REPLICAOF", "127.0.0.1", "7000", gives: "+OK\r\n")
        nodes.run(milliseconds: 300)
        #expect(nodes.info(1, "master_link_status") == "up")
        for (index, words) in queued.enumerated() {
            let reply = nodes[1].send("EXEC", on: UInt32(index + 1))
            let isScript = words[0] == "EVAL"
            #expect(isScript ? reply.hasPrefix("*1\r\n-READONLY ") : reply == aborted(Self.readOnly), "\(reply)")
        }
        nodes.run(milliseconds: 300)
        #expect(nodes.content(0) == nodes.content(1))
        nodes[1].expect("GET", "base", gives: bulk("v"))
    }

    /// The link of a replica that may not serve old data goes between `MULTI` and `EXEC`.
    @Test func aReplicaThatLosesItsPrimary() {
        var configuration = Configuration()
        configuration.replicaServesStaleData = false
        let nodes = ReplicationDialogue.following(2, configuration)
        nodes[1].expect("MULTI", gives: "+OK\r\n")
        nodes[1].expect("GET", "a", gives: "+QUEUED\r\n")
        nodes.unreachable = [0]
        nodes.cut(0)
        nodes[1].expect("EXEC", gives: aborted(Self.down))
    }
}
