import Testing
import TestSupport

@Suite struct ProtocolTests {
    @Test func ping() throws {
        let connection = try RawConnection(SharedServer.address())
        #expect(try connection.command("PING") == .status("PONG"))
    }
}
