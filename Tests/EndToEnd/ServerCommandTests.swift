import TestSupport
import Testing

/// Commands about the server and its connections, line by line against redis-server: the same replies and error texts.
@Suite struct ServerCommandTests {
    private let redis: HiredisConnection
    private let cloakroom: HiredisConnection

    init() throws {
        redis = try HiredisConnection(SharedServer.address(.redis))
        cloakroom = try HiredisConnection(SharedServer.address(.cloakroom))
    }

    @Test(arguments: [
        "CLIENT", "CLIENT NOSUCH", "CLIENT ID extra", "CLIENT GETNAME", "CLIENT SETNAME tester", "CLIENT SETNAME",
        "CLIENT SETNAME \"a b\"", "CLIENT SETNAME \"\"", "CLIENT KILL", "CLIENT KILL 1.2.3.4:5", "CLIENT KILL ID x",
        "CLIENT KILL ID 0", "CLIENT KILL ID -1", "CLIENT KILL ID 999999999", "CLIENT KILL TYPE nosuch",
        "CLIENT KILL ADDR 1.1.1.1:1", "CLIENT KILL LADDR 1.1.1.1:1", "CLIENT KILL USER nobody",
        "CLIENT KILL ID 999 SKIPME maybe",
        "CLIENT KILL ID 999 NOSUCH x", "CLIENT KILL ID 999 TYPE", "CLIENT KILL TYPE pubsub ADDR 1.1.1.1:1 SKIPME yes",
        "CLIENT LIST TYPE nosuch", "CLIENT LIST TYPE", "CLIENT LIST ID", "CLIENT LIST ID x", "CLIENT LIST ID 999999999",
        "CLIENT LIST NOSUCH", "CLIENT LIST TYPE master", "CLIENT LIST TYPE replica", "CLIENT NO-EVICT on",
        "CLIENT NO-EVICT off",
        "CLIENT NO-EVICT x", "CLIENT NO-EVICT", "CLIENT PAUSE", "CLIENT PAUSE x", "CLIENT PAUSE -1",
        "CLIENT PAUSE 1 NOSUCH",
        "CLIENT PAUSE 99999999999999999999", "CLIENT UNPAUSE", "CLIENT UNPAUSE x", "CLIENT REPLY", "CLIENT REPLY x",
        "CLIENT REPLY ON", "CLIENT INFO x",
    ])
    func clientCommands(line: String) throws { try compare(line) }

    @Test(arguments: [
        "COMMAND NOSUCH", "COMMAND COUNT x", "COMMAND INFO nosuch", "COMMAND INFO get nosuch mget", "COMMAND INFO GET",
        "COMMAND DOCS nosuch",
        "COMMAND GETKEYS", "COMMAND GETKEYS GET k", "COMMAND GETKEYS SET k v EX 1", "COMMAND GETKEYS MSET a 1 b 2 c 3",
        "COMMAND GETKEYS MGET a b c",
        "COMMAND GETKEYS COPY a b", "COMMAND GETKEYS RENAME a b", "COMMAND GETKEYS DEL a b", "COMMAND GETKEYS PING",
        "COMMAND GETKEYS NOSUCH a",
        "COMMAND GETKEYS GET", "COMMAND GETKEYS GET a b", "COMMAND GETKEYS OBJECT ENCODING k",
        "COMMAND GETKEYS MEMORY USAGE k",
        "COMMAND GETKEYSANDFLAGS GET k", "COMMAND LIST NOSUCH",
        "COMMAND LIST FILTERBY",
        "COMMAND LIST FILTERBY NOSUCH x", "COMMAND LIST FILTERBY MODULE nosuch",
        "COMMAND LIST FILTERBY PATTERN nosuch*",
        "COMMAND LIST FILTERBY ACLCAT nosuch", "COMMAND LIST FILTERBY PATTERN getd*",
    ])
    func commandCommands(line: String) throws { try compare(line) }

    @Test(arguments: [
        "CONFIG", "CONFIG NOSUCH", "CONFIG GET", "CONFIG GET nosuch", "CONFIG SET", "CONFIG SET timeout",
        "CONFIG SET timeout x",
        "CONFIG SET timeout -1", "CONFIG SET nosuch 1", "CONFIG SET timeout 0 timeout 0",

        "CONFIG SET databases 3", "CONFIG RESETSTAT x",
        "CONFIG GET timeout",
        "CONFIG GET databases", "CONFIG GET maxmemory", "CONFIG GET appendonly", "CONFIG SET maxmemory 1x",
        "CONFIG SET loglevel nosuch",
    ])
    func configCommands(line: String) throws { try compare(line) }

