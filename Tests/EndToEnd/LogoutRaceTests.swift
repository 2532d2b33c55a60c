import TestSupport
import Testing

/// The race that brings sessions back from the dead: a request has read its session, another one logs the user out, and
/// then the first one saves what it has. What the frameworks send is replayed from two connections.
@Suite struct LogoutRaceTests {
    /// What a framework does to its session's key.
    struct Framework: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let prefix: String
        let create: [String]
        /// The slow request: reads at its start, saves at its end.
        let read: [String]
        let save: [[String]]
        let logout: [String]
    }

    private static let id = "Yl2h0nPx9mT4kVq8ZrB6dWc1JgS5uEaF"

    private static let frameworks = [
        Framework(
            testDescription: "connect-redis", prefix: "sess:", create: ["SET", "sess:" + id, "{}", "EX", "86400"],
            read: ["GET", "sess:" + id], save: [["SET", "sess:" + id, #"{"user":1}"#, "EX", "86400"]],
            logout: ["DEL", "sess:" + id]),
        Framework(
            testDescription: "Django", prefix: ":1:django.contrib.sessions.cache",
            create: ["SET", ":1:django.contrib.sessions.cache" + id, "x", "EX", "1209600", "NX"],
            // It looks once more right before it saves; the logout comes in between.
            read: ["GET", ":1:django.contrib.sessions.cache" + id],
            save: [["SET", ":1:django.contrib.sessions.cache" + id, "y", "EX", "1209600"]],
            logout: ["DEL", ":1:django.contrib.sessions.cache" + id]),
        Framework(
            testDescription: "Spring Session", prefix: "spring:session:",
            create: ["HMSET", "spring:session:sessions:" + id, "creationTime", "1", "sessionAttr:user", "1"],
            read: ["HGETALL", "spring:session:sessions:" + id],
            save: [
                ["HMSET", "spring:session:sessions:" + id, "lastAccessedTime", "2"],
                ["PEXPIREAT", "spring:session:sessions:" + id, "4102444800000"],
            ],
            logout: ["DEL", "spring:session:sessions:" + id]),
    ]

    @Test(arguments: frameworks) func aSavedSessionStaysDeadHere(framework: Framework) throws {
        let flags = ["--session-prefixes", framework.prefix]
        #expect(try survives(framework, .cloakroom, flags) == false)
        #expect(try survives(framework, .cloakroom, []) == true, "without the directive, as Redis")
    }

    @Test(arguments: frameworks) func andComesBackOnRedis(framework: Framework) throws {
        #expect(try survives(framework, .redis, []) == true)
    }

    /// Whether the session exists after the race. Nobody may be able to tell from the replies.
    private func survives(
        _ framework: Framework, _ program: ServerProcess.Program, _ flags: [String]
    ) throws -> Bool {
        try withServer(program, flags) { server in
            let slow = try HiredisConnection(server.address)
            let quick = try HiredisConnection(server.address)
            #expect(try slow.command(framework.create.map { Bytes($0) }) == .ok)
            #expect(try slow.command(framework.read.map { Bytes($0) }) != .null)
            #expect(try quick.command(framework.logout.map { Bytes($0) }) == 1)
            #expect(try slow.command(framework.save[0].map { Bytes($0) }) == .ok)
            for command in framework.save.dropFirst() { _ = try slow.command(command.map { Bytes($0) }) }
            return try quick.command("EXISTS", Bytes(framework.logout[1])) == 1
        }
    }
}
