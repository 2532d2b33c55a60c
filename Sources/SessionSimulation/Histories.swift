/// Histories of the data, as replication names them: each begins with a start of an empty node, or branches off another
/// one where a replica was promoted.
///
/// Offsets go on across a branch. A node at offset `o` of a history has seen what was done in it up to `o`, and of its
/// ancestors what was done before the branch.
struct Histories {
    struct History {
        /// The replication id.
        let id: String
        /// Branched off this one; -1 for none.
        let parent: Int
        /// The parent's offset at the branch.
        let branch: Int64
        /// Above `branch` if the data was between two states then (`Position.blurredUntil`): what was done in the
        /// parent up to here may be in it, or not.
        let blurredUntil: Int64
    }

    private(set) var list: [History] = []

    mutating func add(_ history: History) -> Int {
        list.append(history)
        return list.count - 1
    }

    func index(of id: String) -> Int? { list.lastIndex { $0.id == id } }

    /// Whether a place in a history has seen something.
    func sight(of mark: Mark, from place: Position) -> Sight {
        var (history, limit) = (place.history, place.isPrimary ? Int64.max : place.offset)
        var blurredUntil = place.blurredUntil
        while history >= 0 {
            if mark.history == history {
                if mark.end <= limit { return .seen }
                return mark.start < max(limit, blurredUntil) ? .unsure : .unseen
            }
            blurredUntil = list[history].blurredUntil
            limit = min(limit, list[history].branch)
            history = list[history].parent
        }
        return .unseen
    }

    enum Sight { case seen, unseen, unsure }
}

/// When something was done: in which history, at which offset it began and was complete. Both are the same if nothing
/// had to be replicated.
struct Mark {
    let history: Int
    let start: Int64
    let end: Int64
}

/// Where a node stands.
struct Position: Equatable {
    /// -1 before it was first looked at.
    var history = -1
    var offset: Int64 = 0
    var isPrimary = true
    /// A replica's connection to its primary is established.
    var isLinked = false
    /// Up to this offset a replica may hold what its offset does not cover yet: a snapshot is written while the data
    /// changes.
    var blurredUntil: Int64 = -1
    /// Its data and its offset may not belong together: it is loading.
    var isTransient = false
}
