/// Rows of the string commands.
extension CommandTable {
    /// Commands on string values.
    static func stringCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .get, "get", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .string, since: "1.0.0", complexity: "O(1)", summary: "Returns the string at a key.",
                syntax: "key"),
            CommandDescriptor(
                .set, "set", arity: -3,
                effect: .writes(creates: .asOptionsSay, propagates: .set, inStream: .setsString), flags: .denyOOM,
                keys: .set, group: .string, since: "1.0.0",
                complexity: "O(1), plus the elements of a collection it replaces",
                summary: "Stores a string at a key, whatever was there, with a time to live if asked.",
                syntax: """
                    key value [condition@2.6.12: NX | XX] [GET@6.2.0] [expiration: EX seconds@2.6.12 | PX \
                    milliseconds@2.6.12 | EXAT unix-time-seconds@6.2.0 | PXAT unix-time-milliseconds@6.2.0 | \
                    KEEPTTL@6.0.0]
                    """),
            CommandDescriptor(
                .setex, "setex", arity: 4,
                effect: .writes(creates: .overwriting, propagates: .string, inStream: .executed), flags: .denyOOM,
                keys: .single(1, "OW update"), group: .string, since: "2.0.0",
                complexity: "O(1), plus the elements of a collection it replaces",
                summary: "Stores a string that expires after so many seconds.",
                syntax: "key seconds value"),
            CommandDescriptor(
                .psetex, "psetex", arity: 4,
                effect: .writes(creates: .overwriting, propagates: .string, inStream: .executed), flags: .denyOOM,
                keys: .single(1, "OW update"), group: .string, since: "2.6.0",
                complexity: "O(1), plus the elements of a collection it replaces",
                summary: "Stores a string that expires after so many milliseconds.",
                syntax: "key milliseconds value"),
            CommandDescriptor(
                .getex, "getex", arity: -2,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .executed), flags: .fast,
                keys: .single(1, "RW access update"), group: .string, since: "6.2.0",
                complexity: "O(1), but O(N) with N the bytes of a string that begins or ceases to expire",
                summary: "Returns the string at a key and changes or removes its time to live.",
                syntax: """
                    key [expiration: EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT \
                    unix-time-milliseconds | PERSIST]
                    """),
            CommandDescriptor(
                .getdel, "getdel", arity: 2,
                effect: .writes(creates: .nothing, propagates: .changes, inStream: .executed), flags: .fast,
                keys: .single(1, "RW access delete"), group: .string, since: "6.2.0", complexity: "O(1)",
                summary: "Returns the string at a key and deletes the key.",
                syntax: "key"),
            CommandDescriptor(
                .getset, "getset", arity: 3,
                effect: .writes(creates: .overwriting, propagates: .string, inStream: .executed),
                flags: [.denyOOM, .fast], keys: .single(1, "RW access update"), group: .string, since: "1.0.0",
                deprecated: ("6.2.0", "`SET` with `GET`"), complexity: "O(1)",
                summary: "Stores a string and returns the one it replaces.",
                syntax: "key value"),
            CommandDescriptor(
                .setnx, "setnx", arity: 3,
                effect: .writes(creates: .beginning, propagates: .string, inStream: .executed),
                flags: [.denyOOM, .fast], keys: .single(1, "OW insert"), group: .string, since: "1.0.0",
                complexity: "O(1)", summary: "Stores a string unless the key exists.",
                syntax: "key value"),
            CommandDescriptor(
                .mget, "mget", arity: -2, effect: .reads(.keys), flags: .fast,
                keys: .range(first: 1, last: -1, step: 1, "RO access"), group: .string, since: "1.0.0",
                tips: "request_policy:multi_shard", complexity: "O(N) with N the number of keys",
                summary: "Returns the strings at several keys.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .mset, "mset", arity: -3,
                effect: .writes(creates: .overwriting, propagates: .strings, inStream: .executed), flags: .denyOOM,
                keys: .range(first: 1, last: -1, step: 2, "OW update"), group: .string, since: "1.0.1",
                tips: "request_policy:multi_shard response_policy:all_succeeded",
                complexity: "O(N) with N the number of keys, plus the elements of collections they replace",
                summary: "Stores strings at several keys in one step.",
                syntax: "key value [key value ...]"),
            CommandDescriptor(
                .msetnx, "msetnx", arity: -3,
                effect: .writes(creates: .beginning, propagates: .mset, inStream: .executed), flags: .denyOOM,
                keys: .range(first: 1, last: -1, step: 2, "OW insert"), group: .string, since: "1.0.1",
                tips: "request_policy:multi_shard response_policy:agg_min",
                complexity: "O(N) with N the number of keys",
                summary: "Stores strings at several keys in one step, unless one of the keys exists.",
                syntax: "key value [key value ...]"),
            CommandDescriptor(
                .append, "append", arity: 3,
                effect: .writes(creates: .amending, propagates: .append, inStream: .executed), flags: [.denyOOM, .fast],
                keys: .single(1, "RW insert"), group: .string, since: "2.0.0",
                complexity: "O(1), but O(N) each time a string of N bytes outgrows its block",
                summary: "Adds bytes to the end of a string, creating it if need be.",
                syntax: "key value"),
            CommandDescriptor(
                .strlen, "strlen", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO"),
                group: .string, since: "2.2.0", complexity: "O(1)", summary: "Returns the length of a string in bytes.",
                syntax: "key"),
            CommandDescriptor(
                .getrange, "getrange", arity: 4, effect: .reads(.keys), keys: .single(1, "RO access"), group: .string,
                since: "2.4.0", complexity: "O(N) with N the bytes returned", summary: "Returns part of a string.",
                syntax: "key start end"),
            CommandDescriptor(
                .setrange, "setrange", arity: 4,
                effect: .writes(creates: .amending, propagates: .strings, inStream: .executed), flags: .denyOOM,
                keys: .single(1, "RW update"), group: .string, since: "2.2.0",
                complexity: "O(1), but O(N) where a string becomes N bytes long and outgrows its block",
                summary: "Overwrites part of a string, padding it with zero bytes if it is shorter.",
                syntax: "key offset value"),
            CommandDescriptor(
                .substr, "substr", arity: 4, effect: .reads(.keys), keys: .single(1, "RO access"), group: .string,
                since: "1.0.0", deprecated: ("2.0.0", "`GETRANGE`"), complexity: "O(N) with N the bytes returned",
                summary: "Returns part of a string.",
                syntax: "key start end"),
            CommandDescriptor(
                .incr, "incr", arity: 2, effect: .writes(creates: .amending, propagates: .string, inStream: .executed),
                flags: [.denyOOM, .fast], keys: .single(1, "RW access update"), group: .string, since: "1.0.0",
                complexity: "O(1)", summary: "Adds one to the integer at a key; a missing key counts as 0.",
                syntax: "key"),
            CommandDescriptor(
                .decr, "decr", arity: 2, effect: .writes(creates: .amending, propagates: .string, inStream: .executed),
                flags: [.denyOOM, .fast], keys: .single(1, "RW access update"), group: .string, since: "1.0.0",
                complexity: "O(1)", summary: "Subtracts one from the integer at a key; a missing key counts as 0.",
                syntax: "key"),
            CommandDescriptor(
                .incrby, "incrby", arity: 3,
                effect: .writes(creates: .amending, propagates: .string, inStream: .executed), flags: [.denyOOM, .fast],
                keys: .single(1, "RW access update"), group: .string, since: "1.0.0", complexity: "O(1)",
                summary: "Adds to the integer at a key; a missing key counts as 0.",
                syntax: "key increment"),
            CommandDescriptor(
                .decrby, "decrby", arity: 3,
                effect: .writes(creates: .amending, propagates: .string, inStream: .executed), flags: [.denyOOM, .fast],
                keys: .single(1, "RW access update"), group: .string, since: "1.0.0", complexity: "O(1)",
                summary: "Subtracts from the integer at a key; a missing key counts as 0.",
                syntax: "key decrement"),
            CommandDescriptor(
                .incrbyfloat, "incrbyfloat", arity: 3,
                effect: .writes(creates: .amending, propagates: .string, inStream: .executed), flags: [.denyOOM, .fast],
                keys: .single(1, "RW access update"), group: .string, since: "2.6.0", complexity: "O(1)",
                summary: "Adds to the number at a key; a missing key counts as 0.",
                syntax: "key increment=double"),
        ]
    }
}
