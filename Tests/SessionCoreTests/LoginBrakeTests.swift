import Testing

@testable import SessionCore

/// Guessing passwords over many connections and addresses, and in transactions: it is slowed down, and nobody is kept
/// out by it.
@Suite struct LoginBrakeTests {
    private let dialogue: NodeDialogue

    init() {
        var configuration = Configuration()
        configuration.protectedMode = false
        dialogue = NodeDialogue(configuration)
        _ = dialogue.send("ACL", "SETUSER", "u", "on", ">right", "+@all", "~*")
        dialogue.isPatient = false
    }

    private static let wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n"

    /// Opens connections `range`, each of which guesses once.
    private func guess(_ range: ClosedRange<UInt32>, from address: (UInt32) -> String, as user: String = "u") {
        for connection in range {
            dialogue.connect(connection, from: address(connection), isLocal: false)
            #expect(dialogue.send("AUTH", user, "guess", on: connection) == "")
        }
    }

    /// Milliseconds until a login is answered.
    private func wait(_ connection: UInt32, from address: String, password: String = "right") -> Int64 {
        dialogue.connect(connection, from: address, isLocal: false)
        var answer = dialogue.send("AUTH", "u", password, on: connection)
        var waited: Int64 = 0
        while answer.isEmpty && waited < 10_000 {
            dialogue.advance(milliseconds: 10)
            waited += 10
            answer = dialogue.read(on: connection)
        }
        #expect(answer == (password == "right" ? "+OK\r\n" : Self.wrong))
        return waited
    }

    // MARK: Transactions

    @Test func notInATransaction() {
        let refused = "-ERR Command not allowed inside a transaction\r\n"
        let aborted = "-EXECABORT Transaction discarded because of previous errors.\r\n"
        for login in [
            ["AUTH", "guess"], ["AUTH", "u", "right"], ["auth", "u", "guess"], ["HELLO", "3", "AUTH", "u", "right"],
            ["HELLO", "2", "SETNAME", "x", "auth", "u", "guess"],
        ] {
            dialogue.expect("MULTI", on: 1, gives: "+OK\r\n")
            #expect(dialogue.send(login, on: 1) == refused)
            dialogue.expect("EXEC", on: 1, gives: aborted)
        }
        dialogue.expect("ACL", "WHOAMI", on: 1, gives: bulk("default"))
        #expect(dialogue.send("INFO", "stats").contains("acl_access_denied_auth:0\r\n"))
        dialogue.expect("MULTI", on: 1, gives: "+OK\r\n")
        dialogue.expect("HELLO", "2", on: 1, gives: "+QUEUED\r\n")
        #expect(dialogue.send("EXEC", on: 1).hasPrefix("*1\r\n*14\r\n"))
    }

    // MARK: Many connections

    /// The answers to one guess on each of 200 connections at once take as long as 200 guesses may.
    @Test(arguments: ["192.0.2.1:50000", "192.0.2.1:#", "[2001:db8:0:7:#::1]:50000"])
    func connectionsOfOneAddress(_ address: String) {
        guess(1...200, from: { address.replacing("#", with: String($0)) })
        var answers: [Int] = []
        for _ in 0..<36 {
            dialogue.advance(milliseconds: 100)
            answers.append((1...200).filter { dialogue.read(on: $0) == Self.wrong }.count)
        }
        #expect(answers.reduce(0, +) == 200, "everybody is answered in the end")
        #expect(answers[0] <= 16, "a burst, and what is due within the first 100 ms")
        #expect(answers[1...30].allSatisfy { $0 <= 6 })
    }

    @Test func nobodyIsKeptOut() {
        guess(1...200, from: { _ in "192.0.2.1:50000" })
        #expect(wait(300, from: "192.0.2.2:50000") == 0, "another address")
        #expect(wait(301, from: "[2001:db8::1]:50000") == 0)
        dialogue.expect("AUTH", "u", "right", on: 302, gives: "+OK\r\n")
        // The same address waits, for as long as the others do: an answer that is not there says nothing.
        let waited = wait(303, from: "192.0.2.1:50000")
        #expect((2000...3200).contains(waited))
        dialogue.advance(milliseconds: 3400)
        #expect(wait(304, from: "192.0.2.1:50000") == 0, "it is over soon")
    }

    /// Whether the password is right shows when the answer is due, not before.
    @Test func rightAndWrongTakeTheSameTime() {
        guess(1...100, from: { _ in "192.0.2.1:50000" })
        let right = wait(200, from: "192.0.2.1:50000")
        let other = LoginBrakeTests()
        other.guess(1...100, from: { _ in "192.0.2.1:50000" })
        #expect(other.wait(200, from: "192.0.2.1:50000", password: "guess") == right)
        #expect(right > 1000)
    }

