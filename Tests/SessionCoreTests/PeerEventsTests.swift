import Testing

@testable import SessionCore

/// What peers can add to the log, and keep in lists that others read.
@Suite struct PeerEventsTests {
    private static func lines(_ dialogue: NodeDialogue) -> [String] {
        dialogue.effects().compactMap { if case .log(_, let line) = $0 { line } else { nil } }
    }

    @Test func failedLoginsAreLoggedAFewTimes() {
        let dialogue = NodeDialogue()
        dialogue.isPatient = false
        for client in 1...30 as ClosedRange<UInt32> { _ = dialogue.send("AUTH", "nobody", "x", on: client) }
        let lines = Self.lines(dialogue).filter { $0.contains("failed to log in") }
        #expect(lines.count == Limits.peerLogLines)
        dialogue.advance(milliseconds: Limits.peerLogPeriod / 1000 - 1)
        #expect(Self.lines(dialogue) == [])
        dialogue.advance(milliseconds: 1)
        #expect(Self.lines(dialogue) == ["20 more failed logins in the last 10 seconds"])
        _ = dialogue.send("AUTH", "nobody", "x", on: 40)
        #expect(Self.lines(dialogue).count == 1)
    }

    @Test("other kinds are not affected; an idle node is woken for the report")
    func kinds() {
        var events = PeerEvents()
        for _ in 0..<100 { _ = events.admits(.failedLogin, .warning, now: 5) }
        let isOtherAdmitted = events.admits(.webRequest, .warning, now: 6)
        #expect(isOtherAdmitted)
        #expect(events.nextReport == 5 + Limits.peerLogPeriod)
        let early = events.report(now: 7)
        #expect(early.isEmpty)
        #expect(events.nextReport == 5 + Limits.peerLogPeriod)
        let isLateAdmitted = events.admits(.failedLogin, .warning, now: 6 + Limits.peerLogPeriod)
        #expect(!isLateAdmitted, "first what there was")
        let report = events.report(now: 6 + Limits.peerLogPeriod)
        #expect(report.map(\.text) == ["91 more failed logins in the last 10 seconds"])
        #expect(events.nextReport == .max)
        let isAdmittedAgain = events.admits(.failedLogin, .warning, now: 7 + Limits.peerLogPeriod)
        #expect(isAdmittedAgain)
    }

    @Test("whatever peers do, lines stay few", arguments: ["POST / HTTP/1.1\r\n", "*1\r\n!\r\n", "*-5x\r\n"])
    func floods(request: String) {
        var configuration = Configuration()
        configuration.logLevel = .debug
        let dialogue = NodeDialogue(configuration)
        for client in 1...100 as ClosedRange<UInt32> { _ = dialogue.sendRaw(request, on: client) }
        let lines = Self.lines(dialogue)
        #expect((1...Limits.peerLogLines).contains(lines.count), "\(lines)")
    }

    @Test func linesAreBounded() {
        let dialogue = NodeDialogue()
        dialogue.modify { $0.log(.warning, String(repeating: "x", count: 100_000)) }
        let lines = Self.lines(dialogue)
        #expect(lines.count == 1 && lines[0].utf8.count <= Limits.logLine + 3)
    }

    @Test func namesAreBounded() {
        let dialogue = NodeDialogue()
        let most = String(repeating: "n", count: Limits.clientName)
        dialogue.expect("CLIENT", "SETNAME", most, gives: "+OK\r\n")
        dialogue.expect("CLIENT", "SETINFO", "LIB-NAME", most, gives: "+OK\r\n")
        dialogue.expect("CLIENT", "SETINFO", "lib-ver", most, gives: "+OK\r\n")
        let tooLong = "is too long (maximum is \(Limits.clientName) bytes)\r\n"
        dialogue.expect("CLIENT", "SETNAME", most + "n", gives: "-ERR client name \(tooLong)")
        dialogue.expect("CLIENT", "SETINFO", "LIB-NAME", most + "n", gives: "-ERR lib-name \(tooLong)")
        dialogue.expect("CLIENT", "SETINFO", "LIB-VER", most + "n", gives: "-ERR lib-ver \(tooLong)")
        dialogue.expect("HELLO", "2", "SETNAME", most + "n", gives: "-ERR client name \(tooLong)")
        dialogue.expect("CLIENT", "GETNAME", gives: bulk(most))
    }

    @Test("a connection that is denied much leaves entries of bounded size in ACL LOG and SLOWLOG")
    func entries() {
        let dialogue = NodeDialogue()
        let long = String(repeating: "n", count: Limits.clientName)
        _ = dialogue.send("CLIENT", "SETNAME", long, on: 1)
        _ = dialogue.send("ACL", "SETUSER", "u", "on", "nopass", "+@all", "~a", "&c")
        _ = dialogue.send("AUTH", "u", "x", on: 1)
        _ = dialogue.send("CONFIG", "SET", "slowlog-log-slower-than", "0")
        for number in 0..<50 {
            _ = dialogue.send("GET", String(repeating: "k", count: 60_000) + "\(number)", on: 1)
            _ = dialogue.send("PUBLISH", String(repeating: "c", count: 60_000) + "\(number)", "m", on: 1)
            _ = dialogue.send(["MGET"] + (0..<100).map { _ in "a" }, on: 1)
        }
        let most = 50 * 2 * (Limits.accessLogObject + Limits.clientName + 1024)
        #expect(dialogue.send("ACL", "LOG", "1000").utf8.count < most)
        let slow = Limits.slowLogArguments * (Limits.slowLogArgument + 32) + Limits.clientName + 256
        #expect(dialogue.send("SLOWLOG", "GET", "1000").utf8.count < 128 * slow)
    }

    @Test("error codes are bounded in number and length")
    func errorCodes() {
        var errors = ErrorStatistics()
        for number in 0..<1000 {
            errors.add(Array("CODE\(number) text".utf8))
            errors.add([UInt8](repeating: 65, count: 1000) + Array(" text".utf8))
        }
        #expect(errors.counts.count == Limits.errorCodes)
        #expect(errors.counts.allSatisfy { $0.code.utf8.count <= 32 })
    }
}
