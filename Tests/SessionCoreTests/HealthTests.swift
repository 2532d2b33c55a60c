import Testing

@testable import SessionCore

/// The paths of the admin port, as the node answers them.
@Suite struct HealthTests {
    private func ask(_ target: String, _ method: String = "GET", of dialogue: NodeDialogue) -> AdminResponse {
        let now = dialogue.now
        return dialogue.modify { $0.adminResponse(to: method, target: target, now: now) }
    }

    private func text(_ response: AdminResponse) -> String { String(decoding: response.body, as: UTF8.self) }

    @Test(arguments: [
        ("/livez", 200), ("/liveness", 200), ("/readyz", 200), ("/readiness", 200), ("/readyz?lag=0", 200),
        ("/primary", 200), ("/replica", 503), ("/replica?lag=999999999", 503), ("/metrics", 200), ("/livez?", 200),
        ("http://cache:9121/livez", 200), ("https://cache/readyz?lag=1", 200),
        ("/", 404), ("", 404), ("livez", 404), ("/livez/", 404), ("/LIVEZ", 404), ("http://cache", 404),
        ("http://cache?lag=1", 404), ("//livez", 404), ("/metrics%20", 404),
        ("/livez?verbose", 400), ("/primary?lag=1", 400), ("/metrics?x=1", 400), ("/replica?", 503),
        ("/replica?lag", 400), ("/replica?lag=", 400), ("/replica?lag=-1", 400), ("/replica?lag=1s", 400),
        ("/replica?lag=1234567890", 400), ("/replica?lag=1&lag=2", 400), ("/replica?lagg=1", 400),
        ("/replica?lag=%31", 400), ("/readyz?lag=٣", 400), ("/readyz?lag=1#x", 400),
    ])
    func paths(_ target: String, _ status: Int) {
        #expect(ask(target, of: NodeDialogue()).status == status)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "TRACE", "CONNECT", "get", ""])
    func otherMethodsAreRefused(_ method: String) {
        let dialogue = NodeDialogue()
        #expect(ask("/livez", method, of: dialogue).status == 405)
        #expect(ask("/nowhere", method, of: dialogue).status == 405)
    }

    @Test func headAnswersAsGetAndOptionsWithoutABody() {
        let dialogue = NodeDialogue()
        for path in ["/readyz", "/replica", "/nowhere", "/readyz?x"] {
            let get = ask(path, of: dialogue)
            #expect(ask(path, "HEAD", of: dialogue) == get)
            let options = ask(path, "OPTIONS", of: dialogue)
            #expect(options.status == get.status && options.body.isEmpty && !get.body.isEmpty)
        }
        #expect(ask("*", "OPTIONS", of: dialogue).status == 200)
    }

    @Test func eachCheckHasAReason() {
        let response = ask("/readyz", of: NodeDialogue())
        #expect(response.contentType == "application/json")
        #expect(
            text(response) == #"{"status":"ok","role":"primary","checks":{"#
                + #""loading":{"ok":true,"reason":"the data is there"},"#
                + #""link":{"ok":true,"reason":"a primary has no link to another one"},"#
                + #""lag":{"ok":true,"reason":"a primary is never behind"},"#
                + #""draining":{"ok":true,"reason":"the server is not stopping"},"#
                + #""memory":{"ok":true,"reason":"there is room for data"}}}"# + "\n")
        #expect(
            text(ask("/replica", of: NodeDialogue())).contains(#""role":{"ok":false,"reason":"it is a primary"}"#))
        #expect(text(ask("/nowhere", of: NodeDialogue())).hasPrefix(#"{"status":404,"reason":"the paths are "#))
    }

    @Test func outOfMemoryIsNotReady() throws {
        let dialogue = NodeDialogue()
        #expect(dialogue.send("SET", "k", String(repeating: "x", count: 100_000)) == "+OK\r\n")
        dialogue.expect("CONFIG", "SET", "maxmemory", "10000", gives: "+OK\r\n")
        let response = ask("/readyz", of: dialogue)
        #expect(response.status == 503)
        #expect(
            text(response).contains(
                #""memory":{"ok":false,"reason":"out of memory: maxmemory is reached, and "#
                    + "maxmemory-policy is noeviction"))
        // It still is what it is, and writes that take no memory work.
        #expect(ask("/primary", of: dialogue).status == 200)
        // Where something gives way a full memory is nothing special.
        dialogue.expect("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", gives: "+OK\r\n")
        #expect(ask("/readyz", of: dialogue).status == 200)
    }

    /// Every state of replication, as `replicationHealth` may describe it.
    @Test(arguments: [
        (true, false, true, Int64?(0), Int64?.none, [true, true, true]),
        (true, true, true, 0, nil, [false, true, true]),
        (false, false, true, 0, 0, [true, true, true]),
        (false, false, false, 5, 5, [true, false, true]),
        (false, false, true, 5, 4, [true, true, false]),
        (false, false, true, nil, 4, [true, true, false]),
        (false, false, true, nil, nil, [true, true, true]),
    ] as [(Bool, Bool, Bool, Int64?, Int64?, [Bool])])
    func replicationChecks(
        _ isPrimary: Bool, _ isLoading: Bool, _ isLinkUp: Bool, _ lag: Int64?, _ limit: Int64?, _ expected: [Bool]
    ) {
        var health = ReplicationHealth()
        (health.isPrimary, health.isLoading, health.isLinkUp, health.lagSeconds) = (isPrimary, isLoading, isLinkUp, lag)
        #expect([health.loadingCheck, health.linkCheck, health.lagCheck(limit)].map(\.isPassed) == expected)
    }

    // MARK: Metrics

    @Test func metricsAreWellFormed() throws {
        let dialogue = NodeDialogue()
        dialogue.expect("SET", "k", "v", "PX", "10", gives: "+OK\r\n")
        _ = dialogue.send("HGET", "k", "f")
        _ = dialogue.send("GET")
        dialogue.advance(milliseconds: 1000)
        let response = ask("/metrics", of: dialogue)
        #expect(response.contentType == "text/plain; version=0.0.4; charset=utf-8")
        let lines = text(response).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.last == "", "the last line ends too")
        var family = ""
        var families: Set<String> = []
        for line in lines.dropLast() {
            if let match = line.wholeMatch(of: /# HELP (\w+) (.+)/) {
                family = String(match.output.1)
                #expect(families.insert(family).inserted, "\(family) comes twice")
            } else if let match = line.wholeMatch(of: /# TYPE (\w+) (counter|gauge|histogram)/) {
                #expect(match.output.1 == family)
                if match.output.2 == "counter" { #expect(family.hasSuffix("_total"), "\(family)") }
            } else {
                let sample = line.wholeMatch(of: /(\w+)(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [0-9.]+/)
                let name = try #require(sample, "\(line)").output.1
                let isOfFamily = name == family || ["_bucket", "_sum", "_count"].contains { name == family + $0 }
                #expect(isOfFamily, "\(line) below \(family)")
            }
        }
        for name in [
            "connections", "commands_total", "sessions", "sessions_created_total", "sessions_revoked_total",
            "sessions_expired_total", "expiry_lag_seconds", "memory_used_bytes", "role", "replication_link_up",
            "replication_offset_bytes", "replication_lag_seconds", "replicas", "ready", "draining",
        ] { #expect(families.contains("cloakroom_" + name), "\(name)") }
    }

    @Test func metricsCount() {
        let dialogue = NodeDialogue()
        for _ in 0..<3 { _ = dialogue.send("SESSCREATE", "USER", "alice", "IDLE", "1s") }
        _ = dialogue.send("GET")
        _ = dialogue.send("SESSREVOKEUSER", "bob")
        _ = dialogue.send("HGET", "x")
        _ = dialogue.send("SET", "k", "v")
        _ = dialogue.send("HGET", "k", "f")
        var shown = text(ask("/metrics", of: dialogue)).split(separator: "\n")
        for line in [
            "cloakroom_sessions 3", "cloakroom_sessions_created_total 3", "cloakroom_connections 1",
            #"cloakroom_commands_total{command="sesscreate"} 3"#,
            #"cloakroom_commands_rejected_total{command="get"} 1"#,
            #"cloakroom_commands_failed_total{command="hget"} 1"#, #"cloakroom_errors_total{code="WRONGTYPE"} 1"#,
            #"cloakroom_keys{db="0"} 4"#, #"cloakroom_role{role="primary"} 1"#, #"cloakroom_role{role="replica"} 0"#,
            "cloakroom_ready 1", "cloakroom_draining 0",
        ] { #expect(shown.contains(line[...]), "\(line)") }
        dialogue.advance(milliseconds: 1003)
        shown = text(ask("/metrics", of: dialogue)).split(separator: "\n")
        #expect(shown.contains("cloakroom_sessions 0") && shown.contains("cloakroom_sessions_expired_total 3"))
    }

    /// Buckets are cumulative, by upper bound in seconds.
    @Test func expiryLag() {
        let dialogue = NodeDialogue()
        for (key, time) in [("a", "10"), ("b", "11"), ("c", "5")] { _ = dialogue.send("SET", key, "v", "PX", time) }
        // Found late, by turns that come 0, 0 and 5 ms after the deadlines.
        dialogue.advance(milliseconds: 10)
        dialogue.advance(milliseconds: 1)
        let lines = text(ask("/metrics", of: dialogue)).split(separator: "\n")
        let shown = lines.filter { $0.contains("expiry_lag_seconds") }
        #expect(shown.contains(#"cloakroom_expiry_lag_seconds_bucket{le="0"} 2"#))
        #expect(shown.contains(#"cloakroom_expiry_lag_seconds_bucket{le="0.003"} 2"#))
        #expect(shown.contains(#"cloakroom_expiry_lag_seconds_bucket{le="0.007"} 3"#))
        #expect(shown.contains(#"cloakroom_expiry_lag_seconds_bucket{le="+Inf"} 3"#))
        #expect(shown.contains("cloakroom_expiry_lag_seconds_sum 0.005"))
        #expect(shown.contains("cloakroom_expiry_lag_seconds_count 3"))
        #expect(shown.filter { $0.contains("_bucket") }.count == LagHistogram.buckets)
    }

    @Test func labelsAreEscaped() {
        var text = MetricsText()
        text.family("x", .gauge, "y")
        text.sample([("l", "a\"b\\c\nd")], 1)
        text.sample([], seconds: 1_500_000)
        text.sample([], seconds: 2_000_001)
        #expect(
            text.content == "# HELP cloakroom_x y\n# TYPE cloakroom_x gauge\n" + #"cloakroom_x{l="a\"b\\c\nd"} 1"#
                + "\ncloakroom_x 1.5\ncloakroom_x 2.000001\n")
    }

    /// Nothing that a client has sent is in there.
    @Test func metricsShowNoSecrets() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("SET", "secret-key", "secret-value")
        _ = dialogue.send("AUTH", "secret-user", "secret-word")
        _ = dialogue.send("SECRET-COMMAND", "x")
        _ = dialogue.send("SESSGET", "secret-token-0123456789")
        #expect(!text(ask("/metrics", of: dialogue)).lowercased().contains("secret"))
        #expect(!text(ask("/secret?secret=secret", of: dialogue)).contains("secret"))
    }

    // MARK: Checks on the ordinary port

    /// The `tcp-check` of HAProxy that routes by role, each piece as it stands on the wire.
    @Test func checksByRole() {
        var configuration = Configuration()
        configuration.requirePass = "pw"
        let dialogue = NodeDialogue(configuration)
        #expect(dialogue.sendRaw("AUTH pw\r\n") == "+OK\r\n")
        #expect(dialogue.sendRaw("PING\r\n") == "+PONG\r\n")
        #expect(dialogue.sendRaw("info replication\r\n").contains("\r\nrole:master\r\n"))
        #expect(dialogue.sendRaw("QUIT\r\n") == "+OK\r\n")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
    }

    /// The same byte by byte: nothing is answered early, and everything as soon as it is complete.
    @Test(arguments: ["\r\n", "\n"]) func checksByteByByte(_ end: String) {
        var configuration = Configuration()
        configuration.requirePass = "pw"
        let dialogue = NodeDialogue(configuration)
        for (line, answer) in [("AUTH pw", "+OK\r\n"), ("PING", "+PONG\r\n"), ("QUIT", "+OK\r\n")] {
            let bytes = Array((line + end).utf8)
            for (index, byte) in bytes.enumerated() {
                let reply = dialogue.sendRaw(String(UnicodeScalar(byte)))
                #expect(reply == (index == bytes.count - 1 ? answer : ""), "\(line) byte \(index)")
            }
        }
    }

    /// `option redis-check`.
    @Test func redisCheck() {
        let dialogue = NodeDialogue()
        let bytes = Array("*1\r\n$4\r\nPING\r\n".utf8)
        for (index, byte) in bytes.enumerated() {
            let reply = dialogue.sendRaw(String(UnicodeScalar(byte)))
            #expect(reply == (index == bytes.count - 1 ? "+PONG\r\n" : ""))
        }
    }

    @Test func pingBeforeAuthentication() {
        var configuration = Configuration()
        configuration.requirePass = "pw"
        let dialogue = NodeDialogue(configuration)
        let refusal = "-NOAUTH Authentication required.\r\n"
        #expect(dialogue.sendRaw("PING\n") == refusal)
        dialogue.expect("AUTH", "pw", on: 1, gives: "+OK\r\n")
        dialogue.expect("CONFIG", "SET", "health-ping-without-auth", "yes", on: 1, gives: "+OK\r\n")
        #expect(dialogue.sendRaw("PING\n") == "+PONG\r\n")
        #expect(dialogue.sendRaw("ping\r\n") == "+PONG\r\n")
        #expect(dialogue.sendRaw("*1\r\n$4\r\nPING\r\n") == "+PONG\r\n")
        // Nothing else, not even PING with an argument.
        #expect(dialogue.sendRaw("PING x\n") == refusal)
        #expect(dialogue.sendRaw("INFO replication\n") == refusal)
        #expect(dialogue.sendRaw("ECHO x\n") == refusal)
        #expect(dialogue.sendRaw("MULTI\nPING\n") == refusal + "+PONG\r\n")
        // It is no login, and nobody's request that was denied.
        #expect(dialogue.sendRaw("GET k\n") == refusal)
        dialogue.expect("ACL", "LOG", on: 1, gives: "*0\r\n")
        dialogue.expect("CONFIG", "SET", "health-ping-without-auth", "no", on: 1, gives: "+OK\r\n")
        #expect(dialogue.sendRaw("PING\n") == refusal)
    }

    /// Who has logged in may do what his permissions say, whatever strangers may.
    @Test func pingOfAUserWhoMayNot() {
        var configuration = Configuration()
        configuration.healthPingWithoutAuth = true
        let dialogue = NodeDialogue(configuration)
        _ = dialogue.send("ACL", "SETUSER", "u", "on", ">p", "~*", "+@all", "-ping")
        dialogue.expect("AUTH", "u", "p", on: 1, gives: "+OK\r\n")
        #expect(dialogue.sendRaw("PING\r\n", on: 1).hasPrefix("-NOPERM"))
    }
}
