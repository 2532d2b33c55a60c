/// Requests that were denied, the latest first: `ACL LOG`.
struct AccessLog {
    /// Where the request came from.
    enum Context {
        case topLevel, transaction, script

        /// As `ACL LOG` names it.
        var name: StaticString {
            switch self {
            case .topLevel: "toplevel"
            case .transaction: "multi"
            case .script: "lua"
            }
        }
    }

    struct Entry {
        var count: Int64 = 1
        let reason: AccessDenial.Reason
        let context: Context
        /// The command, key or channel: never a token or a password.
        let object: [UInt8]
        let user: [UInt8]
        /// Unix milliseconds of the latest denial.
        var time: Int64
        /// The line of `CLIENT LIST` of the connection that was denied last.
        var client: String

        /// Whether both are one matter, to be counted together.
        fileprivate func isLike(_ other: Entry) -> Bool {
            reason == other.reason && context == other.context
                && abs(time - other.time) <= Limits.accessLogGrouping && object == other.object && user == other.user
        }
    }

    /// Oldest first.
    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// The entry that is `index` denials back; 0 is the latest.
    subscript(index: Int) -> Entry { entries[entries.count - 1 - index] }

    /// Adds a denial, or counts it with one of the latest that it is like. O(`limit`) at most.
    /// - Parameter limit: how many entries are kept.
    mutating func add(_ entry: Entry, limit: Int) {
        let recent = entries.indices.suffix(Limits.accessLogSearch).reversed()
        if let known = recent.first(where: { entries[$0].isLike(entry) }) {
            var merged = entries.remove(at: known)
            merged.count += 1
            (merged.time, merged.client) = (entry.time, entry.client)
            entries.append(merged)
        } else {
            entries.append(entry)
            if entries.count > limit { entries.removeFirst(entries.count - limit) }
        }
    }

    mutating func removeAll() { entries = [] }
}
