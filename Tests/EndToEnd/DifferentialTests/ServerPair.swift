import TestSupport

/// Redis and Cloakroom side by side, sent the same commands.
struct ServerPair {
    let redis: HiredisConnection
    let cloakroom: HiredisConnection

    /// A sequence whose last command is answered differently.
    struct Failure {
        var commands: [[Bytes]]
        var difference: String

        /// What a reader needs to try it by hand.
        func report(seed: Int) -> String {
            let shown = commands.suffix(40).map { $0.map(\.description).joined(separator: " ") }
            return "seed \(seed), after FLUSHALL:\n" + shown.joined(separator: "\n") + "\n" + difference
        }
    }

    init(_ redis: Address, _ cloakroom: Address) throws {
        self.redis = try HiredisConnection(redis)
        self.cloakroom = try HiredisConnection(cloakroom)
    }

    func onBoth(_ body: (HiredisConnection) throws -> Void) throws {
        try body(redis)
        try body(cloakroom)
    }

    /// Flushes both servers, sends the commands, and compares.
    /// - Returns: the commands up to the first difference; nil if there is none.
    func firstFailure(_ commands: [[Bytes]]) throws -> Failure? {
        for (index, (left, right)) in zip(try run(commands, on: redis), try run(commands, on: cloakroom)).enumerated() {
            guard let difference = Comparison.difference(commands[index], redis: left, cloakroom: right) else {
                continue
            }
            return Failure(commands: Array(commands[...index]), difference: difference)
        }
        return nil
    }

    private func run(_ commands: [[Bytes]], on connection: HiredisConnection) throws -> [Reply] {
        let preamble: [[Bytes]] = [["FLUSHALL"], ["SELECT", "0"]]
        let replies = try connection.pipeline(preamble + commands)
        guard replies.prefix(2) == [.ok, .ok] else { throw HarnessError("FLUSHALL, SELECT 0: \(replies.prefix(2))") }
        return Array(replies.dropFirst(2))
    }

    /// Leaves out, in ever smaller portions, what the difference does not need.
    func shrunk(_ failure: Failure) throws -> Failure {
        var best = failure
        var portion = best.commands.count / 2
        while portion > 0 {
            var start = 0
            while start + portion < best.commands.count {
                var candidate = best.commands
                candidate.removeSubrange(start..<(start + portion))
                if let smaller = try firstFailure(candidate), smaller.commands.count <= candidate.count {
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
