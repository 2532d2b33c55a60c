import Testing

@testable import SessionCore

/// What tests of sessions say often.
extension NodeDialogue {
    /// Sends one command and returns its reply as a value.
    func reply(_ words: String..., on connection: UInt32 = 0) -> WireReply { reply(words, on: connection) }

    func reply(_ words: [String], on connection: UInt32 = 0) -> WireReply {
        reply(words.map { Array($0.utf8) }, on: connection)
    }

    func reply(_ words: [[UInt8]], on connection: UInt32 = 0) -> WireReply {
        let replies = WireReply.all(in: sendBytes(words, on: connection))
        precondition(replies.count == 1, "one request, one reply: \(replies)")
        return replies[0]
    }

    /// Sends a command of words without spaces.
    func run(_ command: String) -> WireReply { reply(command.split(separator: " ").map(String.init)) }

    /// Creates a session with options without spaces and returns its token.
    func create(_ options: String = "") -> String {
        let reply = run("SESSCREATE \(options)")
        guard let token = reply.text else { fatalError("SESSCREATE \(options): \(reply)") }
        return token
    }

    /// Replaces a session's token and returns the new one.
    func rotate(_ token: String, _ options: String = "") -> String {
        let reply = run("SESSROTATE \(token) \(options)")
        guard let token = reply.text else { fatalError("SESSROTATE \(options): \(reply)") }
        return token
    }

    /// A number of what SESSGET answers; nil if there is no session.
    func number(_ name: String, _ token: String) -> Int64? { run("SESSGET \(token)")[name]?.number }

    /// The data of a session; nil if there is none.
    func data(_ token: String) -> [String: String]? {
        guard let data = run("SESSGET \(token)")["data"]?.elements else { return nil }
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: data.count, by: 2) { fields[data[index].text ?? ""] = data[index + 1].text }
        return fields
    }

    /// The handle that the server gives a live session.
    func handle(_ token: String) -> String { run("SESSGET \(token)")["handle"]?.text ?? "" }

    /// Unix milliseconds now.
    var milliseconds: Int64 { now.unixMilliseconds }

    /// Subscribes connection 9 to the events of all sessions.
    func listen() { _ = send("PSUBSCRIBE", "__session__:*", on: 9) }

    /// The payloads that `listen` has brought since the last call, oldest first.
    func heard() -> [String] {
        WireReply.all(in: Array(read(on: 9).utf8)).compactMap { $0.elements?.last?.text }
    }

    /// The names of the events that `listen` has brought since the last call.
    func heardNames() -> [String] {
        heard().map { String($0.dropFirst(#"{"event":""#.count).prefix { $0 != "\"" }) }
    }
}

/// A handle computed from the token, as a client that has SHA-256 would.
func expectedHandle(_ token: String) -> String {
    var buffer = ByteBuffer()
    Handle(token: token.utf8Span.span.bytes).write(to: &buffer)
    return buffer.bytes.text
}
