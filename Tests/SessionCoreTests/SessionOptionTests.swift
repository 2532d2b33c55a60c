import Testing

@testable import SessionCore

/// What all `SESS*` commands share: options, durations, limits and their refusals.
@Suite struct SessionOptionTests {
    private let dialogue = NodeDialogue()
    private let token = "caller-made-token-1"

    init() { _ = dialogue.create("ID \(token) USER alice") }

    @Test("repeated, unknown, incomplete or misplaced options", arguments: [
        "SESSCREATE NONSENSE", "SESSCREATE USER", "SESSCREATE USER a USER a", "SESSCREATE user a USER b",
        "SESSCREATE ID", "SESSCREATE DEVICE", "SESSCREATE IDLE", "SESSCREATE MAX", "SESSCREATE BIND",
        "SESSCREATE LEVEL",
        "SESSCREATE LEVEL 2 FOR", "SESSCREATE FOR 5", "SESSCREATE LIMIT", "SESSCREATE LIMIT 5",
        "SESSCREATE USER a LIMIT 5 REJECT EVICT", "SESSCREATE USER a EVICT", "SESSCREATE TOUCH", "SESSCREATE IFVER 1",
        "SESSCREATE FIELDS", "SESSCREATE FIELDS 1", "SESSCREATE FIELDS 1 a", "SESSCREATE FIELDS 2 a b c",
        "SESSCREATE FIELDS 1 a b USER alice", "SESSCREATE FIELDS 1 a b c", "SESSCREATE POLICY",
        "SESSGET * NONSENSE", "SESSGET * TOUCH TOUCH", "SESSGET * BIND", "SESSGET * MINLEVEL", "SESSGET * MINVER",
        "SESSGET * FIELDS", "SESSGET * FIELDS 1", "SESSGET * FIELDS 1 a b", "SESSGET * FIELDS 1 a TOUCH",
        "SESSGET * MINVER 1 MINVER 1", "SESSGET * USER a", "SESSGET * IDLE 5",
        "SESSSET * IFVER 1", "SESSSET * USER a USER a", "SESSSET * MAX 5", "SESSSET * FIELDS 1", "SESSSET * FIELDS 1 a",
        "SESSSET * LEVEL 2", "SESSSET * BIND x",
        "SESSUNSET * IFVER 1 a", "SESSUNSET * FIELDS 2 a", "SESSUNSET * FIELDS 1 a b", "SESSUNSET * IDLE 5 FIELDS 1 a",
        "SESSTOUCH * IDLE", "SESSTOUCH * TOUCH", "SESSTOUCH * IDLE 5 IDLE 5", "SESSTOUCH * MAX 5",
        "SESSROTATE * GRACE", "SESSROTATE * LEVEL", "SESSROTATE * BIND", "SESSROTATE * USER",
        "SESSROTATE * GRACE 1 GRACE 1",
        "SESSROTATE * IDLE 5", "SESSROTATE * FIELDS 1 a b", "SESSROTATE * LEVEL 2 FOR",
        "SESSREVOKE REASON x", "SESSREVOKE HANDLE", "SESSREVOKE * REASON", "SESSREVOKE HANDLE REASON x",
        "SESSREVOKE * REASON a REASON b", "SESSREVOKE * REASON a b",
        "SESSREVOKEUSER alice EXCEPT", "SESSREVOKEUSER alice REASON", "SESSREVOKEUSER alice x",
        "SESSREVOKEUSER alice REASON a REASON b",
        "SESSLIST alice CURSOR", "SESSLIST alice COUNT", "SESSLIST alice COUNT 1 COUNT 1", "SESSLIST alice TOUCH",
    ])
    func syntaxErrors(command: String) {
        let reply = dialogue.run(command.replacing("*", with: token))
        #expect(reply == .error("ERR syntax error"))
        // A refused command has done nothing.
        #expect(dialogue.run("SESSCARD") == 1)
        #expect(dialogue.number("version", token) == 1)
    }

    @Test("the number of words", arguments: [
        "SESSGET", "SESSSET", "SESSSET t", "SESSSET t FIELDS", "SESSUNSET", "SESSUNSET t FIELDS 1", "SESSTOUCH",
        "SESSROTATE",
        "SESSREVOKE", "SESSREVOKEUSER", "SESSLIST", "SESSCARD alice x",
    ])
    func arity(command: String) {
        let name = command.prefix { $0 != " " }.lowercased()
        #expect(dialogue.run(command) == .error("ERR wrong number of arguments for '\(name)' command"))
    }

