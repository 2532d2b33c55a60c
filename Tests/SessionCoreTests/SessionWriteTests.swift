import Testing

@testable import SessionCore

@Suite struct SessionWriteTests {
    private let dialogue = NodeDialogue()

    @Test func fieldsAreMerged() {
        let token = dialogue.create("FIELDS 3 a 1 b 2 c 3")
        #expect(dialogue.run("SESSSET \(token) FIELDS 5 b two d 4 e 5 d four b TWO") == 2)
        let data = dialogue.run("SESSGET \(token)")["data"]
        #expect(data?.elements == ["a", "1", "b", "TWO", "c", "3", "d", "four", "e", "5"])
        #expect(dialogue.reply("SESSSET", token, "FIELDS", "1", "a", "") == 3)
        #expect(dialogue.data(token)?["a"] == "")
    }

    @Test("values of every length around where their length takes another byte, and records that move")
    func growingAndShrinking() {
        let token = dialogue.create("USER alice DEVICE phone FIELDS 1 kept here")
        var version: Int64 = 1
        for length in [0, 1, 127, 128, 16_383, 16_384, 40_000, 60_000, 100, 5000, 0] {
            let value = String(repeating: "v", count: length)
            version += 1
            #expect(dialogue.reply("SESSSET", token, "FIELDS", "1", "f", value) == .integer(version))
            #expect(dialogue.data(token) == ["kept": "here", "f": value], "\(length)")
            let session = dialogue.run("SESSGET \(token)")
            #expect(session["user"] == "alice" && session["device"] == "phone")
            #expect(session["version"] == .integer(version))
            #expect(dialogue.run("SESSCARD alice") == 1)
        }
    }

    @Test func writingNeitherCreatesNorRenews() {
        #expect(dialogue.run("SESSSET caller-made-token FIELDS 1 a b").error == "NOSESSION no such session")
        #expect(dialogue.run("SESSUNSET caller-made-token FIELDS 1 a").code == "NOSESSION")
        #expect(dialogue.run("SESSCARD") == 0)
        let token = dialogue.create("IDLE 1000 MAX 3000 FIELDS 1 a b")
        dialogue.skip(milliseconds: 400)
        _ = dialogue.run("SESSSET \(token) FIELDS 1 a c DEVICE d")
        _ = dialogue.run("SESSSET \(token) DEVICE d")
        _ = dialogue.run("SESSUNSET \(token) FIELDS 1 a")
        let session = dialogue.run("SESSGET \(token)")
        #expect(session["ttl"] == 600 && session["seen"] == .integer(NodeDialogue.start) && session["version"] == 3)
        dialogue.skip(milliseconds: 600)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a c").code == "NOSESSION")
    }

