/// Finds records whose deadline has passed: a hierarchical timing wheel with a tick of one millisecond.
///
/// Six levels of 256 slots each cover 48 bits of Unix milliseconds. The level of an entry is the highest of the six
/// bytes in which its tick differs from the current one, its slot there the value of that byte; so a slot of level `n`
/// spans 256ⁿ ms, and all that lie in one are due within that span. When the wheel's time enters a slot of a higher
/// level, its entries *cascade* to lower levels. Source: Varghese and Lauck, *Hashed and Hierarchical Timing Wheels*
/// (1987), scheme 7.
///
///     tick - current    < 256 ms   < 65 s     < 4.7 h   < 49 days  < 34 years  later
///     level             0          1          2         3          4           5
///     span of a slot    1 ms       256 ms     65 s      4.7 h      49 days     34 years
///
/// Entries are the records themselves (see `WheelSlots`); the wheel allocates nothing after `init`. An entry lies where
/// the deadline that it was linked with put it. Moving a deadline *back* changes only the record: the entry is found
/// in its old slot in due time, and then linked anew. So the slot tells a lower bound, the record the truth.
///
/// Invariants
/// - No slot before `current` has an entry: the wheel's time never passes one that is not yet handled.
/// - An entry's slot starts at or before its deadline, or is the current one.
/// - A slot above level 0 that contains `current` is empty, unless `cascading` names its level.
struct TimingWheel: ~Copyable {
    /// The last tick. Deadlines beyond (the year 10889) wait here, and the wheel's time stops just before it.
    static let lastTick: Int64 = 1 << Int64(WheelSlots.levels * WheelSlots.levelBits) - 1

    /// Backward clock steps up to so many milliseconds are waited out: re-arming everything would cost more than it
    /// brings. Deadlines in the gap are noticed late by up to as much.
    static let backwardTolerance: Int64 = 1000

    /// The tick up to which everything has been handled, in Unix milliseconds. While there is a backlog it lies behind
    /// the clock: the difference is the wheel's lag.
    private(set) var current: Int64
    /// Level of the slot whose entries are cascading, begun at `current` and not yet finished; 0 when none is.
    private var cascading = 0
    var slots = WheelSlots()

    /// Records armed and neither cancelled nor returned.
    private(set) var count = 0
    /// Entries that went down a level since the start.
    private(set) var cascaded: UInt64 = 0
    /// Entries that were linked anew since the start because their deadline had moved on, or the clock back.
    private(set) var rearmed: UInt64 = 0

    /// How long before its deadline a session is returned for the first time, in milliseconds; 0 for not at all. A
    /// change holds for entries linked from then on.
    var warning: Int64 = 0

    /// A wheel without entries. `now` in Unix milliseconds.
    init(now: Int64) { current = TimingWheel.clamp(now) }

    private static func clamp(_ now: Int64) -> Int64 { min(max(now, 0), lastTick - 1) }

    // MARK: Entries

    /// Adds a record, not yet armed, under its deadline. A deadline that has passed already is found by the next call
    /// of `nextDue`. O(1).
    mutating func arm(_ record: Slot, _ heap: inout Heap) {
        count &+= 1
        slots.link(record, place(wake(record, heap)), &heap)
    }

    /// Removes an armed record. O(1).
    mutating func cancel(_ record: Slot, _ heap: inout Heap) {
        slots.unlink(record, &heap)
        forget(record, &heap)
    }

    /// To be called after the deadline of an armed record was changed. A later deadline costs nothing now: the entry is
    /// linked anew when its old slot comes due. O(1).
    @inline(__always)
    mutating func deadlineChanged(_ record: Slot, from old: Int64, _ heap: inout Heap) {
        if heap[record].deadline < old { relink(record, &heap) }
    }

    /// To be called after the bytes of an armed record were copied to another block, before the old one is freed. O(1).
    mutating func moved(from old: Slot, to new: Slot, _ heap: inout Heap) {
        assert(heap.wheelNext(new) == heap.wheelNext(old) && heap.wheelPrevious(new) == heap.wheelPrevious(old))
        slots.moved(to: new, &heap)
    }

    /// Forgets all entries without touching the records. O(slots).
    mutating func removeAll() {
        slots.removeAll()
        count = 0
        cascading = 0
    }

    /// When `nextDue` is to return a record: at its deadline, or for a session that is to be warned about, before.
    @inline(__always)
    func wake(_ record: Slot, _ heap: borrowing Heap) -> Int64 {
        warning == 0 ? heap[record].deadline : heap.warningTime(record, ahead: warning)
    }

    /// The wheel slot for a deadline, as things stand.
    @inline(__always)
    func place(_ deadline: Int64) -> Int {
        let tick = min(max(deadline, current), TimingWheel.lastTick)
        let difference = UInt64(bitPattern: tick ^ current) | 1
        let level = (63 &- difference.leadingZeroBitCount) &>> 3
        return TimingWheel.list(level, tick)
    }

    @inline(__always)
    private static func list(_ level: Int, _ tick: Int64) -> Int {
        level &<< WheelSlots.levelBits &+ slotIndex(level, tick)
    }

    /// Which of its level's slots a tick lies in.
    @inline(__always)
    static func slotIndex(_ level: Int, _ tick: Int64) -> Int {
        Int(truncatingIfNeeded: tick &>> Int64(level &* WheelSlots.levelBits)) & (WheelSlots.slotsPerLevel &- 1)
    }

