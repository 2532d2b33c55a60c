import Testing

@testable import SessionCore

@Suite("Commands about connections: dialogues as with redis-server 7.0.15")
struct ConnectionCommandTests {
    private static let wrongPassword = "-WRONGPASS invalid username-password pair or user is disabled."
    private static let badName = "-ERR Client names cannot contain spaces, newlines or special characters."
    private static let noAuthentication = "-NOAUTH Authentication required."
    private static let helloFirst =
        "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> "
        + "option can be used to authenticate the client and select the RESP protocol version at the same time"

    private static func hello(_ version: Int, id: Int = 1) -> String {
        (version == 3 ? "%7\r\n" : "*14\r\n") + bulk("server") + bulk("redis") + bulk("version") + bulk("7.0.15")
            + bulk("proto") + ":\(version)\r\n" + bulk("id") + ":\(id)\r\n" + bulk("mode") + bulk("standalone")
            + bulk("role") + bulk("master") + bulk("modules") + "*0"
    }

    private func protected() -> NodeDialogue {
        var configuration = Configuration()
        configuration.requirePass = "pw"
        return NodeDialogue(configuration)
    }

    @Test func echoAndSelect() {
        NodeDialogue().expect([
            ("ECHO hi", "$2\r\nhi"),
            ("ECHO", "-ERR wrong number of arguments for 'echo' command"),
            ("ECHO x y", "-ERR wrong number of arguments for 'echo' command"),
            ("SELECT x", "-ERR value is not an integer or out of range"),
            ("SELECT 01", "-ERR value is not an integer or out of range"),
            ("SELECT 16", "-ERR DB index is out of range"),
            ("SELECT -1", "-ERR DB index is out of range"),
            ("SELECT 99999999999", "-ERR value is out of range, value must between -2147483648 and 2147483647"),
            ("SELECT 9999999999999999999999", "-ERR value is not an integer or out of range"),
            ("SET a 0", "+OK"),
            ("SELECT 15", "+OK"),
            ("GET a", "$-1"),
            ("SELECT 0", "+OK"),
            ("GET a", "$1\r\n0"),
        ])
    }

    // MARK: Authentication

    @Test func authenticationWithoutAPasswordSet() {
        NodeDialogue().expect([
            ("AUTH", "-ERR wrong number of arguments for 'auth' command"),
            (
                "AUTH x",
                "-ERR AUTH <password> called without any password configured for the default user. Are you sure your "
                    + "configuration is correct?"
            ),
            ("AUTH default x", "+OK"),
            ("AUTH DEFAULT x", Self.wrongPassword),
            ("AUTH nobody x", Self.wrongPassword),
            ("AUTH a b c", "-ERR syntax error"),
        ])
    }

    @Test func nothingButAuthenticationBeforeThePassword() {
        protected().expect([
            ("PING", Self.noAuthentication),
            ("GET", "-ERR wrong number of arguments for 'get' command"),
            ("CLIENT ID", Self.noAuthentication),
            ("CLIENT FOO", "-ERR unknown subcommand 'FOO'. Try CLIENT HELP."),
            ("SUBSCRIBE x", Self.noAuthentication),
            ("HELLO", Self.helloFirst),
            ("HELLO 3", Self.helloFirst),
            ("HELLO 4", "-NOPROTO unsupported protocol version"),
            ("HELLO 3 AUTH default bad", Self.wrongPassword),
            ("HELLO 3 AUTH nobody pw", Self.wrongPassword),
            ("HELLO 3 AUTH default", "-ERR Syntax error in HELLO option 'AUTH'"),
            ("HELLO 3 SETNAME x", Self.helloFirst),
            ("RESET", "+RESET"),
            ("AUTH bad", Self.wrongPassword),
            ("AUTH pwx", Self.wrongPassword),
            ("AUTH \"\"", Self.wrongPassword),
            ("AUTH nobody pw", Self.wrongPassword),
            ("AUTH default pw", "+OK"),
            ("PING", "+PONG"),
            ("AUTH bad", Self.wrongPassword),
            ("PING", "+PONG"),
            ("RESET", "+RESET"),
            ("PING", Self.noAuthentication),
            ("AUTH pw", "+OK"),
            ("PING", "+PONG"),
        ])
        protected().expect([
            ("HELLO 3 SETNAME x AUTH default pw", Self.hello(3)),
            ("CLIENT GETNAME", "$1\r\nx"),
        ])
        protected().expect([("QUIT", "+OK")])
    }

    @Test("a password that changes leaves connections as they are; one that is lifted lets all in")
    func changedPasswords() {
        let dialogue = protected()
        dialogue.expect("AUTH", "pw", gives: "+OK\r\n")
        dialogue.connect(1)
        dialogue.expect("CONFIG", "SET", "requirepass", "other", gives: "+OK\r\n")
        dialogue.expect("PING", gives: "+PONG\r\n")
        dialogue.expect("AUTH", "pw", gives: Self.wrongPassword + "\r\n")
        dialogue.expect("PING", on: 1, gives: Self.noAuthentication + "\r\n")
        dialogue.expect("CONFIG", "SET", "requirepass", "", gives: "+OK\r\n")
        dialogue.expect("PING", on: 1, gives: "+PONG\r\n")
    }

