@testable import SessionCore

/// In what state of a connection a request is sent.
enum RequestContext: CaseIterable {
    case resp2, resp3, transaction, transactionResp3, subscribed, subscribedResp3, unauthenticated

    /// Those in which keys matter.
    static let executing: [RequestContext] = [.resp2, .resp3, .transaction, .transactionResp3]

    var preparation: [[String]] {
        switch self {
        case .resp2, .unauthenticated: []
        case .resp3: [["HELLO", "3"]]
        case .transaction: [["MULTI"]]
        case .transactionResp3: [["HELLO", "3"], ["MULTI"]]
        case .subscribed: [["SUBSCRIBE", "c"]]
        case .subscribedResp3: [["HELLO", "3"], ["SUBSCRIBE", "c"]]
        }
    }

    var isTransaction: Bool { self == .transaction || self == .transactionResp3 }
}

/// A node with a key of every kind, asked one command in many ways; each request on a connection of its own.
final class ExtremeConversation {
    private let command: CommandID
    private let flags: CommandFlags
    private let context: RequestContext
    private var dialogue = NodeDialogue()
    private var token = ""
    private var sessionKey = ""
    /// It was to stop: a new one takes its place.
    private var isSpent = false

    init(_ command: CommandID, _ flags: CommandFlags, _ context: RequestContext) {
        self.command = command
        self.flags = flags
        self.context = context
        start()
    }

    private func start() {
        var configuration = Configuration()
        if context == .unauthenticated { configuration.requirePass = "secret" }
        configuration.debugCommand = .everybody
        configuration.shutdownTimeout = 0
        isSpent = false
        dialogue = NodeDialogue(configuration)
        dialogue.modify { $0.execution.replyLimit = 1 << 20 }
        if context == .unauthenticated { _ = dialogue.send("AUTH", "secret") }
        for key in SampleKey.allCases { make(key) }
        makeSession()
    }

    private func make(_ key: SampleKey) {
        guard let request = key.making else { return }
        _ = dialogue.send("DEL", key.rawValue)
        _ = dialogue.send(request)
    }

    private func makeSession() {
        token = dialogue.create("USER alice FIELDS 1 a 1")
        sessionKey = "__sess__:" + dialogue.handle(token)
    }

    /// Sends a request, its placeholders filled in.
    /// - Returns: what is wrong with the answer; nil if it is as it should be.
    func problem(_ form: [String], _ key: SampleKey) -> String? {
        restore(key)
        dialogue.connect(1)
        defer { if dialogue.isConnected(1) { dialogue.disconnect(1) } }
        for request in context.preparation { _ = dialogue.send(request, on: 1) }
        let words = form.map { fill($0, key) }
        var answer = dialogue.sendBytes(words.map { Array($0.utf8) }, on: 1)
        if context.isTransaction, dialogue.isConnected(1) {
            answer += dialogue.sendBytes([Array("EXEC".utf8)], on: 1)
        }
        answer += settle()
        guard let frames = ReplyFrames.count(in: answer) else {
            // What a replica is sent is no sequence of replies; and as in Redis what is not answered (REPLCONF ACK,
            // whatever follows CLIENT REPLY OFF) is missing in the array of an EXEC.
            switch command {
            case .psync, .sync, .clientReply, .replconf: return nil
            default: break
            }
            return "no replies: \(String(decoding: answer.prefix(200), as: UTF8.self))"
        }
        let expected = context.isTransaction ? 2 : 1
        // A reply that would be too long ends the connection instead.
        if frames == expected || mayAnswerOtherwise || !dialogue.isConnected(1) { return nil }
        return "\(frames) replies instead of \(expected): \(String(decoding: answer.prefix(200), as: UTF8.self))"
    }

    /// Whether the node still serves others.
    var isAlive: Bool {
        restore(.missing)
        return dialogue.send("PING") == "+PONG\r\n"
    }

    /// Makes the node as it was: what the last request has changed, or a new one.
    private func restore(_ key: SampleKey) {
        switch command {
        case .failover, .replicaof, .slaveof, .psync:
            _ = dialogue.send("FAILOVER", "ABORT")
            _ = dialogue.send("REPLICAOF", "NO", "ONE")
        // Whoever would end it has to wait as well.
        case .clientPause: isSpent = true
        default: break
        }
        if isSpent || !dialogue.isConnected(0) { start() }
        guard flags.contains(.write) else { return }
        make(key)
        if dialogue.send("EXISTS", sessionKey) != ":1\r\n" { makeSession() }
    }

    private func fill(_ word: String, _ key: SampleKey) -> String {
        switch word {
        case "{key}": key == .session ? sessionKey : key.rawValue
        case "{other}": "other"
        case "{token}": token
        case "{id}": "1"
        default: word
        }
    }

    /// Does what the node asks its runtime for.
    private func settle() -> [UInt8] {
        for effect in dialogue.effects() {
            if case .sleep = effect { dialogue.complete() }
            if case .shutdown = effect { isSpent = true }
        }
        return dialogue.isConnected(1) ? dialogue.readBytes(on: 1) : []
    }

    /// Commands that answer with a message for each argument, or not at once, or not at all.
    private var mayAnswerOtherwise: Bool {
        switch command {
        case .subscribe, .unsubscribe, .psubscribe, .punsubscribe, .publish: true
        case .wait, .waitaof, .failover, .shutdown, .clientReply, .replconf, .psync, .sync, .clientKill: true
        case .clientPause: true
        case .exec, .discard, .multi, .reset, .quit, .hello: context.isTransaction
        default: false
        }
    }
}
