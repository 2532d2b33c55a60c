/// The replies of `COMMAND` and its subcommands, derived from the table. Cold: words are arrays, text is `String`.
/// Source: https://redis.io/docs/latest/commands/command/
extension CommandTable {
    /// Answers `COMMAND` or one of its subcommands.
    func answer(
        _ query: CommandQuery, _ request: borrowing Request, into reply: inout ReplyWriter
    ) throws(ReplyError) {
        switch query {
        case .everything: writeFacts(of: [], into: &reply)
        case .count: reply.integer(commands.count)
        case .names: try writeNames(request.arguments(from: 2), into: &reply)
        case .facts: writeFacts(of: request.arguments(from: 2), into: &reply)
        case .documentation: writeDocumentation(of: request.arguments(from: 2), into: &reply)
        case .keys: try writeKeys(of: request, from: 2, withFlags: false, into: &reply)
        case .keysAndFlags: try writeKeys(of: request, from: 2, withFlags: true, into: &reply)
        }
    }

    /// `COMMAND INFO`: the facts of the commands named, null for unknown names; of all commands without a name.
    private func writeFacts(of names: [[UInt8]], into reply: inout ReplyWriter) {
        if names.isEmpty {
            reply.array(commands.count)
            for command in commands { writeFacts(of: command, into: &reply) }
            return
        }
        reply.array(names.count)
        var parts = RepeatedParts(of: rows.count)
        for name in names where !reply.hasOverflowed {
            guard let found = lookup(full: name.span.bytes) else {
                reply.null()
                continue
            }
            let number = Int(found.id.rawValue)
            if parts.write(number, to: &reply) { continue }
            let start = reply.buffer.count
            writeFacts(of: rows[number], into: &reply)
            parts.note(number, from: start, in: reply)
        }
    }

    private func writeFacts(of row: CommandDescriptor, into reply: inout ReplyWriter) {
        let range = row.keys.range
        reply.array(10)
        reply.bulk(fullName(of: row.id))
        reply.integer(Int(row.arity))
        writeSet(row.flags.rawValue, names: CommandFlags.names, sign: "", into: &reply)
        reply.integer(Int(range.first))
        reply.integer(Int(range.last))
        reply.integer(Int(range.step))
        writeSet(row.categories.rawValue, names: ACLCategories.names, sign: "@", into: &reply)
        let tips = CommandTable.words(row.tips)
        reply.set(tips.count)
        for tip in tips { reply.bulk(tip) }
        writeKeySpecifications(row.keys, into: &reply)
        // As Redis does it: a set while empty, else an array.
        if row.isContainer { reply.array(row.subcommands.count) } else { reply.set(0) }
        for subcommand in row.subcommands { writeFacts(of: subcommand, into: &reply) }
    }

    /// A set of the names of the bits that are set and have one.
    private func writeSet(_ bits: UInt32, names: [StaticString], sign: String, into reply: inout ReplyWriter) {
        let named = names.indices.filter { bits & (1 << UInt32($0)) != 0 }
        reply.set(named.count)
        for bit in named { reply.simple("\(sign)\(names[bit])") }
    }

    private func writeKeySpecifications(_ keys: KeySpecification, into reply: inout ReplyWriter) {
        switch keys {
        case .none: reply.set(0)
        case .single(let position, let flags):
            reply.set(1)
            writeKeySpecification(position, 0, 1, flags, into: &reply)
        case .set:
            reply.set(1)
            writeKeySpecification(1, 0, 1, keys.flags.others, into: &reply)
        case .sessions:
            reply.set(1)
            writeKeySpecification(1, -1, 1, keys.flags.others, into: &reply)
        case .pair(let first, let second):
            reply.set(2)
            writeKeySpecification(1, 0, 1, first, into: &reply)
            writeKeySpecification(2, 0, 1, second, into: &reply)
        case .range(let first, let last, let step, let flags):
            reply.set(1)
            // Here the last key counts from the first one, unless it counts from the end.
            writeKeySpecification(first, last < 0 ? last : last - first, step, flags, into: &reply)
        case .counted(let count, let flags):
            reply.set(1)
            writeCountedKeySpecification(count, flags, into: &reply)
        case .destinationAndRest(let first, let rest):
            reply.set(2)
            writeKeySpecification(1, 0, 1, first, into: &reply)
            writeKeySpecification(2, -1, 1, rest, into: &reply)
        case .destinationAndCounted(let first, let rest):
            reply.set(2)
            writeKeySpecification(1, 0, 1, first, into: &reply)
            writeCountedKeySpecification(2, rest, into: &reply)
        }
    }

