import TestSupport
import Testing

/// Many commands before the first reply (`redisAppendCommandArgv`, `redisGetReply`).
@Suite struct PipelineTests {
    private let connection: HiredisConnection

    init() throws { connection = try HiredisConnection(SharedServer.address()) }

    @Test(arguments: [1, 2, 16, 1000, 20_000]) func repliesComeInOrder(depth: Int) throws {
        let key = Bytes(unique("counter"))
        let replies = try connection.pipeline((0..<depth).map { _ in ["INCR", key] })
        #expect(firstDifference(replies, (1...depth).map { .integer(Int64($0)) }) == nil)
    }

    @Test func errorsInTheMiddleAnswerTheirOwnCommand() throws {
        let key = Bytes(unique("mixed"))
        let commands = (0..<4000).map { index -> [Bytes] in
            switch index % 4 {
            case 0: ["SET", key, Bytes(index)]
            case 1: ["HGET", key, "f"]
            case 2: ["NOSUCH", Bytes(index)]
            default: ["GET", key]
            }
        }
        let replies = try connection.pipeline(commands)
        let expected = (0..<4000).map { index -> Reply in
            switch index % 4 {
            case 0: .ok
            case 1: .error("WRONGTYPE Operation against a key holding the wrong kind of value")
            case 2: .error("ERR unknown command 'NOSUCH', with args beginning with: ")
            default: .bulk(Bytes(index - 3))
            }
        }
        #expect(firstDifference(replies, expected) == nil)
    }

    /// The replies are a hundred times as large as the requests and none is read before all requests are sent.
    @Test func repliesMayWaitForTheReader() throws {
        let key = Bytes(unique("large"))
        let value = Bytes(repeating: "v", count: 10_000)
        _ = try connection.command("SET", key, value)
        for _ in 0..<4000 { try connection.append(["GET", key]) }
        try connection.flush()
        let other = try HiredisConnection(SharedServer.address())
        #expect(try other.command("PING") == .status("PONG"), "others are served meanwhile")
        var same = 0
        for _ in 0..<4000 where try connection.nextReply() == .bulk(value) { same += 1 }
        #expect(same == 4000)
    }

    @Test func commandsOfAllSizesInOnePipeline() throws {
        let prefix = unique("sizes")
        let sizes = [0, 1, 100, 16_000, 17, 65_536, 3, 300_000, 1, 1 << 20, 0, 5]
        let values = sizes.map { Bytes(repeating: "x", count: $0) }
        let sets = values.enumerated().map { ["SET", "\(prefix)\($0.offset)", $0.element] as [Bytes] }
        #expect(try connection.pipeline(sets) == sizes.map { _ in .ok })
        let gets = sizes.indices.map { ["GET", "\(prefix)\($0)"] as [Bytes] }
        #expect(firstDifference(try connection.pipeline(gets), values.map { .bulk($0) }) == nil)
        let names = sizes.indices.map { Bytes("\(prefix)\($0)") }
        #expect(try connection.command(["UNLINK"] + names) == .integer(Int64(sizes.count)))
    }

    @Test func onePipelineForOneHundredThousandArguments() throws {
        let prefix = unique("many")
        let pairs = (0..<50_000).flatMap { ["\(prefix)\($0)", Bytes($0)] as [Bytes] }
        #expect(try connection.command(["MSET"] + pairs) == .ok)
        let names = stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] }
        let values = stride(from: 1, to: pairs.count, by: 2).map { Reply.bulk(pairs[$0]) }
        let read = try connection.command(["MGET"] + names)
        #expect(firstDifference(read.elements ?? [], values) == nil)
        #expect(try connection.command(["DEL"] + names) == 50_000)
    }

    @Test func clientReplySkipAndOffSilenceOnlyWhatTheySay() throws {
        for command in [
            ["CLIENT", "REPLY", "SKIP"], ["ECHO", "skipped"], ["ECHO", "first"],
            ["CLIENT", "REPLY", "OFF"], ["ECHO", "silent"], ["CLIENT", "REPLY", "ON"], ["ECHO", "last"],
        ] as [[Bytes]] { try connection.append(command) }
        #expect(try connection.nextReply() == "first")
        #expect(try connection.nextReply() == .ok)
        #expect(try connection.nextReply() == "last")
    }

    @Test func sessionCommandsPipelineLikeAnyOther() throws {
        let tokens = (0..<2000).map { _ in unique("token") }
        let created = try connection.pipeline(
            tokens.map { ["SESSCREATE", "ID", Bytes($0), "FIELDS", "1", "n", Bytes($0)] })
        #expect(firstDifference(created, tokens.map { .bulk(Bytes($0)) }) == nil)
        let read = try connection.pipeline(tokens.map { ["SESSGET", Bytes($0), "TOUCH", "FIELDS", "1", "n"] })
        #expect(firstDifference(read.map { $0["data"]?["n"] ?? .null }, tokens.map { .bulk(Bytes($0)) }) == nil)
        let revoked = try connection.pipeline(tokens.map { ["SESSREVOKE", Bytes($0)] })
        #expect(firstDifference(revoked, tokens.map { _ in 1 }) == nil)
    }
}
