import Testing

@testable import SessionCore

extension CommandTable {
    /// The reply to a request of words without spaces, `COMMAND` or one of its subcommands.
    func reply(_ request: String, isRESP3: Bool = false) -> String {
        var writer = ReplyWriter()
        writer.isRESP3 = isRESP3
        let words = request.split(separator: " ")
        var bytes = ByteBuffer()
        var ranges = Vector<ArgumentRange>()
        for word in words {
            ranges.append(ArgumentRange(offset: UInt32(bytes.count), count: UInt32(word.utf8.count)))
            bytes.append(String(word))
        }
        let plan = RequestPlan(
            first: 0, count: words.count, start: 0, end: 0, facts: nil, hash: 0, handle: Handle(low: 0, high: 0))
        let second = words.count > 1 ? find(full: "command|\(words[1])") : nil
        let query: CommandQuery
        switch second?.id {
        case .commandHelp:
            writeHelp(for: .command, into: &writer)
            return writer.buffer.bytes.text
        case .commandCount: query = .count
        case .commandList: query = .names
        case .commandInfo: query = .facts
        case .commandDocs: query = .documentation
        case .commandGetkeys: query = .keys
        case .commandGetkeysandflags: query = .keysAndFlags
        default: query = .everything
        }
        do {
            try answer(query, Request(bytes: bytes.bytes, arguments: ranges.span, plan: plan), into: &writer)
        } catch {
            writer.error(error)
        }
        return writer.buffer.bytes.text
    }
}

@Suite struct CommandReplyTests {
    /// Replies as redis-server 7.0.15 sends them, `\r\n` written as `|`.
    @Test(arguments: [
        ("command info get", "*1|*10|$3|get|:2|*2|+readonly|+fast|:1|:1|:1|*3|+@read|+@string|+@fast|*0|*1|*6|"
            + "$5|flags|*2|+RO|+access|$12|begin_search|*4|$4|type|$5|index|$4|spec|*2|$5|index|:1|"
            + "$9|find_keys|*4|$4|type|$5|range|$4|spec|*6|$7|lastkey|:0|$7|keystep|:1|$5|limit|:0|*0|"),
        ("command info nope OBJECT|Help", "*2|$-1|*10|$11|object|help|:2|*2|+loading|+stale|:0|:0|:0|*2|"
            + "+@keyspace|+@slow|*0|*0|*0|"),
        ("command docs nope", "*0|"),
        ("command list filterby module m", "*0|"),
        ("command list filterby aclcat nope", "*0|"),
        ("command list FilterBy Pattern P*EX|nope", "*0|"),
        ("command list filterby pattern P*eX", "*1|$6|psetex|"),
        ("command list filterby pattern *|id", "*1|$9|client|id|"),
        ("command list filterby pattern", "-ERR syntax error|"),
        ("command list filterby nope x", "-ERR syntax error|"),
        ("command list x", "-ERR syntax error|"),
    ])
    func resp2(_ request: String, _ expected: String) {
        let table = CommandTable()
        let reply = table.reply(request)
        #expect(reply.replacing("\r\n", with: "|") == expected)
    }

    @Test(arguments: [
        ("command info object|freq", "*1|*10|$11|object|freq|:3|~1|+readonly|:2|:2|:1|~3|+@keyspace|+@read|+@slow|"
            + "~1|$23|nondeterministic_output|~1|%3|$5|flags|~1|+RO|"
            + "$12|begin_search|%2|$4|type|$5|index|$4|spec|%1|$5|index|:2|"
            + "$9|find_keys|%2|$4|type|$5|range|$4|spec|%3|$7|lastkey|:0|$7|keystep|:1|$5|limit|:0|~0|"),
        ("command info nope", "*1|_|"),
        ("command getkeysandflags rename a b", "*2|*2|$1|a|~3|+RW|+access|+delete|*2|$1|b|~2|+OW|+update|"),
        ("command list filterby pattern psetex", "*1|$6|psetex|"),
    ])
    func resp3(_ request: String, _ expected: String) {
        let table = CommandTable()
        let reply = table.reply(request, isRESP3: true)
        #expect(reply.replacing("\r\n", with: "|") == expected)
    }

