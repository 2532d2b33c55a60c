/// ACL categories, in the order in which Redis lists them, and `@session` for our own commands. Those of types that are
/// not held are known too, though empty: rules written for Redis name them.
/// Source: https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
struct ACLCategories: OptionSet, BitwiseCopyable {
    let rawValue: UInt32

    static let keyspace = ACLCategories(rawValue: 1 << 0)
    static let read = ACLCategories(rawValue: 1 << 1)
    static let write = ACLCategories(rawValue: 1 << 2)
    static let set = ACLCategories(rawValue: 1 << 3)
    static let sortedset = ACLCategories(rawValue: 1 << 4)
    static let list = ACLCategories(rawValue: 1 << 5)
    static let hash = ACLCategories(rawValue: 1 << 6)
    static let string = ACLCategories(rawValue: 1 << 7)
    static let bitmap = ACLCategories(rawValue: 1 << 8)
    static let hyperloglog = ACLCategories(rawValue: 1 << 9)
    static let geo = ACLCategories(rawValue: 1 << 10)
    static let stream = ACLCategories(rawValue: 1 << 11)
    static let pubsub = ACLCategories(rawValue: 1 << 12)
    static let admin = ACLCategories(rawValue: 1 << 13)
    static let fast = ACLCategories(rawValue: 1 << 14)
    static let slow = ACLCategories(rawValue: 1 << 15)
    static let blocking = ACLCategories(rawValue: 1 << 16)
    static let dangerous = ACLCategories(rawValue: 1 << 17)
    static let connection = ACLCategories(rawValue: 1 << 18)
    static let transaction = ACLCategories(rawValue: 1 << 19)
    static let scripting = ACLCategories(rawValue: 1 << 20)
    static let session = ACLCategories(rawValue: 1 << 21)

    /// Names by bit number, without the sign.
    static let names: [StaticString] = [
        "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap", "hyperloglog", "geo",
        "stream", "pubsub", "admin", "fast", "slow", "blocking", "dangerous", "connection", "transaction", "scripting",
        "session",
    ]
}

extension ACLCategories {
    /// The category of this name, without the sign and in either case; nil if there is none.
    init?(name: RawSpan) {
        for (bit, known) in ACLCategories.names.enumerated() where name.matches(known) {
            self.init(rawValue: 1 << UInt32(bit))
            return
        }
        return nil
    }
}
