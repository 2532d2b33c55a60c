import Glibc
import TestSupport
import Testing

/// Servers behind the real HAProxy: checked, killed, drained. Who goes through it sees at most the request that failed.
@Suite struct HAProxyTests {
    /// `CONFIG GET port`: which server answers.
    private func port(_ client: ReconnectingClient) throws -> Int? {
        try client.command("CONFIG", "GET", "port").elements?.last?.text.flatMap { Int($0) }
    }

    @Test(arguments: [
        "roles-http.cfg", "roles-tcp.cfg", "redis-check.cfg", "consistent-hash.cfg", "sticky-cookie.cfg",
    ])
    func samplesAreValidAsTheyAre(_ sample: String) throws {
        let output = try run(HAProxy.executable, ["-c", "-f", HAProxy.sample(sample)])
        #expect(output.status == .exited(0), "\(output.standardError)")
        #expect(!output.standardError.contains("WARNING"), "\(output.standardError)")
    }

    // MARK: option redis-check

    /// The first server is killed and comes back: the substitute serves meanwhile.
    @Test func redisCheck() throws {
        let servers = try (0..<2).map { _ in
            try ServerProcess(.cloakroom, ["--requirepass", "pw", "--health-ping-without-auth", "yes"])
        }
        let entrance = try freePort()
        let haproxy = try HAProxy(
            "redis-check.cfg", variables(servers).merging(["CACHE": "127.0.0.1:\(entrance)"]) { $1 })
        defer { withExtendedLifetime(haproxy) {} }
        let client = ReconnectingClient(.tcp(port: entrance))
        #expect(try client.command("AUTH", "pw") == .ok)
        #expect(try port(client) == number(servers[0]))
        servers[0].stop(SIGKILL)
        // The connection is closed with the server; the next one leads to the substitute.
        #expect(try eventually { try authenticatedPort(entrance) == number(servers[1]) })
        let again = try ServerProcess(
            .cloakroom, ["--requirepass", "pw", "--health-ping-without-auth", "yes"], at: servers[0].address)
        #expect(try eventually { try authenticatedPort(entrance) == number(again) })
    }

    /// Without the directive, a server that has a password counts as down.
    @Test func redisCheckNeedsToBeLetIn() throws {
        let servers = try [["--requirepass", "pw"], []].map { try ServerProcess(.cloakroom, $0) }
        let entrance = try freePort()
        let haproxy = try HAProxy(
            "redis-check.cfg", variables(servers).merging(["CACHE": "127.0.0.1:\(entrance)"]) { $1 })
        defer { withExtendedLifetime(haproxy) {} }
        let isSubstituted = eventually {
            (try? port(ReconnectingClient(.tcp(port: entrance)))) == number(servers[1])
        }
        #expect(isSubstituted)
    }

    /// The port of the server that a new connection gets to; nil if it gets to none.
    private func authenticatedPort(_ entrance: Int) throws -> Int? {
        guard let connection = try? RawConnection(.tcp(port: entrance), timeout: 3),
            (try? connection.command("AUTH", "pw")) == .ok
        else { return nil }
        return try? connection.command("CONFIG", "GET", "port").elements?.last?.text.flatMap { Int($0) }
    }

    private func number(_ server: ServerProcess) -> Int {
        guard case .tcp(let port) = server.address else { return 0 }
        return port
    }

    private func variables(_ servers: [ServerProcess]) -> [String: String] {
        var variables: [String: String] = [:]
        for (name, server) in zip(["A", "B", "C"], servers) {
            variables["SERVER_\(name)"] = "127.0.0.1:\(number(server))"
        }
        return variables
    }

    private func variables(_ servers: [AdminServer]) -> [String: String] {
        var variables = variables(servers.map(\.server))
        for (name, server) in zip(["A", "B", "C"], servers) { variables["ADMIN_\(name)"] = String(server.adminPort) }
        return variables
    }

    // MARK: tcp-check

