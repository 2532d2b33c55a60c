import Testing

@testable import SessionCore

/// What a peer sends, what it is answered, and whether the connection is then closed.
struct WireExample: Sendable, CustomTestStringConvertible {
    var sent: [UInt8]
    var received: [UInt8]
    var closes: Bool

    init(_ sent: String, _ received: String, closes: Bool = false) {
        (self.sent, self.received, self.closes) = (Array(sent.utf8), Array(received.utf8), closes)
    }

    /// A violation of the protocol, the last thing on the connection.
    init(_ sent: String, after replies: String = "", error: String) {
        self.init(sent, replies + "-ERR Protocol error: \(error)\r\n", closes: true)
    }

    var testDescription: String { String(reflecting: String(decoding: sent.prefix(60), as: UTF8.self)) }
}

/// Every example was sent to redis-server 7.0.15 too, and was answered likewise.
@Suite("Requests on the wire")
struct RequestParserTests {
    static let pong = "+PONG\r\n"
    static let wrongArity = "-ERR wrong number of arguments for 'get' command\r\n"

    static func unknown(_ name: String) -> String {
        "-ERR unknown command '\(name)', with args beginning with: \r\n"
    }

    static let wellFormed = [
        WireExample("*1\r\n$4\r\nPING\r\n", pong),
        WireExample("*2\r\n$4\r\nPING\r\n$2\r\nhi\r\n", "$2\r\nhi\r\n"),
        WireExample("*2\r\n$4\r\nECHO\r\n$0\r\n\r\nPING\r\n", "$0\r\n\r\n" + pong),
        WireExample("*2\r\n$4\r\nECHO\r\n$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n"),
        WireExample("*2\r\n$4\r\necho\r\n$12\r\nabcdefghijkl\r\n", "$12\r\nabcdefghijkl\r\n"),
        WireExample("*0\r\nPING\r\n", pong),
        WireExample("*-1\r\nPING\r\n", pong),
        WireExample("*-5\r\n*0\r\n\r\n*1\r\n$4\r\nPING\r\n", pong),
        // The byte after a header's CR and the two after a bulk are not looked at.
        WireExample("*1\rX$4\rXPING\r\n", pong),
        WireExample("*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n", pong + pong),
        WireExample("*1\r\n$0\r\n\r\n", unknown("")),
        WireExample("*1\r\n$4\r\nPI\r\n\r\nPING\r\n", unknown("PI  ") + pong),
        WireExample("*1\r\n$17\r\nabcdefghijklmnopq\r\n", unknown("abcdefghijklmnopq")),
        WireExample(
            "*2\r\n$6\r\nCLIENT\r\n$1\r\nx\r\nPING\r\n", "-ERR unknown subcommand 'x'. Try CLIENT HELP.\r\n" + pong),
        // Errors in the middle of a pipeline concern their request only.
        WireExample(
            "*1\r\n$3\r\nGET\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\nGET\r\nNOSUCH\r\n*2\r\n$3\r\nGET\r\n$1\r\n"
                + "k\r\nPING\r\n",
            wrongArity + "+OK\r\n" + wrongArity + unknown("NOSUCH") + "$1\r\nv\r\n" + pong),
        // Incomplete: waits.
        WireExample("*1048576\r\n", ""),
        WireExample("*1\n$4\nPING\n", ""),
        WireExample("*2\r\n$4\r\nPING\r\n$1\r\n", ""),
        WireExample("PING\r", ""),
        WireExample("ECHO \"a\\", ""),
        WireExample(String(repeating: "x", count: 65_536), ""),
        WireExample("QUIT\r\nPING\r\n", "+OK\r\n", closes: true),
        WireExample("*1\r\n$4\r\nQUIT\r\n*x\r\n", "+OK\r\n", closes: true),
    ]

    private static let longest = String(repeating: "y", count: 65_530)