    @Test func handshake() {
        NodeDialogue().expect([
            ("HELLO", Self.hello(2)),
            ("HELLO 1", "-NOPROTO unsupported protocol version"),
            ("HELLO 4", "-NOPROTO unsupported protocol version"),
            ("HELLO -3", "-NOPROTO unsupported protocol version"),
            ("HELLO x", "-ERR Protocol version is not an integer or out of range"),
            ("HELLO 03", "-ERR Protocol version is not an integer or out of range"),
            ("HELLO 99999999999999999999999", "-ERR Protocol version is not an integer or out of range"),
            ("HELLO 2 AUTH default x", Self.hello(2)),
            ("HELLO 2 AUTH u x", Self.wrongPassword),
            ("HELLO 2 SETNAME", "-ERR Syntax error in HELLO option 'SETNAME'"),
            ("HELLO 2 FOO", "-ERR Syntax error in HELLO option 'FOO'"),
            ("HELLO 2 aUtH x", "-ERR Syntax error in HELLO option 'aUtH'"),
            ("CLIENT GETNAME", "$-1"),
            ("HELLO 3 SETNAME ok SETNAME ok2", Self.hello(3)),
            ("GET missing", "_"),
            ("CLIENT GETNAME", "$3\r\nok2"),
            ("HELLO", Self.hello(3)),
            // Options take effect even if a later one fails; the protocol does not.
            ("HELLO 2 SETNAME z FOO", "-ERR Syntax error in HELLO option 'FOO'"),
            ("CLIENT GETNAME", "$1\r\nz"),
            ("GET missing", "_"),
            ("HELLO 2 SETNAME \"\"", Self.hello(2)),
            ("CLIENT GETNAME", "$-1"),
        ])
    }

    // MARK: CLIENT

    @Test func names() {
        let dialogue = NodeDialogue()
        dialogue.expect([
            ("CLIENT GETNAME", "$-1"),
            ("CLIENT SETNAME x", "+OK"),
            ("CLIENT GETNAME", "$1\r\nx"),
            ("CLIENT SETNAME é", Self.badName),
            ("CLIENT SETNAME \"\"", "+OK"),
            ("CLIENT GETNAME", "$-1"),
            ("CLIENT SETNAME", "-ERR wrong number of arguments for 'client|setname' command"),
            ("CLIENT", "-ERR wrong number of arguments for 'client' command"),
            ("CLIENT ID", ":1"),
            ("CLIENT ID x", "-ERR wrong number of arguments for 'client|id' command"),
            ("CLIENT SETINFO LIB-NAME hiredis", "+OK"),
            ("CLIENT SETINFO lib-ver 1.2.0", "+OK"),
            ("CLIENT SETINFO foo x", "-ERR Unrecognized option 'foo'"),
            ("CLIENT NO-EVICT x", "-ERR syntax error"),
            ("CLIENT NO-EVICT on", "+OK"),
            ("CLIENT REPLY foo", "-ERR syntax error"),
        ])
        dialogue.expect("CLIENT", "SETNAME", "a b", gives: Self.badName + "\r\n")
        dialogue.expect("CLIENT", "SETNAME", "a\n", gives: Self.badName + "\r\n")
        dialogue.expect(
            "CLIENT", "SETINFO", "lib-ver", "1 2",
            gives: "-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n")
        #expect(dialogue.send("CLIENT", "HELP").contains("+KILL "))
    }

