/// `notify-keyspace-events`: which events are published, and on which kinds of channel.
///
/// Source: https://redis.io/docs/latest/develop/use/keyspace-notifications/
public struct KeyspaceEvents: OptionSet, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// `K`: on `__keyspace@<db>__:<key>`.
    static let keyspace = KeyspaceEvents(rawValue: 1 << 0)
    /// `E`: on `__keyevent@<db>__:<event>`.
    static let keyevent = KeyspaceEvents(rawValue: 1 << 1)
    /// `g`: commands on keys of any type.
    static let generic = KeyspaceEvents(rawValue: 1 << 2)
    /// `$`
    static let strings = KeyspaceEvents(rawValue: 1 << 3)
    /// `l`: accepted, though there are no lists.
    static let lists = KeyspaceEvents(rawValue: 1 << 4)
    /// `s`
    static let sets = KeyspaceEvents(rawValue: 1 << 5)
    /// `h`
    static let hashes = KeyspaceEvents(rawValue: 1 << 6)
    /// `z`
    static let sortedSets = KeyspaceEvents(rawValue: 1 << 7)
    /// `x`
    static let expired = KeyspaceEvents(rawValue: 1 << 8)
    /// `e`
    static let evicted = KeyspaceEvents(rawValue: 1 << 9)
    /// `t`: accepted, though there are no streams.
    static let streams = KeyspaceEvents(rawValue: 1 << 10)
    /// `d`: accepted, though there are no modules.
    static let modules = KeyspaceEvents(rawValue: 1 << 11)
    /// `n`: keys that are created. Not part of `A`.
    static let new = KeyspaceEvents(rawValue: 1 << 12)
    /// `m`: keys that were read and do not exist. Not part of `A`.
    static let misses = KeyspaceEvents(rawValue: 1 << 13)

    /// `A`
    static let all: KeyspaceEvents = [
        .generic, .strings, .lists, .sets, .hashes, .sortedSets, .expired, .evicted, .streams, .modules,
    ]

    /// The letters that `A` stands for, and the one that Redis leaves out beside it, in the order of `text`.
    private static let classes: [(letter: Character, event: KeyspaceEvents)] = [
        ("g", .generic), ("$", .strings), ("l", .lists), ("s", .sets), ("h", .hashes), ("z", .sortedSets),
        ("x", .expired), ("e", .evicted), ("t", .streams), ("d", .modules), ("n", .new),
    ]

    /// Reads letters in any order; nil if one of them is unknown.
    init?(_ text: String) {
        self = []
        for letter in text {
            switch letter {
            case "A": formUnion(.all)
            case "K": insert(.keyspace)
            case "E": insert(.keyevent)
            case "m": insert(.misses)
            default:
                guard let (_, event) = KeyspaceEvents.classes.first(where: { $0.letter == letter }) else { return nil }
                insert(event)
            }
        }
    }

    /// The letters as Redis 7.0 orders them, which does not print `n` beside `A`.
    var text: String {
        var text = ""
        if isSuperset(of: .all) {
            text = "A"
        } else {
            for (letter, event) in KeyspaceEvents.classes where contains(event) { text.append(letter) }
        }
        if contains(.keyspace) { text += "K" }
        if contains(.keyevent) { text += "E" }
        if contains(.misses) { text += "m" }
        return text
    }

    /// All letters: `text` with the `n` that it leaves out. Redis writes `text` into its file, and forgets `n` with the
    /// next start.
    var fullText: String { isSuperset(of: [.all, .new]) ? text + "n" : text }

    /// Whether anything is published: an event needs a kind of channel.
    var publishes: Bool {
        !isDisjoint(with: [.keyspace, .keyevent]) && !subtracting([.keyspace, .keyevent]).isEmpty
    }
}

extension KeyEvent {
    /// The letter of `notify-keyspace-events` that the event belongs to; empty for what is never published.
    var group: KeyspaceEvents {
        switch self {
        case .del, .expire, .persist, .renameFrom, .renameTo, .moveFrom, .moveTo, .copyTo, .restore: .generic
        case .set, .setrange, .append, .incrby, .incrbyfloat: .strings
        case .hset, .hincrby, .hincrbyfloat, .hdel: .hashes
        case .sadd, .srem, .spop, .sinterstore, .sunionstore, .sdiffstore: .sets
        case .zadd, .zincr, .zrem, .zremrangebyrank, .zremrangebyscore, .zremrangebylex, .zpopmin, .zpopmax,
            .zrangestore, .zunionstore, .zinterstore, .zdiffstore:
            .sortedSets
        case .expired: .expired
        case .evicted: .evicted
        case .new: .new
        case .keymiss: .misses
        case .session, .tombstone, .predecessor, .database, .buried, .replaced, .unseen: []
        }
    }
}