    /// What is sent behind a login that is held back is executed after it, as the user that it made.
    @Test func whatFollowsWaits() {
        guess(1...100, from: { _ in "192.0.2.1:50000" })
        dialogue.connect(200, from: "192.0.2.1:50000", isLocal: false)
        #expect(dialogue.sendRaw("HELLO 3 AUTH u right\r\nSET a 1\r\nACL WHOAMI\r\n", on: 200) == "")
        dialogue.expect("GET", "a", gives: "$-1\r\n")
        dialogue.advance(milliseconds: 3200)
        let answer = dialogue.read(on: 200)
        #expect(answer.hasPrefix("%7\r\n") && answer.hasSuffix("+OK\r\n$1\r\nu\r\n"))
    }

    // MARK: Many addresses

    /// A name that many addresses guess: each failure costs its address more, and a first login costs nothing.
    @Test func addressesOfOneName() {
        guess(1...600, from: { "192.0.\($0 / 200).\($0 % 200):50000" })
        #expect(wait(1000, from: "198.51.100.1:50000") == 0, "the right password from an address that has not failed")
        guess(1001...1001, from: { _ in "198.51.100.2:50000" })
        let now = dialogue.now.monotonicMicroseconds
        #expect(dialogue.inspect { $0.connections[1001].heldUntil } > now + 1_000_000, "a wrong one")
        guess(1002...1002, from: { _ in "198.51.100.3:50000" })
        #expect(wait(1003, from: "198.51.100.3:50000") > 500, "one failure was enough")
        dialogue.advance(milliseconds: 3400)
        guess(1004...1004, from: { _ in "198.51.100.4:50000" })
        #expect(wait(1005, from: "198.51.100.4:50000") == 0, "it is over soon")
    }

    /// The times of answers do not tell which users there are.
    @Test func unknownNamesAreSlowedDownAlike() {
        var times: [[Int64]] = []
        for user in ["u", "nobody", "default"] {
            let node = LoginBrakeTests()
            _ = node.dialogue.send("CONFIG", "SET", "requirepass", "right")
            node.guess(1...300, from: { "192.0.2.\($0 % 30):50000" }, as: user)
            times.append((1...300).map { id in node.dialogue.inspect { $0.connections[Int(id)].heldUntil } })
        }
        #expect(times[0] == times[1] && times[1] == times[2])
        #expect(Set(times[0]).count > 10)
    }

    // MARK: The table

    @Test func accountsAreBoundedAndTheFullOnesStay() {
        var accounts = LoginAccounts()
        for _ in 0..<400 { accounts.add(20_000, to: 1, at: 0) }
        let full = accounts.excess(of: 1, at: 0)
        #expect(full == Limits.loginDelayMaximum, "no more than may be on it")
        var holders = SplitMix64(seed: 1)
        for _ in 0..<100_000 { accounts.add(20_000, to: holders.next() | 1, at: 0) }
        #expect(accounts.excess(of: 1, at: 0) == full)
        #expect(accounts.excess(of: 1, at: 1_000_000) == full - 1_000_000)
        #expect(!accounts.isEmpty(at: 3_399_999) && accounts.isEmpty(at: 3_400_000))
        accounts.add(20_000, to: 1, at: 10_000_000)
        #expect(accounts.excess(of: 1, at: 10_000_000) == 0, "it begins anew")
    }

    @Test(arguments: [
        ("192.0.2.1:50000", false, "192.0.2.1"), ("127.0.0.9:1", true, "local"), ("/run/s.sock:0", true, "local"),
        ("[2001:db8:1:2:3:4:5:6]:1", false, "2001:db8:1:2"), ("[2001:db8::5:6]:1", false, "2001:db8:0:0"),
        ("[2001:db8:1:2:3:4:5::]:1", false, "2001:db8:1:2"), ("[::]:1", false, "0:0:0:0"),
        ("[::2:3:4:5:6:7]:1", false, "0:0:2:3"), ("[fe80::1%eth0]:1", false, "fe80:0:0:0"),
        ("[::ffff:192.0.2.1]:1", false, "::ffff:192.0.2.1"),
    ])
    func networks(_ address: String, _ isLocal: Bool, _ network: String) {
        #expect(Peer(address: address, localAddress: "", isLocal: isLocal, fileDescriptor: 3).network == network)
    }
}
