import TestSupport
import Testing

/// Keyspace notifications as clients of either protocol receive them.
@Suite struct NotificationTests {
    /// What Spring Session does: asks for the setting, widens it, and listens for deletion and expiry.
    @Test func springsListener() throws {
        try withServer { server in
            let client = try HiredisConnection(server.address)
            #expect(try client.line("CONFIG GET notify-keyspace-events") == ["notify-keyspace-events", ""])
            #expect(try client.line("CONFIG SET notify-keyspace-events Egx") == .ok)
            #expect(try client.line("CONFIG GET notify-keyspace-events") == ["notify-keyspace-events", "gxE"])
            let listener = try HiredisConnection(server.address)
            #expect(try listener.line("SUBSCRIBE __keyevent@0__:del __keyevent@0__:expired")[2] == 1)
            #expect(try listener.nextReply()[2] == 2)
            _ = try client.line("HSET spring:session:sessions:1 a b")
            #expect(try client.line("DEL spring:session:sessions:1") == 1)
            #expect(try listener.nextReply() == ["message", "__keyevent@0__:del", "spring:session:sessions:1"])
            let before = try client.command("TIME").milliseconds
            #expect(try client.line("SET spring:session:sessions:expires:1 \"\" PX 200") == .ok)
            let event = try listener.nextReply()
            let after = try client.command("TIME").milliseconds
            #expect(event == ["message", "__keyevent@0__:expired", "spring:session:sessions:expires:1"])
            #expect(after - before >= 200, "nobody touched the key, and it is not announced early")
        }
    }

    /// Under RESP3 a connection may listen and go on writing; what it causes itself follows its reply.
    @Test func pushesFollowTheReply() throws {
        try withServer(.cloakroom, ["--notify-keyspace-events", "KA"]) { server in
            let client = try RawConnection(server.address)
            _ = try client.command("HELLO", "3")
            let subscribed = Reply.push(["psubscribe", "__keyspace@0__:*", 1])
            #expect(try client.command("PSUBSCRIBE", "__keyspace@0__:*") == subscribed)
            for (command, event) in [("SET k v", "set"), ("APPEND k w", "append"), ("DEL k", "del")] {
                try client.send(encoded(arguments(of: command)))
                let reply = try client.reply()
                if case .push = reply { Issue.record("\(command): a message before the reply") }
                let message = Reply.push(["pmessage", "__keyspace@0__:*", "__keyspace@0__:k", .text(event)])
                #expect(try client.reply() == message)
            }
        }
    }
}

extension Reply {
    /// The reply to TIME in milliseconds.
    fileprivate var milliseconds: Int64 {
        let parts = (elements ?? []).map { Int64($0.text ?? "") ?? 0 }
        return parts.count == 2 ? parts[0] * 1000 + parts[1] / 1000 : 0
    }
}
