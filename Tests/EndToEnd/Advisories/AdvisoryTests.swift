import TestSupport
import Testing

/// What peers have sent to bring other servers down, or to get at what is not theirs, is answered as redis-server 7.0
/// answers it, to the byte. Each test names the published advisory, or the class of weakness where there is none.
@Suite struct AdvisoryTests {
    private let addresses: [Address]

    init() throws { addresses = try [SharedServer.address(.redis), SharedServer.address()] }

    /// Everything that comes in answer to all requests, until the server has closed the connection.
    private func answer(_ address: Address, _ requests: [[Bytes]]) throws -> Bytes {
        try answer(address, raw: requests.flatMap { encoded($0) })
    }

    private func answer(_ address: Address, raw bytes: [UInt8]) throws -> Bytes {
        let connection = try RawConnection(address)
        do { try connection.send(bytes) } catch let error as SystemError where error.operation == "send" {}
        connection.finishSending()
        return try connection.bytesUntilClosed()
    }

    private func compare(_ requests: [Bytes]..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (redis, cloakroom) = (try answer(addresses[0], requests), try answer(addresses[1], requests))
        #expect(cloakroom == redis, "\(requests)", sourceLocation: sourceLocation)
        #expect(redis.count > 0, sourceLocation: sourceLocation)
    }

    @Test("CVE-2026-27623: an empty request, then another, before authentication", arguments: [
        "*0\r\nPING\r\n", "*-1\r\nPING\r\n", "*0\r\n*0\r\n*1\r\n$4\r\nPING\r\n", "\r\n*0\r\n*1\r\n$0\r\n\r\n",
        "*0\r\n*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n*0\r\nPING\r\n",
    ])
    func emptyRequests(_ sent: String) throws {
        let flags = ["--requirepass", "pw"]
        let answers = try ServerProcess.Program.servers.map { program in
            try withServer(program, flags) { server in
                let answered = try answer(server.address, raw: Array(sent.utf8))
                #expect(server.isRunning)
                // Redis adds the arguments of an unknown command, of which there are none here.
                return answered
            }
        }
        #expect(answers[0] == answers[1])
        #expect(answers[0].count > 0)
    }

    @Test("CWE-93: line breaks in names of users, clients and commands")
    func lineBreaksInNames() throws {
        // Redis's texts end at a NUL, ours show it.
        try compare(["ACL", "SETUSER", "a\0b"])
        try compare(["CLIENT", "SETNAME", "a\0b"])
        for name in ["a\r\nb", "a\nb", "\r\n", "a b", "a\tb"] as [Bytes] {
            try compare(["ACL", "SETUSER", name, "on", ">p", "~k", "+get"], ["ACL", "GETUSER", name])
            try compare(["ACL", "DELUSER", name])
            try compare(["ACL", "DRYRUN", name, "get", "k"])
            try compare(["AUTH", name, "x\r\ny"])
            try compare(["CLIENT", "SETNAME", name], ["CLIENT", "GETNAME"])
            try compare(["CLIENT", "KILL", "USER", name])
            try compare(["HELLO", "3", "SETNAME", name])
            try compare(["HELLO", name])
            try compare(["CONFIG", name], ["CLIENT", name], ["OBJECT", name], ["ACL", name])
            for sign in ["~", "+", "&", ">", "-"] {
                try compare(["ACL", "SETUSER", "advisory", Bytes("\(sign)\(name.text)")])
            }
            try compare([name])
        }
        try compare(["ACL", "DELUSER", "advisory"])
    }

