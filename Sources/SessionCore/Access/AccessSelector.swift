/// What a user may do: commands, and the keys and channels they may be used on. A user has one of these of his own (the
/// *root*), and any number of further ones, of which each can be enough.
struct AccessSelector: Equatable {
    /// `~pattern`, `%R~pattern`, `%W~pattern`.
    struct KeyPattern: Equatable {
        var pattern: [UInt8]
        var permission: KeyPermission
    }

    /// `+command|argument` of a command that has no subcommands: allowed with this first argument only.
    struct FirstArguments: Equatable {
        let command: CommandID
        var arguments: [[UInt8]]
    }

    private(set) var allowed = CommandSet.none
    /// `+@all` without a command taken away since.
    private(set) var allowsAllCommands = false
    private(set) var allowsAllKeys = false
    private(set) var allowsAllChannels: Bool
    /// In the order of the command table.
    private(set) var firstArguments: [FirstArguments] = []
    private(set) var keys: [KeyPattern] = []
    private(set) var channels: [[UInt8]] = []

    /// Nothing is allowed, except all channels where `acl-pubsub-default` says so.
    init(allChannels: Bool = false) { allowsAllChannels = allChannels }

    /// Everything is allowed.
    var isUnrestricted: Bool { allowsAllCommands && allowsAllKeys && allowsAllChannels }

    /// The first arguments that the command is allowed with.
    func firstArguments(of command: CommandID) -> [[UInt8]] {
        firstArguments.first { $0.command == command }?.arguments ?? []
    }

    // MARK: Rules

    /// Applies one rule: what `ACL SETUSER` takes within parentheses. Source: the `ACL SETUSER` page of Redis 7.0.
    mutating func apply(_ rule: [UInt8], _ table: borrowing CommandTable) throws(AccessRuleError) {
        switch rule.first {
        case UInt8(ascii: "~"), UInt8(ascii: "%"):
            if rule == [UInt8(ascii: "~"), UInt8(ascii: "*")] { setAllKeys(true) } else { try addKeys(rule) }
        case UInt8(ascii: "&"):
            if rule == [UInt8(ascii: "&"), UInt8(ascii: "*")] { setAllChannels(true) } else { try addChannel(rule) }
        case UInt8(ascii: "+"): try change(Array(rule.dropFirst()), to: true, table)
        case UInt8(ascii: "-"): try change(Array(rule.dropFirst()), to: false, table)
        default:
            if rule.matches("allkeys") { setAllKeys(true) }
            else if rule.matches("resetkeys") { setAllKeys(false) }
            else if rule.matches("allchannels") { setAllChannels(true) }
            else if rule.matches("resetchannels") { setAllChannels(false) }
            else if rule.matches("allcommands") { setAllCommands(true) }
            else if rule.matches("nocommands") { setAllCommands(false) }
            else { throw .syntax }
        }
    }

    mutating func setAllKeys(_ isAllowed: Bool) {
        (allowsAllKeys, keys) = (isAllowed, [])
    }

    mutating func setAllChannels(_ isAllowed: Bool) {
        (allowsAllChannels, channels) = (isAllowed, [])
    }

    mutating func setAllCommands(_ isAllowed: Bool) {
        (allowsAllCommands, allowed, firstArguments) = (isAllowed, isAllowed ? .all : .none, [])
    }

    private mutating func addKeys(_ rule: [UInt8]) throws(AccessRuleError) {
        if allowsAllKeys { throw .allKeysAlready }
        var permission = KeyPermission.all
        var start = 1
        if rule[0] == UInt8(ascii: "%") { (permission, start) = try Self.permission(rule) }
        let pattern = Array(rule[start...])
        guard !pattern.hasBlanks else { throw .syntax }
        if let known = keys.firstIndex(where: { $0.pattern == pattern }) {
            keys[known].permission.formUnion(permission)
        } else {
            try Self.checkRoom(keys.count, Limits.accessPatterns, "key patterns")
            keys.append(KeyPattern(pattern: pattern, permission: permission))
        }
    }

