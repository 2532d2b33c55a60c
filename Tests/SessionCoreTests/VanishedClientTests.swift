import Testing

@testable import SessionCore

/// Clients that go away while they wait, and what `CLIENT UNBLOCK` does to those that stay.
@Suite struct VanishedClientTests {
    /// Every way of waiting that the node knows, and how a connection gets there.
    private enum Waiting: String, CaseIterable, CustomTestStringConvertible {
        case acknowledgements, pausedWrite, pausedAll, transaction, failedLogin, effect, shutdown, output, monitor
        case subscription, patternSubscription, watch, tracking, unfinishedRequest

        var testDescription: String { rawValue }
    }

    private static let configuration: Configuration = {
        var configuration = Configuration()
        configuration.debugCommand = .everybody
        return configuration
    }()

    /// Two nodes, so that the first has a replica that does not answer.
    private func dialogue(_ waiting: Waiting, on connection: UInt32) -> NodeDialogue {
        let nodes = ReplicationDialogue.following(2, Self.configuration)
        let node = nodes[0]
        node.isPatient = false
        _ = node.send("SET", "written", "1", on: connection)
        switch waiting {
        case .acknowledgements: _ = node.send("WAIT", "9", "0", on: connection)
        case .pausedWrite:
            _ = node.send("CLIENT", "PAUSE", "100000", "WRITE", on: 9)
            _ = node.send("SET", "a", "b", on: connection)
        case .pausedAll:
            _ = node.send("CLIENT", "PAUSE", "100000", on: 9)
            _ = node.send("PING", on: connection)
        case .transaction:
            _ = node.sendRaw("MULTI\r\nSET a b\r\n", on: connection)
            _ = node.send("CLIENT", "PAUSE", "100000", "WRITE", on: 9)
            _ = node.send("EXEC", on: connection)
        case .failedLogin: _ = node.send("AUTH", "nobody", "x", on: connection)
        case .effect: _ = node.send("DEBUG", "SLEEP", "10", on: connection)
        case .shutdown: _ = node.send("SHUTDOWN", on: connection)
        case .output:
            node.stall(connection)
            _ = node.send("ECHO", String(repeating: "x", count: 100_000), on: connection)
        case .monitor: _ = node.send("MONITOR", on: connection)
        case .subscription: _ = node.send("SUBSCRIBE", "c", on: connection)
        case .patternSubscription: _ = node.send("PSUBSCRIBE", "c*", on: connection)
        case .watch: _ = node.sendRaw("WATCH k\r\nMULTI\r\n", on: connection)
        case .tracking: _ = node.send("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "k", on: connection)
        case .unfinishedRequest: _ = node.sendRaw("*2\r\n$3\r\nGET\r\n$100\r\nx", on: connection)
        }
        // What it sends meanwhile is nobody else's either.
        _ = node.sendRaw("PING\r\nSET leaked 1\r\n", on: connection)
        return node
    }

    @Test("nothing of it is left, and its number is as new for the next", arguments: Waiting.allCases)
    private func nothingIsLeft(_ waiting: Waiting) {
        let node = dialogue(waiting, on: 5)
        node.disconnect(5)
        #expect(node.inspect { $0.replication.waits.isEmpty && $0.lifecycle.shutdownRequests.isEmpty })
        #expect(node.inspect { $0.connections.pausedCount } == 0)
        #expect(node.inspect { $0.listeners.monitors.count + $0.listeners.watchingClients } == 0)
        #expect(node.inspect { $0.listeners.trackingClients } == 0)
        #expect(node.inspect { $0.listeners.pubsub.topicCount(.channel) } == 0)
        #expect(node.inspect { $0.listeners.pubsub.topicCount(.pattern) } == 0)
        node.modify { $0.lifecycle.pause.cancel(); $0.pauseChanged() }
        #expect(node.send("INFO", "clients", on: 9).contains("blocked_clients:0\r\n"))
        // The next connection with this number waits, too, and must not be taken for the one before.
        let reply = node.sendRaw("WAIT 9 4000\r\nECHO mine\r\n", on: 5)
        #expect(reply == "", "\(waiting)")
        if waiting == .effect { node.complete() }
        if waiting == .shutdown { node.expect("SHUTDOWN", "ABORT", on: 9, gives: "+OK\r\n") }
        for _ in 0..<30 { node.advance(milliseconds: 100) }
        #expect(node.read(on: 5) == "", "\(waiting): neither an old answer nor one before its time")
        node.advance(milliseconds: 1100)
        // The replica has everything: the new connection has written nothing.
        #expect(node.read(on: 5) == ":1\r\n" + bulk("mine"))
        node.expect("EXISTS", "a", on: 9, gives: ":0\r\n")
    }

    @Test("a stale entry of a list does not wake another client of the same number") func staleEntries() {
        let node = NodeDialogue()
        node.isPatient = false
        // Three failed logins on one number, each by another connection.
        for _ in 0..<3 {
            _ = node.send("AUTH", "nobody", "x", on: 5)
            node.disconnect(5)
        }
        node.expect("WAIT", "1", "0", on: 5, gives: "")
        #expect(node.sendRaw("PING\r\n", on: 5) == "")
        node.advance(milliseconds: 5000)
        #expect(node.read(on: 5) == "")
        node.expect("CLIENT", "UNBLOCK", "5", on: 9, gives: ":1\r\n")
        node.advance(milliseconds: 0)
        #expect(node.read(on: 5) == ":0\r\n+PONG\r\n")
    }

    /// What the runtime asks when the peer has closed its sending side.
    @Test("who is finished at the end of file", arguments: Waiting.allCases)
    private func finished(_ waiting: Waiting) {
        let node = dialogue(waiting, on: 5)
        let id = ConnectionID(rawValue: 5)
        switch waiting {
        case .acknowledgements, .pausedWrite, .pausedAll, .transaction, .shutdown, .monitor, .subscription,
            .patternSubscription:
            #expect(node.modify { $0.waitsForOthers(id) && $0.isFinished(id) })
        case .failedLogin:
            #expect(node.modify { !$0.isFinished(id) })
            node.advance(milliseconds: 200)
            #expect(node.read(on: 5).hasPrefix("-WRONGPASS"))
            #expect(node.modify { $0.isFinished(id) })
        case .effect:
            #expect(node.modify { !$0.isFinished(id) })
            node.complete()
            #expect(node.modify { $0.isFinished(id) })
        case .output: #expect(node.modify { !$0.isFinished(id) && !$0.waitsForOthers(id) })
        case .watch, .tracking, .unfinishedRequest: #expect(node.modify { $0.isFinished(id) })
        }
    }

    /// Who waits is read from, up to `client-query-buffer-limit`: else nobody would learn of its end.
    @Test func whoWaitsIsReadFrom() {
        var configuration = Configuration()
        configuration.clientQueryBufferLimit = 1 << 20
        let node = NodeDialogue(configuration)
        node.expect("WAIT", "1", "0", gives: "")
        for _ in 0..<16 {
            #expect(node.takesInput(on: 0))
            _ = node.sendRaw(String(repeating: "PING\r\n", count: 10_000))
        }
        #expect(node.takesInput(on: 0) && node.effects().isEmpty)
        for _ in 0..<2 { _ = node.sendRaw(String(repeating: "PING\r\n", count: 10_000)) }
        #expect(node.effects().contains(.close(ConnectionID(rawValue: 0))))
    }

    @Test func strangersAreReadAheadOfToALesserBound() {
        var configuration = Configuration()
        configuration.requirePass = "secret"
        let node = NodeDialogue(configuration)
        node.isPatient = false
        node.expect("AUTH", "wrong", gives: "")
        var sent = 0
        while node.takesInput(on: 0), sent < 1 << 24 {
            _ = node.sendRaw(String(repeating: "PING\r\n", count: 10_000))
            sent += 60_000
        }
        #expect(sent >= Limits.unauthenticatedInput && sent < Limits.unauthenticatedInput + 60_000)
        for _ in 0..<20 {
            node.advance(milliseconds: 1000)
            _ = node.read(on: 0)
        }
        #expect(node.takesInput(on: 0))
    }

    // MARK: CLIENT UNBLOCK

    @Test func unblocking() {
        let node = NodeDialogue()
        #expect(node.sendRaw("WAIT 1 0\r\nPING\r\n", on: 1) == "")
        #expect(node.send("CLIENT", "LIST", "ID", "2").contains(" flags=b "))
        #expect(node.send("INFO", "clients").contains("blocked_clients:1\r\n"))
        node.expect("CLIENT", "UNBLOCK", "2", gives: ":1\r\n")
        node.advance(milliseconds: 0)
        #expect(node.read(on: 1) == ":0\r\n+PONG\r\n")
        node.expect([
            ("CLIENT UNBLOCK 2", ":0"), ("CLIENT UNBLOCK 1", ":0"), ("CLIENT UNBLOCK 9999", ":0"),
            ("CLIENT UNBLOCK x", "-ERR value is not an integer or out of range"),
            ("CLIENT UNBLOCK x FOO", "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"),
        ])
        node.expect("WAIT", "1", "0", on: 1, gives: "")
        node.expect("CLIENT", "UNBLOCK", "2", "timeout", gives: ":1\r\n")
        node.advance(milliseconds: 0)
        #expect(node.read(on: 1) == ":0\r\n")
        node.expect("WAIT", "1", "0", on: 1, gives: "")
        node.expect("CLIENT", "UNBLOCK", "2", "ERROR", gives: ":1\r\n")
        node.advance(milliseconds: 0)
        #expect(node.read(on: 1) == "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")
        #expect(node.send("INFO", "errorstats").contains("errorstat_UNBLOCKED:count=1\r\n"))
        #expect(node.send("INFO", "commandstats").contains("cmdstat_wait:calls=3,"))
        #expect(node.inspect { $0.observation.commandStatistics[.wait].failed } == 3, "as in Redis")
        #expect(node.send("INFO", "clients").contains("blocked_clients:0\r\n"))
    }

    /// Redis 7.0 ends the process here.
    @Test func whatIsPausedStaysPaused() {
        let node = NodeDialogue()
        node.expect("CLIENT", "PAUSE", "1000", "WRITE", gives: "+OK\r\n")
        node.expect("SET", "a", "b", on: 1, gives: "")
        for reason in ["TIMEOUT", "ERROR"] { node.expect("CLIENT", "UNBLOCK", "2", reason, gives: ":0\r\n") }
        node.advance(milliseconds: 1000)
        #expect(node.read(on: 1) == "+OK\r\n")
    }

    @Test func shutdownCountsAsBlocked() {
        let nodes = ReplicationDialogue.following(2)
        nodes[0].expect("SET", "a", "b", gives: "+OK\r\n")
        nodes[0].expect("SHUTDOWN", on: 1, gives: "")
        #expect(nodes[0].send("INFO", "clients", on: 9).contains("blocked_clients:1\r\n"))
        nodes[0].expect("SHUTDOWN", "ABORT", on: 9, gives: "+OK\r\n")
        #expect(nodes[0].send("INFO", "clients", on: 9).contains("blocked_clients:0\r\n"))
    }

    /// A node that others are guessing the password of, from connections 100 and up, all of the same address as
    /// connections 1 to 99: the longest delays there are.
    private func guessedNode() -> NodeDialogue {
        var configuration = Configuration()
        configuration.requirePass = "secret"
        let node = NodeDialogue(configuration)
        node.isPatient = false
        for connection in 1..<UInt32(300) {
            node.connect(connection, from: "192.0.2.1:\(5000 + connection)", isLocal: false)
            if connection >= 100 { _ = node.send("AUTH", "wrong", on: connection) }
        }
        return node
    }

    /// Each wrong password is answered late. A client that has closed its sending side receives the first of these
    /// answers, and keeps its place no longer than that takes, however much it has sent.
    @Test(arguments: [1, 3, 200]) func slowedLoginsKeepNoPlace(_ count: Int) {
        let node = guessedNode()
        let id = ConnectionID(rawValue: 1)
        let start = node.now.monotonicMicroseconds
        _ = node.sendRaw(String(repeating: "AUTH wrong\r\n", count: count), on: 1)
        var answers = ""
        while !node.modify({ $0.isFinished(id) }) {
            node.advance(milliseconds: 100)
            answers += node.read(on: 1)
        }
        #expect(answers.split(separator: "\r\n").count == 1)
        #expect(node.now.monotonicMicroseconds - start <= Limits.loginDelayMaximum + 200_000)
    }

    /// Who guesses and leaves keeps a few places, not as many as there are.
    @Test func fewSlowedLoginsAreAwaited() {
        let node = guessedNode()
        var awaited: [UInt32] = []
        for connection in 1..<UInt32(100) {
            _ = node.send("AUTH", "wrong", on: connection)
            if !node.modify({ $0.isFinished(ConnectionID(rawValue: connection)) }) { awaited.append(connection) }
        }
        #expect(awaited.count == Limits.awaitedLogins)
        // Asked again each turn, and gone in different ways.
        for connection in awaited { #expect(node.modify { !$0.isFinished(ConnectionID(rawValue: connection)) }) }
        node.disconnect(awaited[0])
        node.advance(milliseconds: 4000)
        for connection in awaited.dropFirst() { #expect(node.read(on: connection).hasPrefix("-WRONGPASS")) }
        for connection in awaited.dropFirst() { node.disconnect(connection) }
        #expect(node.inspect { $0.connections.awaitedLogins } == 0)
    }

    /// Who sends a guess and a command and leaves would guess as fast as it connects: the guess that is right executes
    /// nothing.
    @Test func nothingFollowsASlowedLoginOfAClientThatLeft() {
        let node = guessedNode()
        _ = node.sendRaw("AUTH secret\r\nACL SETUSER evil on nopass +@all\r\n", on: 1)
        _ = node.modify { $0.isFinished(ConnectionID(rawValue: 1)) }
        node.advance(milliseconds: 4000)
        #expect(node.read(on: 1) == "+OK\r\n")
        #expect(node.inspect { $0.access.number(of: "evil".utf8Span.span.bytes) } == nil)
    }

    /// Requests that wait because their replies are not read are tried again, and must not each add one.
    @Test func unreadRepliesStayWithinTheirBound() {
        var configuration = Configuration()
        configuration.requirePass = "secret"
        let node = NodeDialogue(configuration)
        node.stall(0)
        _ = node.sendRaw(String(repeating: "N\r\n", count: 20_000))
        for _ in 0..<200 { node.advance(milliseconds: 1) }
        let unsent = node.inspect { $0.connections[0].reply.buffer.count }
        #expect(unsent > Limits.unauthenticatedOutput && unsent < Limits.unauthenticatedOutput + 1024, "\(unsent)")
    }
}