    @Test func optionsComeInAnyOrderAndCase() {
        let forward = "USER u DEVICE d IDLE 1000 MAX 5000 BIND b LEVEL 3 FOR 500 LIMIT 5 REJECT"
        let backward = "limit 5 reject level 3 for 500 bind b max 5000 idle 1000 device d user u"
        for options in [forward, backward, "Limit 5 User u Device d Idle 1000 Max 5000 Bind b Level 3 For 500"] {
            let session = dialogue.run("SESSGET \(dialogue.create("\(options) FIELDS 1 a 1")) BIND b")
            #expect(session["user"] == "u" && session["device"] == "d" && session["ttl"] == 1000)
            #expect(session["max"] == 5000 && session["level"] == 3)
        }
        // LIMIT is the last option here: REJECT and EVICT are optional.
        #expect(dialogue.run("SESSCREATE USER u LIMIT 4").text != nil)
        #expect(dialogue.run("SESSCREATE USER u LIMIT 4").code == "SESSLIMIT")
    }

    @Test(arguments: [
        ("1", 1), ("900000", 900_000), ("900s", 900_000), ("15m", 900_000), ("12h", 43_200_000), ("30d", 2_592_000_000),
        ("36525d", 3_155_760_000_000),
    ])
    func durations(text: String, milliseconds: Int64) {
        #expect(dialogue.number("ttl", dialogue.create("IDLE \(text) MAX 0")) == milliseconds)
        #expect(dialogue.number("max", dialogue.create("MAX \(text)")) == milliseconds)
        #expect(dialogue.run("SESSTOUCH \(dialogue.create("MAX 0")) IDLE \(text)") == .integer(milliseconds))
    }

    @Test(arguments: [
        "", "x", "-1", "+1", "1.5", "1w", "s", "1ms", "1 s", "1S", "9223372036854775808", "9223372036854775807d",
        "36526d",
    ])
    func notDurations(text: String) {
        for option in ["IDLE", "MAX"] {
            let reply = dialogue.reply("SESSCREATE", option, text)
            #expect(reply.error?.hasPrefix("ERR \(option) ") == true, "\(option): \(reply)")
        }
        #expect(dialogue.reply("SESSCREATE", "LEVEL", "2", "FOR", text).error?.hasPrefix("ERR FOR ") == true)
        #expect(dialogue.reply("SESSTOUCH", token, "IDLE", text).error?.hasPrefix("ERR IDLE ") == true)
        #expect(dialogue.reply("SESSSET", token, "IDLE", text).error?.hasPrefix("ERR IDLE ") == true)
        #expect(dialogue.reply("SESSROTATE", token, "GRACE", text).error?.hasPrefix("ERR GRACE ") == true)
    }

    @Test func zeroMeansNoneForMaxOnly() {
        #expect(dialogue.run("SESSCREATE IDLE 0").code == "ERR")
        #expect(dialogue.run("SESSTOUCH \(token) IDLE 0").code == "ERR")
        #expect(dialogue.run("SESSSET \(token) IDLE 0").code == "ERR")
        #expect(dialogue.run("SESSCREATE LEVEL 2 FOR 0").code == "ERR")
        #expect(dialogue.number("max", dialogue.create("MAX 0")) == -1)
    }

    @Test("lengths in bytes, the longest allowed and one more", arguments: [
        ("ID", 16, 512), ("USER", 1, 512), ("DEVICE", 0, 256), ("BIND", 1, 256),
    ])
    func lengths(option: String, least: Int, most: Int) {
        for length in [least, most] {
            let reply = dialogue.reply("SESSCREATE", option, String(repeating: "x", count: length))
            #expect(reply.text != nil, "\(length)")
        }
        for length in [least - 1, most + 1] where length >= 0 {
            let reply = dialogue.reply("SESSCREATE", option, String(repeating: "x", count: length))
            let name = option == "ID" ? "token" : option.lowercased()
            #expect(reply.error == "ERR \(name) must be \(least) to \(most) bytes long", "\(length)")
        }
    }

    @Test func lengthOfReasons() {
        for command in [["SESSREVOKE", token], ["SESSREVOKEUSER", "alice"]] {
            let tooLong = dialogue.reply(command + ["REASON", String(repeating: "r", count: 129)])
            #expect(tooLong.error == "ERR reason must be 0 to 128 bytes long")
        }
        #expect(dialogue.run("SESSCARD alice") == 1)
        #expect(dialogue.reply("SESSREVOKE", token, "REASON", String(repeating: "r", count: 128)) == 1)
    }

