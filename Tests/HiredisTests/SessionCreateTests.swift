import TestSupport
import Testing

/// `SESSCREATE`: tokens, options, limits and refusals.
@Suite struct SessionCreateTests {
    private let client: SessionClient

    init() throws { client = try SessionClient() }

    @Test func theServerMakesTokensOf24Bytes() throws {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let tokens = try (0..<1000).map { _ in try client.create() }
        #expect(tokens.allSatisfy { $0.count == 32 && $0.allSatisfy(alphabet.contains) }, "base64url, 32 characters")
        #expect(Set(tokens).count == 1000)
        // 32,000 characters of 64 kinds: a kind that is missing would be no chance.
        #expect(Set(tokens.joined()) == alphabet)
    }

    @Test func theCallersTokenIsTaken() throws {
        let token = unique("token")
        #expect(try client.create("ID \(token)") == token)
        #expect(try client.send("SESSCREATE ID \(token)").errorCode == "SESSEXISTS")
        #expect(try client.send("SESSREVOKE \(token)") == 1)
        #expect(try client.send("SESSCREATE ID \(token)").errorCode == "REVOKED")
    }

    @Test func anExpiredTokenMayBeUsedAgain() throws {
        let token = unique("token")
        _ = try client.create("ID \(token) IDLE 20 FIELDS 1 a old")
        #expect(try eventually { try client.send("SESSGET \(token)") == .null })
        #expect(try client.create("ID \(token)") == token)
        #expect(try client.get(token)["data"]?["a"] == nil)
    }

    /// Lengths in bytes: the shortest and longest allowed, and one beyond.
    @Test(arguments: [
        ("ID", 15, false), ("ID", 16, true), ("ID", 512, true), ("ID", 513, false),
        ("USER", 512, true), ("USER", 513, false),
        ("DEVICE", 256, true), ("DEVICE", 257, false),
        ("BIND", 256, true), ("BIND", 257, false),
    ])
    func lengthLimits(option: String, length: Int, allowed: Bool) throws {
        let start = unique("l")
        let text = length < start.count ? String(start.suffix(length)) : start.padded(to: length)
        let reply = try client.send(["SESSCREATE", Bytes(option), Bytes(text)])
        if allowed {
            #expect(reply.text != nil, "\(reply)")
        } else {
            #expect(reply.errorCode == "ERR", "\(reply)")
            #expect(reply.errorText != "ERR syntax error", "says what is too long: \(reply)")
        }
    }

    @Test(arguments: [(512, true), (513, false)]) func fieldNameLimit(length: Int, allowed: Bool) throws {
        let reply = try client.send(["SESSCREATE", "FIELDS", "1", Bytes("f".padded(to: length)), "v"])
        #expect((reply.text != nil) == allowed, "\(reply)")
        #expect(allowed || reply.errorCode == "ERR")
    }

    @Test(arguments: [(1024, true), (1025, false)]) func fieldCountLimit(count: Int, allowed: Bool) throws {
        let fields = (0..<count).flatMap { ["f\($0)", "v"] as [Bytes] }
        let reply = try client.send(["SESSCREATE", "FIELDS", Bytes(count)] + fields)
        #expect((reply.text != nil) == allowed, "\(reply)")
        guard let token = reply.text else { return }
        #expect(try client.get(token)["data"]?.elements?.count == 2 * count)
        let more = try client.send("SESSSET \(token) FIELDS 1 onemore v")
        #expect(more.errorCode != nil, "merging may not pass the limit either: \(more)")
    }

    @Test func wholeSessionLimit() throws {
        let fits = Bytes(repeating: "x", count: 60_000)
        let token = try #require(try client.send(["SESSCREATE", "FIELDS", "1", "f", fits]).text)
        #expect(try client.get(token)["data"]?["f"] == .bulk(fits))
        let tooBig = Bytes(repeating: "x", count: 65_537)
        #expect(try client.send(["SESSCREATE", "FIELDS", "1", "f", tooBig]).errorCode == "SESSTOOBIG")
        #expect(try client.send(["SESSSET", Bytes(token), "FIELDS", "1", "g", fits]).errorCode == "SESSTOOBIG")
        #expect(try client.get(token)["data"] == ["f", .bulk(fits)], "a refused write changes nothing")
        #expect(try client.number("version", token) == 1)
    }

