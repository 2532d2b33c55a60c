import ScriptTexts
import Testing

@testable import SessionCore

/// EVAL and its relatives as a dialogue. That known scripts do what their texts say is for `EndToEnd` to show, against
/// redis-server.
@Suite struct ScriptCommandTests {
    private let dialogue = NodeDialogue()
    private let digest = "b70c2384248f88e6b75b9f89241a180f856ad852"

    private func text(_ name: String) -> String { KnownScriptText.all.first { $0.name == name }!.text }
    private var release: String { text("phpredis: session lock") }

    private func expect(
        _ words: [String], gives reply: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(dialogue.send(words) == reply + "\r\n", sourceLocation: sourceLocation)
    }

    @Test func aLockIsReleasedByItsOwnerOnly() {
        dialogue.expect([("SET lock me", "+OK")])
        expect(["EVAL", release, "1", "lock", "you"], gives: ":0")
        expect(["EVAL", release, "1", "lock", "me"], gives: ":1")
        expect(["EVAL", release, "1", "lock", "me"], gives: ":0")
        dialogue.expect([("EXISTS lock", ":0")])
    }

    @Test func scriptsAreNamedByTheirDigestOnceSeen() {
        let missing = "-NOSCRIPT No matching script. Please use EVAL."
        expect(["EVALSHA", digest, "1", "lock", "me"], gives: missing)
        expect(["SCRIPT", "EXISTS", digest, "x"], gives: "*2\r\n:0\r\n:0")
        expect(["SCRIPT", "LOAD", release], gives: "$40\r\n\(digest)")
        expect(["EVALSHA", digest.uppercased(), "1", "lock", "me"], gives: ":0")
        expect(["SCRIPT", "EXISTS", digest, digest.uppercased()], gives: "*2\r\n:1\r\n:1")
        expect(["SCRIPT", "FLUSH", "ASYNC"], gives: "+OK")
        expect(["EVALSHA", digest, "1", "lock", "me"], gives: missing)
        expect(["EVAL", release, "1", "lock", "me"], gives: ":0")
        expect(["EVALSHA", digest, "1", "lock", "me"], gives: ":0")
        expect(["EVALSHA", "x", "y"], gives: missing)
        // FLUSHALL forgets data, not scripts.
        dialogue.expect([("FLUSHALL", "+OK")])
        expect(["EVALSHA", digest, "1", "lock", "me"], gives: ":0")
    }

    @Test func unknownScriptsAreRefusedWithTheirDigest() {
        let refusal = """
            -ERR unknown script e0e1f9fabfc9d4800c877a703b823ac0578ff8db: only known scripts run, natively (see \
            KnownScripts in the documentation)
            """
        expect(["EVAL", "return 1", "0"], gives: refusal)
        expect(["SCRIPT", "LOAD", "return 1"], gives: refusal)
        expect(["EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0"],
            gives: "-NOSCRIPT No matching script. Please use EVAL.")
        let long = dialogue.send("EVAL", String(repeating: " ", count: Limits.scriptText + 1), "0")
        #expect(long.hasPrefix("-ERR unknown script: longer than any"))
    }

    @Test func numbersOfKeys() {
        expect(["EVAL", release, "x"], gives: "-ERR value is not an integer or out of range")
        expect(["EVAL", release, "-1"], gives: "-ERR Number of keys can't be negative")
        expect(["EVAL", release, "2", "a"], gives: "-ERR Number of keys can't be greater than number of args")
        expect(["EVAL", release], gives: "-ERR wrong number of arguments for 'eval' command")
        let missing = "ERR Lua redis lib command arguments must be strings or integers"
        expect(["EVAL", release, "0", "a"], gives: "-\(missing) script: \(digest), on @user_script:1.")
    }

    @Test func errorsNameScriptAndLine() {
        dialogue.expect([("HSET h f v", ":1"), ("SET lock me", "+OK")])
        let wrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value"
        expect(["EVAL", release, "1", "h", "me"], gives: "\(wrongType) script: \(digest), on @user_script:1.")
        let shifted = "\n\n" + release
        let shiftedDigest = ScriptDigest(of: shifted.utf8Span.span.bytes).text
        expect(["EVAL", shifted, "1", "h", "me"], gives: "\(wrongType) script: \(shiftedDigest), on @user_script:3.")
        let reply = dialogue.send("EVAL_RO", release, "1", "lock", "me")
        #expect(reply.hasPrefix("-ERR Write commands are not allowed from read-only scripts. script: \(digest), on "))
        expect(["EVAL_RO", release, "1", "lock", "you"], gives: ":0")
        expect(["EVALSHA_RO", digest, "1", "lock", "you"], gives: ":0")
    }

    @Test func sessionsAreNotWritten() {
        let set = text("ASP.NET Core: RedisCache, set")
        let reply = dialogue.send("EVAL", set, "1", "__sess__:x", "-1", "-1", "-1", "data")
        #expect(reply.hasPrefix("-ERR keys under '__sess__:' are sessions"))
        #expect(reply.contains(" script: "))
    }

    @Test func memoryIsCheckedBeforeTheFirstWrite() {
        let store = text("aspnet-redis-providers: session state, store")
        let value = String(repeating: "v", count: 1 << 20)
        dialogue.expect([("CONFIG SET maxmemory 1mb", "+OK")])
        // Begun below the limit, it goes on beyond it.
        expect(["EVAL", store, "2", "data", "timeout", value, "60"], gives: ":1")
        dialogue.expect([("GET timeout", "$2\r\n60")])
        let reply = dialogue.send("EVAL", store, "2", "data", "timeout", value, "60")
        #expect(reply.hasPrefix("-OOM command not allowed when used memory > 'maxmemory'. script: "))
    }

