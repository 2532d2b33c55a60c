import SessionCore
import Testing

@testable import SessionSimulation

/// The checker finds what is wrong, and nothing else.
@Suite final class CheckerTests {
    private let checker: Checker
    /// Two histories: the second branches off the first at offset 100.
    private let first: Int, second: Int
    private let now: Int64 = 1_000_000

    init() {
        var random = SplitMix64(state: 1)
        checker = Checker(Scenario(&random, hosts: 1, touchInterval: 1000))
        first = checker.histories.add(Histories.History(id: "a", parent: -1, branch: 0, blurredUntil: -1))
        second = checker.histories.add(Histories.History(id: "b", parent: first, branch: 100, blurredUntil: -1))
    }

    private func primary(_ history: Int, at offset: Int64) -> Position { Position(history: history, offset: offset) }

    private func replica(_ history: Int, at offset: Int64) -> Position {
        Position(history: history, offset: offset, isPrimary: false, isLinked: true)
    }

    private func check(
        _ kind: SessionRequest, _ reply: Reply, at place: Position, from start: Int64, after: Int64 = 0
    ) {
        checker.check(kind, reply, Checker.Execution(host: 0, place: place, start: start, now: now + after))
    }

    /// A session that is created at offset 50 of the first history and ends after five seconds.
    private func create() -> TokenName {
        let request = SessionRequest.create(user: 1, idle: 5000, max: 0, token: "token", value: "v")
        check(request, .bulk(Array("token".utf8)), at: primary(first, at: 50), from: 40)
        return TokenName(session: 0, token: 0)
    }

    private func served(left: Int64, version: Int64 = 1, value: String = "v") -> Reply {
        func text(_ text: String) -> Reply { .bulk(Array(text.utf8)) }
        return .array([
            text("user"), text("user-1"), text("ttl"), .integer(left), text("version"), .integer(version),
            text("rotated"), .integer(0), text("data"), .array([text("n"), text(value)]),
        ])
    }

    private var violations: Int { checker.violations.count }

    @Test func aLiveSessionHasToBeServed() {
        let name = create()
        check(.get(name, touch: false), served(left: 1), at: primary(first, at: 60), from: 60, after: 4999)
        #expect(violations == 0)
        check(.get(name, touch: false), .null, at: primary(first, at: 60), from: 60, after: 4999)
        #expect(violations == 1)
    }

    @Test func anExpiredSessionMustNotBeServed() {
        let name = create()
        check(.get(name, touch: false), .null, at: primary(first, at: 60), from: 60, after: 5000)
        #expect(violations == 0)
        check(.get(name, touch: false), served(left: 1), at: primary(first, at: 60), from: 60, after: 5000)
        #expect(violations == 1)
    }

    /// On a replica a session may last to the end of the interval in which touches are sent, and no longer.
    @Test(arguments: [(5000, 1000, 0), (5500, 500, 0), (5500, 501, 1), (6000, 1, 1)] as [(Int64, Int64, Int)])
    func replicasRoundDeadlines(after: Int64, left: Int64, wrong: Int) {
        let request = SessionRequest.create(user: 1, idle: 5500, max: 0, token: "token", value: "v")
        check(request, .bulk(Array("token".utf8)), at: primary(first, at: 50), from: 40)
        let name = TokenName(session: 0, token: 0)
        check(.get(name, touch: false), served(left: left), at: replica(first, at: 60), from: 60, after: after)
        #expect(violations == wrong)
    }

    @Test func contentHasToBeTheLatest() {
        let name = create()
        check(.set(name, value: "w"), .integer(2), at: primary(first, at: 70), from: 60)
        let changed = served(left: 5000, version: 2, value: "w")
        check(.get(name, touch: false), changed, at: primary(first, at: 70), from: 70)
        check(.get(name, touch: false), served(left: 5000), at: replica(first, at: 60), from: 60)
        #expect(violations == 0)
        check(.get(name, touch: false), served(left: 5000), at: replica(first, at: 70), from: 70)
        #expect(violations == 1)
    }

