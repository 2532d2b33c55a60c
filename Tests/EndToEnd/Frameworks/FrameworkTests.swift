import TestSupport
import Testing

/// Session frameworks and clients, each running its own code. What they need is installed by `Tests/run`.
@Suite struct FrameworkTests {
    /// What every session framework does.
    private static let session = "create read update touch change-id destroy expiry"
    /// redis-py's steps, whoever parses the replies.
    private static let redisPy =
        "connect strings hashes pipeline pool pubsub asyncio expiry sessions transactions lock"

    /// The prefix of connections, and then that of the cache.
    private static let laravel = "laravel_database_laravel_cache:"

    static let programs = [
        FrameworkProgram(
            "php-session.php", prefix: "PHPREDIS_SESSION:", "create read update touch change-id strict destroy expiry"),
        FrameworkProgram(
            "php-session.php locking", prefix: "PHPREDIS_SESSION:",
            "create read update touch change-id strict lock destroy expiry"),
        FrameworkProgram("php-redis.php", "connect strings hashes pipeline options scan server expiry"),
        FrameworkProgram("predis-session.php", prefix: "sessions:", "create read update change-id destroy expiry"),
        FrameworkProgram("symfony.php php-redis", prefix: "sf_s", session),
        FrameworkProgram("symfony.php predis", prefix: "sf_s", session),
        FrameworkProgram("laravel.php phpredis", prefix: laravel, "\(session) cache scripts lock"),
        FrameworkProgram("laravel.php predis", prefix: laravel, "\(session) cache scripts lock"),
        FrameworkProgram(
            "django_sessions.py builtin", prefix: ":1:django.contrib.sessions.cache",
            "\(session) cache scripts"),
        FrameworkProgram(
            "django_sessions.py django-redis", prefix: ":1:django.contrib.sessions.cache",
            "\(session) cache extras scripts"),
        FrameworkProgram("flask_sessions.py", prefix: "session:", session),
        FrameworkProgram("starlette_sessions.py", prefix: "star:", session),
        FrameworkProgram("aiohttp_sessions.py", prefix: "AIOHTTP_SESSION_", session),
        FrameworkProgram("redis_py.py resp2", redisPy),
        FrameworkProgram("redis_py.py resp3", redisPy),
        FrameworkProgram("redis_py.py python", redisPy),
        FrameworkProgram("redis_rack.rb rack", prefix: "rack:session:", session),
        FrameworkProgram("redis_rack.rb actionpack", prefix: "rails:session:", session),
        FrameworkProgram("redis_rack.rb cache-store", prefix: "rails:_session_id:", "\(session) cache"),
        FrameworkProgram("redis_rb.rb", "connect strings hashes pipeline pubsub expiry transactions"),
        FrameworkProgram("redis_perl.pl", prefix: "session:", "connect \(session) hashes pipeline pubsub transactions"),
        FrameworkProgram("redis_lua.lua", prefix: "session:", "connect \(session) hashes pipeline errors transactions"),
        FrameworkProgram("node_redis.js", prefix: "sess:", "\(session) all client pubsub transactions"),
        FrameworkProgram(
            "redis_cli.py", "hints completion prompt subscribe pipe keys scan hotkeys formats watching flags"),
        FrameworkProgram("redistore.go", prefix: "session_", "\(session) pool pipeline pubsub transactions"),
    ]

    @Test(arguments: programs) func runs(_ program: FrameworkProgram) throws {
        try check(program, [])
    }

    /// Nor does it notice that deleted sessions stay dead.
    @Test(arguments: programs.filter { !$0.prefix.isEmpty })
    func runsWithStickyKeys(_ program: FrameworkProgram) throws {
        try check(program, ["--session-prefixes", program.prefix, "--session-default-ttl", "3600"])
    }

    private func check(_ program: FrameworkProgram, _ flags: [String]) throws {
        try withServer(.cloakroom, flags) { server in
            let output = try program.output(at: server.address)
            #expect(output.status == .exited(0), "\(output.standardOutput)\(output.standardError)")
            let steps = output.standardOutput.split(separator: "\n").map { String($0.replacing(#/^ok /#, with: "")) }
            #expect(steps == program.steps)
            #expect(server.isRunning)
        }
    }

    /// Every program is in the table above.
    @Test func noProgramIsLeftOut() throws {
        let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Programs"
        let listing = try run("ls", [folder]).standardOutput.split(separator: "\n").map(String.init)
        let programs = listing.filter { !$0.hasPrefix("steps.") && !$0.hasSuffix(".txt") }
        #expect(Set(programs) == Set(Self.programs.map(\.file)))
    }

    /// The programs can fail: this one finds nobody to talk to.
    @Test func aProgramWithoutAServerFails() throws {
        let address = try withServer { $0.address }
        let output = try FrameworkProgram("redis_perl.pl", "").output(at: address)
        #expect(output.status != .exited(0) && output.standardOutput.isEmpty)
    }
}
