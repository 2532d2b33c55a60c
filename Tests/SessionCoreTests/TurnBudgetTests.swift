import Testing

@testable import SessionCore

/// No connection keeps the others waiting with what it has sent at once.
@Suite("Turns of connections")
struct TurnBudgetTests {
    private func requests(_ line: String, _ count: Int) -> [UInt8] {
        [UInt8](String(repeating: line + "\r\n", count: count).utf8)
    }

    /// As many bulk strings as an array request of one word takes.
    private func encoded(_ words: String..., times count: Int) -> [UInt8] {
        [UInt8](String(repeating: words.reduce("*\(words.count)\r\n") { $0 + bulk($1) }, count: count).utf8)
    }

    /// Each command takes 0.3 ms: after four of them others have their turn.
    @Test("A pipeline of slow requests makes way for others", arguments: [true, false])
    func pipeline(isInline: Bool) {
        let node = NodeDialogue()
        for connection in [1, 2] as [UInt32] { node.connect(connection) }
        node.stopwatch.step = 300
        node.deliver(isInline ? requests("KEYS x", 100) : encoded("KEYS", "x", times: 100), on: 1)
        node.deliver(encoded("PING", times: 1), on: 2)
        let first = node.read(on: 1)
        #expect(node.read(on: 2) == "+PONG\r\n")
        #expect((1...40).contains(first.utf8.count / 4), "\(first.utf8.count / 4) of 100 are answered")
        node.advance(milliseconds: 0)
        #expect(first + node.read(on: 1) == String(repeating: "*0\r\n", count: 100))
    }

    @Test("What is put off keeps its order, in transactions too, and with what arrives meanwhile")
    func order() {
        let node = NodeDialogue()
        node.connect(1)
        node.stopwatch.step = 600
        node.deliver(encoded("MULTI", times: 1), on: 1)
        node.deliver(encoded("INCR", "n", times: 50) + encoded("EXEC", times: 1), on: 1)
        node.deliver(encoded("INCR", "n", times: 50), on: 1)
        node.advance(milliseconds: 0)
        let queued = String(repeating: "+QUEUED\r\n", count: 50)
        let executed = (1...50).map { ":\($0)\r\n" }.joined()
        let later = (51...100).map { ":\($0)\r\n" }.joined()
        #expect(node.read(on: 1) == "+OK\r\n" + queued + "*50\r\n" + executed + later)
    }

    /// 100 connections with 4 ms of work each: before the last of them is served it is looked for input again.
    @Test("Many pipelines together do not keep one request waiting")
    func round() {
        let node = NodeDialogue()
        for connection in 1...101 as ClosedRange<UInt32> { node.connect(connection) }
        node.stopwatch.step = 1000
        for connection in 1...100 as ClosedRange<UInt32> { node.deliver(encoded("DBSIZE", times: 4), on: connection) }
        let answered = (1...100 as ClosedRange<UInt32>).filter { !node.read(on: $0).isEmpty }.count
        #expect((1...11).contains(answered), "\(answered) have had a turn")
        node.advance(milliseconds: 0)
        var replies = 0
        for connection in 1...100 as ClosedRange<UInt32> { replies += node.read(on: connection).utf8.count / 4 }
        let all = node.inspect { $0.observation.statistics.commands }
        #expect(all >= 400, "\(replies) replies in the second round")
    }

    @Test("Everybody's turn comes before anybody's second")
    func fairness() {
        let node = NodeDialogue()
        for connection in 1...50 as ClosedRange<UInt32> { node.connect(connection) }
        node.stopwatch.step = 2000
        for connection in 1...50 as ClosedRange<UInt32> { node.deliver(encoded("DBSIZE", times: 20), on: connection) }
        var now = node.now
        for _ in 0..<20 {
            now.monotonicMicroseconds += 1
            _ = node.modify { $0.advance(to: now) }
        }
        let counts = (1...50 as ClosedRange<UInt32>).map { node.read(on: $0).utf8.count / 4 }
        #expect(counts.max()! - counts.min()! <= 2, "\(counts)")
        node.advance(milliseconds: 1)
        #expect(node.inspect { $0.observation.statistics.commands } == 50 * 20)
    }

    /// The unfinished request of a client whose turn did not come goes on where it was.
    @Test("An unfinished request of which the rest arrives out of turn", arguments: [1, 7, 20_000])
    func unfinished(piece: Int) {
        let node = NodeDialogue()
        for connection in [1, 2] as [UInt32] { node.connect(connection) }
        node.stopwatch.step = 20_000
        let value = String(repeating: "v", count: 50_000)
        var rest = encoded("SET", "k", value, times: 1)[...]
        while !rest.isEmpty {
            // The other one takes the whole round.
            node.deliver(encoded("KEYS", "x", times: 2), on: 2)
            let size = rest.count > 100 ? max(piece, 5000) : piece
            node.deliver(Array(rest.prefix(size)), on: 1)
            rest = rest.dropFirst(size)
            if rest.count % 2 == 0 { node.advance(milliseconds: 1) }
        }
        node.advance(milliseconds: 1)
        #expect(node.read(on: 1) == "+OK\r\n")
        node.stopwatch.step = 0
        node.expect("STRLEN", "k", gives: ":50000\r\n")
    }

    /// A clock that stands still, as in the simulation, puts nothing off.
    @Test("Without a counter nothing is put off")
    func stopped() {
        let node = NodeDialogue()
        node.connect(1)
        node.deliver(encoded("DBSIZE", times: 1000), on: 1)
        #expect(node.read(on: 1).utf8.count == 4000)
    }

    @Test("Ticks in a time", arguments: [1, 1000, 1_000_000, 1_000_000_000, 2_400_000_000, 4_000_000_000] as [UInt64])
    func ticks(frequency: UInt64) {
        let counter = TickCounter(frequency: frequency) { _ in 0 }
        let ticks = counter.ticks(inNanoseconds: 10_000_000)
        let expected = max(1, frequency / 100)
        #expect(ticks >= expected - expected / 1000 && ticks <= expected + expected / 1000 + 1)
    }
}