    @Test func aRevokedSessionStaysDead() {
        let name = create()
        check(.revoke(name), .integer(1), at: primary(first, at: 90), from: 80)
        // Before the revocation has arrived, and while it may just have.
        check(.get(name, touch: false), served(left: 5000), at: replica(first, at: 80), from: 80)
        check(.get(name, touch: false), served(left: 5000), at: replica(first, at: 85), from: 85)
        #expect(violations == 0)
        check(.get(name, touch: false), served(left: 5000), at: replica(first, at: 90), from: 90)
        #expect(violations == 1)
        // Promoted behind it.
        check(.get(name, touch: false), served(left: 5000), at: primary(second, at: 100), from: 100)
        #expect(violations == 2)
        check(.set(name, value: "w"), .integer(2), at: primary(second, at: 110), from: 100)
        #expect(violations == 3)
    }

    /// What the old primary does after the promotion of another node is not part of the new history.
    @Test func histories() {
        let name = create()
        check(.revoke(name), .integer(1), at: primary(first, at: 110), from: 101)
        check(.get(name, touch: false), served(left: 5000), at: primary(second, at: 120), from: 120)
        check(.get(name, touch: false), .null, at: primary(first, at: 120), from: 120)
        #expect(violations == 0)
        check(.get(name, touch: false), .null, at: primary(second, at: 120), from: 120)
        #expect(violations == 1)
    }

    @Test func aWriteMustNotBringBackADeadSession() {
        let name = create()
        check(.touch(name, idle: nil), .integer(-2), at: primary(first, at: 60), from: 60, after: 5000)
        check(.set(name, value: "w"), .error("NOSESSION"), at: primary(first, at: 60), from: 60, after: 5000)
        #expect(violations == 0)
        check(.touch(name, idle: nil), .integer(5000), at: primary(first, at: 60), from: 60, after: 5000)
        check(.set(name, value: "w"), .integer(2), at: primary(first, at: 60), from: 60, after: 5000)
        #expect(violations == 2)
    }

    @Test func rotation() {
        let name = create()
        check(.rotate(name, grace: 100), .bulk(Array("new".utf8)), at: primary(first, at: 70), from: 60)
        let new = TokenName(session: 0, token: 1)
        let rotated = served(left: 4900, version: 2)
        check(.get(new, touch: false), rotated, at: primary(first, at: 70), from: 70, after: 100)
        check(.get(name, touch: false), .error("REUSED"), at: replica(first, at: 70), from: 70, after: 100)
        #expect(violations == 0)
        check(.get(name, touch: false), rotated, at: primary(first, at: 70), from: 70, after: 100)
        #expect(violations == 1)
    }

    @Test func waitNeedsAReplicaThatHasTheWrite() {
        let log = RequestLog()
        log.lastWrite = (first, 80)
        let execution = Checker.Execution(host: 0, place: primary(first, at: 80), start: 80, now: now)
        checker.check(Request(["WAIT", "1", "0"], .wait), .integer(0), execution, log)
        #expect(violations == 0)
        checker.check(Request(["WAIT", "1", "0"], .wait), .integer(1), execution, log)
        #expect(violations == 1)
    }

    @Test func keys() {
        let image = KeyImage(digest: KeyImage.digest(ofString: Array("v".utf8)), deadline: now + 10)
        checker.note(0, image, Checker.Execution(host: 0, place: primary(first, at: 50), start: 40, now: now))
        let log = RequestLog()
        func get(_ reply: Reply, at place: Position, after: Int64) {
            let execution = Checker.Execution(host: 0, place: place, start: place.offset, now: now + after)
            checker.check(Request(["GET", "string:0"], .get(0)), reply, execution, log)
        }
        get(.bulk(Array("v".utf8)), at: replica(first, at: 50), after: 9)
        get(.null, at: replica(first, at: 40), after: 0)
        get(.null, at: primary(second, at: 100), after: 10)
        #expect(violations == 0)
        get(.bulk(Array("w".utf8)), at: primary(first, at: 60), after: 0)
        get(.bulk(Array("v".utf8)), at: primary(first, at: 60), after: 10)
        get(.null, at: primary(second, at: 100), after: 0)
        #expect(violations == 3)
    }
}
