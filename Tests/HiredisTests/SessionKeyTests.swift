import TestSupport
import Testing

/// Sessions among keys: databases, flushing, and the hashes under `__sess__:` by which they show.
@Suite struct SessionKeyTests {
    @Test func sessionsLiveInTheSelectedDatabase() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            let token = try client.create("USER bob FIELDS 1 db 0")
            _ = try client.send("SELECT 1")
            #expect(try client.send("SESSGET \(token)") == .null)
            #expect(try client.send("SESSTOUCH \(token)") == -2)
            #expect(try client.send("SESSCARD bob") == 0)
            #expect(try client.send("SESSLIST bob") == ["0", .emptyArray])
            #expect(try client.send("SESSREVOKE \(token)") == 0)
            #expect(try client.send("SESSREVOKEUSER bob") == 0)
            #expect(
                try client.create("ID \(token) USER bob FIELDS 1 db 1") == token, "the same token in another database")
            #expect(try client.get(token)["data"] == ["db", "1"])
            _ = try client.send("SESSREVOKE \(token)")
            _ = try client.send("SELECT 0")
            #expect(try client.get(token)["data"] == ["db", "0"])
        }
    }

    @Test func swapDBMovesThem() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            let token = try client.create("USER bob")
            let revoked = try client.create()
            _ = try client.send("SESSREVOKE \(revoked)")
            #expect(try client.send("SWAPDB 0 7") == .ok)
            #expect(try client.send("SESSGET \(token)") == .null)
            #expect(try client.send("SESSSET \(revoked) FIELDS 1 a b").errorCode == "NOSESSION")
            _ = try client.send("SELECT 7")
            #expect(try client.handles("bob") == [handle(of: token)])
            #expect(try client.send("SESSSET \(revoked) FIELDS 1 a b").errorCode == "REVOKED")
        }
    }

    @Test func flushDBRemovesOnlyItsOwn() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            let zero = try client.create("USER bob")
            _ = try client.send("SELECT 1")
            let one = try client.create("USER bob")
            #expect(try client.send("FLUSHDB") == .ok)
            #expect(try client.send("SESSGET \(one)") == .null)
            #expect(try client.send("SESSCARD bob") == 0)
            _ = try client.send("SELECT 0")
            #expect(try client.handles("bob") == [handle(of: zero)])
        }
    }

    @Test func aSessionShowsAsAHash() throws {
        let client = try SessionClient()
        let user = unique("user")
        let token = try client.create("USER \(user) DEVICE phone IDLE 1h MAX 2h FIELDS 2 cart 3 lang en")
        let key = "__sess__:" + (try handle(of: token))
        #expect(try client.send("TYPE \(key)") == .status("hash"))
        #expect(try client.send("EXISTS \(key)") == 1)
        #expect(try client.send("HGET \(key) cart") == "3")
        #expect(try client.send("HGET \(key) nosuch") == .null)
        #expect(try client.send("HMGET \(key) lang cart") == ["en", "3"])
        let hash = try client.send("HGETALL \(key)")
        #expect(hash["cart"] == "3" && hash["lang"] == "en")
        let names = try client.send("HKEYS \(key)").elements?.compactMap(\.text) ?? []
        #expect(
            names.allSatisfy { ["cart", "lang"].contains($0) || $0.hasPrefix("@") }, "metadata begins with @: \(names)")
        #expect(try client.send("HLEN \(key)") == .integer(Int64(names.count)))
        let left = try #require(try client.send("PTTL \(key)").integer)
        #expect(left <= 3_600_000 && left > 3_500_000)
        #expect(!names.contains(token) && !hash.description.contains(token), "the token is nowhere")
        _ = try client.send("SESSREVOKE \(token)")
        #expect(try client.send("EXISTS \(key)") == 0)
    }

    @Test(arguments: [
        "SET % v", "SETEX % 10 v", "APPEND % v", "GETSET % v", "INCR %", "SETRANGE % 0 v", "MSET % v",
        "MSET other% v % v",
        "DEL %", "UNLINK %", "DEL other% %", "EXPIRE % 10", "PEXPIREAT % 1", "PERSIST %", "RENAME % x",
        "RENAME other% %",
        "COPY other% % REPLACE", "MOVE % 1", "HSET % f v", "HSETNX % f v", "HDEL % cart", "HINCRBY % cart 1",
        "HINCRBYFLOAT % cart 1",
        "GETDEL %", "GETEX % EX 10", "SETNX % v", "MSETNX % v",
    ])
    func ordinaryWritesAreRefused(template: String) throws {
        let client = try SessionClient()
        let token = try client.create("IDLE 1h FIELDS 1 cart 3")
        let key = "__sess__:" + (try handle(of: token))
        _ = try client.send("SET other\(key) v")
        let reply = try client.send(template.replacing("%", with: key))
        #expect(reply.errorCode == "ERR", "\(template): \(reply)")
        let session = try client.get(token)
        #expect(session["data"] == ["cart", "3"] && session["version"] == 1)
        #expect(try client.send("GET other\(key)") == "v", "nothing is done by halves")
    }

    @Test func sessionsAreScanned() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            let tokens = try (0..<50).map { _ in try client.create() }
            let keys = try Set(tokens.map { "__sess__:" + (try handle(of: $0)) })
            _ = try client.send("SET plain v")
            let scanned = try client.send("SCAN 0 COUNT 10000 MATCH __sess__:*")[1]?.elements?.compactMap(\.text) ?? []
            #expect(Set(scanned) == keys)
            let all = try client.send("KEYS *").elements?.compactMap(\.text) ?? []
            #expect(Set(all) == keys.union(["plain"]))
            #expect(try client.send("DBSIZE") == 51)
            let hashes = try client.send("SCAN 0 COUNT 10000 TYPE hash")[1]?.elements?.count
            #expect(hashes == 50)
        }
    }

    @Test func commandTableKnowsTheFamily() throws {
        let client = try SessionClient()
        let arities: [String: Int64] = [
            "sesscreate": -1, "sessget": -2, "sessset": -4, "sessunset": -5, "sesstouch": -2, "sessrotate": -2,
            "sessrevoke": -2,
            "sessrevokeuser": -2, "sesslist": -2, "sesscard": -1,
        ]
        for (name, arity) in arities {
            let info = try client.send("COMMAND INFO \(name)")
            #expect(info[0]?[0] == .text(name) && info[0]?[1] == .integer(arity))
            let categories = info[0]?[6]?.elements?.compactMap(\.text) ?? []
            #expect(categories.contains("@session"), "\(name): \(categories)")
            let docs = try client.send("COMMAND DOCS \(name)")[name]
            #expect(docs?["summary"]?.text?.isEmpty == false && docs?["since"] != nil && docs?["group"] == "session")
            #expect(docs?["arguments"]?.elements?.isEmpty == false, "\(name)")
        }
        #expect(try client.send("COMMAND GETKEYS SESSGET token1234567890") == ["token1234567890"])
        #expect(try client.send("COMMAND GETKEYS SESSREVOKE tokenA tokenB REASON x") == ["tokenA", "tokenB"])
    }

    /// A million bytes of sessions, one transaction of every kind on each, and nothing is left.
    @Test func thousandsOfSessionsComeAndGo() throws {
        try withServer { server in
            let client = try SessionClient(server.address)
            let connection = client.connection
            for round in 0..<5 {
                let created = try connection.pipeline(
                    (0..<500).map {
                        [
                            "SESSCREATE", "USER", Bytes("u\($0 % 50)"), "FIELDS", "1", "payload",
                            Bytes(repeating: "p", count: $0),
                        ]
                    })
                let tokens = try created.map { try #require($0.bytes) }
                let read = try connection.pipeline(tokens.map { ["SESSGET", $0, "TOUCH"] })
                #expect(read.enumerated().allSatisfy { $0.element["data"]?["payload"]?.bytes?.count == $0.offset })
                let rotated = try connection.pipeline(tokens.map { ["SESSROTATE", $0, "GRACE", "0"] }).compactMap(
                    \.bytes)
                #expect(rotated.count == 500)
                #expect(try client.send("SESSCARD") == 500)
                let revoked = try connection.pipeline((0..<50).map { ["SESSREVOKEUSER", Bytes("u\($0)")] })
                #expect(revoked.allSatisfy { $0 == 10 }, "round \(round)")
                #expect(try client.send("SESSCARD") == 0)
            }
        }
    }
}
