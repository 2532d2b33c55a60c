import Testing

@testable import SessionCore

/// Which words of a request are keys is a rule of security: a command that took a word for a key that permissions do
/// not look at would be a way around them. For random requests of every command all who ask get the same answer.
@Suite struct KeyWordTests {
    /// A random request of a row, of words that differ from each other.
    private struct Trial {
        let row: CommandDescriptor
        /// Words of the command's name: 1, or 2 for a subcommand. Positions of keys are counted from the first.
        let words: [String]
        let head: Int
        /// Positions of its keys; and of those that permissions are asked for, which a number in a form that no command
        /// accepts makes keys too.
        let keys: [Int]
        let permitted: [Int]

        init(_ row: CommandDescriptor, _ name: String, _ random: inout SplitMix64) {
            self.row = row
            var words = name.split(separator: "|").map(String.init)
            head = words.count
            let least = abs(Int(row.arity))
            let count = row.arity > 0 ? least : least + random.below(7)
            while words.count < count { words.append("w\(words.count)") }
            for option in ["get", "NX", "handle", "REASON", "Get2"] where words.count > head && random.below(4) == 0 {
                words[head + random.below(words.count - head)] = option
            }
            let number = ["0", "1", "2", "3", "-1", "+2", "02", " 2", "2x", "x", "99999999999999999999", "4294967297"]
            switch row.keys {
            case .counted(let count, _) where Int(count) < words.count:
                words[Int(count)] = number[random.below(number.count)]
            case .destinationAndCounted: words[2] = number[random.below(number.count)]
            default: break
            }
            self.words = words
            keys = Trial.keys(row.keys, words) { Int64($0).map(String.init) == $0 ? Int($0) : nil }
            permitted = !row.keys.namesKeys ? [] : Trial.keys(row.keys, words) { word in
                Int(word.drop { $0 == " " }.trimmingPrefix("+").prefix { $0.isNumber })
            }
        }

        /// The definition of the specifications, as simple as can be.
        private static func keys(_ keys: KeySpecification, _ words: [String], _ number: (String) -> Int?) -> [Int] {
            func counted(_ position: Int) -> [Int]? {
                guard position < words.count, let count = number(words[position]), count > 0,
                    count < words.count - position
                else { return nil }
                return (1...count).map { position + $0 }
            }
            switch keys {
            case .none: return []
            case .single(let position, _): return Int(position) < words.count ? [Int(position)] : []
            case .set: return [1]
            case .pair: return [1, 2]
            case .range(let first, let last, let step, _):
                return Array(stride(from: Int(first), through: (Int(last) + words.count) % words.count, by: Int(step)))
            case .sessions:
                let hasHandles = words.count > 2 && words[1].lowercased() == "handle"
                let hasReason = words.count > 3 && words[words.count - 2].lowercased() == "reason"
                return Array((hasHandles ? 2 : 1)..<(words.count - (hasReason ? 2 : 0)))
            case .counted(let position, _): return counted(Int(position)) ?? []
            case .destinationAndRest: return Array(1..<words.count)
            case .destinationAndCounted: return counted(2).map { [1] + $0 } ?? []
            }
        }
    }

    /// Some requests of each row that is executed.
    private func trials(
        _ count: Int, seed: UInt64, where condition: (CommandDescriptor) -> Bool = { _ in true }
    ) -> [Trial] {
        var random = SplitMix64(seed: seed)
        let table = CommandTable()
        var trials: [Trial] = []
        for row in table.rows where !row.isContainer && condition(row) {
            let name = table.fullName(of: row.id)
            for _ in 0..<count { trials.append(Trial(row, name, &random)) }
        }
        return trials
    }

