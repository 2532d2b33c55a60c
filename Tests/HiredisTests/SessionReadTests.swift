import TestSupport
import Testing

/// `SESSGET`, `SESSLIST` and `SESSCARD`.
@Suite struct SessionReadTests {
    private let client: SessionClient

    init() throws { client = try SessionClient() }

    private static let keys = [
        "handle", "user", "device", "created", "seen", "ttl", "max", "level", "version", "rotated", "data",
    ]

    @Test func theMapHasItsKeysInOrder() throws {
        let before = wallMilliseconds()
        let token = try client.create("USER alice DEVICE \"Firefox on Linux\" IDLE 15m MAX 12h FIELDS 2 cart 3 lang en")
        let session = try client.get(token)
        let after = wallMilliseconds()
        let elements = try #require(session.elements)
        #expect(stride(from: 0, to: elements.count, by: 2).map { elements[$0].text } == Self.keys)
        #expect(session["handle"] == .text(try handle(of: token)))
        #expect(session["user"] == "alice")
        #expect(session["device"] == "Firefox on Linux")
        let created = try #require(session["created"]?.integer)
        #expect((before...after).contains(created), "\(before) <= \(created) <= \(after)")
        #expect(session["seen"] == .integer(created))
        let ttl = try #require(session["ttl"]?.integer)
        #expect(ttl <= 900_000 && ttl >= 900_000 - (after - before))
        let max = try #require(session["max"]?.integer)
        #expect(max <= 43_200_000 && max >= 43_200_000 - (after - before))
        #expect(session["level"] == 1 && session["version"] == 1 && session["rotated"] == 0)
        #expect(session["data"] == ["cart", "3", "lang", "en"])
    }

    @Test func anonymousSessionsHaveNoUserAndNoDevice() throws {
        let session = try client.get(try client.create())
        #expect(session["user"] == .null)
        #expect(session["device"] == .null)
        #expect(session["data"] == .emptyArray)
    }

    @Test func nothingIsNull() throws {
        #expect(try client.send("SESSGET \(unique("unknown"))") == .null)
        let revoked = try client.create()
        _ = try client.send("SESSREVOKE \(revoked)")
        #expect(try client.send("SESSGET \(revoked)") == .null)
        #expect(try client.send("SESSGET \(revoked) TOUCH BIND x MINLEVEL 9") == .null)
    }

    @Test func namedFieldsInTheOrderAskedFor() throws {
        let token = try client.create("FIELDS 3 a 1 b 2 c 3")
        #expect(try client.get(token, "FIELDS 1 b")["data"] == ["b", "2"])
        #expect(try client.get(token, "FIELDS 3 c x a")["data"] == ["c", "3", "x", .null, "a", "1"])
        #expect(try client.get(token, "TOUCH FIELDS 1 x")["data"] == ["x", .null])
    }

    @Test func touchRenewsAndAPlainReadDoesNot() throws {
        let token = try client.create("IDLE 1h")
        let created = try client.number("created", token)
        try nextMillisecond()
        #expect(try client.get(token)["seen"] == .integer(created))
        let touched = try client.get(token, "TOUCH")
        let seen = try #require(touched["seen"]?.integer)
        #expect(seen > created)
        #expect(touched["ttl"] == 3_600_000, "the time left after the renewal")
        #expect(touched["version"] == 1)
        #expect(try client.number("seen", token) == seen)
        #expect(try client.number("created", token) == created)
    }

    @Test func touchKeepsASessionAlive() throws {
        let token = try client.create("IDLE 400")
        let end = Deadline.within(1.2)
        while !end.hasPassed { _ = try client.get(token, "TOUCH") }
        #expect(try eventually { try client.send("SESSGET \(token)") == .null })
    }

