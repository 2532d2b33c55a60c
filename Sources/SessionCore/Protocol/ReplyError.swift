/// What the node answers instead of a result: one line, complete with its code (`ERR`, `WRONGTYPE` …).
///
/// Every text is a static member of this type, and each is in one place: below if several families of commands answer
/// with it, else in the `…Errors.swift` of its family. Texts are Redis 7's wherever Redis has the error; the `SESS*`
/// family's own follow the specification. No text contains a token, password or key.
enum ReplyError: Error, Equatable {
    case custom(String)
    /// As `custom`, where the text quotes what the peer sent, which need not be text.
    case quoting([UInt8])

    /// What follows the minus sign, as it is sent.
    var bytes: [UInt8] {
        switch self {
        case .custom(let text): Array(text.utf8)
        case .quoting(let bytes): bytes
        }
    }

    /// What follows the minus sign.
    var text: String {
        switch self {
        case .custom(let text): text
        case .quoting(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// Errors that several families of commands answer with.
extension ReplyError {
    // MARK: Requests

    static var syntax: ReplyError { .custom("ERR syntax error") }

    static func wrongArity(command: String) -> ReplyError {
        .custom("ERR wrong number of arguments for '\(command)' command")
    }

    static func unknownCommand(_ name: [UInt8]) -> ReplyError {
        .quoting(Array("ERR unknown command '".utf8) + name + Array("', with args beginning with: ".utf8))
    }

    static func unknownSubcommand(_ name: [UInt8], container: String) -> ReplyError {
        .quoting(Array("ERR unknown subcommand '".utf8) + name + Array("'. Try \(container) HELP.".utf8))
    }

    static func wrongSubcommandSyntax(_ name: String, container: String) -> ReplyError {
        .custom("ERR unknown subcommand or wrong number of arguments for '\(name)'. Try \(container) HELP.")
    }

    /// The connection is closed after this one.
    static func protocolError(_ error: ProtocolError) -> ReplyError {
        .quoting(Array("ERR Protocol error: ".utf8) + error.reason)
    }

    static var numkeysNotPositive: ReplyError { .custom("ERR numkeys should be greater than 0") }
    static var numkeysTooLarge: ReplyError { .custom("ERR Number of keys can't be greater than number of args") }
    static var negativeLimit: ReplyError { .custom("ERR LIMIT can't be negative") }
    static var invalidCursor: ReplyError { .custom("ERR invalid cursor") }
    static var invalidTimeout: ReplyError { .custom("ERR timeout is not an integer or out of range") }
    static var negativeTimeout: ReplyError { .custom("ERR timeout is negative") }

    static func invalidExpire(command: String) -> ReplyError {
        .custom("ERR invalid expire time in '\(command)' command")
    }

    static var databaseIndexOutOfRange: ReplyError { .custom("ERR DB index is out of range") }

    // MARK: Numbers

    static var notAnInteger: ReplyError { .custom("ERR value is not an integer or out of range") }
    static var notAFloat: ReplyError { .custom("ERR value is not a valid float") }
    static var notInRange: ReplyError { .custom("ERR value is out of range") }
    static var notPositive: ReplyError { .custom("ERR value is out of range, must be positive") }

    static func notBetween(_ lowest: Int64, and highest: Int64) -> ReplyError {
        .custom("ERR value is out of range, value must between \(lowest) and \(highest)")
    }

    static var overflow: ReplyError { .custom("ERR increment or decrement would overflow") }
    static var nanOrInfinity: ReplyError { .custom("ERR increment would produce NaN or Infinity") }

    // MARK: Data

    static var wrongType: ReplyError { .custom("WRONGTYPE Operation against a key holding the wrong kind of value") }
    static var noSuchKey: ReplyError { .custom("ERR no such key") }
    static var keyTooLong: ReplyError { .custom("ERR key is too long (maximum is \(Limits.key) bytes)") }
    static var outOfMemory: ReplyError { .custom("OOM command not allowed when used memory > 'maxmemory'.") }

    /// New sessions would leave more marks than are kept.
    static var tombstonesFull: ReplyError {
        .custom("OOM command not allowed when the marks of revoked and replaced tokens use their share of the memory.")
    }
}
