import Testing

@testable import SessionCore

/// Users at work: what they may do, logging in, and what follows when they change. Texts are those of redis-server
/// 7.0.15.
@Suite struct AccessTests {
    private let dialogue = NodeDialogue()

    private static let keys = "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n"
    private static let channels =
        "-NOPERM this user has no permissions to access one of the channels used as arguments\r\n"
    private static func command(_ name: String) -> String {
        "-NOPERM this user has no permissions to run the '\(name)' command\r\n"
    }

    /// Defines a user and logs connection 1 in as him.
    private func become(_ rules: String...) {
        _ = dialogue.send(["ACL", "SETUSER", "u", "reset", "on", "nopass"] + rules)
        dialogue.expect("AUTH", "u", "x", on: 1, gives: "+OK\r\n")
    }

    private func tell(_ line: String) -> String { dialogue.send(line.split(separator: " ").map(String.init), on: 1) }

    /// What a user may do, by `ACL DRYRUN` and for real: both have to agree.
    private func check(_ line: String, denied: String?, sourceLocation: SourceLocation = #_sourceLocation) {
        let dry = dialogue.send(["ACL", "DRYRUN", "u"] + line.split(separator: " ").map(String.init))
        let real = tell(line)
        if let denied {
            #expect(real == denied, "\(line)", sourceLocation: sourceLocation)
            #expect(dry.contains("This user has no permissions to"), "\(line)", sourceLocation: sourceLocation)
        } else {
            #expect(!real.hasPrefix("-NOPERM"), "\(line)", sourceLocation: sourceLocation)
            #expect(dry == "+OK\r\n", "\(line)", sourceLocation: sourceLocation)
        }
    }

    // MARK: Permissions

    @Test func commands() {
        become("~*", "+get", "+config|get", "+@hash", "-hset", "+select|0", "+debug|sleep")
        check("GET a", denied: nil)
        check("SET a b", denied: Self.command("set"))
        check("CONFIG GET port", denied: nil)
        check("CONFIG SET timeout 1", denied: Self.command("config|set"))
        check("HGET a b", denied: nil)
        check("HSET a b c", denied: Self.command("hset"))
        check("SELECT 0", denied: nil)
        check("SELECT 1", denied: Self.command("select"))
        check("PING", denied: Self.command("ping"))
        check("DEBUG SLEEP 0", denied: nil)
        check("DEBUG OBJECT a", denied: Self.command("debug"))
        // Always allowed, or nobody could ever become somebody else.
        check("HELLO 2", denied: nil)
        check("RESET", denied: nil)
        dialogue.expect("SELECT", on: 1, gives: "-ERR wrong number of arguments for 'select' command\r\n")
    }

    @Test func keyPatterns() {
        become("~app:*", "%R~read:*", "%W~write:*", "~exact", "~q?[ab]", "+@all")
        check("GET app:1", denied: nil)
        check("GET app:", denied: nil)
        check("GET app", denied: Self.keys)
        check("GET exact", denied: nil)
        check("GET exactly", denied: Self.keys)
        check("GET qxb", denied: nil)
        check("GET qxc", denied: Self.keys)
        check("GET read:1", denied: nil)
        check("SET read:1 v", denied: Self.keys)
        check("SET write:1 v", denied: nil)
        check("SET write:1 v GET", denied: Self.keys)
        check("SET write:1 v get", denied: Self.keys)
        check("SET app:1 v GET", denied: nil)
        check("GETSET write:1 v", denied: Self.keys)
        check("GET write:1", denied: Self.keys)
        check("MGET app:1 read:2 other", denied: Self.keys)
        check("MGET app:1 read:2", denied: nil)
        check("MSET app:1 v write:1 v", denied: nil)
        check("MSET app:1 v read:1 v", denied: Self.keys)
        // Whether a key is there: a permission of either kind will do.
        check("EXISTS read:1 write:1 app:1", denied: nil)
        check("EXISTS other", denied: Self.keys)
        check("RENAME app:1 write:2", denied: nil)
        check("COPY read:1 write:1", denied: nil)
        check("COPY write:1 read:1", denied: Self.keys)
        check("DEL write:1", denied: nil)
        check("DEL read:1", denied: Self.keys)
        check("WATCH read:1", denied: nil)
        check("WATCH other", denied: Self.keys)
        check("OBJECT ENCODING other", denied: Self.keys)
        // As in Redis, names of keys are no secret to who may scan.
        check("SCAN 0", denied: nil)
        check("KEYS *", denied: nil)
        check("DBSIZE", denied: nil)
    }

