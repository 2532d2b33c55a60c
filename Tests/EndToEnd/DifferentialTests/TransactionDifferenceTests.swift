import TestSupport
import Testing

/// Two connections, one of which watches keys and executes transactions while the other changes things: the same
/// replies as from redis-server 7.0, and above all the same transactions that are not executed.
@Suite struct TransactionDifferenceTests {
    private static let roundLength = 400

    @Test func randomConversations() throws {
        let total = DifferentialTests.setting("CLOAKROOM_DIFFERENTIAL", 400_000) / 4
        let firstSeed = DifferentialTests.setting("CLOAKROOM_SEED", 1)
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                var pair = try ConversationPair(redis.address, cloakroom.address)
                var (seen, executed, refused): (Set<String>, Int, Int) = ([], 0, 0)
                for seed in firstSeed..<(firstSeed + max(1, total / Self.roundLength)) where seen.count < 10 {
                    var generator = ConversationGenerator(seed: UInt64(seed))
                    let steps = (0..<Self.roundLength).map { _ in generator.next() }
                    let failure = try pair.firstFailure(steps)
                    executed += pair.executed
                    refused += pair.refused
                    guard let failure, seen.insert(String(failure.difference.prefix(60))).inserted else { continue }
                    Issue.record("\(try pair.shrunk(failure).report(seed: seed))")
                }
                #expect(executed > 0 && refused > 0, "both outcomes are compared")
            }
        }
    }
}

/// What one of the two connections sends.
struct ConversationStep {
    var connection: Int
    var command: [Bytes]
}

/// Random conversations. The seed repeats them.
struct ConversationGenerator {
    private var random: SeededGenerator
    private var commands: CommandGenerator
    private var isInTransaction = false

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        commands = CommandGenerator(seed: seed &+ 0x5EED)
    }

    mutating func next() -> ConversationStep {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25: return ConversationStep(connection: 1, command: commands.next())
        case 25..<40 where !isInTransaction:
            let keys = (0..<Int.random(in: 1...3, using: &random)).map { _ in key() }
            return ConversationStep(connection: 0, command: ["WATCH"] + keys)
        case 25..<40:
            isInTransaction = false
            return ConversationStep(connection: 0, command: ["EXEC"])
        case 40..<60 where !isInTransaction:
            isInTransaction = true
            return ConversationStep(connection: 0, command: ["MULTI"])
        case 60..<64: return ConversationStep(connection: 0, command: odd())
        default: return ConversationStep(connection: 0, command: commands.next())
        }
    }

    private mutating func key() -> Bytes { CommandGenerator.keys.randomElement(using: &random)! }

    /// What is seldom sent, or is wrong here.
    private mutating func odd() -> [Bytes] {
        let choices: [[Bytes]] = [
            ["UNWATCH"], ["DISCARD"], ["MULTI"], ["WATCH", key()], ["EXEC"], ["EXEC", "x"], ["MULTI", "x"], ["WATCH"],
            ["NOSUCH"], ["GET"], ["SHUTDOWN", "NOSUCH"],
        ]
        let command = choices.randomElement(using: &random)!
        if command == ["EXEC"] || command == ["DISCARD"] || command == ["EXEC", "x"] { isInTransaction = false }
        return command
    }
}

/// Redis and Cloakroom with two connections each, sent the same conversations.
struct ConversationPair {
    private let redis: [HiredisConnection]
    private let cloakroom: [HiredisConnection]
    /// Transactions with commands in the last conversation that were executed, and that were not because of a change.
    private(set) var executed = 0
    private(set) var refused = 0

    struct Failure {
        var steps: [ConversationStep]
        var difference: String

        func report(seed: Int) -> String {
            let shown = steps.suffix(40).map { step in
                "\(step.connection): " + step.command.map(\.description).joined(separator: " ")
            }
            return "seed \(seed), after FLUSHALL:\n" + shown.joined(separator: "\n") + "\n" + difference
        }
    }

    init(_ redis: Address, _ cloakroom: Address) throws {
        self.redis = try (0..<2).map { _ in try HiredisConnection(redis) }
        self.cloakroom = try (0..<2).map { _ in try HiredisConnection(cloakroom) }
    }

    /// - Returns: the conversation up to the first difference; nil if there is none.
    mutating func firstFailure(_ steps: [ConversationStep]) throws -> Failure? {
        (executed, refused) = (0, 0)
        let (left, right) = (try run(steps, on: redis), try run(steps, on: cloakroom))
        var queued: [[Bytes]] = []
        for (index, step) in steps.enumerated() {
            if let difference = difference(step, queued, left[index], right[index]) {
                return Failure(steps: Array(steps[...index]), difference: difference)
            }
            if step.connection == 1 { continue }
            if left[index] == .queued { queued.append(step.command) } else if endsTransaction(step, left[index]) {
                queued = []
            }
        }
        return nil
    }

    private func endsTransaction(_ step: ConversationStep, _ reply: Reply) -> Bool {
        let name = step.command[0].text.uppercased()
        return name == "EXEC" || name == "DISCARD" && reply == .ok
    }

    private mutating func difference(
        _ step: ConversationStep, _ queued: [[Bytes]], _ redis: Reply, _ cloakroom: Reply
    ) -> String? {
        let isExec = step.connection == 0 && step.command[0].text.uppercased() == "EXEC"
        guard isExec, let left = redis.elements, let right = cloakroom.elements else {
            if isExec && redis == .null { refused += 1 }
            return Comparison.difference(step.command, redis: redis, cloakroom: cloakroom)
        }
        if !left.isEmpty { executed += 1 }
        guard left.count == queued.count, right.count == queued.count else {
            return "\(queued.count) commands queued, \(left.count) and \(right.count) replies"
        }
        for (index, command) in queued.enumerated() {
            // In Redis a value that came with a queued command is shared with the queue until EXEC ends.
            if command.count > 1 && command[1].text.uppercased() == "REFCOUNT" { continue }
            if let difference = Comparison.difference(command, redis: left[index], cloakroom: right[index]) {
                return "\(command.map(\.description).joined(separator: " ")) in EXEC: \(difference)"
            }
        }
        return nil
    }

    /// Flushes, then sends what one connection has to say before the other goes on.
    private func run(_ steps: [ConversationStep], on connections: [HiredisConnection]) throws -> [Reply] {
        for connection in connections { _ = try connection.pipeline([["RESET"], ["FLUSHALL"]] as [[Bytes]]) }
        var replies: [Reply] = []
        var start = 0
        while start < steps.count {
            let connection = steps[start].connection
            let end = steps[start...].firstIndex { $0.connection != connection } ?? steps.count
            replies += try connections[connection].pipeline(steps[start..<end].map(\.command))
            start = end
        }
        return replies
    }

    /// Leaves out, in ever smaller portions, what the difference does not need.
    mutating func shrunk(_ failure: Failure) throws -> Failure {
        var best = failure
        var portion = best.steps.count / 2
        while portion > 0 {
            var start = 0
            while start + portion < best.steps.count {
                var candidate = best.steps
                candidate.removeSubrange(start..<(start + portion))
                if let smaller = try firstFailure(candidate), smaller.steps.count <= candidate.count {
                    best = smaller
                } else {
                    start += portion
                }
            }
            portion /= 2
        }
        return best
    }
}
