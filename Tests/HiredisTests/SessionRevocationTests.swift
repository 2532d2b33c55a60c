import TestSupport
import Testing

/// `SESSREVOKE`, `SESSREVOKEUSER` and tombstones.
@Suite struct SessionRevocationTests {
    private let client: SessionClient

    init() throws { client = try SessionClient() }

    @Test func revokesByToken() throws {
        let tokens = try (0..<4).map { _ in try client.create() }
        #expect(try client.send("SESSREVOKE \(tokens[0])") == 1)
        #expect(try client.send("SESSREVOKE \(tokens[0])") == 0, "once")
        let unknown = unique("unknown")
        #expect(try client.send("SESSREVOKE \(tokens[0]) \(tokens[1]) \(unknown) \(tokens[2]) REASON logout") == 2)
        #expect(try client.send("SESSGET \(tokens[3])").elements != nil)
        #expect(try client.send("SESSREVOKE \(tokens[3]) \(tokens[3])") == 1, "twice in one command counts once")
    }

    @Test func revokesByHandle() throws {
        let tokens = try (0..<3).map { _ in try client.create() }
        let handles = try tokens.map { try handle(of: $0) }
        #expect(try client.send("SESSREVOKE HANDLE \(handles[0])") == 1)
        #expect(try client.send("SESSREVOKE handle \(handles[1]) \(handles[0]) REASON admin") == 1)
        #expect(try client.send("SESSREVOKE HANDLE \(String(repeating: "0", count: 32))") == 0)
        #expect(try client.send("SESSGET \(tokens[1])") == .null)
        #expect(try client.send("SESSGET \(tokens[2])").elements != nil)
        #expect(try client.send("SESSSET \(tokens[0]) FIELDS 1 a b").errorCode == "REVOKED")
    }

    @Test(arguments: ["xyz", "0", "g0000000000000000000000000000000", "000000000000000000000000000000000"])
    func whatIsNoHandle(text: String) throws {
        #expect(try client.send("SESSREVOKE HANDLE \(text)").errorCode == "ERR")
    }

    /// A token may be called what an option is called, if it is long enough; these are not.
    @Test(arguments: ["HANDLE", "REASON x", "HANDLE REASON x"])
    func syntaxErrors(options: String) throws {
        #expect(try client.send("SESSREVOKE \(options)").errorCode == "ERR", "\(options)")
    }

    @Test func reasonsHaveALimit() throws {
        let token = try client.create()
        let long = try client.send("SESSREVOKE \(token) REASON \("r".padded(to: 129))")
        #expect(long.errorCode == "ERR")
        #expect(try client.send("SESSGET \(token)").elements != nil, "a refused command revokes nothing")
        #expect(try client.send("SESSREVOKE \(token) REASON \("r".padded(to: 128))") == 1)
    }

    @Test func theReasonIsPublished() throws {
        let user = unique("user")
        let listener = try EventListener("__sessionuser__:\(user)")
        let token = try client.create("USER \(user)")
        _ = try client.send("SESSREVOKE \(token) REASON \"password changed\"")
        #expect(try listener.next().event.event == "created")
        let event = try listener.next().event
        #expect(event.event == "revoked" && event.reason == "password changed")
    }

    @Test func revokeUser() throws {
        let (user, other) = (unique("user"), unique("other"))
        let tokens = try (0..<5).map { _ in try client.create("USER \(user)") }
        let kept = try client.create("USER \(other)")
        #expect(try client.send("SESSREVOKEUSER \(user) EXCEPT \(tokens[2]) REASON password-changed") == 4)
        #expect(try client.handles(user) == [handle(of: tokens[2])])
        #expect(try client.send("SESSREVOKEUSER \(user)") == 1)
        #expect(try client.send("SESSREVOKEUSER \(user)") == 0)
        #expect(try client.send("SESSCARD \(user)") == 0)
        #expect(try client.send("SESSGET \(kept)").elements != nil)
        for token in tokens { #expect(try client.send("SESSTOUCH \(token)") == -2) }
        let later = try client.create("USER \(user)")
        #expect(try client.send("SESSGET \(later)").elements != nil, "a session created later is not affected")
        #expect(try client.send("SESSREVOKEUSER \(unique("nobody"))") == 0)
    }

    @Test func exceptATokenOfSomebodyElse() throws {
        let user = unique("user")
        let own = try client.create("USER \(user)")
        let foreign = try client.create("USER \(unique("other"))")
        #expect(try client.send("SESSREVOKEUSER \(user) EXCEPT \(foreign)") == 1)
        #expect(try client.send("SESSGET \(own)") == .null)
        #expect(try client.send("SESSGET \(foreign)").elements != nil)
    }

    @Test func manySessionsOfOneUser() throws {
        let user = unique("user")
        let replies = try client.connection.pipeline((0..<5000).map { _ in ["SESSCREATE", "USER", Bytes(user)] })
        #expect(replies.allSatisfy { $0.text?.count == 32 })
        #expect(try client.send("SESSCARD \(user)") == 5000)
        #expect(try client.send("SESSREVOKEUSER \(user)") == 5000)
        #expect(try client.send("SESSCARD \(user)") == 0)
    }

    @Test(arguments: [
        "EXCEPT", "REASON", "NOSUCH", "EXCEPT 0123456789abcdef EXCEPT 0123456789abcdef", "REASON a REASON a",
        "REASON a b",
    ])
    func syntaxErrorsOfRevokeUser(options: String) throws {
        let user = unique("user")
        let token = try client.create("USER \(user)")
        #expect(try client.send("SESSREVOKEUSER \(user) \(options)") == .error("ERR syntax error"), "\(options)")
        #expect(try client.send("SESSGET \(token)").elements != nil)
    }

    /// A tombstone stays until the session's absolute end, and no longer.
    @Test func tombstonesEndWithTheAbsoluteTimeout() throws {
        let token = unique("token")
        _ = try client.create("ID \(token) MAX 250")
        _ = try client.send("SESSREVOKE \(token)")
        #expect(try client.send("SESSCREATE ID \(token)").errorCode == "REVOKED")
        #expect(try client.send("SESSSET \(token) FIELDS 1 a b").errorCode == "REVOKED")
        #expect(try eventually { try client.send("SESSSET \(token) FIELDS 1 a b").errorCode == "NOSESSION" })
        #expect(try client.create("ID \(token)") == token)
    }

    @Test func flushAllForgetsTombstonesToo() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            let token = try client.create("ID \(unique("token")) USER bob")
            let living = try client.create("USER bob")
            _ = try client.send("SESSREVOKE \(token)")
            #expect(try client.send("SESSSET \(token) FIELDS 1 a b").errorCode == "REVOKED")
            #expect(try client.send("FLUSHALL") == .ok)
            #expect(try client.send("SESSSET \(token) FIELDS 1 a b").errorCode == "NOSESSION")
            #expect(try client.send("SESSGET \(living)") == .null)
            #expect(try client.send("SESSCARD bob") == 0)
            #expect(try client.send("SESSCARD") == 0)
            #expect(try client.create("ID \(token)") == token)
        }
    }
}
