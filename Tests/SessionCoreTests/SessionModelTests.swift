import Testing

@testable import SessionCore

/// Random commands over few tokens and users while time passes, each reply compared with the model's.
@Suite struct SessionModelTests {
    private static let commands = 3000

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func againstAModel(seed: UInt64) {
        var codes: Set<String> = []
        run(SessionModelTests.configuration(), seed: seed, &codes)
        let expected: Set<String> = [
            "NOSESSION", "REVOKED", "ROTATED", "REUSED", "VERSION", "BINDMISMATCH", "STEPUP", "STALE", "SESSLIMIT",
            "SESSEXISTS", "ERR",
        ]
        #expect(codes == expected, "every error has come up, and no other")
    }

    /// Whom eviction hits is not the model's to say, but it is told; whatever else it knows stays true. Above all, what
    /// was revoked stays revoked.
    @Test(arguments: [EvictionPolicy.volatileTTL, .allKeysLRU], [0, 500] as [Int64])
    func withEviction(policy: EvictionPolicy, warning: Int64) {
        var configuration = SessionModelTests.configuration()
        configuration.maxMemory = 2000
        configuration.maxMemoryPolicy = policy
        configuration.sessionWarn = warning
        var codes: Set<String> = []
        let evicted = run(configuration, seed: 7, &codes)
        #expect(evicted > 50, "of \(SessionModelTests.commands) commands")
    }

    /// Without a policy to make room nothing is lost: creating and writing are refused.
    @Test func withoutEviction() {
        var configuration = SessionModelTests.configuration()
        configuration.maxMemory = 2000
        var codes: Set<String> = []
        #expect(run(configuration, seed: 8, &codes) == 0)
        #expect(codes.contains("OOM"))
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.sessionIdle = 3000
        configuration.sessionMax = 9000
        configuration.sessionGrace = 200
        configuration.sessionTombstone = 4000
        return configuration
    }

    /// - Returns: how many sessions were evicted.
    @discardableResult
    private func run(_ configuration: Configuration, seed: UInt64, _ codes: inout Set<String>) -> Int {
        let dialogue = NodeDialogue(configuration)
        dialogue.listen()
        var random = SplitMix64(seed: seed)
        var generator = SessionCommandGenerator()
        var model = SessionModel(
            idle: configuration.sessionIdle, max: configuration.sessionMax, grace: configuration.sessionGrace,
            tombstone: configuration.sessionTombstone, now: dialogue.milliseconds)
        var evicted = 0
        for step in 0..<SessionModelTests.commands {
            // Often no time passes at all: the order of uses within a millisecond counts too.
            let pause = random.below(3) > 0 ? Int64(random.below(random.below(20) == 0 ? 2000 : 60)) : 0
            let hasTurns = random.below(2) == 0
            if hasTurns { dialogue.advance(milliseconds: pause) } else { dialogue.skip(milliseconds: pause) }
            model.setTime(dialogue.milliseconds)
            let command = generator.next(&random)
            let words = command.words(&random)
            let reply = dialogue.reply(words)
            for event in dialogue.heard() where event.contains(#""reason":"maxmemory""#) {
                model.evict(handle: String(event.split(separator: "\"")[7]))
                evicted += 1
            }
            if let code = reply.code { codes.insert(code) }
            let mayBeFull = configuration.maxMemoryPolicy == .noEviction || model.sessions.isEmpty
            if reply.code == "OOM" && mayBeFull { continue }
            let expected = model.reply(to: command, made: reply.text)
            if let token = reply.text { generator.note(token) }
            if !isAsExpected(reply, expected) {
                Issue.record("seed \(seed), step \(step): \(words)\n  answers \(reply)\n  not     \(expected)")
                return evicted
            }
        }
        dialogue.advance(milliseconds: 100_000)
        #expect(
            dialogue.inspect { $0.execution.store.databases[0].records.count } == 0, "seed \(seed): nothing is left")
        #expect(dialogue.inspect { $0.execution.store.databases[0].users.count } == 0)
        #expect(dialogue.inspect { $0.execution.store.wheel.count } == 0)
        #expect(dialogue.inspect { $0.execution.store.databases[0].expiring } == 0)
        #expect(dialogue.inspect { $0.execution.store.databases[0].sessions } == 0)
        return evicted
    }

    /// The model gives only as much of an error as the specification does.
    private func isAsExpected(_ reply: WireReply, _ expected: WireReply) -> Bool {
        guard let wanted = expected.error else { return reply == expected }
        return wanted.contains(" ") ? reply.error == wanted : reply.code == wanted
    }
}

/// Makes random commands on the tokens it has seen last.
struct SessionCommandGenerator {
    private var tokens: [String] = (0..<6).map { "caller-made-token-\($0)" }
    private var next = 0

