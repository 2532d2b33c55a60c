import Foundation
import Testing

@testable import SessionCore

/// The users that the articles recommend, taken out of the articles and attacked: each does what he is for, and nothing
/// that the article says he cannot.
@Suite struct AccessRecipeTests {
    /// A recipe by the name of its user, and what is tried. Words in braces are put in: `{token}` and `{handle}` of a
    /// session of alice.
    private struct Attack: Sendable {
        let user: String
        /// What he is for.
        let allowed: [String]
        /// What his permissions forbid.
        let denied: [String]
        /// What they cannot forbid, and how it fails.
        var fails: [(request: String, reply: String)] = []
    }

    /// Of everybody but the administrator.
    private static let always = [
        "CONFIG SET timeout 1", "CONFIG GET requirepass", "CONFIG REWRITE", "ACL SETUSER evil on nopass ~* &* +@all",
        "ACL LIST", "ACL GETUSER admin", "ACL DELUSER admin", "ACL LOG RESET", "ACL SAVE", "ACL LOAD", "DEBUG SLEEP 0",
        "MONITOR", "SLOWLOG GET", "SHUTDOWN", "FLUSHALL", "FLUSHDB", "REPLICAOF 10.0.0.1 1", "SYNC", "FAILOVER",
        "CLIENT KILL TYPE normal", "CLIENT PAUSE 1000", "CLIENT LIST", "KEYS *", "RANDOMKEY", "GET secret",
        "SET secret x", "DEL secret", "RENAME secret x", "HGETALL __sess__:{handle}", "EVAL x 0",
        "EVALSHA x 0", "SCRIPT FLUSH",
        "SUBSCRIBE secret", "PSUBSCRIBE *", "PUBLISH secret x", "PUBSUB CHANNELS", "SUBSCRIBE __sessionuser__:alice",
        "PUBLISH __session__:revoked x", "SESSLIST alice", "SESSCARD alice", "SESSREVOKEUSER alice",
        "OBJECT ENCODING secret", "MEMORY USAGE secret", "COPY secret x", "SWAPDB 0 1", "PSYNC ? -1",
    ]

    /// `always` without what a recipe allows.
    private static func all(but allowed: String...) -> [String] {
        always.filter { request in !allowed.contains { request.hasPrefix($0) } }
    }

    private static let guess = "a-token-that-nobody-has"

