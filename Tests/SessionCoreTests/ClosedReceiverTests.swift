import Testing

@testable import SessionCore

/// A client that is closed for not reading is listed as a subscriber, or monitor, until its connection is gone. Nothing
/// is composed for it meanwhile: else one command with many changes would take as long as if it read everything.
@Suite("Receivers that are closed cost nothing more")
struct ClosedReceiverTests {
    /// What receivers ask for, with how many different names, and what a client does then that concerns them all.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let listen: @Sendable (_ count: Int) -> [[String]]
        let act: @Sendable (NodeDialogue) -> Void
    }

    private static func patterns(_ start: String, _ count: Int) -> [[String]] {
        [["PSUBSCRIBE"] + (1...count).map { start + String(repeating: "*", count: $0) }]
    }

    private static let key = String(repeating: "k", count: 20_000)

    static let cases = [
        Case(testDescription: "keyspace notifications", listen: { patterns("__key", $0) }) { node in
            _ = node.send(["MSET"] + (0..<40).flatMap { ["\($0)" + key, "1"] })
        },
        Case(testDescription: "session events", listen: { patterns("__session__:", $0) }) { node in
            _ = node.send("SESSREVOKEUSER", "user", "REASON", String(repeating: "r", count: 128))
        },
        Case(
            testDescription: "tracked prefixes",
            listen: { count in
                [["HELLO", "3"], ["CLIENT", "TRACKING", "ON", "BCAST"]
                    + (1...count).flatMap { ["PREFIX", "\(Character(UnicodeScalar(UInt8(64 + $0))))"] }]
            }
        ) { node in
            // Under the first two prefixes.
            var words = ["MSET"]
            for number in 0..<20 {
                let prefix = number % 2 == 0 ? "A" : "B"
                words += ["\(prefix)\(key)\(number)", "1"]
            }
            _ = node.send(words)
            node.advance(milliseconds: 1)
        },
        Case(testDescription: "messages", listen: { patterns("news", $0) }) { node in
            for _ in 0..<40 { _ = node.send("PUBLISH", "news", key) }
        },
    ]

    /// Steps that it takes to do something while a receiver of so many names is being closed.
    private func steps(_ trial: Case, receivers count: Int) -> UInt64 {
        let node = NodeDialogue()
        node.expect("CONFIG", "SET", "notify-keyspace-events", "KEA", gives: "+OK\r\n")
        let limits = "pubsub 60000 0 0 normal 60000 0 0"
        node.expect("CONFIG", "SET", "client-output-buffer-limit", limits, gives: "+OK\r\n")
        for _ in 0..<300 { _ = node.send("SESSCREATE", "USER", "user", "DEVICE", String(repeating: "d", count: 200)) }
        for command in trial.listen(count) { _ = node.send(command, on: 1) }
        node.stall(1)
        let start = StepCounter.steps
        trial.act(node)
        let taken = StepCounter.steps - start
        #expect(!node.effects().filter { if case .close = $0 { true } else { false } }.isEmpty, "it is closed")
        return taken
    }

    @Test("The work does not grow with what a closed client has subscribed to", arguments: cases)
    func closed(trial: Case) {
        let (few, many) = (steps(trial, receivers: 2), steps(trial, receivers: 40))
        #expect(many < few * 3, "\(few) steps with 2, \(many) with 40")
    }

    @Test("A closed monitor")
    func monitor() {
        func steps(isMonitored: Bool) -> UInt64 {
            let node = NodeDialogue()
            let limits = "pubsub 60000 0 0 normal 60000 0 0"
            node.expect("CONFIG", "SET", "client-output-buffer-limit", limits, gives: "+OK\r\n")
            if isMonitored { node.expect("MONITOR", on: 1, gives: "+OK\r\n") }
            node.stall(1)
            for _ in 0..<10 { _ = node.send("GET", Self.key) }
            let start = StepCounter.steps
            for _ in 0..<10 { _ = node.send("GET", Self.key) }
            return StepCounter.steps - start
        }
        let (without, with) = (steps(isMonitored: false), steps(isMonitored: true))
        #expect(with < without * 2, "\(without) steps without, \(with) with it")
    }
}
