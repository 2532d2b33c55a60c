/// SLOWLOG: commands that took long. Semantics: https://redis.io/docs/latest/commands/slowlog-get/
extension Node {
    /// SLOWLOG GET [count]: the latest first.
    mutating func slowlogGet(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 3 { throw .wrongSubcommandSyntax(request[1].text, container: "SLOWLOG") }
        var count = 10
        if request.count == 3 {
            guard let wanted = parseInteger(request[2]), wanted >= -1 else { throw .countBelowMinusOne }
            count = wanted < 0 ? .max : Int(wanted)
        }
        count = min(count, observation.slowLog.count)
        let limit = execution.reply.lift()
        defer { execution.reply.restore(limit: limit) }
        execution.reply.array(count)
        for age in 0..<count {
            let entry = observation.slowLog[age: age]
            execution.reply.array(6)
            execution.reply.integer(entry.id)
            execution.reply.integer(entry.unixSeconds)
            execution.reply.integer(entry.microseconds)
            execution.reply.array(entry.words.count)
            for word in entry.words { execution.reply.bulk(word) }
            execution.reply.bulk(entry.address)
            execution.reply.bulk(entry.name)
        }
    }

    /// SLOWLOG RESET
    mutating func slowlogReset() {
        observation.slowLog.removeAll()
        execution.reply.ok()
    }
}
