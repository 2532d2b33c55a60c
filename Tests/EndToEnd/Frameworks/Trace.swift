import TestSupport
import Testing

/// What a client sends and must be answered, written down as a dialogue:
/// ```
/// > SET sess:a data EX 3600       sent on a connection of its own
/// OK                              its reply, as `Reply.description` spells it
/// > EXPIRE sess:a 3600
/// (integer) 1
/// other> SUBSCRIBE news           sent on a second connection, called `other`
/// ["subscribe", "news", (integer) 1]
/// > PUBLISH news hi
/// (integer) 1
/// other< ["message", "news", "hi"]     arrives there unasked
/// ```
/// - `*` stands for any reply that is not an error.
/// - `(integer) about 3600` stands for a number at most 20 less: a time to live.
/// - `{now+500}` stands for a moment, in Unix milliseconds, 500 ms after the dialogue began.
/// - A line that begins with `|` is part of a pipeline: the replies to all of its commands follow the last of them, in
///   their order.
struct Trace: Sendable, CustomTestStringConvertible {
    let name: String
    private let lines: [String]

    init(_ name: String, _ text: String) {
        self.name = name
        lines = text.split(separator: "\n").map(String.init)
    }

    var testDescription: String { name }

    /// Holds the dialogue with a server.
    /// - Throws: at the first reply that is not as written, naming it.
    func replay(at address: Address) throws {
        let start = wallMilliseconds()
        var connections: [Substring: RawConnection] = [:]
        func connection(_ name: Substring) throws -> RawConnection {
            if let known = connections[name] { return known }
            let fresh = try RawConnection(address)
            connections[name] = fresh
            return fresh
        }
        var asked = "nothing"
        var current = try connection("")
        for line in lines.map({ moments(in: $0, from: start) }) {
            if let sent = line.wholeMatch(of: #/(\w*)[>|] (.*)/#) {
                (current, asked) = (try connection(sent.output.1), String(sent.output.2))
                try current.send(encoded(arguments(of: asked)))
                continue
            }
            var expected = line[...]
            if let arrived = line.wholeMatch(of: #/(\w+)< (.*)/#) {
                current = try connection(arrived.output.1)
                expected = arrived.output.2
            }
            let reply = try current.reply()
            guard Self.matches(reply, expected) else {
                throw HarnessError("\(name): after \(asked): expected \(expected), got \(reply)")
            }
        }
    }

    private func moments(in line: String, from start: Int64) -> String {
        line.replacing(#/\{now\+(\d+)\}/#) { String(start + (Int64($0.output.1) ?? 0)) }
    }

    private static func matches(_ reply: Reply, _ expected: Substring) -> Bool {
        if expected == "*" { return reply.errorCode == nil }
        if let most = expected.wholeMatch(of: #/\(integer\) about (\d+)/#).flatMap({ Int64($0.output.1) }) {
            return reply.integer.map { $0 <= most && $0 >= most - 20 } ?? false
        }
        return reply.description == expected
    }
}
