/// How far a value that is passed over has been read: values of types that are not held, when they are to be left out.
/// Only their shape is looked at.
///
/// Source of the shapes: the comments of Redis's `rdb.c` and `rdb.h`.
enum RDBSkip: BitwiseCopyable {
    /// So many strings are left.
    case strings(Int)
    /// So many nodes of a list are left, each a string behind its kind.
    case listNodes(Int)
    /// So many members with scores in text are left.
    case textScores(Int)
    /// So many fields are left, each with its time to live.
    case expiringFields(Int)
    /// What a module wrote, up to its end mark.
    case moduleData
    /// So many nodes of a stream are left.
    case streamNodes(Int, StreamForm)
    case streamHead(StreamForm)
    /// So many groups of consumers are left.
    case groups(Int, StreamForm)
    /// Entries that a group waits for.
    case groupEntries(Int, groups: Int, StreamForm)
    case consumers(Int, groups: Int, StreamForm)
    case consumerEntries(Int, consumers: Int, groups: Int, StreamForm)

    /// The forms that streams have had so far.
    enum StreamForm: UInt8 { case redis5, redis7, redis72 }

    /// The name of a type that is not held, for errors; nil for any other byte.
    static func name(ofType type: UInt8) -> StaticString? {
        switch type {
        case 1, 10, 14, 18: "list"
        case 3: "sorted set in the form of Redis before 4.0"
        case 9: "hash in the form of Redis before 2.6"
        case 15, 19, 21: "stream"
        case 22, 23, 24, 25: "hash whose fields expire"
        case 6, 7, 247: "module's value"
        default: nil
        }
    }

    /// Whether a value of such a type is a collection without elements, which is passed over in any case; it is read
    /// then, and nothing otherwise.
    static func isEmpty(_ type: UInt8, _ cursor: inout RDBCursor) throws(RDBCursor.Stop) -> Bool {
        var ahead = cursor
        switch type {
        case 1, 3, 14, 18, 22: guard case .plain(0) = try ahead.lengthOrSpecial() else { return false }
        case 24:
            try ahead.skip(8)
            guard case .plain(0) = try ahead.lengthOrSpecial() else { return false }
        // In one string: a zipmap, a ziplist or a listpack that is head and end mark alone.
        case 9: guard try ahead.isString(of: 2, beginningWith: [0]) else { return false }
        case 10: guard try ahead.isString(of: 11, beginningWith: [11, 0, 0, 0]) else { return false }
        case 23: guard try ahead.isString(of: 7, beginningWith: [7, 0, 0, 0]) else { return false }
        case 25:
            try ahead.skip(8)
            guard try ahead.isString(of: 7, beginningWith: [7, 0, 0, 0]) else { return false }
        default: return false
        }
        cursor = ahead
        return true
    }

    /// Reads the head of a value of such a type; nil if it cannot be passed over.
    init?(type: UInt8, _ cursor: inout RDBCursor) throws(RDBCursor.Stop) {
        switch type {
        case 1, 14: self = .strings(try cursor.length())
        case 9, 10, 23: self = .strings(1)
        case 18: self = .listNodes(try cursor.length())
        case 3: self = .textScores(try cursor.length())
        case 22: self = .expiringFields(try cursor.length())
        case 24:
            // The time at which the first field expires.
            try cursor.skip(8)
            self = .expiringFields(try cursor.length())
        case 25:
            try cursor.skip(8)
            self = .strings(1)
        case 7:
            try cursor.skipLength()
            self = .moduleData
        case 247:
            for _ in 0..<3 { try cursor.skipLength() }
            self = .moduleData
        case 15: self = .streamNodes(try cursor.length(), .redis5)
        case 19: self = .streamNodes(try cursor.length(), .redis7)
        case 21: self = .streamNodes(try cursor.length(), .redis72)
        // Old values of modules do not say where they end.
        default: return nil
        }
    }

    /// Passes over the next piece.
    /// - Returns: false when the value is complete.
    mutating func advance(_ cursor: inout RDBCursor) throws(RDBCursor.Stop) -> Bool {
        switch self {
        case .strings(0), .listNodes(0), .textScores(0), .expiringFields(0), .groups(0, _): return false
        case .strings(let left):
            try cursor.skipString()
            self = .strings(left - 1)
        case .listNodes(let left):
            try cursor.skipLength()
            try cursor.skipString()
            self = .listNodes(left - 1)
        case .textScores(let left):
            try cursor.skipString()
            let length = try cursor.byte()
            // From 253 on: not a number, and both infinities.
            if length < 253 { try cursor.skip(UInt64(length)) }
            self = .textScores(left - 1)
        case .expiringFields(let left):
            try cursor.skipLength()
            try cursor.skipString()
            try cursor.skipString()
            self = .expiringFields(left - 1)
        case .moduleData: return try skipModuleItem(&cursor)
        default: try advanceInStream(&cursor)
        }
        return true
    }

    private func skipModuleItem(_ cursor: inout RDBCursor) throws(RDBCursor.Stop) -> Bool {
        switch try cursor.length() {
        case 0: return false
        case 1, 2: try cursor.skipLength()
        case 3: try cursor.skip(4)
        case 4: try cursor.skip(8)
        case 5: try cursor.skipString()
        default: throw .corrupt(.length)
        }
        return true
    }

    private mutating func advanceInStream(_ cursor: inout RDBCursor) throws(RDBCursor.Stop) {
        switch self {
        case .streamNodes(0, let form): self = .streamHead(form)
        case .streamNodes(let left, let form):
            try cursor.skipString()
            try cursor.skipString()
            self = .streamNodes(left - 1, form)
        case .streamHead(let form):
            // How many entries there are, and the identifiers of the last one, the first one and the last one deleted.
            for _ in 0..<(form == .redis5 ? 3 : 8) { try cursor.skipLength() }
            self = .groups(try cursor.length(), form)
        case .groups(let left, let form):
            try cursor.skipString()
            for _ in 0..<(form == .redis5 ? 2 : 3) { try cursor.skipLength() }
            self = .groupEntries(try cursor.length(), groups: left, form)
        case .groupEntries(0, let groups, let form):
            self = .consumers(try cursor.length(), groups: groups, form)
        case .groupEntries(let left, let groups, let form):
            try cursor.skip(24)
            try cursor.skipLength()
            self = .groupEntries(left - 1, groups: groups, form)
        case .consumers(0, let groups, let form): self = .groups(groups - 1, form)
        case .consumers(let left, let groups, let form):
            try cursor.skipString()
            try cursor.skip(form == .redis72 ? 16 : 8)
            self = .consumerEntries(try cursor.length(), consumers: left, groups: groups, form)
        case .consumerEntries(0, let consumers, let groups, let form):
            self = .consumers(consumers - 1, groups: groups, form)
        case .consumerEntries(let left, let consumers, let groups, let form):
            try cursor.skip(16)
            self = .consumerEntries(left - 1, consumers: consumers, groups: groups, form)
        default: preconditionFailure("not within a stream")
        }
    }
}
