import Testing

@testable import SessionCore

/// Every command, with an extreme value in every argument's place, on keys of every kind: no request ends the node,
/// and each is answered.
///
/// The requests come from the command table, so that a new command is among them without anybody's doing. To find the
/// one that ended the process, set `CLOAKROOM_EXTREMES_TRACE`: each is written to standard error before it is sent.
@Suite struct ExtremeArgumentTests {
    /// Ends of the ranges of integers and doubles, what only looks like a number, and what is long or has a meaning
    /// elsewhere.
    static let values = [
        "-9223372036854775808", "-1", "0", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "1e308", "-1e308", "nan", "inf", "-inf", "", "\0", "\r\n", "*", "[", "(1", "+", "{key}", "9007199254740993",
        "-4611686018427387904", String(repeating: "x", count: 70_000),
    ]

    /// Each request meets one kind of key, each time in another state of the connection; with `CLOAKROOM_EXTREMES` set,
    /// all kinds of keys.
    @Test(arguments: CommandID.allCases) func whileCommandsAreExecuted(_ command: CommandID) {
        let trial = Trial(command)
        let contexts = RequestContext.executing
        let conversations = contexts.map { ExtremeConversation(command, trial.flags, $0) }
        let keys = trial.usesKey ? SampleKey.allCases : [.string]
        let count = isSet("CLOAKROOM_EXTREMES") ? keys.count : 1
        for (number, words) in trial.requests.enumerated() {
            for turn in 0..<count {
                let key = keys[(number * 7 + turn * 5) % keys.count]
                trial.ask(words, key, conversations[(number + turn) % contexts.count])
            }
        }
        for conversation in conversations { #expect(conversation.isAlive) }
    }

    /// Where nothing is executed, keys do not matter.
    @Test(arguments: CommandID.allCases, [RequestContext.subscribed, .subscribedResp3, .unauthenticated])
    func whereFewCommandsAreAllowed(_ command: CommandID, _ context: RequestContext) {
        let trial = Trial(command)
        let conversation = ExtremeConversation(command, trial.flags, context)
        for number in stride(from: 0, to: trial.requests.count, by: 7) {
            trial.ask(trial.requests[number], .string, conversation)
        }
        #expect(conversation.isAlive)
    }

    @Test func everyArgumentStandsInSomeForm() {
        let table = CommandTable()
        #expect(RequestForms.of(table, .setex) == [["setex", "{key}", "1", "a"]])
        let zinter = RequestForms.of(table, .zinter)
        #expect(zinter.first == ["zinter", "2", "{key}", "{key}"])
        #expect(
            zinter.last == ["zinter", "2", "{key}", "{key}", "WEIGHTS", "1", "1", "AGGREGATE", "MAX", "WITHSCORES"])
        #expect(zinter.count == 7)
    }
}

/// The requests of one command.
private struct Trial {
    /// Each form itself, cut short, twice as long, with one argument replaced by each value, or two by some.
    let requests: [[String]]
    let usesKey: Bool
    let flags: CommandFlags
    private let traces = isSet("CLOAKROOM_EXTREMES_TRACE")

    init(_ command: CommandID) {
        let table = CommandTable()
        let forms = RequestForms.of(table, command)
        // Words before the first argument.
        let opening = table.fullName(of: command).contains("|") ? 2 : 1
        flags = table.rows[Int(command.rawValue)].flags
        usesKey = forms.contains { $0.contains("{key}") }
        var requests: [[String]] = []
        // Where an argument has stood already: behind which word, as which one.
        var seen: Set<[String]> = []
        var random = SplitMix64(seed: UInt64(command.rawValue))
        for form in forms {
            for count in opening...form.count where seen.insert(Array(form.prefix(count))).inserted {
                requests.append(Array(form.prefix(count)))
            }
            if form.count == opening {
                requests += ExtremeArgumentTests.values.map { form + [$0] }
                continue
            }
            requests.append(form + form.dropFirst(opening))
            for place in opening..<form.count where seen.insert(["", form[place - 1], form[place]]).inserted {
                for value in ExtremeArgumentTests.values {
                    requests.append(form)
                    requests[requests.count - 1][place] = value
                }
            }
            for _ in 0..<10 {
                requests.append(form)
                for _ in 0..<2 {
                    let place = opening + random.below(form.count - opening)
                    let value = random.below(ExtremeArgumentTests.values.count)
                    requests[requests.count - 1][place] = ExtremeArgumentTests.values[value]
                }
            }
        }
        self.requests = requests
    }

    func ask(_ words: [String], _ key: SampleKey, _ conversation: ExtremeConversation) {
        let shown = { words.map { $0.count > 200 ? "\($0.count) bytes" : $0.debugDescription }.joined(separator: " ") }
        if traces { trace("\(key): \(shown())") }
        if let problem = conversation.problem(words, key) { Issue.record("\(key): \(shown()): \(problem)") }
    }
}
