/// SESSLIST, SESSCARD: what sessions there are.
extension Node {
    /// SESSCARD [user]
    mutating func sessCard(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 2 { throw .wrongArity(command: "sesscard") }
        if request.count == 2 { return reply.integer(store.sessionCount(database, user: request[1])) }
        var count = 0
        for database in 0..<store.databases.count { count += store.databases[database].sessions }
        reply.integer(count)
    }

    /// SESSLIST user [CURSOR c] [COUNT n]
    mutating func sessList(_ request: borrowing Request) throws(ReplyError) {
        let options = try SessionArguments(request, from: 2, allowing: [.cursor, .count])
        var cursor = SessionCursor(startedAt: store.now)
        if options.cursor > 0, !request[options.cursor].isEqual(to: "0") {
            guard let given = SessionCursor(request[options.cursor]) else { throw .invalidCursor }
            cursor = given
        }
        var page = Vector<Slot>()
        let next = store.sessionPage(
            database, user: request[1], cursor, count: options.count ?? Limits.listDefault, into: &page)
        reply.array(2)
        if let next { reply.bulk(next.text) } else { reply.bulk("0") }
        reply.array(page.count)
        for index in 0..<page.count {
            reply.map(10)
            writeSummary(page[index], isRotated: false)
        }
    }
}
