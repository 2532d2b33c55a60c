/// What happened to a key, as keyspace notifications name it.
/// Source: https://redis.io/docs/latest/develop/use/keyspace-notifications/
enum KeyEvent: UInt8, CaseIterable {
    // Any type.
    case del, expire, persist, renameFrom, renameTo, moveFrom, moveTo, copyTo, restore
    // Strings.
    case set, setrange, append, incrby, incrbyfloat
    // Hashes.
    case hset, hincrby, hincrbyfloat, hdel
    // Sets.
    case sadd, srem, spop, sinterstore, sunionstore, sdiffstore
    // Sorted sets.
    case zadd, zincr, zrem, zremrangebyrank, zremrangebyscore, zremrangebylex, zpopmin, zpopmax, zrangestore,
        zunionstore, zinterstore, zdiffstore
    // Not by a command.
    case expired, evicted
    // These change nothing that is there: a key is being created (comes before the event that says how), a key that was
    // read does not exist.
    case new, keymiss
    // Not published as notifications. Of the record under a handle, all with the session's key, which the handle's
    // bytes follow in the log: a session's content changed or it ended, the mark of a revoked or of a replaced token
    // went. A whole database was emptied or exchanged (`key` is empty).
    case session, tombstone, predecessor, database
    // Noted for replicas only: a client has deleted a key that is to stay dead, the session under a handle makes way
    // for the mark of its token, something changed under a handle that clients cannot see.
    case buried, replaced, unseen

    /// The name in the channel and the payload.
    var name: StaticString {
        switch self {
        case .del: "del"
        case .expire: "expire"
        case .persist: "persist"
        case .renameFrom: "rename_from"
        case .renameTo: "rename_to"
        case .moveFrom: "move_from"
        case .moveTo: "move_to"
        case .copyTo: "copy_to"
        case .restore: "restore"
        case .set: "set"
        case .setrange: "setrange"
        case .append: "append"
        case .incrby: "incrby"
        case .incrbyfloat: "incrbyfloat"
        case .hset: "hset"
        case .hincrby: "hincrby"
        case .hincrbyfloat: "hincrbyfloat"
        case .hdel: "hdel"
        case .sadd: "sadd"
        case .srem: "srem"
        case .spop: "spop"
        case .sinterstore: "sinterstore"
        case .sunionstore: "sunionstore"
        case .sdiffstore: "sdiffstore"
        case .zadd: "zadd"
        case .zincr: "zincr"
        case .zrem: "zrem"
        case .zremrangebyrank: "zremrangebyrank"
        case .zremrangebyscore: "zremrangebyscore"
        case .zremrangebylex: "zremrangebylex"
        case .zpopmin: "zpopmin"
        case .zpopmax: "zpopmax"
        case .zrangestore: "zrangestore"
        case .zunionstore: "zunionstore"
        case .zinterstore: "zinterstore"
        case .zdiffstore: "zdiffstore"
        case .expired: "expired"
        case .evicted: "evicted"
        case .new: "new"
        case .keymiss: "keymiss"
        case .session, .tombstone, .predecessor, .database, .buried, .replaced, .unseen: ""
        }
    }

    /// Whether what `GET` or the like would answer may be another now: for `WATCH` and `CLIENT TRACKING`.
    var changesKey: Bool {
        switch self {
        case .new, .keymiss, .buried, .replaced, .unseen: false
        default: true
        }
    }

    /// Whether it is about the record under a handle, and clients can see it.
    var concernsSession: Bool { self == .session || self == .tombstone || self == .predecessor }
}
