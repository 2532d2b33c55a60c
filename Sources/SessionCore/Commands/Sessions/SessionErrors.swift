/// Errors about sessions; their codes follow the specification. No text contains a token.
extension ReplyError {
    // MARK: States

    static var noSession: ReplyError { .custom("NOSESSION no such session") }
    static var revoked: ReplyError { .custom("REVOKED the session was revoked") }
    static var rotated: ReplyError { .custom("ROTATED this token was replaced by a newer one") }
    static var reused: ReplyError { .custom("REUSED a replaced token was used after its grace") }

    static var bindMismatch: ReplyError {
        .custom("BINDMISMATCH the fingerprint is not the one the session is bound to")
    }

    static func stepUp(level: UInt8) -> ReplyError { .custom("STEPUP \(level)") }
    static func version(current: UInt32) -> ReplyError { .custom("VERSION \(current)") }
    static func stale(version: UInt32) -> ReplyError { .custom("STALE \(version)") }

    // MARK: Bounds

    static var sessionLimit: ReplyError { .custom("SESSLIMIT the user has as many sessions as allowed") }
    static var sessionExists: ReplyError { .custom("SESSEXISTS a session with this token exists") }
    static var sessionTooBig: ReplyError { .custom("SESSTOOBIG the session is larger than sess-max-bytes") }

    static var userAlreadySet: ReplyError {
        .custom("ERR the session belongs to a user already: rotate it to change that")
    }

    static var tooManyFields: ReplyError { .custom("ERR too many fields (maximum is \(Limits.fields))") }

    static var fieldNameTooLong: ReplyError {
        .custom("ERR field name is too long (maximum is \(Limits.fieldName) bytes)")
    }

    static var reservedFieldName: ReplyError { .custom("ERR field names that start with '@' are reserved") }

    // MARK: Arguments

    static var numfieldsNotPositive: ReplyError { .custom("ERR numfields must be at least 1") }
    static var countOutOfRange: ReplyError { .custom("ERR COUNT must be 1 to \(Limits.listPage)") }
    static var limitNotPositive: ReplyError { .custom("ERR LIMIT must be at least 1") }
    static var levelOutOfRange: ReplyError { .custom("ERR level must be 1 to 255") }
    static var negativeVersion: ReplyError { .custom("ERR version must not be negative") }

    static var policyNotSupported: ReplyError {
        .custom("ERR POLICY is not supported by this version: give the options themselves")
    }

    static func notADuration(_ name: StaticString) -> ReplyError {
        .custom("ERR \(name) is not a duration: give milliseconds, or a number with s, m, h or d")
    }

    static func durationOutOfRange(_ name: StaticString, minimum: Int64) -> ReplyError {
        .custom("ERR \(name) must be \(minimum) to \(Limits.duration) milliseconds")
    }

    static func lengthOutOfRange(_ name: StaticString, _ bounds: ClosedRange<Int>) -> ReplyError {
        .custom("ERR \(name) must be \(bounds.lowerBound) to \(bounds.upperBound) bytes long")
    }

    static var invalidHandle: ReplyError { .custom("ERR a handle is 32 hexadecimal characters") }

    // MARK: Sessions as keys

    static var sessionKeyReadOnly: ReplyError {
        .custom("ERR keys under '__sess__:' are sessions: change them with the SESS* commands")
    }

    /// A primary's stream sets a hash under a session's key.
    static var notASession: ReplyError { .custom("ERR the hash under this key would be no session") }
}
