import CLinux

/// Names a block of the heap in 32 bits: its address in units of 16 bytes from the heap's base. `none` is never a
/// block.
struct Slot: Equatable, BitwiseCopyable {
    var rawValue: UInt32

    static let none = Slot(rawValue: 0)

    @inline(__always)
    init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The memory in which all records, tables and indexes live: blocks of size-classed slabs, addressed by `Slot`.
///
/// One range of address space is reserved at the start (64 GiB, no memory behind it) and filled page by page, so that
/// a slot number becomes an address with a shift and an addition, and never moves. A *page* is 64 KiB and holds blocks
/// of one size class; larger blocks are runs of whole pages. Classes are 16 bytes apart up to 1 KiB, then an eighth of
/// a power of two apart, up to 32 KiB. Pages that become empty go back to the page pool, and past a small reserve their
/// memory goes back to the system, so a load that has gone leaves nothing behind.
///
///     reservation  [ page 0: unused | page 1 | page 2 | … high-water mark … | not yet committed ]
///     page         [ block | block | block | … | tail shorter than a block ]
///
/// A view of a block (`Block`) or a span of it (`bytes`) is good until the block is freed or its bytes are written to.
/// The compiler does not watch over that: a lifetime tied to the heap would, in Swift 6.3, keep every other property of
/// the owning struct from being used beside it, and one tied to the variable that names the slot ends its optimiser in
/// a failed assertion (EscapeUtils) where closures are called beside it.
/// Memory safety does not depend on it, since pages once committed stay mapped as long as the heap lives (`removeAll`
/// empties them in place): a span kept too long reads stale bytes, never foreign memory. So none is kept in a variable
/// across a call that may allocate, free or expire.
///
/// Invariants: a slot given out lies in a committed page; offsets passed to accessors lie within the block (`assert`ed
/// in debug builds); freed blocks are linked through their own first two bytes. Allocation and release are O(1),
/// except for runs (first fit among free runs of similar length).
struct Heap: ~Copyable {
    static let pageShift = 16
    static let pageBytes = 1 << pageShift
    static let unitShift = 4
    static let unitsPerPage: UInt32 = 1 << UInt32(pageShift - unitShift)
    /// Largest block that shares a page with others.
    static let largestClass = 32 * 1024
    /// Free pages whose memory is kept, against giving back and faulting in again at every small fluctuation: those
    /// freed last.
    static let retainedPages = 16
    /// Slots stay below this: values from here up are free for other uses in a field that holds a slot.
    static let slotLimit: UInt32 = 0xFFFF_F000
    /// Most address space that slots below the limit can name.
    private static let largestReservation = Int(slotLimit) << unitShift
    /// Pages committed at a time.
    private static let commitStep = 16

    private let base: UnsafeMutableRawPointer
    fileprivate let pages: UnsafeMutablePointer<Page>
    private let pageLimit: UInt32
    /// Pages ever used; those above are untouched.
    private var highWater: UInt32 = 1
    private var committed: UInt32 = 0
    /// First partly used page of each size class, and first free run of each power-of-two length; 0 for none.
    /// (Not `InlineArray`: a type that contains one cannot hand out spans that borrow it, in Swift 6.3.)
    private let partial: UnsafeMutablePointer<UInt32>
    private let freeRuns: UnsafeMutablePointer<UInt32>
    /// The free pages whose memory was kept. A page that has been taken since leaves its cell for the next.
    private var retained: [16 of UInt32] = .init(repeating: 0)
    private var oldestRetained = 0

    /// Bytes in blocks given out, rounding included.
    private(set) var usedBytes = 0
    /// Bytes in pages that hold at least one block.
    private(set) var pageBytesInUse = 0
    /// Bytes of address space, the bound of everything the heap can hold.
    var reservedBytes: Int { Int(pageLimit) << Heap.pageShift }
    /// Bytes of address space that were never used: blocks of so many bytes, in whole pages, can be had whatever holes
    /// there are elsewhere.
    var untouchedBytes: Int { Int(pageLimit - highWater) << Heap.pageShift }

