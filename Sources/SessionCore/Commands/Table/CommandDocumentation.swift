/// `COMMAND DOCS`: what redis-cli makes its help and hints of.
/// Source: https://redis.io/docs/latest/commands/command-docs/
extension CommandTable {
    /// The documentation of the commands named, unknown names left out; of all commands without a name.
    func writeDocumentation(of names: [[UInt8]], into reply: inout ReplyWriter) {
        // A name may be given a million times: what is kept of each is small.
        let found = names.isEmpty ? commands.map(\.id) : names.compactMap { lookup(full: $0.span.bytes)?.id }
        reply.map(found.count)
        var parts = RepeatedParts(of: rows.count)
        for id in found where !reply.hasOverflowed {
            let number = Int(id.rawValue)
            if parts.write(number, to: &reply) { continue }
            let start = reply.buffer.count
            writeDocumentation(of: rows[number], into: &reply)
            parts.note(number, from: start, in: reply)
        }
    }

    /// A name and the map that documents it.
    private func writeDocumentation(of row: CommandDescriptor, into reply: inout ReplyWriter) {
        let arguments = CommandSyntax.parse(row.syntax)
        let isSystemCommand = row.flags.contains(.systemCommand)
        var pairs = 4
        if isSystemCommand { pairs += 1 }
        if row.deprecated != nil { pairs += 3 }
        if !arguments.isEmpty { pairs += 1 }
        if row.isContainer { pairs += 1 }

        reply.bulk(fullName(of: row.id))
        reply.map(pairs)
        writeText("summary", row.summary, into: &reply)
        writeText("since", row.since, into: &reply)
        writeText("group", row.group.name, into: &reply)
        writeText("complexity", row.complexity, into: &reply)
        if isSystemCommand { writeFlags(["syscmd"], key: "doc_flags", into: &reply) }
        if let deprecated = row.deprecated {
            writeFlags(["deprecated"], key: "doc_flags", into: &reply)
            writeText("deprecated_since", deprecated.since, into: &reply)
            writeText("replaced_by", deprecated.replacement, into: &reply)
        }
        if !arguments.isEmpty { writeArguments(arguments, into: &reply) }
        if row.isContainer {
            reply.bulk("subcommands" as StaticString)
            reply.map(row.subcommands.count)
            for subcommand in row.subcommands { writeDocumentation(of: subcommand, into: &reply) }
        }
    }

    private func writeText(_ key: StaticString, _ value: StaticString, into reply: inout ReplyWriter) {
        reply.bulk(key)
        reply.bulk(value)
    }

    private func writeText(_ key: StaticString, _ value: String, into reply: inout ReplyWriter) {
        reply.bulk(key)
        reply.bulk(value)
    }

    private func writeFlags(_ flags: [StaticString], key: StaticString, into reply: inout ReplyWriter) {
        reply.bulk(key)
        reply.set(flags.count)
        for flag in flags { reply.simple(flag) }
    }

    private func writeArguments(_ arguments: [CommandArgument], into reply: inout ReplyWriter) {
        reply.bulk("arguments" as StaticString)
        reply.array(arguments.count)
        for argument in arguments { writeArgument(argument, into: &reply) }
    }

    private func writeArgument(_ argument: CommandArgument, into reply: inout ReplyWriter) {
        var flags: [StaticString] = []
        if argument.isOptional { flags.append("optional") }
        if argument.isMultiple { flags.append("multiple") }
        if argument.repeatsToken { flags.append("multiple_token") }
        var pairs = 2
        if argument.keyIndex != nil { pairs += 1 }
        if argument.token != nil { pairs += 1 }
        if argument.since != nil { pairs += 1 }
        if argument.deprecatedSince != nil { pairs += 1 }
        if !flags.isEmpty { pairs += 1 }
        if !argument.arguments.isEmpty { pairs += 1 }

        reply.map(pairs)
        writeText("name", argument.name, into: &reply)
        writeText("type", argument.kind.rawValue, into: &reply)
        if let index = argument.keyIndex {
            reply.bulk("key_spec_index" as StaticString)
            reply.integer(index)
        }
        if let token = argument.token { writeText("token", token, into: &reply) }
        if let since = argument.since { writeText("since", since, into: &reply) }
        if let since = argument.deprecatedSince { writeText("deprecated_since", since, into: &reply) }
        if !flags.isEmpty { writeFlags(flags, key: "flags", into: &reply) }
        if !argument.arguments.isEmpty { writeArguments(argument.arguments, into: &reply) }
    }
}
