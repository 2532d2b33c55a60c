/// `COMMAND GETKEYS` and `COMMAND GETKEYSANDFLAGS`: where the keys of a request are.
extension CommandTable {
    /// Answers with the keys of the request that begins at the word `start`. Tokens and users of session commands are
    /// among them, as words to route by.
    func writeKeys(
        of request: borrowing Request, from start: Int, withFlags: Bool, into reply: inout ReplyWriter
    ) throws(ReplyError) {
        guard let facts = command(of: request, from: start) else { throw .invalidCommand }
        let specification = descriptor(of: facts).keys
        if case .none = specification { throw .noKeyArguments }
        guard facts.accepts(words: request.count - start) else { throw .invalidNumberOfArguments }
        let keys = request.keys(of: facts, from: start)
        if keys.count == 0 && !facts.flags.contains(.noMandatoryKeys) { throw .invalidArguments }
        reply.array(keys.count)
        for position in keys where !reply.hasOverflowed {
            if withFlags { reply.array(2) }
            reply.bulk(request[start + position])
            if withFlags { writeWords(flags(specification, position, request, start), into: &reply) }
        }
    }

    /// Redis's key flags of the key at a position.
    private func flags(
        _ keys: KeySpecification, _ position: Int, _ request: borrowing Request, _ start: Int
    ) -> StaticString {
        if case .set = keys { return request.setReads(from: start) ? "RW access update" : "OW update" }
        let flags = keys.flags
        return position == 1 ? flags.first ?? flags.others : flags.others
    }
}
