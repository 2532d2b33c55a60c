import Testing

@testable import SessionCore

/// The dialogue of a replica with its primary, without a node: event in, action out.
@Suite struct PrimaryConnectionTests {
    static let id = String(repeating: "0123456789", count: 4)
    static let mark = String(repeating: "ab", count: 20)
    static let second: Int64 = 1_000_000
    static let timeout = 60 * second

    /// A link, its input, and a clock.
    struct Dialogue: ~Copyable {
        var link: PrimaryConnection
        var own: ReplicaIdentity
        var input = ByteBuffer()
        var now: Int64 = 0
        var standstill = StreamStandstill()

        init(isFailover: Bool = false, _ own: ReplicaIdentity = ReplicaIdentity(port: 7001)) {
            link = PrimaryConnection(host: "example.org", port: 7000, isFailover: isFailover, now: 0)
            self.own = own
        }

        /// So many microseconds pass.
        mutating func tick(after time: Int64 = 0) -> PrimaryAction {
            now += time
            return link.tick(now: now, timeout: timeout, standstill: standstill)
        }

        /// The primary sends something.
        /// - Returns: what is to be done about each line, and the end of the dialogue if it has come to that.
        mutating func say(_ text: String, pieces: Int = .max) -> [PrimaryAction] {
            let bytes = Array(text.utf8)
            var actions: [PrimaryAction] = []
            var position = 0
            while position < bytes.count {
                let end = position + min(pieces, bytes.count - position)
                link.arrived(now: now)
                input.append(bytes[position..<end].span.bytes)
                position = end
                reading: while true {
                    switch link.next(in: &input) {
                    case .line(let line): actions.append(link.line(line, own, now: now))
                    case .unusable(let reason): actions.append(link.failed(reason, .content, now: now))
                    case .nothing, .snapshot, .stream: break reading
                    }
                }
            }
            return actions
        }

        /// Up to the connection.
        mutating func connect() {
            #expect(tick() == .dial)
            #expect(link.dialed(on: 7, now: now) == .send("*1\r\n$4\r\nPING\r\n"))
        }

        /// Up to the question for the stream.
        mutating func greet() {
            connect()
            _ = say("+PONG\r\n+OK\r\n+OK\r\n")
            #expect(link.state == .asking)
        }
    }

    private func request(_ words: String...) -> String { RequestText.array(words) }

    private func lost(
        _ reason: String, connection: Int = 7, isFrequent: Bool = false, endsFailover: Bool = false
    ) -> PrimaryAction {
        .giveUp(
            PrimaryLoss(
                reason: reason, connection: connection, isFrequent: isFrequent, endsFailover: endsFailover))
    }

    private static let history = ReplicaHistory(id: id, offset: 100)

    // MARK: Up to the data