    static let inline = [
        WireExample("PING\r\n", pong),
        WireExample("PING\n", pong),
        WireExample("ping hello\r\n", "$5\r\nhello\r\n"),
        WireExample("\r\nPING\r\n\n\n  PING  \n", pong + pong),
        WireExample("PING\r\r\n", pong),
        WireExample("PING\r\nPING a\n*1\r\n$4\r\nPING\r\n", pong + "$1\r\na\r\n" + pong),
        WireExample("ECHO \"a b\"\r\n", "$3\r\na b\r\n"),
        WireExample(#"ECHO "a\x41\n\r\t\b\a\\\"\q""# + "\r\n", "$10\r\naA\n\r\t\u{8}\u{7}\\\"q\r\n"),
        WireExample(#"ECHO 'a b\'c\n'"# + "\r\n", "$7\r\na b'c\\n\r\n"),
        WireExample(#"ECHO a\x41"# + "\r\n", "$5\r\na\\x41\r\n"),
        WireExample(#"ECHO "\x4""# + "\r\n", "$2\r\nx4\r\n"),
        WireExample(#"ECHO "\xzz""# + "\r\n", "$3\r\nxzz\r\n"),
        WireExample("ECHO a\"b c\"\r\n", "$4\r\nab c\r\n"),
        WireExample("ECHO \"\"\r\n", "$0\r\n\r\n"),
        WireExample("ECHO ''\r\n", "$0\r\n\r\n"),
        WireExample("\"\"\r\nPING\r\n", unknown("") + pong),
        WireExample("ECHO\ta\r\n", "$1\r\na\r\n"),
        WireExample("ECHO \u{B}\u{C}a\r\n", "$1\r\na\r\n"),
        WireExample("ECHO a\rb\r\n", "-ERR wrong number of arguments for 'echo' command\r\n"),
        WireExample("ECHO \"a\"\r\r\n", "$1\r\na\r\n"),
        WireExample("+OK\r\n$4\r\n:1\r\nPING\r\n", unknown("+OK") + unknown("$4") + unknown(":1") + pong),
        WireExample("GET\r\nPING\r\n", wrongArity + pong),
        WireExample("PING \(longest)\r\n", "$65530\r\n\(longest)\r\n"),
    ]

    static let violations = [
        WireExample("*\r\nPING\r\n", error: "invalid multibulk length"),
        WireExample("*x\r\n", error: "invalid multibulk length"),
        WireExample("* 1\r\n$4\r\nPING\r\n", error: "invalid multibulk length"),
        WireExample("*01\r\n$4\r\nPING\r\n", error: "invalid multibulk length"),
        WireExample("*+1\r\n$4\r\nPING\r\n", error: "invalid multibulk length"),
        WireExample("*1\n$4\r\nPING\r\n", error: "invalid multibulk length"),
        WireExample("*2147483648\r\n", error: "invalid multibulk length"),
        WireExample("*9223372036854775808\r\n", error: "invalid multibulk length"),
        WireExample("*-99999999999999999999999\r\n", error: "invalid multibulk length"),
        WireExample("*1\r\n4\r\nPING\r\n", error: "expected '$', got '4'"),
        WireExample("*1\r\nPING\r\n", error: "expected '$', got 'P'"),
        WireExample("*1\r\n\r\n", error: "expected '$', got ' '"),
        WireExample("*1\r\n\n\r\n", error: "expected '$', got ' '"),
        WireExample("*1\r\n$\r\n", error: "invalid bulk length"),
        WireExample("*1\r\n$-1\r\n", error: "invalid bulk length"),
        WireExample("*1\r\n$x\r\n", error: "invalid bulk length"),
        WireExample("*1\r\n$04\r\nPING\r\n", error: "invalid bulk length"),
        WireExample("*1\r\n$536870913\r\n", error: "invalid bulk length"),
        WireExample("*1\r\n$9223372036854775808\r\n", error: "invalid bulk length"),
        WireExample(
            "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$1\r\na\r\n*x\r\nPING\r\n", after: pong + "$1\r\na\r\n",
            error: "invalid multibulk length"),
        WireExample(
            "*2\r\n$4\r\nPING\r\n\r\n$1\r\nk\r\nPING\r\n", error: "expected '$', got ' '"),
        WireExample("ECHO \"a\r\n", error: "unbalanced quotes in request"),
        WireExample("ECHO 'a\r\n", error: "unbalanced quotes in request"),
        WireExample("ECHO \"a\"b\r\n", error: "unbalanced quotes in request"),
        WireExample("ECHO 'a'b\r\n", error: "unbalanced quotes in request"),
        WireExample("ECHO \"a\\\"\r\n", error: "unbalanced quotes in request"),
        WireExample("PING\r\n\"x\r\nPING\r\n", after: pong, error: "unbalanced quotes in request"),
        WireExample(String(repeating: "x", count: 65_537), error: "too big inline request"),
        WireExample("*" + String(repeating: "1", count: 65_536), error: "too big mbulk count string"),
        WireExample("*1\r\n$" + String(repeating: "1", count: 65_536), error: "too big bulk count string"),
        WireExample("*1\r\n" + String(repeating: "1", count: 65_537), error: "too big bulk count string"),
    ]

    /// Web browsers that a page has made to speak to us are cut off before commands can follow their first line.
    static let crossProtocol = [
        WireExample("POST / HTTP/1.1\r\nHost: x\r\n\r\nPING\r\n", "", closes: true),
        WireExample("Host: x\r\nPING\r\n", "", closes: true),
        WireExample("*2\r\n$4\r\npost\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n", "", closes: true),
    ]

    static let all = wellFormed + inline + violations + crossProtocol

    /// Sends `chunks` one after the other.
    /// - Returns: all that came back, and whether the connection is to be closed.
    private func exchange(_ chunks: [ArraySlice<UInt8>], _ configuration: Configuration) -> ([UInt8], closes: Bool) {
        var now = Timestamp(unixMicroseconds: 1_000_000, monotonicMicroseconds: 1_000_000)
        var node = Node(configuration: configuration, seeds: NodeSeeds(derivedFrom: 1), now: now)
        let id = ConnectionID(rawValue: 0)
        let peer = Peer(address: "127.0.0.1:5", localAddress: "127.0.0.1:6", isLocal: true, fileDescriptor: 3)
        node.connected(id, from: peer, now: now)
        var received: [UInt8] = []
        for chunk in chunks {
            node.receive(chunk.span.bytes, from: id, now: now)
            // The answer to a failed login comes late.
            now.monotonicMicroseconds += Limits.loginDelayMaximum
            _ = node.advance(to: now)
            while let writable = node.nextWritable() {
                let output = node.output(of: writable).array
                received += output
                node.sent(output.count, of: writable, now: now)
            }
        }
        var closes = false
        while let effect = node.nextEffect() { if effect == .close(id) { closes = true } }
        return (received, closes)
    }

    private func check(
        _ example: WireExample, in chunks: [ArraySlice<UInt8>], _ configuration: Configuration = Configuration()
    ) {
        let (received, closes) = exchange(chunks, configuration)
        let text = String(decoding: received.prefix(200), as: UTF8.self)
        #expect(received == example.received, "\(String(reflecting: text))")
        #expect(closes == example.closes)
    }

    @Test(arguments: all)
    func whole(_ example: WireExample) { check(example, in: [example.sent[...]]) }

    @Test("one byte at a time", arguments: all)
    func dripFed(_ example: WireExample) {
        check(example, in: example.sent.indices.map { example.sent[$0...$0] })
    }

    @Test("in two parts, at every boundary", arguments: all)
    func split(_ example: WireExample) {
        // Long examples are one byte repeated: boundaries further in are all alike.
        let edges = example.sent.indices.filter { $0 > 0 && ($0 < 100 || $0 > example.sent.count - 5) }
        for edge in edges { check(example, in: [example.sent[..<edge], example.sent[edge...]]) }
    }

    @Test(
        "in three parts, around every pair of boundaries",
        arguments: (wellFormed + violations).filter { $0.sent.count < 60 })
    func splitTwice(_ example: WireExample) {
        for first in 1..<max(example.sent.count, 1) {
            for second in first..<example.sent.count {
                check(example, in: [example.sent[..<first], example.sent[first..<second], example.sent[second...]])
            }
        }
    }

    // MARK: Before authentication

    static let unauthenticated = [
        WireExample("*10\r\n", ""),
        WireExample("*11\r\n", error: "unauthenticated multibulk length"),
        WireExample("*1\r\n$16384\r\n", ""),
        WireExample("*1\r\n$16385\r\n", error: "unauthenticated bulk length"),
        WireExample("*0\r\nPING\r\n", "-NOAUTH Authentication required.\r\n"),
        WireExample("PING a b c d e f g h i j k l m\r\n", "-NOAUTH Authentication required.\r\n"),
        WireExample("*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n*11\r\n", "+OK\r\n"),
        WireExample(
            "AUTH pw\r\n*2\r\n$4\r\nPING\r\n$16385\r\n" + String(repeating: "a", count: 16_385) + "\r\n",
            "+OK\r\n$16385\r\n" + String(repeating: "a", count: 16_385) + "\r\n"),
        WireExample("AUTH no\r\n*11\r\n", after: "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
            error: "unauthenticated multibulk length"),
        WireExample("*x\r\n", error: "invalid multibulk length"),
        WireExample("POST /\r\n", "", closes: true),
        WireExample("QUIT\r\n", "+OK\r\n", closes: true),
    ]

    @Test(arguments: unauthenticated)
    func beforeAuthentication(_ example: WireExample) {
        var configuration = Configuration()
        configuration.requirePass = "pw"
        check(example, in: [example.sent[...]], configuration)
        check(example, in: example.sent.indices.map { example.sent[$0...$0] }, configuration)
    }

    /// CVE-2025-21605: errors queued for a peer that neither authenticates nor reads.
    @Test func unauthenticatedPeersThatDoNotReadCannotGrowTheirOutput() {
        var configuration = Configuration()
        configuration.requirePass = "pw"
        let dialogue = NodeDialogue(configuration)
        dialogue.stall(0)
        let flood = String(repeating: "PING\r\n", count: 50_000)
        _ = dialogue.sendRaw(flood)
        #expect(dialogue.inspect { $0.connections[0].reply.buffer.count } < Limits.unauthenticatedOutput + 1024)
        #expect(!dialogue.inspect { $0.wantsInput(ConnectionID(rawValue: 0)) })
    }

    // MARK: Limits

    @Test func protoMaxBulkLengthApplies() {
        var configuration = Configuration()
        configuration.protoMaxBulkLength = 100
        let longest = WireExample("*2\r\n$4\r\nPING\r\n$100\r\n", "")
        check(longest, in: [longest.sent[...]], configuration)
        let tooLong = WireExample("*2\r\n$4\r\nPING\r\n$101\r\n", error: "invalid bulk length")
        check(tooLong, in: [tooLong.sent[...]], configuration)
    }

    @Test func moreArgumentsThanAllowed() {
        let example = WireExample("*\(Limits.arguments + 1)\r\n", error: "invalid multibulk length")
        check(example, in: [example.sent[...]])
    }

    @Test func aQueryBufferThatGrowsTooLargeClosesTheConnection() {
        var configuration = Configuration()
        configuration.clientQueryBufferLimit = 1000
        let dialogue = NodeDialogue(configuration)
        #expect(dialogue.sendRaw("*2\r\n$4\r\nPING\r\n$100000\r\n") == "")
        #expect(dialogue.sendRaw(String(repeating: "x", count: 900)) == "")
        #expect(!dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
        #expect(dialogue.sendRaw(String(repeating: "x", count: 200)) == "")
        #expect(dialogue.effects().contains(.close(ConnectionID(rawValue: 0))))
    }

    /// Each packet costs what is new in it, not what came before: minutes if the arguments were copied each time.
    @Test(.timeLimit(.minutes(1)))
    func aRequestOfManyArgumentsInManyPackets() {
        let dialogue = NodeDialogue()
        let count = 300_000
        var answer = dialogue.sendRaw("*\(count + 1)\r\n$6\r\nNOSUCH\r\n")
        let packet = String(repeating: "$1\r\nx\r\n", count: 10)
        for _ in 0..<(count / 10) { answer += dialogue.sendRaw(packet) }
        #expect(answer == RequestParserTests.unknown("NOSUCH"))
    }

    @Test("random pipelines in random packets are answered as when sent at once", arguments: 1...20 as ClosedRange)
    func randomPackets(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var sent: [UInt8] = []
        var expected: [UInt8] = []
        for _ in 0..<200 {
            // Not the ones that end the connection, or wait for more.
            let example = RequestParserTests.wellFormed[random.below(15)]
            sent += example.sent
            expected += example.received
        }
        var example = WireExample("", "")
        (example.sent, example.received) = (sent, expected)
        var chunks: [ArraySlice<UInt8>] = []
        var position = 0
        while position < sent.count {
            let end = min(sent.count, position + 1 + random.below(random.below(4) == 0 ? 500 : 10))
            chunks.append(sent[position..<end])
            position = end
        }
        check(example, in: [sent[...]])
        check(example, in: chunks)
    }

    @Test("garbage is answered alike however it is cut, and never stops the node", arguments: 1...8 as ClosedRange)
    func garbage(seed: UInt64) {
        let pieces = [
            "*", "$", "1", "2", "4", "0", "-", "\r", "\n", "\r\n", "\r\n", "\r\n", "*1\r\n", "*2\r\n", "$4\r\n", "PING",
            "ECHO", "\"", "'", "\\", "\\x4", " ", "x", "\0", "+", ":", "999999999999", "QUIT",
        ].map { Array($0.utf8) }
        var random = SplitMix64(seed: seed)
        for _ in 0..<150 {
            let sent = (0..<(1 + random.below(25))).flatMap { _ in pieces[random.below(pieces.count)] }
            let whole = exchange([sent[...]], Configuration())
            let dripped = exchange(sent.indices.map { sent[$0...$0] }, Configuration())
            #expect(whole == dripped, "\(String(reflecting: String(decoding: sent, as: UTF8.self)))")
        }
    }
}
