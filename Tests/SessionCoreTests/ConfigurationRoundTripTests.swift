import Testing

@testable import SessionCore

/// Every directive survives setting, CONFIG REWRITE and a restart, whatever its value contains, or is refused.
@Suite struct ConfigurationRoundTripTests {
    /// What tries to become a line, word, comment or file of its own.
    static let hostile = [
        "", " ", "a b", " a ", "a\tb", "x 1\nenable-debug-command yes\n#", "\nport 1", "x\r\nport 1\r\n", "a\0b", "#",
        "# a",
        "\"", "'", "\"\"", "a\"b", "a'b", "\\", "a\\", "\\\"", "\\n", "\\x41", "\"\nport 1\n\"", "include /etc/passwd",
        "é\u{1F600}", "\u{1}\u{7F}\u{8}\u{7}", "(redacted)", "*", "-", "--port", "no", "yes", "0", "1",
        String(repeating: "long \"\n", count: 70), String(repeating: "x", count: 300),
    ]

    /// The configuration that a start with this file makes.
    private func read(_ text: String) throws -> Configuration {
        var configuration = Configuration()
        try configuration.apply(ConfigurationSource(name: "test", text: text)) { _ in
            Issue.record("the file includes another one")
            return []
        }
        return configuration
    }

    private func expectRoundTrip(_ configuration: Configuration, _ what: Comment) throws {
        let first = configuration.rewritten("")
        for old in ["", "# requirepass x\n" + first, "requirepass old\nbind *\nreplicaof h 1\nsession-prefixes a\n"] {
            let text = configuration.rewritten(old)
            #expect(try read(text) == configuration, what)
            #expect(text.utf8.allSatisfy { $0 == 10 || (32...126).contains($0) }, what)
        }
    }

    @Test func everyDirective() throws {
        var accepted = 0
        for directive in Directive.all {
            for text in Self.hostile {
                for words in [[text], [text, text], [text, "1"], ["normal", text, "1", "1"]] {
                    var configuration = Configuration()
                    guard (try? configuration.apply(directive.name, words)) != nil else { continue }
                    accepted += 1
                    try expectRoundTrip(configuration, "\(directive.name) \(words)")
                }
            }
        }
        #expect(accepted > 200)
    }

    /// Every set of letters of notify-keyspace-events.
    @Test func keyspaceEvents() throws {
        for events in 0..<UInt16(1 << 14) {
            let events = KeyspaceEvents(rawValue: events)
            #expect(KeyspaceEvents(events.fullText) == events)
        }
        var configuration = Configuration()
        try configuration.set([("notify-keyspace-events", "KEAn")])
        try expectRoundTrip(configuration, "KEAn")
    }

    /// As clients set them.
    @Test func everyMutableDirective() throws {
        for directive in Directive.all where directive.isMutable {
            let dialogue = NodeDialogue()
            for text in Self.hostile {
                guard dialogue.send("CONFIG", "SET", directive.name, text) == "+OK\r\n" else { continue }
                try expectRoundTrip(dialogue.inspect { $0.configuration }, "\(directive.name) \(text)")
            }
        }
    }

    @Test func replicaof() throws {
        let good = ["localhost", "10.0.0.1", "fe80::1%eth0", "a_b-c.example.org"]
        for host in Self.hostile + good {
            let dialogue = NodeDialogue()
            let reply = dialogue.send("REPLICAOF", host, "0")
            let isName = good.contains(host) || host.wholeMatch(of: /[-a-z0-9]{1,255}/) != nil
            #expect(reply == (isName ? "+OK\r\n" : "-ERR Invalid master host\r\n"), "\(host)")
            try expectRoundTrip(dialogue.inspect { $0.configuration }, "\(host)")
        }
    }

