/// Why a directive was refused. No text of it contains a directive's value, so that no password can end up in a reply,
/// a log or on a terminal.
public enum ConfigurationError: Error, Equatable, Sendable {
    case unknownDirective(String)
    /// The directive can be given at start only.
    case immutable(String)
    /// Likewise, because it says where files are written.
    case protected(String)
    /// Named twice in one `CONFIG SET`.
    case duplicate(String)
    case invalid(directive: String, reason: String)
    case unbalancedQuotes
    case invalidUTF8

    /// For people at a terminal, e.g. `port: argument must be between 0 and 65535 inclusive`.
    public var description: String {
        switch self {
        case .unknownDirective(let name): "unknown directive \"\(Self.nameOnly(name))\" (--help lists all)"
        case .immutable(let name): "\(name): \(Self.immutableReason)"
        case .protected(let name): "\(name): \(Self.protectedReason)"
        case .duplicate(let name): "\(name): \(Self.duplicateReason)"
        case .invalid(let name, let reason): "\(name): \(reason)"
        case .unbalancedQuotes: "unbalanced quotes"
        case .invalidUTF8: "the value is not valid UTF-8"
        }
    }

    /// The reply of `CONFIG SET`, in Redis 7's words.
    public var replyText: String {
        switch self {
        case .unknownDirective(let name): "ERR Unknown option or number of arguments for CONFIG SET - '\(name)'"
        case .immutable(let name): Self.failure(name, Self.immutableReason)
        case .protected(let name): Self.failure(name, Self.protectedReason)
        case .duplicate(let name): Self.failure(name, Self.duplicateReason)
        case .invalid(let name, let reason): Self.failure(name, reason)
        case .unbalancedQuotes, .invalidUTF8: "ERR CONFIG SET failed - \(description)"
        }
    }

    /// What is shown of a word that should be a directive and is not: as much of it as looks like one. In
    /// `requirepass=…` what follows is a password.
    private static func nameOnly(_ word: String) -> String {
        let name = word.utf8.prefix { ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 45 }
        let shown = String(decoding: name.prefix(Limits.shownDirective), as: UTF8.self)
        return shown.utf8.count == word.utf8.count ? shown : shown + "…"
    }

    private static let immutableReason = "can't set immutable config"
    private static let protectedReason = "can't set protected config"
    private static let duplicateReason = "duplicate parameter"

    private static func failure(_ name: String, _ reason: String) -> String {
        "ERR CONFIG SET failed (possibly related to argument '\(name)') - \(reason)"
    }
}

/// Why a configuration file or command line was refused: one line that says where and what, e.g.
/// `cloakroom.conf:12: unknown directive "foo"`.
public struct ConfigurationFailure: Error, Equatable, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ description: String) { self.description = description }

    /// - Parameter line: counted from 1.
    public init(source: String, line: Int, _ error: ConfigurationError) {
        self.init("\(source):\(line): \(error.description)")
    }
}