    private func writeKeySpecification(
        _ first: Int8, _ last: Int8, _ step: Int8, _ flags: StaticString, into reply: inout ReplyWriter
    ) {
        writeBeginOfSearch(first, flags, into: &reply)
        writePair("type", "range", into: &reply)
        reply.bulk("spec" as StaticString)
        reply.map(3)
        reply.bulk("lastkey" as StaticString)
        reply.integer(Int(last))
        reply.bulk("keystep" as StaticString)
        reply.integer(Int(step))
        reply.bulk("limit" as StaticString)
        reply.integer(0)
    }

    private func writeCountedKeySpecification(_ count: Int8, _ flags: StaticString, into reply: inout ReplyWriter) {
        writeBeginOfSearch(count, flags, into: &reply)
        writePair("type", "keynum", into: &reply)
        reply.bulk("spec" as StaticString)
        reply.map(3)
        reply.bulk("keynumidx" as StaticString)
        reply.integer(0)
        reply.bulk("firstkey" as StaticString)
        reply.integer(1)
        reply.bulk("keystep" as StaticString)
        reply.integer(1)
    }

    /// A specification up to the two pairs of `find_keys`, which are to follow.
    private func writeBeginOfSearch(_ index: Int8, _ flags: StaticString, into reply: inout ReplyWriter) {
        reply.map(3)
        reply.bulk("flags" as StaticString)
        writeWords(flags, into: &reply)
        reply.bulk("begin_search" as StaticString)
        reply.map(2)
        writePair("type", "index", into: &reply)
        reply.bulk("spec" as StaticString)
        reply.map(1)
        reply.bulk("index" as StaticString)
        reply.integer(Int(index))
        reply.bulk("find_keys" as StaticString)
        reply.map(2)
    }

    private func writePair(_ key: StaticString, _ value: StaticString, into reply: inout ReplyWriter) {
        reply.bulk(key)
        reply.bulk(value)
    }

    /// A set of the words of `text`.
    func writeWords(_ text: StaticString, into reply: inout ReplyWriter) {
        let words = CommandTable.words(text)
        reply.set(words.count)
        for word in words { reply.simple(word) }
    }

    private static func words(_ text: StaticString) -> [String] {
        "\(text)".split(separator: " ").map(String.init)
    }

    /// `COMMAND LIST`: the names of all commands and subcommands, or of those that pass the one filter.
    private func writeNames(_ options: [[UInt8]], into reply: inout ReplyWriter) throws(ReplyError) {
        var ids = CommandID.allCases
        if !options.isEmpty {
            guard options.count == 3, options[0].matches("filterby") else { throw .syntax }
            let (kind, argument) = (options[1], options[2])
            if kind.matches("module") {
                // There are no modules.
                ids = []
            } else if kind.matches("aclcat") {
                let category = ACLCategories(name: argument.span.bytes) ?? []
                ids = ids.filter { !rows[Int($0.rawValue)].categories.isDisjoint(with: category) }
            } else if kind.matches("pattern") {
                ids = ids.filter {
                    GlobPattern.matches(
                        argument.span.bytes, fullName(of: $0).utf8Span.span.bytes, ignoringCase: true)
                }
            } else {
                throw .syntax
            }
        }
        reply.array(ids.count)
        for id in ids { reply.bulk(fullName(of: id)) }
    }

    /// The `HELP` of a container: every subcommand with its arguments and its summary.
    func writeHelp(for container: CommandID, into reply: inout ReplyWriter) {
        let row = rows[Int(container.rawValue)]
        let isExecutable = row.arity == -1
        reply.array(1 + 2 * (row.subcommands.count + (isExecutable ? 1 : 0)))
        let name = "\(row.name)".uppercased()
        reply.simple("\(name) <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        if isExecutable {
            reply.simple("(no subcommand)" as StaticString)
            reply.simple("    \(row.summary)")
        }
        for subcommand in row.subcommands {
            let arguments = CommandArgument.describe(CommandSyntax.parse(subcommand.syntax))
            reply.simple("\(subcommand.name)".uppercased() + (arguments.isEmpty ? "" : " " + arguments))
            reply.simple("    \(subcommand.summary)")
        }
    }
}

extension Request {
    /// Copies of the words from the one at `first` on.
    fileprivate func arguments(from first: Int) -> [[UInt8]] {
        var arguments: [[UInt8]] = []
        for index in first..<count { arguments.append(self[index].array) }
        return arguments
    }
}

/// What `COMMAND` and its subcommands are asked for.
enum CommandQuery {
    /// `COMMAND`: the facts of all commands.
    case everything
    /// `COMMAND COUNT`
    case count
    /// `COMMAND LIST`
    case names
    /// `COMMAND INFO`
    case facts
    /// `COMMAND DOCS`
    case documentation
    /// `COMMAND GETKEYS`
    case keys
    /// `COMMAND GETKEYSANDFLAGS`
    case keysAndFlags
}
