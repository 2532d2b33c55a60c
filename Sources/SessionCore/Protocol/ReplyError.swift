/// Every error the node answers with, mapped to its exact text in this one file. Texts are Redis 7's wherever Redis has
/// the error; the `SESS*` family's own follow the specification. No text contains a token, password or key.
enum ReplyError: Error, Equatable {
    // Redis's own.
    case syntax
    case wrongType
    case notAnInteger
    case notAFloat
    case hashValueNotAnInteger
    case hashValueNotAFloat
    case notInRange
    case notAScoreRange
    case notAMemberRange
    case overflow
    case decrementOverflow
    case nanOrInfinity
    /// A request combines the same sets over and over.
    case repeatedSources
    case noSuchKey
    case sameObject
    case offsetOutOfRange
    case invalidCursor
    case invalidExpire(command: String)
    case stringTooLong
    case wrongArity(command: String)
    case unknownCommand([UInt8])
    case unknownSubcommand([UInt8], container: String)
    /// The connection is closed after this one.
    case protocolError(ProtocolError)
    case wrongSubcommandSyntax(String, container: String)
    case noAuthentication
    case wrongPassword
    case outOfMemory
    /// `CLIENT UNBLOCK … ERROR`.
    case unblocked
    case databaseIndexOutOfRange
    /// The commands of a script have answered with more than `Limits.reply` bytes.
    case scriptResultsTooLong
    /// The commands of a script have had, and answered with, more than `Limits.scriptCopies` bytes.
    case scriptCopiesTooMuch
    /// A command of a script would have more than so many bytes.
    case scriptCallTooLong(Int)
    case notInTransaction
    case invalidPrimaryHost
    /// What a replica says it is reached at is no `HostName`.
    case invalidReplicaAddress
    /// No room for a subscription, a watched key or a tracked prefix.
    case subscriptionsRefused(PubSub.Refusal)
    /// A name that is shown in lists is too long.
    case nameTooLong(String)
    /// The user may not execute the command.
    case commandNotPermitted(String)
    case keyNotPermitted
    case channelNotPermitted
    /// As `custom`, where the text quotes what need not be text.
    case quoting([UInt8])
    /// A text of its own, complete with its code (`ERR …`), for errors that only one command has.
    case custom(String)

    // Replication.
    case invalidPrimaryPort
    case replicaAddressTooLong(Int)

    // Sessions.
    case noSession
    case revoked
    case rotated
    case reused
    case version(current: UInt32)
    case bindMismatch
    case stepUp(level: UInt8)
    case sessionLimit
    case sessionExists
    case sessionTooBig
    case stale(version: UInt32)
    case sessionKeyReadOnly
    /// New sessions would leave more marks than are kept.
    case tombstonesFull

    /// What follows the minus sign, as it is sent. Some errors quote what the peer sent, which need not be text.
    var bytes: [UInt8] {
        switch self {
        case .unknownCommand(let name):
            Array("ERR unknown command '".utf8) + name + Array("', with args beginning with: ".utf8)
        case .unknownSubcommand(let name, let container):
            Array("ERR unknown subcommand '".utf8) + name + Array("'. Try \(container) HELP.".utf8)
        case .protocolError(let error): Array("ERR Protocol error: ".utf8) + error.reason
        case .quoting(let text): text
        default: Array(text.utf8)
        }
    }