    /// The sliding timeout counts from the last touch, not from the write that changes it.
    @Test func idle() {
        let token = dialogue.create("IDLE 1000 MAX 3000")
        dialogue.advance(milliseconds: 400)
        #expect(dialogue.run("SESSSET \(token) IDLE 2000") == 2)
        #expect(dialogue.number("ttl", token) == 1600)
        #expect(dialogue.run("SESSSET \(token) IDLE 30d") == 3)
        #expect(dialogue.number("ttl", token) == 2600, "never passes the absolute timeout")
        #expect(dialogue.run("SESSSET \(token) IDLE 500") == 4)
        dialogue.advance(milliseconds: 99)
        #expect(dialogue.number("ttl", token) == 1)
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.run("SESSGET \(token)") == .null)
        #expect(dialogue.run("SESSCARD") == 0, "the wheel has followed the earlier deadline")
    }

    /// An idle timeout that is over already ends the session.
    @Test func idleInThePast() {
        let token = dialogue.create("USER alice IDLE 1000")
        dialogue.advance(milliseconds: 400)
        #expect(dialogue.run("SESSSET \(token) IDLE 400") == 2)
        #expect(dialogue.run("SESSGET \(token)") == .null)
        #expect(dialogue.run("SESSCARD alice") == 0)
    }

    @Test func aUserIsAttachedOnce() {
        let token = dialogue.create()
        #expect(dialogue.run("SESSSET \(token) USER alice") == 2)
        #expect(dialogue.run("SESSCARD alice") == 1)
        #expect(dialogue.run("SESSSET \(token) USER bob").code == "ERR")
        #expect(dialogue.run("SESSSET \(token) USER alic").code == "ERR")
        #expect(dialogue.run("SESSSET \(token) USER bob FIELDS 1 a b").code == "ERR")
        #expect(dialogue.run("SESSSET \(token) USER alice DEVICE d") == 3, "the same again is no change")
        let session = dialogue.run("SESSGET \(token)")
        #expect(session["user"] == "alice" && session["version"] == 3 && session["data"]?.elements == [])
        #expect(dialogue.run("SESSCARD bob") == 0)
        #expect(dialogue.run("SESSREVOKEUSER alice") == 1)
    }

    @Test func device() {
        let token = dialogue.create("DEVICE phone")
        #expect(dialogue.run("SESSSET \(token) DEVICE tablet") == 2)
        #expect(dialogue.run("SESSGET \(token)")["device"] == "tablet")
        #expect(dialogue.reply("SESSSET", token, "DEVICE", "") == 3)
        #expect(dialogue.run("SESSGET \(token)")["device"] == .null)
    }

    @Test func ifver() {
        let token = dialogue.create("FIELDS 1 a 1")
        #expect(dialogue.run("SESSSET \(token) IFVER 1 FIELDS 1 a 2") == 2)
        #expect(dialogue.run("SESSSET \(token) IFVER 1 FIELDS 1 a 3") == .error("VERSION 2"))
        #expect(dialogue.run("SESSSET \(token) IFVER 4294967298 FIELDS 1 a 3") == .error("VERSION 2"))
        #expect(dialogue.run("SESSUNSET \(token) IFVER 1 FIELDS 1 a") == .error("VERSION 2"))
        #expect(dialogue.run("SESSUNSET \(token) IFVER 3 FIELDS 1 missing") == .error("VERSION 2"))
        #expect(dialogue.data(token) == ["a": "2"])
        #expect(dialogue.run("SESSUNSET \(token) IFVER 2 FIELDS 1 a") == 3)
        #expect(dialogue.run("SESSSET nothing IFVER 1 FIELDS 1 a 3").code == "NOSESSION")
    }

    @Test func unset() {
        let token = dialogue.create("FIELDS 4 a 1 b 2 c 3 d 4")
        #expect(dialogue.run("SESSUNSET \(token) FIELDS 2 missing none") == 1, "nothing to remove, no new version")
        #expect(dialogue.run("SESSUNSET \(token) FIELDS 4 c missing a c") == 2)
        #expect(dialogue.run("SESSGET \(token)")["data"]?.elements == ["b", "2", "d", "4"])
        #expect(dialogue.run("SESSUNSET \(token) FIELDS 2 b d") == 3)
        #expect(dialogue.data(token) == [:])
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 b again") == 4)
    }

    @Test func whatBumpsTheVersion() {
        let token = dialogue.create("IDLE 1000 FIELDS 1 a 1")
        let steps: [(command: String, version: Int64)] = [
            ("SESSGET *", 1), ("SESSGET * TOUCH", 1), ("SESSTOUCH *", 1), ("SESSTOUCH * IDLE 2000", 1),
            ("SESSGET * MINLEVEL 9", 1), ("SESSSET * FIELDS 1 a 1", 2), ("SESSSET * DEVICE d", 3),
            ("SESSSET * IDLE 3000", 4),
            ("SESSSET * USER u", 5), ("SESSUNSET * FIELDS 1 a", 6), ("SESSUNSET * FIELDS 1 a", 6),
            ("SESSSET * IFVER 5 DEVICE e", 6),
        ]
        for (command, version) in steps {
            _ = dialogue.run(command.replacing("*", with: token))
            #expect(dialogue.number("version", token) == version, "\(command)")
        }
        #expect(dialogue.number("version", dialogue.rotate(token)) == 7)
    }

    @Test func theLevelAndTheFingerprintOutliveWrites() {
        let token = dialogue.create("BIND fp LEVEL 3 FOR 1000 USER u")
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a b DEVICE d") == .error("ERR syntax error"))
        #expect(dialogue.run("SESSSET \(token) DEVICE d FIELDS 1 a b") == 2)
        #expect(dialogue.run("SESSGET \(token) BIND other").code == "BINDMISMATCH")
        dialogue.skip(milliseconds: 999)
        #expect(dialogue.run("SESSGET \(token) BIND fp")["level"] == 3)
        dialogue.skip(milliseconds: 1)
        #expect(dialogue.number("level", token) == 1)
    }
}
