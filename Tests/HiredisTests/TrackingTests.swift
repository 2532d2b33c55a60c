import TestSupport
import Testing

/// Client-side caching as clients of either protocol use it, for sessions above all.
@Suite struct TrackingTests {
    /// RESP2: one connection reads, another one is told.
    @Test func redirectedToASubscriber() throws {
        let address = try SharedServer.address()
        let (reader, listener, other) = (
            try HiredisConnection(address), try HiredisConnection(address), try HiredisConnection(address)
        )
        let id = try listener.command("CLIENT", "ID")
        #expect(try listener.command("SUBSCRIBE", "__redis__:invalidate")[2] == 1)
        #expect(try reader.command("CLIENT", "TRACKING", "ON", "REDIRECT", Bytes(Int(id.integer ?? 0))) == .ok)
        #expect(try reader.command("CLIENT", "GETREDIR") == id)
        let key = Bytes(unique("key"))
        #expect(try reader.command("GET", key) == .null)
        #expect(try other.command("SET", key, "v", "PX", "50") == .ok)
        #expect(try listener.nextReply() == ["message", "__redis__:invalidate", [.bulk(key)]])
        #expect(try reader.command("GET", key) == "v")
        #expect(try listener.nextReply() == ["message", "__redis__:invalidate", [.bulk(key)]], "it has expired")
    }

    /// RESP3: pushes among the replies, through hiredis where it reads them.
    @Test func pushes() throws {
        let address = try SharedServer.address()
        let other = try HiredisConnection(address)
        let key = Bytes(unique("key"))
        let message = Reply.push(["invalidate", [.bulk(key)]])
        let raw = try RawConnection(address)
        _ = try raw.command("HELLO", "3")
        #expect(try raw.command("CLIENT", "TRACKING", "ON") == .ok)
        _ = try raw.command("GET", key)
        #expect(try other.command("SET", key, "v") == .ok)
        #expect(try raw.reply() == message)
        guard HiredisConnection.readsRESP3 else { return }
        let connection = try HiredisConnection(address)
        _ = try connection.command("HELLO", "3")
        #expect(try connection.command("CLIENT", "TRACKING", "ON") == .ok)
        _ = try connection.command("GET", key)
        #expect(try other.command("SET", key, "v") == .ok)
        #expect(try connection.nextReply() == message)
    }

    /// A copy of a session dies with it: whoever has read it is told its key, which it can compute from the token.
    @Test func aRevokedSessionIsTold() throws {
        let address = try SharedServer.address()
        let cache = try RawConnection(address)
        _ = try cache.command("HELLO", "3")
        #expect(try cache.command("CLIENT", "TRACKING", "ON", "NOLOOP") == .ok)
        let other = try HiredisConnection(address)
        let token = try other.command("SESSCREATE", "FIELDS", "1", "cart", "3")
        let session = try cache.command("SESSGET", token.bytes ?? "")
        let handle = session["handle"]?.text ?? ""
        #expect(handle.count == 32)
        #expect(try other.command("SESSREVOKE", token.bytes ?? "") == 1)
        #expect(try cache.reply() == .push(["invalidate", [.text("__sess__:" + handle)]]))
        #expect(try cache.command("SESSGET", token.bytes ?? "") == .null)
    }
}
