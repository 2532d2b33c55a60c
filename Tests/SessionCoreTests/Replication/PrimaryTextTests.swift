import Testing

@testable import SessionCore

/// What a primary says may repeat what it was told: `masterauth` is never logged.
@Suite struct PrimaryTextTests {
    private static let id = String(repeating: "0123456789", count: 4)

    /// Secrets, and what of each must not be seen.
    static let secrets = [
        ("correct horse battery staple", "corr"), ("pw", "pw"), ("\u{7}\u{1}bell\u{7}", "bell"),
    ]

    /// What a primary may say.
    static let texts = [
        "-ERR unknown command 'AUTH', with args beginning with: 'user' 'SECRET' ", "-ERR SECRET", "-SECRET", "SECRET",
        "-ERR \(String(repeating: "x", count: 120))SECRET", "-ERR with args beginning with: 'BEGINNING' ",
    ]

    private static let snapshot: [UInt8] = {
        var writer = RDBWriter()
        writer.begin()
        writer.end()
        return writer.buffer.bytes.array
    }()

    /// Everything that the node logs when its primary says `text` after so many good answers, or in the stream.
    private func log(_ text: String, after answers: Int, inStream isInStream: Bool, secret: String) -> [String] {
        var configuration = Configuration()
        configuration.replicaOf = PrimaryAddress(host: "example.org", port: 7000)
        (configuration.primaryPassword, configuration.primaryUser) = (secret, "user")
        configuration.logLevel = .debug
        let node = NodeDialogue(configuration)
        node.advance(milliseconds: 0)
        _ = node.effects()
        node.dialed(7)
        let good = ["+PONG", "+OK", "+OK", "+OK", "+FULLRESYNC \(Self.id) 0"]
        node.deliver(Array(good.prefix(answers).map { $0 + "\r\n" }.joined().utf8), on: 7)
        if isInStream {
            node.deliver(Array("$\(Self.snapshot.count)\r\n".utf8) + Self.snapshot, on: 7)
            #expect(node.send("INFO", "replication").contains("master_link_status:up\r\n"))
        }
        node.deliver(Array(text.utf8), on: 7)
        node.advance(milliseconds: 0)
        return node.effects().compactMap { if case .log(_, let text) = $0 { text } else { nil } }
    }

    @Test(arguments: secrets, texts) func secretsAreNotLogged(_ secret: (text: String, sign: String), _ text: String) {
        let beginning = String(secret.text.prefix(4))
        let said = text.replacing("SECRET", with: secret.text).replacing("BEGINNING", with: beginning)
        for answers in 0...5 {
            let log = log(said + "\r\n", after: answers, inStream: false, secret: secret.text)
            // Good answers to what the replica says of itself are not logged.
            let isLogged = said.hasPrefix("-") || ![1, 2, 3].contains(answers)
            #expect(!isLogged || log.contains { $0.contains("(redacted)") }, "\(log)")
            #expect(!log.contains { $0.contains(secret.sign) }, "\(log)")
        }
        for words in [["SELECT", said], [said, "x"]] {
            let log = log(RequestText.array(words), after: 5, inStream: true, secret: secret.text)
            #expect(log.contains { $0.contains("is down: its stream ") }, "\(log)")
            #expect(!log.contains { $0.contains(secret.sign) }, "\(log)")
        }
    }

    /// What says nothing of it is logged as it was said.
    @Test func otherTextsAreLogged() {
        for secret in ["", "correct horse battery staple"] {
            let log = log("-ERR co\u{7}rre cor rect\r\n", after: 1, inStream: false, secret: secret)
            #expect(log.contains { $0.contains("'-ERR co?rre cor rect'") }, "\(log)")
        }
    }

    @Test func quotations() {
        func quoted(_ text: String, _ secret: String) -> String {
            PeerText.quoted(text.utf8Span.span.bytes, hiding: secret)
        }
        let long = String(repeating: "x", count: Limits.quotedText + 1)
        #expect(quoted("abcdef", "") == "abcdef")
        #expect(quoted("abcdef", "cd") == "ab(redacted)")
        #expect(quoted("abcdef", "cdeXYZ") == "abcdef")
        #expect(quoted("abcdef", "cdefgh") == "ab(redacted)")
        #expect(quoted("abcdef", "efghij") == "abcdef")
        #expect(quoted("a b cdef", "b\ncd") == "a (redacted)")
        #expect(quoted(long, "secret") == String(long.dropLast()))
        // A quotation that would end within the secret.
        #expect(quoted(String(long.dropFirst(3)) + "secret", "secret").hasSuffix("xx(redacted)"))
    }
}