    /// In a list, a file and the log each user is one line, whatever it is called.
    @Test("CWE-117: line breaks in lists, files and the log")
    func lineBreaksInLists() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("users.acl", "user default on nopass ~* &* +@all\n")
        try withServer(.cloakroom, ["--aclfile", file]) { server in
            let connection = try RawConnection(server.address)
            let hostile: [Bytes] = ["a\r\nuser", "a\nuser evil on nopass ~* &* +@all", "a\0", "\"\r\n", "#\n"]
            for name in hostile {
                #expect(try connection.command("ACL", "SETUSER", name, "on", "nopass").errorCode == "ERR")
                #expect(try RawConnection(server.address).command("AUTH", name, name).errorCode == "WRONGPASS")
                #expect(try connection.command("CLIENT", "SETNAME", name).errorCode == "ERR")
                _ = try connection.command("CONFIG", "SET", name, name)
                _ = try connection.command("REPLCONF", "ip-address", name)
            }
            for pattern in ["~a\"b", "~a\\b", "&a'b#", ">p\r\nq", "#x"] as [Bytes] {
                _ = try connection.command("ACL", "SETUSER", "odd", pattern)
            }
            #expect(try connection.command("ACL", "SAVE") == .ok)
            let listed = try connection.command("ACL", "LIST").elements ?? []
            #expect(try connection.command("ACL", "LOAD") == .ok)
            #expect(try connection.command("ACL", "LIST").elements == listed)
            #expect(listed.allSatisfy { $0.text?.contains("\n") == false })
            let lines = String(decoding: contents(ofFile: file), as: UTF8.self).split(separator: "\n")
            #expect(lines.count == listed.count && lines.allSatisfy { $0.hasPrefix("user ") })
            #expect(try connection.command("CLIENT", "LIST").text?.split(separator: "\n").count == 1)
            #expect(server.log.split(separator: "\n").allSatisfy { !$0.hasPrefix("user") && !$0.hasPrefix("#") })
        }
    }

    @Test("CWE-93: unknown commands and subcommands of any bytes")
    func unknownCommands() throws {
        for name in ["NOSUCH", "no\r\n+OK", "a\0b", "", "GETT", Bytes(repeating: "x", count: 300)] as [Bytes] {
            try compare([name])
            for container in ["CONFIG", "CLIENT", "ACL", "COMMAND", "OBJECT", "SCRIPT", "MEMORY"] as [Bytes] {
                try compare([container, name], [container, name, "a", "b"])
            }
            try compare(["MULTI"], [name], ["EXEC"])
        }
    }

    @Test("CWE-444: bulk strings that end in something else than CRLF", arguments: ["xx", "\n\n", "\0\0", "*1"])
    func bulkStringEnds(_ end: String) throws {
        let sent = Array("*2\r\n$4\r\nECHO\(end)$2\r\nhi\(end)*1\r\n$4\r\nPING\(end)".utf8)
        #expect(try answer(addresses[1], raw: sent) == answer(addresses[0], raw: sent))
    }

    @Test("CVE-2022-35977, CVE-2023-22458: numbers at the ends of their ranges")
    func numbersAtTheEnds() throws {
        let key = Bytes(unique("advisory"))
        let numbers = [
            "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "-1",
            "-9223372036854775808", "-9223372036854775809",
        ]
        for number in numbers.map({ Bytes($0) }) {
            try compare(["SCAN", number, "MATCH", "none", "COUNT", "1000000"])
            try compare(["SADD", key, "1"], ["SSCAN", key, number], ["DEL", key])
            try compare(["HSET", key, "f", "1"], ["HSCAN", key, number], ["DEL", key])
            try compare(["SETRANGE", key, number, "x"], ["DEL", key])
            try compare(["HSET", key, "f", "1"], ["HRANDFIELD", key, number, "WITHVALUES"], ["DEL", key])
            try compare(["ZADD", key, "1", "m"], ["ZRANDMEMBER", key, number, "WITHSCORES"], ["DEL", key])
            try compare(["SET", key, "v"], ["GETRANGE", key, number, number], ["EXPIRE", key, number], ["DEL", key])
        }
    }

    /// The message goes to the connection that is being served, and is much longer than what it is sent at a time.
    @Test("CWE-416: three megabytes to a channel that the publisher is subscribed to (RESP3)")
    func publishingToOneself() throws {
        let channel = Bytes(unique("channel"))
        let message = Bytes(repeating: "m", count: 3_000_000)
        try compare(["SUBSCRIBE", channel], ["PUBLISH", channel, "refused in RESP2"])
        for address in addresses {
            let answered = try answer(
                address, [["HELLO", "3"], ["SUBSCRIBE", channel], ["PUBLISH", channel, message], ["PING"]])
            // Pushes first, as in Redis 7.0; the reply follows.
            let opening = ">3\r\n$7\r\nmessage\r\n$\(channel.count)\r\n\(channel.text)\r\n$\(message.count)\r\n"
            let expected = Array(opening.utf8) + message.bytes + Array("\r\n:1\r\n+PONG\r\n".utf8)
            // Compared beforehand: the message would be printed.
            let isWhole = answered.bytes.suffix(expected.count).elementsEqual(expected)
            #expect(isWhole, "\(address): \(answered.count) bytes")
        }
    }

    @Test("CVE-2026-56684: clients that end themselves or others in a transaction")
    func killedInTransactions() throws {
        for address in addresses {
            let (one, other) = (try RawConnection(address), try RawConnection(address))
            let key = Bytes(unique("killed"))
            let ids = try [one, other].map { Bytes("\(try $0.command("CLIENT", "ID").integer ?? 0)") }
            let requests: [[Bytes]] = [
                ["MULTI"], ["SET", key, "1"], ["CLIENT", "KILL", "ID", ids[1]], ["CLIENT", "KILL", "ID", ids[1]],
                ["CLIENT", "KILL", "ID", ids[0], "SKIPME", "no"], ["SET", key, "2"], ["EXEC"], ["SET", key, "3"],
            ]
            try one.send(requests.flatMap { encoded($0) })
            let answered = try one.bytesUntilClosed(within: 5)
            #expect(answered.description.contains("+OK\\r\\n:1\\r\\n"), "\(address): \(answered)")
            #expect(try other.bytesUntilClosed(within: 5) == "")
            #expect(try RawConnection(address).command("GET", key) == "2")
        }
    }

    @Test("CWE-367: rights taken away between MULTI and EXEC, and the user deleted")
    func rightsTakenAwayInTransactions() throws {
        var answers: [[Bytes]] = []
        for address in addresses {
            let (admin, user) = (try RawConnection(address), try RawConnection(address))
            let name = Bytes("advisory-transaction")
            let open: [Bytes] = ["ACL", "SETUSER", name, "on", "nopass", "~*", "&*", "+@all"]
            var answered: [Bytes] = []
            func ask(_ connection: RawConnection, _ words: [Bytes]) throws {
                answered.append(Bytes("\(try connection.command(words))"))
            }
            try ask(admin, open)
            for words in [["AUTH", name, "x"], ["MULTI"], ["SET", "k", "1"], ["GET", "k"], ["ECHO", "x"]] as [[Bytes]] {
                try ask(user, words)
            }
            try ask(admin, ["ACL", "SETUSER", name, "-set", "resetkeys"])
            try ask(user, ["EXEC"])
            try ask(user, ["MULTI"])
            try ask(user, ["SET", "k", "2"])
            try ask(user, ["EXEC"])
            try ask(admin, open)
            // By another in the midst of it: the connection ends.
            try ask(user, ["MULTI"])
            try ask(user, ["SET", "k", "3"])
            try ask(admin, ["ACL", "DELUSER", name])
            answered.append(try user.bytesUntilClosed(within: 5))
            // By itself: what is queued behind is executed, the connection ends.
            try ask(admin, open)
            let itself = try RawConnection(address)
            let requests: [[Bytes]] = [
                ["AUTH", name, "x"], ["MULTI"], ["ACL", "DELUSER", name], ["SET", "k", "4"], ["EXEC"],
                ["SET", "k", "5"],
            ]
            try itself.send(requests.flatMap { encoded($0) })
            answered.append(try itself.bytesUntilClosed(within: 5))
            try ask(admin, ["GET", "k"])
            try ask(admin, ["DEL", "k"])
            answers.append(answered)
        }
        for (redis, cloakroom) in zip(answers[0], answers[1]) { #expect(cloakroom == redis) }
    }
}
