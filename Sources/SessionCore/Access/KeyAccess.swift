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

/// Where the keys of a command are and what it does to them: a `KeySpecification` in the form in which every request of
/// a restricted user is checked. Tokens and users of session commands are no keys here.
struct KeyAccess: BitwiseCopyable {
    /// Word 1 is a key of its own, used as `leading` says.
    private(set) var hasLeading = false
    /// The word that says how many keys follow it; 0 if the range is fixed.
    private(set) var count: Int8 = 0
    private(set) var first: Int8 = 0
    private(set) var last: Int8 = 0
    private(set) var step: Int8 = 1
    private(set) var leading: KeyPermission = []
    private(set) var permission: KeyPermission = []
    /// Which words are channels.
    private(set) var channels = ChannelUse.none

    /// Without keys.
    static let none = KeyAccess()

    private init() {}

    init(_ specification: KeySpecification, _ channels: ChannelUse) {
        self.channels = channels
        switch specification {
        case .none: break
        case .single(let position, let flags):
            setRange(position, position, 1, flags)
        case .pair(let one, let other):
            setLeading(one)
            setRange(2, 2, 1, other)
        case .range(let first, let last, let step, let flags):
            setRange(first, last, step, flags)
        case .counted(let count, let flags):
            setCounted(count, flags)
        case .destinationAndRest(let one, let rest):
            setLeading(one)
            setRange(2, -1, 1, rest)
        case .destinationAndCounted(let one, let rest):
            setLeading(one)
            setCounted(2, rest)
        }
    }

    private mutating func setLeading(_ flags: StaticString) {
        (hasLeading, leading) = (true, KeyPermission(flags: flags))
    }

    private mutating func setRange(_ first: Int8, _ last: Int8, _ step: Int8, _ flags: StaticString) {
        // `not_key`: routed like a key, but none.
        if flags.bytes.isEqual(to: "not_key") { return }
        (self.first, self.last, self.step, permission) = (first, last, step, KeyPermission(flags: flags))
    }

    private mutating func setCounted(_ count: Int8, _ flags: StaticString) {
        (self.count, first, permission) = (count, count + 1, KeyPermission(flags: flags))
    }

    /// Whether requests of the command may have keys at all.
    @inline(__always)
    var hasKeys: Bool { first > 0 || hasLeading }
}
