import Glibc
import TestSupport
import Testing

/// Redis advisory CVE-2025-48367: an error of accept(2), which a peer can bring about by opening many connections, kept
/// the server from serving others.
@Suite("CVE-2025-48367: errors of accept()")
struct CVE_2025_48367Tests {
    /// Without free descriptors the server serves those it has, waits instead of trying over and over, and accepts
    /// again when there are some: because connections were closed, or the limit was raised.
    @Test(arguments: [ServerProcess.Transport.tcp, .unix])
    func noDescriptorIsLeft(_ transport: ServerProcess.Transport) throws {
        try withServer(.cloakroom, [], over: transport) { server in
            let witness = try RawConnection(server.address)
            #expect(try witness.command("PING") == .status("PONG"))
            let free = 5
            try limitDescriptors(of: server, to: descriptors(of: server) + free)
            var clients = try (0..<20).map { _ in try RawConnection(server.address) }
            for client in clients { try client.send("PING\r\n") }
            let isLogged = try eventually { server.log.contains("cannot accept connections") }
            #expect(isLogged)
            #expect(try clients[free - 1].reply() == .status("PONG"))
            #expect(try clients[free].isSilent(for: 0.2))

            let (before, start) = (processorTime(of: server), Deadline.within(0.5))
            var answered = 0
            while !start.hasPassed {
                #expect(try witness.command("PING") == .status("PONG"))
                answered += 1
                usleep(50_000)
            }
            #expect(answered > 1)
            #expect(processorTime(of: server) - before < 0.15, "seconds of half a second: it does not spin")
            let complaints = server.log.split(separator: "\n").filter { $0.contains("cannot accept") }
            #expect(complaints.count == 1, "one line in ten seconds")

            clients.removeFirst(free)
            #expect(try clients[0].reply() == .status("PONG"))
            try limitDescriptors(of: server, to: 1024)
            for client in clients.dropFirst() { #expect(try client.reply() == .status("PONG")) }
            #expect(try witness.command("PING") == .status("PONG"))
        }
    }

    private func descriptors(of server: ServerProcess) throws -> Int {
        try run("/bin/ls", ["/proc/\(server.pid)/fd"]).standardOutput.split(separator: "\n").count
    }

    private func limitDescriptors(of server: ServerProcess, to count: Int) throws {
        let output = try run("prlimit", ["--pid", "\(server.pid)", "--nofile=\(count):"])
        #expect(output.status == .exited(0), "\(output.standardError)")
    }

    /// Seconds in user and kernel mode so far.
    private func processorTime(of server: ServerProcess) -> Double {
        let line = String(decoding: contents(ofFile: "/proc/\(server.pid)/stat"), as: UTF8.self)
        let fields = line.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
