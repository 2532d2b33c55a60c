import Testing

@testable import SessionCore

/// The dialogue of a primary with one replica, without a node: event in, action out.
@Suite struct ReplicaConnectionTests {
    static let id = String(repeating: "0123456789", count: 4)
    static let mark = String(repeating: "ab", count: 20)
    static let second: Int64 = 1_000_000
    static let timeout = 60 * second
    static let patience = 10 * second
    static let tooSlow = ReplicaAction.close("it takes its snapshot too slowly")
    static let silent = ReplicaAction.close("nothing was heard of it for repl-timeout")

    /// A replica, and a clock.
    struct Dialogue {
        var replica: ReplicaConnection
        var now: Int64 = 0
        var activeAt: Int64 = 0
        /// It has not taken all that there was for it.
        var isBusy = false
        var standstill: (time: Int64, longest: Int64) = (0, 30 * second)

        init(isCopyOnly: Bool = false, isOldStyle: Bool = false) {
            replica = ReplicaConnection(
                connection: 3, isCopyOnly: isCopyOnly, isOldStyle: isOldStyle, end: 500, now: 0)
        }

        init(from offset: Int64) { replica = ReplicaConnection(connection: 3, from: offset, now: 0) }

        mutating func tick(after time: Int64 = 0) -> ReplicaAction {
            now += time
            return replica.tick(
                now: now, timeout: timeout, activeAt: activeAt, isIdle: !isBusy, standstill: standstill)
        }

        mutating func begin() -> ReplicaAction {
            replica.snapshotBegins(ReplicaHistory(id: id, offset: 1000), mark: mark, patience: patience, now: now)
        }

        mutating func write(last: Bool = false) -> ReplicaAction {
            replica.snapshotGoesOn(mark: last ? mark : nil, now: now)
        }

        mutating func acknowledge(_ offset: Int64) -> ReplicaAction { replica.acknowledged(offset, now: now) }

        mutating func extend(to end: Int64, _ limit: OutputLimit, backlog: Int = 0) -> ReplicaAction {
            replica.streamExtended(to: end, limit, backlog: backlog, now: now)
        }

        /// Up to the stream.
        mutating func synchronise() {
            _ = begin()
            _ = write(last: true)
            #expect(acknowledge(0) == .sendStream)
        }
    }

    private static let none = OutputLimit(hard: 0, soft: 0, softSeconds: 0)

    // MARK: The snapshot

    @Test func fromTheQuestionToTheStream() {
        var it = Dialogue()
        #expect(it.replica.phase.name.description == "wait_bgsave")
        #expect(it.write() == .none, "none has begun for it")
        #expect(it.acknowledge(700) == .none)
        #expect(it.begin() == .send("+FULLRESYNC \(Self.id) 1000\r\n$EOF:\(Self.mark)\r\n"))
        #expect(it.replica.phase == .receiving)
        #expect(it.replica.next == 1000)
        #expect(it.begin() == .none, "another one's")
        #expect(it.write() == .none)
        #expect(it.extend(to: 1100, Self.none) == .none, "it is not there yet")
        #expect(it.write(last: true) == .send(Self.mark))
        #expect(it.replica.phase == .loading)
        #expect(it.replica.phase.name.description == "send_bulk")
        #expect(it.extend(to: 1200, Self.none) == .none)
        #expect(it.replica.acknowledged == 0)
        #expect(it.acknowledge(1000) == .sendStream)
        #expect(it.replica.isOnline)
        #expect(it.replica.acknowledged == 1000)
        it.replica.sentStream(200)
        #expect(it.replica.next == 1200)
        #expect(it.acknowledge(1150) == .none)
        #expect(it.replica.acknowledged == 1150)
        #expect(it.acknowledge(1100) == .none)
        #expect(it.replica.acknowledged == 1150, "what it has it keeps")
        #expect(it.acknowledge(9999) == .none)
        #expect(it.replica.acknowledged == 1200, "not what it was not sent")
    }

    @Test func fromAnOffset() {
        var it = Dialogue(from: 300)
        #expect(it.replica.isOnline)
        #expect(it.replica.next == 300 && it.replica.acknowledged == 300)
        #expect(it.begin() == .none)
        #expect(it.extend(to: 400, Self.none) == .sendStream)
    }

    @Test func oneThatWantsTheDataOnly() {
        var it = Dialogue(isCopyOnly: true)
        _ = it.begin()
        #expect(it.write(last: true) == .sendLast(Self.mark))
    }

    @Test func oldStyle() {
        var it = Dialogue(isOldStyle: true)
        #expect(it.begin() == .send("$EOF:\(Self.mark)\r\n"))
    }

    // MARK: Time

    @Test func waitingForAnotherOnesSnapshot() {
        var it = Dialogue()
        #expect(it.tick(after: Self.second - 1) == .none)
        #expect(it.tick(after: 1) == .send("\n"))
        #expect(it.tick() == .none)
        #expect(it.tick(after: 5 * Self.timeout) == .send("\n"))
    }