    /// What the heap knows about a page. For a run, kept in its first page (and, while free, mirrored in its last).
    fileprivate struct Page {
        var state: State
        var sizeClass: UInt8
        /// Memory may be behind it: it was written since the system last zeroed it.
        var isResident: Bool
        var used: UInt16
        /// First freed block, as an index in the page; `noBlock` if none.
        var freeHead: UInt16
        /// Blocks from this index on were never given out.
        var fresh: UInt16
        /// Neighbours in the list of partly used pages of a class, or of free runs of a length class.
        var next: UInt32
        var previous: UInt32
        /// Length of the run in pages; in the last page of a free run, likewise.
        var run: UInt32

        static let untouched = Page(
            state: .untouched, sizeClass: 0, isResident: false, used: 0, freeHead: 0, fresh: 0, next: 0, previous: 0,
            run: 0)
    }

    fileprivate enum State: UInt8 {
        case untouched, slab, runHead, runBody, freeHead, freeBody
    }

    private static let noBlock: UInt16 = .max
    private static let classes = 104
    private static let runBins = 21

    /// Bytes of address space, where the system grants it.
    static let standardReservation = 64 << 30

    /// - Parameter reserving: bytes of address space, rounded down to pages; halved until the system grants it.
    init(reserving wanted: Int = Heap.standardReservation) {
        var bytes = min(wanted, Heap.largestReservation) & ~(Heap.pageBytes - 1)
        var address = clinux_reserve(bytes)
        while address == nil && bytes > 64 << 20 {
            bytes = bytes / 2 & ~(Heap.pageBytes - 1)
            address = clinux_reserve(bytes)
        }
        guard let address else { fatalError("cannot reserve address space for the heap") }
        base = address
        pageLimit = UInt32(bytes >> Heap.pageShift)
        let tableBytes = Heap.tableBytes(pageLimit)
        guard let table = clinux_reserve(tableBytes), clinux_commit(table, tableBytes) == 0 else {
            fatalError("cannot reserve address space for the page table")
        }
        pages = table.bindMemory(to: Page.self, capacity: Int(pageLimit))
        partial = .allocate(capacity: Heap.classes)
        partial.initialize(repeating: 0, count: Heap.classes)
        freeRuns = .allocate(capacity: Heap.runBins)
        freeRuns.initialize(repeating: 0, count: Heap.runBins)
    }

    deinit {
        partial.deallocate()
        freeRuns.deallocate()
        clinux_release(base, reservedBytes)
        clinux_release(pages, Heap.tableBytes(pageLimit))
    }

    private static func tableBytes(_ pages: UInt32) -> Int {
        (Int(pages) * MemoryLayout<Page>.stride + 4095) & ~4095
    }

    /// Frees every block at once and gives all memory back. O(pages).
    mutating func removeAll() {
        if highWater > 1 {
            clinux_discard(base + Heap.pageBytes, Int(highWater - 1) << Heap.pageShift)
            pages.initialize(repeating: Page.untouched, count: Int(highWater))
        }
        partial.update(repeating: 0, count: Heap.classes)
        freeRuns.update(repeating: 0, count: Heap.runBins)
        highWater = 1
        (usedBytes, pageBytesInUse) = (0, 0)
    }

    // MARK: Size classes

    @inline(__always)
    private static func sizeClass(_ bytes: Int) -> Int {
        let units = (bytes &+ 15) &>> unitShift
        if units <= 64 { return max(units, 1) &- 1 }
        // Eight classes for each power of two: the three bits below the leading one choose among them, rounding up.
        let exponent = Int.bitWidth &- 1 &- (units &- 1).leadingZeroBitCount
        return 64 &+ (exponent &- 6) &* 8 &+ ((units &- 1) &>> (exponent &- 3)) &- 8
    }

    @inline(__always)
    private static func classBytes(_ sizeClass: Int) -> Int {
        if sizeClass < 64 { return (sizeClass &+ 1) &<< unitShift }
        let step = sizeClass &- 64
        let exponent = step &>> 3 &+ 6
        return ((step & 7) &+ 9) &<< (exponent &- 3 &+ unitShift)
    }

    /// Bytes that a block for `bytes` really takes.
    static func roundedSize(_ bytes: Int) -> Int {
        bytes <= largestClass ? classBytes(sizeClass(bytes)) : (bytes + pageBytes - 1) & ~(pageBytes - 1)
    }

