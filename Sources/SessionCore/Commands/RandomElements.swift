/// What HRANDFIELD, SRANDMEMBER and SPOP share.
extension Execution {
    /// An element of a record's table, chosen at random.
    mutating func randomElement(_ record: Slot, _ scratch: inout Vector<Slot>) -> Slot {
        store.randomElement(of: record, &scratch, &random)
    }

    /// Chooses `wanted` different elements of a table of `size`. Expected O(wanted).
    mutating func choose(_ wanted: Int, of size: Int, _ record: Slot, into chosen: inout Vector<Slot>) {
        if wanted <= size / 2 {
            // At most half of the draws come upon one that was chosen before.
            var scratch = Vector<Slot>()
            var places = SlotPlaces(capacity: wanted)
            while chosen.count < wanted {
                let element = randomElement(record, &scratch)
                if places.insert(element) { chosen.append(element) }
            }
            return
        }
        store.elements(of: record, into: &chosen)
        guard wanted < size else { return }
        // The first steps of a Fisher-Yates shuffle.
        for index in 0..<wanted {
            let other = index + Int(random.next() % UInt64(size - index))
            (chosen[index], chosen[other]) = (chosen[other], chosen[index])
        }
    }
}

/// How many elements HRANDFIELD, SRANDMEMBER or ZRANDMEMBER is to draw, and whether with their values or scores.
struct RandomCount: BitwiseCopyable {
    /// If negative, so many that may repeat. Its magnitude is a number, too.
    let count: Int64
    let isPaired: Bool

    /// Reads the words from the third one on.
    /// - Parameter option: the word that asks for values or scores, in lower case; nil where there is none.
    init(_ request: borrowing Request, _ option: StaticString? = nil) throws(ReplyError) {
        if option == nil && request.count > 3 { throw .syntax }
        count = try request.integer(2)
        if count == .min { throw .notBetween(-Int64.max, and: Int64.max) }
        isPaired = request.count == 4
        if request.count > 4 { throw .syntax }
        if isPaired, let option, !request[3].matches(option) { throw .syntax }
        if isPaired && (count < -Int64.max / 2 || count > Int64.max / 2) { throw .notInRange }
    }
}

/// Tells slots apart that were met before: an open-addressed table, at most half full.
private struct SlotPlaces: ~Copyable {
    private var places: Vector<Slot>
    private let mask: Int

    /// - Parameter capacity: most slots there will be.
    init(capacity: Int) {
        let bits = Int.bitWidth - (capacity * 2).leadingZeroBitCount
        places = Vector(repeating: .none, count: 1 << bits)
        mask = 1 << bits - 1
    }

    /// - Returns: false if the slot was there already. Expected O(1).
    mutating func insert(_ slot: Slot) -> Bool {
        var mix = SplitMix64(state: UInt64(slot.rawValue))
        var place = Int(truncatingIfNeeded: mix.next()) & mask
        while places[place] != .none {
            if places[place] == slot { return false }
            place = (place + 1) & mask
        }
        places[place] = slot
        return true
    }
}

/// Selection sampling (Knuth, volume 2, algorithm S): chooses so many of a sequence in one pass, in their order, all
/// selections being equally likely.
struct Sample: BitwiseCopyable {
    private var left, needed: UInt64

    init(of count: Int, _ wanted: Int) {
        left = UInt64(count)
        needed = UInt64(wanted)
    }

    /// Whether the next of the sequence is chosen.
    mutating func takesNext(_ random: inout SplitMix64) -> Bool {
        defer { left -= 1 }
        guard needed > 0, random.next() % left < needed else { return false }
        needed -= 1
        return true
    }
}
