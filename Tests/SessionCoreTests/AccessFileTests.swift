import Testing

@testable import SessionCore

/// Users in files: the `user` directive, `aclfile`, `ACL LOAD` and `ACL SAVE` as a dialogue with the runtime.
@Suite struct AccessFileTests {
    private static let path = "/etc/users.acl"

    private func dialogue(_ lines: String...) -> NodeDialogue {
        var configuration = Configuration()
        configuration.aclFile = Self.path
        let dialogue = NodeDialogue(configuration)
        #expect(dialogue.modify { $0.loadUsers(Array(lines.joined(separator: "\n").utf8)) } == nil)
        _ = dialogue.effects()
        return dialogue
    }

    /// Sends `ACL LOAD`, and answers as the runtime does.
    private func load(
        _ dialogue: NodeDialogue, _ content: Result<[UInt8], FileProblem>, on connection: UInt32 = 0
    ) -> String {
        #expect(dialogue.send("ACL", "LOAD", on: connection) == "")
        let id = ConnectionID(rawValue: connection)
        #expect(dialogue.effects().contains(.readAccessFile(id, path: Self.path)))
        let now = dialogue.now
        dialogue.modify { $0.accessFileRead(content, for: id, now: now) }
        let reply = dialogue.read(on: connection)
        // What the connection sends next is taken up in the next turn.
        dialogue.advance(milliseconds: 0)
        return reply
    }

    private func load(_ dialogue: NodeDialogue, _ lines: String..., on connection: UInt32 = 0) -> String {
        load(dialogue, .success(Array(lines.joined(separator: "\n").utf8)), on: connection)
    }

    private static let everything = "user default on nopass ~* &* +@all"

    // MARK: aclfile

    @Test func linesOfTheFile() {
        let dialogue = dialogue("", "  user b on +get \r", "\tuser a off  ~k (+set ~x)", Self.everything)
        dialogue.expect(
            "ACL", "LIST",
            gives: bulks(
                "user a off ~k resetchannels -@all (~x resetchannels -@all +set)",
                "user b on resetchannels -@all +get", Self.everything))
    }

    @Test(arguments: [
        ("usr x", "/etc/users.acl:1 should start with user keyword followed by the username. "),
        ("user", "/etc/users.acl:1 should start with user keyword followed by the username. "),
        ("# comment", "/etc/users.acl:1 should start with user keyword followed by the username. "),
        ("user a\tb", "'/etc/users.acl:1: username 'a\tb' contains invalid characters. "),
        ("user a\nuser a", "WARNING: Duplicate user 'a' found on line 2. "),
        ("user a +nosuch", "/etc/users.acl:1: Error in applying operation '+nosuch': "
            + "Unknown command or category name in ACL. "),
        ("user a\n\nuser b nosuch", "/etc/users.acl:3: Syntax error. "),
        ("user a nosuch #x +no1 +no2", "/etc/users.acl:1: Syntax error. "
            + "/etc/users.acl:1: Error in applying operation '+no1': Unknown command or category name in ACL. "
            + "/etc/users.acl:1: Error in applying operation '+no2': Unknown command or category name in ACL. "),
        ("user a (+get", "/etc/users.acl:1: Unmatched parenthesis in selector definition."),
    ])
    func mistakes(_ content: String, _ problems: String) {
        let dialogue = dialogue(Self.everything, "user old on nopass")
        let text =
            "-ERR \(problems)WARNING: ACL errors detected, no change to the previously active ACL rules was performed"
            + "\r\n"
        #expect(load(dialogue, content) == text)
        dialogue.expect("ACL", "USERS", gives: bulks("default", "old"))
        #expect(dialogue.modify { $0.loadUsers(Array(content.utf8)) }?.hasPrefix(problems) == true)
    }

    // MARK: ACL LOAD