    /// `%R~`, `%W~` or `%RW~` in either case; and where the pattern begins. The `~` may be missing if no pattern
    /// follows, as in Redis.
    private static func permission(_ rule: [UInt8]) throws(AccessRuleError) -> (KeyPermission, start: Int) {
        var permission: KeyPermission = []
        var position = 1
        while position < rule.count, rule[position] != UInt8(ascii: "~") {
            switch rule[position] | 0x20 {
            case UInt8(ascii: "r") where !permission.contains(.read): permission.insert(.read)
            case UInt8(ascii: "w") where !permission.contains(.write): permission.insert(.write)
            default: throw .syntax
            }
            position += 1
        }
        if permission.isEmpty { throw .syntax }
        return (permission, min(position + 1, rule.count))
    }

    private mutating func addChannel(_ rule: [UInt8]) throws(AccessRuleError) {
        if allowsAllChannels { throw .allChannelsAlready }
        let pattern = Array(rule.dropFirst())
        guard !pattern.hasBlanks else { throw .syntax }
        if channels.contains(pattern) { return }
        try Self.checkRoom(channels.count, Limits.accessPatterns, "channel patterns")
        channels.append(pattern)
    }

    // MARK: Commands

    /// `+` or `-` and what follows it: a command, a subcommand, a category, or a command and its first argument.
    private mutating func change(
        _ name: [UInt8], to isAllowed: Bool, _ table: borrowing CommandTable
    ) throws(AccessRuleError) {
        if name.first == UInt8(ascii: "@") {
            return try changeCategory(name.span.bytes.slice(1, name.count - 1), to: isAllowed, table)
        }
        if isAllowed, let bar = name.lastIndex(of: UInt8(ascii: "|")) {
            let base = Array(name[..<bar])
            guard let command = table.lookup(full: base.span.bytes) else { throw .unknownCommand }
            if base.contains(UInt8(ascii: "|")) { throw .firstArgumentOfSubcommand }
            if bar == name.count - 1 { throw .syntax }
            if !command.isContainer { return try allow(command.id, with: Array(name[(bar + 1)...])) }
        }
        guard let command = table.lookup(full: name.span.bytes) else { throw .unknownCommand }
        change(table.descriptor(of: command), to: isAllowed)
    }

    private mutating func changeCategory(
        _ name: RawSpan, to isAllowed: Bool, _ table: borrowing CommandTable
    ) throws(AccessRuleError) {
        if name.matches("all") { return setAllCommands(isAllowed) }
        guard let category = ACLCategories(name: name) else { throw .unknownCommand }
        change(category, to: isAllowed, table)
    }

    /// All commands of a category, and all subcommands of the containers among them: `+@slow` allows what administers,
    /// since containers are slow, as in Redis.
    mutating func change(_ category: ACLCategories, to isAllowed: Bool, _ table: borrowing CommandTable) {
        for row in table.rows where !row.categories.isDisjoint(with: category) { change(row, to: isAllowed) }
    }

    /// A command and its subcommands.
    mutating func change(_ row: CommandDescriptor, to isAllowed: Bool) {
        allowed.set(row.id, isAllowed)
        for subcommand in row.subcommands { allowed.set(subcommand.id, isAllowed) }
        firstArguments.removeAll { $0.command == row.id }
        if !isAllowed { allowsAllCommands = false }
    }

    private mutating func allow(_ command: CommandID, with argument: [UInt8]) throws(AccessRuleError) {
        guard !argument.hasBlanks else { throw .syntax }
        let index = firstArguments.firstIndex { $0.command.rawValue >= command.rawValue } ?? firstArguments.count
        if index == firstArguments.count || firstArguments[index].command != command {
            firstArguments.insert(FirstArguments(command: command, arguments: []), at: index)
        }
        let known = firstArguments[index].arguments
        if known.contains(where: { $0.span.bytes.isEqualIgnoringCase(to: argument.span.bytes) }) { return }
        try Self.checkRoom(known.count, Limits.accessPatterns, "first arguments")
        firstArguments[index].arguments.append(argument)
    }

    private static func checkRoom(
        _ count: Int, _ limit: Int, _ what: String
    ) throws(AccessRuleError) {
        if count >= limit { throw .tooMany(what, limit: limit) }
    }
}

extension [UInt8] {
    /// Has a blank of ASCII, or NUL: what names of users and patterns must not have, for they are separated by blanks
    /// where they are listed.
    var hasBlanks: Bool { contains { $0 == 32 || ($0 >= 9 && $0 <= 13) || $0 == 0 } }
}