    /// What follows the minus sign.
    var text: String {
        switch self {
        case .syntax: "ERR syntax error"
        case .wrongType: "WRONGTYPE Operation against a key holding the wrong kind of value"
        case .notAnInteger: "ERR value is not an integer or out of range"
        case .notAFloat: "ERR value is not a valid float"
        case .hashValueNotAnInteger: "ERR hash value is not an integer"
        case .hashValueNotAFloat: "ERR hash value is not a float"
        case .notInRange: "ERR value is out of range"
        case .notAScoreRange: "ERR min or max is not a float"
        case .notAMemberRange: "ERR min or max not valid string range item"
        case .overflow: "ERR increment or decrement would overflow"
        case .decrementOverflow: "ERR decrement would overflow"
        case .nanOrInfinity: "ERR increment would produce NaN or Infinity"
        case .repeatedSources:
            "ERR the sets that are named more than once have too many members (maximum is \(Limits.repeatedMembers))"
        case .noSuchKey: "ERR no such key"
        case .sameObject: "ERR source and destination objects are the same"
        case .offsetOutOfRange: "ERR offset is out of range"
        case .invalidCursor: "ERR invalid cursor"
        case .invalidExpire(let command): "ERR invalid expire time in '\(command)' command"
        case .stringTooLong: "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
        case .wrongArity(let command): "ERR wrong number of arguments for '\(command)' command"
        case .unknownCommand, .unknownSubcommand, .protocolError, .quoting: String(decoding: bytes, as: UTF8.self)
        case .wrongSubcommandSyntax(let name, let container):
            "ERR unknown subcommand or wrong number of arguments for '\(name)'. Try \(container) HELP."
        case .noAuthentication: "NOAUTH Authentication required."
        case .wrongPassword: "WRONGPASS invalid username-password pair or user is disabled."
        case .unblocked: "UNBLOCKED client unblocked via CLIENT UNBLOCK"
        case .outOfMemory: "OOM command not allowed when used memory > 'maxmemory'."
        case .databaseIndexOutOfRange: "ERR DB index is out of range"
        case .scriptCallTooLong(let limit): "ERR a command of the script would have more than \(limit) bytes"
        case .scriptCopiesTooMuch:
            "ERR the script's commands have copied more than \(Limits.scriptCopies) bytes, values that they read or "
                + "write several times included"
        case .scriptResultsTooLong: "ERR the script's commands have answered with more than \(Limits.reply) bytes"
        case .notInTransaction: "ERR Command not allowed inside a transaction"
        case .invalidPrimaryHost: "ERR Invalid master host"
        case .invalidReplicaAddress: "ERR REPLCONF ip-address is neither the name of a host nor an address"
        case .subscriptionsRefused(.full):
            "ERR too many subscriptions: with the watched keys of all connections they use the \(Limits.pubSubMemory) "
                + "bytes allowed"
        case .subscriptionsRefused(.beyondShare):
            "ERR too many subscriptions: with its watched keys this connection has as much as one may have of the "
                + "memory for them"
        case .nameTooLong(let what): "ERR \(what) is too long (maximum is \(Limits.clientName) bytes)"
        case .tombstonesFull:
            "OOM command not allowed when the marks of revoked and replaced tokens use their share of the memory."
        case .commandNotPermitted(let command):
            "NOPERM this user has no permissions to run the '\(command)' command"
        case .keyNotPermitted: "NOPERM this user has no permissions to access one of the keys used as arguments"
        case .channelNotPermitted: "NOPERM this user has no permissions to access one of the channels used as arguments"
        case .custom(let text): text
        case .invalidPrimaryPort: "ERR Invalid master port"
        case .replicaAddressTooLong(let bytes):
            "ERR REPLCONF ip-address provided by replica instance is too long: \(bytes) bytes"
        case .noSession: "NOSESSION no such session"
        case .revoked: "REVOKED the session was revoked"
        case .rotated: "ROTATED this token was replaced by a newer one"
        case .reused: "REUSED a replaced token was used after its grace"
        case .version(let current): "VERSION \(current)"
        case .bindMismatch: "BINDMISMATCH the fingerprint is not the one the session is bound to"
        case .stepUp(let level): "STEPUP \(level)"
        case .sessionLimit: "SESSLIMIT the user has as many sessions as allowed"
        case .sessionExists: "SESSEXISTS a session with this token exists"
        case .sessionTooBig: "SESSTOOBIG the session is larger than sess-max-bytes"
        case .stale(let version): "STALE \(version)"
        case .sessionKeyReadOnly: "ERR keys under '__sess__:' are sessions: change them with the SESS* commands"
        }
    }
}