    @Test func wordsAreThoseOfTheSpecification() {
        for trial in trials(40, seed: 1) {
            let found = CommandTable.keyWords(of: trial.words)
            #expect(found.keys == trial.keys, "\(trial.words)")
            #expect(found.permitted == trial.permitted || !trial.row.keys.namesKeys, "\(trial.words)")
            #expect(
                found.fixed.allSatisfy { trial.row.keys.places.count != 0 || found.keys.contains($0) },
                "\(trial.words)")
            #expect(Set(found.permitted).isSuperset(of: found.keys), "\(trial.words)")
            #expect(found.countMatches, "\(trial.words)")
        }
    }

    @Test func clientsAreToldTheSame() {
        let node = NodeDialogue()
        for trial in trials(6, seed: 2) where trial.words.count > 1 {
            let reply = node.send(["COMMAND", "GETKEYS"] + trial.words)
            let keys = trial.keys.map { "$\(trial.words[$0].utf8.count)\r\n\(trial.words[$0])\r\n" }.joined()
            if case .none = trial.row.keys {
                #expect(reply == "-ERR The command has no key arguments\r\n")
            } else if trial.keys.isEmpty && !trial.row.flags.contains(.noMandatoryKeys) {
                #expect(reply == "-ERR Invalid arguments specified for command\r\n", "\(trial.words)")
            } else {
                #expect(reply == "*\(trial.keys.count)\r\n\(keys)", "\(trial.words)")
            }
        }
    }

    /// A user who may use all words but one as keys may not make the request if that one is a key.
    @Test func permissionsAreAskedForTheSame() {
        let node = NodeDialogue()
        for trial in trials(2, seed: 3) {
            for position in trial.head..<trial.words.count {
                // A pattern has no spaces; `?` would allow other words, too.
                let others = trial.words.indices.filter { $0 != position }.map {
                    "~" + trial.words[$0].map { $0 == " " ? "[^a-zA-Z0-9]" : String($0) }.joined()
                }
                _ = node.send(["ACL", "SETUSER", "u", "reset", "+@all", "allchannels"] + others)
                let reply = node.send(["ACL", "DRYRUN", "u"] + trial.words)
                let isDenied = reply.contains("access the '\(trial.words[position])' key")
                #expect(isDenied == trial.permitted.contains(position), "\(trial.words), \(position): \(reply)")
                #expect(isDenied || reply == "+OK\r\n", "\(trial.words), \(position): \(reply)")
            }
        }
    }

    @Test func theSameIsTracked() {
        let node = NodeDialogue()
        _ = node.send("HELLO", "3")
        for trial in trials(6, seed: 4, where: { CommandFacts($0).tracking == .keys }) {
            _ = node.send("CLIENT", "TRACKING", "ON")
            _ = node.send(trial.words)
            let tracked = node.inspect { node in
                trial.words.indices.filter {
                    node.listeners.trackedKeys.topic(.trackedKey, trial.words[$0].utf8Span.span.bytes) != .none
                }
            }
            #expect(tracked == trial.keys, "\(trial.words)")
            _ = node.send("CLIENT", "TRACKING", "OFF")
        }
    }

    @Test func noneOfThemIsShown() {
        for trial in trials(10, seed: 5) {
            let shown = Redaction(trial.row, isSubcommand: trial.head == 2).shown(words: trial.words)
            // In the place of a token, an option word is one to look at, and no token is as short.
            for position in trial.keys + trial.permitted
            where trial.row.keys.namesKeys || trial.words[position].hasPrefix("w") {
                #expect(!shown[position], "\(trial.words), \(position)")
            }
        }
    }

    /// Those that a write may make are looked at beforehand.
    @Test func theSameStaysDead() {
        var configuration = Configuration()
        configuration.sessionPrefixes = ["w"]
        configuration.sessionDefaultTTL = 60_000
        let node = NodeDialogue(configuration)
        for trial in trials(6, seed: 6) {
            let isMarked = trial.row.effect.creation != .nothing && trial.row.effect.creation != .unmarked
            let sticky = node.stickyWords(of: trial.words)
            #expect(sticky == (isMarked ? trial.keys.filter { trial.words[$0].hasPrefix("w") } : []), "\(trial.words)")
        }
    }
}

extension CommandTable {
    /// The keys of a request, by each of the ways to ask for them.
    fileprivate static func keyWords(
        of words: [String]
    ) -> (keys: [Int], permitted: [Int], fixed: [Int], countMatches: Bool) {
        let table = CommandTable()
        var bytes = ByteBuffer()
        var ranges = Vector<ArgumentRange>()
        // Within another request, as COMMAND GETKEYS and ACL DRYRUN have it.
        for word in ["outer"] + words {
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), count: UInt32(word.utf8.count)))
            bytes.append(word)
        }
        let plan = RequestPlan(
            first: 0, count: ranges.count, start: 0, end: 0, facts: nil, hash: 0, handle: Handle(low: 0, high: 0))
        let request = Request(bytes: bytes.bytes, arguments: ranges.span, plan: plan)
        guard let facts = table.command(of: request, from: 1) else { return ([], [], [], false) }
        let (keys, permitted) = (request.keys(of: facts, from: 1), request.keysToPermit(of: facts, from: 1))
        let countMatches = keys.count == Array(keys).count && permitted.count == Array(permitted).count
        return (Array(keys), Array(permitted), Array(request.fixedKeys(of: facts, from: 1)), countMatches)
    }
}

extension NodeDialogue {
    /// The words at which a command that is about to be executed may make a session's key.
    fileprivate func stickyWords(of words: [String]) -> [Int] {
        var bytes = ByteBuffer()
        var ranges = Vector<ArgumentRange>()
        for word in words {
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), count: UInt32(word.utf8.count)))
            bytes.append(word)
        }
        return modify { node in
            node.current = 0
            defer { node.current = -1 }
            var plan = RequestPlan(
                first: 0, count: words.count, start: 0, end: 0, facts: nil, hash: 0, handle: Handle(low: 0, high: 0))
            let unplanned = Request(bytes: bytes.bytes, arguments: ranges.span, plan: plan)
            plan.facts = node.table.command(of: unplanned, from: 0)
            plan.hash = words.count > 1 ? node.execution.store.hash(unplanned[1]) : 0
            let request = Request(bytes: bytes.bytes, arguments: ranges.span, plan: plan)
            guard (try? node.execution.beginSticky(request)) == true else { return [] }
            return (0..<node.execution.stickyKeys.count).map { node.execution.stickyKeys[$0].word }
        }
    }
}
