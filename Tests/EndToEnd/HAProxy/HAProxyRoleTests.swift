import Glibc
import TestSupport
import Testing

/// A primary and its replica behind the real HAProxy, by both ways of asking for roles: killed, promoted, exchanged,
/// drained. Who goes through it sees at most the request that failed, and sessions go on.
@Suite struct HAProxyRoleTests {
    /// A primary and a replica that follows it, with HAProxy in front of them.
    private struct Group {
        let primary: AdminServer
        let replica: AdminServer
        let writes: Address
        let reads: Address
        private let haproxy: HAProxy

        static let arguments = ["--requirepass", "pw", "--masterauth", "pw", "--shutdown-drain", "2s"]

        init(_ sample: String) throws {
            primary = try AdminServer(Self.arguments)
            replica = try AdminServer(Self.arguments + ["--replicaof", "127.0.0.1 \(primary.port)"])
            let (writePort, readPort) = (try freePort(), try freePort())
            (writes, reads) = (.tcp(port: writePort), .tcp(port: readPort))
            haproxy = try HAProxy(
                sample,
                [
                    "WRITES": "127.0.0.1:\(writePort)", "READS": "127.0.0.1:\(readPort)", "PASSWORD": "pw",
                    "SERVER_A": "127.0.0.1:\(primary.port)", "ADMIN_A": String(primary.adminPort),
                    "SERVER_B": "127.0.0.1:\(replica.port)", "ADMIN_B": String(replica.adminPort),
                ])
            let replica = replica
            let follows = try eventually(within: 10) { try replica.get("/replica?lag=30").status == 200 }
            #expect(follows, "\(replica.server.log.suffix(2000))")
            let (group, ports) = (self, (primary.port, replica.port))
            // Servers count as well until they are checked: once may be chance.
            let areFound = eventually(within: 10) {
                (0..<4).allSatisfy { _ in
                    group.place(of: group.writes) == ports.0 && group.place(of: group.reads) == ports.1
                }
            }
            #expect(areFound)
        }

        /// The port of the server that a new connection gets to; nil if it gets to none.
        func place(of entrance: Address) -> Int? {
            let client = ReconnectingClient(entrance, password: "pw")
            return try? Self.place(of: client, within: 0)
        }

        static func place(of client: ReconnectingClient, within seconds: Double = 10) throws -> Int? {
            let reply = try client.command("CONFIG", "GET", "port", within: seconds)
            return reply.elements?.last?.text.flatMap { Int($0) }
        }

        func command(_ words: Bytes..., to server: AdminServer) throws -> Reply {
            let connection = try RawConnection(server.server.address)
            _ = try connection.command("AUTH", "pw")
            return try connection.command(words)
        }
    }

    /// A session of a client that works all the time, through the port for writes.
    private struct Work {
        let client: ReconnectingClient
        let token: Bytes
        private(set) var count: Int64 = 0

        init(_ group: Group) throws {
            client = ReconnectingClient(group.writes, password: "pw")
            let reply = try client.command("SESSCREATE", "USER", "alice", "FIELDS", "1", "n", "0")
            token = try #require(reply.bytes, "\(reply)")
        }

        /// A write to the session, which must be there.
        mutating func step() throws {
            count += 1
            let version = try client.command("SESSSET", token, "FIELDS", "1", "n", Bytes(count))
            #expect(version.integer != nil, "\(version)")
        }

        mutating func steps(_ number: Int) throws { for _ in 0..<number { try step() } }
    }

    private static let samples = ["roles-http.cfg", "roles-tcp.cfg"]

    @Test(arguments: samples) func writesAndReadsGoWhereTheyBelong(_ sample: String) throws {
        let group = try Group(sample)
        #expect(group.place(of: group.writes) == group.primary.port)
        var work = try Work(group)
        try work.steps(5)
        let reader = ReconnectingClient(group.reads, password: "pw")
        let isThere = try eventually {
            let data = try reader.command("SESSGET", work.token).elements?.last?.elements
            return data?.last?.text == "5"
        }
        #expect(isThere)
        #expect(try Group.place(of: reader) == group.replica.port)
        #expect(try group.replica.get("/primary").status == 503 && group.primary.get("/replica").status == 503)
        let metrics = try group.primary.get("/metrics").body
        #expect(metrics.contains("\ncloakroom_replicas 1\n"), "\(metrics)")
        #expect(try group.replica.get("/metrics").body.contains("\ncloakroom_role{role=\"replica\"} 1\n"))
    }

