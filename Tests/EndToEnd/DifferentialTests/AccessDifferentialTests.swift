import Foundation
import Glibc
import TestSupport
import Testing

/// Users and permissions side by side with redis-server 7.0: random rules make the same users, and random commands
/// under random users are allowed and denied alike. `CLOAKROOM_SEED` sets where the sequences begin.
@Suite struct AccessDifferentialTests {
    private static let firstSeed = getenv("CLOAKROOM_SEED").flatMap { Int(String(cString: $0)) } ?? 1
    private static let rounds = getenv("CLOAKROOM_DIFFERENTIAL").flatMap { Int(String(cString: $0)) }.map {
        max(2, $0 / 10_000)
    } ?? 40

    private func withPair(_ body: (ServerProcess, ServerProcess, ServerPair) throws -> Void) throws {
        try withServer(.redis) { redis in
            try withServer(.cloakroom) { cloakroom in
                try body(redis, cloakroom, try ServerPair(redis.address, cloakroom.address))
            }
        }
    }

    // MARK: Rules

    @Test func rulesMakeTheSameUsers() throws {
        try withPair { _, _, pair in
            for seed in Self.firstSeed..<(Self.firstSeed + Self.rounds) {
                var generator = AccessGenerator(seed: UInt64(seed))
                var story: [String] = []
                try pair.onBoth { _ = try $0.command(["ACL", "DELUSER"] + AccessGenerator.users) }
                for _ in 0..<40 {
                    let (user, rules) = (generator.user(), generator.rules())
                    story.append("\(user): \(rules.map(\.text).joined(separator: " "))")
                    let command: [Bytes] = ["ACL", "SETUSER", user] + rules
                    let replies = (try pair.redis.command(command), try pair.cloakroom.command(command))
                    #expect(Self.redacted(replies.0) == Self.redacted(replies.1), "seed \(seed): \(story.suffix(9))")
                    let isSame = try compare(user, pair, "seed \(seed): \(story.suffix(9))")
                    guard isSame else { return }
                }
                #expect(try pair.redis.line("ACL USERS") == pair.cloakroom.line("ACL USERS"))
            }
        }
    }

    /// Errors of ours quote no passwords and hashes.
    private static func redacted(_ reply: Reply) -> Reply {
        guard let text = reply.errorText, let start = text.firstRange(of: "modifier '") else { return reply }
        let rule = text[start.upperBound...]
        guard let sign = rule.first, "<>#!".contains(sign), let end = rule.firstRange(of: "': ") else { return reply }
        return .error(Bytes(text[..<start.upperBound] + "\(sign)(redacted)" + rule[end.lowerBound...]))
    }

    /// The same flags, passwords and patterns; and the same answers about a number of requests.
    /// - Returns: whether all is the same.
    private func compare(_ user: Bytes, _ pair: ServerPair, _ note: String) throws -> Bool {
        let shown = try [pair.redis, pair.cloakroom].map {
            try Self.comparable($0.command("ACL", "GETUSER", user))
        }
        #expect(shown[0] == shown[1], "\(note)")
        let requests = AccessGenerator.probes.map { ["ACL", "DRYRUN", user] + $0 }
        let answers = (try pair.redis.pipeline(requests), try pair.cloakroom.pipeline(requests))
        var isSame = shown[0] == shown[1]
        for (index, request) in requests.enumerated() where answers.0[index] != answers.1[index] {
            isSame = false
            Issue.record("\(request): \(answers.0[index]) and \(answers.1[index]); \(note)")
        }
        return isSame
    }

    /// A reply of `ACL GETUSER` but for the descriptions of commands, of which each server has others, and with the
    /// pattern `%RW~*` as Redis writes it.
    private static func comparable(_ reply: Reply) -> [Reply]? {
        guard let elements = reply.elements else { return nil }
        return elements.indices.map { index in
            if index > 0, elements[index - 1] == "commands" { return "…" }
            if index > 0, elements[index - 1] == "keys", let patterns = elements[index].text {
                let words = patterns.split(separator: " ").map { $0 == "%RW~*" ? "~*" : $0 }
                return .bulk(Bytes(words.joined(separator: " ")))
            }
            if index > 0, elements[index - 1] == "selectors" {
                return .array((elements[index].elements ?? []).map { .array(comparable($0) ?? []) })
            }
            return elements[index]
        }
    }

