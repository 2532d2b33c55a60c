/// Errors that only commands on strings and counters answer with.
extension ReplyError {
    static var offsetOutOfRange: ReplyError { .custom("ERR offset is out of range") }
    static var stringTooLong: ReplyError { .custom("ERR string exceeds maximum allowed size (proto-max-bulk-len)") }
    static var decrementOverflow: ReplyError { .custom("ERR decrement would overflow") }
}