    @Test func repliesOnOffAndSkipped() {
        let dialogue = NodeDialogue()
        func expect(_ exchanges: [(String, String)]) {
            for (command, reply) in exchanges { #expect(dialogue.sendRaw(command + "\r\n") == reply, "\(command)") }
        }
        expect([
            ("CLIENT REPLY SKIP", ""), ("CLIENT REPLY SKIP", ""), ("PING", ""), ("PING", "+PONG\r\n"),
            ("CLIENT REPLY SKIP", ""), ("CLIENT REPLY ON", "+OK\r\n"), ("PING", "+PONG\r\n"),
            ("CLIENT REPLY SKIP", ""), ("nosuch", ""), ("PING", "+PONG\r\n"),
            ("CLIENT REPLY SKIP", ""), ("CLIENT REPLY OFF", ""), ("PING", ""),
            ("CLIENT REPLY SKIP", ""), ("PING", ""), ("GET", ""), ("CLIENT REPLY ON", "+OK\r\n"),
            ("CLIENT REPLY OFF", ""), ("RESET", "+RESET\r\n"), ("PING", "+PONG\r\n"),
            ("CLIENT REPLY SKIP", ""), ("RESET", ""), ("PING", "+PONG\r\n"),
        ])
    }

    @Test func listing() throws {
        let dialogue = NodeDialogue()
        dialogue.connect(1, from: "10.0.0.1:7")
        dialogue.connect(2, from: "/run/cloakroom.sock:0")
        dialogue.skip(milliseconds: 3500)
        _ = dialogue.send("SUBSCRIBE", "a", "b", on: 1)
        _ = dialogue.send("HELLO", "3", "SETNAME", "me")
        _ = dialogue.send("SELECT", "3")
        _ = dialogue.send("CLIENT", "NO-EVICT", "on")
        _ = dialogue.send("CLIENT", "SETINFO", "LIB-NAME", "lib")
        let info = dialogue.send("CLIENT", "INFO")
        #expect(info.hasPrefix("="))
        let fields = fields(of: info.split(separator: "txt:")[1])
        #expect(fields.map(\.0) == [
            "id", "addr", "laddr", "fd", "name", "age", "idle", "flags", "db", "sub", "psub", "ssub", "multi", "watch",
            "qbuf", "qbuf-free", "argv-mem", "multi-mem", "rbs", "rbp", "obl", "oll", "omem", "tot-mem", "events",
            "cmd", "user", "redir", "resp", "lib-name", "lib-ver",
        ])
        let values = Dictionary(uniqueKeysWithValues: fields)
        let expected = [
            "id": "1", "addr": "127.0.0.1:50000", "laddr": "127.0.0.1:6379", "fd": "8", "name": "me", "age": "3",
            "idle": "0", "flags": "e", "db": "3", "sub": "0", "multi": "-1", "argv-mem": "10", "cmd": "client|info",
            "user": "default", "resp": "3", "lib-name": "lib", "lib-ver": "",
        ]
        for (name, value) in expected { #expect(values[name] == value, "\(name)") }
        let lines = dialogue.send("CLIENT", "LIST").split(separator: "\n").filter { $0.contains("id=") }
        try #require(lines.count == 3)
        #expect(lines[1].contains("id=2 addr=10.0.0.1:7 ") && lines[1].contains(" flags=P db=0 sub=2 psub=0 "))
        #expect(lines[1].contains(" cmd=subscribe user=default redir=-1 resp=2 "))
        #expect(lines[2].contains(" flags=U ") && lines[2].contains(" cmd=NULL ") && lines[2].contains(" idle=3 "))
    }

    private func fields(of line: some StringProtocol) -> [(String, String)] {
        line.split(whereSeparator: \.isWhitespace).filter { $0.contains("=") }.map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
    }

    @Test func listFilters() {
        let dialogue = NodeDialogue()
        dialogue.connect(1)
        _ = dialogue.send("SUBSCRIBE", "x", on: 2)
        func ids(_ words: String...) -> [String] {
            fields(of: dialogue.send(["CLIENT", "LIST"] + words)).filter { $0.0 == "id" }.map(\.1)
        }
        #expect(ids("TYPE", "normal") == ["1", "2"])
        #expect(ids("type", "PUBSUB") == ["3"])
        #expect(ids("ID", "3", "99", "1", "1") == ["3", "1", "1"])
        dialogue.expect([
            ("CLIENT LIST TYPE master", "$0\r\n"),
            ("CLIENT LIST TYPE replica", "$0\r\n"),
            ("CLIENT LIST TYPE slave", "$0\r\n"),
            ("CLIENT LIST ID 0", "$0\r\n"),
            ("CLIENT LIST TYPE", "-ERR syntax error"),
            ("CLIENT LIST TYPE foo", "-ERR Unknown client type 'foo'"),
            ("CLIENT LIST TYPE normal x", "-ERR syntax error"),
            ("CLIENT LIST ID", "-ERR syntax error"),
            ("CLIENT LIST ID 1 x", "-ERR Invalid client ID"),
            ("CLIENT LIST FOO", "-ERR syntax error"),
            ("CLIENT LIST FOO x", "-ERR syntax error"),
        ])
    }

    // MARK: RESET

    @Test("RESET forgets everything but the id and NO-EVICT")
    func reset() {
        let dialogue = NodeDialogue()
        _ = dialogue.send("HELLO", "3", "SETNAME", "me")
        _ = dialogue.send("SELECT", "2")
        _ = dialogue.send("CLIENT", "NO-EVICT", "on")
        _ = dialogue.send("SUBSCRIBE", "x")
        _ = dialogue.send("PSUBSCRIBE", "x")
        dialogue.expect("RESET", gives: "+RESET\r\n")
        let info = dialogue.send("CLIENT", "INFO")
        #expect(info.hasPrefix("$") && info.contains("id=1 ") && info.contains(" name= ") && info.contains(" resp=2 "))
        #expect(info.contains(" flags=e db=0 sub=0 psub=0 "))
        dialogue.expect("RESET", "x", gives: "-ERR wrong number of arguments for 'reset' command\r\n")
    }
}