    /// The primary is killed and the replica promoted, by whoever watches over them.
    @Test(arguments: samples) func thePrimaryIsKilled(_ sample: String) throws {
        let group = try Group(sample)
        var work = try Work(group)
        try work.steps(20)
        #expect(try group.command("WAIT", "1", "5000", to: group.primary).integer == 1)
        group.primary.server.stop(SIGKILL)
        #expect(try group.command("REPLICAOF", "NO", "ONE", to: group.replica) == .ok)
        #expect(eventually { group.place(of: group.writes) == group.replica.port })
        try work.steps(20)
        #expect(work.client.failures <= 1, "\(work.client.failures)")
        #expect(try Group.place(of: work.client) == group.replica.port)
        if sample == "roles-http.cfg" {
            #expect(group.place(of: group.reads) == group.replica.port, "there is no replica: reads go to the primary")
        }
        // The old one comes back as a replica, and gets the reads.
        let old = try AdminServer(
            Group.arguments + ["--replicaof", "127.0.0.1 \(group.replica.port)"], at: group.primary.server.address,
            adminPort: group.primary.adminPort)
        #expect(eventually(within: 10) { group.place(of: group.reads) == old.port })
        try work.step()
        #expect(work.client.failures <= 1)
    }

    /// The roles are exchanged, and the server that is no longer the primary is stopped.
    @Test(arguments: samples) func exchangedAndDrained(_ sample: String) throws {
        let group = try Group(sample)
        var work = try Work(group)
        try work.steps(20)
        #expect(try group.command("FAILOVER", "TO", "127.0.0.1", Bytes(group.replica.port), to: group.primary) == .ok)
        let isExchanged = try eventually { try group.replica.get("/primary").status == 200 }
        #expect(isExchanged)
        // Until HAProxy has noticed both changes it takes turns between the two.
        let isSettled = eventually(within: 10) {
            (0..<4).allSatisfy { _ in group.place(of: group.writes) == group.replica.port }
        }
        #expect(isSettled)
        try work.steps(20)
        #expect(work.client.failures <= 1, "\(work.client.failures)")
        #expect(eventually(within: 10) { group.place(of: group.reads) == group.primary.port })
        guard sample == "roles-http.cfg" else { return }
        let reader = ReconnectingClient(group.reads, password: "pw")
        #expect(try reader.command("PING") == .status("PONG"))
        kill(group.primary.server.pid, SIGTERM)
        #expect(eventually(within: 1.5) { group.place(of: group.reads) == group.replica.port })
        #expect(try reader.command("PING") == .status("PONG"))
        #expect(group.primary.server.isRunning, "it is left before it stops")
        #expect(reader.failures <= 1)
        try work.steps(20)
        #expect(group.primary.server.waitForEnd(within: 5) == .exited(0))
        try work.steps(20)
        #expect(work.client.failures <= 1)
    }

    /// A frozen replica: connections to it are closed by HAProxy, for the replica itself says nothing.
    @Test func theReplicaIsFrozen() throws {
        let group = try Group("roles-http.cfg")
        let reader = ReconnectingClient(group.reads, password: "pw")
        #expect(try Group.place(of: reader) == group.replica.port)
        kill(group.replica.server.pid, SIGSTOP)
        #expect(eventually(within: 10) { group.place(of: group.reads) == group.primary.port })
        #expect(try Group.place(of: reader) == group.primary.port)
        #expect(reader.failures <= 1)
        kill(group.replica.server.pid, SIGCONT)
        #expect(eventually(within: 10) { group.place(of: group.reads) == group.replica.port })
    }

    /// A replica whose primary is gone is not ready.
    @Test func theLinkIsDown() throws {
        let group = try Group("roles-http.cfg")
        group.primary.server.stop(SIGKILL)
        #expect(try eventually { try group.replica.get("/readyz").status == 503 })
        let answer = try group.replica.get("/replica")
        #expect(answer.status == 503)
        #expect(answer.body.contains(#""link":{"ok":false,"reason":"the link to the primary is down"}"#), "\(answer)")
        #expect(try group.replica.get("/livez").status == 200)
    }
}
