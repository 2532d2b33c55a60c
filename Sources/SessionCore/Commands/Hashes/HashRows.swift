/// Rows of the hash commands.
extension CommandTable {
    /// Commands on hashes.
    static func hashCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .hset, "hset", arity: -4,
                effect: .writes(creates: .amending, propagates: .additions, inStream: .setsFields),
                flags: [.denyOOM, .fast], keys: .single(1, "RW update"), group: .hash, since: "2.0.0",
                complexity: "O(N) with N the number of fields",
                summary: "Sets fields of a hash, creating it if need be.",
                syntax: "key field value [field value ...]"),
            CommandDescriptor(
                .hmset, "hmset", arity: -4,
                effect: .writes(creates: .amending, propagates: .additions, inStream: .setsFields),
                flags: [.denyOOM, .fast], keys: .single(1, "RW update"), group: .hash, since: "2.0.0",
                deprecated: ("4.0.0", "`HSET`"), complexity: "O(N) with N the number of fields",
                summary: "Sets fields of a hash, creating it if need be.",
                syntax: "key field value [field value ...]"),
            CommandDescriptor(
                .hget, "hget", arity: 3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .hash, since: "2.0.0", complexity: "O(1)", summary: "Returns the value of a field.",
                syntax: "key field"),
            CommandDescriptor(
                .hmget, "hmget", arity: -3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .hash, since: "2.0.0", complexity: "O(N) with N the number of fields",
                summary: "Returns the values of several fields.",
                syntax: "key field [field ...]"),
            CommandDescriptor(
                .hgetall, "hgetall", arity: 2, effect: .reads(.keys), keys: .single(1, "RO access"), group: .hash,
                since: "2.0.0", tips: "nondeterministic_output_order", complexity: "O(N) with N the size of the hash",
                summary: "Returns all fields and their values.",
                syntax: "key"),
            CommandDescriptor(
                .hdel, "hdel", arity: -3,
                effect: .writes(creates: .nothing, propagates: .removal, inStream: .removesFields), flags: .fast,
                keys: .single(1, "RW delete"), group: .hash, since: "2.0.0",
                complexity: "O(N) with N the number of fields",
                summary: "Deletes fields, and the hash with its last one.",
                syntax: "key field [field ...]"),
            CommandDescriptor(
                .hexists, "hexists", arity: 3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO"),
                group: .hash, since: "2.0.0", complexity: "O(1)", summary: "Tells whether a field exists.",
                syntax: "key field"),
            CommandDescriptor(
                .hlen, "hlen", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO"), group: .hash,
                since: "2.0.0", complexity: "O(1)", summary: "Returns the number of fields.",
                syntax: "key"),
            CommandDescriptor(
                .hkeys, "hkeys", arity: 2, effect: .reads(.keys), keys: .single(1, "RO access"), group: .hash,
                since: "2.0.0", tips: "nondeterministic_output_order", complexity: "O(N) with N the size of the hash",
                summary: "Returns the names of all fields.",
                syntax: "key"),
            CommandDescriptor(
                .hvals, "hvals", arity: 2, effect: .reads(.keys), keys: .single(1, "RO access"), group: .hash,
                since: "2.0.0", tips: "nondeterministic_output_order", complexity: "O(N) with N the size of the hash",
                summary: "Returns the values of all fields.",
                syntax: "key"),
            CommandDescriptor(
                .hsetnx, "hsetnx", arity: 4,
                effect: .writes(creates: .beginning, propagates: .field, inStream: .executed), flags: [.denyOOM, .fast],
                keys: .single(1, "RW insert"), group: .hash, since: "2.0.0", complexity: "O(1)",
                summary: "Sets a field unless it exists.",
                syntax: "key field value"),
            CommandDescriptor(
                .hincrby, "hincrby", arity: 4,
                effect: .writes(creates: .amending, propagates: .field, inStream: .executed), flags: [.denyOOM, .fast],
                keys: .single(1, "RW access update"), group: .hash, since: "2.0.0", complexity: "O(1)",
                summary: "Adds to the integer in a field; a missing field counts as 0.",
                syntax: "key field increment"),
            CommandDescriptor(
                .hincrbyfloat, "hincrbyfloat", arity: 4,
                effect: .writes(creates: .amending, propagates: .field, inStream: .executed), flags: [.denyOOM, .fast],
                keys: .single(1, "RW access update"), group: .hash, since: "2.6.0", complexity: "O(1)",
                summary: "Adds to the number in a field; a missing field counts as 0.",
                syntax: "key field increment=double"),
            CommandDescriptor(
                .hrandfield, "hrandfield", arity: -2, effect: .reads(.keys), keys: .single(1, "RO access"),
                group: .hash, since: "6.2.0", tips: "nondeterministic_output",
                complexity: "O(N) with N the fields returned", summary: "Returns fields chosen at random.",
                syntax: "key [options: count [WITHVALUES]]"),
            CommandDescriptor(
                .hstrlen, "hstrlen", arity: 3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO"),
                group: .hash, since: "3.2.0", complexity: "O(1)",
                summary: "Returns the length of the value of a field in bytes.",
                syntax: "key field"),
            CommandDescriptor(
                .hscan, "hscan", arity: -3, effect: .reads(.keys), keys: .single(1, "RO access"), group: .hash,
                since: "2.8.0", tips: "nondeterministic_output",
                complexity: "O(M) a call with M the COUNT, O(N) for a whole walk through N fields",
                summary: "Walks through the fields of a hash, a few at a time.",
                syntax: "key cursor [MATCH pattern] [COUNT count]"),
        ]
    }
}