    /// Where both servers have the same commands to choose from, the descriptions are the same but for the order.
    @Test(arguments: [
        "", "+@all", "-@all", "+get", "+get +set -get", "+@all -get -set", "+hset +hget +config|get", "+@hash -hget",
        "+@all -@hash +hget", "+select|0 +select|1", "+config -config|set", "+@all -config|set", "+@connection +get",
        "+@transaction", "+multi +exec +discard", "+@all -multi -exec -discard -watch", "(+get) (+@all -set)",
        "+object|encoding +acl|whoami", "+@all -acl -client|kill",
    ])
    func descriptions(rules: String) throws {
        let user = Bytes(unique("user"))
        let shown = try [SharedServer.address(.redis), SharedServer.address()].map { address in
            let connection = try HiredisConnection(address)
            var arguments: [Bytes] = ["ACL", "SETUSER", user, "reset", "on", "~a"]
            arguments += rules.isEmpty ? [] : TestSupport.arguments(of: rules)
            #expect(try connection.command(arguments) == .ok)
            let lines = try connection.line("ACL LIST").elements?.compactMap(\.text) ?? []
            _ = try connection.command("ACL", "DELUSER", user)
            return lines.first { $0.contains(user.text) }?.split(separator: " ").sorted()
        }
        #expect(shown[0] == shown[1])
        #expect(shown[1]?.isEmpty == false)
    }

    // MARK: Requests

    @Test func requestsAreAllowedAndDeniedAlike() throws {
        try withPair { redis, cloakroom, admins in
            for seed in Self.firstSeed..<(Self.firstSeed + Self.rounds) {
                var access = AccessGenerator(seed: UInt64(seed) &* 77)
                let rules = access.restrictedUser()
                try admins.onBoth { admin in
                    _ = try admin.command("FLUSHALL")
                    // Some rules are refused, by both.
                    _ = try admin.command(["ACL", "SETUSER", "worker"] + rules)
                    _ = try admin.command(["ACL", "SETUSER", "worker", "on", "nopass", "+select"])
                }
                let workers = try ServerPair(redis.address, cloakroom.address)
                try workers.onBoth { worker in
                    let reply = try worker.command("AUTH", "worker", "")
                    #expect(reply == .ok)
                }
                var generator = CommandGenerator(seed: UInt64(seed))
                let commands = (0..<300).map { _ in generator.next() }
                let note = "seed \(seed): \(rules.map(\.text).joined(separator: " "))"
                try compare(commands, workers, note)
                let dry = (commands + (0..<50).map { _ in access.channelRequest() }).map {
                    ["ACL", "DRYRUN", "worker"] + $0
                }
                try compare(dry, admins, note)
            }
        }
    }

    private func compare(_ commands: [[Bytes]], _ pair: ServerPair, _ note: String) throws {
        let replies = (try pair.redis.pipeline(commands), try pair.cloakroom.pipeline(commands))
        for (index, command) in commands.enumerated() {
            let (left, right) = (replies.0[index], replies.1[index])
            // A C string ends at a NUL.
            if left.text?.hasPrefix("This user has no") == true, command.contains(where: { $0.bytes.contains(0) }) {
                #expect(right.text?.hasPrefix("This user has no") == true, "\(command); \(note)")
                continue
            }
            if Self.nameEitherKey(command, left, right) { continue }
            guard let difference = Comparison.difference(command, redis: left, cloakroom: right) else { continue }
            Issue.record("\(command): \(difference); \(note)")
            return
        }
    }

    /// Both deny a key of a command whose number of keys is malformed (`01`, `1e2`): Redis then names a source, and we
    /// name the destination.
    private static func nameEitherKey(_ command: [Bytes], _ redis: Reply, _ cloakroom: Reply) -> Bool {
        let denial = "This user has no permissions to access the '"
        let stores = ["zunionstore", "zinterstore", "zdiffstore"]
        guard let name = command.firstIndex(where: { stores.contains($0.text.lowercased()) }), name + 2 < command.count
        else { return false }
        let count = command[name + 2].text
        return Int(count).map(String.init) != count && redis.text?.hasPrefix(denial) == true
            && cloakroom.text?.hasPrefix(denial) == true
    }
}
