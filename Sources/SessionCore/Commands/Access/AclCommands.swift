/// ACL: users, their permissions, and the log of what was denied. Semantics: https://redis.io/docs/latest/commands/acl/
extension Node {
    /// ACL WHOAMI
    mutating func aclWhoami() { execution.reply.bulk(access[connections[current].user].name.span.bytes) }

    /// ACL USERS
    mutating func aclUsers() {
        execution.reply.array(access.order.count)
        for number in access.order { execution.reply.bulk(access[number].name.span.bytes) }
    }

    /// ACL LIST
    mutating func aclList() {
        let limit = execution.reply.lift()
        defer { execution.reply.restore(limit: limit) }
        execution.reply.array(access.order.count)
        for number in access.order { execution.reply.bulk(access.line(of: number).span.bytes) }
    }

    /// ACL GETUSER username
    mutating func aclGetuser(_ request: borrowing Request) {
        guard let number = access.number(of: request[2]) else { return execution.reply.null() }
        let user = access[number]
        execution.reply.map(6)
        execution.reply.bulk("flags" as StaticString)
        execution.reply.set(user.flags.count)
        for flag in user.flags { execution.reply.bulk(flag) }
        execution.reply.bulk("passwords" as StaticString)
        execution.reply.array(user.passwords.count)
        for password in user.passwords { execution.reply.bulk(password.hexadecimal.span.bytes) }
        describe(user.selectors[0])
        execution.reply.bulk("selectors" as StaticString)
        execution.reply.array(user.selectors.count - 1)
        for selector in user.selectors.dropFirst() {
            execution.reply.map(3)
            describe(selector)
        }
    }

    /// Three pairs.
    private mutating func describe(_ selector: AccessSelector) {
        execution.reply.bulk("commands" as StaticString)
        execution.reply.bulk(selector.commandRules(table).span.bytes)
        execution.reply.bulk("keys" as StaticString)
        execution.reply.bulk(selector.keyRules.span.bytes)
        execution.reply.bulk("channels" as StaticString)
        execution.reply.bulk(selector.channelRules.span.bytes)
    }

    /// ACL SETUSER username [rule [rule ...]]: all rules or none
    mutating func aclSetuser(_ request: borrowing Request) throws(ReplyError) {
        let name = request[2].array
        if name.hasBlanks { throw .userNameWithBlanks }
        let known = access.number(of: request[2])
        if known == nil { try checkRoom(name) }
        var words: [[UInt8]] = []
        for index in 3..<max(request.count, 3) { words.append(request[index].array) }
        let allChannels = configuration.aclPubSubDefault
        var user = known.map { access[$0] } ?? AccessUser(name: name, allChannels: allChannels)
        try apply(words, to: &user)
        install(user)
        execution.reply.ok()
    }

    private func checkRoom(_ name: [UInt8]) throws(ReplyError) {
        if name.count > Limits.accessUserName { throw .userNameTooLong }
        if access.order.count >= Limits.accessUsers { throw .tooManyUsers }
    }

    private func apply(_ words: [[UInt8]], to user: inout AccessUser) throws(ReplyError) {
        let rules: [[UInt8]]
        do throws(AccessRules.Unmatched) {
            rules = try AccessRules.merged(words)
        } catch {
            throw .unmatchedParenthesis(error.word)
        }
        do throws(AccessRules.Failure) {
            try user.apply(rules, table, allChannels: configuration.aclPubSubDefault)
        } catch {
            throw .invalidRule(error.rule, error.reason)
        }
    }

    /// ACL DELUSER username [username ...]
    mutating func aclDeluser(_ request: borrowing Request) throws(ReplyError) {
        for index in 2..<request.count where request[index].isEqual(to: AccessUser.defaultName) {
            throw .defaultUserStays
        }
        var removed = 0
        for index in 2..<request.count {
            guard let number = access.number(of: request[index]) else { continue }
            removeUser(number, answering: current)
            removed += 1
        }
        execution.reply.integer(removed)
    }

    /// ACL CAT [category]
    mutating func aclCat(_ request: borrowing Request) throws(ReplyError) {
        switch request.count {
        case 2:
            execution.reply.array(ACLCategories.names.count)
            for name in ACLCategories.names { execution.reply.bulk(name) }
        case 3:
            guard let category = ACLCategories(name: request[2]) else {
                let name = request[2].slice(0, min(request[2].byteCount, 128)).array
                throw .unknownCategory(name)
            }
            let rows = table.rows.filter { !$0.categories.isDisjoint(with: category) }
            execution.reply.array(rows.count)
            for row in rows { execution.reply.bulk(table.fullName(of: row.id)) }
        default:
            throw .wrongSubcommandSyntax(request[1].text, container: "ACL")
        }
    }

