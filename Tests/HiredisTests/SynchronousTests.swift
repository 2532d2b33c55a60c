import Testing
import TestSupport

@Suite struct SynchronousTests {
    @Test func ping() throws {
        let connection = try HiredisConnection(SharedServer.address())
        #expect(try connection.command("PING") == .status("PONG"))
        #expect(try connection.command("PING", "hello") == "hello")
    }
}
