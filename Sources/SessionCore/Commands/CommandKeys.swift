/// A key in a request, and what the command does to it.
struct CommandKey: Equatable {
    /// Counted in words with the command name as word 0.
    let position: Int
    /// Redis's key flags, separated by spaces.
    let flags: StaticString

    static func == (left: CommandKey, right: CommandKey) -> Bool {
        left.position == right.position && left.flags.bytes.isEqual(to: right.flags)
    }
}

extension [UInt8] {
    /// Equal to `text`, which is in lower case, but for the case of ASCII letters.
    func matches(_ text: StaticString) -> Bool { span.bytes.matches(text) }
}

/// Where the keys of a request are: `COMMAND GETKEYS` and `COMMAND GETKEYSANDFLAGS`.
extension CommandTable {
    /// The keys of a request, found by the specification of its command. Tokens and users of session commands are among
    /// them, as words to route by. `words` has as many words as the command accepts. Cold.
    func keys(of row: CommandDescriptor, in words: [[UInt8]]) -> [CommandKey] {
        switch row.keys {
        case .none: return []
        case .single where row.id == .set: return [CommandKey(position: 1, flags: setKeyFlags(words))]
        case .single(let position, let flags):
            return Int(position) < words.count ? [CommandKey(position: Int(position), flags: flags)] : []
        case .pair(let first, let second):
            return [CommandKey(position: 1, flags: first), CommandKey(position: 2, flags: second)]
        case .range(let first, let last, let step, let flags):
            var begin = Int(first)
            var end = last < 0 ? words.count + Int(last) : Int(last)
            if row.id == .sessRevoke { (begin, end) = revokedSessions(words) }
            guard begin <= end else { return [] }
            return stride(from: begin, through: end, by: Int(step)).map { CommandKey(position: $0, flags: flags) }
        case .counted(let count, let flags):
            return countedKeys(at: Int(count), flags, in: words) ?? []
        case .destinationAndRest(let first, let rest):
            return [CommandKey(position: 1, flags: first)]
                + (2..<words.count).map { CommandKey(position: $0, flags: rest) }
        case .destinationAndCounted(let first, let rest):
            guard let sources = countedKeys(at: 2, rest, in: words) else { return [] }
            return [CommandKey(position: 1, flags: first)] + sources
        }
    }

    /// Keys that follow the word that says how many there are; nil if it says nothing valid.
    private func countedKeys(at count: Int, _ flags: StaticString, in words: [[UInt8]]) -> [CommandKey]? {
        guard count < words.count else { return nil }
        let word = words[count]
        guard let number = parseInteger(word.span.bytes), number > 0, number < words.count - count else { return nil }
        return (1...Int(number)).map { CommandKey(position: count + $0, flags: flags) }
    }

    /// `SESSREVOKE [HANDLE] x … [REASON text]`: its key range includes these words, which are no keys. No token and no
    /// handle is as short as they are.
    private func revokedSessions(_ words: [[UInt8]]) -> (first: Int, last: Int) {
        let hasHandles = words.count > 2 && words[1].matches("handle")
        let hasReason = words.count > 3 && words[words.count - 2].matches("reason")
        return (hasHandles ? 2 : 1, words.count - (hasReason ? 3 : 1))
    }

    /// `SET` overwrites, unless it answers what was there before: its key flags vary.
    private func setKeyFlags(_ words: [[UInt8]]) -> StaticString {
        words.dropFirst(3).contains { $0.matches("get") } ? "RW access update" : "OW update"
    }

    /// `COMMAND GETKEYS` and `COMMAND GETKEYSANDFLAGS`: the keys of the request `words`.
    func writeKeys(of words: [[UInt8]], withFlags: Bool, into reply: inout ReplyWriter) throws(ReplyError) {
        guard let facts = command(of: words) else { throw .custom("ERR Invalid command specified") }
        let row = descriptor(of: facts)
        if case .none = row.keys { throw .custom("ERR The command has no key arguments") }
        guard facts.accepts(words: words.count) else {
            throw .custom("ERR Invalid number of arguments specified for command")
        }
        let keys = keys(of: row, in: words)
        reply.array(keys.count)
        for key in keys where !reply.hasOverflowed {
            if withFlags { reply.array(2) }
            let word = words[key.position]
            reply.bulk(word.span.bytes)
            guard withFlags else { continue }
            let flags = "\(key.flags)".split(separator: " ")
            reply.set(flags.count)
            for flag in flags { reply.simple(String(flag)) }
        }
    }

    /// The command or subcommand that a request names; nil if there is none.
    private func command(of words: [[UInt8]]) -> CommandFacts? {
        guard let first = words.first, let found = lookup(first.span.bytes) else { return nil }
        guard found.isContainer, words.count > 1 else { return found }
        let second = words[1]
        return lookup(container: found, subcommand: second.span.bytes)
    }
}
