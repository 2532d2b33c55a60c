import Testing

@testable import SessionCore

/// Least recently used means by order of use, also where the clock does not tell the uses apart.
@Suite("The order in which sessions are used")
struct SessionUseOrderTests {
    private let dialogue = NodeDialogue()

    /// The devices of alice's sessions, by which these tests tell them apart, as `SESSLIST` has them.
    private func listed(_ dialogue: NodeDialogue) -> [String] {
        let maps = dialogue.run("SESSLIST alice COUNT 1000").elements?[1].elements ?? []
        return maps.map { $0["device"]?.text ?? "" }
    }

    private func create(_ count: Int) -> [String] {
        (0..<count).map { dialogue.create("USER alice DEVICE d\($0)") }
    }

    @Test func withinAMillisecondTheOneJustTouchedIsNotEvicted() {
        let tokens = create(3)
        _ = dialogue.run("SESSTOUCH \(tokens[0])")
        _ = dialogue.create("USER alice LIMIT 3 EVICT")
        #expect(tokens.map { dialogue.run("SESSSET \($0) FIELDS 1 a b").code } == [nil, "REVOKED", nil])
    }

    @Test func withinAMillisecondTheListIsInOrderOfUse() {
        let tokens = create(4)
        #expect(listed(dialogue) == ["d3", "d2", "d1", "d0"])
        _ = dialogue.run("SESSTOUCH \(tokens[1])")
        #expect(listed(dialogue) == ["d1", "d3", "d2", "d0"])
        _ = dialogue.run("SESSGET \(tokens[2]) TOUCH")
        #expect(listed(dialogue) == ["d2", "d1", "d3", "d0"])
        let pages = (0..<2).reduce(into: (cursor: "0", devices: [String]())) { result, _ in
            let reply = dialogue.run("SESSLIST alice COUNT 2 CURSOR \(result.cursor)").elements ?? []
            result.cursor = reply[0].text ?? ""
            result.devices += reply[1].elements?.map { $0["device"]?.text ?? "" } ?? []
        }
        #expect(pages.devices == ["d2", "d1", "d3", "d0"])
    }

    @Test("What is no use leaves the order alone", arguments: [
        "SESSGET %", "SESSGET % FIELDS 1 a", "SESSSET % FIELDS 1 a b", "SESSSET % IDLE 5m", "SESSSET % DEVICE d0",
        "SESSUNSET % FIELDS 1 a", "SESSROTATE %", "SESSROTATE % USER alice LEVEL 2", "SESSCREATE ID %",
        "SESSGET % BIND other TOUCH",
    ])
    func noUse(command: String) {
        let token = dialogue.create("USER alice DEVICE d0 BIND fingerprint FIELDS 1 a 1")
        _ = dialogue.create("USER alice DEVICE d1")
        _ = dialogue.run(command.replacing("%", with: token))
        #expect(listed(dialogue) == ["d1", "d0"])
    }

    /// At every step: those evicted are the last of the list, in the reverse of its order.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func evictedAreTheLastOfTheList(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var tokens: [String] = []
        dialogue.listen()
        for step in 0..<120 {
            switch random.below(6) {
            case 0:
                let expected = listed(dialogue)
                let limit = 1 + random.below(expected.count + 2)
                _ = dialogue.heard()
                tokens.append(dialogue.create("USER alice DEVICE e\(step) LIMIT \(limit) EVICT"))
                let evicted = dialogue.heard().filter { $0.contains(#""event":"revoked""#) }
                    .map { String($0.split(separator: "\"").last { $0.hasPrefix("d") || $0.hasPrefix("e") } ?? "") }
                #expect(evicted == Array(expected.dropFirst(limit - 1).reversed()), "seed \(seed), step \(step)")
            case 1: dialogue.skip(milliseconds: 1)
            case 2, 3: tokens.append(dialogue.create("USER alice DEVICE d\(step)"))
            default:
                if tokens.isEmpty { continue }
                _ = dialogue.run("SESSTOUCH \(tokens[random.below(tokens.count)])")
            }
        }
    }

    @Test func aSmallStepBackOfTheClockLeavesTheOrder() {
        let tokens = create(3)
        dialogue.stepWallClock(milliseconds: -20)
        _ = dialogue.run("SESSTOUCH \(tokens[0])")
        #expect(listed(dialogue) == ["d0", "d2", "d1"])
        #expect(dialogue.number("seen", tokens[0]) == dialogue.milliseconds, "seen is never shown later than now")
        #expect(dialogue.reply("HGET", "__sess__:\(expectedHandle(tokens[0]))", "@seen").text
            == String(dialogue.milliseconds))
    }

