extension NodeDialogue {
    /// Sends every request that reads for every key of some databases.
    /// - Parameter member: a name that is asked for in each collection.
    /// - Returns: the requests that were not answered by one whole reply.
    func readEverything(databases: Range<Int> = 0..<4, member: String = "a") -> [String] {
        var unanswered: [String] = []
        for database in databases {
            _ = send("SELECT", "\(database)")
            for form in ReadRequests.ofDatabase where ask(form, [], member) != 1 { unanswered.append(form) }
            for case .bulk(let key) in reply("KEYS", "*").elements ?? [] {
                for form in ReadRequests.ofKey where ask(form, key, member) != 1 {
                    unanswered.append("\(database) \(form): \(String(decoding: key, as: UTF8.self))")
                }
            }
        }
        _ = send("SELECT", "0")
        return unanswered
    }

    private func ask(_ form: String, _ key: [UInt8], _ member: String) -> Int {
        WireReply.all(in: sendBytes(ReadRequests.words(form, key: key, member: Array(member.utf8)))).count
    }
}
