import Testing

@testable import SessionCore

@Suite struct DirectiveTests {
    @Test(arguments: [
        ("port", "6379"), ("bind", "127.0.0.1 -::1"), ("unixsocket", ""), ("unixsocketperm", "0"),
        ("protected-mode", "yes"), ("maxclients", "10000"), ("timeout", "0"), ("tcp-keepalive", "300"),
        ("requirepass", ""), ("loglevel", "notice"), ("maxmemory", "0"), ("maxmemory-policy", "noeviction"),
        ("proto-max-bulk-len", "536870912"), ("client-query-buffer-limit", "1073741824"),
        ("client-output-buffer-limit", "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"),
        ("hash-max-listpack-entries", "512"), ("hash-max-ziplist-value", "64"), ("save", ""), ("appendonly", "no"),
        ("sess-idle", "1800000"), ("sess-max", "43200000"), ("sess-grace", "10000"), ("sess-tombstone", "86400000"),
        ("sess-warn", "0"), ("sess-max-bytes", "65536"), ("sess-reuse-revokes", "yes"), ("TIMEOUT", "0"),
    ])
    func defaults(_ name: String, _ value: String) {
        #expect(Configuration().get(name) == value)
    }

    @Test func unknownNamesHaveNoValue() {
        #expect(Configuration().get("foo") == nil)
    }

