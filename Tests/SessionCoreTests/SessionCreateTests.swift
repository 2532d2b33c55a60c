import Testing

@testable import SessionCore

@Suite struct SessionCreateTests {
    private let dialogue = NodeDialogue()

    @Test func withoutOptions() {
        let session = dialogue.run("SESSGET \(dialogue.create())")
        #expect(session.names == [
            "handle", "user", "device", "created", "seen", "ttl", "max", "level", "version", "rotated", "data",
        ])
        #expect(session["user"] == .null && session["device"] == .null)
        #expect(session["created"] == .integer(NodeDialogue.start) && session["seen"] == .integer(NodeDialogue.start))
        #expect(session["ttl"] == 1_800_000, "30 minutes")
        #expect(session["max"] == 43_200_000, "12 hours")
        #expect(session["level"] == 1 && session["version"] == 1 && session["rotated"] == 0)
        #expect(session["data"]?.elements == [])
    }

    @Test func configuredDefaults() {
        var configuration = Configuration()
        configuration.sessionIdle = 7000
        configuration.sessionMax = 0
        let dialogue = NodeDialogue(configuration)
        let session = dialogue.run("SESSGET \(dialogue.create())")
        #expect(session["ttl"] == 7000 && session["max"] == -1)
        #expect(dialogue.number("max", dialogue.create("MAX 9000")) == 9000)
    }

    @Test func theHandleIsTheStartOfTheTokensDigest() {
        // SHA-256("abcdefghijklmnopqrstuvwxyz") begins with these 16 bytes.
        let token = dialogue.create("ID abcdefghijklmnopqrstuvwxyz")
        #expect(dialogue.handle(token) == "71c480df93d6ae2f1efad1447c66c952")
    }

    @Test func maxBoundsTheTimeToLive() {
        let session = dialogue.run("SESSGET \(dialogue.create("IDLE 10s MAX 4s"))")
        #expect(session["ttl"] == 4000 && session["max"] == 4000)
    }

    @Test func binaryTexts() {
        let binary: [UInt8] = [0, 255, 13, 10, 32, 34, 128, 0]
        let words: [[UInt8]] = [
            Array("SESSCREATE".utf8), Array("ID".utf8), binary + binary, Array("USER".utf8), binary,
            Array("DEVICE".utf8), binary, Array("FIELDS".utf8), Array("2".utf8), binary, [], [10], binary,
        ]
        #expect(dialogue.reply(words) == .bulk(binary + binary), "the token comes back as it was")
        let session = dialogue.reply([Array("SESSGET".utf8), binary + binary])
        #expect(session["user"] == .bulk(binary) && session["device"] == .bulk(binary))
        #expect(session["data"]?.elements == [.bulk(binary), .bulk([]), .bulk([10]), .bulk(binary)])
        #expect(dialogue.reply([Array("SESSCARD".utf8), binary]) == 1)
        let named = dialogue.reply([Array("SESSGET".utf8), binary + binary, Array("FIELDS".utf8), [49], binary])
        #expect(named["data"]?.elements == [.bulk(binary), .bulk([])])
    }

    @Test func ofSeveralFieldsWithOneNameTheLastCounts() {
        let token = dialogue.create("FIELDS 4 a 1 b 2 a 3 a 4")
        #expect(dialogue.run("SESSGET \(token)")["data"]?.elements == ["a", "4", "b", "2"])
    }

    @Test func callersTokens() {
        let token = dialogue.create("ID caller-made-token")
        #expect(token == "caller-made-token")
        #expect(dialogue.run("SESSCREATE ID \(token) USER other").code == "SESSEXISTS")
        #expect(dialogue.run("SESSGET \(token)")["user"] == .null)
        let new = dialogue.rotate(token)
        #expect(dialogue.run("SESSCREATE ID \(token)").code == "ROTATED")
        #expect(dialogue.run("SESSREVOKE \(new)") == 1)
        #expect(dialogue.run("SESSCREATE ID \(new)").code == "REVOKED")
        #expect(dialogue.run("SESSCREATE ID \(token)").code == "REVOKED")
    }

    @Test func anExpiredTokenMayBeUsedAgain() {
        let token = dialogue.create("ID caller-made-token IDLE 10 FIELDS 1 a old")
        dialogue.skip(milliseconds: 9)
        #expect(dialogue.run("SESSCREATE ID \(token)").code == "SESSEXISTS")
        dialogue.skip(milliseconds: 1)
        #expect(dialogue.create("ID \(token) IDLE 10") == token)
        #expect(dialogue.data(token) == [:])
        dialogue.advance(milliseconds: 5)
        #expect(dialogue.number("ttl", token) == 5, "the first one's deadline is forgotten")
    }

    @Test func levelsFallBack() {
        let token = dialogue.create("LEVEL 3 FOR 1s")
        #expect(dialogue.number("level", token) == 3)
        dialogue.skip(milliseconds: 999)
        #expect(dialogue.number("level", token) == 3)
        dialogue.skip(milliseconds: 1)
        #expect(dialogue.number("level", token) == 1)
        let lasting = dialogue.create("LEVEL 255")
        dialogue.skip(milliseconds: 1_000_000)
        #expect(dialogue.number("level", lasting) == 255)
    }

    @Test func limitRejects() {
        dialogue.listen()
        let first = dialogue.create("USER alice LIMIT 2")
        _ = dialogue.create("USER alice LIMIT 2")
        _ = dialogue.heard()
        #expect(dialogue.run("SESSCREATE USER alice LIMIT 2").code == "SESSLIMIT")
        #expect(dialogue.run("SESSCREATE USER alice LIMIT 2 REJECT").code == "SESSLIMIT")
        #expect(dialogue.heardNames() == ["limit", "limit"])
        #expect(dialogue.run("SESSCREATE USER bob LIMIT 1").text != nil, "others do not count")
        #expect(dialogue.run("SESSCREATE USER alice LIMIT 3").text != nil)
        #expect(dialogue.run("SESSCREATE USER alice").text != nil, "without LIMIT there is none")
        #expect(dialogue.run("SESSCARD alice") == 4)
        #expect(dialogue.number("version", first) == 1)
    }

    @Test func limitDoesNotCountTheDead() {
        _ = dialogue.create("USER alice IDLE 10")
        let revoked = dialogue.create("USER alice")
        _ = dialogue.run("SESSREVOKE \(revoked)")
        #expect(dialogue.run("SESSCREATE USER alice LIMIT 1").code == "SESSLIMIT")
        // Due, but the wheel has had no turn to reclaim it.
        dialogue.skip(milliseconds: 10)
        #expect(dialogue.run("SESSCREATE USER alice LIMIT 1").text != nil)
        #expect(dialogue.run("SESSCARD alice") == 1)
    }

    @Test func limitEvictsTheLeastRecentlyUsed() {
        var tokens: [String] = []
        for _ in 0..<4 {
            tokens.append(dialogue.create("USER alice DEVICE d\(tokens.count)"))
            dialogue.skip(milliseconds: 1)
        }
        _ = dialogue.run("SESSTOUCH \(tokens[0])")
        dialogue.listen()
        let new = dialogue.create("USER alice LIMIT 3 EVICT")
        #expect(dialogue.run("SESSCARD alice") == 3)
        #expect(tokens.map { dialogue.run("SESSSET \($0) FIELDS 1 a b").code } == [nil, "REVOKED", "REVOKED", nil])
        let events = dialogue.heard()
        #expect(events[0].contains(#""event":"limit""#) && events[0].contains(#""device":"d1""#))
        #expect(events[1].contains(#""event":"revoked""#) && events[1].contains(#""reason":"limit""#))
        #expect(events[3].contains(#""device":"d2""#) && events[4].contains(#""event":"created""#))
        #expect(dialogue.run("SESSGET \(new)")["version"] == 1)
    }

    @Test func amongThoseUsedInTheSameMillisecondTheFirstCreatedIsEvicted() {
        let tokens = (0..<5).map { _ in dialogue.create("USER alice LIMIT 3 EVICT") }
        #expect(tokens.map { dialogue.run("SESSSET \($0) FIELDS 1 a b").code } == ["REVOKED", "REVOKED", nil, nil, nil])
    }

    @Test func refusedForOtherReasonsNothingIsEvicted() {
        let token = dialogue.create("ID caller-made-token USER alice")
        #expect(dialogue.run("SESSCREATE ID \(token) USER alice LIMIT 1 EVICT").code == "SESSEXISTS")
        let value = String(repeating: "x", count: 70_000)
        #expect(dialogue.run("SESSCREATE USER alice LIMIT 1 EVICT FIELDS 1 a \(value)").code == "SESSTOOBIG")
        #expect(dialogue.run("SESSCARD alice") == 1)
        #expect(dialogue.run("SESSTOUCH \(token)") == 1_800_000)
    }

    @Test func largestSession() {
        var configuration = Configuration()
        configuration.sessionMaxBytes = 2048
        let dialogue = NodeDialogue(configuration)
        // The fixed part takes 40 bytes, a field of this length 1 + 1 + 2 beyond its value.
        let value = String(repeating: "x", count: 2048 - 40 - 4)
        let token = dialogue.create("FIELDS 1 a \(value)")
        #expect(dialogue.run("SESSCREATE FIELDS 1 a \(value)x").code == "SESSTOOBIG")
        #expect(dialogue.run("SESSCREATE USER u FIELDS 1 a \(value)").code == "SESSTOOBIG")
        #expect(dialogue.run("SESSCREATE DEVICE d FIELDS 1 a \(value)").code == "SESSTOOBIG")
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a \(value)x").code == "SESSTOOBIG")
        #expect(dialogue.run("SESSSET \(token) USER u").code == "SESSTOOBIG")
        #expect(dialogue.run("SESSROTATE \(token) USER u").code == "SESSTOOBIG")
        #expect(dialogue.data(token) == ["a": value], "what was refused has changed nothing")
        #expect(dialogue.number("version", token) == 1)
        #expect(dialogue.run("SESSSET \(token) FIELDS 1 a short") == 2)
        #expect(dialogue.run("SESSSET \(token) USER u") == 3)
    }
}