    /// Keys that a number announces: those it does not announce rightly are checked as far as it can be read at all.
    @Test func countedKeys() {
        become("~a", "%R~r", "+@all")
        check("SINTERCARD 1 a", denied: nil)
        check("SINTERCARD 2 a r", denied: nil)
        check("SINTERCARD 2 a b", denied: Self.keys)
        check("SINTERCARD 1 a LIMIT 5", denied: nil)
        check("SINTERCARD 01 b", denied: Self.keys)
        check("SINTERCARD 1x b", denied: Self.keys)
        for number in ["0", "-1", "x", "2", "99999999999999999999"] { check("SINTERCARD \(number) b", denied: nil) }
        check("ZUNIONSTORE a 1 r", denied: nil)
        check("ZUNIONSTORE r 1 a", denied: Self.keys)
        check("ZUNIONSTORE a 2 r b", denied: Self.keys)
        check("SINTERSTORE a r b", denied: Self.keys)
        check("SINTERSTORE a r", denied: nil)
    }

    @Test func anEmptyKeyNeedsAnEmptyPattern() {
        become("~*x", "+get")
        #expect(dialogue.send(["GET", ""], on: 1) == Self.keys)
        become("~", "+get")
        #expect(dialogue.send(["GET", ""], on: 1) == "$-1\r\n")
        // `*` matches no empty name (Redis's glob), only all keys do.
        become("%RW~*", "+get")
        #expect(dialogue.send(["GET", ""], on: 1) == Self.keys)
        become("~*", "+get")
        #expect(dialogue.send(["GET", ""], on: 1) == "$-1\r\n")
    }

    @Test func channelPatterns() {
        become("~*", "&news.*", "&exact", "+@all")
        check("PUBLISH news.a m", denied: nil)
        check("PUBLISH old.a m", denied: Self.channels)
        check("PSUBSCRIBE news.*", denied: nil)
        check("PSUBSCRIBE news.a", denied: Self.channels)
        check("PUNSUBSCRIBE other", denied: nil)
        check("SUBSCRIBE exact news.b", denied: nil)
        check("SUBSCRIBE exact other", denied: Self.channels)
    }

    @Test func oneSelectorIsEnough() {
        become("+get", "~a", "(+set %W~b)", "(+get ~c*)", "(+@all -debug ~d allchannels)")
        for line in ["GET a", "SET b v", "GET c1", "SET d v", "GET d", "PUBLISH x y"] { check(line, denied: nil) }
        for line in ["SET a v", "GET b", "SET c1 v", "GET e"] { check(line, denied: Self.keys) }
        check("DEBUG SLEEP 0", denied: Self.command("debug"))
    }

    /// Tokens and users are no keys: with `@session` alone an application can do all it needs.
    @Test func sessions() {
        become("+@session", "-sesslist")
        let token = tell("SESSCREATE USER alice").split(separator: "\r\n").last.map(String.init) ?? ""
        #expect(token.utf8.count == 32)
        check("SESSGET \(token)", denied: nil)
        check("SESSTOUCH \(token)", denied: nil)
        check("SESSREVOKEUSER alice", denied: nil)
        check("SESSLIST alice", denied: Self.command("sesslist"))
        check("HGETALL __sess__:00", denied: Self.command("hgetall"))
    }

    @Test func unknownCommandsComeFirst() {
        become()
        #expect(tell("NOSUCH").hasPrefix("-ERR unknown command"))
        #expect(tell("GET").hasPrefix("-ERR wrong number"))
        #expect(tell("CONFIG NOSUCH").hasPrefix("-ERR unknown subcommand"))
    }

    // MARK: Logging in