    /// ACL DRYRUN username command [arg ...]: whether the user may execute the request, and if not, why not
    mutating func aclDryrun(_ request: borrowing Request) throws(ReplyError) {
        guard let number = access.number(of: request[2]) else { throw .unknownUser(request[2].array) }
        guard let facts = table.command(of: request, from: 3) else { throw .unknownCommandToTry(request[3].array) }
        guard facts.accepts(words: request.count - 3) else { throw .wrongArity(command: table.fullName(of: facts)) }
        let needs = table.accessNeeds[Int(facts.id.rawValue)]
        guard let denial = access.denial(number, of: request, from: 3, facts, needs) else {
            return execution.reply.ok()
        }
        var text = Array("This user has no permissions to ".utf8)
        switch denial.reason {
        case .command, .authentication: text += Array("run the '\(table.fullName(of: facts))' command".utf8)
        case .key: text += Array("access the '".utf8) + request[3 + denial.position].array + Array("' key".utf8)
        case .channel:
            text += Array("access the '".utf8) + request[3 + denial.position].array + Array("' channel".utf8)
        }
        execution.reply.bulk(text.span.bytes)
    }

    /// ACL GENPASS [bits]
    mutating func aclGenpass(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 3 { throw .wrongSubcommandSyntax(request[1].text, container: "ACL") }
        let bits = request.count == 3 ? try request.integer(2) : 256
        guard bits > 0, bits <= Int64(Limits.generatedPassword) else { throw .generatedPasswordLength }
        let digits = Int(bits + 3) / 4
        let bytes = (digits + 1) / 2
        precondition(execution.entropy.count >= bytes, "the node has run out of entropy")
        var password = ByteBuffer()
        for digit in 0..<digits {
            let byte = execution.entropy.bytes[digit / 2]
            password.append(hexCharacter(digit % 2 == 0 ? byte >> 4 : byte & 15))
        }
        execution.entropy.removeFirst(bytes)
        execution.reply.bulk(password)
    }

    /// ACL LOG [count | RESET]: the latest first, ten unless told
    mutating func aclLog(_ request: borrowing Request) throws(ReplyError) {
        if request.count > 3 { throw .wrongSubcommandSyntax(request[1].text, container: "ACL") }
        if request.count == 3, request[2].matches("reset") {
            access.log.removeAll()
            return execution.reply.ok()
        }
        let wanted = request.count == 3 ? try request.integer(2) : 10
        let count = Int(min(max(wanted, 0), Int64(access.log.count)))
        execution.reply.array(count)
        for index in 0..<count { write(access.log[index]) }
    }

    private mutating func write(_ entry: AccessLog.Entry) {
        execution.reply.map(7)
        execution.reply.bulk("count" as StaticString)
        execution.reply.integer(entry.count)
        execution.reply.bulk("reason" as StaticString)
        execution.reply.bulk(entry.reason.name)
        execution.reply.bulk("context" as StaticString)
        execution.reply.bulk(entry.context.name)
        execution.reply.bulk("object" as StaticString)
        execution.reply.bulk(entry.object.span.bytes)
        execution.reply.bulk("username" as StaticString)
        execution.reply.bulk(entry.user.span.bytes)
        execution.reply.bulk("age-seconds" as StaticString)
        let age = seconds(milliseconds: now.unixMilliseconds - entry.time)
        execution.reply.double(age.utf8Span.span.bytes)
        execution.reply.bulk("client-info" as StaticString)
        execution.reply.bulk(entry.client)
    }

    /// With up to three decimals.
    private func seconds(milliseconds: Int64) -> String {
        let (whole, fraction) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        var text = "\(milliseconds < 0 ? "-" : "")\(whole)"
        if fraction > 0 {
            let digits = String(fraction + 1000).dropFirst()
            text += "." + String(digits.reversed().drop { $0 == "0" }.reversed())
        }
        return text
    }

    // MARK: The file of users

    /// ACL LOAD: all users of the file, or none; answered when the file has been read
    mutating func aclLoad() throws(ReplyError) {
        let path = try accessFilePath()
        replyAfter(.readAccessFile(ConnectionID(rawValue: UInt32(current)), path: path), .aclLoad)
    }

    /// ACL SAVE: answered when the file has been written
    mutating func aclSave() throws(ReplyError) {
        let path = try accessFilePath()
        var content: [UInt8] = []
        for number in access.order { content += access.line(of: number) + [UInt8(ascii: "\n")] }
        replyAfter(
            .writeAccessFile(ConnectionID(rawValue: UInt32(current)), path: path, content: content), .aclSave)
    }

    private func accessFilePath() throws(ReplyError) -> String {
        guard configuration.aclFile.isEmpty else { return configuration.aclFile }
        throw .noAccessFile
    }
}
