/// What a command does to a key, as far as key patterns tell: each bit needs the permission of the same name.
struct KeyPermission: OptionSet, BitwiseCopyable {
    let rawValue: UInt8

    static let read = KeyPermission(rawValue: 1)
    static let write = KeyPermission(rawValue: 2)
    static let all: KeyPermission = [.read, .write]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What Redis's key flags call for: `access` to read, each of the others to write. A command that only asks whether
    /// a key is there needs neither, and a pattern of either kind will do.
    init(flags: StaticString) {
        self = []
        for flag in "\(flags)".split(separator: " ") {
            switch flag {
            case "access": insert(.read)
            case "insert", "update", "delete": insert(.write)
            default: break
            }
        }
    }
}

/// What permissions the requests of a command need, as every request of a restricted user is checked for them.
struct AccessNeeds: BitwiseCopyable {
    /// For a key at word 1, and for the others.
    private let first: KeyPermission
    private let others: KeyPermission
    private let isSet: Bool
    /// Which words are channels.
    let channels: ChannelUse

    init(_ row: CommandDescriptor) {
        let flags = row.keys.flags
        first = KeyPermission(flags: flags.first ?? flags.others)
        others = KeyPermission(flags: flags.others)
        if case .set = row.keys { isSet = true } else { isSet = false }
        channels = row.channels
    }

    /// For the key at a position of a request that begins at the word `start`.
    @inline(__always)
    func permission(at position: Int, of request: borrowing Request, from start: Int) -> KeyPermission {
        if isSet { return request.setReads(from: start) ? .all : .write }
        return position == 1 ? first : others
    }
}
