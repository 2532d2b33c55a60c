/// Rows of the set commands.
extension CommandTable {
    /// Commands on sets.
    static func setCommands() -> [CommandDescriptor] {
        setMemberCommands() + setOperationCommands()
    }

    private static func setMemberCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .sadd, "sadd", arity: -3,
                effect: .writes(creates: .unmarked, propagates: .additions, inStream: .executed),
                flags: [.denyOOM, .fast], keys: .single(1, "RW insert"), group: .set, since: "1.0.0",
                complexity: "O(N) with N the number of members",
                summary: "Adds members to a set, creating it if need be.",
                syntax: "key member [member ...]"),
            CommandDescriptor(
                .srem, "srem", arity: -3, effect: .writes(creates: .nothing, propagates: .removal, inStream: .executed),
                flags: .fast, keys: .single(1, "RW delete"), group: .set, since: "1.0.0",
                complexity: "O(N) with N the number of members",
                summary: "Removes members from a set, and the set with its last one.",
                syntax: "key member [member ...]"),
            CommandDescriptor(
                .sismember, "sismember", arity: 3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO"),
                group: .set, since: "1.0.0", complexity: "O(1)", summary: "Tells whether a set has a member.",
                syntax: "key member"),
            CommandDescriptor(
                .smismember, "smismember", arity: -3, effect: .reads(.keys), flags: .fast,
                keys: .single(1, "RO access"), group: .set, since: "6.2.0",
                complexity: "O(N) with N the number of members",
                summary: "Tells for several members whether a set has them.",
                syntax: "key member [member ...]"),
            CommandDescriptor(
                .smembers, "smembers", arity: 2, effect: .reads(.keys), keys: .single(1, "RO access"), group: .set,
                since: "1.0.0", tips: "nondeterministic_output_order", complexity: "O(N) with N the size of the set",
                summary: "Returns all members.",
                syntax: "key"),
            CommandDescriptor(
                .scard, "scard", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO"), group: .set,
                since: "1.0.0", complexity: "O(1)", summary: "Returns the number of members.",
                syntax: "key"),
            CommandDescriptor(
                .spop, "spop", arity: -2,
                effect: .writes(creates: .nothing, propagates: .chosenMembers, inStream: .executed), flags: .fast,
                keys: .single(1, "RW access delete"), group: .set, since: "1.0.0", tips: "nondeterministic_output",
                complexity: "O(N) with N the members returned",
                summary: "Removes members chosen at random, and returns them.",
                syntax: "key [count@3.2.0]"),
            CommandDescriptor(
                .srandmember, "srandmember", arity: -2, effect: .reads(.keys), keys: .single(1, "RO access"),
                group: .set, since: "1.0.0", tips: "nondeterministic_output",
                complexity: "O(N) with N the members returned", summary: "Returns members chosen at random.",
                syntax: "key [count@2.6.0]"),
            CommandDescriptor(
                .smove, "smove", arity: 4, effect: .writes(creates: .unmarked, propagates: .move, inStream: .executed),
                flags: .fast, keys: .pair("RW access delete", "RW insert"), group: .set, since: "1.0.0",
                complexity: "O(1)", summary: "Moves a member from one set to another.",
                syntax: "source destination member"),
            CommandDescriptor(
                .sscan, "sscan", arity: -3, effect: .reads(.keys), keys: .single(1, "RO access"), group: .set,
                since: "2.8.0", tips: "nondeterministic_output",
                complexity: "O(M) a call with M the COUNT, O(N) for a whole walk through N members",
                summary: "Walks through the members of a set, a few at a time.",
                syntax: "key cursor [MATCH pattern] [COUNT count]"),
        ]
    }

    private static let intersectionComplexity: StaticString = "O(N*M) with N the smallest set's size and M sets"
    private static let sumComplexity: StaticString = "O(N) with N the members of all sets"

    private static func setOperationCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .sinter, "sinter", arity: -2, effect: .reads(.keys),
                keys: .range(first: 1, last: -1, step: 1, "RO access"), group: .set, since: "1.0.0",
                tips: "nondeterministic_output_order", complexity: intersectionComplexity,
                summary: "Returns the members that all sets have.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .sintercard, "sintercard", arity: -3, effect: .reads(.keys), flags: .movableKeys,
                keys: .counted(count: 1, "RO access"), group: .set, since: "7.0.0", complexity: intersectionComplexity,
                summary: "Returns how many members all sets have.",
                syntax: "numkeys=integer key [key ...] [LIMIT limit=integer]"),
            CommandDescriptor(
                .sinterstore, "sinterstore", arity: -3,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed), flags: .denyOOM,
                keys: .destinationAndRest("RW update", "RO access"), group: .set, since: "1.0.0",
                complexity: intersectionComplexity, summary: "Stores the members that all sets have as a set.",
                syntax: "destination key [key ...]"),
            CommandDescriptor(
                .sunion, "sunion", arity: -2, effect: .reads(.keys),
                keys: .range(first: 1, last: -1, step: 1, "RO access"), group: .set, since: "1.0.0",
                tips: "nondeterministic_output_order", complexity: sumComplexity,
                summary: "Returns the members that any of the sets has.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .sunionstore, "sunionstore", arity: -3,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed), flags: .denyOOM,
                keys: .destinationAndRest("OW update", "RO access"), group: .set, since: "1.0.0",
                complexity: sumComplexity, summary: "Stores the members that any of the sets has as a set.",
                syntax: "destination key [key ...]"),
            CommandDescriptor(
                .sdiff, "sdiff", arity: -2, effect: .reads(.keys),
                keys: .range(first: 1, last: -1, step: 1, "RO access"), group: .set, since: "1.0.0",
                tips: "nondeterministic_output_order", complexity: sumComplexity,
                summary: "Returns the members that the first set has and no other one.",
                syntax: "key [key ...]"),
            CommandDescriptor(
                .sdiffstore, "sdiffstore", arity: -3,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed), flags: .denyOOM,
                keys: .destinationAndRest("OW update", "RO access"), group: .set, since: "1.0.0",
                complexity: sumComplexity,
                summary: "Stores the members that the first set has and no other one as a set.",
                syntax: "destination key [key ...]"),
        ]
    }
}
