/// Errors that only commands on sorted sets answer with.
extension ReplyError {
    static var notAScoreRange: ReplyError { .custom("ERR min or max is not a float") }
    static var notAMemberRange: ReplyError { .custom("ERR min or max not valid string range item") }
    static var scoreNotANumber: ReplyError { .custom("ERR resulting score is not a number (NaN)") }
    static var weightNotAFloat: ReplyError { .custom("ERR weight value is not a float") }
    static var countNotPositive: ReplyError { .custom("ERR count should be greater than 0") }

    static func noInputKey(command: String) -> ReplyError {
        .custom("ERR at least 1 input key is needed for '\(command)' command")
    }

    /// A request combines the same sets over and over.
    static var repeatedSources: ReplyError {
        .custom(
            "ERR the sets that are named more than once have too many members (maximum is \(Limits.repeatedMembers))")
    }

    static var onlyNewOrOld: ReplyError { .custom("ERR XX and NX options at the same time are not compatible") }

    static var greaterLessOrNew: ReplyError {
        .custom("ERR GT, LT, and/or NX options at the same time are not compatible")
    }

    static var singleIncrement: ReplyError { .custom("ERR INCR option supports a single increment-element pair") }

    static var limitNeedsRange: ReplyError {
        .custom("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")
    }

    static var scoresOfMemberRange: ReplyError {
        .custom("ERR syntax error, WITHSCORES not supported in combination with BYLEX")
    }
}
