import TestSupport
import Testing

/// The newer protocol (`HELLO 3`): through hiredis where it reads RESP3 (1.0 and later), and through the tests' own
/// parser.
@Suite struct RESP3Tests {
    /// Who reads the replies.
    enum Reader: CaseIterable, Sendable {
        case parser
        case hiredis

        static var available: [Reader] { HiredisConnection.readsRESP3 ? [.parser, .hiredis] : [.parser] }
    }

    /// A connection of either kind.
    private struct Connection {
        let send: ([Bytes]) throws -> Void
        let reply: () throws -> Reply

        init(_ reader: Reader, _ address: Address) throws {
            switch reader {
            case .parser:
                let raw = try RawConnection(address)
                send = { try raw.send(encoded($0)) }
                reply = { try raw.reply() }
            case .hiredis:
                let connection = try HiredisConnection(address)
                send = {
                    try connection.append($0)
                    try connection.flush()
                }
                reply = { try connection.nextReply() }
            }
        }

        func command(_ command: Bytes...) throws -> Reply {
            try send(command)
            return try reply()
        }
    }

    private func switched(_ reader: Reader) throws -> Connection {
        let connection = try Connection(reader, SharedServer.address())
        let hello = try connection.command("HELLO", "3")
        guard case .map = hello else { throw HarnessError("HELLO 3: \(hello)") }
        return connection
    }

    @Test(arguments: Reader.available) func helloIsAMap(reader: Reader) throws {
        let connection = try Connection(reader, SharedServer.address())
        let hello = try connection.command("HELLO", "3")
        guard case .map(let elements) = hello else { throw HarnessError("\(hello)") }
        let keys = stride(from: 0, to: elements.count, by: 2).map { elements[$0].text }
        #expect(keys == ["server", "version", "proto", "id", "mode", "role", "modules"])
        #expect(hello["proto"] == 3 && hello["mode"] == "standalone" && hello["role"] == "master")
        #expect(hello["modules"] == .emptyArray)
        #expect(try hello["id"] == connection.command("CLIENT", "ID"))
        #expect(try connection.command("HELLO")["proto"] == 3, "asking does not change it")
    }

    @Test(arguments: Reader.available) func nullsAndMaps(reader: Reader) throws {
        let connection = try switched(reader)
        let key = Bytes(unique("resp3"))
        #expect(try connection.command("GET", key) == .null)
        #expect(try connection.command("HGETALL", key) == .map([]))
        #expect(try connection.command("HSET", key, "f", "v") == 1)
        #expect(try connection.command("HGETALL", key) == .map(["f", "v"]))
        #expect(try connection.command("HMGET", key, "f", "g") == ["v", .null])
        #expect(try connection.command("HRANDFIELD", key, "1", "WITHVALUES") == [["f", "v"]])
        guard case .map = try connection.command("CONFIG", "GET", "maxclients") else {
            Issue.record("CONFIG GET is a map")
            return
        }
        guard case .verbatim(format: "txt", _) = try connection.command("CLIENT", "LIST") else {
            Issue.record("CLIENT LIST is a verbatim string")
            return
        }
        guard case .verbatim(format: "txt", let info) = try connection.command("INFO", "server") else {
            Issue.record("INFO is a verbatim string")
            return
        }
        #expect(info.text.hasPrefix("# Server\r\n"))
    }

    /// On the wire the null is `_`, never RESP2's nil bulk or nil array.
    @Test func nullOnTheWire() throws {
        let connection = try RawConnection(SharedServer.address())
        _ = try connection.command("HELLO", "3")
        let key = unique("null")
        try connection.send("GET \(key)\r\nSESSGET \(key)\r\nHRANDFIELD \(key)\r\n")
        #expect(try connection.bytes(9) == "_\r\n_\r\n_\r\n")
    }

