import Glibc
import TestSupport

/// Debian's HAProxy with one of the sample configurations; gone when it is released.
///
/// The samples are used as they are: what differs between a test and a site comes in environment variables, whose
/// defaults the samples give.
final class HAProxy {
    private let process: ChildProcess

    /// - Parameters:
    ///   - sample: name of a file in `HAProxy/Samples`.
    ///   - variables: what to set apart from `INTERVAL`.
    init(_ sample: String, _ variables: [String: String]) throws {
        let path = Self.sample(sample)
        // Often, so that a test does not wait long for what a check finds.
        let environment = variables.merging(["INTERVAL": "50ms"]) { given, _ in given }
        process = try ChildProcess(Self.executable, ["-db", "-q", "-f", path], environment: environment)
    }

    /// The path of a file in `HAProxy/Samples`.
    static func sample(_ name: String) -> String {
        // …/Tests/EndToEnd/HAProxy/HAProxy.swift
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Samples/" + name
    }

    /// Where Debian puts it, which may not be on the PATH.
    static let executable = "/usr/sbin/haproxy"
}

/// What an application does whose library reconnects: one connection, opened anew a while after it has failed.
final class ReconnectingClient {
    private let address: Address
    private let host: UInt8?
    private let password: Bytes?
    private var connection: RawConnection?
    /// Requests that failed.
    private(set) var failures = 0

    init(_ address: Address, from host: UInt8? = nil, password: Bytes? = nil) {
        (self.address, self.host, self.password) = (address, host, password)
    }

    /// Sends a request; after a failure a second time, and so on, over new connections. That it came to a replica is a
    /// failure too.
    /// - Throws: what failed last, after `seconds`.
    func command(_ words: Bytes..., within seconds: Double = 10) throws -> Reply {
        let deadline = Deadline.within(seconds)
        while true {
            do {
                let connection = try connection ?? connect()
                self.connection = connection
                let reply = try connection.command(words)
                if reply.errorCode == "READONLY" { throw HarnessError("\(reply)") }
                return reply
            } catch {
                if connection != nil { failures += 1 }
                connection = nil
                if deadline.hasPassed { throw error }
                // Longer than HAProxy takes to notice: who is sooner fails twice.
                usleep(300_000)
            }
        }
    }

    private func connect() throws -> RawConnection {
        let connection = try RawConnection(address, from: host, timeout: 3)
        if let password {
            let reply = try connection.command("AUTH", password)
            guard reply == .ok else { throw HarnessError("AUTH: \(reply)") }
        }
        return connection
    }
}