    /// What a replica says of itself stands in lines of INFO.
    @Test func addressesOfReplicas() {
        for address in Self.hostile where !HostName.isValid(address) && !address.isEmpty {
            let dialogue = NodeDialogue()
            let reply = dialogue.send("REPLCONF", "ip-address", address, on: 1)
            #expect(reply.hasPrefix("-ERR REPLCONF ip-address"), "\(address)")
            #expect(dialogue.send("CONFIG", "SET", "replica-announce-ip", address).hasPrefix("-ERR CONFIG SET failed"))
            #expect(dialogue.inspect { $0.connections[1].introduction.address } == nil)
        }
        NodeDialogue().expect("REPLCONF", "ip-address", "10.0.0.7", gives: "+OK\r\n")
        NodeDialogue().expect("REPLCONF", "ip-address", "", gives: "+OK\r\n")
    }

    // MARK: Users

    private static let patterns: [[UInt8]] =
        (hostile + [")", "a)", "("]).map { Array($0.utf8) } + [[0xFF, 0xFE], [0x80]]

    /// A node with a user for each hostile name, and all hostile patterns, hashes and arguments that are accepted.
    private func fill(_ dialogue: NodeDialogue) {
        func words(_ name: [UInt8], _ rules: [[UInt8]]) -> [[UInt8]] {
            ["ACL", "SETUSER"].map { Array($0.utf8) } + [name] + rules
        }
        for (number, pattern) in Self.patterns.enumerated() {
            _ = dialogue.sendBytes(words(pattern, [Array("on".utf8), Array(">x".utf8)]))
            let name = Array("u\(number)".utf8)
            _ = dialogue.sendBytes(words(name, [Array("resetchannels".utf8)]))
            for sign in ["~", "%R~", "&", "+select|"] {
                _ = dialogue.sendBytes(words(name, [Array(sign.utf8) + pattern]))
                let quoted = Array(QuotedWords.quoted(Array(sign.utf8) + pattern).utf8)
                let selector = Array("(resetchannels +get ".utf8) + quoted + Array(" +set)".utf8)
                let last = Array("(resetchannels +get ".utf8) + quoted + Array(")".utf8)
                for rule in [selector, last] { _ = dialogue.sendBytes(words(name, [rule])) }
            }
        }
    }

    /// All that is known of all users.
    private func users(_ dialogue: NodeDialogue) -> [[UInt8]] {
        dialogue.inspect { node in
            node.access.order.flatMap { number -> [[UInt8]] in
                let user = node.access[number]
                let selectors = user.selectors.flatMap { [$0.keyRules, $0.channelRules, $0.commandRules(node.table)] }
                return [user.name, Array("\(user.isEnabled)".utf8)] + user.passwords.map(\.hexadecimal) + selectors
            }
        }
    }

    @Test func usersOfTheConfigurationFile() throws {
        var configuration = Configuration()
        configuration.file = "/etc/c.conf"
        let dialogue = NodeDialogue(configuration)
        fill(dialogue)
        #expect(dialogue.send("CONFIG", "REWRITE") == "")
        var text = ""
        for case .rewriteConfiguration(let written, let users) in dialogue.effects() {
            text = written.rewritten("user default off\nuser gone on\n", users: users)
        }
        #expect(text.utf8.allSatisfy { $0 == 10 || (32...126).contains($0) })
        let again = NodeDialogue(try read(text))
        #expect(users(again) == users(dialogue))
        #expect(users(again).count > 300)
    }

    @Test func usersOfTheFileOfUsers() {
        var configuration = Configuration()
        configuration.aclFile = "/etc/users.acl"
        let dialogue = NodeDialogue(configuration)
        fill(dialogue)
        #expect(dialogue.send("ACL", "SAVE") == "")
        var content: [UInt8] = []
        for case .writeAccessFile(_, _, let written) in dialogue.effects() { content = written }
        #expect(content.count > 1000)
        let again = NodeDialogue(configuration)
        #expect(again.modify { $0.loadUsers(content) } == nil)
        #expect(users(again) == users(dialogue))
    }

    /// An argument of a rule that would become a line of the file.
    @Test func argumentsOfRulesHaveNoBlanks() {
        for argument in ["0 +@all", "0\nuser evil on nopass ~* &* +@all", "0\0", "0\t1"] {
            let reply = NodeDialogue().send("ACL", "SETUSER", "u", "+select|" + argument)
            #expect(reply.hasPrefix("-ERR Error in ACL SETUSER modifier") && reply.hasSuffix("Syntax error\r\n"))
        }
    }
}