    @Test func loadReplacesAllUsers() {
        let dialogue = dialogue(Self.everything, "user old on nopass", "user same on nopass +get", "user new off")
        for (connection, name) in [(1, "old"), (2, "same")] as [(UInt32, String)] {
            dialogue.expect("AUTH", name, "", on: connection, gives: "+OK\r\n")
        }
        _ = dialogue.effects()
        #expect(load(dialogue, Self.everything, "user same on nopass +get", "user new on nopass +ping") == "+OK\r\n")
        // Of the two only the one that is no more loses his connection.
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 1))))
        dialogue.expect("ACL", "USERS", gives: bulks("default", "new", "same"))
        dialogue.expect("GET", "a", on: 2, gives: "-NOPERM this user has no permissions to access one of the keys used "
            + "as arguments\r\n")
        #expect(load(dialogue, Self.everything, "user same on nopass") == "+OK\r\n")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 2))))
    }

    @Test func whoeverLoadsIsAnsweredBeforeHeIsDisconnected() {
        let dialogue = dialogue(Self.everything, "user admin on nopass +@all")
        dialogue.expect("AUTH", "admin", "", on: 1, gives: "+OK\r\n")
        #expect(load(dialogue, Self.everything, on: 1) == "+OK\r\n")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 1))))
    }

    @Test func withoutALineOfHisOwnDefaultIsAsAtFirst() {
        let dialogue = dialogue("user default off", "user a on nopass +@all")
        dialogue.expect("AUTH", "a", "", gives: "+OK\r\n")
        #expect(load(dialogue, "user a on nopass +@all") == "+OK\r\n")
        #expect(dialogue.send("ACL", "LIST").contains(Self.everything))
        let warnings = dialogue.effects().filter { if case .log(.warning, _) = $0 { true } else { false } }
        #expect(warnings.count == 1)
    }

    @Test func aFileThatCannotBeReadChangesNothing() {
        let dialogue = dialogue(Self.everything)
        let text = "-ERR Error loading ACLs, opening file '/etc/users.acl': No such file or directory\r\n"
        #expect(load(dialogue, .failure(FileProblem(reason: "No such file or directory"))) == text)
    }

    // MARK: ACL SAVE

    @Test func saveAnswersWhenTheFileIsWritten() {
        let dialogue = dialogue(Self.everything, "user a on >abc")
        let id = ConnectionID(rawValue: 0)
        for problem in [nil, FileProblem(reason: "No space left on device")] as [FileProblem?] {
            // What follows waits, others do not.
            #expect(dialogue.sendRaw("ACL SAVE\r\nPING\r\n") == "")
            dialogue.expect("PING", on: 1, gives: "+PONG\r\n")
            let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            let content = "user a on #\(hash) resetchannels -@all\n\(Self.everything)\n"
            let effects = dialogue.effects()
            #expect(effects.contains(.writeAccessFile(id, path: Self.path, content: Array(content.utf8))))
            let now = dialogue.now
            dialogue.modify { $0.accessFileWritten(problem, for: id, now: now) }
            #expect(dialogue.inspect { $0.wantsTurn }, "or PING would wait for whatever comes next")
            dialogue.advance(milliseconds: 0)
            #expect(!dialogue.inspect { $0.wantsTurn })
            let error =
                "-ERR There was an error trying to save the ACLs. Please check the server logs for more information"
            #expect(dialogue.read() == (problem == nil ? "+OK" : error) + "\r\n+PONG\r\n")
        }
    }

    @Test func filesInTransactions() {
        let dialogue = dialogue(Self.everything)
        let requests = "MULTI\r\nACL SAVE\r\nPING\r\nACL LOAD\r\nECHO x\r\n"
        #expect(dialogue.sendRaw(requests).hasSuffix("+QUEUED\r\n"))
        dialogue.expect("EXEC", gives: "")
        let (id, now) = (ConnectionID(rawValue: 0), dialogue.now)
        dialogue.modify { $0.accessFileWritten(nil, for: id, now: now) }
        #expect(dialogue.read() == "")
        let content = Array("user a off\n\(Self.everything)".utf8)
        dialogue.modify { $0.accessFileRead(.success(content), for: id, now: now) }
        #expect(dialogue.read() == "*4\r\n+OK\r\n+PONG\r\n+OK\r\n$1\r\nx\r\n")
        dialogue.advance(milliseconds: 0)
        dialogue.expect("ACL", "USERS", gives: bulks("a", "default"))
    }

    @Test func whatWasSavedLoads() {
        let dialogue = dialogue(
            Self.everything, "user a on >abc ~x* %R~y &c +@all -@dangerous +select|0 (~z +get) (allkeys)")
        let lines = dialogue.send("ACL", "LIST")
        let content = dialogue.inspect { node in node.access.order.map { node.access.line(of: $0) } }
        #expect(load(dialogue, .success(Array(content.joined(separator: [10])))) == "+OK\r\n")
        #expect(dialogue.send("ACL", "LIST") == lines)
    }

    // MARK: The directive

    private func configuration(_ lines: String...) throws -> Configuration {
        var configuration = Configuration()
        let source = ConfigurationSource(name: "c", text: lines.joined(separator: "\n"))
        try configuration.apply(source) { _ throws(ConfigurationFailure) in [] }
        try configuration.checkUsers()
        return configuration
    }

    @Test func usersOfTheConfiguration() throws {
        let dialogue = NodeDialogue(try configuration(
            "requirepass secret", "user a on ~k", "user b on >x (+get ~x)", "acl-pubsub-default allchannels"))
        #expect(dialogue.send("ACL", "LIST").hasPrefix("-NOAUTH"))
        dialogue.expect("AUTH", "secret", gives: "+OK\r\n")
        #expect(dialogue.send("ACL", "LIST").contains(" &* -@all (~x &* -@all +get)\r\n"))
    }

    @Test func defaultOfTheConfiguration() throws {
        let dialogue = NodeDialogue(try configuration("requirepass secret", "user default on nopass +ping"))
        dialogue.expect("PING", gives: "+PONG\r\n")
        #expect(dialogue.send("ACL", "WHOAMI").hasPrefix("-NOPERM"))
    }

    @Test(arguments: [
        (["user"], "c:1: user: wrong number of arguments"),
        (["user a +nosuch"], "c:1: user: Unknown command or category name in ACL"),
        (["user a #secret"], "c:1: user: The password hash must be exactly 64 characters and contain only lowercase "
            + "hexadecimal characters"),
        (["user a (+get"], "c:1: user: Unmatched parenthesis in acl selector"),
        (["", "user 'a b'"], "c:2: user: Spaces not allowed in ACL usernames"),
        (["user a", "USER a"], "c:2: user: Duplicate user found. A user can only be defined once in config files"),
        (["user a", "aclfile x"], "users are defined by 'user' directives and by 'aclfile': use one or the other, so "
            + "that it is clear which of them counts"),
        (["user a &x", "acl-pubsub-default allchannels"], "user 'a': Adding a pattern after the * pattern (or the "
            + "'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an "
            + "empty list of channels"),
    ])
    func refusedDirectives(_ lines: [String], _ text: String) {
        var configuration = Configuration()
        let source = ConfigurationSource(name: "c", text: lines.joined(separator: "\n"))
        let failure = #expect(throws: ConfigurationFailure.self) {
            try configuration.apply(source) { _ throws(ConfigurationFailure) in [] }
            try configuration.checkUsers()
        }
        #expect(failure?.description == text)
    }

    // MARK: CONFIG REWRITE

    @Test func usersAreWrittenToTheConfigurationFile() throws {
        var configuration = try configuration("user a on +get", "user b off")
        configuration.file = "/etc/c.conf"
        let dialogue = NodeDialogue(configuration)
        _ = dialogue.send("ACL", "SETUSER", "a", "~k*", "(+set ~x)")
        _ = dialogue.send("ACL", "DELUSER", "b")
        _ = dialogue.effects()
        #expect(dialogue.send("CONFIG", "REWRITE") == "")
        var text = ""
        for case .rewriteConfiguration(let written, let users) in dialogue.effects() {
            text = written.rewritten("user a on\n# comment\nUSER b off\nuser c off\nport 6379\n", users: users)
        }
        let begin = """
            user a on ~k* resetchannels -@all +get (~x resetchannels -@all +set)
            # comment
            \(Self.everything)

            port 6379

            """
        #expect(text.hasPrefix(begin))
        dialogue.complete()
        #expect(dialogue.read() == "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        let again = NodeDialogue(try self.configuration(text))
        #expect(again.send("ACL", "GETUSER", "a") == dialogue.send("ACL", "GETUSER", "a"))
    }

    @Test func disabledUsersAreMentionedAtStart() throws {
        let dialogue = NodeDialogue(try configuration("user a +get"))
        let lines = dialogue.effects().compactMap { if case .log(.notice, let line) = $0 { line } else { nil } }
        #expect(lines.count == 1 && lines[0].hasPrefix("The user 'a' is disabled"))
    }
}