    /// A primary, of either kind, and a redis-server that calls itself a replica: each gets what belongs to it. Then
    /// the primary is killed and the other one promoted.
    @Test(arguments: ServerProcess.Program.allCases) func checksByRole(_ program: ServerProcess.Program) throws {
        let password = ["--requirepass", "pw"]
        let replica = password + ["--replicaof", "127.0.0.1", "1"]
        let servers = [try ServerProcess(program, password), try ServerProcess(.redis, replica)]
        let (writes, reads) = (try freePort(), try freePort())
        let entrances = ["WRITES": "127.0.0.1:\(writes)", "READS": "127.0.0.1:\(reads)", "PASSWORD": "pw"]
        let haproxy = try HAProxy("roles-tcp.cfg", variables(servers).merging(entrances) { $1 })
        defer { withExtendedLifetime(haproxy) {} }
        // Servers count as well until they are checked: once may be chance.
        let areFound = try eventually {
            try (0..<4).allSatisfy { _ in
                try authenticatedPort(writes) == number(servers[0]) && authenticatedPort(reads) == number(servers[1])
            }
        }
        #expect(areFound)
        let client = ReconnectingClient(.tcp(port: writes), password: "pw")
        #expect(try client.command("SET", "k", "v") == .ok)
        servers[0].stop(SIGKILL)
        let other = try RawConnection(servers[1].address)
        #expect(try other.command("AUTH", "pw") == .ok)
        #expect(try other.command("REPLICAOF", "NO", "ONE") == .ok)
        #expect(try eventually { try authenticatedPort(writes) == number(servers[1]) })
        #expect(try client.command("SET", "k", "v") == .ok)
        #expect(client.failures <= 1)
        #expect(try eventually { try authenticatedPort(reads) == nil }, "there is no replica")
    }

    // MARK: Draining

    /// Of two servers that take writes one drains: it finishes what it is asked, and everybody goes to the other before
    /// it is gone.
    @Test func drained() throws {
        let servers = try (0..<2).map { _ in try AdminServer(["--shutdown-drain", "2s"]) }
        let (writes, reads) = (try freePort(), try freePort())
        let haproxy = try HAProxy(
            "roles-http.cfg",
            variables(servers).merging(["WRITES": "127.0.0.1:\(writes)", "READS": "127.0.0.1:\(reads)"]) { $1 })
        defer { withExtendedLifetime(haproxy) {} }
        let clients = (0..<6).map { _ in ReconnectingClient(.tcp(port: writes)) }
        let before = try clients.map { try port($0) }
        #expect(Set(before) == Set(servers.map { $0.port }), "both are used")
        // There is no replica: reads get to a primary.
        #expect(try ReconnectingClient(.tcp(port: reads)).command("PING") == .status("PONG"))
        kill(servers[0].server.pid, SIGTERM)
        let isLeft = try eventually(within: 1.5) { try clients.allSatisfy { try port($0) == servers[1].port } }
        #expect(isLeft && servers[0].server.isRunning, "everybody has left before it stops")
        #expect(servers[0].server.waitForEnd(within: 5) == .exited(0))
        for (client, port) in zip(clients, before) {
            #expect(client.failures <= (port == servers[0].port ? 1 : 0), "\(client.failures)")
            #expect(try client.command("PING") == .status("PONG"))
        }
    }

    // MARK: Consistent hash

