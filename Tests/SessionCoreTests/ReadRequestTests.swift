import Testing

@testable import SessionCore

@Suite("Every way of reading a key")
struct ReadRequestTests {
    /// Reads that take no key's name: of sessions by their tokens, and of whole databases.
    private static let others: Set<CommandID> = [
        .sessGet, .sessList, .sessCard, .scan, .keys, .randomkey, .dbsize, .lolwut, .evalRo, .evalshaRo,
    ]

    @Test(arguments: CommandID.allCases)
    func noneIsLeftOut(_ id: CommandID) {
        let table = CommandTable()
        let row = table.rows[Int(id.rawValue)]
        guard row.flags.contains(.readonly), !row.isContainer, !Self.others.contains(id) else { return }
        let name = table.fullName(of: id).uppercased().split(separator: "|").joined(separator: " ")
        #expect(ReadRequests.ofKey.contains { $0.hasPrefix(name + " ") }, "\(name)")
    }

    @Test("All of them are answered, and well-formed for the type that they are for")
    func answers() {
        let node = NodeDialogue()
        _ = node.send("SET", "string", "a")
        _ = node.send("HSET", "hash", "a", "1", "b", "2")
        _ = node.send("SADD", "set", "a", "1")
        _ = node.send("ZADD", "sorted", "1", "a", "2.5", "b")
        #expect(node.readEverything() == [])
        for form in ReadRequests.ofKey {
            let errors = ["string", "hash", "set", "sorted"].map { key in
                node.reply(ReadRequests.words(form, key: Array(key.utf8))).code
            }
            if form.hasPrefix("OBJECT FREQ") { continue }
            #expect(errors.contains(nil), "\(form)")
            #expect(errors.allSatisfy { $0 == nil || $0 == "WRONGTYPE" }, "\(form): \(errors)")
        }
    }
}
