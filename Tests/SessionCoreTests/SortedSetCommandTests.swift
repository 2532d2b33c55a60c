import Testing

@testable import SessionCore

/// Sorted sets as clients see them, packed and with a tree. Replies and error texts were taken from redis-server
/// 7.0.15.
@Suite struct SortedSetCommandTests {
    /// - Parameter entries: members up to which a set is packed.
    private func dialogue(_ entries: Int) -> NodeDialogue {
        var configuration = Configuration()
        configuration.zsetMaxListpackEntries = entries
        return NodeDialogue(configuration)
    }

    /// A flat array of these bulk strings.
    private func members(_ words: String) -> String {
        let words = words.split(separator: " ")
        return "*\(words.count)" + words.map { "\r\n$\($0.utf8.count)\r\n\($0)" }.joined()
    }

    /// Members, scores and ranks.
    @Test(arguments: [128, 0]) func addAndAsk(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("ZADD z 1 a 2 b", ":2"), ("ZADD z 2 a 3 c", ":1"), ("ZADD z CH 5 a 5 b 3 c 9 d", ":3"),
            ("ZSCORE z a", "$1\r\n5"), ("ZSCORE z none", "$-1"), ("ZSCORE none a", "$-1"),
            ("ZMSCORE z a none d", "*3\r\n$1\r\n5\r\n$-1\r\n$1\r\n9"), ("ZMSCORE none a b", "*2\r\n$-1\r\n$-1"),
            ("ZCARD z", ":4"), ("ZCARD none", ":0"), ("ZRANK z c", ":0"), ("ZRANK z d", ":3"), ("ZREVRANK z c", ":3"),
            ("ZREVRANK z d", ":0"), ("ZRANK z none", "$-1"), ("ZRANK none a", "$-1"), ("ZREVRANK none a", "$-1"),
            ("ZRANGE z 0 -1 WITHSCORES", members("c 3 a 5 b 5 d 9")), ("TYPE z", "+zset"),
        ])
    }

    /// What ZADD may do to a score.
    @Test(arguments: [128, 0]) func conditions(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("ZADD z XX 1 a", ":0"), ("ZADD z NX 1 a", ":1"), ("ZADD z NX 2 a 3 b", ":1"), ("ZADD z XX 4 a 5 c", ":0"),
            ("ZADD z XX CH 6 a 5 c", ":1"), ("ZADD z GT CH 5 a 4 b 1 new", ":2"), ("ZADD z LT CH 7 a 3 b 2 new", ":1"),
            ("ZADD z LT CH 5 a", ":1"), ("ZADD z GT XX CH 9 a 9 none", ":1"),
            ("ZRANGE z 0 -1 WITHSCORES", members("new 1 b 3 a 9")), ("ZADD z INCR 1.5 a", "$4\r\n10.5"),
            ("ZADD z INCR NX 1 a", "$-1"), ("ZADD z INCR XX 1 none", "$-1"), ("ZADD z INCR GT -1 a", "$-1"),
            ("ZADD z INCR LT -1 a", "$3\r\n9.5"), ("ZADD none INCR XX 1 a", "$-1"), ("ZADD z INCR 3 fresh", "$1\r\n3"),
            ("ZINCRBY z 2 fresh", "$1\r\n5"), ("ZINCRBY z -0.25 other", "$5\r\n-0.25"), ("ZINCRBY new 1 a", "$1\r\n1"),
            ("ZADD z nx Ch 1 mixed", ":1"),
        ])
    }

    /// Which error comes first, and that nothing has changed then.
    @Test(arguments: [128, 0]) func errorsOfAdditions(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("SET s x", "+OK"),
            ("ZADD z", "-ERR wrong number of arguments for 'zadd' command"),
            ("ZADD z 1", "-ERR wrong number of arguments for 'zadd' command"), ("ZADD z 1 a 2", "-ERR syntax error"),
            ("ZADD z NX XX 1 a", "-ERR XX and NX options at the same time are not compatible"),
            ("ZADD z NX XX", "-ERR syntax error"),
            ("ZADD z GT LT 1 a", "-ERR GT, LT, and/or NX options at the same time are not compatible"),
            ("ZADD z GT NX 1 a", "-ERR GT, LT, and/or NX options at the same time are not compatible"),
            ("ZADD z LT NX 1 a", "-ERR GT, LT, and/or NX options at the same time are not compatible"),
            ("ZADD z GT LT NX XX 1 a", "-ERR XX and NX options at the same time are not compatible"),
            ("ZADD z INCR 1 a 2 b", "-ERR INCR option supports a single increment-element pair"),
            ("ZADD z x a", "-ERR value is not a valid float"), ("ZADD z 1 a x b", "-ERR value is not a valid float"),
            ("ZADD z nan a", "-ERR value is not a valid float"),
            ("ZADD z INCR nan a", "-ERR value is not a valid float"),
            ("ZADD z (1 a", "-ERR value is not a valid float"), ("ZADD z 1e400 a", "-ERR value is not a valid float"),
            ("ZINCRBY z x a", "-ERR value is not a valid float"),
            ("ZINCRBY z 1", "-ERR wrong number of arguments for 'zincrby' command"), ("EXISTS z", ":0"),
            ("ZADD z inf a -inf b", ":2"), ("ZINCRBY z -inf a", "-ERR resulting score is not a number (NaN)"),
            ("ZADD z INCR inf b", "-ERR resulting score is not a number (NaN)"), ("ZADD z inf c -inf c", ":1"),
            ("ZRANGE z 0 -1 WITHSCORES", members("b -inf c -inf a inf")),
            ("ZADD s 1 a", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("ZADD s x a", "-ERR value is not a valid float"),
            ("ZINCRBY s 1 a", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("ZADD s NX XX 1 a", "-ERR XX and NX options at the same time are not compatible"),
        ])
    }

    /// Scores of all sizes, as they are printed, and their order.
    @Test(arguments: [128, 0]) func scoresAsPrinted(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            (
                "ZADD z 0.1 a 0 b 1e17 c 1e16 d 5e-324 e 1e300 f 3.0 g 0x10 h 140737488355328 i "
                    + "-140737488355327 j 1717171717.123 k",
                ":11"
            ),
            (
                "ZRANGE z 0 -1 WITHSCORES",
                members(
                    "j -140737488355327 b 0 e 4.9406564584124654e-324 a 0.10000000000000001 g 3 h 16 "
                        + "k 1717171717.1229999 i 140737488355328 d 10000000000000000 c 1e+17 "
                        + "f 1.0000000000000001e+300")
            ),
            ("ZADD z 0 b", ":0"), ("ZSCORE z b", "$1\r\n0"),
        ])
    }

    @Test(arguments: [128, 0]) func removals(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("ZADD z 1 a 2 b 3 c 4 d 5 e", ":5"), ("ZREM z a none a", ":1"), ("ZREM none a", ":0"),
            ("ZREM z b c d e f", ":4"), ("EXISTS z", ":0"), ("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f", ":6"),
            ("ZREMRANGEBYRANK z 1 2", ":2"), ("ZREMRANGEBYRANK z -1 -1", ":1"), ("ZREMRANGEBYRANK z 5 9", ":0"),
            ("ZREMRANGEBYRANK z 2 1", ":0"), ("ZREMRANGEBYSCORE z (1 4", ":1"), ("ZREMRANGEBYSCORE z 9 inf", ":0"),
            ("ZREMRANGEBYSCORE z -inf +inf", ":2"), ("EXISTS z", ":0"), ("ZADD z 0 a 0 b 0 c 0 d", ":4"),
            ("ZREMRANGEBYLEX z [b (d", ":2"), ("ZREMRANGEBYLEX z - +", ":2"), ("EXISTS z", ":0"),
            ("ZREMRANGEBYRANK none 0 -1", ":0"), ("ZREMRANGEBYSCORE none 0 1", ":0"),
            ("ZREMRANGEBYLEX none - +", ":0"),
        ])
    }

    @Test(arguments: [128, 0]) func endsAreTaken(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f", ":6"), ("ZPOPMIN z", members("a 1")), ("ZPOPMAX z", members("f 6")),
            ("ZPOPMIN z 0", "*0"), ("ZPOPMIN z 2", members("b 2 c 3")), ("ZPOPMAX z 9", members("e 5 d 4")),
            ("EXISTS z", ":0"), ("ZPOPMIN z", "*0"), ("ZPOPMAX z 3", "*0"),
            ("ZPOPMIN z -1", "-ERR value is out of range, must be positive"),
            ("ZPOPMIN z x", "-ERR value is out of range, must be positive"), ("ZPOPMIN z 1 2", "-ERR syntax error"),
            ("ZADD z 1 a 2 b 3 c", ":3"), ("ZADD y 5 x", ":1"),
            ("ZMPOP 2 none z MIN", "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\na\r\n$1\r\n1"),
            ("ZMPOP 2 y z MAX COUNT 9", "*2\r\n$1\r\ny\r\n*1\r\n*2\r\n$1\r\nx\r\n$1\r\n5"),
            ("ZMPOP 1 z max COUNT 1", "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\nc\r\n$1\r\n3"),
            ("ZMPOP 1 z MIN COUNT 5", "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\nb\r\n$1\r\n2"), ("ZMPOP 1 z MIN", "*-1"),
            ("ZMPOP 0 z MIN", "-ERR numkeys should be greater than 0"),
            ("ZMPOP x z MIN", "-ERR numkeys should be greater than 0"), ("ZMPOP 2 z MIN", "-ERR syntax error"),
            ("ZMPOP 1 z MID", "-ERR syntax error"), ("ZMPOP 1 z MIN COUNT", "-ERR syntax error"),
            ("ZMPOP 1 z MIN COUNT 0", "-ERR count should be greater than 0"),
            ("ZMPOP 1 z MIN COUNT 1 COUNT 1", "-ERR syntax error"), ("ZMPOP 1 z MIN extra", "-ERR syntax error"),
        ])
    }

    @Test(arguments: [128, 0]) func ranges(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("ZADD z 1 a 2 b 3 c 4 d 5 e", ":5"),
            ("ZRANGE z 0 -1", members("a b c d e")), ("ZRANGE z 1 2", members("b c")),
            ("ZRANGE z -2 -1", members("d e")), ("ZRANGE z -100 1", members("a b")), ("ZRANGE z 4 9", members("e")),
            ("ZRANGE z 5 9", "*0"), ("ZRANGE z 3 1", "*0"), ("ZRANGE z 0 1 REV", members("e d")),
            ("ZRANGE z 1 2 REV WITHSCORES", members("d 4 c 3")), ("ZREVRANGE z 0 1 WITHSCORES", members("e 5 d 4")),
            ("ZREVRANGE z -1 -1", members("a")), ("ZRANGE z 2 4 BYSCORE", members("b c d")),
            ("ZRANGE z (2 (4 BYSCORE", members("c")), ("ZRANGE z 4 2 BYSCORE REV", members("d c b")),
            ("ZRANGE z -inf +inf BYSCORE LIMIT 1 2", members("b c")),
            ("ZRANGE z +inf -inf BYSCORE REV LIMIT 1 2 WITHSCORES", members("d 4 c 3")),
            ("ZRANGE z -inf +inf BYSCORE LIMIT 1 -1", members("b c d e")),
            ("ZRANGE z -inf +inf BYSCORE LIMIT -1 2", "*0"), ("ZRANGE z -inf +inf BYSCORE LIMIT 9 2", "*0"),
            ("ZRANGE z -inf +inf BYSCORE LIMIT 1 0", "*0"), ("ZRANGEBYSCORE z 2 3 WITHSCORES", members("b 2 c 3")),
            ("ZRANGEBYSCORE z 0 9 LIMIT 3 5", members("d e")), ("ZREVRANGEBYSCORE z 3 (1", members("c b")),
            ("ZREVRANGEBYSCORE z 1 3", "*0"), ("ZRANGEBYSCORE none 0 9", "*0"), ("ZRANGE none 0 -1", "*0"),
            ("ZCOUNT z 2 4", ":3"), ("ZCOUNT z (2 (4", ":1"), ("ZCOUNT z 4 2", ":0"), ("ZCOUNT z -inf inf", ":5"),
            ("ZCOUNT none 0 1", ":0"), ("ZRANGEBYSCORE z \"\" 2", members("a b")), ("ZCOUNT z ( (2", ":1"),
        ])
    }

    @Test(arguments: [128, 0]) func errorsOfRanges(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("SET s x", "+OK"),
            ("ZRANGE z a 1", "-ERR value is not an integer or out of range"),
            ("ZRANGE z 0 x", "-ERR value is not an integer or out of range"),
            (
                "ZRANGE z 0 1 LIMIT 0 1",
                "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
            ),
            ("ZRANGE z 0 1 LIMIT 0 -1", "*0"), ("ZRANGE z 0 1 LIMIT 0", "-ERR syntax error"),
            ("ZRANGE z 0 1 BYSCORE LIMIT x 1", "-ERR value is not an integer or out of range"),
            ("ZRANGE z 0 1 BYSCORE BYLEX", "-ERR syntax error"),
            ("ZRANGE z - + BYLEX WITHSCORES", "-ERR syntax error, WITHSCORES not supported in combination with BYLEX"),
            ("ZRANGE z 0 1 nonsense", "-ERR syntax error"), ("ZRANGE z x 1 BYSCORE", "-ERR min or max is not a float"),
            ("ZRANGE z nan 1 BYSCORE", "-ERR min or max is not a float"),
            ("ZRANGE z a + BYLEX", "-ERR min or max not valid string range item"),
            ("ZRANGEBYSCORE z 0 1 REV", "-ERR syntax error"), ("ZREVRANGE z 0 1 BYSCORE", "-ERR syntax error"),
            ("ZREVRANGE z 0 1 REV", "-ERR syntax error"),
            ("ZRANGEBYLEX z - + WITHSCORES", "-ERR syntax error, WITHSCORES not supported in combination with BYLEX"),
            ("ZCOUNT z x 1", "-ERR min or max is not a float"), ("ZCOUNT z ((1 2", "-ERR min or max is not a float"),
            ("ZLEXCOUNT z a b", "-ERR min or max not valid string range item"),
            ("ZLEXCOUNT z - ++", "-ERR min or max not valid string range item"),
            ("ZREMRANGEBYSCORE z x 1", "-ERR min or max is not a float"),
            ("ZREMRANGEBYLEX z a b", "-ERR min or max not valid string range item"),
            ("ZREMRANGEBYRANK z a 1", "-ERR value is not an integer or out of range"),
            ("ZRANGESTORE d z 0 1 WITHSCORES", "-ERR syntax error"),
            ("ZRANGE s 0 -1", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("ZRANGE s x y", "-ERR value is not an integer or out of range"),
            ("ZRANGEBYSCORE s x y", "-ERR min or max is not a float"),
            ("ZRANGEBYLEX s x y", "-ERR min or max not valid string range item"),
        ])
    }

    @Test(arguments: [128, 0]) func lexicographicRanges(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("ZADD z 0 a 0 b 0 c 0 d 0 e", ":5"),
            ("ZRANGE z - + BYLEX", members("a b c d e")), ("ZRANGE z [b (d BYLEX", members("b c")),
            ("ZRANGE z (b [d BYLEX", members("c d")), ("ZRANGE z (d [b BYLEX REV", members("c b")),
            ("ZRANGE z + - BYLEX REV LIMIT 1 2", members("d c")), ("ZRANGEBYLEX z [aa [c", members("b c")),
            ("ZREVRANGEBYLEX z [c [aa", members("c b")), ("ZREVRANGEBYLEX z [aa [c", "*0"),
            ("ZRANGEBYLEX z + -", "*0"), ("ZRANGEBYLEX z - + LIMIT 2 1", members("c")), ("ZLEXCOUNT z - +", ":5"),
            ("ZLEXCOUNT z [b +", ":4"), ("ZLEXCOUNT z (b (e", ":2"), ("ZLEXCOUNT z + -", ":0"),
            ("ZLEXCOUNT z [x [y", ":0"), ("ZLEXCOUNT none - +", ":0"), ("ZRANGEBYLEX z [ [", "*0"),
        ])
    }

    @Test(arguments: [128, 0]) func storedRanges(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("ZADD z 1 a 2 b 3 c 4 d", ":4"),
            ("ZRANGESTORE d z 1 2", ":2"), ("ZRANGE d 0 -1 WITHSCORES", members("b 2 c 3")),
            ("ZRANGESTORE d z 0 1 REV", ":2"), ("ZRANGE d 0 -1 WITHSCORES", members("c 3 d 4")),
            ("ZRANGESTORE d z (1 inf BYSCORE LIMIT 0 2", ":2"), ("ZRANGE d 0 -1 WITHSCORES", members("b 2 c 3")),
            ("ZRANGESTORE z z 1 -1", ":3"), ("ZRANGE z 0 -1 WITHSCORES", members("b 2 c 3 d 4")), ("SET s x", "+OK"),
            ("ZRANGESTORE s z 0 0", ":1"), ("TYPE s", "+zset"), ("EXPIRE s 100", ":1"), ("ZRANGESTORE s z 0 0", ":1"),
            ("TTL s", ":-1"), ("ZRANGESTORE s z 9 9", ":0"), ("EXISTS s", ":0"), ("ZRANGESTORE s none 0 -1", ":0"),
            ("SET s x", "+OK"), ("ZRANGESTORE s none 0 -1", ":0"), ("EXISTS s", ":0"), ("SET s x", "+OK"),
            ("ZRANGESTORE d s 0 -1", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("EXISTS d", ":1"),
        ])
    }

    @Test(arguments: [128, 0]) func combinations(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("ZADD x 1 a 2 b 3 c", ":3"), ("ZADD y 10 b 20 c 30 d", ":3"),
            ("ZUNION 2 x y", members("a b c d")), ("ZUNION 2 x y WITHSCORES", members("a 1 b 12 c 23 d 30")),
            ("ZUNION 3 x y none WITHSCORES WEIGHTS 2 3 1", members("a 2 b 34 c 66 d 90")),
            ("ZUNION 2 x y AGGREGATE MIN WITHSCORES", members("a 1 b 2 c 3 d 30")),
            ("ZUNION 2 x y AGGREGATE max WITHSCORES", members("a 1 b 10 c 20 d 30")),
            ("ZUNION 2 x x WITHSCORES", members("a 2 b 4 c 6")), ("ZINTER 2 x y WITHSCORES", members("b 12 c 23")),
            ("ZINTER 2 x y WITHSCORES WEIGHTS 10 -1", members("b 10 c 10")), ("ZINTER 2 x none", "*0"),
            ("ZINTER 1 x", members("a b c")), ("ZINTER 2 x x WITHSCORES AGGREGATE SUM", members("a 2 b 4 c 6")),
            ("ZDIFF 2 x y WITHSCORES", members("a 1")), ("ZDIFF 2 x x", "*0"), ("ZDIFF 2 none x", "*0"),
            ("ZDIFF 2 x none", members("a b c")), ("ZINTERCARD 2 x y", ":2"), ("ZINTERCARD 2 x y LIMIT 1", ":1"),
            ("ZINTERCARD 2 x y LIMIT 0", ":2"), ("ZINTERCARD 1 none", ":0"),
            ("ZUNIONSTORE d 2 x y WEIGHTS 1 0.5", ":4"), ("ZRANGE d 0 -1 WITHSCORES", members("a 1 b 7 c 13 d 15")),
            ("ZINTERSTORE d 2 x y", ":2"), ("ZRANGE d 0 -1 WITHSCORES", members("b 12 c 23")),
            ("ZDIFFSTORE d 2 x y", ":1"), ("ZRANGE d 0 -1 WITHSCORES", members("a 1")), ("ZUNIONSTORE x 2 x y", ":4"),
            ("ZRANGE x 0 -1 WITHSCORES", members("a 1 b 12 c 23 d 30")), ("ZDIFFSTORE x 2 x x", ":0"),
            ("EXISTS x", ":0"), ("ZINTERSTORE x 1 none", ":0"), ("ZADD p inf a 1 b", ":2"), ("ZADD q -inf a", ":1"),
            ("ZUNION 2 p q WITHSCORES", members("a 0 b 1")),
            ("ZINTER 2 p q WITHSCORES AGGREGATE MIN", members("a -inf")),
            ("ZUNION 1 p WEIGHTS 0 WITHSCORES", members("a 0 b 0")),
            ("ZINTER 2 p q WEIGHTS 0 1 WITHSCORES", members("a 0")),
        ])
    }

    @Test(arguments: [128, 0]) func errorsOfCombinations(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.expect([
            ("SET s x", "+OK"),
            ("ZUNION 0 x", "-ERR at least 1 input key is needed for 'zunion' command"),
            ("ZUNION x x", "-ERR value is not an integer or out of range"), ("ZUNION 2 x", "-ERR syntax error"),
            ("ZUNION 1 x WEIGHTS", "-ERR syntax error"), ("ZUNION 1 x WEIGHTS x", "-ERR weight value is not a float"),
            ("ZUNION 1 x WEIGHTS nan", "-ERR weight value is not a float"),
            ("ZUNION 2 x x WEIGHTS 1", "-ERR syntax error"), ("ZUNION 1 x AGGREGATE", "-ERR syntax error"),
            ("ZUNION 1 x AGGREGATE avg", "-ERR syntax error"), ("ZUNION 1 x nonsense", "-ERR syntax error"),
            ("ZDIFF 1 x WEIGHTS 1", "-ERR syntax error"), ("ZDIFF 1 x AGGREGATE MIN", "-ERR syntax error"),
            ("ZDIFFSTORE d 1 x WITHSCORES", "-ERR syntax error"),
            ("ZUNIONSTORE d 1 x WITHSCORES", "-ERR syntax error"),
            ("ZUNIONSTORE d 0 x", "-ERR at least 1 input key is needed for 'zunionstore' command"),
            ("ZINTERSTORE d -1 x", "-ERR at least 1 input key is needed for 'zinterstore' command"),
            ("ZDIFFSTORE d 0 x", "-ERR at least 1 input key is needed for 'zdiffstore' command"),
            ("ZINTERCARD 0 x", "-ERR at least 1 input key is needed for 'zintercard' command"),
            ("ZINTERCARD 1 x LIMIT", "-ERR syntax error"), ("ZINTERCARD 1 x LIMIT -1", "-ERR LIMIT can't be negative"),
            ("ZINTERCARD 1 x LIMIT x", "-ERR LIMIT can't be negative"),
            ("ZINTERCARD 1 x WITHSCORES", "-ERR syntax error"),
            ("ZUNION 2 none s", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("ZUNION 2 s none nonsense", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("ZUNIONSTORE d 1 s", "-WRONGTYPE Operation against a key holding the wrong kind of value"),
            ("EXISTS d", ":0"),
        ])
    }

    @Test(arguments: [128, 0]) func repliesInRESP3(entries: Int) {
        let dialogue = dialogue(entries)
        dialogue.modify { $0.connections[0].reply.isRESP3 = true }
        dialogue.expect([
            ("ZADD z 1 a 2.5 b inf c", ":3"),
            ("ZSCORE z a", ",1"), ("ZSCORE z none", "_"), ("ZMSCORE z a none", "*2\r\n,1\r\n_"),
            ("ZRANGE z 0 0", members("a")),
            ("ZRANGE z 0 1 WITHSCORES", "*2\r\n*2\r\n$1\r\na\r\n,1\r\n*2\r\n$1\r\nb\r\n,2.5"),
            (
                "ZRANGEBYSCORE z 0 inf WITHSCORES",
                "*3\r\n*2\r\n$1\r\na\r\n,1\r\n*2\r\n$1\r\nb\r\n,2.5\r\n*2\r\n$1\r\nc\r\n,inf"
            ),
            ("ZRANK z none", "_"), ("ZINCRBY z 1 a", ",2"), ("ZADD z INCR XX 1 none", "_"),
            ("ZPOPMIN z", "*2\r\n$1\r\na\r\n,2"), ("ZPOPMIN z 1", "*1\r\n*2\r\n$1\r\nb\r\n,2.5"),
            ("ZADD z 1 a 2.5 b inf c", ":2"), ("ZPOPMAX z 1", "*1\r\n*2\r\n$1\r\nc\r\n,inf"),
            ("ZMPOP 1 z MIN", "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\na\r\n,1"), ("ZMPOP 1 none MIN", "_"),
            ("ZRANDMEMBER none", "_"), ("ZRANDMEMBER z", "$1\r\nb"),
            ("ZRANDMEMBER z 5 WITHSCORES", "*1\r\n*2\r\n$1\r\nb\r\n,2.5"),
            ("ZUNION 1 z WITHSCORES", "*1\r\n*2\r\n$1\r\nb\r\n,2.5"), ("ZINTER 1 z", members("b")),
            ("ZSCAN z 0", "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$3\r\n2.5"), ("ZRANGE none 0 -1", "*0"),
        ])
    }
}