    @Test(arguments: [
        "MEMORY", "MEMORY NOSUCH", "MEMORY USAGE", "MEMORY USAGE nosuchkey", "MEMORY USAGE nosuchkey SAMPLES",
        "MEMORY USAGE nosuchkey SAMPLES x",
        "MEMORY USAGE nosuchkey SAMPLES -1", "MEMORY USAGE nosuchkey NOSUCH 1", "OBJECT", "OBJECT NOSUCH k",
        "OBJECT ENCODING",
        "OBJECT ENCODING nosuchkey", "OBJECT FREQ nosuchkey", "OBJECT ENCODING a b", "ECHO", "ECHO a b", "PING a b",
        "SELECT",
        "SELECT 1 2", "SELECT -1", "SELECT 99999999999999999999", "SWAPDB 0", "SWAPDB x 1", "SWAPDB 0 x", "SWAPDB 0 99",
        "SWAPDB -1 0",
        "DBSIZE x", "TIME x", "LASTSAVE x", "INFO nosuchsection", "AUTH", "AUTH a b c", "AUTH nobody x", "HELLO x",
        "HELLO 9", "RESET x", "QUIT x y",
        "FLUSHDB NOSUCH", "FLUSHALL NOSUCH", "FLUSHALL SYNC ASYNC", "PUBSUB", "PUBSUB NOSUCH", "PUBSUB NUMSUB",
        "PUBSUB NUMPAT x", "PUBSUB CHANNELS a b",
        "SUBSCRIBE", "PSUBSCRIBE", "PUBLISH", "PUBLISH a", "PUBLISH a b c", "SHUTDOWN NOSUCH", "SHUTDOWN ABORT", "KEYS",
        "KEYS a b", "SCAN", "SCAN x",
        "SCAN 0 COUNT", "SCAN 0 COUNT 0", "SCAN 0 MATCH", "SCAN 0 NOSUCH x", "RANDOMKEY x", "DEBUG", "LPUSH", "XADD",
        "EVAL", "EVALSHA x", "EVAL x y", "EVAL x -1", "EVAL x 1", "SCRIPT", "SCRIPT NOSUCH", "MULTI x", "EXEC",
        "DISCARD", "WATCH", "ACL", "ACL NOSUCH", "ZADD", "ZADD a b c", "SADD", "MONITOR x", "SLOWLOG", "LATENCY",
    ])
    func otherCommands(line: String) throws {
        // Not part of Cloakroom at all: unknown there, arity errors here.
        let foreign = ["LPUSH", "XADD"]
        guard !foreign.contains(line) else {
            let reply = try cloakroom.line(line)
            #expect(reply.errorText?.hasPrefix("ERR unknown command") ?? false, "\(reply)")
            return
        }
        try compare(line)
    }

    private func compare(_ line: String) throws {
        let (theirs, ours) = (try redis.line(line), try cloakroom.line(line))
        #expect(ours == theirs, "\(line)")
    }

    /// Every command that both have is described alike: clients route and check by these.
    @Test func descriptionsOfCommonCommands() throws {
        let names = try (cloakroom.line("COMMAND LIST").elements ?? []).compactMap(\.text).filter {
            !$0.hasPrefix("sess")
        }
        #expect(names.count > 70)
        for name in names.sorted() {
            let (theirs, ours) = (
                try redis.command("COMMAND", "INFO", Bytes(name))[0],
                try cloakroom.command("COMMAND", "INFO", Bytes(name))[0]
            )
            guard let theirs, theirs.elements != nil else { continue }
            for (index, part) in ["name", "arity", "flags", "first key", "last key", "step", "categories"].enumerated()
            {
                let (left, right) = (sorted(theirs[index]), sorted(ours?[index]))
                #expect(right == left, "\(name): \(part)")
            }
        }
    }

    private func sorted(_ reply: Reply?) -> Reply? {
        guard let elements = reply?.elements else { return reply }
        return .array(elements.sorted { $0.description < $1.description })
    }

