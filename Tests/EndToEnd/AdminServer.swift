import TestSupport

/// A server with an admin port.
struct AdminServer {
    let server: ServerProcess
    let admin: Address
    let adminPort: Int

    /// - Parameters:
    ///   - arguments: further flags.
    ///   - address: where to listen; nil for a free port.
    ///   - port: the admin port; nil for a free one.
    init(_ arguments: [String] = [], at address: Address? = nil, adminPort port: Int? = nil) throws {
        adminPort = try port ?? freePort()
        admin = .tcp(port: adminPort)
        server = try ServerProcess(.cloakroom, ["--admin-port", String(adminPort)] + arguments, at: address)
    }

    /// The port of the ordinary protocol.
    var port: Int {
        guard case .tcp(let port) = server.address else { preconditionFailure("a server on a Unix socket") }
        return port
    }

    /// The answer to a request of HTTP.
    func get(_ path: String, method: String = "GET") throws -> HTTPAnswer {
        try HTTPAnswer(to: "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", at: admin)
    }
}

/// What came back over a connection of its own until its end.
struct HTTPAnswer {
    /// 0 if there was none.
    let status: Int
    /// Names in lower case.
    let headers: [(name: String, value: String)]
    let body: String

    init(to request: String, at address: Address, within seconds: Double = 10) throws {
        let connection = try RawConnection(address, timeout: seconds)
        try connection.send(request)
        self.init(try connection.bytesUntilClosed().text)
    }

    init(_ text: String) {
        guard let end = text.firstRange(of: "\r\n\r\n") else {
            (status, headers, body) = (0, [], text)
            return
        }
        var lines = text[..<end.lowerBound].split(separator: "\r\n")
        status = lines.removeFirst().split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        headers = lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        body = String(text[end.upperBound...])
    }

    /// The value of the first header of this name (in lower case).
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