    private static let attacks = [
        Attack(
            user: "shop", allowed: ["SESSCREATE USER bob", "SESSGET {token}", "CLIENT SETNAME shop", "PING"],
            denied: all(), fails: [("SESSGET \(guess)", "$-1"), ("SESSCREATE ID {token}", "-SESSEXISTS")]),
        Attack(
            user: "pages",
            allowed: ["SESSGET {token}", "SESSSET {token} FIELDS 1 a b", "SESSTOUCH {token}", "SESSROTATE {token}"],
            denied: all() + [
                "SESSCREATE", "SESSCREATE USER alice LIMIT 1 EVICT", "SESSCREATE USER alice", "SESSCREATE ID \(guess)",
            ],
            fails: [
                ("SESSGET \(guess)", "$-1"), ("SESSGET {handle}", "$-1"), ("SESSTOUCH \(guess)", ":-2"),
                ("SESSSET \(guess) FIELDS 1 a b", "-NOSESSION"), ("SESSSET \(guess) USER alice", "-NOSESSION"),
                ("SESSSET {handle} USER bob", "-NOSESSION"), ("SESSUNSET \(guess) FIELDS 1 a", "-NOSESSION"),
                ("SESSROTATE \(guess)", "-NOSESSION"), ("SESSROTATE {handle} USER alice", "-NOSESSION"),
                ("SESSREVOKE \(guess)", ":0"), ("SESSREVOKE alice-alice-alice", ":0"), ("SESSREVOKE {handle}", ":0"),
            ]),
        Attack(
            user: "forum", allowed: ["SET sess:1 x EX 10", "GET sess:1", "DEL sess:1", "SCAN 0", "TTL sess:1"],
            denied: all() + [
                "SETEX secret 1 x", "GETEX secret", "EXPIRE secret 1", "TTL secret", "GET sess", "DEL sess:1 secret",
                "GET __sess__:{handle}", "SESSGET {token}", "SESSCREATE USER alice LIMIT 1 EVICT", "SESSREVOKE {token}",
                "SESSREVOKE HANDLE {handle}", "HGETALL sess:1", "APPEND sess:1 x", "INFO",
            ]),
        Attack(
            user: "audit", allowed: ["SESSLIST alice", "SESSCARD", "SUBSCRIBE __session__:revoked", "PING"],
            denied: all(but: "SESSLIST", "SESSCARD") + [
                "SESSREVOKE HANDLE {handle}", "SESSREVOKE {token}", "SESSCREATE USER alice LIMIT 1 EVICT",
                "SESSCREATE", "SESSGET {token}", "SESSTOUCH {token}", "SESSSET {token} FIELDS 1 a b", "ACL LOG",
                "SESSROTATE {token}", "SUBSCRIBE __keyevent@0__:del", "PSUBSCRIBE __session*",
                "CONFIG RESETSTAT", "SCAN 0",
            ]),
        Attack(
            user: "health", allowed: ["PING", "PING x"],
            denied: all() + [
                "INFO", "ECHO x", "SELECT 1", "CLIENT ID", "CLIENT SETNAME x", "COMMAND COUNT", "SESSGET {token}",
                "SCAN 0", "MULTI", "WAIT 0 0", "ROLE", "DBSIZE",
            ]),
        Attack(
            user: "watch", allowed: ["INFO", "DBSIZE", "CONFIG GET *", "CLIENT LIST", "MEMORY STATS"],
            denied: all(but: "CONFIG GET", "CLIENT LIST") + ["SCAN 0", "SESSGET {token}", "CONFIG RESETSTAT", "MULTI"],
            fails: [
                ("CONFIG GET requirepass", "*2\r\n$11\r\nrequirepass\r\n$10\r\n(redacted)"),
                ("CONFIG GET masterauth", "*2\r\n$10\r\nmasterauth\r\n$10\r\n(redacted)"),
            ]),
        Attack(
            user: "sentinel",
            allowed: [
                "PING", "INFO", "ROLE", "PUBLISH __sentinel__:hello x", "CLIENT SETNAME s", "MULTI",
                "CLIENT KILL TYPE pubsub", "SLAVEOF NO ONE", "CONFIG REWRITE", "EXEC", "SCRIPT KILL",
                "SUBSCRIBE __sentinel__:hello",
            ],
            denied: all(but: "CLIENT KILL", "CONFIG REWRITE") + [
                "SESSGET {token}", "SESSREVOKE HANDLE {handle}", "SCAN 0", "REPLCONF ack 1",
                "SUBSCRIBE __session__:revoked",
            ]),
        Attack(
            user: "replica", allowed: ["PING", "REPLCONF capa eof capa psync2", "PSYNC ? -1"],
            denied: all(but: "PSYNC") + [
                "SESSGET {token}", "SESSREVOKE HANDLE {handle}", "SCAN 0", "INFO", "SLAVEOF NO ONE", "ROLE", "WAIT 0 0",
                "SESSCREATE USER alice LIMIT 1 EVICT",
            ]),
    ]

    /// Users for whom there is nothing to forbid, or a test of his own.
    private static let others = ["admin", "default"]

    // MARK: The articles

    private static let documentation = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/SessionCore/SessionCore.docc")

    /// The lines `user name rule …` of all articles, with passwords.
    private static func recipes() throws -> [[String]] {
        let files = try #require(FileManager.default.enumerator(at: documentation, includingPropertiesForKeys: nil))
        var recipes: [[String]] = []
        for case let file as URL in files where file.pathExtension == "md" {
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            for line in lines where line.hasPrefix("user ") {
                recipes.append(line.split(separator: " ").dropFirst().map { $0 == ">…" ? ">pw" : String($0) })
            }
        }
        return recipes
    }

    /// A node with all users of the articles, sessions and secrets.
    private func node() throws -> (dialogue: NodeDialogue, token: String) {
        let dialogue = NodeDialogue()
        for recipe in try Self.recipes() where recipe[0] != "default" {
            #expect(dialogue.send(["ACL", "SETUSER"] + recipe) == "+OK\r\n", "\(recipe)")
        }
        for name in ["requirepass", "masterauth"] { _ = dialogue.send("CONFIG", "SET", name, "hunter2") }
        _ = dialogue.send("SET", "secret", "hunter2")
        _ = dialogue.create("USER alice FIELDS 1 secret hunter2")
        return (dialogue, dialogue.create("USER alice DEVICE hunter2"))
    }

