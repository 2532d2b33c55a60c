/// The lists of a timing wheel: one per wheel slot and level, and one for records set aside after a clock step.
///
/// A list is linked through the records themselves (`wheelNext`, `wheelPrevious`), so an entry costs no memory but its
/// two links, and is taken out of whatever list it is in without a search: at either end of a list the link holds,
/// in place of a neighbour, a *border* value that names the list.
///
///     ends[list] = (first: a, last: c)     border | a | b <- a | b | c <- b | c | border
///
/// Invariants
/// - Link values from `firstBorder` up are borders and never records: the heap hands out no slot up there.
/// - A list's bit in `occupied` is set exactly when the list has a record.
/// - In the list of a wheel slot, records that may be evicted come before all marks (tombstones and predecessors). If
///   there are any, the slot's bit in `evictable` is set; a set bit without any is cleared when eviction runs into it.
///   Hence a record keeps its kind while it is linked.
struct WheelSlots: ~Copyable {
    static let levels = 6
    static let levelBits = 8
    static let slotsPerLevel = 1 << levelBits
    /// The list of records set aside: behind the wheel slots of all levels.
    static let displaced = levels * slotsPerLevel
    /// Links from here up are borders. Room for 4,096 lists, of which `displaced + 1` are in use.
    static let firstBorder: UInt32 = 0xFFFF_F000

    /// First and last record of a list; 0 and 0 when it is empty. (Not private, or Swift 6.3.1 fails to compile the
    /// destruction of the vector from another file.)
    struct Ends: BitwiseCopyable {
        var first: UInt32 = 0
        var last: UInt32 = 0
    }

    /// 64-bit words that hold one bit for every list.
    private static let words = displaced / 64 + 1

    private var ends = Vector<Ends>(capacity: displaced + 1)
    private var occupied: [25 of UInt64] = .init(repeating: 0)
    private var evictable: [25 of UInt64] = .init(repeating: 0)

    init() {
        precondition(WheelSlots.words == 25 && WheelSlots.displaced <= Int(UInt32.max - WheelSlots.firstBorder))
        precondition(Heap.slotLimit <= WheelSlots.firstBorder, "borders must not be slots of the heap")
        for _ in 0...WheelSlots.displaced { ends.append(Ends()) }
    }

    /// Forgets all records without touching them. O(lists).
    mutating func removeAll() {
        for list in 0..<ends.count { ends[list] = Ends() }
        occupied = .init(repeating: 0)
        evictable = .init(repeating: 0)
    }

    // MARK: One list

    @inline(__always)
    static func isBorder(_ link: UInt32) -> Bool { link >= firstBorder }

    @inline(__always)
    private static func border(_ list: Int) -> UInt32 { firstBorder &+ UInt32(truncatingIfNeeded: list) }

    /// Marks keep a revoked or replaced token dead, so eviction must leave them alone.
    @inline(__always)
    static func isMark(_ kind: RecordKind) -> Bool { kind == .tombstone || kind == .predecessor }

    /// First record of a list, or `.none`.
    @inline(__always)
    func first(_ list: Int) -> Slot { Slot(rawValue: ends[list].first) }

    /// The record at one end of a list, or `.none`: at the front for an even `turn`, at the back for an odd one.
    ///
    /// Whoever empties a list takes from both ends in turn. Walking a list is one cache miss after the other, each
    /// address known only when the miss before is over; two ends make two such chains that overlap.
    @inline(__always)
    func end(_ list: Int, turn: Int) -> Slot {
        Slot(rawValue: turn & 1 == 0 ? ends[list].first : ends[list].last)
    }

