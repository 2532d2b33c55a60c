import Testing

@testable import SessionCore

/// Deadlines are points on the wall clock, which may be set while sessions live.
@Suite struct SessionClockTests {
    private let dialogue = NodeDialogue()

    @Test func forward() {
        let tokens = [1000, 5000, 100_000].map { dialogue.create("IDLE \($0) MAX 0 USER alice") }
        dialogue.stepWallClock(milliseconds: 5000)
        #expect(tokens.map { dialogue.run("SESSTOUCH \($0)") } == [-2, -2, 100_000])
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.run("SESSCARD alice") == 1)
        dialogue.stepWallClock(milliseconds: 400 * 24 * 3_600_000)
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.inspect { $0.execution.store.wheel.count } == 0 && dialogue.run("SESSCARD") == 0)
    }

    @Test(arguments: [1, 999, 1000, 1001, 60_000, 86_400_000] as [Int64]) func back(by step: Int64) {
        let token = dialogue.create("IDLE 1000 MAX 3000 USER alice")
        dialogue.advance(milliseconds: 500)
        dialogue.stepWallClock(milliseconds: -step)
        dialogue.advance(milliseconds: 0)
        let session = dialogue.run("SESSGET \(token)")
        #expect(session["ttl"] == .integer(500 + step) && session["max"] == .integer(2500 + step))
        let later = dialogue.create("IDLE 700")
        #expect(dialogue.run("SESSTOUCH \(token)") == 1000, "a touch counts from the clock's new time")
        dialogue.advance(milliseconds: 700)
        #expect(dialogue.run("SESSGET \(later)") == .null)
        dialogue.advance(milliseconds: 299)
        #expect(dialogue.run("SESSTOUCH \(token)") == 1000)
        dialogue.advance(milliseconds: 1000)
        #expect(dialogue.run("SESSGET \(token)") == .null)
        // The wheel follows: within its tolerance late, else on time.
        dialogue.advance(milliseconds: 1000)
        #expect(dialogue.inspect { $0.execution.store.wheel.count } == 0 && dialogue.run("SESSCARD") == 0)
    }

    @Test func backAndForthWithEventsInTime() {
        dialogue.listen()
        let token = dialogue.create("IDLE 10s")
        _ = dialogue.heard()
        dialogue.stepWallClock(milliseconds: -3_600_000)
        dialogue.advance(milliseconds: 0)
        dialogue.stepWallClock(milliseconds: 3_600_000)
        dialogue.advance(milliseconds: 9999)
        #expect(dialogue.heard() == [])
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.heardNames() == ["expired"])
        #expect(dialogue.run("SESSGET \(token)") == .null)
    }

    @Test func theLongestTimeoutsFarInTheFuture() {
        let token = dialogue.create("IDLE 36525d MAX 36525d")
        #expect(dialogue.number("ttl", token) == 3_155_760_000_000)
        // 8,800 years later a century more does not fit 48 bits: the last point in time stands for it.
        dialogue.stepWallClock(milliseconds: (1 << 48) - 1 - NodeDialogue.start - 1000)
        #expect(dialogue.run("SESSGET \(token)") == .null)
        let late = dialogue.create("IDLE 36525d MAX 36525d")
        #expect(dialogue.run("SESSTOUCH \(late)") == 1000)
        dialogue.skip(milliseconds: 999)
        #expect(dialogue.number("ttl", late) == 1)
    }
}