    @Test func replyConversions() {
        let increment = text("django-redis: incr, ignoring missing keys")
        // A number is a double in Lua.
        dialogue.expect([("SET n 9007199254740992", "+OK")])
        expect(["EVAL", increment, "1", "n", "1"], gives: ":9007199254740992")
        dialogue.expect([("GET n", "$16\r\n9007199254740993")])
        expect(["EVAL", text("django-redis: incr"), "1", "none", "1"], gives: "$-1")
        expect(["EVAL", text("node-redlock 1 to 3: lock"), "1", "lock", "me", "1000"], gives: "+OK")
        let both = text("redlock-rb: time left")
        expect(["EVAL", both, "1", "none"], gives: "*2\r\n$-1\r\n:-2")
        _ = dialogue.send("HELLO", "3")
        expect(["EVAL", both, "1", "none"], gives: "*2\r\n_\r\n:-2")
        expect(["EVAL", both, "1", "lock"], gives: "*2\r\n$2\r\nme\r\n:1000")
    }

    @Test func changesAreTold() {
        dialogue.expect([("SET lock me", "+OK")])
        dialogue.expect("WATCH", "lock", on: 1, gives: "+OK\r\n")
        expect(["EVAL", release, "1", "lock", "me"], gives: ":1")
        dialogue.expect("MULTI", on: 1, gives: "+OK\r\n")
        dialogue.expect("EXEC", on: 1, gives: "*-1\r\n")
    }

    @Test func monitorsSeeTheScriptThenItsCommands() {
        dialogue.expect([("SET lock me", "+OK")])
        dialogue.expect("MONITOR", on: 1, gives: "+OK\r\n")
        expect(["EVAL", release, "1", "lock", "me"], gives: ":1")
        let lines = dialogue.read(on: 1).split(separator: "\r\n")
        #expect(lines.count == 3)
        #expect(lines[0].contains(" [0 127.0.0.1:50000] \"EVAL\" "))
        #expect(lines[1].contains(" [0 lua] \"get\" ") && lines[2].contains(" [0 lua] \"del\" "))
        #expect(!lines.joined().contains("me\""))
        // A monitor may not run any itself, as in Redis.
        let own = dialogue.send("EVALSHA", digest, "1", "lock", "me", on: 1)
        #expect(own == "-ERR Replica can't interact with the keyspace\r\n")
    }

    @Test func commandsOfScriptsCount() {
        expect(["EVAL", release, "1", "lock", "me"], gives: ":0")
        let statistics = dialogue.send("INFO", "commandstats")
        #expect(statistics.contains("cmdstat_eval:calls=1,") && statistics.contains("cmdstat_get:calls=1,"))
    }

    @Test func permissionsAreThoseOfTheUser() {
        dialogue.expect([("ACL SETUSER reader on nopass ~* +eval +get", "+OK"), ("SET lock me", "+OK")])
        dialogue.expect("AUTH", "reader", "x", on: 1, gives: "+OK\r\n")
        dialogue.expect("EVAL", release, "1", "lock", "you", on: 1, gives: ":0\r\n")
        let refused = dialogue.send("EVAL", release, "1", "lock", "me", on: 1)
        #expect(refused.hasPrefix("-ERR The user executing the script can't run this command or subcommand script: "))
        dialogue.expect([("GET lock", "$2\r\nme")])
    }

    @Test func inTransactionsAndWhilePaused() {
        dialogue.expect([("SET lock me", "+OK"), ("MULTI", "+OK")])
        expect(["EVAL", release, "1", "lock", "me"], gives: "+QUEUED")
        expect(["EVALSHA", digest, "1", "lock", "me"], gives: "+QUEUED")
        dialogue.expect([("EXEC", "*2\r\n:1\r\n:0"), ("CLIENT PAUSE 100 WRITE", "+OK")])
        #expect(dialogue.send("EVALSHA", digest, "1", "lock", "me", on: 1) == "")
        dialogue.advance(milliseconds: 101)
        #expect(dialogue.read(on: 1) == ":0\r\n")
    }

    @Test func theRestOfSCRIPT() {
        dialogue.expect([
            ("SCRIPT KILL", "-NOTBUSY No scripts in execution right now."), ("SCRIPT DEBUG NO", "+OK"),
            ("SCRIPT DEBUG x", "-ERR Use SCRIPT DEBUG YES/SYNC/NO"),
            (
                "SCRIPT DEBUG YES",
                "-ERR scripts cannot be debugged: they run natively (see KnownScripts in the documentation)"
            ),
            ("SCRIPT FLUSH x", "-ERR SCRIPT FLUSH only support SYNC|ASYNC option"), ("SCRIPT FLUSH", "+OK"),
            ("SCRIPT NOSUCH", "-ERR unknown subcommand 'NOSUCH'. Try SCRIPT HELP."),
        ])
        #expect(dialogue.send("SCRIPT", "HELP").contains("LOAD script\r\n"))
    }

    /// Of endless variants the oldest are forgotten.
    @Test func seenScriptsAreBounded() {
        for index in 0..<(Limits.seenScripts + 10) {
            #expect(dialogue.send("EVAL", release + " -- \(index)", "1", "lock", "me") == ":0\r\n")
        }
        #expect(dialogue.inspect { $0.scripting.cache.count } == Limits.seenScripts)
        let (first, last) = (release + " -- 0", release + " -- \(Limits.seenScripts + 9)")
        let digests = [first, last].map { ScriptDigest(of: $0.utf8Span.span.bytes).text }
        expect(["SCRIPT", "EXISTS"] + digests, gives: "*2\r\n:0\r\n:1")
    }
}
