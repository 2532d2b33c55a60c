import Foundation
import TestSupport
import Testing

/// A connection for session commands, which also checks what holds for every reply: no error text contains a token.
final class SessionClient {
    let connection: HiredisConnection
    /// Every token this client has seen.
    private var tokens: Set<String> = []

    /// - Parameter address: nil for the shared server.
    init(_ address: Address? = nil) throws {
        connection = try HiredisConnection(address ?? SharedServer.address())
    }

    /// Sends a command line; arguments with blanks are put in double quotes.
    func send(_ line: String) throws -> Reply { try send(arguments(of: line)) }

    func send(_ command: [Bytes]) throws -> Reply {
        let reply = try connection.command(command)
        if let error = reply.errorText {
            for token in tokens where error.contains(token) {
                Issue.record("an error text contains the token \(token): \(error)")
            }
        }
        return reply
    }

    /// Creates a session and returns its token.
    func create(_ options: String = "") throws -> String {
        let reply = try send("SESSCREATE " + options)
        guard case .bulk(let token) = reply else { throw HarnessError("SESSCREATE \(options): \(reply)") }
        tokens.insert(token.text)
        return token.text
    }

    /// Replaces a session's token and returns the new one.
    func rotate(_ token: String, _ options: String = "") throws -> String {
        let reply = try send("SESSROTATE \(token) \(options)")
        guard case .bulk(let new) = reply else { throw HarnessError("SESSROTATE \(options): \(reply)") }
        tokens.insert(new.text)
        return new.text
    }

    /// The map of `SESSGET`.
    /// - Throws: if there is no such session.
    func get(_ token: String, _ options: String = "") throws -> Reply {
        let reply = try send("SESSGET \(token) \(options)")
        guard reply.elements != nil else { throw HarnessError("SESSGET \(options): \(reply)") }
        return reply
    }

    /// An integer of the map of `SESSGET`.
    func number(_ key: String, _ token: String) throws -> Int64 {
        guard let value = try get(token)[key]?.integer else { throw HarnessError("SESSGET has no number \(key)") }
        return value
    }

    /// The handles of a user's sessions, in the order of `SESSLIST`.
    func handles(_ user: String) throws -> [String] {
        let reply = try send("SESSLIST \(user)")
        guard let sessions = reply[1]?.elements else { throw HarnessError("SESSLIST: \(reply)") }
        return sessions.compactMap { $0["handle"]?.text }
    }
}

/// The handle of a token as the specification defines it: the first 16 bytes of its SHA-256 in hexadecimal. Computed by
/// coreutils, so that the server is not compared with itself.
func handle(of token: String) throws -> String {
    String(try run("sha256sum", [], input: token).standardOutput.prefix(32))
}

/// One event as published.
struct SessionEvent: Decodable, Equatable {
    let event: String
    let handle: String
    let user: String?
    /// Unix milliseconds.
    let at: Int64
    let reason: String?
    let device: String?
}

/// A subscriber to session events.
final class EventListener {
    private let connection: HiredisConnection

    /// - Parameter channels: at least one.
    init(_ channels: String..., at address: Address? = nil) throws {
        connection = try HiredisConnection(address ?? SharedServer.address(), timeout: 10)
        try connection.append(["SUBSCRIBE"] + channels.map { Bytes($0) })
        for _ in channels { _ = try connection.nextReply() }
    }

    /// The next message: its channel and its event.
    func next() throws -> (channel: String, event: SessionEvent) {
        let message = try connection.nextReply()
        guard message[0] == "message", let channel = message[1]?.text, let payload = message[2]?.bytes else {
            throw HarnessError("not a message: \(message)")
        }
        return (channel, try JSONDecoder().decode(SessionEvent.self, from: Data(payload.bytes)))
    }

    /// The names of the next `count` events.
    func names(_ count: Int) throws -> [String] { try (0..<count).map { _ in try next().event.event } }
}

/// What a command line with a broken option is to be answered: Redis's arity error where it has fewer than `arity`
/// words, or else a syntax error.
func brokenOptionError(_ line: String, arity: Int) -> Reply {
    let words = arguments(of: line)
    guard words.count < arity else { return .error("ERR syntax error") }
    return .error("ERR wrong number of arguments for '\(words[0].text.lowercased())' command")
}