    @Test func namesAreUniqueAndLowerCase() {
        let names = Directive.all.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0 == $0.lowercased() && !$0.isEmpty })
    }

    /// What CONFIG GET prints is what a configuration file takes.
    @Test(arguments: Directive.all.map(\.name))
    func printedValuesAreAccepted(_ name: String) throws {
        var configuration = Configuration()
        let value = try #require(configuration.get(name))
        let words = value.isEmpty ? [""] : value.split(separator: " ").map(String.init)
        try configuration.apply(name, words)
        #expect(configuration.get(name) == value)
    }

    @Test(arguments: [
        ("timeout", "5", "5"), ("protected-mode", "NO", "no"), ("loglevel", "Debug", "debug"),
        ("maxmemory", "1gb", "1073741824"), ("maxmemory", "1k", "1000"), ("maxmemory", "2MB", "2097152"),
        ("maxmemory-policy", "volatile-ttl", "volatile-ttl"), ("sess-idle", "15m", "900000"),
        ("sess-max", "0", "0"), ("sess-max", "30d", "2592000000"), ("requirepass", "a b", "(redacted)"),
        ("requirepass", "", ""), ("masteruser", "a b", "a b"),
        ("hash-max-ziplist-entries", "7", "7"), ("save", "", ""), ("appendonly", "no", "no"),
        (
            "client-output-buffer-limit", "normal 1kb 2mb 3 replica 4 5 6",
            "normal 1024 2097152 3 slave 4 5 6 pubsub 33554432 8388608 60"
        ),
    ])
    func set(_ name: String, _ value: String, _ expected: String) throws {
        var configuration = Configuration()
        try configuration.set(name, value)
        #expect(configuration.get(name) == expected)
    }

    /// Texts of redis-server 7.0.15.
    @Test(arguments: [
        ("maxclients", "abc", "argument couldn't be parsed into an integer"),
        ("maxclients", "0", "argument must be between 1 and 4294967295 inclusive"),
        ("timeout", "-1", "argument must be between 0 and 2147483647 inclusive"),
        ("timeout", " 1", "argument couldn't be parsed into an integer"),
        ("timeout", "010", "argument couldn't be parsed into an integer"),
        ("timeout", "+1", "argument couldn't be parsed into an integer"),
        ("timeout", "", "argument couldn't be parsed into an integer"),
        ("protected-mode", "maybe", "argument must be 'yes' or 'no'"),
        ("loglevel", "foo", "argument(s) must be one of the following: debug, verbose, notice, warning"),
        ("maxmemory", "1.5gb", "argument must be a memory value"),
        ("maxmemory", "-1", "argument must be a memory value"),
        ("maxmemory", "99999999999gb", "argument must be a memory value"),
        ("databases", "4", "can't set immutable config"),
        ("port", "1", "can't set immutable config"),
        ("client-output-buffer-limit", "normal 1 2", "Wrong number of arguments in buffer limit configuration."),
        ("client-output-buffer-limit", "foo 1 2 3", "Invalid client class specified in buffer limit configuration."),
        (
            "client-output-buffer-limit", "normal 1 2 x",
            "Error in hard, soft or soft_seconds setting in buffer limit configuration."
        ),
    ])
    func refusalsAsInRedis(_ name: String, _ value: String, _ reason: String) {
        var configuration = Configuration()
        let error = #expect(throws: ConfigurationError.self) { try configuration.set(name, value) }
        #expect(error?.replyText == "ERR CONFIG SET failed (possibly related to argument '\(name)') - \(reason)")
    }

    @Test(arguments: [
        ("save", "900"), ("save", "0 1"), ("appendonly", "maybe"),
        ("sess-idle", "0"), ("sess-idle", "1w"), ("sess-max", "99999999d"),
        ("maxmemory-policy", "allkeys-random"), ("sess-max-bytes", "1"), ("maxmemory-samples", "0"),
        ("proto-max-bulk-len", "10"), ("proto-max-bulk-len", "1gb"),
    ])
    func refusals(_ name: String, _ value: String) {
        var configuration = Configuration()
        let before = configuration.get(name)
        #expect(throws: ConfigurationError.self) { try configuration.set(name, value) }
        #expect(configuration.get(name) == before)
    }

    @Test func unknownDirectivesAreRefusedAsInRedis() {
        var configuration = Configuration()
        let error = #expect(throws: ConfigurationError.self) { try configuration.set([("timeout", "1"), ("foo", "x")]) }
        #expect(error?.replyText == "ERR Unknown option or number of arguments for CONFIG SET - 'foo'")
        #expect(configuration.timeout == 0)
    }

    @Test func duplicatesAreRefusedEvenUnderAnAlias() {
        var configuration = Configuration()
        #expect(throws: ConfigurationError.duplicate("timeout")) {
            try configuration.set([("timeout", "1"), ("timeout", "x")])
        }
        #expect(throws: ConfigurationError.duplicate("hash-max-ziplist-value")) {
            try configuration.set([("hash-max-listpack-value", "1"), ("hash-max-ziplist-value", "2")])
        }
    }

    @Test func severalAreSetTogetherOrNotAtAll() throws {
        var configuration = Configuration()
        #expect(throws: ConfigurationError.self) {
            try configuration.set([("timeout", "1"), ("maxmemory", "1mb"), ("loglevel", "foo")])
        }
        #expect(configuration.timeout == 0 && configuration.maxMemory == 0)
        try configuration.set([("timeout", "1"), ("maxmemory", "1mb")])
        #expect(configuration.timeout == 1 && configuration.maxMemory == 1 << 20)
    }

    @Test func moreClientsThanDescriptorsAreRefused() throws {
        var configuration = Configuration()
        configuration.maxClientsCeiling = 500
        #expect(throws: ConfigurationError.self) { try configuration.set("maxclients", "501") }
        try configuration.set("maxclients", "500")
        #expect(configuration.maxClients == 500)
    }

    @Test(arguments: Directive.all.map(\.name))
    func errorsNeverShowTheValue(_ name: String) {
        let secret = "hunter2"
        for words in [[secret], [secret, secret], [String(repeating: secret, count: 2000)], ["\(secret) 1"]] {
            var configuration = Configuration()
            do {
                try configuration.apply(name, words)
            } catch {
                #expect(!error.description.contains(secret) && !error.replyText.contains(secret))
            }
        }
    }

    @Test(arguments: [
        ("0", 0), ("1500", 1500), ("900s", 900_000), ("15m", 900_000), ("12h", 43_200_000), ("30d", 2_592_000_000),
        ("9223372036854775807", Int64.max), ("007", 7),
        ("", nil), ("s", nil), ("-1", nil), ("+1", nil), ("1.5h", nil), ("1 h", nil), ("1H", nil), ("1ms", nil),
        ("9223372036854775808", nil), ("9223372036854775807s", nil), ("99999999999999999999", nil),
    ] as [(String, Int64?)])
    func durations(_ text: String, _ milliseconds: Int64?) {
        #expect(ValueFormat.milliseconds(text.utf8Span.span.bytes) == milliseconds)
    }
}