    @Test func logins() {
        dialogue.expect([
            ("ACL SETUSER a on >one >two +acl|whoami", "+OK"), ("ACL SETUSER b >one", "+OK"),
            ("ACL SETUSER c on", "+OK"),
            ("AUTH a two", "+OK"), ("ACL WHOAMI", "$1\r\na"),
        ])
        #expect(dialogue.send("PING") == Self.command("ping"))
        let refused = "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
        for words in [["a", "three"], ["b", "one"], ["c", ""], ["nobody", "one"], ["A", "one"]] {
            dialogue.expect("AUTH", words[0], words[1], on: 1, gives: refused)
            #expect(dialogue.send("HELLO", "3", "AUTH", words[0], words[1], on: 1) == refused)
        }
        dialogue.expect("ACL", "WHOAMI", on: 1, gives: "$7\r\ndefault\r\n")
        #expect(dialogue.send("HELLO", "2", "AUTH", "a", "one", on: 2).hasPrefix("*14\r\n"))
        #expect(dialogue.send("CLIENT", "LIST", on: 1).contains("user=a redir"))
        dialogue.expect("RESET", on: 2, gives: "+RESET\r\n")
        dialogue.expect("ACL", "WHOAMI", on: 2, gives: "$7\r\ndefault\r\n")
    }

    @Test("default needs a password, or is off: nothing works without logging in")
    func defaultUser() {
        _ = dialogue.send("ACL", "SETUSER", "u", "on", "nopass", "+ping")
        for rules in [["resetpass", ">x"], ["nopass", "off"]] {
            dialogue.expect("ACL", "SETUSER", "default", rules[0], rules[1], gives: "+OK\r\n")
            let connection: UInt32 = rules[1] == "off" ? 7 : 6
            dialogue.expect("PING", on: connection, gives: "-NOAUTH Authentication required.\r\n")
            #expect(dialogue.send("HELLO", "3", on: connection).hasPrefix("-NOAUTH HELLO must be called"))
            dialogue.expect("AUTH", "u", "", on: connection, gives: "+OK\r\n")
            dialogue.expect("PING", on: connection, gives: "+PONG\r\n")
            // Who is in stays in.
            dialogue.expect("PING", gives: "+PONG\r\n")
        }
    }

    @Test func requirepassIsDefaultsPassword() {
        let hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
        dialogue.expect("CONFIG", "SET", "requirepass", "secret", gives: "+OK\r\n")
        dialogue.expect("ACL", "LIST", gives: "*1\r\n" + bulk("user default on #\(hash) ~* &* +@all"))
        dialogue.expect("CONFIG", "SET", "requirepass", "", gives: "+OK\r\n")
        dialogue.expect("ACL", "LIST", gives: "*1\r\n" + bulk("user default on nopass ~* &* +@all"))
        _ = dialogue.send("ACL", "SETUSER", "default", ">other")
        // Setting what is set already changes nothing, as in Redis.
        dialogue.expect("CONFIG", "SET", "requirepass", "", gives: "+OK\r\n")
        #expect(dialogue.send("ACL", "LIST").contains("default on #"))
    }

    @Test func protectedModeAsksForDefaultsPassword() {
        var configuration = Configuration()
        configuration.requirePass = "x"
        let dialogue = NodeDialogue(configuration)
        dialogue.connect(1, from: "192.0.2.1:5", isLocal: false)
        dialogue.expect("AUTH", "x", on: 1, gives: "+OK\r\n")
        dialogue.expect("ACL", "SETUSER", "default", "nopass", on: 1, gives: "+OK\r\n")
        dialogue.connect(2, from: "192.0.2.1:6", isLocal: false)
        #expect(dialogue.read(on: 2).hasPrefix("-DENIED"))
    }

    // MARK: Failed logins

