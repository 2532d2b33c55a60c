import Testing

@testable import SessionCore

/// Passwords and tokens are shown to nobody: one is put through every command and into every directive that takes one,
/// and looked for in all that operators can look at.
@Suite struct SecretTests {
    /// As long as a token.
    private static let marker = "MARKER0123456789abcdefghijKLMNOP"

    // MARK: Directives

    /// A directive whose name speaks of a password is a secret one.
    @Test func directivesAreMarkedAsSecret() {
        let secrets = Directive.all.filter(\.isSecret).map(\.name)
        #expect(secrets.sorted() == ["encryption-key-command", "masterauth", "requirepass"])
        for directive in Directive.all where directive.name.contains(/pass|secret|token/) {
            #expect(directive.isSecret, "\(directive.name)")
        }
    }

    /// What only the start may set is not shown either, and is written back.
    @Test func secretsOfTheStart() throws {
        for directive in Directive.all where directive.isSecret && !directive.isMutable {
            var configuration = Configuration()
            try configuration.apply(directive.name, [Self.marker])
            let dialogue = NodeDialogue(configuration)
            dialogue.expect("CONFIG", "GET", directive.name, gives: bulks(directive.name, "(redacted)"))
            #expect(!dialogue.send("CONFIG", "GET", "*").contains(Self.marker))
            #expect(configuration.rewritten("").contains("\n\(directive.name) \"\(Self.marker)\"\n"))
        }
    }

    @Test func whatIsShownInPlaceOfASecret() {
        for directive in Directive.all where directive.isSecret && directive.isMutable {
            let dialogue = NodeDialogue()
            let name = directive.name
            dialogue.expect("CONFIG", "GET", name, gives: bulks(name, ""))
            dialogue.expect("CONFIG", "SET", name, Self.marker, gives: "+OK\r\n")
            dialogue.expect("CONFIG", "GET", name, gives: bulks(name, "(redacted)"))
            dialogue.expect("CONFIG", "GET", name.uppercased(), gives: bulks(name.uppercased(), "(redacted)"))
            #expect(!dialogue.send("CONFIG", "GET", "*").contains(Self.marker))
            dialogue.expect(
                "CONFIG", "SET", name, "(redacted)",
                gives: "-ERR CONFIG SET failed (possibly related to argument '\(name)') - argument is what is shown in "
                    + "place of a secret\r\n")
            let configuration = dialogue.inspect { $0.configuration }
            #expect(configuration.rewritten("").contains("\n\(name) \"\(Self.marker)\"\n"))
            let long = String(repeating: Self.marker, count: 20)
            #expect(!dialogue.send("CONFIG", "SET", name, long).contains(Self.marker))
        }
    }