    @Test func fieldNames() {
        let name = String(repeating: "n", count: 512)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 \(name) v") == 2)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 \(name)n v").code == "ERR")
        for command in [
            "SESSCREATE FIELDS 1 @a v", "SESSSET * FIELDS 2 a v @b v", "SESSUNSET * FIELDS 1 @a",
            "SESSGET * FIELDS 1 @user",
        ] {
            let reply = dialogue.run(command.replacing("*", with: token))
            #expect(reply == .error("ERR field names that start with '@' are reserved"), "\(command)")
        }
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a@b v") == 3)
        #expect(dialogue.reply("SESSSET", token, "FIELDS", "1", "", "nameless") == 4)
        #expect(dialogue.data(token)?[""] == "nameless")
    }

    @Test func atMost1024Fields() {
        let pairs = (0..<1024).map { "f\($0) \($0)" }.joined(separator: " ")
        let token = dialogue.create("FIELDS 1024 \(pairs)")
        #expect(dialogue.run("SESSGET \(token)")["data"]?.elements?.count == 2048)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 onemore v").code == "ERR", "merging does not pass the limit")
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 f7 v") == 2)
        #expect(dialogue.run("SESSUNSET \(token) FIELDS 1 f7") == 3)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 onemore v") == 4)
        #expect(dialogue.run("SESSCREATE FIELDS 1025 \(pairs) g 1").error == "ERR too many fields (maximum is 1024)")
    }

    @Test("numfields", arguments: ["0", "-1", "x", "1.0", "", "99999999999999999999", "9223372036854775807"])
    func fieldCounts(count: String) {
        for command in [["SESSCREATE"], ["SESSSET", token], ["SESSGET", token]] {
            #expect(dialogue.reply(command + ["FIELDS", count, "a", "b"]).code == "ERR", "\(command)")
        }
    }

    @Test("levels, versions, limits and counts that are none", arguments: [
        "SESSCREATE LEVEL 0", "SESSCREATE LEVEL 256", "SESSCREATE LEVEL x", "SESSCREATE LEVEL -1",
        "SESSGET * MINLEVEL 0", "SESSGET * MINLEVEL 256", "SESSGET * MINVER x", "SESSSET * IFVER x FIELDS 1 a b",
        "SESSROTATE * LEVEL 0", "SESSCREATE USER a LIMIT 0", "SESSCREATE USER a LIMIT -1", "SESSCREATE USER a LIMIT x",
        "SESSLIST alice COUNT 0", "SESSLIST alice COUNT 1001", "SESSLIST alice COUNT x", "SESSLIST alice COUNT -1",
        "SESSCREATE POLICY strict", "SESSGET * MINVER -1", "SESSSET * IFVER -1 FIELDS 1 a b",
        "SESSUNSET * IFVER -9223372036854775808 FIELDS 1 a",
    ])
    func numbersOutOfRange(command: String) {
        let reply = dialogue.run(command.replacing("*", with: token))
        #expect(reply.code == "ERR" && reply != .error("ERR syntax error"), "\(reply)")
        #expect(dialogue.number("version", token) == 1)
    }

    @Test func noErrorContainsTheToken() {
        _ = dialogue.run("SESSREVOKE \(token)")
        let alive = dialogue.create("ID another-caller-made BIND x")
        let new = dialogue.rotate(alive)
        for command in [
            "SESSCREATE ID \(token)", "SESSCREATE ID \(new)", "SESSSET \(token) FIELDS 1 a b",
            "SESSGET \(alive) BIND y",
            "SESSSET \(alive) FIELDS 1 a b", "SESSROTATE \(token)", "SESSROTATE \(alive)",
            "SESSUNSET \(token) FIELDS 1 a",
            "SESSGET \(token) NONSENSE", "SESSGET \(new) MINLEVEL 9", "SESSGET \(new) MINVER 9",
            "SESSREVOKE HANDLE \(token)", "SESSCREATE ID \(token) \(token)", "SESSNONSENSE \(token)",
        ] {
            guard let error = dialogue.run(command).error else {
                Issue.record("\(command) is no error")
                continue
            }
            #expect(![token, alive, new].contains { error.contains($0) }, "\(command): \(error)")
        }
    }
}
