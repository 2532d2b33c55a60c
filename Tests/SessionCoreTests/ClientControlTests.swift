import Testing

@testable import SessionCore

@Suite("Closing and pausing connections: dialogues as with redis-server 7.0.15")
struct ClientControlTests {
    // MARK: CLIENT KILL

    @Test func killErrors() {
        NodeDialogue().expect([
            ("CLIENT KILL", "-ERR wrong number of arguments for 'client|kill' command"),
            ("CLIENT KILL 1.1.1.1:1", "-ERR No such client"),
            ("CLIENT KILL ID", "-ERR No such client"),
            ("CLIENT KILL ID x", "-ERR client-id should be greater than 0"),
            ("CLIENT KILL ID 0", "-ERR client-id should be greater than 0"),
            ("CLIENT KILL ID +5", "-ERR client-id should be greater than 0"),
            ("CLIENT KILL ID 9999", ":0"),
            ("CLIENT KILL ID 1", ":0"),
            ("CLIENT KILL ID 1 SKIPME yes", ":0"),
            ("CLIENT KILL SKIPME x", "-ERR syntax error"),
            ("CLIENT KILL SKIPME YES FOO", "-ERR syntax error"),
            ("CLIENT KILL FOO x", "-ERR syntax error"),
            ("CLIENT KILL MAXAGE 1", "-ERR syntax error"),
            ("CLIENT KILL TYPE foo", "-ERR Unknown client type 'foo'"),
            ("CLIENT KILL TYPE master", ":0"),
            ("CLIENT KILL USER nobody", "-ERR No such user 'nobody'"),
            ("CLIENT KILL ADDR 1.1.1.1:2", ":0"),
            ("CLIENT KILL LADDR 1.1.1.1:2", ":0"),
        ])
    }

    @Test("who is killed", arguments: [
        (["10.0.0.2:1"], "+OK", [2]), (["ID", "3"], ":1", [2]), (["TYPE", "pubsub"], ":1", [3]),
        (["TYPE", "normal"], ":2", [1, 2]), (["ADDR", "10.0.0.1:1", "LADDR", "127.0.0.1:6379"], ":1", [1]),
        (["LADDR", "127.0.0.1:6379"], ":3", [1, 2, 3]), (["USER", "default"], ":3", [1, 2, 3]),
        (["ID", "2", "TYPE", "pubsub"], ":0", []), (["SKIPME", "yes"], ":3", [1, 2, 3]),
    ] as [([String], String, [UInt32])])
    func killing(_ filter: [String], _ reply: String, _ closed: [UInt32]) {
        let dialogue = NodeDialogue()
        for connection in 1...3 as ClosedRange<UInt32> { dialogue.connect(connection, from: "10.0.0.\(connection):1") }
        _ = dialogue.send("SUBSCRIBE", "x", on: 3)
        #expect(dialogue.send(["CLIENT", "KILL"] + filter) == reply + "\r\n")
        let subscribers = closed.contains(3) ? 0 : 1
        dialogue.expect("PUBSUB", "NUMSUB", "x", gives: "*2\r\n$1\r\nx\r\n:\(subscribers)\r\n")
        #expect(dialogue.effects() == closed.map { .close(ConnectionID(rawValue: $0)) })
        dialogue.expect("PING", gives: "+PONG\r\n")
    }

    @Test("killing oneself: answered, then closed; the rest of the pipeline is not executed", arguments: [
        ("CLIENT KILL 127.0.0.1:50000", "+OK\r\n"), ("CLIENT KILL ID 1 SKIPME no", ":1\r\n"),
        ("CLIENT KILL TYPE normal SKIPME no", ":1\r\n"), ("QUIT", "+OK\r\n"),
    ], [false, true])
    func killingOneself(_ exchange: (command: String, reply: String), dripFed: Bool) {
        let (command, reply) = exchange
        let dialogue = NodeDialogue()
        let pipeline = "PING\r\n\(command)\r\nPING\r\nSET a b\r\n*1\r\n$4\r\nPI"
        if dripFed {
            #expect(pipeline.map { dialogue.sendRaw(String($0)) }.joined() == "+PONG\r\n" + reply)
        } else {
            #expect(dialogue.sendRaw(pipeline) == "+PONG\r\n" + reply)
        }
        #expect(dialogue.effects() == [.close(ConnectionID(rawValue: 0))])
        dialogue.expect("GET", "a", on: 1, gives: "$-1\r\n")
    }

    @Test("killed by another in the midst of one's own requests")
    func killedWhileARequestIsIncomplete() {
        let dialogue = NodeDialogue()
        #expect(dialogue.sendRaw("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$100\r\nxxx", on: 1) == "")
        dialogue.expect("CLIENT", "KILL", "ID", "2", gives: ":1\r\n")
        // Bytes that were on their way when it was killed.
        #expect(dialogue.sendRaw(String(repeating: "x", count: 97) + "\r\nPING\r\n", on: 1) == "")
        #expect(dialogue.effects() == [.close(ConnectionID(rawValue: 1))])
        dialogue.expect("GET", "a", gives: "$-1\r\n")
        // The number is free for a new connection, which inherits nothing.
        #expect(dialogue.sendRaw("PING\r\n", on: 1) == "+PONG\r\n")
        dialogue.expect("CLIENT", "ID", on: 1, gives: ":3\r\n")
    }

