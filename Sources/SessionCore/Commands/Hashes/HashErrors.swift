/// Errors that only commands on hashes answer with.
extension ReplyError {
    static var hashValueNotAnInteger: ReplyError { .custom("ERR hash value is not an integer") }
    static var hashValueNotAFloat: ReplyError { .custom("ERR hash value is not a float") }
    static var infiniteIncrement: ReplyError { .custom("ERR value is NaN or Infinity") }
}
