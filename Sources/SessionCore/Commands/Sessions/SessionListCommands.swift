/// SESSLIST, SESSCARD: what sessions there are.
extension Execution {
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
        var cursor = SessionCursor(at: store.now, after: store.uses)
        if options.cursor > 0, !request[options.cursor].isEqual(to: "0") {
            guard let given = SessionCursor(request[options.cursor]) else { throw .invalidCursor }
            cursor = given
        }
        let page = store.sessionPage(
            database, user: request[1], cursor, count: options.count ?? Limits.listDefault)
        reply.array(2)
        if let next = page.next { reply.bulk(next.text) } else { reply.bulk("0") }
        reply.array(page.sessions.count)
        for index in 0..<page.sessions.count {
            reply.map(10)
            writeSummary(page.sessions[index].session, isRotated: false)
        }
    }
}
