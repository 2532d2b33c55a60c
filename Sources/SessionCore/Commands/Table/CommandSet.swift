/// A set of rows of the command table: one bit each, and one that stands for all commands still to come.
struct CommandSet: BitwiseCopyable, Equatable {
    /// Rows there is room for; the last one stands for commands to come, so that "everything but" can be told from
    /// "nothing but", as in Redis.
    static let capacity = 512

    private var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)

    static let none = CommandSet()

    /// Every row, and those to come.
    static let all: CommandSet = {
        var all = CommandSet()
        all.words = (.max, .max, .max, .max, .max, .max, .max, .max)
        return all
    }()

    /// Whether it was made by taking away from everything.
    var includesFuture: Bool { words.7 >> 63 != 0 }

    /// Whether the row of a command is in the set. O(1).
    @inline(__always)
    func contains(_ id: CommandID) -> Bool {
        let row = Int(id.rawValue)
        return self[row >> 6] >> UInt64(row & 63) & 1 != 0
    }

    /// Puts the row of a command in or takes it out.
    mutating func set(_ id: CommandID, _ isMember: Bool) {
        let row = Int(id.rawValue)
        let bit = UInt64(1) << UInt64(row & 63)
        if isMember { self[row >> 6] |= bit } else { self[row >> 6] &= ~bit }
    }

    /// (Not `InlineArray`: see `Heap`.)
    private subscript(index: Int) -> UInt64 {
        @inline(__always)
        get {
            switch index {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            case 3: words.3
            case 4: words.4
            case 5: words.5
            case 6: words.6
            default: words.7
            }
        }
        set {
            switch index {
            case 0: words.0 = newValue
            case 1: words.1 = newValue
            case 2: words.2 = newValue
            case 3: words.3 = newValue
            case 4: words.4 = newValue
            case 5: words.5 = newValue
            case 6: words.6 = newValue
            default: words.7 = newValue
            }
        }
    }

    static func == (left: CommandSet, right: CommandSet) -> Bool {
        for index in 0..<8 where left[index] != right[index] { return false }
        return true
    }
}