    @Test("a full synchronisation, in pieces of any size", arguments: [Int.max, 7, 2, 1])
    func fullSynchronisation(pieces: Int) {
        var it = Dialogue()
        #expect(it.link.stateName.description == "connect")
        it.connect()
        #expect(it.link.stateName.description == "handshake")
        #expect(
            it.say("\n+PONG\r\n", pieces: pieces)
                == [
                    .send(
                        request("REPLCONF", "listening-port", "7001")
                            + request("REPLCONF", "capa", "eof", "capa", "psync2"))
                ])
        #expect(it.say("+OK\r\n", pieces: pieces) == [.send("")])
        #expect(it.say("+OK\r\n", pieces: pieces) == [.send(request("PSYNC", "?", "-1"))])
        #expect(it.link.snapshot == nil)
        #expect(it.say("+FULLRESYNC \(Self.id) 100\r\n", pieces: pieces) == [.expectSnapshot(Self.history)])
        #expect(it.link.snapshot == SnapshotProgress(length: 0))
        // Lines that keep the link alive, and the snapshot itself behind the header.
        #expect(it.say("\n\n\r\n$200\r\nREDIS", pieces: pieces) == [.load(.length(200))])
        #expect(it.link.next(in: &it.input) == .snapshot)
        #expect(it.input.bytes.text == "REDIS")
        it.link.loaded(5)
        #expect(it.link.snapshot == SnapshotProgress(received: 5, length: 200))
        #expect(!it.link.isUp)
        #expect(it.link.loadedAll(now: it.now) == .acknowledge)
        #expect(it.link.isUp)
        #expect(it.link.next(in: &it.input) == .stream)
        #expect(it.input.bytes.text == "REDIS")
    }

    @Test func aSnapshotWithAMark() {
        var it = Dialogue()
        it.greet()
        #expect(
            it.say("+FULLRESYNC \(Self.id) 0\r\n$EOF:\(Self.mark)\r\n")
                == [.expectSnapshot(ReplicaHistory(id: Self.id, offset: 0)), .load(.mark(Array(Self.mark.utf8)))])
    }

    @Test(
        "what is said before the stream",
        arguments: [
            (ReplicaIdentity(port: 1), [["REPLCONF", "listening-port", "1"]]),
            (
                ReplicaIdentity(password: "secret", port: 2),
                [["AUTH", "secret"], ["REPLCONF", "listening-port", "2"]]
            ),
            (
                ReplicaIdentity(user: "me", password: "secret", address: "10.0.0.1", port: 3),
                [["AUTH", "me", "secret"], ["REPLCONF", "listening-port", "3"], ["REPLCONF", "ip-address", "10.0.0.1"]]
            ),
            // Without a password there is nobody to name.
            (ReplicaIdentity(user: "me", port: 4), [["REPLCONF", "listening-port", "4"]]),
        ])
    func introduction(_ own: ReplicaIdentity, _ requests: [[String]]) {
        var it = Dialogue(own)
        it.connect()
        let all = requests + [["REPLCONF", "capa", "eof", "capa", "psync2"]]
        #expect(it.say("-NOAUTH Authentication required.\r\n") == [.send(all.map(RequestText.array).joined())])
        for _ in requests { #expect(it.say("+OK\r\n") == [.send("")]) }
        #expect(it.say("+OK\r\n") == [.send(request("PSYNC", "?", "-1"))])
    }

    @Test("the stream goes on", arguments: [("", nil), (" \(id)", nil), (" \(mark)", mark)] as [(String, String?)])
    func resumption(_ answer: String, _ newID: String?) {
        var it = Dialogue()
        it.own.history = Self.history
        it.connect()
        #expect(it.say("+PONG\r\n+OK\r\n+OK\r\n").last == .send(request("PSYNC", Self.id, "101")))
        #expect(it.say("+CONTINUE\(answer)\r\n*1\r\n$4\r\nPING\r\n") == [.resume(newID: newID)])
        #expect(it.link.state == .streaming(since: 0))
        #expect(it.link.next(in: &it.input) == .stream)
    }

    /// An older primary does not know every REPLCONF.
    @Test func whatIsNotUnderstood() {
        var it = Dialogue(ReplicaIdentity(password: "secret", port: 7001))
        it.connect()
        _ = it.say("+PONG\r\n+OK\r\n")
        #expect(it.say("-ERR what?\r\n") == [.send("", notUnderstood: "-ERR what?")])
        #expect(it.say("-ERR no\r\n") == [.send(request("PSYNC", "?", "-1"), notUnderstood: "-ERR no")])
    }

    // MARK: What cannot be used

    @Test(
        "answers that end the link",
        arguments: [
            ("", "-ERR max number of clients reached", "it answered PING with '-ERR max number of clients reached'", 1),
            ("", "HTTP/1.1 400", "it answered PING with 'HTTP/1.1 400'", 1),
            ("+PONG", "-WRONGPASS", "it refuses masterauth: '-WRONGPASS'", 1),
            ("+PONG +OK +OK +OK", "-NOMASTERLINK", "it answered PSYNC with '-NOMASTERLINK'", 1),
            ("+PONG +OK +OK +OK", "+CONTINUE", "it continues a stream that was not asked for", 2),
            (
                "+PONG +OK +OK +OK", "+FULLRESYNC x 1",
                "it announced a full synchronisation in a form that makes no sense", 2
            ),
            (
                "+PONG +OK +OK +OK", "+FULLRESYNC \(id) -1",
                "it announced a full synchronisation in a form that makes no sense", 2
            ),
            (
                "+PONG +OK +OK +OK", "+FULLRESYNC \(id)",
                "it announced a full synchronisation in a form that makes no sense", 2
            ),
            ("+PONG +OK +OK +OK =", "+OK", "it sent no snapshot but '+OK'", 2),
            ("+PONG +OK +OK +OK =", "$0", "the snapshot's length makes no sense", 2),
            ("+PONG +OK +OK +OK =", "$EOF:ab", "the snapshot's mark makes no sense", 2),
        ])
    func refusals(_ before: String, _ line: String, _ reason: String, _ failures: Int) {
        var it = Dialogue(ReplicaIdentity(password: "secret", port: 7001))
        it.connect()
        for word in before.split(separator: " ") {
            _ = it.say(word == "=" ? "+FULLRESYNC \(Self.id) 100\r\n" : word + "\r\n")
        }
        #expect(it.say(line + "\r\n") == [lost(reason)])
        #expect(it.link.failures == failures)
        #expect(it.link.state == .waiting(until: failures == 1 ? 100_000 : 1_000_000))
        #expect(it.link.connection == -1)
    }

    @Test("lines without end, or too long", arguments: [Int.max, 1000, 1]) func longLines(pieces: Int) {
        var it = Dialogue()
        it.connect()
        let line = String(repeating: "x", count: Limits.replicationLine + 1)
        #expect(it.say(line, pieces: pieces).first == lost("it answered with an endless line"))
        it = Dialogue()
        it.connect()
        if pieces == .max {
            #expect(it.say(line + "\r\n") == [lost("it answered with a line of \(line.utf8.count + 1) bytes")])
        }
    }

    @Test func aHistoryWithoutAName() {
        var it = Dialogue()
        it.own.history = Self.history
        it.greet()
        #expect(it.say("+CONTINUE xyz\r\n") == [lost("its replication id makes no sense")])
    }

    // MARK: The connection

    @Test func connectionsThatNobodyWaitsFor() {
        var it = Dialogue()
        #expect(it.link.dialed(on: 3, now: 0) == .refuse)
        #expect(it.link.dialFailed("no", now: 0) == .none)
        #expect(it.tick() == .dial)
        #expect(it.link.dialFailed("no route", now: 0) == lost("cannot connect: no route", connection: -1))
        #expect(it.link.dialed(on: 3, now: 0) == .refuse)
        #expect(it.tick(after: 99_999) == .none)
        #expect(it.tick(after: 1) == .dial)
    }

    /// The pauses between attempts, in microseconds.
    @Test func attempts() {
        var it = Dialogue()
        var pauses: [Int64] = []
        var frequent: [Int] = []
        for attempt in 1...40 {
            #expect(it.tick() == .dial)
            let action = it.link.dialFailed("no", now: it.now)
            if action == lost("cannot connect: no", connection: -1, isFrequent: true) { frequent.append(attempt) }
            guard case .waiting(let until) = it.link.state else {
                Issue.record("no pause")
                return
            }
            pauses.append(until - it.now)
            it.now = until
        }
        let second = Self.second
        #expect(pauses.prefix(7) == [100_000, second, second, second, second, 2 * second, 3 * second])
        #expect(pauses.suffix(26).allSatisfy { $0 == 10 * second })
        #expect(frequent == Array(6...40).filter { $0 % 16 != 0 })
    }

    /// A link that was up for a while begins the count of failures anew; one that was not is a failure more.
    @Test(arguments: [(Limits.linkProbation, 1), (Limits.linkProbation - 1, 4)])
    func probation(_ time: Int64, _ failures: Int) {
        var it = Dialogue()
        it.own.history = Self.history
        for _ in 0..<3 {
            it.now += 10 * Self.second
            #expect(it.tick() == .dial)
            _ = it.link.dialFailed("no", now: it.now)
        }
        it.now += 10 * Self.second
        it.greet()
        _ = it.say("+CONTINUE\r\n")
        it.now += time
        #expect(it.link.closed(now: it.now) == lost("the connection was closed", connection: -1))
        #expect(it.link.failures == failures)
        #expect(it.link.downSince == it.now)
    }

    // MARK: Time

    @Test("nobody answers", arguments: ["", "+PONG", "+PONG +OK", "+PONG +OK +OK", "+PONG +OK +OK ="])
    func silence(_ answers: String) {
        var it = Dialogue()
        it.connect()
        for word in answers.split(separator: " ") {
            _ = it.say(word == "=" ? "+FULLRESYNC \(Self.id) 100\r\n" : word + "\r\n")
        }
        #expect(it.tick(after: Self.timeout) == .none)
        #expect(it.tick(after: 1) == lost("it did not answer within repl-timeout"))
    }

    /// What is being prepared may take as long as empty lines come.
    @Test func aSnapshotThatIsPrepared() {
        var it = Dialogue()
        it.greet()
        for _ in 0..<5 {
            #expect(it.tick(after: Self.timeout) == .none)
            #expect(it.say("\n") == [])
        }
    }

    @Test func aSnapshotThatStops() {
        var it = Dialogue()
        it.greet()
        _ = it.say("+FULLRESYNC \(Self.id) 100\r\n$100\r\n")
        #expect(it.tick(after: Self.second) == .send("\n"))
        #expect(it.tick(after: Self.second - 1) == .none)
        #expect(it.tick(after: 1) == .send("\n"))
        #expect(it.tick(after: Self.timeout) == lost("nothing has come for repl-timeout"))
    }

    @Test func theStream() {
        var it = Dialogue()
        it.own.history = Self.history
        it.greet()
        _ = it.say("+CONTINUE\r\n")
        #expect(it.tick(after: Self.second - 1) == .none, "acknowledged when the link came up")
        #expect(it.tick(after: 1) == .acknowledge)
        #expect(it.tick(after: 1) == .none)
        // While it is not read, nothing is missed; afterwards there is as much time again.
        it.standstill.begin(now: it.now)
        #expect(it.tick(after: 2 * Self.timeout) == .acknowledge)
        it.standstill.end(now: it.now, isComplete: true)
        #expect(it.tick(after: Self.timeout) == .acknowledge)
        #expect(it.tick(after: 1) == lost("nothing has come for repl-timeout"))
    }

    // MARK: Failover

    @Test func theOtherSideTakesOver() {
        var it = Dialogue(isFailover: true)
        it.own.history = Self.history
        it.connect()
        // It is our replica still.
        _ = it.say("-MASTERDOWN Link with MASTER is down\r\n+OK\r\n")
        #expect(it.say("+OK\r\n") == [.send(request("PSYNC", Self.id, "101", "FAILOVER"))])
        #expect(it.say("+CONTINUE \(Self.mark)\r\n") == [.resume(newID: Self.mark)])
        #expect(!it.link.isFailover)
    }

    @Test func theOtherSideRefuses() {
        var it = Dialogue(isFailover: true)
        it.greet()
        #expect(it.say("-ERR no\r\n") == [lost("it answered PSYNC with '-ERR no'", endsFailover: true)])
        it = Dialogue(isFailover: true)
        it.connect()
        #expect(it.link.closed(now: 0) == lost("the connection was closed", connection: -1, endsFailover: true))
    }

    /// Asked, and cut before the answer: it may have taken over, and is asked for its stream alone.
    @Test func nobodyKnowsWhetherItTookOver() {
        var it = Dialogue(isFailover: true)
        it.greet()
        #expect(it.link.closed(now: 0) == lost("the connection was closed", connection: -1))
        it.now += Self.second
        it.connect()
        #expect(it.say("+PONG\r\n+OK\r\n+OK\r\n").last == .send(request("PSYNC", "?", "-1")))
    }
}
