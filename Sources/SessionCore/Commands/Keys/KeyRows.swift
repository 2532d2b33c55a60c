/// Rows of the commands on keys of any type.
extension CommandTable {
    /// Commands on keys of any type.
    static func keyCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .del, "del", arity: -2, effect: .writes(creates: .nothing, propagates: .deletion, inStream: .deletes),
                keys: .range(first: 1, last: -1, step: 1, "RM delete"), group: .generic, since: "1.0.0",
                tips: "request_policy:multi_shard response_policy:agg_sum",
                complexity: "O(N) with N the number of keys, plus the size of the values deleted",
                summary: "Deletes keys.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .unlink, "unlink", arity: -2,
                effect: .writes(creates: .nothing, propagates: .deletion, inStream: .buries), flags: .fast,
                keys: .range(first: 1, last: -1, step: 1, "RM delete"), group: .generic, since: "4.0.0",
                tips: "request_policy:multi_shard response_policy:agg_sum",
                complexity: "O(1) for each key; freeing N elements later takes O(N)",
                summary: "Deletes keys and frees large values later.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .exists, "exists", arity: -2, effect: .reads(.keys), flags: .fast,
                keys: .range(first: 1, last: -1, step: 1, "RO"), group: .generic, since: "1.0.0",
                tips: "request_policy:multi_shard response_policy:agg_sum",
                complexity: "O(N) with N the number of keys", summary: "Counts how many of the keys exist.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .touch, "touch", arity: -2, effect: .reads(.keys), flags: .fast,
                keys: .range(first: 1, last: -1, step: 1, "RO"), group: .generic, since: "3.2.1",
                tips: "request_policy:multi_shard response_policy:agg_sum",
                complexity: "O(N) with N the number of keys",
                summary: "Counts how many of the keys exist and marks them as used now.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .type, "type", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO"), group: .generic,
                since: "1.0.0", complexity: "O(1)", summary: "Returns the type of the value at a key.",
                syntax: "key"),
            CommandDescriptor(
                .expire, "expire", arity: -3,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .executed), flags: .fast,
                keys: .single(1, "RW update"), group: .generic, since: "1.0.0",
                complexity: "O(1), but O(N) with N the bytes of a string that begins or ceases to expire",
                summary: "Makes a key expire after so many seconds.",
                syntax: "key seconds [condition@7.0.0: NX | XX | GT | LT]"),
            CommandDescriptor(
                .pexpire, "pexpire", arity: -3,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .executed), flags: .fast,
                keys: .single(1, "RW update"), group: .generic, since: "2.6.0",
                complexity: "O(1), but O(N) with N the bytes of a string that begins or ceases to expire",
                summary: "Makes a key expire after so many milliseconds.",
                syntax: "key milliseconds [condition@7.0.0: NX | XX | GT | LT]"),
            CommandDescriptor(
                .expireat, "expireat", arity: -3,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .executed), flags: .fast,
                keys: .single(1, "RW update"), group: .generic, since: "1.2.0",
                complexity: "O(1), but O(N) with N the bytes of a string that begins or ceases to expire",
                summary: "Makes a key expire at a Unix time in seconds.",
                syntax: "key unix-time-seconds [condition@7.0.0: NX | XX | GT | LT]"),
            CommandDescriptor(
                .pexpireat, "pexpireat", arity: -3,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .setsDeadline), flags: .fast,
                keys: .single(1, "RW update"), group: .generic, since: "2.6.0",
                complexity: "O(1), but O(N) with N the bytes of a string that begins or ceases to expire",
                summary: "Makes a key expire at a Unix time in milliseconds.",
                syntax: "key unix-time-milliseconds [condition@7.0.0: NX | XX | GT | LT]"),
            CommandDescriptor(
                .ttl, "ttl", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .generic, since: "1.0.0", tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Returns the seconds left to a key.",
                syntax: "key"),
            CommandDescriptor(
                .pttl, "pttl", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .generic, since: "2.6.0", tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Returns the milliseconds left to a key.",
                syntax: "key"),
            CommandDescriptor(
                .expiretime, "expiretime", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .generic, since: "7.0.0", complexity: "O(1)",
                summary: "Returns the Unix time in seconds at which a key expires.",
                syntax: "key"),
            CommandDescriptor(
                .pexpiretime, "pexpiretime", arity: 2, effect: .reads(.keys), flags: .fast,
                keys: .single(1, "RO access"), group: .generic, since: "7.0.0", complexity: "O(1)",
                summary: "Returns the Unix time in milliseconds at which a key expires.",
                syntax: "key"),
            CommandDescriptor(
                .persist, "persist", arity: 2,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .removesDeadline), flags: .fast,
                keys: .single(1, "RW update"), group: .generic, since: "2.2.0",
                complexity: "O(1), but O(N) with N the bytes of a string that begins or ceases to expire",
                summary: "Removes the expiry of a key.",
                syntax: "key"),
            CommandDescriptor(
                .scan, "scan", arity: -2, effect: .reads(.nothing), group: .generic, since: "2.8.0",
                tips: "nondeterministic_output request_policy:special",
                complexity: "O(M) a call with M the COUNT, O(N) for a whole walk through N keys",
                summary: "Walks through the keys of the database, a few at a time.",
                syntax: "cursor [MATCH pattern] [COUNT count] [TYPE type@6.0.0]"),
            CommandDescriptor(
                .keys, "keys", arity: 2, effect: .reads(.nothing), group: .generic, since: "1.0.0",
                categories: .dangerous, tips: "request_policy:all_shards nondeterministic_output_order",
                complexity: "O(N) with N the keys in the database", summary: "Returns all keys that match a pattern.",
                syntax: "pattern"),
            CommandDescriptor(
                .randomkey, "randomkey", arity: 1, effect: .reads(.nothing), group: .generic, since: "1.0.0",
                tips: "request_policy:all_shards nondeterministic_output", complexity: "O(1)",
                summary: "Returns some key of the database."),
            CommandDescriptor(
                .rename, "rename", arity: 3,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed),
                keys: .pair("RW access delete", "OW update"), group: .generic, since: "1.0.0",
                complexity: "O(1), for a string O(N) with N its bytes, plus the elements of what is replaced",
                summary: "Renames a key, replacing what is at the new name.",
                syntax: "key newkey"),
            CommandDescriptor(
                .renamenx, "renamenx", arity: 3,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed), flags: .fast,
                keys: .pair("RW access delete", "OW insert"), group: .generic, since: "1.0.0",
                complexity: "O(1), for a string O(N) with N its bytes",
                summary: "Renames a key unless the new name exists.",
                syntax: "key newkey"),
            CommandDescriptor(
                .copy, "copy", arity: -3,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed), flags: .denyOOM,
                keys: .pair("RO access", "OW update"), group: .generic, since: "6.2.0",
                complexity: "O(N) with N the elements of the value, or the bytes of a string",
                summary: "Copies the value and the expiry of a key to another key.",
                syntax: "source destination [DB destination-db] [REPLACE]"),
            CommandDescriptor(
                .move, "move", arity: 3, effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed),
                flags: .fast, keys: .single(1, "RW access update"), group: .generic, since: "1.0.0",
                complexity: "O(1), for a string O(N) with N its bytes", summary: "Moves a key to another database.",
                syntax: "key db"),
            CommandDescriptor(
                .object, "object", arity: -2, effect: .none, group: .generic, since: "2.2.3",
                complexity: "Depends on the subcommand", summary: "Shows how a value is kept.",
                subcommands: objectSubcommands()),
            CommandDescriptor(
                .wait, "wait", arity: 3, effect: .none, flags: .noscript, group: .waiting, since: "3.0.0",
                tips: "request_policy:all_shards response_policy:agg_min",
                complexity: "O(N) with N the number of replicas",
                summary: "Waits until replicas have acknowledged what this connection wrote.",
                syntax: "numreplicas=integer timeout=integer"),
            CommandDescriptor(
                .waitaof, "waitaof", arity: 4, effect: .none, group: .waiting, since: "7.2.0",
                tips: "request_policy:all_shards response_policy:agg_min", complexity: "O(1)",
                summary: "Waits until this connection's writes are on disk, here and on replicas.",
                syntax: "numlocal=integer numreplicas=integer timeout=integer"),
        ]
    }

    private static func objectSubcommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .objectEncoding, "encoding", arity: 3, effect: .reads(.keys), keys: .single(2, "RO"), group: .generic,
                since: "2.2.3", tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Returns the name of the representation of the value.",
                syntax: "key"),
            CommandDescriptor(
                .objectFreq, "freq", arity: 3, effect: .reads(.keys), keys: .single(2, "RO"), group: .generic,
                since: "4.0.0", tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Returns how often the key was used lately, on a logarithmic scale.",
                syntax: "key"),
            CommandDescriptor(
                .objectIdletime, "idletime", arity: 3, effect: .reads(.keys), keys: .single(2, "RO"), group: .generic,
                since: "2.2.3", tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Returns the seconds since the key was last used.",
                syntax: "key"),
            CommandDescriptor(
                .objectRefcount, "refcount", arity: 3, effect: .reads(.keys), keys: .single(2, "RO"), group: .generic,
                since: "2.2.3", tips: "nondeterministic_output", complexity: "O(1)",
                summary: "Returns how many references to the value there are.",
                syntax: "key"),
            CommandDescriptor(
                .objectHelp, "help", arity: 2, effect: .none, flags: [.loading, .stale], group: .generic,
                since: "6.2.0", complexity: "O(1)", summary: "Print this help."),
        ]
    }
}