    @Test(arguments: Reader.available) func sessionsAreMaps(reader: Reader) throws {
        let connection = try switched(reader)
        let user = Bytes(unique("user"))
        let token = try #require(try connection.command("SESSCREATE", "USER", user, "FIELDS", "1", "cart", "3").bytes)
        let session = try connection.command("SESSGET", token)
        guard case .map = session, case .map(let data)? = session["data"] else { throw HarnessError("\(session)") }
        #expect(data == ["cart", "3"])
        #expect(session["device"] == .null)
        #expect(
            try connection.command("SESSGET", token, "FIELDS", "2", "x", "cart")["data"]
                == .map(["x", .null, "cart", "3"]))
        #expect(try connection.command("SESSGET", Bytes(unique("unknown"))) == .null)
        let list = try connection.command("SESSLIST", user)
        guard case .map? = list[1]?[0] else { throw HarnessError("\(list)") }
        #expect(list[0] == "0")
        let anonymous = try #require(try connection.command("SESSCREATE").bytes)
        #expect(try connection.command("SESSGET", anonymous)["data"] == .map([]))
    }

    @Test(arguments: Reader.available) func messagesArePushes(reader: Reader) throws {
        let connection = try switched(reader)
        let publisher = try HiredisConnection(SharedServer.address())
        let (channel, pattern) = (Bytes(unique("channel")), Bytes(unique("pattern") + "*"))
        #expect(try connection.command("SUBSCRIBE", channel) == .push(["subscribe", .bulk(channel), 1]))
        #expect(try connection.command("PSUBSCRIBE", pattern) == .push(["psubscribe", .bulk(pattern), 2]))
        #expect(try publisher.command("PUBLISH", channel, "m") == 1)
        #expect(try connection.reply() == .push(["message", .bulk(channel), "m"]))
        // With RESP3 a subscriber may send any command: pushes tell themselves from replies.
        let key = Bytes(unique("key"))
        #expect(try connection.command("SET", key, "v") == .ok)
        #expect(try connection.command("GET", key) == "v")
        #expect(try connection.command("PING") == .status("PONG"))
        #expect(try connection.command("UNSUBSCRIBE", channel) == .push(["unsubscribe", .bulk(channel), 1]))
        #expect(try connection.command("PUNSUBSCRIBE") == .push(["punsubscribe", .bulk(pattern), 0]))
        #expect(try connection.command("UNSUBSCRIBE") == .push(["unsubscribe", .null, 0]))
    }

    @Test(arguments: Reader.available) func aPublisherHearsItself(reader: Reader) throws {
        let connection = try switched(reader)
        let channel = Bytes(unique("self"))
        _ = try connection.command("SUBSCRIBE", channel)
        try connection.send(["PUBLISH", channel, "m"])
        let replies = [try connection.reply(), try connection.reply()]
        #expect(replies.contains(1) && replies.contains(.push(["message", .bulk(channel), "m"])), "\(replies)")
    }

    @Test func eventsArePushes() throws {
        let connection = try RawConnection(SharedServer.address())
        _ = try connection.command("HELLO", "3")
        let user = Bytes(unique("user"))
        let channel = Bytes(Array("__sessionuser__:".utf8) + user.bytes)
        _ = try connection.command("SUBSCRIBE", channel)
        try connection.send(encoded(["SESSCREATE", "USER", user]))
        let replies = [try connection.reply(), try connection.reply()]
        let push = replies.first { if case .push = $0 { true } else { false } }
        #expect(push?[0] == "message" && push?[1] == .bulk(channel))
        #expect(push?[2]?.text?.contains("\"created\"") == true)
    }

    @Test(arguments: ["HELLO 1", "HELLO 4", "HELLO -1", "HELLO 99999999999"])
    func unsupportedVersions(line: String) throws {
        let connection = try HiredisConnection(SharedServer.address())
        #expect(try connection.line(line) == .error("NOPROTO unsupported protocol version"))
        #expect(try connection.line("PING") == .status("PONG"))
    }

    @Test(arguments: [
        ("HELLO x", "ERR Protocol version is not an integer or out of range"),
        ("HELLO 3 NOSUCH", "ERR Syntax error in HELLO option 'NOSUCH'"),
        ("HELLO 3 AUTH default", "ERR Syntax error in HELLO option 'AUTH'"),
        ("HELLO 2 SETNAME", "ERR Syntax error in HELLO option 'SETNAME'"),
        ("HELLO 3 SETNAME \"a b\"", "ERR Client names cannot contain spaces, newlines or special characters."),
    ])
    func badOptions(line: String, text: String) throws {
        let connection = try HiredisConnection(SharedServer.address())
        #expect(try connection.line(line) == .error(Bytes(text)))
        #expect(try connection.line("HGETALL nosuchkey") == .emptyArray, "still RESP2")
    }

    @Test func backToRESP2() throws {
        let connection = try RawConnection(SharedServer.address())
        _ = try connection.command("HELLO", "3")
        guard case .array = try connection.command("HELLO", "2") else {
            Issue.record("the reply is in the new version's form")
            return
        }
        #expect(try connection.command("HGETALL", "nosuchkey") == .emptyArray)
        _ = try connection.command("HELLO", "3")
        #expect(try connection.command("RESET") == .status("RESET"))
        #expect(try connection.command("HGETALL", "nosuchkey") == .emptyArray, "RESET returns to RESP2")
    }
}
