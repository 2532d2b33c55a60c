import Testing

@testable import SessionCore

@Suite struct SessionListTests {
    private let dialogue = NodeDialogue()

    /// One page: its cursor, and the devices of its sessions, by which these tests tell them apart.
    private func page(_ options: String = "") -> (cursor: String, devices: [String]) {
        let reply = dialogue.run("SESSLIST alice \(options)")
        guard let parts = reply.elements, parts.count == 2, let cursor = parts[0].text, let maps = parts[1].elements
        else {
            Issue.record("SESSLIST \(options): \(reply)")
            return ("0", [])
        }
        return (cursor, maps.map { $0["device"]?.text ?? "" })
    }

    /// All pages from the start, with `between` called after each.
    private func listing(count: Int, between: () -> Void = {}) -> [[String]] {
        var pages: [[String]] = []
        var cursor = "0"
        repeat {
            let (next, devices) = page("CURSOR \(cursor) COUNT \(count)")
            pages.append(devices)
            cursor = next
            if cursor != "0" { between() }
        } while cursor != "0" && pages.count < 10_000
        return pages
    }

    @Test func shapes() throws {
        let token = dialogue.create("USER alice DEVICE phone")
        let expected = [
            "handle", "user", "device", "created", "seen", "ttl", "max", "level", "version", "rotated",
        ]
        let map = try #require(dialogue.run("SESSLIST alice").elements?[1].elements?[0])
        #expect(map.names == expected, "as SESSGET, without data")
        let session = dialogue.run("SESSGET \(token)")
        for name in expected { #expect(map[name] == session[name], "\(name)") }
        _ = dialogue.send("HELLO", "3", on: 1)
        let wire = dialogue.send("SESSLIST", "alice", on: 1)
        #expect(wire.hasPrefix("*2\r\n$1\r\n0\r\n*1\r\n%10\r\n$6\r\nhandle\r\n$32\r\n"))
        #expect(!wire.contains(token), "no token")
    }

    @Test func mostRecentlyUsedFirst() {
        var tokens: [String] = []
        for index in 0..<4 {
            tokens.append(dialogue.create("USER alice DEVICE d\(index)"))
            dialogue.skip(milliseconds: 10)
        }
        #expect(page().devices == ["d3", "d2", "d1", "d0"])
        _ = dialogue.run("SESSTOUCH \(tokens[1])")
        #expect(page().devices == ["d1", "d3", "d2", "d0"])
        dialogue.skip(milliseconds: 10)
        _ = dialogue.run("SESSGET \(tokens[0]) TOUCH")
        _ = dialogue.run("SESSGET \(tokens[2])")
        _ = dialogue.run("SESSSET \(tokens[2]) FIELDS 1 a b")
        #expect(page().devices == ["d0", "d1", "d3", "d2"], "reading and writing do not count as use")
        _ = dialogue.run("SESSREVOKE \(tokens[1])")
        #expect(page().devices == ["d0", "d3", "d2"])
    }

    /// Those of which a snapshot told that they were used in the same millisecond, and no order within it.
    @Test func tiesComeByHandle() {
        let handles = (0..<20).map { _ in dialogue.handle(dialogue.create("USER alice")) }
        let user = Array("alice".utf8)
        dialogue.modify { node in
            var session = node.execution.store.firstSession(0, user: user.span.bytes)
            while session != .none {
                node.execution.store.heap.setLastUse(session, UseStamp(milliseconds: node.execution.store.now))
                session = node.execution.store.nextSession(session)
            }
        }
        let listed = dialogue.run("SESSLIST alice").elements?[1].elements?.compactMap { $0["handle"]?.text }
        #expect(listed.map(Set.init) == Set(handles) && listed?.count == 20)
        let again = dialogue.run("SESSLIST alice COUNT 20").elements?[1].elements?.compactMap { $0["handle"]?.text }
        #expect(again == listed)
        dialogue.skip(milliseconds: 1)
        let paged = listing(count: 3)
        #expect(paged.map(\.count) == [3, 3, 3, 3, 3, 3, 2], "nobody is listed twice where nobody has moved")
    }

    @Test func onlyTheLiveOfThatUser() {
        _ = dialogue.create("USER alice DEVICE due IDLE 10")
        _ = dialogue.create("USER alice DEVICE stays")
        _ = dialogue.create("USER alic DEVICE other")
        _ = dialogue.create("DEVICE anonymous")
        dialogue.skip(milliseconds: 10)
        #expect(page().devices == ["stays"])
        #expect(dialogue.run("SESSCARD alice") == 1)
    }

    @Test func counts() {
        for index in 0..<101 { _ = dialogue.create("USER alice DEVICE d\(index)") }
        let first = page()
        #expect(first.devices.count == 100 && first.cursor != "0", "a hundred without COUNT")
        #expect(page("CURSOR \(first.cursor)").devices.count == 1)
        #expect(page("COUNT 101").cursor == "0", "the last page says so")
        #expect(page("COUNT 1000").devices.count == 101)
        #expect(page("CURSOR 0 COUNT 1").devices.count == 1)
        #expect(dialogue.run("SESSCARD alice") == 101 && dialogue.run("SESSCARD") == 101)
    }

    @Test("cursors that no reply contains", arguments: [
        "", "1", "x", "-", "1-", "-1", "1-5-", "1-5-7", "1-5-7-", "3-5", "0-5", "01-5", "1-05", "1--5", "1-5-6-7",
        "1-5-7-00000000000000000000000000000000-", "1-5-7-0000000000000000000000000000000",
        "1-5-7-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "1-5-7-gggggggggggggggggggggggggggggggg", "1-99999999999999999999",
        "1-18446744073709551616", "1-+5",
        "1-5--7-00000000000000000000000000000000", "00", "1-5-7-00000000000000000000000000000000x", " 0",
    ])
    func malformedCursors(cursor: String) {
        #expect(dialogue.reply("SESSLIST", "alice", "CURSOR", cursor) == .error("ERR invalid cursor"))
    }

    @Test("cursors of other users, other times and their borders do no harm", arguments: [
        "1-0", "2-0", "1-18446744073709551615", "2-18446744073709551615",
        "1-0-18446744073709551615-ffffffffffffffffffffffffffffffff", "2-0-0-00000000000000000000000000000000",
    ])
    func strangeCursors(cursor: String) {
        for index in 0..<3 { _ = dialogue.create("USER alice DEVICE d\(index)") }
        #expect(page("CURSOR \(cursor)").devices.count <= 3)
    }

    /// Sessions are touched, created and revoked between the pages; those that exist throughout are all listed.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func completeUnderConcurrentChanges(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var tokens: [String: String] = [:]
        for index in 0..<(20 + random.below(60)) {
            tokens["d\(index)"] = dialogue.create("USER alice DEVICE d\(index)")
            if random.below(3) > 0 { dialogue.skip(milliseconds: Int64(random.below(5))) }
        }
        var throughout = Set(tokens.keys)
        var created = tokens.count
        let pages = listing(count: 1 + random.below(9)) {
            for _ in 0..<random.below(12) {
                dialogue.skip(milliseconds: Int64(random.below(3)))
                let device = tokens.keys.sorted()[random.below(tokens.count)]
                switch random.below(8) {
                case 0:
                    _ = dialogue.run("SESSREVOKE \(tokens[device] ?? "")")
                    tokens[device] = nil
                    throughout.remove(device)
                    if tokens.count > 1 { continue }
                    fallthrough
                case 1:
                    tokens["d\(created)"] = dialogue.create("USER alice DEVICE d\(created)")
                    created += 1
                default: _ = dialogue.run("SESSTOUCH \(tokens[device] ?? "")")
                }
            }
        }
        let listed = pages.flatMap { $0 }
        #expect(throughout.isSubset(of: listed), "seed \(seed): missing \(throughout.subtracting(listed))")
        #expect(pages.allSatisfy { Set($0).count == $0.count }, "seed \(seed): twice in one page")
    }

    /// However fast sessions are touched, a listing comes to its end.
    @Test func endsThoughAllIsTouchedAllTheTime() {
        let tokens = (0..<50).map { dialogue.create("USER alice DEVICE d\($0)") }
        dialogue.skip(milliseconds: 5)
        let pages = listing(count: 7) {
            for token in tokens {
                dialogue.skip(milliseconds: 1)
                _ = dialogue.run("SESSTOUCH \(token)")
            }
        }
        #expect(Set(pages.flatMap { $0 }).count == 50)
        #expect(pages.count <= 2 * 50 / 7 + 2)
    }
}
