/// A request of a virtual client, and what the checker makes of its reply.
struct Request {
    let words: [String]
    let kind: RequestKind
    /// The bytes on the wire up to the end of its reply; nil until the node has answered.
    var end: Int?
    var isError = false
    /// Where in a history a primary was when it had executed it; nil for what changes nothing.
    var place: Promise?

    init(_ words: [String], _ kind: RequestKind) {
        self.words = words
        self.kind = kind
    }

    /// It may change something.
    var isWrite: Bool {
        switch kind {
        case .write, .exec: true
        case .session(let request):
            switch request {
            case .get, .card: false
            default: true
            }
        default: false
        }
    }

    func encode(to bytes: inout [UInt8]) {
        bytes += Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes += Array("$\(word.utf8.count)\r\n".utf8)
            bytes += Array(word.utf8)
            bytes += [13, 10]
        }
    }
}

/// What a request does, as far as the checker follows it. Keys are numbers, see `KeySpace`.
enum RequestKind {
    /// May change these keys.
    case write([Int])
    /// `GET` and `EXISTS` of a key.
    case get(Int)
    case exists(Int)
    case session(SessionRequest)
    case wait
    /// Opens a transaction; executes it. What is between them is answered `QUEUED`.
    case multi, exec
    /// Nothing that is checked.
    case other
}

/// A `SESS*` request, in the checker's terms: a session's number and that of one of its tokens.
enum SessionRequest {
    case create(user: Int, idle: Int64, max: Int64, token: String?, value: String)
    case get(TokenName, touch: Bool)
    case touch(TokenName, idle: Int64?)
    case set(TokenName, value: String)
    case rotate(TokenName, grace: Int64)
    case revoke(TokenName)
    case revokeUser(Int)
    case card(Int)
}

/// A token: the session it belongs to, and its number among the session's tokens.
struct TokenName {
    let session: Int
    let token: Int
}

/// The plain keys of a simulation: some of each type.
enum KeySpace {
    static let strings = 0..<10
    static let hashes = 10..<14
    static let sets = 14..<18
    static let sortedSets = 18..<22
    static let all = 0..<22

    static func name(_ key: Int) -> String {
        switch key {
        case strings: "string:\(key)"
        case hashes: "hash:\(key)"
        case sets: "set:\(key)"
        default: "zset:\(key)"
        }
    }

    static let users = 5

    static func user(_ user: Int) -> String { "user-\(user)" }
}