    @Test func clientListShowsWhatToolsRead() throws {
        let keys = { (text: String) in text.split(separator: " ").map { String($0.prefix { $0 != "=" }) } }
        _ = try cloakroom.line("CLIENT SETNAME lister")
        _ = try cloakroom.line("SELECT 3")
        let info = try #require(try cloakroom.line("CLIENT INFO").text)
        let theirs = try #require(try redis.line("CLIENT INFO").text)
        let missing = keys(theirs).filter { !keys(info).contains($0) }
        #expect(missing.isEmpty)
        let id = try #require(try cloakroom.line("CLIENT ID").integer)
        for part in [
            "id=\(id) ", " name=lister ", " db=3 ", " cmd=client|info ", " flags=N ", " addr=127.0.0.1:",
            " laddr=127.0.0.1:", " resp=2",
        ] {
            #expect((" " + info).contains(part), "\(part): \(info)")
        }
        let byID = try cloakroom.line("CLIENT LIST ID \(id)").text ?? ""
        #expect(byID.split(separator: "\n").count == 1 && byID.hasPrefix("id=\(id) "))
        let subscriber = try HiredisConnection(SharedServer.address())
        _ = try subscriber.command("SUBSCRIBE", Bytes(unique("c")))
        let list = try cloakroom.line("CLIENT LIST TYPE pubsub").text ?? ""
        #expect(list.contains(" flags=P ") && list.contains(" sub=1 ") && !list.contains("name=lister"))
    }

    @Test func timeIsTheClock() throws {
        let before = wallMilliseconds()
        let reply = try cloakroom.line("TIME")
        let after = wallMilliseconds()
        let seconds = try #require(reply[0]?.text.flatMap { Int64($0) })
        let microseconds = try #require(reply[1]?.text.flatMap { Int64($0) })
        #expect((before...after).contains(seconds * 1000 + microseconds / 1000))
        #expect(try cloakroom.line("LASTSAVE").integer != nil)
    }

    @Test func pauseHoldsWrites() throws {
        try withServer { server in
            let admin = try RawConnection(server.address)
            let (reader, writer) = (try RawConnection(server.address), try RawConnection(server.address))
            #expect(try admin.command("SET", "k", "v") == .ok)
            #expect(try admin.command("CLIENT", "PAUSE", "60000", "WRITE") == .ok)
            #expect(try reader.command("GET", "k") == "v")
            try writer.send("SET k w\r\n")
            #expect(try writer.isSilent(for: 0.05))
            #expect(try admin.command("CLIENT", "UNPAUSE") == .ok)
            #expect(try writer.reply() == .ok)
            #expect(try reader.command("GET", "k") == "w")
        }
    }

    @Test func pauseHoldsEverythingAndEndsByItself() throws {
        try withServer { server in
            let admin = try RawConnection(server.address)
            #expect(try admin.command("CLIENT", "PAUSE", "150") == .ok)
            let start = monotonicMicroseconds()
            let reply = try RawConnection(server.address).command("PING")
            #expect(reply == .status("PONG"))
            #expect(monotonicMicroseconds() - start > 100_000)
        }
    }

    /// What Redis's own test-suite calls in external-server mode.
    @Test func debugCommandsOfTestSuites() throws {
        try withServer(.cloakroom, ["--enable-debug-command", "local"]) { server in
            let connection = try HiredisConnection(server.address)
            let start = monotonicMicroseconds()
            #expect(try connection.line("DEBUG SLEEP 0.05") == .ok)
            #expect(try connection.line("PING") == .status("PONG"), "the whole server sleeps")
            #expect(monotonicMicroseconds() - start >= 50_000)
            #expect(try connection.line("DEBUG SET-ACTIVE-EXPIRE 0") == .ok)
            _ = try connection.line("SET k v PX 20")
            #expect(try eventually { try connection.line("GET k") == .null }, "exact all the same")
            #expect(try connection.line("DEBUG SET-ACTIVE-EXPIRE 1") == .ok)
            for line in [
                "DEBUG JMAP", "DEBUG NOSUCH", "DEBUG RELOAD", "DEBUG SEGFAULT", "DEBUG PANIC", "DEBUG SLEEP x",
                "DEBUG SLEEP",
            ] {
                _ = try connection.line(line)
                #expect(try connection.line("PING") == .status("PONG"), "answered or refused, and alive: \(line)")
            }
        }
    }
}
