import Testing

@testable import SessionCore

/// Every directive that takes numbers, at the ends of its range: whatever a node does then, it does not trap.
@Suite struct ConfigurationExtremesTests {
    /// Directives of numbers with their lowest and highest values, as they are written.
    static let extremes: [(name: String, value: String)] = Directive.all.flatMap { directive in
        bounds(of: directive).map { (directive.name, $0) }
    } + [
        ("client-output-buffer-limit", "normal 0 1 9223372036854775807 pubsub 0 1 9223372036854775807"),
        ("client-output-buffer-limit", "normal 9223372036854775807 9223372036854775807 9223372036854775807"),
        ("client-output-buffer-limit", "pubsub 9223372036854775807 1 0 replica 1 1 9223372036854775807"),
        ("client-output-buffer-limit", "replica 9223372036854775807 9223372036854775807 9223372036854775807"),
        ("latency-tracking-info-percentiles", "0 100 0.000001"),
    ]

    private static func bounds(of directive: Directive) -> [String] {
        switch directive.kind {
        case .integer(_, let bounds): [String(bounds.lowerBound), String(bounds.upperBound)]
        case .octal(_, let bounds): [bounds.lowerBound, bounds.upperBound].map { String($0, radix: 8) }
        case .memory(_, let bounds): [String(bounds.lowerBound), String(bounds.upperBound)]
        case .duration(_, let bounds): [String(bounds.lowerBound), String(bounds.upperBound)]
        case .boolean, .text, .secret, .choice, .word, .words: []
        }
    }

    private static func configuration(_ settings: [(name: String, value: String)]) throws -> Configuration {
        var configuration = Configuration()
        for (name, value) in settings {
            let isWords = if case .words? = Directive.named(name)?.kind { true } else { false }
            try configuration.apply(name, isWords ? value.split(separator: " ").map(String.init) : [value])
        }
        return configuration
    }

    @Test(arguments: extremes.indices)
    func alone(_ index: Int) throws {
        try Self.use(Self.configuration([Self.extremes[index]]))
    }

    @Test("all at their lowest, and all at their highest", arguments: [true, false])
    func together(areLowest: Bool) throws {
        var settings: [(name: String, value: String)] = []
        for directive in Directive.all {
            let bounds = Self.bounds(of: directive)
            guard let value = areLowest ? bounds.first : bounds.last else { continue }
            settings.append((directive.name, value))
        }
        #expect(settings.count > 30)
        settings.append(
            ("client-output-buffer-limit", areLowest ? "pubsub 0 1 0" : "pubsub 0 1 9223372036854775807"))
        try Self.use(Self.configuration(settings))
    }

    @Test("set while it runs", arguments: extremes.indices)
    func atRunTime(_ index: Int) throws {
        let (name, value) = Self.extremes[index]
        guard let directive = Directive.named(name), directive.isMutable else { return }
        let dialogue = NodeDialogue(Self.base)
        dialogue.expect("CONFIG", "SET", name, value, gives: "+OK\r\n")
        Self.work(dialogue)
    }

    /// With prefixes, so that all that depends on them happens.
    private static var base: Configuration {
        var configuration = Configuration()
        configuration.sessionPrefixes = ["sess:"]
        return configuration
    }

    private static func use(_ configuration: Configuration) {
        var configuration = configuration
        configuration.sessionPrefixes = ["sess:"]
        work(NodeDialogue(configuration))
    }

    /// Something of everything that arithmetic with configured values is in; at last a century.
    private static func work(_ dialogue: NodeDialogue) {
        dialogue.isPatient = false
        _ = dialogue.send("HELLO", "3", on: 1)
        _ = dialogue.send("SUBSCRIBE", "c", "__session__:expired", on: 1)
        _ = dialogue.send("SUBSCRIBE", "c", on: 2)
        dialogue.stall(2)
        _ = dialogue.send("CLIENT", "TRACKING", "ON", on: 1)
        _ = dialogue.send("PSYNC", "?", "-1", on: 4)
        dialogue.stopwatch.step = 20_000
        for days in [0, 0, 1, 36_600] as [Int64] {
            requests(dialogue)
            dialogue.advance(milliseconds: 1)
            dialogue.advance(milliseconds: 1500)
            dialogue.advance(milliseconds: days * 24 * 3600 * 1000)
        }
        dialogue.modify { $0.beginShutdown(isImmediate: false) }
        dialogue.advance(milliseconds: 1000)
        dialogue.advance(milliseconds: 1000 * 3_000_000_000)
    }

    private static func requests(_ dialogue: NodeDialogue) {
        let long = String(repeating: "v", count: 3000)
        for command in [
            "PUBLISH c \(long)", "SET a \(long) EX 100", "SET b 1", "APPEND b \(long)", "GET a", "EXPIRE b 1",
            "SET sess:1 \(long)", "DEL sess:1", "SET sess:1 x", "HSET h f \(long) g 1", "HGETALL h",
            "OBJECT ENCODING h",
            "SADD s 1 2 3", "SADD s x", "OBJECT ENCODING s", "ZADD z 1 a 2 \(long)", "ZRANGE z 0 -1",
            "SESSCREATE USER u FIELDS 1 f v", "SESSCREATE USER u IDLE 36525d MAX 36525d", "SESSLIST u",
            "CLIENT PAUSE 0", "INFO everything", "MEMORY STATS", "MEMORY DOCTOR", "LATENCY DOCTOR", "LATENCY LATEST",
            "SLOWLOG GET -1", "CONFIG GET *", "CLIENT LIST", "ACL LOG", "AUTH nobody wrong", "WAIT 1 1",
        ] { _ = dialogue.send(command.split(separator: " ").map(String.init), on: 3) }
        _ = dialogue.send("MGET", "a", "b", "c", on: 1)
        let token = dialogue.reply("SESSCREATE", "USER", "w", on: 5).text ?? String(repeating: "t", count: 32)
        for command in ["SESSTOUCH", "SESSGET", "SESSROTATE", "SESSREVOKE"] {
            _ = dialogue.send(command, token, on: 5)
        }
        _ = dialogue.send("SESSREVOKEUSER", "u", on: 5)
        _ = dialogue.inspect { $0.metrics() }
        _ = dialogue.inspect { $0.readinessChecks(lag: nil).count }
    }
}