    /// Lines of a configuration file that are wrong: the error names the directive, not what it was to be set to.
    @Test(arguments: [
        "requirepas MARKER", "requirepass=MARKER", "requirepass:MARKER", "requirepass\"MARKER", "requirepass 'MARKER",
        "requirepass \"MARKER\"x", "requirepass a MARKER", "masterauth MARKER MARKER", "user u on +nosuch >MARKER",
        "user u on (>MARKER)", "user u on >MARKER (", "user u #MARKER", "user u <MARKER", "port MARKER",
        "unixsocketperm MARKER",
        "client-output-buffer-limit MARKER 1 1 1", "replicaof x MARKER", "é=MARKER",
    ])
    func errorsAtStart(_ line: String) throws {
        var configuration = Configuration()
        let failure = #expect(throws: ConfigurationFailure.self) {
            try configuration.apply(ConfigurationSource(name: "c", text: line)) { _ throws(ConfigurationFailure) in [] }
        }
        let text = try #require(failure).description
        #expect(text.hasPrefix("c:1: ") && !text.contains("MARKER"))
    }

    // MARK: Commands

    /// What operators can look at. `requests` are theirs.
    private func observed(_ dialogue: NodeDialogue) -> [String] {
        dialogue.stopwatch.step = 0
        var texts: [String] = dialogue.effects().compactMap { if case .log(_, let line) = $0 { line } else { nil } }
        texts.append(dialogue.read(on: 2))
        for request in [
            "SLOWLOG GET -1", "ACL LOG 1000", "CLIENT LIST", "INFO everything", "LATENCY LATEST", "LATENCY DOCTOR",
            "MEMORY DOCTOR", "CONFIG GET *", "ACL LIST", "ACL USERS", "LATENCY HISTOGRAM", "COMMAND COUNT",
        ] { texts.append(dialogue.send(request.split(separator: " ").map(String.init))) }
        let now = dialogue.now
        for path in ["/metrics", "/readyz", "/replica"] {
            let response = dialogue.modify { $0.adminResponse(to: "GET", target: path, now: now) }
            texts.append(String(decoding: response.body, as: UTF8.self))
        }
        return texts
    }

    /// A node that shows all it can, with an operator on connection 0 and a monitor on 2.
    private func watchedNode() -> NodeDialogue {
        var configuration = Configuration()
        configuration.slowLogThreshold = 0
        configuration.latencyThreshold = 1
        configuration.logLevel = .debug
        configuration.sessionPrefixes = ["sess:"]
        configuration.debugCommand = .everybody
        let dialogue = NodeDialogue(configuration)
        _ = dialogue.send("ACL", "SETUSER", "nothing", "on", "nopass")
        _ = dialogue.send("MONITOR", on: 2)
        dialogue.connect(1)
        dialogue.stopwatch.step = 2_000_000
        return dialogue
    }

    /// - Parameter denied: requests that a user makes who may do nothing.
    private func expectHidden(_ requests: [[String]], denied: [[String]] = []) {
        let dialogue = watchedNode()
        _ = dialogue.send("AUTH", "nothing", "x", on: 3)
        for words in requests { _ = dialogue.send(words, on: 1) }
        for words in denied { _ = dialogue.send(words, on: 3) }
        for text in observed(dialogue) where text.contains(Self.marker) {
            let context = text.split(separator: "\r\n").first { $0.contains(Self.marker) } ?? ""
            Issue.record("\(requests) shows a secret: \(context)")
        }
    }

    /// Every command of the table, with the secret for each of its arguments, allowed and denied.
    @Test func everyCommand() {
        let table = CommandTable()
        // Names of connections and users are there to be seen.
        let naming = ["client|setname", "client|setinfo", "acl|setuser"]
        var count = 0
        for row in table.rows where row.subcommands.isEmpty && !naming.contains(table.fullName(of: row.id)) {
            let name = table.fullName(of: row.id).split(separator: "|").map(String.init)
            let least = max(0, Int(abs(row.arity)) - name.count)
            let requests = (least...least + 3).map { name + Array(repeating: Self.marker, count: $0) }
            // Keys that are denied stand in ACL LOG, as in Redis; a user without any command gets no further.
            expectHidden(requests, denied: requests)
            count += 1
        }
        #expect(count > 150)
    }

    @Test(arguments: [
        "AUTH M", "AUTH default M", "AUTH M M", "AUTH nobody M", "HELLO 3 AUTH default M", "HELLO 3 AUTH M M SETNAME x",
        "AUHT default M", "AUTHM", "GET sess:M", "SET sess:M M EX 10", "DEL sess:M", "SET sess:M M",
        "MGET sess:M sess:M",
        "CONFIG SET requirepass M", "CONFIG SET masterauth M", "CONFIG SET requirepass M timeout x",
        "CONFIG SET requirepas M", "CONFIG GET M", "ACL SETUSER u >M", "ACL SETUSER u >M +nosuch", "ACL SETUSER u <M",
        "ACL SETUSER u #M", "ACL SETUSER u !M", "ACL DRYRUN default auth M", "ACL DRYRUN nothing sessget M",
        "SESSCREATE ID M USER alice FIELDS 1 a M", "SESSCREATE USER alice BIND M", "SESSGET M", "SESSGET M TOUCH",
        "SESSSET M FIELDS 1 a M", "SESSUNSET M FIELDS 1 a", "SESSTOUCH M", "SESSROTATE M BIND M", "SESSREVOKE M",
        "SESSREVOKE M REASON M", "SESSREVOKEUSER alice EXCEPT M", "SESSLIST M", "SESGET M", "SESSGET", "EVAL M 1 M M",
        "EVALSHA M 1 M M", "SCRIPT EXISTS M", "ECHO M", "PING M", "PUBLISH c M", "SELECT M", "DEBUG OBJECT sess:M",
        "OBJECT ENCODING sess:M", "MEMORY USAGE sess:M", "CLIENT KILL M", "CLIENT SETNAME", "WAIT M 0", "INFO M",
        "CONFIG SET sess-idle M", "REPLICAOF localhost M", "PSYNC M 1",
    ])
    func requests(_ line: String) {
        let request = line.split(separator: " ").map { word -> String in
            let endsInMarker = word == "M" || word.hasSuffix(":M") || word == "AUTHM"
            return endsInMarker ? String(word.dropLast()) + Self.marker : String(word)
        }
        expectHidden([request, ["MULTI"], request, ["EXEC"]], denied: [request])
    }

    /// Passwords of users are shown as digests, as in Redis.
    @Test func passwordsOfUsers() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("ACL", "SETUSER", "u", "on", ">" + Self.marker)
        let digest = String(decoding: Digest(of: Self.marker.utf8Span.span.bytes).hexadecimal, as: UTF8.self)
        for request in [["ACL", "LIST"], ["ACL", "GETUSER", "u"]] {
            let reply = dialogue.send(request)
            #expect(reply.contains(digest) && !reply.contains(Self.marker))
        }
    }
}
