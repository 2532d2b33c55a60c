/// All commands and subcommands: found by name without allocation or reference counting, and described.
///
/// Rows are in the order of `CommandID`, a container before its subcommands. Names are looked up in an open-addressed
/// table with linear probing, at most a quarter full. Never changes. All tables have the same content, which is made
/// for the first: another costs a few microseconds.
struct CommandTable: ~Copyable {
    /// A row as lookups see it: 40 bytes. Not private: the compiler destroys tables from other modules' code too.
    struct Entry: BitwiseCopyable {
        let name: CommandName
        /// 0 for a command, else 1 + the row of the container.
        let scope: UInt16
        let facts: CommandFacts
    }

    /// 1 + index into `entries`, or 0 for a free slot.
    private var slots: Vector<UInt16>
    private var entries: Vector<Entry>
    private let shift: UInt64
    /// The commands in the order of the rows, their subcommands inside them.
    let commands: [CommandDescriptor]
    /// All rows.
    let rows: [CommandDescriptor]
    private let fullNames: [String]
    /// ACL categories of each row, and the permissions it needs: what `AccessControl` asks of the table.
    private(set) var categories: Vector<ACLCategories>
    private(set) var accessNeeds: Vector<AccessNeeds>

    init() {
        let content = CommandTable.content
        (commands, rows, fullNames) = (content.commands, content.rows, content.fullNames)
        slots = Vector(content.slots)
        entries = Vector(content.entries)
        shift = content.shift
        categories = Vector(content.categories)
        accessNeeds = Vector(content.accessNeeds)
    }

    private static let content = Content()

    /// What is in every table.
    private struct Content: Sendable {
        let commands =
            CommandTable.stringCommands() + CommandTable.keyCommands() + CommandTable.hashCommands()
            + CommandTable.setCommands() + CommandTable.sortedSetCommands() + CommandTable.connectionCommands()
            + CommandTable.accessCommands() + CommandTable.serverCommands() + CommandTable.replicationCommands()
            + CommandTable.observationCommands()
            + CommandTable.pubSubCommands() + CommandTable.transactionCommands() + CommandTable.scriptingCommands()
            + CommandTable.sessionCommands()
        private(set) var rows: [CommandDescriptor] = []
        private(set) var fullNames: [String] = []
        let categories: [ACLCategories]
        let accessNeeds: [AccessNeeds]
        private(set) var entries: [Entry] = []
        private(set) var slots: [UInt16]
        let shift: UInt64

        init() {
            var scopes: [UInt16] = []
            for command in commands {
                let scope = UInt16(rows.count + 1)
                rows.append(command)
                fullNames.append("\(command.name)")
                scopes.append(0)
                for subcommand in command.subcommands {
                    rows.append(subcommand)
                    fullNames.append("\(command.name)|\(subcommand.name)")
                    scopes.append(scope)
                }
            }
            precondition(rows.count == CommandID.allCases.count)
            precondition(rows.count < CommandSet.capacity, "the last bit of a CommandSet is no row")
            categories = rows.map(\.categories)
            accessNeeds = rows.map { AccessNeeds($0) }
            var bits: UInt64 = 4
            while 1 << bits < rows.count * 4 { bits += 1 }
            shift = 64 - bits
            slots = Array(repeating: 0, count: 1 << Int(bits))
            for (index, row) in rows.enumerated() {
                guard let name = CommandName(row.name.bytes) else { preconditionFailure("name of more than 16 bytes") }
                precondition(Int(row.id.rawValue) == index, "rows must be in the order of CommandID")
                insert(Entry(name: name, scope: scopes[index], facts: CommandFacts(row)))
            }
        }

        private mutating func insert(_ entry: Entry) {
            var slot = Int(truncatingIfNeeded: entry.name.hash(entry.scope) >> shift)
            while slots[slot] != 0 {
                let other = entries[Int(slots[slot]) - 1]
                precondition(other.name != entry.name || other.scope != entry.scope, "two rows of one name")
                slot = (slot + 1) & (slots.count - 1)
            }
            entries.append(entry)
            slots[slot] = UInt16(entries.count)
        }
    }

    /// The command of this name, in either case; nil if there is none. O(1).
    @inline(__always)
    func lookup(_ name: RawSpan) -> CommandFacts? {
        find(name, scope: 0)
    }

    /// The subcommand of this name, in either case; nil if the container has none such. O(1).
    @inline(__always)
    func lookup(container: CommandFacts, subcommand: RawSpan) -> CommandFacts? {
        find(subcommand, scope: container.id.rawValue + 1)
    }

    @inline(__always)
    private func find(_ text: RawSpan, scope: UInt16) -> CommandFacts? {
        guard let name = CommandName(text) else { return nil }
        var slot = Int(truncatingIfNeeded: name.hash(scope) >> shift)
        while true {
            let position = Int(slots[slot])
            if position == 0 { return nil }
            let entry = entries[position &- 1]
            if entry.name == name && entry.scope == scope { return entry.facts }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
    }

    /// What is found under `full`: `get`, or `client|list` for a subcommand, in either case.
    func lookup(full: RawSpan) -> CommandFacts? {
        let bar = full.firstIndex(of: UInt8(ascii: "|"))
        guard bar >= 0 else { return lookup(full) }
        guard let container = lookup(full.slice(0, bar)), container.isContainer else { return nil }
        return lookup(container: container, subcommand: full.slice(bar + 1, full.byteCount - bar - 1))
    }

    /// The command or subcommand that a request names; nil if there is none.
    /// - Parameter start: the word that names it.
    func command(of request: borrowing Request, from start: Int) -> CommandFacts? {
        guard let found = lookup(request[start]) else { return nil }
        guard found.isContainer, request.count > start + 1 else { return found }
        return lookup(container: found, subcommand: request[start + 1])
    }

    /// The facts of a row.
    func facts(of id: CommandID) -> CommandFacts { entries[Int(id.rawValue)].facts }

    /// The row itself.
    func descriptor(of facts: CommandFacts) -> CommandDescriptor { rows[Int(facts.id.rawValue)] }

    /// The name as errors and `COMMAND` show it: `get`, or `client|list` for a subcommand.
    func fullName(of facts: CommandFacts) -> String { fullNames[Int(facts.id.rawValue)] }

    /// Whether a row is below a container.
    func isSubcommand(_ id: CommandID) -> Bool { fullNames[Int(id.rawValue)].utf8.contains(UInt8(ascii: "|")) }

    func fullName(of id: CommandID) -> String { fullNames[Int(id.rawValue)] }
}
