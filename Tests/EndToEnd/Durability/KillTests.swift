import Glibc
import TestSupport
import Testing

/// A server under load is killed at random moments, a hundred times altogether, and has what it acknowledged when it is
/// back: all of it with `appendfsync always`; with `everysec`, what it had when it was started last.
@Suite struct KillTests {
    /// What a server has said of its data.
    private struct Acknowledged {
        var keys: [String: Int] = [:]
        /// Sessions by token, with the content of their field.
        var live: [String: String] = [:]
        /// Tokens of sessions that were revoked, and that were replaced.
        var revoked: Set<String> = []
        var replaced: Set<String> = []
        /// Keys that are due at these times, in Unix milliseconds.
        var due: [String: Int64] = [:]
    }

    private static let kills = 50

    @Test(arguments: [("always", false), ("everysec", true)])
    func whatWasAcknowledgedIsThereAfterEveryKill(policy: String, isEncrypted: Bool) throws {
        let (directory, keys) = (try TemporaryDirectory(), try TemporaryDirectory())
        var flags = ["--dir", directory.path, "--appendfsync", policy, "--sess-grace", "0"]
        if isEncrypted {
            let key = try keys.file("key", String(repeating: "7e", count: 32) + "\n")
            flags += ["--encrypt-at-rest", "yes", "--encryption-key-file", key]
        }
        var (acknowledged, certain) = (Acknowledged(), Acknowledged())
        for round in 0..<Self.kills {
            let server = try ServerProcess(.cloakroom, flags)
            let connection = try server.connect()
            // What was ended since then may have stayed so.
            certain.live = certain.live.filter { acknowledged.live[$0.key] != nil }
            try check(policy == "always" ? acknowledged : certain, connection, "\(policy), round \(round)")
            certain = try held(acknowledged, connection)
            acknowledged = certain
            let until = Deadline.within(Double.random(in: 0.02...0.25))
            var number = 0
            while !until.hasPassed {
                number += 1
                try write(round * 1_000_000 + number, connection, &acknowledged)
                if number % 100 == 0 { _ = try connection.line("BGREWRITEAOF") }
            }
            server.stop(SIGKILL)
        }
        if policy == "always" {
            let server = try ServerProcess(.cloakroom, flags)
            let connection = try server.connect()
            for token in acknowledged.replaced {
                let answer = try connection.command("SESSSET", Bytes(token), "FIELDS", "1", "a", "b")
                #expect(answer.errorCode != nil, "\(answer)")
            }
        }
        #expect(acknowledged.keys.count == 50 && !acknowledged.due.isEmpty && !acknowledged.revoked.isEmpty)
        if policy == "always" { #expect(!acknowledged.live.isEmpty && !acknowledged.replaced.isEmpty) }
    }

    /// One write of some kind, and what the server says of it.
    private func write(_ number: Int, _ connection: HiredisConnection, _ acknowledged: inout Acknowledged) throws {
        switch number % 7 {
        case 0:
            let key = "due\(number % 40)"
            let time = Int64(4_000_000_000_000 + number)
            if try connection.command("SET", Bytes(key), "v", "PXAT", Bytes("\(time)")) == .ok {
                acknowledged.due[key] = time
            }
        case 1:
            let created = try connection.line("SESSCREATE USER u\(number) FIELDS 1 cart \(number)")
            guard let token = created.text else { return }
            acknowledged.live[token] = String(number)
        case 2:
            guard acknowledged.live.count > 3, let token = acknowledged.live.keys.randomElement() else { return }
            // In doubt until it is answered.
            acknowledged.live[token] = nil
            if try connection.command("SESSREVOKE", Bytes(token)) == .integer(1) { acknowledged.revoked.insert(token) }
        case 3:
            guard acknowledged.live.count > 3, let (token, cart) = acknowledged.live.randomElement() else { return }
            acknowledged.live[token] = nil
            guard let successor = try connection.command("SESSROTATE", Bytes(token)).text else { return }
            acknowledged.replaced.insert(token)
            acknowledged.live[successor] = cart
        default:
            let key = "k\(number % 50)"
            if try connection.command("SET", Bytes(key), Bytes("\(number)")) == .ok { acknowledged.keys[key] = number }
        }
    }

    private func check(_ expected: Acknowledged, _ connection: HiredisConnection, _ place: String) throws {
        for (key, value) in expected.keys {
            let held = try connection.command("GET", Bytes(key)).text.flatMap { Int($0) } ?? -1
            #expect(held >= value, "\(place), \(key)")
        }
        for (key, time) in expected.due {
            let held = try connection.command("PEXPIRETIME", Bytes(key)).integer ?? 0
            #expect(Int64(held) >= time, "\(place), \(key)")
        }
        for (token, cart) in expected.live {
            let shown = "\(try connection.command("SESSGET", Bytes(token), "FIELDS", "1", "cart"))"
            #expect(shown.contains(cart), "\(place), session of \(cart): \(shown)")
        }
        for token in expected.revoked {
            let answer = try connection.command("SESSSET", Bytes(token), "FIELDS", "1", "a", "b")
            #expect(answer.errorCode == "REVOKED", "\(place): \(answer)")
        }
    }

    /// What of it the server has: from here on it is certain. Tokens that were replaced are not tried: that would be
    /// taken for theft, and end the session.
    private func held(_ acknowledged: Acknowledged, _ connection: HiredisConnection) throws -> Acknowledged {
        var held = acknowledged
        for key in acknowledged.keys.keys {
            held.keys[key] = try connection.command("GET", Bytes(key)).text.flatMap { Int($0) }
        }
        for key in acknowledged.due.keys {
            let time = try connection.command("PEXPIRETIME", Bytes(key)).integer ?? -2
            held.due[key] = time > 0 ? Int64(time) : nil
        }
        for (token, cart) in acknowledged.live {
            let shown = "\(try connection.command("SESSGET", Bytes(token), "FIELDS", "1", "cart"))"
            if !shown.contains(cart) { held.live[token] = nil }
        }
        // Of one whose creation was lost as well, nothing is known.
        held.revoked = try acknowledged.revoked.filter {
            try connection.command("SESSSET", Bytes($0), "FIELDS", "1", "a", "b").errorCode == "REVOKED"
        }
        return held
    }
}