    @inline(__always)
    mutating func relink(_ record: Slot, _ heap: inout Heap) {
        slots.unlink(record, &heap)
        slots.link(record, place(wake(record, heap)), &heap)
    }

    /// Leaves an unlinked record such that cancelling it again is caught by an assertion.
    @inline(__always)
    private mutating func forget(_ record: Slot, _ heap: inout Heap) {
        count &-= 1
        heap.setWheelNext(record, 0)
        heap.setWheelPrevious(record, 0)
    }

    // MARK: Time

    /// Moves the wheel's time towards `now` and returns the next record whose deadline has passed (or whose `warning`
    /// is due), no longer armed; `.none` when there is no more, or when the budget is used up.
    ///
    /// Records come in order of their deadlines, except among those that were overdue when armed or have been set aside
    /// when the clock went back. To be called until it returns `.none`, and again at `nextWake`.
    ///
    /// - Parameters:
    ///   - now: Unix milliseconds. May be less than before; see `backwardTolerance` and `stepBack`.
    ///   - budget: units of work left, each a record looked at or a slot entered. When it is 0 or less on return, there
    ///     may be more to do at once. Stretches without entries cost nothing.
    mutating func nextDue(now: Int64, budget: inout Int, _ heap: inout Heap) -> Slot {
        let now = TimingWheel.clamp(now)
        if now < current &- TimingWheel.backwardTolerance { stepBack(to: now, &heap) }
        while budget > 0 && current <= now {
            if cascading > 0 {
                cascade(&budget, &heap)
                continue
            }
            let record = slots.end(TimingWheel.slotIndex(0, current), turn: budget)
            if record == .none {
                let (tick, level) = earliest()
                if tick > now {
                    current = now
                    break
                }
                current = tick
                cascading = level
            } else if takeIfDue(record, now, &heap) {
                budget &-= 1
                return record
            }
            budget &-= 1
        }
        return nextDisplaced(now, &budget, &heap)
    }

    /// Links the entries of the slot being cascaded to lower levels, as far as the budget reaches.
    private mutating func cascade(_ budget: inout Int, _ heap: inout Heap) {
        let level = cascading
        let list = TimingWheel.list(level, current)
        while budget > 0 {
            let record = slots.end(list, turn: budget)
            if record == .none {
                cascading = 0
                return
            }
            budget &-= 1
            WheelSlots.prefetchNeighbours(record, heap)
            slots.unlink(record, &heap)
            let target = place(wake(record, heap))
            slots.link(record, target, &heap)
            if target &>> WheelSlots.levelBits < level { cascaded &+= 1 } else { rearmed &+= 1 }
        }
    }

    /// Takes a linked record out if its deadline has passed; otherwise links it anew.
    @inline(__always)
    private mutating func takeIfDue(_ record: Slot, _ now: Int64, _ heap: inout Heap) -> Bool {
        WheelSlots.prefetchNeighbours(record, heap)
        if Deadline.hasPassed(wake(record, heap), now: now) {
            slots.unlink(record, &heap)
            forget(record, &heap)
            return true
        }
        relink(record, &heap)
        rearmed &+= 1
        return false
    }

    /// Start and level of the earliest slot with entries, not counting displaced ones; `Int64.max` if there is none.
    ///
    /// Entries of a lower level always come before those of a higher one: they share one byte more with `current`.
    private func earliest() -> (tick: Int64, level: Int) {
        for level in 0..<WheelSlots.levels {
            let index = slots.firstOccupied(level: level, from: TimingWheel.slotIndex(level, current))
            if index < 0 { continue }
            let shift = Int64(level &* WheelSlots.levelBits)
            let before = current & ~(1 &<< (shift &+ Int64(WheelSlots.levelBits)) &- 1)
            return (before | Int64(index) &<< shift, level)
        }
        return (.max, 0)
    }

    /// The Unix milliseconds at which to call `nextDue` next; nil when nothing is armed.
    ///
    /// That is when the earliest slot with entries begins: at or before the earliest deadline. On a higher level a
    /// call then only cascades: a deadline in half an hour is cascaded twice before it is due. In the past (0) while
    /// records are set aside. Never early while the wheel waits out a small backward step. O(1).
    func nextWake() -> Int64? {
        if count == 0 { return nil }
        if slots.first(WheelSlots.displaced) != .none { return 0 }
        return cascading > 0 ? current : max(current, earliest().tick)
    }

    // MARK: Backward clock steps

    /// Follows a clock that went back. Slots are relative to `current`, so entries linked against the old time
    /// cannot stay: all are set aside, O(slots), and `nextDue` arms them anew a few at a time. Entries armed from now
    /// on are on time at once.
    private mutating func stepBack(to now: Int64, _ heap: inout Heap) {
        slots.displaceAll(&heap)
        cascading = 0
        current = now
    }

    /// Arms records that were set aside, until one turns out to be due.
    private mutating func nextDisplaced(_ now: Int64, _ budget: inout Int, _ heap: inout Heap) -> Slot {
        while budget > 0 {
            let record = slots.end(WheelSlots.displaced, turn: budget)
            if record == .none { break }
            budget &-= 1
            if takeIfDue(record, now, &heap) { return record }
        }
        return .none
    }
}