    @Test func aLargeStepBackOfTheClockTakesStampsAlong() {
        let tokens = create(2)
        dialogue.stepWallClock(milliseconds: -3_600_000)
        _ = dialogue.run("SESSTOUCH \(tokens[0])")
        dialogue.skip(milliseconds: 500)
        #expect(dialogue.number("seen", tokens[0]) == dialogue.milliseconds - 500)
        #expect(dialogue.run("SESSSET \(tokens[0]) FIELDS 1 a b") == 2)
        #expect(dialogue.number("ttl", tokens[0]) == 1_799_500, "a write does not renew")
    }

    @Test func stampsGrowFromUseToUse() {
        var order = UseOrder()
        var last = UseStamp(rawValue: 0)
        for now in [1000, 1000, 1000, 1001, 1001, 999, 998, 1005, 10_000, 9_950] as [Int64] {
            let next = order.next(at: now)
            #expect(next > last && next.milliseconds >= now && next.milliseconds <= max(now, last.milliseconds))
            last = next
        }
        #expect(order.next(at: 5000) == UseStamp(milliseconds: 5000), "a step back by more than the lead")
        for _ in 0..<200_000 {
            let next = order.next(at: 6000)
            #expect(next > last || last.milliseconds > 6000)
            last = next
        }
        #expect(last.milliseconds == 6003, "beyond 65,536 of one millisecond they run ahead")
        #expect(order.next(at: 6001) > last)
        #expect(order.next(at: 6004) == UseStamp(milliseconds: 6004))
        #expect(order.next(at: maximumTime).milliseconds == maximumTime)
    }

    @Test func notedStampsKeepTheirMillisecond() {
        var order = UseOrder()
        #expect(order.note(at: 1000) == UseStamp(milliseconds: 1000))
        #expect(order.note(at: 1000) == UseStamp(rawValue: 1000 << 16 + 1))
        #expect(order.note(at: 999) == UseStamp(milliseconds: 999), "told late, it was the first of its millisecond")
        for _ in 0..<70_000 { _ = order.note(at: 1000) }
        #expect(order.last.milliseconds == 1000 && order.note(at: 1000) == order.last)
        #expect(order.note(at: maximumTime).milliseconds == maximumTime)
        for _ in 0..<70_000 { _ = order.note(at: maximumTime) }
        #expect(order.last.rawValue == .max)
        #expect(order.next(at: 2000) == UseStamp(milliseconds: 2000), "another node's clock does not drag this one's")
    }

    @Test("On a replica the order is that of the stream, and what is no use leaves it alone")
    func replica() {
        let replica = NodeDialogue()
        replica.becomeReplica()
        let tokens = create(5)
        for token in tokens { #expect(replica.apply(dialogue.replicated(token)) == nil) }
        #expect(listed(replica) == ["d4", "d3", "d2", "d1", "d0"])
        _ = dialogue.run("SESSSET \(tokens[1]) FIELDS 1 a b")
        #expect(replica.apply(dialogue.replicated(tokens[1])) == nil)
        #expect(listed(replica) == ["d4", "d3", "d2", "d1", "d0"])
        dialogue.skip(milliseconds: 2000)
        replica.skip(milliseconds: 2000)
        for index in [2, 0] {
            _ = dialogue.run("SESSTOUCH \(tokens[index])")
            let key = "__sess__:\(expectedHandle(tokens[index]))"
            #expect(replica.apply("PEXPIREAT", key, String(dialogue.milliseconds + 1_800_000)) == nil)
        }
        #expect(listed(replica) == ["d0", "d2", "d4", "d3", "d1"])
        #expect(listed(replica) == listed(dialogue))
    }
}

/// `FirstSessions`: the first of many, in order, whatever the order of the offers.
@Suite struct FirstSessionsTests {
    @Test(arguments: [1, 2, 3, 7, 50, 200, 201, 500]) func asIfAllWereSorted(limit: Int) {
        var random = SplitMix64(seed: UInt64(limit))
        for arrangement in 0..<4 {
            var all = (0..<200).map { index in
                RankedSession(
                    rank: random.next() % 60, handle: Handle(low: random.next() % 3, high: random.next() % 3),
                    session: Slot(rawValue: UInt32(index)))
            }
            if arrangement == 1 { all.sort() }
            if arrangement == 2 { all.sort(by: >) }
            var first = FirstSessions(limit: limit)
            for one in all { first.offer(one) }
            let sorted = first.sorted()
            let count = sorted.count
            #expect(count == min(limit, 200))
            let expected = all.sorted().prefix(limit)
            for (index, one) in expected.enumerated() {
                let kept = sorted[index]
                #expect(!(kept < one) && !(one < kept), "limit \(limit), place \(index)")
            }
        }
    }
}