    /// Each address has its server; when one is killed, only its own move, and they return when it does.
    @Test func consistentHash() throws {
        var servers = try (0..<3).map { _ in try AdminServer() }
        let entrance = try freePort()
        let haproxy = try HAProxy(
            "consistent-hash.cfg", variables(servers).merging(["CACHE": "127.0.0.1:\(entrance)"]) { $1 })
        defer { withExtendedLifetime(haproxy) {} }
        let clients = (2..<42).map { ReconnectingClient(.tcp(port: entrance), from: $0) }
        func places() throws -> [Int?] { try clients.map { try port($0) } }
        let before = try places()
        #expect(Set(before).count == 3)
        // Sessions, one for each, where each one belongs.
        var tokens: [Bytes] = []
        for client in clients {
            let token = try client.command("SESSCREATE", "USER", "u").bytes
            tokens.append(try #require(token))
        }
        let lost = servers[2].port
        servers[2].server.stop(SIGKILL)
        #expect(try eventually { try places().allSatisfy { $0 != lost } })
        let meanwhile = try places()
        for (index, client) in clients.enumerated() where before[index] != lost {
            #expect(meanwhile[index] == before[index], "its server is well")
            #expect(client.failures == 0)
            #expect(try client.command("SESSTOUCH", tokens[index]).integer != nil)
        }
        for (index, client) in clients.enumerated() where before[index] == lost { #expect(client.failures <= 1) }
        // Back at the same place.
        servers[2] = try AdminServer(at: servers[2].server.address, adminPort: servers[2].adminPort)
        let isBack = try eventually {
            try (2..<42).map { try port(ReconnectingClient(.tcp(port: entrance), from: $0)) } == before
        }
        #expect(isBack)
    }

    // MARK: Sticky cookie

    /// A browser stays with its web server, which has its session, until the server beside that one drains.
    @Test func stickyCookie() throws {
        let servers = try (0..<2).map { _ in try AdminServer(["--shutdown-drain", "2s"]) }
        let ports = try (0..<3).map { _ in try freePort() }
        let applications = try zip(["a", "b"], zip(ports, servers)).map { name, place in
            try ChildProcess(
                "python3", [HAProxy.sample("application.py"), name, String(place.0), String(place.1.port)])
        }
        var variables = variables(servers)
        variables["WEB"] = "127.0.0.1:\(ports[2])"
        variables["WEB_A"] = "127.0.0.1:\(ports[0])"
        variables["WEB_B"] = "127.0.0.1:\(ports[1])"
        let haproxy = try HAProxy("sticky-cookie.cfg", variables)
        defer { withExtendedLifetime((haproxy, applications)) {} }
        let areReady = eventually(within: 15) {
            ports.allSatisfy { (try? RawConnection(.tcp(port: $0), timeout: 1)) != nil }
        }
        #expect(areReady)
        var browsers = (0..<8).map { _ in Browser(.tcp(port: ports[2])) }
        let first = try browsers.indices.map { try browsers[$0].visit() }
        #expect(Set(first) == ["a 1", "b 1"], "both are used")
        for visit in 2...5 {
            for index in browsers.indices {
                #expect(try browsers[index].visit() == "\(first[index].prefix(1)) \(visit)")
            }
        }
        kill(servers[0].server.pid, SIGTERM)
        let isLeft = try eventually(within: 1.5) {
            try browsers.indices.allSatisfy { try browsers[$0].visit().hasPrefix("b ") }
        }
        #expect(isLeft && servers[0].server.isRunning, "nobody meets a web server without its sessions")
        #expect(servers[0].server.waitForEnd(within: 5) == .exited(0))
        for index in browsers.indices {
            let before = try browsers[index].visit()
            let visits = try #require(before.split(separator: " ").last.flatMap { Int($0) })
            #expect(try browsers[index].visit() == "b \(visits + 1)")
        }
    }

    /// Keeps cookies.
    private struct Browser {
        let address: Address
        private var cookies: [String: String] = [:]

        init(_ address: Address) { self.address = address }

        /// What the page says; the status where that is not 200.
        mutating func visit() throws -> String {
            let list = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            let cookie = list.isEmpty ? "" : "Cookie: \(list)\r\n"
            let answer = try HTTPAnswer(
                to: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(cookie)\r\n", at: address)
            for header in answer.headers where header.name == "set-cookie" {
                let pair = header.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
            }
            return answer.status == 200 ? String(answer.body.dropLast()) : "status \(answer.status)"
        }
    }
}
