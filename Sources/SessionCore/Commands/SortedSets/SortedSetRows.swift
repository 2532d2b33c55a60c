/// Rows of the sorted set commands.
extension CommandTable {
    /// Commands on sorted sets, in the order of `CommandID`.
    static func sortedSetCommands() -> [CommandDescriptor] {
        scoreCommands() + rangeCommands() + removalCommands() + randomSortedSetCommands() + combiningCommands()
    }

    /// Commands on single members and their scores, and on counts.
    private static func scoreCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .zadd, "zadd", arity: -4, effect: .writes(creates: .unmarked, propagates: .scores, inStream: .executed),
                flags: [.denyOOM, .fast], keys: .single(1, "RW update"), group: .sortedSet, since: "1.2.0",
                complexity: "O(log N) a member, with N the size of the set",
                summary: "Adds members with scores, or changes the scores of members.",
                syntax: """
                    key [condition@3.0.2: NX | XX] [comparison@6.2.0: GT | LT] [CH@3.0.2 change=pure-token] \
                    [INCR@3.0.2 increment=pure-token] score member [score member ...]
                    """),
            CommandDescriptor(
                .zincrby, "zincrby", arity: 4,
                effect: .writes(creates: .unmarked, propagates: .score, inStream: .executed), flags: [.denyOOM, .fast],
                keys: .single(1, "RW access update"), group: .sortedSet, since: "1.2.0",
                complexity: "O(log N) with N the size of the set",
                summary: "Adds to the score of a member; a missing member counts as 0.",
                syntax: "key increment member"),
            CommandDescriptor(
                .zrem, "zrem", arity: -3, effect: .writes(creates: .nothing, propagates: .removal, inStream: .executed),
                flags: .fast, keys: .single(1, "RW delete"), group: .sortedSet, since: "1.2.0",
                complexity: "O(log N) a member, with N the size of the set",
                summary: "Removes members, and the set with its last one.",
                syntax: "key member [member ...]"),
            CommandDescriptor(
                .zscore, "zscore", arity: 3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .sortedSet, since: "1.2.0", complexity: "O(1)", summary: "Returns the score of a member.",
                syntax: "key member"),
            CommandDescriptor(
                .zmscore, "zmscore", arity: -3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .sortedSet, since: "6.2.0", complexity: "O(N) with N the number of members",
                summary: "Returns the scores of several members.",
                syntax: "key member [member ...]"),
            CommandDescriptor(
                .zcard, "zcard", arity: 2, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO"),
                group: .sortedSet, since: "1.2.0", complexity: "O(1)", summary: "Returns the number of members.",
                syntax: "key"),
            CommandDescriptor(
                .zrank, "zrank", arity: 3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .sortedSet, since: "2.0.0", complexity: "O(log N) with N the size of the set",
                summary: "Returns how many members are before a member.",
                syntax: "key member"),
            CommandDescriptor(
                .zrevrank, "zrevrank", arity: 3, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .sortedSet, since: "2.0.0", complexity: "O(log N) with N the size of the set",
                summary: "Returns how many members are behind a member.",
                syntax: "key member"),
            CommandDescriptor(
                .zcount, "zcount", arity: 4, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .sortedSet, since: "2.0.0", complexity: "O(log N) with N the size of the set",
                summary: "Counts the members with scores in a range.",
                syntax: "key min max"),
            CommandDescriptor(
                .zlexcount, "zlexcount", arity: 4, effect: .reads(.keys), flags: .fast, keys: .single(1, "RO access"),
                group: .sortedSet, since: "2.8.9", complexity: "O(log N) with N the size of the set",
                summary: "Counts the members in a lexicographic range, where all scores are equal.",
                syntax: "key min=string max=string"),
        ]
    }

    private static let logarithmic: StaticString = "O(log N + M) with N the size of the set and M the members returned"

    /// Commands that return or store ranges.
    private static func rangeCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .zrange, "zrange", arity: -4, effect: .reads(.keys), keys: .single(1, "RO access"), group: .sortedSet,
                since: "1.2.0", complexity: logarithmic,
                summary: "Returns a range of members by rank, score or lexicographic order.",
                syntax: """
                    key start=string stop=string [sortby@6.2.0: BYSCORE | BYLEX] [REV@6.2.0] \
                    [LIMIT@6.2.0 <offset count>] [WITHSCORES]
                    """),
            CommandDescriptor(
                .zrevrange, "zrevrange", arity: -4, effect: .reads(.keys), keys: .single(1, "RO access"),
                group: .sortedSet, since: "1.2.0", deprecated: ("6.2.0", "`ZRANGE` with the `REV` argument"),
                complexity: logarithmic, summary: "Returns a range of members by rank, the highest score first.",
                syntax: "key start stop [WITHSCORES]"),
            CommandDescriptor(
                .zrangebyscore, "zrangebyscore", arity: -4, effect: .reads(.keys), keys: .single(1, "RO access"),
                group: .sortedSet, since: "1.0.5", deprecated: ("6.2.0", "`ZRANGE` with the `BYSCORE` argument"),
                complexity: logarithmic, summary: "Returns the members with scores in a range.",
                syntax: "key min max [WITHSCORES@2.0.0] [LIMIT <offset count>]"),
            CommandDescriptor(
                .zrevrangebyscore, "zrevrangebyscore", arity: -4, effect: .reads(.keys), keys: .single(1, "RO access"),
                group: .sortedSet, since: "2.2.0",
                deprecated: ("6.2.0", "`ZRANGE` with the `REV` and `BYSCORE` arguments"), complexity: logarithmic,
                summary: "Returns the members with scores in a range, the highest first.",
                syntax: "key max min [WITHSCORES] [LIMIT <offset count>]"),
            CommandDescriptor(
                .zrangebylex, "zrangebylex", arity: -4, effect: .reads(.keys), keys: .single(1, "RO access"),
                group: .sortedSet, since: "2.8.9", deprecated: ("6.2.0", "`ZRANGE` with the `BYLEX` argument"),
                complexity: logarithmic,
                summary: "Returns the members in a lexicographic range, where all scores are equal.",
                syntax: "key min=string max=string [LIMIT <offset count>]"),
            CommandDescriptor(
                .zrevrangebylex, "zrevrangebylex", arity: -4, effect: .reads(.keys), keys: .single(1, "RO access"),
                group: .sortedSet, since: "2.8.9",
                deprecated: ("6.2.0", "`ZRANGE` with the `REV` and `BYLEX` arguments"), complexity: logarithmic,
                summary: "Returns the members in a lexicographic range, the last one first.",
                syntax: "key max=string min=string [LIMIT <offset count>]"),
            CommandDescriptor(
                .zrangestore, "zrangestore", arity: -5,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed), flags: .denyOOM,
                keys: .pair("OW update", "RO access"), group: .sortedSet, since: "6.2.0",
                complexity: "O(log N + M) with N the size of the set and M the members stored",
                summary: "Stores a range of members, by rank, score or lexicographic order, at another key.",
                syntax: """
                    dst src min=string max=string [sortby: BYSCORE | BYLEX] [REV] [LIMIT <offset count>]
                    """),
        ]
    }

    private static let removing: StaticString = "O(M log N) with N the size of the set and M the members removed"

    /// Commands that remove ranges and ends.
    private static func removalCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .zremrangebyrank, "zremrangebyrank", arity: 4,
                effect: .writes(creates: .nothing, propagates: .chosenScores, inStream: .executed),
                keys: .single(1, "RW delete"), group: .sortedSet, since: "2.0.0", complexity: removing,
                summary: "Removes the members in a range of ranks.",
                syntax: "key start stop"),
            CommandDescriptor(
                .zremrangebyscore, "zremrangebyscore", arity: 4,
                effect: .writes(creates: .nothing, propagates: .removal, inStream: .executed),
                keys: .single(1, "RW delete"), group: .sortedSet, since: "1.2.0", complexity: removing,
                summary: "Removes the members with scores in a range.",
                syntax: "key min max"),
            CommandDescriptor(
                .zremrangebylex, "zremrangebylex", arity: 4,
                effect: .writes(creates: .nothing, propagates: .chosenScores, inStream: .executed),
                keys: .single(1, "RW delete"), group: .sortedSet, since: "2.8.9", complexity: removing,
                summary: "Removes the members in a lexicographic range, where all scores are equal.",
                syntax: "key min=string max=string"),
            CommandDescriptor(
                .zpopmin, "zpopmin", arity: -2,
                effect: .writes(creates: .nothing, propagates: .chosenScores, inStream: .executed), flags: .fast,
                keys: .single(1, "RW access delete"), group: .sortedSet, since: "5.0.0", complexity: removing,
                summary: "Returns and removes the members with the lowest scores.",
                syntax: "key [count]"),
            CommandDescriptor(
                .zpopmax, "zpopmax", arity: -2,
                effect: .writes(creates: .nothing, propagates: .chosenScores, inStream: .executed), flags: .fast,
                keys: .single(1, "RW access delete"), group: .sortedSet, since: "5.0.0", complexity: removing,
                summary: "Returns and removes the members with the highest scores.",
                syntax: "key [count]"),
            CommandDescriptor(
                .zmpop, "zmpop", arity: -4,
                effect: .writes(creates: .nothing, propagates: .chosenScores, inStream: .executed), flags: .movableKeys,
                keys: .counted(count: 1, "RW access delete"), group: .sortedSet, since: "7.0.0",
                complexity: "O(K + M log N) with K keys, N the size of the set and M the members removed",
                summary: "Returns and removes members at one end of the first set that exists.",
                syntax: "numkeys key [key ...] <where: MIN | MAX> [COUNT count]"),
        ]
    }

    /// Commands that return members in no order.
    private static func randomSortedSetCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .zrandmember, "zrandmember", arity: -2, effect: .reads(.keys), keys: .single(1, "RO access"),
                group: .sortedSet, since: "6.2.0", tips: "nondeterministic_output",
                complexity: "O(N) with N the members returned", summary: "Returns members chosen at random.",
                syntax: "key [options: count [WITHSCORES]]"),
            CommandDescriptor(
                .zscan, "zscan", arity: -3, effect: .reads(.keys), keys: .single(1, "RO access"), group: .sortedSet,
                since: "2.8.0", tips: "nondeterministic_output",
                complexity: "O(M) a call with M the COUNT, O(N) for a whole walk through N members",
                summary: "Walks through the members of a sorted set, a few at a time.",
                syntax: "key cursor [MATCH pattern] [COUNT count]"),
        ]
    }

    private static let uniting: StaticString = "O(N + M log M) with N members in all sets and M in the result"
    private static let intersecting: StaticString =
        "O(N*K + M log M) with N members in the smallest of K sets and M in the result"
    private static let subtracting: StaticString =
        "O(N*K + M log M) with N members in the first of K sets and M in the result"

    /// Commands that combine sets.
    private static func combiningCommands() -> [CommandDescriptor] {
        [
            CommandDescriptor(
                .zunion, "zunion", arity: -3, effect: .reads(.keys), flags: .movableKeys,
                keys: .counted(count: 1, "RO access"), group: .sortedSet, since: "6.2.0", complexity: uniting,
                summary: "Returns the members that any of the sets has.",
                syntax: """
                    numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <aggregate: SUM | MIN | MAX>] \
                    [WITHSCORES]
                    """),
            CommandDescriptor(
                .zinter, "zinter", arity: -3, effect: .reads(.keys), flags: .movableKeys,
                keys: .counted(count: 1, "RO access"), group: .sortedSet, since: "6.2.0", complexity: intersecting,
                summary: "Returns the members that all of the sets have.",
                syntax: """
                    numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <aggregate: SUM | MIN | MAX>] \
                    [WITHSCORES]
                    """),
            CommandDescriptor(
                .zdiff, "zdiff", arity: -3, effect: .reads(.keys), flags: .movableKeys,
                keys: .counted(count: 1, "RO access"), group: .sortedSet, since: "6.2.0", complexity: subtracting,
                summary: "Returns the members that only the first of the sets has.",
                syntax: "numkeys key [key ...] [WITHSCORES]"),
            CommandDescriptor(
                .zintercard, "zintercard", arity: -3, effect: .reads(.keys), flags: .movableKeys,
                keys: .counted(count: 1, "RO access"), group: .sortedSet, since: "7.0.0",
                complexity: "O(N*K) with N members in the smallest of K sets",
                summary: "Counts the members that all of the sets have.",
                syntax: "numkeys key [key ...] [LIMIT limit]"),
            CommandDescriptor(
                .zunionstore, "zunionstore", arity: -4,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed),
                flags: [.denyOOM, .movableKeys], keys: .destinationAndCounted("OW update", "RO access"),
                group: .sortedSet, since: "2.0.0", complexity: uniting,
                summary: "Stores the members that any of the sets has at a key.",
                syntax: """
                    destination numkeys key [key ...] [WEIGHTS weight [weight ...]] \
                    [AGGREGATE <aggregate: SUM | MIN | MAX>]
                    """),
            CommandDescriptor(
                .zinterstore, "zinterstore", arity: -4,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed),
                flags: [.denyOOM, .movableKeys], keys: .destinationAndCounted("OW update", "RO access"),
                group: .sortedSet, since: "2.0.0", complexity: intersecting,
                summary: "Stores the members that all of the sets have at a key.",
                syntax: """
                    destination numkeys key [key ...] [WEIGHTS weight [weight ...]] \
                    [AGGREGATE <aggregate: SUM | MIN | MAX>]
                    """),
            CommandDescriptor(
                .zdiffstore, "zdiffstore", arity: -4,
                effect: .writes(creates: .unmarked, propagates: .changes, inStream: .executed),
                flags: [.denyOOM, .movableKeys], keys: .destinationAndCounted("OW update", "RO access"),
                group: .sortedSet, since: "6.2.0", complexity: subtracting,
                summary: "Stores the members that only the first of the sets has at a key.",
                syntax: "destination numkeys key [key ...]"),
        ]
    }
}
