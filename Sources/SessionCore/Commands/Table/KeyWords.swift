/// Where the keys of a command's requests are, in four bytes: what `Request.keys` needs of a `KeySpecification`.
struct KeyPlaces: BitwiseCopyable {
    /// The first key at a fixed place, counted in words with the command name as word 0; 0 if there is none.
    let first: Int8
    /// The last key at a fixed place; negative counts from the end.
    let last: Int8
    let step: Int8
    /// The word that says how many keys follow it; 0 if none does; `sessions` for `SESSREVOKE`.
    let count: Int8

    /// Option words may stand before and behind the keys.
    static let sessions: Int8 = -1
}

/// Which words of a request are keys: their positions in ascending order, counted from the command's name.
///
/// This is the only answer to that question. Permissions, tracking, marks of dead keys, `COMMAND GETKEYS` and the
/// checks of a write's keys all ask here, so that no command can use as a key what none of them has looked at.
/// `KeyWordTests` checks that they agree. Making one is O(1), but O(length of the word) where a word says how many keys
/// there are.
struct KeyWords: Sequence, IteratorProtocol, BitwiseCopyable {
    /// Word 1 is a key, and comes before `position`.
    private var hasDestination = false
    private var position: Int
    private var last: Int
    private let step: Int

    /// The words from `first` to the one at `last`, every so many.
    @inline(__always)
    fileprivate init(from first: Int, through last: Int, every step: Int = 1) {
        (position, self.last, self.step) = (first, last, step)
    }

    @inline(__always)
    fileprivate static var none: KeyWords { KeyWords(from: 1, through: 0) }

    /// Word 1, and behind it these.
    @inline(__always)
    fileprivate func behindDestination() -> KeyWords {
        var words = self
        words.hasDestination = true
        return words
    }

    @inline(__always)
    mutating func next() -> Int? {
        if hasDestination {
            hasDestination = false
            return 1
        }
        guard position <= last else { return nil }
        defer { position &+= step }
        return position
    }

    /// How many are still to come. O(1)
    var count: Int { (hasDestination ? 1 : 0) + (position > last ? 0 : (last - position) / step + 1) }
}

extension Request {
    /// The keys of a request, tokens and users of session commands among them, as words to route by (where those do
    /// not count, ask `CommandFacts.namesKeys` before). None where the word that says how many there are says nothing
    /// valid: the command is refused then.
    /// - Parameter start: the word that names the command; not 0 if a request is within another one. There are as many
    ///   words as the command accepts.
    @inline(__always)
    func keys(of facts: CommandFacts, from start: Int = 0) -> KeyWords {
        if facts.keys.count == 0 { return fixedKeys(of: facts, from: start) }
        return otherKeys(facts.keys, start, isLenient: false)
    }

    /// As `keys`, for permissions. They are looked at before the command itself looks at the words, so that they must
    /// not depend on how strict it is: what a command may take for a number of keys, in whatever form, is one here.
    /// So there may be more keys than `keys` finds, but never fewer, and Redis denies the same requests: it reads the
    /// number with C's `atoi`.
    @inline(__always)
    func keysToPermit(of facts: CommandFacts, from start: Int = 0) -> KeyWords {
        if facts.keys.count == 0 { return fixedKeys(of: facts, from: start) }
        return otherKeys(facts.keys, start, isLenient: true)
    }

    /// Those of the keys whose places no word of the request decides: `ZUNIONSTORE`'s destination, but none of what it
    /// reads.
    @inline(__always)
    func fixedKeys(of facts: CommandFacts, from start: Int = 0) -> KeyWords {
        let words = count &- start
        if facts.keys.first == 0 { return .none }
        let last = facts.keys.last < 0 ? words &+ Int(facts.keys.last) : min(Int(facts.keys.last), words &- 1)
        return KeyWords(from: Int(facts.keys.first), through: last, every: Int(facts.keys.step))
    }

    @inline(never)
    private func otherKeys(_ places: KeyPlaces, _ start: Int, isLenient: Bool) -> KeyWords {
        let words = count - start
        if places.count == KeyPlaces.sessions { return revokedSessions(start) }
        let counting = Int(places.count)
        guard counting < words else { return .none }
        let word = self[start + counting]
        guard let number = isLenient ? leadingNumber(word) : parseInteger(word), number > 0,
            number < words - counting
        else { return .none }
        let counted = KeyWords(from: counting + 1, through: counting + Int(number))
        return places.first > 0 ? counted.behindDestination() : counted
    }

    /// `SESSREVOKE [HANDLE] x … [REASON text]`: no token and no handle is as short as the words that are none.
    private func revokedSessions(_ start: Int) -> KeyWords {
        let words = count - start
        let hasHandles = words > 2 && self[start + 1].matches("handle")
        let hasReason = words > 3 && self[start + words - 2].matches("reason")
        return KeyWords(from: hasHandles ? 2 : 1, through: words - (hasReason ? 3 : 1))
    }

    /// The number that a word begins with, as C's `atoi` finds it; nil for what no request has as many words as.
    private func leadingNumber(_ word: RawSpan) -> Int64? {
        var position = 0
        while position < word.byteCount, word[position] == 32 || (9...13).contains(word[position]) { position += 1 }
        if position < word.byteCount, word[position] == UInt8(ascii: "+") { position += 1 }
        var number = 0
        while position < word.byteCount, word[position] &- 48 < 10, number <= Limits.arguments {
            number = number * 10 + Int(word[position] &- 48)
            position += 1
        }
        return number <= Limits.arguments ? Int64(number) : nil
    }

    /// Whether a `SET` answers what was there before, so that it reads too.
    func setReads(from start: Int = 0) -> Bool {
        for index in min(start + 3, count)..<count where self[index].matches("get") { return true }
        return false
    }
}