    /// Remembers a token that the node has made, in place of an older one.
    mutating func note(_ token: String) {
        guard !tokens.contains(token) else { return }
        if tokens.count < 24 {
            tokens.append(token)
        } else {
            tokens[6 + next] = token
            next = (next + 1) % 18
        }
    }

    mutating func next(_ random: inout SplitMix64) -> SessionCommand {
        var command = SessionCommand(name: "SESSCREATE")
        switch random.below(20) {
        case 0..<4: create(&command, &random)
        case 4..<8: read(&command, &random)
        case 8..<11: write(&command, &random)
        case 11..<13:
            command.name = "SESSTOUCH"
            command.subject = token(&random)
            command.idle = maybe(&random) { Int64(1 + $0.below(5000)) }
        case 13..<15: rotate(&command, &random)
        case 15:
            command.name = "SESSREVOKE"
            command.subject = token(&random)
            command.reason = maybe(&random) { _ in "logout" }
        case 16 where random.below(4) == 0:
            command.name = "SESSREVOKEUSER"
            command.subject = user(&random)
            command.except = maybe(&random) { [self] in token(&$0) }
        case 16, 17:
            command.name = "SESSLIST"
            command.subject = user(&random)
        case 18:
            command.name = "SESSCARD"
            command.subject = user(&random)
        default:
            command.name = "SESSUNSET"
            command.subject = token(&random)
            command.names = (0..<(1 + random.below(3))).map { _ in field(&random) }
            command.ifVersion = maybe(&random) { Int64($0.below(5)) }
        }
        return command
    }

    private func create(_ command: inout SessionCommand, _ random: inout SplitMix64) {
        command.id = maybe(&random) { [self] in tokens[$0.below(6)] }
        command.user = random.below(4) == 0 ? nil : user(&random)
        command.device = maybe(&random) { "device \($0.below(3))" }
        command.idle = maybe(&random) { Int64(1 + $0.below(5000)) }
        command.max = maybe(&random) { $0.below(3) == 0 ? 0 : Int64(1 + $0.below(12_000)) }
        command.bind = maybe(&random) { "bind \($0.below(2))" }
        level(&command, &random)
        if command.user != nil && random.below(3) == 0 {
            command.limit = 1 + random.below(4)
            command.evicts = random.below(2) == 0
        }
        fields(&command, &random)
    }

    private func read(_ command: inout SessionCommand, _ random: inout SplitMix64) {
        command.name = "SESSGET"
        command.subject = token(&random)
        command.touch = random.below(3) == 0
        command.bind = maybe(&random) { "bind \($0.below(2))" }
        if random.below(5) == 0 { command.minLevel = 1 + random.below(3) }
        if random.below(5) == 0 { command.minVersion = Int64(random.below(4)) }
        if random.below(4) == 0 { command.names = (0..<(1 + random.below(3))).map { _ in field(&random) } }
    }

    private func write(_ command: inout SessionCommand, _ random: inout SplitMix64) {
        command.name = "SESSSET"
        command.subject = token(&random)
        if random.below(4) == 0 { command.ifVersion = Int64(1 + random.below(4)) }
        if random.below(6) == 0 { command.user = user(&random) }
        if random.below(6) == 0 { command.device = "device \(random.below(3))" }
        if random.below(6) == 0 { command.idle = Int64(1 + random.below(5000)) }
        fields(&command, &random)
        if command.fields.isEmpty { command.device = "desk" }
    }

    private func rotate(_ command: inout SessionCommand, _ random: inout SplitMix64) {
        command.name = "SESSROTATE"
        command.subject = token(&random)
        command.grace = maybe(&random) { Int64($0.below(3) * 150) }
        if random.below(6) == 0 { command.user = user(&random) }
        if random.below(6) == 0 { command.bind = "bind \(random.below(2))" }
        level(&command, &random)
    }

    private func level(_ command: inout SessionCommand, _ random: inout SplitMix64) {
        guard random.below(3) == 0 else { return }
        command.level = 1 + random.below(3)
        command.levelFor = maybe(&random) { Int64(1 + $0.below(2000)) }
    }

    private func fields(_ command: inout SessionCommand, _ random: inout SplitMix64) {
        for _ in 0..<random.below(4) {
            let length = random.below(10) == 0 ? random.below(900) : random.below(20)
            command.fields.append((field(&random), String(repeating: "v", count: length)))
        }
    }

    private func token(_ random: inout SplitMix64) -> String { tokens[random.below(tokens.count)] }

    private func user(_ random: inout SplitMix64) -> String { "user \(random.below(4))" }

    private func field(_ random: inout SplitMix64) -> String { "field\(random.below(6))" }

    private func maybe<Value>(_ random: inout SplitMix64, _ make: (inout SplitMix64) -> Value) -> Value? {
        random.below(2) == 0 ? nil : make(&random)
    }
}
