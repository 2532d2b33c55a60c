import Testing

@testable import SessionCore

/// In what state a client is when it is killed.
enum VictimState: CaseIterable {
    case idle, pendingOutput, halfRequest, transaction, watching, subscriber, subscriberResp3, monitor, waiting, paused
    case slowedLogin, replica, tracking, redirected, muted
}

/// Redis advisory CVE-2026-56684: `CLIENT KILL` freed a client that was still in use elsewhere: with output pending, in
/// a list of those who wait, or as the receiver of messages.
@Suite("CVE-2026-56684: use of a client after CLIENT KILL")
struct CVE_2026_56684Tests {
    private static let victim: UInt32 = 1

    /// Killed by another, at once, in a transaction, or by its address; between the kill and the end of the connection
    /// everything happens that could reach the client.
    @Test(arguments: VictimState.allCases, 0..<4)
    func byAnother(_ state: VictimState, _ way: Int) {
        let dialogue = NodeDialogue()
        dialogue.isPatient = false
        prepare(state, dialogue)
        let id = dialogue.inspect { $0.connections[1].id }
        switch way {
        case 0: dialogue.expect("CLIENT", "KILL", "ID", "\(id)", gives: ":1\r\n")
        case 1: dialogue.expect("CLIENT", "KILL", "10.0.0.1:1", gives: "+OK\r\n")
        case 2:
            #expect(
                dialogue.sendRaw("MULTI\r\nCLIENT KILL ID \(id)\r\nPING\r\nCLIENT KILL ID \(id)\r\nEXEC\r\n")
                    == "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n:1\r\n+PONG\r\n:0\r\n")
        default:
            dialogue.expect("CLIENT", "KILL", "ADDR", "10.0.0.1:1", "SKIPME", "no", gives: ":1\r\n")
        }
        provoke(dialogue, id)
        checkGone(dialogue, id)
    }

    /// Killed by itself: its reply is sent, what it sent behind is not executed.
    @Test(arguments: [
        VictimState.idle, .watching, .subscriberResp3, .monitor, .tracking, .muted,
    ])
    func byItself(_ state: VictimState) {
        let dialogue = NodeDialogue()
        prepare(state, dialogue)
        let id = dialogue.inspect { $0.connections[1].id }
        let kill = "CLIENT KILL ID \(id) SKIPME no\r\nPUBLISH c m\r\n"
        _ = dialogue.sendRaw(kill + "EXEC\r\nSET after 1\r\n", on: Self.victim)
        provoke(dialogue, id)
        checkGone(dialogue, id)
        dialogue.expect("EXISTS", "after", gives: ":0\r\n")
    }

    /// One that has ended itself and does not read the answer still ends: by another, by `timeout` or by the limits of
    /// output.
    @Test(arguments: 0..<3) func byItselfWithoutReading(_ way: Int) {
        var configuration = Configuration()
        if way == 1 { configuration.timeout = 10 }
        configuration.normalOutputLimit = OutputLimit(hard: 0, soft: way == 2 ? 1 << 20 : 0, softSeconds: 10)
        let dialogue = NodeDialogue(configuration)
        dialogue.connect(Self.victim)
        dialogue.stall(Self.victim)
        let flood = String(repeating: "ECHO \(String(repeating: "x", count: 60_000))\r\n", count: 30)
        _ = dialogue.sendRaw(flood + "CLIENT KILL ID 2 SKIPME no\r\n", on: Self.victim)
        let closed = NodeEffect.close(ConnectionID(rawValue: Self.victim))
        #expect(!dialogue.effects().contains(closed))
        switch way {
        case 0: dialogue.expect("CLIENT", "KILL", "ID", "2", gives: ":1\r\n")
        default: for _ in 0..<12 { dialogue.advance(milliseconds: 1001) }
        }
        #expect(dialogue.effects().contains(closed))
        #expect(!dialogue.isConnected(Self.victim))
    }

    private func prepare(_ state: VictimState, _ dialogue: NodeDialogue) {
        let victim = Self.victim
        func send(_ line: String) { _ = dialogue.sendRaw(line + "\r\n", on: victim) }
        dialogue.connect(victim, from: "10.0.0.1:1")
        dialogue.expect("SET", "k", "0", gives: "+OK\r\n")
        switch state {
        case .idle: send("PING")
        case .pendingOutput:
            dialogue.stall(victim)
            _ = dialogue.send("ECHO", String(repeating: "x", count: 1 << 20), on: victim)
        case .halfRequest: send("*3\r\n$3\r\nSET\r\n$5\r\nafter\r\n$100\r\nxx")
        case .transaction: send("MULTI\r\nSET after 1")
        case .watching: send("WATCH k j")
        case .subscriber: send("SUBSCRIBE c\r\nPSUBSCRIBE *")
        case .subscriberResp3: send("HELLO 3\r\nSUBSCRIBE c\r\nPSUBSCRIBE *")
        case .monitor: send("MONITOR")
        case .waiting: send("WAIT 1 0\r\nSET after 1")
        case .paused:
            dialogue.expect("CLIENT", "PAUSE", "100000", "WRITE", gives: "+OK\r\n")
            send("SET after 1")
        case .slowedLogin: send("AUTH nobody wrong\r\nSET after 1")
        case .replica: send("REPLCONF capa eof capa psync2\r\nPSYNC ? -1")
        case .tracking: send("HELLO 3\r\nCLIENT TRACKING ON\r\nGET k")
        case .redirected:
            send("SUBSCRIBE __redis__:invalidate")
            let id = dialogue.inspect { $0.connections[1].id }
            _ = dialogue.sendRaw("CLIENT TRACKING ON REDIRECT \(id)\r\nGET k\r\n", on: 2)
        case .muted: send("CLIENT REPLY OFF")
        }
    }

    /// All that could reach a client that is on its way out.
    private func provoke(_ dialogue: NodeDialogue, _ id: Int64) {
        dialogue.deliver(Array("PING\r\nSET after 1\r\n".utf8), on: Self.victim)
        dialogue.expect("CLIENT", "KILL", "ID", "\(id)", gives: ":0\r\n")
        dialogue.expect("CLIENT", "UNBLOCK", "\(id)", gives: ":0\r\n")
        dialogue.expect("CLIENT", "UNPAUSE", gives: "+OK\r\n")
        dialogue.expect("PUBLISH", "c", String(repeating: "m", count: 10_000), gives: ":0\r\n")
        dialogue.expect("SET", "k", "1", gives: "+OK\r\n")
        dialogue.expect("SET", "j", "1", "PX", "10", gives: "+OK\r\n")
        dialogue.expect("CLIENT", "TRACKING", "ON", "REDIRECT", "\(id)", gives: missing)
        _ = dialogue.send("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1000 1000 1")
        dialogue.advance(milliseconds: 5000)
        #expect(!dialogue.send("CLIENT", "LIST").contains("id=\(id) "))
    }

    private let missing = "-ERR The client ID you want redirect to does not exist\r\n"

    private func checkGone(_ dialogue: NodeDialogue, _ id: Int64) {
        let closed = dialogue.effects().filter { $0 == .close(ConnectionID(rawValue: Self.victim)) }
        #expect(closed.count == 1, "closed once")
        dialogue.expect("PUBLISH", "c", "m", gives: ":0\r\n")
        dialogue.expect("SET", "k", "2", gives: "+OK\r\n")
        dialogue.expect("EXISTS", "after", gives: ":0\r\n")
        // The number is another client's now, which inherits nothing.
        dialogue.connect(Self.victim)
        dialogue.expect("SET", "k", "3", gives: "+OK\r\n")
        dialogue.expect("PUBLISH", "c", "m", gives: ":0\r\n")
        dialogue.advance(milliseconds: 100_000)
        #expect(dialogue.read(on: Self.victim) == "")
        dialogue.expect("PING", on: Self.victim, gives: "+PONG\r\n")
        dialogue.expect("EXEC", on: Self.victim, gives: "-ERR EXEC without MULTI\r\n")
    }
}