    @Test func failedLoginsAreAnsweredLateAndLaterEachTime() {
        _ = dialogue.send("ACL", "SETUSER", "u", "on", ">right")
        dialogue.isPatient = false
        var delay: Int64 = 100
        for _ in 0..<8 {
            dialogue.expect("AUTH", "u", "wrong", on: 1, gives: "")
            // Nobody else waits, and what the connection sends meanwhile waits with it.
            dialogue.expect("PING", gives: "+PONG\r\n")
            dialogue.expect("PING", on: 1, gives: "")
            dialogue.advance(milliseconds: delay - 1)
            #expect(dialogue.read(on: 1) == "")
            dialogue.advance(milliseconds: 1)
            #expect(dialogue.read(on: 1)
                == "-WRONGPASS invalid username-password pair or user is disabled.\r\n+PONG\r\n")
            delay = min(delay * 2, 3200)
        }
        dialogue.expect("AUTH", "u", "right", on: 1, gives: "+OK\r\n")
        dialogue.expect("AUTH", "u", "wrong", on: 1, gives: "")
        dialogue.advance(milliseconds: 100)
        #expect(dialogue.read(on: 1).hasPrefix("-WRONGPASS"), "a login that succeeds starts anew")
    }

    @Test func theNodeWantsToBeCalledWhenAnAnswerIsDue() {
        dialogue.isPatient = false
        _ = dialogue.send("AUTH", "nobody", "x", on: 1)
        let now = dialogue.now
        let due = dialogue.modify { $0.advance(to: now) }
        #expect(due == now.monotonicMicroseconds + Limits.loginDelay)
    }

    @Test func whoIsGoneIsNotAnswered() {
        dialogue.isPatient = false
        _ = dialogue.send("AUTH", "nobody", "x", on: 1)
        dialogue.disconnect(1)
        // The number is another's meanwhile.
        dialogue.expect("PING", on: 1, gives: "+PONG\r\n")
        dialogue.advance(milliseconds: 200)
        #expect(dialogue.read(on: 1) == "")
        dialogue.expect("PING", on: 1, gives: "+PONG\r\n")
    }

    @Test func whatIsQueuedBehindAFailedLoginIsExecutedOnce() {
        dialogue.isPatient = false
        #expect(dialogue.sendRaw("INCR n\r\nAUTH nobody x\r\nINCR n\r\nINC") == "")
        dialogue.expect("GET", "n", on: 1, gives: "$1\r\n1\r\n")
        #expect(dialogue.sendRaw("R n\r\n") == "")
        dialogue.advance(milliseconds: 100)
        let replies = dialogue.read()
        #expect(replies.hasPrefix(":1\r\n-WRONGPASS") && replies.hasSuffix(":2\r\n:3\r\n"))
    }

    @Test func failedLoginsAreLoggedWithoutThePassword() {
        _ = dialogue.send("ACL", "SETUSER", "known", "on", ">right")
        _ = dialogue.effects()
        _ = dialogue.send("AUTH", "known", "hunter2", on: 1)
        _ = dialogue.send("AUTH", "hunter2", "known", on: 1)
        _ = dialogue.send("HELLO", "3", "AUTH", "known", "hunter2", on: 1)
        let lines = dialogue.effects().compactMap { effect -> String? in
            if case .log(.warning, let line) = effect { line } else { nil }
        }
        #expect(lines == [
            "Client 2 at 127.0.0.1:50000 failed to log in as user 'known'",
            "Client 2 at 127.0.0.1:50000 failed to log in as a user that does not exist",
            "Client 2 at 127.0.0.1:50000 failed to log in as user 'known'",
        ])
        #expect(!dialogue.send("ACL", "LOG").contains("hunter2"))
        #expect(dialogue.send("INFO", "stats").contains("acl_access_denied_auth:3\r\n"))
    }

    // MARK: Changes

    @Test func changesApplyToThoseWhoAreIn() {
        become("+get", "~a")
        #expect(tell("GET a") == "$-1\r\n")
        _ = dialogue.send("ACL", "SETUSER", "u", "resetkeys", "~b")
        #expect(tell("GET a") == Self.keys)
        _ = dialogue.send("ACL", "SETUSER", "u", "+@all", "~*", "&*")
        #expect(tell("GET a") == "$-1\r\n")
        _ = dialogue.send("ACL", "SETUSER", "u", "off", "-get")
        #expect(tell("GET a") == Self.command("get"))
        #expect(tell("SET a b") == "+OK\r\n", "off ends logins, not connections")
    }

    @Test func deletedUsersAreDisconnected() {
        become("+@all", "~*")
        _ = dialogue.effects()
        dialogue.expect("ACL", "DELUSER", "u", "nobody", gives: ":1\r\n")
        #expect(dialogue.effects() == [.close(ConnectionID(rawValue: 1))])
        dialogue.expect("ACL", "DELUSER", "x", "default", gives: "-ERR The 'default' user cannot be removed\r\n")
        become("+@all", "~*")
        // Who deletes himself is answered first.
        #expect(tell("ACL DELUSER u") == ":1\r\n")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 1))))
    }

    @Test func aNumberOfAUserIsUsedAgainWithoutHisRights() {
        become("+@all", "~*")
        _ = dialogue.send("ACL", "DELUSER", "u")
        _ = dialogue.effects()
        _ = dialogue.send("ACL", "SETUSER", "v", "on", "nopass", "+ping")
        dialogue.expect("AUTH", "v", "", on: 1, gives: "+OK\r\n")
        #expect(tell("GET a") == Self.command("get"))
        dialogue.expect("ACL", "USERS", gives: bulks("default", "v"))
    }

    @Test func subscribersWhoMayNoLongerListenAreDisconnected() {
        become("+@all", "&a*", "&b")
        _ = tell("SUBSCRIBE ab")
        _ = dialogue.effects()
        dialogue.expect("ACL", "SETUSER", "u", "&c", gives: "+OK\r\n")
        #expect(dialogue.effects() == [], "all patterns are still there")
        dialogue.expect("ACL", "SETUSER", "u", "resetchannels", "&ab", gives: "+OK\r\n")
        #expect(dialogue.effects() == [], "the channel is still allowed")
        dialogue.expect("ACL", "SETUSER", "u", "resetchannels", "&b", gives: "+OK\r\n")
        #expect(dialogue.effects() == [.close(ConnectionID(rawValue: 1))])
        become("+@all", "allchannels")
        _ = tell("PSUBSCRIBE p*")
        dialogue.expect("ACL", "SETUSER", "u", "resetchannels", "&p*", gives: "+OK\r\n")
        #expect(dialogue.effects() == [])
        dialogue.expect("ACL", "SETUSER", "u", "resetchannels", "&*p", gives: "+OK\r\n")
        #expect(dialogue.effects() == [.close(ConnectionID(rawValue: 1))])
    }

    @Test func clientKillByUser() {
        become("+@all", "~*")
        dialogue.expect("CLIENT", "KILL", "USER", "nobody", gives: "-ERR No such user 'nobody'\r\n")
        dialogue.expect("CLIENT", "KILL", "USER", "u", gives: ":1\r\n")
        #expect(dialogue.effects() == [.close(ConnectionID(rawValue: 1))])
    }

    // MARK: Transactions

    @Test func transactionsAreCheckedTwice() {
        become("~a", "+@all")
        #expect(tell("MULTI") == "+OK\r\n")
        #expect(tell("GET b") == Self.keys)
        #expect(tell("EXEC") == "-EXECABORT Transaction discarded because of previous errors.\r\n")
        #expect(tell("MULTI") == "+OK\r\n")
        for line in ["SET a 1", "GET a", "PUBLISH c m"] {
            #expect(tell(line).hasPrefix("-NOPERM") == (line.first == "P"))
        }
        #expect(tell("DISCARD") == "+OK\r\n")
        _ = dialogue.send("ACL", "SETUSER", "u", "allchannels")
        #expect(tell("MULTI") == "+OK\r\n")
        for line in ["SET a 1", "GET a", "PUBLISH c m", "STRLEN a"] { #expect(tell(line) == "+QUEUED\r\n") }
        _ = dialogue.send("ACL", "SETUSER", "u", "resetchannels", "-get", "resetkeys", "%W~a")
        let text =
            "-NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This "
            + "command is no longer allowed for the following reason: "
        #expect(tell("EXEC") == "*4\r\n+OK\r\n\(text)no permission to execute the command or subcommand\r\n"
            + "\(text)no permission to access one of the channels used as arguments\r\n"
            + ":1\r\n", "STRLEN reads no value: either permission will do")
        let log = dialogue.send("ACL", "LOG")
        #expect(log.contains(bulk("multi")) && log.contains(bulk("get")))
    }

    @Test func whoMayNotExecuteAborts() {
        become("~a", "+multi", "+get")
        #expect(tell("MULTI") == "+OK\r\n")
        #expect(tell("EXEC")
            == "-EXECABORT Transaction discarded because of: NOPERM this user has no permissions to run the 'exec' "
            + "command\r\n")
    }
}
