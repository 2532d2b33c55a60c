import Testing

@testable import SessionCore

/// Redis advisory CVE-2026-27623: an empty request made the parser forget its state before authentication, and the next
/// request ended the server.
@Suite("CVE-2026-27623: empty requests before authentication")
struct CVE_2026_27623Tests {
    private static let refused = "-NOAUTH Authentication required.\r\n"

    /// What a stranger sends, and what is answered.
    private static let conversations: [(sent: String, answer: String)] = [
        ("*0\r\nPING\r\n", refused),
        ("*-1\r\nPING\r\n", refused),
        ("*-2147483648\r\nPING\r\n", refused),
        ("*0\r\n*0\r\n*1\r\n$4\r\nPING\r\n", refused),
        ("\r\n*0\r\n\r\n\r\n*1\r\n$4\r\nPING\r\n*0\r\n", refused),
        ("*0\r\n*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n*0\r\nPING\r\n", "+OK\r\n+PONG\r\n"),
        ("*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n*0\r\n*0\r\n*1\r\n$4\r\nPING\r\n", "+OK\r\n+PONG\r\n"),
        ("*1\r\n$0\r\n\r\n*0\r\nPING\r\n", "-ERR unknown command '', with args beginning with: \r\n" + refused),
        ("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*0\r\nPING\r\n", hello + refused),
    ]

    private static let hello = """
        -NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> \
        option can be used to authenticate the client and select the RESP protocol version at the same time\r

        """

    @Test(arguments: conversations.indices)
    func theNextRequestIsAnswered(_ index: Int) {
        let (sent, answer) = Self.conversations[index]
        let bytes = Array(sent.utf8)
        for cut in 0...bytes.count {
            let dialogue = secured()
            let first = dialogue.sendRaw(String(decoding: bytes[..<cut], as: UTF8.self))
            let second = dialogue.sendRaw(String(decoding: bytes[cut...], as: UTF8.self))
            #expect(first + second == answer, "cut at \(cut)")
        }
        let dialogue = secured()
        #expect(bytes.map { dialogue.sendRaw(String(UnicodeScalar($0))) }.joined() == answer, "byte by byte")
    }

    private func secured() -> NodeDialogue {
        var configuration = Configuration()
        configuration.requirePass = "pw"
        return NodeDialogue(configuration)
    }
}

/// Redis advisory CVE-2025-21605: replies to strangers, error messages above all, piled up without bound for a peer
/// that did not read them.
@Suite("CVE-2025-21605: output before authentication")
struct CVE_2025_21605Tests {
    /// Requests that are answered at once, with as long a reply as a stranger can get.
    @Test(arguments: [
        "PING\r\n", "*1\r\n$0\r\n\r\n", "HELLO 3\r\n", "RESET\r\n", "MULTI\r\n", "EXEC\r\n", "COMMAND DOCS\r\n",
        "\(String(repeating: "x", count: 500)) y\r\n", "GET\r\n", "AUTH\r\n", "CONFIG GET *\r\n", "INFO everything\r\n",
    ])
    func isBounded(_ request: String) {
        for mayPing in [false, true] {
            var configuration = Configuration()
            configuration.requirePass = "pw"
            configuration.healthPingWithoutAuth = mayPing
            let dialogue = NodeDialogue(configuration)
            dialogue.stall(0)
            for _ in 0..<20 { _ = dialogue.sendRaw(String(repeating: request, count: 1000)) }
            let unsent = dialogue.inspect { $0.connections[0].reply.buffer.count }
            #expect(unsent > Limits.unauthenticatedOutput / 2, "the flood is answered")
            #expect(unsent < Limits.unauthenticatedOutput + 1024)
            #expect(!dialogue.takesInput(on: 0))
        }
    }

    /// A failed login is answered late; those that follow it on the connection wait.
    @Test func failedLoginsDoNotPileUp() {
        var configuration = Configuration()
        configuration.requirePass = "pw"
        let dialogue = NodeDialogue(configuration)
        dialogue.isPatient = false
        _ = dialogue.sendRaw(String(repeating: "AUTH wrong\r\n", count: 20_000))
        #expect(dialogue.inspect { $0.connections[0].reply.buffer.count } < 1024)
        #expect(dialogue.inspect { $0.observation.statistics.errorReplies } < 10)
    }
}