    @Test func bindComparesBeforeAnythingIsShownOrRenewed() throws {
        let token = try client.create("BIND fingerprint IDLE 1h FIELDS 1 secret s3cr3t")
        let seen = try client.number("seen", token)
        try nextMillisecond()
        for wrong in ["x", "fingerprin", "fingerprint2", "Fingerprint"] {
            let reply = try client.send("SESSGET \(token) TOUCH BIND \(wrong)")
            #expect(reply.errorCode == "BINDMISMATCH")
            #expect(reply.errorText?.contains("s3cr3t") == false)
        }
        #expect(try client.send(["SESSGET", Bytes(token), "BIND", ""]).errorCode == "ERR", "too short to be one")
        #expect(try client.number("seen", token) == seen, "a failed check does not renew")
        #expect(try client.get(token, "TOUCH BIND fingerprint")["data"]?["secret"] == "s3cr3t")
        #expect(try client.get(token)["data"]?["secret"] == "s3cr3t", "without BIND nothing is compared")
        let unbound = try client.create()
        #expect(try client.send("SESSGET \(unbound) BIND anything").elements != nil)
    }

    @Test func minLevelAsksForMore() throws {
        let token = try client.create("LEVEL 2 IDLE 1h")
        let seen = try client.number("seen", token)
        try nextMillisecond()
        #expect(try client.send("SESSGET \(token) TOUCH MINLEVEL 3") == .error("STEPUP 2"))
        #expect(try client.number("seen", token) == seen)
        for level in 1...2 { #expect(try client.send("SESSGET \(token) MINLEVEL \(level)").elements != nil) }
    }

    @Test func minVersionIsMetByThePrimary() throws {
        let token = try client.create()
        _ = try client.send("SESSSET \(token) FIELDS 1 a b")
        for version in 1...2 { #expect(try client.send("SESSGET \(token) MINVER \(version)").elements != nil) }
        #expect(try client.send("SESSGET \(token) MINVER 3") == .error("STALE 2"))
    }

    @Test(arguments: [
        "NOSUCH", "TOUCH TOUCH", "BIND", "BIND a BIND a", "MINLEVEL", "MINLEVEL 1 MINLEVEL 1", "MINVER",
        "MINVER 1 MINVER 1",
        "FIELDS", "FIELDS 1", "FIELDS 2 a", "FIELDS 1 a b", "FIELDS 1 a TOUCH", "IDLE 1h",
    ])
    func syntaxErrorsOfGet(options: String) throws {
        let token = try client.create()
        #expect(try client.send("SESSGET \(token) \(options)") == .error("ERR syntax error"), "\(options)")
        #expect(
            try client.send("SESSGET \(unique("unknown")) \(options)") == .error("ERR syntax error"),
            "the same without a session: \(options)")
    }

    @Test(arguments: ["MINLEVEL x", "MINLEVEL -1", "MINVER x", "FIELDS x a", "FIELDS -1"])
    func invalidValuesOfGet(options: String) throws {
        let token = try client.create()
        #expect(try client.send("SESSGET \(token) \(options)").errorCode == "ERR", "\(options)")
    }

    @Test func arity() throws {
        let commands = [
            "SESSGET", "SESSSET", "SESSUNSET", "SESSTOUCH", "SESSROTATE", "SESSREVOKE", "SESSREVOKEUSER", "SESSLIST",
        ]
        for name in commands {
            let text = "ERR wrong number of arguments for '\(name.lowercased())' command"
            #expect(try client.send(name) == .error(Bytes(text)))
        }
        #expect(try client.send("SESSCARD a b") == .error("ERR wrong number of arguments for 'sesscard' command"))
    }

    @Test func listIsOrderedByUse() throws {
        let user = unique("user")
        var tokens: [String] = []
        for index in 0..<5 {
            tokens.append(try client.create("USER \(user) DEVICE d\(index) FIELDS 1 a b"))
            try nextMillisecond()
        }
        #expect(try client.handles(user) == tokens.reversed().map { try handle(of: $0) })
        _ = try client.send("SESSTOUCH \(tokens[1])")
        try nextMillisecond()
        _ = try client.get(tokens[3], "TOUCH")
        try nextMillisecond()
        _ = try client.get(tokens[0])
        let order = [3, 1, 4, 2, 0].map { tokens[$0] }
        #expect(try client.handles(user) == order.map { try handle(of: $0) })
        let reply = try client.send("SESSLIST \(user)")
        #expect(reply[0] == "0")
        let first = try #require(reply[1]?[0]?.elements)
        #expect(stride(from: 0, to: first.count, by: 2).map { first[$0].text } == Self.keys.dropLast(), "no data")
        #expect(reply[1]?[0]?["device"] == "d3")
        #expect(reply[1]?[0]?["user"] == .text(user))
    }

    @Test func listOfNobody() throws {
        #expect(try client.send("SESSLIST \(unique("nobody"))") == ["0", .emptyArray])
        #expect(try client.send("SESSCARD \(unique("nobody"))") == 0)
    }

    @Test(arguments: [1, 3, 10, 100, 1000]) func listPagesAreCompleteAndInOrder(count: Int) throws {
        let user = unique("user")
        let tokens = try (0..<100).map { _ in try client.create("USER \(user)") }
        let all = try client.handles(user)
        #expect(try Set(all) == Set(tokens.map { try handle(of: $0) }))
        var (cursor, seen, pages) = ("0", [String](), 0)
        repeat {
            let reply = try client.send("SESSLIST \(user) CURSOR \(cursor) COUNT \(count)")
            let page = (reply[1]?.elements ?? []).compactMap { $0["handle"]?.text }
            #expect(page.count <= count)
            cursor = reply[0]?.text ?? "0"
            seen += page
            pages += 1
        } while cursor != "0" && pages <= 200
        #expect(seen == all)
    }

    /// Sessions that exist throughout are listed though others come, go and are used between the pages.
    @Test func listIsCompleteWhileOthersChange() throws {
        let user = unique("user")
        let staying = try (0..<60).map { _ in try client.create("USER \(user)") }
        var passing = try (0..<30).map { _ in try client.create("USER \(user)") }
        var (cursor, seen, pages) = ("0", Set<String>(), 0)
        repeat {
            let reply = try client.send("SESSLIST \(user) CURSOR \(cursor) COUNT 7")
            cursor = reply[0]?.text ?? "0"
            for session in reply[1]?.elements ?? [] { seen.insert(session["handle"]?.text ?? "") }
            if !passing.isEmpty { _ = try client.send("SESSREVOKE \(passing.removeFirst())") }
            _ = try client.create("USER \(user)")
            _ = try client.send("SESSTOUCH \(staying[(pages * 11) % staying.count])")
            pages += 1
        } while cursor != "0" && pages < 500
        #expect(pages < 500, "an iteration ends")
        for token in staying { #expect(seen.contains(try handle(of: token))) }
    }

    @Test(arguments: [
        "CURSOR", "COUNT", "CURSOR 0 CURSOR 0", "COUNT 1 COUNT 1", "NOSUCH", "COUNT 5 NOSUCH", "TOUCH",
    ])
    func syntaxErrorsOfList(options: String) throws {
        #expect(try client.send("SESSLIST someone \(options)") == .error("ERR syntax error"), "\(options)")
    }

    @Test(arguments: ["COUNT 0", "COUNT -1", "COUNT x", "CURSOR x", "CURSOR -1"])
    func invalidValuesOfList(options: String) throws {
        #expect(try client.send("SESSLIST someone \(options)").errorCode == "ERR", "\(options)")
    }

    @Test func cardCountsTheLiving() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            #expect(try client.send("SESSCARD") == 0)
            _ = try (0..<5).map { _ in try client.create("USER bob") }
            let anonymous = try client.create()
            let brief = try client.create("USER bob IDLE 40")
            #expect(try client.send("SESSCARD bob") == 6)
            #expect(try client.send("SESSCARD") == 7)
            _ = try client.send("SESSREVOKE \(anonymous)")
            #expect(try eventually { try client.send("SESSCARD") == 5 })
            #expect(try client.send("SESSCARD bob") == 5)
            #expect(try client.send("SESSGET \(brief)") == .null)
            #expect(try client.send("SESSREVOKEUSER bob") == 5)
            #expect(try client.send("SESSCARD bob") == 0)
            #expect(try client.send("SESSCARD") == 0)
        }
    }
}