    // MARK: Allocation

    /// A block of at least `bytes` bytes, content undefined. Traps when the reservation is exhausted: callers that
    /// act for a client check `usedBytes` against the limit first.
    @inline(__always)
    mutating func allocate(_ bytes: Int) -> Slot {
        if bytes > Heap.largestClass { return allocateRun(bytes) }
        let sizeClass = Heap.sizeClass(bytes)
        var page = partial[sizeClass]
        if page == 0 { page = openPage(sizeClass) }
        let size = Heap.classBytes(sizeClass)
        let index: UInt16
        let start = base + Int(page) &<< Heap.pageShift
        if pages[Int(page)].freeHead != Heap.noBlock {
            index = pages[Int(page)].freeHead
            pages[Int(page)].freeHead = (start + Int(index) &* size).load(as: UInt16.self)
        } else {
            index = pages[Int(page)].fresh
            pages[Int(page)].fresh = index &+ 1
        }
        pages[Int(page)].used &+= 1
        usedBytes &+= size
        if Int(pages[Int(page)].used) == Heap.pageBytes / size { unlinkPartial(page, sizeClass) }
        return Slot(rawValue: page &* Heap.unitsPerPage &+ UInt32(Int(index) &* size &>> Heap.unitShift))
    }

    /// A block of zero bytes.
    mutating func allocateZeroed(_ bytes: Int) -> Slot {
        let slot = allocate(bytes)
        if bytes <= Heap.largestClass {
            clear(slot, bytes)
        } else {
            // Only pages written before need clearing; for the rest the system supplies zeros on first touch.
            let first = slot.rawValue / Heap.unitsPerPage
            for page in first..<(first + pages[Int(first)].run) where pages[Int(page)].isResident {
                (base + Int(page) << Heap.pageShift).initializeMemory(
                    as: UInt8.self, repeating: 0, count: Heap.pageBytes)
            }
        }
        return slot
    }

    /// Gives a block back. Its content is undefined from now on.
    @inline(__always)
    mutating func free(_ slot: Slot) {
        let page = slot.rawValue / Heap.unitsPerPage
        precondition(slot != .none && page < highWater)
        if pages[Int(page)].state == .runHead { return freeRun(page) }
        precondition(pages[Int(page)].state == .slab)
        let sizeClass = Int(pages[Int(page)].sizeClass)
        let size = Heap.classBytes(sizeClass)
        let start = base + Int(page) &<< Heap.pageShift
        let offset = Int(slot.rawValue % Heap.unitsPerPage) &<< Heap.unitShift
        let index = UInt16(truncatingIfNeeded: offset / size)
        let wasFull = Int(pages[Int(page)].used) == Heap.pageBytes / size
        (start + offset).storeBytes(of: pages[Int(page)].freeHead, as: UInt16.self)
        pages[Int(page)].freeHead = index
        pages[Int(page)].used &-= 1
        usedBytes &-= size
        if wasFull { linkPartial(page, sizeClass) }
        if pages[Int(page)].used == 0 { closePage(page, sizeClass) }
    }

    /// Bytes the block can hold: at least what was asked for.
    @inline(__always)
    func capacity(of slot: Slot) -> Int {
        let page = Int(slot.rawValue / Heap.unitsPerPage)
        if pages[page].state == .runHead { return Int(pages[page].run) << Heap.pageShift }
        return Heap.classBytes(Int(pages[page].sizeClass))
    }

    // MARK: Pages of a class

    @inline(never)
    private mutating func openPage(_ sizeClass: Int) -> UInt32 {
        let page = takePages(1)
        pages[Int(page)] = Page(
            state: .slab, sizeClass: UInt8(sizeClass), isResident: true, used: 0, freeHead: Heap.noBlock, fresh: 0,
            next: 0, previous: 0, run: 1)
        linkPartial(page, sizeClass)
        return page
    }

    @inline(never)
    private mutating func closePage(_ page: UInt32, _ sizeClass: Int) {
        unlinkPartial(page, sizeClass)
        givePages(page, 1)
    }

