/// Where a request's keys stand, counted in words with the command name as word 0, and what is done to them.
/// `Request.keys` finds them.
///
/// Each specification carries Redis's key flags, separated by spaces: `RO`, `RW`, `OW` or `RM` first, then `access`,
/// `insert`, `update` or `delete`. Session tokens and users are `not_key`, which in Redis means "route it like a key":
/// proxies find the word that decides, while ACL key patterns do not apply to it.
enum KeySpecification {
    case none
    /// One key.
    case single(Int8, StaticString)
    /// Word 1 is the key of a `SET`, which overwrites it, but reads it too if `GET` is among the options.
    case set
    /// Two keys that are used differently, words 1 and 2.
    case pair(StaticString, StaticString)
    /// From `first` to `last` (negative counts from the end), every `step` words.
    case range(first: Int8, last: Int8, step: Int8, StaticString)
    /// The tokens or handles of a `SESSREVOKE`. To proxies all its words but the name are.
    case sessions
    /// As many as the word at `count` says, right behind it (`ZUNION numkeys key …`). Such keys are movable: the old
    /// form of `COMMAND INFO` does not show them.
    case counted(count: Int8, StaticString)
    /// Word 1, used as the first flags say, and from word 2 to the last (`SINTERSTORE destination key …`).
    case destinationAndRest(StaticString, StaticString)
    /// Word 1, used as the first flags say, and as many as word 2 says (`ZUNIONSTORE destination numkeys key …`).
    case destinationAndCounted(StaticString, StaticString)

    /// First, last and step as in the old form of `COMMAND INFO`; zeros without keys.
    var range: (first: Int8, last: Int8, step: Int8) {
        switch self {
        case .none, .counted: (0, 0, 0)
        case .destinationAndRest, .sessions: (1, -1, 1)
        case .destinationAndCounted, .set: (1, 1, 1)
        case .single(let position, _): (position, position, 1)
        case .pair: (1, 2, 1)
        case .range(let first, let last, let step, _): (first, last, step)
        }
    }

    /// What dispatch needs of it.
    var places: KeyPlaces {
        let count: Int8 =
            switch self {
            case .none, .single, .set, .pair, .range, .destinationAndRest: 0
            case .sessions: KeyPlaces.sessions
            case .counted(let count, _): count
            case .destinationAndCounted: 2
            }
        return KeyPlaces(first: range.first, last: range.last, step: range.step, count: count)
    }

    /// Flags of the key at word 1, if that is used differently from the others, and flags of the others. For `SET`
    /// those that it has with `GET`.
    var flags: (first: StaticString?, others: StaticString) {
        switch self {
        case .none: (nil, "")
        case .single(_, let flags), .range(_, _, _, let flags), .counted(_, let flags): (nil, flags)
        case .set: (nil, "RW access update variable_flags")
        case .sessions: (nil, "not_key")
        case .pair(let first, let second): (first, second)
        case .destinationAndRest(let first, let others), .destinationAndCounted(let first, let others): (first, others)
        }
    }

    /// Whether the words it finds are names of keys, not tokens or users.
    var namesKeys: Bool {
        if case .none = self { return false }
        return !flags.others.bytes.isEqual(to: "not_key")
    }
}