    @Test func binaryTokensUsersFieldsAndValues() throws {
        let every = Bytes((0...255).map { UInt8($0) })
        let token = Bytes(Array(unique("t").utf8) + every.bytes)
        let user = Bytes(Array(unique("u").utf8) + every.bytes)
        let create: [Bytes] = [
            "SESSCREATE", "ID", token, "USER", user, "DEVICE", every, "FIELDS", "2", every, every, "", "",
        ]
        #expect(try client.send(create) == .bulk(token))
        let session = try client.send(["SESSGET", token])
        #expect(session["user"] == .bulk(user))
        #expect(session["device"] == .bulk(every))
        #expect(session["data"]?.elements?.count == 4)
        #expect(
            try client.send(["SESSGET", token, "FIELDS", "2", every, ""])["data"] == [
                .bulk(every), .bulk(every), "", "",
            ])
        #expect(try client.send(["SESSCARD", user]) == 1)
        #expect(try client.send(["SESSREVOKEUSER", user]) == 1)
    }

    @Test(arguments: [
        ("1", 1), ("999", 999), ("900000", 900_000), ("1s", 1000), ("900s", 900_000), ("15m", 900_000),
        ("12h", 43_200_000), ("30d", 2_592_000_000),
    ])
    func durations(text: String, milliseconds: Int64) throws {
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        let token = try client.create("USER \(user) IDLE \(text) MAX 0")
        let created = try listener.next().event
        #expect(created.event == "created")
        // A short one may be gone before it can be asked for; its end tells its length.
        guard milliseconds > 1000 else {
            let expired = try listener.next().event
            #expect(expired.event == "expired" && expired.at - created.at == milliseconds)
            return
        }
        #expect(try client.send("SESSTOUCH \(token)") == .integer(milliseconds))
    }

    @Test(arguments: [
        "", "0", "0s", "-1", "-1s", "m", "15x", "15 m", "1.5h", "1h30m", "+5", "05x", "0x10", "15M5", "s15",
        "9223372036854775807", "9223372036854775808", "9223372036854775807d", "99999999999999999999999",
    ])
    func invalidIdle(text: String) throws {
        let reply = try client.send(["SESSCREATE", "IDLE", Bytes(text)])
        #expect(reply.errorCode == "ERR", "IDLE \(text): \(reply)")
    }

    @Test func defaultTimeouts() throws {
        let token = try client.create()
        #expect(try client.send("SESSTOUCH \(token)") == 1_800_000)
        let max = try client.number("max", token)
        #expect(max <= 43_200_000 && max > 43_190_000)
    }

    @Test func maxZeroMeansNone() throws {
        let token = try client.create("MAX 0")
        #expect(try client.number("max", token) == -1)
    }

    @Test func theAbsoluteTimeoutEndsASessionHoweverOftenItIsTouched() throws {
        let token = try client.create("IDLE 1h MAX 200")
        let left = try #require(try client.send("SESSTOUCH \(token)").integer)
        #expect(left <= 200 && left > 0, "a touch does not pass the absolute timeout: \(left)")
        let ttl = try client.number("ttl", token)
        #expect(ttl <= 200)
        #expect(try eventually { try client.send("SESSTOUCH \(token)") == -2 })
        #expect(try client.send("SESSGET \(token)") == .null)
    }

    @Test func anIdleSessionExpires() throws {
        let token = try client.create("IDLE 50")
        #expect(try client.get(token)["handle"] != nil)
        #expect(try eventually { try client.send("SESSGET \(token)") == .null })
        #expect(try client.send("SESSTOUCH \(token)") == -2)
        #expect(try client.send("SESSSET \(token) FIELDS 1 a b").errorCode == "NOSESSION")
    }

    @Test func policiesAreRefusedUntilTheyExist() throws {
        let reply = try client.send("SESSCREATE POLICY strict")
        #expect(reply.errorCode == "ERR")
        #expect(reply.errorText?.uppercased().contains("POLICY") == true, "the text names the option: \(reply)")
    }

    @Test(arguments: [
        "USER", "USER a USER a", "DEVICE", "DEVICE a DEVICE b", "IDLE", "IDLE 1h IDLE 1h", "MAX", "MAX 1h MAX 1h",
        "BIND",
        "BIND a BIND a", "LEVEL", "LEVEL 1 LEVEL 1", "LEVEL 2 FOR", "LEVEL 2 FOR 1h FOR 1h", "FOR 1h", "ID",
        "LIMIT", "LIMIT 1", "LIMIT 1 EVICT", "USER a LIMIT", "USER a LIMIT 1 LIMIT 1", "USER a LIMIT 1 EVICT REJECT",
        "REJECT", "EVICT", "USER a REJECT", "NOSUCH", "USER a NOSUCH", "NOSUCH x", "TOUCH", "GRACE 1s",
        "FIELDS", "FIELDS 1", "FIELDS 1 a", "FIELDS 2 a b", "FIELDS 2 a b c", "FIELDS 1 a b c", "FIELDS 1 a b USER u",
        "FIELDS 1 a b FIELDS 1 a b",
    ])
    func syntaxErrors(options: String) throws {
        let reply = try client.send("SESSCREATE \(options)")
        #expect(reply == .error("ERR syntax error"), "SESSCREATE \(options): \(reply)")
    }

    @Test(arguments: [
        "FIELDS x a b", "FIELDS -1", "FIELDS 1.0 a b", "FIELDS 99999999999999999999 a b", "LEVEL x", "LEVEL -1",
        "LEVEL 1.5", "LEVEL 99999999999999999999", "LEVEL 2 FOR x", "LEVEL 2 FOR -1", "USER u LIMIT x",
        "USER u LIMIT 0",
        "USER u LIMIT -1", "MAX -1", "MAX x", "FIELDS 1 @user bob", "FIELDS 2 a b @ c",
    ])
    func invalidValues(options: String) throws {
        let reply = try client.send("SESSCREATE \(options)")
        #expect(reply.errorCode == "ERR", "SESSCREATE \(options): \(reply)")
    }

    @Test func optionsComeInAnyOrderAndCase() throws {
        let options = [
            "USER order", "device laptop", "IDLE 10m", "Max 1h", "BIND fp", "LEVEL 3", "LIMIT 1000000 REJECT",
        ]
        for rotation in options.indices {
            for order in [Array(options[rotation...] + options[..<rotation])].flatMap({ [$0, $0.reversed()] }) {
                let token = try client.create(order.joined(separator: " ") + " fields 1 cart 3")
                let session = try client.get(token)
                #expect(session["user"] == "order" && session["device"] == "laptop" && session["level"] == 3)
                #expect(session["data"] == ["cart", "3"])
            }
        }
    }

    @Test func levelFallsBackToOne() throws {
        let plain = try client.create()
        #expect(try client.number("level", plain) == 1)
        let lasting = try client.create("LEVEL 3")
        #expect(try client.number("level", lasting) == 3)
        let brief = try client.create("LEVEL 3 FOR 150")
        #expect(try client.send("SESSGET \(brief) MINLEVEL 3").errorCode == nil)
        #expect(try eventually { try client.number("level", brief) == 1 })
        #expect(try client.send("SESSGET \(brief) MINLEVEL 3") == .error("STEPUP 1"))
        #expect(try client.send("SESSGET \(brief) MINLEVEL 1").elements != nil)
    }

    @Test func limitRejects() throws {
        let user = unique("user")
        let tokens = try (0..<3).map { _ in try client.create("USER \(user) LIMIT 3") }
        #expect(try client.send("SESSCREATE USER \(user) LIMIT 3").errorCode == "SESSLIMIT")
        #expect(try client.send("SESSCREATE USER \(user) LIMIT 3 REJECT").errorCode == "SESSLIMIT")
        #expect(try client.send("SESSCARD \(user)") == 3)
        #expect(try client.send("SESSCREATE USER \(unique("other")) LIMIT 1").text != nil, "users count apart")
        _ = try client.send("SESSREVOKE \(tokens[1])")
        #expect(try client.send("SESSCREATE USER \(user) LIMIT 3").text != nil, "a revoked session does not count")
        #expect(try client.send("SESSCREATE USER \(user)").text != nil, "without LIMIT there is none")
    }

    @Test func limitCountsNoExpiredSession() throws {
        let user = unique("user")
        _ = try client.create("USER \(user) IDLE 30")
        #expect(try eventually { try client.send("SESSCREATE USER \(user) LIMIT 1").text != nil })
    }

    @Test func limitEvictsTheLeastRecentlyUsed() throws {
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        let tokens = try (0..<3).map { _ in
            try nextMillisecond()
            return try client.create("USER \(user)")
        }
        try nextMillisecond()
        _ = try client.send("SESSTOUCH \(tokens[0])")
        try nextMillisecond()
        let new = try client.create("USER \(user) LIMIT 2 EVICT")
        #expect(try client.handles(user) == [handle(of: new), handle(of: tokens[0])])
        #expect(try client.send("SESSSET \(tokens[1]) FIELDS 1 a b").errorCode == "REVOKED")
        #expect(try client.send("SESSGET \(tokens[2])") == .null)
        var revoked: [SessionEvent] = []
        while revoked.count < 2 {
            let event = try listener.next().event
            if event.event == "revoked" { revoked.append(event) }
        }
        #expect(revoked.map(\.reason) == ["limit", "limit"])
        #expect(try revoked.map(\.handle) == [handle(of: tokens[1]), handle(of: tokens[2])])
    }
}

extension String {
    /// The text followed by as many `x` as make it `length` bytes long.
    func padded(to length: Int) -> String { self + String(repeating: "x", count: length - utf8.count) }
}

/// Returns when the wall clock shows a later millisecond: for orders that the server keeps by the millisecond.
func nextMillisecond() throws {
    let now = wallMilliseconds()
    try #require(eventually { wallMilliseconds() > now + 1 })
}