    private mutating func linkPartial(_ page: UInt32, _ sizeClass: Int) {
        let head = partial[sizeClass]
        pages[Int(page)].next = head
        pages[Int(page)].previous = 0
        if head != 0 { pages[Int(head)].previous = page }
        partial[sizeClass] = page
    }

    private mutating func unlinkPartial(_ page: UInt32, _ sizeClass: Int) {
        let (next, previous) = (pages[Int(page)].next, pages[Int(page)].previous)
        if previous != 0 { pages[Int(previous)].next = next } else { partial[sizeClass] = next }
        if next != 0 { pages[Int(next)].previous = previous }
    }

    // MARK: Runs of pages

    @inline(never)
    private mutating func allocateRun(_ bytes: Int) -> Slot {
        let count = UInt32((bytes + Heap.pageBytes - 1) >> Heap.pageShift)
        let page = takePages(count)
        pages[Int(page)].state = .runHead
        pages[Int(page)].run = count
        for body in 1..<max(count, 1) { pages[Int(page + body)].state = .runBody }
        usedBytes += Int(count) << Heap.pageShift
        return Slot(rawValue: page * Heap.unitsPerPage)
    }

    @inline(never)
    private mutating func freeRun(_ page: UInt32) {
        let count = pages[Int(page)].run
        usedBytes -= Int(count) << Heap.pageShift
        for body in page..<(page + count) { pages[Int(body)].isResident = true }
        givePages(page, count)
    }

    /// Takes `count` neighbouring pages from the free runs, or from above the high-water mark.
    private mutating func takePages(_ count: UInt32) -> UInt32 {
        pageBytesInUse += Int(count) << Heap.pageShift
        for bin in Heap.bin(count)..<Heap.runBins {
            var page = freeRuns[bin]
            while page != 0 {
                let length = pages[Int(page)].run
                if length >= count {
                    unlinkFree(page, bin)
                    if length > count { linkFree(page + count, length - count) }
                    return page
                }
                page = pages[Int(page)].next
            }
        }
        let page = highWater
        precondition(count <= pageLimit - page, "the heap's address space is exhausted")
        highWater += count
        if highWater > committed { commit() }
        return page
    }

    private mutating func commit() {
        let step = UInt32(Heap.commitStep)
        let target = min(pageLimit, (highWater + step - 1) / step * step)
        let start = base + Int(committed) << Heap.pageShift
        guard clinux_commit(start, Int(target - committed) << Heap.pageShift) == 0 else {
            fatalError("the system refuses more memory")
        }
        committed = target
    }

    /// Returns pages to the free runs, joined with free neighbours. Their memory is kept in place of that of pages
    /// freed longer ago, or given back at once if they are too many.
    private mutating func givePages(_ first: UInt32, _ count: UInt32) {
        pageBytesInUse -= Int(count) << Heap.pageShift
        var start = first
        var length = count
        for page in first..<(first + count) { pages[Int(page)].state = .freeBody }
        if count > Heap.retainedPages {
            discard(first, count)
        } else {
            for page in first..<(first + count) { retain(page) }
        }
        if first > 1, pages[Int(first - 1)].state == .freeBody || pages[Int(first - 1)].state == .freeHead {
            let left = first - pages[Int(first - 1)].run
            unlinkFree(left, Heap.bin(pages[Int(left)].run))
            start = left
            length += first - left
        }
        let after = first + count
        if after < highWater, pages[Int(after)].state == .freeHead {
            let right = pages[Int(after)].run
            unlinkFree(after, Heap.bin(right))
            length += right
        }
        linkFree(start, length)
    }

    /// Keeps the memory behind a free page, and gives back that of the page kept longest if there are too many. O(1).
    private mutating func retain(_ page: UInt32) {
        var vacant = -1
        for cell in 0..<Heap.retainedPages {
            let kept = retained[cell]
            if kept == page { return }
            let isFree = pages[Int(kept)].state == .freeBody || pages[Int(kept)].state == .freeHead
            if vacant < 0 && !(isFree && pages[Int(kept)].isResident) { vacant = cell }
        }
        if vacant < 0 {
            vacant = oldestRetained
            oldestRetained = (oldestRetained + 1) % Heap.retainedPages
            discard(retained[vacant], 1)
        }
        retained[vacant] = page
    }