@Suite struct ConfigurationFileTests {
    @Test(arguments: [
        ("port 1", ["port", "1"]), ("  port\t1  ", ["port", "1"]), ("port 1\r", ["port", "1"]), ("", []), ("   ", []),
        ("# comment", []), ("   # comment", []), ("a # b", ["a", "#", "b"]),
        (#"a "b c" d"#, ["a", "b c", "d"]), (#"a """#, ["a", ""]), (#"a ''"#, ["a", ""]),
        (#"a "\x41\n\r\t\a\b\"\\\q""#, ["a", "A\n\r\t\u{7}\u{8}\"\\q"]), (#"a "\xzz""#, ["a", "xzz"]),
        (#"a 'b\'c'"#, ["a", "b'c"]), (#"a 'b\n'"#, ["a", #"b\n"#]), (#"a b"c""#, ["a", "bc"]),
        (#"a "é""#, ["a", "é"]), (#"a "\xc3\xa9""#, ["a", "é"]),
    ])
    func words(_ line: String, _ expected: [String]) throws {
        #expect(try ConfigurationText.words(line.utf8) == expected)
    }

    @Test(arguments: [#"a "b"#, #"a 'b"#, #"a "b"c"#, #"a 'b'c"#, #"a "b\"#, #"""#])
    func unbalancedQuotes(_ line: String) {
        #expect(throws: ConfigurationError.unbalancedQuotes) { try ConfigurationText.words(line.utf8) }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: ConfigurationError.invalidUTF8) { try ConfigurationText.words(#"a "\xff""#.utf8) }
    }

    @Test func theLastDirectiveOfANameCounts() throws {
        var configuration = Configuration()
        try configuration.apply(file("# sample\nport 1\n\nPORT 2\r\nbind 10.0.0.1 -::1\nrequirepass 'a b'\n"))
        #expect(configuration.port == 2)
        #expect(configuration.bind == ["10.0.0.1", "-::1"])
        #expect(configuration.requirePass == "a b")
    }

    @Test(arguments: [
        ("port 1\nfoo bar\n", #"test.conf:2: unknown directive "foo" (--help lists all)"#),
        ("port", "test.conf:1: port: wrong number of arguments"),
        ("port 1 2", "test.conf:1: port: wrong number of arguments"),
        ("\n\nport x", "test.conf:3: port: argument couldn't be parsed into an integer"),
        ("unixsocketperm 999", "test.conf:1: unixsocketperm: argument couldn't be parsed as an octal number"),
        ("unixsocketperm 1777", "test.conf:1: unixsocketperm: argument must be between 0 and 777 inclusive"),
        ("requirepass \"hunter2", "test.conf:1: unbalanced quotes"),
        ("include", "test.conf:1: include: needs one path"),
        (
            "save 900",
            "test.conf:1: save: Invalid save parameters"
        ),
        (
            "bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
            "test.conf:1: bind: Too many bind addresses specified."
        ),
    ])
    func errorsNameFileAndLine(_ text: String, _ expected: String) {
        var configuration = Configuration()
        let failure = #expect(throws: ConfigurationFailure.self) { try configuration.apply(file(text)) }
        #expect(failure?.description == expected)
    }

    @Test func includedFilesApplyInPlace() throws {
        var configuration = Configuration()
        let source = ConfigurationSource(name: "test.conf", text: "port 1\ninclude 'other file.conf'\ntimeout 3")
        try configuration.apply(source) { (path: String) throws(ConfigurationFailure) in
            #expect(path == "other file.conf")
            return [ConfigurationSource(name: path, text: "port 2\ntimeout 2")]
        }
        #expect(configuration.port == 2 && configuration.timeout == 3)
    }

    @Test func aFileThatIncludesItselfIsAnError() {
        var configuration = Configuration()
        let source = ConfigurationSource(name: "test.conf", text: "include test.conf")
        let failure = #expect(throws: ConfigurationFailure.self) {
            try configuration.apply(source) { (_: String) throws(ConfigurationFailure) in [source] }
        }
        #expect(failure?.description == "test.conf:1: include: more than 16 files include one another")
    }

    private func file(_ text: String) -> ConfigurationSource { ConfigurationSource(name: "test.conf", text: text) }
}

extension Configuration {
    /// Applies a file that includes none.
    fileprivate mutating func apply(_ source: ConfigurationSource) throws(ConfigurationFailure) {
        try apply(source) { (path: String) throws(ConfigurationFailure) in
            throw ConfigurationFailure("unexpected include of \(path)")
        }
    }
}
