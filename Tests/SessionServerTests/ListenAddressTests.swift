import CLinux
import SessionCore
import Testing

@testable import SessionServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", false, "127.0.0.1:7"), ("-::1", "::1", true, "[::1]:7"),
        ("localhost", "localhost", false, "localhost:7"), ("*", nil, false, "0.0.0.0:7"),
        ("-::*", nil, true, "[::]:7"), ("0.0.0.0", "0.0.0.0", false, "0.0.0.0:7"),
    ] as [(String, String?, Bool, String)])
    func words(_ word: String, _ host: String?, _ isOptional: Bool, _ description: String) {
        let address = ListenAddress(word)
        #expect(address.host == host)
        #expect(address.isOptional == isOptional)
        #expect(address.description(port: 7) == description)
    }

    @Test func wildcardsChooseTheFamily() {
        #expect(ListenAddress("*").family == .v4)
        #expect(ListenAddress("::*").family == .v6)
        #expect(ListenAddress("::1").family == .any)
    }
}

@Suite struct ListenerTests {
    @Test func aPortInUseIsNamed() throws {
        let first = try #require(try Listener.tcp(ListenAddress("127.0.0.1"), port: 0, backlog: 1))
        defer { first.close() }
        let port = try #require(first.name.split(separator: ":").last.flatMap { Int($0) })
        let failure = #expect(throws: StartFailure.self) {
            try Listener.tcp(ListenAddress("127.0.0.1"), port: port, backlog: 1)
        }
        #expect(failure?.description == "cannot listen on 127.0.0.1:\(port): Address already in use")
    }

    /// 192.0.2.1 is reserved for documentation (RFC 5737): no machine has it.
    @Test func onlyOptionalAddressesMayBeMissing() throws {
        #expect(try Listener.tcp(ListenAddress("-192.0.2.1"), port: 0, backlog: 1) == nil)
        #expect(throws: StartFailure("cannot listen on 192.0.2.1:0: Cannot assign requested address")) {
            try Listener.tcp(ListenAddress("192.0.2.1"), port: 0, backlog: 1)
        }
    }

    @Test func nothingToListenOnIsAnError() {
        var configuration = Configuration()
        configuration.bind = ["-192.0.2.1"]
        #expect(throws: StartFailure.self) { try Server.openListeners(configuration) }
    }

    @Test func unixSocketsHaveTheirPermissionsAndGo() throws {
        let path = temporaryPath()
        let listener = try Listener.unix(path: path, permissions: 0o600, backlog: 1)
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        listener.close()
        #expect(lstat(path, &status) != 0)
    }

    @Test func aSocketInUseIsRefusedAndLeftAlone() throws {
        let path = temporaryPath()
        let first = try Listener.unix(path: path, permissions: 0, backlog: 4)
        defer { first.close() }
        #expect(throws: StartFailure("cannot listen on unix socket \(path): another server listens there")) {
            try Listener.unix(path: path, permissions: 0, backlog: 4)
        }
        #expect(SocketFile(path: path) != nil)
    }

    @Test func aStaleSocketIsReplaced() throws {
        let path = temporaryPath()
        let stale = try Listener.unix(path: path, permissions: 0, backlog: 1)
        _ = clinux_close(stale.descriptor)
        let fresh = try Listener.unix(path: path, permissions: 0, backlog: 1)
        fresh.close()
        #expect(SocketFile(path: path) == nil)
    }

    @Test func aSocketOfAnotherServerIsNotRemoved() throws {
        let path = temporaryPath()
        let first = try Listener.unix(path: path, permissions: 0, backlog: 1)
        _ = clinux_unlink(path)
        let second = try Listener.unix(path: path, permissions: 0, backlog: 1)
        first.close()
        #expect(SocketFile(path: path) != nil)
        second.close()
    }

    @Test func anotherKindOfFileIsRefusedAndLeftAlone() throws {
        let path = temporaryPath()
        let descriptor = clinux_open_replace(path)
        _ = clinux_close(descriptor)
        defer { _ = clinux_unlink(path) }
        #expect(throws: StartFailure("cannot listen on unix socket \(path): the file exists and is not a socket")) {
            try Listener.unix(path: path, permissions: 0, backlog: 1)
        }
    }

    @Test func longPathsAreRefused() {
        #expect(throws: StartFailure.self) {
            try Listener.unix(path: String(repeating: "x", count: 108), permissions: 0, backlog: 1)
        }
    }
}

/// A path that no file has.
func temporaryPath() -> String { "/tmp/cloakroom-test-\(UInt64.random(in: 0...UInt64.max))" }