    /// Gives back the memory of the free pages that were kept for use to come.
    mutating func releaseReserve() {
        for cell in 0..<Heap.retainedPages {
            let kept = retained[cell]
            let isFree = pages[Int(kept)].state == .freeBody || pages[Int(kept)].state == .freeHead
            if isFree && pages[Int(kept)].isResident { discard(kept, 1) }
        }
    }

    private mutating func discard(_ first: UInt32, _ count: UInt32) {
        clinux_discard(base + Int(first) << Heap.pageShift, Int(count) << Heap.pageShift)
        for page in first..<(first + count) { pages[Int(page)].isResident = false }
    }

    private static func bin(_ count: UInt32) -> Int { 31 - count.leadingZeroBitCount }

    private mutating func linkFree(_ page: UInt32, _ length: UInt32) {
        let bin = Heap.bin(length)
        let head = freeRuns[bin]
        pages[Int(page)].state = .freeHead
        pages[Int(page)].run = length
        pages[Int(page)].next = head
        pages[Int(page)].previous = 0
        let last = page + length - 1
        if last != page { pages[Int(last)].state = .freeBody }
        pages[Int(last)].run = length
        if head != 0 { pages[Int(head)].previous = page }
        freeRuns[bin] = page
    }

    private mutating func unlinkFree(_ page: UInt32, _ bin: Int) {
        let (next, previous) = (pages[Int(page)].next, pages[Int(page)].previous)
        if previous != 0 { pages[Int(previous)].next = next } else { freeRuns[bin] = next }
        if next != 0 { pages[Int(next)].previous = previous }
        pages[Int(page)].state = .freeBody
    }

    // MARK: Access

    @inline(__always)
    private func address(_ slot: Slot, _ offset: Int) -> UnsafeMutableRawPointer {
        base + (Int(slot.rawValue) &<< Heap.unitShift &+ offset)
    }

    /// A number in the block, at any alignment.
    @inline(__always)
    func load<Value: BitwiseCopyable>(_ slot: Slot, _ offset: Int, as type: Value.Type) -> Value {
        block(slot).load(offset, as: type)
    }

    @inline(__always)
    mutating func store<Value: BitwiseCopyable>(_ value: Value, _ slot: Slot, _ offset: Int) {
        assert(offset >= 0 && offset + MemoryLayout<Value>.size <= extent(slot))
        StepCounter.count()
        address(slot, offset).storeBytes(of: value, as: Value.self)
    }

    /// `count` bytes of the block from `offset` on.
    @inline(__always)
    @_lifetime(immortal)
    func bytes(_ slot: borrowing Slot, _ offset: Int, _ count: Int) -> RawSpan {
        block(slot).bytes(offset, count)
    }

    /// The block, to be read.
    @inline(__always)
    @_lifetime(immortal)
    func block(_ slot: borrowing Slot) -> Block {
        #if DEBUG
        let block = Block(slot, base, Extents(pages: pages, highWater: highWater))
        #else
        let block = Block(slot, base)
        #endif
        return block
    }

    /// Writes what a buffer holds.
    mutating func write(_ buffer: borrowing ByteBuffer, _ slot: Slot, _ offset: Int) {
        write(buffer.bytes, slot, offset)
    }

    @inline(__always)
    mutating func write(_ bytes: RawSpan, _ slot: Slot, _ offset: Int) {
        assert(offset >= 0 && offset + bytes.byteCount <= extent(slot))
        StepCounter.count(bytes: bytes.byteCount)
        let target = address(slot, offset)
        bytes.withUnsafeBytes { source in
            if let from = source.baseAddress, !source.isEmpty { target.copyMemory(from: from, byteCount: source.count) }
        }
    }

    /// Copies between blocks, or within one (the ranges may overlap).
    @inline(__always)
    mutating func copy(from source: Slot, _ sourceOffset: Int, to target: Slot, _ targetOffset: Int, _ count: Int) {
        assert(count >= 0 && sourceOffset + count <= extent(source) && targetOffset + count <= extent(target))
        StepCounter.count(bytes: count)
        address(target, targetOffset).copyMemory(from: address(source, sourceOffset), byteCount: count)
    }