    @Test func everyRecipeIsAttacked() throws {
        let names = try Self.recipes().map { $0[0] }
        #expect(names.sorted() == (Self.attacks.map(\.user) + Self.others).sorted())
    }

    @Test(arguments: attacks.map(\.user))
    func attacked(_ user: String) throws {
        let attack = try #require(Self.attacks.first { $0.user == user })
        let (dialogue, token) = try node()
        let handle = dialogue.handle(token)
        let before = dialogue.send("SESSLIST", "alice")
        func words(_ request: String) -> [String] {
            request.split(separator: " ").map {
                $0.replacingOccurrences(of: "{token}", with: token).replacingOccurrences(of: "{handle}", with: handle)
            }
        }
        var connection: UInt32 = 10
        /// On a connection of its own, for some end theirs.
        func tell(_ request: String) -> String {
            connection += 1
            dialogue.expect("AUTH", user, "pw", on: connection, gives: "+OK\r\n")
            let reply = dialogue.send(words(request), on: connection)
            dialogue.disconnect(connection)
            return reply
        }
        for request in attack.denied {
            let reply = tell(request)
            #expect(reply.hasPrefix("-NOPERM"), "\(user): \(request) gives \(reply)")
        }
        for (request, reply) in attack.fails {
            let answer = tell(request)
            #expect(answer.hasPrefix(reply) && !answer.contains("hunter2"), "\(user): \(request) gives \(answer)")
        }
        #expect(dialogue.send("SESSLIST", "alice") == before, "\(user) has changed sessions of alice's")
        dialogue.expect("GET", "secret", gives: bulk("hunter2"))
        dialogue.expect("AUTH", user, "pw", on: 9, gives: "+OK\r\n")
        for request in attack.allowed {
            let reply = dialogue.send(words(request), on: 9)
            let isAllowed = !reply.hasPrefix("-NOPERM") && !reply.hasPrefix("-ERR unknown")
            #expect(isAllowed, "\(user): \(request) gives \(reply)")
            if user == "watch" { #expect(!reply.contains("hunter2")) }
        }
    }

    /// What the article says that an application which may create sessions can do without a token.
    @Test func whoCreatesSessionsCanEndThem() throws {
        let (dialogue, _) = try node()
        dialogue.expect("AUTH", "shop", "pw", on: 1, gives: "+OK\r\n")
        #expect(dialogue.send("SESSCREATE", "USER", "alice", "LIMIT", "1", "EVICT", on: 1).hasPrefix("$32\r\n"))
        dialogue.expect("SESSCARD", "alice", gives: ":1\r\n")
    }

    /// With `default` off, nothing is possible without logging in but what it takes to do so, and to leave.
    @Test func defaultOff() throws {
        let dialogue = NodeDialogue()
        let recipe = try #require(try Self.recipes().first { $0[0] == "default" })
        #expect(dialogue.send(["ACL", "SETUSER"] + recipe) == "+OK\r\n")
        let table = CommandTable()
        for row in table.rows where row.subcommands.isEmpty && !row.flags.contains(.noAuth) {
            let name = table.fullName(of: row.id).split(separator: "|").map(String.init)
            let arguments = Array(repeating: "x", count: max(0, Int(abs(row.arity)) - name.count))
            let reply = dialogue.send(name + arguments, on: 1)
            // Of `EXEC` within `EXECABORT`.
            #expect(reply.hasPrefix("-") && reply.hasSuffix("NOAUTH Authentication required.\r\n"), "\(name)")
        }
        for login in ["AUTH default x", "AUTH x", "HELLO 3", "HELLO 3 AUTH default x"] {
            let reply = dialogue.send(login.split(separator: " ").map(String.init), on: 1)
            #expect(reply.hasPrefix("-"), "\(login)")
            dialogue.expect("ACL", "WHOAMI", on: 1, gives: "-NOAUTH Authentication required.\r\n")
        }
    }
}
