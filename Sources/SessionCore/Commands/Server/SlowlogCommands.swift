/// SLOWLOG: commands that took long. Semantics: https://redis.io/docs/latest/commands/slowlog-get/
extension Node {
    /// SLOWLOG GET [count]: the latest first.
    mutating func slowlogGet(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 3 { throw .wrongSubcommandSyntax(request[1].text, container: "SLOWLOG") }
        var count = 10
        if request.count == 3 {
            guard let wanted = parseInteger(request[2]), wanted >= -1 else {
                throw .custom("ERR count should be greater than or equal to -1")
            }
            count = wanted < 0 ? .max : Int(wanted)
        }
        count = min(count, slowLog.count)
        let limit = reply.lift()
        defer { reply.restore(limit: limit) }
        reply.array(count)
        for age in 0..<count {
            let entry = slowLog[age: age]
            reply.array(6)
            reply.integer(entry.id)
            reply.integer(entry.unixSeconds)
            reply.integer(entry.microseconds)
            reply.array(entry.words.count)
            for word in entry.words { reply.bulk(word) }
            reply.bulk(entry.address)
            reply.bulk(entry.name)
        }
    }

    /// SLOWLOG RESET
    mutating func slowlogReset() {
        slowLog.removeAll()
        reply.ok()
    }
}