    @Test("the snapshot is taken, or not", arguments: [false, true]) func pace(isLoading: Bool) {
        var it = Dialogue()
        it.now = 7
        _ = it.begin()
        if isLoading { _ = it.write(last: true) }
        it.isBusy = true
        #expect(it.tick(after: Self.patience) == .none)
        // What it takes gives it time.
        it.replica.sentSnapshot(Int(Limits.snapshotRate) * 2, now: it.now)
        #expect(it.tick(after: 2 * Self.second) == .none)
        #expect(it.tick(after: 1) == Self.tooSlow)
        // Nothing is there that it could take.
        it.isBusy = false
        #expect(it.tick() == .none)
        it.isBusy = true
        #expect(it.tick(after: Self.patience) == .none)
        #expect(it.tick(after: 1) == Self.tooSlow)
    }

    /// Of a replica that is being sent a snapshot nothing is expected; of one that loads it, a line now and then.
    @Test func silenceWhileItLoads() {
        var it = Dialogue()
        _ = it.begin()
        for _ in 0..<5 { #expect(it.tick(after: Self.timeout) == .none) }
        _ = it.write(last: true)
        #expect(it.tick(after: Self.timeout) == .none)
        it.activeAt = it.now
        #expect(it.tick(after: Self.timeout) == .none)
        #expect(it.tick(after: 1) == Self.silent)
    }

    @Test func silenceInTheStream() {
        var it = Dialogue(from: 300)
        #expect(it.tick(after: Self.timeout) == .none)
        #expect(it.acknowledge(300) == .none)
        // Only acknowledgements count.
        it.activeAt = it.now + Self.timeout
        #expect(it.tick(after: Self.timeout) == .none)
        #expect(it.tick(after: 1) == Self.silent)
    }

    @Test func thePrimarysStreamStandsStillForIt() {
        var it = Dialogue()
        _ = it.begin()
        it.standstill = (30 * Self.second, 30 * Self.second)
        #expect(it.tick() == .none)
        it.standstill.time += 1
        #expect(
            it.tick()
                == .close(
                    "the primary's stream has stood still for its snapshot for too long. Let it follow the primary "
                        + "itself"))
        _ = it.write(last: true)
        #expect(it.tick() == .none)
    }

    // MARK: Too far behind

    private func behind(_ bytes: Int) -> ReplicaAction {
        .close("it is \(bytes) bytes behind, more than client-output-buffer-limit replica allows")
    }

    @Test func theHardLimit() {
        var it = Dialogue(from: 0)
        let limit = OutputLimit(hard: 100, soft: 0, softSeconds: 0)
        #expect(it.extend(to: 100, limit) == .sendStream)
        #expect(it.extend(to: 101, limit) == behind(101))
        #expect(it.extend(to: 101, limit, backlog: 101) == .sendStream, "so much is held anyway")
        it.replica.sentStream(50)
        #expect(it.extend(to: 150, limit) == .sendStream)
        var waiting = Dialogue()
        #expect(waiting.extend(to: 1_000_000, limit) == .none, "nothing is held for it yet")
        _ = waiting.begin()
        #expect(waiting.extend(to: 1100, limit) == .none)
        #expect(waiting.extend(to: 1101, limit) == behind(101))
    }

    @Test func theSoftLimit() {
        var it = Dialogue(from: 0)
        let limit = OutputLimit(hard: 0, soft: 100, softSeconds: 5)
        #expect(it.extend(to: 101, limit) == .sendStream)
        it.now += 5 * Self.second
        #expect(it.extend(to: 102, limit) == .sendStream)
        it.replica.sentStream(2)
        #expect(it.extend(to: 102, limit) == .sendStream, "it has caught up")
        it.now += 1
        #expect(it.extend(to: 103, limit) == .sendStream)
        it.now += 5 * Self.second + 1
        #expect(it.extend(to: 103, limit) == behind(101))
    }

    // MARK: REPLCONF

    private func take(
        _ introduction: inout ReplicaIntroduction, _ option: String, _ value: String
    ) throws(ReplyError) -> ReplicaIntroduction.Option {
        try introduction.take(Array(option.utf8).span.bytes, Array(value.utf8).span.bytes)
    }

    @Test func introduction() throws {
        var it = ReplicaIntroduction()
        for (option, value) in [
            ("listening-port", "7001"), ("IP-Address", "10.0.0.1"), ("capa", "eof"), ("capa", "whatever"),
            ("version", "7.2.0"), ("rdb-only", "1"),
        ] {
            #expect(try take(&it, option, value) == .noted)
        }
        #expect(it.port == 7001 && it.address == "10.0.0.1")
        #expect(it.takesUnknownLength && !it.takesNewID && it.isCopyOnly)
        #expect(try take(&it, "capa", "psync2") == .noted)
        #expect(try take(&it, "ip-address", "") == .noted)
        #expect(it.takesNewID && it.address == nil)
        #expect(try take(&it, "ACK", "17") == .acknowledgement(17))
        #expect(try take(&it, "ack", "-1") == .ignored)
        #expect(try take(&it, "getack", "*") == .ignored)
    }

    @Test(arguments: [("listening-port", "x"), ("listening-port", "65536"), ("ip-address", "a b"), ("what", "1")])
    func refusals(_ option: String, _ value: String) {
        var it = ReplicaIntroduction()
        #expect(throws: ReplyError.self) { try take(&it, option, value) }
        #expect(it.port == 0 && it.address == nil)
    }
}
