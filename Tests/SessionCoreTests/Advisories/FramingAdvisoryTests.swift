import Testing

@testable import SessionCore

/// Redis advisory CVE-2021-32675: a stranger's multibulk and bulk headers had memory reserved for what they announced.
/// CVE-2021-41099 and CVE-2021-21309 are lengths that overflowed.
@Suite("CVE-2021-32675: lengths that are announced")
struct CVE_2021_32675Tests {
    private static let lengths = [
        "1048577", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616",
        "99999999999999999999999999999999999999", "-9223372036854775808", "-9223372036854775809", "0x10", "1e3", "",
        "+1", " 1", "1 ", "01",
    ]

    /// Each is refused, or asks for more; none has memory reserved for what it announces.
    @Test(arguments: lengths, [true, false])
    func reserveNothing(_ length: String, _ isAuthenticated: Bool) {
        for opening in ["*\(length)\r\n", "*2\r\n$4\r\nECHO\r\n$\(length)\r\n", "*\(length)\r\n$4\r\nECHO\r\n"] {
            let whole = exchange(opening, pieces: .max, isAuthenticated)
            #expect(whole == exchange(opening, pieces: 1, isAuthenticated), "\(opening.debugDescription)")
            #expect(ReplyFrames.count(in: Array(whole.answer.utf8)) != nil, "\(opening.debugDescription)")
            #expect(whole.answer.isEmpty || whole.answer.hasPrefix("-"), "\(opening.debugDescription)")
            #expect(whole.reserved < 4096, "\(opening.debugDescription)")
        }
    }

    private struct Outcome: Equatable {
        var answer: String
        var reserved: Int

        static func == (left: Outcome, right: Outcome) -> Bool { left.answer == right.answer }
    }

    private func exchange(_ text: String, pieces: Int, _ isAuthenticated: Bool) -> Outcome {
        var configuration = Configuration()
        if !isAuthenticated { configuration.requirePass = "pw" }
        let dialogue = NodeDialogue(configuration)
        var answer = ""
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            answer += dialogue.sendRaw(String(decoding: rest.prefix(pieces), as: UTF8.self))
            rest = rest.dropFirst(pieces)
        }
        return Outcome(
            answer: answer,
            reserved: dialogue.inspect { $0.connections[0].input.capacity + $0.connections[0].reply.buffer.capacity })
    }

    /// What stands where a bulk string's line end belongs is passed over, whatever it is, as in Redis: no peer can
    /// have the bytes behind it taken for another request than the server before it took them for.
    @Test(arguments: ["\r\n", "xx", "\n\n", "\0\0", "*1", "\r\r"])
    func bulkStringsThatEndInSomethingElse(_ end: String) {
        let dialogue = NodeDialogue()
        let sent = "*2\r\n$4\r\nECHO\(end)$2\r\nhi\(end)*1\r\n$4\r\nPING\(end)"
        #expect(dialogue.sendRaw(sent) == "$2\r\nhi\r\n+PONG\r\n")
        #expect(sent.utf8.map { dialogue.sendRaw(String(UnicodeScalar($0))) }.joined() == "$2\r\nhi\r\n+PONG\r\n")
    }
}

/// Redis advisory CVE-2016-10517: a web page could make a browser send a request whose body the server took for
/// commands.
@Suite("CVE-2016-10517: cross-protocol requests")
struct CVE_2016_10517Tests {
    @Test(arguments: [
        "POST / HTTP/1.1\r\n", "post /\r\n", "Host: localhost:6379\r\n", "HOST: x\r\n", "*1\r\n$4\r\nPOST\r\n",
        "*2\r\n$5\r\nhost:\r\n$1\r\nx\r\n",
    ], ["", "MULTI\r\n", "HELLO 3\r\n", "SUBSCRIBE c\r\n"])
    func endTheConnection(_ line: String, _ before: String) {
        for password in ["", "pw"] {
            var configuration = Configuration()
            configuration.requirePass = password
            let dialogue = NodeDialogue(configuration)
            dialogue.connect(1)
            _ = dialogue.sendRaw(before, on: 1)
            #expect(!dialogue.sendRaw(line + "Content-Length: 9\r\n\r\nSET k v\r\nEXEC\r\n", on: 1).contains("OK"))
            #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 1))))
            if !password.isEmpty { dialogue.expect("AUTH", password, gives: "+OK\r\n") }
            dialogue.expect("EXISTS", "k", gives: ":0\r\n")
        }
    }
}
