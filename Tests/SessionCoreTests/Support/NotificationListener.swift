import Testing

@testable import SessionCore

extension NodeDialogue {
    /// The connection that listens in tests of notifications.
    private static let listener: UInt32 = 90

    /// Has everything announced, and somebody listen: `events` returns what is published from now on.
    func announce(_ events: String = "KEAmn") {
        expect("CONFIG", "SET", "notify-keyspace-events", events, gives: "+OK\r\n")
        _ = send("PSUBSCRIBE", "__key*", on: NodeDialogue.listener)
    }

    /// What was announced since the last call, in order, as `event key`, with `db:` in front where it is not database
    /// 0. Expects each event on both of its channels.
    func events(sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
        var announced: [String] = []
        let messages = WireReply.all(in: Array(read(on: NodeDialogue.listener).utf8))
        for (index, message) in messages.enumerated() {
            guard let parts = message.elements, parts.count == 4, let channel = parts[2].text,
                let payload = parts[3].text, let at = channel.firstIndex(of: "@"),
                let colon = channel[at...].firstIndex(of: ":")
            else {
                Issue.record("no notification: \(message)", sourceLocation: sourceLocation)
                continue
            }
            let database = channel[channel.index(after: at)..<colon].dropLast(2)
            let rest = String(channel[channel.index(after: colon)...])
            let isTwin = channel.hasPrefix("__keyevent@")
            let text = (database == "0" ? "" : "\(database):") + (isTwin ? "\(rest) \(payload)" : "\(payload) \(rest)")
            #expect(isTwin == (index % 2 == 1), "\(channel)", sourceLocation: sourceLocation)
            if isTwin {
                #expect(announced.last == text, sourceLocation: sourceLocation)
            } else {
                announced.append(text)
            }
        }
        return announced
    }

    /// Runs a table of commands, as `expect` does, and compares what each announces.
    func expectEvents(
        _ table: [(command: String, events: [String])], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (command, expected) in table {
            let reply = send(command.split(separator: " ").map { $0 == "\"\"" ? "" : String($0) })
            #expect(!reply.hasPrefix("-"), "\(command): \(reply)", sourceLocation: sourceLocation)
            let announced = events(sourceLocation: sourceLocation)
            #expect(announced == expected, "\(command)", sourceLocation: sourceLocation)
        }
    }
}