    /// Puts a record that is in no list into one: in front, or at the end if it is a mark. O(1).
    @inline(__always)
    mutating func link(_ record: Slot, _ list: Int, _ heap: inout Heap) {
        assert(record != .none && !WheelSlots.isBorder(record.rawValue))
        let border = WheelSlots.border(list)
        let isMark = WheelSlots.isMark(heap[record].kind)
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: list & 63)
        if !isMark { evictable[list &>> 6] |= bit }
        let (first, last) = (ends[list].first, ends[list].last)
        if first == 0 {
            occupied[list &>> 6] |= bit
            heap.setWheelNext(record, border)
            heap.setWheelPrevious(record, border)
            ends[list] = Ends(first: record.rawValue, last: record.rawValue)
        } else if isMark {
            heap.setWheelNext(record, border)
            heap.setWheelPrevious(record, last)
            heap.setWheelNext(Slot(rawValue: last), record.rawValue)
            ends[list].last = record.rawValue
        } else {
            heap.setWheelNext(record, first)
            heap.setWheelPrevious(record, border)
            heap.setWheelPrevious(Slot(rawValue: first), record.rawValue)
            ends[list].first = record.rawValue
        }
    }

    /// Takes a record out of the list it is in, whichever that is. O(1).
    @inline(__always)
    mutating func unlink(_ record: Slot, _ heap: inout Heap) {
        let (next, previous) = (heap.wheelNext(record), heap.wheelPrevious(record))
        assert(next != 0 && previous != 0, "the record is not armed")
        if WheelSlots.isBorder(next) {
            let list = Int(next &- WheelSlots.firstBorder)
            if WheelSlots.isBorder(previous) {
                ends[list] = Ends()
                occupied[list &>> 6] &= ~(1 &<< UInt64(truncatingIfNeeded: list & 63))
                evictable[list &>> 6] &= ~(1 &<< UInt64(truncatingIfNeeded: list & 63))
                return
            }
            ends[list].last = previous
        } else {
            heap.setWheelPrevious(Slot(rawValue: next), previous)
        }
        if WheelSlots.isBorder(previous) {
            ends[Int(previous &- WheelSlots.firstBorder)].first = next
        } else {
            heap.setWheelNext(Slot(rawValue: previous), next)
        }
    }

    /// Leads the neighbours of a record whose bytes, links included, were copied to `record` to their new place. O(1).
    mutating func moved(to record: Slot, _ heap: inout Heap) {
        let (next, previous) = (heap.wheelNext(record), heap.wheelPrevious(record))
        assert(next != 0 && previous != 0, "the record is not armed")
        if WheelSlots.isBorder(next) {
            ends[Int(next &- WheelSlots.firstBorder)].last = record.rawValue
        } else {
            heap.setWheelPrevious(Slot(rawValue: next), record.rawValue)
        }
        if WheelSlots.isBorder(previous) {
            ends[Int(previous &- WheelSlots.firstBorder)].first = record.rawValue
        } else {
            heap.setWheelNext(Slot(rawValue: previous), record.rawValue)
        }
    }

    /// Asks the processor for the links and deadlines of a linked record's neighbours, which are looked at next.
    @inline(__always)
    static func prefetchNeighbours(_ record: Slot, _ heap: borrowing Heap) {
        prefetch(heap.wheelNext(record), heap)
        prefetch(heap.wheelPrevious(record), heap)
    }

    @inline(__always)
    private static func prefetch(_ link: UInt32, _ heap: borrowing Heap) {
        if isBorder(link) { return }
        // A record may start in one cache line and have its deadline in the next.
        heap.prefetch(Slot(rawValue: link), RecordLayout.kind)
        heap.prefetch(Slot(rawValue: link), RecordLayout.deadline)
    }

    // MARK: All lists

    /// First list of `level`, counted within the level and from `start` on, that has a record; -1 if there is none.
    @inline(__always)
    func firstOccupied(level: Int, from start: Int) -> Int { WheelSlots.firstSet(occupied, level, start) }

    /// As `firstOccupied`, of the lists that may have a record that is not a mark.
    @inline(__always)
    func firstEvictable(level: Int, from start: Int) -> Int { WheelSlots.firstSet(evictable, level, start) }

    /// Notes that a wheel slot holds nothing but marks.
    mutating func clearEvictable(_ list: Int) { evictable[list &>> 6] &= ~(1 &<< UInt64(list & 63)) }

    @inline(__always)
    private static func firstSet(_ bits: borrowing [25 of UInt64], _ level: Int, _ start: Int) -> Int {
        let base = level &* (slotsPerLevel / 64)
        var word = start &>> 6
        var held = bits[base &+ word] & (~0 &<< UInt64(truncatingIfNeeded: start & 63))
        while held == 0 {
            word &+= 1
            if word == slotsPerLevel / 64 { return -1 }
            held = bits[base &+ word]
        }
        return word &<< 6 &+ held.trailingZeroBitCount
    }

    /// Appends every wheel slot's list to the list of displaced records, lowest level first. O(lists), whatever
    /// their length.
    mutating func displaceAll(_ heap: inout Heap) {
        let border = WheelSlots.border(WheelSlots.displaced)
        for list in 0..<WheelSlots.displaced where ends[list].first != 0 {
            let (first, last) = (ends[list].first, ends[list].last)
            let before = ends[WheelSlots.displaced].last
            if before == 0 {
                heap.setWheelPrevious(Slot(rawValue: first), border)
                ends[WheelSlots.displaced].first = first
            } else {
                heap.setWheelPrevious(Slot(rawValue: first), before)
                heap.setWheelNext(Slot(rawValue: before), first)
            }
            heap.setWheelNext(Slot(rawValue: last), border)
            ends[WheelSlots.displaced].last = last
            ends[list] = Ends()
        }
        let any = ends[WheelSlots.displaced].first != 0
        occupied = .init(repeating: 0)
        evictable = .init(repeating: 0)
        if any { occupied[WheelSlots.displaced / 64] = 1 }
    }
}