    @Test func documentationIsAMapOfMaps() {
        let table = CommandTable()
        let row = table.rows[Int(CommandID.getset.rawValue)]
        func expected(_ map: String, _ map8: String, _ map3: String, _ map2: String, _ set: String) -> String {
            let summary = "$\(row.summary.utf8CodeUnitCount)|\(row.summary)"
            return "\(map)|$6|getset|\(map8)|$7|summary|\(summary)|$5|since|$5|1.0.0|$5|group|$6|string|"
                + "$10|complexity|$4|O(1)|$9|doc_flags|\(set)|+deprecated|$16|deprecated_since|$5|6.2.0|"
                + "$11|replaced_by|$16|`SET` with `GET`|$9|arguments|*2|"
                + "\(map3)|$4|name|$3|key|$4|type|$3|key|$14|key_spec_index|:0|"
                + "\(map2)|$4|name|$5|value|$4|type|$6|string|"
        }
        let flat = table.reply("command docs getset").replacing("\r\n", with: "|")
        #expect(flat == expected("*2", "*16", "*6", "*4", "*1"))
        let maps = table.reply("command docs getset", isRESP3: true).replacing("\r\n", with: "|")
        #expect(maps == expected("%1", "%8", "%3", "%2", "~1"))
    }

    @Test func documentationHoldsSubcommandsUnderTheirFullNames() {
        let table = CommandTable()
        let whole = table.reply("command docs memory").replacing("\r\n", with: "|")
        #expect(whole.contains("|$11|subcommands|*12|$12|memory|usage|*10|$7|summary|"))
        let part = table.reply("command docs memory|usage").replacing("\r\n", with: "|")
        let samples = "*8|$4|name|$5|count|$4|type|$7|integer|$5|token|$7|SAMPLES|$5|flags|*1|+optional|"
        #expect(part.hasPrefix("*2|$12|memory|usage|*10|"))
        #expect(part.hasSuffix(samples))
    }

    @Test func countAndListAndInfoAgree() {
        let table = CommandTable()
        let count = CommandID.allCases.filter { !table.fullName(of: $0).contains("|") }.count
        let replies = [
            table.reply("command count"), table.reply("command"), table.reply("command info"),
            table.reply("command docs", isRESP3: true), table.reply("command list"),
        ]
        #expect(replies[0] == ":\(count)\r\n")
        #expect(replies[1] == replies[2] && replies[1].hasPrefix("*\(count)\r\n*10\r\n"))
        #expect(replies[3].hasPrefix("%\(count)\r\n"))
        #expect(replies[4].hasPrefix("*\(CommandID.allCases.count)\r\n"))
    }

    @Test func categoriesListTheirCommands() {
        let table = CommandTable()
        let sessions = table.reply("command list filterby aclcat SESSION")
        #expect(sessions.hasPrefix("*10\r\n$10\r\nsesscreate\r\n"))
        let admin = table.reply("command list filterby aclcat admin")
        #expect(admin.contains("lastsave") && admin.contains("client|kill") && !admin.contains("client|id"))
    }

    @Test func helpNamesEverySubcommand() {
        let table = CommandTable()
        var writer = ReplyWriter()
        table.writeHelp(for: .object, into: &writer)
        let lines = writer.buffer.bytes.text.split(separator: "\r\n")
        #expect(lines.count == 12)
        #expect(lines[0] == "*11")
        #expect(lines[1] == "+OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        #expect(lines[2] == "+ENCODING key")
        #expect(lines[3].hasPrefix("+    "))
        #expect(lines.suffix(2) == ["+HELP", "+    Print this help."])
        let command = table.reply("command help")
        #expect(command.contains("+(no subcommand)\r\n"))
        #expect(command.contains("+LIST [FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]\r\n"))
    }
}