    @Test func killedWhileItsRequestsWait() {
        let dialogue = NodeDialogue()
        dialogue.connect(1)
        dialogue.expect("CLIENT", "PAUSE", "100", "WRITE", gives: "+OK\r\n")
        dialogue.expect("SET", "a", "b", on: 1, gives: "")
        dialogue.expect("CLIENT", "KILL", "ID", "2", gives: ":1\r\n")
        _ = dialogue.effects()
        dialogue.connect(1)
        dialogue.advance(milliseconds: 200)
        dialogue.expect("GET", "a", gives: "$-1\r\n")
        dialogue.expect("PING", on: 1, gives: "+PONG\r\n")
    }

    @Test func killingASubscriberOfOnesOwnMessage() {
        let dialogue = NodeDialogue()
        for connection in 1...3 as ClosedRange<UInt32> { _ = dialogue.send("SUBSCRIBE", "x", on: connection) }
        #expect(dialogue.sendRaw("PUBLISH x 1\r\nCLIENT KILL ID 3\r\nPUBLISH x 2\r\n") == ":3\r\n:1\r\n:2\r\n")
        #expect(dialogue.read(on: 2) == "")
        #expect(dialogue.read(on: 3) == bulks("message", "x", "1") + bulks("message", "x", "2"))
    }

    // MARK: CLIENT PAUSE

    @Test func pauseErrors() {
        NodeDialogue().expect([
            ("CLIENT PAUSE", "-ERR wrong number of arguments for 'client|pause' command"),
            ("CLIENT PAUSE x", "-ERR timeout is not an integer or out of range"),
            ("CLIENT PAUSE 1.5", "-ERR timeout is not an integer or out of range"),
            ("CLIENT PAUSE -1", "-ERR timeout is negative"),
            ("CLIENT PAUSE 9223372036854775808", "-ERR timeout is not an integer or out of range"),
            ("CLIENT PAUSE 9223372036854775807 WRITE", "+OK"),
            ("CLIENT UNPAUSE", "+OK"),
            ("CLIENT PAUSE 10 x", "-ERR CLIENT PAUSE mode must be WRITE or ALL"),
            (
                "CLIENT pause 10 WRITE x",
                "-ERR unknown subcommand or wrong number of arguments for 'pause'. Try CLIENT HELP."
            ),
            ("CLIENT UNPAUSE x", "-ERR wrong number of arguments for 'client|unpause' command"),
            ("CLIENT PAUSE 0", "+OK"),
            ("PING", "+PONG"),
        ])
    }

    @Test func allRequestsWait() {
        let dialogue = NodeDialogue()
        #expect(dialogue.sendRaw("CLIENT PAUSE 100\r\nPING\r\nPING a\r\n") == "+OK\r\n")
        dialogue.expect("CLIENT", "UNPAUSE", on: 1, gives: "")
        dialogue.advance(milliseconds: 99)
        #expect(dialogue.read() == "")
        dialogue.advance(milliseconds: 1)
        #expect(dialogue.read() == "+PONG\r\n$1\r\na\r\n")
        #expect(dialogue.read(on: 1) == "+OK\r\n")
    }

    @Test("writes and PUBLISH wait, in order, until unpaused; the wider mode and the later end hold")
    func writesWait() {
        let dialogue = NodeDialogue()
        dialogue.expect("CLIENT", "PAUSE", "3000", "WRITE", gives: "+OK\r\n")
        dialogue.expect("CLIENT", "PAUSE", "10", "WRITE", gives: "+OK\r\n")
        dialogue.expect("GET", "a", gives: "$-1\r\n")
        #expect(dialogue.sendRaw("PUBLISH x y\r\nPING\r\n") == "")
        #expect(dialogue.sendRaw("SET a b\r\nGET a\r\n", on: 1) == "")
        dialogue.advance(milliseconds: 1000)
        #expect(dialogue.read() == "")
        dialogue.expect("CLIENT", "UNPAUSE", on: 2, gives: "+OK\r\n")
        dialogue.advance(milliseconds: 0)
        #expect(dialogue.read() == ":0\r\n+PONG\r\n")
        #expect(dialogue.read(on: 1) == "+OK\r\n$1\r\nb\r\n")
        _ = dialogue.sendRaw("CLIENT PAUSE 500 WRITE\r\nCLIENT PAUSE 10 ALL\r\n")
        dialogue.expect("GET", "a", gives: "")
        dialogue.advance(milliseconds: 400)
        #expect(dialogue.read() == "")
        dialogue.advance(milliseconds: 100)
        #expect(dialogue.read() == "$1\r\nb\r\n")
    }
}