    /// Zeroes the first `count` bytes of the block.
    mutating func clear(_ slot: Slot, _ count: Int) {
        assert(count <= extent(slot))
        StepCounter.count(bytes: count)
        address(slot, 0).initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    /// Zeroes `count` bytes of the block from `offset` on.
    mutating func clear(_ slot: Slot, from offset: Int, _ count: Int) {
        assert(offset >= 0 && count >= 0 && offset + count <= extent(slot))
        StepCounter.count(bytes: count)
        address(slot, offset).initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    /// Asks the processor for the cache line that holds the byte at `offset`.
    @inline(__always)
    func prefetch(_ slot: Slot, _ offset: Int = 0) {
        clinux_prefetch(address(slot, offset))
    }

    /// For assertions: bytes from the slot to the end of its block or, for a slot within a run, of its page.
    private func extent(_ slot: Slot) -> Int { Extents(pages: pages, highWater: highWater)[slot] }

    /// How far blocks reach.
    fileprivate struct Extents: BitwiseCopyable {
        let pages: UnsafeMutablePointer<Page>
        let highWater: UInt32

        subscript(_ slot: Slot) -> Int {
            let page = Int(slot.rawValue / Heap.unitsPerPage)
            precondition(page > 0 && page < highWater)
            switch pages[page].state {
            case .slab:
                let within = Int(slot.rawValue % Heap.unitsPerPage) << Heap.unitShift
                let size = Heap.classBytes(Int(pages[page].sizeClass))
                return size - within % size
            case .runHead: return Int(pages[page].run) << Heap.pageShift
            case .runBody: return Int(highWater - UInt32(page)) << Heap.pageShift
            default: preconditionFailure("use of a freed block")
            }
        }
    }
}

/// A block of the heap, to be read: what views of records and elements are made of. See `Heap` on how long it is good.
///
/// Invariant: `slot` is a block of the heap that starts at `base`. O(1).
struct Block: ~Escapable {
    private let base: UnsafeRawPointer
    let slot: Slot
    #if DEBUG
    private let extents: Heap.Extents

    @_lifetime(immortal)
    fileprivate init(_ slot: Slot, _ base: UnsafeRawPointer, _ extents: Heap.Extents) {
        (self.slot, self.base, self.extents) = (slot, base, extents)
    }
    #else
    @inline(__always)
    @_lifetime(immortal)
    fileprivate init(_ slot: Slot, _ base: UnsafeRawPointer) {
        self.slot = slot
        self.base = base
    }
    #endif

    @inline(__always)
    private func address(_ offset: Int) -> UnsafeRawPointer {
        base + (Int(slot.rawValue) &<< Heap.unitShift &+ offset)
    }

    /// A number, at any alignment.
    @inline(__always)
    func load<Value: BitwiseCopyable>(_ offset: Int, as type: Value.Type) -> Value {
        #if DEBUG
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= extents[slot])
        #endif
        StepCounter.count()
        return address(offset).loadUnaligned(as: type)
    }

    /// A case, by its raw value. There must be one, which `store` wrote: debug builds check it.
    @inline(__always)
    func loadCase<Value: RawRepresentable>(_ offset: Int, as type: Value.Type) -> Value
    where Value.RawValue: BitwiseCopyable {
        Value(rawValue: load(offset, as: Value.RawValue.self)).unsafelyUnwrapped
    }

    /// `count` bytes from `offset` on.
    @inline(__always)
    @_lifetime(copy self)
    func bytes(_ offset: Int, _ count: Int) -> RawSpan {
        #if DEBUG
        precondition(offset >= 0 && count >= 0 && offset + count <= extents[slot])
        #endif
        StepCounter.count()
        let found = UnsafeRawBufferPointer(start: address(offset), count: count)
        return _overrideLifetime(RawSpan(_unsafeBytes: found), copying: self)
    }

    /// A block to which this one leads.
    @inline(__always)
    @_lifetime(copy self)
    func other(_ slot: Slot) -> Block {
        #if DEBUG
        let block = Block(slot, base, extents)
        #else
        let block = Block(slot, base)
        #endif
        return _overrideLifetime(block, copying: self)
    }
}
